"""May they? A command or a call against the tables of roles, and against what an identity is limited to.

Owns the judgement; must not know the permissions themselves (``roles``) nor who is asked about contacts.
"""

from collections.abc import Collection, Iterable

from msgspec import Struct

from grpc_api.guard.identity import Denied, Identity, Lookup, denied
from grpc_api.guard.roles import COMMANDS, LASTING, METHODS, Rule, Scope


def check_command(identity: Identity, domain: str, command: Struct, lookup: Lookup | None) -> None:
    """Raise `Denied` unless one of the roles permits the command."""
    _check_domain(identity, domain)
    rule = COMMANDS.get(type(command).__name__)
    _check(identity, rule, _subjects(command, rule) if rule else _NOTHING, lookup, "this command")


def check_call(
    identity: Identity,
    domain: str,
    method: str,
    queues: Collection[str],
    agents: Collection[str],
    contacts: Collection[str],
    lookup: Lookup | None,
) -> None:
    """Raise `Denied` unless one of the roles permits the call about these nouns."""
    _check_domain(identity, domain)
    subjects = _Subjects(tuple(queues), tuple(agents), tuple(contacts), may_be_unknown=method not in LASTING)
    _check(identity, METHODS.get(method), subjects, lookup, "this method")


class _Subjects(Struct, frozen=True, gc=False):
    """What is touched: for those limited to queues, all of it; for an agent, the agents or else the contacts."""

    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()  # agents in whose name it is done
    may_be_unknown: bool = True  # a contact or agent that nobody knows

    @property
    def none(self) -> bool:
        return not (self.queues or self.agents or self.contacts)


_NOTHING = _Subjects()


def _subjects(command: Struct, rule: Rule) -> _Subjects:
    """Read off a command what it touches, by the names of its fields."""
    agent = _id(getattr(command, "agent", ""))
    contact = getattr(command, "leg" if rule.subject == "leg" else "contact", "")
    queues: tuple[str, ...] = ()
    if rule.subject in ("queues", "contact and queues"):
        queues = tuple(getattr(command, "queues", ()))
    elif rule.subject == "queue":
        queues = (_id(getattr(command, "queue", "")),)
    return _Subjects(
        queues=queues,
        agents=(agent,) if rule.subject == "agent" and agent else (),
        contacts=(contact,) if rule.subject.startswith(("contact", "leg")) and contact else (),
        acting=(agent,) if agent else (),
    )


def _id(noun: object) -> str:
    """Give the id of an agent or queue, whole or named."""
    return noun if isinstance(noun, str) else str(getattr(noun, "id", ""))


def _check_domain(identity: Identity, domain: str) -> None:
    if identity.domains is not None and domain not in identity.domains:
        raise denied(
            "foreign_domain", f"{identity.name!r} may do nothing in this domain; ask for the right to"
        )


def _check(
    identity: Identity, rule: Rule | None, subjects: _Subjects, lookup: Lookup | None, noun: str
) -> None:
    """Let one role suffice; if none does, say what stood in the way of the one that came nearest."""
    refusal: Denied | None = None
    for role, scope in rule.scopes.items() if rule else ():
        if role in identity.roles:
            problem = _problem(identity, scope, subjects, lookup)
            if problem is None:
                return
            refusal = problem
    raise refusal or denied(
        "role_missing", f"no role of {identity.name!r} permits {noun}; docs/security.md lists them"
    )


def _problem(identity: Identity, scope: Scope, subjects: _Subjects, lookup: Lookup | None) -> Denied | None:
    match scope:
        case "any" | "command":
            return None
        case "queues" | "whole" if identity.queues is None:
            return None
        case "queues" if not subjects.none and _within(identity.queues or (), subjects, lookup):
            return None
        case "own" if _is_own(identity, subjects, lookup):
            return None
        case "own":
            return denied(
                "foreign_agent", f"{identity.name!r} may act for their own agent and contacts alone"
            )
        case _:
            return denied(
                "foreign_queue",
                f"{identity.name!r} may touch only what belongs to their own queues; name these, or ask for others",
            )


def _within(queues: Collection[str], subjects: _Subjects, lookup: Lookup | None) -> bool:
    if not _all_in(subjects.queues, queues):
        return False
    if not (subjects.agents or subjects.contacts):
        return True
    if lookup is None:
        return False
    touched = [found and found[0] for found in map(lookup.contact, subjects.contacts)]
    touched += [lookup.agent(agent) for agent in subjects.agents]
    return all(subjects.may_be_unknown if of is None else bool(of) and _all_in(of, queues) for of in touched)


def _is_own(identity: Identity, subjects: _Subjects, lookup: Lookup | None) -> bool:
    if not identity.agent:
        return False
    if identity.queues is not None and not _all_in(subjects.queues, identity.queues):
        return False
    if subjects.acting:  # of a command that names its agent; whether the contact is theirs, the engine knows
        return all(agent == identity.agent for agent in subjects.acting)
    if any(agent != identity.agent for agent in subjects.agents):
        return False
    if not subjects.contacts:
        return bool(subjects.agents)
    if lookup is None:
        return False
    found = [lookup.contact(contact) for contact in subjects.contacts]
    return all(
        subjects.may_be_unknown if contact is None else contact[1] == identity.agent for contact in found
    )


def _all_in(names: Iterable[str], allowed: Collection[str]) -> bool:
    return all(name in allowed for name in names)
