"""Dry runs: what they say is what happens, and nothing happens to the engine.

Owns tests of ``routing.whatif`` and of the command on top of it; must not test what an edit does (``test_hot_swap``).
"""

import json
from pathlib import Path
from random import Random

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, Pair, moves, valid_config

from routing import (
    UNLIMITED,
    AcceptOffer,
    Agent,
    CloseQueue,
    Config,
    Configure,
    Engine,
    EnqueueContact,
    LogIn,
    LogOut,
    Overflow,
    PutQueue,
    Queue,
    Reason,
    SetSkills,
    Step,
    UpdateContact,
    cli,
    whatif,
)
from routing.config import dumps
from routing.errors import UsageError
from routing.events import ContactOffered
from routing.units import MINUTE, SECOND
from routing.whatif import DryRun, dry_run
from routing.whatif.picture import Picture


def waiting_centre(queue: Queue, contacts: int = 3) -> Engine:
    """Ann is busy, Ben is away; calls wait, one a second."""
    agents = (Agent("ann", {"tech": 60}), Agent("ben", {"tech": 90}))
    engine = Engine(Config(skills=("tech",), agents=agents, queues=(queue, Queue("other"))))
    engine.apply_many(
        [(LogIn("ann"), 0), (EnqueueContact("busy", (queue.id,)), 0), (AcceptOffer("busy", "ann"), 0)]
    )
    for number in range(1, contacts + 1):
        engine.apply(EnqueueContact(f"c{number}", (queue.id,), priority=number), number * SECOND)
    return engine


def by_contact(done: DryRun) -> dict[str, whatif.Change]:
    return {change.contact: change for change in done.changes}


# ------------------------------------------------------------------------------------------------ by the laws


@pytest.mark.parametrize("seed", range(12))
def test_it_says_what_happens_and_touches_nothing(seed: int) -> None:
    """Whatever the command: the events are those of doing it, the engine is the same to the byte."""
    centres = Centres(Random(seed), features=ALL_FEATURES)
    alone = Alone(valid_config(centres))
    for move in moves(centres, alone, 80):
        engine = alone.compiled
        before, digest = engine.snapshot(), engine.digest
        done = None
        if move.command is not None:
            done = dry_run(engine, move.command, at_ns=move.at_ns, horizon_ns=(0, 7, 40)[seed % 3])
            assert (engine.snapshot(), engine.digest) == (before, digest)
            real = Engine.restore(before)
            assert real.advance(move.at_ns) == done.elapsed
            assert real.apply(move.command, move.at_ns) == done.events
            assert real.advance(move.at_ns + done.horizon_ns) == done.later
            check_given(real, done)
        alone.make(move)


def check_given(engine: Engine, done: DryRun) -> None:
    """What a change says of a contact is what the engine shows after it."""
    for change in done.changes:
        view = engine.contacts.get(change.contact)
        assert change.given.state == ("ended" if view is None else view.state)
        if view is not None and change.given.key is not None:
            assert (view.visits, view.reserved) == (change.given.visits, change.given.reserved)
            assert tuple(one.agent for one in view.segments) == change.given.ringing
            assert view.lead_queue in ("", change.given.lead_queue)


@pytest.mark.parametrize("seed", range(8))
def test_keys_and_reach_are_those_of_the_reference(seed: int) -> None:
    centres = Centres(Random(seed), features=ALL_FEATURES)
    pair = Pair(valid_config(centres))
    looked = 0
    for move in moves(centres, pair, 120):
        pair.make(move)
        other = pair.reference
        seen = Picture(pair.compiled.snapshot()).seen
        assert set(seen) == {one.id for one in other._contacts.values() if one.state != "handling"}
        keys = sorted(other._standing(other._contacts[name]) for name in seen)
        for name, one in seen.items():
            contact = other._contacts[name]
            assert one.standing.key == other._standing(contact) == keys[one.standing.place - 1]
            assert one.standing.lead_queue == other._lead(contact).line.id
            channels = {channel.id: channel.capacity for channel in other.config.channels}
            assert one.reach == {
                person.id
                for person in other._order
                if (
                    ((preference := contact.preference(person)) is not None and preference.direct)
                    or (
                        any(other._fits(contact, visit, person) for visit in contact.visits)
                        and (person.agent.channels or channels).get(contact.channel, 0) > 0
                        and (contact.load == 0 or contact.load <= person.agent.load)
                    )
                )
            }
            looked += 1
    assert looked


