"""Rehearsals: a campaign's day lived through under many seeds before its launch, and what came of it with intervals.

Seeds name days: the same seed is the same day whatever dials it, so two ways of pacing are compared on the same people.
No figure depends on how many processes there are.

Owns what is rehearsed, how often, and the figures over all days; must not know how a day is lived through
(``quick_days``, ``engine_days``), files, or how anything is shown.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from routing.errors import ConfigError, UsageError
from routing.outbound.campaign import Campaign, Carrier, Mode, Outbound, Share
from routing.outbound.checking import check_outbound, law_of
from routing.outbound.engine_days import engine_day
from routing.outbound.quick_days import quick_day
from routing.outbound.supposing import Supposed, check_supposed
from routing.outbound.watching import DayFigures, Sample
from routing.simulation.spreading import spread
from routing.simulation.student import Estimate, mean, ratio
from routing.words import quoted

#: Days at once, so that much and often is not one; more is a mistake.
SEEDS_MAX: Final = 100_000
#: Where a campaign names no carrier, its calls are counted under this name.
ANY: Final = "any"
#: Modes that a day can be lived through in.
MODES: Final = ("predictive", "power", "progressive")


class Plan(Struct, frozen=True):
    """What is rehearsed: one campaign of a file, alone, and the world it meets. `plan` makes and checks it."""

    outbound: Outbound
    campaign: Campaign
    supposed: Supposed

    @property
    def cap(self) -> float:
        """The share of answered persons that may be abandoned, by law and campaign."""
        return law_of(self.campaign, self.outbound).cap


class Day(Struct, frozen=True):
    """A day that was lived through: its figures, and the stretches of its picture if it has one."""

    figures: DayFigures
    samples: tuple[Sample, ...] = ()


class Rehearsal(Struct, frozen=True):
    """All days of a plan, in the order of their seeds."""

    plan: Plan
    days: tuple[DayFigures, ...]
    samples: tuple[Sample, ...] = ()  # of the first day

    @property
    def worst(self) -> DayFigures:
        """The day with the greatest share of abandoned calls."""
        return max(self.days, key=lambda day: day.share)

    @property
    def above_cap(self) -> int:
        """Days on which more than the cap were abandoned."""
        return sum(day.abandoned > self.plan.cap * day.answered for day in self.days)

    def estimates(self) -> dict[str, Estimate]:
        """Give each figure with its 95 % interval over the days, by the name that `DayFigures` has for it.

        ``share`` and ``connects`` are ratios of means, the others means; ``run_out_s`` over those days on which the
        list ran out, and absent if it never did.
        """
        days = self.days
        found = {
            "utilisation": mean([day.utilisation for day in days]),
            "idle_s": mean([day.idle_s for day in days]),
            "dials": mean([day.dials for day in days]),
            "answered": mean([day.answered for day in days]),
            "connected": mean([day.connected for day in days]),
            "abandoned": mean([day.abandoned for day in days]),
            "share": ratio([day.abandoned for day in days], [day.answered for day in days]),
            "connects": ratio([day.connected for day in days], [day.hours for day in days]),
            "wait_s": mean([day.wait_s for day in days]),
            "in_flight_most": mean([day.in_flight_most for day in days]),
        }
        out = [day.run_out_s for day in days if day.run_out_s is not None]
        if out:
            found["run_out_s"] = mean(out)
        if self.plan.supposed.inbound:
            found["inbound"] = mean([day.inbound for day in days])
            found["inbound_wait_s"] = mean([day.inbound_wait_s for day in days])
        return found


#: Lives through a day of a plan: seed, and length of the stretches of the picture in seconds (0: none).
Living = Callable[[Plan, int, float], Day]


def plan(
    outbound: Outbound,
    campaign: str = "",
    supposed: Supposed | None = None,
    *,
    mode: Mode | None = None,
    ratio: float | None = None,
    cap: float | None = None,
) -> Plan:
    """Take one campaign of a file for a rehearsal.

    Parameters
    ----------
    outbound : Outbound
        The file.
    campaign : str, default ""
        Which; "": the only one there is.
    supposed : Supposed, optional
        The world; by default that of `Supposed`.
    mode, ratio, cap : optional
        Instead of the campaign's own.

    Raises
    ------
    UsageError
        If there is no such campaign, or several and none is named.
    ConfigError
        If a rule is broken, or no day can be lived through in the campaign's mode.

    Examples
    --------
    >>> spring = Campaign("spring", "sales", profiles=("us",), caller_id="main", message="sorry")
    >>> made = plan(Outbound((spring,)), cap=0.01)
    >>> made.cap, made.campaign.carriers[0].carrier
    (0.01, 'any')
    """
    found = _choose(outbound, campaign)
    if mode is not None and mode != "power" and ratio is None:
        ratio = 1.0
    changes = {"mode": mode, "ratio": ratio, "cap": cap}
    found = replace(found, **{name: value for name, value in changes.items() if value is not None})
    carriers = outbound.carriers
    if not found.carriers:
        carriers = (*carriers, Carrier(ANY, failing_share=1.0))
        found = replace(found, carriers=(Share(ANY),))
    found = replace(found, hours="", starts="", ends="")
    place = [one.id for one in outbound.campaigns].index(found.id)
    all_of_them = (*outbound.campaigns[:place], found, *outbound.campaigns[place + 1 :])
    check_outbound(replace(outbound, campaigns=all_of_them, carriers=carriers))
    if found.mode not in MODES:
        raise ConfigError(
            f"campaigns[{place}].mode",
            f"{found.mode!r} cannot be rehearsed, for nothing is paced by it; choose {', '.join(MODES)}",
        )
    world = check_supposed(supposed or Supposed())
    if found.max_agents and found.max_agents < world.agents:
        raise ConfigError(
            "simulation.agents",
            f"{world.agents} are more than max_agents {found.max_agents}; lower one of them",
        )
    return Plan(replace(outbound, campaigns=(found,), carriers=carriers), found, world)


def rehearse(
    made: Plan,
    seeds: Sequence[int],
    *,
    jobs: int | None = 1,
    every_s: float = 0.0,
    living: Living | None = None,
    progress: Callable[[int], object] | None = None,
) -> Rehearsal:
    """Live through the day under each seed.

    Parameters
    ----------
    made : Plan
        What.
    seeds : sequence of int
        The days.
    jobs : int, optional
        Processes; None: one for each processor.
    every_s : float, default 0
        Length of the stretches of the first day's picture; 0: none.
    living : callable, default `quickly`
        How a day is lived through.
    progress : callable, optional
        Is told how many days are done.

    Raises
    ------
    UsageError
        Without seeds, or with too many.

    Examples
    --------
    >>> spring = Campaign("spring", "sales", mode="progressive", profiles=("us",), caller_id="main", message="sorry")
    >>> world = Supposed(agents=3, day_ns=1800 * 10**9)
    >>> found = rehearse(plan(Outbound((spring,)), supposed=world), range(3))
    >>> len(found.days), found.estimates()["utilisation"].n
    (3, 3)
    """
    if not 0 < len(seeds) <= SEEDS_MAX:
        raise UsageError(f"{len(seeds)} seeds; give 1..{SEEDS_MAX:,}")
    tasks = [
        _Task(made, seed, 0.0 if place else every_s, living or quickly) for place, seed in enumerate(seeds)
    ]
    days: list[Day] = []
    for day in spread(_live, tasks, jobs):
        days.append(day)
        if progress is not None:
            progress(len(days))
    return Rehearsal(made, tuple(day.figures for day in days), days[0].samples)


def quickly(made: Plan, seed: int, every_s: float) -> Day:
    """Live through a day in the quick world."""
    figures, samples = quick_day(made.outbound, made.campaign, made.supposed, seed, every_s)
    return Day(figures, tuple(samples))


def by_engine(made: Plan, seed: int, every_s: float) -> Day:
    """Live through a day through engine, dialer, database and ledger; as `quickly`, a hundred times as slow."""
    figures, samples = engine_day(made.outbound, made.campaign, made.supposed, seed, every_s)
    return Day(figures, tuple(samples))


def gain(one: Rehearsal, other: Rehearsal) -> Estimate:
    """Estimate by how much utilisation differs, other minus one, day by day of the same seed.

    Raises
    ------
    UsageError
        If they are not of the same days.
    """
    if [day.seed for day in one.days] != [day.seed for day in other.days]:
        raise UsageError("these are not the same days; rehearse both under the same seeds")
    return mean([two.utilisation - day.utilisation for day, two in zip(one.days, other.days, strict=True)])


class _Task(Struct, frozen=True):
    made: Plan
    seed: int
    every_s: float
    living: Living


def _live(task: _Task) -> Day:
    return task.living(task.made, task.seed, task.every_s)


def _choose(outbound: Outbound, campaign: str) -> Campaign:
    names = [one.id for one in outbound.campaigns]
    if not campaign:
        if len(names) != 1:
            there = ", ".join(map(quoted, names)) or "none"
            raise UsageError(f"the file has {len(names)} campaigns ({there}); name one of them by --campaign")
        return outbound.campaigns[0]
    found = outbound.campaign(campaign)
    if found is None:
        raise UsageError(
            f"no campaign {quoted(campaign)} in the file; it has {', '.join(map(quoted, names))}"
        )
    return found
