"""Call-backs, feature by feature: kept places, attempts, merging, crashes.

Owns one scenario for each promise of ``docs/call-backs.md``; must not test tables and commands of people
(``test_call_back_book``), nor windows (``test_call_backs_booked``), nor compare with a recount
(``test_call_backs_machine``).
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from promising import CENTRE, HOUR, MINUTE, NINE, RULES, SECOND, Office, ended, offered

from routing import (
    AbandonContact,
    Agent,
    CancelContact,
    CompleteContact,
    Config,
    Configure,
    EndAttempt,
    Engine,
    LiveCall,
    LogIn,
    LogOut,
    PublishEstimate,
    Queue,
    RejectOffer,
    Remark,
    RequestDial,
    RequeueContact,
    SyncCalls,
)
from routing.center.callbacks.desk import NotPromisedError
from routing.center.callbacks.files import loads_call_backs
from routing.center.callbacks.settings import CallBackSettings, QueueRules, check_against, check_settings
from routing.center.callbacks.wing import FOLLOWER, CallBacks, making
from routing.errors import ConfigError, CorruptSnapshotError
from routing.host import Host, Settings
from routing.host.counting import FOLLOWER as STATISTICS
from routing.journal.sqlite import SqliteJournal
from routing.model import Limits, Overflow
from routing.remarks import CallBack
from routing.replay import replay_batch, restored
from routing.statistics.metrics import total

pytestmark = pytest.mark.once


# ------------------------------------------------------------------------------------------- the place is kept


def test_a_caller_hangs_up_and_keeps_the_place() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.after(MINUTE)
    office.call("c2", "ben-jones")
    kept = office.desk.keep("c1", "ann-smith#p1", call_back="p1", confirmed=True)
    assert (kept.kind, kept.customer, kept.queue, kept.place_ns) == ("kept", "ann-smith", "sales", NINE)
    view = office.contact("c1")
    assert (view.state, view.enqueued_ns) == ("waiting", NINE)
    office.after(MINUTE)
    office.do(LogIn("ann"))
    assert offered(office) == ["c1"]  # before c2, who stayed on the line
    assert office.dials() == []
    office.take("c1")
    assert office.wanted == [
        RequestDial("p1/a1", "call-backs", "ann-smith#p1", agent="ann", contact="c1", customer="ann-smith")
    ]
    office.end("p1/a1", "person")
    assert office.contact("c1").segment.agent == "ann"  # both talk, without another offer
    office.after(MINUTE)
    office.finish("c1")
    assert (office.get("p1").outcome, ended(office, "c1")) == ("served", "handled")
    assert office.due().proposals == ()
    assert office.refused() == []


def test_who_asked_is_counted_once() -> None:
    """Of arrivals, answers and abandons: one contact, answered, however often it is dialled."""
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.do(LogIn("ann"))
    office.take("c1")
    office.end("p1/a1", "no_answer")
    office.after(10 * MINUTE)
    office.take("p1/1")
    office.end("p1/a2", "person")
    office.finish("p1/1")

    def counts(channel: str) -> Any:
        return office.host.look(STATISTICS, lambda one: one.statistics.queue_interval("sales", channel))

    voice, back = counts("voice"), counts("callback")
    assert (voice.contacts, voice.contacts_answered, voice.contacts_abandoned, voice.abandoned) == (
        1,
        1,
        0,
        0,
    )
    assert (back.contacts, back.arrived_outbound, back.contacts_answered) == (1, 1, 1)
    assert total([voice, back]).cancelled == 0


def test_a_kept_contact_that_is_kept_again_is_one() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n1", call_back="p1", confirmed=True)
    office.desk.keep("c1", "n2", call_back="p2", confirmed=True)
    assert (office.get("p1").outcome, office.get("p1").into) == ("merged", "p2")
    assert office.get("p2").contact == "c1"
    office.do(LogIn("ann"))
    office.take("c1")
    assert office.wanted == [
        RequestDial("p2/a1", "call-backs", "n2", agent="ann", contact="c1", customer="ann-smith")
    ]


def test_whoever_does_not_wait_is_not_kept() -> None:
    office = Office()
    office.call("c1")
    office.take("c1")
    with pytest.raises(NotPromisedError, match="book a call-back instead") as error:
        office.desk.keep("c1", "n")
    assert error.value.reason == "contact_not_waiting"
    with pytest.raises(NotPromisedError) as error:
        office.desk.keep("c9", "n")
    assert error.value.reason == "unknown_contact"


# ------------------------------------------------------------------------------------- attempts, spacing, expiry


def test_attempts_are_spaced_and_come_to_an_end() -> None:
    office = Office(RULES, logged_in=())
    office.call("c1", "ann-smith")
    office.after(3 * MINUTE)
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.do(LogIn("ann"))
    contacts, outcomes = ["c1", "p1/1", "p1/2"], ["no_answer", "busy", "machine"]
    for number, (contact, outcome) in enumerate(zip(contacts, outcomes, strict=True), 1):
        assert (
            office.contact(contact).enqueued_ns - office.contact(contact).credit_ns == NINE
        )  # the old place
        office.take(contact)
        office.after(20 * SECOND)
        office.end(f"p1/a{number}", outcome)
        assert office.contact(contact) is None  # the agent is free for wrap-up, not for another ring
        since = office.clock.at_ns
        office.after(10 * MINUTE - 1)
        assert office.contact(f"p1/{number}") is None
        office.after(1)
        assert (office.contact(f"p1/{number}") is not None) == (number < 3)
        assert office.clock.at_ns == since + 10 * MINUTE
    assert (office.get("p1").outcome, office.get("p1").tries) == ("unreached", 3)
    assert office.due() == type(office.due())()


def test_a_number_that_cannot_be_is_not_tried_again() -> None:
    office = Office()
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    office.end("p1/a1", "invalid")
    assert office.get("p1").outcome == "unreached"


def test_the_fault_of_a_carrier_is_no_attempt() -> None:
    office = Office(CallBackSettings(attempts=1))
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    office.end("p1/a1", "congestion")
    assert office.get("p1").open
    office.after(10 * MINUTE)
    office.take("p1/2")
    office.end("p1/a2", "no_answer")
    assert office.get("p1").outcome == "unreached"


def test_it_expires_with_an_outcome_of_its_own() -> None:
    office = Office(CallBackSettings(expire_ns=HOUR), logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.after(HOUR - 1)
    assert office.get("p1").open
    office.after(1)
    assert (office.get("p1").outcome, ended(office, "c1")) == ("expired", "cancelled")


def test_a_window_that_is_over_expires() -> None:
    office = Office(logged_in=())
    office.desk.book("p1", "sales", "n", NINE + HOUR, NINE + 2 * HOUR, confirmed=True)
    office.wait(NINE + 2 * HOUR - 1)
    assert (office.get("p1").outcome, office.get("p1").contact) == ("", "p1/1")
    office.after(1)
    assert (office.get("p1").outcome, office.contact("p1/1")) == ("expired", None)


def test_what_is_not_confirmed_is_not_dialled() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.call("c2", "ben-jones")
    office.desk.keep("c1", "n1", call_back="p1")
    office.desk.keep("c2", "n2", call_back="p2")
    office.desk.confirm("p2", "n3")
    office.do(LogIn("ann"), LogIn("ben"))
    office.take("c1", "ann")
    assert office.get("p1").outcome == "not_confirmed"
    office.take("c2", "ben")
    assert office.wanted[-1] == RequestDial(
        "p2/a1", "call-backs", "n3", agent="ben", contact="c2", customer="ben-jones"
    )
    office.desk.book("p3", "sales", "n", to_ns=office.clock.at_ns + HOUR)
    office.after(2 * HOUR)
    assert (office.get("p3").outcome, len(office.dials())) == ("expired", 1)


# --------------------------------------------------------------------------------------------- who comes first


def test_by_default_nobody_who_answers_waits() -> None:
    """Agent first: whatever customers and agents do, a dial has an agent behind it."""
    office = Office()
    for number in range(5):
        office.desk.book(f"p{number}", "sales", f"n{number}", confirmed=True)
    random = Random(1)
    for _ in range(200):
        office.step()
        contacts = office.host.read(lambda engine: list(engine.contacts.values()))
        for one in contacts:
            if one.state == "offered" and random.random() < 0.5:
                office.take(one.id)
            elif one.state == "handling" and not office.host.read(lambda engine: list(engine.attempts)):
                office.finish(one.id)
        for attempt in office.host.read(lambda engine: list(engine.attempts)):
            assert office.contact(office.attempt(attempt).contact).segment.agent == "ann"
            office.end(attempt, random.choice(("person", "busy")))
        office.after(MINUTE)
    assert len(office.dials()) > 5
    assert {one.outcome for one in office.promises()} <= {"served", "unreached"}


def test_the_customer_may_be_dialled_shortly_before_the_turn() -> None:
    office = Office(CallBackSettings(dial="customer", lead_ns=30 * SECOND), logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.do(PublishEstimate("sales", 4 * MINUTE))
    office.after(MINUTE)
    assert office.dials() == []  # half of four minutes: not yet
    assert office.desk.expected_ns("p1") == 2 * MINUTE
    office.do(PublishEstimate("sales", MINUTE))
    assert office.dials() == ["p1/a1"]
    office.end("p1/a1", "person")
    assert office.desk.expected_ns("p1") == 0
    office.do(LogIn("ann"))
    office.take("c1")
    assert office.dials() == ["p1/a1"]
    office.finish("c1")
    assert office.get("p1").outcome == "served"


def test_who_was_dialled_first_and_leaves_was_dropped() -> None:
    office = Office(CallBackSettings(dial="customer"), logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.do(PublishEstimate("sales", SECOND))
    office.after(2 * SECOND)
    office.end("p1/a1", "person")
    office.do(AbandonContact("c1"))
    assert office.get("p1").outcome == "dropped"


def test_who_was_dialled_first_in_vain_does_not_ring_at_an_agent() -> None:
    office = Office(CallBackSettings(dial="customer"), logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.host.look(FOLLOWER, lambda wing: wing.estimate_by(lambda *_: 0))
    office.after(2 * SECOND)
    office.end("p1/a1", "no_answer")
    assert office.contact("c1") is None
    office.after(10 * MINUTE)
    assert office.dials() == ["p1/a1", "p1/a2"]
    office.do(LogIn("ann"))
    office.take("p1/1")
    office.end("p1/a2", "person")
    office.finish("p1/1")
    assert office.get("p1").outcome == "served"


# ---------------------------------------------------------------------------------------------------- merging


def test_who_calls_meanwhile_gets_the_place() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.after(MINUTE)
    office.call("c2", "ben-jones")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.after(MINUTE)
    office.call("c3", "ann-smith")
    assert (office.get("p1").outcome, office.get("p1").into) == ("merged", "c3")
    assert (office.contact("c1"), office.contact("c3").credit_ns) == (None, 2 * MINUTE)
    office.do(LogIn("ann"))
    assert offered(office) == ["c3"]
    assert office.due().proposals == ()


def test_a_window_to_come_ends_when_the_caller_is_answered() -> None:
    office = Office(logged_in=())
    office.desk.book("p1", "sales", "n", NINE + HOUR, NINE + 2 * HOUR, customer="ann-smith", confirmed=True)
    office.call("c1", "ann-smith")
    assert office.get("p1").open
    office.do(AbandonContact("c1"))
    assert office.get("p1").open
    office.call("c2", "ann-smith")
    office.do(LogIn("ann"))
    office.take("c2")
    assert (office.get("p1").outcome, office.get("p1").into) == ("merged", "c2")


@pytest.mark.parametrize(
    ("merge", "queues", "merged"),
    [
        ("answer", "same", False),
        ("never", "any", False),
        ("arrival", "same", False),
        ("arrival", "any", True),
    ],
)
def test_merging_is_as_configured(merge: Any, queues: Any, merged: bool) -> None:
    office = Office(CallBackSettings(merge=merge, merge_queues=queues), logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.call("c2", "ann-smith", "tech")
    assert (office.get("p1").outcome == "merged") == merged


def test_who_is_on_the_line_is_not_dialled() -> None:
    """Merged as they are answered; should the turn come before, the caller takes it."""
    office = Office(CallBackSettings(merge="answer"), logged_in=())
    office.call("c1", "ann-smith")
    office.after(MINUTE)
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.call("c2", "ann-smith")
    office.do(LogIn("ann"))
    office.take("c1")
    assert (office.dials(), office.get("p1").outcome) == ([], "merged")
    office.after(10 * SECOND)  # wrap-up
    assert office.contact("c2").segment.agent == "ann"


def test_two_call_backs_of_one_customer_are_one() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.desk.book("p2", "sales", "n", NINE + HOUR, NINE + 2 * HOUR, customer="ann-smith", confirmed=True)
    office.step()
    assert (office.get("p1").outcome, office.get("p1").into, office.contact("c1")) == ("merged", "p2", None)
    office.desk.book("p3", "tech", "n", customer="ann-smith", confirmed=True)
    assert [one.call_back for one in office.desk.open_of("ann-smith")] == ["p2", "p3"]
    office.do(LogIn("ann"))
    office.wait(NINE + HOUR)
    office.take("p3/1")
    office.desk.book("p4", "tech", "n", customer="ann-smith", confirmed=True)
    assert (office.get("p4").outcome, office.get("p4").into) == ("merged", "p3")  # which is being made


def test_merging_again_changes_nothing() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.call("c2", "ann-smith")
    before = office.get("p1")
    for command in list(office.wanted):
        office.do(command)
    office.do(Remark("c2", CallBack("p1", "close", reason="merged")))
    assert office.get("p1").outcome == before.outcome
    assert office.due().proposals == ()
    assert [one.reason.value for one in office.refused()] == ["contact_ended"]


# --------------------------------------------------------------------------------------------- what goes wrong


def test_a_promise_outlives_its_contact() -> None:
    """Lost with its front-end, or given up by its queue: it is enqueued anew, at its place."""
    office = Office(logged_in=())
    office.call("c1", "ann-smith", front_end="pbx")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.after(MINUTE)
    office.do(SyncCalls("pbx", tuple(LiveCall(one) for one in office.desk.off_line())))
    assert office.contact("c1").state == "waiting"
    office.do(SyncCalls("pbx"))
    assert (ended(office, "c1"), office.get("p1").open) == ("lost", True)
    office.after(30 * SECOND)
    assert office.contact("p1/1").credit_ns == 90 * SECOND
    office.do(AbandonContact("p1/1"))
    office.after(30 * SECOND)
    assert office.contact("p1/2").credit_ns == 2 * MINUTE
    office.do(CancelContact("p1/2", "by hand"))
    assert office.get("p1").outcome == "cancelled"


def test_a_queue_that_gives_up_does_not_break_promises() -> None:
    centre = Config(
        agents=(Agent("ann"),),
        queues=(
            Queue("sales", max_wait=Overflow("disconnect", after_ns=MINUTE)),
            Queue("full", overflow=(Overflow(when="waiting < 9"),)),
        ),
    )
    office = Office(CallBackSettings(expire_ns=HOUR), centre, logged_in=())
    office.call("c1")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.desk.book("p2", "full", "n", confirmed=True)
    office.after(HOUR - 1)
    assert (ended(office, "c1"), office.get("p1").open, office.get("p1").contacts > 30) == (
        "rejected",
        True,
        True,
    )
    office.after(1)
    assert {office.get(name).outcome for name in ("p1", "p2")} == {"expired"}
    assert office.due().next_ns is None


def test_what_is_refused_is_not_wanted_again_as_it_was() -> None:
    centre = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
    office = Office(CallBackSettings(channel="fax", expire_ns=HOUR), centre)
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    assert [one.reason.value for one in office.refused()] == ["unknown_channel"]
    office.after(HOUR)
    assert len(office.refused()) == 120
    assert office.get("p1").outcome == "expired"


def test_limits_that_are_lowered_do_not_keep_it_turning() -> None:
    """Neither a dial nor a closing that the engine refuses is wanted for ever."""
    office = Office(CallBackSettings(expire_ns=HOUR), logged_in=())
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.do(Configure(replace(CENTRE, limits=Limits(attempts=0))), LogIn("ann"))
    office.take("p1/1")
    assert [one.reason.value for one in office.refused()] == ["attempts_limit"]
    assert (office.get("p1").tries, office.get("p1").last_outcome) == (0, "refused")
    office.do(LogOut("ann", force=True))
    office.after(10 * MINUTE)
    assert office.contact("p1/2") is not None
    office.do(Configure(replace(CENTRE, limits=Limits(remark_bytes=4))))
    office.after(HOUR)
    assert [one.reason.value for one in office.refused()] == ["attempts_limit", "remark_too_large"]
    assert (office.get("p1").outcome, office.contact("p1/2")) == ("expired", None)


def test_only_events_say_that_somebody_was_served() -> None:
    office = Office(logged_in=())
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.do(Remark("", CallBack("p1", "close", reason="served")))
    assert office.get("p1").outcome == "cancelled"


def test_an_agent_who_leaves_gives_it_back() -> None:
    office = Office(logged_in=("ann",))
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    office.do(LogOut("ann", force=True))
    office.end("p1/a1", "no_answer")
    office.after(10 * MINUTE)
    office.do(LogIn("ben"))
    office.take("p1/2", "ben")
    assert office.dials() == ["p1/a1", "p1/a2"]
    office.do(RequeueContact("p1/2"))  # while it rings at the customer's
    office.end("p1/a2", "person")
    office.after(10 * SECOND)  # wrap-up
    office.take("p1/2", "ben")
    office.finish("p1/2")
    assert office.get("p1").outcome == "served"


def test_an_agent_may_hang_up_before_anybody_answers() -> None:
    office = Office()
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    office.do(CompleteContact("p1/1"))
    assert office.wanted[-1] == EndAttempt("p1/a1", "cancelled")
    assert (office.get("p1").open, office.get("p1").tries) == (True, 1)


def test_an_offer_that_is_rejected_is_nobodys_attempt() -> None:
    office = Office(logged_in=("ann", "ben"))
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.do(RejectOffer("p1/1", office.contact("p1/1").segment.agent))
    assert (office.get("p1").tries, office.contact("p1/1").state) == (0, "offered")


def test_a_dial_of_which_nothing_is_heard_is_an_attempt() -> None:
    office = Office()
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    office.after(55 * SECOND)
    assert (office.get("p1").last_outcome, office.contact("p1/1")) == ("lost", None)


# ---------------------------------------------------------------------------------------------------- crashes


def test_after_a_crash_the_same_is_wanted(tmp_path: Path) -> None:
    """Cut anywhere, with or without a snapshot: promises, wishes and rows are as they were."""
    path = tmp_path / "centre.journal"
    office = Office(path=path, logged_in=())
    deeds: list[Callable[[], object]] = [
        lambda: office.call("c1", "ann-smith"),
        lambda: office.desk.keep("c1", "n1", call_back="p1", confirmed=True),
        lambda: office.desk.book("p2", "tech", "n2", NINE, NINE + HOUR, customer="eve", confirmed=True),
        lambda: office.do(LogIn("ann"), step=False),
        office.host.snapshot,
        office.step,
        lambda: office.take("c1"),
        lambda: office.do(EndAttempt("p1/a1", "busy"), step=False),
        lambda: office.host.look(FOLLOWER, lambda wing: wing.confirm(wing.take()[0])),
        office.step,
        lambda: office.call("c2", "eve", "tech"),
        lambda: office.do(EndAttempt("nothing", "busy")),
    ]
    for number, deed in enumerate(deeds):
        deed()
        folder = tmp_path / f"cut-{number}"
        folder.mkdir()
        for file in tmp_path.glob(path.name + "*"):
            (folder / file.name).write_bytes(file.read_bytes())
        again = Host(
            None,
            folder / path.name,
            clock=office.clock,
            settings=Settings(threads=False),
            followers={FOLLOWER: making(RULES)},
        )
        now, then = office.host.follower(FOLLOWER), again.follower(FOLLOWER)
        assert isinstance(now, CallBacks)
        assert isinstance(then, CallBacks)
        assert then.all() == now.all()
        assert then.due(office.clock.at_ns) == now.due(office.clock.at_ns)
        written = {one.call_back for one in now.take()[1].call_backs}
        assert written <= {one.call_back for one in then.take()[1].call_backs}
        again.close()
    assert office.get("p2").outcome == "merged"


def test_the_journal_alone_brings_the_calendar_back(tmp_path: Path) -> None:
    """From its first line, under whatever settings: facts do not depend on them."""
    path = tmp_path / "centre.journal"
    office = Office(path=path)
    for number in range(20):
        office.desk.book(
            f"p{number}",
            "sales",
            "n",
            NINE + number * MINUTE,
            NINE + 5 * HOUR,
            customer=f"k{number % 7}",
            confirmed=True,
        )
        office.after(MINUTE)
        for one in office.host.read(lambda engine: list(engine.contacts.values())):
            if one.state == "offered":
                office.take(one.id)
        for attempt in office.host.read(lambda engine: list(engine.attempts)):
            office.end(attempt, ("person", "busy")[number % 2])
    office.host.close()
    with SqliteJournal(path, read_only=True) as journal:
        engine = restored(journal.load(journal.shelf()[-1]))
        fresh = CallBacks(engine, None, CallBackSettings(attempts=9, spacing_ns=HOUR))
        for batch in journal.read(0):
            replay_batch(engine, batch, 0, follow=fresh.follow)
    assert fresh.all() == office.promises()


def test_rows_stay_until_they_are_written() -> None:
    office = Office()
    wing = office.host.follower(FOLLOWER)
    assert isinstance(wing, CallBacks)
    office.desk.book("p1", "sales", "n", confirmed=True)
    number, rows = wing.take()
    assert [one.call_back for one in rows.call_backs] == ["p1"]
    office.step()
    wing.confirm(number)
    assert [one.contact for one in wing.take()[1].call_backs] == ["p1/1"]  # what has changed since
    wing.confirm(wing.take()[0])
    assert len(wing.take()[1]) == 0
    office.take("p1/1")
    office.end("p1/a1", "busy")
    state = wing.snapshot()
    again = CallBacks(office.host.read(lambda engine: Engine.restore(engine.snapshot())), state, RULES)
    assert again.take() == wing.take()
    assert [one.outcome for one in again.take()[1].attempts] == ["busy"]


def test_what_is_over_is_forgotten_in_time() -> None:
    office = Office(CallBackSettings(remember=2), logged_in=())
    for number in range(5):
        office.desk.book(f"p{number}", "sales", "n")
        office.desk.cancel(f"p{number}")
    assert [one.call_back for one in office.promises()] == ["p3", "p4"]
    assert office.host.look(FOLLOWER, lambda wing: wing.lost) == 3  # nobody had written them down


def test_dials_of_what_is_forgotten_are_forgotten() -> None:
    """Also when no database takes the rows: what waits for it has an end."""
    office = Office(replace(RULES, remember=1, attempts=1))
    for number in range(3):
        name = f"p{number}"
        office.desk.book(name, "sales", "n", confirmed=True)
        office.step()
        office.take(f"{name}/1")
        office.end(f"{name}/a1", "no_answer")
        assert office.get(name).outcome == "unreached"
        office.after(MINUTE)
    _, rows = office.host.look(FOLLOWER, lambda wing: wing.take())
    assert ([one.call_back for one in rows.call_backs], [one.attempt for one in rows.attempts]) == (
        ["p2"],
        ["p2/a1"],
    )


@pytest.mark.parametrize(
    "then", [lambda office: office.finish("c2"), lambda office: office.do(RequeueContact("c2"))]
)
def test_who_had_a_place_may_outlive_what_is_known_of_it(then: Callable[[Office], object]) -> None:
    """The call-back is forgotten while the caller who got its place still talks: the host goes on."""
    office = Office(replace(RULES, remember=1), logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    office.after(MINUTE)
    office.call("c2", "ann-smith")
    assert office.get("p1").heir == "c2"
    office.do(LogIn("ann"))
    office.take("c2")
    assert office.get("p1").heir == ""
    office.desk.book("p2", "tech", "n")
    office.desk.cancel("p2")
    assert [one.call_back for one in office.promises()] == ["p2"]
    then(office)
    office.after(MINUTE)
    assert office.host.state == "serving"


def test_a_wish_that_is_repeated_under_its_request_id_is_granted_again() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    for _ in range(2):
        assert office.desk.keep("c1", "n", call_back="p1", confirmed=True, request_id="r1").contact == "c1"
        assert office.desk.book("p2", "tech", "n", customer="ben-jones", request_id="r2").open
        moved = office.desk.move("p2", NINE + HOUR, NINE + 2 * HOUR, request_id="r3")
        assert moved.from_ns == NINE + HOUR
        assert office.desk.confirm("p2", request_id="r4").confirmed
    for _ in range(2):
        assert office.desk.cancel("p2", "no", request_id="r5").outcome == "cancelled"
    with pytest.raises(NotPromisedError) as error:
        office.desk.cancel("p2", "no", request_id="r6")
    assert error.value.reason == "is_over"
    for request_id in ("", "r3", "r7"):  # none, that of something else, and a new one
        with pytest.raises(NotPromisedError) as error:
            office.desk.book("p1", "tech", "n", request_id=request_id)
        assert error.value.reason == "exists"
    assert office.refused() == []


def test_a_state_that_cannot_be_read_stops_the_host() -> None:
    engine = Engine(CENTRE)
    for state in (b"", b"x", CallBacks(engine, None).snapshot().replace(b"\x01", b"\x07", 1)):
        with pytest.raises(CorruptSnapshotError):
            CallBacks(engine, state)


# --------------------------------------------------------------------------------------------------- settings


def test_settings_are_read_and_checked() -> None:
    settings = loads_call_backs(
        'attempts = 2\nring_timeout = "20s"\n[[queues]]\nqueue = "sales"\nper_slot = 4', "toml"
    )
    assert (settings.of("tech").ring_ns, settings.of("sales").per_slot) == (20 * SECOND, 4)
    for text, path in (
        ('dial = "nobody"', "dial"),
        ('spacing = "1ms"', "spacing"),
        ('ring_timeout = "11m"', "ring_timeout"),
        ('window = "10m"', "window"),
        ('[[queues]]\nqueue = "a"\n[[queues]]\nqueue = "a"', "queues[1].queue"),
        ("remember = 0", "remember"),
        ("attemps = 1", "attemps"),
    ):
        with pytest.raises(ConfigError) as error:
            loads_call_backs(text, "toml")
        assert error.value.path == path
    with pytest.raises(ConfigError):
        check_settings(CallBackSettings(profiles=("xx",)))


def test_settings_fit_the_centre() -> None:
    check_against(RULES, CENTRE)
    with pytest.raises(ConfigError, match="unknown queue 'sails'; did you mean 'sales'"):
        check_against(CallBackSettings(queues=(QueueRules(queue="sails"),)), CENTRE)
    with pytest.raises(ConfigError, match="has a load of 0"):
        check_against(CallBackSettings(channel="mail"), Config(channels=(type(CENTRE.channels[0])("mail"),)))


def test_settings_may_change_while_it_runs() -> None:
    office = Office()
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    office.end("p1/a1", "busy")
    office.host.look(FOLLOWER, lambda wing: wing.change(CallBackSettings(attempts=1)))
    office.step()
    assert office.get("p1").outcome == "unreached"
