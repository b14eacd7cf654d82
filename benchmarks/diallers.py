"""Other ways to dial, for comparison with the predictive one: a fixed ratio, and an adaptive level as VICIdial has it.

VICIdial's adaptive methods are described in its manual and seen in its behaviour: a *dial level* times the agents at
work is the number of lines to have up. Every 15 s the level is multiplied by 1 + (ready agents - waiting persons +
target) by agents, up to a highest level; once 50 calls were answered, it is halved while today's drops exceed the
limit. Written from that, not from code.

Owns these rules; must not know how days are made.
"""

from collections.abc import Callable
from functools import partial

from routing.simulation.dialing import GONE, IDLE, TALK, Counted, Day, Figures, Policy, simulated
from routing.simulation.policies import Deaf, Predictive, Progressive, Ratio

EVERY_S = 15.0
FIRST_CALLS = 50
TARGETS = (-4.0, -3.0, -2.0, -1.0)
LIMITS = (0.02, 0.03)
MOST = (1.3, 1.4, 1.6, 2.0)
RATIOS = (1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


class Level(Deaf):
    """An adaptive dial level, at most ``most``: ``target`` persons waiting, at most ``limit`` of calls dropped.

    Below 0, ``target`` is how many agents should be ready.
    """

    def __init__(self, agents: int, target: float, limit: float, most: float) -> None:
        self.doing = [GONE] * agents
        self.target, self.limit, self.most = target, limit, most
        self.level = 1.0
        self.due = EVERY_S

    def agent(self, number: int, doing: int, work: int, at: float) -> None:
        """Count who is at work."""
        del work, at
        self.doing[number] = doing

    def dials(self, at: float, counted: Counted) -> int:
        """Decide."""
        talking = self.doing.count(TALK)
        agents = self.doing.count(IDLE) + talking
        if at >= self.due:
            self.due += EVERY_S
            self.level *= 1.0 + (counted.idle - counted.waiting + self.target) / max(agents, 1)
            dropped = counted.abandoned > self.limit * counted.answered
            if counted.answered >= FIRST_CALLS and dropped:
                self.level /= 2.0
            self.level = min(max(self.level, 1.0), self.most)
        lines = int(self.level * agents)
        return lines - talking - counted.in_flight - counted.waiting


def lived(day: Day, seeds: range, make: Callable[[], Policy]) -> list[Figures]:
    """Live through the day with each seed."""
    return [simulated(day, make(), seed) for seed in seeds]


def utilisation(figures: list[Figures]) -> float:
    """Return the mean over days, in percent."""
    return 100.0 * sum(one.utilisation for one in figures) / len(figures)


def above(figures: list[Figures], cap: float) -> int:
    """Count the days above the cap."""
    return sum(one.abandoned > cap * one.answered for one in figures)


def predictive(day: Day, seeds: range) -> list[Figures]:
    """The policy of ``routing.pacing``."""
    return lived(day, seeds, lambda: Predictive(day))


def progressive(day: Day, seeds: range) -> list[Figures]:
    """One dial for each idle agent."""
    return lived(day, seeds, Progressive)


def best_ratio(day: Day, seeds: range) -> tuple[str, list[Figures]]:
    """The fixed ratio that did best among those that kept the cap on every day."""
    tried = {f"{ratio}": lived(day, seeds, partial(Ratio, ratio)) for ratio in RATIOS}
    return _best(tried, day.cap)


def best_level(day: Day, seeds: range) -> tuple[str, list[Figures]]:
    """The adaptive level, its target, limit and highest level chosen in hindsight."""
    tried = {
        f"target {target:+.0f}, limit {limit:.0%}, level at most {most}": lived(
            day,
            seeds,
            partial(Level, day.agents, target, limit, most),
        )
        for target in TARGETS
        for limit in LIMITS
        for most in MOST
    }
    return _best(tried, day.cap)


def _best(tried: dict[str, list[Figures]], cap: float) -> tuple[str, list[Figures]]:
    kept = {name: figures for name, figures in tried.items() if not above(figures, cap)} or tried
    name = max(kept, key=lambda one: utilisation(kept[one]))
    return name, kept[name]
