"""What holds of the obvious engine after every command and every timer, restated in O(n^2).

Owns the promises of a settled engine: work conservation, exclusivity, one home for everything. Must not know how
a state came about.
"""

from reference.engine import ReferenceEngine
from reference.members import belongs, is_open
from reference.state import Contact, Line


def check(engine: ReferenceEngine) -> None:
    """Raise ``AssertionError`` if an invariant is broken."""
    segments = [segment for person in engine._people.values() for segment in person.segments]
    assert len({segment.offer for segment in segments}) == len(segments), "an offer number stands twice"
    for contact in engine._contacts.values():
        check_contact(engine, contact)
    in_use = [segment for one in engine._contacts.values() for segment in one.segments]
    for segment in segments:
        owned = [one for one in in_use if one is segment]
        assert len(owned) == (0 if segment.state == "wrap_up" else 1), "a segment without its one contact"
        assert segment.person.logged_in, "work in hand of somebody logged out"
        assert segment.state != "ringing" or segment.person.present, "somebody who leaves is rung at"
        assert segment.state != "ringing" or segment.person.ready, "somebody not ready is rung at"
    for person in engine._people.values():
        assert not person.leaving or person.segments, "somebody leaves with nothing in hand"
        assert person.removing == (person not in engine._order), "configured or being removed, not both"
        assert not person.removing or person.leaving, "a pending removal without a pending log-out"
    for attempt in engine._attempts.values():
        assert attempt.id not in engine._past_attempts, "both going on and ended"
        assert max(attempt.until_ns, engine._grace_until_ns) >= engine.now_ns, "it outlived its timer"
    check_reservations(engine)
    check_batches(engine)
    for line in engine._lines.values():
        check_line(engine, line)
    assert len({agent.id for agent in engine.config.agents}) == len(engine._order)


def check_contact(engine: ReferenceEngine, contact: Contact) -> None:
    lines = [visit.line for visit in contact.visits]
    assert contact.id not in engine._ended, "both living and ended"
    assert (contact.state == "handling") == (not lines), "in hand means out of the queues, and no other way"
    assert len(set(map(id, lines))) == len(lines), "two visits in one queue"
    assert all(engine._lines.get(line.id) is line for line in lines), "a visit in a queue that is gone"
    assert len(contact.holds) == len({id(hold.person) for hold in contact.holds}), "a pair held twice"
    assert all(hold.until_ns >= engine.now_ns for hold in contact.holds), "a hold outlived its timer"
    for segment in contact.segments:
        assert segment in segment.person.segments
        assert segment.line in lines or segment.state != "ringing", "rings from nowhere"
    check_offers(contact)
    if engine._wants_an_offer(contact) and engine._paused_until_ns is None:
        idle = [person for person in engine._order if engine._is_candidate(contact, person)]
        assert not idle, f"{contact.id} waits although {idle[0].id} could be offered it"


def check_offers(contact: Contact) -> None:
    """One in hand and nothing else, one that rings, or a group with one deadline."""
    ringing = contact.ringing
    assert len(contact.segments) <= 1 or contact.segments == ringing, "in hand, and yet it rings elsewhere"
    assert len(ringing) <= 1 or contact.grouped, "several offers, but no group"
    assert ringing or not contact.grouped, "a group of no offers"
    assert len({segment.person.id for segment in ringing}) == len(ringing), "rings twice at one agent"
    assert len({segment.ring_until_ns for segment in ringing}) <= 1, "offers of a group end together"


def check_reservations(engine: ReferenceEngine) -> None:
    """One agent for a contact, one contact for an agent, and only while it waits and there is no room."""
    reserved = engine._reserved
    assert len({id(contact) for contact, _ in reserved}) == len(reserved), "two agents reserved"
    assert len({id(person) for _, person in reserved}) == len(reserved), "reserved twice"
    for contact, person in reserved:
        assert engine._contacts.get(contact.id) is contact
        assert contact.state == "waiting", "reserved for one that does not wait"
        free = engine._is_candidate(contact, person) and engine._paused_until_ns is None
        assert engine._is_batched(contact) or not free, "reserved, yet free"


def check_batches(engine: ReferenceEngine) -> None:
    """Whoever could be offered in a batch waits for its window and for nothing else; nobody is rung at before."""
    batched = [one for one in engine._contacts.values() if one.state == "waiting" and engine._is_batched(one)]
    if engine._paused_until_ns is not None:
        return
    ready = [one for one in batched if engine._candidates(one)]
    assert not ready or engine._window_ns is not None, "something to assign, and no window is open"


def check_line(engine: ReferenceEngine, line: Line) -> None:
    """Reserves that are on have a condition, ticks lie ahead on the grid, members stand once."""
    members = engine._members(line.queue)
    assert len(members) == len(set(map(id, members))), "a member stands twice"
    assert all(line.queue.reserves[place].when for place in line.reserves_on), "on without a condition"
    due = line.tick_ns
    assert due is None or (due >= engine.now_ns and due % engine._base.pane_ns == 0), "a tick off the grid"
    assert due is not None or not line.reserves_on, "a reserve is on and nobody looks at it"
    regular = {id(person) for person in members if belongs(person, line.queue) or is_open(line.queue)}
    for contact in engine._visitors(line):
        visit = contact.visit_in(line)
        assert visit is not None
        reached = {place for place in visit.spills if line.queue.reserves[place].after_ns}
        age_ns = engine.now_ns - visit.enqueued_ns
        assert all(line.queue.reserves[place].after_ns <= age_ns for place in reached), "spilled too early"
        for person in engine._order:
            if engine._serves(visit, person) and id(person) not in regular:
                active = [one for place, one in enumerate(line.queue.reserves) if place in visit.spills]
                assert any(belongs(person, one) for one in active), "served by a reserve that is not active"
