"""The workloads of all benchmarks, from seeds: a centre in steady state, and a day of calls.

Every draw is an integer, so a workload, and with it each digest asserted, is the same on every platform.

Owns workloads, and how they are told to each router; must not know how fast anything is.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from heapq import heappop, heappush
from math import log
from random import Random
from typing import Literal, NamedTuple

from baseline import Calls, Doors, Router

from routing.commands import AcceptOffer, Command, CompleteContact, EndWrapUp, EnqueueContact, LogIn
from routing.engine import Engine
from routing.model import Agent, Config, Queue
from routing.units import SECOND

SKILLS = 50
QUEUES = 50
LOAD = 0.9
RING_NS = 4 * SECOND
HANDLING_NS = 180 * SECOND
WRAP_UP_NS = 25 * SECOND
WARM_NS = 10 * SECOND  # by then the contacts that fill the centre are in hand
WRAP_UP_LIMIT_NS = 3600 * SECOND  # its timer is set and taken back in every cycle

#: Quantiles of the exponential distribution of mean 1, in 1/1000: rounded, so no libm can differ.
EXPONENTIAL = tuple(round(-1000 * log(1 - (step + 0.5) / 512)) for step in range(512))


def exponential(random: Random, mean_ns: int) -> int:
    """Draw a duration of about exponential distribution."""
    return mean_ns * random.choice(EXPONENTIAL) // 1000 + random.randrange(1, 1_000_000)


# ------------------------------------------------------------------------------------- a centre in steady state


class Arrival(NamedTuple):
    """A contact and what will happen to it once it rings."""

    contact: str
    queue: str
    priority: int
    at_ns: int
    ring_ns: int
    handling_ns: int
    wrap_up_ns: int


class Step(NamedTuple):
    """One thing that happens; ``agent`` is empty for arrivals and completions, ``contact`` for ends of wrap-ups."""

    kind: Literal["enqueue", "accept", "complete", "end_wrap_up"]
    at_ns: int
    contact: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A centre and everything that happens in it, with the agent that each contact must be offered to."""

    skills: dict[str, dict[str, int]]  # by agent, proficiency by skill
    requirements: dict[str, str]  # by queue
    eligible: dict[str, list[str]]  # by queue, the agents who satisfy the requirement
    arrivals: dict[str, Arrival]
    steps: list[Step]
    offers: list[tuple[str, str]]  # (contact, agent), in order
    warm: int  # so many steps fill the centre; the rest is its steady state, as many ends as arrivals

    @property
    def cycles(self) -> float:
        """Steady cycles (enqueue, accept, complete, end of wrap-up)."""
        return (len(self.steps) - self.warm) / 4


@cache
def steady(agents: int, contacts: int, seed: int = 1) -> Scenario:
    """Make a centre with 50 skills and 50 queues at load 0.9, full from the first second on.

    Agents have three to eight skills. Of the queues, three in five ask for a level of one skill, one in five takes
    a high level of another instead, and one in five refuses whoever has another skill. Priorities are 0 to 3.
    """
    random = Random(seed)
    names = [f"skill_{number:02}" for number in range(SKILLS)]
    skills = {
        f"agent-{number}": {
            name: random.randint(1, 100) for name in random.sample(names, random.randint(3, 8))
        }
        for number in range(agents)
    }
    requirements: dict[str, str] = {}
    eligible: dict[str, list[str]] = {}
    for number in range(QUEUES):
        queue, skill, other = f"queue-{number:02}", names[number], names[(number + 17) % SKILLS]
        level = random.choice((1, 30, 40, 50, 60))
        requirements[queue], fits = _requirement(number, skill, level, other)
        eligible[queue] = [agent for agent, known in skills.items() if fits(known)]
    arrivals = _arrivals(random, agents, contacts, list(eligible))
    return _play(skills, requirements, eligible, arrivals)


