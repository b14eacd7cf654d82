"""The book of a domain's campaigns: which number is next, what was dialled, how it ended, and what follows.

Owns the public face: transactions, and what is reserved in memory; must not know how a query is put (``picking``,
``settling``, ``steering``, ``telling``), nor decide when anybody may be called (``routing.compliance``).
"""

import os
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import json
from sqlalchemy import bindparam, select

from routing.campaigns import picking, settling, steering, telling
from routing.campaigns.hopper import Hopper, Taken
from routing.campaigns.hours import opens_ns
from routing.campaigns.office import Office
from routing.campaigns.picking import Fetched, Key, Particulars
from routing.campaigns.recent import Recent
from routing.campaigns.rules import CampaignRules
from routing.campaigns.settling import QUEUE_OF, Back, Moved, reference
from routing.campaigns.shapes import (
    CampaignState,
    Candidate,
    Dialled,
    Ended,
    Kind,
    OpenAttempt,
)
from routing.campaigns.steering import Wanted
from routing.campaigns.tables import NEW, NUMBERS, RECALL, RETRY
from routing.compliance.limits import Past
from routing.errors import UsageError
from routing.units import DAY, MILLISECOND, SECOND
from routing.words import quoted

_KINDS: Final[dict[int, Kind]] = {NEW: "new", RETRY: "retry", RECALL: "recall"}
#: Records whose particulars are read at a time.
_AHEAD: Final = 64
#: Records that are passed over in one call: their numbers have other hours, or are reserved by another record.
_PASSED_OVER: Final = 1_000
#: Why a record is closed that has no number left.
NO_NUMBER: Final = "no_number"
_ATTRIBUTES: Final = json.Decoder(dict[str, str])
_NUMBER: Final = select(NUMBERS.c.number).where(
    NUMBERS.c.domain == bindparam("domain"),
    NUMBERS.c.record == bindparam("record"),
    NUMBERS.c.position == bindparam("position"),
)


class _Campaign:
    """What is kept of a campaign between two calls."""

    def __init__(self, wanted: Wanted, hopper: Hopper) -> None:
        self.wanted = wanted
        self.hopper = hopper
        self.known: dict[int, Particulars] = {}  # of records that are next

    def forget(self) -> None:
        """Read again what is next, when it is wanted."""
        self.hopper.forget()
        self.known.clear()


