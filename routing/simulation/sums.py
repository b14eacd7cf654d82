"""Adds up what became of the calls of a day of a model, and estimates figures over many days.

A day becomes one list of whole numbers: by type of calls and period of arrival how many were offered, answered, ...;
by group the agents' time. Figures are means of such sums over the days, or ratios of two; sums of whole numbers do not
depend on who adds them, so neither do the figures.

Definitions are those of the report on call logs (``report``); a call counts for the period in which it reached the
engine, callers who come back count each time.

Owns the places in that list and the names of figures; must not know how a day is played.
"""

from array import array
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from routing.errors import UsageError
from routing.simulation.handling_figures import handling_figures, scaled
from routing.simulation.model_shape import CentreModel
from routing.simulation.played import Played
from routing.simulation.result import ABANDONED_CODE, SERVED_CODE
from routing.simulation.student import Estimate, mean, ratio
from routing.simulation.tally import MEASURES, NOT_PLACED, OF_PLACED, PLACED, PLACED_NS, has_hands
from routing.units import HOUR, SECOND

# What is added up by type and period; behind these, for each service level, WITHIN and LEFT_WITHIN.
OFFERED, ANSWERED, ABANDONED, GIVEN_UP, WAITED, WAIT_NS, ANSWER_NS, WITHIN, LEFT_WITHIN = range(9)
_BEFORE_LEVELS: Final = WITHIN


class Sums:
    """The sums of the days of a model.

    Parameters
    ----------
    made : CentreModel
        Of what.
    days : sequence of array
        From `count`, in order.
    """

    def __init__(self, made: CentreModel, days: "Sequence[array[int]]") -> None:
        self.made = made
        self.days = days
        self.types = [kind.id for kind in made.model.types]
        self.groups = [group.id for group in made.model.groups]
        self.periods = made.model.periods + 1
        self.levels = len(_levels(made)[0])
        self.width = _BEFORE_LEVELS + 2 * self.levels

    def values(
        self, measure: int, kind: str | None = None, period: int | None = None, level: int = 0
    ) -> list[int]:
        """List a measure by day: of a type (or all), of a period (or all), for the ``level``-th service level."""
        kinds = range(len(self.types)) if kind is None else [self._known(kind, self.types, "type")]
        periods = range(self.periods) if period is None else [period]
        if measure >= WITHIN:
            measure += 2 * level
        places = [(one * self.periods + when) * self.width + measure for one in kinds for when in periods]
        return [sum([day[place] for place in places]) for day in self.days]

    def time(self, group: str | None, busy: bool) -> list[int]:
        """List the staffed (or busy) time of a group's agents, or of all, by day in ns."""
        start = len(self.types) * self.periods * self.width
        groups = range(len(self.groups)) if group is None else [self._known(group, self.groups, "group")]
        return [sum([day[start + 2 * one + busy] for one in groups]) for day in self.days]

    def dialled(self, kind: str) -> list[int]:
        """List how many numbers were dialled for a type, by day."""
        place = len(self.types) * self.periods * self.width + 2 * len(self.groups)
        return [day[place + self._known(kind, self.types, "type")] for day in self.days]

    def handled(self, measure: int, kind: str | None = None) -> list[int]:
        """List what was done to contacts in hand, of a type or all, by day; see ``tally`` for the measures."""
        start = self._before_tally()
        kinds = range(len(self.types)) if kind is None else [self._known(kind, self.types, "type")]
        return [sum([day[start + one * MEASURES + measure] for one in kinds]) for day in self.days]

    def placed(self, measure: int, name: str) -> list[int]:
        """List a measure of calls of agents' own of one kind, by day."""
        start = self._before_tally() + len(self.types) * MEASURES
        names = [kind.id for kind in self.made.model.placed]
        place = start + self._known(name, names, "kind of placed calls") * OF_PLACED + measure
        return [day[place] for day in self.days]

    def not_ready(self, group: str | None = None) -> list[int]:
        """List how long a group's agents, or all, were not ready and had nothing in hand, by day in ns."""
        start = self._before_tally() + len(self.types) * MEASURES + len(self.made.model.placed) * OF_PLACED
        groups = range(len(self.groups)) if group is None else [self._known(group, self.groups, "group")]
        return [sum([day[start + one] for one in groups]) for day in self.days]

    def _before_tally(self) -> int:
        if not has_hands(self.made):
            raise UsageError(
                "the model says nothing of what is done to contacts in hand; add handling to a type"
            )
        return len(self.types) * self.periods * self.width + 2 * len(self.groups) + len(self.types)

    def _known(self, name: str, names: list[str], noun: str) -> int:
        if name not in names:
            raise UsageError(f"{noun} {name!r} is not in the model; take one of {', '.join(names)}")
        return names.index(name)

    def figures(self, kind: str | None = None, period: int | None = None) -> dict[str, Estimate]:
        """Estimate the figures of a type of calls, or of all, in all periods or in one. O(days)."""

        def of(measure: int, level: int = 0) -> list[int]:
            return self.values(measure, kind, period, level)

        offered, answered, abandoned = of(OFFERED), of(ANSWERED), of(ABANDONED)
        model = self.made.model
        found = {
            "offered": mean(offered),
            "answered": mean(answered),
            "abandoned": mean(abandoned),
            "given_up": mean(of(GIVEN_UP)),
            "abandoned_share": ratio(abandoned, offered),
            "waited_share": ratio(of(WAITED), offered),
            "asa_s": scaled(ratio(of(ANSWER_NS), answered), SECOND),
            "wait_mean_s": scaled(ratio(of(WAIT_NS), offered), SECOND),
        }
        if period is None:
            found["waiting"] = scaled(mean(of(WAIT_NS)), model.end_ns - model.warm_up_ns)
        for level in range(self.levels):
            within, left = of(WITHIN, level), of(LEFT_WITHIN, level)
            end = f"_{level + 1}" if level else ""
            found[f"in_time{end}"] = mean(within)
            found[f"of_offered{end}"] = ratio(within, offered)
            found[f"of_answered{end}"] = ratio(within, answered)
            found[f"without_short_abandons{end}"] = ratio(
                within, [all_ - short for all_, short in zip(offered, left, strict=True)]
            )
            found[f"with_short_abandons{end}"] = ratio(
                [soon + short for soon, short in zip(within, left, strict=True)], offered
            )
        if kind is not None and self.made.model.types[self._known(kind, self.types, "type")].dialer:
            found["dialled"] = mean(self.dialled(kind))
        if period is None and has_hands(self.made):
            found |= handling_figures(lambda measure: self.handled(measure, kind), answered)
        return found

    def team(self, group: str | None = None) -> dict[str, Estimate]:
        """Estimate the figures of a group's agents, or of all. O(days)."""
        staffed, busy = self.time(group, False), self.time(group, True)
        found = {
            "staffed_h": scaled(mean(staffed), HOUR),
            "busy_h": scaled(mean(busy), HOUR),
            "occupancy": ratio(busy, staffed),
        }
        if any(one.breaks for one in self.made.model.groups):
            found["not_ready_share"] = ratio(self.not_ready(group), staffed)
        return found

    def own_calls(self, name: str) -> dict[str, Estimate]:
        """Estimate the figures of calls of agents' own of one kind. O(days)."""
        made, failed = self.placed(PLACED, name), self.placed(NOT_PLACED, name)
        return {
            "placed": mean(made),
            "not_placed_share": ratio(failed, [one + other for one, other in zip(made, failed, strict=True)]),
            "talk_s": scaled(ratio(self.placed(PLACED_NS, name), made), SECOND),
        }


