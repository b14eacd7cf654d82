"""Previews: records that lie before an agent, who decides when the number is dialled.

A preview is a contact of the campaign's queue with the id that its attempt will have. An agent who accepts it has the
record before them, and the number is dialled on their behalf; one who skips it lets it go. What nobody takes comes
back.

Owns which previews there are and what becomes of them; must not know the host or the book.
"""

from typing import Final, NamedTuple

from routing.campaigns.shapes import Candidate
from routing.outbound.calls import Heard

#: The attribute by which a contact is known as a preview; its value is the campaign.
ATTRIBUTE: Final = "preview"


class Preview(NamedTuple):
    """A record that lies before somebody, or is to."""

    attempt: str
    candidate: Candidate
    campaign: str
    agent: str = ""  # who took it, and waits for the dial


class Previews:
    """The previews of a dialer.

    Examples
    --------
    >>> previews = Previews()
    >>> record = Candidate("1", "1/0", "+12025550100", "spring", "", "cold", 0, 1, "new", 0)
    >>> previews.offer("a1", record, "spring")
    >>> previews.note([Heard("a1", "taken", "ann", 5)])
    >>> previews.over()
    []
    >>> [taken.agent for taken in previews.taken()]
    ['ann']
    """

    def __init__(self) -> None:
        self._open: dict[str, Preview] = {}
        self._over: list[Preview] = []
        self._skipped: set[str] = set()

    def offer(self, attempt: str, candidate: Candidate, campaign: str) -> None:
        """A record is put before an agent."""
        self._open[attempt] = Preview(attempt, candidate, campaign)

    def skip(self, attempt: str) -> bool:
        """An agent will not have this one; False: there is none such."""
        if attempt in self._open:
            self._skipped.add(attempt)
            return True
        return False

    def skipped(self, attempt: str) -> bool:
        """Was it skipped? Asked once, when it has come back."""
        if attempt in self._skipped:
            self._skipped.discard(attempt)
            return True
        return False

    def over(self) -> list[Preview]:
        """Give those that are over without having been dialled, each once."""
        over, self._over = self._over, []
        return over

    def note(self, heard: list[Heard]) -> None:
        """Take note of what became of them."""
        for one in heard:
            preview = self._open.get(one.contact)
            if preview is None:
                continue
            match one.what:
                case "taken":
                    self._open[one.contact] = preview._replace(agent=one.agent)
                case "rejected":
                    self._skipped.add(one.contact)
                case "over":
                    self._over.append(self._open.pop(one.contact))

    def taken(self) -> list[Preview]:
        """Give those whose agent waits for the dial."""
        return [one for one in self._open.values() if one.agent]

    def close(self, attempt: str) -> None:
        """It is dialled, or given up: an attempt, and no preview any more."""
        self._open.pop(attempt, None)
        self._skipped.discard(attempt)

    def all(self) -> list[Preview]:
        """Give all of them."""
        return list(self._open.values())

    def __len__(self) -> int:
        return len(self._open)
