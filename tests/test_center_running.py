"""Wings on a host: proposals are commanded once, rows are written once, and both outlast a crash.

Owns the loop that runs wings; must not test any wing of ours.
"""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from routing import Agent, Config, Engine, EnqueueContact, LogIn, Queue, Remark
from routing.center.running import FOLLOWERS, Running, bell
from routing.center.wing import Due, Proposal
from routing.commands import Command, HoldContact
from routing.errors import UsageError
from routing.events import CommandRefused, ContactEnqueued, ContactRemarked, Event
from routing.host import Host
from routing.host.following import Making
from routing.remarks import Note, Signal
from routing.units import MILLISECOND

CENTRE = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))


class Noting:
    """Notes every contact ``after_ns`` after it came, and has a row for each note.

    ``wrong``: commands that nobody may give, instead; ``stubborn``: it does not hear of what came of its wishes.
    """

    def __init__(
        self,
        engine: Engine,
        state: bytes | None,
        *,
        name: str = "noting",
        after_ns: int = 0,
        wrong: bool = False,
        stubborn: bool = False,
    ) -> None:
        del engine
        self.name = name
        self.after_ns, self.wrong, self.stubborn = after_ns, wrong, stubborn
        self.wishes: dict[str, int] = {}
        self.rows: list[tuple[int, str]] = []
        self.number = 0
        self.asked = 0
        if state is not None:
            self.wishes, self.rows, self.number = msgspec.msgpack.decode(
                state, type=tuple[dict[str, int], list[tuple[int, str]], int]
            )

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, ContactEnqueued):
                self.wishes[event.contact] = event.at_ns + self.after_ns
            elif isinstance(event, ContactRemarked) and not self.stubborn:
                self.number += 1
                self.rows.append((self.number, event.contact))
                self.wishes.pop(event.contact, None)
            elif isinstance(event, CommandRefused) and isinstance(command, HoldContact) and not self.stubborn:
                self.wishes.pop(command.contact, None)

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode((self.wishes, self.rows, self.number))

    def due(self, now_ns: int) -> Due:
        self.asked += 1
        ripe = [contact for contact, at_ns in self.wishes.items() if at_ns <= now_ns]
        later = [at_ns for at_ns in self.wishes.values() if at_ns > now_ns]
        return Due(
            tuple(Proposal(self.command(one), f"{self.name}/{one}") for one in ripe), min(later, default=None)
        )

    def command(self, contact: str) -> Command:
        if self.wrong:
            return Remark(contact, "what is this?")  # type: ignore[arg-type]
        if contact.startswith("held"):
            return HoldContact(contact)  # which nobody has
        return Remark(contact, Note("n"))

    def take(self) -> tuple[int, Sequence[str]]:
        return self.number, [contact for _, contact in self.rows]

    def confirm(self, number: int) -> None:
        self.rows = [row for row in self.rows if row[0] > number]


def noting(**options: Any) -> Making:
    return lambda engine, state: Noting(engine, state, **options)


def hosting(journal: Path | None = None, **wings: Making) -> Host:
    return Host(CENTRE, journal, followers={**wings, **FOLLOWERS})


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.005)


def remarked(host: Host) -> list[str]:
    taken = host.feed.watch(0).take(0, 100_000)
    return [event.contact for _, event in taken.events if isinstance(event, ContactRemarked)]


def enqueue(host: Host, *contacts: str) -> None:
    for contact in contacts:
        host.apply(EnqueueContact(contact, ("sales",)))


def test_a_step_gives_what_is_proposed_in_the_name_of_the_wing() -> None:
    with hosting(noting=noting()) as host, Running(host, ("noting",), threads=False) as running:
        enqueue(host, "c1", "held-1", "c2")
        step = running.step()
        assert step.applied == (("noting", "noting/c1"), ("noting", "noting/held-1"), ("noting", "noting/c2"))
        assert step.refused == (("noting", "noting/held-1"),)
        assert remarked(host) == ["c1", "c2"]
        assert running.step().applied == ()
        figures = running.figures()["noting"]
        assert (figures.proposed, figures.refused, figures.invalid) == (3, 1, 0)
        lines = [line for one in host._journal.read() for line in one.lines.split(b"\n") if b"/c1" in line]
        assert b'"noting"' in lines[0], "the actor is the wing"


def test_what_one_wing_does_another_sees_in_the_same_step() -> None:
    class Echoing(Noting):
        def follow(self, command: Command | None, events: Sequence[Event]) -> None:
            del command
            for event in events:
                if isinstance(event, ContactRemarked):
                    if isinstance(event.remark, Note):
                        self.wishes[event.contact] = 0
                    else:
                        self.wishes.pop(event.contact, None)

        def due(self, now_ns: int) -> Due:
            del now_ns
            return Due(tuple(Proposal(Remark(one, Signal("seen")), f"echo/{one}") for one in self.wishes))

    with (
        hosting(echo=lambda engine, state: Echoing(engine, state), noting=noting()) as host,
        Running(host, ("echo", "noting"), threads=False) as running,
    ):
        enqueue(host, "c1")
        assert running.step().applied == (("noting", "noting/c1"), ("echo", "echo/c1"))


