"""Centres of any size, from seeds, each in a regime that asks something else of a routing engine, kept in steady state.

A centre here is a closed loop at load 0.9: nine agents in ten have a contact in hand. Each step ends one of these
at random, which is what exponential handling times amount to, and brings a new contact in; offers are accepted at
once. A *decision* is one `apply` in which a contact is offered: an arrival that finds an agent, or an end that frees an
agent for a contact that waits. It is timed alone, validation and event objects included.

Owns centres, what goes on in them, and how a decision is timed; must not know what is claimed about the figures.
"""

import gc
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from statistics import median, quantiles
from time import perf_counter, perf_counter_ns
from typing import Any, Final, Literal, NamedTuple, get_args

from routing.commands import AcceptOffer, Command, CompleteContact, EnqueueContact, LogIn, PutQueue
from routing.engine import Engine
from routing.events import CommandRefused, ContactOffered, Event, Reason
from routing.model import Agent, Config, Limits, Queue, Strategy, Weights

LOAD: Final = 0.9
VECTORS: Final = 2_000
SKILLS: Final = 20
HOLDERS: Final = 10  # of each rare skill, whatever the size
RARE: Final = 20  # rare skills
MANY_QUEUES: Final = 500  # of the one agent who is in all of them
WAITING: Final = 100_000
STEP_NS: Final = 1_000_000
BATCH: Final = 1_000

STRATEGIES: Final[tuple[str, ...]] = get_args(Strategy)
#: What a strategy needs besides its name, by field of `Queue`.
SITES: Final = tuple(f"site-{number}" for number in range(4))
#: What a strategy needs beyond its name.
FIELDS: Final[dict[str, dict[str, Any]]] = {
    "weighted": {"weights": Weights(proficiency=10, idle=1, occupancy=1)},
    "percent_allocation": {"shares": dict(zip(SITES, (40, 30, 20, 10), strict=True))},
}

LIMITS: Final = Limits(
    agents=2_000_000,
    contacts=3_000_000,
    skills=20_000,
    queues=20_000,
    groups=20_000,
    remembered_contacts=1_000,
)


class Kind(NamedTuple):
    """What a contact asks for."""

    queues: tuple[str, ...]
    requirement: str = ""


class Pool(NamedTuple):
    """Contacts of some kinds, of which so many are in the centre at any time."""

    kinds: Sequence[Kind]
    population: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A centre before it is built."""

    agents: list[Agent]
    queues: list[Queue]
    pools: list[Pool]  # the last one's decisions are timed
    waiting: int = 0  # contacts that wait besides


@dataclass(frozen=True, slots=True)
class Regime:
    """A family of centres, one for each size."""

    name: str
    title: str
    plan: Callable[[int, Random], Plan]
    timed: Literal["arrival", "freed"] = "arrival"
    idle: bool = False  # everybody is idle but for the moment of a contact


# ------------------------------------------------------------------------------------------------------ plans


def skill_names(skills: int) -> list[str]:
    return [f"skill_{number:03}" for number in range(skills)]


def vector(random: Random, names: list[str]) -> dict[str, int]:
    """Three to eight skills with their proficiencies."""
    return {name: random.randint(1, 100) for name in random.sample(names, random.randint(3, 8))}


def site(number: int) -> tuple[str, ...]:
    """The group of those who share a site."""
    return (SITES[number % len(SITES)],)


def skill_queues(random: Random, names: list[str], queues: int) -> list[Queue]:
    """Queues that ask for a level of one skill each."""
    return [
        Queue(f"queue-{number:04}", requirement=f"{names[number % len(names)]} >= {random.choice((1, 30))}")
        for number in range(queues)
    ]


def kinds_of(queues: Sequence[Queue]) -> list[Kind]:
    return [Kind((queue.id,)) for queue in queues]


def with_vectors(vectors: int, queues: int, skills: int = SKILLS) -> Callable[[int, Random], Plan]:
    """Agents of so many distinct skill vectors, which they share."""

    def plan(agents: int, random: Random) -> Plan:
        names = skill_names(skills)
        known = [vector(random, names) for _ in range(min(vectors, agents))]
        staff = [
            Agent(f"agent-{number}", skills=known[number % len(known)], groups=site(number % len(known)))
            for number in range(agents)
        ]
        places = skill_queues(random, names, queues)
        return Plan(staff, places, [Pool(kinds_of(places), int(LOAD * agents))])

    return plan


def all_unique(agents: int, random: Random) -> Plan:
    """No two agents with the same skills at the same proficiencies."""
    names = skill_names(SKILLS)
    places = skill_queues(random, names, SKILLS)
    return Plan(unique_agents(agents, names), places, [Pool(kinds_of(places), int(LOAD * agents))])


def unique_agents(agents: int, names: list[str]) -> list[Agent]:
    """Four skills each; which, and how well, spells the agent's number, scrambled one to one."""
    fifth, base = len(names) // 4, len(names) // 4 * 100
    staff: list[Agent] = []
    for number in range(agents):
        rest, skills = number * 38_724_957_151 % base**4, {}
        for part in range(4):
            rest, digit = divmod(rest, base)
            skills[names[part * fifth + digit % fifth]] = 1 + digit // fifth
        staff.append(Agent(f"agent-{number}", skills=skills, groups=site(number)))
    return staff


