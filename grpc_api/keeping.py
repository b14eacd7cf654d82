"""Statistics of the domains of a server: how each is counted, and where what is over goes.

The database is reached through `routing.history`, whose packages only those need who name one; so it is imported when a
server starts that does.

Owns the way from settings to followers and recorders; must not know how anything is counted or written.
"""

import logging
from contextlib import ExitStack
from importlib import import_module
from typing import Final, Protocol

from grpc_api.settings import StatisticsSettings
from routing.errors import ConfigError, UnavailableError, UsageError
from routing.host import Host
from routing.host.counting import FOLLOWER, Counted, counting
from routing.host.following import Making
from routing.host.recording import Recorder
from routing.statistics.fold import Taken

_LOG: Final = logging.getLogger("huntgroup.server")
#: URLs of databases that may be away for a while, and come back.
_SERVERS: Final = ("postgresql:", "postgresql+", "postgres:")


class Past(Protocol):
    """A database for what is over."""

    def write(self, taken: Taken) -> None:
        """Write it; writing it again changes nothing."""
        ...

    def of(self, domain: str) -> "Past":
        """Give the part of another domain."""
        ...

    def open(self) -> "Past":
        """Connect."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...


def open_past(database: str, domain: str = "default") -> Past:
    """Open the database for what is over.

    A database server that is away keeps nobody from routing calls: that is said in the log, and what is over waits
    until it is back.

    Raises
    ------
    ConfigError
        If it is no database, or the packages for it are not installed.
    UnavailableError
        If it is a file that cannot be opened.
    """
    try:
        history = import_module("routing.history")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "statistics.database",
            f"needs {error.name!r}, which is not installed; install huntgroup[history], or name no database",
        ) from error
    try:
        past: Past = history.History(database, domain)
        past.open()
    except UsageError as error:
        raise ConfigError("statistics.database", str(error)) from error
    except UnavailableError as error:
        if not database.startswith(_SERVERS):
            raise
        _LOG.warning("what is over is kept for later, since its database is away: %s", error)
    return past


class Keeping:
    """The statistics of all domains of a server.

    Parameters
    ----------
    settings : StatisticsSettings
        Checked.

    Raises
    ------
    ConfigError
        As `open_past` does.
    """

    def __init__(self, settings: StatisticsSettings) -> None:
        self.settings = settings
        self.recorders: dict[str, Recorder] = {}
        self._parts = ExitStack()
        self._past: Past | None = None
        if settings.enabled and settings.database:
            self._past = open_past(settings.database)
            self._parts.callback(self._past.close)

    def followers(self) -> dict[str, Making]:
        """Give what follows the engine of each domain."""
        settings = self.settings
        if not settings.enabled:
            return {}
        kept = self._past is not None
        counted = Counted(
            interval_ns=settings.interval_ns,
            short_abandon_ns=settings.short_abandon_ns,
            records=kept if settings.records is None else settings.records,
            keep=kept,
            most=settings.pending,
        )
        return {FOLLOWER: counting(counted)}

    def record(self, domain: str, host: Host) -> None:
        """See to what is over in a domain, from now until `close`."""
        if not self.settings.enabled:
            return

        def failed(error: BaseException) -> None:
            # What a database says of a row could be about somebody.
            why = error if isinstance(error, UnavailableError) else type(error).__name__
            _LOG.warning("statistics of domain %r are not written, and kept for later: %s", domain, why)

        put = None if self._past is None else self._past.of(domain).write
        recorder = Recorder(host, put, every_ns=self.settings.every_ns, failed=failed)
        self.recorders[domain] = self._parts.enter_context(recorder)

    def close(self) -> None:
        """Write what is over, and let the database go. The hosts are still open."""
        self._parts.close()

    def __enter__(self) -> "Keeping":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
