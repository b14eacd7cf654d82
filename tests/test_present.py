"""A fold that joins late stands as if it had seen everything, and counts alike from then on.

Owns `routing.statistics.present`; must not know how a fold counts.
"""

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from centres import ALL_FEATURES, Centres
from hypothesis import given, settings
from hypothesis import strategies as st
from machine import Alone, Move, moves, valid_config
from msgspec.structs import asdict

from routing.commands import (
    AcceptOffer,
    Command,
    CompleteContact,
    EnqueueContact,
    LogIn,
    RequeueContact,
    SetNotReady,
)
from routing.engine import Engine
from routing.events import ContactEnded, ContactHandedOver, ContactRequeued, ContactRetrieved, OfferAccepted
from routing.model import Agent, Config, Overflow, Queue
from routing.statistics.fold import Settings, Statistics
from routing.statistics.present import present
from routing.statistics.shapes import MAXIMA

#: What an engine does not remember: that somebody was answered before, when ringing and wrap-up began.
UNKNOWN = MAXIMA | {
    "ring_ns",
    "wrap_up_ns",
    "contact_wrap_up_ns",
    "contacts_answered",
    "contacts_answered_in",
    "contacts_transferred",
    "contact_wait_answered_ns",
    "contact_wait_abandoned_ns",
    "contacts_abandoned_in",
    "contacts_abandoned_short",
}
SMALL = Settings(interval_ns=60_000_000_000, short_abandon_ns=3, pane_ns=7, panes=5, records=True)


def gauges(statistics: Statistics, engine: Engine) -> dict[str, Any]:
    """What shows of the present, with instants where the engine keeps them."""
    statistics.advance(engine.now_ns)
    found: dict[str, Any] = {}
    for queue in engine.queues:
        now = statistics.queue_now(queue)
        found[queue] = (now.waiting, now.longest_wait_ns, now.in_hand, now.in_wrap_up)
        found[f"waiting {queue}"] = statistics.waiting(queue)
    for agent in engine.agents:
        one = statistics.agent_now(agent)
        reason = one.reason if one.state == "not_ready" else ""
        device = one.device if one.state != "logged_out" else ""
        found[agent] = (
            one.state,
            one.leaving,
            one.ready,
            reason,
            device,
            one.in_hand,
            one.ringing,
            one.wrap_ups,
        )
    for channel in engine.config.channels:
        now_of = statistics.channel_now(channel.id)
        found[f"channel {channel.id}"] = (now_of.contacts, now_of.in_hand)
    found["centre"] = statistics.centre_now().agents
    return found


def counts(statistics: Statistics, engine: Engine, *, apart: bool = True) -> dict[tuple[str, str], int]:
    """What was counted; unless ``apart``, what was talked and what was on hold together."""
    found: dict[tuple[str, str], int] = {}
    for queue in engine.queues:
        found |= {
            (queue, name): value
            for name, value in asdict(statistics.queue(queue)).items()
            if name not in UNKNOWN
        }
    for agent in engine.agents:
        for name, value in asdict(statistics.agent(agent)).items():
            if name not in UNKNOWN and name != "not_ready_by":
                found[agent, name] = value
    if not apart:
        for noun in {noun for noun, _ in found}:
            found[noun, "talk_ns"] = found[noun, "talk_ns"] + found.pop((noun, "hold_ns"))
    return found


def joined(engine: Engine) -> Statistics:
    events = present(engine)
    assert all(early.at_ns <= late.at_ns for early, late in pairwise(events))
    assert not events or events[-1].at_ns <= engine.now_ns
    late = Statistics(
        engine.config,
        SMALL,
        configuration=lambda: engine.config,
        at_ns=events[0].at_ns if events else engine.now_ns,
    )
    late.fold(events)
    late.advance(engine.now_ns)
    late.forget()
    assert late.misplaced == 0
    assert not any(counts(late, engine).values())
    return late


def answered(engine: Engine, move: Move) -> Any:
    if move.command is None:
        return engine.advance(move.at_ns)
    early = engine.advance(move.at_ns)
    before = engine.revision
    done = engine.apply(move.command, move.at_ns, request_id=move.request_id)
    return early + done[: engine.revision - before]


def run(random: Random, steps: int) -> None:
    centres = Centres(random, features=ALL_FEATURES)
    config = valid_config(centres)
    driven = Alone(config)
    seen = Statistics(config, SMALL, configuration=lambda: driven.compiled.config)
    late: Statistics | None = None
    before: dict[tuple[str, str], int] = {}
    rested: set[str] = set()  # in hand, and once on hold in these hands, which an engine does not remember
    apart = True
    at = random.randrange(steps)
    made: Iterator[Move] = moves(centres, driven, steps)
    for number, move in enumerate(made):
        engine = driven.compiled
        events = answered(engine, move)
        seen.fold(events)
        if late is None:
            for event in events:
                if isinstance(event, ContactRetrieved):
                    rested.add(event.contact)
                elif isinstance(event, ContactEnded | ContactRequeued | ContactHandedOver | OfferAccepted):
                    rested.discard(event.contact)
            if number >= at:
                seen.advance(engine.now_ns)
                apart = not any(one in engine.contacts for one in rested)
                late, before = joined(engine), counts(seen, engine, apart=apart)
        else:
            late.fold(events)
        if late is not None:
            assert gauges(late, engine) == gauges(seen, engine)
            now, since = counts(seen, engine, apart=apart), counts(late, engine, apart=apart)
            known = {key for key in since if key in before}
            assert {key: now[key] - before[key] for key in known} == {key: since[key] for key in known}


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(5, 120))
def test_a_fold_that_joins_late_stands_as_if_it_had_seen_everything(seed: int, steps: int) -> None:
    run(Random(seed), steps)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_also_after_longer_runs(seed: int) -> None:
    for part in range(10):
        run(Random(f"{seed} {part}"), 300)


def test_instants_are_those_of_the_engine() -> None:
    centre = Config(
        agents=(Agent("ann"), Agent("ben"), Agent("cat"), Agent("nobody")),
        queues=(
            Queue("sales", wrap_up_ns=50, max_wait=Overflow(to="queue", queue="more", after_ns=100)),
            Queue("more", members=("nobody",)),
        ),
    )
    engine = Engine(centre)
    commands: tuple[Command, ...] = (
        LogIn("ann"),
        LogIn("ben"),
        SetNotReady("ben", "lunch"),
        EnqueueContact("c1", ("sales",)),
        AcceptOffer("c1", "ann"),
        EnqueueContact("c2", ("sales",)),
        RequeueContact("c1", ("sales",)),
        CompleteContact("nobody"),
    )
    for at_ns, command in enumerate(commands):
        engine.apply(command, at_ns)
    engine.advance(30)
    late = joined(engine)
    assert late.queue_now("sales").longest_wait_ns == 30 - 5
    assert late.agent_now("ann").state == "wrap_up"
    assert late.agent_now("ben").reason == "lunch"
    assert late.agent_now("cat").state == "logged_out"
    late.fold(engine.advance(160))  # ben is at lunch, c1 rings at ann again, c2 has overflowed
    assert (late.queue_now("sales").waiting, late.queue_now("more").waiting) == (1, 1)
