"""The rules of a model: what its numbers must be, and what it asks of its centre.

Owns these rules but those of handling (``handling_checks``); must not know files (``model_file``), draws or the engine.
"""

import math
from collections.abc import Sequence
from typing import Final

from routing.config import Names, check_expression, format_duration
from routing.errors import ConfigError
from routing.model import UNLIMITED, Config
from routing.simulation.distributions import check_distribution
from routing.simulation.handling_checks import (
    check_group_breaks,
    check_handling,
    check_named,
    check_placed,
    check_retrial,
    check_share,
)
from routing.simulation.model_shape import CallType, Dialer, Model
from routing.skills import quoted, suggest
from routing.units import DAY, SECOND

_MAX_CALLS: Final = 10_000_000  # of a type and day, in the mean
_MAX_DAYS: Final = 3660  # of one replication


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
        check_group_breaks(group.breaks, f"groups[{place}].breaks")
    for place, kind in enumerate(model.types):
        _check_type(kind, f"types[{place}]", model)
    _check_ids([calls.id for calls in model.placed], "placed")
    for place, calls in enumerate(model.placed):
        check_placed(calls, f"placed[{place}]", model)


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


def _check_type(kind: CallType, path: str, model: Model) -> None:
    _check_shape(kind.busyness, f"{path}.busyness")
    _check_shape(kind.period_busyness, f"{path}.period_busyness")
    check_share(kind.balking, f"{path}.balking")
    for name, specs in (("service", kind.service), ("patience", kind.patience)):
        if not specs:
            raise ConfigError(f"{path}.{name}", "is empty; give a distribution, or one for each period")
        _check_periods(specs, f"{path}.{name}", model)
        for place, spec in enumerate(specs):
            check_distribution(spec, f"{path}.{name}[{place}]" if len(specs) > 1 else f"{path}.{name}")
            if name == "service" and spec.kind == "never":
                raise ConfigError(f"{path}.{name}", "'never' would never end; choose another distribution")
    if kind.retrial is not None:
        check_retrial(kind.retrial, f"{path}.retrial")
    if kind.handling is not None:
        check_handling(kind.handling, f"{path}.handling")
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
                    f"unknown group {quoted(group)}{suggest(group, known) or '; add it to groups'}",
                )
    if not (math.isfinite(dialer.per_free) and 0 <= dialer.per_free <= 1000):
        raise ConfigError(f"{path}.per_free", f"{dialer.per_free!r} is not in 0..1000; correct it")
    _check_periods(dialer.reach, f"{path}.reach", model)
    for place, share in enumerate(dialer.reach):
        check_share(share, f"{path}.reach[{place}]")
    if dialer.to_ns and dialer.to_ns <= dialer.from_ns:
        raise ConfigError(f"{path}.to", "is not after 'from'; let it end later, or leave it out")


def check_centre(model: Model, config: Config) -> None:
    """Check what a model asks of its centre.

    Raises
    ------
    ConfigError
        If a rule is broken.
    """
    queues = {queue.id: queue for queue in config.queues}
    names = Names.of(config)
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
                f"unknown queue {quoted(kind.queue)}{suggest(kind.queue, queues) or '; add it to centre.queues'}",
            )
        if kind.channel not in {channel.id for channel in config.channels}:
            raise ConfigError(
                f"types[{place}].channel", f"unknown channel {quoted(kind.channel)}; add it to the centre"
            )
        check_expression(kind.requirement, f"types[{place}].requirement", names)
        if kind.priority > config.limits.priority:
            raise ConfigError(
                f"types[{place}].priority",
                f"{kind.priority} is above limits.priority {config.limits.priority}; lower it",
            )
    check_named(model, config)
