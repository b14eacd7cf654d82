"""Attempts where transcripts do not reach: what is shown of them, snapshots of before, traces, the journal's text.

Owns these corners; must not know the rules of attempts (``transcripts/attempts.txt`` has them).
"""

from array import array
from hashlib import blake2b

import msgspec
import pytest

from routing import (
    Agent,
    Config,
    EndAttempt,
    Engine,
    EnqueueContact,
    LogIn,
    Queue,
    ReportAttempt,
    RequestDial,
)
from routing import snapshot as saving
from routing.commands import Envelope, SyncCalls
from routing.errors import CorruptSnapshotError, UsageError
from routing.events import AttemptEnded, CallsSynced, ContactEnqueued, ContactOffered
from routing.units import SECOND

CENTRE = Config(agents=(Agent("ann"),), queues=(Queue("spring"),))


def test_an_answer_becomes_a_contact_in_one_write() -> None:
    engine = Engine(CENTRE)
    engine.apply_many([(LogIn("ann"), 0), (RequestDial("d1", "spring"), 0)])
    ended, enqueued = engine.apply_many(
        [(EndAttempt("d1", "person"), 9 * SECOND), (EnqueueContact("d1", ("spring",)), 9 * SECOND)]
    )
    assert [type(event) for event in (*ended, *enqueued)] == [AttemptEnded, ContactEnqueued, ContactOffered]
    assert list(engine.attempts) == []
    assert list(engine.contacts) == ["d1"]


def test_the_picture_of_an_attempt() -> None:
    engine = Engine(CENTRE)
    attributes = {"list": "a"}
    dial = RequestDial("d1", "spring", "t1", "sip", "ann", "c1", 20 * SECOND, "pbx", "k1", attributes)
    engine.apply(dial, SECOND)
    attributes["list"] = "b"  # the engine has its own
    view = engine.attempts["d1"]
    assert (view.id, view.campaign, view.target, view.carrier, view.agent, view.contact, view.customer) == (
        "d1",
        "spring",
        "t1",
        "sip",
        "ann",
        "c1",
        "k1",
    )
    assert (view.state, view.requested_ns, view.until_ns) == ("dialing", SECOND, 51 * SECOND)
    assert (view.attributes, view.front_end, view.ring_ns) == ({"list": "a"}, "pbx", 20 * SECOND)
    engine.apply(ReportAttempt("d1", "answered"), 9 * SECOND)
    assert (engine.attempts["d1"].state, engine.attempts["d1"].until_ns) == ("answered", 39 * SECOND)
    assert "d2" not in engine.attempts


def test_a_snapshot_in_the_middle_goes_on() -> None:
    engine = Engine(CENTRE)
    for number in range(70):
        engine.apply(RequestDial(f"d{number}", "spring"), number * SECOND // 10)
    for number in range(0, 70, 7):
        engine.apply(EndAttempt(f"d{number}", "busy"), 8 * SECOND)
    copy = Engine.restore(engine.snapshot())
    assert list(copy.attempts) == list(engine.attempts)
    assert dict(copy.attempts) == dict(engine.attempts)
    for one in (engine, copy):
        one.apply(RequestDial("late", "spring"), 9 * SECOND)
    assert copy.advance(100 * SECOND) == engine.advance(100 * SECOND)
    assert copy.snapshot() == engine.snapshot()
    copy._check()


def as_before(data: bytes) -> bytes:
    """The snapshot as it was written before there were attempts: format 4, with one field fewer."""
    saved = saving.read(data)
    values = msgspec.to_builtins(saved, builtin_types=(bytes,))
    body = msgspec.msgpack.encode(values[:-1])
    return saving.MAGIC + (4).to_bytes(2, "big") + blake2b(body, digest_size=16).digest() + body


def test_a_snapshot_of_before_is_restored() -> None:
    engine = Engine(CENTRE)
    engine.apply(LogIn("ann"), 0)
    engine.apply(EnqueueContact("c1", ("spring",)), 1)
    copy = Engine.restore(as_before(engine.snapshot()))
    assert (copy.revision, copy.digest) == (engine.revision, engine.digest)
    assert copy.snapshot() == engine.snapshot()


@pytest.mark.parametrize("form", [saving.OLDEST - 1, saving.FORMAT + 1])
def test_a_snapshot_of_another_format_is_refused(form: int) -> None:
    data = Engine(CENTRE).snapshot()
    other = data[:6] + form.to_bytes(2, "big") + data[8:]
    with pytest.raises(
        CorruptSnapshotError,
        match=f"format {form} is not known to this version, which reads {saving.OLDEST} to {saving.FORMAT}",
    ):
        Engine.restore(other)


def test_a_trace_runs_on_an_engine_that_never_dialed() -> None:
    engine = Engine(CENTRE)
    engine.apply_many([(RequestDial("d1", "spring"), 0), (EndAttempt("d1", "busy"), 0)])
    with pytest.raises(UsageError, match="attempts"):
        engine.run_trace(
            [EnqueueContact("", ("spring",))],
            array("I", [0]),
            array("q", [5]),
            array("q", [5]),
            array("q", [5]),
        )


def test_lines_of_before_are_read_and_digests_stay() -> None:
    """A front-end that never dials is told what it was always told."""
    line = b'[7,5,"","",{"type":"SyncCalls","front_end":"pbx","live":[{"contact":"c1"}]}]'
    envelope = msgspec.json.decode(line, type=Envelope)
    assert envelope.command == SyncCalls("pbx", envelope.command.live)  # type: ignore[union-attr]
    assert msgspec.json.encode(envelope) == line
    event = msgspec.json.decode(
        b'{"type":"CallsSynced","at_ns":5,"front_end":"pbx","lost":0,"adopted":0,"unknown":[]}',
        type=CallsSynced,
    )
    assert (event.lost_attempts, event.unknown_attempts) == (0, ())
    dial = Envelope(8, 6, command=RequestDial("d1", "spring"))
    assert (
        msgspec.json.encode(dial) == b'[8,6,"","",{"type":"RequestDial","attempt":"d1","campaign":"spring"}]'
    )
