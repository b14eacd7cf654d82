"""What an outbound campaign is, and over which carriers it dials: frozen structs, as a file spells them.

Owns the shape of a campaign's configuration and its defaults; must not know rules that look at more than one value
(``checking``), files (``files``) or how anything is dialled (``dialer``).
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from routing.campaigns.rules import CampaignRules
from routing.compliance.profiles import Profile
from routing.model import Duration, Id
from routing.units import HOUR, MAX_DURATION_NS, MILLISECOND, MINUTE, SECOND

Mode = Literal["preview", "progressive", "power", "predictive", "agentless"]
#: Nobody rings longer than this; the engine refuses more.
RING_MAX_NS: Final = 10 * MINUTE
_Count = Annotated[int, Meta(ge=0, le=1_000_000)]
_Positive = Annotated[int, Meta(ge=1, le=1_000_000)]
_Pause = Annotated[int, Meta(ge=10 * MILLISECOND, le=MAX_DURATION_NS, title="duration")]


class Carrier(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Lines to the public network, and what may be asked of them.

    Parameters
    ----------
    id : str
        What `RequestDial` and `DialRequested` call it.
    concurrent : int, default 0
        Calls at once, ringing and talking together. 0: no limit.
    calls_per_second : float, default 0
        How often a call may be begun, in the mean. 0: no limit.
    burst : int, default 1
        So many may begin at one instant, after a pause: no stretch of ``w`` seconds sees more than
        ``burst + w * calls_per_second``.
    failing_share : float, default 0.5
        When more than this share of the calls that ended lately failed by the carrier's fault (``congestion``,
        ``carrier_error``), it rests. 1: it never does.
    failing_least : int, default 20
        Of fewer calls nothing is concluded.
    failing_window_ns : int, default 30 s
        What "lately" is.
    rest_ns : int, default 1 min
        How long it rests.
    """

    id: Id
    concurrent: _Count = 0
    calls_per_second: float = 0.0
    burst: _Positive = 1
    failing_share: float = 0.5
    failing_least: _Positive = 20
    failing_window_ns: Duration = field(default=30 * SECOND, name="failing_window")
    rest_ns: Duration = field(default=MINUTE, name="rest")


