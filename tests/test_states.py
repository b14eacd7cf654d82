"""Lifecycles against streams of events: whatever an engine says must be in the tables, and all of them must be said."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

import pytest
from reference import ReferenceEngine

from routing import commands as c
from routing import events as e
from routing.config import from_dict
from routing.engine import Engine
from routing.errors import InternalError
from routing.events import Event, Outcome
from routing.model import Agent, Config, Queue, Reserve, Step
from routing.states import AGENT, ATTEMPT, CONTACT, SEGMENT, START, Table, follow, trigger
from routing.units import SECOND

TABLES: Final[dict[str, Table]] = {"agent": AGENT, "contact": CONTACT, "segment": SEGMENT, "attempt": ATTEMPT}
OFFER_ENDS: Final = (e.OfferRejected, e.OfferMissed, e.OfferFailed, e.OfferWithdrawn)
#: These name a contact and concern an agent, or an attempt.
NOT_OF_THE_CONTACT: Final = (
    e.WrapUpStarted,
    e.WrapUpEnded,
    e.AgentReserved,
    e.ReservationEnded,
    e.DialRequested,
)


class Follower:
    """Keeps the state of everything that a stream speaks of, and which transitions were taken."""

    def __init__(self, agents: Iterable[str]) -> None:
        self.agents = dict.fromkeys(agents, "logged_out")
        self.contacts: dict[str, str] = {}
        self.attempts: dict[str, str] = {}
        self.segments: dict[int, str] = {}
        self.work: dict[int, tuple[str, str]] = {}  # agent and contact of each offer
        self.ringing: dict[str, set[int]] = {}  # the live offers of each contact
        self.taken: set[tuple[str, str, str]] = set()

    def read(self, stream: Iterable[Event]) -> None:
        events = list(stream)
        for event, after in zip(events, [*events[1:], None], strict=True):
            self.read_agent(event)
            self.read_contact(event)
            self.read_segment(event, after)
            self.read_attempt(event)

    def step(self, kind: str, state: str, event: Event, *, rings_on: bool = False) -> str:
        name = trigger(event, rings_on=rings_on)
        self.taken.add((kind, state, name))
        return follow(TABLES[kind], state, name)

    def read_agent(self, event: Event) -> None:
        match event:
            case e.AgentChanged(agent=agent, change="added"):
                self.agents.setdefault(agent, "logged_out")
            case e.AgentChanged(agent=agent, change="removed"):
                assert self.agents.pop(agent) == "logged_out"
            case (
                e.AgentLoggedIn(agent=agent)
                | e.AgentLoggedOut(agent=agent)
                | e.LogOutPending(agent=agent)
                | e.AgentReady(agent=agent)
                | e.AgentNotReady(agent=agent)
            ):
                self.agents[agent] = self.step("agent", self.agents[agent], event)

    def read_contact(self, event: Event) -> None:
        contact = getattr(event, "contact", None)
        if contact is None or isinstance(event, NOT_OF_THE_CONTACT):
            return
        state = START if isinstance(event, e.ContactEnqueued) else self.contacts[contact]
        ringing = self.ringing.setdefault(contact, set())
        if isinstance(event, e.ContactOffered):
            ringing.add(event.offer)
        elif isinstance(event, (*OFFER_ENDS, e.OfferAccepted)):
            ringing.discard(event.offer)
        self.contacts[contact] = self.step("contact", state, event, rings_on=bool(ringing))

    def read_segment(self, event: Event, after: Event | None) -> None:
        match event:
            case e.ContactOffered(offer=offer, agent=agent, contact=contact):
                self.segments[offer] = self.step("segment", START, event)
                self.work[offer] = agent, contact
            case e.OfferAccepted(offer=offer):
                self.segments[offer] = self.step("segment", self.segments[offer], event)
            case _ if isinstance(event, OFFER_ENDS):
                self.segments[event.offer] = self.step("segment", self.segments[event.offer], event)
            case e.WrapUpStarted() | e.HandlingTimeExceeded():
                self.move(event.agent, event.contact, "handling", event)
            case e.WrapUpEnded():
                self.move(event.agent, event.contact, "wrap_up", event)
            case e.ContactEnded() | e.ContactRequeued() if event.agent and not is_wrap_up_of(event, after):
                self.move(event.agent, event.contact, "handling", event)

    def read_attempt(self, event: Event) -> None:
        if isinstance(event, e.DialRequested | e.AttemptProgressed | e.AttemptEnded):
            state = START if isinstance(event, e.DialRequested) else self.attempts[event.attempt]
            self.attempts[event.attempt] = self.step("attempt", state, event)

    def move(self, agent: str, contact: str, state: str, event: Event) -> None:
        """Move the oldest segment of this agent and contact in this state."""
        offer = next(o for o, s in self.segments.items() if s == state and self.work[o] == (agent, contact))
        self.segments[offer] = self.step("segment", state, event)


def is_wrap_up_of(event: e.ContactEnded | e.ContactRequeued, after: Event | None) -> bool:
    return isinstance(after, e.WrapUpStarted) and (after.agent, after.contact) == (event.agent, event.contact)


# Streams ---------------------------------------------------------------------------------------------------


def centre() -> Config:
    return from_dict(
        {
            "channels": [{"id": "voice", "capacity": 2}],
            "agents": [{"id": f"a{number}"} for number in range(4)],
            "skills": ["rare"],
            "queues": [
                {
                    "id": "q0",
                    "ring_timeout": "3s",
                    "exclusion": "1s",
                    "misses_to_not_ready": 3,
                    "wrap_up": "4s",
                    "max_wait": {"to": "voicemail", "after": "20s"},
                    "on_close": "overflow",
                },
                {
                    "id": "q1",
                    "members": ["a0", "a1"],
                    "max_handling": "5s",
                    "steps": [{"expression": "rare"}, {"after": "2s"}],
                    "max_wait": {"to": "queue", "queue": "q0", "after": "9s"},
                    "on_close": "overflow",
                },
            ],
        }
    )


def random_command(random: Random) -> c.Command:
    """Say something that often makes sense: a dozen contacts, four agents, two queues."""
    agent, contact = f"a{random.randrange(4)}", f"c{random.randrange(12)}"
    queue = f"q{random.randrange(2)}"
    queues = tuple(random.sample(["q0", "q1"], random.randint(1, 2)))
    choices: list[c.Command] = [
        c.LogIn(agent, ready=random.random() < 0.7),
        c.LogIn(agent),
        c.LogOut(agent),
        c.SetReady(agent),
        c.SetNotReady(agent, random.choice(("", "break"))),
        c.EnqueueContact(contact, queues),
        c.EnqueueContact(contact, queues, priority=1),
        *(c.AcceptOffer(f"c{number}", f"a{other}") for number in range(12) for other in range(4)),
        c.RejectOffer(contact, agent),
        c.FailOffer(contact, agent, "busy"),
        *[c.WithdrawOffer(contact)] * 2,
        c.AbandonContact(contact),
        *(c.CompleteContact(f"c{number}") for number in range(12)),
        *(c.RequeueContact(f"c{number}", queues) for number in range(0, 12, 3)),
        *(c.CancelContact(f"c{number}") for number in range(0, 12, 4)),
        *[c.EndWrapUp(agent)] * 2,
        c.CloseQueue(queue),
        *[c.OpenQueue(queue)] * 3,
        c.RemoveAgent(agent),
        *[c.PutAgent(Agent(agent))] * 2,
    ]
    return random.choice(choices)


def random_stream(seed: int) -> Iterator[Event]:
    random = Random(seed)
    engine = Engine(centre())
    now_ns = 0
    for _ in range(1500):
        now_ns += random.choice((0, 0, 1, 1, 3)) * SECOND // 2
        yield from engine.apply(random_command(random), now_ns)


def stream_with_every_corner() -> Iterator[Event]:
    """Take by hand what a random run takes seldom."""
    engine = Engine(
        Config(
            agents=(Agent("ann"), Agent("ben")),
            queues=(Queue("q", members=("ann",)), Queue("r", on_close="overflow", members=("ben",))),
        )
    )
    steps: list[c.Command] = [
        c.LogIn("ann"),
        c.EnqueueContact("c0", ("q",)),
        c.FailOffer("c0", "ann", "busy"),
        c.ReportDevice("ann", "available"),  # and so it rings again
        c.AcceptOffer("c0", "ann"),
        c.CancelContact("c0"),
        c.EnqueueContact("c1", ("q", "r")),
        c.CloseQueue("r"),  # rings through q
        c.AcceptOffer("c1", "ann"),
        c.SetNotReady("ann"),
        c.LogOut("ann"),
        c.RemoveAgent("ben"),
        c.PutQueue(Queue("q")),
        c.RemoveAgent("ann"),  # joins the log-out
        c.CompleteContact("c1"),
        c.PutAgent(Agent("cat")),
        c.LogIn("cat"),
        *(c.EnqueueContact(contact, ("q",)) for contact in ("c2", "c3")),
        c.AcceptOffer("c2", "cat"),
        c.SyncCalls(""),  # loses one that waits and one in hand
        *(c.RequestDial(f"d{number}", "spring") for number in range(4)),
        c.ReportAttempt("d0", "ringing"),
        c.ReportAttempt("d0", "answered"),
        c.EndAttempt("d0", "person"),
        c.ReportAttempt("d1", "answered"),
        c.ReportAttempt("d2", "ringing"),
        c.EndAttempt("d2", "no_answer"),
        c.EndAttempt("d3", "busy"),
    ]
    for now, command in enumerate(steps):
        yield from engine.apply(command, now * SECOND)


def stream_of_groups() -> Iterator[Event]:
    """Ring at several agents at once, in every way in which that may end."""
    agents = tuple(
        Agent(name, groups=("g",) if name == "dan" else ()) for name in ("ann", "ben", "cat", "dan")
    )
    queue = Queue(
        "q",
        members=("ann", "ben", "cat"),
        strategy="ring_all",
        steps=(Step(), Step("", 4 * SECOND)),
        reserves=(Reserve(groups=("g",), after_ns=4 * SECOND),),
        ring_timeout_ns=6 * SECOND,
        exclusion_ns=0,
        retry_delay_ns=0,
        group_misses=True,
    )
    engine = ReferenceEngine(Config(agents=agents, queues=(queue,)))
    log_ins = [c.LogIn(agent.id) for agent in agents[:3]]
    steps: list[tuple[int, c.Command]] = [
        *((0, command) for command in log_ins),
        (0, c.EnqueueContact("c0", ("q",))),
        (1, c.UpdateContact("c0", expedite=True)),
        (1, c.RejectOffer("c0", "ann")),
        (1, c.FailOffer("c0", "ann", "busy")),
        (1, c.WithdrawOffer("c0", "ben")),
        (6, c.AcceptOffer("c0", "ben")),  # with a step and a spill at 4 s, and misses at 6 s
        (7, c.CompleteContact("c0")),
        (8, c.LogOut("ann")),
        (8, c.LogOut("ben")),
        (8, c.LogOut("cat")),
        (9, c.EnqueueContact("c1", ("q",))),
        (10, c.UpdateContact("c1", priority=1)),
        (13, c.AbandonContact("c1")),  # with a spill while it waits
    ]
    for at, command in steps:
        yield from engine.apply(command, at * SECOND)


# Tests -----------------------------------------------------------------------------------------------------


def followed(seed: int) -> Follower:
    follower = Follower(agent.id for agent in centre().agents)
    follower.read(random_stream(seed))
    return follower


@pytest.mark.parametrize("seed", range(10))
def test_random_streams_follow_the_tables(seed: int) -> None:
    assert followed(seed).taken


def test_every_transition_is_taken() -> None:
    by_hand = Follower(("ann", "ben"))
    by_hand.read(stream_with_every_corner())
    in_groups = Follower(("ann", "ben", "cat", "dan"))
    in_groups.read(stream_of_groups())
    taken = by_hand.taken.union(in_groups.taken, *(followed(seed).taken for seed in range(10)))
    all_of_them = {(kind, state, name) for kind, table in TABLES.items() for state, name in table}
    assert all_of_them == taken


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_state_is_reached_and_triggers_are_events(table: Table) -> None:
    first = "logged_out" if table is AGENT else START
    assert {state for state, _ in table} <= {first, *table.values()}
    assert all(hasattr(e, name.partition(":")[0]) for _, name in table)


def test_every_outcome_ends_a_contact() -> None:
    ends = {after for (_, name), after in CONTACT.items() if name.startswith("ContactEnded:")}
    assert ends == set(Outcome)
    assert not ends & {state for state, _ in CONTACT}


@pytest.mark.parametrize(
    "wrong",
    [
        [e.AgentReady(0, "ann")],
        [e.AgentLoggedIn(0, "ann", True, ""), e.AgentLoggedIn(1, "ann", True, "")],
        [e.ContactEnqueued(0, "c", ("q",), "voice", 0), e.ContactEnded(1, "c", Outcome.HANDLED, "q", "")],
        [
            e.ContactEnqueued(0, "c", ("q",), "voice", 0),
            e.ContactEnded(1, "c", Outcome.ABANDONED, "q", ""),
            e.ContactOffered(2, "c", "ann", "q", 1, 0),
        ],
        [
            e.ContactEnqueued(0, "c", ("q",), "voice", 0),
            e.ContactOffered(0, "c", "ann", "q", 1, 0),
            e.OfferAccepted(0, "c", "ann", "q", 1, 0),
            e.OfferRejected(0, "c", "ann", "q", 1),
        ],
        [
            e.DialRequested(0, "d", "spring", "", "", "", "", 1, 2),
            e.AttemptProgressed(0, "d", "spring", "answered", 0),
            e.AttemptProgressed(0, "d", "spring", "ringing", 0),
        ],
    ],
)
def test_a_wrong_stream_is_refused(wrong: list[Event]) -> None:
    with pytest.raises(InternalError, match="cannot follow"):
        Follower(["ann"]).read(wrong)
