"""A centre with a desk for tests: people of every role, two queues, a queue for supervisors' legs, and a clock by hand.

Owns the centre; must not test anything.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from routing import AcceptOffer, Agent, Config, EnqueueContact, LogIn, Queue
from routing.center.supervision import Announcement, Desk, Person, Supervising, Supervision, followers
from routing.center.supervision.folding import FOLLOWER
from routing.commands import Command
from routing.errors import ForbiddenError
from routing.events import Event
from routing.host import Host, Settings
from routing.journal import Envelope
from routing.journal.sqlite import SqliteJournal
from routing.journal.text import read_batch
from routing.model import Overflow
from routing.units import SECOND

T = TypeVar("T", bound=Struct)

BY_HAND = Settings(threads=False, keep_snapshots=1000)  # so that all of the journal stays

CENTRE = Config(
    groups=("north", "south"),
    not_ready_reasons=("lunch", "training"),
    agents=(
        Agent("ann", groups=("north",)),
        Agent("ben", groups=("south",)),
        Agent("sue"),
        Agent("tom"),
    ),
    queues=(
        Queue("sales", members=("ann", "ben"), wrap_up_ns=5 * SECOND),
        Queue("tech", members=("ben",)),
        Queue("lines", members=("sue", "tom"), auto_answer=False),
        Queue("night", members=("tom",), closed=Overflow(to="voicemail")),
    ),
)
PEOPLE = (
    Person("kim", ("supervisor",), queues=("sales",), agent="sue"),
    Person("lee", ("supervisor",), groups=("south",), agent="tom"),
    Person("boss", ("administrator",)),
    Person("a-ann", ("agent",), agent="ann"),
    Person("pbx", ("front_end",)),
    Person("wall", ("read_only",)),
)
SETTINGS = Supervision(
    PEOPLE,
    legs="lines",
    announcements=(
        Announcement("silent", directions=("internal",)),
        Announcement("consent", queues=("tech",)),
    ),
)


class Hands:
    """A clock that only tests move."""

    def __init__(self, now_ns: int = SECOND) -> None:
        self.ns = now_ns

    def now_ns(self) -> int:
        return self.ns

    def not_before(self, now_ns: int) -> None:
        self.ns = max(self.ns, now_ns)


class Centre:
    """A host with a desk; every command comes a second after the one before it."""

    def __init__(
        self,
        path: Path | None = None,
        settings: Supervision = SETTINGS,
        config: Config | None = CENTRE,
        clock: Hands | None = None,
    ) -> None:
        self.clock = clock or Hands()
        self.host = Host(config, path, settings=BY_HAND, clock=self.clock, followers=followers(settings))
        self.desk = Desk(self.host, settings)

    def __enter__(self) -> "Centre":
        return self

    def __exit__(self, *_: object) -> None:
        self.host.close()

    def pass_time(self, ns: int = SECOND) -> None:
        self.clock.ns += ns
        self.host.tick()

    def do(self, *commands: Command, actor: str = "pbx") -> tuple[Event, ...]:
        events: tuple[Event, ...] = ()
        for command in commands:
            self.pass_time()
            events = self.host.apply(command, actor=actor)
        return events

    def talking(self, contact: str = "call-1", queue: str = "sales", agent: str = "ann", **more: Any) -> None:
        """An agent talks to somebody."""
        if not self.host.read(lambda engine: engine.agents[agent].logged_in):
            self.do(LogIn(agent))
        self.do(EnqueueContact(contact, (queue,), **more), AcceptOffer(contact, agent))

    def supervising(self) -> Supervising:
        found: Supervising = self.host.look(FOLLOWER, lambda one: one)
        return found

    def take(self) -> list[Any]:
        """All rows of the log that wait."""
        return list(self.host.look(FOLLOWER, lambda one: one.take()[1]))

    def contact(self, contact: str) -> Any:
        return self.host.read(lambda engine: engine.contacts.get(contact))

    def agent(self, agent: str) -> Any:
        return self.host.read(lambda engine: engine.agents[agent])

    def queue(self, queue: str) -> Any:
        return self.host.read(lambda engine: engine.queues[queue])


def reason_of(call: Any, *arguments: Any, **named: Any) -> str:
    """Call something of a desk; say why it was forbidden, or "" if it was not."""
    try:
        call(*arguments, **named)
    except ForbiddenError as error:
        return error.reason
    return ""


def names(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def crashed(path: Path, again: Path) -> Path:
    """Take the journal of a host that lives elsewhere, as it stands on the disk."""
    again.mkdir()
    for file in path.parent.glob(path.name + "*"):
        (again / file.name).write_bytes(file.read_bytes())
    return again / path.name


def envelopes(path: Path) -> list[Envelope]:
    """Everything in a journal, from a copy of it."""
    journal = SqliteJournal(path)
    journal.open()
    try:
        return [one for batch in journal.read() for one in read_batch(batch.lines, batch.seq)]
    finally:
        journal.close()


def changed(noun: T, **changes: Any) -> T:
    return replace(noun, **changes)
