"""Calls out: what became of every attempt, folded in the writer's turn and kept until somebody has written it down.

A follower (`routing.host.following`). A call is an attempt and, when a person answered, the contact of the same id; it
is finished exactly once: when the attempt ends as anything but a person, or when that contact ends. A person for whom
no contact was enqueued in the same write (mode agentless, or somebody else's front-end) is finished at once. What is
finished stays, also beside snapshots, until it is confirmed, so a crash neither loses nor doubles an outcome.

Owns this pairing and what is kept; must not know campaigns' rules, pacing or the database.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct

from routing.commands import Command
from routing.engine import Engine
from routing.events import (
    AgentLoggedIn,
    AgentReady,
    AttemptEnded,
    AttemptProgressed,
    ContactEnded,
    ContactEnqueued,
    DialRequested,
    Event,
    OfferAccepted,
    OfferRejected,
    WrapUpEnded,
)

#: Under this name a host has it.
FOLLOWER: Final = "outbound"
_FORMAT: Final = 1
_NEVER: Final = 2**63
_FREES: Final = frozenset({AgentLoggedIn, AgentReady, WrapUpEnded})


class Call(Struct, array_like=True):
    """One attempt that is alive, or whose person is being served. Instants in ns; 0: not yet.

    ``state``: dialing, ringing, answered, person (the attempt has ended as one; the contact is alive).
    """

    attempt: str
    campaign: str
    target: str
    carrier: str
    agent: str  # on whose behalf it is dialled
    requested_ns: int
    state: str = "dialing"
    answered_ns: int = 0  # something picked up, or the attempt ended as something that had
    ended_ns: int = 0  # the attempt
    outcome: str = ""
    confidence: int = 100
    detection_ns: int = 0
    cause: str = ""
    contact_alive: bool = False
    contact_outcome: str = ""
    connected_ns: int = 0  # an agent took it
    served_by: str = ""


class Finished(Struct, frozen=True, array_like=True):
    """What became of one attempt, for good. Instants and times in ns.

    ``talk_ns`` is the time with agents, from the later of the answer and the agent's taking it; ``wait_ns`` from the
    answer to that; ``agent`` who took it, "" for nobody; ``contact_outcome`` how its contact ended, "" without one.
    """

    attempt: str
    campaign: str
    target: str
    carrier: str
    outcome: str
    requested_ns: int
    at_ns: int
    answered_ns: int
    talk_ns: int
    wait_ns: int
    agent: str
    contact_outcome: str
    confidence: int
    detection_ns: int
    cause: str


class Heard(Struct, frozen=True):
    """Something about a contact that is watched: an agent took it or rejected it, or it is over."""

    contact: str
    what: Literal["taken", "rejected", "over"]
    agent: str
    at_ns: int


class _Kept(Struct, array_like=True):
    format: int
    open: list[Call]
    finished: list[Finished]


class Calls:
    """Calls out that follow an engine.

    Parameters
    ----------
    engine : Engine
        Stands where this begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here. Without it, the engine's own attempts are
        taken over; what had ended by then is not known.

    Attributes
    ----------
    lines : Counter
        Calls by carrier that hold a line.
    unanswered : Counter
        Attempts by campaign that are alive.
    changed : callable or None
        Called when an agent becomes free or a watched contact moves; must be quick. Not kept.
    """

    def __init__(self, engine: Engine, state: bytes | None = None) -> None:
        self._engine = engine
        self.open: dict[str, Call] = {}
        self.finished: list[Finished] = []
        self._dropped = 0  # of what was ever finished; numbers what is confirmed
        self.lines: Counter[str] = Counter()
        self.unanswered: Counter[str] = Counter()
        self._lone: list[str] = []  # ended as a person, and whether a contact comes is seen next
        self._watched: set[str] = set()
        self._heard: list[Heard] = []
        self._ends: list[tuple[str, str, int]] = []  # carrier, outcome, instant
        self._bereft: list[str] = []
        self.changed: Callable[[], object] | None = None
        kept = _read(state)
        if kept is not None:
            self.finished = kept.finished
            for call in kept.open:
                self._add(call)
        else:
            self._begin()

    # As a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:  # noqa: ARG002  # of the protocol
        """Take note. O(events)."""
        if self._lone and events:
            self._settle(events[-1].at_ns)
        stirred = False
        for event in events:
            match event:
                case DialRequested():
                    self._dial(event)
                case AttemptProgressed():
                    self._progress(event)
                case AttemptEnded():
                    self._end(event)
                case ContactEnqueued() if event.contact in self.open:
                    self.open[event.contact].contact_alive = True
                case OfferAccepted():
                    self._take_up(event)
                case OfferRejected() if event.contact in self._watched:
                    self._heard.append(Heard(event.contact, "rejected", event.agent, event.at_ns))
                case ContactEnded():
                    self._contact_ended(event)
                case _:
                    stirred = stirred or type(event) in _FREES
        if self.changed is not None and (stirred or self._heard):
            self.changed()

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        self._settle()
        return msgspec.msgpack.encode(_Kept(_FORMAT, list(self.open.values()), self.finished))

    # What is finished

    def take(self) -> tuple[int, list[Finished]]:
        """Give all that is finished and not confirmed, and a number to confirm it by."""
        self._settle()
        return self._dropped + len(self.finished), list(self.finished)

    def confirm(self, number: int) -> None:
        """Forget what was finished when `take` gave this number: it is written elsewhere."""
        count = min(max(number - self._dropped, 0), len(self.finished))
        del self.finished[:count]
        self._dropped += count

    def take_ends(self) -> list[tuple[str, str, int]]:
        """Give carrier, outcome and instant of the attempts that have ended since the last time. Not kept."""
        ends, self._ends = self._ends, []
        return ends

    def take_bereft(self) -> list[str]:
        """Give attempts that go on while their agent, who had a preview, has gone. Not kept."""
        bereft, self._bereft = self._bereft, []
        return bereft

    # Contacts that somebody watches

    def watch(self, contact: str) -> None:
        """Have it told by `take_heard` when an agent takes this contact, and when it ends."""
        self._watched.add(contact)

    def take_heard(self) -> list[Heard]:
        """Give what was heard of watched contacts since the last time. Not kept."""
        heard, self._heard = self._heard, []
        return heard

    # Inside

    def _dial(self, event: DialRequested) -> None:
        call = Call(event.attempt, event.campaign, event.target, event.carrier, event.agent, event.at_ns)
        if (
            event.contact == event.attempt and event.contact in self._engine.contacts
        ):  # its agent waits for it
            call.contact_alive = True
            call.connected_ns, call.served_by = event.at_ns, event.agent
        self._add(call)

    def _progress(self, event: AttemptProgressed) -> None:
        call = self.open.get(event.attempt)
        if call is not None:
            call.state = event.state
            if event.state == "answered":
                call.answered_ns = event.at_ns

    def _end(self, event: AttemptEnded) -> None:
        call = self.open.get(event.attempt)
        if call is None:
            return
        call.outcome, call.ended_ns = event.outcome, event.at_ns
        call.confidence, call.detection_ns, call.cause = event.confidence, event.detection_ns, event.cause
        self._ends.append((call.carrier, call.outcome, event.at_ns))
        self._count(self.unanswered, call.campaign, -1)
        if event.outcome != "person":
            self._finish(call, event.at_ns)
            return
        call.state = "person"
        call.answered_ns = call.answered_ns or event.at_ns
        if not call.contact_alive:
            self._lone.append(event.attempt)

    def _take_up(self, event: OfferAccepted) -> None:
        call = self.open.get(event.contact)
        if call is not None and not call.connected_ns:
            call.connected_ns, call.served_by = event.at_ns, event.agent
        if event.contact in self._watched:
            self._heard.append(Heard(event.contact, "taken", event.agent, event.at_ns))

    def _contact_ended(self, event: ContactEnded) -> None:
        if event.contact in self._watched:
            self._watched.discard(event.contact)
            self._heard.append(Heard(event.contact, "over", event.agent, event.at_ns))
        call = self.open.get(event.contact)
        if call is not None and call.contact_alive:
            call.contact_alive, call.contact_outcome = False, event.outcome.value
            if call.ended_ns:
                self._finish(call, event.at_ns)
            else:
                self._bereft.append(call.attempt)

    def _settle(self, at_ns: int = _NEVER) -> None:
        """Finish those whom a person answered, before this instant, and for whom no contact was enqueued in that write.

        What is written together has one instant; so has its replay, which tells it in other portions.
        """
        lone, self._lone = self._lone, []
        for attempt in lone:
            call = self.open.get(attempt)
            if call is None or call.contact_alive:
                continue
            if call.ended_ns < at_ns:
                self._finish(call, call.ended_ns)
            else:
                self._lone.append(attempt)

    def _add(self, call: Call) -> None:
        self.open[call.attempt] = call
        self._count(self.lines, call.carrier, 1)
        if not call.ended_ns:
            self._count(self.unanswered, call.campaign, 1)
        elif not call.contact_alive:
            self._lone.append(call.attempt)

    def _finish(self, call: Call, at_ns: int) -> None:
        del self.open[call.attempt]
        self._count(self.lines, call.carrier, -1)
        talked_ns = max(call.connected_ns, call.answered_ns) if call.outcome == "person" else 0
        served = bool(talked_ns and call.connected_ns)
        self.finished.append(
            Finished(
                call.attempt,
                call.campaign,
                call.target,
                call.carrier,
                call.outcome,
                call.requested_ns,
                at_ns,
                call.answered_ns,
                at_ns - talked_ns if served else 0,
                talked_ns - call.answered_ns if served else 0,
                call.served_by,
                call.contact_outcome,
                call.confidence,
                call.detection_ns,
                call.cause,
            )
        )

    @staticmethod
    def _count(counter: Counter[str], name: str, by: int) -> None:
        counter[name] += by
        if not counter[name]:
            del counter[name]

    def _begin(self) -> None:
        """Take over the attempts that the engine knows."""
        contacts = self._engine.contacts
        for view in self._engine.attempts.values():
            alive = view.contact == view.id and view.id in contacts
            call = Call(
                view.id, view.campaign, view.target, view.carrier, view.agent, view.requested_ns, view.state
            )
            if alive:
                call.contact_alive, call.connected_ns, call.served_by = True, view.requested_ns, view.agent
            self._add(call)


def _read(state: bytes | None) -> _Kept | None:
    """Read what was kept; None if another version wrote it."""
    if state is None:
        return None
    try:
        kept = msgspec.msgpack.decode(state, type=_Kept)
    except msgspec.MsgspecError:
        return None
    return kept if kept.format == _FORMAT else None
