"""The wing held against a plain recount, on random centres in which random things are said about recording.

Owns these runs; must not know what the wing keeps (``naive_recordings`` says what must come of it).
"""

from random import Random

import naive_recordings as naive
import pytest
from centres import CHANNELS, CONTACTS, QUEUES, Centres
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from machine import Alone, Move, moves, valid_config

from routing.center.recording import RecordingSettings, RecordingWing, Row, Rule
from routing.center.recording.settings import ConsentMode, OnRefusal
from routing.commands import (
    AcceptOffer,
    Command,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    PartLeg,
    PlaceContact,
    Remark,
    RetrieveContact,
)
from routing.events import CommandRefused, ContactEnqueued, ContactPlaced, ContactRemarked, Event
from routing.remarks import Consent, ConsentAnswer, Recording, RecordingAction

pytestmark = pytest.mark.once

#: Those that do something to a contact in hand; others only make the runs thinner.
FEATURES = frozenset({"hands", "calls", "resume"})
ACTIONS: tuple[RecordingAction, ...] = ("start", "stop", "pause", "resume")
ANSWERS: tuple[ConsentAnswer, ...] = ("asked", "given", "given", "refused")


def a_policy(random: Random) -> RecordingSettings:
    """Rules of all kinds; pauses are as brief as everything else in these centres."""

    def some(pool: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(random.sample(pool, random.randint(0, len(pool) - 1))) if random.random() < 0.6 else ()

    consents: tuple[ConsentMode, ...] = ("none", "none", "announcement", "asked", "given")
    rules = []
    for number in range(random.randint(1, 4)):
        consent = random.choice(consents)
        refusals: tuple[OnRefusal, ...] = ("stop", "delete", "go_on")
        rules.append(
            Rule(
                f"r{number}",
                queues=some(QUEUES),
                directions=random.choice(((), (), ("inbound", "outbound"), ("internal",))),
                channels=some(CHANNELS),
                legs=random.random() < 0.5,
                share=random.choice((0.0, 0.5, 1.0, 1.0)),
                consent=consent,
                on_refusal=random.choice(refusals[:2] if consent == "given" else refusals),
                on_demand=random.random() < 0.7,
                may_stop=random.random() < 0.4,
                pause=random.random() < 0.8,
                max_pause_ns=random.choice((1, 5, 30)),
                held=random.choice(("pause", "record")),
                retention_days=random.randint(1, 9),
                legal_hold=random.random() < 0.2,
            )
        )
    return RecordingSettings(tuple(rules))


class Run:
    """One run: an engine, the wing beside it, and everything that was told."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.centres = Centres(random, features=FEATURES)
        self.driven = Alone(valid_config(self.centres))
        self.policy = a_policy(random)
        self.wing = RecordingWing(self.driven.compiled, None, self.policy)
        self.told: list[Event] = []
        self.customers: list[str] = []
        self.rows: list[Row] = []
        self.wishes = 0

    def go(self, steps: int) -> None:
        random = self.random
        for move in moves(self.centres, self.driven, steps):
            self.make(move)
            now_ns = self.driven.compiled.now_ns
            ringing = self.driven.live().ringing
            if ringing and random.random() < 0.7:
                contact, agent, offer = random.choice(ringing)
                self.make(Move(now_ns, AcceptOffer(contact, agent, offer)))
            for _ in range(random.randint(0, 2)):
                self.make(Move(now_ns, self.remark()))
            if random.random() < 0.5:
                self.make(Move(now_ns, self.hand()))
            if random.random() < 0.6:
                self.propose(now_ns)
            if random.random() < 0.05:
                self.wing = RecordingWing(self.driven.compiled, self.wing.snapshot(), self.policy)
            if random.random() < 0.1:
                self.take()
        self.settle()
        self.compare()

    def make(self, move: Move) -> tuple[Event, ...]:
        """Let time pass, then do the command; the wing follows each, but nothing that was done before."""
        if move.command is not None:
            self._made(Move(move.at_ns, None, before=move.before))
            return self._made(Move(move.at_ns, move.command, move.request_id))
        return self._made(move)

    def _made(self, move: Move) -> tuple[Event, ...]:
        revision = self.driven.compiled.revision
        events = self.driven.make(move)
        if self.driven.compiled.revision == revision:
            return events  # a request that is repeated, or nothing
        self.wing.follow(move.command, events)
        for event in events:
            if isinstance(event, ContactEnqueued | ContactPlaced):
                assert isinstance(move.command, EnqueueContact | PlaceContact)
                self.customers.append(move.command.customer)
        self.told += events
        return events

    def remark(self) -> Remark:
        """Something about recording, said of any contact; sometimes in the name of a segment, right or wrong."""
        random = self.random
        live = self.driven.live()
        contact = random.choice([*live.in_hand, *live.in_hand, *live.waiting, *CONTACTS[:3]])
        if random.random() < 0.3:
            return Remark(contact, Consent("recording", random.choice(ANSWERS)))
        running = self.wing.live(contact)
        segment = random.choice(
            ("", "", "", "", running[0].segment if running else "", random.choice(("", "x", "y")))
        )
        reason = random.choice(("", "card", "by hand"))
        return Remark(contact, Recording(random.choice(ACTIONS), reason, segment))

    def hand(self) -> Command:
        """Hold, retrieve, join, part or hand over, more often than by chance."""
        random, live = self.random, self.driven.live()
        legs = [leg for leg, _ in live.legs]
        one = random.choice(legs or ["c0"])
        contact = random.choice([*live.in_hand, *(one.contact for one in self.wing.live()), "c1"])
        parent = random.choice([parent for _, parent in live.legs] or ["c0"])
        return random.choice(
            (
                HoldContact(contact),
                RetrieveContact(contact),
                RetrieveContact(contact),
                JoinLeg(one),
                JoinLeg(one),
                PartLeg(one),
                HandOver(parent, random.choice(("", one))),
            )
        )

    def propose(self, now_ns: int, *, all_of_them: bool = False) -> int:
        """Do some of what is proposed, as somebody would who is late, or dies in between."""
        due = self.wing.due(now_ns)
        assert due == self.wing.due(now_ns)
        assert due.next_ns is None or due.next_ns > now_ns
        ids = [one.request_id for one in due.proposals]
        assert len(set(ids)) == len(ids)
        count = len(due.proposals) if all_of_them else self.random.randint(0, len(due.proposals))
        for one in due.proposals[:count]:
            (event,) = self.make(Move(now_ns, one.command, one.request_id))
            assert isinstance(one.command, Remark)
            if isinstance(event, CommandRefused):
                assert one not in self.wing.due(now_ns).proposals
        self.wishes += count
        return count

    def take(self) -> None:
        number, rows = self.wing.take()
        assert self.wing.take() == (number, rows)
        self.rows += rows
        self.wing.confirm(number)
        assert self.wing.take() == (number, ())

    def settle(self) -> None:
        now_ns = self.driven.compiled.now_ns
        for _ in range(8):
            if not self.propose(now_ns, all_of_them=True):
                return
        raise AssertionError(f"it never comes to rest: {self.wing.due(now_ns)}")

    def compare(self) -> None:
        """At rest, the right contacts are recorded; and what is over is told as the recount has it."""
        self.take()
        assert self.rows == naive.rows(self.told, self.policy, self.customers)
        engine = self.driven.compiled
        naive.POLICY[:] = [self.policy]
        live = {one.contact: one for one in self.wing.live()}
        alive = [one for one in naive.lives(self.told, self.customers) if not one.over]
        assert {one.contact for one in alive} == set(engine.contacts)
        small = engine.config.limits.remark_bytes < 200  # what we say is refused
        for life in alive if not small else ():
            goal = naive.should_run(engine, self.policy, life, engine.now_ns)
            segment, began = naive.running(life.told, life.contact)
            found = live.get(life.contact)
            assert (found.segment if found else "") == segment
            if goal in ("off", "waiting"):
                assert found is None, (life.contact, goal)
            elif goal == "on" or found is not None:
                assert found is not None
                paused = naive.pauses_of(life.told[began + 1 :], life.contact, segment)[1] is not None
                assert (found.paused_ns >= 0) == paused == (goal == "paused"), (life.contact, goal)


def run(seed: int, steps: int) -> Run:
    one = Run(Random(seed))
    one.go(steps)
    return one


@pytest.mark.parametrize("seed", range(30))
def test_the_wing_agrees_with_the_recount(seed: int) -> None:
    run(seed, 80)


@pytest.mark.slow
@pytest.mark.parametrize(
    "hundred", [0, *(pytest.param(hundred, marks=pytest.mark.long) for hundred in range(1, 6))]
)
def test_the_wing_agrees_with_the_recount_at_length(hundred: int) -> None:
    rows = wishes = 0
    reasons: set[str] = set()
    for seed in range(1_000 + 40 * hundred, 1_024 + 40 * hundred):
        done = run(seed, 150)
        rows, wishes = rows + len(done.rows), wishes + done.wishes
        remarks = [event.remark for event in done.told if isinstance(event, ContactRemarked)]
        reasons |= {one.reason for one in remarks if isinstance(one, Recording)}
    assert rows > 100
    assert wishes > 200
    ours = "policy demand announcement left refused asked held retrieved time_out forbidden"
    assert reasons > {*ours.split()}


@settings(
    derandomize=True,
    deadline=None,
    max_examples=8,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_the_wing_agrees_whatever_is_drawn(random: Random, steps: int) -> None:
    Run(random).go(steps)


def test_a_wing_that_begins_late_knows_who_has_what() -> None:
    """Only when a contact came it cannot know, if its age was taken from it since."""
    for number in range(10):
        one = Run(Random(number))
        one.go(60)
        engine = one.driven.compiled
        fresh = RecordingWing(engine, None, one.policy)
        again = RecordingWing(engine, fresh.snapshot(), one.policy)
        assert fresh.due(engine.now_ns) == again.due(engine.now_ns)
        late = dict(fresh._contacts.by_id)
        for contact, call in one.wing._contacts.by_id.items():
            other = late.pop(contact)
            names = (
                "agent",
                "queue",
                "held",
                "joined",
                "legs",
                "parent",
                "direction",
                "channel",
            )
            for name in names if call.agent else names[4:]:
                assert getattr(call, name) == getattr(other, name), (contact, name)
        assert not late
