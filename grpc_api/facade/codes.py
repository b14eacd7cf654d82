"""Dialled codes: what an agent says from their device, and what they hear.

Owns codes and announcements; must not know who may dial.
"""

from grpc_api.facade.shapes import AgentState
from grpc_api.settings import Codes
from routing.commands import Command, LogIn, LogOut, SetNotReady, SetReady
from routing.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CommandRefused,
    Event,
    LogOutPending,
)
from routing.views import AgentView

#: What a code asks for that changes nothing.
STATUS = "status"


def meaning(codes: Codes, dialled: str, agent: str) -> Command | str:
    """Say which command a code is, `STATUS`, or "" when it is none of ours.

    The digits of a reason may follow directly or behind a star.

    >>> codes = Codes(reasons={"1": "lunch"})
    >>> meaning(codes, "*48*1", "ann"), meaning(codes, "*49", "ann"), meaning(codes, "*50", "ann")
    (SetNotReady(agent='ann', reason='lunch'), 'status', '')
    """
    if not dialled:
        return ""
    if dialled == codes.log_in:
        return LogIn(agent)
    if dialled == codes.log_out:
        return LogOut(agent)
    if dialled == codes.ready:
        return SetReady(agent)
    if dialled == codes.not_ready:
        return SetNotReady(agent)
    if dialled == codes.status:
        return STATUS
    if codes.not_ready and dialled.startswith(codes.not_ready):
        digits = dialled.removeprefix(codes.not_ready)
        reason = codes.reasons.get(digits) or codes.reasons.get(digits.removeprefix("*"))
        if reason:
            return SetNotReady(agent, reason)
    return ""


def signing_in(codes: Codes, dialled: str) -> str:
    """Say who signs in by a code at a seat; "" when nobody does.

    >>> codes = Codes(agents={"11": "ann"})
    >>> signing_in(codes, "*4511"), signing_in(codes, "*45*11"), signing_in(codes, "*45")
    ('ann', 'ann', '')
    """
    if not codes.log_in or not dialled.startswith(codes.log_in):
        return ""
    digits = dialled.removeprefix(codes.log_in)
    return codes.agents.get(digits) or codes.agents.get(digits.removeprefix("*")) or ""


def announcement(events: tuple[Event, ...]) -> str:
    """Give the key for what came of a command: its effect, or the reason of its refusal.

    >>> announcement((LogOutPending(5, "ann"),))
    'log_out_pending'
    """
    match events[0]:
        case AgentLoggedIn():
            return "logged_in"
        case AgentLoggedOut():
            return "logged_out"
        case LogOutPending():
            return "log_out_pending"
        case AgentReady():
            return "ready"
        case AgentNotReady():
            return "not_ready"
        case CommandRefused(reason=reason):
            return reason.value
        case other:
            return type(other).__name__


def standing(state: AgentState) -> str:
    """Give the key for how an agent stands.

    >>> standing(AgentState("ann", logged_in=True, ready=False, reason="lunch"))
    'not_ready'
    """
    if not state.logged_in:
        return "logged_out"
    if state.leaving:
        return "log_out_pending"
    return "ready" if state.ready else "not_ready"


def state_of(view: AgentView) -> AgentState:
    """Make what is told of an agent."""
    return AgentState(view.id, view.logged_in, view.ready, view.reason, view.leaving)
