"""The laws of the engine, as its header states them, on random centres and random commands.

Owns determinism, time, totality, idempotence, conservation, and with them locality and exclusivity. What single
commands do is held against the reference in ``test_machine``; what misuse is stands in ``test_misuse``. Only the
compiled engine runs here.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from centres import ALL_FEATURES, GROUPS, REQUESTS, Centres, Live
from msgspec.structs import replace
from test_misuse import busy_centre

from routing import commands as c
from routing import events as e
from routing import snapshot
from routing.commands import Command, EnqueueContact, Envelope, LogIn
from routing.engine import Engine
from routing.errors import ConfigError
from routing.events import CommandRefused, Event, Reason
from routing.model import Agent, Config, Limits, Queue
from routing.views import IN_HAND

pytestmark = pytest.mark.once

SEEDS = range(25)
STEPS = 120

by_seed = pytest.mark.parametrize("seed", SEEDS)


# ------------------------------------------------------------------------------------------------ recordings


class Call(NamedTuple):
    """A command at an instant; without a command, time passes."""

    at_ns: int
    command: Command | None
    request_id: str = ""


@dataclass
class Recording:
    """What was asked of an engine and what it said."""

    config: Config
    engine: Engine
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[Event, ...]] = field(default_factory=list)

    def make(self, call: Call) -> tuple[Event, ...]:
        self.calls.append(call)
        self.answers.append(make(self.engine, call))
        return self.answers[-1]


def make(engine: Engine, call: Call) -> tuple[Event, ...]:
    if call.command is None:
        return engine.advance(call.at_ns)
    return engine.apply(call.command, call.at_ns, request_id=call.request_id)


def centres_of(seed: int, without: Iterable[str] = ()) -> Centres:
    """All rules in most seeds, the oldest alone in some."""
    features = ALL_FEATURES.difference(without) if seed % 5 else frozenset[str]()
    return Centres(Random(seed), features=features)


def started(centres: Centres) -> Recording:
    """An engine with a valid random configuration."""
    while True:
        config = centres.config()
        try:
            return Recording(config, Engine(config))
        except ConfigError:
            continue


def live(engine: Engine) -> Live:
    """What there is for a command to aim at."""
    contacts = engine.contacts
    segments = [part for view in contacts.values() if view.state == "offered" for part in view.segments]
    return Live(
        ringing=[(segment.contact, segment.agent, segment.offer) for segment in segments],
        in_hand=[contact for contact in contacts if contacts[contact].state in IN_HAND],
        waiting=[contact for contact in contacts if contacts[contact].state == "waiting"],
        logged_in=[agent for agent, view in engine.agents.items() if view.logged_in],
        now_ns=engine.now_ns,
    )


def next_call(centres: Centres, engine: Engine) -> Call:
    """The next thing that might be asked of the engine."""
    random, at_ns = centres.random, engine.now_ns
    due_ns = engine.next_due_ns
    if due_ns is not None and centres.rarely(30):
        at_ns = max(at_ns, due_ns + random.choice((-1, 0, 0, 1)))
    elif centres.rarely(55):
        at_ns += random.choice((1, 1, 2, 3, 5, 30))
    if centres.rarely(5):
        return Call(at_ns, None)
    request = random.choice(REQUESTS) if centres.rarely(6) else ""
    return Call(at_ns, centres.command(engine.config, live(engine)), request)


def play(seed: int, steps: int = STEPS) -> Recording:
    centres = centres_of(seed)
    recording = started(centres)
    for _ in range(steps):
        recording.make(next_call(centres, recording.engine))
    return recording


@cache
def recorded(seed: int) -> Recording:
    """The recording of a seed; only to be read."""
    return play(seed)


# ----------------------------------------------------------------------------------------------- determinism


@by_seed
def test_the_same_again(seed: int) -> None:
    """The same configuration and calls give the same events, digest and snapshot."""
    old = recorded(seed)
    engine = Engine(old.config)
    assert [make(engine, call) for call in old.calls] == old.answers
    assert engine.digest == old.engine.digest
    assert engine.snapshot() == old.engine.snapshot()


def digests() -> str:
    return " ".join(f"{recorded(seed).engine.digest:016x}" for seed in range(6))


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_hashing_makes_no_difference(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, test_laws; sys.stdout.write(test_laws.digests())"],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == digests()


@by_seed
@pytest.mark.parametrize("form", [msgspec.json, msgspec.msgpack], ids=["json", "msgpack"])
def test_written_down_and_read_back(seed: int, form: Any) -> None:
    old = recorded(seed)
    calls = enumerate(old.calls, 1)
    written = form.encode([Envelope(seq, at_ns, "", request, told) for seq, (at_ns, told, request) in calls])
    engine = Engine(form.decode(form.encode(old.config), type=Config))
    read = form.decode(written, type=list[Envelope])
    assert [make(engine, Call(one.at_ns, one.command, one.request_id)) for one in read] == old.answers
    assert engine.digest == old.engine.digest


# ------------------------------------------------------------------------------------------------------ time


def in_pieces(engine: Engine, call: Call, random: Random) -> tuple[Event, ...]:
    """The call, with time passing in steps before it."""
    events: list[Event] = []
    for at_ns in sorted(random.randint(engine.now_ns, call.at_ns) for _ in range(random.randint(0, 3))):
        events += engine.advance(at_ns)
    events += engine.advance(call.at_ns)
    events += make(engine, call)
    return tuple(events)


@by_seed
def test_time_may_pass_in_pieces(seed: int) -> None:
    """``advance(a); advance(b)`` is ``advance(b)``; ``apply(c, t)`` is ``advance(t); apply(c, t)``."""
    old = recorded(seed)
    random = Random(seed)
    engine = Engine(old.config)
    assert [in_pieces(engine, call, random) for call in old.calls] == old.answers
    assert engine.snapshot() == old.engine.snapshot()


@by_seed
def test_events_never_run_backwards(seed: int) -> None:
    """Each carries its instant, not after the call's; without request ids, not before the event before it."""
    old = recorded(seed)
    last_ns = 0
    for call, answer in zip(old.calls, old.answers, strict=True):
        for event in answer if not call.request_id else ():
            assert last_ns <= event.at_ns <= call.at_ns
            last_ns = event.at_ns