class Share(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A carrier of a campaign. Calls are spread by ``share``; one of share 0 is taken when no other has room."""

    carrier: Id
    share: Annotated[int, Meta(ge=0, le=1000)] = 1


class Detection(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Detection of answering machines, which the front-end does: whether, and how long it takes at most.

    ``leave_message``: a machine hears the campaign's message; otherwise the front-end hangs up. ``false_positives``:
    the share of calls heard as machines that were persons, as somebody found by listening to a sample; with
    ``trust_confidence``, 100 % minus the confidence of each detection where that is more. Laws that say so count it.
    """

    on: bool = False
    delay_ns: Duration = field(default=2 * SECOND, name="delay")
    leave_message: bool = False
    false_positives: float | None = None
    trust_confidence: bool = False


class Campaign(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One outbound campaign.

    Parameters
    ----------
    id : str
        Of its own among campaigns.
    queue : str, default ""
        Where answered calls wait for an agent; its members are the campaign's agents. Every mode but agentless
        needs one.
    title : str, default ""
        For people.
    mode : {"predictive", "progressive", "power", "preview", "agentless"}, default "predictive"
        See ``docs/outbound.md``.
    profiles : tuple of str
        The laws that bind it, by name: ``"us"``, ``"uk"``, or one of the file's own. At least one; of several the
        strictest holds, rule by rule.
    cap : float, optional
        Share of calls answered by a person that may be abandoned; may only be stricter than the profiles'. None:
        theirs. 0: nobody may be, so that only the modes preview and progressive will do.
    ratio : float, default 1
        Dials for each idle agent; read by mode "power".
    concurrent : int, default 0
        Calls at once; read by mode "agentless", which needs it.
    in_flight : int, default 0
        Attempts at once that nobody has answered yet, whatever the mode. 0: no limit.
    caller_id, greeting, message : str, default ""
        References that the front-end knows: what the called party sees; what plays when a person answers; what plays
        when no agent is there in time, to machines (`Detection.leave_message`) and, in mode agentless, to everybody.
    message_ns : int, default 30 s
        How long the message plays: so long the line stays busy after it.
    hello_ns : int, default 0
        How long the called person's own "hello" takes at least: the time to connect counts from its end. Where the
        front-end listens until then before it reports a person, 0.
    ring_ns : int, default 25 s
        How long it rings; spelled ``ring_timeout`` in files.
    amd : Detection
        Detection of answering machines.
    priority : int, default 0
        Of answered calls in the queue.
    weight : int, default 1
        Share of agents whom it shares with other campaigns.
    min_agents, max_agents : int, default 0
        Agents it keeps to itself; and at most so many. 0: no limit.
    carriers : tuple of Share, default ()
        In order. None: calls go out without a carrier's name, and no limit of lines holds.
    hours : str, default ""
        Opening hours of the centre within which it dials, besides those of each called party. "": always.
    starts, ends : str, default ""
        A time box, ``"2026-11-30 09:00"`` in the centre's time zone. "": open at that end. It is written to the
        database.
    rules : CampaignRules, optional
        In which order records are taken, and what becomes of one after each outcome; written to the database. None: as
        that has it.
    recall_ns : int, default 10 s
        A call-back for an agent who is not free comes again after this long; spelled ``recall``.
    skip_ns : int, default 1 h
        A preview that an agent skips comes again after this long; spelled ``skip``.
    inbound_first : bool, default True
        The campaign's queue must come after (have a higher tier than) every queue of inbound contacts that shares
        agents with it.
    """

    id: Id
    queue: str = ""
    title: str = ""
    mode: Mode = "predictive"
    profiles: tuple[Id, ...] = ()
    cap: float | None = None
    ratio: float = 1.0
    concurrent: _Count = 0
    in_flight: _Count = 0
    caller_id: str = ""
    greeting: str = ""
    message: str = ""
    message_ns: Duration = field(default=30 * SECOND, name="message_length")
    hello_ns: Duration = field(default=0, name="hello")
    ring_ns: Annotated[int, Meta(ge=SECOND, le=RING_MAX_NS, title="duration")] = field(
        default=25 * SECOND, name="ring_timeout"
    )
    amd: Detection = Detection()
    priority: _Count = 0
    weight: Annotated[int, Meta(ge=1, le=1000)] = 1
    min_agents: _Count = 0
    max_agents: _Count = 0
    carriers: tuple[Share, ...] = ()
    hours: str = ""
    starts: str = ""
    ends: str = ""
    rules: CampaignRules | None = None
    recall_ns: _Pause = field(default=10 * SECOND, name="recall")
    skip_ns: _Pause = field(default=HOUR, name="skip")
    inbound_first: bool = True


class Settings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Habits of a dialer.

    Parameters
    ----------
    decide_ns : int, default 500 ms
        From one decision to the next; spelled ``decide_every``.
    in_flight : int, default 10,000
        Attempts of all campaigns at once that nobody has answered yet.
    tries : int, default 4
        When rules refuse records, so many times per decision others are asked for in their stead.
    front_end : str, default ""
        The front-end that dials (`SyncCalls`). "": none is named.
    """

    decide_ns: _Pause = field(default=500 * MILLISECOND, name="decide_every")
    in_flight: _Positive = 10_000
    tries: Annotated[int, Meta(ge=1, le=1000)] = 4
    front_end: str = ""


class Outbound(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A file of campaigns: these, their carriers, profiles of its own besides the built-in ones, and habits."""

    campaigns: tuple[Campaign, ...]
    carriers: tuple[Carrier, ...] = ()
    profiles: tuple[Profile, ...] = ()
    settings: Settings = Settings()

    def campaign(self, name: str) -> Campaign | None:
        """Find a campaign; None if there is none of this id. O(campaigns)."""
        return next((one for one in self.campaigns if one.id == name), None)


__all__ = [
    "RING_MAX_NS",
    "Campaign",
    "Carrier",
    "Detection",
    "Mode",
    "Outbound",
    "Settings",
    "Share",
]
