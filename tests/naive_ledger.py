"""A naive ledger: keeps every event and counts anew at each question.

Owns the obvious way to count; must not share code with the ledger.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.compliance import Profile, Watched
from routing.events import (
    AttemptEnded,
    AttemptProgressed,
    ContactEnded,
    DialRequested,
    Event,
    OfferAccepted,
    Outcome,
)


def local_day(at_ns: int, where: str) -> int:
    """Days since the year 1, by the local calendar."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_ns // 1000)
    return moment.astimezone(ZoneInfo(where)).date().toordinal()


def local_month(at_ns: int, where: str) -> tuple[int, int]:
    """Year and month, by the local calendar."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_ns // 1000)
    local = moment.astimezone(ZoneInfo(where))
    return local.year, local.month


def same_window(answered_ns: int, at_ns: int, first_ns: int, profile: Profile, where: str) -> bool:
    """Is a call in the window of an instant?"""
    window = profile.window
    match window.kind:
        case "rolling":
            return at_ns - window.length_ns < answered_ns <= at_ns
        case "calendar_day":
            return local_day(answered_ns, where) == local_day(at_ns, where)
        case "calendar_month":
            return local_month(answered_ns, where) == local_month(at_ns, where)
        case "periods":
            first = local_day(first_ns, where)
            mine, now = local_day(answered_ns, where) - first, local_day(at_ns, where) - first
            return mine // window.days == now // window.days
    return True


def count(events: Sequence[Event], watched: Watched, profile: Profile, at_ns: int) -> tuple[int, int]:
    """Count answered and abandoned calls of a campaign over the window of an instant, from every event."""
    firsts = [
        event.at_ns for event in events if isinstance(event, DialRequested) and event.campaign == watched.id
    ]
    answered = abandoned = 0
    suspected_ppm = 0
    for place, event in enumerate(events):
        if not isinstance(event, AttemptEnded) or event.campaign != watched.id:
            continue
        picked_ns = event.at_ns - min(event.detection_ns, event.age_ns)
        for other in events[:place]:
            if (
                isinstance(other, AttemptProgressed)
                and other.attempt == event.attempt
                and other.state == "answered"
            ):
                picked_ns = min(picked_ns, other.at_ns)
        if not same_window(picked_ns, at_ns, firsts[0], profile, watched.timezone):
            continue
        if event.outcome == "machine":
            suspected_ppm += watched.suspicion_ppm(event.confidence)
        if event.outcome != "person":
            continue
        spoke_ns = max(event.at_ns, picked_ns + watched.greeting_ns)
        limit_ns = (spoke_ns if profile.clock == "greeting" else picked_ns) + profile.connect_within_ns
        fate: OfferAccepted | ContactEnded | None = next(
            (
                later
                for later in events[place:]
                if isinstance(later, (OfferAccepted, ContactEnded)) and later.contact == event.attempt
            ),
            None,
        )
        if fate is None:
            answered, abandoned = answered + (at_ns > limit_ns), abandoned + (at_ns > limit_ns)
        elif isinstance(fate, OfferAccepted):
            answered, abandoned = answered + 1, abandoned + (fate.at_ns > limit_ns)
        elif fate.outcome == Outcome.ABANDONED and fate.at_ns <= limit_ns:
            counts_as = profile.early_hangup
            answered, abandoned = answered + (counts_as != "left_out"), abandoned + (counts_as == "abandoned")
        else:
            answered, abandoned = answered + 1, abandoned + 1
    estimate = -(-suspected_ppm // 1_000_000) if profile.machine_false_positives else 0
    return answered + estimate, abandoned + estimate
