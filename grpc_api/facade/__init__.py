"""The facade: a call centre in three calls, for exchanges that want no state machine.

Within: ``shapes`` < ``directory`` < ``numbers``, ``codes``, ``reports``, ``fold`` < ``board`` < ``pump`` < ``facade``.

Owns the translation between calls of a front-end and contacts of an engine; must not know gRPC or HTTP.
"""

from grpc_api.facade.board import Board, Following
from grpc_api.facade.facade import Facade
from grpc_api.facade.shapes import (
    AgentState,
    Answer,
    CodeAnswer,
    DialCode,
    Instruction,
    LiveLeg,
    Notice,
    Offer,
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

__all__ = [
    "AgentState",
    "Answer",
    "Board",
    "CodeAnswer",
    "DialCode",
    "Facade",
    "Following",
    "Instruction",
    "LiveLeg",
    "Notice",
    "Offer",
    "Refusal",
    "Reject",
    "Release",
    "Report",
    "ReportCall",
    "RouteCall",
    "StopRinging",
    "SyncCalls",
    "Synced",
    "Talk",
    "Treatment",
    "Wait",
]
