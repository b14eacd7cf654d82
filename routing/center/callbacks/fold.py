"""Facts of call-backs, folded from commands and events: what was promised, dialled, answered, and how each ended.

A fact never depends on settings, so a journal that is read again under other settings leads to the same promises.

Owns the way from events to facts; must not know what is to be done next (``steps``) or who keeps it (``wing``).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from routing.center.callbacks.shapes import FACTS, OUTCOMES, Attempt, Outcome, Promise
from routing.commands import CancelContact, Command, EndAttempt, EnqueueContact, RequestDial, UpdateContact
from routing.commands import Remark as RemarkCommand
from routing.engine import Engine
from routing.events import (
    AttemptEnded,
    CommandRefused,
    ContactEnded,
    ContactEnqueued,
    ContactHandedOver,
    ContactRemarked,
    ContactRequeued,
    ContactUpdated,
    DialRequested,
    Event,
    OfferAccepted,
)
from routing.remarks import CallBack

#: The attribute of a contact that says which call-back it is made for, and the one that refers to the number.
ATTRIBUTE: Final = "call_back"
NUMBER: Final = "number"
#: Reasons of cancellations of our own begin so.
OWN: Final = "call_back/"
#: What comes of a dial by the carrier's fault, which is not counted as the customer's not answering.
FAULTS: Final = frozenset({"congestion", "carrier_error"})


class Facts:
    """Promises that follow an engine.

    Parameters
    ----------
    engine : Engine
        Stands where the events are; it tells of contacts that are promised a call-back.
    promises : iterable of Promise
        As they stood.
    attempts : iterable of Attempt
        Dials that go on.
    changed : callable
        Is told the id of each call-back about which there is a new fact.
    ended : callable
        Is told of each dial that began or is over.
    """

    def __init__(
        self,
        engine: Engine,
        promises: Iterable[Promise],
        attempts: Iterable[Attempt],
        changed: Callable[[str], object],
        ended: Callable[[Attempt], object],
    ) -> None:
        self._engine = engine
        self._changed = changed
        self._ended = ended
        self.promises: dict[str, Promise] = {}
        self.attempts: dict[str, Attempt] = {one.attempt: one for one in attempts}
        self._contacts: dict[str, str] = {}  # living contact: its call-back
        self._callers: dict[str, dict[str, None]] = {}  # living contact or heir: call-backs that it may end
        self._of: dict[str, dict[str, None]] = {}  # customer: open call-backs, in order
        self._told: dict[type[Event], Callable[[Any, Command | None], object]] = {
            ContactEnqueued: self._enqueued,
            OfferAccepted: lambda event, _: self._accepted(event.contact, event.agent, event.at_ns),
            ContactHandedOver: lambda event, _: self._accepted(event.contact, event.to_agent, event.at_ns),
            ContactRequeued: self._requeued,
            ContactUpdated: self._updated,
            ContactEnded: self._contact_ended,
            DialRequested: self._dialled,
            AttemptEnded: self._attempt_ended,
            ContactRemarked: self._remarked,
            CommandRefused: self._refused,
        }
        for promise in promises:
            self._add(promise)

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Take note. O(events)."""
        told = self._told
        for event in events:
            tell = told.get(type(event))
            if tell is not None:
                tell(event, command)

    def of_customer(self, customer: str) -> list[Promise]:
        """List the open call-backs of a customer, in the order in which they were promised."""
        return [self.promises[name] for name in self._of.get(customer, ())]

    def forget(self, name: str) -> None:
        """Drop one that is over and has nothing left to be done."""
        promise = self.promises.pop(name)
        self._unlink_caller(promise)
        self._disinherit(promise)

    # What is said of promises

    def _remarked(self, event: ContactRemarked, _: Command | None) -> None:
        if isinstance(event.remark, CallBack):
            self._said(event.contact, event.remark, event.at_ns)

    def _said(self, contact: str, remark: CallBack, at_ns: int) -> None:
        if remark.action in ("keep", "book"):
            self._promise(contact, remark, at_ns)
            return
        promise = self.promises.get(remark.call_back)
        if promise is None or not promise.open:
            return
        self._note(promise.call_back)
        match remark.action:
            case "confirm":
                promise.confirmed = True
                promise.number = remark.number or promise.number
            case "move":
                promise.from_ns, promise.to_ns = remark.from_ns, remark.to_ns
                promise.agent = remark.agent
                promise.timezone = remark.timezone or promise.timezone
                promise.given_up_ns = 0
            case "cancel" if not promise.reached_ns:
                self._close(promise, "cancelled", at_ns)
            case "close" if not promise.reached_ns:
                why = _why(remark.reason)
                self._close(promise, why, at_ns)
                if why == "merged":
                    promise.into = contact
                    view = self._engine.contacts.get(contact)
                    if promise.place_ns >= 0 and view is not None and view.visits:
                        promise.heir = contact
                        self._callers.setdefault(contact, {})[promise.call_back] = None
            case _:
                pass

    def _promise(self, contact: str, remark: CallBack, at_ns: int) -> None:
        if not remark.call_back or remark.call_back in self.promises:
            return
        view = self._engine.contacts.get(contact) if contact else None
        promise = Promise(
            remark.call_back,
            "booked",
            remark.queue,
            (remark.queue,) if remark.queue else (),
            remark.customer or (view.customer if view is not None else ""),
            remark.number,
            remark.agent,
            remark.timezone,
            remark.from_ns,
            remark.to_ns,
            remark.confirmed,
            remark.priority,
            at_ns,
            contact,
        )
        if view is not None and not promise.queue:
            queues = tuple(visit.queue for visit in view.visits)
            if not queues and view.segment is not None:
                queues = (view.segment.queue,)
            promise.queue, promise.queues = (queues or ("",))[0], queues
        waits = view is not None and view.visits and not view.parent and contact not in self._contacts
        if view is not None and remark.action == "keep" and waits:
            promise.kind = "kept"
            promise.contact, promise.place_ns = contact, view.enqueued_ns - view.credit_ns
            promise.priority = view.priority
        elif remark.action == "keep" and contact in self._contacts:
            self._carry_on(promise, self.promises[self._contacts[contact]], at_ns)
        if promise.open:
            self._one_of(promise, at_ns)
        self._add(promise)
        self._note(promise.call_back)

    def _carry_on(self, promise: Promise, older: Promise, at_ns: int) -> None:
        """Take over a contact that is kept already."""
        if older.under_way:
            self._close(promise, "merged", at_ns)
            promise.into = older.call_back
            return
        promise.kind, promise.contact, promise.place_ns = older.kind, older.contact, older.place_ns
        promise.contacts, promise.priority = older.contacts, older.priority
        promise.queue, promise.queues = older.queue, older.queues
        del self._contacts[older.contact]
        older.contact = ""
        self._merge(older, promise, at_ns)

    def _one_of(self, promise: Promise, at_ns: int) -> None:
        """Make one of two call-backs of a customer to a queue: the newer, unless the older is under way."""
        if not promise.customer:
            return
        for older in self.of_customer(promise.customer):
            if older.queue != promise.queue:
                continue
            if older.under_way:
                self._close(promise, "merged", at_ns)
                promise.into = older.call_back
                return
            self._merge(older, promise, at_ns)

    def _merge(self, older: Promise, newer: Promise, at_ns: int) -> None:
        if older.place_ns >= 0:
            newer.place_ns = min(older.place_ns, newer.place_ns) if newer.place_ns >= 0 else older.place_ns
        self._note(older.call_back)
        if older.open:
            self._close(older, "merged", at_ns)
            older.into = newer.call_back

    # Contacts

    def _enqueued(self, event: ContactEnqueued, command: Command | None) -> None:
        if not isinstance(command, EnqueueContact) or command.contact != event.contact:
            return
        name = (command.attributes or {}).get(ATTRIBUTE, "")
        promise = self.promises.get(name)
        if promise is not None and promise.contact == "" and command.direction == "outbound":
            self._note(name)
            promise.contact, promise.contacts = event.contact, promise.contacts + 1
            promise.spent, promise.taken_by = False, ""
            if promise.place_ns < 0:
                promise.place_ns = max(event.at_ns - command.credit_ns, 0)
            self._contacts[event.contact] = name
            return
        if command.direction != "inbound" or command.parent or not command.customer:
            return
        for mine in self.of_customer(command.customer):
            if mine.reached_ns or mine.caller:
                continue
            self._note(mine.call_back)
            mine.caller, mine.caller_taken = event.contact, False
            mine.caller_same = mine.queue in command.queues
            self._callers.setdefault(event.contact, {})[mine.call_back] = None

    def _accepted(self, contact: str, agent: str, at_ns: int) -> None:
        for name in list(self._callers.get(contact, ())):
            promise = self._note(name)
            if promise.caller == contact:
                promise.caller_taken = True
            self._disinherit(promise)  # it has had the place
        if contact in self._contacts:
            promise = self._note(self._contacts[contact])
            promise.taken_by = agent
            if promise.reached_ns and not promise.served_ns:
                promise.served_ns = at_ns

    def _requeued(self, event: ContactRequeued, _: Command | None) -> None:
        for name in list(self._callers.get(event.contact, ())):
            self._disinherit(self._note(name))
        if event.contact in self._contacts:
            self._note(self._contacts[event.contact]).taken_by = ""

    def _updated(self, event: ContactUpdated, _: Command | None) -> None:
        for name in self._callers.get(event.contact, ()):
            self._note(name)

    def _contact_ended(self, event: ContactEnded, command: Command | None) -> None:
        for name in list(self._callers.get(event.contact, ())):
            promise = self._note(name)
            if promise.caller == event.contact:
                promise.caller, promise.caller_taken = "", False
            promise.heir = ""
        self._callers.pop(event.contact, None)
        name = self._contacts.pop(event.contact, "")
        if not name:
            return
        promise = self._note(name)
        promise.contact = promise.taken_by = ""
        if not promise.open:
            return
        if promise.reached_ns:
            self._close(promise, "served" if promise.served_ns else "dropped", event.at_ns)
        elif event.outcome == "cancelled":
            own = isinstance(command, CancelContact) and command.reason.startswith(OWN)
            if not own:
                self._close(promise, "cancelled", event.at_ns)
        elif not promise.spent:
            promise.given_up_ns = event.at_ns

    # Dials

    def _dialled(self, event: DialRequested, _command: Command | None) -> None:
        name, _, number = event.attempt.rpartition("/a")
        promise = self.promises.get(name)
        if promise is None or not number.isdecimal() or promise.attempt:
            return
        self._note(name)
        promise.attempt = event.attempt
        promise.dials = max(promise.dials + 1, int(number))
        attempt = Attempt(event.attempt, name, event.contact, event.agent, event.at_ns)
        self.attempts[event.attempt] = attempt
        self._ended(attempt)

    def _attempt_ended(self, event: AttemptEnded, _: Command | None) -> None:
        attempt = self.attempts.pop(event.attempt, None)
        if attempt is None:
            return
        promise = self._note(attempt.call_back)
        promise.attempt, promise.last_ns, promise.last_outcome = "", event.at_ns, event.outcome
        self._ended(
            Attempt(
                attempt.attempt,
                attempt.call_back,
                attempt.contact,
                attempt.agent,
                attempt.requested_ns,
                event.at_ns,
                event.outcome,
            )
        )
        if event.outcome == "person" and promise.contact and promise.open:
            promise.reached_ns = event.at_ns
            promise.served_ns = event.at_ns if promise.taken_by else 0
        else:
            promise.spent = bool(promise.contact)
            promise.tries += event.outcome not in FAULTS

    # What was refused is not wanted again as it was

    def _refused(self, event: CommandRefused, command: Command | None) -> None:
        at_ns = event.at_ns
        match command:
            case EnqueueContact(attributes=dict(attributes)) if (
                attributes.get(ATTRIBUTE, "") in self.promises
            ):
                promise = self.promises[attributes[ATTRIBUTE]]
                if promise.open and not promise.contact and command.direction == "outbound":
                    self._note(promise.call_back)
                    promise.contacts += 1
                    promise.given_up_ns = at_ns
            case RequestDial(attempt=attempt) if attempt.rpartition("/a")[0] in self.promises:
                promise = self.promises[attempt.rpartition("/a")[0]]
                if attempt == f"{promise.call_back}/a{promise.dials + 1}" and promise.contact:
                    self._note(promise.call_back)
                    promise.dials += 1
                    promise.spent, promise.last_ns, promise.last_outcome = True, at_ns, "refused"
            case CancelContact(contact=contact) if contact in self._contacts:
                if contact not in self._engine.contacts:
                    promise = self._note(self._contacts.pop(contact))
                    promise.contact = promise.taken_by = ""
            case EndAttempt(attempt=attempt) if attempt in self.attempts:
                if attempt not in self._engine.attempts:
                    promise = self._note(self.attempts.pop(attempt).call_back)
                    promise.attempt = ""
            case UpdateContact(contact=contact):
                for name in list(self._callers.get(contact, ())):
                    self._disinherit(self._note(name))
            case RemarkCommand(remark=CallBack(call_back=name, action="close", reason=reason)):
                closing = self.promises.get(name)
                if closing is not None and closing.open:
                    self._note(name)
                    if reason == "merged":
                        self._unlink_caller(closing)
                    else:
                        self._close(closing, _why(reason), at_ns)
            case _:
                pass

    # Inside

    def _note(self, name: str) -> Promise:
        promise = self.promises[name]
        promise.facts += 1
        self._changed(name)
        return promise

    def _close(self, promise: Promise, outcome: Outcome, at_ns: int) -> None:
        promise.outcome, promise.ended_ns = outcome, at_ns
        self._unlink_caller(promise)
        mine = self._of.get(promise.customer)
        if mine is not None:
            mine.pop(promise.call_back, None)
            if not mine:
                del self._of[promise.customer]

    def _unlink_caller(self, promise: Promise) -> None:
        if promise.caller:
            self._unlink(promise.caller, promise.call_back)
            promise.caller, promise.caller_taken = "", False

    def _disinherit(self, promise: Promise) -> None:
        """Nobody gets its place any more."""
        if promise.heir:
            self._unlink(promise.heir, promise.call_back)
            promise.heir = ""

    def _unlink(self, contact: str, name: str) -> None:
        some = self._callers.get(contact)
        if some is not None:
            some.pop(name, None)
            if not some:
                del self._callers[contact]

    def _add(self, promise: Promise) -> None:
        self.promises[promise.call_back] = promise
        if promise.contact:
            self._contacts[promise.contact] = promise.call_back
        for contact in (promise.caller, promise.heir):
            if contact:
                self._callers.setdefault(contact, {})[promise.call_back] = None
        if promise.open and promise.customer:
            self._of.setdefault(promise.customer, {})[promise.call_back] = None


def _why(reason: str) -> Outcome:
    """Read the reason for which one is closed; what only events can say, and what nobody knows, is a cancellation."""
    return next((one for one in OUTCOMES if one == reason and one not in FACTS), "cancelled")