@pytest.mark.parametrize("seed", range(6))
def test_a_refused_command_changes_nothing(seed: int) -> None:
    centres = Centres(Random(seed), features=ALL_FEATURES)
    alone = Alone(valid_config(centres))
    for move in moves(centres, alone, 80):
        if move.command is not None:
            done = dry_run(alone.compiled, move.command, at_ns=move.at_ns, horizon_ns=20)
            if done.refusal is not None:
                assert (done.events, done.changes, done.agents) == ((done.refusal,), (), ())
        alone.make(move)


def test_misuse_is_misuse() -> None:
    engine = waiting_centre(Queue("help"))
    for wrong in (
        {"at_ns": 0},
        {"at_ns": True},
        {"at_ns": 2**63},
        {"horizon_ns": -1},
        {"horizon_ns": True},
        {"horizon_ns": 2**62},
    ):
        with pytest.raises(UsageError):
            dry_run(engine, CloseQueue("help"), **wrong)
    with pytest.raises(UsageError):
        dry_run(engine, LogIn(5))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------- by hand


def test_time_is_not_the_command() -> None:
    """What time alone does is the same either way, so it is no change."""
    queue = Queue("help", steps=(Step(), Step("tech >= 50", 10 * SECOND)), max_wait=Overflow(after_ns=MINUTE))
    engine = waiting_centre(queue)
    done = dry_run(engine, LogOut("ben"), horizon_ns=2 * MINUTE)
    assert done.refusal is not None
    assert done.refusal.reason is Reason.AGENT_LOGGED_OUT
    assert len(done.later) > 6
    assert done.changes == ()


def test_places() -> None:
    """By the default credits a higher priority goes first; by age alone the order is the other way round."""
    engine = waiting_centre(Queue("help"))
    done = dry_run(engine, PutQueue(Queue("help", ordering="fifo")))
    changes = by_contact(done)
    assert {name: change.passed for name, change in changes.items()} == {"c1": 2, "c2": 0, "c3": -2}
    assert [changes[name].given.place for name in ("c1", "c2", "c3")] == [1, 2, 3]
    assert changes["c2"].differs == ("key",)
    assert (done.totals.contacts, done.totals.changed, done.totals.moved) == (3, 3, 2)


def test_offered_at_once() -> None:
    engine = waiting_centre(Queue("help"))
    done = dry_run(engine, LogIn("ben"), at_ns=5 * SECOND)
    change = by_contact(done)["c3"]
    assert (change.contact, change.given.state, change.given.ringing) == ("c3", "offered", ("ben",))
    assert isinstance(done.events[-1], ContactOffered)
    assert (done.totals.offered, done.totals.moved, done.totals.ended) == (1, 0, 0)


def test_wider_narrower_stranded() -> None:
    engine = waiting_centre(Queue("help", requirement="tech >= 50"))
    done = dry_run(engine, PutQueue(Queue("help", requirement="tech >= 70")))
    assert {(change.given.reach, change.given.present) for change in done.changes} == {(1, 0)}
    assert {(change.gained, change.lost) for change in done.changes} == {(0, 1)}
    assert (done.totals.widened, done.totals.narrowed, done.totals.stranded) == (0, 3, 3)
    wider = dry_run(engine, SetSkills("ann", {}))
    assert (wider.totals.narrowed, wider.totals.stranded) == (3, 3)
    assert dry_run(engine, PutQueue(Queue("help", requirement="tech >= 95"))).totals.narrowed == 3
    opened = dry_run(waiting_centre(Queue("help", requirement="tech >= 70")), PutQueue(Queue("help")))
    assert (opened.totals.widened, opened.totals.narrowed) == (4, 0)


def test_a_maximum_wait_that_is_over_already() -> None:
    engine = waiting_centre(Queue("help"))
    edit = PutQueue(Queue("help", max_wait=Overflow("voicemail", after_ns=2 * SECOND)))
    done = dry_run(engine, edit, at_ns=4 * SECOND)
    assert [(change.contact, change.given.outcome) for change in done.changes] == [
        ("c1", "diverted"),
        ("c2", "diverted"),
    ]
    assert {one.cause for change in done.changes for one in change.given.overflows} == {"max_wait"}
    assert (done.totals.ended, done.totals.overflowed, done.totals.moved) == (2, 2, 0)
    assert len(dry_run(engine, edit, at_ns=4 * SECOND, horizon_ns=SECOND).changes) == 3