def _requirement(
    number: int, skill: str, level: int, other: str
) -> tuple[str, Callable[[dict[str, int]], bool]]:
    """Give an expression and the same as a function."""
    if number % 5 == 3:
        return (
            f"{skill} >= {level} or {other} >= 80",
            lambda has: has.get(skill, 0) >= level or has.get(other, 0) >= 80,
        )
    if number % 5 == 4:
        return (
            f"{skill} >= {level} and not {other}",
            lambda has: has.get(skill, 0) >= level and other not in has,
        )
    return f"{skill} >= {level}", lambda has: has.get(skill, 0) >= level


def _arrivals(random: Random, agents: int, contacts: int, queues: list[str]) -> list[Arrival]:
    """Draw arrivals: enough in the first second to fill the centre, then a Poisson stream."""
    fill = int(LOAD * agents)
    horizon_ns = contacts * (RING_NS + HANDLING_NS + WRAP_UP_NS) // fill
    times = sorted(random.randrange(SECOND) for _ in range(fill))
    times += sorted(SECOND + random.randrange(horizon_ns) for _ in range(contacts))
    return [
        Arrival(
            f"contact-{number}",
            random.choice(queues),
            random.choice((0, 0, 0, 0, 1, 1, 2, 3)),
            at_ns,
            random.randrange(SECOND, 2 * RING_NS - SECOND),
            exponential(random, HANDLING_NS),
            exponential(random, WRAP_UP_NS),
        )
        for number, at_ns in enumerate(times)
    ]


def _play(
    skills: dict[str, dict[str, int]],
    requirements: dict[str, str],
    eligible: dict[str, list[str]],
    arrivals: list[Arrival],
) -> Scenario:
    """Let the baseline route the arrivals and write down what happens until the last of them."""
    router = Router(eligible, skills)
    by_contact = {arrival.contact: arrival for arrival in arrivals}
    coming = [
        (arrival.at_ns, Step("enqueue", arrival.at_ns, arrival.contact)) for arrival in reversed(arrivals)
    ]
    due: list[tuple[int, Step]] = []
    steps: list[Step] = []
    offers: list[tuple[str, str]] = []
    while coming:
        now, step = coming.pop() if not due or coming[-1] < due[0] else heappop(due)
        steps.append(step)
        contact: str | None = step.contact
        agent: str | None = step.agent
        if step.kind == "accept":
            router.accept(step.contact, step.agent)
            then = now + by_contact[step.contact].handling_ns
            heappush(due, (then, Step("complete", then, step.contact, step.agent)))
            continue
        if step.kind == "complete":
            router.complete(step.contact)
            then = now + by_contact[step.contact].wrap_up_ns
            heappush(due, (then, Step("end_wrap_up", then, "", step.agent)))
            continue
        if step.kind == "enqueue":
            arrival = by_contact[step.contact]
            agent = router.enqueue(arrival.contact, arrival.queue, arrival.priority, now)
        else:
            contact = router.end_wrap_up(step.agent)
        if contact and agent:
            offers.append((contact, agent))
            then = now + by_contact[contact].ring_ns
            heappush(due, (then, Step("accept", then, contact, agent)))
    warm = next(number for number, step in enumerate(steps) if step.at_ns >= WARM_NS)
    return Scenario(skills, requirements, eligible, by_contact, steps, offers, warm)


# -------------------------------------------------------------------------------------- told to each router


def baseline_calls(scenario: Scenario, router: Doors) -> list[Callable[[], str | None]]:
    """The steps as calls of a baseline router, ready to be called."""
    calls: list[Callable[[], str | None]] = []
    for kind, at_ns, contact, agent in scenario.steps:
        if kind == "enqueue":
            arrival = scenario.arrivals[contact]
            calls.append(partial(router.enqueue, contact, arrival.queue, arrival.priority, at_ns))
        elif kind == "accept":
            calls.append(partial(router.accept, contact, agent))
        elif kind == "complete":
            calls.append(partial(router.complete, contact))
        else:
            calls.append(partial(router.end_wrap_up, agent))
    return calls


