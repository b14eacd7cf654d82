"""Counting one campaign: its profiles that count, the tally of each, and how these are kept.

Owns which counts go together; must not know events.
"""

from msgspec import Struct

from routing.compliance.calls import OpenCall, Watched
from routing.compliance.profiles import Profile
from routing.compliance.tallies import RollingTally, WindowTally
from routing.config.localtime import zone


class Counting:
    """A campaign, the profiles that count, and the tally of each."""

    def __init__(self, watched: Watched, profiles: tuple[Profile, ...]) -> None:
        self.watched = watched
        where = zone(watched.timezone, "timezone")
        self.profiles = tuple(profile for profile in profiles if profile.counts)
        self.first_ns = -1
        self.tallies: list[WindowTally | RollingTally] = [
            RollingTally(profile.window)
            if profile.window.kind == "rolling"
            else WindowTally(profile.window, where)
            for profile in self.profiles
        ]
        if watched.starts_ns:
            self.begin(watched.starts_ns)

    def begin(self, at_ns: int) -> None:
        """Take note of the first dial."""
        self.first_ns = at_ns
        for tally in self.tallies:
            if isinstance(tally, WindowTally):
                tally.begin(at_ns)

    def expiry_ns(self, call: OpenCall) -> int:
        """Say when a call that nobody queued is abandoned by every profile."""
        return max((call.deadline_ns(profile) for profile in self.profiles), default=call.spoke_ns)


class SavedCounting(Struct, array_like=True):
    """What is kept of a campaign's counts."""

    id: str
    first_ns: int
    tallies: dict[str, tuple[str, list[list[int]]]]  # by profile: kind of window and rows


def _key(campaign: Counting, profile: Profile) -> str:
    """Tell apart windows whose counts do not go together."""
    window = profile.window
    if window.kind == "rolling":
        return f"rolling {window.length_ns}"
    days = window.days if window.kind == "periods" else 0
    return f"{window.kind} {days} {campaign.watched.timezone}"


def saved_of(name: str, campaign: Counting) -> SavedCounting:
    """Write a campaign's counts down."""
    pairs = zip(campaign.profiles, campaign.tallies, strict=True)
    tallies = {profile.id: (_key(campaign, profile), tally.saved()) for profile, tally in pairs}
    return SavedCounting(name, campaign.first_ns, tallies)


def take_over(campaign: Counting, kept: SavedCounting) -> None:
    """Give a campaign the counts that fit it."""
    if kept.first_ns >= 0 and not campaign.watched.starts_ns:
        campaign.begin(kept.first_ns)
    for profile, tally in zip(campaign.profiles, campaign.tallies, strict=True):
        key, rows = kept.tallies.get(profile.id, ("", []))
        if key == _key(campaign, profile):
            tally.load(rows)
