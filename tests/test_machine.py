"""The compiled engine held against the obvious one, on random centres and random commands.

Owns the runs that everybody makes; must not know what a command does (``machine`` drives, ``centres`` draws).
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from random import Random
from typing import Final, get_args

import pytest
from centres import ALL_FEATURES, Centres
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from machine import Alone, Move, Pair, moves, run, valid_config

from routing import commands, events
from routing.commands import Command, EnqueueContact, LogIn, PutQueue
from routing.engine import Engine
from routing.errors import UsageError
from routing.events import CommandRefused, Event, Reason
from routing.model import Agent, Config, Limits, Queue

pytestmark = pytest.mark.once

SEEDS = 60
STEPS = 80

FEATURES = ALL_FEATURES

#: No rule gives this reason: a contact with too many holds drops the one that ends first.
NEVER = {Reason.HOLDS_LIMIT}
#: Too seldom drawn to be counted upon; the tests below give them, or transcripts do.
SELDOM = {
    Reason.AGENT_LEAVING,
    Reason.QUEUES_LIMIT,
    Reason.AGENTS_LIMIT,
    Reason.SKILLS_LIMIT,
    Reason.GROUPS_LIMIT,
    Reason.ATTEMPTS_LIMIT,
    Reason.ATTEMPT_ANSWERED,
    Reason.DUPLICATE_ATTEMPT,
    Reason.AGENT_NO_ROOM,
    Reason.LEGS_LIMIT,
    Reason.REMARK_TOO_LARGE,
    Reason.CONTACT_IS_LEG,
    Reason.NO_LEG_JOINED,
    Reason.DETECTION_OUT_OF_RANGE,
    Reason.CONFIDENCE_OUT_OF_RANGE,
}


# ------------------------------------------------------------------------------------------ side by side


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_engines_agree(seed: int) -> None:
    run(Random(seed), STEPS, misuse=seed % 2 == 1, label=repeat(seed, STEPS), features=FEATURES)


@pytest.mark.slow
@pytest.mark.parametrize(
    "hundred", [0, 1, *(pytest.param(hundred, marks=pytest.mark.long) for hundred in range(2, 6))]
)
def test_the_engines_agree_at_length(hundred: int) -> None:
    for seed in range(SEEDS + 100 * hundred, SEEDS + 100 * (hundred + 1)):
        run(Random(seed), 250, misuse=seed % 2 == 1, label=repeat(seed, 250), features=FEATURES)


@pytest.mark.parametrize("seed", range(6))
def test_the_compiled_engine_alone_keeps_its_invariants(seed: int) -> None:
    """A short soak of larger centres; `make soak` is the long one."""
    label = f"{repeat(seed, 300)} --scale 3 --alone"
    assert run(Random(seed), 300, misuse=seed % 2 == 1, scale=3, label=label, driver=Alone) > 300


def repeat(seed: int, steps: int) -> str:
    features = f" --features {','.join(sorted(FEATURES))}" if FEATURES else ""
    return f"repeat: python tests/machine.py --seed {seed} --steps {steps}{features}"


@settings(
    derandomize=True,
    deadline=None,
    max_examples=40,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(st.randoms(use_true_random=False), st.integers(1, 40), st.booleans())
def test_the_engines_agree_whatever_is_drawn(random: Random, steps: int, misuse: bool) -> None:
    """Every draw is Hypothesis's own, so that a failure shrinks: fewer moves, plainer centres."""
    run(random, steps, misuse=misuse, features=FEATURES)


class Engines(RuleBasedStateMachine):
    """The same as rules: Hypothesis chooses what kind of thing happens next, and cuts a failure down to few of them."""

    pair: Pair
    now_ns: int

    @initialize(random=st.randoms(use_true_random=False))
    def set_up(self, random: Random) -> None:
        self.pair = Pair(valid_config(Centres(random, features=FEATURES)))
        self.now_ns = 0

    @rule(pause_ns=st.integers(0, 40))
    def time_passes(self, pause_ns: int) -> None:
        self.now_ns += pause_ns
        self.pair.make(Move(self.now_ns, None))

    @precondition(lambda self: self.pair.reference.next_due_ns is not None)
    @rule()
    def the_next_timer_fires(self) -> None:
        self.now_ns = max(self.now_ns, self.pair.reference.next_due_ns or 0)
        self.pair.make(Move(self.now_ns, None))

    @rule()
    def a_copy_takes_over(self) -> None:
        self.pair.make(Move(self.now_ns, None, before="restore"))

    @rule(
        random=st.randoms(use_true_random=False),
        kind=st.sampled_from(
            ["log_in", "enqueue", "answer", "finish", "agent_command", "contact_command", "queue_command"]
            + (["newer_command"] if FEATURES & {"update", "conditions"} else [])
            + (["dial", "sync"] if "attempts" in FEATURES else [])
        ),
        request_id=st.sampled_from(["", "", "", "r1", "r2"]),
    )
    def a_command_is_given(self, random: Random, kind: str, request_id: str) -> None:
        command = getattr(Centres(random, features=FEATURES), kind)(
            self.pair.reference.config, self.pair.live()
        )
        self.pair.make(Move(self.now_ns, command, request_id))


