"""Journals: what was written once replays for ever, and what was tampered with does not."""

from pathlib import Path

import pytest

from routing import Agent, Config, Engine, LogIn, Queue
from routing.errors import CorruptJournalError, ReplayMismatchError, UsageError
from routing.events import Event
from routing.journal import Checkpoint, Envelope, Header, Writer, header, read, write
from routing.replay import replay

GOLDEN = Path(__file__).parent / "golden"
CONFIG = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))


@pytest.mark.parametrize(
    "name", ["coming_back", "dialing", "omnichannel", "overflowing", "reconfigured", "repertoire"]
)
def test_a_golden_journal_replays(name: str) -> None:
    """Written by the first version of the engine that knew its commands; never to be written anew for behaviour 1."""
    lines = (GOLDEN / f"{name}.jsonl").read_bytes().splitlines(keepends=True)
    seen: list[Event] = []
    engine = replay(lines, seen.extend)
    assert len(seen) > 500
    assert sum(isinstance(line, Checkpoint) for line in read(lines)) >= 5
    engine._check()
    again = replay(lines)
    assert again.snapshot() == engine.snapshot()


def test_a_golden_journal_with_a_wrong_digest_fails() -> None:
    with pytest.raises(ReplayMismatchError, match=r"after envelope \d+ the journal has revision \d+"):
        replay((GOLDEN / "must_fail.jsonl").read_bytes().splitlines())


def test_a_journal_can_be_cut_and_continued_from_a_snapshot() -> None:
    lines = list(read((GOLDEN / "overflowing.jsonl").read_bytes().splitlines()))
    envelopes = [line for line in lines if isinstance(line, Envelope)]
    first = lines[0]
    assert isinstance(first, Header)
    whole, half = Engine(first.config), Engine(first.config)
    for place, envelope in enumerate(envelopes):
        if place == len(envelopes) // 2:
            half = Engine.restore(half.snapshot())
        for engine in (whole, half):
            if envelope.command is None:
                engine.advance(envelope.at_ns)
            else:
                engine.apply(envelope.command, envelope.at_ns, request_id=envelope.request_id)
    assert whole.snapshot() == half.snapshot()


def journal(*lines: bytes) -> list[bytes]:
    return [write(header(CONFIG, 1)), *lines]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "the journal is empty"),
        ([b"[1,5]\n"], "line 1 is no header"),
        (journal(b"[1,5,\n"), "line 2 cannot be read"),
        (
            journal(b'[1,5,"","",{"type":"LogInn","agent":"ann"}]\n'),
            "line 2 cannot be read: Invalid value 'LogInn'",
        ),
        (journal(write(Envelope(2, 5))), "line 2: seq 2 follows 0"),
        (journal(write(Envelope(1, 5)), write(Envelope(2, 4))), "line 3: at_ns 4 is before 5"),
        (journal(write(header(CONFIG, 1))), "line 2: a second header"),
        (journal(write(Envelope(1, -5))), "line 2: at_ns -5 is before 0"),
        (
            [write(header(CONFIG, 1)).replace(b'"ann"', b'"eve"')],
            "line 1: the configuration does not hash to",
        ),
        ([write(Header(9, 1, "", CONFIG))], "line 1: format 9 is not known"),
    ],
)
def test_a_damaged_journal_is_named_by_its_line(lines: list[bytes], words: str) -> None:
    with pytest.raises(CorruptJournalError, match=words):
        replay(lines)


def test_an_unknown_behaviour_is_refused() -> None:
    with pytest.raises(UsageError, match="behaviour 2 is not known"):
        replay([write(header(CONFIG, 2))])


def test_a_journal_of_today_is_read_by_fields_not_by_place() -> None:
    """Old and new commands differ by appended fields only: missing ones have defaults, unknown ones are ignored."""
    line = b'[1,5,"","",{"type":"LogIn","agent":"ann","a_field_of_tomorrow":7}]\n'
    envelope = list(read(journal(line)))[1]
    assert isinstance(envelope, Envelope)
    assert envelope.command == LogIn("ann", ready=True, reason="")


def test_writing_and_reading_agree() -> None:
    writer = Writer()
    lines = journal(
        writer.command(LogIn("ann"), 5, actor="ann", request_id="r1"),
        writer.command(LogIn("ann"), 5, request_id="r1"),
        writer.command(None, 9),
    )
    engine = replay(lines)
    assert (engine.now_ns, engine.revision) == (9, 1)
    lines.append(write(Checkpoint(engine.revision, f"{engine.digest:016x}")))
    replay(lines)


def test_a_torn_last_line_can_be_passed_over() -> None:
    writer = Writer()
    lines = journal(writer.command(LogIn("ann"), 5), writer.command(None, 9)[:-4])
    with pytest.raises(CorruptJournalError, match="line 3 cannot be read"):
        replay(lines)
    assert replay(lines, torn=True).now_ns == 5


def test_a_snapshot_goes_on_with_the_rest_of_the_journal() -> None:
    lines = (GOLDEN / "omnichannel.jsonl").read_bytes().splitlines(keepends=True)
    whole = replay(lines)
    cut = next(place for place, line in enumerate(lines) if line.startswith(b"[200,")) + 1
    half = Engine.restore(replay(lines[:cut]).snapshot())
    seen: list[Event] = []
    assert replay(lines, seen.extend, engine=half, after=200) is half
    assert half.snapshot() == whole.snapshot()
    assert 0 < len(seen) < whole.revision
