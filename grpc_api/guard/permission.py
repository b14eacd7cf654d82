"""May they? A command or a call against the tables of roles, and against what an identity is limited to.

Owns how somebody is told that they may not; must not know the permissions (``roles``) nor the judgement
(`routing.center.supervision.permission`).
"""

from collections.abc import Collection

from msgspec import Struct

from grpc_api.guard.identity import Denied, Identity, Lookup, denied
from grpc_api.guard.roles import LASTING, METHODS, Rule
from routing.center.supervision.permission import Hindrance, Subjects, hindrance, subjects_of
from routing.center.supervision.roles import rule_of


def check_command(identity: Identity, domain: str, command: Struct, lookup: Lookup | None) -> None:
    """Raise `Denied` unless one of the roles permits the command."""
    _check_domain(identity, domain)
    rule = rule_of(command)
    subjects = subjects_of(command, rule) if rule else _NOTHING
    _check(identity, rule, subjects, lookup, "this command")


def check_call(
    identity: Identity,
    domain: str,
    method: str,
    queues: Collection[str],
    agents: Collection[str],
    contacts: Collection[str],
    lookup: Lookup | None,
    groups: Collection[str] = (),
) -> None:
    """Raise `Denied` unless one of the roles permits the call about these nouns."""
    _check_domain(identity, domain)
    subjects = Subjects(
        tuple(queues),
        tuple(agents),
        tuple(contacts),
        tuple(groups),
        may_be_unknown=method not in LASTING,
    )
    _check(identity, METHODS.get(method), subjects, lookup, "this method")


_NOTHING = Subjects()


def _check_domain(identity: Identity, domain: str) -> None:
    if identity.domains is not None and domain not in identity.domains:
        raise denied(
            "foreign_domain", f"{identity.name!r} may do nothing in this domain; ask for the right to"
        )


def _check(
    identity: Identity, rule: Rule | None, subjects: Subjects, lookup: Lookup | None, noun: str
) -> None:
    found = hindrance(identity, rule, subjects, lookup)
    if found is not None:
        raise _denied(identity, found, noun)


def _denied(identity: Identity, found: Hindrance, noun: str) -> Denied:
    match found:
        case "role_missing":
            message = f"no role of {identity.name!r} permits {noun}; docs/security.md lists them"
        case "foreign_agent":
            message = f"{identity.name!r} may act for their own agent and contacts alone"
        case "foreign_queue":
            mine = f"{identity.name!r} may touch only what belongs to their own queues"
            message = f"{mine}; name these, or ask for others"
    return denied(found, message)
