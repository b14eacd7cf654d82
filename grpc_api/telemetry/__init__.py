"""What operators see of the server: request log, metrics, traces.

Owns all three; must not know what is served, nor any wire message.
"""
