"""What the obvious engine remembers: people, contacts, visits, segments, holds, lines.

Owns the nouns of the state and the questions that one of them can answer alone; must not know commands,
events or time.
"""

from dataclasses import dataclass, field
from typing import Literal

from reference.scores import steps_of
from routing.commands import EnqueueContact, RequestDial
from routing.model import Agent, Queue, Step


@dataclass(eq=False)
class Person:
    """An agent at work. ``leaving``: log-out pending; ``removing``: and gone from the configuration already.

    ``busy`` are spans with something accepted, not looked at before ``counted_from_ns``.
    """

    agent: Agent
    number: int
    logged_in: bool = False
    leaving: bool = False
    removing: bool = False
    ready: bool = False
    reason: str = ""
    device: str = "available"
    retry_until_ns: int | None = None
    idle: tuple[int, int] = (0, 0)
    handled: int = 0
    misses: int = 0
    occupancy: int = 0
    counted_from_ns: int = 0
    busy: list[tuple[int, int]] = field(default_factory=list)
    busy_since_ns: int | None = None
    segments: list["Segment"] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.agent.id

    def segments_in(self, state: str) -> list["Segment"]:
        """The segments in this state, in order of offer number."""
        return sorted((one for one in self.segments if one.state == state), key=lambda one: one.offer)

    @property
    def present(self) -> bool:
        """Does this agent count as a logged-in member of a queue?"""
        return self.logged_in and not self.leaving

    @property
    def available(self) -> bool:
        return self.present and self.ready and self.device == "available" and self.retry_until_ns is None


@dataclass(eq=False)
class Line:
    """A queue at work. ``last`` and ``place`` are the pointer of round robin, ``matched`` the counter of random,
    ``outcomes`` what the service level counts, ``tick_ns`` is the next pane tick.
    """

    queue: Queue
    number: int
    open: bool = True
    removed: bool = False
    last: Person | None = None
    place: int = 0
    matched: int = 0
    staffed: bool = False
    unstaffed_since_ns: int = 0
    reserves_on: set[int] = field(default_factory=set)
    estimate_ns: int | None = None
    outcomes: list[tuple[int, str]] = field(default_factory=list)
    tick_ns: int | None = None
    split_given: dict[str, int] = field(default_factory=dict)
    shares_given: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.queue.id


@dataclass(eq=False)
class Visit:
    """One stay of a contact in one queue; ``step`` is the index of the current step, ``spills`` are reserves."""

    line: Line
    enqueued_ns: int
    seq: int
    entered_ns: int
    step: int = 0
    spills: set[int] = field(default_factory=set)
    looked_at_age_ns: int = -1


@dataclass(eq=False)
class Hold:
    """This contact is not offered to this agent until then."""

    person: Person
    until_ns: int


@dataclass(eq=False)
class Preferred:
    """This contact prefers this agent; ``direct``: whatever the queues and steps say."""

    person: Person
    score: int
    direct: bool


@dataclass(eq=False)
class Contact:
    """A living contact. ``aged`` is its own (enqueued_ns, seq), with which it may enter queues again.

    ``segments`` are its live offers, or the one by which it is in hand; ``grouped``: they are a group.
    """

    command: EnqueueContact
    number: int
    load: int
    priority: int
    steps: tuple[Step, ...]
    aged: tuple[int, int]
    credit_ns: int = 0
    due_ns: int = 0
    expedited: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    preferred: list[Preferred] = field(default_factory=list)
    prefer_until_ns: int | None = None
    drains_again_ns: int = 0
    visits: list[Visit] = field(default_factory=list)
    segments: list["Segment"] = field(default_factory=list)
    grouped: bool = False
    hops: int = 0
    last_target: str = ""
    holds: list[Hold] = field(default_factory=list)
    held_until_ns: int | None = None

    @property
    def id(self) -> str:
        return self.command.contact

    @property
    def channel(self) -> str:
        return self.command.channel

    @property
    def state(self) -> Literal["waiting", "offered", "handling"]:
        if not self.segments:
            return "waiting"
        return "offered" if self.ringing else "handling"

    @property
    def ringing(self) -> list["Segment"]:
        """The live offers, in order of offer number."""
        return [segment for segment in self.segments if segment.state == "ringing"]

    @property
    def in_hand(self) -> "Segment | None":
        return next((segment for segment in self.segments if segment.state == "handling"), None)

    def affinity(self, person: Person) -> int:
        """The score of its preference for this agent."""
        preference = self.preference(person)
        return 0 if preference is None else preference.score

    def preference(self, person: Person) -> Preferred | None:
        return next((one for one in self.preferred if one.person is person), None)

    def steps_in(self, visit: Visit) -> tuple[Step, ...]:
        return self.steps or steps_of(visit.line.queue)

    def step_of(self, visit: Visit) -> Step:
        return self.steps_in(visit)[visit.step]

    def visit_in(self, line: Line) -> Visit | None:
        return next((visit for visit in self.visits if visit.line is line), None)


@dataclass(eq=False)
class Segment:
    """One agent's part in one contact, from the offer to the release."""

    offer: int
    contact: str
    person: Person
    line: Line
    channel: str
    load: int
    ring_until_ns: int
    state: Literal["ringing", "handling", "wrap_up"] = "ringing"
    wrap_up_until_ns: int = 0
    handling_until_ns: int = 0


@dataclass(eq=False)
class Attempt:
    """A dial that goes on; it is lost at ``until_ns``."""

    command: RequestDial
    number: int
    requested_ns: int
    until_ns: int = 0
    state: Literal["dialing", "ringing", "answered"] = "dialing"

    @property
    def id(self) -> str:
        return self.command.attempt
