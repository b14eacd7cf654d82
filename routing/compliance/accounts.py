"""Accounts: how a campaign stands with a profile, computed from counts by the profile's own rules.

Owns what goes into answered and abandoned; must not know events or how counts are kept.
"""

from typing import Final, NamedTuple

from msgspec import Struct

from routing.compliance.calls import WindowRow
from routing.compliance.profiles import Profile
from routing.compliance.tallies import Counts

_MILLION: Final = 1_000_000


class Standing(NamedTuple):
    """Calls answered by a person, and how many of these were abandoned."""

    answered: int
    abandoned: int


class Account(Struct, frozen=True):
    """How a campaign stands with one profile at an instant.

    Attributes
    ----------
    profile : str
        Its id.
    cap : float
        The share that may be abandoned.
    start_ns, end_ns : int
        The window; the end does not belong to it.
    answered, abandoned : int
        By the profile's own rules, estimates included.
    early_hangups, agentless, machines : int
        Calls that count neither way: the person hung up at once; no agent was meant to come; a machine was heard.
    machine_false_positives : int
        People among the machines, by estimate.
    """

    profile: str
    cap: float
    start_ns: int
    end_ns: int
    answered: int
    abandoned: int
    early_hangups: int = 0
    agentless: int = 0
    machines: int = 0
    machine_false_positives: int = 0

    @property
    def share(self) -> float:
        """The share of answered calls that were abandoned; 0 when nobody answered."""
        return self.abandoned / self.answered if self.answered else 0.0

    @property
    def slack(self) -> float:
        """How many more calls may be abandoned now; below 0 the cap is broken."""
        return (round(self.cap * _MILLION) * self.answered - self.abandoned * _MILLION) / _MILLION

    @property
    def kept(self) -> bool:
        """Is the share at or under the cap? Exactly, in integers."""
        return self.abandoned * _MILLION <= round(self.cap * _MILLION) * self.answered

    @property
    def standing(self) -> Standing:
        """The two counts alone."""
        return Standing(self.answered, self.abandoned)


def account_of(profile: Profile, start_ns: int, end_ns: int, counts: Counts, overdue: int) -> Account:
    """Put counts together by a profile's rules; `overdue`: calls that are abandoned but still open.

    >>> from routing.compliance.profiles import BUILT_IN
    >>> counts = Counts(connected=95, abandoned=1, machines=30, suspected_ppm=1_500_000)
    >>> account = account_of(BUILT_IN["uk"], 0, 1, counts, 0)
    >>> account.standing, account.slack, account.kept
    (Standing(answered=98, abandoned=3), -0.06, False)
    """
    estimate = counts.suspected if profile.machine_false_positives else 0
    abandoned = counts.abandoned + overdue + estimate
    return Account(
        profile.id,
        profile.cap,
        start_ns,
        end_ns,
        counts.connected + abandoned,
        abandoned,
        counts.early,
        counts.played,
        counts.machines,
        counts.suspected,
    )


def row_of(campaign: str, account: Account) -> WindowRow:
    """Write down the account of a window that is over."""
    return WindowRow(
        campaign,
        account.profile,
        account.start_ns,
        account.end_ns,
        account.answered,
        account.abandoned,
        account.early_hangups,
        account.agentless,
        account.machines,
        account.machine_false_positives,
    )
