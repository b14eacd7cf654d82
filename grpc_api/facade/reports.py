"""What a report means to the engine.

Owns the commands that follow from a report, given how the call stands; must not know how they are done.
"""

from typing import Final

from grpc_api.facade.shapes import Refusal, Report, ReportCall
from routing.center.devices import Cause
from routing.commands import (
    AbandonContact,
    AcceptOffer,
    Command,
    CompleteContact,
    FailCause,
    FailOffer,
    RejectOffer,
)
from routing.errors import UsageError
from routing.events import Reason
from routing.views import IN_HAND, ContactView

_CAUSES: Final[dict[Report, FailCause]] = {
    "no_answer": "no_answer",
    "busy": "busy",
    "unreachable": "unreachable",
    "trunk_error": "trunk_error",
}
#: These are about one device of an agent: another may come next.
OF_DEVICES: Final[dict[Report, Cause]] = {
    "no_answer": "no_answer",
    "busy": "busy",
    "unreachable": "unreachable",
}
#: These are about one offer.
OF_OFFERS: Final[frozenset[Report]] = frozenset(("answered", "rejected", *_CAUSES))
#: Refused for one of these, a hang-up was of the other kind.
OTHER_KIND: Final = frozenset({Reason.CONTACT_NOT_HANDLED.value, Reason.CONTACT_NOT_WAITING.value})


def commands_for(report: ReportCall, view: ContactView | None) -> tuple[Command, ...] | Refusal:
    """Give the commands for a report: the first and, for a hang-up, the one to try when it is refused.

    Parameters
    ----------
    report : ReportCall
        What happened.
    view : ContactView or None
        The call, if it is alive.

    Raises
    ------
    UsageError
        If the report does not say which of several ringing agents it is about.

    Examples
    --------
    >>> commands_for(ReportCall("call-1", "busy", agent="ann", offer=7), None)
    (FailOffer(contact='call-1', agent='ann', cause='busy', offer=7),)
    >>> commands_for(ReportCall("call-1", "abandoned"), None)
    (AbandonContact(contact='call-1'), CompleteContact(contact='call-1'))
    """
    call = report.call_id
    match report.report:
        case "ringing":
            return ()
        case "ended":
            stale = _stale(report, view)
            return stale if stale is not None else (CompleteContact(call), AbandonContact(call))
        case "abandoned":
            return (AbandonContact(call), CompleteContact(call))
        case _:
            return _of_offer(report, view)


def _of_offer(report: ReportCall, view: ContactView | None) -> tuple[Command, ...] | Refusal:
    call, offer = report.call_id, report.offer
    kind = (
        "AcceptOffer"
        if report.report == "answered"
        else "RejectOffer"
        if report.report == "rejected"
        else "FailOffer"
    )
    agent = report.agent
    if not agent:
        if view is None:
            return Refusal(kind, Reason.UNKNOWN_CONTACT.value, call)
        ringing = [one for one in view.segments if one.state == "ringing"]
        meant = [one for one in ringing if one.offer == offer] if offer else ringing
        if not meant:
            reason = Reason.OFFER_IS_ANOTHER if ringing else Reason.CONTACT_NOT_OFFERED
            return Refusal(kind, reason.value, call)
        if len(meant) > 1:
            raise UsageError(
                f"{call!r} rings at {len(meant)} agents and the report {report.report!r} names none; name the agent"
            )
        agent = meant[0].agent
    if kind == "AcceptOffer":
        return (AcceptOffer(call, agent, offer),)
    if kind == "RejectOffer":
        return (RejectOffer(call, agent, offer),)
    return (FailOffer(call, agent, _CAUSES[report.report], offer),)


def _stale(report: ReportCall, view: ContactView | None) -> Refusal | None:
    """Find that a hang-up is of a leg that the call has no longer; the call then goes on."""
    if view is None or not (report.agent or report.offer):
        return None
    held = next((one for one in view.segments if one.state in IN_HAND), None)
    if held is None:
        return Refusal("CompleteContact", Reason.CONTACT_NOT_HANDLED.value, report.call_id)
    if report.agent in ("", held.agent) and report.offer in (0, held.offer):
        return None
    return Refusal("CompleteContact", Reason.OFFER_IS_ANOTHER.value, report.call_id)
