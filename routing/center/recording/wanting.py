"""What is to be done about the recording of a contact: what the policy wants, compared with what runs.

A pure function of the contact's state, the rule and the instant, so that the same wish comes up until it is fulfilled,
and never another one because of when somebody asked.

Owns these decisions; must not know events, nor how a wish is given.
"""

from typing import Final, Literal, NamedTuple

from routing.center.recording.calls import NEVER, Call
from routing.center.recording.settings import Rule, is_chosen
from routing.remarks import Consent, Recording

#: ``wait``: not before the customer agrees; ``ask``: they are still to be asked.
Aim = Literal["off", "on", "paused", "wait", "ask"]
#: What consents speak of.
WHAT: Final = "recording"
#: Reasons of an answer that says no.
FORBIDDEN: Final = "forbidden"
REFUSED: Final = "refused"
TIME_OUT: Final = "time_out"
#: Reasons of a wing's own to go on: none of them ends a pause that was asked for meanwhile.
RETRIEVED: Final = "retrieved"
ASKED: Final = "asked"
HELD: Final = "held"


class Wanted(NamedTuple):
    """What is to be said now, if anything; and when to look again, if by itself something will be (None: never)."""

    remark: Recording | Consent | None
    next_ns: int | None


def pause_ends_ns(call: Call, rule: Rule | None) -> int | None:
    """Say when the pause that was asked for ends by itself; None: none holds."""
    if call.pause_ns == NEVER or rule is None or not rule.pause:
        return None
    return call.pause_ns + rule.max_pause_ns


def aim(call: Call, rule: Rule | None, now_ns: int) -> tuple[Aim, str]:
    """Say how the recording of a contact should stand, and why. O(1)."""
    if not call.agent:
        return "off", "left"
    if call.joined:
        return "off", "joined"
    if rule is None:
        return "off", "no_rule"
    if call.consent == "refused" and rule.on_refusal != "go_on":
        return "off", REFUSED
    chosen = is_chosen(call.contact, rule.share)
    by_policy = chosen and not (call.declined and rule.may_stop)
    if not by_policy and not (call.demanded and rule.on_demand):
        return "off", ASKED if call.declined else "not_chosen"
    if rule.consent in ("asked", "given") and not call.consent:
        return "ask", "no_consent"
    if rule.consent == "given" and call.consent == "asked":
        return "wait", "no_consent"
    ends_ns = pause_ends_ns(call, rule)
    if ends_ns is not None and now_ns < ends_ns:
        return "paused", ASKED
    if call.held and rule.held == "pause":
        return "paused", HELD
    return "on", "policy" if by_policy else "demand"


def wanted(call: Call, rule: Rule | None, now_ns: int) -> Wanted:
    """Say what is to be done about the recording of a contact. O(1).

    Parameters
    ----------
    call : Call
        How it stands.
    rule : Rule, optional
        That holds for it; None: none fits, or nobody has it in hand.
    now_ns : int
        The instant.
    """
    if call.refused_turn == call.turn:
        return Wanted(None, None)
    ends_ns = pause_ends_ns(call, rule) if call.agent else None
    next_ns = ends_ns if ends_ns is not None and now_ns < ends_ns else None
    goal, why = aim(call, rule, now_ns)
    if call.running is None:
        return Wanted(_begin(call, rule, goal, why), next_ns)
    return Wanted(_go_on(call, rule, goal, why), next_ns)


def _begin(call: Call, rule: Rule | None, goal: Aim, why: str) -> Recording | Consent | None:
    if goal == "ask":
        return Consent(WHAT, "asked")
    if goal == "on":
        if rule is not None and rule.consent == "announcement" and not (call.announced or call.consent):
            why = "announcement"
        return Recording("start", why, call.next_segment)
    if goal == "off" and call.demanded and why not in ("left", "joined"):  # say no to whoever asked
        return Recording("stop", REFUSED if why == REFUSED else FORBIDDEN)
    return None


def _go_on(call: Call, rule: Rule | None, goal: Aim, why: str) -> Recording | None:
    running = call.running
    assert running is not None
    segment, paused = running.segment, running.paused_ns != NEVER
    if running.stint != call.stint:
        return Recording("stop", "left", segment)
    if goal in ("off", "ask", "wait"):
        return Recording("stop", why, segment)
    if goal == "paused" and not paused:
        return Recording("pause", why, segment)
    if goal == "on" and paused:
        return Recording("resume", _why_on(call, rule), segment)
    if call.declined:  # it is not the agent's to stop; say how it stands
        return Recording("pause" if paused else "resume", FORBIDDEN, segment)
    return None


def _why_on(call: Call, rule: Rule | None) -> str:
    assert call.running is not None
    if call.pause_ns != NEVER:
        return TIME_OUT if rule is not None and rule.pause else FORBIDDEN
    return RETRIEVED if call.running.pause_reason == HELD else ASKED
