"""Living contacts, followed by their events: who has which in hand, who takes part, what is said and recorded.

Owns which events mean what for a contact; must not know what is to be done about it (``wanting``) or where rows go.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from routing.center.recording.calls import NEVER, Call
from routing.center.recording.saying import asked, instructed
from routing.center.recording.settings import RecordingSettings, Rule
from routing.center.recording.shapes import Refusal, Row
from routing.center.recording.wanting import WHAT
from routing.commands import Command, EnqueueContact, PlaceContact
from routing.engine import Engine
from routing.events import (
    ContactEnded,
    ContactEnqueued,
    ContactHandedOver,
    ContactHeld,
    ContactPlaced,
    ContactRemarked,
    ContactRequeued,
    ContactRetrieved,
    Event,
    LegJoined,
    LegParted,
    OfferAccepted,
)
from routing.remarks import Consent, Recording
from routing.views import IN_HAND


class Contacts:
    """The contacts that live.

    Parameters
    ----------
    settings : RecordingSettings
        Whose rules hold for segments that begin.
    begun : int
        The engine's revision when this wing began.
    serial : int, default 0
        Of the newest contact.
    calls : iterable of Call, default ()
        Those that live already.
    """

    def __init__(
        self, settings: RecordingSettings, begun: int, serial: int = 0, calls: Iterable[Call] = ()
    ) -> None:
        self.begun = begun
        self.serial = serial
        self.by_id = {one.contact: one for one in calls}
        self.touched: dict[str, None] = {}  # by the latest events
        self.rows: list[Row] = []  # that they made
        self._settings = settings
        self._rules: dict[tuple[str, str, str, bool], Rule | None] = {}

    def rule(self, call: Call) -> Rule | None:
        """Give the rule that holds for a contact; None if none fits, or nobody has it in hand. O(1)."""
        if not call.agent:
            return None
        queue, direction, channel, leg = kind = (call.queue, call.direction, call.channel, bool(call.parent))
        if kind not in self._rules:
            self._rules[kind] = self._settings.rule(queue, direction, channel, leg=leg)
        return self._rules[kind]

    def look(self, engine: Engine) -> None:
        """Begin with what an engine shows."""
        for view in engine.contacts.values():
            call = self._new(view.id, view.enqueued_ns, view.channel, view.direction, view.parent)
            call.customer = view.customer
            if view.segment is not None and view.state in IN_HAND:
                call.take(view.segment.agent, view.segment.queue)
                call.held, call.joined = view.state == "held", view.joined
        for call in self.by_id.values():
            if call.joined and call.parent in self.by_id:
                self.by_id[call.parent].legs[call.contact] = call.agent

    def follow(self, command: Command | None, events: Sequence[Event]) -> int:
        """Take note of events; returns the instant of the last that mattered. Fills ``touched`` and ``rows``."""
        if self.touched:
            self.touched = {}
        if self.rows:
            self.rows = []
        at_ns = 0
        for event in events:
            take = _TAKES.get(type(event))
            if take is not None:
                take(self, event)
                at_ns = event.at_ns
        if isinstance(command, EnqueueContact | PlaceContact) and command.customer:
            self._describe(command, events)
        return at_ns

    def _describe(self, command: EnqueueContact | PlaceContact, events: Sequence[Event]) -> None:
        """Note whose the contact is; a refused command says nothing of the one that is there."""
        for event in events:
            if isinstance(event, ContactEnqueued | ContactPlaced) and event.contact == command.contact:
                call = self.by_id.get(event.contact)  # it may have ended in the same breath
                if call is not None:
                    call.customer = command.customer
                return

    def _new(self, contact: str, at_ns: int, channel: str, direction: str, parent: str) -> Call:
        self.serial += 1
        call = Call(contact, self.serial, self.begun, at_ns, channel, direction, parent=parent)
        self.by_id[contact] = call
        return call

    def _put(self, row: Row | None) -> None:
        if row is not None:
            self.rows.append(row)

    # What happens to them

    def _enqueued(self, event: ContactEnqueued) -> None:
        self._new(event.contact, event.at_ns, event.channel, event.direction, event.parent)

    def _placed(self, event: ContactPlaced) -> None:
        call = self._new(event.contact, event.at_ns, event.channel, event.direction, "")
        call.take(event.agent, event.queue)
        self.touched[event.contact] = None

    def _accepted(self, event: OfferAccepted) -> None:
        call = self.by_id.get(event.contact)
        if call is not None:
            call.take(event.agent, event.queue)
            if call.running is not None:  # it is still to be stopped: whoever speaks is recorded
                call.running.join(event.agent, event.at_ns)
            self.touched[event.contact] = None

    def _requeued(self, event: ContactRequeued) -> None:
        call = self.by_id.get(event.contact)
        if call is None or not event.agent:
            return
        self._unjoin(call, event.at_ns)
        if call.running is not None:
            call.running.part_all(event.at_ns)
        call.leave()
        self.touched[event.contact] = None

    def _ended(self, event: ContactEnded) -> None:
        call = self.by_id.pop(event.contact, None)
        if call is not None:
            self._unjoin(call, event.at_ns)
            self._put(call.end("ended", event.at_ns))
            self.touched[event.contact] = None

    def _handed_over(self, event: ContactHandedOver) -> None:
        call, leg = self.by_id.get(event.contact), self.by_id.get(event.leg)
        if call is None:
            return
        call.legs.pop(event.leg, None)
        call.agent, call.queue = event.to_agent, event.queue
        if leg is not None:  # it ends by this, and its agent stays
            leg.joined = False
        if call.running is not None:
            call.running.part(event.agent, event.at_ns)
            call.running.join(event.to_agent, event.at_ns)
        self.touched[event.contact] = None

    def _held(self, event: ContactHeld | ContactRetrieved) -> None:
        call = self.by_id.get(event.contact)
        if call is not None:
            call.held = type(event) is ContactHeld
            self.touched[event.contact] = None

    def _joined(self, event: LegJoined) -> None:
        call, leg = self.by_id.get(event.contact), self.by_id.get(event.leg)
        if call is None or leg is None:
            return
        leg.joined = True
        call.legs[event.leg] = event.agent
        if call.running is not None:
            call.running.join(event.agent, event.at_ns)
        self.touched[event.leg] = None

    def _parted(self, event: LegParted) -> None:
        leg = self.by_id.get(event.leg)
        if leg is not None:
            self._unjoin(leg, event.at_ns)

    def _unjoin(self, leg: Call, at_ns: int) -> None:
        """A leg takes part in its contact's conversation no longer, if it did."""
        if not leg.joined:
            return
        leg.joined = False
        self.touched[leg.contact] = None
        call = self.by_id.get(leg.parent)
        agent = None if call is None else call.legs.pop(leg.contact, None)
        if call is not None and agent is not None and call.running is not None:
            call.running.part(agent, at_ns)

    # What is said about them

    def _remarked(self, event: ContactRemarked) -> None:
        remark = event.remark
        call = self.by_id.get(event.contact)
        if isinstance(remark, Consent) and remark.what == WHAT:
            self._answered(event.contact, call, remark, event.at_ns)
        elif not isinstance(remark, Recording) or call is None:
            return
        elif not remark.segment:
            asked(call, remark, event.at_ns)
        else:
            self._put(instructed(call, remark, event.at_ns, self.rule(call)))
        if call is not None:
            call.turn += 1
            self.touched[event.contact] = None

    def _answered(self, contact: str, call: Call | None, remark: Consent, at_ns: int) -> None:
        if call is not None and (remark.answer != "asked" or not call.consent):
            call.consent, call.consent_ns = remark.answer, at_ns
        if remark.answer == "refused" and (call is None or call.closed):
            self._put(Refusal(contact, NEVER if call is None else call.arrived_ns, at_ns))


_TAKES: Final[dict[type, Callable[[Contacts, Any], None]]] = {
    ContactEnqueued: Contacts._enqueued,
    ContactPlaced: Contacts._placed,
    OfferAccepted: Contacts._accepted,
    ContactRequeued: Contacts._requeued,
    ContactEnded: Contacts._ended,
    ContactHandedOver: Contacts._handed_over,
    ContactHeld: Contacts._held,
    ContactRetrieved: Contacts._held,
    LegJoined: Contacts._joined,
    LegParted: Contacts._parted,
    ContactRemarked: Contacts._remarked,
}
