r"""A whole centre: a host with its wings, the loop that runs them, the desk of its supervisors, and its database.

>>> from routing import Agent, Config, EnqueueContact, LogIn, Queue
>>> from routing.center.file import loads_center
>>> center = loads_center('[[signals.rules]]\nid = "angry"\nwhen = "mood == 1"\npriority = 10', "toml")
>>> with open_center(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)), center) as centre:
...     _ = centre.host.apply(EnqueueContact("call-1", ("sales",)))
...     centre.figures()["signals"].proposed
0

Owns how these are put together, read anew and taken apart; must not know what a wing does.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from msgspec.structs import replace

from routing.center.file import (
    SECTIONS,
    Center,
    changes,
    check_center,
    followers,
    load_center,
    needs_database,
    sections_of,
    unknown,
    wings,
)
from routing.center.running import Put, Running, WingFigures
from routing.center.supervision import Desk as SupervisionDesk
from routing.config import load
from routing.errors import ConfigError, UsageError
from routing.host import Host
from routing.host.keeper import Keeper
from routing.model import Config
from routing.units import SECOND

if TYPE_CHECKING:
    from routing.center.callbacks.desk import Desk as CallBackDesk
    from routing.center.callbacks.shapes import Promise
    from routing.customers import Holder

T = TypeVar("T")


class OpenCenter:
    """The wings of a host that is alive, until `close`.

    Parameters
    ----------
    host : Host
        It has the `followers` of the wings.
    center : Center
        The wings.
    database : str or path, default none
        A file of SQLite, or the URL of a PostgreSQL, for rows; without one, nothing of them is kept.
    domain : str, default "default"
        The tenant in the database.
    every_ns, failed
        As of `Running`.
    threads : bool, default True
        False: somebody calls ``running.step`` and ``running.write``.
    over : callable, optional
        Is told of each call-back that is over, as `routing.center.callbacks.clerk.Clerk` says; with a database.

    Attributes
    ----------
    host : Host
        The host.
    center : Center
        What is in force.
    running : Running
        The loop.
    databases : Databases or None
        The tables (`routing.center.databases`).
    owns_host : bool
        Whether `close` closes the host, too.

    Raises
    ------
    ConfigError
        If the wings name what the centre lacks, or the packages for a database are not installed.
    UsageError
        If the host lacks a follower.
    DataError, UnavailableError
        If the database is a file that cannot be opened, or holds something else.
    """

    def __init__(
        self,
        host: Host,
        center: Center,
        database: str | os.PathLike[str] = "",
        domain: str = "default",
        *,
        every_ns: int = SECOND,
        failed: Callable[[str, BaseException], object] | None = None,
        threads: bool = True,
        over: "Callable[[Promise], object] | None" = None,
    ) -> None:
        check_center(center, host.read(lambda engine: engine.config))
        self.host = host
        self.center = center
        self.owns_host = False
        self._failures = 0
        self._problem = ""
        self._parts = ExitStack()
        try:
            self.databases = _databases(database, domain) if database and needs_database(center) else None
            if self.databases is not None:
                self._parts.callback(self.databases.close)
            self._supervision = None
            if center.supervision is not None:
                self._supervision = SupervisionDesk(host, center.supervision)
            self._call_backs: CallBackDesk | None = None
            if center.callbacks is not None:
                self._call_backs = import_module("routing.center.callbacks.desk").Desk(host)
            self._failed = failed
            self._every_ns = every_ns
            self.clerk: Any = None
            if self._call_backs is not None and self.databases is not None:
                self.clerk = _clerk(host, self.databases, over)
            self.running = self._parts.enter_context(
                Running(
                    host, wings(center), put=self._puts(), every_ns=every_ns, failed=failed, threads=threads
                )
            )
            if self.clerk is not None and threads:
                self._parts.callback(self._clear)
                keeper = Keeper(self._clear, "huntgroup-call-backs")
                self._parts.callback(keeper.end)
        except BaseException:
            self._parts.close()
            raise

    @property
    def supervision(self) -> SupervisionDesk:
        """Where people give commands as far as they may; raises `UsageError` where there is no such section."""
        return _there(self._supervision, "supervision")

    @property
    def call_backs(self) -> "CallBackDesk":
        """Where call-backs are asked for; raises `UsageError` where there is no such section."""
        return _there(self._call_backs, "callbacks")

    @property
    def holders(self) -> "tuple[Holder, ...]":
        """Who holds data of customers, for `routing.customers.Customers`; none without rows in a database."""
        return () if self.databases is None else tuple(self.databases.holders(self._now_ns))

    def has(self, section: str) -> bool:
        """Whether there is a wing of this section."""
        return section in SECTIONS and getattr(self.center, section) is not None

    def figures(self) -> dict[str, WingFigures]:
        """Give the counters of every wing."""
        found = self.running.figures()
        if self.clerk is not None:
            found["callbacks"] = replace(  # read in the opposite order of that in which they are set
                found["callbacks"],
                failures=self._failures,
                problem=self._problem,
                pending=self.clerk.pending,
                written=self.clerk.written,
            )
        return found

    def use(self, center: Center) -> tuple[str, ...]:
        """Take over what can be taken over while it runs: people and rules of supervision.

        Returns
        -------
        tuple of str
            The sections that differ and wait for the next opening.

        Raises
        ------
        ConfigError
            If anything is wrong; then nothing was changed.
        """
        check_center(center, self.host.read(lambda engine: engine.config))
        later = changes(self.center, center)
        if self._supervision is not None and center.supervision is not None and "supervision" in later:
            self._supervision.use(center.supervision)
            self.center = replace(self.center, supervision=center.supervision)
            later = tuple(name for name in later if name != "supervision")
        return later

    def close(self) -> None:
        """Stop, after a last try to write rows, and close the host if it was opened with this; twice does nothing."""
        self._parts.close()
        if self.owns_host:
            self.host.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _puts(self) -> dict[str, Put]:
        """Say who gets the rows of each wing; without a database they are let go, so that they do not pile up."""
        found: dict[str, Put] = {}
        for name, section, _ in sections_of(self.center):
            if section.rows and not (name == "callbacks" and self.clerk is not None):  # who sees to them
                found[section.follower] = (
                    _let_go if self.databases is None else self.databases.put(section.follower)
                )
        return found

    def _now_ns(self) -> int:
        return self.host.look_now("center", lambda _, now_ns: now_ns)

    def _clear(self) -> int:
        """Have the clerk obey orders, and write what has become of call-backs."""
        assert self.clerk is not None
        try:
            self.clerk.step()
        except Exception as error:
            first, self._problem = not self._problem, f"{type(error).__name__}: {error}"
            self._failures += 1
            if first and self._failed is not None:
                self._failed("callbacks", error)
        else:
            self._problem = ""
        return self._every_ns


def open_center(
    config: Config | str | os.PathLike[str] | None,
    center: Center | str | os.PathLike[str],
    journal: str | Path | None = None,
    *,
    database: str | os.PathLike[str] = "",
    domain: str = "default",
    **options: Any,
) -> OpenCenter:
    """Open a host with wings, and run them; `OpenCenter.close` closes both.

    Parameters
    ----------
    config : Config or path, optional
        The centre, or its file; None: what the journal holds.
    center : Center or path
        The wings, or their file.
    journal, **options
        As of `Host`.
    database, domain
        As of `OpenCenter`.

    Raises
    ------
    ConfigError, UsageError, UnavailableError
        As reading these files and opening a host do.
    """
    wanted = center if isinstance(center, Center) else load_center(center)
    known = config if isinstance(config, Config | None) else load(config)
    if known is not None:
        check_center(wanted, known)
    more = options.pop("followers", {})
    host = Host(known, journal, followers={**followers(wanted), **more}, **options)
    try:
        made = OpenCenter(host, wanted, database, domain, threads=host.settings.threads)
    except BaseException:
        host.close()
        raise
    made.owns_host = True
    return made


def _databases(database: str | os.PathLike[str], domain: str) -> Any:
    try:
        module = import_module("routing.center.databases")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "database",
            f"needs {error.name!r}, which is not installed; install huntgroup[history], or name none",
        ) from error
    found = module.Databases(database, domain)
    try:
        found.open()
    except BaseException:
        found.close()
        raise
    return found


def _clerk(host: Host, databases: Any, over: "Callable[[Promise], object] | None") -> Any:
    """Make who carries rows and orders of call-backs."""
    return import_module("routing.center.callbacks.clerk").Clerk(host, databases.call_backs, over)


def _there(desk: T | None, section: str) -> T:
    if desk is None:
        raise UsageError(unknown(section))
    return desk


def _let_go(_: Sequence[Any]) -> None:
    """Keep nothing."""
