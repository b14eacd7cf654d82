"""Expressions, members and channels against the agents whom the configuration has.

Owns these checks; must not know what could be satisfied by agents who do not exist (``expressions``).
"""

from collections.abc import Iterator

from routing.config import groups_named
from routing.lint.centre import Centre, counted, listed
from routing.lint.decide import Space, can_hold
from routing.lint.finding import Finding, Severity
from routing.model import Agent, Step
from routing.scores import compile_score
from routing.skills import Op
from routing.words import quoted


def check_people(centre: Centre) -> Iterator[Finding]:
    """Find skills, levels, members and channels that are missing or needless."""
    if not centre.agents:
        yield Finding(
            "no-agents",
            "note",
            "agents",
            "there are no agents",
            "what depends on who is there cannot be checked",
            "add agents, or go on if they are put in while the engine runs",
        )
    else:
        yield from _skills(centre)
        yield from _queues(centre)
        yield from _channels(centre)
        yield from _agents(centre)
    yield from _unused_skills(centre)
    yield from _groups(centre)


# -- Skills ------------------------------------------------------------------------------------------------


def _skills(centre: Centre) -> Iterator[Finding]:
    best: dict[str, set[int]] = {}
    for agent in centre.agents:
        for skill, level in agent.skills.items():
            best.setdefault(skill, set()).add(level)
    for place in range(len(centre.queues)):
        for step, path in centre.steps(place):
            yield from _levels(centre, step, path, best)


def _levels(centre: Centre, step: Step, path: str, levels: dict[str, set[int]]) -> Iterator[Finding]:
    requirement = centre.requirement(step.expression)
    for skill in requirement.names:
        if skill not in levels:
            asked = skill in requirement.positive
            severity: Severity = "warning" if asked else "note"
            yield Finding(
                "skill-nobody-has",
                severity,
                path,
                f"no agent has the skill {skill!r} that {quoted(step.expression)} names",
                "a skill that is missing counts as 0"
                if asked
                else "a skill that is missing counts as 0, so what is asked against it keeps nobody out",
                "give it to an agent, or take it out of the expression",
            )
    if can_hold(requirement.program, Space(dict.fromkeys(requirement.names, (0, 100)))) is False:
        return  # which has a finding of its own
    told = set()
    for op, skill, value in requirement.program:
        known = levels.get(skill)
        if not known or skill not in requirement.positive or (op, skill, value) in told:
            continue
        told.add((op, skill, value))
        if (
            (op == Op.GE and max(known) < value)
            or (op == Op.GT and max(known) <= value)
            or (op == Op.EQ and value and value not in known)
        ):
            yield Finding(
                "level-nobody-reaches",
                "warning",
                path,
                f"no agent has {skill!r} at the level that {quoted(step.expression)} asks for, "
                f"{ {Op.GE: 'at least', Op.GT: 'above', Op.EQ: 'exactly'}[Op(op)] } {value}",
                f"the highest is {max(known)}",
                "lower the level, or correct the proficiencies",
            )


def _unused_skills(centre: Centre) -> Iterator[Finding]:
    named: set[str] = set()
    for place in range(len(centre.queues)):
        for step, _ in centre.steps(place):
            named.update(centre.requirement(step.expression).names)
            if step.score:
                named.update(
                    skill for skill, _ in compile_score(step.score, centre.config.limits.expression_terms)
                )
    holders: dict[str, int] = {}
    for place, agent in enumerate(centre.agents):
        for skill in agent.skills:
            holders.setdefault(skill, place)
    for number, skill in enumerate(centre.config.skills):
        if skill not in named:
            path = f"agents[{holders[skill]}].skills.{skill}" if skill in holders else f"skills[{number}]"
            yield Finding(
                "unused-skill",
                "note",
                path,
                f"the skill {skill!r} is named in no requirement and no score",
                "it has an effect only on contacts that bring a requirement of their own",
                "use it, or remove it",
            )


# -- Members of queues -------------------------------------------------------------------------------------


def _queues(centre: Centre) -> Iterator[Finding]:
    for place, queue in enumerate(centre.queues):
        members = centre.members[place]
        passes_on = (queue.no_agent is not None and not queue.no_agent.after_ns) or bool(queue.split)
        if not members:
            yield Finding(
                "queue-without-members",
                "note" if passes_on else "error",
                f"queues[{place}]",
                f"the queue {queue.id!r} has no members: {listed(queue.groups) or 'its reserves'} "
                f"{'has' if len(queue.groups) == 1 else 'have'} no agents",
                "its contacts are passed on at once"
                if passes_on
                else "its contacts can be offered to nobody",
                "put agents into its groups, or list members",
            )
        elif not centre.servers[place]:
            yield Finding(
                "nobody-can-serve",
                "error",
                f"queues[{place}]",
                f"no member of {queue.id!r} satisfies any step and has room for a contact of any channel",
                "a contact that brings no steps of its own can be offered to nobody, however long it waits",
                "give a member the skills and the channels, or widen the last step",
            )
        else:
            yield from _steps(centre, place, members & centre.with_room)


