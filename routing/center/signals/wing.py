"""The wing of signals: it hears what is signalled of contacts, and wants done what the rules say.

Which wish was done it knows by the request id under which it was given (it is a `routing.replay.Witness`), so nobody
else's command is taken for its own, and each is given once, also over a crash.

Owns wishes and what became of them; must not know how they are applied.
"""

from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from heapq import heappop, heappush
from typing import Final, Literal

import msgspec
from msgspec import Struct

from routing.center.signals.heard import Heard, changes_at, number_of, read
from routing.center.signals.settings import Rule, Signals, Term, check_signals
from routing.center.wing import Due, Proposal
from routing.commands import Command, Envelope, Remark, RequeueContact, UpdateContact
from routing.engine import Engine
from routing.events import ContactEnded, ContactRemarked, Event
from routing.host.following import Making
from routing.model import Step
from routing.remarks import Acknowledged, Alert, AlertLevel, Signal
from routing.skills import Requirement, compile_requirement
from routing.views import ContactView

#: Under this name a host has it.
FOLLOWER: Final = "signals"
_FORMAT: Final = 1
_ID_CHARS: Final = 128
_Action = Literal["update", "requeue", "alert"]
_ACTIONS: Final[tuple[_Action, ...]] = ("update", "requeue", "alert")


class Firing(Struct):
    """How often a rule was applied to a contact, when last, and how much of the last time is done."""

    number: int = 0
    at_ns: int = 0
    heard: int = 0  # signals there had been by then
    done: int = 0  # actions of the present time, in their order; all: it is over


class OpenAlert(Struct, frozen=True):
    """An alert that nobody has acknowledged."""

    contact: str
    at_ns: int
    code: str
    level: AlertLevel
    to: str
    rule: str


class Listened(Struct):
    """What is known of one living contact."""

    number: int  # in the order in which contacts were first spoken of
    first_ns: int
    heard: list[Heard] = []
    count: int = 0
    fired: dict[str, Firing] = {}
    alerts: list[OpenAlert] = []


class _Kept(Struct, array_like=True):
    format: int
    contacts: dict[str, Listened]
    count: int


class _Compiled(Struct, frozen=True):
    """A rule, ready to be applied."""

    rule: Rule
    when: Requirement
    terms: dict[str, Term]
    signals: frozenset[str]  # that it reads
    actions: tuple[_Action, ...]
    steps: tuple[Step, ...] | None


