"""Settings of a queue that cannot do what they are for: strategies, time-outs, reserves.

Owns these checks; must not know requirements as formulas (``expressions``) or who is on shift (``shifts``).
"""

from collections.abc import Iterator
from typing import Final

from routing.config import format_duration
from routing.lint.centre import Centre, counted, is_open_to_all
from routing.lint.conditions import never
from routing.lint.finding import Finding
from routing.model import UNLIMITED, Queue, Weights

#: How many times the whole range of one term another must have before the first is said to be drowned.
DROWNED: Final = 100
_OCCUPANCY_MOST: Final = 10_000
_RINGS_MANY: Final = frozenset(("ring_all", "ring_n"))
_READS_SKILLS: Final = frozenset(("most_skilled", "least_skilled"))


def check_strategies(centre: Centre) -> Iterator[Finding]:
    """Find settings without effect and settings at odds with one another."""
    for place, queue in enumerate(centre.queues):
        path = f"queues[{place}]"
        yield from _steps(centre, queue, path)
        yield from _ringing(centre, place, queue, path)
        yield from _choosing(centre, place, queue, path)
        yield from _unread(queue, path)
        yield from _reserves(centre, place, queue, path)
        yield from _work(centre, queue, path)


# -- Times -------------------------------------------------------------------------------------------------


def _steps(centre: Centre, queue: Queue, path: str) -> Iterator[Finding]:
    """Find steps that come when a contact has left the queue."""
    if queue.max_wait is None or not queue.max_wait.after_ns:
        return
    leaves_ns, leaves = queue.max_wait.after_ns, format_duration(queue.max_wait.after_ns)
    older = any(
        action is not None and action.to == "queue" and action.queue == queue.id and action.keep_age
        for other in centre.queues
        for action in (other.max_wait, other.no_agent, other.max_length, other.closed, *other.overflow)
    ) or any(other.split.get(queue.id) and other.id != queue.id for other in centre.queues)
    if older:
        return  # contacts come in with an age, so they may reach later steps
    for number, step in enumerate(queue.steps):
        if step.after_ns >= leaves_ns:
            same = step.after_ns == leaves_ns
            yield Finding(
                "unreachable-step",
                "warning",
                f"{path}.steps[{number}].after",
                f"the step at {format_duration(step.after_ns)} comes "
                f"{'at the very instant' if same else 'after the time'} when max_wait gives contacts up, {leaves}",
                "at one instant steps come first, so it has just this instant to find an agent"
                if same
                else "a contact that has come in with no age leaves before (unless it rings at that moment)",
                "let it begin earlier, or let max_wait come later",
            )


def _ringing(centre: Centre, place: int, queue: Queue, path: str) -> Iterator[Finding]:
    many = queue.strategy in _RINGS_MANY
    if not queue.ring_timeout_ns:
        yield Finding(
            "rings-for-ever",
            "warning",
            f"{path}.ring_timeout",
            f"an offer of {queue.id!r} rings until somebody answers or rejects it",
            "ring_timeout = '0s' is no time-out: max_wait and later steps do not come while a contact rings",
            "give it a time-out such as '20s'",
        )
    if queue.misses_to_not_ready and (not queue.ring_timeout_ns or (many and not queue.group_misses)):
        yield Finding(
            "misses-never-counted",
            "warning",
            f"{path}.misses_to_not_ready",
            f"misses_to_not_ready = {queue.misses_to_not_ready} of {queue.id!r} never comes to anything",
            "a miss is counted when an offer times out, and ring_timeout = '0s' has none do so"
            if not queue.ring_timeout_ns
            else f"with {queue.strategy!r} a time-out is no miss unless group_misses is set",
            "give it a ring_timeout" if not queue.ring_timeout_ns else "set group_misses, or remove it",
        )
    if queue.max_wait is not None and queue.ring_timeout_ns > queue.max_wait.after_ns > 0:
        yield Finding(
            "ring-outlasts-wait",
            "warning",
            f"{path}.ring_timeout",
            f"one offer may ring for {format_duration(queue.ring_timeout_ns)}, longer than max_wait, "
            f"{format_duration(queue.max_wait.after_ns)}",
            "max_wait does not come while a contact rings, so it waits longer than meant and is offered but once",
            "shorten ring_timeout, or lengthen max_wait",
        )
    if (
        queue.max_wait is not None
        and len(centre.servers[place]) == 1
        and queue.exclusion_ns > queue.max_wait.after_ns > 0
    ):
        (only,) = centre.servers[place]
        yield Finding(
            "exclusion-outlasts-wait",
            "warning",
            f"{path}.exclusion",
            f"{centre.agents[only].id!r} alone serves {queue.id!r}, and after an offer missed or rejected is not "
            f"offered the contact again for {format_duration(queue.exclusion_ns)}",
            f"max_wait gives it up after {format_duration(queue.max_wait.after_ns)}, so it has one chance",
            "shorten exclusion, lengthen max_wait, or add a member",
        )