@by_seed
def test_nothing_is_due_in_the_past(seed: int) -> None:
    old = recorded(seed)
    engine = Engine(old.config)
    for call in old.calls:
        make(engine, call)
        engine.advance(engine.now_ns)
        due_ns = engine.next_due_ns
        assert due_ns is None or due_ns > engine.now_ns
        if due_ns is not None:
            twin = Engine.restore(engine.snapshot())
            assert twin.advance(due_ns - 1) == ()


# -------------------------------------------------------------------------------------------------- totality


def pictures(engine: Engine) -> tuple[object, ...]:
    """Everything that can be seen of an engine, but time, revision and digest."""
    saved = snapshot.read(engine.snapshot())
    masked = replace(saved, numbers=(0, 0, 0, *saved.numbers[3:]))
    views = (dict(engine.agents), dict(engine.contacts), dict(engine.queues))
    return (*views, engine.config, engine.next_due_ns, msgspec.msgpack.encode(masked))


@by_seed
def test_every_command_has_an_answer_and_a_refusal_no_effect(seed: int) -> None:
    centres = centres_of(seed)
    engine = started(centres).engine
    for _ in range(STEPS):
        call = next_call(centres, engine)
        engine.advance(call.at_ns)
        if call.command is None:
            continue
        before, revision = pictures(engine), engine.revision
        answer = engine.apply(call.command, call.at_ns)
        assert answer, "a command without an event"
        assert engine.revision == revision + len(answer)
        if any(isinstance(event, CommandRefused) for event in answer):
            assert len(answer) == 1
            assert pictures(engine) == before


@by_seed
def test_many_at_once_are_one_after_the_other(seed: int) -> None:
    old = recorded(seed)
    plain = [(call.command, call.at_ns) for call in old.calls if call.command is not None]
    one, many = Engine(old.config), Engine(old.config)
    assert many.apply_many(plain) == [one.apply(*pair) for pair in plain]
    assert many.snapshot() == one.snapshot()


