"""The wing of continuity: it follows whose contacts come and go, and completes those of who comes back.

Owns what is added to which contact; must not know how a command is journaled.
"""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Any, Final

import msgspec

from routing.center.continuity import traces
from routing.center.continuity.people import Conversation, Drop, Kept, Part, People, Stay
from routing.center.continuity.settings import CUSTOMER, Continuity, Returning, check_continuity
from routing.center.continuity.traces import AGENT, CONVERSATION, DOOR, DUE, OWNER, PLACE, TURN
from routing.center.wing import Due
from routing.commands import Command, EnqueueContact, PlaceContact
from routing.engine import Engine
from routing.events import (
    Configured,
    ContactEnded,
    ContactEnqueued,
    ContactOverflowed,
    ContactPlaced,
    ContactRequeued,
    ContactUpdated,
    Event,
    Outcome,
)
from routing.host.following import Making
from routing.units import MAX_DURATION_NS
from routing.views import ContactView

#: Under this name a host has it.
FOLLOWER: Final = "continuity"
_FORMAT: Final = 1
_SCORE_MAX: Final = 1_000_000
_BEGINS: Final = frozenset({ContactEnqueued, ContactPlaced})
_MOVED: Final = (ContactRequeued, ContactOverflowed, ContactUpdated)
_READ: Final = frozenset({*_MOVED, ContactEnded, Configured})


