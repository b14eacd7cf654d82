"""Settings of call-backs: how they are dialled, how often, when they are given up, and how many are promised.

Owns their shape and the rules that look at more than one value; must not know files (``files``), an engine, or what
is done with them (``steps``, ``desk``).
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from routing.compliance.profiles import choose
from routing.durations import format_duration
from routing.errors import ConfigError
from routing.model import Config, Duration, Id
from routing.outbound.campaign import RING_MAX_NS
from routing.skills import quoted, suggest
from routing.units import DAY, MINUTE, SECOND

Dial = Literal["agent", "customer"]
Merge = Literal["arrival", "answer", "never"]
Place = Literal["kept", "first", "last"]
_Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class CallBackRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How the call-backs of a queue are made. A file spells durations as "10m", without ``_ns``.

    Parameters
    ----------
    dial : {"agent", "customer"}, default "agent"
        Who comes first: an agent, who accepts and then hears it ring, so that nobody who answers waits; or the
        customer, dialled shortly before the estimated turn, so that no agent waits.
    lead_ns : int, default 25 s
        With ``dial = "customer"``: so long before the estimated turn.
    look_ns : int, default 2 s
        With ``dial = "customer"``: so often the turn is estimated anew.
    attempts : int, default 3
        Dials that reach nobody; after so many it is ``unreached``. Faults of a carrier do not count.
    spacing_ns : int, default 10 min
        From the end of an attempt to the next turn.
    again_ns : int, default 30 s
        A contact that its queue gave up, or that could not be enqueued, is enqueued anew so long after.
    expire_ns : int, default 1 day
        Of one without a window's end, from the promise on; 0: never.
    ring_ns : int, default 25 s (``ring_timeout``)
        How long it may ring at the customer's.
    prefer_ns : int, default 2 min (``prefer``)
        So long it waits for the agent whom the customer asked for, if logged in; then anybody's of the queue.
    place : {"kept", "first", "last"}, default "kept"
        Where a contact stands that is enqueued anew: at its old place (by credit of age), before everybody, or behind.
    merge : {"arrival", "answer", "never"}, default "arrival"
        When the customer calls meanwhile, the call-back is over and its place is the caller's: as they arrive (one
        whose window has not begun: as they are answered), or as they are answered.
    merge_queues : {"same", "any"}, default "same"
        Must they call for the same queue?
    channel : str, default "voice"
        Of contacts that are made for call-backs, which are counted by it.
    profiles : list of str, default none
        Compliance profiles whose calling hours hold, in the customer's time zone.
    campaign, carrier, front_end : str
        Labels of the dials (default "call-backs", none, none).
    slot_ns : int, default 30 min
        Grain of what is promised.
    per_slot : int, default 0
        So many call-backs can be made in each; 0: no limit is kept.
    window_ns : int, default 30 min (``window``)
        The shortest window that is promised.
    ahead_ns : int, default 14 days (``ahead``)
        How far ahead is promised.

    Examples
    --------
    >>> CallBackRules(attempts=5).spacing_ns // SECOND
    600
    """

    dial: Dial = "agent"
    lead_ns: Duration = field(default=25 * SECOND, name="lead")
    look_ns: Duration = field(default=2 * SECOND, name="look")
    attempts: Annotated[int, Meta(ge=1, le=1000)] = 3
    spacing_ns: Duration = field(default=10 * MINUTE, name="spacing")
    again_ns: Duration = field(default=30 * SECOND, name="again")
    expire_ns: Duration = field(default=DAY, name="expire")
    ring_ns: Duration = field(default=25 * SECOND, name="ring_timeout")
    prefer_ns: Duration = field(default=2 * MINUTE, name="prefer")
    place: Place = "kept"
    merge: Merge = "arrival"
    merge_queues: Literal["same", "any"] = "same"
    channel: Id = "voice"
    profiles: tuple[Id, ...] = ()
    campaign: Id = "call-backs"
    carrier: str = ""
    front_end: str = ""
    slot_ns: Duration = field(default=30 * MINUTE, name="slot")
    per_slot: _Count = 0
    window_ns: Duration = field(default=30 * MINUTE, name="window")
    ahead_ns: Duration = field(default=14 * DAY, name="ahead")


