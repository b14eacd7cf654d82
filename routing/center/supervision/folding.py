"""The fold of supervision: what follows from the journal, and stays exact over a crash.

Who monitors whom (until the contact ends, goes back to a queue, or the leg of who takes part ends); what customers
said about being monitored; redirected queues; messages of the day; the rows of the log that no database has yet.

Owns this state and how it is kept; must not know who may do what, nor where rows lie.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from routing.center.supervision.auditing import (
    Choice,
    Standing,
    row_of,
    row_of_message,
    row_of_refusal,
    stands,
)
from routing.center.supervision.looking import queue_of
from routing.center.supervision.notes import Said, read_note
from routing.center.supervision.people import Staff, Supervision
from routing.center.supervision.shapes import AuditRow, Message, Monitor, Redirect
from routing.center.wing import Due, Proposal
from routing.commands import (
    CancelContact,
    Command,
    EnqueueContact,
    Envelope,
    PutQueue,
    Remark,
    note_of,
)
from routing.engine import Engine
from routing.events import (
    CommandRefused,
    Configured,
    ContactEnded,
    ContactHandedOver,
    ContactRemarked,
    ContactRequeued,
    Event,
    LegJoined,
    QueueChanged,
)
from routing.host.following import Making
from routing.model import Queue
from routing.remarks import Consent, ConsentAnswer, Monitoring, Signal
from routing.views import IN_HAND

#: Under this name a host has its supervision.
FOLLOWER: Final = "supervision"
#: What is asked for, announced and done, in remarks.
MONITORING: Final = "monitoring"
ANNOUNCEMENT: Final = "announcement"
#: In front of the request ids of what this wing proposes.
PREFIX: Final = "supervision/"
_REDIRECTS: Final = ("RedirectQueue", "EndRedirect")
_FORMAT: Final = 1
_TAKE: Final = 5_000  # rows at once


class _Kept(Struct, omit_defaults=True):
    """The state, as it lies beside snapshots."""

    format: int = _FORMAT
    monitors: dict[str, Monitor] = field(default_factory=dict)  # by supervisor
    consents: dict[str, ConsentAnswer] = field(default_factory=dict)  # by contact that lives
    announced: dict[str, bool] = field(default_factory=dict)  # likewise
    legs: dict[str, tuple[str, str]] = field(default_factory=dict)  # leg: contact, supervisor
    legs_made: int = 0
    redirects: dict[str, Redirect] = field(default_factory=dict)  # by queue
    messages: dict[str, Message] = field(default_factory=dict)  # by place
    rows: list[AuditRow] = field(default_factory=list)
    dropped: int = 0  # of all rows there ever were, those that are confirmed or lost
    lost: int = 0  # since the last row was made


def place_of(queue: str, group: str) -> str:
    """Name the place of a message: that of a queue, of a group, or "" for the centre."""
    return f"queue {queue}" if queue else f"group {group}" if group else ""


class Supervising:
    """Follows an engine on behalf of supervision; a wing, a witness, and a keeping of the log's rows.

    Parameters
    ----------
    engine : Engine
        Stands where it begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here. One of another version is forgotten.
    settings : Supervision
        Whose roles are known, and what is logged.

    Attributes
    ----------
    engine : Engine
        To be looked at within `Host.look` only.
    """

    def __init__(self, engine: Engine, state: bytes | None, settings: Supervision) -> None:
        self.engine = engine
        self._state = _Kept()
        if state is not None:
            with suppress(msgspec.MsgspecError):
                kept = msgspec.msgpack.decode(state, type=_Kept)
                if kept.format == _FORMAT:
                    self._state = kept
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            ContactEnded: self._ended,
            ContactRequeued: self._requeued,
            ContactRemarked: self._remarked,
            ContactHandedOver: self._handed_over,
            LegJoined: self._joined,
            QueueChanged: self._look_at_redirects,
            Configured: self._look_at_redirects,
        }
        self._before: Standing | None = None
        self._routine = False  # what is being done is nothing to us
        self._queue: Queue | None = None
        self._operated_on = ""  # the queue that an operation is about to redirect, or to bring back
        self._open = False
        self.use(settings)

    def use(self, settings: Supervision) -> None:
        """Take over other settings; they are read from the next command on."""
        self.settings = settings
        self.staff = Staff(settings.people)
        self._choice = Choice(settings.audit, self.staff)

    # ------------------------------------------------------------------------------------------- as a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:  # noqa: ARG002  # of the protocol
        """Take note. O(events)."""
        handler_of = self._handlers.get
        for event in events:
            handle = handler_of(type(event))
            if handle is not None:
                handle(event)

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        return msgspec.msgpack.encode(self._state)

    def _ended(self, event: ContactEnded) -> None:
        state, contact = self._state, event.contact
        if state.monitors:
            self._leaves(contact)
        state.consents.pop(contact, None)
        state.announced.pop(contact, None)
        state.legs.pop(contact, None)

    def _requeued(self, event: ContactRequeued) -> None:
        self._leaves(event.contact)

    def _leaves(self, contact: str) -> None:
        """Nobody has it in hand any more."""
        monitors = self._state.monitors
        for one in [*monitors.values()]:
            if contact in (one.contact, one.leg):
                del monitors[one.supervisor]

    def _remarked(self, event: ContactRemarked) -> None:
        match event.remark:
            case Monitoring(supervisor=who, mode="stop"):
                present = self._state.monitors.get(who)
                if present is not None and present.contact == event.contact:
                    del self._state.monitors[who]
            case Monitoring(supervisor=who, mode=mode) if mode != "stop":
                if event.agent:  # somebody has it in hand
                    leg = self._leg(event.contact, who) if mode == "barge" else ""
                    self._state.monitors[who] = Monitor(who, event.contact, mode, event.at_ns, leg)
            case Consent(what="monitoring", answer=answer):
                if event.contact in self.engine.contacts:
                    self._state.consents[event.contact] = answer
            case Signal(name="announcement", value="monitoring"):
                if event.contact in self.engine.contacts:
                    self._state.announced[event.contact] = True

    def _joined(self, event: LegJoined) -> None:
        """Whoever takes part by a leg of ours is there, should the remark that says so not have come any more."""
        found = self._state.legs.get(event.leg)
        if found is not None:
            self._state.monitors[found[1]] = Monitor(found[1], event.contact, "barge", event.at_ns, event.leg)

    def _handed_over(self, event: ContactHandedOver) -> None:
        who = self.staff.of_agent(event.to_agent)
        present = self._state.monitors.get(who)
        if present is not None and present.contact == event.contact:
            del self._state.monitors[who]

    def _leg(self, contact: str, who: str) -> str:
        return next((leg for leg, found in self._state.legs.items() if found == (contact, who)), "")

    def _look_at_redirects(self, _: Event) -> None:
        """Forget those whose queue somebody has changed since: it is theirs now."""
        for one in [*self._state.redirects.values()]:
            if one.queue != self._operated_on and queue_of(self.engine, one.queue) != one.now:
                del self._state.redirects[one.queue]

    # -------------------------------------------------------------------------------------------- as a witness

    def before(self, envelope: Envelope) -> None:
        """Look how things stand, if it is to be logged."""
        self._routine = type(envelope) is Envelope and self._choice.is_routine(envelope)
        if self._routine:
            return
        said = read_note(note_of(envelope))
        command = envelope.command
        self._operated_on = ""
        if isinstance(command, PutQueue) and said is not None and said.operation in _REDIRECTS:
            self._operated_on = command.queue.id
            view = self.engine.queues.get(command.queue.id)
            self._queue, self._open = queue_of(self.engine, command.queue.id), view is not None and view.open
        self._before = stands(self.engine, envelope) if self._choice.takes(envelope, said) else None

    def after(self, envelope: Envelope, events: Sequence[Event]) -> None:
        """Log it, and take note of what only a note says."""
        if self._routine:
            self._routine = False
            return
        said = read_note(note_of(envelope))
        if envelope.command is None:
            if said is not None:
                self._told(envelope, said)
            return
        done = not (events and isinstance(events[0], CommandRefused))
        if done and said is not None:
            self._operated(envelope, said)
        self._operated_on = ""
        if not done and envelope.request_id.startswith(PREFIX):
            self._drop(envelope.command)
        if self._before is not None:
            self._log(row_of(self.engine, envelope, said, self._before, events))
            self._before = None

    def _operated(self, envelope: Envelope, said: Said) -> None:
        command, state = envelope.command, self._state
        if isinstance(command, EnqueueContact) and said.operation in ("BargeIn", "TakeOver"):
            state.legs_made += 1
            if command.contact in self.engine.contacts:
                state.legs[command.contact] = (command.parent, envelope.actor)
        elif isinstance(command, PutQueue) and said.operation == "RedirectQueue" and self._queue is not None:
            queue, closed = command.queue, command.queue.closed
            earlier = state.redirects.get(queue.id)
            state.redirects[queue.id] = Redirect(
                queue.id,
                closed.queue if closed is not None else "",
                envelope.actor,
                envelope.at_ns,
                earlier.before if earlier is not None else self._queue,
                queue,
                earlier.open if earlier is not None else self._open,
            )
        elif isinstance(command, PutQueue) and said.operation == "EndRedirect":
            state.redirects.pop(command.queue.id, None)

    def _told(self, envelope: Envelope, said: Said) -> None:
        if said.refused is not None:
            self._log(row_of_refusal(envelope, said))
        elif said.posted is not None:
            posted = said.posted
            place = place_of(posted.queue, posted.group)
            earlier = self._state.messages.get(place)
            message = Message(
                posted.text,
                1 if earlier is None else earlier.version + 1,
                envelope.actor,
                envelope.at_ns,
                posted.until_ns,
                posted.queue,
                posted.group,
            )
            self._state.messages[place] = message
            digest = hashlib.sha256(posted.text.encode()).hexdigest() if posted.text else ""
            self._log(row_of_message(envelope, said, earlier, message, digest))

    # -------------------------------------------------------------------------------------------- as a keeping

    def _log(self, row: AuditRow) -> None:
        state = self._state
        if state.lost:
            row = msgspec.structs.replace(row, lost=row.lost + state.lost)
            state.lost = 0
        state.rows.append(row)
        if len(state.rows) > self.settings.audit.most:
            state.lost += 1 + state.rows[0].lost
            del state.rows[0]
            state.dropped += 1

    def take(self) -> tuple[int, Sequence[AuditRow]]:
        """Give rows of the log to be written, the oldest first, and a number to confirm them by."""
        rows = list(islice(self._state.rows, _TAKE))
        return self._state.dropped + len(rows), rows

    def confirm(self, number: int) -> None:
        """What was taken under this number, and before, is written."""
        done = number - self._state.dropped
        if done > 0:
            del self._state.rows[:done]
            self._state.dropped = number

    # ----------------------------------------------------------------------------------------------- as a wing

    def due(self, now_ns: int) -> Due:  # noqa: ARG002  # of the protocol
        """Nobody is listened to who has said no, and no leg of a supervisor waits: they take it at once, or not.

        A leg waits when the process died in the midst of an operation, or its supervisor was logged out by force.
        O(monitors + legs).
        """
        proposals: list[Proposal] = []
        for one in self._state.monitors.values():
            if self._state.consents.get(one.contact) == "refused" and one.mode != "barge":
                key = f"{PREFIX}stop/{one.contact}/{one.supervisor}/{one.since_ns}"
                proposals.append(Proposal(Remark(one.contact, Monitoring(one.supervisor, "stop")), key))
        for leg in self._state.legs:
            view = self.engine.contacts.get(leg)
            if view is not None and view.state not in IN_HAND:
                proposals.append(Proposal(CancelContact(leg, FOLLOWER), f"{PREFIX}leg/{leg}"))
        return Due(tuple(proposals))

    def _drop(self, command: Command) -> None:
        """What was proposed was refused: it is not so any more."""
        if isinstance(command, CancelContact):
            self._state.legs.pop(command.contact, None)
        if isinstance(command, Remark) and isinstance(command.remark, Monitoring):
            self._state.monitors.pop(command.remark.supervisor, None)

    # ----------------------------------------------------------------------------------------------- to look at

    @property
    def monitors(self) -> tuple[Monitor, ...]:
        """Who monitors whom, in the order of supervisors' first time."""
        return tuple(self._state.monitors.values())

    def monitor(self, who: str) -> Monitor | None:
        """What somebody monitors; None for nothing."""
        return self._state.monitors.get(who)

    def consent(self, contact: str) -> str:
        """What a customer said about being monitored: "", asked, given, refused."""
        return self._state.consents.get(contact, "")

    def announced(self, contact: str) -> bool:
        """Whether it was announced that somebody may listen."""
        return contact in self._state.announced

    @property
    def legs_made(self) -> int:
        """How many legs supervisors ever had, for the names of the next."""
        return self._state.legs_made

    @property
    def redirects(self) -> tuple[Redirect, ...]:
        """Queues that are redirected."""
        return tuple(self._state.redirects.values())

    def redirect(self, queue: str) -> Redirect | None:
        """How a queue is redirected; None when it is not."""
        return self._state.redirects.get(queue)

    def message(self, queue: str = "", group: str = "") -> Message | None:
        """The latest message of a place, withdrawn and expired ones too, for their versions."""
        return self._state.messages.get(place_of(queue, group))

    def messages(self, now_ns: int, queues: Iterable[str], groups: Iterable[str]) -> tuple[Message, ...]:
        """Messages that are shown at an instant: the centre's, then those of groups, then of queues."""
        places = ["", *(place_of("", group) for group in groups), *(place_of(queue, "") for queue in queues)]
        found = (self._state.messages.get(place) for place in places)
        return tuple(one for one in found if one is not None and one.text and not 0 < one.until_ns <= now_ns)

    @property
    def pending(self) -> int:
        """Rows of the log that nobody has confirmed."""
        return len(self._state.rows)


def supervising(settings: Supervision) -> Making:
    """Say how the follower of these settings is made, for `Host(followers={FOLLOWER: ...})`."""
    return partial(Supervising, settings=settings)


__all__ = ["ANNOUNCEMENT", "FOLLOWER", "MONITORING", "PREFIX", "Supervising", "place_of", "supervising"]
