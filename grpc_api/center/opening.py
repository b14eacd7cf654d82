"""The centres of a server: which domains have wings or customers, how that begins, is read anew, and ends.

Wings need the packages of ``huntgroup[campaigns]``, customers those of ``huntgroup[customers]``. What only some need is
imported when a server starts that names it.

Owns the way from settings to desks; must not know what a wing does.
"""

import logging
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from grpc_api.settings import CustomerSettings, ServerSettings
from routing.engine import Engine
from routing.errors import ConfigError, HuntgroupError, UnavailableError
from routing.host import Host
from routing.host.following import Making
from routing.model import Config, Limits

if TYPE_CHECKING:
    from grpc_api.center.desk import CenterDesk

_LOG: Final = logging.getLogger("huntgroup.server")


class Centers:
    """The desks of all domains of a server that have wings or customers.

    Parameters
    ----------
    settings : ServerSettings
        Checked.

    Raises
    ------
    ConfigError
        If a file of wings is wrong, they have rows and no database is named, or packages are missing.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.by_domain: dict[str, CenterDesk] = {}
        self._settings = settings
        self._database = settings.center.database or settings.statistics.database
        self._files: dict[str, Any] = {}
        self._centers: dict[str, Any] = {}
        for name, domain in settings.domains.items():
            if domain.center or domain.customers is not None:
                self._centers[name] = self._load(name, domain.center)

    def _load(self, name: str, file: str) -> Any:
        path = f"domains.{name}.center"
        files = self._files = self._files or vars(_imported("routing.center.file", path, "campaigns"))
        if not file:
            return files["Center"]()
        try:
            center = files["load_center"](file)
        except ConfigError as error:
            error.source = error.source or file
            raise
        except OSError as error:
            raise ConfigError(path, f"{file!r} cannot be read: {error.strerror}") from None
        kept = files["needs_database"](center)
        if kept and not self._database:
            raise ConfigError(
                "center.database",
                f"is missing, and {', '.join(kept)} has rows; name one, or statistics.database",
            )
        return center

    def check(self, domain: str, config: Config) -> None:
        """Check the wings of a domain against its centre; raises `ConfigError`."""
        if domain in self._centers:
            try:
                self._files["check_center"](self._centers[domain], config)
            except ConfigError as error:
                error.source = error.source or self._settings.domains[domain].center
                raise

    def followers(self, domain: str) -> dict[str, Making]:
        """Give what follows the engine of a domain."""
        if domain not in self._centers:
            return {}
        found: dict[str, Making] = self._files["followers"](self._centers[domain])
        return found

    def open(self, domain: str, host: Host) -> "CenterDesk | None":
        """Begin to run the wings of a domain, if it has any; errors as `CenterDesk` says."""
        if domain not in self._centers:
            return None
        settings = self._settings.domains[domain]
        path = f"domains.{domain}"
        people = None
        if settings.customers is not None:
            where = f"{path}.customers"
            module = _imported("grpc_api.center.people", where, "customers")
            people = partial(
                _people,
                module.People,
                settings.customers,
                self._database,
                domain,
                host,
                self._centers[domain].continuity,
                where,
            )
        desk: CenterDesk = _imported("grpc_api.center.desk", f"{path}.center", "campaigns").CenterDesk(
            host,
            settings.center,
            self._centers[domain],
            self._database,
            domain,
            people,
            every_ns=self._settings.center.every_ns,
            failed=partial(_failed, domain),
        )
        self.by_domain[domain] = desk
        return desk

    def reload(self) -> list[str]:
        """Read the files of wings again; returns what was wrong."""
        problems = []
        for desk in self.by_domain.values():
            try:
                later = desk.reload()
            except (HuntgroupError, OSError) as error:
                problems.append(f"{desk.file}: {error}")
                continue
            if later:
                _LOG.warning(
                    "changed in %s, and taken by the next start only: %s", desk.file, ", ".join(later)
                )
        return problems

    def close(self) -> None:
        """Write what is over, and let the databases go. The hosts are still open; twice does nothing."""
        while self.by_domain:
            self.by_domain.popitem()[1].close()


def _imported(module: str, path: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ConfigError(
            path, f"needs {error.name!r}, which is not installed; install huntgroup[{extra}], or leave it out"
        ) from error


def _people(
    make: Any,
    settings: CustomerSettings,
    database: str,
    domain: str,
    host: Host,
    continuity: Any,
    where: str,
    holders: Any,
) -> Any:
    """Make the customers of a domain; what is wrong with their settings is named by where it stands."""
    try:
        return make(
            settings,
            database,
            domain,
            partial(host.look_now, "center", _now),
            holders=holders,
            owners=None if continuity is None else continuity.owners,
            limits=partial(host.read, _limits),
        )
    except ConfigError as error:
        raise ConfigError(f"{where}.{error.path}", error.problem) from None


def _now(_: object, now_ns: int) -> int:
    return now_ns


def _limits(engine: Engine) -> Limits:
    return engine.config.limits


def _failed(domain: str, wing: str, error: BaseException) -> None:
    # What a database says of a row could be about somebody.
    why = error if isinstance(error, UnavailableError) else type(error).__name__
    what = f"rows of {wing} are not written" if wing else "wings are not asked"
    _LOG.warning("domain %r: %s, and tried again: %s", domain, what, why)
