"""The services: which function answers which RPC.

Owns this table; must not know what any of them does.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from google.protobuf.message import Message

from grpc_api import applying, campaigns, centering, configuring, dials, facading, menuing, reads, statistics
from grpc_api.calls import Call, Door, Handler
from grpc_api.feed import Watching
from grpc_api.leases import Leases
from grpc_api.session import Sessions
from grpc_api.v1 import center_pb2, dialing_pb2, engine_pb2, menus_pb2, routing_pb2

ENGINE: Final = "huntgroup.v1.EngineService"
ROUTING: Final = "huntgroup.v1.RoutingService"
DIALING: Final = "huntgroup.v1.DialingService"
CAMPAIGNS: Final = "huntgroup.v1.CampaignService"
MENUS: Final = "huntgroup.v1.MenuService"
CENTER: Final = "huntgroup.v1.CenterService"
SERVICES: Final = (ENGINE, ROUTING, DIALING, CAMPAIGNS, MENUS, CENTER)

_ENGINE: Final[Mapping[str, Callable[[Call, Any], Message]]] = {
    "Apply": applying.apply,
    "GetContact": reads.get_contact,
    "GetAgent": reads.get_agent,
    "GetQueue": reads.get_queue,
    "ListContacts": reads.list_contacts,
    "ListAgents": reads.list_agents,
    "ListQueues": reads.list_queues,
    "Explain": reads.explain,
    "GetStatistics": statistics.get_statistics,
    "GetConfiguration": configuring.get_configuration,
    "ValidateConfiguration": configuring.validate_configuration,
    "PutConfiguration": configuring.put_configuration,
    "GetStatus": reads.get_status,
}
_ROUTING: Final[Mapping[str, Callable[[Call, Any], Message]]] = {
    "RouteCall": facading.route_call,
    "ReportCall": facading.report_call,
    "SyncCalls": facading.sync_calls,
    "DialCode": facading.dial_code,
    "HandleCall": facading.handle_call,
    "PlaceCall": facading.place_call,
    "RemarkCall": facading.remark_call,
    "GetPresence": facading.get_presence,
    "ReportEndpoint": facading.report_endpoint,
}
_DIALING: Final[Mapping[str, Callable[[Call, Any], Message]]] = {
    "ReportAttempt": dials.report_attempt,
    "EndAttempt": dials.end_attempt,
    "Closing": dials.closing,
    "SkipPreview": dials.skip_preview,
}
_CAMPAIGNS: Final[Mapping[str, Callable[[Call, Any], Message]]] = {
    "ListCampaigns": campaigns.list_campaigns,
    "GetCampaign": campaigns.get_campaign,
    "SetCampaignState": campaigns.set_campaign_state,
}

_MENUS: Final[Mapping[str, Callable[[Call, Any], Message]]] = {
    "ListFlows": menuing.list_flows,
    "StartMenu": menuing.start_menu,
    "GiveMenu": menuing.give_menu,
    "GetMenu": menuing.get_menu,
    "SyncMenus": menuing.sync_menus,
}
_CENTER: Final[Mapping[str, Callable[[Call, Any], Message]]] = {
    "GetScreenPop": centering.get_screen_pop,
    "ListDispositions": centering.list_dispositions,
    "BookCallBack": centering.book_call_back,
    "MoveCallBack": centering.move_call_back,
    "CancelCallBack": centering.cancel_call_back,
    "ListCallBacks": centering.list_call_backs,
    "ListCallBackSlots": centering.list_call_back_slots,
    "GetCallBackNumber": centering.get_call_back_number,
    "ListRecordings": centering.list_recordings,
    "HoldRecordings": centering.hold_recordings,
    "Supervise": centering.supervise,
    "ListMessages": centering.list_messages,
    "QueryAudit": centering.query_audit,
    "ListAlerts": centering.list_alerts,
}

Handlers = dict[str, Handler]


class Services:
    """All RPCs of a server, and what runs beside them.

    Parameters
    ----------
    door : Door
        Through which every RPC comes.
    """

    def __init__(self, door: Door) -> None:
        self.leases = Leases()
        self.watching = Watching(door.limits)
        engine = _unary(door, ENGINE, engine_pb2, _ENGINE)
        engine["Session"] = door.stream(f"/{ENGINE}/Session", Sessions(self.leases).session, both_ways=True)
        engine["Watch"] = door.stream(f"/{ENGINE}/Watch", self.watching.watch)
        routing = _unary(door, ROUTING, routing_pb2, _ROUTING)
        routing["FollowCalls"] = door.stream(
            f"/{ROUTING}/FollowCalls", facading.Followings(door.limits).follow_calls
        )
        self.dials = dials.Dials(door.limits)
        dialing = _unary(door, DIALING, dialing_pb2, _DIALING)
        dialing["WatchDials"] = door.stream(f"/{DIALING}/WatchDials", self.dials.watch_dials)
        self.handlers: dict[str, Handlers] = {
            ENGINE: engine,
            ROUTING: routing,
            DIALING: dialing,
            CAMPAIGNS: _unary(door, CAMPAIGNS, dialing_pb2, _CAMPAIGNS),
            MENUS: _unary(door, MENUS, menus_pb2, _MENUS),
            CENTER: _unary(door, CENTER, center_pb2, _CENTER),
        }

    def close(self) -> None:
        """End what runs beside the RPCs."""
        self.leases.close()
        self.watching.close()
        self.dials.close()


def _unary(
    door: Door, service: str, messages: Any, table: Mapping[str, Callable[[Call, Any], Message]]
) -> Handlers:
    return {
        name: door.unary(f"/{service}/{name}", getattr(messages, f"{name}Request"), handle)
        for name, handle in table.items()
    }
