"""Where rows of wings go: each into tables of its own, in the database of the history.

Needs the packages of the extra ``history``. Nothing is connected before the first row: a database that is away keeps
nobody from opening a centre, and rows wait in their wings.

Owns which table is whose; must not know when rows are written (``running``).
"""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Final, Self

from routing.center.recording import FOLLOWER as RECORDING
from routing.center.recording.recordings import Recordings
from routing.center.supervision import FOLLOWER as SUPERVISION
from routing.center.supervision.log import AuditLog
from routing.errors import UsageError

#: The followers that have rows.
KEPT: Final = (SUPERVISION, RECORDING)


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
    """

    def __init__(self, where: str | os.PathLike[str], domain: str = "default") -> None:
        self._parts = ExitStack()
        self.log = AuditLog(where, domain)
        self._parts.callback(self.log.close)
        self.recordings = Recordings(where, domain)
        self._parts.callback(self.recordings.close)

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
        raise UsageError(f"wing {follower!r} has no rows; ask for one of {', '.join(KEPT)}")

    def close(self) -> None:
        """Let go of every connection."""
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
