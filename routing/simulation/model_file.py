"""Model files: a centre whose calls are not taken from a log but drawn, and whose agents come and go by the period.

The queues and their rules are the ordinary configuration, in the table ``centre``; around it stand the types of calls
(how they arrive, how long they take, how long callers wait) and the groups of agents with their numbers by period.

Lists by period hold one entry (for all), one for each period, or one more for what comes after the last, when no more
calls arrive and those that are there are finished; otherwise the last entry goes on.

Owns the form of such files and its rules; must not know how anything is drawn or run.
"""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from msgspec import Meta, Struct, field

from routing.config import format_duration, from_dict, text
from routing.config.shape import to_struct
from routing.errors import ConfigError, UsageError
from routing.model import UNLIMITED, Config, Duration, Id
from routing.simulation.distributions import Distribution, check_distribution
from routing.skills import quoted, suggest
from routing.units import DAY, MINUTE, SECOND

T = TypeVar("T")

_FORMATS: Final = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_MAX_CALLS: Final = 10_000_000  # of a type and day, in the mean
_MAX_DAYS: Final = 3660  # of one replication

Numbers = tuple[Annotated[int, Meta(ge=0, le=100_000)], ...]


class Retrial(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who leaves comes back with this probability after this time; ``same_patience``: as patient as before."""

    probability: float
    delay: Distribution
    same_patience: bool = False


class Dialer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Calls out whenever a service ends: ``per_free`` numbers for each free agent of the groups ``target``.

    It dials only when at least ``least_free`` agents of the groups ``test`` are free, and at least one of ``target``;
    each number is reached with the probability ``reach`` (by period) and the calls that are reached arrive at once.
    """

    target: tuple[Id, ...]
    test: tuple[Id, ...] = ()  # empty: as target
    least_free: Annotated[int, Meta(ge=1, le=100_000)] = 1
    per_free: float = 1.0
    more: Annotated[int, Meta(ge=-1000, le=1000)] = 0  # added to what per_free gives
    reach: tuple[float, ...] = (1.0,)
    from_ns: Duration = field(default=0, name="from")
    to_ns: Duration = field(default=0, name="to")  # 0: to the end of the last period


class CallType(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A kind of calls: how they arrive, what they ask for, how long they take and wait.

    ``rates`` are calls per ``per``, by period. ``busyness``: each day all its rates are multiplied by one gamma
    factor of this shape and mean 1; ``period_busyness``: each period's rate by a factor of its own, which makes the
    numbers of a period negative binomial. 0: no such factor.
    """

    id: Id
    queue: Id
    service: tuple[Distribution, ...]
    patience: tuple[Distribution, ...] = (Distribution("never"),)
    rates: tuple[float, ...] = ()
    per_ns: Duration = field(default=MINUTE, name="per")
    busyness: float = 0.0
    period_busyness: float = 0.0
    balking: float = 0.0  # share of callers who leave at once unless served at once
    retrial: Retrial | None = None
    dialer: Dialer | None = None
    channel: str = "voice"
    priority: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    requirement: str = ""


class Group(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Agents who are alike, named after the group: ``sales-1``, ``sales-2``; ``agents`` is their number by period."""

    id: Id
    agents: Numbers
    skills: dict[str, int] = {}
    channels: dict[str, int] = {}
    cost: int = 0


class Model(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A model: see the module.

    Attributes
    ----------
    period_ns, periods
        Length and number of the periods of a replication, a day for instance.
    types, groups
        Calls and agents.
    busyness : float
        Shape of a gamma factor, of mean 1, on all rates of a day; 0: none.
    warm_up_ns
        Calls that arrive before are routed and not counted.
    service_levels_ns
        Waits to count calls within; empty: of each type its queue's.
    """

    types: tuple[CallType, ...]
    groups: tuple[Group, ...]
    period_ns: Duration = field(default=DAY, name="period")
    periods: Annotated[int, Meta(ge=1, le=100_000)] = 1
    name: str = ""
    busyness: float = 0.0
    warm_up_ns: Duration = field(default=0, name="warm_up")
    service_levels_ns: tuple[Duration, ...] = field(default=(), name="service_levels")

    @property
    def end_ns(self) -> int:
        """When the last period is over."""
        return self.period_ns * self.periods


class CentreModel(Struct, frozen=True):
    """A model with the configuration of its centre, whose agents are those of the groups."""

    model: Model
    config: Config


def by_period(values: Sequence[T], period: int) -> T:
    """Look up a list by period: the last entry goes on.

    >>> by_period((4, 5), 0), by_period((4, 5), 7)
    (4, 5)
    """
    return values[period] if period < len(values) else values[-1]


def load_model(path: str | os.PathLike[str]) -> CentreModel:
    """Read and check a model file: TOML, YAML or JSON.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with the path of the value.
    UsageError
        If the suffix is another.
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
        return loads_model(file.read_bytes(), fmt)
    except ConfigError as error:
        error.source = str(path)
        raise


def loads_model(document: str | bytes, fmt: str) -> CentreModel:
    """Read and check a model given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> made = loads_model('''
    ... period = "8h"
    ... types = [{id = "call", queue = "help", rates = [4.2], service = {kind = "exponential", mean = "2m"}}]
    ... groups = [{id = "crew", agents = [12]}]
    ... centre.queues = [{id = "help", groups = ["crew"]}]
    ... ''', "toml")
    >>> made.config.agents[11].id, made.model.types[0].service[0].mean_ns
    ('crew-12', 120000000000)
    """
    raw = text.read(document, fmt)
    if not isinstance(raw, dict):
        raise ConfigError("", "is no table; a model has types, groups and a centre")
    plain = {key: value for key, value in raw.items() if key != "centre"}
    for place, kind in enumerate(plain.get("types") or () if isinstance(plain.get("types"), list) else ()):
        if isinstance(kind, dict):
            plain["types"][place] = {
                name: [value] if name in ("service", "patience") and isinstance(value, dict) else value
                for name, value in kind.items()
            }
    model = to_struct(plain, Model)
    centre = raw.get("centre", {})
    if not isinstance(centre, dict):
        raise ConfigError("centre", "is no table; write the queues there, as in a configuration")
    return assemble(model, centre)


def assemble(model: Model, centre: Mapping[str, Any]) -> CentreModel:
    """Put a model and the plain configuration of its centre together, and check both.

    Raises
    ------
    ConfigError
        If a rule is broken.
    """
    for name, remedy in (
        ("agents", "list them in groups"),
        ("shifts", "give groups their numbers by period"),
    ):
        if centre.get(name):
            raise ConfigError(f"centre.{name}", f"is not read in a model; {remedy}")
    check_model(model)
    agents = [
        {
            "id": f"{group.id}-{number}",
            "groups": [group.id],
            **({"skills": group.skills} if group.skills else {}),
            **({"channels": group.channels} if group.channels else {}),
            **({"cost": group.cost} if group.cost else {}),
        }
        for group in model.groups
        for number in range(1, max(group.agents) + 1)
    ]
    raw = {**centre, "agents": agents}
    if "groups" not in raw:
        raw["groups"] = [group.id for group in model.groups]
    try:
        config = from_dict(raw)
    except ConfigError as error:
        raise ConfigError(f"centre.{error.path}" if error.path else "centre", error.problem) from None
    _check_centre(model, config)
    return CentreModel(model, config)


def check_model(model: Model) -> None:
    """Check what stands in a model, without its centre.

    Raises
    ------
    ConfigError
        If a rule is broken; the message gives path, value, rule and remedy.
    """
    if model.period_ns <= 0:
        raise ConfigError("period", "0s is no length; write how long a period is, as '30m'")
    if model.end_ns > _MAX_DAYS * DAY:
        raise ConfigError(
            "periods",
            f"{model.periods} of {format_duration(model.period_ns)} are more than {_MAX_DAYS} days; write fewer",
        )
    if model.warm_up_ns >= model.end_ns:
        raise ConfigError(
            "warm_up", f"{format_duration(model.warm_up_ns)} leaves nothing to count; shorten it"
        )
    _check_shape(model.busyness, "busyness")
    if not model.types:
        raise ConfigError("types", "is empty; describe at least one type of calls")
    if not model.groups:
        raise ConfigError("groups", "is empty; describe at least one group of agents")
    _check_ids([kind.id for kind in model.types], "types")
    _check_ids([group.id for group in model.groups], "groups")
    for place, group in enumerate(model.groups):
        _check_periods(group.agents, f"groups[{place}].agents", model)
    for place, kind in enumerate(model.types):
        _check_type(kind, f"types[{place}]", model)


def _check_ids(ids: Sequence[str], path: str) -> None:
    for place, name in enumerate(ids):
        if name in ids[:place]:
            raise ConfigError(f"{path}[{place}].id", f"{quoted(name)} is there already; choose another")


def _check_periods(values: Sequence[object], path: str, model: Model) -> None:
    if len(values) not in (1, model.periods, model.periods + 1):
        many = f"{model.periods} or {model.periods + 1}" if model.periods > 1 else "2"
        raise ConfigError(path, f"has {len(values)} entries for {model.periods} periods; give 1, {many}")


def _check_shape(shape: float, path: str) -> None:
    if not (shape == 0 or 0.01 <= shape <= 1e9):
        raise ConfigError(path, f"{shape!r} is not in 0.01..1000000000; give the gamma shape, or 0 for none")


def _check_share(share: float, path: str, most: float = 1.0) -> None:
    if not 0 <= share <= most:
        raise ConfigError(path, f"{share!r} is not in 0..{most:g}; correct it")


def _check_type(kind: CallType, path: str, model: Model) -> None:
    _check_shape(kind.busyness, f"{path}.busyness")
    _check_shape(kind.period_busyness, f"{path}.period_busyness")
    _check_share(kind.balking, f"{path}.balking")
    for name, specs in (("service", kind.service), ("patience", kind.patience)):
        if not specs:
            raise ConfigError(f"{path}.{name}", "is empty; give a distribution, or one for each period")
        _check_periods(specs, f"{path}.{name}", model)
        for place, spec in enumerate(specs):
            check_distribution(spec, f"{path}.{name}[{place}]" if len(specs) > 1 else f"{path}.{name}")
            if name == "service" and spec.kind == "never":
                raise ConfigError(f"{path}.{name}", "'never' would never end; choose another distribution")
    if kind.retrial is not None:
        _check_share(kind.retrial.probability, f"{path}.retrial.probability", 0.99)
        check_distribution(kind.retrial.delay, f"{path}.retrial.delay")
        if kind.retrial.delay.kind == "never":
            raise ConfigError(f"{path}.retrial.delay", "'never' is no delay; leave retrial out")
    if (kind.dialer is None) == (not kind.rates):
        raise ConfigError(
            f"{path}.rates", "give either rates, for calls that come in, or a dialer; not both or neither"
        )
    if kind.dialer is not None:
        _check_dialer(kind.dialer, f"{path}.dialer", model)
    else:
        _check_rates(kind, path, model)


def _check_rates(kind: CallType, path: str, model: Model) -> None:
    if len(kind.rates) not in (1, model.periods):
        raise ConfigError(
            f"{path}.rates",
            f"has {len(kind.rates)} entries for {model.periods} periods; give 1 or one for each",
        )
    if kind.per_ns < SECOND // 1000:
        raise ConfigError(
            f"{path}.per", f"{format_duration(kind.per_ns)} is too short; rates are per time, as '1m'"
        )
    for place, rate in enumerate(kind.rates):
        if not (math.isfinite(rate) and rate >= 0 and rate * model.end_ns / kind.per_ns <= _MAX_CALLS):
            raise ConfigError(
                f"{path}.rates[{place}]",
                f"{rate!r} per {format_duration(kind.per_ns)} is below 0 or makes more than {_MAX_CALLS:,} calls; "
                "correct it",
            )


def _check_dialer(dialer: Dialer, path: str, model: Model) -> None:
    known = {group.id for group in model.groups}
    if not dialer.target:
        raise ConfigError(f"{path}.target", "is empty; name the groups whose free agents are dialled for")
    for name, groups in (("target", dialer.target), ("test", dialer.test)):
        for place, group in enumerate(groups):
            if group not in known:
                raise ConfigError(
                    f"{path}.{name}[{place}]",
                    f"unknown group {quoted(group)}{suggest(group, known)}; add it to groups",
                )
    if not (math.isfinite(dialer.per_free) and 0 <= dialer.per_free <= 1000):
        raise ConfigError(f"{path}.per_free", f"{dialer.per_free!r} is not in 0..1000; correct it")
    _check_periods(dialer.reach, f"{path}.reach", model)
    for place, share in enumerate(dialer.reach):
        _check_share(share, f"{path}.reach[{place}]")
    if dialer.to_ns and dialer.to_ns <= dialer.from_ns:
        raise ConfigError(f"{path}.to", "is not after 'from'; let it end later, or leave it out")


def _check_centre(model: Model, config: Config) -> None:
    """Check what a model asks of its centre."""
    queues = {queue.id: queue for queue in config.queues}
    for place, queue in enumerate(config.queues):
        if queue.wrap_up_ns == UNLIMITED:
            raise ConfigError(
                f"centre.queues[{place}].wrap_up", "has no limit; give wrap-ups of a model a length"
            )
        if queue.hours:
            raise ConfigError(f"centre.queues[{place}].hours", "is not read in a model; use rates by period")
    for place, kind in enumerate(model.types):
        if kind.queue not in queues:
            raise ConfigError(
                f"types[{place}].queue",
                f"unknown queue {quoted(kind.queue)}{suggest(kind.queue, queues)}; add it to centre.queues",
            )
        if kind.channel not in {channel.id for channel in config.channels}:
            raise ConfigError(
                f"types[{place}].channel", f"unknown channel {quoted(kind.channel)}; add it to the centre"
            )
        if kind.priority > config.limits.priority:
            raise ConfigError(
                f"types[{place}].priority",
                f"{kind.priority} is above limits.priority {config.limits.priority}; lower it",
            )


__all__ = [
    "CallType",
    "CentreModel",
    "Dialer",
    "Group",
    "Model",
    "Retrial",
    "assemble",
    "by_period",
    "check_model",
    "load_model",
    "loads_model",
]
