"""Recording over crashes: the same wishes, and every segment written once, wherever the process or the database dies.

Owns these promises; must not know what the wing keeps.
"""

import contextlib
import random
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import naive_recordings as naive
import pytest
from recording_child import CENTRE, POLICY, drawn, open_host, settle

from routing import Engine, EnqueueContact, LogIn
from routing.center.recording import FOLLOWER, RecordingWing, Refusal, Row, Segment
from routing.center.recording.recordings import Recordings
from routing.center.wing import Due
from routing.events import Event
from routing.host import Host
from routing.journal import Envelope
from routing.journal.sqlite import SqliteJournal
from routing.replay import apply_envelope

pytestmark = pytest.mark.once

CHILD = Path(__file__).with_name("recording_child.py")


def due(host: Host) -> Due:
    found: Due = host.look(FOLLOWER, lambda wing: wing.due(host.now_ns))
    return found


def reborn(folder: Path) -> Host:
    """Open what is on the disk of a host that lives elsewhere, as after a crash."""
    folder.mkdir()
    for file in folder.parent.glob("journal*"):
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    return open_host(folder / "journal")


def test_the_same_wishes_and_rows_after_a_crash(tmp_path: Path) -> None:
    host = open_host(tmp_path / "journal")
    rng = random.Random(7)
    for agent in CENTRE.agents:
        host.apply(LogIn(agent.id))
    compared = 0
    for step in range(240):
        host.apply(host.read(lambda engine: drawn(rng, engine, host.seq)))
        if rng.random() < 0.6:
            settle(host)
        if step % 50 == 20:
            host.snapshot()
        if step % 24 == 0:
            wishes, rows = due(host), host.look(FOLLOWER, RecordingWing.take)
            live = host.look(FOLLOWER, RecordingWing.live)
            with contextlib.closing(reborn(tmp_path / f"again-{step}")) as other:
                found = other.look(FOLLOWER, lambda wing: wing.due(host.now_ns))
                assert found == wishes
                assert other.look(FOLLOWER, RecordingWing.take) == rows
                assert other.look(FOLLOWER, RecordingWing.live) == live
            compared += bool(wishes.proposals)
    host.close()
    assert compared > 2


def test_rows_stay_until_they_are_confirmed(tmp_path: Path) -> None:
    host = open_host(tmp_path / "journal")
    rng = random.Random(3)
    for agent in CENTRE.agents:
        host.apply(LogIn(agent.id))
    for _ in range(120):
        host.apply(host.read(lambda engine: drawn(rng, engine, host.seq)))
        settle(host)
    number, rows = host.look(FOLLOWER, RecordingWing.take)
    assert len(rows) > 3
    host.look(FOLLOWER, lambda wing: wing.confirm(number - 2))
    host.snapshot()
    host.look(FOLLOWER, lambda wing: wing.confirm(number))  # which nobody will know of
    with contextlib.closing(reborn(tmp_path / "again")) as other:
        assert other.look(FOLLOWER, RecordingWing.take) == (number, rows[-2:])
    host.close()


def kept(path: Path) -> tuple[list[Row], set[str]]:
    """What the journal says there must be, recounted; and that nothing was commanded twice."""
    journal = SqliteJournal(path, read_only=True)
    journal.open()
    told: list[Event] = []
    customers: list[str] = []
    requests: list[str] = []
    engine = Engine(CENTRE)
    decode = msgspec.json.Decoder(Envelope).decode_lines
    try:
        for batch in journal.read(0):
            for envelope in decode(batch.lines):
                told += apply_envelope(engine, envelope)
                if envelope.request_id:
                    requests.append(envelope.request_id)
                if isinstance(envelope.command, EnqueueContact):  # none is refused: each has an id of its own
                    customers.append(envelope.command.customer)
    finally:
        journal.close()
    assert len(set(requests)) == len(requests)
    return naive.rows(told, POLICY, customers), set(requests)


@pytest.mark.parametrize(
    "kills", [pytest.param(3, marks=pytest.mark.slow), pytest.param(25, marks=pytest.mark.long)]
)
def test_killed_again_and_again_each_segment_is_written_once(tmp_path: Path, kills: int) -> None:
    journal, database = tmp_path / "journal", tmp_path / "history.db"
    rng = random.Random(11)

    def child(*more: str) -> subprocess.Popen[bytes]:
        found = subprocess.Popen(
            [sys.executable, str(CHILD), str(journal), str(database), "5", *more], stdout=subprocess.PIPE
        )
        assert found.stdout is not None
        assert found.stdout.readline() == b"ready\n"
        return found

    for _ in range(kills):
        process = child()
        assert process.stdout is not None
        for _ in range(4):  # it is at work, however slow it is
            assert process.stdout.readline() == b"put\n"
        time.sleep(0.1 + 0.4 * rng.random())
        process.kill()
        process.communicate()
    process = child("finish")
    process.communicate(timeout=120)
    assert process.returncode == 0
    rows, requests = kept(journal)
    with Recordings(database) as recordings:
        found = {one.segment.segment: one for one in recordings.search(most=100_000)}
    segments = [one for one in rows if isinstance(one, Segment)]
    assert len({one.segment for one in segments}) == len(segments)
    assert set(found) == {one.segment for one in segments}
    late = {one.contact for one in rows if isinstance(one, Refusal)}
    for one in segments:
        if one.contact not in late:
            assert found[one.segment].segment == one
        assert bool(found[one.segment].holds) == one.legal_hold
    assert len(segments) > 10
    assert requests
