"""Contacts that are completed before they are journaled: order, repetition, doors, errors, crashes.

Owns the promise of `routing.host.entering`; what is completed how is tested with the wings that do it.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from grpc_api.facade import Facade, RouteCall
from routing import (
    AbandonContact,
    Agent,
    CommandRefused,
    Config,
    Engine,
    EnqueueContact,
    LogIn,
    PlaceContact,
    Queue,
    Reason,
)
from routing.center.continuity import FOLLOWER as CONTINUITY
from routing.center.continuity import Continuity, Returning, continuing
from routing.commands import Command
from routing.errors import ClosedError, JournalFullError, UsageError
from routing.events import ContactEnqueued, Event
from routing.host import Host, Request, Settings
from routing.host.inbox import Turn
from routing.host.letting import let_in
from routing.journal import Batch, Envelope, MemoryJournal
from routing.journal.sqlite import SqliteJournal
from routing.model import Overflow
from routing.replay import apply_envelope
from routing.units import SECOND

CENTRE = Config(
    agents=(Agent("ann"), Agent("ben")),
    queues=(Queue("sales"), Queue("support", priority_credits_ns=())),
)
BY_HAND = Settings(threads=False)
RULES = Continuity(returning=(Returning(),))
CHILD = Path(__file__).with_name("entering_child.py")


class HandClock:
    """A clock that a test sets."""

    def __init__(self, at_ns: int = 1_000 * SECOND) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class Small(MemoryJournal):
    """A journal with room for so many batches."""

    room = 1_000_000

    def append(self, batch: Batch) -> None:
        if not self.room:
            raise JournalFullError("no room")
        self.room -= 1
        super().append(batch)

    @property
    def envelopes(self) -> list[Envelope]:
        decode = msgspec.json.Decoder(Envelope).decode_lines
        return [envelope for batch in self.read(0) for envelope in decode(batch.lines)]


class Counter:
    """Adds to the credit of each contact of a customer how many of theirs there have been."""

    def __init__(self, engine: Engine, state: bytes | None) -> None:
        self.engine = engine
        self.seen: dict[str, int] = msgspec.json.decode(state, type=dict[str, int]) if state else {}
        self.fault: Exception | None = None
        self.open = True

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        if isinstance(command, EnqueueContact) and events and isinstance(events[0], ContactEnqueued):
            self.seen[command.customer] = self.seen.get(command.customer, 0) + 1

    def snapshot(self) -> bytes:
        return msgspec.json.encode(self.seen)

    def entering(self, command: EnqueueContact, at_ns: int) -> EnqueueContact:  # noqa: ARG002
        if self.fault is not None:
            raise self.fault
        count = self.seen.get(command.customer, 0)
        return replace(command, credit_ns=command.credit_ns + count, attributes={"added": str(count)})

    def as_sent(self, command: EnqueueContact) -> EnqueueContact:
        added = int((command.attributes or {}).get("added", "0"))
        return replace(command, credit_ns=command.credit_ns - added, attributes=None)

    def concerns(self, command: EnqueueContact | PlaceContact) -> str:
        return command.customer

    def is_open(self, whom: str) -> bool:  # noqa: ARG002
        return False


def counted(journal: MemoryJournal | Path | None = None, config: Config | None = CENTRE) -> Host:
    return Host(config, journal, settings=BY_HAND, clock=HandClock(), followers={"counter": Counter})


def credit(host: Host, contact: str) -> int:
    found: int = host.read(lambda engine: engine.contacts[contact].credit_ns)
    return found


def call(contact: str, customer: str = "c1", **more: object) -> EnqueueContact:
    return EnqueueContact(contact, ("sales",), customer=customer, **more)  # type: ignore[arg-type]


def reason(events: Sequence[Event]) -> tuple[Reason, str]:
    (event,) = events
    assert isinstance(event, CommandRefused)
    return event.reason, event.detail


# ------------------------------------------------------------------------------------------- what is journaled


def test_what_is_journaled_is_what_was_completed_and_a_replay_needs_nothing_else() -> None:
    journal = Small()
    with counted(journal) as host:
        for number in range(3):
            host.apply(call(f"call-{number}"), request_id=f"r{number}", actor="pbx")
        assert [credit(host, f"call-{number}") for number in range(3)] == [0, 1, 2]
        again = Engine(CENTRE)
        for envelope in journal.envelopes:
            apply_envelope(again, envelope)
        assert (again.revision, again.digest) == (host.revision, host.digest)
        made = [one for one in journal.envelopes if isinstance(one.command, EnqueueContact)]
        assert [(one.request_id, one.actor, one.command.credit_ns) for one in made] == [  # type: ignore[union-attr]
            ("r0", "pbx", 0),
            ("r1", "pbx", 1),
            ("r2", "pbx", 2),
        ]


def test_contacts_of_one_write_see_each_other() -> None:
    journal = Small()
    with counted(journal) as host:
        asked: list[Command] = [call("a"), call("b", "c2"), call("c"), LogIn("ann"), call("d"), call("e", "")]
        outcomes = host.apply_many([Request(command) for command in asked])
        assert [type(outcome.events[0]).__name__ for outcome in outcomes] == [
            "ContactEnqueued",
            "ContactEnqueued",
            "ContactEnqueued",
            "AgentLoggedIn",
            "ContactEnqueued",
            "ContactEnqueued",
        ]
        assert [credit(host, contact) for contact in "abcd"] == [0, 0, 1, 2]
        assert len(list(journal.read(0))) == 3  # one write where it may be, one more where it must
        assert {outcome.at_ns for outcome in outcomes} == {outcomes[0].at_ns}
    with counted() as host:
        for command in asked:
            host.apply(command)
        assert [credit(host, contact) for contact in "abcd"] == [0, 0, 1, 2]


def test_callers_who_come_together_see_each_other() -> None:
    with counted(Small()) as host:
        turns = [Turn([Request(call(f"call-{number}"))]) for number in range(4)]
        with host._writing:
            host._writer.do(turns)
        assert all(turn.done for turn in turns)
        assert [credit(host, f"call-{number}") for number in range(4)] == [0, 1, 2, 3]


def test_timers_that_are_due_fire_before_a_contact_is_completed() -> None:
    """A contact that is over by a timer is over for who comes in the same instant."""
    rules = Continuity(conversation_ns=0, returning=(Returning(outcomes=("rejected",)),))
    queue = Queue("sales", max_wait=Overflow(after_ns=5))
    clock = HandClock()
    with Host(
        Config(queues=(queue,)), settings=BY_HAND, clock=clock, followers={CONTINUITY: continuing(rules)}
    ) as host:
        host.apply(call("a"))
        clock.at_ns += 5
        host.apply(call("b"))
        assert credit(host, "b") == 5


# ------------------------------------------------------------------------------------------- repeated and identical


def test_a_contact_that_is_sent_again_as_it_was_sent_is_already_so(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    sent = call("b", credit_ns=7)
    with counted(path) as host:
        host.apply(call("a"))
        host.apply(sent)
        host.apply(call("c"))
        assert credit(host, "b") == 8
        assert reason(host.apply(sent))[0] is Reason.ALREADY_SO
        assert reason(host.apply(replace(sent, credit_ns=9))) == (
            Reason.EXISTS_WITH_DIFFERENT,
            "exists with a different credit_ns",
        )
        assert reason(host.apply(replace(sent, priority=2)))[1] == "exists with a different priority"
        assert reason(host.apply(replace(sent, customer="c9")))[1] == "exists with a different customer"
        host.apply(AbandonContact("b"))
        assert reason(host.apply(sent))[0] is Reason.ALREADY_SO  # it is remembered
    with counted(path, None) as back:
        assert reason(back.apply(sent))[0] is Reason.ALREADY_SO
        assert reason(back.apply(replace(sent, credit_ns=6)))[0] is Reason.EXISTS_WITH_DIFFERENT


def test_the_same_answers_as_without_completion() -> None:
    """Whatever is sent twice, in one write or in several, is answered as by a host that completes nothing."""
    placed = PlaceContact("p", "ann", "sales")
    asked: list[Command] = [
        LogIn("ann"),
        placed,
        call("p"),
        call("a"),
        call("a"),
        call("a", priority=1),
        call("a", ""),
    ]
    asked += [call("b", ""), call("b", ""), call("b", "c1"), EnqueueContact("x", ("nowhere",), customer="c1")]
    plain = Host(CENTRE, settings=BY_HAND, clock=HandClock())
    expected = [brief(plain.apply(command)) for command in asked]
    with counted() as host:
        assert [brief(host.apply(command)) for command in asked] == expected
    with counted() as host:
        together = host.apply_many([Request(command) for command in asked])
        assert [brief(outcome.events) for outcome in together] == expected
    plain.close()


def brief(events: Sequence[Event]) -> list[str]:
    return [
        f"{event.reason} {event.detail}" if isinstance(event, CommandRefused) else type(event).__name__
        for event in events
    ]


def test_a_repeated_request_is_answered_from_memory(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with counted(path) as host:
        host.apply(call("a"))
        first = host.apply_many([Request(call("b"), "r1"), Request(call("b"), "r1")])
        assert [outcome.repeated for outcome in first] == [False, True]
        assert first[0].events == first[1].events
        again = host.apply_many([Request(call("b"), "r1")])[0]
        assert again.repeated
        assert again.events == first[0].events
    with counted(path, None) as back:
        again = back.apply_many([Request(call("b"), "r1")])[0]
        assert again.repeated
        assert again.events == first[0].events


# ------------------------------------------------------------------------------------------- doors


def test_every_door_is_passed() -> None:
    async def come(host: Host) -> None:
        await host.apply_async(call("b"))
        await asyncio.gather(*(host.apply_async(call(f"many-{number}")) for number in range(5)))

    with Host(CENTRE, followers={"counter": Counter}) as host:
        host.apply(call("a"))
        asyncio.run(come(host))
        assert credit(host, "b") == 1
        assert sorted(credit(host, f"many-{number}") for number in range(5)) == [2, 3, 4, 5, 6]
    by_account = {CONTINUITY: continuing(Continuity(by=("account",), returning=(Returning(),)))}
    with (
        Host(CENTRE, followers=by_account) as host,
        Facade(host) as facade,
    ):
        first = RouteCall("first", "pbx", called="sales", attributes={"account": "77"})
        facade.route_call(first)
        host.apply(AbandonContact("first"))
        second = replace(first, call_id="second")
        answers = [
            facade.route_call(second),
            asyncio.run(facade.route_call_async(replace(second, call_id="third"))),
        ]
        answers.append(facade.route_call(second))
        assert [answer.refusal for answer in answers[:2]] == [None, None]
        told = host.read(lambda engine: engine.contacts["second"].attributes)
        assert told["continuity.conversation"] == "first"


# ------------------------------------------------------------------------------------------- errors


def test_misuse_in_a_turn_does_nothing_of_it() -> None:
    with counted() as host:
        with pytest.raises(UsageError):
            host.apply_many([Request(call("a")), Request(call("b")), Request(call("c", priority="x"))])
        assert host.revision == 0
        with pytest.raises(UsageError, match="actor"):
            host.apply_many([Request(call("a")), Request(call("b"), actor=5)])  # type: ignore[arg-type]
        assert host.revision == 0


def test_without_room_nothing_happens_or_the_answer_says_how_far_it_came() -> None:
    journal = Small()
    with counted(journal) as host:
        journal.room = 0
        with pytest.raises(JournalFullError):
            host.apply(call("a"))
        assert (host.revision, host.state) == (0, "full")
        journal.room = 1
        three = [Request(call(contact), f"r-{contact}") for contact in "abc"]
        with pytest.raises(JournalFullError, match="the first 1 of these 3 commands were done before"):
            host.apply_many(three)
        journal.room = 100
        outcomes = host.apply_many(three)
        assert [outcome.repeated for outcome in outcomes] == [True, False, False]
        assert [credit(host, contact) for contact in "abc"] == [0, 1, 2]


def test_a_follower_that_cannot_complete_stops_the_host() -> None:
    host = counted()
    host.apply(call("a"))
    host.look("counter", lambda counter: setattr(counter, "fault", RuntimeError("cannot count")))
    turns = [Turn([Request(LogIn("ann"))]), Turn([Request(call("b"))]), Turn([Request(LogIn("ben"))])]
    with host._writing:
        entrance = host._following.entrance
        assert entrance is not None
        let_in(host._writer, turns, host._writer.now(), entrance)
    assert all(isinstance(turn.error, ClosedError) for turn in turns)
    assert host.state == "stopped"
    assert "cannot count" in host.stopped_by
    host.close()


# ------------------------------------------------------------------------------------------- crashes


@pytest.mark.once
@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_killed_around_the_write_that_completes(tmp_path: Path, when: str) -> None:
    """Killed before the write nothing has happened; between write and answer it is as it was completed then."""
    path = tmp_path / "journal"
    child = subprocess.run(
        [sys.executable, str(CHILD), str(path), when],
        cwd=CHILD.parent.parent,
        capture_output=True,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    sent = EnqueueContact("call-2", ("sales",), customer="c1")
    with Host(None, path, settings=BY_HAND, followers={CONTINUITY: continuing(RULES)}) as host:
        known = host.read(lambda engine: "call-2" in engine.contacts)
        assert known == (when != "before")
        outcome = host.apply_many([Request(sent, "r2")])[0]
        assert outcome.repeated == known
        assert type(outcome.events[0]) is ContactEnqueued
        view = host.read(lambda engine: engine.contacts["call-2"])
        first = next(one for one in _envelopes(path) if getattr(one.command, "contact", "") == "call-1")
        assert view.enqueued_ns - view.credit_ns == first.at_ns
        assert view.attributes["continuity.conversation"] == "call-1"
        assert reason(host.apply(sent))[0] is Reason.ALREADY_SO
        assert reason(host.apply(replace(sent, credit_ns=5)))[1] == "exists with a different credit_ns"
    again = Engine(CENTRE)
    for envelope in _envelopes(path):
        apply_envelope(again, envelope)
    with Host(None, path, settings=BY_HAND) as host:  # without the wing, too
        assert "call-2" in again.contacts
        assert host.read(lambda engine: engine.contacts["call-2"].credit_ns) == view.credit_ns


def _envelopes(path: Path) -> list[Envelope]:
    journal = SqliteJournal(path, read_only=True)
    journal.open()
    try:
        decode = msgspec.json.Decoder(Envelope).decode_lines
        return [envelope for batch in journal.read(0) for envelope in decode(batch.lines)]
    finally:
        journal.close()
