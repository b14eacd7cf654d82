"""Profiles: what a law or a policy asks of outbound calls, as figures.

A profile says which share of the calls that people answer may be abandoned and over which window, when a call counts as
abandoned, how long the telephone must ring, at which hours of the called party one may call, and how often. Several may
apply at once: each rule is then that of the strictest, which is named.

The built-in figures and their sources stand in ``docs/compliance.md``. They are no legal advice.

Owns the figures; must not know events, numbers or campaigns.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct, field

from routing.config.shape import spell, to_struct
from routing.config.timetable import check_hours
from routing.errors import ConfigError
from routing.model import Duration, Holiday, Hours, Id, OpenSpan
from routing.units import DAY, HOUR, SECOND
from routing.words import quoted, suggest

WindowKind = Literal["periods", "calendar_day", "calendar_month", "rolling", "campaign"]
#: From when the time to connect runs: the end of the person's greeting, or the moment of picking up.
Clock = Literal["greeting", "pick_up"]
#: What a person who hangs up before the time to connect is over counts as.
EarlyHangup = Literal["left_out", "answered", "abandoned"]
Per = Literal["number", "customer"]
Days = Annotated[int, Meta(ge=0, le=36_500)]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]

#: Attempts that reached nobody's telephone.
UNCONNECTED: Final = ("busy", "invalid", "congestion", "carrier_error")


class Window(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Over what the share of abandoned calls is measured, per campaign.

    Parameters
    ----------
    kind : {"periods", "calendar_day", "calendar_month", "rolling", "campaign"}
        Successive periods of ``days`` local days, the first from the day of the campaign's first dial; the local day or
        month; the last ``length_ns`` before any instant; all of the campaign.
    days : int, default 30
        Read by "periods".
    length_ns : int, default 24 h
        Read by "rolling".
    """

    kind: WindowKind = "periods"
    days: Annotated[int, Meta(ge=1, le=36_500)] = 30
    length_ns: Duration = field(default=DAY, name="length")


class AttemptLimit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many attempts at most.

    Parameters
    ----------
    most : int
        Attempts within the span; the next is refused.
    per : {"number", "customer"}
        Attempts to the same number, or to the same customer whatever the number.
    days : int, default 0
        Over so many days of the called party, today included.
    within_ns : int, default 0
        Or over the time just before, whatever the day. With neither: ever.
    campaign : bool, default False
        Only the attempts of the same campaign.
    leaves_out : tuple of str
        Outcomes of attempts that do not count.
    """

    most: Annotated[int, Meta(ge=1, le=1_000_000)]
    per: Per = "number"
    days: Days = 0
    within_ns: Duration = field(default=0, name="within")
    campaign: bool = False
    leaves_out: tuple[str, ...] = ()


class RegionalHolidays(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Dates that replace their weekday's hours for the numbers of a region (ISO 3166, as "GB"; empty: of every one)."""

    holidays: tuple[Holiday, ...]
    region: str = ""


