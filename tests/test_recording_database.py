"""What is kept of recordings: written once whatever dies, reported, held, verified, erased, and purged in two phases.

Owns tests of the database's part; must not test what the wing proposes (``test_recording``).
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import postgres
import pytest

from routing import AcceptOffer, Agent, CompleteContact, Config, EnqueueContact, LogIn, Queue, Remark
from routing.center import running
from routing.center.recording import (
    FOLLOWER,
    Part,
    Pause,
    Refusal,
    Row,
    Segment,
    loads_recording,
    recording,
)
from routing.center.recording.holding import Holding
from routing.center.recording.recordings import Recordings
from routing.center.recording.searching import Search
from routing.center.recording.shapes import Confirmed, Due, Recorded
from routing.commands import Command
from routing.customers import Customers, MasterKeys
from routing.customers.sealing import Key
from routing.errors import UsageError
from routing.host import Host, Settings
from routing.remarks import Recording
from routing.units import DAY

pytestmark = pytest.mark.once

SHA = "ab" * 32


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return postgres.a_database() if request.param == "postgresql" else str(tmp_path / "history.db")


@pytest.fixture
def recordings(where: str) -> Iterator[Recordings]:
    with Recordings(where) as found:
        yield found


def a_segment(number: int, **more: object) -> Segment:
    start = 100 * number
    values: dict[str, object] = {
        "segment": f"r{number}",
        "contact": f"c{number}",
        "arrived_ns": start - 5,
        "customer": "ann",
        "queue": "sales",
        "channel": "voice",
        "direction": "inbound",
        "rule": "all",
        "started_ns": start,
        "ended_ns": start + 50,
        "started_by": "policy",
        "ended_by": "ended",
        "keep_until_ns": start + 1_000,
        "parts": (Part("ben", start, start + 20), Part("cat", start + 20, start + 50)),
        "pauses": (Pause(start + 3, start + 6, "card"),),
    }
    return Segment(**values | more)  # type: ignore[arg-type]


def report(recordings: Recordings, *segments: str) -> None:
    for one in segments:
        recordings.report(one, f"s3://calls/{one}", SHA, 9, at_ns=1, who="media")


def ids(found: list[Recorded]) -> list[str]:
    return [one.segment.segment for one in found]


def contents(recordings: Recordings) -> list[Segment]:
    return [one.segment for one in recordings.search(most=10_000)]


# ---------------------------------------------------------------------------------------------------- written


def test_an_odd_id_keeps_no_rows_from_a_database(recordings: Recordings) -> None:
    """PostgreSQL has no text with a zero character; an engine's ids may have one."""
    odd = "call\0-2"
    recordings.write([a_segment(1), a_segment(2, contact=odd), a_segment(3), Refusal(odd, -1, 300)])
    assert [one.segment.segment for one in recordings.search()] == ["r1", "r2", "r3"]
    (found,) = recordings.search(Search(contact=odd))
    assert found.segment.segment == "r2"


def test_what_is_given_again_changes_nothing(recordings: Recordings) -> None:
    rows: list[Row] = [a_segment(number) for number in range(1, 5)]
    recordings.write(rows[:2])
    recordings.write(rows)
    recordings.write(rows[1:])
    assert contents(recordings) == rows
    recordings.write([])
    recordings.of("other").write(rows[:1])
    assert len(contents(recordings)) == 4
    assert contents(recordings.of("other")) == rows[:1]


def test_a_refusal_puts_forward_what_is_to_be_deleted_by_it(recordings: Recordings) -> None:
    kept = a_segment(1, contact="c", arrived_ns=7, consent="given")
    first = a_segment(2, contact="c", arrived_ns=7, delete_on_refusal=True, consent="asked")
    other = a_segment(3, contact="d", delete_on_refusal=True)
    before = a_segment(4, contact="c", arrived_ns=3, delete_on_refusal=True)
    rows: list[Row] = [before, kept, first, other, Refusal("c", 7, 300)]
    for _ in range(2):  # the second time after a crash
        recordings.write(rows)
        found = {one.segment: one for one in contents(recordings)}
        assert found["r2"].keep_until_ns == found["r2"].consent_ns == 300
        assert found["r2"].consent == "refused"
        assert (found["r1"], found["r3"], found["r4"]) == (kept, other, before)
    recordings.write([Refusal("d", -1, 900), Refusal("nobody", -1, 900)])  # said afterwards
    assert {one.segment: one.keep_until_ns for one in contents(recordings)}["r3"] == 900
    due = recordings.purge(300).due
    assert due == (Due(segment="r2", location="", why="refused", keep_until_ns=300),)


