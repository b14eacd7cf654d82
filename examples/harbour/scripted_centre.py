"""The centre of the example, on a scripted clock, with what its front-end does.

Owns how the day passes and how commands are given; must not know what happens on it (``harbour_day``).
"""

from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from routing.center.opening import OpenCenter, open_center
from routing.commands import Command
from routing.config import load
from routing.customers import Customers, MasterKeys
from routing.customers.sealing import Key
from routing.events import CommandRefused, ContactRemarked, Event
from routing.history import History
from routing.host import Settings
from routing.host.counting import FOLLOWER, Counted, counting
from routing.host.recording import Recorder
from routing.remarks import Remarks
from routing.units import SECOND

HERE: Final = Path(__file__).resolve().parent
ZONE: Final = ZoneInfo("Europe/London")
_AnyEvent = TypeVar("_AnyEvent", bound=Event)
_AnyRemark = TypeVar("_AnyRemark", bound=Remarks)


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


class Harbour:
    """The centre, open from its first call to its last.

    Parameters
    ----------
    folder : Path
        For its journal and its database.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "history.db"
        self.clock = Scripted()
        self.clock.ns = self.time("08:50")
        self.customers = Customers(self.database, MasterKeys([Key.fresh()]), region="GB")
        self.history = History(self.database)
        self.centre = self.open()

    def open(self) -> OpenCenter:
        """Open the centre, or open it again after it broke down: then the journal knows everything."""
        journal = self.folder / "harbour.journal"
        return open_center(
            None if journal.exists() else load(HERE / "centre.toml"),
            HERE / "center.toml",
            journal,
            database=self.database,
            clock=self.clock,
            settings=Settings(threads=False),
            followers={FOLLOWER: counting(Counted(keep=True, records=True))},
        )

    def write(self) -> None:
        """Have everything that is over written to the database."""
        with Recorder(self.centre.host, self.history.write, threads=False) as recorder:
            recorder.record()
        self.centre.running.write()

    def close(self) -> None:
        """It is over."""
        self.centre.close()
        self.history.close()
        self.customers.close()

    # --- Time

    @property
    def now(self) -> str:
        """The time of day."""
        return datetime.fromtimestamp(self.clock.ns // SECOND, ZONE).strftime("%H:%M")

    def time(self, time: str) -> int:
        """Give an instant of the day, ns."""
        hour, minute = map(int, time.split(":"))
        return int(datetime(2026, 11, 23, hour, minute, tzinfo=ZONE).timestamp()) * SECOND

    def until(self, time: str) -> list[Event]:
        """Let time pass; give what happened by itself, and by the wings."""
        return self.wait(self.time(time) - self.clock.ns)

    def wait(self, ns: int) -> list[Event]:
        """Let so much time pass, from one thing that falls due to the next."""
        seen = self.centre.host.revision
        until = self.clock.ns + ns
        while self.clock.ns < until:
            dues = (self.centre.host.tick(), self.centre.running.step().next_ns)
            self.clock.ns = min([until, *(max(due, self.clock.ns + 1) for due in dues if due is not None)])
        self.centre.host.tick()
        self.centre.running.step()
        return self.since(seen)

    # --- What is said and done

    def do(self, *commands: Command) -> list[Event]:
        """Give commands, a second after each other, and let the wings go on; give what happened."""
        seen = self.centre.host.revision
        for command in commands:
            self.clock.ns += SECOND
            first = self.centre.host.apply(command)[0]
            assert not isinstance(first, CommandRefused), first
        self.centre.running.step()
        return self.since(seen)

    def since(self, revision: int) -> list[Event]:
        """Give what happened after a revision."""
        if self.centre.host.revision == revision:
            return []
        with self.centre.host.feed.watch(revision) as watch:
            return [event for _, event in watch.take(0).events]


def the(kind: type[_AnyEvent], events: list[Event]) -> _AnyEvent:
    """Give the one event of a kind."""
    (found,) = (event for event in events if isinstance(event, kind))
    return found


def said(kind: type[_AnyRemark], events: list[Event]) -> list[_AnyRemark]:
    """Give the remarks of a kind, in order."""
    remarks = (event.remark for event in events if isinstance(event, ContactRemarked))
    return [remark for remark in remarks if isinstance(remark, kind)]
