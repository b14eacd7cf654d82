"""Downtime and front-ends that come back: what can be seen of an engine then, beside its events.

What it says stands in the transcripts ``resuming`` and ``syncing``.
"""

import pytest

from routing import (
    AcceptOffer,
    Agent,
    Channel,
    CompleteContact,
    Config,
    Engine,
    EnqueueContact,
    LiveCall,
    LogIn,
    Queue,
    Resume,
    SetNotReady,
    SyncCalls,
)
from routing.commands import Command, RemoveAgent
from routing.errors import UsageError
from routing.events import CallsSynced
from routing.explaining.shapes import Reason
from routing.explanation import explain_decision
from routing.journal import Writer, header, write
from routing.units import SECOND

CENTRE = Config(
    agents=(Agent("ann"), Agent("ben")),
    queues=(Queue("sales", wrap_up_ns=5 * SECOND), Queue("back")),
    resume_grace_ns=10 * SECOND,
)


def talking() -> Engine:
    """Ann wraps up for five seconds, a call rings at Ben and another waits."""
    engine = Engine(CENTRE)
    for command in (
        LogIn("ann"),
        EnqueueContact("c1", ("sales",)),
        AcceptOffer("c1", "ann"),
        CompleteContact("c1"),
        LogIn("ben"),
        EnqueueContact("c2", ("sales",), front_end="switch"),
        EnqueueContact("c3", ("back",)),
    ):
        engine.apply(command, SECOND)
    return engine


def test_pictures_show_when_a_wrap_up_is_over() -> None:
    engine = talking()
    (before,) = engine.agents["ann"].segments
    engine.apply(Resume(20 * SECOND), 2 * SECOND)
    (after,) = engine.agents["ann"].segments
    assert (before.until_ns, after.until_ns) == (6 * SECOND, 30 * SECOND)
    assert engine.advance(30 * SECOND - 1)[-1].at_ns == 20 * SECOND
    assert engine.agents["ann"].segments
    engine.advance(30 * SECOND)
    assert [part.state for part in engine.agents["ann"].segments] == ["ringing"]


def test_a_contact_shows_its_front_end() -> None:
    contacts = talking().contacts
    assert [contacts[contact].front_end for contact in ("c2", "c3")] == ["switch", ""]


def test_a_snapshot_within_the_pause_goes_on_alike() -> None:
    engine = talking()
    engine.apply(Resume(20 * SECOND), 2 * SECOND)
    twin = Engine.restore(engine.snapshot())
    for at_ns in (10 * SECOND, 20 * SECOND, 29 * SECOND, 40 * SECOND):
        assert twin.next_due_ns == engine.next_due_ns
        assert twin.advance(at_ns) == engine.advance(at_ns)
        assert twin.snapshot() == engine.snapshot()
    twin._check()


def test_the_pause_is_a_reason_to_wait() -> None:
    engine = talking()
    engine.apply(Resume(20 * SECOND), 2 * SECOND)
    verdict = engine.explain("c2").verdicts[0]
    assert (verdict.agent, verdict.candidate) == ("ben", True)
    assert verdict.reasons == (Reason("resuming", until_ns=20 * SECOND),)
    engine.advance(20 * SECOND)
    assert "resuming" not in engine.explain("c3").totals


def test_a_change_of_the_grace_moves_none_that_runs() -> None:
    engine = talking()
    engine.apply(Resume(), 2 * SECOND)
    assert engine.config.resume_grace_ns == 10 * SECOND
    assert engine.agents["ann"].segments[0].until_ns == 12 * SECOND


def test_a_front_end_that_knows_nobody_needs_no_contacts() -> None:
    (synced,) = Engine(CENTRE).apply(SyncCalls("switch", (LiveCall("c9", "ann"),)), 5)
    assert synced == CallsSynced(5, "switch", 0, 0, ("c9",))


def test_what_was_lost_is_known_for_a_while() -> None:
    engine = talking()
    engine.apply(SyncCalls("switch"), 2 * SECOND)
    (refused,) = engine.apply(EnqueueContact("c2", ("sales",), front_end="switch"), 2 * SECOND)
    assert getattr(refused, "reason", "") == "already_so"


@pytest.mark.parametrize(
    ("last", "totals"),
    [
        (SetNotReady("ann", "lunch"), {"not_logged_in": 1, "not_ready": 1}),
        (RemoveAgent("ann"), {"not_logged_in": 1}),
    ],
    ids=["not ready", "leaving for good"],
)
def test_an_adoption_is_explained_like_any_offer(last: Command, totals: dict[str, int]) -> None:
    agents, channels = (Agent("ann"), Agent("ben")), (Channel("voice", capacity=2),)
    told: list[Command] = [
        LogIn("ann"),
        EnqueueContact("c1", ("q",)),
        AcceptOffer("c1", "ann"),
        last,
        EnqueueContact("c2", ("q",)),
        SyncCalls("", (LiveCall("c1"), LiveCall("c2", "ann"))),
    ]
    writer = Writer()
    journal = [write(header(Config(agents=agents, channels=channels, queues=(Queue("q"),)), 1))]
    journal += [writer.command(command, at) for at, command in enumerate(told)]
    decision = explain_decision(journal, offer=2)
    assert (decision.command, decision.contact, decision.agent) == ("SyncCalls", "c2", "ann")
    assert decision.explanation.totals == totals


def test_check_asks_for_misuse_alone() -> None:
    engine = talking()
    before = engine.snapshot()
    engine.check(LogIn("nobody"), request_id="r")
    engine.check(Resume(-1))
    with pytest.raises(UsageError, match="request_id"):
        engine.check(LogIn("ann"), request_id="r" * 129)
    assert engine.snapshot() == before
