"""Statistics: folds over events, never a second source of truth.

Owns counts, times and what is computed from them; must not decide anything.
"""