# --------------------------------------------------------------------------------------------------- reported


def test_a_media_server_reports_and_verifies(recordings: Recordings) -> None:
    sha = hashlib.sha256(b"what was said").hexdigest()
    recordings.report("r1", "s3://a", sha, 13, at_ns=5, who="media-1")  # before the segment is over
    recordings.write([a_segment(1)])
    recordings.report("r1", "s3://a", sha.upper(), 13, at_ns=6, who="media-1")  # again
    recordings.report("r1", "glacier://b", sha, 13, at_ns=7, who="media-2")
    found = recordings.get("r1")
    assert found is not None
    assert found.media is not None
    assert (found.media.location, found.media.sha256, found.media.size) == ("glacier://b", sha, 13)
    assert recordings.verify("r1", sha, at_ns=8, who="eve")
    assert not recordings.verify("r1", hashlib.sha256(b"!").hexdigest(), at_ns=9, who="eve")
    with pytest.raises(UsageError, match="what is recorded does not change"):
        recordings.report("r1", "s3://c", SHA, 13, at_ns=10, who="media-1")
    with pytest.raises(UsageError, match="is no SHA-256"):
        recordings.report("r2", "s3://c", "abc", 13, at_ns=10, who="media-1")
    with pytest.raises(UsageError, match="no SHA-256 of 'r9' was reported"):
        recordings.verify("r9", SHA, at_ns=10, who="eve")
    with pytest.raises(UsageError, match="empty or out of range"):
        recordings.report("r2", "", SHA, 13, at_ns=10, who="media-1")
    assert [(one.at_ns, one.who, one.action) for one in recordings.audit("r1")] == [
        (5, "media-1", "reported"),
        (7, "media-2", "moved"),
        (8, "eve", "verified"),
        (9, "eve", "found altered"),
    ]


def test_media_without_a_segment_are_strays(recordings: Recordings) -> None:
    recordings.write([a_segment(1)])
    report(recordings, "r1", "unasked")
    assert [segment for segment, _ in recordings.strays(2)] == ["unasked"]
    assert recordings.strays(1) == []


# ------------------------------------------------------------------------------------------------------ found


def test_search_by_everything(recordings: Recordings) -> None:
    recordings.write(
        [
            a_segment(1),
            a_segment(2, customer="bob", queue="tech", parts=(Part("dan", 1, 2),)),
            a_segment(3, direction="outbound", rule="out", keep_until_ns=10_000),
            a_segment(4, contact="c1"),
        ]
    )
    recordings.hold(["r3", "r4"], "case 7", at_ns=9, who="eve", why="a letter")

    def found(**what: object) -> list[str]:
        return ids(recordings.search(Search(**what)))  # type: ignore[arg-type]

    assert found() == ["r1", "r2", "r3", "r4"]
    assert found(contact="c1") == ["r1", "r4"]
    assert found(customer="bob") == found(queue="tech") == found(agent="dan") == ["r2"]
    assert found(agent="cat") == ["r1", "r3", "r4"]
    assert found(direction="outbound") == found(rule="out") == ["r3"]
    assert found(from_ns=200, to_ns=400) == ["r2", "r3"]
    assert found(held=True) == found(matter="case 7") == ["r3", "r4"]
    assert found(held=False) == ["r1", "r2"]
    assert found(due_ns=1_200) == ["r1", "r2"]
    first = recordings.search(most=3)
    assert ids(recordings.search(after=(first[-1].segment.started_ns, "r3"))) == ["r4"]


def test_export_is_audited(recordings: Recordings) -> None:
    recordings.write([a_segment(number) for number in range(1, 4)])
    report(recordings, "r2")
    told = list(recordings.export(Search(customer="ann"), at_ns=5, who="eve"))
    assert [one["segment"]["segment"] for one in told] == ["r1", "r2", "r3"]
    assert told[1]["media"] == {"location": "s3://calls/r2", "sha256": SHA, "size": 9, "at_ns": 1}
    (entry,) = [one for one in recordings.audit() if one.action == "exported"]
    assert (entry.who, entry.details) == ("eve", "customer ann")
    with pytest.raises(UsageError, match="who is empty"):
        next(recordings.export(at_ns=5, who=""))


# -------------------------------------------------------------------------------------------------- legal hold


