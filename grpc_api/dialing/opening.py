"""The desks of a server: which domains dial, and how that begins, is read anew, and ends.

Dialing needs the packages of ``huntgroup[campaigns]``, which only those need who name a file of campaigns; so it is
imported when a server starts that does.

Owns the way from settings to desks; must not know how anything is dialled.
"""

import logging
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from grpc_api.settings import ServerSettings
from grpc_api.telemetry.dials import DialingFigures
from routing.errors import ConfigError, HuntgroupError, UnavailableError
from routing.host import Host
from routing.host.following import Making

if TYPE_CHECKING:
    from grpc_api.dialing.desk import FileDesk

_LOG: Final = logging.getLogger("huntgroup.server")
#: URLs of databases that may be away for a while, and come back.
_SERVERS: Final = ("postgresql:", "postgresql+", "postgres:")
#: How often one that is away is tried.
AGAIN_S: Final = 5.0


class Desks:
    """The desks of all domains of a server that dial.

    Parameters
    ----------
    settings : ServerSettings
        Checked.

    Raises
    ------
    ConfigError
        If a domain dials, and the packages for it are not installed or no database is named.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.by_domain: dict[str, FileDesk] = {}
        self._settings = settings.dialing
        self._files = {name: one.campaigns for name, one in settings.domains.items() if one.campaigns}
        self._database = settings.dialing.database or settings.statistics.database
        self._module: Any = None
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        if not self._files:
            return
        if not self._database:
            raise ConfigError(
                "dialing.database", "is missing, and campaigns are named; name the database of their lists"
            )
        try:
            self._module = import_module("grpc_api.dialing.desk")
        except ModuleNotFoundError as error:
            name = next(iter(self._files))
            raise ConfigError(
                f"domains.{name}.campaigns",
                f"needs {error.name!r}, which is not installed; install huntgroup[campaigns], or leave it out",
            ) from error

    def followers(self, domain: str) -> dict[str, Making]:
        """Give what follows the engine of a domain.

        Raises
        ------
        ConfigError
            If anything in its file of campaigns is wrong.
        """
        file = self._files.get(domain)
        found: dict[str, Making] = {} if file is None else self._module.followers_of(file)
        return found

    def open(self, domain: str, host: Host, take: Callable[["FileDesk"], object]) -> None:
        """Begin to dial in a domain, if it does; errors as `FileDesk` says.

        ``take`` is given the desk: later, when the database is a server that is away. Calls are routed meanwhile.
        """
        file = self._files.get(domain)
        if file is None:
            return

        def begin() -> bool:
            try:
                desk: FileDesk = self._module.FileDesk(domain, host, file, self._database)
            except UnavailableError as error:
                if not self._database.startswith(_SERVERS):
                    raise
                _LOG.warning("domain %r does not dial, since its database is away: %s", domain, error)
                return False
            self.by_domain[domain] = desk
            take(desk)
            return True

        if not begin():
            self._threads.append(threading.Thread(target=self._again, args=(domain, begin), daemon=True))
            self._threads[-1].start()

    def _again(self, domain: str, begin: Callable[[], bool]) -> None:
        """Try until it can begin, or the server ends."""
        while not self._over.wait(AGAIN_S):
            try:
                if begin():
                    _LOG.info("domain %r dials", domain)
                    return
            except HuntgroupError as error:  # what its file says no longer fits the centre
                _LOG.error("domain %r does not dial: %s", domain, error)
                return

    def figures(self) -> dict[str, DialingFigures]:
        """Give the figures of each domain that dials."""
        return {name: desk.figures(self._settings.campaigns) for name, desk in list(self.by_domain.items())}

    def reload(self) -> list[str]:
        """Read the files of campaigns again; returns what was wrong."""
        problems = []
        for name, desk in list(self.by_domain.items()):
            try:
                if desk.reload():
                    _LOG.info("domain %r has other campaigns", name)
            except (HuntgroupError, OSError) as error:
                problems.append(f"{desk.file}: {error}")
        return problems

    def rest(self) -> None:
        """Dial nothing more, and wait for what is in flight, as long as the settings say."""
        self._stop_trying()
        desks = self.by_domain
        for name, desk in desks.items():
            try:
                desk.rest()
            except HuntgroupError as error:  # what it could not write is written when the server is back
                _LOG.warning("domain %r rests: %s", name, error)
        until_s = time.monotonic() + self._settings.drain_ns / 1e9
        for name, desk in desks.items():
            left = desk.wait(until_s)
            if left:
                _LOG.warning(
                    "domain %r ends with %d attempts in flight, which go on when it is back", name, left
                )

    def close(self) -> None:
        """Write what is over, and let the databases go. The hosts are still open; twice does nothing."""
        self._stop_trying()
        while self.by_domain:
            self.by_domain.popitem()[1].close()

    def _stop_trying(self) -> None:
        self._over.set()
        while self._threads:
            self._threads.pop().join()
