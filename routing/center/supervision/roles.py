"""What each role may do: one row for each command of the engine and each operation of a supervisor.

The same rows hold for a desk in Python (``desk``) and for the server (``grpc_api.guard``). Every command has a row,
which a test sees to; what has none is refused.

Owns the permissions; must not know how they are asked for (``permission``), nor who has which role.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, get_args

from msgspec import Struct

Role = Literal["agent", "front_end", "supervisor", "administrator", "read_only"]

#: How far a permission reaches.
#:
#: ========  ==================================================================================================
#: any       everywhere
#: queues    within the queues and groups that are theirs: all that the subject of the row belongs to must be
#: whole     only by somebody who is not limited to some queues, because all of them are touched
#: own       only for the agent that they are, and contacts in that agent's hands
#: command   as the commands within are permitted
#: ========  ==================================================================================================
Scope = Literal["any", "queues", "whole", "own", "command", "-"]

#: What a row is about, for those who are limited to some queues.
Subject = Literal["agent", "contact", "contact and queues", "leg", "queues", "queue", "place", "-"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)


class Rule(NamedTuple):
    """One row: how far each role reaches, and what it is about."""

    scopes: Mapping[str, Scope]
    subject: Subject = "-"


def rule(
    subject: Subject,
    agent: Scope,
    front_end: Scope,
    supervisor: Scope,
    administrator: Scope,
    read_only: Scope,
) -> Rule:
    """Make a row.

    >>> sorted(rule("queue", "-", "-", "queues", "any", "-").scopes)
    ['administrator', 'supervisor']
    """
    scopes = (agent, front_end, supervisor, administrator, read_only)
    return Rule({role: scope for role, scope in zip(ROLES, scopes, strict=True) if scope != "-"}, subject)


#: By the name of the command. A front-end speaks for every agent whose device it holds, whatever the agent serves.
COMMANDS: Final[dict[str, Rule]] = {
    #                                          agent    front_end supervisor administrator read_only
    "LogIn": rule("agent", "own", "any", "queues", "any", "-"),
    "LogOut": rule("agent", "own", "any", "queues", "any", "-"),
    "SetReady": rule("agent", "own", "any", "queues", "any", "-"),
    "SetNotReady": rule("agent", "own", "any", "queues", "any", "-"),
    "ReportDevice": rule("agent", "own", "any", "-", "any", "-"),
    "EndWrapUp": rule("agent", "own", "any", "queues", "any", "-"),
    "EnqueueContact": rule("queues", "-", "queues", "-", "any", "-"),
    "AcceptOffer": rule("contact", "own", "queues", "-", "any", "-"),
    "RejectOffer": rule("contact", "own", "queues", "-", "any", "-"),
    "FailOffer": rule("contact", "own", "queues", "-", "any", "-"),
    "WithdrawOffer": rule("contact", "-", "queues", "queues", "any", "-"),
    "AbandonContact": rule("contact", "-", "queues", "-", "any", "-"),
    "CompleteContact": rule("contact", "own", "queues", "queues", "any", "-"),
    "RequeueContact": rule("contact and queues", "own", "queues", "queues", "any", "-"),
    "UpdateContact": rule("contact", "-", "queues", "queues", "any", "-"),
    "CancelContact": rule("contact", "-", "queues", "queues", "any", "-"),
    "SyncCalls": rule("-", "-", "whole", "-", "any", "-"),
    "PublishEstimate": rule("queue", "-", "-", "queues", "any", "-"),
    "OpenQueue": rule("queue", "-", "-", "queues", "any", "-"),
    "CloseQueue": rule("queue", "-", "-", "queues", "any", "-"),
    "ResetCounts": rule("agent", "-", "-", "queues", "any", "-"),
    "PutSkill": rule("-", "-", "-", "-", "any", "-"),
    "RemoveSkill": rule("-", "-", "-", "-", "any", "-"),
    "PutGroup": rule("-", "-", "-", "-", "any", "-"),
    "RemoveGroup": rule("-", "-", "-", "-", "any", "-"),
    "PutAgent": rule("-", "-", "-", "-", "any", "-"),
    "SetSkills": rule("-", "-", "-", "-", "any", "-"),
    "RemoveAgent": rule("-", "-", "-", "-", "any", "-"),
    "PutQueue": rule("-", "-", "-", "-", "any", "-"),
    "RemoveQueue": rule("-", "-", "-", "-", "any", "-"),
    "Configure": rule("-", "-", "-", "-", "any", "-"),
    "Resume": rule("-", "-", "-", "-", "any", "-"),
    "RequestDial": rule("-", "-", "whole", "-", "any", "-"),
    "ReportAttempt": rule("-", "-", "whole", "-", "any", "-"),
    "EndAttempt": rule("-", "-", "whole", "-", "any", "-"),
    "HoldContact": rule("contact", "own", "queues", "-", "any", "-"),
    "RetrieveContact": rule("contact", "own", "queues", "-", "any", "-"),
    "PlaceContact": rule("queue", "own", "queues", "-", "any", "-"),
    "JoinLeg": rule("leg", "-", "queues", "queues", "any", "-"),
    "PartLeg": rule("leg", "-", "queues", "queues", "any", "-"),
    "HandOver": rule("contact", "own", "queues", "queues", "any", "-"),
    "Remark": rule("contact", "own", "queues", "queues", "any", "-"),
}

#: Of remarks that something follows from, by their kind; any other is a remark as above. What is said of a call-back
#: that is there already names it and no contact, so that nobody's queues limit it.
REMARKS: Final[dict[str, Rule]] = {
    #                                       agent    front_end supervisor administrator read_only
    "Monitoring": rule("contact", "-", "queues", "queues", "any", "-"),
    "Alert": rule("contact", "-", "queues", "queues", "any", "-"),
    "CallBack": rule("-", "-", "whole", "whole", "any", "-"),
}
#: What is said of a call-back as it is promised, on a contact: as any other remark.
_PROMISES: Final = frozenset({"keep", "book"})


def rule_of(command: Struct) -> Rule | None:
    """Give the row of a command; None: there is none, and nobody may.

    >>> from routing import Remark
    >>> from routing.remarks import CallBack, Note
    >>> [sorted(rule_of(Remark("c", one)).scopes) for one in (Note("n"), CallBack("later", "cancel"))]
    [['administrator', 'agent', 'front_end', 'supervisor'], ['administrator', 'front_end', 'supervisor']]
    """
    remark = getattr(command, "remark", None)
    kind = type(remark).__name__
    if (
        type(command).__name__ == "Remark"
        and kind in REMARKS
        and getattr(remark, "action", "") not in _PROMISES
    ):
        return REMARKS[kind]
    return COMMANDS.get(type(command).__name__)


#: By the name of the operation (``operations``). What it consists of is permitted with it.
OPERATIONS: Final[dict[str, Rule]] = {
    #                                         agent    front_end supervisor administrator read_only
    "Listen": rule("contact", "-", "-", "queues", "any", "-"),
    "Whisper": rule("contact", "-", "-", "queues", "any", "-"),
    "BargeIn": rule("contact", "-", "-", "queues", "any", "-"),
    "StopMonitoring": rule("-", "-", "-", "any", "any", "-"),  # one's own
    "AskConsent": rule("contact", "own", "queues", "queues", "any", "-"),
    "TakeOver": rule("contact", "-", "-", "queues", "any", "-"),
    "ForceDisconnect": rule("contact", "-", "-", "queues", "any", "-"),
    "RedirectQueue": rule("queues", "-", "-", "queues", "any", "-"),  # both queues
    "EndRedirect": rule("queue", "-", "-", "queues", "any", "-"),
    "PostMessage": rule("place", "-", "-", "queues", "any", "-"),
    "WithdrawMessage": rule("place", "-", "-", "queues", "any", "-"),
}