class Profile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a law or a policy asks. What has its default asks nothing.

    Parameters
    ----------
    id : str
        Its name.
    title : str
        For people.
    cap : float, default 1
        Share of the calls answered by a person that may be abandoned; 0: none, so only progressive dialing will do.
    window : Window
        Over what that is measured.
    connect_within_ns : int, default 0
        A call that an agent takes later is abandoned. 0: abandoned calls are not counted.
    clock : {"greeting", "pick_up"}
        From when that time runs.
    early_hangup : {"left_out", "answered", "abandoned"}
        What somebody who hangs up before that time is over counts as; left out counts neither way.
    machine_false_positives : bool, default False
        Are people taken for machines estimated and counted as answered and abandoned?
    ring_at_least_ns : int, default 0
        An unanswered telephone rings so long.
    message_required, caller_id_required : bool, default False
        Must those who are abandoned hear a recorded message; must the caller's number be shown?
    hours : tuple of OpenSpan
        When one may call, by the clock of the called party. Empty: at any time.
    holidays : tuple of RegionalHolidays
        Dates with other hours.
    attempts : tuple of AttemptLimit
        How often one may call.
    interval_ns : int, default 0
        Between two attempts to a number.
    abandoned_lockout_ns, machine_lockout_ns : int, default 0
        So long after a call that was abandoned, or that a machine was heard on, the number is dialed only for an agent
        who is certain to be there.
    conversation_days : int, default 0
        No call on so many days from the day of a conversation, which is the first of them.
    do_not_call : bool, default False
        Are numbers on do-not-call lists refused?
    """

    id: Id
    title: str = ""
    cap: Share = 1.0
    window: Window = Window()
    connect_within_ns: Duration = field(default=0, name="connect_within")
    clock: Clock = "greeting"
    early_hangup: EarlyHangup = "left_out"
    machine_false_positives: bool = False
    ring_at_least_ns: Duration = field(default=0, name="ring_at_least")
    message_required: bool = False
    caller_id_required: bool = False
    hours: tuple[OpenSpan, ...] = ()
    holidays: tuple[RegionalHolidays, ...] = ()
    attempts: tuple[AttemptLimit, ...] = ()
    interval_ns: Duration = field(default=0, name="interval")
    abandoned_lockout_ns: Duration = field(default=0, name="abandoned_lockout")
    machine_lockout_ns: Duration = field(default=0, name="machine_lockout")
    conversation_days: Days = 0
    do_not_call: bool = False

    @property
    def counts(self) -> bool:
        """Does it count abandoned calls?"""
        return self.connect_within_ns > 0

    def allowed(self, answered: int) -> int:
        """Say how many of so many answered calls may be abandoned, rounded down.

        >>> BUILT_IN["us-ftc"].allowed(100), BUILT_IN["us-ftc"].allowed(99)
        (3, 2)
        """
        return round(self.cap * _MILLION) * answered // _MILLION


_MILLION: Final = 1_000_000
_ALL_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EIGHT_TO_NINE: Final = (OpenSpan(_ALL_DAYS, "08:00", "21:00"),)

_FCC: Final = Profile(
    "us-fcc",
    "United States, FCC: 47 CFR 64.1200",
    cap=0.03,
    window=Window("periods", days=30),
    connect_within_ns=2 * SECOND,
    machine_false_positives=True,
    ring_at_least_ns=15 * SECOND,
    message_required=True,
    caller_id_required=True,
    hours=_EIGHT_TO_NINE,
    do_not_call=True,
)
_UK: Final = Profile(
    "uk",
    "United Kingdom, Ofcom: persistent misuse",
    cap=0.03,
    window=Window("rolling", length_ns=24 * HOUR),
    connect_within_ns=2 * SECOND,
    machine_false_positives=True,
    ring_at_least_ns=15 * SECOND,
    message_required=True,
    caller_id_required=True,
    abandoned_lockout_ns=72 * HOUR,
    machine_lockout_ns=24 * HOUR,
    do_not_call=True,
)
_CANADA: Final = Profile(
    "canada",
    "Canada, CRTC: Unsolicited Telecommunications Rules",
    cap=0.05,
    window=Window("calendar_month"),
    connect_within_ns=2 * SECOND,
    clock="pick_up",
    machine_false_positives=True,
    caller_id_required=True,
    hours=(
        OpenSpan(_ALL_DAYS[:5], "09:00", "21:30"),
        OpenSpan(_ALL_DAYS[5:], "10:00", "18:00"),
    ),
    do_not_call=True,
)
_REG_F: Final = Profile(
    "us-reg-f",
    "United States, CFPB: Regulation F, debt collection",
    hours=_EIGHT_TO_NINE,
    attempts=(AttemptLimit(7, "customer", days=7, leaves_out=UNCONNECTED),),
    conversation_days=7,
)

#: Profiles by id. "us" is what holds by both American rules on telemarketing; "never" asks that nobody is abandoned.
BUILT_IN: Final[Mapping[str, Profile]] = {
    profile.id: profile
    for profile in (
        _FCC,
        msgspec.structs.replace(_FCC, id="us-ftc", title="United States, FTC: 16 CFR 310.4"),
        msgspec.structs.replace(_FCC, id="us", title="United States, telemarketing: FCC and FTC"),
        _REG_F,
        _UK,
        msgspec.structs.replace(
            _UK, id="uk-none", title="United Kingdom, Ofcom, no abandoned call tolerated", cap=0.0
        ),
        _CANADA,
        Profile("never", "Nobody is abandoned", cap=0.0, connect_within_ns=2 * SECOND),
    )
}


def profile_of(raw: object, path: str = "", known: Mapping[str, Profile] = BUILT_IN) -> Profile:
    """Make a profile of plain data, as a file spells it.

    Parameters
    ----------
    raw : object
        A table with an ``id`` and the fields of `Profile`, durations as texts with units. With ``extends``, what it
        does not say is as in the profile of that id.
    path : str
        Where it stands, for errors.
    known : mapping of str to Profile
        What may be extended.

    Raises
    ------
    ConfigError
        If a field is unknown or missing, a value of the wrong type or out of bounds, or hours overlap.

    Examples
    --------
    >>> ours = profile_of({"id": "ours", "extends": "us", "cap": 0.01, "interval": "4h"})
    >>> ours.cap, ours.interval_ns // HOUR, ours.ring_at_least_ns // SECOND
    (0.01, 4, 15)
    >>> profile_of({"id": "ours", "extends": "usa"}, "profiles[0]")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: profiles[0].extends: unknown profile 'usa'; did you mean 'us'?
    """
    try:
        if isinstance(raw, dict) and "extends" in raw:
            table = dict(raw)
            base = table.pop("extends")
            raw = {**_spelled(_known(base, known, "extends")), **table}
        profile = to_struct(raw, Profile)
        check_profile(profile)
    except ConfigError as error:
        inner = error.path if error.path.startswith("[") or not (path and error.path) else f".{error.path}"
        raise ConfigError(path + inner, error.problem) from None
    return profile


def profiles_of(raw: object, path: str = "profiles") -> dict[str, Profile]:
    """Make profiles of a list of tables, beside the built-in ones; one may extend those before it.

    Raises
    ------
    ConfigError
        As for `profile_of`, and if an id stands twice or is that of a built-in one.

    Examples
    --------
    >>> sorted(set(profiles_of([{"id": "strict", "extends": "uk", "cap": 0.01}])) - set(BUILT_IN))
    ['strict']
    """
    if not isinstance(raw, (list, tuple)):
        raise ConfigError(path, "must be a list of tables; write [[profiles]]")
    known = dict(BUILT_IN)
    for place, table in enumerate(raw):
        profile = profile_of(table, f"{path}[{place}]", known)
        if profile.id in known:
            raise ConfigError(f"{path}[{place}].id", f"{quoted(profile.id)} is taken; choose another")
        known[profile.id] = profile
    return known


def choose(
    ids: Iterable[str], known: Mapping[str, Profile] = BUILT_IN, path: str = "profiles"
) -> tuple[Profile, ...]:
    """Find profiles by id, in the order given.

    Raises
    ------
    ConfigError
        If one is not known.

    Examples
    --------
    >>> [profile.cap for profile in choose(["us", "canada"])]
    [0.03, 0.05]
    """
    return tuple(_known(one, known, f"{path}[{place}]") for place, one in enumerate(ids))


def check_profile(profile: Profile, path: str = "") -> None:
    """Check what looks at more than one value.

    Raises
    ------
    ConfigError
        If a cap counts nothing, hours overlap, or a limit has two spans.

    Examples
    --------
    >>> check_profile(Profile("ours", cap=0.03))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: connect_within: is 0s, so nothing is abandoned and cap 0.03 has no effect; write '2s'
    """
    start = f"{path}." if path else ""
    if profile.cap < 1.0 and not profile.counts:
        raise ConfigError(
            f"{start}connect_within",
            f"is 0s, so nothing is abandoned and cap {profile.cap} has no effect; write '2s'",
        )
    if profile.window.kind == "rolling" and not profile.window.length_ns:
        raise ConfigError(f"{start}window.length", "is 0s; write how long the window is, such as '24h'")
    _check_hours(Hours("hours", profile.hours), "hours.weekly", f"{start}hours")
    for place, regional in enumerate(profile.holidays):
        here = f"{start}holidays[{place}].holidays"
        _check_hours(Hours("hours", holidays=regional.holidays), "hours.holidays", here)
    for place, limit in enumerate(profile.attempts):
        if limit.days and limit.within_ns:
            raise ConfigError(
                f"{start}attempts[{place}].within",
                "stands beside days; keep one and write two limits for both",
            )


class Strictest(NamedTuple):
    """A rule's figure, and the profile that asks for it."""

    figure: float
    profile: str