class Signalling:
    """Signals of contacts: a `routing.center.wing.Wing`.

    Parameters
    ----------
    engine : Engine
        Stands where it begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here.
    settings : Signals
        Checked.

    Examples
    --------
    >>> from routing import Config, EnqueueContact, Queue
    >>> from routing.host import Host
    >>> rules = Signals(rules=(Rule("angry", "mood <= 20", priority=5),))
    >>> with Host(Config(queues=(Queue("sales"),)), followers={FOLLOWER: signalling(rules)}) as host:
    ...     _ = host.apply(EnqueueContact("call-1", ("sales",)))
    ...     _ = host.apply(Remark("call-1", Signal("mood", "10")))
    ...     (wish,) = host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns)).proposals
    ...     _ = host.apply(wish.command, request_id=wish.request_id)
    ...     print(wish.command, host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns)).proposals)
    UpdateContact(contact='call-1', priority=5, credit_ns=None, due_ns=None, expedite=None, attributes=None) ()
    """

    def __init__(self, engine: Engine, state: bytes | None, settings: Signals) -> None:
        check_signals(settings)
        self.settings = settings
        self._engine = engine
        self._rules = [_compiled(rule, settings) for rule in settings.rules]
        self._contacts: dict[str, Listened] = {}
        self._count = 0
        kept = None if state is None else _read(state)
        if kept is not None:
            self._contacts, self._count = kept.contacts, kept.count
        # What follows is worked out of the above, and of the engine, and can be again.
        self._wanted: dict[str, tuple[Proposal, ...]] = {}
        self._stale: dict[str, None] = dict.fromkeys(self._contacts)
        self._later: list[tuple[int, str]] = []
        self._at: dict[str, int] = {}  # of these, the latest of each contact

    # As a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:  # noqa: ARG002  # of the protocol
        """Hear. O(events)."""
        contacts = self._contacts
        for event in events:
            if isinstance(event, ContactRemarked):
                self._hear(event)
            contact = getattr(event, "contact", "")
            if contact in contacts:
                if isinstance(event, ContactEnded):
                    self._forget(contact)
                else:
                    self._stale[contact] = None

    def before(self, envelope: Envelope) -> None:
        """As of `routing.replay.Witness`: nothing is noted before a command."""

    def after(self, envelope: Envelope, events: Sequence[Event]) -> None:  # noqa: ARG002  # of the protocol
        """Note which wish was done, or refused: either way it is none any more. O(rules) for a wish."""
        if not envelope.request_id.startswith(FOLLOWER + "/"):
            return
        words = envelope.request_id.split("/", 2)
        contact = getattr(envelope.command, "contact", "")
        listened = self._contacts.get(contact)
        if listened is None or len(words) != 3:
            return
        for one in self._rules:
            firing = listened.fired.get(one.rule.id, Firing())
            for place, action in enumerate(one.actions):
                number = firing.number if self._goes_on(one, firing) else firing.number + 1
                if envelope.request_id == _request_id(
                    one.rule.id, contact, listened.first_ns, number, action
                ):
                    listened.fired[one.rule.id] = Firing(number, envelope.at_ns, listened.count, place + 1)
                    self._stale[contact] = None
                    return

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        return msgspec.msgpack.encode(_Kept(_FORMAT, self._contacts, self._count))

    # As a wing

    def due(self, now_ns: int) -> Due:
        """Say what the rules want done. O(rules) for each contact of which something has changed, O(wishes)."""
        later = self._later
        while later and later[0][0] <= now_ns:
            at_ns, contact = heappop(later)
            if self._at.get(contact) == at_ns:
                del self._at[contact]
                self._stale[contact] = None
        for contact in self._stale:
            proposals, next_ns = self._wishes(contact, now_ns)
            if proposals:
                self._wanted[contact] = proposals
            else:
                self._wanted.pop(contact, None)
            if next_ns is not None and self._at.get(contact) != next_ns:
                self._at[contact] = next_ns
                heappush(later, (next_ns, contact))
        self._stale.clear()
        contacts = self._contacts
        wanting = sorted(self._wanted, key=lambda contact: contacts[contact].number)
        wanted = tuple(one for contact in wanting for one in self._wanted[contact])
        return Due(wanted, later[0][0] if later else None)

    # Looking

    def alerts(self) -> tuple[OpenAlert, ...]:
        """Give alerts of living contacts that nobody has acknowledged, oldest first. O(contacts)."""
        found = [one for listened in self._contacts.values() for one in listened.alerts]
        return tuple(sorted(found, key=lambda one: (one.at_ns, one.contact, one.code)))

    def signals(self, contact: str) -> dict[str, Heard]:
        """Give the latest signal of each name of a living contact, in the order in which they came."""
        listened = self._contacts.get(contact)
        return {} if listened is None else {one.name: one for one in listened.heard}

    # Inside

    def _hear(self, event: ContactRemarked) -> None:
        remark, contact = event.remark, event.contact
        listened = self._contacts.get(contact)
        if not isinstance(remark, Signal | Alert | Acknowledged):
            return
        if listened is None:
            if isinstance(remark, Acknowledged) or contact not in self._engine.contacts:
                return  # it is over
            self._count += 1
            listened = self._contacts[contact] = Listened(self._count, event.at_ns)
        if isinstance(remark, Signal):
            listened.count += 1
            listened.heard.append(
                Heard(event.at_ns, listened.count, remark.name, remark.value, remark.source)
            )
            del listened.heard[: -self.settings.most]
        elif isinstance(remark, Alert):
            listened.alerts = [
                one for one in listened.alerts if (one.code, one.rule) != (remark.code, remark.rule)
            ]
            listened.alerts.append(
                OpenAlert(contact, event.at_ns, remark.code, remark.level, remark.to, remark.rule)
            )
        else:
            listened.alerts = [one for one in listened.alerts if remark.code not in ("", one.code)]

    def _forget(self, contact: str) -> None:
        del self._contacts[contact]
        self._wanted.pop(contact, None)
        self._stale.pop(contact, None)
        self._at.pop(contact, None)

    def _goes_on(self, one: _Compiled, firing: Firing) -> bool:
        return 0 < firing.done < len(one.actions)

    def _wishes(self, contact: str, now_ns: int) -> tuple[tuple[Proposal, ...], int | None]:
        """Say what the rules want of one contact now, and when they might want something else."""
        listened = self._contacts[contact]
        view = self._engine.contacts.get(contact)
        if view is None:
            return (), None
        wanted: list[Proposal] = []
        nexts: list[int] = []
        for one in self._rules:
            firing = listened.fired.get(one.rule.id, Firing())
            first = firing.done if self._goes_on(one, firing) else 0
            number = firing.number if first else firing.number + 1
            if not first:
                may, again_ns = _may(one, firing, listened, view, now_ns)
                if again_ns is not None:
                    nexts.append(again_ns)
                if not may:
                    continue
                ends = changes_at(one.terms.values(), listened.heard, now_ns)
                if ends is not None:
                    nexts.append(ends)
                if not self._holds(one, listened, now_ns):
                    continue
            for action in one.actions[first:]:
                command = _command(one, action, contact, view)
                if command is not None:
                    request_id = _request_id(one.rule.id, contact, listened.first_ns, number, action)
                    wanted.append(Proposal(command, request_id))
        return tuple(wanted), min(nexts, default=None)

    def _holds(self, one: _Compiled, listened: Listened, now_ns: int) -> bool:
        values = {}
        for name in one.when.names:
            term = one.terms.get(name)
            if term is not None:
                values[name] = read(term, listened.heard, now_ns)
            else:
                latest = next((said for said in reversed(listened.heard) if said.name == name), None)
                values[name] = 0 if latest is None else number_of(latest.value)
        return one.when.matches(values)