class Continuing:
    """Continuity of contacts: a follower of a host that completes contacts before they enter (`routing.host.entering`).

    Parameters
    ----------
    engine : Engine
        Stands where it begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here. Without it, it begins with who is there.
    settings : Continuity
        Checked.

    Examples
    --------
    >>> from routing import AbandonContact, Config, Queue
    >>> from routing.host import Host
    >>> rules = Continuity(returning=(Returning(),))
    >>> with Host(Config(queues=(Queue("sales"),)), followers={FOLLOWER: continuing(rules)}) as host:
    ...     _ = host.apply(EnqueueContact("call-1", ("sales",), customer="c7"))
    ...     before = host.read(lambda engine: engine.contacts["call-1"].enqueued_ns)
    ...     _ = host.apply(AbandonContact("call-1"))
    ...     _ = host.apply(EnqueueContact("call-2", ("sales",), customer="c7"))
    ...     view = host.read(lambda engine: engine.contacts["call-2"])
    >>> view.enqueued_ns - view.credit_ns == before, view.attributes["continuity.conversation"]
    (True, 'call-1')
    """

    def __init__(self, engine: Engine, state: bytes | None, settings: Continuity) -> None:
        check_continuity(settings)
        self.settings = settings
        self._engine = engine
        self._limits = engine.config.limits
        self._outcomes = frozenset(chain.from_iterable(rule.outcomes for rule in settings.returning))
        self._people = People(
            settings.conversation_ns,
            max((rule.within_ns for rule in settings.returning), default=0),
            settings.people,
            settings.contacts,
        )
        kept = None if state is None else _read(state, settings)
        if kept is not None:
            self._people.load(kept.people, kept.living)
        else:
            for view in sorted(engine.contacts.values(), key=lambda view: view.enqueued_ns):
                self._meet(view)

    # As a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Take note of who comes and goes. O(events)."""
        if not events:
            return
        if type(events[0]) in _BEGINS and isinstance(command, EnqueueContact | PlaceContact):
            self._begin(command, events[0].at_ns)
        living = self._people.living
        moved: dict[str, None] = {}
        for event in events:
            kind = type(event)
            if kind not in _READ:
                continue
            if isinstance(event, Configured):
                self._limits = self._engine.config.limits
            elif isinstance(event, ContactEnded):
                if event.contact in living:
                    self._end(event)
            elif isinstance(event, _MOVED) and event.contact in living:
                moved[event.contact] = None
                self._move(living[event.contact], event)
        for contact in moved:
            if contact in living and (view := self._engine.contacts.get(contact)) is not None:
                _stand(living[contact], view)
        self._people.forget(events[-1].at_ns)

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        kept = Kept(_FORMAT, self.settings.by, self._people.people, self._people.living)
        return msgspec.msgpack.encode(kept)

    def due(self, now_ns: int) -> Due:  # noqa: ARG002  # of the protocol
        """Nothing is to be commanded: all is done as contacts enter."""
        return Due()

    # As who completes

    def entering(self, command: EnqueueContact, at_ns: int) -> EnqueueContact:
        """Add the conversation it goes on with, and what its customer had."""
        command = traces.without(command, TURN)
        whom = self.concerns(command)
        if not whom or command.parent:
            return command
        people = self._people
        told = {}
        if going_on := people.conversation_at(whom, at_ns):
            told[CONVERSATION] = going_on
        person = people.people.get(whom)
        if person is not None and person.drops and command.direction == "inbound":
            for drop in reversed(person.drops):
                found = self._given_back(command, drop, at_ns)
                if found is not None:
                    more, changes = found
                    completed = traces.added(command, self._limits, {**told, **more}, **changes)
                    if completed is not None:
                        return completed
                    break
        if not told:
            return command
        return traces.added(command, self._limits, told) or command

    def as_sent(self, command: EnqueueContact) -> EnqueueContact:
        """Take away what is added, here and at the door."""
        return traces.without(command, TURN | DOOR)

    def concerns(self, command: EnqueueContact | PlaceContact) -> str:
        """Name whose contact it is."""
        return self._whom(command.customer, command.attributes)

    def is_open(self, whom: str) -> bool:
        """Whether they have living contacts."""
        person = self._people.people.get(whom)
        return person is not None and person.living > 0

    # Looking

    def conversation(self, name: str) -> Conversation | None:
        """Give a conversation by its id, or by that of a living contact; None if it is over and forgotten."""
        return self._people.conversation(name)

    # Inside

    def _whom(self, customer: str, attributes: dict[str, str] | None) -> str:
        for name in self.settings.by:
            value = customer if name == CUSTOMER else (attributes or {}).get(name, "")
            if value:
                return f"{name}={value}"
        return ""

    def _begin(self, command: EnqueueContact | PlaceContact, at_ns: int) -> None:
        whom = self.concerns(command)
        if not whom:
            return
        if isinstance(command, PlaceContact):
            stay = Stay(whom, command.channel, {}, 0, 0, 0, False)
            self._people.begin(whom, Part(command.contact, command.channel, command.queue, at_ns), stay)
            return
        attributes = command.attributes or {}
        place = traces.place_of(command) if PLACE in attributes else None
        stay = Stay(
            whom,
            command.channel,
            dict.fromkeys(command.queues, at_ns),
            command.credit_ns,
            place[2] if place else 0,
            command.due_ns,
            command.direction == "inbound" and not command.parent,
        )
        self._people.begin(whom, Part(command.contact, command.channel, command.queues[0], at_ns), stay)
        if place:
            self._people.take(whom, place[0])
        if AGENT in attributes:
            self._people.take(whom, attributes[AGENT])
        if DUE in attributes:
            self._people.take(whom, attributes[DUE])

    def _move(self, stay: Stay, event: ContactRequeued | ContactOverflowed | ContactUpdated) -> None:
        """Note what events say of where a contact waits now: it may be answered, or over, by the end of the turn."""
        if isinstance(event, ContactRequeued):
            since = min(stay.queues.values(), default=event.at_ns) if event.keep_age else event.at_ns
            stay.queues = dict.fromkeys(event.queues, since)
        elif isinstance(event, ContactOverflowed) and event.to_queue:
            # Whether the age goes along does not stand in the event; of who waits still, the picture says it.
            stay.queues.pop(event.queue, None)
            stay.queues.setdefault(event.to_queue, event.at_ns)

    def _meet(self, view: ContactView) -> None:
        """A contact that was there before."""
        whom = self._whom(view.customer, view.attributes)
        if not whom:
            return
        own = view.direction == "inbound" and not view.parent
        brought = self._engine.brought(view.id)
        place = traces.place_of(brought) if isinstance(brought, EnqueueContact) else None
        stay = Stay(whom, view.channel, {}, view.credit_ns, place[2] if place else 0, view.due_ns, own)
        _stand(stay, view)
        queue = view.segment.queue if view.segment else next(iter(stay.queues), "")
        self._people.begin(whom, Part(view.id, view.channel, queue, view.enqueued_ns), stay)

    def _end(self, event: ContactEnded) -> None:
        stay = self._people.living[event.contact]
        outcome = Outcome(event.outcome).value
        stay.returns = stay.returns and outcome in self._outcomes
        self._people.end(event.contact, event.at_ns, outcome, event.queue, event.agent)

    def _given_back(
        self, command: EnqueueContact, drop: Drop, at_ns: int
    ) -> tuple[dict[str, str], dict[str, Any]] | None:
        """Say what of a dropped contact is given back, as traces and changes; None: nothing."""
        rule = next((one for one in self.settings.returning if _fits(one, command, drop, at_ns)), None)
        if rule is None:
            return None
        told: dict[str, str] = {}
        changes: dict[str, Any] = {}
        common = [
            since
            for queue in command.queues
            if (since := drop.stay.queues.get(queue)) is not None
            and (not rule.queues or queue in rule.queues)
        ]
        if rule.gives != "agent" and common:
            until = at_ns if rule.count_away else drop.at_ns
            lost = min(until - max(common) + drop.stay.kept_ns, rule.most_ns)
            credit = min(max(drop.stay.credit_ns - drop.stay.kept_ns, 0) + lost, MAX_DURATION_NS)
            if credit > command.credit_ns:
                told[PLACE] = f"{drop.contact} {command.credit_ns} {lost}"
                changes["credit_ns"] = credit
            if drop.stay.due_ns and not command.due_ns:
                told[DUE] = drop.contact
                changes["due_ns"] = drop.stay.due_ns
        owner = OWNER in (command.attributes or {})
        chooses = bool(command.preferred or command.prefer_ns) and not owner
        if rule.gives != "place" and drop.agent in self._engine.agents and not chooses:
            others = tuple(one for one in command.preferred if one.agent != drop.agent)
            # Who talked with them comes before who owns them.
            score = min(max([rule.score, *(one.score + 1 for one in others)]), _SCORE_MAX)
            told[AGENT] = drop.contact
            changes["preferred"] = (*traces.preference(drop.agent, score, rule.direct), *others)
            changes["prefer_ns"] = max(rule.prefer_ns, command.prefer_ns)
        return (told, changes) if told else None