# ----------------------------------------------------------------------------------------------- idempotence


@by_seed
def test_a_request_is_done_once(seed: int) -> None:
    """Asked again at once, later, and of a restored engine: the same answer, and nothing more has happened."""
    centres = centres_of(seed)
    engine = started(centres).engine
    for number in range(60):
        call = next_call(centres, engine)
        if call.command is None or engine.config.limits.remembered_requests == 0:
            engine.advance(call.at_ns)
            continue
        engine.advance(call.at_ns)
        request = f"request-{number}"
        answer = engine.apply(call.command, call.at_ns, request_id=request)
        kept = engine.config.limits.remembered_requests > 0  # the command may have been a Configure
        engine.advance(call.at_ns)  # the command may have armed a timer that was past due
        for again in (engine, Engine.restore(engine.snapshot())) if kept else ():
            before = again.snapshot()
            assert again.apply(call.command, call.at_ns, request_id=request) == answer
            assert again.apply(c.ResetCounts(), call.at_ns, request_id=request) == answer
            assert again.snapshot() == before


def test_a_repeated_request_lets_time_pass() -> None:
    engine = busy_centre()
    first = engine.apply(c.SetNotReady("ann"), 10, request_id="r")
    later = engine.apply(c.SetNotReady("ann"), 30 * 10**9, request_id="r")
    assert later[-len(first) :] == first
    assert isinstance(later[0], e.OfferMissed)
    assert engine.now_ns == 30 * 10**9


def test_a_forgotten_request_is_done_again() -> None:
    engine = Engine(Config(agents=(Agent("ann"),), limits=Limits(remembered_requests=1)))
    engine.apply(LogIn("ann"), 0, request_id="one")
    engine.apply(c.SetNotReady("ann"), 0, request_id="two")
    assert reasons(engine.apply(LogIn("ann"), 0, request_id="one")) == [Reason.ALREADY_SO]


def reasons(answer: Iterable[Event]) -> list[Reason]:
    return [event.reason for event in answer if isinstance(event, CommandRefused)]


def test_a_contact_is_made_once() -> None:
    """Equal is already so, unequal exists with a different ...; so too when it has ended, until it is forgotten."""
    engine = Engine(Config(queues=(Queue("sales"),), limits=Limits(remembered_contacts=1)))
    call = EnqueueContact("call", ("sales",))
    other = EnqueueContact("call", ("sales",), priority=1)
    assert reasons(engine.apply(call, 0)) == []
    for again in (engine, Engine.restore(engine.snapshot())):
        assert reasons(again.apply(call, 1)) == [Reason.ALREADY_SO]
        assert reasons(again.apply(other, 1)) == [Reason.EXISTS_WITH_DIFFERENT]
    engine.apply(c.AbandonContact("call"), 2)
    for again in (engine, Engine.restore(engine.snapshot())):
        assert reasons(again.apply(call, 3)) == [Reason.ALREADY_SO]
        assert reasons(again.apply(other, 3)) == [Reason.EXISTS_WITH_DIFFERENT]
    engine.apply(EnqueueContact("next", ("sales",)), 4)
    engine.apply(c.AbandonContact("next"), 4)
    assert reasons(engine.apply(other, 5)) == []


def test_an_attempt_is_made_once() -> None:
    """As contacts are; and attempts and contacts do not take each other's ids."""
    engine = Engine(Config(queues=(Queue("sales"),), limits=Limits(remembered_contacts=1)))
    dial = c.RequestDial("call", "spring", "number-1")
    other = c.RequestDial("call", "spring", "number-2")
    assert reasons(engine.apply(dial, 0)) == []
    assert reasons(engine.apply(EnqueueContact("call", ("sales",)), 0)) == []
    for again in (engine, Engine.restore(engine.snapshot())):
        assert reasons(again.apply(dial, 1)) == [Reason.ALREADY_SO]
        assert reasons(again.apply(other, 1)) == [Reason.EXISTS_WITH_DIFFERENT]
    engine.apply(c.EndAttempt("call", "busy"), 2)
    for again in (engine, Engine.restore(engine.snapshot())):
        assert reasons(again.apply(dial, 3)) == [Reason.ALREADY_SO]
        assert reasons(again.apply(other, 3)) == [Reason.EXISTS_WITH_DIFFERENT]
        assert reasons(again.apply(c.EndAttempt("call", "busy"), 3)) == [Reason.ATTEMPT_ENDED]
    engine.apply(c.RequestDial("next", "spring"), 4)
    engine.apply(c.EndAttempt("next", "person"), 4)
    assert reasons(engine.apply(c.EndAttempt("call", "busy"), 5)) == [Reason.UNKNOWN_ATTEMPT]
    assert reasons(engine.apply(other, 5)) == []


