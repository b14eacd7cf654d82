"""What continuity gives to whom, in the plainest way: everything is looked up in the whole list of what has happened.

For each contact that enters, all commands and events so far are gone through: whose contacts there were, when each was
over, since when it stood in which queue, with which credit. Nothing is kept from one question to the next.

Owns an independent opinion of every addition; must not know the wing. Queues neither overflow nor split here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from routing.center.continuity import Continuity, Returning
from routing.commands import Command, EnqueueContact, PlaceContact
from routing.events import (
    ContactEnded,
    ContactEnqueued,
    ContactPlaced,
    ContactRequeued,
    ContactUpdated,
    Event,
)

Log = Sequence[tuple[Command | None, Sequence[Event]]]


@dataclass
class Life:
    """One contact of a customer."""

    id: str
    whom: str
    command: EnqueueContact | PlaceContact
    arrived: int
    since: dict[str, int] = field(default_factory=dict)
    credit: int = 0
    end: int | None = None
    outcome: str = ""
    agent: str = ""


def whose(by: Sequence[str], command: EnqueueContact | PlaceContact) -> str:
    """Say whose contact it is."""
    for name in by:
        value = command.customer if name == "customer" else (command.attributes or {}).get(name)
        if value:
            return f"{name}={value}"
    return ""


def lives(log: Log, by: Sequence[str]) -> list[Life]:
    """Give the contacts that have a customer, in the order in which they began."""
    found: list[Life] = []
    for command, events in log:
        for event in events:
            if isinstance(event, ContactEnqueued | ContactPlaced):
                assert isinstance(command, EnqueueContact | PlaceContact)
                life = Life(event.contact, whose(by, command), command, event.at_ns)
                if isinstance(command, EnqueueContact):
                    life.since = dict.fromkeys(command.queues, event.at_ns)
                    life.credit = command.credit_ns
                found.append(life)
                continue
            known = [one for one in found if one.id == getattr(event, "contact", "") and one.end is None]
            if not known:
                continue
            (one,) = known
            if isinstance(event, ContactEnded):
                one.end, one.outcome, one.agent = event.at_ns, str(event.outcome), event.agent
            elif isinstance(event, ContactUpdated):
                one.credit = event.credit_ns
            elif isinstance(event, ContactRequeued):
                place = min(one.since.values()) if event.keep_age and one.since else event.at_ns
                one.since = dict.fromkeys(event.queues, place)
    return [one for one in found if one.whom]


def conversation(log: Log, settings: Continuity, whom: str, at_ns: int) -> str:
    """Name the conversation that a contact of theirs goes on with now; "": none."""
    name, until = "", -1
    for one in lives(log, settings.by):
        if one.whom != whom:
            continue
        if not name or one.arrived > until:
            name = one.id
            until = -1
        until = max(until, 2**62 if one.end is None else one.end + settings.conversation_ns)
    return name if name and at_ns <= until else ""


def given(log: Log, settings: Continuity, command: EnqueueContact, at_ns: int) -> tuple[int, str, int]:
    """Say what a contact that enters now gets: its credit, whom it prefers ("": nobody added), and for how long."""
    whom = whose(settings.by, command)
    nothing = (command.credit_ns, "", 0)
    if not whom or command.parent or command.direction != "inbound":
        return nothing
    mine = [one for one in lives(log, settings.by) if one.whom == whom]
    gone = {
        (one.command.attributes or {}).get("continuity.place", "").rsplit(" ", 2)[0]
        for one in mine
        if isinstance(one.command, EnqueueContact)
    }
    gone |= {(one.command.attributes or {}).get("continuity.agent", "") for one in mine}
    over = [one for one in mine if one.end is not None and one.id not in gone]
    order = {id(one): place for place, one in enumerate(_in_order_of_end(log, over))}
    for old in sorted(over, key=lambda one: -order[id(one)]):
        made = old.command
        if not isinstance(made, EnqueueContact) or made.parent or made.direction != "inbound":
            continue
        for rule in settings.returning:
            found = _by(rule, old, made, command, at_ns)
            if found is not None:
                if found != nothing:
                    return found
                break
    return nothing


def _in_order_of_end(log: Log, over: Sequence[Life]) -> list[Life]:
    ends = [event.contact for _, events in log for event in events if isinstance(event, ContactEnded)]
    return sorted(over, key=lambda one: ends.index(one.id))


def _by(
    rule: Returning, old: Life, made: EnqueueContact, command: EnqueueContact, at_ns: int
) -> tuple[int, str, int] | None:
    """Say what one rule gives after one contact; None if it is not for them."""
    assert old.end is not None
    if old.outcome not in rule.outcomes or at_ns - old.end > rule.within_ns:
        return None
    if rule.queues and not [queue for queue in command.queues if queue in rule.queues]:
        return None
    for channel in (command.channel, made.channel):
        if rule.channels and channel not in rule.channels:
            return None
    if rule.same_channel and command.channel != made.channel:
        return None
    credit, agent, wait = command.credit_ns, "", 0
    both = [
        queue for queue in command.queues if queue in old.since and queue in (rule.queues or command.queues)
    ]
    if rule.gives in ("place", "both") and both:
        kept = (made.attributes or {}).get("continuity.place", "0").rsplit(" ", 1)[-1]
        away = at_ns if rule.count_away else old.end
        lost = min([away - old.since[queue] + int(kept) for queue in both])
        credit = max(credit, max(old.credit - int(kept), 0) + min(lost, rule.most_ns))
    if rule.gives in ("agent", "both") and old.agent and not command.preferred:
        agent, wait = old.agent, rule.prefer_ns
    return credit, agent, wait
