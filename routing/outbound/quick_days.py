"""A day of a campaign in the quick world: the live pacing, carriers and retry rules, without engine and database.

Owns how ``routing.simulation.dialing`` is told of a campaign, and how carriers and the list hold its dials back; must
not know engines or many seeds (``rehearsal``).
"""

import math
from collections import Counter, deque
from typing import NamedTuple

from routing.campaigns.rules import CampaignRules
from routing.outbound.campaign import Campaign, Outbound
from routing.outbound.carriers import Carriers
from routing.outbound.checking import law_of
from routing.outbound.stock import Stock
from routing.outbound.supposing import Supposed
from routing.outbound.watching import DayFigures, Sample, Watch
from routing.simulation.dialing import TALK, Counted, Day, Policy, simulated
from routing.simulation.policies import Predictive, Progressive, Ratio
from routing.units import SECOND

#: Until a person who answered counts as abandoned, where no law says.
GRACE_NS = 2 * SECOND


class _Taken(NamedTuple):
    carrier: str
    tries: int


def quick_day(
    outbound: Outbound, campaign: Campaign, supposed: Supposed, seed: int, every_s: float = 0.0
) -> tuple[DayFigures, list[Sample]]:
    """Live through one day.

    Parameters
    ----------
    outbound, campaign : Outbound, Campaign
        The file and its campaign, which names carriers.
    supposed : Supposed
        The world.
    seed : int
        Which day.
    every_s : float, default 0
        Length of the stretches of the picture; 0: none.

    Returns
    -------
    tuple of DayFigures and list of Sample
        What came of it; and the picture's stretches.

    Examples
    --------
    >>> spring = Campaign("spring", "sales", mode="progressive", profiles=("us",))
    >>> found, _ = quick_day(Outbound((spring,)), spring, Supposed(agents=3, day_ns=3600 * SECOND), 1)
    >>> 0.4 < found.utilisation < 0.8, found.dials > 60
    (True, True)
    """
    day = day_of(outbound, campaign, supposed)
    watch = Watch(supposed.agents, day.day_s, every_s)
    policy = _Rehearsed(outbound, campaign, supposed, policy_of(campaign, day), watch, day)
    done = simulated(day, policy, seed)
    if every_s:
        watch.sample(day.day_s, done.answered, done.abandoned)
    pictures = {
        one.id: (one.begun, one.failed) for one in policy.carriers.pictures(round(day.day_s * SECOND))
    }
    figures = watch.figures(
        seed, answered=done.answered, abandoned=done.abandoned, left=policy.stock.left, calls=pictures
    )
    return figures, watch.samples


def day_of(outbound: Outbound, campaign: Campaign, supposed: Supposed) -> Day:
    """Say it as the quick world does: in seconds, and in parts of the day.

    Who would answer later than the campaign lets it ring does not answer.
    """
    law = law_of(campaign, outbound)
    day_ns = supposed.day_ns
    answer, machines = supposed.answer, supposed.machines
    most_ns = min(answer.most_ns, campaign.ring_ns)
    reached = heard_share(supposed, campaign.ring_ns)
    ring_least_ns = min(supposed.no_answer.least_ns, campaign.ring_ns)
    away = supposed.away
    return Day(
        agents=supposed.agents,
        rate=supposed.answer_rate * reached,
        course=tuple((one.from_ns / day_ns, one.factor) for one in supposed.course),
        cap=law.cap,
        grace_s=grace_ns(outbound, campaign) / SECOND,
        talk_s=supposed.talk.mean_ns / SECOND,
        talk_cv=supposed.talk.cv,
        wrap_s=supposed.wrap_up.mean_ns / SECOND,
        wrap_cv=supposed.wrap_up.cv,
        answer_least_s=min(answer.least_ns, most_ns) / SECOND,
        answer_s=answer.mean_ns / SECOND,
        answer_most_s=most_ns / SECOND,
        ring_least_s=ring_least_ns / SECOND,
        ring_most_s=min(supposed.no_answer.most_ns, campaign.ring_ns) / SECOND,
        busy=supposed.busy.share,
        busy_s=supposed.busy.after_ns / SECOND,
        day_s=day_ns / SECOND,
        step_s=outbound.settings.decide_ns / SECOND,
        log_in_s=supposed.log_in_ns / SECOND,
        break_s=supposed.break_ns / SECOND,
        away=away.share,
        away_at=away.from_ns / day_ns,
        away_s=away.length_ns / SECOND,
        failing=tuple((one.from_ns / day_ns, one.until_ns / day_ns, one.share) for one in supposed.failing),
        machines=machines.share * reached,
        detection_s=machines.delay_ns / SECOND,
        missed=machines.persons_lost,
        mistaken=machines.machines_passed,
        inbound=supposed.inbound,
        hint_s=supposed.closing_ns / SECOND,
    )


