"""What recording must know of a living contact: who has it in hand, what was said about recording, what runs.

Owns this state, and how a segment begins, pauses and ends; must not know the policy's decisions (``wanting``) or when
anything happens to a contact (``wing``).
"""

from functools import lru_cache
from hashlib import blake2b

from msgspec import Struct, field

from routing.center.recording.settings import Rule
from routing.center.recording.shapes import Answer, Part, Pause, Segment
from routing.units import DAY, MAX_INSTANT_NS

#: While nothing was asked, or is paused.
NEVER = -1


class Running(Struct):
    """A segment that is being recorded. What the rule said when it began is kept, should the policy change."""

    segment: str
    stint: int  # of the contact in an agent's hands; it ends with it
    queue: str
    started_ns: int
    started_by: str
    rule: str = ""
    retention_ns: int = 0
    max_pause_ns: int = 0
    deletes: bool = True
    hold: bool = False
    paused_ns: int = NEVER
    pause_reason: str = ""
    pauses: list[Pause] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)  # to_ns NEVER: takes part

    def follow(self, rule: Rule) -> None:
        """Take over what a rule says."""
        self.rule = rule.id
        self.retention_ns = rule.retention_days * DAY
        self.max_pause_ns = rule.max_pause_ns if rule.pause else 0
        self.deletes = rule.on_refusal == "delete"
        self.hold = rule.legal_hold

    def pause(self, at_ns: int, reason: str) -> None:
        """Nothing is recorded from now on."""
        if self.paused_ns == NEVER:
            self.paused_ns, self.pause_reason = at_ns, reason

    def resume(self, at_ns: int) -> None:
        """It goes on."""
        if self.paused_ns != NEVER:
            self.pauses.append(Pause(self.paused_ns, at_ns, self.pause_reason))
            self.paused_ns, self.pause_reason = NEVER, ""

    def join(self, agent: str, at_ns: int) -> None:
        """Somebody takes part from now on."""
        if not any(one.agent == agent and one.to_ns == NEVER for one in self.parts):
            self.parts.append(Part(agent, at_ns, NEVER))

    def part(self, agent: str, at_ns: int) -> None:
        """Somebody takes part no longer."""
        for place, one in enumerate(self.parts):
            if one.agent == agent and one.to_ns == NEVER:
                self.parts[place] = Part(agent, one.from_ns, at_ns)

    def part_all(self, at_ns: int) -> None:
        """Nobody takes part any longer."""
        self.parts = [
            Part(one.agent, one.from_ns, at_ns) if one.to_ns == NEVER else one for one in self.parts
        ]


class Call(Struct):
    """A living contact. ``agent`` "": nobody has it in hand."""

    contact: str
    serial: int  # in the order in which they came
    begun: int  # the engine's revision when the wing began
    arrived_ns: int
    channel: str
    direction: str
    customer: str = ""
    parent: str = ""
    agent: str = ""
    queue: str = ""  # where it was answered
    stint: int = 0  # how often it came into somebody's hands
    held: bool = False
    joined: bool = False  # a leg that takes part in its contact's conversation
    legs: dict[str, str] = field(default_factory=dict)  # joined ones, and their agents
    consent: Answer = ""
    consent_ns: int = 0
    announced: bool = False
    demanded: bool = False  # somebody asked for it
    declined: bool = False  # somebody asked to stop it
    pause_ns: int = NEVER  # when a pause was asked for last
    turn: int = 0  # of what was said about recording; numbers requests
    refused_turn: int = NEVER  # in this turn the engine refused what was proposed
    segments: int = 0
    closed: bool = False  # segments of it are over
    running: Running | None = None

    @property
    def key(self) -> str:
        """What names it in ids of segments and requests; made when it is asked for."""
        return key_of(self.contact, self.begun, self.serial)

    @property
    def next_segment(self) -> str:
        """The id of the segment that would begin now."""
        return f"{self.key}-{self.segments + 1}"

    def take(self, agent: str, queue: str) -> None:
        """It comes into somebody's hands."""
        self.agent, self.queue, self.held = agent, queue, False
        self.stint += 1

    def leave(self) -> None:
        """It leaves the agent's hands; what the agent asked for is over."""
        self.agent, self.held, self.declined, self.pause_ns = "", False, False, NEVER
        self.joined = False
        self.legs.clear()

    def begin(self, segment: str, reason: str, at_ns: int, rule: Rule | None) -> None:
        """A segment begins."""
        self.segments += 1
        self.running = Running(segment, self.stint, self.queue, at_ns, reason)
        if rule is not None:
            self.running.follow(rule)
        if reason == "announcement":
            self.announced = True
        for agent in (self.agent, *self.legs.values()):
            if agent:
                self.running.join(agent, at_ns)

    def end(self, reason: str, at_ns: int) -> Segment | None:
        """The segment that runs, if one does, is over."""
        running, self.running = self.running, None
        if running is None:
            return None
        running.resume(at_ns)
        running.part_all(at_ns)
        self.closed = True
        consent: Answer = self.consent or ("announced" if self.announced else "")
        keep_until_ns = min(at_ns + running.retention_ns, MAX_INSTANT_NS)
        if running.deletes and consent == "refused":
            keep_until_ns = at_ns
        return Segment(
            segment=running.segment,
            contact=self.contact,
            arrived_ns=self.arrived_ns,
            parent=self.parent,
            customer=self.customer,
            queue=running.queue,
            channel=self.channel,
            direction=self.direction,
            rule=running.rule,
            started_ns=running.started_ns,
            ended_ns=at_ns,
            started_by=running.started_by,
            ended_by=reason,
            consent=consent,
            consent_ns=self.consent_ns,
            keep_until_ns=keep_until_ns,
            delete_on_refusal=running.deletes,
            legal_hold=running.hold,
            parts=tuple(running.parts),
            pauses=tuple(running.pauses),
        )


@lru_cache(4_096)
def key_of(contact: str, begun: int, serial: int) -> str:
    """Give what names a contact in ids of segments and requests; it says nothing, and is fit for a file.

    Parameters
    ----------
    contact : str
        Its id, which may be used again later.
    begun : int
        The engine's revision when this wing began.
    serial : int
        The contact's number since then.

    >>> key_of("call-1", 0, 1)
    'rb31eb224407498fe354c0b22'
    """
    return "r" + blake2b(f"{contact}\0{begun}\0{serial}".encode(), digest_size=12).hexdigest()
