"""A whole server from its settings: hosts, facades, gRPC, HTTP, figures; how it is read anew, and how it ends.

Owns putting these together and taking them apart; must not know what any of them does.
"""

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import msgspec

from grpc_api.center.opening import Centers
from grpc_api.dialing.opening import Desks
from grpc_api.dialing.shapes import Desk
from grpc_api.domains import Domains, Hosted, version_of
from grpc_api.facade import Facade
from grpc_api.facade import followers as of_facade
from grpc_api.guard import METHODS, Guard, check_listening
from grpc_api.http import HttpServer, make_app
from grpc_api.keeping import Keeping
from grpc_api.menus.desk import MenuDesk
from grpc_api.server import Server
from grpc_api.settings import (
    DomainSettings,
    EstimateSettings,
    ServerSettings,
    check_address,
    check_against,
    check_settings,
    is_domain,
)
from grpc_api.telemetry import Telemetry
from grpc_api.telemetry.counts import Shown, shown
from grpc_api.telemetry.menus import FlowFigures, MenuCollector
from grpc_api.telemetry.wings import WingCollector
from routing.center.recording import FOLLOWER as RECORDING
from routing.center.running import WingFigures
from routing.commands import Configure
from routing.config import config_hash, load
from routing.errors import ConfigError, HuntgroupError, UsageError
from routing.events import CommandRefused
from routing.host import Announcer, Announcing, Figures, Host
from routing.host.pictures import counts_of
from routing.model import Config
from routing.units import DAY, SECOND

_LOG: Final = logging.getLogger("huntgroup.server")