TestEngines = Engines.TestCase
TestEngines.settings = settings(
    derandomize=True,
    deadline=None,
    max_examples=25,
    stateful_step_count=40,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


# ------------------------------------------------------------------------------------- what the draws reach


#: Of centres with all features few moves are about legs and attempts: some centres have these alone.
FEW: Final = frozenset({"hands", "attempts"})


def answers(seed: int, features: frozenset[str]) -> Iterator[tuple[Move, tuple[Event, ...]]]:
    """The moves of a seed and what the engine says to them."""
    centres = Centres(Random(seed), features=features)
    alone = Alone(valid_config(centres))
    for move in moves(centres, alone, 2 * STEPS):
        yield move, alone.make(move)


@cache
def reached() -> tuple[set[type], set[type], set[Reason]]:
    """Types of commands, types of events and reasons of refusal."""
    told: set[type] = set()
    said: set[type] = set()
    reasons: set[Reason] = set()
    for seed, features in product(range(60), (ALL_FEATURES, FEW)):
        for move, answer in answers(seed, features):
            told.add(type(move.command))
            said.update(type(event) for event in answer)
            reasons.update(event.reason for event in answer if isinstance(event, CommandRefused))
    return told, said, reasons


def test_every_command_is_drawn() -> None:
    assert set(get_args(commands.Command)) - reached()[0] == set()


def test_every_event_happens() -> None:
    assert set(get_args(events.Event)) - reached()[1] == set()


def test_every_reason_is_given_but_for_the_seldom_ones() -> None:
    assert set(Reason) - reached()[2] - SELDOM == NEVER


@pytest.mark.parametrize(
    ("limits", "command", "reason"),
    [
        (Limits(agents=1), commands.PutAgent(Agent("bob")), Reason.AGENTS_LIMIT),
        (Limits(queues=1), PutQueue(Queue("support")), Reason.QUEUES_LIMIT),
        (Limits(skills=0), commands.PutSkill("french"), Reason.SKILLS_LIMIT),
        (Limits(groups=0), commands.PutGroup("night"), Reason.GROUPS_LIMIT),
        (Limits(attempts=0), commands.RequestDial("one", "spring"), Reason.ATTEMPTS_LIMIT),
    ],
    ids=["agents", "queues", "skills", "groups", "attempts"],
)
def test_limits_of_the_configuration(limits: Limits, command: Command, reason: Reason) -> None:
    config = Config(agents=(Agent("ann"),), queues=(Queue("sales"),), limits=limits)
    (refusal,) = Pair(config).make(Move(0, command))
    assert isinstance(refusal, CommandRefused)
    assert refusal.reason == reason


def test_a_contact_with_too_many_holds_drops_one() -> None:
    """What ``holds_limit`` might have been for: no refusal, and whoever was held first is free again."""
    config = Config(
        agents=(Agent("ann"), Agent("bob")), queues=(Queue("sales"),), limits=Limits(holds_per_contact=1)
    )
    pair = Pair(config)
    agents: list[Command] = [LogIn("ann"), LogIn("bob"), EnqueueContact("call", ("sales",))]
    for command in [*agents, commands.RejectOffer("call", "ann"), commands.RejectOffer("call", "bob")]:
        last = pair.make(Move(0, command))
    assert [(type(event), getattr(event, "agent", "")) for event in last] == [
        (events.OfferRejected, "bob"),
        (events.ContactOffered, "ann"),
    ]


# ------------------------------------------------------------------------------------------- misuse, alike


@pytest.mark.parametrize("at_ns", [-1, True, 1.0, "1", None])
def test_a_wrong_instant_is_misuse_in_both(at_ns: object) -> None:
    pair = Pair(Config(queues=(Queue("sales"),)))
    for engine in (pair.reference, pair.compiled):
        with pytest.raises(UsageError):
            engine.apply(LogIn("ann"), at_ns)  # type: ignore[arg-type]
        assert engine.revision == 0


def test_a_snapshot_of_a_fresh_engine_is_taken_back() -> None:
    engine = Engine(Config(queues=(Queue("sales"),)))
    assert Engine.restore(engine.snapshot()).snapshot() == engine.snapshot()
