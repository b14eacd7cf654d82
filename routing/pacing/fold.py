"""Pacing: a fold over the engine's events that proposes how many numbers to dial.

It keeps who is at work and since when, the attempts in flight, and what past attempts and calls have taught; a proposal
is made from that when it is asked for. What the law has counted comes with the question.

Owns the reading of events and the modes; must not know where events come from, nor the arithmetic (``_pacer``).
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Self

from msgspec import Struct

from routing import events as _e
from routing.errors import UsageError
from routing.events import Event
from routing.pacing import saved
from routing.pacing._pacer import Work
from routing.pacing.attempts import Flight, Held
from routing.pacing.inbound import Arrivals
from routing.pacing.shapes import Paced, PacingPicture, Proposal, Settings, Standing
from routing.pacing.sharing import FIRST, Circle, divided, overlaps
from routing.pacing.staff import TALK, WRAP, Staff
from routing.units import SECOND

#: More dials than this are not proposed at once.
MOST = 2_000
#: So many persons are remembered until their contact is enqueued.
REMEMBERED = 10_000


class Contact(Struct):
    """A living contact: its queue, who has it (empty: it waits), and the campaign whose attempt it was (or empty)."""

    queue: str
    agent: str
    campaign: str


class Pacing:
    """Says how many numbers each campaign should dial now.

    Parameters
    ----------
    campaigns : sequence of Paced
        What is paced; each has an id of its own.
    circle : callable
        Gives the ids of the agents who may serve a queue, None for everybody. Asked when campaigns or agents change.
    at_ns : int
        The present; nothing that lies before is asked for.
    settings : Settings, optional
        The constants of the policy.

    Examples
    --------
    Two idle agents, and nothing is known yet: one dial for each of them.

    >>> pacing = Pacing([Paced("spring", "sales")], lambda queue: None, 0)
    >>> pacing.follow([_e.AgentLoggedIn(0, "ann", True, ""), _e.AgentLoggedIn(0, "ben", True, "")])
    >>> pacing.propose(0, {"spring": Standing(0, 0)}, {"spring"})
    [Proposal(campaign='spring', dials=2)]
    """

    def __init__(
        self,
        campaigns: Sequence[Paced],
        circle: Callable[[str], Circle],
        at_ns: int,
        settings: Settings | None = None,
    ) -> None:
        self._settings = settings or Settings()
        self._circle = circle
        self._origin_ns = self._at_ns = at_ns
        self._grace = 2.0
        self._staff = Staff(self._work)
        self._held: dict[str, Held] = {}
        self._by_queue: dict[str, str] = {}
        self._flights: dict[str, Flight] = {}
        self._contacts: dict[str, Contact] = {}
        self._waiting: dict[str, int] = {}
        self._arrivals: dict[str, Arrivals] = {}
        self._persons: dict[str, str] = {}
        self._stale = True
        self._overlaps: dict[str, dict[str, float]] = {}
        self._turn = 0
        self._handlers: dict[type, Callable[..., None]] = {
            _e.AgentLoggedIn: self._logged_in,
            _e.AgentLoggedOut: self._logged_out,
            _e.LogOutPending: self._leaving,
            _e.AgentReady: self._ready,
            _e.AgentNotReady: self._not_ready,
            _e.DeviceReported: self._device,
            _e.ContactEnqueued: self._enqueued,
            _e.ContactOffered: self._offered,
            _e.OfferAccepted: self._accepted,
            _e.OfferRejected: self._unanswered,
            _e.OfferMissed: self._unanswered,
            _e.OfferFailed: self._unanswered,
            _e.OfferWithdrawn: self._unanswered,
            _e.ContactOverflowed: self._overflowed,
            _e.ContactRequeued: self._requeued,
            _e.ContactEnded: self._ended,
            _e.WrapUpStarted: self._wrap_up_started,
            _e.WrapUpEnded: self._wrap_up_ended,
            _e.DialRequested: self._dialled,
            _e.AttemptProgressed: self._progressed,
            _e.AttemptEnded: self._attempt_ended,
            _e.AgentChanged: self._changed,
            _e.QueueChanged: self._changed,
            _e.Configured: self._changed,
        }
        self.set_campaigns(campaigns)

    # What is asked from without

    def set_campaigns(self, campaigns: Sequence[Paced]) -> None:
        """Pace these from now on; what is known of those that stay is kept. O(campaigns agents) at the next proposal.

        Raises
        ------
        UsageError
            If an id comes twice, or a figure lies outside its range.
        """
        held: dict[str, Held] = {}
        for paced in campaigns:
            _check(paced, held)
            old = self._held.get(paced.id)
            if old is None:
                held[paced.id] = Held(paced, self._settings)
            else:
                old.paced = paced
                old.line.cap = paced.cap
                held[paced.id] = old
        self._held = held
        self._by_queue = {one.paced.queue: name for name, one in reversed(held.items())}
        grace = min((one.grace_ns / SECOND for one in campaigns), default=2.0)
        if grace != self._grace:
            self._grace = grace
            for work in self._staff.works:
                work.within(grace)
        self.agents_changed()

    def agents_changed(self) -> None:
        """Ask anew who serves which queue, at the next proposal."""
        self._stale = True

    def follow(self, events: Iterable[Event]) -> None:
        """Take in what happened, in order; what does not fit together is passed over. O(1) for an event."""
        handlers = self._handlers
        for event in events:
            if event.at_ns > self._at_ns:
                self._at_ns = event.at_ns
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def hint(self, agent: str, at_ns: int) -> None:
        """Take in that an agent is "closing": will be free soon. Nothing if the agent has no contact in talk."""
        self._staff.hint(agent, self._seconds(at_ns))

    def propose(
        self, at_ns: int, standings: Mapping[str, Standing], running: Collection[str]
    ) -> list[Proposal]:
        """Say how many numbers to dial now. About 20 us and, for 1,000 agents, below 100 us for a campaign.

        Deterministic: by the events, the earlier proposals and the arguments alone.

        Parameters
        ----------
        at_ns : int
            The present.
        standings : mapping of str to Standing
            What the law has counted of each campaign; a campaign that is not in it has no slack.
        running : collection of str
            The campaigns that may dial. Others' attempts in flight still count.

        Returns
        -------
        list of Proposal
            In configured order, those without a dial left out.
        """
        at = self._seconds(at_ns)
        if self._stale:
            self._look_again()
        asked = [one for name, one in self._held.items() if name in running]
        weights = self._weights(asked, at)
        found: list[Proposal] = []
        for one in asked:
            standing = standings.get(one.paced.id) or Standing(0, 0)
            dials = self._wanted(one, standing, at)
            if one.paced.mode != "agentless":
                rivals = [weights[name] for name in self._overlaps.get(one.paced.id, {}) if name in weights]
                mine = weights[one.paced.id]
                dials, one.carried = divided(dials, mine, [mine, *rivals], one.carried)
            if dials > 0:
                found.append(Proposal(one.paced.id, dials))
        return found

    def picture(self, campaign: str, at_ns: int | None = None) -> PacingPicture:
        """Show what is known of a campaign.

        Raises
        ------
        UsageError
            If it is not paced here.
        """
        one = self._held.get(campaign)
        if one is None:
            raise UsageError(f"no campaign {campaign!r} is paced here; there are {sorted(self._held)}")
        at = self._seconds(self._at_ns if at_ns is None else at_ns)
        if self._stale:
            self._look_again()
        one.line.count_up(self._staff.floor, self._staff.kind(one.paced.queue))
        sight = one.line.sight()
        median = next((tick for tick, share in enumerate(one.line.answer_times()) if share >= 0.5), 0)
        return PacingPicture(
            campaign=campaign,
            mode=one.paced.mode,
            idle=one.line.idle,
            busy=one.line.busy,
            staff=one.line.staff,
            waiting=self._waiting.get(one.paced.queue, 0),
            in_flight=one.in_flight(at),
            rate=sight["rate"],
            rate_deviation=sight["rate_deviation"],
            answer_ns=median * SECOND // 4,
            slack=sight["slack"],
            target=sight["target"],
            theta=sight["theta"],
            kappa=sight["kappa"],
            risk=sight["risk"],
        )

    def snapshot(self) -> bytes:
        """Write all of it down, so that `restore` goes on exactly as this does. O(size); about 200 kB a campaign."""
        return saved.write(
            saved.State(
                self._settings,
                self._origin_ns,
                self._at_ns,
                self._grace,
                {
                    name: saved.One(one.paced, one.line.save(), one.bound, one.calls, one.carried)
                    for name, one in self._held.items()
                },
                self._staff.people,
                self._staff.floor.save(),
                {queue: self._staff.works[kind].save() for queue, kind in self._staff.kinds.items()},
                self._flights,
                {name: (one.queue, one.agent, one.campaign) for name, one in self._contacts.items()},
                self._arrivals,
                self._persons,
            )
        )

    @classmethod
    def restore(cls, data: bytes, campaigns: Sequence[Paced], circle: Callable[[str], Circle]) -> Self:
        """Go on where `snapshot` was made, with these campaigns.

        Raises
        ------
        CorruptSnapshotError
            If the bytes are none that `snapshot` gave, or of another version or kind of machine.
        """
        state = saved.read(data)
        made = cls([one.paced for one in state.campaigns.values()], circle, state.origin_ns, state.settings)
        made._at_ns = state.at_ns
        made._grace = state.grace
        made._staff.people = state.people
        with saved.fitting():
            for _ in state.people:
                made._staff.floor.add()
            for queue, work in state.works.items():
                made._staff.works[made._staff.kind(queue)].restore(work)
            made._staff.floor.restore(state.floor)
            for name, one in state.campaigns.items():
                held = made._held[name]
                held.line.restore(one.line)
                held.bound, held.calls, held.carried = one.bound, one.calls, one.carried
        made._flights = state.flights
        made._contacts = {name: Contact(*one) for name, one in state.contacts.items()}
        for contact in made._contacts.values():
            if not contact.agent:
                made._count(contact.queue, 1)
        made._arrivals = state.arrivals
        made._persons = state.persons
        made.set_campaigns(campaigns)
        return made

    # How many

    def _wanted(self, one: Held, standing: Standing, at: float) -> int:
        """Say how many dials a campaign might have if it were alone."""
        paced, line, staff = one.paced, one.line, self._staff
        if paced.mode == "agentless":
            return min(paced.concurrent - one.in_flight(at) - one.calls, MOST)
        rivals = self._overlaps.get(paced.id, {})
        waiting = self._waiting.get(paced.queue, 0)
        inbound = 0.0
        for queue, share in rivals.items():
            if queue in self._arrivals and queue not in self._held:
                inbound += share * self._arrivals[queue].rate(at)
            waiting += self._waiting.get(queue, 0) if queue != paced.queue else 0
        own = staff.kind(paced.queue)
        others = tuple(
            (self._held[name].line, share)
            for name, share in rivals.items()
            if name in self._held and self._held[name].paced.mode not in ("agentless", "preview")
        )
        most = MOST
        if paced.max_agents:
            line.count_up(staff.floor, own)
            coming = line.in_flight(at) * line.sight()["rate"]
            most = max(0, math.floor(paced.max_agents - line.own - coming))
        if paced.mode == "predictive":
            return line.decide(
                at, staff.floor, own, standing.answered, standing.abandoned, waiting, most, inbound, others
            )
        line.count_up(staff.floor, own)
        taken = sum(math.ceil(share * other.in_flight(at)) for other, share in others)
        idle = line.idle - waiting - taken
        if paced.mode == "preview":
            return min(idle, most)
        ratio = paced.ratio if paced.mode == "power" else 1.0
        return min(math.ceil(ratio * max(idle, 0) - 1e-9) - one.line.in_flight(at), most)

    def _weights(self, asked: list[Held], at: float) -> dict[str, int]:
        """Weigh the campaigns that ask; those below their minimum go first."""
        weights: dict[str, int] = {}
        for one in asked:
            paced = one.paced
            if paced.mode == "agentless":
                continue
            weights[paced.id] = paced.weight
            if paced.min_agents:
                one.line.count_up(self._staff.floor, self._staff.kind(paced.queue))
                if one.line.own + one.line.in_flight(at) * one.line.sight()["rate"] < paced.min_agents:
                    weights[paced.id] *= FIRST
        return weights

    def _look_again(self) -> None:
        """Ask who serves which queue: campaigns by their ids, other queues by theirs."""
        self._stale = False
        people = self._staff.people
        circles: dict[str, Circle] = {}
        for name, one in self._held.items():
            circle = self._circle(one.paced.queue)
            circles[name] = None if circle is None else frozenset(circle)
            one.line.staffed(
                None if circle is None else [people[a].slot for a in sorted(circle) if a in people]
            )
        for queue in self._arrivals.keys() | self._waiting.keys():
            if queue not in self._by_queue and queue not in circles:
                circle = self._circle(queue)
                circles[queue] = None if circle is None else frozenset(circle)
        self._overlaps = overlaps(circles, people)

    # Agents

    def _logged_in(self, event: _e.AgentLoggedIn) -> None:
        self._stale = self._stale or event.agent not in self._staff.people
        self._agent(event.agent, event.at_ns, logged_in=True, ready=event.ready, leaving=False)

    def _logged_out(self, event: _e.AgentLoggedOut) -> None:
        self._agent(event.agent, event.at_ns, logged_in=False, ready=False, leaving=False)

    def _leaving(self, event: _e.LogOutPending) -> None:
        self._agent(event.agent, event.at_ns, leaving=True)

    def _ready(self, event: _e.AgentReady) -> None:
        self._agent(event.agent, event.at_ns, ready=True)

    def _not_ready(self, event: _e.AgentNotReady) -> None:
        self._agent(event.agent, event.at_ns, ready=False)

    def _device(self, event: _e.DeviceReported) -> None:
        self._agent(event.agent, event.at_ns, usable=event.state == "available")

    def _agent(self, agent: str, at_ns: int, **states: bool) -> None:
        person = self._staff.person(agent)
        for name, value in states.items():
            setattr(person, name, value)
        if not person.logged_in:
            person.hands.clear()
        self._staff.put(person, self._seconds(at_ns))

    # Contacts

    def _enqueued(self, event: _e.ContactEnqueued) -> None:
        queue = next((name for name in event.queues if name in self._by_queue), "") or (
            event.queues[0] if event.queues else ""
        )
        campaign = self._persons.pop(event.contact, "")
        if event.contact in self._contacts:
            self._drop(event.contact)
        self._contacts[event.contact] = Contact(queue, "", campaign)
        self._count(queue, 1)
        if campaign in self._held:
            self._held[campaign].calls += 1
        elif queue not in self._by_queue:
            if queue not in self._arrivals:
                self._arrivals[queue] = Arrivals(self._seconds(event.at_ns))
                self._stale = True
            self._arrivals[queue].came(self._seconds(event.at_ns))

    def _offered(self, event: _e.ContactOffered) -> None:
        contact = self._contacts.get(event.contact)
        if contact is None:
            contact = self._contacts[event.contact] = Contact(event.queue, event.agent, "")
        elif not contact.agent:
            self._count(contact.queue, -1)
        contact.agent = event.agent
        self._staff.take(event.agent, event.contact, event.queue, TALK, self._seconds(event.at_ns))

    def _accepted(self, event: _e.OfferAccepted) -> None:
        contact = self._contacts.get(event.contact)
        if contact is None or not contact.agent:
            if contact is not None:
                self._count(contact.queue, -1)
            self._contacts[event.contact] = Contact(
                event.queue, event.agent, contact.campaign if contact is not None else ""
            )
        else:
            contact.agent = event.agent
        self._staff.again(event.agent, event.contact, event.queue, self._seconds(event.at_ns))

    def _unanswered(
        self, event: _e.OfferRejected | _e.OfferMissed | _e.OfferFailed | _e.OfferWithdrawn
    ) -> None:
        contact = self._contacts.get(event.contact)
        self._staff.drop(event.agent, event.contact, self._seconds(event.at_ns), served=False)
        if contact is not None and contact.agent == event.agent:
            contact.agent = ""
            self._count(contact.queue, 1)

    def _overflowed(self, event: _e.ContactOverflowed) -> None:
        contact = self._contacts.get(event.contact)
        if contact is not None and event.to == "queue":
            if not contact.agent:
                self._count(contact.queue, -1)
                self._count(event.to_queue, 1)
            contact.queue = event.to_queue

    def _requeued(self, event: _e.ContactRequeued) -> None:
        contact = self._contacts.get(event.contact)
        if event.agent:
            self._staff.drop(event.agent, event.contact, self._seconds(event.at_ns), served=True)
        if contact is not None and event.queues:
            if not contact.agent:
                self._count(contact.queue, -1)
            contact.agent, contact.queue = "", event.queues[0]
            self._count(contact.queue, 1)

    def _ended(self, event: _e.ContactEnded) -> None:
        agent = self._drop(event.contact) or event.agent
        if agent:
            served = bool(event.agent)
            self._staff.drop(agent, event.contact, self._seconds(event.at_ns), served=served)

    def _drop(self, name: str) -> str:
        contact = self._contacts.pop(name, None)
        if contact is None:
            return ""
        if not contact.agent:
            self._count(contact.queue, -1)
        if contact.campaign in self._held:
            self._held[contact.campaign].calls -= 1
        return contact.agent

    def _wrap_up_started(self, event: _e.WrapUpStarted) -> None:
        person = self._staff.person(event.agent)
        queue = self._staff.queue_of(person, event.contact)
        if queue:
            self._staff.take(event.agent, event.contact, queue, WRAP, self._seconds(event.at_ns))

    def _wrap_up_ended(self, event: _e.WrapUpEnded) -> None:
        self._staff.drop(event.agent, event.contact, self._seconds(event.at_ns), served=True)

    def _count(self, queue: str, change: int) -> None:
        self._waiting[queue] = max(self._waiting.get(queue, 0) + change, 0)

    # Attempts

    def _dialled(self, event: _e.DialRequested) -> None:
        one = self._held.get(event.campaign)
        if one is None or event.attempt in self._flights:
            return
        at = self._seconds(event.at_ns)
        flight = Flight(event.campaign, at, bound=bool(event.contact) and event.contact == event.attempt)
        self._flights[event.attempt] = flight
        one.dialled(flight, at)

    def _progressed(self, event: _e.AttemptProgressed) -> None:
        flight = self._flights.get(event.attempt)
        if flight is not None and event.state == "answered" and flight.campaign in self._held:
            self._held[flight.campaign].picked_up(flight, self._seconds(event.at_ns))

    def _attempt_ended(self, event: _e.AttemptEnded) -> None:
        flight = self._flights.pop(event.attempt, None)
        if flight is None:
            return
        if event.outcome == "person" and event.attempt not in self._contacts:
            self._persons[event.attempt] = flight.campaign
            if len(self._persons) > REMEMBERED:
                del self._persons[next(iter(self._persons))]
        one = self._held.get(flight.campaign)
        if one is not None:
            one.ended(flight, event.outcome, self._seconds(event.at_ns))

    # Else

    def _changed(self, event: _e.AgentChanged | _e.QueueChanged | _e.Configured) -> None:
        del event
        self._stale = True

    def _work(self) -> Work:
        """Make what is to be learned of a queue's work."""
        settings = self._settings
        return Work(settings.talk_s, settings.wrap_s, self._grace, settings.curve_weight)

    def _seconds(self, at_ns: int) -> float:
        return (at_ns - self._origin_ns) / SECOND


def _check(paced: Paced, held: Collection[str]) -> None:
    """Refuse a campaign that cannot be paced."""
    if paced.id in held:
        raise UsageError(f"campaign {paced.id!r} is given twice; each is paced once")
    if not 0.0 <= paced.cap <= 1.0:
        raise UsageError(f"campaign {paced.id!r}: cap {paced.cap} is no share; give 0 to 1, such as 0.03")
    if paced.ratio <= 0.0 or paced.weight < 1:
        raise UsageError(
            f"campaign {paced.id!r}: ratio {paced.ratio} and weight {paced.weight} must be above 0"
        )
    least = min(paced.grace_ns, paced.ring_ns, paced.min_agents, paced.max_agents, paced.concurrent)
    if least < 0:
        raise UsageError(f"campaign {paced.id!r}: {least} is below 0; times and counts are not")
