"""Counts made from the whole list of events, in the plainest way: first what happened, then what of it lies in a span.

`facts` turns the events of each call into visits, offers, segments, wrap-ups, contacts and changes of agents;
`queue_counts` and `agent_counts` go through all of them for one span. Nothing is kept from one question to the next.

Owns an independent opinion of every figure; must not know the fold.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from routing import events as e
from routing.events import Event
from routing.statistics.shapes import AgentCounts, QueueCounts

STATES = ("talking", "holding", "wrap_up", "ringing", "not_ready", "engaged", "idle")
FOREVER = 2**62


@dataclass(eq=False)
class Visit:
    """One stay of a contact in a queue, or an entry that was turned away at once."""

    contact: "Contact"
    queue: str
    start: int
    how: str
    at_door: bool = False
    end: int | None = None
    fate: str = ""
    level: int = 0  # the queue's when it ended


@dataclass(eq=False)
class Ring:
    """One offer."""

    contact: "Contact"
    agent: str
    queue: str
    number: int
    start: int
    end: int | None = None
    fate: str = ""


@dataclass(eq=False)
class Talk:
    """One segment in hand."""

    contact: "Contact"
    agent: str
    queue: str
    offered: int
    start: int
    end: int | None = None
    fate: str = ""
    wrap: "Wrap | None" = None
    begun: str = "accepted"  # or placed, or taken over
    holds: list[list[int]] = field(default_factory=list)  # begin and, once there is one, end

    def held(self, since: int = 0, until: int = FOREVER) -> int:
        """How long it was on hold within a span."""
        return sum(overlap(one[0], one[1] if len(one) > 1 else None, since, until) for one in self.holds)

    def is_held(self, at: int) -> bool:
        return any(one[0] <= at and (len(one) == 1 or at < one[1]) for one in self.holds)


@dataclass(eq=False)
class Wrap:
    """One wrap-up."""

    talk: Talk
    start: int
    until: int
    end: int | None = None


@dataclass(eq=False)
class Contact:
    """One contact; an id that is used again is another."""

    id: str
    channel: str
    priority: int
    entry: str
    arrived: int
    level: int
    end: int | None = None
    outcome: str = ""
    last_queue: str = ""
    visits: list[Visit] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    overflows: int = 0
    direction: str = "inbound"
    parent: str = ""
    placed: bool = False

    def answered(self) -> list[Talk]:
        return [talk for talk in self.talks if talk.begun == "accepted"]

    def open_visits(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.end is None]

    def hand(self) -> Talk | None:
        return next((talk for talk in self.talks if talk.end is None), None)

    def transferred(self) -> list[Talk]:
        return [talk for talk in self.talks if talk.fate == "transferred"]


class Facts:
    """What happened, from outcomes told one by one."""

    def __init__(self, level_of: Callable[[str], int]) -> None:
        self.level_of = level_of
        self.living: dict[str, Contact] = {}
        self.contacts: list[Contact] = []
        self.finished: list[Contact] = []
        self.wraps: list[Wrap] = []
        self.most: list[
            tuple[int, str, str, int]
        ] = []  # (instant, queue, channel, visits once one more had begun)
        self.people: list[Event] = []  # all that speaks of an agent's presence
        self.sessions: list[tuple[str, int, int]] = []
        self.since: dict[str, int] = {}
        self.now = 0

    def tell(self, outcome: Sequence[Event]) -> None:
        """Take the events of one call."""
        rest = list(outcome)
        while rest:
            event = rest.pop(0)
            self.now = event.at_ns
            self.take(event, rest)

    def take(self, event: Event, rest: list[Event]) -> None:
        at = event.at_ns
        if isinstance(event, e.ContactEnqueued):
            entry = event.queues[0]
            made = Contact(event.contact, event.channel, event.priority, entry, at, self.level_of(entry))
            made.direction, made.parent = event.direction, event.parent
            self.living[made.id] = made
            self.contacts.append(made)
            for queue in event.queues:
                self.enter(made, queue, "enqueue", rest)
        elif isinstance(event, e.ContactPlaced):
            queue = event.queue
            made = Contact(event.contact, event.channel, 0, queue, at, self.level_of(queue))
            made.direction, made.placed = event.direction, True
            made.talks.append(Talk(made, event.agent, queue, at, at, begun="placed"))
            self.living[made.id] = made
            self.contacts.append(made)
        elif isinstance(event, e.ContactHeld | e.ContactRetrieved | e.ContactHandedOver):
            self.change_hands(event, rest)
        elif isinstance(event, e.ContactRequeued):
            self.requeue(event, rest)
        elif isinstance(event, e.ContactOverflowed):
            contact = self.living[event.contact]
            (visit,) = [visit for visit in contact.open_visits() if visit.queue == event.queue]
            self.close(visit, fate_of(event), at)
            self.go_on(contact, event, rest)
        elif isinstance(event, e.ContactOffered):
            contact = self.living[event.contact]
            contact.rings.append(Ring(contact, event.agent, event.queue, event.offer, at))
        elif isinstance(event, e.OfferAccepted):
            self.accept(event)
        elif isinstance(event, e.OfferRejected | e.OfferMissed | e.OfferFailed | e.OfferWithdrawn):
            ring = self.ring(event.contact, event.offer)
            ring.end, ring.fate = at, type(event).__name__.removeprefix("Offer").lower()
        elif isinstance(event, e.ContactEnded):
            self.end(event, rest)
        elif isinstance(event, e.WrapUpEnded):
            open_ones = [
                wrap
                for wrap in self.wraps
                if wrap.end is None
                and (wrap.talk.agent, wrap.talk.contact.id) == (event.agent, event.contact)
            ]
            due = [wrap for wrap in open_ones if 0 < wrap.until <= at]
            (due or open_ones[event.older :])[0].end = at
        elif isinstance(
            event, e.AgentLoggedIn | e.AgentLoggedOut | e.AgentReady | e.AgentNotReady | e.DeviceReported
        ):
            self.people.append(event)
            if isinstance(event, e.AgentLoggedIn):
                self.since[event.agent] = at
            if isinstance(event, e.AgentLoggedOut):
                self.sessions.append((event.agent, self.since.pop(event.agent), at))

    def change_hands(
        self, event: e.ContactHeld | e.ContactRetrieved | e.ContactHandedOver, rest: list[Event]
    ) -> None:
        contact = self.living[event.contact]
        hand = contact.hand()
        assert hand is not None
        assert hand.agent == event.agent
        if isinstance(event, e.ContactHeld):
            assert all(len(one) == 2 for one in hand.holds), "on hold twice"
            hand.holds.append([event.at_ns])
        elif isinstance(event, e.ContactRetrieved):
            assert event.held_ns == event.at_ns - hand.holds[-1][0]
            hand.holds[-1].append(event.at_ns)
        else:
            hand.end, hand.fate = event.at_ns, "handed_over"
            self.wrap_up(hand, rest)
            taken = Talk(contact, event.to_agent, hand.queue, event.at_ns, event.at_ns, begun="taken")
            contact.talks.append(taken)

    # Into queues and out of them

    def enter(self, contact: Contact, queue: str, how: str, rest: list[Event]) -> None:
        """Enter a queue; the next event says whether the contact was turned away."""
        if any(visit.queue == queue for visit in contact.open_visits()):
            return
        visit = Visit(contact, queue, self.now, how)
        contact.visits.append(visit)
        after = [event for event in rest if not isinstance(event, e.ReserveChanged)]
        said = after[0] if after else None
        if not isinstance(said, e.ContactOverflowed) or (said.at_ns, said.contact, said.queue) != (
            self.now,
            contact.id,
            queue,
        ):  # it stays
            there = [one for other in self.living.values() for one in other.open_visits()]
            count = sum(one.queue == queue and one.contact.channel == contact.channel for one in there)
            self.most.append((self.now, queue, contact.channel, count))
            return
        del rest[: rest.index(said) + 1]
        visit.at_door = True
        self.close(visit, fate_of(said), self.now)
        self.go_on(contact, said, rest)

    def go_on(self, contact: Contact, said: e.ContactOverflowed, rest: list[Event]) -> None:
        contact.overflows += 1
        if said.to == "queue":
            self.enter(contact, said.to_queue, "overflow", rest)

    def close(self, visit: Visit, fate: str, at: int) -> None:
        visit.end, visit.fate, visit.level = at, fate, self.level_of(visit.queue)

    def requeue(self, event: e.ContactRequeued, rest: list[Event]) -> None:
        contact = self.living[event.contact]
        hand = contact.hand()
        for visit in contact.open_visits():
            self.close(visit, "requeued", event.at_ns)
        if hand is not None:
            assert hand.agent == event.agent
            hand.end, hand.fate = event.at_ns, "transferred"
            self.wrap_up(hand, rest)
            if rest and isinstance(rest[0], e.AgentLoggedOut) and rest[0].agent == event.agent:
                leaving = [rest.pop(0)]
                if rest and isinstance(rest[0], e.AgentChanged) and rest[0].agent == event.agent:
                    leaving.append(rest.pop(0))
                for one in leaving:
                    self.take(one, rest)
        else:
            assert event.agent == ""
        for queue in event.queues:
            self.enter(contact, queue, "requeue", rest)

    def wrap_up(self, talk: Talk, rest: list[Event]) -> None:
        if rest and isinstance(rest[0], e.WrapUpStarted):
            said = rest.pop(0)
            assert isinstance(said, e.WrapUpStarted)
            assert (said.agent, said.contact) == (talk.agent, talk.contact.id)
            talk.wrap = Wrap(talk, said.at_ns, said.until_ns)
            self.wraps.append(talk.wrap)

    # In hand and to the end

    def ring(self, contact: str, number: int) -> Ring:
        (found,) = [ring for ring in self.living[contact].rings if ring.number == number]
        assert found.end is None
        return found

    def accept(self, event: e.OfferAccepted) -> None:
        contact, ring = self.living[event.contact], self.ring(event.contact, event.offer)
        ring.end, ring.fate = event.at_ns, "accepted"
        for visit in contact.open_visits():
            own = visit.queue == event.queue
            assert not own or event.at_ns - visit.start == event.wait_ns
            self.close(visit, "answered" if own else "answered_elsewhere", event.at_ns)
        contact.talks.append(Talk(contact, event.agent, event.queue, ring.start, event.at_ns))

    def end(self, event: e.ContactEnded, rest: list[Event]) -> None:
        contact = self.living.pop(event.contact)
        contact.end, contact.outcome = event.at_ns, str(event.outcome)
        hand, still = contact.hand(), contact.open_visits()
        contact.last_queue = contact.answered()[0].queue if contact.answered() else event.queue
        if still:
            assert still[0].queue == event.queue, "the primary queue is that of the first visit"
            self.close(still[0], contact.outcome, event.at_ns)
            for visit in still[1:]:
                self.close(visit, "ended_elsewhere", event.at_ns)
        if hand is not None:
            hand.end, hand.fate = event.at_ns, contact.outcome
            self.wrap_up(hand, rest)


def fate_of(event: e.ContactOverflowed) -> str:
    return {"queue": "overflowed", "disconnect": "rejected"}.get(event.to, "diverted")


# ------------------------------------------------------------------------------------------------------ queues


def overlap(start: int, end: int | None, since: int, until: int) -> int:
    """How much of [start, end) lies within [since, until)."""
    return max(0, min(FOREVER if end is None else end, until) - max(start, since))


def queue_counts(
    facts: Facts, queue: str | None, channel: str | None, since: int, until: int, short: int
) -> QueueCounts:
    """Everything of one queue and channel (None: all) from ``since`` to before ``until``."""

    def mine(named: str, contact: Contact) -> bool:
        return queue in (None, named) and channel in (None, contact.channel)

    def within(at: int | None) -> bool:
        return at is not None and since <= at < until

    def total(values: Iterable[int | None]) -> int:
        return sum(value or 0 for value in values)

    made = QueueCounts()
    visits = [visit for one in facts.contacts for visit in one.visits if mine(visit.queue, one)]
    for visit in visits:
        if within(visit.start):
            made.entered += 1
            made.entered_overflow += visit.how == "overflow"
            made.entered_requeue += visit.how == "requeue"
        if not visit.at_door:
            made.waiting_ns += overlap(visit.start, visit.end, since, until)
        if visit.end is None or not within(visit.end):
            continue
        setattr(made, visit.fate, getattr(made, visit.fate) + 1)
        wait = visit.end - visit.start
        kind = visit.fate if visit.fate in ("answered", "abandoned") else "other"
        setattr(made, f"wait_{kind}_ns", getattr(made, f"wait_{kind}_ns") + wait)
        made.wait_max_ns = max(made.wait_max_ns, wait)
        made.answered_in += visit.fate == "answered" and wait <= visit.level
        made.abandoned_in += visit.fate == "abandoned" and wait <= visit.level
        made.abandoned_short += visit.fate == "abandoned" and wait < short
    staying = [visit for visit in visits if not visit.at_door and visit.start < since]
    still = sum(visit.end is None or visit.end >= since for visit in staying)
    counted = [count for at, q, c, count in facts.most if (q, c) == (queue, channel) and within(at)]
    made.waiting_max = max([still, *counted])
    for one in (one for one in facts.contacts if mine(one.entry, one)):
        if within(one.arrived):
            made.contacts += 1
            made.arrived_outbound += one.direction == "outbound"
            made.arrived_internal += one.direction == "internal"
            made.arrived_legs += one.parent != ""
            made.placed += one.placed
        if one.answered() and within(one.answered()[0].start):
            wait = one.answered()[0].start - one.arrived
            made.contacts_answered += 1
            made.contact_wait_answered_ns += wait
            made.contacts_answered_in += wait <= one.level
        if one.transferred() and within(one.transferred()[0].end):
            made.contacts_transferred += 1
        if one.end is not None and within(one.end):
            name = f"contacts_{one.outcome}"
            setattr(made, name, getattr(made, name) + 1)
            if one.outcome == "abandoned":
                back = one.talks[-1].end if one.talks else one.arrived
                wait = one.end - (back or 0)
                made.contact_wait_abandoned_ns += wait
                made.contacts_abandoned_in += wait <= one.level
                made.contacts_abandoned_short += wait < short
    for ring in (ring for one in facts.contacts for ring in one.rings if mine(ring.queue, one)):
        made.offers += within(ring.start)
        if ring.end is not None and within(ring.end):
            made.ring_ns += ring.end - ring.start
            if ring.fate != "accepted":
                setattr(made, f"offers_{ring.fate}", getattr(made, f"offers_{ring.fate}") + 1)
    for talk in (talk for one in facts.contacts for talk in one.talks if mine(talk.queue, one)):
        if talk.end is not None and within(talk.end):
            made.segments += 1
            made.talk_ns += talk.end - talk.start - talk.held()
            made.hold_ns += talk.held()
            made.transferred += talk.fate == "transferred"
            made.handed_over += talk.fate == "handed_over"
        made.holds += sum(len(one) == 2 and within(one[1]) for one in talk.holds)
    ended = [w for w in facts.wraps if mine(w.talk.queue, w.talk.contact) and within(w.end)]
    made.wrap_ups = len(ended)
    made.wrap_up_ns = total(wrap.end - wrap.start for wrap in ended if wrap.end is not None)
    return made


# ------------------------------------------------------------------------------------------------------ agents


def agent_counts(facts: Facts, agent: str, since: int, until: int) -> AgentCounts:
    """Everything of one agent from ``since`` to before ``until``; what goes on counts up to the newest event."""
    made = AgentCounts()
    contacts = facts.contacts
    rings = [ring for one in contacts for ring in one.rings if ring.agent == agent]
    talks = [talk for one in contacts for talk in one.talks if talk.agent == agent]
    wraps = [wrap for wrap in facts.wraps if wrap.talk.agent == agent]
    said = [event for event in facts.people if getattr(event, "agent", "") == agent]

    def within(at: int | None) -> bool:
        return at is not None and since <= at < until

    edges = {since, until}
    spans: list[Ring | Talk | Wrap] = [*rings, *talks, *wraps]
    for span in spans:
        edges |= {span.start, FOREVER if span.end is None else span.end}
    edges |= {event.at_ns for event in said}
    edges |= {at for talk in talks for one in talk.holds for at in one}
    cuts = sorted(edge for edge in edges if since <= edge <= until)
    for start, end in pairwise(cuts):
        state, reason = state_at(said, rings, talks, wraps, start)
        if not state:
            continue
        made.staffed_ns += end - start
        setattr(made, f"{state}_ns", getattr(made, f"{state}_ns") + end - start)
        if state == "not_ready":
            made.not_ready_by[reason] = made.not_ready_by.get(reason, 0) + end - start
    made.in_hand_ns = sum(overlap(talk.start, talk.end, since, until) for talk in talks)
    made.log_ins = sum(isinstance(event, e.AgentLoggedIn) and within(event.at_ns) for event in said)
    made.log_outs = sum(isinstance(event, e.AgentLoggedOut) and within(event.at_ns) for event in said)
    made.offers = sum(within(ring.start) for ring in rings)
    for fate in ("accepted", "rejected", "missed", "failed", "withdrawn"):
        setattr(made, fate, sum(ring.fate == fate and within(ring.end) for ring in rings))
    ended = [talk for talk in talks if within(talk.end)]
    made.segments = len(ended)
    made.handled = sum(talk.fate == "handled" for talk in ended)
    made.transferred = sum(talk.fate == "transferred" for talk in ended)
    made.talk_ns = sum((talk.end or 0) - talk.start - talk.held() for talk in ended)
    made.hold_ns = sum(talk.held() for talk in ended)
    made.handed_over = sum(talk.fate == "handed_over" for talk in ended)
    made.placed = sum(talk.begun == "placed" and within(talk.start) for talk in talks)
    made.taken_over = sum(talk.begun == "taken" and within(talk.start) for talk in talks)
    made.holds = sum(len(one) == 2 and within(one[1]) for talk in talks for one in talk.holds)
    made.wrap_ups = sum(within(wrap.end) for wrap in wraps)
    made.contact_wrap_up_ns = sum((wrap.end or 0) - wrap.start for wrap in wraps if within(wrap.end))
    return made


def state_at(
    said: list[Event], rings: list[Ring], talks: list[Talk], wraps: list[Wrap], at: int
) -> tuple[str, str]:
    """The state from this instant on, after all that happens at it; "" when logged out."""
    logged_in = ready = False
    reason, device = "", "available"
    for event in said:
        if event.at_ns > at:
            break
        if isinstance(event, e.AgentLoggedIn):
            logged_in, ready, reason, device = True, event.ready, event.reason, "available"
        elif isinstance(event, e.AgentLoggedOut):
            logged_in = False
        elif isinstance(event, e.AgentReady):
            ready = True
        elif isinstance(event, e.AgentNotReady):
            ready, reason = False, event.reason
        elif isinstance(event, e.DeviceReported):
            device = event.state

    def going(spans: Iterable[Ring | Talk | Wrap]) -> bool:
        return any(span.start <= at < (FOREVER if span.end is None else span.end) for span in spans)

    if not logged_in:
        return "", ""
    if going(talks):
        in_hand = [talk for talk in talks if going([talk])]
        return ("holding" if all(talk.is_held(at) for talk in in_hand) else "talking"), ""
    if going(wraps):
        return "wrap_up", ""
    if going(rings):
        return "ringing", ""
    if not ready:
        return "not_ready", reason
    return ("idle" if device == "available" else "engaged"), ""
