"""Witnesses of a host: told who gave each command and why, live and in recovery alike, and of what was written down.

Owns the promise of `routing.replay.Witness`; must not know what real witnesses do with it.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from desks import CENTRE, Hands, crashed, envelopes

from routing import AcceptOffer, EnqueueContact, LogIn, PutQueue, Queue
from routing.commands import Command, Envelope, Noted, note_of
from routing.engine import BEHAVIOUR, Engine
from routing.errors import ClosedError, CorruptJournalError, UsageError
from routing.events import Event
from routing.host import Host, Request, Settings
from routing.host.writer import NOTE_MAX
from routing.journal import Header, header
from routing.journal.text import read_batch, write
from routing.replay import replay
from routing.units import SECOND

BY_HAND = Settings(threads=False, keep_snapshots=100)


class Clerk:
    """Writes down who did what, how many were ready before and after, and in which order it was told."""

    def __init__(self, engine: Engine, state: bytes | None) -> None:
        self.engine = engine
        self.seen: list[str] = msgspec.json.decode(state, type=list[str]) if state else []

    def ready(self) -> int:
        return sum(self.engine.agents[agent].ready for agent in self.engine.agents)

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        if command is not None or events:
            self.seen.append(f"follow {type(command).__name__} {len(events)}")

    def before(self, envelope: Envelope) -> None:
        self.seen.append(f"before {envelope.seq} {self.engine.now_ns} {self.ready()}")

    def after(self, envelope: Envelope, events: Sequence[Event]) -> None:
        name = type(envelope.command).__name__
        told = [envelope.seq, envelope.at_ns, envelope.actor, envelope.request_id, name, note_of(envelope)]
        self.seen.append(" ".join(map(str, ["after", *told, len(events), self.ready()])))

    def snapshot(self) -> bytes:
        return msgspec.json.encode(self.seen)


def open_host(path: Path | None, clock: Hands, config: object = CENTRE) -> Host:
    return Host(config, path, settings=BY_HAND, clock=clock, followers={"clerk": Clerk})  # type: ignore[arg-type]


def seen(host: Host) -> list[str]:
    found: list[str] = host.look("clerk", lambda clerk: clerk.seen)
    return found


def work(host: Host, clock: Hands) -> None:
    host.apply(LogIn("ann"), actor="kim", request_id="r1", note="a drill")
    host.apply(LogIn("ann"), actor="kim", request_id="r1")  # repeated: not told
    clock.ns += SECOND
    host.apply_many(
        [
            Request(EnqueueContact("c-1", ("sales",)), "r2", "pbx"),
            Request(EnqueueContact("c-1", ("sales",)), "r2", "pbx"),  # twice in one batch: told once
            Request(LogIn("nobody"), "", "eve", "why not"),  # refused: told
        ]
    )
    clock.ns += SECOND
    host.write_down("it burns", actor="kim", request_id="r9")
    clock.ns += 60 * SECOND  # the offer is missed by now
    host.apply(LogIn("ben"), actor="kim")
    host.tick()
    clock.ns += SECOND
    host.apply(AcceptOffer("c-1", "ben"), note="at last")


def test_a_witness_is_told_who_and_why_live_and_in_recovery_alike(tmp_path: Path) -> None:
    path, clock = tmp_path / "centre.journal", Hands()
    with open_host(path, clock) as host:
        work(host, clock)
        told = [line for line in seen(host) if line.startswith(("before", "after"))]
        assert told[:2] == [
            f"before 1 {SECOND} 0",
            f"after 1 {SECOND} kim r1 LogIn a drill 1 1",
        ]
        assert sum(line.startswith("after") for line in told) == 6
        assert any(line.endswith("eve  LogIn why not 1 1") for line in told)
        assert any(" kim r9 NoneType it burns 0 " in line for line in told)
        again = crashed(path, tmp_path / "again")
        with open_host(again, clock, None) as back:
            replayed = [line for line in seen(back) if line.startswith(("before", "after"))]
            after = [line for line in replayed if line.startswith("after")]
            assert after[: len(after) - 1] == [line for line in told if line.startswith("after")]
            assert after[-1].split()[3:5] == ["host", "Resume"]  # what the host does is told, too
            # the same from a snapshot in the middle on
        host.snapshot()
        host.apply(PutQueue(Queue("night", tier=3)), actor="boss", note="n")
        whole = [line for line in seen(host) if line.startswith("after")]
        with open_host(crashed(path, tmp_path / "third"), clock, None) as third:
            assert [line for line in seen(third) if line.startswith("after")][:-1] == whole


def test_before_a_command_things_stand_as_they_did() -> None:
    clock = Hands()
    with open_host(None, clock) as host:
        work(host, clock)
        lines = seen(host)
    for place, line in enumerate(lines):
        if line.startswith("after") and "NoneType" not in line:
            earlier = lines[place - 2]
            assert earlier.startswith("before")
            assert lines[place - 1].startswith("follow")
            assert earlier.split()[1] == line.split()[1]


def test_what_is_written_down_is_in_the_journal_and_nothing_to_the_engine(tmp_path: Path) -> None:
    path, clock = tmp_path / "centre.journal", Hands()
    with open_host(path, clock) as host:
        host.apply(LogIn("ann"))
        before = (host.revision, host.digest)
        clock.ns += SECOND
        assert host.write_down("the drill is over", actor="kim", request_id="r") == 2
        assert (host.revision, host.digest) == before
        assert host.now_ns == clock.ns
        for bad in ("", "x" * (NOTE_MAX + 1), 5):
            with pytest.raises(UsageError, match="note"):
                host.write_down(bad, actor="kim")  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="note of"):
            host.apply(LogIn("ben"), note="x" * (NOTE_MAX + 1))
        assert host.seq == 2
        lines = envelopes(crashed(path, tmp_path / "again"))
        assert lines[1] == Noted(2, clock.ns, "kim", "r", None, "the drill is over")
        assert type(lines[0]) is Envelope  # without a note the line is what it always was
        host.drain()
        with pytest.raises(ClosedError):
            host.write_down("too late", actor="kim")


def test_a_note_is_part_of_a_line_that_every_version_can_read() -> None:
    line = write(Noted(1, 5, "kim", "", LogIn("ann"), 'says "]'))
    assert line == b'[1,5,"kim","",{"type":"LogIn","agent":"ann"},"says \\"]"]\n'
    assert read_batch(line, 1) == [Noted(1, 5, "kim", "", LogIn("ann"), 'says "]')]
    assert msgspec.json.decode(line, type=Envelope) == Envelope(1, 5, "kim", "", LogIn("ann"))  # an older one
    plain = write(Envelope(2, 6, "", "", LogIn('b"]')))
    both = read_batch(line + plain, 1)
    assert [type(one) for one in both] == [Noted, Envelope]
    with pytest.raises(CorruptJournalError):
        read_batch(line[:-3] + b"\n", 1)


def test_a_text_with_notes_replays_to_the_same() -> None:
    from_header: Header = header(CENTRE, BEHAVIOUR)
    with_notes = [
        write(from_header),
        write(Noted(1, 5, "kim", "", LogIn("ann"), "n")),
        write(Noted(2, 9, note="x")),
    ]
    without = [write(from_header), write(Envelope(1, 5, "kim", "", LogIn("ann"))), write(Envelope(2, 9))]
    assert replay(with_notes).digest == replay(without).digest


def test_a_witness_that_raises_stops_the_host() -> None:
    class Broken(Clerk):
        def before(self, envelope: Envelope) -> None:
            raise RuntimeError(f"cannot see {envelope.seq}")

    host = Host(CENTRE, settings=BY_HAND, followers={"broken": Broken})
    with pytest.raises(ClosedError, match="cannot see 1"):
        host.apply(LogIn("ann"))
    assert host.state == "stopped"
    host.close()
