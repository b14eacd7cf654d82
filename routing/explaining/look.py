"""Explanations of an engine as it stands: how a contact waits, and every agent's verdict.

Owns the putting together; must not know journals or how anything is printed.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from routing.editing import Editor
from routing.errors import UsageError
from routing.explaining.facts import AgentFacts, ContactFacts, Facts
from routing.explaining.ranking import Ranking
from routing.explaining.reasons import Asking
from routing.explaining.shapes import (
    CODES,
    BatchDecision,
    Earlier,
    Explanation,
    Key,
    Moment,
    Pair,
    Reason,
    ReserveState,
    Verdict,
    VisitExplanation,
)
from routing.explaining.standing import key_of, lead_of, order_now
from routing.words import quoted

#: What the core tells of a batch: first offer, contacts, pairs with their worth.
RawBatch = tuple[int, int, tuple[tuple[str, str, int], ...]]


def explain(
    engine: Editor, contact: str, agents: Collection[str] | None = None, limit: int | None = None
) -> Explanation:
    """Explain a living contact; see `routing.engine.Engine.explain`."""
    return _explain(Facts(engine), contact, agents, limit)


def look(
    engine: Editor,
    contact: str,
    agent: str,
    batch: RawBatch | None,
    agents: Collection[str] | None = None,
    limit: int | None = None,
) -> Moment:
    """Look at an engine that is about to offer a contact to an agent."""
    facts = Facts(engine)
    known = facts.contact(contact)
    chosen = facts.agent(agent) if agent in engine._agent_nouns else None  # adopted while it leaves for good
    order = order_now(facts)
    earlier: list[Earlier] = []
    if known is not None and chosen is not None:
        own = lead_of(known)[1].order
        for key, name in order:
            if key < own and name != contact and (limit is None or len(earlier) < limit):
                earlier += _earlier(facts, name, chosen)
    assigned = None
    if batch is not None:
        pairs = tuple(Pair(*pair) for pair in batch[2])
        assigned = BatchDecision(batch[0], batch[1], sum(pair.worth for pair in pairs), pairs)
    return Moment(_explain(facts, contact, agents, limit, order), agent, tuple(earlier), assigned)


def _earlier(facts: Facts, name: str, agent: AgentFacts) -> list[Earlier]:
    """Say why a contact that stands before did not take the agent."""
    contact = facts.contact(name)
    if contact is None or not contact.visits:
        return []
    asking = Asking(facts, name, contact)
    key = lead_of(contact)[1]
    reasons = asking.reasons(agent) or tuple(_delays(facts, contact, Ranking(asking)))
    return [Earlier(name, key, reasons)]


def _explain(
    facts: Facts,
    name: str,
    agents: Collection[str] | None,
    limit: int | None,
    order: list[tuple[tuple[int, int, int, int], str]] | None = None,
) -> Explanation:
    contact = facts.contact(name)
    if contact is None:
        raise UsageError(f"contact {quoted(name)} is not alive; explain one that waits, rings or is in hand")
    if unknown := sorted(set(agents or ()).difference(facts.agents)):
        raise UsageError(f"agent {quoted(unknown[0])} is not configured; name agents of the configuration")
    if limit is not None and limit < 0:
        raise UsageError(f"limit {limit} is below 0; give a number of agents, or None for all")
    order = order_now(facts) if order is None else order
    if not contact.visits:
        return _in_hand(facts, name, contact, len(order))
    asking = Asking(facts, name, contact)
    ranking = Ranking(asking)
    lead, key = lead_of(contact)
    delays = tuple(_delays(facts, contact, ranking))
    why = {agent: asking.reasons(facts.agent(agent)) for agent in facts.agents}
    candidates = ranking.ordered([facts.agent(agent) for agent, reasons in why.items() if not reasons])
    verdicts = [
        Verdict(agent.noun.id, True, place, delays, ranking.figures(agent))
        for place, agent in enumerate(candidates, 1)
    ]
    missed = sorted((agent for agent, reasons in why.items() if reasons), key=lambda agent: len(why[agent]))
    verdicts += [
        Verdict(agent, False, 0, why[agent], ranking.figures(facts.agent(agent))) for agent in missed
    ]
    wanted = None if agents is None else frozenset(agents)
    listed = [verdict for verdict in verdicts if wanted is None or verdict.agent in wanted]
    return Explanation(
        facts.now_ns,
        name,
        contact.state,  # type: ignore[arg-type]
        contact.channel,
        contact.load,
        contact.priority,
        lead.queue.id,
        lead.queue.strategy,
        key,
        sum(other < key.order for other, _ in order),
        len(order),
        tuple(_visit(facts, asking, at) for at in range(len(contact.visits))),
        contact.held_until_ns,
        contact.prefer_until_ns,
        None if lead.queue.batch_ns is None else facts.batch_until_ns(),
        contact.reserved,
        contact.rings_at,
        tuple(listed[:limit]),
        len(facts.agents),
        len(candidates),
        _totals(verdict.reasons for verdict in verdicts),
    )


def _in_hand(facts: Facts, name: str, contact: ContactFacts, standing: int) -> Explanation:
    return Explanation(
        facts.now_ns,
        name,
        contact.state,  # type: ignore[arg-type]
        contact.channel,
        contact.load,
        contact.priority,
        "",
        None,
        None,
        0,
        standing,
        (),
        contact.held_until_ns,
        contact.prefer_until_ns,
        None,
        contact.reserved,
        contact.rings_at,
        (),
        len(facts.agents),
        0,
        {},
    )


def _delays(facts: Facts, contact: ContactFacts, ranking: Ranking) -> Iterable[Reason]:
    """Say why a contact is not given to a candidate at once."""
    queue, limits = ranking.queue, facts.config.limits
    if paused_until_ns := facts.engine._paused_until():
        yield Reason("resuming", until_ns=paused_until_ns)
    if contact.state == "offered":
        most = {"ring_all": limits.offers_per_contact, "ring_n": queue.ring_agents}.get(queue.strategy, 1)
        if not contact.grouped or len(contact.rings_at) >= min(most, limits.offers_per_contact):
            yield Reason("rings_enough", have=len(contact.rings_at))
    if queue.batch_ns is not None:
        yield Reason("batch_window", queue=queue.id, until_ns=facts.batch_until_ns())


def _totals(all_reasons: Iterable[tuple[Reason, ...]]) -> dict[str, int]:
    """Count agents by code; whoever has a reason twice counts once."""
    found = Counter(code for reasons in all_reasons for code in {reason.code for reason in reasons})
    return {code: found[code] for code in CODES if found[code]}


def _visit(facts: Facts, asking: Asking, at: int) -> VisitExplanation:
    visit, steps = asking.contact.visits[at], asking.steps[at]
    on = facts.queue(visit.queue.id).on
    following = steps[visit.step + 1] if visit.step + 1 < len(steps) else None
    return VisitExplanation(
        visit.queue.id,
        _key(asking.contact, at),
        visit.entered_ns,
        visit.step,
        len(steps),
        steps[visit.step].expression,
        steps[visit.step].when,
        max(visit.entered_ns, visit.enqueued_ns + steps[visit.step].after_ns),
        following.after_ns if following else None,
        following.expression if following else "",
        following.when if following else "",
        tuple(
            ReserveState(i, bool(visit.spills >> i & 1), bool(on >> i & 1))
            for i in range(len(visit.queue.reserves))
        ),
    )


def _key(contact: ContactFacts, at: int) -> Key:
    return key_of(contact, contact.visits[at])


__all__ = ["RawBatch", "explain", "look"]
