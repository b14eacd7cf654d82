"""Rows made again from a journal are those that statistics wrote while the centre ran.

Owns tests of ``routing.cli.rebuilding``, from a host to a history; must not test what is counted.
"""

import argparse
import random
from pathlib import Path

import pytest

from routing import (
    AbandonContact,
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    Engine,
    EnqueueContact,
    LogIn,
    LogOut,
    Queue,
    RequeueContact,
    SetNotReady,
    SetReady,
)
from routing.cli import reporting
from routing.cli.rebuilding import rebuild
from routing.commands import Command
from routing.errors import UsageError
from routing.events import ContactOffered, Event
from routing.history import History
from routing.host import Host
from routing.host import Settings as HostSettings
from routing.journal.sqlite import SqliteJournal
from routing.statistics.fold import Settings, Statistics
from routing.statistics.metrics import total
from routing.units import DAY, HOUR, MINUTE, SECOND

CENTRE = Config(
    agents=(Agent("ann"), Agent("ben")),
    queues=(Queue("sales", wrap_up_ns=MINUTE, service_level_ns=20 * SECOND), Queue("help")),
)
START = 1_000 * DAY + 8 * HOUR + 5 * MINUTE
SETTINGS = Settings(records=True)
END = 5_000 * DAY


class HandClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at_ns = START

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class Centre:
    """A host with a journal, and beside it the same engine with statistics that are written as it runs."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.path = str(folder / "centre.journal")
        settings = HostSettings(threads=False)
        self.host = Host(CENTRE, self.path, durability="none", settings=settings, clock=self.clock)
        self.engine = Engine(CENTRE)
        self.statistics = Statistics(CENTRE, SETTINGS)
        self.history = History(folder / "live.db")

    def do(self, command: Command) -> tuple[Event, ...]:
        self.host.apply(command)
        events = self.engine.apply(command, self.clock.at_ns)
        self.statistics.fold(events)
        return events

    def work(self, calls: int, seed: int = 1) -> None:
        """Calls come one after the other, are answered or not, and agents come and go."""
        draw = random.Random(seed)
        self.do(LogIn("ann"))
        self.do(LogIn("ben"))
        for number in range(calls):
            contact = f"c{seed}-{number}"
            events = self.do(EnqueueContact(contact, (draw.choice(["sales", "help"]),)))
            self.clock.at_ns += draw.randrange(9) * SECOND
            offers = [event for event in events if isinstance(event, ContactOffered)]
            if offers and draw.random() < 0.7:
                self.do(AcceptOffer(contact, offers[0].agent))
                self.clock.at_ns += draw.randrange(300) * SECOND
                end = RequeueContact(contact, ("help",)) if draw.random() < 0.4 else CompleteContact(contact)
                self.answer(contact, self.do(end), draw)
            self.clock.at_ns += draw.randrange(40) * SECOND
            self.do(AbandonContact(contact))  # refused when it is over
            self.do(SetNotReady("ben", "lunch") if number % 5 == 0 else SetReady("ben"))
            self.history.write(self.statistics.take())
        self.clock.at_ns += 2 * MINUTE
        self.do(LogOut("ann"))
        self.do(LogOut("ben"))
        self.history.write(self.statistics.take())

    def answer(self, contact: str, events: tuple[Event, ...], draw: random.Random) -> None:
        """Whoever was passed on is answered again, or gives up."""
        offers = [event for event in events if isinstance(event, ContactOffered) and event.contact == contact]
        if offers and draw.random() < 0.5:
            self.clock.at_ns += 3 * SECOND
            self.do(AcceptOffer(contact, offers[0].agent))
            self.clock.at_ns += draw.randrange(100) * SECOND
            self.do(CompleteContact(contact))

    def close(self) -> None:
        self.statistics.advance(self.clock.at_ns)
        self.history.write(self.statistics.take())
        self.history.close()
        self.host.close()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def contents(history: History) -> tuple[list[object], ...]:
    return (
        list(history.queue_rows(0, END)),
        list(history.agent_rows(0, END)),
        list(history.contacts(0, END)),
        list(history.sessions(0, END)),
    )


def compact(path: str, seq: int) -> None:
    """Drop what is before a snapshot."""
    with SqliteJournal(path) as journal:
        journal.compact(seq)


def test_rows_from_the_journal_are_those_that_were_written(centre: Centre, tmp_path: Path) -> None:
    centre.work(60)
    centre.close()
    with History(tmp_path / "again.db") as again:
        told = rebuild(centre.path, again, SETTINGS)
        assert all(contents(centre.history))
        assert contents(again) == contents(centre.history)
        rebuild(centre.path, again, SETTINGS)  # once more changes nothing
        assert contents(again) == contents(centre.history)
    assert told.startswith(
        f"{sum(map(len, contents(centre.history)))} rows made from {centre.path}, from its beg"
    )


def test_all_ways_to_add_up_agree(centre: Centre) -> None:
    """By arrival and as it happened, over the whole day: the same contacts and the same work."""
    centre.work(60)
    centre.clock.at_ns += HOUR
    centre.close()
    history = centre.history
    happened = total(row.counts for row in history.queue_rows(0, END))
    ((_, arrived),) = history.by_arrival(0, END, by=())
    assert happened.contacts == 60
    assert min(happened.contacts_answered, happened.contacts_abandoned, happened.wrap_ups) > 5
    assert min(happened.contacts_transferred, happened.segments - happened.contacts_answered) > 3
    for name in type(happened).__struct_fields__:
        if name.startswith("contact") or name in {
            "segments",
            "transferred",
            "talk_ns",
            "wrap_ups",
            "wrap_up_ns",
        }:
            assert getattr(arrived, name) == getattr(happened, name), name


def test_counting_begins_when_nobody_is_there(centre: Centre, tmp_path: Path) -> None:
    """The journal's beginning is gone: what is made begins after the night, and is right from there on."""
    centre.work(20)
    centre.do(LogIn("ann"))
    seq = centre.host.snapshot()
    centre.clock.at_ns += HOUR
    centre.do(LogOut("ann"))
    centre.clock.at_ns += 10 * HOUR
    morning = centre.clock.at_ns
    centre.work(20, seed=2)
    centre.close()
    compact(centre.path, seq)
    with History(tmp_path / "again.db") as again:
        rebuild(centre.path, again, SETTINGS)
        assert next(again.agent_rows(0, END)).start_ns >= morning - 10 * HOUR
        for name in ("queue_rows", "agent_rows", "contacts"):
            expected = list(getattr(centre.history, name)(morning, END))
            assert expected
            assert list(getattr(again, name)(morning, END)) == expected


def test_a_journal_in_which_somebody_is_always_there(centre: Centre, tmp_path: Path) -> None:
    centre.do(LogIn("ann"))
    seq = centre.host.snapshot()
    centre.clock.at_ns += HOUR
    centre.do(LogIn("ben"))
    centre.close()
    compact(centre.path, seq)
    with (
        History(tmp_path / "again.db") as again,
        pytest.raises(UsageError, match="at no time was nobody there"),
    ):
        rebuild(centre.path, again, SETTINGS)


def test_the_option(centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    centre.work(10)
    centre.close()
    parser = argparse.ArgumentParser()
    reporting.add_report(parser)
    options = parser.parse_args(["--database", str(tmp_path / "new.db"), "--rebuild", centre.path])
    assert options.run(options) == 0
    assert " rows made from " in capsys.readouterr().out
