"""Outcomes: what is finished goes to the book, and abandoned calls to its audit; each exactly once, whatever crashes.

What the followers hold is written first and confirmed afterwards, so a crash in between has it written again, which
changes nothing: the book knows attempts by their ids.

Owns this order, and what is made of attempts that only the book knows; must not know how anything is dialled.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from routing.campaigns.book import Book
from routing.campaigns.shapes import Ended
from routing.compliance.accounts import Standing
from routing.compliance.calls import Abandonment, WindowRow
from routing.host import Host
from routing.outbound.calls import FOLLOWER, Finished
from routing.outbound.followers import LEDGER, LedgerFollower
from routing.outbound.looking import Sight, sight


class Judged(NamedTuple):
    """What the ledger says: rows to write, which of those asked about are abandoned, how campaigns stand."""

    number: int
    audit: list[Abandonment | WindowRow]
    abandoned: frozenset[str]
    standings: dict[str, Standing]


class Outcomes:
    """Writes outcomes of a host to a book.

    Parameters
    ----------
    host : Host
        With the followers of `routing.outbound.followers`.
    book : Book
        Where to.
    """

    def __init__(self, host: Host, book: Book) -> None:
        self._host = host
        self._book = book

    def write(self, seen: Sight, campaigns: Sequence[str]) -> Judged:
        """Write what is finished, and confirm it; returns what the ledger says of it and of campaigns.

        Raises
        ------
        UnavailableError
            If the database cannot be written; then it is all there the next time.
        """
        judged: Judged = self._host.look_now(
            LEDGER, lambda ledger, now_ns: _judge(ledger, now_ns, seen.finished, campaigns)
        )
        if judged.audit:
            self._book.put_audit(judged.audit)
            self._host.look(LEDGER, lambda ledger: ledger.ledger.confirm(judged.number))
        if seen.finished:
            self._book.ended([_ended(one, one.attempt in judged.abandoned) for one in seen.finished])
            self._host.look(FOLLOWER, lambda calls: calls.confirm(seen.number))
            self._host.look(LEDGER, lambda ledger: ledger.forget(judged.abandoned))
        return judged

    def recover(self, campaigns: Sequence[str]) -> int:
        """Come back: write what is finished, and end as lost what the book has dialled and the engine never heard of.

        Returns how many were lost. Between the book's write and the engine's a crash leaves an attempt of which nobody
        knows whether it was made; it was not, but it counts as one.
        """
        seen: Sight = self._host.look_now(FOLLOWER, sight)
        self.write(seen, ())
        alive: set[str] = self._host.look(FOLLOWER, lambda calls: set(calls.open))
        lost = [
            Ended(one.attempt, one.campaign, "lost", seen.at_ns, confidence=0, cause="never_requested")
            for campaign in campaigns
            for one in self._book.open_attempts(campaign)
            if one.attempt not in alive
        ]
        if lost:
            self._book.ended(lost)
        return len(lost)


def _judge(
    follower: LedgerFollower, now_ns: int, finished: Iterable[Finished], campaigns: Sequence[str]
) -> Judged:
    number, taken = follower.ledger.take() if follower.ledger.pending else (0, None)
    return Judged(
        number,
        [*taken.abandonments, *taken.windows] if taken is not None else [],
        frozenset(one.attempt for one in finished if one.attempt in follower.abandoned),
        {name: follower.ledger.standing(name, now_ns) for name in campaigns},
    )


def _ended(one: Finished, abandoned: bool) -> Ended:
    outcome: Any = one.outcome  # of the engine's own
    return Ended(
        one.attempt,
        one.campaign,
        outcome,
        one.at_ns,
        answered_ns=one.answered_ns,
        talk_ns=one.talk_ns,
        abandoned=abandoned,
        confidence=one.confidence,
        detection_ns=one.detection_ns,
        cause=one.cause,
    )
