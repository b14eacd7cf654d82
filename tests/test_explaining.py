"""Explanations of an engine as it stands: every reason by a small centre, keys, places, limits.

Owns `Engine.explain`; decisions of the past are in ``test_explanation``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, moves, valid_config

from routing import commands as c
from routing.commands import Command, EnqueueContact, LogIn
from routing.engine import Engine
from routing.errors import UsageError
from routing.explaining.shapes import CODES, DELAYS, Explanation, Part, Reason, ReserveState, Verdict
from routing.explaining.terms import failing
from routing.model import (
    UNLIMITED,
    Agent,
    Channel,
    Config,
    Preference,
    Queue,
    Reserve,
    Step,
    Weights,
)
from routing.skills import compile_requirement

ANN, BEN = Agent("ann"), Agent("ben")
SALES = Queue("sales", ring_timeout_ns=0, exclusion_ns=30)
ASKED = EnqueueContact("c1", ("sales",))
OPEN = Config(agents=(ANN,), queues=(SALES,))


def after(config: Config, *told: tuple[int, Command]) -> Engine:
    engine = Engine(config)
    for at_ns, command in told:
        events = engine.apply(command, at_ns)
        assert not any(type(event).__name__ == "CommandRefused" for event in events), events
    return engine


def verdict(found: Explanation, agent: str) -> Verdict:
    return next(one for one in found.verdicts if one.agent == agent)


@dataclass(frozen=True)
class Case:
    """Commands to a centre, and why ann is no candidate for c1 then."""

    config: Config
    told: Sequence[tuple[int, Command]]
    reasons: tuple[Reason, ...]


BUSY = (LogIn("ann"), EnqueueContact("c0", ("sales",)), c.AcceptOffer("c0", "ann"))
SKILLED = Config(
    agents=(Agent("ann", skills={"tech": 30}),),
    queues=(Queue("sales", requirement="tech >= 50 and (tech < 90 or tech > 95)"),),
)
RESERVED = Config(
    agents=(ANN, BEN),
    queues=(Queue("sales", members=("ben",), reserves=(Reserve(members=("ann",), after_ns=60),)),),
)
CONDITIONAL = Config(
    agents=(ANN, BEN),
    queues=(Queue("sales", members=("ben",), reserves=(Reserve(members=("ann",), when="waiting > 5"),)),),
)
MEDIA = Config(
    channels=(Channel("voice", interrupts=("mail",)), Channel("mail")), agents=(ANN,), queues=(SALES,)
)
LOADED = Config(
    channels=(Channel("mail", capacity=5, load=60),),
    agents=(ANN,),
    queues=(SALES,),
)
DRAINING = Config(
    channels=(Channel("mail", capacity=9, load=50),),
    agents=(ANN,),
    queues=(Queue("large", ring_timeout_ns=0, drain_after_ns=5), SALES),
)
BATCHED = Config(
    agents=(ANN,), queues=(Queue("sales", strategy="weighted", weights=Weights(idle=1), batch_ns=50),)
)
RING = Config(agents=(ANN, BEN), queues=(Queue("sales", strategy="ring_all", ring_timeout_ns=0),))

CASES: dict[str, Case] = {
    "not_logged_in": Case(OPEN, [(5, ASKED)], (Reason("not_logged_in"),)),
    "leaving": Case(
        OPEN,
        [*((1, one) for one in BUSY), (2, c.LogOut("ann")), (5, ASKED)],
        (Reason("leaving"), Reason("no_room", "voice", have=1, most=1)),
    ),
    "not_ready": Case(OPEN, [(1, LogIn("ann", False, "lunch")), (5, ASKED)], (Reason("not_ready", "lunch"),)),
    "device": Case(
        OPEN,
        [(1, LogIn("ann")), (2, c.ReportDevice("ann", "unreachable")), (5, ASKED)],
        (Reason("device", "unreachable"),),
    ),
    "retry_hold": Case(
        OPEN,
        [(1, LogIn("ann")), (2, ASKED), (5, c.FailOffer("c1", "ann", "unreachable"))],
        (Reason("retry_hold", until_ns=5 + SALES.retry_delay_ns),),
    ),
    "no_room": Case(
        OPEN, [*((1, one) for one in BUSY), (5, ASKED)], (Reason("no_room", "voice", have=1, most=1),)
    ),
    "no_room by load": Case(
        LOADED,
        [
            (1, LogIn("ann")),
            (1, EnqueueContact("c0", ("sales",), "mail")),
            (2, EnqueueContact("c1", ("sales",), "mail")),
        ],
        (Reason("no_room", "load", have=60, most=100),),
    ),
    "interruption": Case(
        MEDIA,
        [*((1, one) for one in BUSY), (5, EnqueueContact("c1", ("sales",), "mail"))],
        (Reason("interruption", "c0"),),
    ),
    "pair_hold": Case(
        OPEN,
        [(1, LogIn("ann")), (2, ASKED), (5, c.RejectOffer("c1", "ann"))],
        (Reason("pair_hold", until_ns=35),),
    ),
    "contact_held": Case(
        OPEN,
        [(1, LogIn("ann")), (2, ASKED), (5, c.FailOffer("c1", "ann", "trunk_error"))],
        (Reason("contact_held", until_ns=5 + SALES.retry_delay_ns),),
    ),
    "not_a_member": Case(
        Config(agents=(ANN, BEN), queues=(Queue("sales", members=("ben",)),)),
        [(1, LogIn("ann")), (2, ASKED)],
        (Reason("not_a_member", queue="sales"),),
    ),
    "reserve_not_active by age": Case(
        RESERVED,
        [(1, LogIn("ann")), (2, ASKED)],
        (Reason("reserve_not_active", "after", queue="sales", until_ns=62),),
    ),
    "reserve_not_active by condition": Case(
        CONDITIONAL,
        [(1, LogIn("ann")), (2, ASKED)],
        (Reason("reserve_not_active", "when", queue="sales"),),
    ),
    "step_not_satisfied": Case(
        SKILLED,
        [(1, LogIn("ann")), (2, ASKED)],
        (
            Reason(
                "step_not_satisfied",
                "tech >= 50 and (tech < 90 or tech > 95)",
                queue="sales",
                terms=("tech >= 50 (has 30)",),
            ),
        ),
    ),
    "preferred_wait": Case(
        Config(agents=(ANN, BEN), queues=(SALES,)),
        [
            (1, LogIn("ann")),
            (1, LogIn("ben", False)),
            (2, EnqueueContact("c1", ("sales",), preferred=(Preference("ben"),), prefer_ns=40)),
        ],
        (Reason("preferred_wait", until_ns=42),),
    ),
    "rings_already": Case(
        RING,
        [(1, LogIn("ann")), (2, ASKED)],
        (Reason("no_room", "voice", have=1, most=1), Reason("rings_already")),
    ),
    "takes_part": Case(
        Config(agents=(ANN,), queues=(SALES,), channels=(Channel("voice", capacity=2),)),
        [
            (1, command)
            for command in (LogIn("ann"), EnqueueContact("c0", ("sales",)), c.AcceptOffer("c0", "ann"))
        ]
        + [(2, EnqueueContact("c1", ("sales",), parent="c0"))],
        (Reason("takes_part"),),
    ),
    "reserved_for_other": Case(
        DRAINING,
        [
            (1, LogIn("ann")),
            (1, EnqueueContact("c0", ("sales",), "mail", load=90)),
            (1, c.AcceptOffer("c0", "ann")),
            (2, EnqueueContact("big", ("large",), "mail", load=100)),
            (9, EnqueueContact("c1", ("sales",), "mail", load=1)),
        ],
        (Reason("reserved_for_other", "big"),),
    ),
    "several": Case(
        RESERVED,
        [(1, LogIn("ann", False)), (1, c.ReportDevice("ann", "in_use")), (2, ASKED)],
        (
            Reason("not_ready"),
            Reason("device", "in_use"),
            Reason("reserve_not_active", "after", queue="sales", until_ns=62),
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_reason(name: str) -> None:
    case = CASES[name]
    found = after(case.config, *case.told).explain("c1")
    ann = verdict(found, "ann")
    assert ann.reasons == case.reasons
    assert not ann.candidate
    assert [reason.code for reason in ann.reasons] == sorted(
        (reason.code for reason in ann.reasons), key=CODES.index
    )


def test_every_code_has_a_case() -> None:
    shown = {reason.code for case in CASES.values() for reason in case.reasons}
    assert shown == set(CODES) - DELAYS


def test_a_batch_keeps_candidates_waiting() -> None:
    found = after(BATCHED, (1, LogIn("ann")), (2, ASKED)).explain("c1")
    ann = verdict(found, "ann")
    assert (ann.candidate, ann.place, found.batch_until_ns) == (True, 1, 52)
    assert ann.reasons == (Reason("batch_window", queue="sales", until_ns=52),)


def test_a_group_that_rings_enough() -> None:
    config = Config(
        agents=(ANN, BEN), queues=(Queue("sales", strategy="ring_n", ring_agents=1, ring_timeout_ns=0),)
    )
    found = after(config, (1, LogIn("ann")), (1, LogIn("ben")), (2, ASKED)).explain("c1")
    assert found.rings_at == ("ann",)
    assert verdict(found, "ben").reasons == (Reason("rings_enough", have=1),)


# ---------------------------------------------------------------------------------------------- the contact


def test_how_the_key_came_about() -> None:
    queue = Queue("sales", tier=2, credit_ns=7, priority_credits_ns=(0, 100))
    engine = after(
        Config(agents=(ANN,), queues=(queue,)),
        (1_000, EnqueueContact("c0", ("sales",))),
        (1_050, EnqueueContact("c1", ("sales",), priority=5, credit_ns=3)),
    )
    found = engine.explain("c1")
    assert found.key is not None
    assert found.key.order == (2, 940, 1_050, 2)
    assert found.key.parts == (
        Part("enqueued", 1_050),
        Part("credit", -3),
        Part("queue_credit", -7),
        Part("priority", -100),
    )
    assert (found.before, found.standing) == (0, 2)
    assert engine.explain("c0").before == 1


def test_steps_and_reserves_of_a_visit() -> None:
    queue = Queue(
        "sales",
        members=("ben",),
        steps=(Step("tech"), Step("tech or sale", 20), Step("", 90, "waiting > 3")),
        reserves=(Reserve(members=("ann",), after_ns=10), Reserve(members=("ann",), when="waiting > 3")),
    )
    config = Config(skills=("tech", "sale"), agents=(ANN, BEN), queues=(queue,))
    engine = after(config, (100, ASKED))
    engine.advance(125)
    (visit,) = engine.explain("c1").visits
    assert (visit.step, visit.steps, visit.expression, visit.reached_ns) == (1, 3, "tech or sale", 120)
    assert (visit.next_after_ns, visit.next_expression, visit.next_when) == (90, "", "waiting > 3")
    assert visit.reserves == (ReserveState(0, True, True), ReserveState(1, True, False))


def test_a_contact_in_hand() -> None:
    found = after(OPEN, *((1, one) for one in BUSY)).explain("c0")
    assert (found.state, found.lead_queue, found.verdicts) == ("handling", "", ())


# --------------------------------------------------------------------------------------------- what is listed


def many() -> Engine:
    agents = tuple(Agent(f"a{i}") for i in range(6))
    config = Config(
        agents=agents, queues=(Queue("sales", members=("a0", "a1", "a2"), batch_ns=9, strategy="weighted"),)
    )
    told: list[tuple[int, Command]] = [(i + 1, LogIn(f"a{i}", i != 1)) for i in range(5)]
    return after(config, *told, (10, ASKED))


def test_the_order_of_the_list_and_its_limits() -> None:
    engine = many()
    whole = engine.explain("c1")
    assert [one.agent for one in whole.verdicts] == ["a0", "a2", "a1", "a3", "a4", "a5"]
    assert [one.place for one in whole.verdicts] == [1, 2, 0, 0, 0, 0]
    some = engine.explain("c1", agents=("a5", "a2"))
    assert [one.agent for one in some.verdicts] == ["a2", "a5"]
    few = engine.explain("c1", limit=3)
    assert few.verdicts == whole.verdicts[:3]
    assert some.totals == few.totals == whole.totals
    assert whole.totals == {"not_logged_in": 1, "not_ready": 1, "not_a_member": 3, "batch_window": 2}
    assert (few.agents, few.candidates) == (6, 2)


def test_misuse() -> None:
    engine = many()
    with pytest.raises(UsageError, match="not alive"):
        engine.explain("nobody")
    with pytest.raises(UsageError, match="'a9' is not configured"):
        engine.explain("c1", agents=("a9",))
    with pytest.raises(UsageError, match="below 0"):
        engine.explain("c1", limit=-1)


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("tech", ("tech (has 0)",)),
        ("not fr", ("not fr (has 40)",)),
        ("fr >= 50 or es", ("fr >= 50 (has 40)", "es (has 0)")),
        ("fr and es", ("es (has 0)",)),
        ("not (fr and fr > 30)", ("not fr (has 40)", "fr <= 30 (has 40)")),
        ("not (fr or es)", ("not fr (has 40)",)),
        ("50 <= fr <= 70", ("fr >= 50 (has 40)",)),
        ("False", ("False",)),
        ("fr", ()),
        ("", ()),
    ],
)
def test_the_terms_that_fail(expression: str, terms: tuple[str, ...]) -> None:
    assert failing(compile_requirement(expression), {"fr": 40}) == terms


# ------------------------------------------------------------------------------------------------------ laws


@pytest.mark.parametrize("seed", range(8))
def test_explaining_changes_nothing_and_nobody_waits_for_nothing(seed: int) -> None:
    """Whoever waits in a settled engine has no candidate, but for a batch or a group that rings at enough."""
    centres = Centres(Random(seed), features=ALL_FEATURES)
    driven = Alone(valid_config(centres))
    for move in moves(centres, driven, 100):
        driven.make(move)
        engine = driven.compiled
        before = engine.digest, engine.revision, engine.snapshot()
        for contact in engine.contacts:
            found = engine.explain(contact)
            assert all(one.reasons for one in found.verdicts)
            assert {
                reason.code for one in found.verdicts if one.candidate for reason in one.reasons
            } <= DELAYS
            assert found.candidates + sum(not one.candidate for one in found.verdicts) == found.agents or (
                found.state in ("handling", "held")
            )
        assert (engine.digest, engine.revision, engine.snapshot()) == before


def test_wrap_up_takes_room() -> None:
    queue = Queue("sales", wrap_up_ns=UNLIMITED)
    told: list[Command] = [*BUSY, c.CompleteContact("c0"), ASKED]
    found = after(Config(agents=(ANN,), queues=(queue,)), *((1, one) for one in told)).explain("c1")
    assert verdict(found, "ann").reasons == (Reason("no_room", "voice", have=1, most=1),)