# ---------------------------------------------------------------------------------------------- conservation


class Ledger:
    """The books of an engine, kept from its events alone (and the loads that commands ask for)."""

    def __init__(self) -> None:
        self.alive: set[str] = set()
        self.attempts: dict[str, int] = {}  # that go on, and when they were requested
        self.shape: dict[str, tuple[str, int]] = {}  # contact to channel and load
        self.ringing: dict[int, tuple[str, str]] = {}  # offer to contact and agent
        self.in_hand: dict[str, str] = {}  # contact to agent
        self.held: dict[str, int] = {}  # contact to since when
        self.handed: dict[str, tuple[str, str]] = {}  # contact to leg and agent, until the leg has ended
        self.wrapping: Counter[tuple[str, str, tuple[str, int]]] = Counter()

    def enter(self, event: Event, config: Config) -> None:
        if isinstance(event, CommandRefused):
            return
        if isinstance(event, e.DialRequested | e.AttemptProgressed | e.AttemptEnded):
            self.enter_attempt(event)
            return
        contact = getattr(event, "contact", None)
        if isinstance(event, e.ContactEnqueued | e.ContactPlaced):
            assert contact not in self.alive, "made twice"
            self.alive.add(event.contact)
        elif isinstance(event, e.ContactRemarked):
            return  # of what may be over
        elif isinstance(event, e.WrapUpStarted):
            assert event.contact not in self.in_hand
            self.wrapping[event.agent, event.contact, self.shape[event.contact]] += 1
        elif isinstance(event, e.WrapUpEnded):
            self.end_wrap_up(event.agent, event.contact)
        elif contact is not None and not isinstance(event, e.ReservationEnded):  # which stands after the end
            assert contact in self.alive, "something after the end"
        if isinstance(event, e.ContactOffered):
            self.offer(event, config)
        elif isinstance(event, e.OfferAccepted):
            self.answer(event)
            self.in_hand[event.contact] = event.agent
        elif isinstance(event, e.OfferRejected | e.OfferMissed | e.OfferFailed | e.OfferWithdrawn):
            self.answer(event)
        elif isinstance(event, e.HandlingTimeExceeded | e.ContactHeld | e.ContactRetrieved):
            assert self.in_hand[event.contact] == event.agent
            self.hold(event)
        elif isinstance(event, e.ContactPlaced):
            self.in_hand[event.contact] = event.agent
            self.fits(event.agent, event.contact, config)
        elif isinstance(event, e.ContactHandedOver):
            assert self.in_hand[event.contact] == event.agent
            assert self.in_hand[event.leg] == event.to_agent
            self.handed[event.contact] = (event.leg, event.to_agent)
            del self.in_hand[event.contact]  # the wrap-up comes before the next hands
        elif isinstance(event, e.ContactRequeued | e.ContactEnded):
            assert self.in_hand.pop(event.contact, "") == event.agent, "let go by somebody else"
            assert event.contact not in [ringing for ringing, _ in self.ringing.values()]
            assert event.contact not in self.held, "on hold in nobody's hands"
        if isinstance(event, e.ContactEnded):
            self.alive.remove(event.contact)
            self.take_over(event)

    def hold(self, event: e.HandlingTimeExceeded | e.ContactHeld | e.ContactRetrieved) -> None:
        if isinstance(event, e.ContactHeld):
            assert event.contact not in self.held
            self.held[event.contact] = event.at_ns
        elif isinstance(event, e.ContactRetrieved):
            assert event.held_ns == event.at_ns - self.held.pop(event.contact)

    def take_over(self, event: e.ContactEnded) -> None:
        """The leg ends: its agent has the contact now."""
        if event.outcome == e.Outcome.MERGED:
            ((contact, _),) = [one for one in self.handed.items() if one[1] == (event.contact, event.agent)]
            del self.handed[contact]
            self.in_hand[contact] = event.agent
        assert not self.handed or event.outcome == e.Outcome.MERGED

    def enter_attempt(self, event: e.DialRequested | e.AttemptProgressed | e.AttemptEnded) -> None:
        if isinstance(event, e.DialRequested):
            assert event.attempt not in self.attempts, "dialed twice"
            self.attempts[event.attempt] = event.at_ns
        elif isinstance(event, e.AttemptProgressed):
            assert event.age_ns == event.at_ns - self.attempts[event.attempt]
        else:
            assert event.age_ns == event.at_ns - self.attempts.pop(event.attempt)

    def offer(self, event: e.ContactOffered, config: Config) -> None:
        assert event.offer not in self.ringing
        assert event.contact not in self.in_hand
        assert (event.contact, event.agent) not in self.ringing.values(), "rings twice"
        self.ringing[event.offer] = (event.contact, event.agent)
        self.fits(event.agent, event.contact, config)

    def fits(self, name: str, contact: str, config: Config) -> None:
        """What was just given to the agent is not too much."""
        channel, load = self.shape[contact]
        taken = self.taken(name)
        agent = next(one for one in config.agents if one.id == name)
        places = agent.channels or {one.id: one.capacity for one in config.channels}
        assert sum(1 for used, _ in taken if used == channel) <= places.get(channel, 0), (
            "more than there are places"
        )
        interrupted = {one.id: one.interrupts for one in config.channels}
        borne = sum(one for used, one in taken if used not in interrupted.get(channel, ()))
        assert load == 0 or borne <= agent.load, "more than can be borne"

    def answer(
        self, event: e.OfferAccepted | e.OfferRejected | e.OfferMissed | e.OfferFailed | e.OfferWithdrawn
    ) -> None:
        assert self.ringing.pop(event.offer) == (event.contact, event.agent), "another answer to an offer"

    def end_wrap_up(self, agent: str, contact: str) -> None:
        # An id that was forgotten and used again may be wrapped up twice; the older goes first.
        key = next(key for key in self.wrapping if key[:2] == (agent, contact))
        self.wrapping[key] -= 1
        self.wrapping += Counter()

    def taken(self, agent: str) -> list[tuple[str, int]]:
        """Channel and load of everything that an agent has to do with."""
        busy = [contact for contact, who in [*self.ringing.values(), *self.in_hand.items()] if who == agent]
        after = [
            shape for (who, _, shape), count in self.wrapping.items() for _ in range(count) if who == agent
        ]
        return [*(self.shape[contact] for contact in busy), *after]


