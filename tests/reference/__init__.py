"""The obvious engine: docs/engine.md written down as plainly as Python allows, to hold the compiled one against.

Lists, dicts and O(n) scans; nothing is cached and nothing is kept twice. After each command and each timer every
waiting contact is looked at in order, and for each of them every agent. It must not know anything of the
compiled engine.
"""

from reference.engine import ReferenceEngine

__all__ = ["ReferenceEngine"]
