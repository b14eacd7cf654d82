"""Where rows of wings go: each into tables of its own, in the database of the history.

Needs the packages of the extra ``history``. Nothing is connected before the first row: a database that is away keeps
nobody from opening a centre, and rows wait in their wings.

Owns which table is whose; must not know when rows are written (``running``).
"""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, Self

from routing.center.callbacks.book import CallBackBook
from routing.center.callbacks.holding import Holding as CallBackHolding
from routing.center.outcomes import NAME as OUTCOMES
from routing.center.outcomes.holding import OutcomeHolding
from routing.center.recording import FOLLOWER as RECORDING
from routing.center.recording.holding import Holding as RecordingHolding
from routing.center.recording.recordings import Recordings
from routing.center.supervision import FOLLOWER as SUPERVISION
from routing.center.supervision.log import AuditLog
from routing.errors import UnavailableError, UsageError
from routing.history import History

if TYPE_CHECKING:
    from routing.customers import Holder

#: The followers that have rows.
KEPT: Final = (SUPERVISION, RECORDING, OUTCOMES)


class Databases:
    """The tables of the wings of one tenant.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a PostgreSQL.
    domain : str
        The tenant.

    Attributes
    ----------
    log : AuditLog
        Who did what.
    recordings : Recordings
        What was recorded.
    history : History
        Its ``outcomes`` have how contacts came out.
    call_backs : CallBackBook
        Call-backs, and orders of people; see `routing.center.callbacks.clerk`.
    """

    def __init__(self, where: str | os.PathLike[str], domain: str = "default") -> None:
        self._parts = ExitStack()
        self.log = AuditLog(where, domain)
        self._parts.callback(self.log.close)
        self.recordings = Recordings(where, domain)
        self._parts.callback(self.recordings.close)
        self.history = History(where, domain)
        self._parts.callback(self.history.close)
        self.call_backs = CallBackBook(where, domain)
        self._parts.callback(self.call_backs.close)

    def open(self) -> None:
        """Connect, and see to the tables. A database server that is away keeps nobody waiting but rows.

        Raises
        ------
        DataError, UnavailableError, UsageError
            If it is a file that cannot be opened, or holds something else.
        """
        try:
            self.log.open()
        except UnavailableError:
            if self.log.database.url.get_backend_name() == "sqlite":
                raise

    def put(self, follower: str) -> Callable[[Sequence[Any]], object]:
        """Give what writes the rows of a wing.

        Raises
        ------
        UsageError
            If it has none.
        """
        match follower:
            case "supervision":
                return self.log.write
            case "recording":
                return self.recordings.write
            case "outcomes":
                return self.history.outcomes.write
        raise UsageError(f"wing {follower!r} has no rows; ask for one of {', '.join(KEPT)}")

    def holders(self, now_ns: Callable[[], int]) -> "tuple[Holder, ...]":
        """Give who holds data of customers here, for `routing.customers.Customers`: what exports and erasures reach.

        Parameters
        ----------
        now_ns : callable
            The time, for the audit of recordings.
        """
        return (
            RecordingHolding(self.recordings, now_ns),
            CallBackHolding(self.call_backs),
            OutcomeHolding(self.history.outcomes),
        )

    def close(self) -> None:
        """Let go of every connection."""
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