def strictest(profiles: Iterable[Profile]) -> dict[str, Strictest]:
    """Find, for each rule that is a figure, the strictest and who asks for it; the first of equals.

    Returns
    -------
    dict
        By "cap" and "connect_within" (the least of those that ask), "ring_at_least", "interval", "abandoned_lockout",
        "machine_lockout" (the greatest; durations in ns) and "conversation_days". A rule that nobody asks for is not
        in it.

    Examples
    --------
    >>> found = strictest(choose(["canada", "us", "uk"]))
    >>> found["cap"], found["ring_at_least"].profile, "interval" in found
    (Strictest(figure=0.03, profile='us'), 'us', False)
    """
    found: dict[str, Strictest] = {}
    for profile in profiles:
        if profile.counts:
            _keep(found, "cap", profile.cap, profile.id, least=True)
            _keep(found, "connect_within", profile.connect_within_ns, profile.id, least=True)
        for rule, figure in (
            ("ring_at_least", profile.ring_at_least_ns),
            ("interval", profile.interval_ns),
            ("abandoned_lockout", profile.abandoned_lockout_ns),
            ("machine_lockout", profile.machine_lockout_ns),
            ("conversation_days", profile.conversation_days),
        ):
            if figure:
                _keep(found, rule, figure, profile.id, least=False)
    return found


def _keep(found: dict[str, Strictest], rule: str, figure: float, profile: str, *, least: bool) -> None:
    known = found.get(rule)
    if known is None or (figure < known.figure if least else figure > known.figure):
        found[rule] = Strictest(figure, profile)


def _known(name: object, known: Mapping[str, Profile], path: str) -> Profile:
    if not isinstance(name, str):
        raise ConfigError(path, "must be the id of a profile, in quotes")
    profile = known.get(name)
    if profile is None:
        hint = suggest(name, known) or f"; known are {', '.join(known)}"
        raise ConfigError(path, f"unknown profile {quoted(name)}{hint}")
    return profile


def _spelled(profile: Profile) -> dict[str, object]:
    spelled = spell(profile, msgspec.inspect.type_info(Profile))
    assert isinstance(spelled, dict)
    return spelled


def _check_hours(hours: Hours, inner: str, outer: str) -> None:
    """Check hours, and say of what is wrong where it stands in a profile."""
    try:
        check_hours(hours, "hours")
    except ConfigError as error:
        raise ConfigError(error.path.replace(inner, outer, 1), error.problem.replace(inner, outer)) from None