def continuing(settings: Continuity) -> Making:
    """Make the wing for a host: ``followers={FOLLOWER: continuing(settings)}``."""
    return partial(Continuing, settings=settings)


def _fits(rule: Returning, command: EnqueueContact, drop: Drop, at_ns: int) -> bool:
    """Whether a rule is for who comes back with this contact after that one."""
    channels = rule.channels
    return (
        drop.outcome in rule.outcomes
        and at_ns <= drop.at_ns + rule.within_ns
        and (not rule.queues or not set(rule.queues).isdisjoint(command.queues))
        and (not channels or (command.channel in channels and drop.stay.channel in channels))
        and (not rule.same_channel or command.channel == drop.stay.channel)
    )


def _stand(stay: Stay, view: ContactView) -> None:
    """Note how a contact stands; one that an agent has in hand stands where it stood before."""
    stay.credit_ns, stay.due_ns = view.credit_ns, view.due_ns
    if view.visits:
        stay.queues = {visit.queue: visit.enqueued_ns for visit in view.visits}


def _read(state: bytes, settings: Continuity) -> Kept | None:
    """Read what was kept; None if another version wrote it, or people were told apart by something else."""
    try:
        kept = msgspec.msgpack.decode(state, type=Kept)
    except msgspec.MsgspecError:
        return None
    return kept if (kept.format, kept.by) == (_FORMAT, settings.by) else None


__all__ = ["FOLLOWER", "Continuing", "continuing"]
