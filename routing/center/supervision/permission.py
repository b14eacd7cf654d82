"""May they? A command or an operation against the table of roles, and against what somebody is limited to.

Owns the judgement; must not know the permissions themselves (``roles``), who is asked about contacts, nor how somebody
is turned away.
"""

from collections.abc import Collection, Iterable
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

from routing.center.supervision.roles import Rule, Scope

#: What stands in the way: no role permits it at all, or none for what it touches.
Hindrance = Literal["role_missing", "foreign_queue", "foreign_agent"]


class Holder(Protocol):
    """Somebody who has roles."""

    @property
    def roles(self) -> Collection[str]:
        """What they may do."""
        ...

    @property
    def queues(self) -> Collection[str] | None:
        """The only queues that they may touch; None is every queue."""
        ...

    @property
    def groups(self) -> Collection[str]:
        """Groups of agents that are theirs beside the queues; read where ``queues`` limits them."""
        ...

    @property
    def agent(self) -> str:
        """Which agent they are, "" for none."""
        ...


class Lookup(Protocol):
    """What is known of contacts and agents, for those who may touch only some of them."""

    def contact(self, contact: str) -> tuple[Collection[str], str] | None:
        """Give the queues of a living contact and the agent who has it or whom it rings ("": nobody); or None."""

    def agent(self, agent: str) -> Collection[str] | None:
        """Give the queues that an agent serves; None for an agent that is not known."""


@runtime_checkable
class TeamLookup(Lookup, Protocol):
    """One that also knows groups; with any other, no agent is in one."""

    def groups(self, agent: str) -> Collection[str]:
        """Give the groups of an agent; none for one that is not known."""


class Subjects(Struct, frozen=True, gc=False):
    """What is touched: for those limited to queues, all of it; for an agent, the agents or else the contacts.

    ``acting``: agents in whose name it is done. ``may_be_unknown``: a contact or agent that nobody knows is nobody's,
    and the engine refuses it, or repeats what it answered before.
    """

    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    may_be_unknown: bool = True

    @property
    def none(self) -> bool:
        """Whether nothing is named."""
        return not (self.queues or self.agents or self.contacts or self.groups)


def subjects_of(command: Struct, rule: Rule) -> Subjects:
    """Read off a command or an operation what it touches, by the names of its fields.

    A call-back that is promised on a contact touches its queue, too: somebody will wait there because of it.

    >>> from routing import CloseQueue
    >>> from routing.center.supervision.roles import COMMANDS
    >>> subjects_of(CloseQueue("sales"), COMMANDS["CloseQueue"]).queues
    ('sales',)
    """
    agent = _id(getattr(command, "agent", ""))
    contact = getattr(command, "leg" if rule.subject == "leg" else "contact", "")
    queues: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    if rule.subject in ("queues", "contact and queues"):
        queues = tuple(getattr(command, "queues", ()))
    elif rule.subject in ("queue", "place"):
        queue = _id(getattr(command, "queue", ""))
        queues = (queue,) if queue or rule.subject == "queue" else ()
    if contact and rule.subject.startswith("contact"):
        queues += tuple(filter(None, (getattr(getattr(command, "remark", None), "queue", ""),)))
    if rule.subject == "place":
        groups = tuple(filter(None, (getattr(command, "group", ""),)))
    return Subjects(
        queues=queues,
        agents=(agent,) if rule.subject == "agent" and agent else (),
        contacts=(contact,) if rule.subject.startswith(("contact", "leg")) and contact else (),
        groups=groups,
        acting=(agent,) if agent else (),
    )


def hindrance(
    holder: Holder, rule: Rule | None, subjects: Subjects, lookup: Lookup | None = None
) -> Hindrance | None:
    """Say what stands in the way; None if one of the roles permits it. O(roles + what is touched).

    Parameters
    ----------
    holder : Holder
        Who wants it.
    rule : Rule or None
        The row; None, where there is none, permits nothing.
    subjects : Subjects
        What it touches.
    lookup : Lookup, optional
        For those who may touch only some queues, or only their own contacts. Without it they are refused what cannot be
        judged otherwise.

    Returns
    -------
    str or None
        Of several roles, what stood in the way of the last that permits it for others.

    Examples
    --------
    >>> from routing import CloseQueue
    >>> from routing.center.supervision.people import Person
    >>> from routing.center.supervision.roles import COMMANDS
    >>> kim, row = Person("kim", ("supervisor",), queues=("sales",)), COMMANDS["CloseQueue"]
    >>> [hindrance(kim, row, subjects_of(CloseQueue(queue), row)) for queue in ("sales", "tech")]
    [None, 'foreign_queue']
    """
    found: Hindrance | None = None
    for role, scope in rule.scopes.items() if rule else ():
        if role in holder.roles:
            problem = _problem(holder, scope, subjects, lookup)
            if problem is None:
                return None
            found = problem
    return found or "role_missing"


def _problem(holder: Holder, scope: Scope, subjects: Subjects, lookup: Lookup | None) -> Hindrance | None:
    match scope:
        case "any" | "command":
            return None
        case "queues" | "whole" if holder.queues is None:
            return None
        case "queues" if not subjects.none and _within(holder, subjects, lookup):
            return None
        case "own" if _is_own(holder, subjects, lookup):
            return None
        case "own":
            return "foreign_agent"
        case _:
            return "foreign_queue"


def _within(holder: Holder, subjects: Subjects, lookup: Lookup | None) -> bool:
    """Is all of it theirs, by queues or, as for agents and what these have in hand, by groups?"""
    mine = holder.queues or ()
    if not _all_in(subjects.queues, mine) or not _all_in(subjects.groups, holder.groups):
        return False
    if not (subjects.agents or subjects.contacts):
        return True
    if lookup is None:
        return False
    for contact in subjects.contacts:
        found = lookup.contact(contact)
        if found is None:
            if not subjects.may_be_unknown:
                return False
        elif not (_some_in(found[0], mine) or _in_team(holder, found[1], lookup)):
            return False
    for agent in subjects.agents:
        serves = lookup.agent(agent)
        if serves is None:
            if not subjects.may_be_unknown:
                return False
        elif not (_some_in(serves, mine) or _in_team(holder, agent, lookup)):
            return False
    return True


def _in_team(holder: Holder, agent: str, lookup: Lookup) -> bool:
    if not holder.groups or not agent or not isinstance(lookup, TeamLookup):
        return False
    return not set(lookup.groups(agent)).isdisjoint(holder.groups)


def _is_own(holder: Holder, subjects: Subjects, lookup: Lookup | None) -> bool:
    if not holder.agent:
        return False
    if holder.queues is not None and not _all_in(subjects.queues, holder.queues):
        return False
    if subjects.acting:  # of a command that names its agent; whether the contact is theirs, the engine knows
        return all(agent == holder.agent for agent in subjects.acting)
    if any(agent != holder.agent for agent in subjects.agents):
        return False
    if not subjects.contacts:
        return bool(subjects.agents)
    if lookup is None:
        return False
    found = [lookup.contact(contact) for contact in subjects.contacts]
    return all(
        subjects.may_be_unknown if contact is None else contact[1] == holder.agent for contact in found
    )


def _id(noun: object) -> str:
    """Give the id of an agent or queue, whole or named."""
    return noun if isinstance(noun, str) else str(getattr(noun, "id", ""))


def _all_in(names: Iterable[str], allowed: Collection[str]) -> bool:
    return all(name in allowed for name in names)


def _some_in(names: Collection[str], allowed: Collection[str]) -> bool:
    """Are they all in it, and is there any?"""
    return bool(names) and _all_in(names, allowed)
