"""What a client can ask and follow of outbound dialing: dials, attempts, campaigns.

Owns these RPCs from the client's side, and what a stream of dials has told; must not know how anything is dialled.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final, cast

import grpc
from msgspec import Struct

from grpc_api import facade as f
from grpc_api.client.asking import Ask, Page, ask_of
from grpc_api.client.retrying import Patience
from grpc_api.client.routing_asks import instructions_in, refusal_in
from grpc_api.client.watch import Stream
from grpc_api.convert import enum_number, reader
from grpc_api.convert.kinds import enum_words
from grpc_api.dialing.shapes import CampaignBrief, CampaignPicture, Dial, DialOver, State
from grpc_api.v1 import commands_pb2, dialing_pb2
from routing.commands import AttemptOutcome, AttemptState

DIALING: Final = "/huntgroup.v1.DialingService/"
CAMPAIGNS: Final = "/huntgroup.v1.CampaignService/"
#: Outcomes of which the front-end hears from the server, and not the other way round.
HANG_UP: Final = ("cancelled", "lost")
_STATES: Final = enum_words(dialing_pb2.CampaignState.DESCRIPTOR)
_dial: Any = reader(Dial)
_over: Any = reader(DialOver)


class Line(Struct, frozen=True):
    """What to do with the line of an attempt that is over.

    ``call_id``: the person's contact, and ``instructions`` for it; "": play ``message``, if there is one, and hang up.
    ``refusal``: what was said had no effect, because it came late, twice or was wrong.
    """

    revision: int
    call_id: str = ""
    instructions: tuple[f.Instruction, ...] = ()
    message: str = ""
    refusal: f.Refusal | None = None


def watch_request(
    domain: str, front_end: str, carriers: Collection[str], known: Collection[str]
) -> dialing_pb2.WatchDialsRequest:
    """Ask for dials."""
    return dialing_pb2.WatchDialsRequest(domain=domain, front_end=front_end, carriers=carriers, known=known)


def told(message: dialing_pb2.WatchDialsResponse, known: set[str]) -> Iterator[Dial | DialOver]:
    """Read what a front-end is to do, and keep what it knows up to date. What it reported itself is left out.

    Examples
    --------
    >>> known = {"a1"}
    >>> over = [{"attempt": "a1", "outcome": 3}, {"attempt": "a2", "outcome": 10}]
    >>> message = dialing_pb2.WatchDialsResponse(dials=[{"attempt": "a3", "number": "+12025550100"}], over=over)
    >>> [one.attempt for one in told(message, known)], known
    (['a2', 'a3'], {'a3'})
    """
    over: list[DialOver] = list(map(_over, message.over))
    known.difference_update(one.attempt for one in over)
    yield from (one for one in over if one.outcome in HANG_UP)
    for dial in map(_dial, message.dials):
        if dial.attempt not in known:
            known.add(dial.attempt)  # first: better not at all than twice
            yield dial


class Dials(Stream[Dial | DialOver]):
    """What a front-end is to dial (`Dial`), and where to hang up (`DialOver`), through interruptions.

    Each attempt is given once, also when the server was away: what was given is said when the stream begins again.

    Attributes
    ----------
    known : set of str
        Attempts that were given and are not over.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        request: dialing_pb2.WatchDialsRequest,
        patience: Patience,
        metadata: tuple[tuple[str, str], ...],
    ) -> None:
        super().__init__(channel, f"{DIALING}WatchDials", request, patience, metadata)
        self.known = set(request.known)

    def _resume(self) -> None:
        self._request.known[:] = sorted(self.known)

    def _take(self, data: bytes) -> Iterator[Dial | DialOver]:
        message = dialing_pb2.WatchDialsResponse.FromString(data)
        self.revision = message.revision
        yield from told(message, self.known)


def report_attempt(
    domain: str, front_end: str, attempt: str, state: AttemptState, request_id: str
) -> Ask[Line]:
    """Say how far an attempt has come."""
    return ask_of(
        f"{DIALING}ReportAttempt",
        dialing_pb2.ReportAttemptRequest(
            domain=domain,
            front_end=front_end,
            attempt=attempt,
            state=cast("Any", enum_number(commands_pb2.AttemptState, state)),
            request_id=request_id,
        ),
        dialing_pb2.ReportAttemptResponse,
        lambda answer: Line(answer.revision, refusal=refusal_in(answer)),
    )


def end_attempt(
    domain: str,
    front_end: str,
    attempt: str,
    outcome: AttemptOutcome,
    confidence: int,
    detection_ns: int,
    cause: str,
    request_id: str,
) -> Ask[Line]:
    """Say what became of an attempt."""
    return ask_of(
        f"{DIALING}EndAttempt",
        dialing_pb2.EndAttemptRequest(
            domain=domain,
            front_end=front_end,
            attempt=attempt,
            outcome=cast("Any", enum_number(commands_pb2.AttemptOutcome, outcome)),
            confidence=confidence,
            detection_ns=detection_ns,
            cause=cause,
            request_id=request_id,
        ),
        dialing_pb2.EndAttemptResponse,
        _line,
    )


def _line(answer: dialing_pb2.EndAttemptResponse) -> Line:
    return Line(
        answer.revision,
        answer.call_id,
        instructions_in(answer) if answer.HasField("instruction") else (),
        answer.message,
        refusal_in(answer),
    )


def closing(domain: str, agent: str) -> Ask[int]:
    """Say that an agent will be free soon."""
    return ask_of(
        f"{DIALING}Closing",
        dialing_pb2.ClosingRequest(domain=domain, agent=agent),
        dialing_pb2.ClosingResponse,
        lambda answer: int(answer.revision),
    )


def skip_preview(domain: str, contact: str) -> Ask[bool]:
    """Say that an agent will not have a preview dialled."""
    return ask_of(
        f"{DIALING}SkipPreview",
        dialing_pb2.SkipPreviewRequest(domain=domain, contact=contact),
        dialing_pb2.SkipPreviewResponse,
        lambda answer: bool(answer.skipped),
    )


def list_campaigns(domain: str, size: int, token: str) -> Ask[Page[CampaignBrief]]:
    """See a page of campaigns."""
    read = reader(CampaignBrief)
    return ask_of(
        f"{CAMPAIGNS}ListCampaigns",
        dialing_pb2.ListCampaignsRequest(domain=domain, page_size=size, page_token=token),
        dialing_pb2.ListCampaignsResponse,
        lambda answer: Page(answer.revision, tuple(map(read, answer.campaigns)), answer.next_page_token),
    )


def get_campaign(domain: str, campaign: str) -> Ask[CampaignPicture]:
    """See all that is known of a campaign."""
    return ask_of(
        f"{CAMPAIGNS}GetCampaign",
        dialing_pb2.GetCampaignRequest(domain=domain, campaign=campaign),
        dialing_pb2.GetCampaignResponse,
        lambda answer: reader(CampaignPicture)(answer.campaign),
    )


def set_campaign_state(domain: str, campaign: str, state: State) -> Ask[State]:
    """Steer a campaign."""
    return ask_of(
        f"{CAMPAIGNS}SetCampaignState",
        dialing_pb2.SetCampaignStateRequest(
            domain=domain,
            campaign=campaign,
            state=cast("Any", enum_number(dialing_pb2.CampaignState, state)),
        ),
        dialing_pb2.SetCampaignStateResponse,
        lambda answer: cast("State", _STATES[answer.before]),
    )
