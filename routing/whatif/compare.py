"""Two pictures of the same instant, without a command and with it, and what differs between them.

Owns the comparison; must not know how the pictures came about.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from routing.events import ContactOffered, Event
from routing.whatif.picture import Picture
from routing.whatif.shapes import AgentChange, Change, Standing, Totals

_COMPARED: Final = tuple(
    name for name in Standing.__struct_fields__ if name not in ("key", "place", "overflows")
)


def changes(started: Iterable[str], without: Picture, given: Picture) -> tuple[Change, ...]:
    """Compare all who wait or ring at the start, without the command, or with it. O(contacts log contacts)."""
    passed = _passed(without, given)
    found: list[Change] = []
    for contact in dict.fromkeys([*started, *without.seen, *given.seen]):
        change = _change(contact, without, given, passed.get(contact, 0))
        if change is not None:
            found.append(change)
    return tuple(found)


def _change(contact: str, without: Picture, given: Picture, passed: int) -> Change | None:
    old, new = without.standing(contact), given.standing(contact)
    if new is None:  # neither is it there without the command
        return None
    if old is None:
        return Change(contact, ("state",), None, new)
    differs = [name for name in _COMPARED if getattr(old, name) != getattr(new, name)]
    if old.key is None or new.key is None:
        differs += ["key"] if old.key != new.key else []
    elif old.key[:3] != new.key[:3]:  # the last part counts everybody's visits
        differs.append("key")
    if passed:
        differs.append("place")
    if _ways(old) != _ways(new):
        differs.append("overflows")
    gained = lost = 0
    if contact in without.seen and contact in given.seen:
        before, after = without.seen[contact].reach, given.seen[contact].reach
        if before != after:
            gained, lost = len(after - before), len(before - after)
            differs += ["reach"] if "reach" not in differs else []
    return Change(contact, tuple(differs), old, new, passed, gained, lost) if differs else None


def _ways(standing: Standing) -> list[tuple[int, str, str, str, str]]:
    return [(one.at_ns, one.queue, one.cause, one.to, one.to_queue) for one in standing.overflows]


def _passed(without: Picture, given: Picture) -> dict[str, int]:
    """Places gained by those who wait or ring either way, counted among them alone."""
    both = without.seen.keys() & given.seen.keys()

    def places(picture: Picture) -> dict[str, int]:
        ordered = sorted(both, key=lambda contact: picture.seen[contact].standing.place)
        return {contact: place for place, contact in enumerate(ordered)}

    old, new = places(without), places(given)
    return {contact: old[contact] - new[contact] for contact in both}


def agent_changes(without: Picture, given: Picture) -> tuple[AgentChange, ...]:
    """Tell whose queues differ. O(members) over all queues."""
    joins: dict[str, list[str]] = {}
    leaves: dict[str, list[str]] = {}
    old, new = without.reach.members, given.reach.members
    for queue in dict.fromkeys([*old, *new]):
        before, after = old.get(queue, {}).keys(), new.get(queue, {}).keys()
        for agent in after - before:
            joins.setdefault(agent, []).append(queue)
        for agent in before - after:
            leaves.setdefault(agent, []).append(queue)
    return tuple(
        AgentChange(
            agent, tuple(joins.get(agent, ())), tuple(leaves.get(agent, ())), agent in given.reach.here
        )
        for agent in sorted(joins.keys() | leaves.keys())
    )


def totals(started: int, found: Sequence[Change], events: Iterable[Event], at_ns: int) -> Totals:
    """Count. O(changes + events)."""
    offered = {
        event.contact for event in events if isinstance(event, ContactOffered) and event.at_ns == at_ns
    }
    lives = [one for one in found if one.without is None or one.without.state != "ended"]
    return Totals(
        contacts=started,
        changed=len(found),
        offered=len(offered),
        ended=sum(one.given.state == "ended" for one in lives),
        overflowed=sum("overflows" in one.differs and bool(one.given.overflows) for one in found),
        moved=sum(one.passed != 0 for one in found),
        widened=sum(one.gained > 0 for one in found),
        narrowed=sum(one.lost > 0 for one in found),
        stranded=sum(_stranded(one) for one in found),
    )


def _stranded(change: Change) -> bool:
    old, new = change.without, change.given
    return old is not None and old.present > 0 and new.key is not None and new.present == 0
