"""The facade: a call centre in a few calls, for exchanges that want no state machine.

Within: ``shapes`` < ``actions``, ``directory`` < ``numbers``, ``codes``, ``reports``, ``marks``, ``bells`` <
``handling``, ``ends`` < ``living`` < ``fold`` < ``board`` < ``pump`` < ``calls`` < ``facade``.

Owns the translation between calls of a front-end and contacts of an engine; must not know gRPC or HTTP.
"""

from grpc_api.facade import marks
from grpc_api.facade.actions import (
    Action,
    ConsultAction,
    Destination,
    EndpointAnswer,
    HandleCall,
    Handled,
    HandOverAction,
    HoldAction,
    JoinAction,
    PartAction,
    PlaceCall,
    Presence,
    Present,
    RemarkCall,
    ReportEndpoint,
    RetrieveAction,
    Standing,
    TakeOverAction,
    TransferAction,
)
from grpc_api.facade.board import Board, Following
from grpc_api.facade.facade import Facade
from grpc_api.facade.shapes import (
    AgentState,
    Answer,
    CodeAnswer,
    Conference,
    DialCode,
    Hold,
    Instruction,
    LiveLeg,
    Monitor,
    Notice,
    Offer,
    Record,
    Refusal,
    Reject,
    Release,
    Report,
    ReportCall,
    RouteCall,
    StopRinging,
    SyncCalls,
    Synced,
    Talk,
    Treatment,
    Wait,
)
from routing.center import devices
from routing.host.following import Making


def followers(*, policy: bool = False) -> dict[str, Making]:
    """Give what a host is to be made with, so that its facade knows after a crash who sits where and what is recorded.

    Parameters
    ----------
    policy : bool, default False
        Whether a policy decides what is recorded (`routing.center.recording`).
    """
    return {devices.FOLLOWER: devices.seating, marks.FOLLOWER: marks.marking(policy=policy)}


__all__ = [
    "Action",
    "AgentState",
    "Answer",
    "Board",
    "CodeAnswer",
    "Conference",
    "ConsultAction",
    "Destination",
    "DialCode",
    "EndpointAnswer",
    "Facade",
    "Following",
    "HandOverAction",
    "HandleCall",
    "Handled",
    "Hold",
    "HoldAction",
    "Instruction",
    "JoinAction",
    "LiveLeg",
    "Monitor",
    "Notice",
    "Offer",
    "PartAction",
    "PlaceCall",
    "Presence",
    "Present",
    "Record",
    "Refusal",
    "Reject",
    "Release",
    "RemarkCall",
    "Report",
    "ReportCall",
    "ReportEndpoint",
    "RetrieveAction",
    "RouteCall",
    "Standing",
    "StopRinging",
    "SyncCalls",
    "Synced",
    "TakeOverAction",
    "Talk",
    "TransferAction",
    "Treatment",
    "Wait",
    "followers",
]
