"""The exception tree: who has to act?

::

    HuntgroupError
    ├── UsageError (also ValueError)    the caller: a wrong type, a time that runs backwards
    ├── ForbiddenError                   the caller, who may not do that; nothing was done
    ├── UnavailableError                 not now: nothing was done, and the message says when to try again
    │   ├── OverloadedError             too much is waiting to be done
    │   ├── ClosedError                 the host drains, is closed, or has stopped
    │   ├── JournalFullError            no room for the journal; reads go on
    │   ├── JournalLockedError          another process has the journal open
    │   ├── FencedError                 another writer has written to the journal
    │   └── CompactedError              the past that was asked for is no longer kept
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


class ForbiddenError(HuntgroupError):
    """Somebody may not do what they asked for, or not now; nothing was done.

    Parameters
    ----------
    who, what : str
        Who asked, and for which command or operation.
    reason : str
        One lower-case word or more, the same for the same rule.
    problem : str
        The rule and the remedy.
    subject : str, default ""
        On what it would have been done.

    Examples
    --------
    >>> str(ForbiddenError("lee", "CloseQueue", "role_missing", "none of their roles permits it; ask kim", "sales"))
    "'lee' may not CloseQueue 'sales': none of their roles permits it; ask kim"
    """

    def __init__(self, who: str, what: str, reason: str, problem: str, subject: str = "") -> None:
        super().__init__(who, what, reason, problem, subject)
        self.who = who
        self.what = what
        self.reason = reason
        self.problem = problem
        self.subject = subject

    def __str__(self) -> str:
        on = f" {self.subject!r}" if self.subject else ""
        return f"{self.who!r} may not {self.what}{on}: {self.problem}"


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
    reason : str, default "invalid_configuration"
        The ``Reason`` that an engine refuses the same data with.
    subject : str, default ""
        The id that the reason speaks of, such as the skill that nobody knows.

    Attributes
    ----------
    source : str
        The file in which it stands, where one was read; commands put it before the message.

    Examples
    --------
    >>> error = ConfigError("agents[3].id", "is empty; give the agent an id")
    >>> str(error), error.reason
    ('agents[3].id: is empty; give the agent an id', 'invalid_configuration')
    """

    def __init__(
        self, path: str, problem: str, *, reason: str = "invalid_configuration", subject: str = ""
    ) -> None:
        super().__init__(path, problem)  # both, so that the error survives pickling
        self.path = path
        self.problem = problem
        self.reason = reason
        self.subject = subject
        self.source = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


class ExpressionError(DataError):
    """A requirement expression cannot be understood.

    Parameters
    ----------
    problem : str
        Value, rule and remedy.
    column : int, default 0
        Where in the expression, counted in characters from 1; 0 for the expression as a whole.

    Examples
    --------
    >>> str(ExpressionError("'&' is not understood; write 'and'", 7))
    "column 7: '&' is not understood; write 'and'"
    """

    def __init__(self, problem: str, column: int = 0) -> None:
        super().__init__(problem, column)
        self.problem = problem
        self.column = column

    def __str__(self) -> str:
        return f"column {self.column}: {self.problem}" if self.column else self.problem


class CorruptSnapshotError(DataError):
    """The bytes are not a snapshot, are damaged, or come from a newer version."""


class CorruptJournalError(DataError):
    """The journal cannot be read; the message names the line."""


class ReplayMismatchError(DataError):
    """A replay came to another digest than the journal recorded; the message names the revision."""


class UnavailableError(HuntgroupError):
    """It cannot be done now; nothing was changed."""


class OverloadedError(UnavailableError):
    """More is waiting than the limit allows.

    Parameters
    ----------
    problem : str
        Value, rule and remedy.
    retry_after_ns : int
        When it is worth trying again, from now, ns.
    """

    def __init__(self, problem: str, retry_after_ns: int) -> None:
        super().__init__(problem, retry_after_ns)
        self.problem = problem
        self.retry_after_ns = retry_after_ns

    def __str__(self) -> str:
        return self.problem


class ClosedError(UnavailableError):
    """The host takes no more commands: it drains, is closed, or has stopped after an error that the message names."""


class JournalFullError(UnavailableError):
    """There is no room for the journal. Nothing was written; reads go on, and writing does once there is room."""


class JournalLockedError(UnavailableError):
    """Another process has the journal open."""


class FencedError(UnavailableError):
    """Another writer has written to the journal: this host is no longer the one, and must stop."""


class CompactedError(UnavailableError):
    """The past that was asked for is no longer kept.

    Parameters
    ----------
    problem : str
        Value, rule and remedy.
    oldest : int
        The oldest that is still there: a revision of a feed, a ``seq`` of a journal.
    """

    def __init__(self, problem: str, oldest: int) -> None:
        super().__init__(problem, oldest)
        self.problem = problem
        self.oldest = oldest

    def __str__(self) -> str:
        return self.problem


class InternalError(HuntgroupError):
    """An invariant of ours is broken. The state must not be trusted any more."""
