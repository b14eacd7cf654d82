"""Single rules of the fold, each in a small story; and what may be asked of it.

Owns the cases by hand; must not know how anything is counted (`test_fold` holds every figure in random runs).
"""

from random import Random

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, moves, valid_config
from msgspec.structs import replace

from routing import events as e
from routing.commands import (
    AbandonContact,
    AcceptOffer,
    Command,
    CompleteContact,
    EnqueueContact,
    LogIn,
    LogOut,
    PutAgent,
    PutQueue,
    RequeueContact,
    SetNotReady,
)
from routing.engine import Engine
from routing.errors import CorruptSnapshotError, UsageError
from routing.model import UNLIMITED, Agent, Channel, Config, Queue
from routing.statistics.fold import Settings, Statistics
from routing.units import DAY, HOUR, MINUTE, SECOND

CENTRE = Config(
    agents=(Agent("ann", groups=("g",)), Agent("ben", groups=("g",), channels={"voice": 2})),
    queues=(Queue("a", wrap_up_ns=10 * SECOND), Queue("b", members=("ben",)), Queue("c")),
)
PLAIN = Settings()


class Story:
    """An engine and its statistics."""

    def __init__(self, config: Config = CENTRE, settings: Settings = PLAIN, at_ns: int = 0) -> None:
        self.engine = Engine(config)
        self.statistics = Statistics(
            self.engine.config, settings, configuration=lambda: self.engine.config, at_ns=at_ns
        )

    def do(self, second: int, *commands: Command) -> None:
        for command in commands:
            outcome = self.engine.apply(command, second * SECOND)
            assert not [event for event in outcome if isinstance(event, e.CommandRefused)], outcome
            self.statistics.fold(outcome)


def test_visits_and_contacts_are_told_apart() -> None:
    story = Story()
    story.do(0, EnqueueContact("x", ("a", "b")), EnqueueContact("y", ("b",)))
    story.do(10, LogIn("ben"))
    total, centre = story.statistics.total(), story.statistics.centre_now()
    assert (total.entered, total.contacts) == (3, 2)
    assert (centre.visits.waiting, centre.waiting) == (3, 2)
    story.do(12, AcceptOffer("x", "ben"))
    a, b = story.statistics.queue("a"), story.statistics.queue("b")
    assert (a.answered, a.answered_elsewhere, b.answered, b.answered_elsewhere) == (1, 0, 0, 1)
    story.do(20, AbandonContact("y"))
    assert story.statistics.queue("b").abandoned == 1
    assert story.statistics.queue("b").contacts_abandoned == 1


def test_an_abandon_belongs_to_the_primary_queue() -> None:
    story = Story()
    story.do(0, EnqueueContact("x", ("a", "b")))
    story.do(30, AbandonContact("x"))
    a, b = story.statistics.queue("a"), story.statistics.queue("b")
    assert (a.abandoned, a.ended_elsewhere, b.abandoned, b.ended_elsewhere) == (1, 0, 0, 1)
    assert (a.wait_abandoned_ns, b.wait_other_ns) == (30 * SECOND, 30 * SECOND)


def test_an_entry_is_given_up_before_the_next_is_made() -> None:
    queues = (Queue("a", split={"c": 100}), Queue("b"), Queue("c"))
    story = Story(Config(queues=queues))
    story.do(0, EnqueueContact("x", ("a", "b", "c")))
    a, c = story.statistics.queue("a"), story.statistics.queue("c")
    assert (a.entered, a.overflowed, a.waiting_max, a.waiting_ns) == (1, 1, 0, 0)
    assert (c.entered, c.entered_overflow) == (1, 1)
    story.do(5, AbandonContact("x"))
    assert story.statistics.queue("c").abandoned == 1  # it was entered before b


def test_what_comes_back_is_measured_from_then() -> None:
    story = Story()
    story.do(0, LogIn("ann"), EnqueueContact("x", ("a",)), AcceptOffer("x", "ann"))
    story.do(60, RequeueContact("x", ("c",)), LogOut("ann"))
    story.do(63, AbandonContact("x"))
    a = story.statistics.queue("a")
    assert (a.contacts_transferred, a.contacts_abandoned, a.contacts_abandoned_short) == (1, 1, 1)
    assert a.contact_wait_abandoned_ns == 3 * SECOND
    ann = story.statistics.agent("ann")
    assert (ann.transferred, ann.handled, ann.talk_ns, ann.log_outs) == (1, 0, 60 * SECOND, 0)
    assert story.statistics.agent_now("ann").leaving
    story.statistics.fold(story.engine.advance(90 * SECOND))
    assert story.statistics.agent("ann").contact_wrap_up_ns == 10 * SECOND
    assert story.statistics.agent_now("ann").state == "logged_out"


