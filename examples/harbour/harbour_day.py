"""One day of a small centre, from the first log-in to the last figures, through all that is done around a contact.

    python examples/harbour/harbour_day.py

What switches and people say is scripted, and so is the clock; all else is the real thing: the host with its journal,
the wings with their database, customers under their keys. Each scene checks what it shows, and tells it in a line.

Owns the day; must not know how time passes (``scripted_centre``).
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from scripted_centre import HERE, Harbour, said, the

from routing import (
    AbandonContact,
    AcceptOffer,
    CompleteContact,
    EndWrapUp,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    LogIn,
    PlaceContact,
    Preference,
    Remark,
    SetNotReady,
    SetReady,
)
from routing.center.devices import Device, Devices, Places, Plan, Round, Seats
from routing.center.outcomes import check_disposition
from routing.center.signals import HandedOver, hand_over, remarks
from routing.commands import EndAttempt
from routing.errors import ForbiddenError, UsageError
from routing.events import (
    AttemptEnded,
    ContactHandedOver,
    ContactOffered,
    ContactRetrieved,
    DialRequested,
    NotReadyTimeExceeded,
)
from routing.menus import Digits, Sessions, load_flow
from routing.remarks import (
    Alert,
    Consent,
    Disposition,
    Feedback,
    Recording,
    Signal,
    SurveyProposed,
)
from routing.units import DAY, MINUTE, SECOND

NUMBER = "020 7946 0018"


def morning(day: Harbour) -> Iterator[str]:
    """People come."""
    day.do(LogIn("ann"), LogIn("ben"), LogIn("sue"), LogIn("cat", ready=False, reason="training"))
    yield "ann, ben and their supervisor sue log in; cat has a training"
    desk = day.centre.supervision
    desk.post_message("sue", "Free delivery until noon.", until_ns=day.time("12:00"), why="campaign 7")
    assert [one.text for one in desk.messages()] == ["Free delivery until noon."]
    try:
        desk.set_not_ready("wall", "ann", "lunch")
    except ForbiddenError as error:
        yield f"sue posts the message of the day; the wallboard would like to send ann to lunch: {error.reason}"


def devices() -> Iterator[str]:
    """An agent may be rung in several places."""
    places = Places(
        {"ann": Devices((Device("desk", "sip:ann@pbx", 10), Device("mobile", "tel:+447700900123")))}
    )
    ring = Round(Plan(places).stages("ann", Seats(), 0), 0, 25 * SECOND)
    (first,) = ring.ringing
    (second,) = ring.failed("desk", "no_answer", 10 * SECOND).begun
    yield f"ann's {first.id} rings; after ten seconds her {second.id} does, and the engine knows of one offer"


def a_call(day: Harbour) -> Iterator[str]:
    """A customer through menu, screen pop, recording, hold, conference, hand-over, wrap-up and survey."""
    day.until("09:10")
    customer = day.customers.identify("number", NUMBER, day.clock.ns).customer
    day.customers.set_attributes(customer, {"name": "A. Sailor"}, day.clock.ns, who="import")
    menu = Sessions()
    menu.publish(load_flow(HERE / "door.toml"))
    menu.start("call-1", "door", {"customer": customer, "caller": "caller:1"})
    outcome = menu.give("call-1", Digits("1")).outcome
    assert outcome is not None
    offer = the(ContactOffered, day.do(EnqueueContact("call-1", ("sales",), customer=customer)))
    shown = day.customers.context(customer, day.clock.ns, who=offer.agent)
    yield f"call-1 chose sales and is offered to {offer.agent}, who is shown: {shown.name}, {shown.contacts} contacts"

    day.do(AcceptOffer("call-1", "ann"), Remark("call-1", Consent("recording", "asked")))
    started = said(Recording, day.do(Remark("call-1", Consent("recording", "given"))))
    day.do(Remark("call-1", Recording("pause", "card")))
    resumed = said(Recording, day.wait(2 * MINUTE))
    assert [one.action for one in started + resumed] == ["start", "resume"]
    yield "she agrees to being recorded; it pauses for her card, and goes on by itself after a minute"

    day.do(
        HoldContact("call-1"),
        EnqueueContact(
            "call-1.1",
            ("lines",),
            parent="call-1",
            direction="internal",
            preferred=(Preference("ben", direct=True),),
        ),
    )
    held = the(ContactRetrieved, day.do(AcceptOffer("call-1.1", "ben"), JoinLeg("call-1.1")))
    passed = the(ContactHandedOver, day.do(HandOver("call-1")))
    yield f"ann asks ben, {held.held_ns // SECOND} s on hold; all three talk; then {passed.to_agent} has the customer"

    day.do(CompleteContact("call-1"))
    outcomes = day.centre.center.outcomes
    assert outcomes is not None
    try:
        check_disposition(outcomes, Disposition("slod", agent="ben"), "sales")
    except UsageError as error:
        yield f"ben mistypes how it came out: {error}"
    for agent in ("ann", "ben"):
        day.do(Remark("call-1", check_disposition(outcomes, Disposition("sold", agent=agent), "sales")))
        day.do(EndWrapUp(agent))
    (survey,) = said(SurveyProposed, day.wait(11 * MINUTE))
    day.do(Remark("call-1", Feedback(survey.survey, "satisfied", score=5)))
    yield "sold; ten minutes later she is asked by SMS, and is satisfied: 5"


def several_at_once(day: Harbour) -> Iterator[str]:
    """Mail is interrupted by calls; agents call each other, and others."""
    day.until("10:00")
    day.do(SetNotReady("ben", "training"), EnqueueContact("mail-1", ("mail",), "email", load=40))
    day.do(AcceptOffer("mail-1", "ann"))
    offer = the(ContactOffered, day.do(EnqueueContact("call-2", ("sales",))))
    yield f"a call interrupts the mail that {offer.agent} is at"
    day.do(
        AcceptOffer("call-2", "ann"),
        CompleteContact("call-2"),
        Remark("call-2", Disposition("thinks_about_it")),
    )
    day.do(EndWrapUp("ann"), CompleteContact("mail-1"), SetReady("ben"))
    day.do(PlaceContact("int-1", "ann", "lines", direction="internal"))
    day.do(
        EnqueueContact(
            "int-1.1",
            ("lines",),
            parent="int-1",
            direction="internal",
            preferred=(Preference("ben", direct=True),),
        )
    )
    day.do(AcceptOffer("int-1.1", "ben"), JoinLeg("int-1.1"), CompleteContact("int-1"))
    day.do(PlaceContact("out-1", "ben", "billing"), CompleteContact("out-1"), EndWrapUp("ben"))
    yield "ann calls ben, and ben calls a customer: counted apart from what comes in"


def coming_back(day: Harbour) -> Iterator[str]:
    """Who drops keeps the place; the anger of another is heard."""
    day.until("11:00")
    day.do(SetNotReady("ann", "lunch"), SetNotReady("ben", "training"))
    day.do(EnqueueContact("call-3", ("billing",), customer="c-dropped"))
    day.wait(2 * MINUTE)
    day.do(AbandonContact("call-3"), EnqueueContact("call-4", ("billing",)))
    day.wait(MINUTE)
    day.do(EnqueueContact("call-5", ("billing",), customer="c-dropped"))
    offer = the(ContactOffered, day.do(SetReady("ben")))
    yield f"a caller whose line broke comes back behind another, and is offered first: {offer.contact}"
    assert offer.contact == "call-5"
    day.do(AcceptOffer("call-5", "ben"))
    day.do(EnqueueContact("call-6", ("billing",)))
    alerted = said(Alert, day.do(Remark("call-6", Signal("sentiment", "95", "listener"))))
    angry = the(ContactOffered, day.do(CompleteContact("call-5"), EndWrapUp("ben")))
    assert angry.contact == "call-6"
    yield f"call-6 is angry: it goes before call-4, and the {alerted[0].to} is told"


def supervision(day: Harbour) -> Iterator[str]:
    """The supervisor listens, whispers, takes part and takes over."""
    desk = day.centre.supervision
    day.do(AcceptOffer("call-6", "ben"))
    modes = []
    for step in (desk.listen, desk.whisper):
        step("sue", "call-6")
        modes += [one.mode for one in desk.monitors()]
    desk.barge_in("sue", "call-6")
    desk.take_over("sue", "call-6", why="complaint 12")
    day.centre.running.step()
    taken = day.centre.host.read(lambda engine: engine.contacts["call-6"].segment)
    assert taken is not None
    assert taken.agent == "sue"
    yield f"sue goes from {modes[0]} to {modes[1]} to talking with both, and takes over"
    day.do(CompleteContact("call-6"), EndWrapUp("sue"))
    desk.redirect_queue("sue", "mail", "sales")
    desk.end_redirect("sue", "mail")
    desk.reprioritise("sue", "call-4", priority=9)
    yield "she sends mail to sales for a while, and call-4 to the front"
    day.do(EndWrapUp("ben"), AcceptOffer("call-4", "ben"), CompleteContact("call-4"), EndWrapUp("ben"))


def a_bot(day: Harbour) -> Iterator[str]:
    """A chatbot hands over what it knows."""
    day.until("12:30")
    signals = day.centre.center.signals
    assert signals is not None
    handed = HandedOver(
        contact="chat-1", transcript="t/1", intent="refund", fields={"order": "A-17", "iban": "no"}
    )
    made = hand_over(handed, signals.hand_over)
    offer = the(ContactOffered, day.do(SetReady("ann"), made, *remarks(handed)))
    yield f"a chatbot hands over to {offer.agent}: {made.attributes}"
    day.do(AcceptOffer("chat-1", offer.agent), CompleteContact("chat-1"), EndWrapUp(offer.agent))


def call_backs(day: Harbour) -> Iterator[str]:
    """Somebody keeps the place and is called; another has an hour, and calls before it."""
    day.until("13:30")
    desk = day.centre.call_backs
    day.do(SetNotReady("ann", "lunch"), SetNotReady("ben", "lunch"))
    day.do(EnqueueContact("call-7", ("sales",), customer="c-busy"))
    desk.keep("call-7", "number:7", confirmed=True)
    day.wait(5 * MINUTE)
    day.do(SetReady("ben"))
    dialled = the(DialRequested, day.do(AcceptOffer("call-7", "ben")))
    ended = the(AttemptEnded, day.do(EndAttempt(dialled.attempt, "person")))
    assert ended.outcome == "person"
    yield f"call-7 hung up and kept the place; ben's turn comes, {dialled.target} is called, and answers"
    day.do(CompleteContact("call-7"), Remark("call-7", Disposition("sold", agent="ben")), EndWrapUp("ben"))
    promised = desk.book(
        "later", "sales", "number:8", day.time("15:00"), day.time("15:30"), customer="c-later", confirmed=True
    )
    day.do(EnqueueContact("call-8", ("sales",), customer="c-later"))
    day.do(AcceptOffer("call-8", "ben"))
    merged = desk.get(promised.call_back)
    assert merged is not None
    assert merged.outcome == "merged"
    yield "another was promised three o'clock, and calls before: that is the call-back, and nobody calls at three"
    day.do(
        CompleteContact("call-8"),
        Remark("call-8", Disposition("thinks_about_it", agent="ben")),
        EndWrapUp("ben"),
    )


def breaks(day: Harbour) -> Iterator[str]:
    """Lunch takes too long; a telephone is off the hook; the power goes."""
    exceeded = the(NotReadyTimeExceeded, day.until("14:30"))
    yield f"{exceeded.agent}'s {exceeded.reason} takes too long, which is told"
    day.do(EnqueueContact("call-9", ("sales",)), AcceptOffer("call-9", "ben"))
    day.centre.close()
    day.centre = day.open()
    talking = day.centre.host.read(lambda engine: engine.contacts["call-9"].segment)
    assert talking is not None
    yield f"the server is restarted in mid-call; call-9 is still in {talking.agent}'s hands"
    day.do(SetReady("ann"))
    day.centre.supervision.log_out("sue", "ben", force=True, why="went home")
    day.do(AcceptOffer("call-9", "ann"))
    yield "ben has gone home; sue's log-out by force gives his caller, with her age, to ann"
    day.do(CompleteContact("call-9"), Remark("call-9", Disposition("sold", agent="ann")), EndWrapUp("ann"))


def evening(day: Harbour) -> Iterator[str]:
    """The figures, and what is kept of all this."""
    day.until("18:00")
    day.write()
    whole_day = (day.time("00:00"), day.time("18:00"))
    ((_, counts),) = day.history.queue_sums(*whole_day, queues=["sales"], channels=["voice"])
    answered = f"{counts.answered} of {counts.entered} answered"
    yield f"sales: {answered}; on hold {counts.holds}, handed over {counts.handed_over}"
    codes = {name: found.dispositions for (name,), found in day.history.outcomes.codes(*whole_day)}
    yield f"how they came out: {codes}"
    ((_, answers),) = day.history.outcomes.feedback(*whole_day)
    yield f"asked: {answers.satisfaction.count}, satisfaction {answers.satisfaction.mean} of 5"
    databases = day.centre.databases
    assert databases is not None
    purge = databases.recordings.purge(day.clock.ns + 31 * DAY)
    yield f"segments recorded: {len(databases.recordings.search())}; of these may go in a month: {len(purge.due)}"
    verified = databases.log.verify()
    assert not verified.problems
    last = list(databases.log.rows())[-1].row
    yield f"audit log: {verified.rows} rows in an unbroken chain; the last: {last.who}, {last.act}, {last.subject}"
    customer = day.customers.identify("number", NUMBER, day.clock.ns).customer
    erased = day.customers.erase(customer, day.clock.ns, who="privacy")
    yield f"A. Sailor wants to be forgotten: her key goes, {erased.contacts} contact names nobody any more"


def main() -> None:
    """Live through the day."""
    with TemporaryDirectory() as folder:
        day = Harbour(Path(folder))
        scenes = (
            morning(day),
            devices(),
            a_call(day),
            several_at_once(day),
            coming_back(day),
            supervision(day),
        )
        for scene in (*scenes, a_bot(day), call_backs(day), breaks(day), evening(day)):
            for line in scene:
                print(day.now, line)
        day.close()


if __name__ == "__main__":
    main()
