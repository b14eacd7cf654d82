"""The server's own configuration: where it listens, which domains it hosts, and what their exchanges mean.

A file ``server.toml`` (or YAML, or JSON), spelled and complained about as the configuration of a centre is. Paths in
it are relative to the file.

Owns these structs, their rules, and the way from a file to them; must not know who acts on them.
"""

import os
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct, field

from grpc_api.guard import GuardSettings
from grpc_api.guard import read_settings as read_guard
from grpc_api.limits import WireLimits
from grpc_api.telemetry import LogSettings
from routing.center.devices import Devices, Places, check_places
from routing.config import text
from routing.config.faults import field_path
from routing.config.shape import to_struct
from routing.durations import format_duration
from routing.errors import ConfigError, UsageError
from routing.host import Settings as HostSettings
from routing.model import Config, Duration, Hours, Id, Preference
from routing.units import DAY, MINUTE, SECOND
from routing.words import quoted, suggest

Durability = Literal["full", "group", "none"]
Count = Annotated[int, Meta(ge=1, le=100_000_000)]

#: Stands for the agent's id in a template of endpoints.
AGENT: Final = "{agent}"
_FORMATS: Final[dict[str, text.Format]] = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_CODE: Final = re.compile(r"[0-9*#]+")
_PORT_MAX: Final = 65_535
_RULE_KINDS: Final = ("number", "prefix", "pattern")


class NumberRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a dialled number means; the first rule that fits holds.

    One of ``number`` (exactly this), ``prefix`` and ``pattern`` (a regular expression for the whole of it), and
    ``caller``, a prefix of who calls, for those calls alone. ``reject`` turns the call away for this reason;
    otherwise it goes to ``queues``.
    """

    number: str = ""
    prefix: str = ""
    pattern: str = ""
    caller: str = ""
    queues: tuple[Id, ...] = ()
    reject: str = ""
    channel: Id = "voice"
    priority: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    requirement: str = ""
    credit_ns: Duration = field(default=0, name="credit")
    preferred: tuple[Preference, ...] = ()
    prefer_ns: Duration = field(default=0, name="prefer")
    attributes: dict[str, str] = {}  # added to those of the call, which win


class Endpoints(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where agents are rung: ``devices`` of those with several, ``agents`` with one, all others by the ``template``.

    ``seats``: devices that are nobody's, with their addresses; agents sign in there by a code, and are rung there.
    ``seat_ring``: for how long, before devices of their own, 0 for what is left. ``hours`` are those that devices
    name. ``any_host``: whoever dials a code is known by the user part of their address alone, whatever their host.
    """

    template: str = "sip:{agent}@127.0.0.1"
    agents: dict[str, str] = {}
    any_host: bool = False
    devices: dict[str, Devices] = {}
    seats: dict[str, str] = {}
    seat_ring_ns: Duration = field(default=0, name="seat_ring")
    hours: tuple[Hours, ...] = ()
    timezone: str = "UTC"

    def places(self) -> Places:
        """Give what devices there are beside plain addresses."""
        return Places(self.devices, self.seats, self.seat_ring_ns, self.hours, self.timezone)