def test_of_two_wrap_ups_after_one_contact_the_timer_ends_the_due_one() -> None:
    agents = (Agent("ann", channels={"voice": 2}),)
    story = Story(
        Config(agents=agents, queues=(Queue("a", wrap_up_ns=UNLIMITED), Queue("b", wrap_up_ns=5 * SECOND)))
    )
    story.do(0, LogIn("ann"), EnqueueContact("x", ("a",)), AcceptOffer("x", "ann"))
    story.do(10, RequeueContact("x", ("b",)), AcceptOffer("x", "ann"))
    story.do(20, CompleteContact("x"))
    story.statistics.fold(story.engine.advance(40 * SECOND))
    a, b = story.statistics.queue("a"), story.statistics.queue("b")
    assert (a.wrap_ups, b.wrap_ups, b.wrap_up_ns) == (0, 1, 5 * SECOND)
    assert story.statistics.agent_now("ann").wrap_ups == 1


def test_not_ready_by_reason_over_an_interval() -> None:
    story = Story()
    story.do(0, LogIn("ann", False, "lunch"))
    story.do(1000, SetNotReady("ann", "training"))
    story.statistics.advance(30 * MINUTE)
    rows = story.statistics.take().agents
    assert [row.counts.not_ready_by for row in rows] == [
        {"lunch": 900 * SECOND},
        {"lunch": 100 * SECOND, "training": 800 * SECOND},
    ]
    assert story.statistics.group_now("g").not_ready_by == {"training": 1}
    assert story.statistics.take().agents == []


def test_figures_at_a_boundary_belong_to_the_later_interval() -> None:
    story = Story()
    story.do(899, EnqueueContact("x", ("a",)))
    story.do(900, AbandonContact("x"))
    story.statistics.advance(HOUR)
    first, second = story.statistics.take().queues
    assert (first.counts.entered, first.counts.abandoned, first.counts.waiting_ns) == (1, 0, SECOND)
    assert (second.start_ns, second.counts.abandoned, second.counts.waiting_ns) == (900 * SECOND, 1, 0)
    assert (second.counts.waiting_max, second.counts.wait_abandoned_ns) == (1, SECOND)


def test_rolling_figures_forget() -> None:
    story = Story()
    story.do(0, EnqueueContact("x", ("a",)), EnqueueContact("y", ("a",)))
    story.do(30, AbandonContact("x"), LogIn("ann"), AcceptOffer("y", "ann"))
    five, _, thirty = story.statistics.queue_now("a").rolling
    assert (five.answered, five.answered_in, five.abandoned, five.service_level) == (1, 0, 1, 0.0)
    story.statistics.advance(329 * SECOND)
    assert story.statistics.queue_now("a").rolling[0].answered == 1
    story.statistics.advance(330 * SECOND)
    five, _, thirty = story.statistics.queue_now("a").rolling
    assert (five.answered, five.service_level, thirty.answered) == (0, None, 1)
    story.statistics.advance(DAY)
    assert story.statistics.queue_now("a").rolling[2].answered == 0


def test_what_the_configuration_changes_is_read_anew() -> None:
    story = Story(replace(CENTRE, skills=("s",), groups=("g", "h")))
    story.do(0, LogIn("ann"))
    assert story.statistics.group_now("g").staffed == 1
    story.do(
        1, PutAgent(Agent("ann", groups=("h",), skills={"s": 5})), PutQueue(Queue("a", service_level_ns=0))
    )
    with pytest.raises(UsageError, match="group 'nobody'"):
        story.statistics.group_now("nobody")
    assert (story.statistics.group_now("g").staffed, story.statistics.group_now("h").idle) == (0, 1)
    assert story.statistics.skill_now("s").idle == 1
    story.do(2, EnqueueContact("x", ("a",)))
    story.do(3, AcceptOffer("x", "ann"))
    assert (story.statistics.queue("a").answered, story.statistics.queue("a").answered_in) == (1, 0)


