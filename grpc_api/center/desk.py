"""The desk of a centre: what agents' desktops, supervisors and front-ends ask of the wings and customers of a domain.

Owns the order of these questions; must not know any RPC, nor how a wing works.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from grpc_api.center.shapes import (
    AuditedRow,
    CallBackSlot,
    CallBackView,
    DayMessage,
    DispositionCode,
    EarlierContact,
    OpenAlert,
    RecordedSegment,
    ScreenPop,
)
from grpc_api.menus.entries import Opened
from routing.center.callbacks.desk import ID_MOST, NotPromisedError
from routing.center.callbacks.shapes import Promise
from routing.center.file import Center, load_center, unknown
from routing.center.opening import OpenCenter
from routing.center.outcomes import codes_of
from routing.center.recording.searching import Search
from routing.center.supervision import Done, Operation
from routing.center.supervision.log import Wanted
from routing.commands import Command
from routing.engine import Engine
from routing.errors import ConfigError, HuntgroupError, UnavailableError, UsageError
from routing.host import Host
from routing.menus import ToCallBack
from routing.units import MAX_INSTANT_NS
from routing.views import ContactView
from routing.words import quoted, suggest

if TYPE_CHECKING:
    from grpc_api.center.people import People
    from routing.customers import Context, Holder

_LOG: Final = logging.getLogger("huntgroup.server")
#: In whose name menus book call-backs.
_MENU: Final = "menu"


class CenterDesk:
    """The wings and customers of one domain, until `close`.

    Parameters
    ----------
    host : Host
        With the followers of the wings.
    file : str
        The file of the wings; "": there are none.
    center : Center
        What it says.
    database : str
        For rows.
    domain : str
        The tenant.
    people : callable, optional
        Makes the customers, given the holders of their data here.
    every_ns, failed
        As of `Running`.
    """

    def __init__(
        self,
        host: Host,
        file: str,
        center: Center,
        database: str,
        domain: str,
        people: "Callable[[Sequence[Holder]], People] | None" = None,
        *,
        every_ns: int,
        failed: Callable[[str, BaseException], object],
    ) -> None:
        self.host = host
        self.file = file
        self.people: People | None = None
        self._keeps_numbers = people is not None
        self._opened = threading.Event()
        self.centre = OpenCenter(
            host, center, database, domain, every_ns=every_ns, failed=failed, over=self._is_over
        )
        try:
            if people is not None:
                self.people = people(self.centre.holders)
        except BaseException:
            self._opened.set()
            self.centre.close()
            raise
        self._opened.set()

    def reload(self) -> tuple[str, ...]:
        """Read the file again; returns the sections that differ and wait for the next start.

        Raises
        ------
        ConfigError
            If anything in it is wrong; then everything stays as it was.
        """
        return self.centre.use(load_center(self.file)) if self.file else ()

    def close(self) -> None:
        """Write what is over, and let go of databases. The host is still open."""
        self.centre.close()
        if self.people is not None:
            self.people.close()

    # Agents' desktops

    def holders(self, contact: str) -> tuple[str, ...] | None:
        """Name whom a contact rings, or who has it in hand; None if it does not live."""
        view = self.host.read(lambda engine: engine.contacts.get(contact))
        return None if view is None else tuple(segment.agent for segment in view.segments)

    def screen_pop(self, contact: str, agent: str) -> ScreenPop:
        """Show whose contact it is. The look at the records is audited in the agent's name.

        Raises
        ------
        UsageError
            If the contact does not live.
        """

        def look(engine: Engine) -> tuple[str, ContactView | None]:
            view = engine.contacts.get(contact)
            if view is None:
                return "", None
            parent = engine.contacts.get(view.parent) if view.parent and not view.customer else None
            return view.customer or (parent.customer if parent is not None else ""), view

        customer, view = self.host.read(look)
        if view is None:
            raise UsageError(f"contact {contact[:128]!r} does not live; look while it rings or is in hand")
        pop: dict[str, Any] = {"customer": customer, "signals": self._signals(contact)}
        found = None
        if customer and self.people is not None:
            found = self.people.context(customer, agent)
            pop |= _context(found)
        if customer and self.centre.has("callbacks"):
            pop["call_backs"] = self._promised(customer, found)
        return ScreenPop(contact, **pop)

    def _promised(self, customer: str, found: "Context | None") -> tuple[CallBackView, ...]:
        """Show what is still to be made: of the customer as of now, and as the records say of who is the same."""
        desk = self.centre.call_backs
        promised = {one.call_back: one for one in desk.open_of(customer)}
        for known in found.call_backs if found is not None else ():
            one = desk.get(known.reference)
            if one is not None and one.open:
                promised[one.call_back] = one
        return tuple(map(_shown, promised.values()))

    def _signals(self, contact: str) -> dict[str, str]:
        if not self.centre.has("signals"):
            return {}
        heard = self.host.look("signals", lambda wing: wing.signals(contact))
        return {name: one.value for name, one in heard.items()}

    def dispositions(self, queue: str) -> list[DispositionCode]:
        """Give the codes by which a contact of a queue may come out, in order."""
        outcomes = self.centre.center.outcomes
        if outcomes is None:
            raise UsageError(unknown("outcomes"))
        self._check_queues((queue,))
        return [
            DispositionCode(one.code, _text(one.label), one.resolved, one.note, one.call_back)
            for one in codes_of(outcomes, queue)
        ]

    # Call-backs

    def book(
        self,
        call_back: str,
        queue: str,
        number: str,
        reference: str,
        customer: str,
        *,
        keep: str = "",
        actor: str = "",
        **wishes: Any,
    ) -> CallBackView:
        """Promise a call; a number in clear is kept sealed with the record of its customer, unless it is refused.

        Raises
        ------
        UsageError, NotPromisedError
            If there is nowhere to keep the number, or it cannot be promised.
        """
        desk, name = self.centre.call_backs, call_back or keep
        if keep:
            view = self.host.read(lambda engine: engine.contacts.get(keep))
            customer = customer or (view.customer if view is not None else "")
            wishes = {one: wishes[one] for one in ("confirmed", "timezone", "request_id") if one in wishes}
            wanted: Callable[..., Promise] = partial(desk.keep, keep, call_back=name)
        else:
            wanted = partial(desk.book, name, queue)
        kept: list[str] = []

        def refer() -> tuple[str, str]:
            whose, to = self._referred(name, number, customer)
            kept.append(to)
            return whose, to

        try:
            promise = wanted(
                number=reference,
                customer=customer,
                actor=actor,
                refer=refer if number else None,
                **wishes,
            )
        except (UsageError, ConfigError):
            for one in kept:  # the engine refused what the desk had promised
                self._forget(one)
            raise
        return _shown(promise)

    def _forget(self, reference: str) -> None:
        assert self.people is not None
        try:
            self.people.numbers.forget(reference, self._now_ns())
        except HuntgroupError as error:
            _LOG.warning(
                "the number of a call-back that was not promised is kept still: %s", type(error).__name__
            )

    def _is_over(self, one: Promise) -> None:
        """Keep the number no longer, if it was kept here."""
        if not self._keeps_numbers:
            return
        self._opened.wait()
        if self.people is None:
            raise UnavailableError("the customers could not be opened; numbers of call-backs stay with them")
        if self.people.numbers.is_of(one.number, one.call_back):
            self.people.numbers.forget(one.number, self._now_ns())

    def _now_ns(self) -> int:
        return self.host.look_now("center", lambda _, now_ns: now_ns)

    def _referred(self, call_back: str, number: str, customer: str) -> tuple[str, str]:
        """Keep a number with its customer, who is made if there is none; gives both references."""
        people = self.people
        if people is None:
            raise UsageError(
                "a number is given, and the domain keeps no customers; give a reference to it instead"
            )
        now_ns = self._now_ns()
        if not customer:
            customer = people.customers.identify("number", number, now_ns).customer
        return customer, people.numbers.refer(customer, call_back, number, now_ns)

    def book_of_menu(self, call: str, wanted: ToCallBack, opened: Opened) -> str:
        """Book what a menu has offered; says why it cannot be, or ""."""
        name = f"menu-{call}-{opened.begun}" if opened.begun else f"menu-{call}"
        if len(name) > ID_MOST:
            name = f"menu-{blake2b(name.encode(), digest_size=16).hexdigest()}"
        try:
            if self.centre.call_backs.get(name) is not None:
                return ""  # it was booked, and nobody heard of it
            self.book(name, wanted.queue, wanted.number, "", opened.customer, confirmed=True, actor=_MENU)
        except NotPromisedError as error:
            return error.reason
        except HuntgroupError as error:
            return type(error).__name__
        return ""

    def move(self, call_back: str, from_ns: int, to_ns: int, **wishes: Any) -> CallBackView:
        """Give a call-back another window or agent."""
        return _shown(self.centre.call_backs.move(call_back, from_ns, to_ns, **wishes))

    def cancel(self, call_back: str, reason: str, **wishes: Any) -> CallBackView:
        """Have nobody call."""
        return _shown(self.centre.call_backs.cancel(call_back, reason, **wishes))

    def queue_of(self, call_back: str) -> str:
        """Give the queue of a call-back, "" if it is not known."""
        found = self.centre.call_backs.get(call_back)
        return "" if found is None else found.queue

    def call_backs(self, queue: str, customer: str) -> list[CallBackView]:
        """List those that are still to be made."""
        if customer:
            return list(map(_shown, self.centre.call_backs.open_of(customer)))
        self._check_queues((queue,) if queue else ())
        return list(map(_shown, self.centre.call_backs.open_in(queue)))

    def slots(self, queue: str, from_ns: int, to_ns: int, timezone: str) -> list[CallBackSlot]:
        """List when call-backs can be promised."""
        found = self.centre.call_backs.slots(queue, from_ns, to_ns, timezone)
        return [CallBackSlot(one.from_ns, one.to_ns, one.free) for one in found]

    def number(self, attempt: str) -> str:
        """Give the number that an attempt is to dial; "": there is none any more."""
        if self.people is None:
            raise UsageError(
                "the domain keeps no customers, and so no numbers; ask whoever gave the reference"
            )
        reference = self.centre.call_backs.number_of(attempt)
        return self.people.numbers.resolve(reference) if reference else ""

    # Recordings

    def recordings(self, after: tuple[int, str], most: int, **wanted: Any) -> list[RecordedSegment]:
        """Show what was recorded, by start; ``wanted``: fields of a `Search`, an end of 0 is none."""
        wanted["to_ns"] = wanted["to_ns"] or MAX_INSTANT_NS
        search = Search(**wanted)
        return [
            RecordedSegment(
                one.segment.segment,
                one.segment.contact,
                one.segment.customer,
                one.segment.queue,
                tuple(dict.fromkeys(part.agent for part in one.segment.parts)),
                one.segment.started_ns,
                one.segment.ended_ns,
                one.segment.keep_until_ns,
                one.media.location if one.media is not None else "",
                one.media.sha256 if one.media is not None else "",
                tuple(hold.matter for hold in one.holds),
            )
            for one in self._databases("recording").recordings.search(search, after=after, most=most)
        ]

    def hold(
        self, segments: Sequence[str], matter: str, who: str, why: str, *, release: bool
    ) -> tuple[str, ...]:
        """Put segments under legal hold, or release them."""
        recordings = self._databases("recording").recordings
        at_ns = self._now_ns()
        if release:
            recordings.release(segments, matter, at_ns=at_ns, who=who, why=why)
            return ()
        asked: tuple[str, ...] = recordings.hold(segments, matter, at_ns=at_ns, who=who, why=why)
        return asked

    # Supervision

    def do(self, who: str, operation: Operation, request_id: str, why: str) -> Done:
        """Do what a supervisor does, as far as they may."""
        return self.centre.supervision.do(who, operation, request_id=request_id, why=why)

    def refused(self, who: str, command: Command, reason: str, request_id: str = "") -> None:
        """Write down what the guard has refused, where there is supervision and unless it happens too often.

        Whatever stands in the way of that, does not change the answer.
        """
        if not self.centre.has("supervision"):
            return
        try:
            self.centre.supervision.write_refused(who, command, reason, request_id=request_id)
        except HuntgroupError as error:
            _LOG.warning("a refusal is not in the audit log: %s", error)

    def messages(self, agent: str, queues: Sequence[str], groups: Sequence[str]) -> list[DayMessage]:
        """Give the messages of the day."""
        found = self.centre.supervision.messages(agent=agent, queues=queues, groups=groups)
        return [DayMessage(**asdict(one)) for one in found]

    def audit(self, newest: int, **wanted: Any) -> list[AuditedRow]:
        """Give the newest rows of the audit log, oldest first; ``wanted``: fields of `Wanted`, an end of 0 is none."""
        wanted["to_ns"] = wanted["to_ns"] or MAX_INSTANT_NS
        rows = self._databases("supervision").log.rows(Wanted(**wanted), newest=newest)
        names = [name for name in AuditedRow.__struct_fields__ if name != "number"]
        return [AuditedRow(one.number, *(getattr(one.row, name) for name in names)) for one in rows]

    def alerts(self, queues: Sequence[str]) -> list[OpenAlert]:
        """Give alerts that nobody has acknowledged, of contacts of these queues, or of all."""
        if not self.centre.has("signals"):
            raise UsageError(unknown("signals"))
        self._check_queues(queues)
        found = [OpenAlert(**asdict(one)) for one in self.host.look("signals", lambda wing: wing.alerts())]
        if not queues:
            return found
        wanted = set(queues)
        mine = self.host.read(
            lambda engine: {one.contact for one in found if _is_in(engine, one.contact, wanted)}
        )
        return [one for one in found if one.contact in mine]

    def _check_queues(self, queues: Sequence[str]) -> None:
        """Raise `UsageError` for a queue that there is not, of which nothing would be said."""
        there = self.host.read(lambda engine: tuple(engine.queues))
        for queue in queues:
            if queue not in there:
                hint = suggest(queue, there) or "; name one of the centre"
                raise UsageError(f"{quoted(queue)} is no queue{hint}")

    def _databases(self, section: str) -> Any:
        if not self.centre.has(section):
            raise UsageError(unknown(section))
        if self.centre.databases is None:
            raise UnavailableError(f"rows of {section} are not kept: the settings name no database")
        return self.centre.databases


def _is_in(engine: Engine, contact: str, queues: set[str]) -> bool:
    view = engine.contacts.get(contact)
    if view is None:
        return False
    names = {visit.queue for visit in view.visits} | {segment.queue for segment in view.segments}
    return bool(names & queues)


def _context(found: "Context | None") -> dict[str, Any]:
    if found is None:
        return {"state": "not_yet"}
    earlier = [
        EarlierContact(**{name: getattr(one, name) for name in EarlierContact.__struct_fields__})
        for one in found.earlier
    ]
    return {
        "state": found.state,
        "name": found.name,
        "numbers": found.numbers,
        "attributes": found.attributes,
        "contacts": found.contacts,
        "earlier": tuple(earlier),
        "last_agent": found.last_agent,
        "conversation": found.conversation.conversation if found.conversation is not None else "",
        "notes": found.notes,
    }


def _shown(one: Promise) -> CallBackView:
    return CallBackView(**{name: getattr(one, name) for name in CallBackView.__struct_fields__})


def _text(label: Any) -> dict[str, str]:
    return dict(label) if isinstance(label, dict) else {"": str(label)}