class QueueRules(CallBackRules, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The rules of one ``queue``, in place of all the general ones."""

    queue: Id


class CallBackSettings(
    CallBackRules, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """Call-backs of a centre: general rules, and those of queues that have their own.

    Parameters
    ----------
    queues : list of QueueRules
        Queues with rules of their own.
    remember : int, default 10,000
        Call-backs that are over, and known nevertheless: by a screen, or because nobody has written them down yet. At
        least one: whoever ends a call-back is told how it stands.

    Examples
    --------
    >>> settings = CallBackSettings(attempts=2, queues=(QueueRules(queue="sales"),))
    >>> settings.of("sales").attempts, settings.of("tech").attempts
    (3, 2)
    """

    queues: tuple[QueueRules, ...] = ()
    remember: Annotated[int, Meta(ge=1, le=10_000_000)] = 10_000

    def of(self, queue: str) -> CallBackRules:
        """Give the rules of a queue. O(queues with rules of their own)."""
        return next((one for one in self.queues if one.queue == queue), self)


#: Least values of durations that something is repeated by.
_LEAST: Final = {"look_ns": SECOND // 10, "spacing_ns": SECOND, "again_ns": SECOND, "slot_ns": MINUTE}


def check_settings(settings: CallBackSettings, path: str = "") -> None:
    """Check what looks at more than one value, or has bounds of its own.

    Parameters
    ----------
    settings : CallBackSettings
        What was read.
    path : str, default ""
        Where it stands, in front of the messages' own paths.

    Raises
    ------
    ConfigError
        If a rule is broken: the path, the value, the rule and the remedy.

    Examples
    --------
    >>> check_settings(CallBackSettings(spacing_ns=5))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: spacing: 5ns is less than 1s, and dials would follow at once; give at least 1s
    """
    dot = f"{path}." if path else ""
    seen: set[str] = set()
    for place, one in enumerate(settings.queues):
        where = f"{dot}queues[{place}]."
        if one.queue in seen:
            raise ConfigError(f"{where}queue", f"{quoted(one.queue)} has rules already; say them once")
        seen.add(one.queue)
        _check_rules(one, where)
    _check_rules(settings, dot)


def _check_rules(rules: CallBackRules, dot: str) -> None:
    for name, least in _LEAST.items():
        value = getattr(rules, name)
        if value < least:
            raise ConfigError(
                f"{dot}{name.removesuffix('_ns')}",
                f"{format_duration(value)} is less than {format_duration(least)}, and dials would follow at "
                f"once; give at least {format_duration(least)}",
            )
    if not SECOND <= rules.ring_ns <= RING_MAX_NS:
        raise ConfigError(
            f"{dot}ring_timeout",
            f"{format_duration(rules.ring_ns)} is not in 1s..10m; give a time that one rings",
        )
    if rules.window_ns < rules.slot_ns:
        raise ConfigError(
            f"{dot}window",
            f"{format_duration(rules.window_ns)} is shorter than a slot of {format_duration(rules.slot_ns)}, so no "
            "slot need lie in it; give at least the length of a slot",
        )
    choose(rules.profiles)


def check_against(settings: CallBackSettings, centre: Config, path: str = "") -> None:
    """Check settings with the centre: its queues and channels.

    Raises
    ------
    ConfigError
        If a queue or a channel is not the centre's, or a channel of call-backs takes no load, so that somebody who
        talks would be offered one.

    Examples
    --------
    >>> check_against(CallBackSettings(channel="callback"), Config())
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: channel: the centre has no channel 'callback'; add it to channels, or say "voice"
    """
    dot = f"{path}." if path else ""
    names = [queue.id for queue in centre.queues]
    loads = {channel.id: channel.load for channel in centre.channels}
    for place, one in enumerate(settings.queues):
        if one.queue not in names:
            raise ConfigError(
                f"{dot}queues[{place}].queue", f"unknown queue {quoted(one.queue)}{suggest(one.queue, names)}"
            )
    for where, rules in [
        (dot, settings),
        *((f"{dot}queues[{place}].", one) for place, one in enumerate(settings.queues)),
    ]:
        if rules.channel not in loads:
            raise ConfigError(
                f"{where}channel",
                f'the centre has no channel {quoted(rules.channel)}; add it to channels, or say "voice"',
            )
        if rules.channel != "voice" and loads[rules.channel] == 0:
            raise ConfigError(
                f"{where}channel",
                f"channel {quoted(rules.channel)} has a load of 0, so somebody who talks would be offered a call-back; "
                "give it and voice a load of 100",
            )