def heard_share(supposed: Supposed, ring_ns: int) -> float:
    """Say which share of those who would answer does so while it rings.

    >>> heard_share(Supposed(), 25 * SECOND), round(heard_share(Supposed(), 15 * SECOND), 3)
    (1.0, 0.777)
    """
    answer = supposed.answer
    if ring_ns >= answer.most_ns:
        return 1.0

    def before(at_ns: int) -> float:
        return -math.expm1(-max(at_ns - answer.least_ns, 0) / answer.mean_ns)

    return before(ring_ns) / before(answer.most_ns)


def grace_ns(outbound: Outbound, campaign: Campaign) -> int:
    """Say how long an answered person may wait for an agent."""
    limit_ns = law_of(campaign, outbound).connect_ns
    return limit_ns if limit_ns > 0 else GRACE_NS


def policy_of(campaign: Campaign, day: Day) -> Policy:
    """Give what paces a campaign of this mode."""
    if campaign.mode == "power":
        return Ratio(campaign.ratio)
    if campaign.mode == "progressive" or day.cap <= 0.0:
        return Progressive()
    return Predictive(day)


class _Rehearsed:
    """A policy with carriers and a list in front of it, and somebody who watches."""

    def __init__(
        self,
        outbound: Outbound,
        campaign: Campaign,
        supposed: Supposed,
        inner: Policy,
        watch: Watch,
        day: Day,
    ) -> None:
        self._inner = inner
        self._watch = watch
        self._campaign = campaign
        self._step_s, self._grace_s = day.step_s, day.grace_s
        self._most = campaign.in_flight or outbound.settings.in_flight
        rules = campaign.rules or CampaignRules()
        self.stock = Stock(supposed.records, rules.retry, new_first=rules.hopper.order == "new_first")
        self.carriers = Carriers(outbound.carriers, 0)
        self._busy: Counter[str] = Counter()
        self._flying: dict[int, deque[_Taken]] = {}  # by the decision that dialled them: those are alike
        self._taken: list[_Taken] = []
        self._waiting: deque[tuple[float, str]] = deque()
        self._inbound: deque[float] = deque()
        self._on: dict[int, str] = {}  # an agent's line
        self.worked, self.closing, self.picked_up = inner.worked, inner.closing, inner.picked_up

    def agent(self, number: int, doing: int, work: int, at: float) -> None:
        """Watch, and free lines."""
        self._inner.agent(number, doing, work, at)
        self._watch.agent(number, doing, at)
        line = self._on.pop(number, None)
        if line is not None:
            self._busy[line] -= 1
        if doing == TALK and work:
            self._watch.served(at - self._inbound.popleft())
        elif doing == TALK:
            self._give_up(at)
            since, self._on[number] = self._waiting.popleft()
            self._watch.connected(at - since)

    def dialled(self, at: float, count: int) -> None:
        """Take note of what was decided."""
        self._inner.dialled(at, count)
        self._flying[round(at / self._step_s)] = deque(self._taken)
        self._watch.dialled(at, [one.carrier for one in self._taken])

    def ended(self, at: float, age: float, examined: float, outcome: str) -> None:
        """Learn, and have the record come again."""
        self._inner.ended(at, age, examined, outcome)
        self._watch.over(at)
        place = round((at - age) / self._step_s)
        batch = self._flying[place]
        one = batch.popleft()
        if not batch:
            del self._flying[place]
        failed = "congestion" if outcome == "failed" else outcome
        self.carriers.tell(one.carrier, failed, round(at * SECOND))
        if outcome == "person":
            self._waiting.append((at, one.carrier))
        else:
            self._busy[one.carrier] -= 1
            self.stock.back(outcome, one.tries, at)

    def came_in(self, at: float) -> None:
        """Reckon with it."""
        self._inner.came_in(at)
        self._inbound.append(at)

    def dials(self, at: float, counted: Counted) -> int:
        """Decide, as far as lines and list go."""
        if self._watch.due(at):
            self._watch.sample(at, counted.answered, counted.abandoned)
        wanted = min(self._inner.dials(at, counted), self._most - counted.in_flight)
        self._give_up(at)
        if wanted <= 0:
            return 0
        at_ns, name, order = round(at * SECOND), self._campaign.id, self._campaign.carriers
        self.carriers.set_busy(self._busy)
        wanted = self.carriers.room(order, at_ns, wanted)
        records = self.stock.take(wanted, at)
        if len(records) < wanted:
            self._watch.run_out(at)
        self._taken = [_Taken(self.carriers.take(name, order, at_ns) or "", tries) for tries in records]
        self._busy.update(one.carrier for one in self._taken)
        self._watch.lines(self._busy)
        return len(self._taken)

    def _give_up(self, at: float) -> None:
        """Those who waited too long are gone."""
        while self._waiting and self._waiting[0][0] + self._grace_s < at - 1e-9:
            self._busy[self._waiting.popleft()[1]] -= 1
