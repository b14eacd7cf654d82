"""Followers of a host: told of everything once and in order, kept beside snapshots, brought back to the last event.

Owns the promise of `routing.host.following`; must not know what real followers compute.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    Engine,
    EnqueueContact,
    LogIn,
    PutQueue,
    Queue,
)
from routing.commands import Command
from routing.errors import UsageError
from routing.events import Event
from routing.host import Host, Request, Settings
from routing.journal.sqlite import SqliteJournal

CENTRE = Config(agents=(Agent("ann"), Agent("ben")), queues=(Queue("sales", wrap_up_ns=1),))
BY_HAND = Settings(threads=False)


class Scribe:
    """Writes down every event, and which command brought a contact."""

    def __init__(self, engine: Engine, state: bytes | None) -> None:
        self.engine = engine
        self.began_with = state
        self.seen: list[str] = msgspec.json.decode(state, type=list[str]) if state else []

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        if isinstance(command, EnqueueContact):
            self.seen.append(f"{command.contact} of {command.customer}")
        self.seen += [f"{type(event).__name__} {event.at_ns}" for event in events]

    def snapshot(self) -> bytes:
        return msgspec.json.encode(self.seen)


def seen(host: Host) -> list[str]:
    found: list[str] = host.look("scribe", lambda scribe: scribe.seen)
    return found


def open_host(path: Path, config: Config | None = CENTRE) -> Host:
    return Host(config, path, settings=BY_HAND, followers={"scribe": Scribe})


def work(host: Host, first: int, last: int) -> None:
    for number in range(first, last):
        host.apply(
            EnqueueContact(f"call-{number}", ("sales",), customer=f"c{number}"), request_id=f"r{number}"
        )
        host.apply(
            EnqueueContact(f"call-{number}", ("sales",), customer=f"c{number}"), request_id=f"r{number}"
        )
        ringing = host.read(lambda engine: dict(engine.contacts))[f"call-{number}"].segments
        if ringing:
            host.apply_many(
                [
                    Request(AcceptOffer(f"call-{number}", ringing[0].agent)),
                    Request(PutQueue(Queue("sales", wrap_up_ns=number))),
                    Request(CompleteContact(f"call-{number}")),
                ]
            )


def crash(path: Path, again: Path) -> None:
    """Take the journal of a host that lives elsewhere, as it stands on the disk."""
    again.mkdir()
    for file in path.parent.glob(path.name + "*"):
        (again / file.name).write_bytes(file.read_bytes())


def test_a_follower_is_told_everything_once_and_comes_back_to_the_last_event(tmp_path: Path) -> None:
    path = tmp_path / "centre.journal"
    host = open_host(path)
    host.apply(LogIn("ann"))
    work(host, 0, 20)
    host.snapshot()
    work(host, 20, 30)
    told = seen(host)
    with host.feed.watch(0) as watch:
        published = [type(event).__name__ for _, event in watch.take(0, 100_000).events]
    assert [line.split()[0] for line in told if " of " not in line] == published
    assert sum(" of " in line for line in told) == 30  # once each: a repeated request is nothing new
    crash(path, tmp_path / "again")
    with open_host(tmp_path / "again" / path.name) as back:
        assert back.look("scribe", lambda scribe: scribe.began_with is not None)
        assert seen(back)[: len(told)] == told  # then come those of `Resume`
        assert seen(back)[len(told)].startswith("Resumed")
    host.close()


def test_a_snapshot_that_never_reached_the_shelf_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "centre.journal"
    host = open_host(path)
    host.apply(LogIn("ann"))
    work(host, 0, 5)
    host.snapshot()
    work(host, 5, 9)
    told = seen(host)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "save", dies)
        with pytest.raises(KeyboardInterrupt):
            host.snapshot()
    crash(path, tmp_path / "again")
    with open_host(tmp_path / "again" / path.name) as back:
        assert seen(back)[: len(told)] == told
    host.close()


def test_a_follower_that_joins_later_begins_with_the_engine_of_the_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "centre.journal"
    with Host(CENTRE, path, settings=BY_HAND) as host:
        host.apply(LogIn("ann"))
        work(host, 0, 3)
    with open_host(path, None) as back:
        assert back.look("scribe", lambda scribe: scribe.began_with) is None
        assert back.look("scribe", lambda scribe: "ann" in scribe.engine.agents)
        assert [line.split()[0] for line in seen(back)] == ["Resumed"]


def test_an_unknown_follower_is_named() -> None:
    with (
        Host(CENTRE, settings=BY_HAND, followers={"scribe": Scribe}) as host,
        pytest.raises(UsageError, match="no follower 'statistics' but scribe"),
    ):
        host.look("statistics", lambda follower: follower)


def test_a_follower_that_raises_stops_the_host() -> None:
    class Broken(Scribe):
        def follow(self, command: Command | None, events: Sequence[Event]) -> None:
            raise RuntimeError(f"cannot count {command} and {len(events)} events")

    host = Host(CENTRE, settings=BY_HAND, followers={"broken": Broken})
    with pytest.raises(Exception, match="cannot count"):
        host.apply(LogIn("ann"))
    assert host.state == "stopped"
    host.close()