def note_shape(ledger: Ledger, command: Command, config: Config) -> None:
    """A contact's load is the command's, or else its channel's as it stands then."""
    if isinstance(command, EnqueueContact | c.PlaceContact) and command.contact not in ledger.alive:
        loads = {channel.id: channel.load for channel in config.channels}
        load = loads.get(command.channel, 0) if command.load is None else command.load
        ledger.shape[command.contact] = (command.channel, load)


@by_seed
def test_everything_ends_once_and_no_capacity_is_exceeded(seed: int) -> None:
    old = recorded(seed)
    engine, ledger = Engine(old.config), Ledger()
    for call in old.calls:
        before = engine.config
        for event in engine.advance(call.at_ns):
            ledger.enter(event, before)
        if call.command is None:
            continue
        note_shape(ledger, call.command, before)
        for event in engine.apply(call.command, call.at_ns):
            ledger.enter(event, engine.config)
        balance(ledger, engine)


def balance(ledger: Ledger, engine: Engine) -> None:
    """The books say what the engine shows, as far as its agents are still to be seen."""
    assert ledger.alive == set(engine.contacts)
    assert ledger.attempts == {attempt: view.requested_ns for attempt, view in engine.attempts.items()}
    for agent, view in engine.agents.items():
        shown = sorted((segment.channel, segment.load) for segment in view.segments)
        assert sorted(ledger.taken(agent)) == shown