class Targets(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Addresses that a call is sent to; empty: none. ``waiting``: where callers are entertained while they wait."""

    voicemail: str = ""
    callback: str = ""
    waiting: str = ""


class Treatments(Targets, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Targets of all queues, and those of single ``queues``, which go first."""

    queues: dict[str, Targets] = {}


class Codes(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What agents dial on their device; empty: not to be dialled.

    ``reasons``: what follows the code for not ready, by the reason it gives. ``agents``: what follows the code for
    logging in at a seat, by the agent it stands for; ``leave_seat`` leaves the seat it is dialled at, and no other.
    """

    log_in: str = "*45"
    log_out: str = "*46"
    ready: str = "*47"
    not_ready: str = "*48"
    status: str = "*49"
    reasons: dict[str, str] = {}
    agents: dict[str, str] = {}
    leave_seat: str = ""


class Lines(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Calls of agents' own.

    ``queue``: for agents' own lines and calls between agents, which nobody else is to have (a requirement of
    ``"False"`` sees to that); empty: that of the call they are about. ``ring``: for how long the agent alone is tried
    before the queue's others may have it. ``outbound``: where calls to customers are counted; empty: they must say.
    """

    queue: str = ""
    ring_ns: Duration = field(default=0, name="ring")
    outbound: str = ""


class DomainSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One centre and what its exchanges mean.

    ``config``: the file with the centre; empty: that of its journal. ``campaigns``: the file with its outbound
    campaigns; empty: it does not dial. ``menus``: the file or folder with the flows of its interactive menus; empty: it
    has none. ``unmatched``: a number that fits no rule names
    a queue, or is turned away. ``keep_caller``: the caller's number goes along as ``customer``, and so into the
    journal.
    """

    config: str = ""
    campaigns: str = ""
    menus: str = ""
    numbers: tuple[NumberRule, ...] = ()
    unmatched: Literal["queue", "reject"] = "queue"
    endpoints: Endpoints = Endpoints()
    treatments: Treatments = Treatments()
    codes: Codes = Codes()
    keep_caller: bool = False
    lines: Lines = Lines()


class Http(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The HTTP face of the facade; an empty ``listen`` leaves it out."""

    listen: str = "127.0.0.1:8080"
    body_bytes: Count = 64 * 1024
    wait_ns: Duration = field(default=MINUTE, name="wait")  # that a long poll may take
    threads: Annotated[int, Meta(ge=1, le=1000)] = 16  # that wait for the journal
    connections: Count = 10_000  # at once
    request_ns: Duration = field(default=10 * SECOND, name="request")  # that a request may take to arrive


class Metrics(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Figures for Prometheus; an empty ``listen`` leaves them out."""

    listen: str = "127.0.0.1:9464"


class StatisticsSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is counted of every domain, and where it is kept; ``enabled = false`` counts nothing.

    ``database``: a file of SQLite or the URL of a PostgreSQL, for what is over; empty: it is not kept. ``records``:
    contacts and sessions, too; unless it is said, when there is a database.
    """

    enabled: bool = True
    interval_ns: Duration = field(default=15 * MINUTE, name="interval")  # a divisor of a day
    short_abandon_ns: Duration = field(default=5 * SECOND, name="short_abandon")
    database: str = ""
    every_ns: Duration = field(default=5 * SECOND, name="every")  # from one writing to the next
    records: bool | None = None
    pending: Count = 100_000  # rows and records that wait for the database, at most
    queues: Annotated[int, Meta(ge=0, le=100_000)] = 100  # that metrics name; the others are in the centre's


class DialingSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where the lists of outbound campaigns are, and how dialing ends.

    ``database``: a file of SQLite or the URL of a PostgreSQL; empty: that of the statistics. ``drain``: how long
    attempts in flight are waited for when the server ends. ``campaigns``: so many that metrics name of each domain.
    """

    database: str = ""
    drain_ns: Duration = field(default=30 * SECOND, name="drain")
    campaigns: Annotated[int, Meta(ge=0, le=10_000)] = 100


class EstimateSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whether the waits of queues are estimated and published: for conditions, views, and front-ends to tell callers.

    A queue's is published, as a command of the host, where it moved by more than the tolerance and a tenth.
    """

    enabled: bool = False
    every_ns: Annotated[int, Meta(ge=SECOND // 10, le=24 * 60 * MINUTE, title="duration")] = field(
        default=10 * SECOND, name="every"
    )
    tolerance_ns: Duration = field(default=5 * SECOND, name="tolerance")


class MenuSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Calls in interactive menus, of each domain.

    ``look_up``: how long a customer is looked for before the flow goes on without. ``idle``: a call of which nothing is
    heard for so long has hung up. ``compact_every``: lines after which the logbook is written anew.
    """

    calls: Count = 100_000  # at once
    remembered: Count = 10_000  # that have ended, so that a repeated input is answered
    look_up_ns: Annotated[int, Meta(ge=0, le=10 * SECOND, title="duration")] = field(
        default=300 * SECOND // 1000, name="look_up"
    )
    idle_ns: Annotated[int, Meta(ge=MINUTE, le=DAY, title="duration")] = field(
        default=30 * MINUTE, name="idle"
    )
    compact_every: Count = 10_000


class FacadeLimits(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How much the facade of one domain keeps for its front-ends."""

    followers: Count = 1_000  # streams of instructions at once, long polls included
    notices: Count = 100_000  # instructions that a follower can go back
    pending: Count = 10_000  # instructions that a follower may be behind before it is cut off
    remembered_calls: Count = 10_000  # ended calls of which it is known how they ended


class ServerSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole server."""

    listen: str = "127.0.0.1:50051"
    data: str = "data"  # directory of the journals, one for each domain
    durability: Durability = "full"
    domains: dict[str, DomainSettings] = {}
    http: Http = Http()
    metrics: Metrics = Metrics()
    limits: WireLimits = WireLimits()
    facade: FacadeLimits = FacadeLimits()
    host: HostSettings = HostSettings()
    guard: GuardSettings = GuardSettings()
    log: LogSettings = LogSettings()
    statistics: StatisticsSettings = StatisticsSettings()
    estimates: EstimateSettings = EstimateSettings()
    dialing: DialingSettings = DialingSettings()
    menus: MenuSettings = MenuSettings()


# --- Reading


def load_settings(path: str | os.PathLike[str]) -> ServerSettings:
    """Read and check the server's configuration; relative paths in it are made those of the file.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with where.
    UsageError
        If the suffix of the file is none of ours.
    OSError
        If the file cannot be read.
    """
    file = Path(path)
    fmt = _FORMATS.get(file.suffix.lower())
    if fmt is None:
        raise UsageError(
            f"{quoted(file.name)}: suffix {quoted(file.suffix)} is not one of {', '.join(_FORMATS)}; rename the file"
        )
    try:
        return _placed(read_settings(file.read_bytes(), fmt, file.parent), file.parent)
    except ConfigError as error:
        error.source = str(path)
        raise


def read_settings(
    document: str | bytes, fmt: str = "toml", directory: str | os.PathLike[str] = ""
) -> ServerSettings:
    """Read and check settings given as text; files of the guard are looked for in the directory.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with where.

    Examples
    --------
    >>> settings = read_settings('domains.bank.numbers = [{prefix = "0800", queues = ["sales"]}]')
    >>> settings.domains["bank"].numbers[0].queues
    ('sales',)
    >>> read_settings('domains.bank.codes.log_in = "45!"')
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: domains.bank.codes.log_in: '45!' cannot be dialled; use 0-9, * and #
    """
    raw = text.read(document, fmt)
    guard = GuardSettings()
    if (
        isinstance(raw, dict) and "guard" in raw
    ):  # which is read by itself, for its messages repeat no secrets
        guard = read_guard(raw["guard"], os.fspath(directory))
        raw = {name: value for name, value in raw.items() if name != "guard"}
    return check_settings(msgspec.structs.replace(to_struct(raw, ServerSettings), guard=guard))


def _placed(settings: ServerSettings, folder: Path) -> ServerSettings:
    """Make paths of the file those of the process."""
    domains = {name: _placed_domain(domain, folder) for name, domain in settings.domains.items()}
    statistics = settings.statistics
    if statistics.database:
        statistics = msgspec.structs.replace(
            statistics, database=_placed_database(statistics.database, folder)
        )
    dialing = settings.dialing
    if dialing.database:
        dialing = msgspec.structs.replace(dialing, database=_placed_database(dialing.database, folder))
    return msgspec.structs.replace(
        settings, data=str(folder / settings.data), domains=domains, statistics=statistics, dialing=dialing
    )


def _placed_domain(domain: DomainSettings, folder: Path) -> DomainSettings:
    files = {name: getattr(domain, name) for name in ("config", "campaigns", "menus")}
    return msgspec.structs.replace(
        domain, **{name: str(folder / file) for name, file in files.items() if file}
    )


def _placed_database(database: str, folder: Path) -> str:
    return database if "://" in database else str(folder / database)


# --- Rules


def check_settings(settings: ServerSettings) -> ServerSettings:
    """Check what types cannot say; return the settings.

    Raises
    ------
    ConfigError
        For the first thing wrong.
    """
    check_address(settings.listen, "listen")
    for name, address in (("http", settings.http.listen), ("metrics", settings.metrics.listen)):
        if address:
            check_address(address, f"{name}.listen")
    _check_statistics(settings.statistics)
    for name, domain in settings.domains.items():
        path = field_path("domains", name)
        if not is_domain(name):
            raise ConfigError(
                path, f"{quoted(name)} is no name of a domain; use up to 128 letters, digits, _, - and ."
            )
        check_domain(domain, path)
    return settings


def _check_statistics(statistics: StatisticsSettings) -> None:
    if not statistics.interval_ns or DAY % statistics.interval_ns:
        raise ConfigError(
            "statistics.interval",
            f"{format_duration(statistics.interval_ns)} does not divide a day; take '15m' or '1h'",
        )
    if not statistics.every_ns:
        raise ConfigError(
            "statistics.every", "is 0; what is over is written every so often, such as every '5s'"
        )
    if statistics.records and not statistics.database:
        raise ConfigError("statistics.records", "is set without a database; name one in statistics.database")
    if statistics.database and not statistics.enabled:
        raise ConfigError("statistics.database", "is named, and nothing is counted; leave one of the two out")


def is_domain(name: str) -> bool:
    """Tell whether a domain may be called so.

    >>> is_domain("bank-2"), is_domain("Anonymous Bank"), is_domain("../bank")
    (True, False, False)
    """
    return len(name) <= 128 and name.replace("-", "_").replace(".", "_").isidentifier()


def check_address(address: str, path: str) -> tuple[str, int]:
    """Take ``host:port`` apart.

    >>> check_address("[::1]:50051", "listen")
    ('::1', 50051)
    """
    host, colon, port = address.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or not port.isascii() or not port.isdigit() or int(port) > _PORT_MAX:
        raise ConfigError(
            path, f"{quoted(address)} is no address; write HOST:PORT, such as '127.0.0.1:50051'"
        )
    if ":" in bare and bare == host:
        raise ConfigError(path, f"{quoted(address)} has a bare IPv6 address; write it in brackets")
    return bare, int(port)


def check_domain(domain: DomainSettings, path: str = "") -> None:
    """Check the settings of one domain by themselves.

    Raises
    ------
    ConfigError
        For the first thing wrong.
    """
    for place, rule in enumerate(domain.numbers):
        _check_rule(rule, f"{field_path(path, 'numbers')}[{place}]")
    _check_endpoints(domain.endpoints, field_path(path, "endpoints"))
    _check_codes(domain.codes, field_path(path, "codes"))


def check_against(domain: DomainSettings, config: Config, path: str = "") -> None:
    """Check that what a domain's settings name is there in its centre.

    Raises
    ------
    ConfigError
        For the first unknown queue, agent, channel or reason.

    Examples
    --------
    >>> check_against(DomainSettings(numbers=(NumberRule(number="1", queues=("sales",)),)), Config())
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: numbers[0].queues: unknown queue 'sales'; add it to the centre
    """
    queues = {queue.id for queue in config.queues}
    agents = {agent.id for agent in config.agents}
    for where, noun, name, known in _names(domain, path, queues, agents, config):
        if name not in known:
            hint = suggest(name, known) or "; add it to the centre"
            raise ConfigError(where, f"unknown {noun} {quoted(name)}{hint}")


def _names(
    domain: DomainSettings, path: str, queues: set[str], agents: set[str], config: Config
) -> Iterator[tuple[str, str, str, set[str]]]:
    channels = {channel.id for channel in config.channels}
    for place, rule in enumerate(domain.numbers):
        here = f"{field_path(path, 'numbers')}[{place}]"
        yield from ((f"{here}.queues", "queue", queue, queues) for queue in rule.queues)
        yield f"{here}.channel", "channel", rule.channel, channels
        yield from ((f"{here}.preferred", "agent", one.agent, agents) for one in rule.preferred)
    under = f"{path}." if path else ""
    where = f"{under}endpoints.agents"
    yield from ((field_path(where, agent), "agent", agent, agents) for agent in domain.endpoints.agents)
    where = f"{under}endpoints.devices"
    yield from ((field_path(where, agent), "agent", agent, agents) for agent in domain.endpoints.devices)
    where = f"{under}codes.agents"
    yield from ((field_path(where, code), "agent", one, agents) for code, one in domain.codes.agents.items())
    for name in ("queue", "outbound"):
        if queue := getattr(domain.lines, name):
            yield f"{under}lines.{name}", "queue", queue, queues
    where = f"{under}treatments.queues"
    yield from ((field_path(where, queue), "queue", queue, queues) for queue in domain.treatments.queues)
    if config.not_ready_reasons:
        where = f"{under}codes.reasons"
        reasons = set(config.not_ready_reasons)
        for code, reason in domain.codes.reasons.items():
            yield field_path(where, code), "reason", reason, reasons


def _check_rule(rule: NumberRule, path: str) -> None:
    given = [kind for kind in _RULE_KINDS if getattr(rule, kind)]
    if len(given) > 1:
        raise ConfigError(path, f"{' and '.join(given)} are given; give one of {', '.join(_RULE_KINDS)}")
    if not given and not rule.caller:
        raise ConfigError(path, f"fits every call; give one of {', '.join(_RULE_KINDS)}, or caller")
    if rule.pattern:
        try:
            re.compile(rule.pattern)
        except re.error as error:
            raise ConfigError(
                f"{path}.pattern",
                f"{quoted(rule.pattern)} is no regular expression ({error.msg}); correct it",
            ) from None
    if rule.reject and rule.queues:
        raise ConfigError(f"{path}.reject", "stands beside queues; keep one of the two")
    if not rule.reject and not rule.queues:
        raise ConfigError(f"{path}.queues", "is empty; name a queue, or give a reason in reject")


def _check_endpoints(endpoints: Endpoints, path: str) -> None:
    if endpoints.template.count(AGENT) != 1:
        raise ConfigError(
            f"{path}.template",
            f"{quoted(endpoints.template)} must have {AGENT} once; write where the id goes",
        )
    check_places(endpoints.places(), path)
    owners: dict[str, str] = {}
    for here, owner, endpoint in _addresses(endpoints, path):
        if not endpoint:
            raise ConfigError(here, "is empty; give an address, or leave the agent to the template")
        if endpoint in owners:
            raise ConfigError(here, f"{quoted(endpoint)} is {quoted(owners[endpoint])}'s; give another")
        owners[endpoint] = owner


def _addresses(endpoints: Endpoints, path: str) -> Iterator[tuple[str, str, str]]:
    """Where each address stands, whose it is, and the address."""
    for agent, address in endpoints.agents.items():
        yield field_path(f"{path}.agents", agent), agent, address
    for agent, own in endpoints.devices.items():
        here = field_path(f"{path}.devices", agent)
        if agent in endpoints.agents:
            raise ConfigError(here, "stands in agents, too; keep one of the two")
        for place, device in enumerate(own.devices):
            yield f"{here}.devices[{place}].address", agent, device.address
    for seat, address in endpoints.seats.items():
        yield field_path(f"{path}.seats", seat), seat, address


def _check_codes(codes: Codes, path: str) -> None:
    names = ("log_in", "log_out", "ready", "not_ready", "status", "leave_seat")
    named = [(name, getattr(codes, name)) for name in names]
    for name, code in named:
        if code and not _CODE.fullmatch(code):
            raise ConfigError(f"{path}.{name}", f"{quoted(code)} cannot be dialled; use 0-9, * and #")
    dialled = [(name, code) for name, code in named if code]
    dialled += [
        (field_path("reasons", digits), codes.not_ready + digits)
        for digits in codes.reasons
        if codes.not_ready
    ]
    dialled += [
        (field_path("agents", digits), codes.log_in + digits) for digits in codes.agents if codes.log_in
    ]
    for name in ("reasons", "agents"):
        for digits in getattr(codes, name):
            if not _CODE.fullmatch(digits):
                where = field_path(f"{path}.{name}", digits)
                raise ConfigError(where, f"{quoted(digits)} cannot be dialled; use 0-9, * and #")
    for (one, code), (other, same) in combinations(dialled, 2):
        if code == same:
            raise ConfigError(f"{path}.{other}", f"{quoted(code)} is {one}'s; choose another")