def signalling(settings: Signals) -> Making:
    """Make the wing for a host: ``followers={FOLLOWER: signalling(settings)}``."""
    return partial(Signalling, settings=settings)


def _may(
    one: _Compiled, firing: Firing, listened: Listened, view: ContactView, now_ns: int
) -> tuple[bool, int | None]:
    """Say whether a rule may be applied now, whatever its condition, and when time alone changes that."""
    rule = one.rule
    if firing.number >= rule.times:
        return False, None
    if firing.number:
        fresh = any(said.number > firing.heard and said.name in one.signals for said in listened.heard)
        raised = any(alert.rule == rule.id for alert in listened.alerts)
        if not fresh or raised:
            return False, None
        again_ns = firing.at_ns + rule.cool_down_ns
        if now_ns < again_ns:
            return False, again_ns
    if view.state not in rule.where or (rule.channels and view.channel not in rule.channels):
        return False, None
    if rule.queues and set(rule.queues).isdisjoint(_queues(view)):
        return False, None
    begins_ns = view.enqueued_ns + rule.after_ns
    if now_ns < begins_ns:
        return False, begins_ns
    if not rule.until_ns:
        return True, None
    over_ns = view.enqueued_ns + rule.until_ns + 1
    return now_ns < over_ns, over_ns if now_ns < over_ns else None


def _queues(view: ContactView) -> tuple[str, ...]:
    """Name the queues it waits in or, in an agent's hands, where it was answered."""
    if view.visits or view.segment is None:
        return tuple(visit.queue for visit in view.visits)
    return (view.segment.queue,)


def _command(one: _Compiled, action: _Action, contact: str, view: ContactView) -> Command | None:
    """Give what is to be commanded; None where it is so already."""
    rule = one.rule
    if action == "alert":
        assert rule.alert is not None
        return Remark(contact, Alert(rule.alert.code, rule.alert.level, rule.alert.to, rule.id))
    if action == "requeue":
        return RequeueContact(contact, rule.queues_to, rule.keep_age, steps=one.steps)
    priority = rule.priority if rule.priority is not None and rule.priority > view.priority else None
    credit_ns = rule.credit_ns if rule.credit_ns is not None and rule.credit_ns > view.credit_ns else None
    attributes = {
        name: value for name, value in rule.attributes.items() if view.attributes.get(name, "") != value
    }
    expedite = True if rule.expedite and not view.expedited else None
    if priority is None and credit_ns is None and not attributes and expedite is None:
        return None
    return UpdateContact(contact, priority, credit_ns, None, expedite, attributes or None)


def _request_id(rule: str, contact: str, first_ns: int, number: int, action: str) -> str:
    """Name a wish; a contact's id that is used again makes another wish."""
    named = f"{FOLLOWER}/{rule}/{contact}/{first_ns}/{number}/{action}"
    if len(named) <= _ID_CHARS:
        return named
    brief = blake2b(contact.encode(), digest_size=12).hexdigest()
    return f"{FOLLOWER}/{rule}/{brief}/{first_ns}/{number}/{action}"


def _compiled(rule: Rule, settings: Signals) -> _Compiled:
    when = compile_requirement(rule.when)
    terms = {term.name: term for term in settings.terms if term.name in when.names}
    signals = frozenset(terms[name].signal if name in terms else name for name in when.names)
    needed = {"update": rule.updates, "requeue": rule.requeues, "alert": rule.alert is not None}
    steps = (Step(rule.requirement),) if rule.requirement else rule.steps or None
    return _Compiled(
        rule, when, terms, signals, tuple(action for action in _ACTIONS if needed[action]), steps
    )


def _read(state: bytes) -> _Kept | None:
    """Read what was kept; None if another version wrote it."""
    try:
        kept = msgspec.msgpack.decode(state, type=_Kept)
    except msgspec.MsgspecError:
        return None
    return kept if kept.format == _FORMAT else None
