"""The gate: may these be dialled at this very moment? Lists, hours and limits, and nobody twice at once.

Owns how candidates are put to the rules; must not know the rules (``routing.compliance``) or what becomes of
candidates.
"""

from collections.abc import Mapping, Sequence

from routing.campaigns.book import Book
from routing.campaigns.shapes import Candidate
from routing.compliance.limits import Past, Planned
from routing.compliance.profiles import Profile
from routing.compliance.rules import Refusal, Rulebook
from routing.outbound.campaign import Campaign
from routing.units import SECOND

#: Whoever rings in another attempt is asked about again after so long.
_AGAIN_NS = 30 * SECOND


class _Listed:
    """What do-not-call lists say of a few numbers, asked of the database once for all of them."""

    def __init__(self) -> None:
        self.found: Mapping[str, str] = {}

    def listed(self, number: str, campaign: str = "", tenant: str = "") -> str:
        """Name the list that has a number; "" if none does."""
        scope = self.found.get(number, "")
        name = {"tenant": tenant, "campaign": campaign}.get(scope, "")
        return f"{scope} {name}".strip()


class Gate:
    """Puts candidates to the rules of their campaigns.

    Parameters
    ----------
    book : Book
        Has the do-not-call lists.
    profiles : mapping of str to sequence of Profile
        Of each campaign.
    """

    def __init__(self, book: Book, profiles: Mapping[str, Sequence[Profile]]) -> None:
        self._book = book
        self._listed = _Listed()
        self._rulebooks = {name: Rulebook(of, self._listed) for name, of in profiles.items()}

    def check(self, campaign: Campaign, candidates: Sequence[Candidate], at_ns: int) -> list[Refusal | None]:
        """Say for each why it must not be dialled now; None: it may. One query, and microseconds for each."""
        if not candidates:
            return []
        numbers = [one.number for one in candidates]
        self._listed.found = self._book.suppressed(numbers, campaign.id, at_ns)
        rulebook = self._rulebooks[campaign.id]
        return [self._one(rulebook, campaign, one, at_ns) for one in candidates]

    def _one(
        self, rulebook: Rulebook, campaign: Campaign, candidate: Candidate, at_ns: int
    ) -> Refusal | None:
        for past in candidate.past:
            if not past.outcome and (past.number == candidate.number or _same(past, candidate)):
                return Refusal("in_flight", "", "another attempt goes on", at_ns + _AGAIN_NS)
        planned = Planned(
            candidate.number,
            campaign.id,
            candidate.customer,
            self._book.domain,
            (candidate.timezone,) if candidate.timezone else (),
            certain_agent=bool(candidate.agent) or campaign.mode in ("preview", "progressive"),
            asked_for=candidate.kind == "recall",
        )
        return rulebook.check(planned, candidate.past, at_ns)


def _same(past: Past, candidate: Candidate) -> bool:
    return bool(past.customer) and past.customer == candidate.customer