# -------------------------------------------------------------------------------------------------- locality


def renamed(value: Any, kind: Any) -> Any:
    """The same with other ids for agents, contacts, queues, skills and groups."""
    written = re.sub(rb"\b([acgqs](?=[\d ])|nobody)", rb"x\1", msgspec.json.encode(value))
    return msgspec.json.decode(written, type=kind)


#: Batches have one window for the whole engine, downtime is everybody's, and so is the front-end without a name;
#: attempts belong to no part.
SHARED_FEATURES = ("batches", "resume", "calls", "attempts")

#: Keeps the occupancy of everybody going, whatever queues come and go: it is begun by the first that needs it.
KEEPER = Queue(
    "q98", groups=GROUPS[:1], strategy="least_occupied", ring_timeout_ns=5, exclusion_ns=3, retry_delay_ns=4
)


def closed_off(queue: Queue) -> Queue:
    """A queue that names its members; one that is open to all is no neighbour but everybody's."""
    return queue if queue.members or queue.groups or queue.reserves else replace(queue, groups=GROUPS[:2])


def neighbours(seed: int, *, editing: bool) -> tuple[Config, Config]:
    """A centre whose queues all name their members, and the same with an unrelated copy beside it."""
    config = started(centres_of(seed, SHARED_FEATURES)).engine.config
    queues = (steady(closed_off(queue), editing=editing) for queue in config.queues)
    config = replace(config, queues=(KEEPER, *queues), limits=Limits(), shifts=())
    copy = renamed(config, Config)
    both = {
        name: getattr(config, name) + getattr(copy, name) for name in ("skills", "groups", "agents", "queues")
    }
    return config, replace(config, **both)


def steady(queue: Queue, *, editing: bool) -> Queue:
    """Without the strategy that draws by agents' numbers, when agents come in mid-run: they are the whole engine's."""
    return replace(queue, strategy="longest_idle") if editing and queue.strategy == "random" else queue


def local(call: Call, *, editing: bool) -> Call | None:
    """The call as far as it concerns one part of the centre only; None when it concerns everybody."""
    command = call.command
    match command:
        case None | c.Configure() | c.ResetCounts(agent="") | c.RemoveQueue(queue=KEEPER.id):
            return None
        case c.AcceptOffer() | c.RejectOffer() | c.FailOffer() | c.WithdrawOffer():
            command = replace(
                command, offer=0
            )  # offers by agent, as their numbers count for the whole engine
        case c.PutQueue(queue=queue):
            command = c.PutQueue(steady(closed_off(queue), editing=editing)) if editing else None
        case c.PutAgent():
            command = command if editing else None
    return None if command is None else Call(call.at_ns, command)


def put(centres: Centres, config: Config) -> Command:
    """An agent or a queue, added or changed."""
    agents = [agent.id for agent in config.agents]
    queues = [queue.id for queue in config.queues]
    if centres.rarely(50):
        channels = [channel.id for channel in config.channels]
        return c.PutAgent(centres.agent(centres.one(centres.agents), config.skills, channels))
    return c.PutQueue(centres.queue(centres.one(centres.queues), config.skills, agents, queues))


def traffic(config: Config, seed: int, *, editing: bool) -> list[Call]:
    """Calls that do not look beyond the centre."""
    centres, recording = centres_of(seed, SHARED_FEATURES), Recording(config, Engine(config))
    while len(recording.calls) < STEPS:
        drawn = next_call(centres, recording.engine)
        if editing and centres.rarely(8):
            drawn = drawn._replace(command=put(centres, recording.engine.config))
        call = local(drawn, editing=editing)
        if call is not None:
            recording.make(call)
    return recording.calls


