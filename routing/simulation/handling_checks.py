"""The rules of handling in a model: shares, times, and what is named.

Owns these rules; must not know files, draws or the engine.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from routing.config import format_duration
from routing.errors import ConfigError
from routing.model import Config
from routing.simulation.distributions import Distribution, check_distribution
from routing.simulation.handling_shape import Break, Consult, Handling, PlacedCalls, Retrial, Transfer
from routing.simulation.model_shape import Model
from routing.skills import quoted, suggest
from routing.units import SECOND

_SHARES: Final = 1 + 1e-9  # they add up to 1, rounding aside
_MAX_PLACED: Final = 1_000_000  # of a kind and day, in the mean


def check_time(spec: Distribution, path: str) -> None:
    """Check a distribution of times that have an end.

    Raises
    ------
    ConfigError
        If it is wrong, or 'never'.
    """
    check_distribution(spec, path)
    if spec.kind == "never":
        raise ConfigError(path, "'never' would never end; choose another distribution")


def check_share(share: float, path: str, most: float = 1.0) -> None:
    """Check a probability, of at most ``most``.

    Raises
    ------
    ConfigError
        If it is none.
    """
    if not 0 <= share <= most:
        raise ConfigError(path, f"{share!r} is not in 0..{most:g}; correct it")


def check_retrial(retrial: Retrial, path: str) -> None:
    """Check who comes back.

    Raises
    ------
    ConfigError
        If a rule is broken.
    """
    check_share(retrial.probability, f"{path}.probability", 0.99)
    check_distribution(retrial.delay, f"{path}.delay")
    if retrial.delay.kind == "never":
        raise ConfigError(f"{path}.delay", f"'never' is no delay; leave {path.rpartition('.')[2]} out")


def check_handling(table: Handling, path: str) -> None:
    """Check what is done to the contacts of a type.

    Raises
    ------
    ConfigError
        If a rule is broken.
    """
    if table.holds is not None:
        check_share(table.holds.share, f"{path}.holds.share")
        check_time(table.holds.time, f"{path}.holds.time")
    for place, transfer in enumerate(table.transfers):
        where = f"{path}.transfers[{place}]"
        check_share(transfer.share, f"{where}.share")
        if transfer.service is not None:
            check_time(transfer.service, f"{where}.service")
    for place, consult in enumerate(table.consults):
        _check_consult(consult, f"{path}.consults[{place}]")
    if table.call_back is not None:
        check_share(table.call_back.share, f"{path}.call_back.share")
        check_share(table.call_back.reach, f"{path}.call_back.reach")
        check_time(table.call_back.ring, f"{path}.call_back.ring")
    for place, outcome in enumerate(table.outcomes):
        where = f"{path}.outcomes[{place}]"
        check_share(outcome.share, f"{where}.share")
        if outcome.again is not None:
            check_retrial(outcome.again, f"{where}.again")
            if outcome.again.keep_place_ns or outcome.again.same_patience:
                raise ConfigError(
                    f"{where}.again",
                    "has keep_place or same_patience, but who was served has no place; put them into retrial",
                )
    _check_sum([outcome.share for outcome in table.outcomes], f"{path}.outcomes")
    if table.outcome_after is not None:
        check_time(table.outcome_after, f"{path}.outcome_after")
    _check_ways(table, path)


def _check_consult(consult: Consult, where: str) -> None:
    check_share(consult.share, f"{where}.share")
    check_time(consult.talk, f"{where}.talk")
    check_distribution(consult.patience, f"{where}.patience")
    joins = consult.then in ("join", "leave")
    if joins and consult.together is None:
        raise ConfigError(f"{where}.together", f"is needed by {consult.then!r}; say how long all three talk")
    if not joins and consult.together is not None:
        raise ConfigError(f"{where}.together", f"is not read by {consult.then!r}; remove it")
    if consult.together is not None:
        check_time(consult.together, f"{where}.together")
    if consult.service is not None:
        if consult.then in ("return", "join"):
            raise ConfigError(f"{where}.service", f"is not read by {consult.then!r}; remove it")
        check_time(consult.service, f"{where}.service")


def _check_sum(shares: Sequence[float], path: str) -> None:
    if math.fsum(shares) > _SHARES:
        raise ConfigError(path, f"has shares that add up to {math.fsum(shares):g}; let them be at most 1")


def _check_ways(table: Handling, path: str) -> None:
    """What can follow after each queue adds up to 1 at most, and every way has an end."""
    asked = [one for one in table.consults if one.then in ("return", "join")]
    leaving: list[Transfer | Consult] = [*table.transfers]
    leaving += [one for one in table.consults if one.then in ("transfer", "leave")]
    for ways, name in ((asked, "consults"), (leaving, "transfers")):
        for queue in {one.from_queue for one in ways}:
            after = f" after {quoted(queue)}" if queue else ""
            shares = [one.share for one in ways if one.from_queue == queue]
            if math.fsum(shares) > _SHARES:
                raise ConfigError(
                    f"{path}.{name}", f"has shares that add up to {math.fsum(shares):g}{after}; at most 1"
                )
    on: dict[str, list[tuple[float, str]]] = {}
    for one in leaving:
        if one.from_queue:
            to = one.queue if isinstance(one, Transfer) else one.from_queue
            on.setdefault(one.from_queue, []).append((one.share, to))
    ends = {to for ways in on.values() for _, to in ways if to not in on}
    ends |= {queue for queue, ways in on.items() if math.fsum(share for share, _ in ways) < 1 - 1e-9}
    while True:
        more = {
            queue for queue, ways in on.items() if any(share > 0 and to in ends for share, to in ways)
        } - ends
        if not more:
            break
        ends |= more
    for queue in on:
        if queue not in ends:
            raise ConfigError(
                f"{path}.transfers", f"never let go of a contact that is in {quoted(queue)}; lower a share"
            )


def check_group_breaks(breaks: Sequence[Break], path: str) -> None:
    """Check a group's breaks.

    Raises
    ------
    ConfigError
        If a rule is broken.
    """
    for place, one in enumerate(breaks):
        for name, spec in (("every", one.every), ("length", one.length)):
            check_time(spec, f"{path}[{place}].{name}")
            if spec.kind == "constant" and spec.mean_ns == 0 and name == "every":
                raise ConfigError(
                    f"{path}[{place}].every", "0s leaves no time between breaks; give a longer one"
                )


def check_placed(calls: PlacedCalls, path: str, model: Model) -> None:
    """Check calls of agents' own.

    Raises
    ------
    ConfigError
        If a rule is broken.
    """
    groups = [group.id for group in model.groups]
    _check_known(calls.agents, groups, f"{path}.agents", "group")
    if (calls.direction == "internal") != bool(calls.to):
        raise ConfigError(
            f"{path}.to",
            "names the group that is called, of calls whose direction is 'internal'; give both or none",
        )
    if calls.to:
        _check_known(calls.to, groups, f"{path}.to", "group")
    check_time(calls.service, f"{path}.service")
    if len(calls.rates) not in (1, model.periods):
        raise ConfigError(
            f"{path}.rates",
            f"has {len(calls.rates)} entries for {model.periods} periods; give 1 or one for each",
        )
    if calls.per_ns < SECOND // 1000:
        raise ConfigError(
            f"{path}.per", f"{format_duration(calls.per_ns)} is too short; rates are per time, as '1m'"
        )
    for place, rate in enumerate(calls.rates):
        if not (math.isfinite(rate) and rate >= 0 and rate * model.end_ns / calls.per_ns <= _MAX_PLACED):
            raise ConfigError(
                f"{path}.rates[{place}]",
                f"{rate!r} per {format_duration(calls.per_ns)} is below 0 or makes more than {_MAX_PLACED:,} calls; "
                "correct it",
            )


def check_named(model: Model, config: Config) -> None:
    """Check that what handling names is in the centre.

    Raises
    ------
    ConfigError
        If something is not.
    """
    queues = [queue.id for queue in config.queues]
    groups = [group.id for group in model.groups]
    for number, kind in enumerate(model.types):
        table = kind.handling or Handling()
        named: list[tuple[str, Transfer | Consult]] = []
        named += [(f"transfers[{place}]", way) for place, way in enumerate(table.transfers)]
        named += [(f"consults[{place}]", way) for place, way in enumerate(table.consults)]
        for name, way in named:
            path = f"types[{number}].handling.{name}"
            _check_known(way.queue, queues, f"{path}.queue", "queue")
            if way.from_queue:
                _check_known(way.from_queue, queues, f"{path}.from", "queue")
            if way.agents:
                _check_known(way.agents, groups, f"{path}.agents", "group")
    channels = [channel.id for channel in config.channels]
    for place, calls in enumerate(model.placed):
        _check_known(calls.queue, queues, f"placed[{place}].queue", "queue")
        _check_known(calls.channel, channels, f"placed[{place}].channel", "channel")
    reasons = config.not_ready_reasons
    for number, group in enumerate(model.groups):
        for place, pause in enumerate(group.breaks):
            if reasons:
                path = f"groups[{number}].breaks[{place}].reason"
                _check_known(pause.reason, reasons, path, "reason")


def _check_known(name: str, known: Collection[str], path: str, noun: str) -> None:
    if name not in known:
        raise ConfigError(path, f"unknown {noun} {quoted(name)}{_hint(name, known)}")


def _hint(name: str, known: Iterable[str]) -> str:
    return suggest(name, set(known)) or "; name one of the model's"
