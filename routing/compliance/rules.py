"""The rulebook: may this call be made now? If not, which rule of which profile says so, and from when it would not.

Rules have stable names, which are written to records: of lists and numbers `do_not_call`, `number_not_valid`,
`time_zone_not_known`; of hours `outside_calling_hours`; of limits those of `routing.compliance.limits`.

Owns how rules are put together; must not know the database, the engine or who asks.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from routing.compliance.hours import CallingHours
from routing.compliance.limits import Past, Planned, broken_limits
from routing.compliance.numbers import Place, place, with_zones
from routing.compliance.profiles import Profile
from routing.compliance.suppression import Suppression
from routing.errors import DataError

__all__ = ["Past", "Planned", "Refusal", "Rulebook"]

_STEPS_MAX: Final = 1000  # of looking for the next instant at which every rule allows a call


class Refusal(NamedTuple):
    """Why a call must not be made.

    Attributes
    ----------
    rule : str
        Its stable name.
    profile : str
        Whose rule it is; empty for what holds by itself.
    detail : str
        For people: figures, a list, a time zone.
    until_ns : int or None
        From when this rule allows the call; None: never as things are.
    """

    rule: str
    profile: str
    detail: str
    until_ns: int | None = None


class Rulebook:
    """Every rule of one or several profiles, for one call at a time.

    Parameters
    ----------
    profiles : iterable of Profile
        All of them apply.
    suppression : Suppression, optional
        The do-not-call lists; asked whatever the profiles say, for whoever keeps a list means it.
    placing : callable, default `routing.compliance.numbers.place`
        Says what is known of a number, raising `DataError` for one that cannot exist.

    Examples
    --------
    >>> from routing.compliance.profiles import choose
    >>> from routing.units import HOUR
    >>> book = Rulebook(choose(["us"]))
    >>> night = book.check(Planned("+12125550123"), (), 3 * HOUR)  # 10 p.m. on the last day of 1969
    >>> night.rule, night.profile, night.until_ns // HOUR
    ('outside_calling_hours', 'us', 13)
    >>> book.check(Planned("+12125550123"), (), 13 * HOUR)
    """

    def __init__(
        self,
        profiles: Iterable[Profile],
        suppression: Suppression | None = None,
        placing: Callable[[str], Place] = place,
    ) -> None:
        self.profiles = tuple(profiles)
        self._suppression = suppression
        self._placing = placing
        self._hours = CallingHours(self.profiles)
        self._has_hours = any(profile.hours or profile.holidays for profile in self.profiles)

    def check(self, planned: Planned, past: Sequence[Past], at_ns: int) -> Refusal | None:
        """Say why a call must not be made at an instant; None: it may.

        What never passes comes first: lists, numbers, limits for good. Then, of several reasons, the one that lasts
        longest; the first of equals by the order hours, limits and that of the profiles.

        Parameters
        ----------
        planned : Planned
            The call.
        past : sequence of Past
            Every attempt to this number or customer that a limit may read, in any order.
        at_ns : int
            The instant, in nanoseconds since 1970.

        Raises
        ------
        DataError
            If a do-not-call list is asked about a number that is not in E.164 form.
        ConfigError
            If one of ``planned.zones`` is no time zone.

        Notes
        -----
        Some microseconds for a number that was asked about of late and has no past; O(limits x attempts) more.
        """
        try:
            found = self._placing(planned.number)
        except DataError as error:
            return Refusal("number_not_valid", "", str(error))
        if self._suppression is not None:
            listed = self._suppression.listed(planned.number, planned.campaign, planned.tenant)
            if listed:
                return Refusal("do_not_call", self._asking(), f"on the list {listed}")
        if planned.zones:
            found = with_zones(found, planned.zones)
        if self._has_hours and not found.zones:
            return Refusal(
                "time_zone_not_known", self._asking_hours(), "no time zone is known of this number"
            )
        return self._temporary(planned, past, found, at_ns)

    def next_allowed_ns(self, planned: Planned, past: Sequence[Past], at_ns: int) -> int | None:
        """Give the first instant, not before `at_ns`, at which no rule refuses the call; None: never.

        Exact as long as no other attempt is made before. O(reasons on the way), each as `check`.

        Examples
        --------
        >>> from routing.compliance.profiles import choose
        >>> from routing.units import DAY, HOUR
        >>> book = Rulebook(choose(["uk", "us"]))
        >>> dropped = Past(5 * HOUR, "+12125550123", abandoned=True)  # at midnight in New York
        >>> book.next_allowed_ns(Planned("+12125550123"), [dropped], 5 * HOUR) == 3 * DAY + 13 * HOUR
        True
        """
        for _ in range(_STEPS_MAX):
            refusal = self.check(planned, past, at_ns)
            if refusal is None:
                return at_ns
            if refusal.until_ns is None:
                return None
            at_ns = refusal.until_ns
        return None

    def _temporary(self, planned: Planned, past: Sequence[Past], found: Place, at_ns: int) -> Refusal | None:
        """Find the reason that lasts longest among hours and limits."""
        last: Refusal | None = None
        if self._has_hours:
            window = self._hours.window(found.zones, found.region, at_ns)
            if not window.open:
                until_ns = window.until_ns if window.until_ns >= 0 else None
                last = Refusal(
                    "outside_calling_hours", window.profile, f"closed in {window.timezone}", until_ns
                )
        if past:
            for profile in self.profiles:
                for broken in broken_limits(profile, planned, past, found.zones, at_ns):
                    if last is None or _lasts_longer(broken.until_ns, last.until_ns):
                        last = Refusal(*broken)
        return last

    def _asking(self) -> str:
        return next((profile.id for profile in self.profiles if profile.do_not_call), "")

    def _asking_hours(self) -> str:
        return next((profile.id for profile in self.profiles if profile.hours or profile.holidays), "")


def _lasts_longer(one: int | None, other: int | None) -> bool:
    return other is not None and (one is None or one > other)
