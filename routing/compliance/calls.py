"""Calls: what a campaign is to the ledger, and what it writes about abandoned calls and windows that are over.

Owns these shapes, and what a call counts as by one profile; must not know how they are counted or kept.
"""

from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta, Struct, field

from routing.compliance.profiles import Profile
from routing.compliance.tallies import ABANDONED, CONNECTED, EARLY
from routing.events import Outcome
from routing.model import Duration, Id

Why = Literal[
    "accepted_late",  # an agent took the call, but after the time to connect
    "left_waiting",  # the person hung up after that time, with no agent
    "disconnected",  # a queue gave the call up
    "diverted",  # to voicemail or to a call-back
    "cancelled",
    "lost",  # the front-end or the engine lost the call
    "not_queued",  # nobody ever asked for an agent
    "hung_up_early",  # the person, before the time was over; only where a profile counts that
]

_WHY_ENDED: Final[dict[str, Why]] = {
    Outcome.ABANDONED: "left_waiting",
    Outcome.REJECTED: "disconnected",
    Outcome.DIVERTED: "diverted",
    Outcome.CANCELLED: "cancelled",
    Outcome.LOST: "lost",
    Outcome.HANDLED: "lost",  # handled by nobody: an agent who took it would have accepted it
}


class Watched(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A campaign as the ledger sees it.

    Parameters
    ----------
    id : str
        The campaign that attempts name.
    profiles : tuple of str
        Ids of the profiles that apply.
    timezone : str, default "UTC"
        Whose days and months its windows are.
    starts_ns : int, default 0
        When periods are counted from. 0: its first dial.
    agentless : bool, default False
        Whoever answers hears a message and no agent; such calls are counted apart.
    greeting_ns : int, default 0
        How long a greeting takes at least, from picking up. Where the front-end listens longer before it reports a
        person, the greeting ends with that.
    machine_false_positives : float, default 0
        Share of the calls heard as machines that were persons: configured, from listening to a sample.
    trust_confidence : bool, default False
        Take 100 % minus each detection's own confidence instead, where that is more.
    message : str
        The recorded message that whoever is abandoned hears.
    """

    id: Id
    profiles: tuple[str, ...] = ()
    timezone: str = "UTC"
    starts_ns: Annotated[int, Meta(ge=0)] = field(default=0, name="starts")
    agentless: bool = False
    greeting_ns: Duration = field(default=0, name="greeting")
    machine_false_positives: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.0
    trust_confidence: bool = False
    message: str = ""

    def suspicion_ppm(self, confidence: int) -> int:
        """Say how much of a person a call heard as a machine is, in millionths.

        >>> Watched("a", machine_false_positives=0.02).suspicion_ppm(90)
        20000
        >>> Watched("a", machine_false_positives=0.02, trust_confidence=True).suspicion_ppm(90)
        100000
        """
        configured = round(self.machine_false_positives * 1_000_000)
        return max(configured, (100 - confidence) * 10_000) if self.trust_confidence else configured


class Abandonment(Struct, frozen=True, array_like=True, tag=True):
    """An abandoned call, for the audit.

    Parameters
    ----------
    attempt, campaign : str
        Which call.
    answered_ns : int
        When the person picked up.
    abandoned_ns : int
        When the call became an abandoned one: when the time to connect was over or, if sooner, when it was given up.
    ended_ns : int
        When it ended or an agent took it; for "not_queued" when it was found out.
    why : str
        What happened.
    message : str
        The recorded message that the campaign plays to whoever is abandoned; empty: there was none.
    profiles : tuple of str
        By which it counts as abandoned.
    """

    attempt: str
    campaign: str
    answered_ns: int
    abandoned_ns: int
    ended_ns: int
    why: Why
    message: str
    profiles: tuple[str, ...]


class WindowRow(Struct, frozen=True, array_like=True, tag=True):
    """A window that is over, for the audit: what a profile's share was computed from. Rows of one window add up."""

    campaign: str
    profile: str
    start_ns: int
    end_ns: int
    answered: int
    abandoned: int
    early_hangups: int
    agentless: int
    machines: int
    machine_false_positives: int  # estimated; in answered and abandoned if the profile says so


class Taken(NamedTuple):
    """What waits to be written elsewhere."""

    abandonments: list[Abandonment]
    windows: list[WindowRow]


class OpenCall(Struct, array_like=True):
    """A person has answered, and no agent has the call yet."""

    campaign: str
    picked_ns: int  # when the person picked up
    spoke_ns: int  # when the greeting was over
    queued: bool = False

    def deadline_ns(self, profile: Profile) -> int:
        """Say until when an agent must have the call."""
        start_ns = self.spoke_ns if profile.clock == "greeting" else self.picked_ns
        return start_ns + profile.connect_within_ns


class Verdict(NamedTuple):
    """What an answered call counts as by one profile; ``abandoned_ns`` and ``why`` say more if it is abandoned."""

    kind: int
    abandoned_ns: int = 0
    why: Why = "lost"


def accepted(call: OpenCall, at_ns: int, profile: Profile) -> Verdict:
    """Judge a call that an agent took: in time, which includes the last instant, or late."""
    deadline_ns = call.deadline_ns(profile)
    if at_ns <= deadline_ns:
        return Verdict(CONNECTED)
    return Verdict(ABANDONED, deadline_ns, "accepted_late")


def ended(outcome: str, call: OpenCall, at_ns: int, profile: Profile) -> Verdict:
    """Judge a call that ended without an agent: who hung up, and was the time to connect over?"""
    deadline_ns = call.deadline_ns(profile)
    if outcome == Outcome.ABANDONED and at_ns <= deadline_ns:
        if profile.early_hangup == "left_out":
            return Verdict(EARLY)
        if profile.early_hangup == "answered":
            return Verdict(CONNECTED)
        return Verdict(ABANDONED, at_ns, "hung_up_early")
    return Verdict(ABANDONED, min(at_ns, deadline_ns), _WHY_ENDED.get(outcome, "lost"))


def not_queued(call: OpenCall, at_ns: int, profile: Profile) -> Verdict:
    """Judge a call for which nobody asked for an agent until then."""
    return Verdict(ABANDONED, min(at_ns, call.deadline_ns(profile)), "not_queued")
