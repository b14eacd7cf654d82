"""What each role may do: one row for each method and each command; docs/security.md is made from these tables.

Every method and every command of the protocol has a row, which a test sees to. What has none is refused.

Owns the permissions; must not know how they are asked for (``guard``).
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, get_args

from grpc_api.guard.identity import Role

#: How far a permission reaches.
#:
#: ========  ================================================================================================
#: any       everywhere in the domains of the identity
#: queues    within the queues of the identity: all that the subject of the row belongs to must be among them
#: whole     only by an identity that is not limited to some queues, because all of them are touched
#: own       only for the agent of the identity, and contacts in that agent's hands
#: command   as the commands within are permitted
#: ========  ================================================================================================
Scope = Literal["any", "queues", "whole", "own", "command", "-"]

#: What a row is about, for those who are limited to some queues.
Subject = Literal["agent", "contact", "contact and queues", "leg", "queues", "queue", "-"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)


class Rule(NamedTuple):
    """One row: how far each role reaches, and what it is about."""

    scopes: Mapping[str, Scope]
    subject: Subject = "-"


def _rule(
    subject: Subject,
    agent: Scope,
    front_end: Scope,
    supervisor: Scope,
    administrator: Scope,
    read_only: Scope,
) -> Rule:
    scopes = (agent, front_end, supervisor, administrator, read_only)
    return Rule({role: scope for role, scope in zip(ROLES, scopes, strict=True) if scope != "-"}, subject)


#: By the name of the command. A front-end speaks for every agent whose device it holds, whatever the agent serves.
COMMANDS: Final[dict[str, Rule]] = {
    #                                           agent    front_end supervisor administrator read_only
    "LogIn": _rule("agent", "own", "any", "queues", "any", "-"),
    "LogOut": _rule("agent", "own", "any", "queues", "any", "-"),
    "SetReady": _rule("agent", "own", "any", "queues", "any", "-"),
    "SetNotReady": _rule("agent", "own", "any", "queues", "any", "-"),
    "ReportDevice": _rule("agent", "own", "any", "-", "any", "-"),
    "EndWrapUp": _rule("agent", "own", "any", "queues", "any", "-"),
    "EnqueueContact": _rule("queues", "-", "queues", "-", "any", "-"),
    "AcceptOffer": _rule("contact", "own", "queues", "-", "any", "-"),
    "RejectOffer": _rule("contact", "own", "queues", "-", "any", "-"),
    "FailOffer": _rule("contact", "own", "queues", "-", "any", "-"),
    "WithdrawOffer": _rule("contact", "-", "queues", "queues", "any", "-"),
    "AbandonContact": _rule("contact", "-", "queues", "-", "any", "-"),
    "CompleteContact": _rule("contact", "own", "queues", "queues", "any", "-"),
    "RequeueContact": _rule("contact and queues", "own", "queues", "queues", "any", "-"),
    "UpdateContact": _rule("contact", "-", "queues", "queues", "any", "-"),
    "CancelContact": _rule("contact", "-", "queues", "queues", "any", "-"),
    "SyncCalls": _rule("-", "-", "whole", "-", "any", "-"),
    "PublishEstimate": _rule("queue", "-", "-", "queues", "any", "-"),
    "OpenQueue": _rule("queue", "-", "-", "queues", "any", "-"),
    "CloseQueue": _rule("queue", "-", "-", "queues", "any", "-"),
    "ResetCounts": _rule("agent", "-", "-", "queues", "any", "-"),
    "PutSkill": _rule("-", "-", "-", "-", "any", "-"),
    "RemoveSkill": _rule("-", "-", "-", "-", "any", "-"),
    "PutGroup": _rule("-", "-", "-", "-", "any", "-"),
    "RemoveGroup": _rule("-", "-", "-", "-", "any", "-"),
    "PutAgent": _rule("-", "-", "-", "-", "any", "-"),
    "SetSkills": _rule("-", "-", "-", "-", "any", "-"),
    "RemoveAgent": _rule("-", "-", "-", "-", "any", "-"),
    "PutQueue": _rule("-", "-", "-", "-", "any", "-"),
    "RemoveQueue": _rule("-", "-", "-", "-", "any", "-"),
    "Configure": _rule("-", "-", "-", "-", "any", "-"),
    "Resume": _rule("-", "-", "-", "-", "any", "-"),
    "RequestDial": _rule("-", "-", "whole", "-", "any", "-"),
    "ReportAttempt": _rule("-", "-", "whole", "-", "any", "-"),
    "EndAttempt": _rule("-", "-", "whole", "-", "any", "-"),
    "HoldContact": _rule("contact", "own", "queues", "-", "any", "-"),
    "RetrieveContact": _rule("contact", "own", "queues", "-", "any", "-"),
    "PlaceContact": _rule("queue", "own", "queues", "-", "any", "-"),
    "JoinLeg": _rule("leg", "-", "queues", "queues", "any", "-"),
    "PartLeg": _rule("leg", "-", "queues", "queues", "any", "-"),
    "HandOver": _rule("contact", "own", "queues", "queues", "any", "-"),
    "Remark": _rule("contact", "own", "queues", "queues", "any", "-"),
}

ENGINE: Final = "/huntgroup.v1.EngineService/"
ROUTING: Final = "/huntgroup.v1.RoutingService/"
DIALING: Final = "/huntgroup.v1.DialingService/"
CAMPAIGNS: Final = "/huntgroup.v1.CampaignService/"

#: By the full name of the method. The subjects of a call are what its request names; see ``Guard.permit_call``.
METHODS: Final[dict[str, Rule]] = {
    #                                                     agent    front_end  supervisor administrator read_only
    ENGINE + "Apply": _rule("-", "command", "command", "command", "command", "-"),
    ENGINE + "Session": _rule("-", "command", "command", "command", "command", "-"),
    ENGINE + "Watch": _rule("queues", "own", "queues", "queues", "any", "queues"),
    ENGINE + "GetContact": _rule("contact", "own", "queues", "queues", "any", "queues"),
    ENGINE + "GetAgent": _rule("agent", "own", "any", "queues", "any", "queues"),
    ENGINE + "GetQueue": _rule("queue", "-", "queues", "queues", "any", "queues"),
    ENGINE + "ListContacts": _rule("queues", "-", "queues", "queues", "any", "queues"),
    ENGINE + "ListAgents": _rule("queues", "-", "queues", "queues", "any", "queues"),
    ENGINE + "ListQueues": _rule("queues", "-", "queues", "queues", "any", "queues"),
    ENGINE + "Explain": _rule("contact", "-", "queues", "queues", "any", "queues"),
    ENGINE + "GetStatistics": _rule("queues", "-", "queues", "queues", "any", "queues"),
    ENGINE + "GetConfiguration": _rule("-", "-", "-", "whole", "any", "whole"),
    ENGINE + "ValidateConfiguration": _rule("-", "-", "-", "whole", "any", "-"),
    ENGINE + "PutConfiguration": _rule("-", "-", "-", "-", "any", "-"),
    ENGINE + "GetStatus": _rule("-", "any", "any", "any", "any", "any"),
    ROUTING + "RouteCall": _rule("queues", "-", "queues", "-", "any", "-"),
    ROUTING + "ReportCall": _rule("contact", "-", "queues", "-", "any", "-"),
    ROUTING + "FollowCalls": _rule("contact", "-", "queues", "-", "any", "-"),
    ROUTING + "SyncCalls": _rule("-", "-", "whole", "-", "any", "-"),
    ROUTING + "DialCode": _rule("agent", "own", "any", "-", "any", "-"),
    ROUTING + "HandleCall": _rule("contact and queues", "own", "queues", "queues", "any", "-"),
    ROUTING + "PlaceCall": _rule("agent", "own", "queues", "-", "any", "-"),
    ROUTING + "RemarkCall": _rule("contact", "own", "queues", "queues", "any", "-"),
    ROUTING + "GetPresence": _rule("-", "any", "any", "any", "any", "any"),
    ROUTING + "ReportEndpoint": _rule("agent", "own", "any", "-", "any", "-"),
    DIALING + "WatchDials": _rule("-", "-", "whole", "-", "any", "-"),
    DIALING + "ReportAttempt": _rule("-", "-", "whole", "-", "any", "-"),
    DIALING + "EndAttempt": _rule("-", "-", "whole", "-", "any", "-"),
    DIALING + "Closing": _rule("agent", "own", "any", "-", "any", "-"),
    DIALING + "SkipPreview": _rule("contact", "own", "queues", "queues", "any", "-"),
    CAMPAIGNS + "ListCampaigns": _rule("-", "-", "-", "whole", "any", "whole"),
    CAMPAIGNS + "GetCampaign": _rule("queue", "-", "-", "queues", "any", "queues"),
    CAMPAIGNS + "SetCampaignState": _rule("queue", "-", "-", "queues", "any", "-"),
    "/grpc.health.v1.Health/Watch": _rule("-", "any", "any", "any", "any", "any"),
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": _rule(
        "-", "any", "any", "any", "any", "any"
    ),
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": _rule(
        "-", "any", "any", "any", "any", "any"
    ),
}

#: What goes on for long: a noun that nobody knows yet may turn up in anybody's hands meanwhile, so it is not permitted.
LASTING: Final = frozenset((ENGINE + "Watch", ROUTING + "FollowCalls"))

#: Without a name: they say only whether the server serves, and hold nothing open.
PUBLIC: Final = frozenset(("/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/List"))