def _work(centre: Centre, queue: Queue, path: str) -> Iterator[Finding]:
    if queue.wrap_up_ns == UNLIMITED:
        yield Finding(
            "endless-wrap-up",
            "note",
            f"{path}.wrap_up",
            f"wrap-up after a contact of {queue.id!r} ends only when somebody ends it",
            "an agent who forgets holds a place for ever",
            "give it a length, or make sure that the agents' screen ends it",
        )
    if queue.drain_after_ns and not any(channel.load for channel in centre.config.channels):
        yield Finding(
            "drain-without-load",
            "warning",
            f"{path}.drain_after",
            f"room is reserved after {format_duration(queue.drain_after_ns)}, but no channel has a load",
            "room is kept together so that a heavy contact finds enough of it; one place is free or not",
            "give channels a load, or remove drain_after (unless contacts bring loads of their own)",
        )
    if (
        queue.drain_after_ns
        and queue.max_wait is not None
        and queue.drain_after_ns >= queue.max_wait.after_ns > 0
    ):
        yield Finding(
            "drain-after-max-wait",
            "warning",
            f"{path}.drain_after",
            f"room is reserved after {format_duration(queue.drain_after_ns)}",
            f"max_wait gives contacts up after {format_duration(queue.max_wait.after_ns)}, which is not later",
            "shorten drain_after, or lengthen max_wait",
        )


# -- Strategies --------------------------------------------------------------------------------------------


def _choosing(centre: Centre, place: int, queue: Queue, path: str) -> Iterator[Finding]:
    speaks = any(
        step.score or centre.requirement(step.expression).positive for step, _ in centre.steps(place)
    )
    weights = queue.weights
    by_skill_alone = queue.strategy == "weighted" and weights == Weights(proficiency=weights.proficiency)
    if not speaks and (queue.strategy in _READS_SKILLS or (by_skill_alone and weights.proficiency)):
        yield Finding(
            "no-skill-to-compare",
            "warning",
            f"{path}.strategy",
            f"{queue.strategy!r} of {queue.id!r} has nothing to compare",
            "no step names a skill positively (bare, >=, >, ==) and none has a score, so all agents are equal "
            "and the longest idle is picked",
            "name the skills that count, give a score, or choose 'longest_idle'",
        )
    members = len(centre.members[place])
    if queue.strategy == "ring_n" and 0 < members < queue.ring_agents:
        yield Finding(
            "ring-group-too-small",
            "warning",
            f"{path}.ring_agents",
            f"{queue.ring_agents} agents are to ring at once, and {queue.id!r} has {counted(members, 'member')}",
            "it rings at no more agents than there are",
            "lower ring_agents, add members, or choose 'ring_all'",
        )
    if queue.strategy == "ring_n" and queue.ring_agents > centre.config.limits.offers_per_contact:
        yield Finding(
            "ring-group-above-limit",
            "warning",
            f"{path}.ring_agents",
            f"{queue.ring_agents} agents are to ring at once",
            f"limits.offers_per_contact = {centre.config.limits.offers_per_contact} is less",
            "raise the limit, or lower ring_agents",
        )
    if queue.strategy == "percent_allocation":
        yield from _shares(centre, place, queue, path)
    if queue.strategy == "weighted":
        yield from _weights(centre, place, queue, path)


def _shares(centre: Centre, place: int, queue: Queue, path: str) -> Iterator[Finding]:
    for group in queue.shares:
        if centre.agents and not centre.in_group.get(group, frozenset()) & centre.members[place]:
            yield Finding(
                "share-without-members",
                "warning",
                f"{path}.shares.{group}",
                f"the group {group!r} has a share of {queue.shares[group]}, and no member of {queue.id!r} is in it",
                "its share is never given, and the others divide everything",
                "make its agents members, or remove the share",
            )


