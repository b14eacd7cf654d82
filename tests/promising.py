"""A small centre with call-backs on a clock that stands, and the front-end's part of them.

Owns this centre and how its wing is run; must not test anything.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from routing import AcceptOffer, Agent, CompleteContact, Config, EndAttempt, EnqueueContact, LogIn, Queue
from routing.center.callbacks.desk import Desk
from routing.center.callbacks.settings import CallBackSettings
from routing.center.callbacks.shapes import Promise
from routing.center.callbacks.wing import FOLLOWER, making
from routing.commands import Command
from routing.config.localtime import instant_ns, parse_date, zone
from routing.engine import Engine
from routing.events import CommandRefused, ContactEnded, ContactOffered, DialRequested, Event
from routing.host import Host, Settings
from routing.host.counting import FOLLOWER as STATISTICS
from routing.host.counting import Counted, counting
from routing.journal.sqlite import SqliteJournal
from routing.model import Channel, Hours, OpenSpan
from routing.outbound.simulated import HandClock
from routing.units import HOUR, MINUTE, SECOND

#: 9 a.m. in Berlin, on a Monday.
NINE: Final = instant_ns(parse_date("2026-03-02"), 9 * 60, zone("Europe/Berlin"))
_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CENTRE: Final = Config(
    timezone="Europe/Berlin",
    channels=(Channel("voice", load=100), Channel("callback", load=100)),
    agents=(Agent("ann"), Agent("ben")),
    queues=(
        Queue("sales", ring_timeout_ns=20 * SECOND, wrap_up_ns=10 * SECOND),
        Queue("tech"),
        Queue("day", hours="office"),
    ),
    hours=(Hours("office", (OpenSpan(_WEEK, "08:00", "18:00"),)),),
)
RULES: Final = CallBackSettings(channel="callback", spacing_ns=10 * MINUTE, attempts=3)


class Scribe:
    """Writes down every event."""

    def __init__(self, engine: Engine, state: bytes | None) -> None:
        del engine, state
        self.events: list[Event] = []

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        del command
        self.events += events

    def snapshot(self) -> bytes:
        return b""


class Office:
    """A host with the wing, and what a front-end does.

    What the wing wanted is in ``wanted``.
    """

    def __init__(
        self,
        settings: CallBackSettings = RULES,
        centre: Config | None = CENTRE,
        path: Path | SqliteJournal | None = None,
        at_ns: int = NINE,
        logged_in: tuple[str, ...] = ("ann",),
    ) -> None:
        self.clock = HandClock(at_ns)
        self.settings = settings
        self.host = Host(
            centre,
            path,
            clock=self.clock,
            settings=Settings(threads=False, keep_snapshots=1_000),
            followers={
                FOLLOWER: making(settings),
                "scribe": Scribe,
                STATISTICS: counting(Counted(keep=True)),
            },
        )
        self.desk = Desk(self.host)
        self.wanted: list[Command] = []
        for agent in logged_in:
            self.do(LogIn(agent))

    def do(self, *commands: Command, step: bool = True) -> list[str]:
        """Give commands, then let the wing have its way; names the events of the last one."""
        names: list[str] = []
        for command in commands:
            events = self.host.apply(command)
            names = [type(event).__name__ for event in events]
        if step:
            self.step()
        return names

    def step(self) -> list[Command]:
        """Do what the wing wants until it wants nothing more; it must come to an end."""
        done: list[Command] = []
        while proposals := self.due().proposals:
            for one in proposals:
                done.append(one.command)
                self.host.apply(one.command, request_id=one.request_id, actor=FOLLOWER)
            assert len(done) < 1_000, done[-10:]
        self.wanted += done
        return done

    def due(self) -> Any:
        return self.host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns))

    def wait(self, until_ns: int) -> None:
        """Let time pass until an instant, looking whenever the wing or the engine wants it."""
        while True:
            due = self.due()
            moments = [one for one in (due.next_ns, self.host.read(lambda engine: engine.next_due_ns)) if one]
            next_ns = min([until_ns, *moments])
            self.clock.at_ns = max(self.clock.at_ns, next_ns)
            self.host.tick()
            self.step()
            if self.clock.at_ns >= until_ns:
                return

    def after(self, ns: int) -> None:
        self.wait(self.clock.at_ns + ns)

    def call(self, contact: str, customer: str = "", queue: str = "sales", **more: Any) -> list[str]:
        return self.do(EnqueueContact(contact, (queue,), customer=customer, **more))

    def take(self, contact: str, agent: str = "ann") -> list[str]:
        return self.do(AcceptOffer(contact, agent))

    def finish(self, contact: str) -> list[str]:
        return self.do(CompleteContact(contact))

    def end(self, attempt: str, outcome: Any) -> list[str]:
        return self.do(EndAttempt(attempt, outcome))

    def get(self, name: str) -> Promise:
        promise = self.desk.get(name)
        assert promise is not None
        return promise

    def contact(self, name: str) -> Any:
        return self.host.read(lambda engine: engine.contacts.get(name))

    @property
    def events(self) -> list[Event]:
        """Everything that the engine has said."""
        found: list[Event] = self.host.look("scribe", lambda scribe: list(scribe.events))
        return found

    def attempt(self, name: str) -> Any:
        return self.host.read(lambda engine: engine.attempts.get(name))

    def dials(self) -> list[str]:
        """Attempts that were requested of the front-end."""
        return [event.attempt for event in self.events if isinstance(event, DialRequested)]

    def refused(self) -> list[CommandRefused]:
        return [event for event in self.events if isinstance(event, CommandRefused)]

    def promises(self) -> list[Promise]:
        found: list[Promise] = self.host.look(FOLLOWER, lambda wing: wing.all())
        return found

    def close(self) -> None:
        self.host.close()


def at(day: str, clock: str, timezone: str = "Europe/Berlin") -> int:
    """An instant by a local clock."""
    hours, minutes = clock.split(":")
    return instant_ns(parse_date(day), int(hours) * 60 + int(minutes), zone(timezone))


__all__ = ["CENTRE", "HOUR", "MINUTE", "NINE", "RULES", "SECOND", "Office", "at"]


def offered(office: Office) -> list[str]:
    """Contacts in the order in which they were offered first."""
    return list(dict.fromkeys(one.contact for one in office.events if isinstance(one, ContactOffered)))


def ended(office: Office, contact: str) -> str:
    return next(
        one.outcome.value for one in office.events if isinstance(one, ContactEnded) and one.contact == contact
    )
