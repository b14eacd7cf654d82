"""One day of a small centre, from the first log-in to the last figures, through all that can be done around a contact.

    python examples/day.py

What a switch, a chat server and people say is scripted, and so is the clock; everything else is the real thing: the
host with its journal, the wings with their database, customers under their keys. Each scene says what happened in a
line, and checks it.

Owns an example of a whole centre; must not know more of it than its public faces.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

from routing import (
    AbandonContact,
    AcceptOffer,
    CompleteContact,
    EndAttempt,
    EndWrapUp,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    LogIn,
    LogOut,
    PlaceContact,
    Preference,
    Remark,
    RequeueContact,
    SetNotReady,
    SetReady,
)
from routing.center.devices import Device, Devices, Places, Plan, Round, Seats
from routing.center.opening import OpenCenter, open_center
from routing.center.outcomes import check_disposition
from routing.center.signals import HandedOver, hand_over, remarks
from routing.commands import Command
from routing.config import load
from routing.customers import Customers, MasterKeys
from routing.customers.sealing import Key
from routing.errors import ForbiddenError
from routing.events import CommandRefused, ContactEnded, ContactOffered, ContactRemarked, DialRequested, Event
from routing.history.outcomes import OutcomeHistory
from routing.host import Settings
from routing.menus import Digits, Sessions, load_flow
from routing.remarks import Consent, Disposition, Feedback, Monitoring, Recording, Signal, SurveyProposed
from routing.units import MINUTE, SECOND

HERE: Final = Path(__file__).resolve().parent / "day"
ZONE: Final = ZoneInfo("Europe/London")
TODAY: Final = (2026, 11, 23)


class Scripted:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.ns = 0

    def now_ns(self) -> int:
        """Give the instant."""
        return self.ns

    def not_before(self, at_ns: int) -> None:
        """Go on from there."""
        self.ns = max(self.ns, at_ns)


class Day:
    """The centre of the example, and what its front-end does: it says what happens, and obeys what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Scripted()
        self.at("08:50")
        self.customers = Customers(folder / "history.db", MasterKeys([Key.fresh()]), region="GB")
        self.centre = self.open()

    def open(self) -> OpenCenter:
        """Open the centre, or open it again after it broke down."""
        journal = self.folder / "harbour.journal"
        return open_center(
            None if journal.exists() else load(HERE / "centre.toml"),
            HERE / "center.toml",
            journal,
            database=self.folder / "history.db",
            clock=self.clock,
            settings=Settings(threads=False),
        )

    def at(self, time: str) -> None:
        """It is so late now."""
        clock = datetime.strptime(time.ljust(8, "0") if time.count(":") == 2 else f"{time}:00", "%H:%M:%S")
        moment = datetime(*TODAY, clock.hour, clock.minute, clock.second, tzinfo=ZONE)
        self.clock.not_before(int(moment.timestamp()) * SECOND)

    def wait(self, ns: int) -> list[Event]:
        """Let time pass, with whatever falls due in it; give what the wings had done by its end."""
        seen = self.centre.host.revision
        until = self.clock.ns + ns
        while self.clock.ns < until:
            self.clock.ns = min(until, self.clock.ns + SECOND)
            self.centre.host.tick()
            self.centre.running.step()
        return self.since(seen)

    def do(self, *commands: Command) -> list[Event]:
        """Give commands, a second after each other, and what followed, also by the wings."""
        seen = self.centre.host.revision
        for command in commands:
            self.clock.ns += SECOND
            first = self.centre.host.apply(command)[0]
            assert not isinstance(first, CommandRefused), first
        self.centre.running.step()
        return self.since(seen)

    def since(self, revision: int) -> list[Event]:
        """Give what happened after a revision."""
        with self.centre.host.feed.watch(revision) as watch:
            return [event for event in watch.ready()]