def test_records_take_references_along() -> None:
    story = Story(settings=Settings(records=True))
    story.do(0, LogIn("ann"), EnqueueContact("x", ("b", "a")))
    story.statistics.describe("x", "customer-7", "subject-9")
    story.statistics.describe("nobody", "customer-8", "")
    story.do(5, AcceptOffer("x", "ann"))
    story.do(8, CompleteContact("x"))
    assert story.statistics.take().records == []  # ann wraps up
    story.statistics = Statistics.restore(story.statistics.snapshot(), story.engine.config)
    story.statistics.fold(story.engine.advance(MINUTE))
    story.do(70, LogOut("ann"))
    taken = story.statistics.take()
    (record,), (session,) = taken.records, taken.sessions
    assert (record.customer, record.subject, record.entry_queue, record.queue) == (
        "customer-7",
        "subject-9",
        "b",
        "a",
    )
    assert (record.visits, record.service_level_ns, record.segments[0].wrap_up_end_ns) == (
        2,
        20 * SECOND,
        18 * SECOND,
    )
    assert (session.agent, session.log_in_ns, session.log_out_ns) == ("ann", 0, 70 * SECOND)


def test_years_without_anybody_cost_nothing() -> None:
    statistics = Statistics(CENTRE)
    statistics.advance(1_800_000_000 * SECOND)
    assert statistics.take().queues == []


@pytest.mark.parametrize("seed", range(8))
def test_outcomes_may_be_folded_together(seed: int) -> None:
    """One by one, or many in one list: the same to the last byte."""
    random = Random(seed)
    centres = Centres(random, misuse=False, features=ALL_FEATURES)
    driven = Alone(valid_config(centres))
    config = driven.compiled.config
    settings = Settings(interval_ns=64, records=True)
    one, together = Statistics(config, settings), Statistics(config, settings)
    kept: list[e.Event] = []
    for move in moves(centres, driven, 150):
        before = driven.compiled.revision
        outcome = driven.make(move)[: driven.compiled.revision - before]
        one.fold(outcome)
        kept += outcome
        if random.randrange(10) == 0:
            together.fold(kept)
            kept = []
    together.fold(kept)
    assert one.total() == together.total()
    assert one.snapshot() == together.snapshot()


def test_what_was_never_told_is_counted_and_changes_nothing() -> None:
    statistics = Statistics(CENTRE)
    statistics.fold(
        (
            e.ContactOffered(1, "x", "ann", "a", 1, 0),
            e.OfferAccepted(2, "x", "ann", "a", 1, 1),
            e.ContactEnded(3, "x", e.Outcome.HANDLED, "a", "ann"),
            e.WrapUpStarted(3, "ann", "x", 0),
            e.WrapUpEnded(4, "ann", "x"),
            e.AgentLoggedOut(5, "ann"),
        )
    )
    assert statistics.misplaced == 6
    assert statistics.total() == Statistics(CENTRE).total()
    with pytest.raises(UsageError, match="is no event"):
        statistics.fold(["something"])  # type: ignore[list-item]


def test_what_is_not_known_is_refused() -> None:
    statistics = Statistics(Config(channels=(Channel("voice"),), queues=(Queue("sales"),)))
    with pytest.raises(UsageError, match="did you mean 'sales'"):
        statistics.queue("sale")
    with pytest.raises(UsageError, match="channel 'fax'"):
        statistics.channel_now("fax")
    with pytest.raises(UsageError, match="agent 'ann'"):
        statistics.agent_now("ann")
    for settings in (Settings(interval_ns=7 * MINUTE), Settings(pane_ns=0), Settings(panes=0)):
        with pytest.raises(UsageError, match="take"):
            Statistics(CENTRE, settings)


def test_damaged_snapshots_are_refused() -> None:
    story = Story()
    story.do(0, LogIn("ann"), EnqueueContact("x", ("a",)))
    saved = story.statistics.snapshot()
    for damaged in (b"", saved[:-1], saved[:40] + b"\0" + saved[41:], b"HGSNAP" + saved[6:]):
        with pytest.raises(CorruptSnapshotError):
            Statistics.restore(damaged, CENTRE)
    with pytest.raises(CorruptSnapshotError, match="format 4, this version reads 3"):
        Statistics.restore(saved[:6] + b"\0\4" + saved[8:], CENTRE)