def _steps(centre: Centre, place: int, members: frozenset[int]) -> Iterator[Finding]:
    for step, path in centre.steps(place):
        deliberate = step.expression and not centre.requirement(step.expression).names
        if not deliberate and not centre.satisfying(step.expression) & members:
            everywhere = centre.satisfying(step.expression) & centre.with_room
            yield Finding(
                "nobody-fits-step",
                "warning",
                path,
                f"no member of {centre.queues[place].id!r} with room for a contact satisfies {quoted(step.expression)}",
                f"{counted(len(everywhere), 'agent')} elsewhere would; "
                "while this is the current step, contacts are offered to nobody",
                "make such an agent a member, or widen the step",
            )


# -- Channels and agents -----------------------------------------------------------------------------------


def _channels(centre: Centre) -> Iterator[Finding]:
    open_to = {channel.id: 0 for channel in centre.config.channels}
    for agent in centre.agents:
        for channel in centre.open_channels(agent):
            open_to[channel] += 1
    for number, known in enumerate(centre.config.channels):
        if not open_to[known.id]:
            yield Finding(
                "channel-nobody-serves",
                "warning",
                f"channels[{number}]",
                f"no agent can take a contact of the channel {known.id!r}",
                f"it takes a capacity of at least 1 there, and a load of at least {known.load}, what a contact adds",
                "give agents this channel, or remove it",
            )
    loads = {channel.id: channel.load for channel in centre.config.channels}
    for place, agent in enumerate(centre.agents):
        too_heavy = [
            channel
            for channel, load in loads.items()
            if load > agent.load and centre.capacity(agent, channel)
        ]
        if not centre.open_channels(agent):
            yield Finding(
                "agent-without-room",
                "warning",
                f"agents[{place}].channels" if agent.channels and not too_heavy else f"agents[{place}]",
                f"{agent.id!r} has room for a contact of no channel",
                "an agent takes a contact when the capacity on its channel is at least 1 and its load within their own",
                "raise a capacity or the load",
            )
        elif too_heavy:
            yield Finding(
                "load-too-small",
                "warning",
                f"agents[{place}].load",
                f"the load {agent.load} of {agent.id!r} has no room for a contact of {listed(too_heavy)}",
                f"one contact there adds {max(loads[channel] for channel in too_heavy)}",
                "raise the agent's load, lower the channel's, or take the channel away from the agent",
            )


def _agents(centre: Centre) -> Iterator[Finding]:
    if not centre.queues:
        return
    member_of_some = frozenset().union(*centre.members)
    serving = frozenset().union(*centre.servers)
    # Where nobody can serve, that is a finding of the queue.
    served = [place for place in range(len(centre.queues)) if centre.servers[place]]
    would_serve = frozenset().union(*(centre.members[place] for place in served))
    for place, agent in enumerate(centre.agents):
        if place not in member_of_some:
            yield _agent(
                place, agent, "agent-in-no-queue", "is a member of no queue", "make them a member of one"
            )
        elif place in would_serve and place not in serving and place in centre.with_room:
            yield _agent(
                place,
                agent,
                "agent-serves-nothing",
                "satisfies no step of the queues that they are a member of",
                "give them the skills, or make them a member elsewhere",
            )


def _agent(place: int, agent: Agent, code: str, what: str, remedy: str) -> Finding:
    return Finding(
        code,
        "warning",
        f"agents[{place}]",
        f"{agent.id!r} {what}",
        "they can be offered nothing but contacts that name them or bring steps of their own",
        f"{remedy}, or remove them",
    )


def _groups(centre: Centre) -> Iterator[Finding]:
    used: set[str] = set()
    for queue in centre.queues:
        used |= groups_named(queue)
    for shift in centre.config.shifts:
        used.update(shift.groups)
    holders: dict[str, str] = {}
    for place, agent in enumerate(centre.agents):
        for number, group in enumerate(agent.groups):
            holders.setdefault(group, f"agents[{place}].groups[{number}]")
    for number, group in enumerate(centre.config.groups):
        if group not in used:
            yield Finding(
                "unused-group",
                "note",
                holders.get(group, f"groups[{number}]"),
                f"no queue, shift or condition names the group {group!r}",
                "it has an effect in reports only",
                "use it, or remove it",
            )
        elif group not in holders and centre.agents:
            yield Finding(
                "group-without-agents",
                "warning",
                f"groups[{number}]",
                f"no agent is in the group {group!r}, which is named",
                "who is named by it is nobody",
                "put agents into it, or remove it",
            )
    for number, shift in enumerate(centre.config.shifts):
        if not centre.named(shift.agents, shift.groups):
            yield Finding(
                "shift-without-agents",
                "warning",
                f"shifts[{number}]",
                f"nobody is on the shift from {shift.starts} to {shift.ends}",
                "it names no agents, and its groups have none",
                "name agents or groups, or remove it",
            )
