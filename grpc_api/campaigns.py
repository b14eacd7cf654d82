"""Campaigns over gRPC: what supervisors see of them, and do with them.

Owns these messages; must not know how a campaign is run (``dialing``).
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from grpc_api.calls import Call
from grpc_api.convert import enum_number, writer
from grpc_api.convert.kinds import enum_words
from grpc_api.dialing.shapes import CampaignBrief, CampaignPicture, Desk
from grpc_api.dials import desk_of
from grpc_api.domains import Hosted
from grpc_api.paging import first_of
from grpc_api.status import INVALID, MISSING, Fault
from grpc_api.v1 import dialing_pb2
from routing.errors import UsageError

T = TypeVar("T")

_STATES: Final = enum_words(dialing_pb2.CampaignState.DESCRIPTOR)
_brief: Any = writer(CampaignBrief)
_picture: Any = writer(CampaignPicture)


def list_campaigns(
    call: Call, request: dialing_pb2.ListCampaignsRequest
) -> dialing_pb2.ListCampaignsResponse:
    """Show campaigns in brief."""
    hosted, desk = desk_of(call, request.domain)
    call.permit(hosted)
    limits = call.door.limits
    size = min(request.page_size or limits.page_default, limits.page)
    names, token = first_of(desk.campaigns, size, request.page_token)
    briefs = []
    for name in names:
        try:
            briefs.append(desk.brief(name))
        except UsageError:  # it went while we looked
            continue
    return dialing_pb2.ListCampaignsResponse(
        revision=hosted.host.revision, campaigns=map(_brief, briefs), next_page_token=token
    )


def get_campaign(call: Call, request: dialing_pb2.GetCampaignRequest) -> dialing_pb2.GetCampaignResponse:
    """Show a campaign."""
    hosted, desk = _permitted(call, request.domain, request.campaign)
    picture = _known(desk.picture, request.campaign)
    return dialing_pb2.GetCampaignResponse(revision=hosted.host.revision, campaign=_picture(picture))


def set_campaign_state(
    call: Call, request: dialing_pb2.SetCampaignStateRequest
) -> dialing_pb2.SetCampaignStateResponse:
    """Steer a campaign."""
    hosted, desk = _permitted(call, request.domain, request.campaign)
    state: Any = _STATES.get(request.state)
    if state is None:
        raise Fault(
            INVALID, "UNKNOWN_STATE", f"state {request.state} means nothing here; give a CampaignState"
        )
    word = _known(lambda name: desk.set_state(name, state), request.campaign)
    before: Any = enum_number(dialing_pb2.CampaignState, word)
    return dialing_pb2.SetCampaignStateResponse(revision=hosted.host.revision, before=before)


def _permitted(call: Call, domain: str, campaign: str) -> tuple[Hosted, Desk]:
    """Give the domain and its desk, if the caller may touch the queue of this campaign."""
    hosted, desk = desk_of(call, domain)
    try:
        queue = desk.queue_of(campaign)
    except UsageError:
        queue = ""  # whoever may not see all learns nothing of it
    call.permit(hosted, queues=(queue,) if queue else ())
    return hosted, desk


def _known(look: Callable[[str], T], campaign: str) -> T:
    try:
        return look(campaign)
    except UsageError as error:
        raise Fault(MISSING, "UNKNOWN_CAMPAIGN", str(error), {"subject": campaign[:128]}) from None
