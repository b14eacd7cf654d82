"""What each role may do: one row for each method and each command; docs/security.md is made from these tables.

Every method and every command of the protocol has a row, which a test sees to. What has none is refused. The rows of
the commands are those of `routing.center.supervision.roles`, which hold without a server, too.

Owns the permissions of methods; must not know how they are asked for (``guard``).
"""

from typing import Final

from routing.center.supervision.roles import COMMANDS, ROLES, Rule, Scope
from routing.center.supervision.roles import rule as _rule

ENGINE: Final = "/huntgroup.v1.EngineService/"
ROUTING: Final = "/huntgroup.v1.RoutingService/"
DIALING: Final = "/huntgroup.v1.DialingService/"
CAMPAIGNS: Final = "/huntgroup.v1.CampaignService/"
MENUS: Final = "/huntgroup.v1.MenuService/"
CENTER: Final = "/huntgroup.v1.CenterService/"

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
    MENUS + "ListFlows": _rule("-", "-", "any", "whole", "any", "whole"),
    MENUS + "StartMenu": _rule("queues", "-", "queues", "-", "any", "-"),
    MENUS + "GiveMenu": _rule("queues", "-", "queues", "-", "any", "-"),
    MENUS + "GetMenu": _rule("queues", "-", "queues", "-", "any", "-"),
    MENUS + "SyncMenus": _rule("-", "-", "whole", "-", "any", "-"),
    CENTER + "GetScreenPop": _rule("agent", "own", "-", "-", "any", "-"),
    CENTER + "ListDispositions": _rule("queue", "queues", "queues", "queues", "any", "queues"),
    CENTER + "BookCallBack": _rule("queue", "queues", "queues", "queues", "any", "-"),
    CENTER + "MoveCallBack": _rule("queue", "queues", "queues", "queues", "any", "-"),
    CENTER + "CancelCallBack": _rule("queue", "queues", "queues", "queues", "any", "-"),
    CENTER + "ListCallBacks": _rule("queue", "-", "queues", "queues", "any", "-"),
    CENTER + "ListCallBackSlots": _rule("queue", "queues", "queues", "queues", "any", "-"),
    CENTER + "GetCallBackNumber": _rule("-", "-", "whole", "-", "any", "-"),
    CENTER + "ListRecordings": _rule("queue", "-", "-", "queues", "any", "-"),
    CENTER + "HoldRecordings": _rule("-", "-", "-", "whole", "any", "-"),
    CENTER + "Supervise": _rule("-", "command", "-", "command", "command", "-"),
    CENTER + "ListMessages": _rule("agent", "own", "any", "queues", "any", "queues"),
    CENTER + "QueryAudit": _rule("-", "-", "-", "whole", "any", "-"),
    CENTER + "ListAlerts": _rule("queues", "-", "-", "queues", "any", "queues"),
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

__all__ = ["COMMANDS", "LASTING", "METHODS", "PUBLIC", "ROLES", "Rule", "Scope"]
