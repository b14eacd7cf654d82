"""What stands in bodies over HTTP where it is not a shape of the facade.

Owns these shapes and the examples of all; must not know addresses.
"""

from typing import Final

import msgspec
from litestar.openapi.spec import Example
from msgspec import Struct

from grpc_api.center.shapes import DispositionCode, ScreenPop
from grpc_api.facade import (
    Action,
    Answer,
    ConsultAction,
    Destination,
    DialCode,
    HandleCall,
    Handled,
    Hold,
    LiveLeg,
    Offer,
    PlaceCall,
    Presence,
    RemarkCall,
    Report,
    ReportCall,
    ReportEndpoint,
    RouteCall,
    SyncCalls,
)
from routing.host.pictures import AgentStatistics, CentreStatistics, QueueStatistics
from routing.remarks import Disposition, Remarks
from routing.views import AgentView, ContactView, QueueView


class CallReport(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something happened to the call at this address; see `ReportCall`."""

    report: Report
    front_end: str = ""
    agent: str = ""
    offer: int = 0
    request_id: str = ""
    endpoint: str = ""

    def of(self, call_id: str) -> ReportCall:
        """Say which call it is about."""
        return ReportCall(
            call_id, self.report, self.front_end, self.agent, self.offer, self.request_id, self.endpoint
        )


class CallAction(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something to be done with the call at this address; see `HandleCall`."""

    do: Action
    front_end: str = ""
    request_id: str = ""

    def of(self, call_id: str) -> HandleCall:
        """Say which call it is about."""
        return HandleCall(call_id, self.do, self.front_end, self.request_id)


class CallRemark(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something that is said about the call at this address; see `RemarkCall`."""

    remark: Remarks
    front_end: str = ""
    request_id: str = ""

    def of(self, call_id: str) -> RemarkCall:
        """Say which call it is about."""
        return RemarkCall(call_id, self.remark, self.front_end, self.request_id)


class Agents(Struct, frozen=True):
    """Agents as they are at this revision; ``next`` goes into ``after`` for the rest, "" when there is none."""

    revision: int
    agents: tuple[AgentView, ...]
    next: str = ""


class Queues(Struct, frozen=True):
    """Queues as they are at this revision; ``next`` as for `Agents`."""

    revision: int
    queues: tuple[QueueView, ...]
    next: str = ""


class Contacts(Struct, frozen=True):
    """Living contacts as they are at this revision; ``next`` as for `Agents`."""

    revision: int
    contacts: tuple[ContactView, ...]
    next: str = ""


class Screen(Struct, frozen=True):
    """What an agent is shown of a contact, as of this revision."""

    revision: int
    pop: ScreenPop


class Codes(Struct, frozen=True):
    """The dispositions that a queue allows, as of this revision."""

    revision: int
    codes: tuple[DispositionCode, ...]


class CountedCentre(Struct, frozen=True):
    """What was counted of the centre, as of this revision."""

    revision: int
    centre: CentreStatistics


class CountedQueues(Struct, frozen=True):
    """What was counted of queues; ``next`` as for `Agents`."""

    revision: int
    queues: tuple[QueueStatistics, ...]
    next: str = ""


class CountedAgents(Struct, frozen=True):
    """What was counted of agents; ``next`` as for `Agents`."""

    revision: int
    agents: tuple[AgentStatistics, ...]
    next: str = ""


class Health(Struct, frozen=True):
    """Whether each domain serves: ``serving``, ``full`` (its journal is), ``draining`` or ``stopped``."""

    serving: bool
    domains: dict[str, str]


def example(value: Struct, summary: str) -> Example:
    """Show a value as it stands in a body."""
    return Example(summary=summary, value=msgspec.to_builtins(value))


ROUTE: Final = example(
    RouteCall("a84b4c76e66710", "pbx-1", "sip:5551234@trunk", "sip:900@pbx", {"language": "es"}, "invite-1"),
    "a call for 900",
)
REPORT: Final = example(CallReport("answered", "pbx-1", "ann", 7, "ok-1"), "the agent took it")
SYNC: Final = example(
    SyncCalls("pbx-1", (LiveLeg("a84b4c76e66710", "ann"), LiveLeg("b07d2"))), "two calls are on the lines"
)
CODE: Final = example(DialCode("sip:ann@127.0.0.1", "*45", "dial-1"), "log in")
ANSWER: Final = example(
    Answer("a84b4c76e66710", 4711, (Offer("ann", "sip:ann@127.0.0.1", 7, 20_000_000_000, "sales"),)),
    "ring ann",
)
ACTION: Final = example(
    CallAction(ConsultAction("a84b4c76e66710.1", Destination(agent="ben")), "pbx-1", "consult-1"),
    "put the caller on hold and ring ben",
)
HANDLED: Final = example(
    Handled(
        "a84b4c76e66710",
        4713,
        (Hold("ann"),),
        legs=(
            Answer(
                "a84b4c76e66710.1",
                4713,
                (Offer("ben", "sip:ben@127.0.0.1", 8, 20_000_000_000, "lines", "a84b4c76e66710"),),
            ),
        ),
        presence=Presence("ben", "free"),
    ),
    "music to the caller; ring ben, who is free",
)
PLACE: Final = example(PlaceCall("int-1", "ann", "pbx-1", to="ben"), "ann calls ben")
REMARK: Final = example(CallRemark(Disposition("sold", resolved="resolved", agent="ann")), "how it came out")
DEVICE: Final = example(ReportEndpoint("sip:ann@127.0.0.1", "in_use"), "it is in use elsewhere")
