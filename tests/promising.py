"""A small centre with call-backs on a clock that stands, and the front-end's part of them.

Owns this centre and how its wing is run; must not test anything.
"""

from pathlib import Path
from typing import Any, Final

from routing import AcceptOffer, Agent, CompleteContact, Config, EndAttempt, EnqueueContact, LogIn, Queue
from routing.center.callbacks.desk import Desk
from routing.center.callbacks.settings import CallBackSettings
from routing.center.callbacks.shapes import Promise
from routing.center.callbacks.wing import FOLLOWER, making
from routing.commands import Command
from routing.config.localtime import instant_ns, parse_date, zone
from routing.events import CommandRefused, DialRequested, Event
from routing.host import Host, Settings
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


class Office:
    """A host with the wing, and what a front-end does.

    Everything the engine said is in ``events``; what the wing wanted is in ``wanted``.
    """

    def __init__(
        self,
        settings: CallBackSettings = RULES,
        centre: Config | None = CENTRE,
        path: Path | None = None,
        at_ns: int = NINE,
        logged_in: tuple[str, ...] = ("ann",),
    ) -> None:
        self.clock = HandClock(at_ns)
        self.settings = settings
        self.host = Host(
            centre,
            path,
            clock=self.clock,
            settings=Settings(threads=False),
            followers={FOLLOWER: making(settings)},
        )
        self.desk = Desk(self.host)
        self.events: list[Event] = []
        self.wanted: list[Command] = []
        for agent in logged_in:
            self.do(LogIn(agent))

    def do(self, *commands: Command, step: bool = True) -> list[str]:
        """Give commands, then let the wing have its way; names the events of the last one."""
        names: list[str] = []
        for command in commands:
            events = self.host.apply(command)
            self.events += events
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
                self.events += self.host.apply(one.command, request_id=one.request_id, actor=FOLLOWER)
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