def test_a_legal_hold_says_who_when_and_why(recordings: Recordings) -> None:
    recordings.write([a_segment(1), a_segment(2, legal_hold=True)])
    assert recordings.hold(["r1"], "case 7", at_ns=5, who="eve", why="a letter of the court") == ()
    recordings.hold(["r1", "r2"], "case 8", at_ns=6, who="eve", why="another")
    assert recordings.release(["r1"], "case 7", at_ns=7, who="sue", why="settled") == 1
    assert recordings.release(["r1"], "case 7", at_ns=8, who="sue") == 0
    found = recordings.get("r2")
    assert found is not None
    assert [(one.matter, one.who) for one in found.holds] == [("case 8", "eve"), ("policy", "recording")]
    assert recordings.release(["r2"], "", at_ns=9, who="sue") == 2
    recordings.write([a_segment(2, legal_hold=True)])  # after a crash: what was released stays so
    assert ids(recordings.search(Search(held=True))) == ["r1"]
    assert [(one.who, one.action, one.details) for one in recordings.audit("r1")] == [
        ("eve", "held", "case 7: a letter of the court"),
        ("eve", "held", "case 8: another"),
        ("sue", "released", "case 7: settled"),
    ]
    for segments, matter, why, problem in (
        (["r1", "r9"], "m", "w", "there is no recording 'r9'"),
        (["r1"], "", "w", "matter '' or why 'w' is empty"),
        ([], "m", "w", "no segment is named"),
    ):
        with pytest.raises(UsageError, match=problem):
            recordings.hold(segments, matter, at_ns=9, who="eve", why=why)
    with pytest.raises(UsageError, match="who is empty"):
        recordings.hold(["r1"], "m", at_ns=9, who="", why="w")
    assert ids(recordings.search(Search(matter="m"))) == []  # all of it, or nothing


# ------------------------------------------------------------------------------------------------------- purge


def test_purge_by_retention_in_two_phases(recordings: Recordings) -> None:
    recordings.write([a_segment(number) for number in range(1, 6)])
    report(recordings, "r1", "r2", "r3")
    recordings.hold(["r2"], "case 7", at_ns=9, who="eve", why="a letter")
    dry = recordings.purge(1_400)
    assert [one.segment for one in dry.due] == ["r1", "r3", "r4"]
    assert (dry.due[0].location, dry.due[2].location, dry.held) == ("s3://calls/r1", "", 1)
    assert recordings.purge(1_400) == dry  # nothing was changed
    asked = recordings.purge(1_400, who="nightly", dry_run=False)
    assert (asked.due, asked.held) == (dry.due, 1)
    assert recordings.purge(1_400, who="nightly", dry_run=False).due == dry.due  # after a crash
    assert recordings.confirm(["r1", "r5", "r9"], at_ns=1_500, who="media") == Confirmed(
        deleted=("r1",), unasked=("r5", "r9")
    )
    assert recordings.confirm(["r1"], at_ns=1_501, who="media").deleted == ("r1",)  # again
    assert recordings.get("r1") is None
    assert ids(recordings.search()) == ["r2", "r3", "r4", "r5"]
    assert [one.segment for one in recordings.purge(1_500, who="nightly", dry_run=False).due] == [
        "r3",
        "r4",
        "r5",
    ]
    recordings.confirm(["r3", "r4", "r5"], at_ns=1_600, who="media")
    recordings.release(["r2"], "case 7", at_ns=1_700, who="eve")
    assert [one.segment for one in recordings.purge(1_700).due] == ["r2"]
    assert [one.action for one in recordings.audit("r1")] == ["reported", "deleted"]


def test_what_was_deleted_never_comes_back(recordings: Recordings) -> None:
    """The wing may give its row again after a crash, and a media server may be late."""
    recordings.write([a_segment(1, legal_hold=False)])
    recordings.purge(2_000, who="nightly", dry_run=False)
    recordings.confirm(["r1"], at_ns=2_001, who="media")
    recordings.write([a_segment(1), Refusal("c1", -1, 2_002)])
    assert contents(recordings) == []
    with pytest.raises(UsageError, match="was deleted, and that confirmed; delete these media, too"):
        report(recordings, "r1")
    with pytest.raises(UsageError, match="there is no recording 'r1'"):
        recordings.hold(["r1"], "m", at_ns=2_003, who="eve", why="w")