def test_a_wing_that_does_not_listen_is_no_endless_loop() -> None:
    with (
        hosting(noting=noting(stubborn=True)) as host,
        Running(host, ("noting",), threads=False) as running,
    ):
        enqueue(host, "c1")
        assert running.step().applied == (("noting", "noting/c1"),)
        assert running.step().applied == ()
        assert remarked(host) == ["c1"]


def test_what_is_no_command_stands_in_nobodys_way() -> None:
    told: list[str] = []
    with (
        hosting(bad=noting(name="bad", wrong=True), noting=noting()) as host,
        Running(host, ("bad", "noting"), threads=False, failed=lambda wing, _: told.append(wing)) as running,
    ):
        enqueue(host, "c1", "c2")
        running.step()
        assert remarked(host) == ["c1", "c2"]
        figures = running.figures()
        assert (figures["bad"].invalid, figures["bad"].proposed) == (2, 0)
        assert "UsageError" in figures["bad"].problem
        assert told == ["bad"]
        assert running.step().applied == ()


@pytest.mark.parametrize("after_ns", [0, 100 * MILLISECOND])
def test_a_thread_asks_when_something_happens_and_when_an_instant_comes(after_ns: int) -> None:
    with (
        hosting(noting=noting(after_ns=after_ns)) as host,
        Running(host, ("noting",), gather_ns=MILLISECOND),
    ):
        enqueue(host, "c1")
        until(lambda: remarked(host) == ["c1"])

        def asked_in_vain() -> int:
            """Say how often it was asked in a tenth of a second in which nothing happens."""
            before: int = host.look("noting", lambda wing: wing.asked)
            time.sleep(0.1)
            after: int = host.look("noting", lambda wing: wing.asked)
            return after - before

        # The step that remarked it looks once more, and the remark is itself something that happens; then it is quiet.
        until(lambda: not asked_in_vain())


def test_a_wing_that_was_restored_is_asked_at_once() -> None:
    """What was due while nobody ran the wings is done when somebody does."""
    with hosting(noting=noting()) as host:
        enqueue(host, "c1")
        with Running(host, ("noting",), gather_ns=0):
            until(lambda: remarked(host) == ["c1"])


def test_rows_are_written_and_confirmed_and_a_failure_loses_none() -> None:
    written: list[str] = []
    broken = threading.Event()
    broken.set()

    def put(rows: Sequence[str]) -> None:
        if broken.is_set():
            raise OSError("away")
        written.extend(rows)

    failures: list[tuple[str, str]] = []
    with (
        hosting(noting=noting()) as host,
        Running(
            host,
            ("noting",),
            put={"noting": put},
            gather_ns=0,
            every_ns=5 * MILLISECOND,
            failed=lambda wing, error: failures.append((wing, str(error))),
        ) as running,
    ):
        enqueue(host, "c1", "c2")
        until(lambda: running.figures()["noting"].failures > 1)
        until(lambda: running.figures()["noting"].pending == 2)  # it may have failed with the first alone
        figures = running.figures()["noting"]
        assert (figures.pending, figures.written, figures.problem) == (2, 0, "OSError: away")
        assert failures == [("noting", "away")]
        broken.clear()
        until(lambda: written)
        until(lambda: not running.figures()["noting"].pending)
        assert running.figures()["noting"].written == 2
        assert running.figures()["noting"].problem == ""
        assert written == ["c1", "c2"]


@pytest.mark.parametrize("confirmed", [False, True])
def test_after_a_crash_nothing_is_lost_or_doubled(tmp_path: Path, *, confirmed: bool) -> None:
    """Closed without farewell: rows come again unless they were confirmed before the snapshot, wishes come once."""
    journal = tmp_path / "journal"
    host = hosting(journal, noting=noting())
    running = Running(host, ("noting",), threads=False, put={"noting": [].extend})
    enqueue(host, "c1")
    running.step()
    if confirmed:
        assert running.write() == 1
    host.snapshot()
    enqueue(host, "c2")  # and nobody was asked
    host._journal.close()
    rows: list[str] = []
    with (
        hosting(journal, noting=noting()) as again,
        Running(again, ("noting",), gather_ns=0, put={"noting": rows.extend}, every_ns=MILLISECOND),
    ):
        until(lambda: rows[-1:] == ["c2"])
        until(lambda: not again.look("noting", lambda wing: wing.rows))
    assert rows == (["c2"] if confirmed else ["c1", "c2"])
    with hosting(journal, noting=noting()) as last, Running(last, ("noting",), threads=False) as idle:
        assert idle.step().applied == ()


def test_a_host_without_the_followers_is_refused() -> None:
    with Host(CENTRE, followers={"noting": noting()}) as host:
        with pytest.raises(UsageError, match="center"):
            Running(host, ("noting",))
        with pytest.raises(UsageError, match="nobody"):
            Running(host, ("nobody",))
    with Host(CENTRE, followers={"center": bell}) as host, Running(host, ()) as running:
        host.apply(LogIn("ann"))
        running.knock()
        running.close()
        assert running.figures() == {}
