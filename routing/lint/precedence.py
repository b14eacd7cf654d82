"""Who goes first where queues share agents: tiers that starve, orderings that do not mix, credits, and the bound.

Owns these checks; must not know how the bound is reckoned (``overtaking``).
"""

from collections.abc import Iterator
from typing import Final

from routing.config import format_duration
from routing.lint.centre import Centre, Component, Places, counted, listed
from routing.lint.finding import Finding
from routing.lint.overtaking import Overtaking, overtaking_bound, rank_range
from routing.model import DEFAULT_CREDITS_NS, Queue
from routing.units import DAY

#: A credit beyond this is taken for a mistake, or for a tier in disguise.
ENORMOUS_NS: Final = DAY


def check_precedence(centre: Centre) -> Iterator[Finding]:
    """Find what lets contacts wait for ever, or longer than anybody meant."""
    for place, queue in enumerate(centre.queues):
        yield from _credits(queue, f"queues[{place}]", centre.config.limits.priority)
    yield from _tiers(centre)
    for component in centre.components:
        yield from _mixed(centre, component)
    for component, found in zip(centre.components, overtaking_bound(centre.config), strict=True):
        if component.agents:
            yield _bound(component, found)


def _bound(component: Component, found: Overtaking) -> Finding:
    path = f"queues[{component.queues[0]}]"
    who = f"{listed(found.queues)} with {counted(len(found.agents), 'agent')}"
    if found.bound_ns is None:
        message = f"{who}: there is no bound for how much later a contact may come and still go first"
    elif found.bound_ns == 0:
        message = f"{who}: no contact that comes later goes first to an agent with room for both"
    else:
        message = (
            f"{who}: no contact that comes {format_duration(found.bound_ns)} later, or more, "
            "goes first to an agent with room for both"
        )
    return Finding(
        "overtaking-bound",
        "note",
        path,
        message,
        f"{found.why}; contacts that are expedited or bring credit of their own are not counted",
        "see docs/overtaking.md for the proof; credits, service levels, orderings and tiers move it",
    )


# -- Tiers -------------------------------------------------------------------------------------------------


def _tiers(centre: Centre) -> Iterator[Finding]:
    alike: dict[tuple[int, Places], list[int]] = {}
    for place, queue in enumerate(centre.queues):
        alike.setdefault((queue.tier, centre.members[place] & centre.able), []).append(place)
    for (tier, members), places in alike.items():
        above = [(first, theirs) for (first, theirs) in alike if first < tier and theirs & members]
        if not above:
            continue
        shared = members.intersection(frozenset().union(*(theirs for _, theirs in above)))
        names = [centre.queues[place].id for key in above for place in alike[key]]
        own = len(members - shared)
        for place in places:
            queue = centre.queues[place]
            yield Finding(
                "starving-tier",
                "note" if own else "warning",
                f"queues[{place}].tier",
                f"{queue.id!r} (tier {tier}) comes after {listed(names)}, with whom it shares "
                f"{counted(len(shared), 'agent')} of {len(members)}",
                "a lower tier always goes first, so contacts here may wait for ever for these agents"
                + (
                    f"; {counted(own, 'agent')} of its own {'is' if own == 1 else 'are'} left to them"
                    if own
                    else ""
                ),
                "give credits of age instead of tiers, give it agents of its own, or a max_wait",
            )


# -- Orderings and credits ---------------------------------------------------------------------------------


def _mixed(centre: Centre, component: Component) -> Iterator[Finding]:
    """Find queues in plain order beside queues whose ranks are moved, which therefore always lose or gain."""
    ranges = {
        place: rank_range(centre.queues[place], centre.config.limits.priority) for place in component.queues
    }
    plain = [place for place in component.queues if centre.queues[place].ordering == "fifo"]
    moved = [place for place in component.queues if ranges[place] != (0, 0)]
    for place in plain:
        beside = [
            f"{centre.queues[other].id} ({centre.queues[other].ordering})"
            for other in moved
            if centre.queues[other].tier == centre.queues[place].tier
        ]
        if beside:
            yield Finding(
                "mixed-ordering",
                "warning",
                f"queues[{place}].ordering",
                f"{centre.queues[place].id!r} is fifo beside {listed(beside)}, and they share agents",
                "all contacts stand in one order: credits go before its contacts, service levels and deadlines after "
                "or before them, whatever their priorities",
                "let all of them go by one ordering; priority_age with priority_credits = [] is fifo",
            )


def _credits(queue: Queue, path: str, highest: int) -> Iterator[Finding]:
    if queue.ordering != "priority_age":
        return
    credits_ns = queue.priority_credits_ns
    falls = next((at for at in range(1, len(credits_ns)) if credits_ns[at] < credits_ns[at - 1]), 0)
    if falls:
        yield Finding(
            "credits-not-increasing",
            "warning",
            f"{path}.priority_credits[{falls}]",
            f"priority {falls} has a credit of {format_duration(credits_ns[falls])}, less than "
            f"{format_duration(credits_ns[falls - 1])} of priority {falls - 1}",
            "a higher priority is meant to go before a lower one",
            "list the credits from the lowest to the highest priority",
        )
    if len(credits_ns) > highest + 1 and credits_ns != DEFAULT_CREDITS_NS:
        yield Finding(
            "unreachable-credit",
            "note",
            f"{path}.priority_credits[{highest + 1}]",
            f"credits are listed up to priority {len(credits_ns) - 1}",
            f"limits.priority = {highest}, so no contact has a higher one",
            "raise the limit, or remove the credits",
        )
    most = max((*credits_ns[: highest + 1], 0))
    if most + queue.credit_ns > ENORMOUS_NS:
        where = "priority_credits" if most > queue.credit_ns else "credit"
        yield Finding(
            "enormous-credit",
            "warning",
            f"{path}.{where}",
            f"contacts of {queue.id!r} are credited up to {format_duration(most + queue.credit_ns)} of age",
            f"more than {format_duration(ENORMOUS_NS)} is as good as a tier: what has no credit hardly ever catches up",
            "lower the credit, or give the queue a lower tier if that is meant",
        )