class Running:
    """Everything that `huntgroup serve` runs, up and listening; close it in the end.

    Parameters
    ----------
    settings : ServerSettings
        Checked.

    Raises
    ------
    ConfigError, UsageError
        If a configuration breaks a rule, names of settings and centre do not go together, an address must not be
        listened on, or nothing is to be hosted.
    HuntgroupError
        Whatever opening a journal may raise.
    """

    def __init__(self, settings: ServerSettings) -> None:
        if not settings.domains:
            raise UsageError("there is no domain to host; name a configuration, or [domains] in the settings")
        self.settings = settings
        listening = [settings.listen, settings.http.listen, settings.metrics.listen]
        check_listening(settings.guard, filter(None, listening))
        self._parts = ExitStack()
        try:
            self._open()
        except BaseException:
            self._parts.close()
            raise

    def _open(self) -> None:
        settings, parts = self.settings, self._parts
        data = Path(settings.data)
        data.mkdir(parents=True, exist_ok=True)
        self.guard = Guard(settings.guard)
        self.keeping = Keeping(settings.statistics)
        parts.callback(self.keeping.close)  # should a host not open
        self.desks = Desks(settings)
        self.centers = Centers(settings)
        hosted = []
        for name, domain in settings.domains.items():
            journal = data / f"{name}.journal"
            config = load(domain.config) if domain.config else None
            if config is not None:
                check_against(domain, config, f"domains.{name}")
                self.centers.check(name, config)
            elif not journal.exists():
                raise ConfigError(
                    f"domains.{name}.config",
                    f"is missing, and there is no journal '{journal}' to go on from; name the file of a centre",
                )
            of_wings = self.centers.followers(name)
            host = parts.enter_context(
                Host(
                    config,
                    journal,
                    durability=settings.durability,
                    settings=settings.host,
                    followers={
                        **of_facade(policy=RECORDING in of_wings),
                        **self.keeping.followers(),
                        **self.desks.followers(name),
                        **of_wings,
                    },
                )
            )
            for problem in host.problems:
                _LOG.warning("the journal of domain %r: %s", name, problem)
            facade = parts.enter_context(Facade(host, domain, settings.facade))
            hosted.append(Hosted(name, host, facade, domain.config))
        self.domains = Domains(*hosted)
        for one in hosted:
            self.keeping.record(one.name, one.host)
            if settings.estimates.enabled:
                parts.enter_context(_announcer(one.host, settings.estimates))
        parts.callback(self.keeping.close)  # while the hosts are open
        parts.callback(self.desks.close)  # the same
        parts.callback(self.centers.close)  # the same
        for one in hosted:
            self._dial(one)
            self._lead(one)
            self._surround(one)
        self.telemetry = Telemetry(
            METHODS,
            lambda: self.domains.names,
            self.figures,
            settings.log,
            counted=self.counted,
            dialled=self.desks.figures,
            more=(MenuCollector(self.led), WingCollector(self.surrounded)),
        )
        self.server = Server(
            self.domains, settings.listen, self.guard, settings.limits, (self.telemetry.observe,)
        )
        parts.callback(self.server.stop, 0)
        self.server.start()
        facades = {one.name: one.facade for one in hosted if one.facade is not None}
        self.http = self._http("http", settings.http.listen, facades)
        self.metrics = self._http("metrics", settings.metrics.listen, {})

    def _dial(self, hosted: Hosted) -> None:
        def take(desk: Desk) -> None:
            hosted.desk = desk

        try:
            self.desks.open(hosted.name, hosted.host, take)
        except ConfigError as error:
            error.source = error.source or self.settings.domains[hosted.name].campaigns
            raise

    def _lead(self, hosted: Hosted) -> None:
        """Lead calls of a domain through its menus, if it has any."""
        settings = self.settings
        flows = settings.domains[hosted.name].menus
        if not flows:
            return
        path = Path(settings.data) / f"{hosted.name}.menus"
        durable = settings.durability == "full"
        try:
            desk = MenuDesk(hosted.host, flows, path, settings.menus, facade=hosted.facade, durable=durable)
        except ConfigError as error:
            if not error.source:
                error.source = flows
            raise
        self._parts.callback(desk.close)
        if desk.problem:
            _LOG.warning("the menus of domain %r: %s", hosted.name, desk.problem)
        hosted.menus = desk

    def _surround(self, hosted: Hosted) -> None:
        """Run the wings of a domain, and know its customers, if it has any."""
        center = self.centers.open(hosted.name, hosted.host)
        if center is None:
            return
        hosted.center = center
        if center.people is not None and hosted.facade is not None:
            hosted.facade.identify = center.people.identify
        if hosted.menus is not None:
            if center.people is not None:
                hosted.menus.directory = center.people.directory
            if center.centre.has("callbacks") and center.people is not None:
                hosted.menus.book = center.book_of_menu

    def _http(self, section: str, listen: str, facades: Mapping[str, Facade]) -> HttpServer | None:
        if not listen:
            return None
        path = f"{section}.listen"
        host, port = check_address(listen, path)
        app = make_app(
            facades,
            self.guard if facades else None,
            lookups={one.name: one for one in self.domains},
            settings=self.settings.http,
            metrics=self.telemetry.render,
            centers={one.name: one.center for one in self.domains if one.center is not None},
        )
        tls = self.settings.guard.tls
        server = HttpServer(
            app,
            host,
            port,
            certificate=tls.certificate if tls else None,
            key=tls.key if tls else None,
            drain_s=self.settings.limits.drain_ns / SECOND,
        )
        try:
            server.start()
        except OSError as error:
            raise ConfigError(
                path, f"{listen!r} cannot be listened on: {error.strerror}; give another one"
            ) from None
        self._parts.callback(server.stop)
        return server

    @property
    def addresses(self) -> dict[str, str]:
        """Where it listens, by what."""
        host = self.settings.listen.rpartition(":")[0]
        found = {"grpc": f"{host}:{self.server.port}"}
        for name, listen, server in (
            ("http", self.settings.http.listen, self.http),
            ("metrics", self.settings.metrics.listen, self.metrics),
        ):
            if server is not None:
                found[name] = f"{listen.rpartition(':')[0]}:{server.port}"
        return found

    def figures(self) -> dict[str, Figures]:
        """Give the figures of each host."""
        return {one.name: one.host.figures() for one in self.domains}

    def counted(self) -> dict[str, Shown]:
        """Give the statistics of each domain for whoever watches the server."""
        most = self.settings.statistics.queues
        recorders = self.keeping.recorders
        return {
            one.name: shown(one.host, most, recorders.get(one.name))
            for one in self.domains
            if counts_of(one.host)
        }

    def led(self) -> dict[str, tuple[FlowFigures, ...]]:
        """Give the figures of the menus of each domain that has any."""
        return {
            one.name: tuple(
                FlowFigures(flow.flow, flow.calls, flow.begun, flow.served, flow.outcomes)
                for flow in one.menus.flows()
            )
            for one in self.domains
            if one.menus is not None
        }

    def surrounded(self) -> dict[str, dict[str, WingFigures]]:
        """Give the figures of the wings of each domain that has any."""
        return {one.name: one.center.centre.figures() for one in self.domains if one.center is not None}

    def reload(self, settings: ServerSettings | None = None) -> list[str]:
        """Take the configurations and addresses of the domains, the guard's settings and all certificates anew.

        What is wrong is logged and left as it was; returns what was.
        """
        problems = []
        later = [] if settings is None else _changed(self.settings, settings)
        if later:
            _LOG.warning("changed in the settings, and taken by the next start only: %s", ", ".join(later))
        try:
            self.server.reload(settings.guard if settings is not None else None)
            for server in (self.http, self.metrics):
                if server is not None:
                    server.reload_certificate()
        except HuntgroupError as error:
            problems.append(f"guard: {error}")
        for one in self.domains:
            if one.source:
                try:
                    self._reconfigure(one, load(one.source))
                except (HuntgroupError, OSError) as error:
                    problems.append(f"{one.source}: {error}")
        problems += self.desks.reload()  # also because the centre may be another by now
        problems += self._reload_menus()
        problems += self.centers.reload()
        if settings is not None:
            problems += self._readdress(settings)
        for problem in problems:
            _LOG.error("not reloaded: %s", problem)
        return problems

    def _reload_menus(self) -> list[str]:
        """Read the flows of all domains again; returns what is wrong with them."""
        problems = []
        for one in self.domains:
            if one.menus is not None:
                try:
                    if one.menus.reload():
                        _LOG.info("domain %r has other menus", one.name)
                except (HuntgroupError, OSError) as error:
                    where = getattr(error, "source", "") or one.menus.source
                    problems.append(f"{where}: {error}")
        return problems

    def _readdress(self, settings: ServerSettings) -> list[str]:
        """Take numbers, endpoints, treatments and codes of the domains anew; returns what is wrong with them."""
        problems = []
        for one in self.domains:
            domain = settings.domains.get(one.name)
            if domain is None or one.facade is None or domain == one.facade.settings:
                continue
            try:
                check_against(domain, one.host.read(lambda engine: engine.config), f"domains.{one.name}")
            except ConfigError as error:
                problems.append(str(error))
            else:
                one.facade.use(domain)
        return problems

    def _reconfigure(self, one: Hosted, config: Config) -> None:
        with one.configuring:
            if version_of(one.host) == f"{config_hash(config):016x}":
                return
            last = one.host.apply(Configure(config), actor="reload")[-1]
            if isinstance(last, CommandRefused):
                raise ConfigError("", f"{last.reason}: {last.detail or last.subject}")
            _LOG.info("domain %r has a new configuration", one.name)

    def close(self) -> None:
        """Let dials in flight and calls under way end, then close the hosts; twice does nothing.

        Streams do not end by themselves; they are told first, so that nobody waits for them.
        """
        self.desks.rest()  # while front-ends can still say what becomes of them
        self.server.drain()
        for one in self.domains:
            if one.facade is not None:
                one.facade.end_streams("the server is being shut down; follow again from your last revision")
        self.server.stop()
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _announcer(host: Host, estimates: EstimateSettings) -> Announcer:
    """Make what publishes the estimates of a host's queues, and tells single contacts nothing."""
    publishing = Announcing(
        first_ns=DAY,
        publish_every_ns=estimates.every_ns,
        tolerance_ns=estimates.tolerance_ns,
        gather_ns=min(SECOND // 4, estimates.every_ns),
    )
    return Announcer(host, publishing)


def _changed(old: ServerSettings, new: ServerSettings) -> list[str]:
    """Name what differs, but for what is read anew: domains that stay, the guard save how connections are made."""
    names = [name for name in old.__struct_fields__ if name not in ("guard", "domains")]
    found = [name for name in names if getattr(old, name) != getattr(new, name)]
    for name in ("tls", "wire"):
        if getattr(old.guard, name) != getattr(new.guard, name):
            found.append(f"guard.{name}")
    centres = [
        {
            name: (one.config, one.campaigns, one.menus, one.center, one.customers)
            for name, one in settings.domains.items()
        }
        for settings in (old, new)
    ]
    names = list(centres[0] | centres[1])
    return found + [f"domains.{name}" for name in names if centres[0].get(name) != centres[1].get(name)]


def with_centre(settings: ServerSettings, centre: str | Path) -> ServerSettings:
    """Add a centre: its domain is the name in its configuration or, where that is none for a domain, of the file."""
    name = load(centre).name
    if not is_domain(name):
        name = Path(centre).stem
    domain = settings.domains.get(name, DomainSettings())
    changed = msgspec.structs.replace(domain, config=str(centre))
    return check_settings(msgspec.structs.replace(settings, domains={**settings.domains, name: changed}))
