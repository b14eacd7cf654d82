"""The exception tree: who has to act?

::

    HuntgroupError
    ├── UsageError (also ValueError)    the caller: a wrong type, a time that runs backwards
    ├── DataError (also ValueError)     the data
    │   ├── ConfigError                 a configuration file or struct; the message starts with a path
    │   ├── ExpressionError             a requirement expression; names the column
    │   ├── CorruptSnapshotError        bytes that are no snapshot of ours, or a damaged one
    │   ├── CorruptJournalError         a journal that cannot be read
    │   └── ReplayMismatchError         a journal that replays to another digest than recorded
    └── InternalError                   us: an invariant is broken; please report it

Each message gives the value, the rule and the remedy.
Owns every exception of ``routing``; must not know anything else of the project.
"""


class HuntgroupError(Exception):
    """Base of every exception that this project raises on purpose."""


class UsageError(HuntgroupError, ValueError):
    """The caller broke a rule of the API; nothing was changed."""


class DataError(HuntgroupError, ValueError):
    """Data from outside is not what it must be."""


class ConfigError(DataError):
    """A configuration breaks a rule; the message starts with the path of the offending value.

    Parameters
    ----------
    path : str
        Where, as ``queues[2].steps[0].expression``; empty for the whole document.
    problem : str
        Value, rule and remedy.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


class ExpressionError(DataError):
    """A requirement expression cannot be understood."""


class CorruptSnapshotError(DataError):
    """The bytes are not a snapshot, are damaged, or come from a newer version."""


class CorruptJournalError(DataError):
    """The journal cannot be read; the message names the line."""


class ReplayMismatchError(DataError):
    """A replay came to another digest than the journal recorded; the message names the revision."""


class InternalError(HuntgroupError):
    """An invariant of ours is broken. The state must not be trusted any more."""