def rare_skills(unique: bool) -> Callable[[int, Random], Plan]:
    """Twenty skills that ten agents each have, among common ones; the contacts timed ask for a rare one."""

    def plan(agents: int, random: Random) -> Plan:
        common = all_unique(agents, random) if unique else with_vectors(VECTORS, SKILLS)(agents, random)
        staff = common.agents
        for place, number in enumerate(random.sample(range(agents), RARE * HOLDERS)):
            skill = f"rare_{place % RARE:02}"
            skills = {**staff[number].skills, skill: 50}
            staff[number] = Agent(staff[number].id, skills=skills, groups=staff[number].groups)
        rare = [Queue(f"rare-{number:02}", requirement=f"rare_{number:02}") for number in range(RARE)]
        few = Pool(kinds_of(rare), RARE * HOLDERS // 4)
        many = Pool(common.pools[0].kinds, common.pools[0].population - few.population)
        return Plan(staff, [*common.queues, *rare], [many, few])

    return plan


def all_busy(agents: int, random: Random) -> Plan:
    """More contacts than agents: whoever is free takes the first of those who wait."""
    plan = with_vectors(VECTORS, SKILLS)(agents, random)
    return Plan(plan.agents, plan.queues, [Pool(plan.pools[0].kinds, agents + WAITING)], WAITING)


def all_idle(agents: int, random: Random) -> Plan:
    """Nobody has anything in hand."""
    plan = with_vectors(VECTORS, SKILLS)(agents, random)
    return Plan(plan.agents, plan.queues, [Pool(plan.pools[0].kinds, 0)])


def few_queues(agents: int, random: Random) -> Plan:
    """Four queues of one skill each, so that all of them can be switched to another strategy within seconds."""
    names = skill_names(4)
    levels = [
        {name: random.randint(1, 100) for name in random.sample(names, random.randint(1, 2))}
        for _ in range(VECTORS)
    ]
    staff = [
        Agent(f"agent-{number}", skills=levels[number % VECTORS], groups=site(number % VECTORS))
        for number in range(agents)
    ]
    places = skill_queues(random, names, len(names))
    return Plan(staff, places, [Pool(kinds_of(places), int(LOAD * agents))])


def many_queues(agents: int, random: Random) -> Plan:
    """One agent is a member of 500 queues, in all of which contacts wait; each of the others is in one of them."""
    groups = [f"group-{number:03}" for number in range(MANY_QUEUES)]
    staff = [Agent("agent-0", groups=tuple(groups))]
    staff += [
        Agent(f"agent-{number}", groups=(groups[random.randrange(MANY_QUEUES)],))
        for number in range(1, agents)
    ]
    places = [Queue(f"queue-{number:03}", groups=(group,)) for number, group in enumerate(groups)]
    return Plan(staff, places, [Pool(kinds_of(places), agents + 20 * MANY_QUEUES)], 20 * MANY_QUEUES)


def many_requirements(agents: int, random: Random) -> Plan:
    """Contacts bring 5,000 distinct requirements of their own; agents have 2,000 skill vectors."""
    names = skill_names(SKILLS)
    known = [vector(random, names) for _ in range(min(VECTORS, agents))]
    staff = [Agent(f"agent-{number}", skills=known[number % len(known)]) for number in range(agents)]
    kinds: dict[Kind, None] = {}
    while len(kinds) < 5_000:
        one, other, third = random.sample(names, 3)
        text = f"{one} >= {random.randint(1, 50)} or {other} >= {random.randint(1, 50)} and not {third}"
        kinds[Kind(("queue",), text)] = None
    return Plan(staff, [Queue("queue")], [Pool(list(kinds), int(LOAD * agents))])


#: By name, in the order in which they are shown.
REGIMES: Final[dict[str, Regime]] = {
    regime.name: regime
    for regime in (
        Regime("few", "2,000 skill vectors, 20 queues", with_vectors(VECTORS, SKILLS)),
        Regime("few_100", "100 skill vectors, 20 queues", with_vectors(100, SKILLS)),
        Regime("choice", "2,000 skill vectors, 4 queues", few_queues),
        Regime("wide", "2,000 skill vectors of 200 skills, 1,000 queues", with_vectors(VECTORS, 1_000, 200)),
        Regime("unique", "no two agents alike", all_unique),
        Regime("rare", "ten holders of each rare skill, 2,000 other vectors", rare_skills(False)),
        Regime("rare_unique", "ten holders of each rare skill, no two agents alike", rare_skills(True)),
        Regime("waiting", "everybody busy, 100,000 contacts wait", all_busy, timed="freed"),
        Regime("idle", "everybody idle", all_idle, idle=True),
        Regime("queues", "one agent in 500 queues, contacts wait in each", many_queues, timed="freed"),
        Regime("requirements", "5,000 distinct requirements, 2,000 skill vectors", many_requirements),
    )
}


# ----------------------------------------------------------------------------------------------------- building


@dataclass(slots=True)
class Building:
    """Seconds that each part of building a centre took."""

    plan_s: float = 0.0
    engine_s: float = 0.0
    log_in_s: float = 0.0
    fill_s: float = 0.0


class World:
    """An engine with a centre in it, and everything that happens to it from outside.

    Parameters
    ----------
    regime : Regime
        What kind of centre.
    agents : int
        How many.
    seed : int, default 1
        Of the centre and of all that happens.
    strategy : str, default "longest_idle"
        Of every queue.
    """

    def __init__(self, regime: Regime, agents: int, seed: int = 1, strategy: str = "longest_idle") -> None:
        self.regime = regime
        self.random = Random(seed)
        self.building = Building()
        self.at_ns = 0
        self.number = 0
        self.offers = 0
        start = perf_counter()
        plan = regime.plan(agents, self.random)
        self.pools = plan.pools
        self.queues = plan.queues
        self.in_hand: list[list[str]] = [[] for _ in plan.pools]
        self.agent_of: dict[str, str] = {}
        queues = tuple(with_strategy(queue, strategy) for queue in plan.queues)
        self.building.plan_s, start = perf_counter() - start, perf_counter()
        self.engine = Engine(Config(agents=tuple(plan.agents), queues=queues, limits=LIMITS))
        self.building.engine_s, start = perf_counter() - start, perf_counter()
        order = [agent.id for agent in plan.agents]
        self.random.shuffle(order)  # so that the order of idle times is not that of records in memory
        self.do([LogIn(agent) for agent in order])
        self.building.log_in_s, start = perf_counter() - start, perf_counter()
        for pool in reversed(range(len(plan.pools))):
            for first in range(0, plan.pools[pool].population, BATCH):
                size = min(BATCH, plan.pools[pool].population - first)
                self.accept(self.do([self.contact(pool) for _ in range(size)]))
        self.building.fill_s = perf_counter() - start

    def do(self, commands: list[Any]) -> Iterator[Event]:
        """Let commands happen at once; returns the events."""
        self.at_ns += STEP_NS
        at_ns = self.at_ns
        outcomes = self.engine.apply_many([(command, at_ns) for command in commands])
        return (event for outcome in outcomes for event in outcome)

    def contact(self, pool: int) -> EnqueueContact:
        """The next contact of a pool, whose number its id begins with."""
        kinds = self.pools[pool].kinds
        kind = kinds[int(self.random.random() * len(kinds))]
        self.number += 1
        return EnqueueContact(f"{pool}-{self.number}", kind.queues, requirement=kind.requirement)

    def accept(self, events: Iterator[Event] | tuple[Event, ...]) -> None:
        """Accept the first offer of each contact offered, and what that leads to."""
        offered: dict[str, str] = {}
        for event in events:
            if type(event) is ContactOffered:
                self.offers += 1
                offered.setdefault(event.contact, event.agent)
        while offered:
            more: dict[str, str] = {}
            accepted: list[Command] = []
            for contact, agent in offered.items():
                if contact not in self.agent_of:  # else several rang, and it has been accepted since
                    self.in_hand[int(contact[0])].append(contact)
                    self.agent_of[contact] = agent
                    accepted.append(AcceptOffer(contact, agent))
            for event in self.do(accepted):
                if type(event) is ContactOffered:
                    more.setdefault(event.contact, event.agent)
            offered = more

    def ending(self, pool: int) -> CompleteContact:
        """The end of some contact in hand."""
        contacts = self.in_hand[pool]
        place = int(self.random.random() * len(contacts))
        contact = contacts[place]
        contacts[place] = contacts[-1]
        contacts.pop()
        del self.agent_of[contact]
        return CompleteContact(contact)

    def switch(self, strategy: str) -> None:
        """Let every queue choose by another strategy from now on."""
        for queue in self.queues:
            events = list(self.do([PutQueue(with_strategy(queue, strategy))]))
            refusals = [event for event in events if isinstance(event, CommandRefused)]
            assert all(refusal.reason is Reason.ALREADY_SO for refusal in refusals), refusals
            self.accept(iter(events))

    def warm(self, steps: int) -> None:
        """Let so many contacts end and come, in batches, untimed."""
        if self.regime.idle:
            for _ in range(min(steps, 2 * BATCH)):
                self.accept(self.do([self.contact(0)]))
                self.accept(self.do([self.ending(0)]))
            return
        for first in range(0, steps, BATCH):
            size = min(BATCH, steps - first)
            for pool, contacts in enumerate(self.in_hand):
                # Not all of a small pool at once, lest the centre fall idle in between.
                part = max(min(size, len(contacts) // 50), 1)
                for _ in range(0, size, part):
                    ends: list[Command] = [self.ending(pool) for _ in range(min(part, len(contacts)))]
                    self.accept(self.do(ends))
                    self.accept(self.do([self.contact(pool) for _ in ends]))

    def focus(self) -> None:
        """From now on only the agent in many queues falls free."""
        mine = [contact for contact, agent in self.agent_of.items() if agent == "agent-0"]
        self.in_hand = [mine]


def with_strategy(queue: Queue, strategy: str) -> Queue:
    """The queue with a strategy and the fields that it needs."""
    values = {name: getattr(queue, name) for name in queue.__struct_fields__}
    return Queue(**{**values, "strategy": strategy, **FIELDS.get(strategy, {})})


# ------------------------------------------------------------------------------------------------------- timing


class Bare:
    """A centre of one agent, in which the same decision costs what it costs anywhere: Python, and the transitions.

    Its commands and events have the shape of those timed, so the difference is what size and regime add.
    """

    def __init__(self, freed: bool) -> None:
        self.freed = freed
        self.number = 0
        self.engine = Engine(Config(agents=(Agent("agent-0"),), queues=(Queue("queue-0000"),)))
        self.engine.apply(LogIn("agent-0"), 0)
        if freed:
            for _ in range(3):
                self.engine.apply(self.arrival(), 0)
            self.engine.apply(AcceptOffer("0-1", "agent-0"), 0)

    def arrival(self) -> EnqueueContact:
        """The next contact."""
        self.number += 1
        return EnqueueContact(f"0-{self.number}", ("queue-0000",))

    def decision(self, at_ns: int) -> int:
        """Nanoseconds of one decision."""
        command: Command = CompleteContact(f"0-{self.number - 2}") if self.freed else self.arrival()
        apply = self.engine.apply
        start = perf_counter_ns()
        events = apply(command, at_ns)
        took = perf_counter_ns() - start
        assert type(events[-1]) is ContactOffered
        apply(AcceptOffer(events[-1].contact, "agent-0"), at_ns)
        apply(self.arrival() if self.freed else CompleteContact(events[-1].contact), at_ns)
        return took


@cache
def cycle_in_core_ns() -> float:
    """What a whole life of a contact costs inside the core, in a centre of one agent, without any Python."""
    calls = 200_000
    best = float("inf")
    for _ in range(3):
        engine = Engine(Config(agents=(Agent("agent-0"),), queues=(Queue("queue-0000"),)))
        engine.apply(LogIn("agent-0"), 0)
        arrivals = array("q", range(0, calls * 1_000, 1_000))
        kind, service = array("I", [0]) * calls, array("q", [500]) * calls
        start = perf_counter()
        engine.run_trace(
            [EnqueueContact("", ("queue-0000",))], kind, arrivals, service, array("q", [-1]) * calls
        )
        best = min(best, perf_counter() - start)
    return best * 1e9 / calls


@dataclass(slots=True)
class Decisions:
    """Times of decisions, ns, and of as many in a centre of one agent, in turns with them."""

    times: list[int] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """Half took no longer, ns."""
        return median(self.times)

    @property
    def p90(self) -> float:
        """Nine in ten took no longer, ns."""
        return quantiles(self.times, n=10)[8]

    @property
    def p99(self) -> float:
        """All but one in a hundred took no longer, ns."""
        return quantiles(self.times, n=100)[98]

    @property
    def net(self) -> float:
        """The median inside the engine, from above: Python is what the bare decision costs beyond a cycle in the core.

        (That cycle holds three more transitions than the decision, so too little is taken off rather than too much.)
        """
        return self.p50 - max(median(self.bare) - cycle_in_core_ns(), 0.0)

    def figures(self) -> dict[str, float]:
        """All of them by name, ns."""
        return {
            "decisions": len(self.times),
            "p50": self.p50,
            "p90": round(self.p90),
            "p99": round(self.p99),
            "bare": median(self.bare),
            "net": round(self.net),
        }


def decide(world: World, decisions: int, seconds: float = float("inf")) -> Decisions:
    """Time so many decisions, or as many as there is time for.

    Without garbage collection: what an engine holds is frozen, and nothing is collected meanwhile.
    """
    pool = len(world.pools) - 1
    measured = Decisions()
    freed = world.regime.timed == "freed"
    bare = Bare(freed)
    deadline = perf_counter() + seconds
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        while len(measured.times) < decisions and perf_counter() < deadline:
            for other in range(pool):  # what else goes on; takes the idle agents of the timed contacts away
                world.accept(world.do([world.ending(other)]))
                world.accept(world.do([world.contact(other)]))
            if not world.regime.idle and world.in_hand[pool]:
                took, events = timed(world, world.ending(pool))
                if freed and offers_in(events):
                    measured.times.append(took)
                    measured.bare.append(bare.decision(world.at_ns))
                world.accept(events)
            took, events = timed(world, world.contact(pool))
            if not freed and offers_in(events):
                measured.times.append(took)
                measured.bare.append(bare.decision(world.at_ns))
            world.accept(events)
            if world.regime.idle:
                world.accept(world.do([world.ending(pool)]))
    finally:
        gc.enable()
        gc.unfreeze()
    return measured


def timed(world: World, command: Command) -> tuple[int, tuple[Event, ...]]:
    """Nanoseconds of one `apply`, and its events."""
    world.at_ns += STEP_NS
    at_ns = world.at_ns
    apply = world.engine.apply
    start = perf_counter_ns()
    events = apply(command, at_ns)
    return perf_counter_ns() - start, events


def offers_in(events: tuple[Event, ...]) -> int:
    return sum(type(event) is ContactOffered for event in events)