def test_a_queue_that_vanishes() -> None:
    engine = waiting_centre(Queue("help", closed=Overflow("queue", "other")))
    config = engine.config
    done = dry_run(
        engine, Configure(Config(skills=config.skills, agents=config.agents, queues=config.queues[1:]))
    )
    assert {change.given.lead_queue for change in done.changes} == {"other"}
    assert {change.given.overflows[0].cause for change in done.changes} == {"queue_removed"}
    assert done.totals.overflowed == 3
    assert [(one.agent, one.leaves, one.logged_in) for one in done.agents] == [
        ("ann", ("help",), True),
        ("ben", ("help",), False),
    ]


def test_a_new_contact_and_one_that_is_expedited() -> None:
    engine = waiting_centre(Queue("help"))
    (new,) = dry_run(engine, EnqueueContact("new", ("help",), priority=9)).changes
    assert (new.contact, new.without, new.given.place, new.passed) == ("new", None, 1, 0)
    changes = by_contact(dry_run(engine, UpdateContact("c1", expedite=True)))
    assert {name: change.passed for name, change in changes.items()} == {"c1": 2, "c2": -1, "c3": -1}
    assert changes["c1"].given.key is not None
    assert changes["c1"].given.key[0] == -(2**31)


# -------------------------------------------------------------------------------------------------- command


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = cli.main(["what-if", *(str(argument) for argument in arguments)])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def files(tmp_path: Path, engine: Engine, queue: Queue) -> tuple[Path, Path]:
    snapshot, config = tmp_path / "now.snapshot", tmp_path / "new.toml"
    snapshot.write_bytes(engine.snapshot())
    old = engine.config
    config.write_text(
        dumps(Config(skills=old.skills, agents=old.agents, queues=(queue, *old.queues[1:])), "toml"),
        encoding="utf-8",
    )
    return snapshot, config


def test_the_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    queue = Queue("help", ordering="fifo", members=("ben",), wrap_up_ns=UNLIMITED)
    code, out, err = run(capsys, *files(tmp_path, waiting_centre(Queue("help")), queue))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "3 contacts wait or ring; it makes a difference for 3 of them.",
        "        2  change places in the order",
        "        3  can be served by somebody less",
        "        3  can be served by nobody who is logged in any more",
        "",
        "Contacts",
        "  c1: 2 places forward, 2 -> 1 agents who can serve it",
        "  c2: rank 2m later, 2 -> 1 agents who can serve it",
        "  c3: 2 places back, 2 -> 1 agents who can serve it",
        "",
        "Agents",
        "  ann: leaves help",
    ]


def test_the_horizon_and_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    queue = Queue("help", max_wait=Overflow("voicemail", after_ns=MINUTE))
    both = files(tmp_path, waiting_centre(Queue("help"), 30), queue)
    code, out, _ = run(capsys, *both, "--horizon", "5m")
    assert code == 0
    assert "       30  end" in out.splitlines()
    assert "  c1: overflows from help to voicemail (max_wait), ends (diverted)" in out.splitlines()
    assert "  10 more; --json has all of them" in out.splitlines()
    code, out, _ = run(capsys, *both, "--json", "--horizon", "5m")
    document = json.loads(out)
    assert (code, document["totals"]["ended"], len(document["changes"])) == (0, 30, 30)


def test_what_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    snapshot, config = files(tmp_path, waiting_centre(Queue("help")), Queue("help"))
    code, out, _ = run(capsys, snapshot, config)
    assert (code, out.splitlines()[1]) == (0, "The configuration is the one that is in force.")
    code, _, err = run(capsys, config, config)
    assert code == 1
    assert err.startswith(f"huntgroup: {config}: ")
    code, _, err = run(capsys, snapshot, snapshot)
    assert code == 1
    assert err.startswith(f"huntgroup: {snapshot}: ")
    code, _, err = run(capsys, tmp_path / "nowhere", config)
    assert (code, err) == (1, f"huntgroup: {tmp_path / 'nowhere'}: No such file or directory\n")
    assert run(capsys, snapshot)[0] == 2
    assert run(capsys, snapshot, config, "--horizon", "soon")[0] == 2