def _weights(centre: Centre, place: int, queue: Queue, path: str) -> Iterator[Finding]:
    weights = queue.weights
    if weights == Weights(proficiency=0):
        yield Finding(
            "weights-all-zero",
            "warning",
            f"{path}.weights",
            f"all weights of {queue.id!r} are 0",
            "all agents have the same score, so the longest idle is picked",
            "give something a weight, or choose 'longest_idle'",
        )
        return
    members = [centre.agents[member] for member in sorted(centre.members[place])]
    if weights.cost and len(members) > 1 and len({agent.cost for agent in members}) == 1:
        yield Finding(
            "cost-without-difference",
            "warning",
            f"{path}.weights.cost",
            f"cost has a weight of {weights.cost}, and every member of {queue.id!r} costs {members[0].cost}",
            "what is the same for all decides nothing",
            "give agents a cost, or remove the weight",
        )
    skills = (
        weights.proficiency
        * 100
        * max(
            (len(centre.requirement(step.expression).positive) for step, _ in centre.steps(place)), default=0
        )
    )
    scored = any(step.score for step, _ in centre.steps(place))
    if (
        weights.occupancy
        and skills
        and not scored
        and weights.occupancy * _OCCUPANCY_MOST >= DROWNED * skills
    ):
        yield Finding(
            "weight-drowned",
            "note",
            f"{path}.weights.occupancy",
            f"an occupancy that differs by {10_000 // DROWNED / 100:g} percent outweighs every difference in skill",
            f"occupancy goes from 0 to 10000 and counts {weights.occupancy} for each; all proficiencies together make "
            f"{skills} at most",
            "raise weights.proficiency, unless skill is meant to break ties only",
        )


#: Settings that one strategy or ordering reads, and what reads them.
_READERS: Final = (
    ("weights", "strategy", ("weighted",), Weights()),
    ("ring_agents", "strategy", ("ring_n",), 2),
    ("group_misses", "strategy", ("ring_all", "ring_n"), False),
    ("credit", "ordering", ("priority_age",), 0),
)


def _unread(queue: Queue, path: str) -> Iterator[Finding]:
    for name, chooser, readers, default in _READERS:
        field = name if hasattr(queue, name) else f"{name}_ns"
        if getattr(queue, field) != default and getattr(queue, chooser) not in readers:
            yield Finding(
                "setting-not-read",
                "warning",
                f"{path}.{name}",
                f"{name} is set, and {chooser} is {getattr(queue, chooser)!r}",
                f"it is read with {' and '.join(repr(reader) for reader in readers)} only",
                f"remove it, or choose {readers[0]!r}",
            )


# -- Reserves ----------------------------------------------------------------------------------------------


def _reserves(centre: Centre, place: int, queue: Queue, path: str) -> Iterator[Finding]:
    known = centre.regulars[place] if not is_open_to_all(queue) else centre.everybody
    for number, reserve in enumerate(queue.reserves):
        here, who = f"{path}.reserves[{number}]", centre.of_reserve(reserve)
        if centre.agents and who <= known:
            yield Finding(
                "reserve-adds-nobody",
                "warning",
                here,
                f"reserve {number} of {queue.id!r} "
                + ("has no agents" if not who else "has only agents who are regular members already"),
                "a reserve is there to add agents to the regular members",
                "name other agents, take them out of members and groups, or remove it",
            )
        if queue.max_wait is not None and reserve.after_ns > queue.max_wait.after_ns > 0:
            yield Finding(
                "unreachable-reserve",
                "warning",
                f"{here}.after",
                f"reserve {number} joins at {format_duration(reserve.after_ns)}",
                f"max_wait gives contacts up after {format_duration(queue.max_wait.after_ns)}",
                "let it join earlier, or let max_wait come later",
            )
    if centre.agents and queue.reserves and not centre.regulars[place]:
        dead = all(reserve.when and never(centre, place, reserve.when) for reserve in queue.reserves)
        if dead:
            yield Finding(
                "nobody-ever-joins",
                "error",
                f"{path}.reserves",
                f"{queue.id!r} has no regular members, and none of its reserves can ever join",
                "the condition of each of them can never hold",
                "correct the conditions, or name regular members",
            )
