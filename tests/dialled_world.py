"""A small centre that dials, on a clock moved by hand: host, book, dialer and a front-end that answers by draws.

Owns how these are put together for tests, and the recount of what must agree afterwards; must not know which tests.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from routing import Agent, Config, LogIn, Queue
from routing.campaigns.book import Book
from routing.campaigns.importing import import_list
from routing.commands import Command
from routing.events import AttemptEnded, ContactEnded, DialRequested, Event, OfferAccepted
from routing.host import Host, Settings
from routing.journal import Journal
from routing.model import Overflow
from routing.outbound.campaign import Campaign, Carrier, Outbound, Share
from routing.outbound.dialer import Dialer
from routing.outbound.followers import followers
from routing.outbound.simulated import HandClock, SimulatedFrontEnd, World
from routing.units import MINUTE, SECOND

#: Eleven in the morning of a Tuesday in New York, 16:00 UTC.
NOON = 1_793_721_600 * SECOND
CARRIERS = (Carrier("one", concurrent=40, calls_per_second=4, burst=4),)
SPRING = Campaign(
    "spring",
    "sales",
    mode="progressive",
    profiles=("us",),
    caller_id="main",
    message="sorry",
    carriers=(Share("one"),),
)


def centre(agents: int, **queue: Any) -> Config:
    """So many agents of one queue that gives up after 2 s, and an inbound queue before it."""
    names = [Agent(f"a{number}", groups=("out",)) for number in range(1, agents + 1)]
    sales = Queue(
        "sales",
        groups=("out",),
        tier=1,
        wrap_up_ns=-1,
        ring_timeout_ns=2 * SECOND,
        max_wait=Overflow(after_ns=2 * SECOND),
        **queue,
    )
    return Config(agents=tuple(names), queues=(sales, Queue("service", groups=("out",))))


def numbers(count: int, first: int = 0) -> list[str]:
    """A list as CSV: numbers of New York."""
    return [
        "number,customer",
        *(f"+1212{5550000 + place:07d},c{place}" for place in range(first, first + count)),
    ]


class Told:
    """A follower that keeps every event, to recount by."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, engine: object, state: bytes | None) -> "Told":
        del engine, state
        return self

    def follow(self, command: Command | None, events: Any) -> None:
        del command
        self.events.extend(events)

    def snapshot(self) -> bytes:
        return b""


class Dialled:
    """All of it together."""

    def __init__(
        self,
        folder: Path,
        outbound: Outbound | None = None,
        config: Config | None = None,
        *,
        records: int = 400,
        world: World | None = None,
        journal: Path | Journal | None = None,
        start_ns: int = NOON,
        fails: Callable[[str, int], bool] | None = None,
        seed: int = 0,
        log_in: bool = True,
        running: bool = True,
    ) -> None:
        self.outbound = outbound or Outbound((SPRING,), CARRIERS)
        self.config = config or centre(5)
        self.clock = HandClock(start_ns)
        self.told = Told()
        self.host = Host(
            self.config,
            journal,
            settings=Settings(threads=False),
            clock=self.clock,
            followers={**followers(self.outbound), "told": self.told},
        )
        self.book = Book(folder / "campaigns.db", look_ns=10 * SECOND).open()
        self.dialer = Dialer(self.host, self.book, self.outbound, threads=False)
        for place, campaign in enumerate(self.outbound.campaigns):
            if records and not self.book.lists(campaign.id):
                import_list(
                    self.book, numbers(records, place * records), campaign.id, f"list-{campaign.id}", start_ns
                )
            if running:
                self.dialer.set_state(campaign.id, "running")
        if log_in:
            for agent in self.config.agents:
                self.host.apply(LogIn(agent.id))
        self.front = SimulatedFrontEnd(self.host, self.dialer, self.clock, world, seed=seed, fails=fails)

    def run(self, duration_ns: int, each: Callable[[int], object] | None = None) -> None:
        """Let time pass."""
        self.front.run(self.clock.at_ns + duration_ns, each)

    def finish(self) -> None:
        """Stop dialling, let calls end, and have everything written."""
        names = [campaign.id for campaign in self.outbound.campaigns]
        for name in names:
            self.dialer.set_state(name, "draining")
        for _ in range(60):
            self.run(MINUTE)
            if all(self.book.state(name) == "stopped" for name in names):
                break

    def attempts(self, campaign: str = "spring") -> list[Any]:
        """What the book has."""
        return list(self.book.attempts(campaign, 0, 2**62, personal=True))

    def close(self) -> None:
        """Let go."""
        self.dialer.close()
        self.host.close()
        self.book.close()


def check_conservation(world: Dialled, campaign: str = "spring") -> Counter[str]:
    """Each dial has one outcome; the book, the events and the ledger tell the same. Returns attempts by outcome."""
    dials = [event for event in world.told.events if isinstance(event, DialRequested)]
    ends = {event.attempt: event for event in world.told.events if isinstance(event, AttemptEnded)}
    mine = {event.attempt for event in dials if event.campaign == campaign}
    assert len({event.attempt for event in dials}) == len(dials)
    assert mine <= ends.keys(), "a dial without an end"
    rows = {row["attempt"]: row for row in world.attempts(campaign)}
    made = {name for name, row in rows.items() if row["cause"] != "never_requested"}
    assert made == mine
    for name in mine:
        assert rows[name]["outcome"] == ends[name].outcome
        assert rows[name]["ended_ns"]
    persons = {name for name in mine if ends[name].outcome == "person"}
    taken = {event.contact: event.at_ns for event in world.told.events if isinstance(event, OfferAccepted)}
    closed = {event.contact: event.at_ns for event in world.told.events if isinstance(event, ContactEnded)}
    abandoned = set()
    for name in persons:
        assert name in closed, "an answered call without a contact that ended"
        if name not in taken or taken[name] > ends[name].at_ns + 2 * SECOND:
            abandoned.add(name)
        elif name in taken:
            talked_ns = closed[name] - max(taken[name], ends[name].at_ns)
            assert rows[name]["talk_ns"] == talked_ns
    assert {name for name, row in rows.items() if row["abandoned"]} == abandoned
    standing = world.dialer.standing(campaign)
    assert (standing.answered, standing.abandoned) == (len(persons), len(abandoned))
    audited = {entry.attempt for entry in world.book.audit(campaign, 0, 2**62)}
    assert audited == abandoned
    assert not world.book.open_attempts(campaign)
    return Counter(ends[name].outcome for name in mine)
