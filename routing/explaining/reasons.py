"""Why an agent is no candidate for a contact: every reason that holds, in the order of the normative page.

Owns the rules of candidates as reasons; must not know how candidates are ranked.
"""

from collections.abc import Iterator

from routing.explaining.facts import AgentFacts, ContactFacts, Facts, VisitFacts
from routing.explaining.shapes import Reason
from routing.explaining.terms import failing
from routing.model import Step
from routing.skills import compile_requirement

#: The most terms that an expression can have anywhere.
MOST_TERMS = 255


class Asking:
    """A contact that asks for agents, with what is worked out once for all of them.

    Parameters
    ----------
    facts : Facts
        The engine.
    name : str
        Its id.
    contact : ContactFacts
        It is alive and has visits.
    """

    def __init__(self, facts: Facts, name: str, contact: ContactFacts) -> None:
        self.facts = facts
        self.name = name
        self.contact = contact
        self.steps = facts.steps(contact)
        self.requirements = [
            compile_requirement(self.step_of(at).expression, MOST_TERMS) for at in range(len(contact.visits))
        ]

    def step_of(self, at: int) -> Step:
        """Give the current step of a visit."""
        return self.steps[at][self.contact.visits[at].step]

    def reasons(self, agent: AgentFacts) -> tuple[Reason, ...]:
        """Why this agent is no candidate; nothing when it is one."""
        return (
            *self._unavailable(agent),
            *self._room(agent),
            *self._held(agent),
            *self._unfit(agent),
            *self._others(agent),
        )

    def _unavailable(self, agent: AgentFacts) -> Iterator[Reason]:
        if not agent.logged_in:
            yield Reason("not_logged_in")
            return
        if agent.leaving:
            yield Reason("leaving")
        if not agent.ready:
            yield Reason("not_ready", agent.reason)
        if agent.device != "available":
            yield Reason("device", agent.device)
        if agent.retry_until_ns:
            yield Reason("retry_hold", until_ns=agent.retry_until_ns)

    def _room(self, agent: AgentFacts) -> Iterator[Reason]:
        channel, load = self.contact.channel, self.contact.load
        used = sum(segment.channel == channel for segment in agent.segments)
        capacity = self._capacity(agent, channel)
        if used >= capacity:
            yield Reason("no_room", channel, have=used, most=capacity)
        left_out = self._interrupted_by(channel)
        total = sum(segment.load for segment in agent.segments if segment.channel not in left_out)
        if load and total + load > agent.noun.load:
            yield Reason("no_room", "load", have=total, most=agent.noun.load)
        for segment in agent.segments:
            if segment.state != "wrap_up" and channel in self._interrupted_by(segment.channel):
                yield Reason("interruption", segment.contact)

    def _capacity(self, agent: AgentFacts, channel: str) -> int:
        if agent.noun.channels:
            return agent.noun.channels.get(channel, 0)
        known = self.facts.channels.get(channel)
        return known.capacity if known else 0

    def _interrupted_by(self, channel: str) -> tuple[str, ...]:
        known = self.facts.channels.get(channel)
        return known.interrupts if known else ()

    def _held(self, agent: AgentFacts) -> Iterator[Reason]:
        if agent.number in self.contact.holds:
            yield Reason("pair_hold", until_ns=self.contact.holds[agent.number])
        if self.contact.held_until_ns:
            yield Reason("contact_held", until_ns=self.contact.held_until_ns)

    def _unfit(self, agent: AgentFacts) -> Iterator[Reason]:
        """Name what is wrong with every visit, unless one of them fits."""
        if self.contact.wishes.get(agent.number, (0, False))[1]:
            return
        found: list[Reason] = []
        for at, visit in enumerate(self.contact.visits):
            wrong = [*self._outside(agent, visit), *self._unskilled(agent, at)]
            if not wrong:
                return
            found += wrong
        order = ("not_a_member", "reserve_not_active", "step_not_satisfied")
        yield from sorted(found, key=lambda reason: order.index(reason.code))

    def _outside(self, agent: AgentFacts, visit: VisitFacts) -> Iterator[Reason]:
        ways = self.facts.ways(agent, visit.queue)
        if ways == 0:
            yield Reason("not_a_member", queue=visit.queue.id)
        on = self.facts.queue(visit.queue.id).on
        if ways == 0 or ways & (1 | (visit.spills & on) << 1):
            return
        for at, reserve in enumerate(visit.queue.reserves):
            if ways >> at + 1 & 1:
                if not visit.spills >> at & 1:
                    due_ns = visit.enqueued_ns + reserve.after_ns
                    yield Reason(
                        "reserve_not_active", "after", queue=visit.queue.id, until_ns=due_ns, have=at
                    )
                if not on >> at & 1:
                    yield Reason("reserve_not_active", "when", queue=visit.queue.id, have=at)

    def _unskilled(self, agent: AgentFacts, at: int) -> Iterator[Reason]:
        terms = failing(self.requirements[at], agent.noun.skills)
        if terms:
            yield Reason(
                "step_not_satisfied",
                self.step_of(at).expression,
                queue=self.contact.visits[at].queue.id,
                terms=terms,
            )

    def _others(self, agent: AgentFacts) -> Iterator[Reason]:
        if self.contact.prefer_until_ns and agent.number not in self.contact.wishes:
            yield Reason("preferred_wait", until_ns=self.contact.prefer_until_ns)
        if agent.noun.id in self.contact.rings_at:
            yield Reason("rings_already")
        if agent.noun.id in self.contact.parties:
            yield Reason("takes_part")
        if agent.kept_for and agent.kept_for != self.name:
            yield Reason("reserved_for_other", agent.kept_for)