def test_a_hold_withdraws_a_deletion_that_was_asked_for(recordings: Recordings) -> None:
    recordings.write([a_segment(1)])
    report(recordings, "r1")
    recordings.purge(2_000, who="nightly", dry_run=False)
    found = recordings.get("r1")
    assert found is not None
    assert found.asked_ns == 2_000
    assert recordings.hold(["r1"], "case 7", at_ns=2_001, who="eve", why="late") == ("r1",)
    assert recordings.confirm(["r1"], at_ns=2_002, who="media") == Confirmed(held=("r1",))
    assert recordings.get("r1") is not None
    assert recordings.purge(3_000, who="nightly", dry_run=False).due == ()
    assert recordings.audit("r1")[-1].action == "confirmed in spite of a legal hold"
    recordings.release(["r1"], "case 7", at_ns=3_001, who="eve")
    assert recordings.confirm(["r1"], at_ns=3_002, who="media").unasked == (
        "r1",
    )  # it has to be asked for anew
    assert [one.segment for one in recordings.purge(3_003, who="nightly", dry_run=False).due] == ["r1"]
    assert recordings.confirm(["r1"], at_ns=3_004, who="media").deleted == ("r1",)


def test_a_purge_has_a_limit_and_a_name(recordings: Recordings) -> None:
    recordings.write([a_segment(number) for number in range(1, 8)])
    with pytest.raises(UsageError, match="who is empty"):
        recordings.purge(5_000, dry_run=False)
    seen: set[str] = set()
    for expected in (3, 6, 7):
        done = recordings.purge(5_000, who="nightly", dry_run=False, most=3)
        seen |= {one.segment for one in done.due}
        assert (len(seen), done.more) == (expected, expected < 7)


def test_purges_that_die_anywhere(recordings: Recordings) -> None:
    """Whatever is repeated or left out, each segment's media are asked for until they are gone, and nothing held is."""
    random = Random(5)
    rows: list[Row] = [
        a_segment(number, keep_until_ns=random.randrange(4_000), customer=f"u{number % 7}")
        for number in range(1, 61)
    ]
    media = {one.segment for one in rows if isinstance(one, Segment)}  # what a media server has
    keep = {one.segment: one.keep_until_ns for one in rows if isinstance(one, Segment)}
    recordings.write(rows)
    report(recordings, *sorted(media))
    held: set[str] = set()
    for now_ns in range(0, 6_000, 200):
        if random.random() < 0.3:
            recordings.close()  # somebody died, and comes back
            recordings.write(random.sample(rows, 20))
        one = random.choice(sorted(keep))
        if random.random() < 0.3 and recordings.get(one) is not None and one in media:
            recordings.hold([one], "m", at_ns=now_ns, who="eve", why="w")
            held.add(one)
        elif held and random.random() < 0.4:
            recordings.release([one := random.choice(sorted(held))], "m", at_ns=now_ns, who="eve")
            held.discard(one)
        done = recordings.purge(
            now_ns, who="nightly", dry_run=random.random() < 0.3, most=random.randint(1, 20)
        )
        asked = [due.segment for due in done.due]
        assert not held & set(asked)
        assert all(keep[segment] <= now_ns for segment in asked)
        if not done.dry_run:
            gone = [segment for segment in asked if random.random() < 0.5]
            media -= set(gone)
            told = [segment for segment in gone if random.random() < 0.7]  # the rest is asked for again
            assert set(recordings.confirm(told, at_ns=now_ns, who="media").deleted) == set(told)
        known = set(ids(recordings.search(most=1_000)))
        assert media <= known  # never metadata gone before the media
        assert held <= known & media
    if held:
        recordings.release(sorted(held), "", at_ns=6_000, who="eve")
    last = recordings.purge(6_000, who="nightly", dry_run=False, most=1_000)
    recordings.confirm([due.segment for due in last.due], at_ns=6_001, who="media")
    recordings.write(rows)
    assert contents(recordings) == []


def test_a_hold_and_a_purge_that_meet(recordings: Recordings) -> None:
    """Whoever is first, what is held in the end is asked to be deleted by nobody."""
    numbers = range(1, 13)
    recordings.write([a_segment(number) for number in numbers])
    with ThreadPoolExecutor(2) as pool:
        for number in numbers:
            purged = pool.submit(recordings.purge, 1_000 + 100 * number, who="nightly", dry_run=False)
            held = pool.submit(recordings.hold, [f"r{number}"], "m", at_ns=9, who="eve", why="w")
            asked = {one.segment for one in purged.result().due}
            assert (f"r{number}" in held.result()) == (f"r{number}" in asked)
            found = recordings.get(f"r{number}")
            assert found is not None
            assert found.asked_ns == 0


# --------------------------------------------------------------------------------------------------- customers


