"""The history of a centre in a database: what a fold has finished goes in, questions are answered.

Owns the public face: transactions, checks of what is asked; must not know how a question is put (``reading``,
``arrivals``, ``resolution``) or how rows are written (``writing``).
"""

import os
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Final, Self

from routing.errors import UsageError
from routing.history import arrivals, reading, resolution, writing
from routing.history.answers import Feedback
from routing.history.database import Database
from routing.history.opening import database_url
from routing.history.outcomes import OutcomeHistory
from routing.history.writing import Taken
from routing.statistics.metrics import Activity, Adherence, Resolution, adherence
from routing.statistics.shapes import AgentCounts, AgentRow, ContactRecord, QueueCounts, QueueRow, Session
from routing.units import DAY, MAX_INSTANT_NS, MINUTE, SECOND

#: The longest window of `History.resolution`, in days.
MAX_DAYS: Final = 366
#: Answers: how satisfied, and whether they would recommend us.
CSAT_RANGE: Final = (1, 5)
NPS_RANGE: Final = (0, 10)
_QUEUE_KEYS: Final = frozenset({"start_ns", "queue", "channel"})
_AGENT_KEYS: Final = frozenset({"start_ns", "agent"})
Names = Sequence[str] | None


class History:
    """Interval rows, contacts, sessions and feedback of one domain, in SQLite or PostgreSQL.

    Nothing is connected before the first call or `open`. Every call is a transaction of its own; threads and processes
    may share a database. Spans are half open, ``[from_ns, to_ns)``, ns since 1970; intervals belong to the span that
    they start in, contacts to the one that they arrive in. What gives rows is an iterator that streams: its memory does
    not grow with what it gives.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a database, as ``postgresql://user@host/name``.
    domain : str, default "default"
        The tenant; the histories of several may lie in one database.
    create : bool, default True
        Make the file and the tables, and bring them to the present schema. Without, `UsageError` says what is
        missing.

    Raises
    ------
    UsageError
        If ``where`` names no database of these.

    Notes
    -----
    Every method may raise `UnavailableError` when the database cannot be reached or is locked for half a minute, and
    `DataError` when it holds something else or was written by a newer version.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from types import SimpleNamespace
    >>> row = QueueRow(0, 900 * SECOND, "sales", "voice", QueueCounts(entered=3, answered=2))
    >>> with TemporaryDirectory() as folder, History(f"{folder}/history.db") as history:
    ...     for _ in range(2):  # writing again changes nothing
    ...         history.write(SimpleNamespace(queues=[row], agents=[], records=[], sessions=[]))
    ...     [counts.answered for _, counts in history.queue_sums(0, 3600 * SECOND)]
    [2]
    """

    def __init__(
        self, where: str | os.PathLike[str], domain: str = "default", *, create: bool = True
    ) -> None:
        _check_domain(domain)
        self.domain = domain
        self._database = Database(database_url(where), create=create)

    @property
    def name(self) -> str:
        """Where it lies, for people; without a password."""
        return self._database.name

    def of(self, domain: str) -> "History":
        """Give the history of another tenant in the same database; they share its connections."""
        _check_domain(domain)
        other = copy(self)
        other.domain = domain
        return other

    @property
    def outcomes(self) -> OutcomeHistory:
        """Dispositions, surveys and answers of the same tenant."""
        return OutcomeHistory(self._database, self.domain)

    def domains(self) -> list[str]:
        """Name the tenants whose intervals, sessions or contacts are in this database, sorted."""
        with self._database.reading() as connection:
            return reading.domains(connection)

    # ------------------------------------------------------------------------------------------ opening and closing

    def open(self) -> Self:
        """Connect, and see to the tables; done by the first call otherwise."""
        self._database.ready()
        return self

    def close(self) -> None:
        """Let go of every connection, also of histories of other tenants; the next call connects anew."""
        self._database.close()

    def upgrade(self) -> str:
        """Bring the tables of an older version to the present schema, and return its version; makes no file."""
        return self._database.upgrade()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --------------------------------------------------------------------------------------------------- writing

    def write(self, taken: Taken) -> None:
        """Write what a fold has finished, in one transaction; writing it again changes nothing. O(n log n)."""
        if writing.size(taken):
            with self._database.writing() as connection:
                writing.write(connection, self.domain, taken)

    def rate(self, contact: str, *, csat: int | None = None, nps: int | None = None, at_ns: int) -> None:
        """Store what a customer answered about a contact; an answer given again replaces the one before.

        Parameters
        ----------
        contact : str
            Its id; whether there is such a contact is not asked, since answers may come before its record.
        csat : int, optional
            Satisfaction, 1 to 5.
        nps : int, optional
            Would they recommend us, 0 to 10.
        at_ns : int
            When they answered.

        Raises
        ------
        UsageError
            If neither is given, or one is out of range.
        """
        if csat is None and nps is None:
            raise UsageError(f"the rating of {contact!r} says nothing; give csat, nps or both")
        for name, value, (low, high) in (("csat", csat, CSAT_RANGE), ("nps", nps, NPS_RANGE)):
            if value is not None and not low <= value <= high:
                raise UsageError(f"{name} {value} is not in {low}..{high}; correct the answer")
        _check_span(at_ns, at_ns)
        with self._database.writing() as connection:
            writing.rate(connection, self.domain, contact, csat, nps, at_ns)

    def plan(self, agent: str, from_ns: int, to_ns: int, activities: Sequence[Activity]) -> None:
        """Store an agent's schedule; replaces what was planned to start within the span.

        Raises
        ------
        UsageError
            If an activity does not start in ``[from_ns, to_ns)``, ends before it starts, or overlaps another.
        """
        _check_span(from_ns, to_ns)
        last_ns = from_ns
        for one in sorted(activities, key=lambda one: one.start_ns):
            if not last_ns <= one.start_ns < min(to_ns, one.end_ns):
                raise UsageError(
                    f"the activity {one.activity!r} from {one.start_ns} to {one.end_ns} overlaps the one before it, "
                    f"ends before it starts, or does not start in {from_ns}..{to_ns}; correct it"
                )
            last_ns = one.end_ns
        with self._database.writing() as connection:
            writing.plan(connection, self.domain, agent, from_ns, to_ns, activities)

    def purge(self, before_ns: int, *, contacts_only: bool = False, dry_run: bool = False) -> dict[str, int]:
        """Delete what was over before an instant; returns the number of rows by table.

        Parameters
        ----------
        before_ns : int
            Intervals that end up to it, and contacts, sessions and feedback before it.
        contacts_only : bool
            Keep intervals, sessions and plans, which name no customer.
        dry_run : bool
            Only count.
        """
        with self._database.reading() if dry_run else self._database.writing() as connection:
            return writing.purge(
                connection, self.domain, before_ns, contacts_only=contacts_only, dry_run=dry_run
            )

    def forget(self, customer: str) -> int:
        """Take a customer's name and subjects off all contacts; returns how many those were. Figures stay."""
        if not customer:
            raise UsageError("customer '' is nobody; name whom to forget")
        with self._database.writing() as connection:
            return writing.forget(connection, self.domain, customer)

    # --------------------------------------------------------------------------------------------------- rows

    def queue_rows(
        self, from_ns: int, to_ns: int, *, queues: Names = None, channels: Names = None
    ) -> Iterator[QueueRow]:
        """Give the intervals of queues, by start, queue and channel; of these queues and channels only."""
        _check_span(from_ns, to_ns)
        with self._database.reading() as connection:
            yield from reading.queue_rows(connection, self.domain, from_ns, to_ns, queues, channels)

    def agent_rows(self, from_ns: int, to_ns: int, *, agents: Names = None) -> Iterator[AgentRow]:
        """Give the intervals of agents, by start and agent."""
        _check_span(from_ns, to_ns)
        with self._database.reading() as connection:
            yield from reading.agent_rows(connection, self.domain, from_ns, to_ns, agents)

    def contacts(
        self, from_ns: int, to_ns: int, *, queues: Names = None, customer: str | None = None
    ) -> Iterator[ContactRecord]:
        """Give the contacts that arrived in a span, by arrival; ``queues`` are entry queues."""
        _check_span(from_ns, to_ns)
        with self._database.reading() as connection:
            yield from reading.contacts(connection, self.domain, from_ns, to_ns, queues, customer)

    def sessions(self, from_ns: int, to_ns: int, *, agents: Names = None) -> Iterator[Session]:
        """Give the finished sessions that reach into a span, by log-in."""
        _check_span(from_ns, to_ns)
        with self._database.reading() as connection:
            yield from reading.sessions(connection, self.domain, from_ns, to_ns, agents)

    # --------------------------------------------------------------------------------------------------- sums

    def queue_sums(
        self,
        from_ns: int,
        to_ns: int,
        *,
        by: Sequence[str] = ("queue",),
        queues: Names = None,
        channels: Names = None,
    ) -> Iterator[tuple[reading.Key, QueueCounts]]:
        """Add the intervals of queues up for each value of ``by``: of "start_ns", "queue" and "channel"."""
        _check_span(from_ns, to_ns, by, _QUEUE_KEYS)
        with self._database.reading() as connection:
            yield from reading.queue_sums(connection, self.domain, from_ns, to_ns, by, queues, channels)

    def agent_sums(
        self, from_ns: int, to_ns: int, *, by: Sequence[str] = ("agent",), agents: Names = None
    ) -> Iterator[tuple[reading.Key, AgentCounts]]:
        """Add the intervals of agents up for each value of ``by``: of "start_ns" and "agent"."""
        _check_span(from_ns, to_ns, by, _AGENT_KEYS)
        with self._database.reading() as connection:
            yield from reading.agent_sums(connection, self.domain, from_ns, to_ns, by, agents)

    def grain_ns(self, from_ns: int, to_ns: int) -> int:
        """Tell how long the longest interval of queues in a span is; 0: there is none."""
        _check_span(from_ns, to_ns)
        with self._database.reading() as connection:
            return reading.grain_ns(connection, self.domain, from_ns, to_ns)

    def by_arrival(
        self,
        from_ns: int,
        to_ns: int,
        interval_ns: int = 15 * MINUTE,
        *,
        by: Sequence[str] = ("start_ns", "queue", "channel"),
        queues: Names = None,
        channels: Names = None,
        short_abandon_ns: int = 5 * SECOND,
    ) -> Iterator[tuple[reading.Key, QueueCounts]]:
        """Count the contacts that arrived in a span, where they arrived (`routing.history.arrivals.by_arrival`).

        Parameters
        ----------
        interval_ns : int
            Grain of "start_ns" in ``by``; starts are multiples of it since 1970.
        short_abandon_ns : int
            Whoever gave up sooner is a short abandon, as in the settings of the fold.
        """
        _check_span(from_ns, to_ns, by, _QUEUE_KEYS)
        if interval_ns <= 0:
            raise UsageError(f"interval_ns {interval_ns} is not above 0; choose one such as 15 minutes")
        with self._database.reading() as connection:
            yield from arrivals.by_arrival(
                connection, self.domain, from_ns, to_ns, interval_ns, by, queues, channels, short_abandon_ns
            )

    # ------------------------------------------------------------------------------------------ quality of service

    def resolution(
        self,
        from_ns: int,
        to_ns: int,
        days: int = 7,
        *,
        until_ns: int | None = None,
        queues: Names = None,
        by_disposition: bool = False,
    ) -> dict[str, Resolution]:
        """Tell first-contact resolution of issues that began in a span, by entry queue.

        Issues are what `routing.statistics.metrics.first_contact_resolution` takes them for.

        Parameters
        ----------
        days : int
            Within which a customer must not come again.
        until_ns : int, optional
            Up to when all contacts are in the history; by default the newest arrival among them.
        by_disposition : bool, default False
            What was said of the first contact decides, where something was.
        """
        _check_span(from_ns, to_ns)
        if not 1 <= days <= MAX_DAYS:
            raise UsageError(f"days {days} is not in 1..{MAX_DAYS}; 7 is common")
        with self._database.reading() as connection:
            until = resolution.newest(connection, self.domain) if until_ns is None else until_ns
            span = (from_ns, to_ns, days * DAY, until)
            return resolution.resolution(
                connection, self.domain, *span, queues, by_disposition=by_disposition
            )

    def feedback(self, from_ns: int, to_ns: int, *, queues: Names = None) -> dict[str, Feedback]:
        """Tell what customers answered in a span, by entry queue of the contact; "" where it is not known."""
        return {str(key[0]): told for key, told in self.outcomes.feedback(from_ns, to_ns, queues=queues)}

    def adherence(
        self, from_ns: int, to_ns: int, *, agents: Names = None, outside_counts: bool = False
    ) -> dict[str, Adherence]:
        """Compare what was planned with the finished sessions, by agent; nobody without a plan.

        Figures are those of `routing.statistics.metrics.adherence`; being logged in is work.
        """
        _check_span(from_ns, to_ns)
        plans: dict[str, list[Activity]] = {}
        there: dict[str, list[Activity]] = {}
        with self._database.reading() as connection:
            for agent, start, end, activity in reading.planned(
                connection, self.domain, from_ns, to_ns, agents
            ):
                plans.setdefault(agent, []).append(Activity(max(start, from_ns), min(end, to_ns), activity))
            for one in reading.sessions(connection, self.domain, from_ns, to_ns, sorted(plans)):
                cut = Activity(max(one.log_in_ns, from_ns), min(one.log_out_ns, to_ns))
                there.setdefault(one.agent, []).append(cut)
        return {
            agent: adherence(plans[agent], there.get(agent, []), outside_counts=outside_counts)
            for agent in sorted(plans)
        }


def _check_domain(domain: str) -> None:
    if not domain:
        raise UsageError("domain '' is empty; name the tenant whose history this is")


def _check_span(
    from_ns: int, to_ns: int, by: Sequence[str] = (), known: frozenset[str] = frozenset()
) -> None:
    if not 0 <= from_ns <= to_ns <= MAX_INSTANT_NS:
        raise UsageError(
            f"the span {from_ns}..{to_ns} is none: 0 <= from_ns <= to_ns <= {MAX_INSTANT_NS} must hold; correct it"
        )
    if unknown := [name for name in by if name not in known]:
        raise UsageError(f"by {unknown[0]!r} is not known; choose of {', '.join(sorted(known))}")
