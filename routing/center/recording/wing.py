"""The wing of recording: follows what happens to contacts, and proposes when to start, pause, go on and stop.

A front-end obeys every `ContactRemarked` with a `Recording` that names a segment, and a pause in any case, at once.
Whoever asks for something names no segment. What the events say was recorded becomes rows for a database.

Owns what is proposed and kept over a crash; must not know the policy (``wanting``), which events mean what
(``contacts``), or any database.
"""

from collections.abc import Sequence
from functools import partial
from operator import itemgetter
from typing import Final

import msgspec
from msgspec import Struct

from routing.center.recording.calls import Call
from routing.center.recording.contacts import Contacts
from routing.center.recording.settings import RecordingSettings
from routing.center.recording.shapes import Live, Row
from routing.center.recording.wanting import wanted
from routing.center.wing import Due, Proposal
from routing.commands import Command, Remark
from routing.engine import Engine
from routing.events import CommandRefused, Event
from routing.host.following import Making
from routing.remarks import Consent, Recording

#: Under this name a host has the wing.
FOLLOWER: Final = "recording"
_FORMAT: Final = 1


class _Kept(Struct, array_like=True):
    """The wing's state in a journal."""

    format: int
    begun: int
    serial: int
    calls: list[Call]
    pending: list[Row]
    dropped: int
    lost: int


class RecordingWing:
    """Follows an engine, and says what is to be recorded.

    Parameters
    ----------
    engine : Engine
        Stands where following begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here.
    settings : RecordingSettings, optional
        The policy.

    Attributes
    ----------
    lost : int
        Rows that were dropped because nobody confirmed them in time.

    Notes
    -----
    Without a state it begins with the contacts that the engine shows: what was said about them is not known, and they
    are recorded anew. The policy is read when a segment starts and when `due` asks: a changed one holds from then on.
    """

    def __init__(
        self, engine: Engine, state: bytes | None, settings: RecordingSettings | None = None
    ) -> None:
        self.settings = settings or RecordingSettings()
        self._unsettled: dict[str, None] = {}
        self._pending: list[Row] = []
        self._dropped = 0  # of what was ever pending; numbers what is confirmed
        self.lost = 0
        kept = _read(state)
        if kept is None:
            self._contacts = Contacts(self.settings, engine.revision)
            self._contacts.look(engine)
        else:
            self._contacts = Contacts(self.settings, kept.begun, kept.serial, kept.calls)
            self._pending, self._dropped, self.lost = kept.pending, kept.dropped, kept.lost
        for contact in self._contacts.by_id:
            self._settle(contact, engine.now_ns)

    # As a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Take note of what happened. O(events)."""
        contacts = self._contacts
        at_ns = contacts.follow(command, events)
        if type(command) is Remark:
            for event in events:
                if type(event) is CommandRefused:
                    self._refused(command, event.at_ns)
        for contact in contacts.touched:
            self._settle(contact, at_ns)
        if contacts.rows:
            self._put(contacts.rows)

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        contacts = self._contacts
        calls = list(contacts.by_id.values())
        return msgspec.msgpack.encode(
            _Kept(_FORMAT, contacts.begun, contacts.serial, calls, self._pending, self._dropped, self.lost)
        )

    # As a wing

    def due(self, now_ns: int) -> Due:
        """Say what is to be done about recordings at an instant. O(contacts about which something is, or will be)."""
        found: list[tuple[int, Proposal]] = []
        next_ns: int | None = None
        for contact in self._unsettled:
            call = self._contacts.by_id[contact]
            wish = wanted(call, self._contacts.rule(call), now_ns)
            if wish.remark is not None:
                proposal = Proposal(Remark(contact, wish.remark), _request(call, wish.remark))
                found.append((call.serial, proposal))
            if wish.next_ns is not None:
                next_ns = wish.next_ns if next_ns is None else min(next_ns, wish.next_ns)
        found.sort(key=itemgetter(0))
        return Due(tuple(proposal for _, proposal in found), next_ns)

    def take(self) -> tuple[int, Sequence[Row]]:
        """Give rows that wait, and a number to confirm them by."""
        return self._dropped + len(self._pending), tuple(self._pending)

    def confirm(self, number: int) -> None:
        """What was taken under this number is written."""
        over = min(max(number - self._dropped, 0), len(self._pending))
        del self._pending[:over]
        self._dropped += over

    # Looking

    def live(self, contact: str = "") -> list[Live]:
        """Tell what is being recorded now: of one contact, or of all. O(1), O(contacts)."""
        by_id = self._contacts.by_id
        calls = [by_id[contact]] if contact in by_id else [] if contact else list(by_id.values())
        return [
            Live(
                running.segment,
                one.contact,
                running.rule,
                running.started_ns,
                running.paused_ns,
            )
            for one in calls
            if (running := one.running) is not None
        ]

    # Inside

    def _settle(self, contact: str, at_ns: int) -> None:
        """Remember whether something is, or will be, to be done about a contact."""
        call = self._contacts.by_id.get(contact)
        if call is not None:
            wish = wanted(call, self._contacts.rule(call), at_ns)
            if wish.remark is not None or wish.next_ns is not None:
                self._unsettled[contact] = None
                return
        self._unsettled.pop(contact, None)

    def _refused(self, command: Remark, at_ns: int) -> None:
        """What the engine refuses is not wished again before something else is said about the contact."""
        call = self._contacts.by_id.get(command.contact)
        if call is None:
            return
        if wanted(call, self._contacts.rule(call), at_ns).remark == command.remark:
            call.refused_turn = call.turn
            self._settle(command.contact, at_ns)

    def _put(self, rows: Sequence[Row]) -> None:
        self._pending += rows
        over = len(self._pending) - self.settings.most
        if over > 0:
            del self._pending[:over]
            self._dropped += over
            self.lost += over


def recording(settings: RecordingSettings | None = None) -> Making:
    """Give what makes the wing of a host.

    Examples
    --------
    >>> from routing import Agent, AcceptOffer, Config, EnqueueContact, LogIn, Queue
    >>> from routing.center.recording.settings import Rule
    >>> from routing.host import Host
    >>> policy = RecordingSettings((Rule("all", consent="none"),))
    >>> centre = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
    >>> with Host(centre, followers={FOLLOWER: recording(policy)}) as host:
    ...     for command in (LogIn("ann"), EnqueueContact("call-1", ("sales",)), AcceptOffer("call-1", "ann")):
    ...         _ = host.apply(command)
    ...     host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns)).proposals[0].command.remark.action
    'start'
    """
    return partial(RecordingWing, settings=settings)


def _read(state: bytes | None) -> _Kept | None:
    """Read what was kept; None if there is nothing, or another version wrote it."""
    if state is None:
        return None
    try:
        kept = msgspec.msgpack.decode(state, type=_Kept)
    except msgspec.MsgspecError:
        return None
    return kept if kept.format == _FORMAT else None


def _request(call: Call, remark: Recording | Consent) -> str:
    """Name a wish: the same as long as nothing is said about the contact's recording."""
    action = remark.action if isinstance(remark, Recording) else "ask"
    return f"recording/{action}/{call.key}/{call.turn}"