def engine_commands(scenario: Scenario) -> list[tuple[Command, int]]:
    """The steps as commands of the engine with their instants."""
    commands: list[tuple[Command, int]] = []
    for kind, at_ns, contact, agent in scenario.steps:
        if kind == "enqueue":
            arrival = scenario.arrivals[contact]
            commands.append((EnqueueContact(contact, (arrival.queue,), priority=arrival.priority), at_ns))
        elif kind == "accept":
            commands.append((AcceptOffer(contact, agent), at_ns))
        elif kind == "complete":
            commands.append((CompleteContact(contact), at_ns))
        else:
            commands.append((EndWrapUp(agent), at_ns))
    return commands


def inside_the_core(scenario: Scenario) -> tuple[Engine, list[EnqueueContact], Calls]:
    """The scenario's centre and arrivals for the door into the core: wrap-up ends by its timer, nobody gives up."""
    queues = list(scenario.requirements)
    arrivals = sorted(scenario.arrivals.values(), key=lambda arrival: arrival.at_ns)
    templates = [EnqueueContact("", (queue,), priority=priority) for queue in queues for priority in range(4)]
    calls = Calls(
        array("I", [queues.index(arrival.queue) * 4 + arrival.priority for arrival in arrivals]),
        array("q", [arrival.at_ns for arrival in arrivals]),
        array("q", [arrival.ring_ns + arrival.handling_ns for arrival in arrivals]),
        array("q", [-1] * len(arrivals)),
    )
    return staffed_engine(scenario, WRAP_UP_NS), templates, calls


def staffed_engine(scenario: Scenario, wrap_up_ns: int = WRAP_UP_LIMIT_NS) -> Engine:
    """An engine with the scenario's centre, everybody logged in."""
    agents = tuple(Agent(agent, skills=skills) for agent, skills in scenario.skills.items())
    queues = tuple(
        Queue(queue, requirement=requirement, wrap_up_ns=wrap_up_ns)
        for queue, requirement in scenario.requirements.items()
    )
    engine = Engine(Config(agents=agents, queues=queues))
    engine.apply_many((LogIn(agent.id), 0) for agent in agents)
    return engine


# ---------------------------------------------------------------------------------------------- a day of calls

#: Fifty agents by set of skills, as (size, skills).
GROUPS = ((12, (0,)), (10, (1,)), (6, (2,)), (10, (0, 1)), (6, (1, 2)), (6, (0, 1, 2)))
TRACE_LOAD = 0.85
PATIENCE_NS = 600 * SECOND


@cache
def day(calls: int, seed: int = 7) -> Calls:
    """Draw a trace for `GROUPS`: three skills in proportion 9 : 8 : 5, callers of limited patience."""
    random = Random(seed)
    horizon_ns = int(calls * HANDLING_NS / (TRACE_LOAD * sum(size for size, _ in GROUPS)))
    arrival_ns = sorted(random.sample(range(horizon_ns), calls))
    return Calls(
        array("I", random.choices((0, 1, 2), weights=(9, 8, 5), k=calls)),
        array("q", arrival_ns),
        array("q", [exponential(random, HANDLING_NS) for _ in range(calls)]),
        array("q", [exponential(random, PATIENCE_NS) for _ in range(calls)]),
    )


def trace_engine() -> tuple[Engine, list[EnqueueContact]]:
    """An engine for `GROUPS`, everybody logged in, and the kind of contact for each skill."""
    agents: list[Agent] = []
    for size, known in GROUPS:
        skills = {f"s{skill}": 50 for skill in known}
        agents += [Agent(f"agent-{len(agents) + number}", skills=skills) for number in range(size)]
    queues = tuple(Queue(f"queue-{skill}", requirement=f"s{skill}") for skill in range(3))
    engine = Engine(Config(agents=tuple(agents), queues=queues))
    engine.apply_many((LogIn(agent.id), 0) for agent in agents)
    return engine, [EnqueueContact("", (queue.id,)) for queue in queues]
