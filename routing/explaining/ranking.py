"""In which order a strategy would pick the candidates: the first, then the first without it, and so on.

Owns the strategies as sort keys, and the figures they read; must not know who is a candidate.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

from routing.explaining.draws import DRAWS, dice
from routing.explaining.facts import AgentFacts, VisitFacts
from routing.explaining.reasons import MOST_TERMS, Asking
from routing.explaining.shapes import Figures, Part
from routing.explaining.standing import lead_of
from routing.scores import compile_score
from routing.skills import compile_requirement
from routing.units import SECOND

_MILLISECOND: Final = 1_000_000
_MOST_WORTH: Final = 2**30


class Share(NamedTuple):
    """A share of percent_allocation, and how many contacts its agents were given."""

    group: str
    given: int
    of: int


class Ranking:
    """The candidates of one contact, by the strategy of its lead queue."""

    def __init__(self, asking: Asking) -> None:
        self.facts = asking.facts
        self.contact = asking.contact
        lead, _ = lead_of(asking.contact)
        self.lead: VisitFacts = lead
        self.queue = lead.queue
        self.remembers = self.facts.queue(self.queue.id)
        step = asking.step_of(asking.contact.visits.index(lead))
        if step.score:
            self.weights = dict(compile_score(step.score, MOST_TERMS))
        else:
            self.weights = dict.fromkeys(compile_requirement(step.expression, MOST_TERMS).positive, 1)
        self.turns = self._turns()
        self.configured = {agent: at for at, agent in enumerate(self.facts.agents)}

    # Figures

    def figures(self, agent: AgentFacts) -> Figures:
        """What the strategies look at, for one agent."""
        queue, preference = self.queue, self.contact.wishes.get(agent.number)
        parts: tuple[Part, ...] = ()
        score: int | None = None
        if queue.strategy in ("most_skilled", "least_skilled"):
            parts = self._skills(agent)
            score = sum(part.value for part in parts)
        elif queue.strategy == "weighted":
            parts = self._weighed(agent)
            score = sum(part.value for part in parts)
            if queue.batch_ns is not None:
                score = 1 + max(0, min(score, _MOST_WORTH))
        share = self._share(agent)
        return Figures(
            agent.idle[0],
            self.facts.now_ns - agent.idle[0] if agent.logged_in else 0,
            agent.handled,
            agent.occupancy,
            score,
            parts,
            share.group if share else "",
            share.given if share else 0,
            share.of if share else 0,
            self.turns.get(agent.noun.id),
            preference[0] if preference else None,
            preference[1] if preference else False,
        )

    def _skills(self, agent: AgentFacts) -> tuple[Part, ...]:
        return tuple(
            Part(skill, weight * agent.noun.skills.get(skill, 0)) for skill, weight in self.weights.items()
        )

    def _weighed(self, agent: AgentFacts) -> tuple[Part, ...]:
        """Give the summands of the score: in thousandths, but for a batch, which reads whole points."""
        weights, batched = self.queue.weights, self.queue.batch_ns is not None
        unit = 1 if batched else 1000
        if batched:
            idle = weights.idle * ((self.facts.now_ns - agent.idle[0]) // SECOND)
        else:
            idle = -weights.idle * (agent.idle[0] // _MILLISECOND)
        skill = sum(part.value for part in self._skills(agent))
        affinity = self.contact.wishes.get(agent.number, (0, False))[0]
        parts = (
            Part("proficiency", unit * weights.proficiency * skill),
            Part("affinity", unit * weights.affinity * affinity),
            Part("occupancy", -unit * weights.occupancy * agent.occupancy),
            Part("cost", -unit * weights.cost * agent.noun.cost),
            Part("idle", idle),
        )
        return tuple(part for part in parts if part.value)

    def _share(self, agent: AgentFacts) -> Share | None:
        shares = sorted(self.queue.shares.items()) if self.queue.strategy == "percent_allocation" else []
        for at, (group, share) in enumerate(shares):
            if group in agent.noun.groups:
                return Share(group, self.remembers.given[at], share)
        return None

    # Order

    def ordered(self, candidates: Iterable[AgentFacts]) -> list[AgentFacts]:
        """Sort candidates; taking the first away leaves the order of the others as it is."""
        return sorted(candidates, key=self._key)

    def _key(self, agent: AgentFacts) -> tuple[object, ...]:
        """Who is kept free for the contact goes first, then those it prefers, then as the strategy says."""
        kept = agent.noun.id != self.contact.reserved
        preference = self.contact.wishes.get(agent.number)
        if preference and (self.contact.prefer_until_ns or self.queue.strategy != "weighted"):
            return kept, 0, -preference[0], agent.idle
        return kept, 1, *self._strategy_key(agent)

    def _strategy_key(self, agent: AgentFacts) -> tuple[object, ...]:
        match self.queue.strategy:
            case "fewest_contacts":
                return agent.handled, agent.idle
            case "least_occupied":
                return agent.occupancy, agent.idle
            case "most_skilled" | "weighted":
                return -(self.figures(agent).score or 0), agent.idle
            case "least_skilled":
                return self.figures(agent).score or 0, agent.idle
            case "percent_allocation":
                share = self._share(agent)
                if share is None:
                    return 1, Fraction(0), "", agent.idle
                return 0, Fraction(share.given, share.of), share.group, agent.idle
            case "linear" | "round_robin":
                if agent.noun.id in self.turns:
                    return 0, self.turns[agent.noun.id]
                return 1, self.configured[agent.noun.id]
            case "random":
                if agent.noun.id in self.turns:
                    return 0, self.turns[agent.noun.id]
                return 1, self._draw(DRAWS + agent.number), agent.number
            case _:
                return (agent.idle,)

    def _turns(self) -> dict[str, int]:
        """When each member's turn in the search is, for strategies that search an order."""
        self._draw = dice(self.facts.config.seed, self.queue.id, self.remembers.matched)
        if self.queue.strategy not in ("linear", "round_robin", "random"):
            return {}
        members = self.facts.members(self.queue)
        if self.queue.strategy == "random":
            drawn = [members[self._draw(i) % len(members)] for i in range(DRAWS if members else 0)]
            return {agent: at for at, agent in enumerate(dict.fromkeys(drawn))}
        start = 0
        if self.queue.strategy == "round_robin":
            if self.remembers.last in members:
                start = members.index(self.remembers.last) + 1
            elif self.remembers.last and self.remembers.next_place < len(members):
                start = self.remembers.next_place
        return {agent: at for at, agent in enumerate(members[start:] + members[:start])}