def foreign(event: Event) -> bool:
    said = (
        event.remark if isinstance(event, e.ContactRemarked) else event
    )  # a promise may be about no contact
    named = [getattr(one, name, "") for one in (event, said) for name in ("contact", "agent", "queue")]
    names = (*named, getattr(event, "skill", ""), getattr(event, "group", ""))
    return any(re.fullmatch(r"x([acgqs][\d ]+|nobody)", name) for name in names)


def numbered_anew(events: Iterable[Event]) -> Iterator[Event]:
    """Offers numbered in the order in which they are first seen; details left out."""
    numbers: dict[int, int] = {}
    for event in events:
        if isinstance(event, CommandRefused):
            yield replace(event, detail="")
        elif hasattr(event, "offer"):
            yield replace(event, offer=numbers.setdefault(event.offer, len(numbers) + 1))
        else:
            yield event


@by_seed
@pytest.mark.parametrize("editing", [False, True], ids=["", "editing"])
def test_neighbours_do_not_disturb_each_other(seed: int, editing: bool) -> None:
    """Not by what they do, nor (editing) by agents and queues that they add, change and remove in mid-run."""
    alone, together = neighbours(seed, editing=editing)
    ours = traffic(alone, seed, editing=editing)
    theirs = [
        Call(at_ns, renamed(told, c.Command))
        for at_ns, told, _ in traffic(alone, seed + 1000, editing=editing)
    ]
    last_ns = ours[-1].at_ns
    engine = Engine(alone)
    expected = [event for call in [*ours, Call(last_ns, None)] for event in make(engine, call)]
    engine, seen = Engine(together), list[Event]()
    both = [*((call, True) for call in ours), *((call, False) for call in theirs)]
    for call, our_own in sorted(both, key=lambda pair: pair[0].at_ns):
        answer = [event for event in make(engine, call) if not foreign(event)]
        seen += [event for event in answer if our_own or not isinstance(event, CommandRefused)]
    seen += [event for event in engine.advance(max(engine.now_ns, last_ns)) if not foreign(event)]
    assert list(numbered_anew(event for event in seen if event.at_ns <= last_ns)) == list(
        numbered_anew(expected)
    )


# ----------------------------------------------------------------------------------------------- exclusivity


@by_seed
def test_of_racing_agents_one_wins(seed: int) -> None:
    """Whenever something rings, everybody reaches for it, in any order, some of them twice."""
    centres = centres_of(seed)
    engine = started(centres).engine
    for _ in range(STEPS):
        make(engine, next_call(centres, engine))
        for contact, agent, offer in live(engine).ringing[:1]:
            race(Engine.restore(engine.snapshot()), centres.random, contact, agent, offer)


def race(engine: Engine, random: Random, contact: str, agent: str, offer: int) -> None:
    racers = [(who, number) for who in [*engine.agents, agent, agent] for number in (0, offer)]
    random.shuffle(racers)
    answers = [engine.apply(c.AcceptOffer(contact, *racer), engine.now_ns) for racer in racers]
    won = [event for answer in answers for event in answer if isinstance(event, e.OfferAccepted)]
    assert [(event.contact, event.agent, event.offer) for event in won] == [(contact, agent, offer)]
    lost = {reason for answer in answers for reason in reasons(answer)}
    assert lost <= {Reason.OFFER_IS_ANOTHER, Reason.CONTACT_NOT_OFFERED, Reason.CONTACT_ENDED}
    assert sum(len(reasons(answer)) for answer in answers) == len(racers) - 1


def test_a_late_answer_to_an_older_offer_loses() -> None:
    queue = Queue("sales", ring_timeout_ns=10, exclusion_ns=0)
    engine = Engine(Config(agents=(Agent("ann"),), queues=(queue,)))
    engine.apply(LogIn("ann"), 0)
    (_, first) = engine.apply(EnqueueContact("call", ("sales",)), 0)
    assert isinstance(first, e.ContactOffered)
    (*_, refusal) = engine.apply(c.AcceptOffer("call", "ann", first.offer), 10)
    assert reasons([refusal]) == [Reason.OFFER_IS_ANOTHER]
    assert reasons(engine.apply(c.AcceptOffer("call", "ann", first.offer + 1), 10)) == []
