"""Limits: how often, and how soon again, a number or a customer may be called.

Pure functions of the attempts made so far. Days are those of the called party; where several time zones are possible,
all must allow the call.

Owns these rules and the instant from which each allows the call; must not know hours, lists or how attempts are kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from routing.compliance.profiles import AttemptLimit, Profile
from routing.config.localtime import instant_ns, local_date, zone
from routing.durations import format_duration


class Past(NamedTuple):
    """An attempt that was made.

    Attributes
    ----------
    at_ns : int
        When it was dialed.
    number, campaign, customer : str
        To whom and for what; an empty customer is nobody's.
    outcome : str
        As `AttemptEnded` tells it; empty while it goes on.
    ended_ns : int
        When it ended: after a conversation, when that was over. 0: not known, then ``at_ns`` stands for it.
    abandoned : bool
        Did the ledger count it as abandoned?
    talked : bool
        Was there a conversation?
    """

    at_ns: int
    number: str
    campaign: str = ""
    customer: str = ""
    outcome: str = ""
    ended_ns: int = 0
    abandoned: bool = False
    talked: bool = False

    @property
    def over_ns(self) -> int:
        """When it ended, as far as known."""
        return max(self.ended_ns, self.at_ns)


class Planned(NamedTuple):
    """A call that somebody wants to make.

    Attributes
    ----------
    number : str
        In E.164 form.
    campaign : str
        For what.
    customer, tenant : str
        Whom it is for, and on whose behalf; may be empty.
    zones : tuple of str
        Time zones known of the customer, beside those of the number.
    certain_agent : bool
        Is an agent certain to be there when somebody answers (preview, progressive, call-back)?
    asked_for : bool
        Did the customer ask to be called at this time? Then neither how often nor how soon matters.
    """

    number: str
    campaign: str = ""
    customer: str = ""
    tenant: str = ""
    zones: tuple[str, ...] = ()
    certain_agent: bool = False
    asked_for: bool = False


class Broken(NamedTuple):
    """A limit that a call would break; ``until_ns``: from when it would not, None: never."""

    rule: str
    profile: str
    detail: str
    until_ns: int | None


def rule_of(limit: AttemptLimit) -> str:
    """Name the rule of a limit.

    >>> rule_of(AttemptLimit(3, days=1)), rule_of(AttemptLimit(7, "customer", days=7))
    ('too_many_attempts_today', 'too_many_attempts_in_days_of_customer')
    """
    if limit.days == 1:
        name = "too_many_attempts_today"
    elif limit.days:
        name = "too_many_attempts_in_days"
    elif limit.within_ns:
        name = "too_many_attempts_in_time"
    else:
        name = "too_many_attempts"
    name += "_in_campaign" if limit.campaign else ""
    return name + ("_of_customer" if limit.per == "customer" else "")


def broken_limits(
    profile: Profile, planned: Planned, past: Sequence[Past], zones: Sequence[str], at_ns: int
) -> Iterator[Broken]:
    """List what a call at an instant would break of one profile.

    Parameters
    ----------
    profile : Profile
        Its limits.
    planned : Planned
        The call.
    past : sequence of Past
        Attempts to this number or customer, in any order; others are not read.
    zones : sequence of str
        Time zones that the called party may be in. Empty: days are those of UTC.
    at_ns : int
        The instant. Attempts after it are not read.

    Yields
    ------
    Broken
        O(limits x attempts).

    Examples
    --------
    >>> from routing.compliance.profiles import BUILT_IN
    >>> from routing.units import HOUR
    >>> dropped = Past(0, "+442079460958", abandoned=True)
    >>> for broken in broken_limits(BUILT_IN["uk"], Planned("+442079460958"), [dropped], ["Europe/London"], HOUR):
    ...     print(broken.rule, broken.until_ns // HOUR)
    locked_out_after_abandoned_call 72
    """
    if planned.asked_for:
        return
    to_number = [one for one in past if one.number == planned.number and one.at_ns <= at_ns]
    to_customer = [
        one
        for one in past
        if one.at_ns <= at_ns
        and (one.number == planned.number or (planned.customer and one.customer == planned.customer))
    ]
    for limit in profile.attempts:
        counted = [
            one
            for one in (to_number if limit.per == "number" else to_customer)
            if one.outcome not in limit.leaves_out
            and (not limit.campaign or one.campaign == planned.campaign)
        ]
        broken = _too_many(limit, counted, zones, at_ns)
        if broken is not None:
            count, until_ns = broken
            yield Broken(
                rule_of(limit), profile.id, f"{count} attempts were made, {limit.most} are allowed", until_ns
            )
    yield from _too_soon(profile, planned, to_number, to_customer, zones, at_ns)


def _too_many(
    limit: AttemptLimit, counted: list[Past], zones: Sequence[str], at_ns: int
) -> tuple[int, int | None] | None:
    """Give how many attempts count against a limit that is used up, and from when fewer do; None: it is not."""
    if len(counted) < limit.most:
        return None
    if limit.days:
        found = [_in_days(limit, counted, name, at_ns) for name in zones or ("UTC",)]
        full = [one for one in found if one is not None]
        return max(full, key=lambda one: one[1]) if full else None
    if limit.within_ns:
        times = sorted(one.at_ns for one in counted if at_ns - one.at_ns < limit.within_ns)
        return (len(times), times[-limit.most] + limit.within_ns) if len(times) >= limit.most else None
    return len(counted), None


def _in_days(limit: AttemptLimit, counted: list[Past], name: str, at_ns: int) -> tuple[int, int] | None:
    where = zone(name)
    oldest = local_date(at_ns, where) - timedelta(days=limit.days - 1)
    dates = sorted(day for day in (local_date(one.at_ns, where) for one in counted) if day >= oldest)
    if len(dates) < limit.most:
        return None
    return len(dates), _midnight_ns(dates[-limit.most], limit.days, name)


def _too_soon(
    profile: Profile,
    planned: Planned,
    to_number: list[Past],
    to_customer: list[Past],
    zones: Sequence[str],
    at_ns: int,
) -> Iterator[Broken]:
    """List intervals and lock-outs that are not over."""
    for rule, length_ns, ends in (
        ("too_soon_after_attempt", profile.interval_ns, [one.at_ns for one in to_number]),
        (
            "locked_out_after_abandoned_call",
            0 if planned.certain_agent else profile.abandoned_lockout_ns,
            [one.over_ns for one in to_number if one.abandoned],
        ),
        (
            "locked_out_after_machine",
            0 if planned.certain_agent else profile.machine_lockout_ns,
            [one.over_ns for one in to_number if one.outcome == "machine"],
        ),
    ):
        until_ns = max(ends, default=at_ns) + length_ns
        if length_ns and until_ns > at_ns and ends:
            yield Broken(
                rule,
                profile.id,
                f"{format_duration(until_ns - at_ns)} remain of {format_duration(length_ns)}",
                until_ns,
            )
    talks = [one.over_ns for one in to_customer if one.talked]
    if profile.conversation_days and talks:
        last_ns = max(talks)
        until_ns = max(
            _midnight_ns(local_date(last_ns, zone(name)), profile.conversation_days, name)
            for name in zones or ("UTC",)
        )
        if until_ns > at_ns:
            detail = f"there was a conversation; {profile.conversation_days} days from its day on are free of calls"
            yield Broken("locked_out_after_conversation", profile.id, detail, until_ns)


def _midnight_ns(day: date, later: int, name: str) -> int:
    return instant_ns(day + timedelta(days=later), 0, zone(name))


def latest(broken: Iterable[Broken]) -> Broken | None:
    """Give the strictest: one that never ends, else the one that ends last; the first of equals.

    >>> latest([Broken("a", "", "", 5), Broken("b", "", "", 9), Broken("c", "", "", 9)]).rule
    'b'
    """
    found: Broken | None = None
    for one in broken:
        if one.until_ns is None:
            return one
        if found is None or found.until_ns is None or one.until_ns > found.until_ns:
            found = one
    return found