def test_erasing_a_customer_reaches_recordings_and_a_legal_hold_wins(where: str) -> None:
    clock: Callable[[], int] = lambda: 700  # noqa: E731
    with (
        Recordings(where) as recordings,
        Customers(where, MasterKeys([Key.fresh()]), holders=[Holding(recordings, clock)]) as customers,
    ):
        ann = customers.identify("number", "+442079460018", at_ns=1).customer
        late = a_segment(3, customer=ann)
        recordings.write(
            [a_segment(1, customer=ann), a_segment(2, customer=ann), a_segment(4, customer="bob")]
        )
        report(recordings, "r1", "r2")
        recordings.hold(["r2"], "case 7", at_ns=5, who="eve", why="a letter")
        told = customers.export(ann, 6, "eve")["elsewhere"]["recordings"][0]
        assert [one["segment"]["segment"] for one in told["segments"]] == ["r1", "r2"]
        assert told["under_legal_hold"] == ["r2"]
        assert told["segments"][0]["media"]["location"] == "***"
        clear = customers.export(ann, 6, "eve", personal=True)["elsewhere"]["recordings"][0]
        assert clear["segments"][0]["media"]["location"] == "s3://calls/r1"

        assert customers.erase(ann, 700, "eve").elsewhere == {"recordings": 1}
        assert customers.erase(ann, 700, "eve").elsewhere == {"recordings": 0}  # again
        recordings.write([late])  # it was still to be written
        assert [(one.segment, one.why) for one in recordings.purge(700).due] == [
            ("r1", "erased"),
            ("r3", "erased"),
        ]
        found = {one.segment.segment: one for one in recordings.search()}
        assert {name: one.segment.customer for name, one in found.items()} == {
            "r1": "",
            "r2": ann,
            "r3": "",
            "r4": "bob",
        }
        assert recordings.audit("r2")[-1].action == "kept in spite of an erasure"
        assert Holding(recordings, clock).held(ann, personal=False)["under_legal_hold"] == ["r2"]
        recordings.release(["r2"], "case 7", at_ns=800, who="eve")
        found = {one.segment.segment: one for one in recordings.search()}
        assert found["r2"].segment.customer == ""
        assert {one.segment for one in recordings.purge(800).due} == {"r1", "r2", "r3"}
        assert Holding(recordings, clock).call_backs(ann) == []
        assert Holding(recordings, clock).forget("") == 0
        assert dict(Holding(recordings, clock).held("", personal=True))["segments"] == []
        later = a_segment(9, customer=ann, started_ns=800, ended_ns=900, keep_until_ns=900 + DAY)
        recordings.write([later])  # what came after the erasure is no part of it
        assert {one.segment for one in recordings.purge(900).due} == {"r1", "r2", "r3"}


# ----------------------------------------------------------------------------------------- beside a whole centre


def test_a_centre_that_runs_the_wing_has_its_recordings_in_the_database(tmp_path: Path) -> None:
    """A call of its own from the answer to the purge, with the loop that runs wings and the database behind it."""
    policy = loads_recording("[[rules]]\nid = 'all'\nconsent = 'announcement'\nretention_days = 30\n", "toml")
    centre = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
    makings = {FOLLOWER: recording(policy), running.FOLLOWER: running.bell}
    with (
        Recordings(tmp_path / "history.db") as recordings,
        Host(centre, tmp_path / "journal", followers=makings, settings=Settings(threads=False)) as host,
        running.Running(host, (FOLLOWER,), put={FOLLOWER: recordings.write}, threads=False) as loop,
    ):
        told: list[str] = []

        def do(*commands: Command) -> None:
            for command in commands:
                host.apply(command, actor="front-end")
                told.extend(request.split("/")[1] for _, request in loop.step().applied)

        do(LogIn("ann"), EnqueueContact("c1", ("sales",), customer="u1"), AcceptOffer("c1", "ann"))
        do(Remark("c1", Recording("pause", "card")), Remark("c1", Recording("resume")), CompleteContact("c1"))
        assert told == ["start", "resume"]
        loop.write()
        loop.write()
        (one,) = recordings.search(Search(customer="u1"))
        assert one.segment.consent == "announced"
        assert [
            (pause.reason, part.agent)
            for pause, part in zip(one.segment.pauses, one.segment.parts, strict=True)
        ] == [("card", "ann")]
        assert host.look(FOLLOWER, lambda wing: wing.take()[1]) == ()
        assert recordings.purge(one.segment.ended_ns + 30 * DAY).due[0].segment == one.segment.segment
        assert recordings.purge(one.segment.ended_ns + 30 * DAY - 1).due == ()