class ModelReport(Struct, frozen=True, omit_defaults=True):
    """The figures of a model: of all calls, by type, by period of arrival (of all types), and by group;
    of calls of agents' own by kind.
    """

    model: str
    days: int
    seed: int
    total: dict[str, Estimate]
    types: dict[str, dict[str, Estimate]]
    periods: tuple[dict[str, Estimate], ...]
    groups: dict[str, dict[str, Estimate]]
    placed: dict[str, dict[str, Estimate]] = {}


def make_model_report(sums: Sums, seed: int) -> ModelReport:
    """Estimate everything. O(days x types x periods)."""
    model = sums.made.model
    return ModelReport(
        model=model.name,
        days=len(sums.days),
        seed=seed,
        total={**sums.figures(), **sums.team()},
        types={kind: sums.figures(kind) for kind in sums.types},
        periods=tuple(sums.figures(period=period) for period in range(model.periods))
        if model.periods > 1
        else (),
        groups={group: sums.team(group) for group in sums.groups},
        placed={kind.id: sums.own_calls(kind.id) for kind in model.placed},
    )


def count(made: CentreModel, played: Played) -> "array[int]":
    """Add up a day. O(calls)."""
    model = made.model
    levels = _levels(made)
    width, periods = _BEFORE_LEVELS + 2 * len(levels[0]), model.periods + 1
    sums = array("q", bytes(8 * len(model.types) * periods * width))
    warm_up_ns, period_ns, last = model.warm_up_ns, model.period_ns, model.periods
    for kind, arrival_ns, wait_ns, outcome in zip(
        played.types, played.arrivals_ns, played.waits_ns, played.outcomes, strict=True
    ):
        if arrival_ns < warm_up_ns:
            continue
        place = (kind * periods + min(arrival_ns // period_ns, last)) * width
        sums[place] += 1
        sums[place + WAIT_NS] += wait_ns
        if wait_ns:
            sums[place + WAITED] += 1
        if outcome == SERVED_CODE:
            sums[place + ANSWERED] += 1
            sums[place + ANSWER_NS] += wait_ns
            measure = place + WITHIN
        elif outcome == ABANDONED_CODE:
            sums[place + ABANDONED] += 1
            measure = place + LEFT_WITHIN
        else:
            sums[place + GIVEN_UP] += 1
            continue
        for level_ns in levels[kind]:
            if wait_ns <= level_ns:
                sums[measure] += 1
            measure += 2
    for staffed_ns, busy_ns in zip(played.staffed_ns, played.busy_ns, strict=True):
        sums.append(staffed_ns)
        sums.append(busy_ns)
    sums.extend(played.dialled)
    if played.tally is not None and has_hands(made):
        for row in (*played.tally.types, *played.tally.placed):
            sums.extend(row)
        sums.extend(played.tally.not_ready_ns)
    return sums


def _levels(made: CentreModel) -> list[tuple[int, ...]]:
    """Give the waits that calls of each type are counted within."""
    own = {queue.id: queue.service_level_ns for queue in made.config.queues}
    return [made.model.service_levels_ns or (own[kind.queue],) for kind in made.model.types]
