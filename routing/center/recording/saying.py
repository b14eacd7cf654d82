"""What is said about recording a contact: what somebody asks for, and what the front-end is told to do.

Owns what either changes of a contact's state; must not know the policy's decisions (``wanting``) or where rows go.
"""

from routing.center.recording.calls import NEVER, Call
from routing.center.recording.settings import Rule
from routing.center.recording.shapes import Segment
from routing.center.recording.wanting import ASKED, FORBIDDEN, HELD, REFUSED, RETRIEVED, TIME_OUT
from routing.remarks import Recording


def asked(call: Call, remark: Recording, at_ns: int) -> None:
    """Take note of what somebody asks for, naming no segment; a pause is obeyed at once."""
    if remark.action == "start":
        call.demanded, call.declined = True, False
    elif remark.action == "stop":
        call.demanded = False
        if remark.reason not in (FORBIDDEN, REFUSED):  # which is our answer
            call.declined = bool(call.agent)
    elif remark.action == "pause":
        if call.agent:
            call.pause_ns = at_ns
        if call.running is not None:
            call.running.pause(at_ns, remark.reason)
    else:
        call.pause_ns = NEVER


def instructed(call: Call, remark: Recording, at_ns: int, rule: Rule | None) -> Segment | None:
    """Take note of an instruction, which the front-end obeys, whoever gave it; returns the segment that it ends.

    One segment runs at a time: the start of another ends it. What is said of a segment that does not run is read over.
    """
    running = call.running
    if remark.action == "start":
        if running is not None and running.segment == remark.segment:
            return None
        over = call.end("replaced", at_ns)
        call.begin(remark.segment, remark.reason, at_ns, rule)
        return over
    if running is None or running.segment != remark.segment:
        return None
    if remark.action == "stop":
        return call.end(remark.reason, at_ns)
    if remark.action == "pause":
        running.pause(at_ns, remark.reason)
        if remark.reason not in (HELD, FORBIDDEN) and call.pause_ns == NEVER:
            call.pause_ns = at_ns
    else:
        running.resume(at_ns)
        _went_on(call, remark.reason, at_ns, running.max_pause_ns)
    if remark.reason == FORBIDDEN:
        call.declined = False
    return None


def _went_on(call: Call, reason: str, at_ns: int, max_pause_ns: int) -> None:
    """A pause that was asked for is over, unless it was asked for while we said to go on for another reason."""
    if reason in (RETRIEVED, ASKED):
        return
    if reason == TIME_OUT and call.pause_ns != NEVER and at_ns < call.pause_ns + max_pause_ns:
        return
    call.pause_ns = NEVER