class Book(Office):
    """Campaigns of one domain, in SQLite or PostgreSQL, in the database of its history.

    One dialer uses it at a time; other processes may steer, import and look at the same database meanwhile. What
    `next` gives is reserved in memory only: after a crash, what was not dialled is picked again, and what was dialled
    is among `open_attempts`. Every method takes the time from its caller, ns since 1970, and may be called from any
    thread.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a database, as ``postgresql://user@host/name``.
    domain : str, default "default"
        The tenant.
    create : bool, default True
        Make the file and the tables, and bring them to the present schema.
    past_ns : int, default 31 days
        How far back a candidate's past attempts are told.
    look_ns : int, default half a second
        How long what other processes change may go unnoticed.
    fresh_ns : int, default one second
        How long a record that becomes due may wait to be noticed.
    batch : int, default 300
        Records that are read at a time.

    Notes
    -----
    Every method may raise `UnavailableError` when the database cannot be reached or is locked for half a minute, and
    `DataError` when it holds something else.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from routing.campaigns.importing import import_list
    >>> with TemporaryDirectory() as folder, Book(f"{folder}/centre.db") as book:
    ...     book.configure("spring", at_ns=0)
    ...     loaded = import_list(book, ["number,name", "+442079460018,Ann"], "spring", "friends", at_ns=0)
    ...     book.set_state("spring", "running", at_ns=0)
    ...     (one,) = book.next("spring", at_ns=1, most=5)
    ...     one.number, one.attributes
    1
    ('+442079460018', {'name': 'Ann'})
    """

    def __init__(
        self,
        where: str | os.PathLike[str],
        domain: str = "default",
        *,
        create: bool = True,
        past_ns: int = 31 * DAY,
        look_ns: int = 500 * MILLISECOND,
        fresh_ns: int = SECOND,
        batch: int = 300,
    ) -> None:
        super().__init__(where, domain, create=create)
        self._past_ns = past_ns
        self._look_ns = look_ns
        self._fresh_ns = fresh_ns
        self._batch = batch
        self._reserved: dict[int, Candidate] = {}
        self._out: dict[
            tuple[str, str], str
        ] = {}  # numbers and customers that are reserved, and by which record
        self._campaigns: dict[str, _Campaign] = {}
        self._recent = Recent()
        self._revision = -1
        self._looked_ns: int | None = None

    # ------------------------------------------------------------------------------------------------- the dialer

    def next(self, campaign: str, at_ns: int, most: int) -> list[Candidate]:
        """Pick what is to be dialled next, and reserve it.

        Nothing comes of a campaign that is not running or out of its time. A number and a customer are reserved once at
        a time: a second record of theirs waits.

        Parameters
        ----------
        campaign : str
            Whose.
        at_ns : int
            Now.
        most : int
            How many at most.

        Returns
        -------
        list of Candidate
            In the order in which they are to be dialled.

        Raises
        ------
        UsageError
            If there is no such campaign.

        Notes
        -----
        Amortised microseconds for each, whatever the size of the lists.
        """
        with self._lock:
            mine = self._of(campaign, at_ns)
            wanted = mine.wanted
            if (
                wanted.state != "running"
                or at_ns < wanted.from_ns
                or (wanted.until_ns and at_ns >= wanted.until_ns)
            ):
                return []
            found: list[Candidate] = []
            aside: list[Taken] = []
            later: list[Back] = []
            while len(found) < most and len(later) + len(aside) < _PASSED_OVER:
                taken = mine.hopper.take(at_ns)
                if taken is None:
                    break
                candidate, opens_ns = self._candidate(campaign, mine, taken, at_ns)
                if candidate is None:
                    continue
                if opens_ns != at_ns:  # these wait in memory until they are written
                    later.append(Back(candidate, opens_ns, NO_NUMBER))
                    self._reserved[taken.key[2]] = candidate
                elif self._is_out(candidate):
                    aside.append(taken)
                else:
                    self._reserve(candidate)
                    found.append(candidate)
            for taken in reversed(aside):
                mine.hopper.give_back(taken)
            if later:
                self._write_back(later)
            return found

    def put_back(self, candidates: Sequence[Candidate], not_before_ns: int = 0, why: str = "") -> None:
        """Put candidates back that are not dialled.

        Parameters
        ----------
        candidates : sequence of Candidate
            That `next` gave.
        not_before_ns : int, default 0
            They come again then.
        why : str, default ""
            Without ``not_before_ns``: the rule that forbids them. The number is never dialled again (until it is
            recycled by this name); a further number of the record takes its place, or the record is closed. With
            neither, they are the next again.
        """
        with self._lock:
            if not_before_ns or why:
                self._write_back([Back(one, not_before_ns, why) for one in candidates])
                return
            for one in reversed(candidates):
                if self._release(one):
                    taken = Taken(one.list, QUEUE_OF[one.kind], (one.priority, one.due_ns, int(one.record)))
                    mine = self._campaigns.get(one.campaign)
                    if mine is not None:
                        mine.hopper.give_back(taken)

    def dialled(self, attempts: Sequence[Dialled]) -> frozenset[str]:
        """Write attempts down before they are made; it is on the disk when this returns.

        Parameters
        ----------
        attempts : sequence of Dialled
            Their ids are new, and their candidates reserved. What was written before changes nothing.

        Returns
        -------
        frozenset of str
            Attempts that must **not** be made, as their record was closed or taken meanwhile; usually none.
        """
        with self._lock:
            with self.database.writing() as connection:
                refused = settling.dialled(connection, self.domain, attempts)
            for one in attempts:
                self._release(one.candidate)
                self._know(one.candidate).pop(int(one.candidate.record), None)
                if one.attempt not in refused:
                    at = one.candidate
                    past = Past(one.at_ns, at.number, at.campaign, at.customer)
                    self._recent.add(one.attempt, past)
            return refused

    def ended(self, outcomes: Sequence[Ended]) -> None:
        """Write how attempts ended, and what follows by the rules.

        An attempt ends once: what is told again, and what was never dialled, changes nothing.
        """
        with self._lock:
            rules = {one.campaign: self._rules(one.campaign, one.at_ns) for one in outcomes}
            with self.database.writing() as connection:
                moved, fresh = settling.ended(connection, self.domain, outcomes, rules)
            for one in fresh:
                past = self._recent.get(one.attempt)
                if past is not None:
                    done = past._replace(
                        outcome=one.outcome,
                        ended_ns=one.at_ns,
                        abandoned=one.abandoned,
                        talked=one.talk_ns > 0,
                    )
                    self._recent.add(one.attempt, done)
            self._noticed(moved)

    def open_attempts(self, campaign: str) -> list[OpenAttempt]:
        """Name attempts that were dialled and of which no outcome is known, oldest first."""
        with self.database.reading() as connection:
            return telling.open_attempts(connection, self.domain, campaign)

    def number_of(self, target: str) -> str:
        """Give the number that a reference (``Candidate.number_ref``) stands for, as E.164; "": it is gone."""
        record, position = reference(target)
        given = {"domain": self.domain, "record": record, "position": position}
        with self.database.reading() as connection:
            number = connection.execute(_NUMBER, given).scalar()
        return f"+{number}" if number else ""

    def recall(self, record: str, at_ns: int, agent: str = "", number_ref: str = "") -> None:
        """Have somebody called back at an instant, by an agent.

        Parameters
        ----------
        record : str
            Of the candidate; one that is talked to just now comes again when that has ended.
        at_ns : int
            When.
        agent : str, default ""
            To whom the call is to go; "" to anybody.
        number_ref : str, default ""
            On which number; "" on the one that was dialled last.

        Raises
        ------
        UsageError
            If there is no such record.
        """
        with self._lock:
            position = steering.position_of(number_ref, record)
            with self.database.writing() as connection:
                found = steering.recall(connection, self.domain, int(record), at_ns, agent, position)
                if found is None:
                    raise UsageError(f"there is no record {quoted(record)}; name one that was dialled")
                revision = steering.changed(connection, self.domain)
            if revision == self._revision + 1:  # nobody else changed anything
                self._revision = revision
                for mine in self._campaigns.values():
                    if any(found.list == list_id for list_id, _ in mine.wanted.lists):
                        mine.forget()

    def state(self, campaign: str, at_ns: int | None = None) -> CampaignState:
        """Tell what is wanted of a campaign.

        Parameters
        ----------
        campaign : str
            Which.
        at_ns : int, optional
            Now: what was read less than ``look_ns`` ago is told from memory. Without, the database is asked.
        """
        with self._lock:
            if at_ns is None:
                self._looked_ns = None
            return self._of(campaign, self._looked_ns or 0 if at_ns is None else at_ns).wanted.state

    def wanted(self, campaign: str, at_ns: int) -> Wanted:
        """Tell all that is wanted of a campaign, at most ``look_ns`` old."""
        with self._lock:
            return self._of(campaign, at_ns).wanted

    # ----------------------------------------------------------------------------------------------------- memory

    def _touched(self) -> None:
        self._looked_ns = None

    def _of(self, campaign: str, at_ns: int) -> _Campaign:
        """What is known of a campaign, read again now and then."""
        self._look(at_ns)
        mine = self._campaigns.get(campaign)
        if mine is None:
            with self.database.reading() as connection:
                raise steering.unknown_campaign(connection, self.domain, campaign)
        return mine

    def _rules(self, campaign: str, at_ns: int) -> CampaignRules:
        self._look(at_ns)
        mine = self._campaigns.get(campaign)
        return CampaignRules() if mine is None else mine.wanted.rules

    def _look(self, at_ns: int) -> None:
        """Notice what others changed: one row tells whether anything did."""
        looked = self._looked_ns
        if looked is not None and looked <= at_ns < looked + self._look_ns:
            return
        with self.database.reading() as connection:
            revision = steering.revision(connection, self.domain)
            if revision != self._revision:
                self._take_over(steering.wanted(connection, self.domain))
        self._revision = revision
        self._looked_ns = at_ns

    def _take_over(self, wanted: dict[str, Wanted]) -> None:
        old, self._campaigns = self._campaigns, {}
        for campaign, one in wanted.items():
            before = old.get(campaign)
            same = before is not None and (before.wanted.lists, before.wanted.rules.hopper) == (
                one.lists,
                one.rules.hopper,
            )
            if before is not None and same:
                before.wanted = one
                before.forget()
                self._campaigns[campaign] = before
            else:
                self._campaigns[campaign] = _Campaign(one, self._hopper(one))

    def _hopper(self, wanted: Wanted) -> Hopper:
        priorities = dict(wanted.lists)

        def fetch(list_id: str, queue: int, at_ns: int, most: int, after: Key | None) -> Fetched:
            with self.database.reading() as connection:
                return picking.fetch(
                    connection, self.domain, list_id, queue, priorities[list_id], at_ns, most, after
                )

        return Hopper(
            wanted.rules.hopper,
            [list_id for list_id, _ in wanted.lists],
            fetch,
            self._reserved,
            batch=self._batch,
            fresh_ns=self._fresh_ns,
        )

    def _candidate(
        self, campaign: str, mine: _Campaign, taken: Taken, at_ns: int
    ) -> tuple[Candidate | None, int]:
        """Make a candidate of a record, and tell when it may be dialled: its own hours; 0: it has no number."""
        record = taken.key[2]
        facts = mine.known.get(record)
        if facts is None:
            facts = self._read_ahead(mine, taken, at_ns)
            if facts is None:
                return None, 0
        timezone = facts.timezone or mine.wanted.rules.timezone
        position, number, opens_ns = _choice(facts, timezone, at_ns)
        return (
            Candidate(
                str(record),
                f"{record}.{position}",
                f"+{number}",
                campaign,
                facts.customer,
                facts.list_id,
                facts.priority,
                facts.tries + 1,
                _KINDS[taken.queue],
                taken.key[1],
                facts.agent if taken.queue == RECALL else "",
                facts.timezone,
                _attributes(facts.attributes),
                self._recent.merged(facts.past, (f"+{line.number}" for line in facts.lines), facts.customer),
            ),
            opens_ns,
        )

    def _read_ahead(self, mine: _Campaign, taken: Taken, at_ns: int) -> Particulars | None:
        """Read what is told of a record, and of those that come after it."""
        if self._recent.full():
            for one in self._campaigns.values():
                one.known.clear()
        ahead = mine.hopper.ahead(taken.list_id, taken.queue, _AHEAD)
        wanted = {taken.key[2], *(record for record in ahead if record not in mine.known)}
        with self.database.reading() as connection:
            mine.known |= picking.particulars(connection, self.domain, wanted, at_ns - self._past_ns)
        return mine.known.get(taken.key[2])

    def _is_out(self, candidate: Candidate) -> bool:
        return any(key in self._out for key in _keys(candidate))

    def _reserve(self, candidate: Candidate) -> None:
        self._reserved[int(candidate.record)] = candidate
        for key in _keys(candidate):
            self._out[key] = candidate.record

    def _release(self, candidate: Candidate) -> bool:
        """Take a reservation back, if it is there."""
        mine = self._reserved.pop(int(candidate.record), None)
        if mine is None:
            return False
        for key in _keys(mine):
            if self._out.get(key) == mine.record:
                del self._out[key]
        return True

    def _write_back(self, backs: Sequence[Back]) -> None:
        with self.database.writing() as connection:
            moved = settling.put_back(connection, self.domain, backs)
        for one in backs:
            self._release(one.candidate)
            self._know(one.candidate).pop(int(one.candidate.record), None)
        self._noticed(moved)

    def _know(self, candidate: Candidate) -> dict[int, Particulars]:
        mine = self._campaigns.get(candidate.campaign)
        return {} if mine is None else mine.known

    def _noticed(self, moved: Iterable[Moved]) -> None:
        """Let hoppers know when records become due that were written just now."""
        for one in moved:
            for mine in self._campaigns.values():
                mine.known.pop(one.record, None)
                mine.hopper.due(one.list, one.queue, one.due_ns)


def _choice(facts: Particulars, timezone: str, at_ns: int) -> tuple[int, int, int]:
    """Choose among a record's open numbers: (position, number, from when on); from the one that is next, in order."""
    lines = [line for line in facts.lines if not line.closed]
    best: tuple[int, int, int] | None = None
    for line in sorted(lines, key=lambda line: (line.position < facts.position, line.position)):
        opens = opens_ns(line.hours, timezone, at_ns)
        if opens == at_ns:
            return line.position, line.number, at_ns
        if best is None or opens < best[2]:
            best = (line.position, line.number, opens)
    return best or (facts.position, 0, 0)


def _keys(candidate: Candidate) -> tuple[tuple[str, str], ...]:
    """What is reserved once at a time."""
    number = ("number", candidate.number)
    return (number, ("customer", candidate.customer)) if candidate.customer else (number,)


def _attributes(stored: str) -> dict[str, str]:
    return _ATTRIBUTES.decode(stored) if stored != "{}" else {}
