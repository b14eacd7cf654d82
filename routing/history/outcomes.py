"""How contacts came out, in the database of the history: what the wing of outcomes tells goes in, and is asked.

Owns the public face; must not know how a question is put (``codes``, ``answers``), nor who tells the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, or_, select, update

from routing.errors import UsageError
from routing.history import answers, codes
from routing.history.answers import Feedback
from routing.history.database import Database
from routing.history.reading import Key
from routing.history.tables import ANSWERS, CONTACTS, DISPOSITIONS, SURVEYS
from routing.history.writing import upsert
from routing.statistics.outcomes import (
    AnswerRecord,
    CodeCounts,
    DispositionRecord,
    OutcomeRecord,
    SurveyRecord,
)
from routing.units import MAX_INSTANT_NS, MINUTE

Names = Sequence[str] | None
_TABLES: Final[dict[type, Table]] = {
    DispositionRecord: DISPOSITIONS,
    SurveyRecord: SURVEYS,
    AnswerRecord: ANSWERS,
}


class OutcomeHistory:
    """Dispositions, surveys and answers of one domain; as `routing.history.History.outcomes` gives it.

    Spans are half open, ``[from_ns, to_ns)``; what gives rows is an iterator that streams. Errors are those of
    `History`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from routing.history import History
    >>> row = DispositionRecord(5, 0, "call-1", 1, 0, "sales", "voice", "inbound", "ann", "ann", "sold", "resolved", "",
    ...     0, 5, True, False, False, False)
    >>> with TemporaryDirectory() as folder, History(f"{folder}/history.db") as history:
    ...     for _ in range(2):  # writing again changes nothing
    ...         history.outcomes.write([row])
    ...     [(key, counts.dispositions) for key, counts in history.outcomes.codes(0, 10)]
    [(('sold',), 1)]
    """

    def __init__(self, database: Database, domain: str) -> None:
        self._database = database
        self.domain = domain

    def write(self, rows: Sequence[OutcomeRecord]) -> None:
        """Write what a wing has filed, in one transaction; of rows with the same key the last is kept. O(n log n)."""
        if not rows:
            return
        with self._database.writing() as connection:
            for kind, table in _TABLES.items():
                key = [column.name for column in table.primary_key if column.name != "domain"]
                last = {tuple(getattr(row, name) for name in key): row for row in rows if type(row) is kind}
                names = kind.__struct_fields__  # type: ignore[attr-defined]  # they are structs
                upsert(
                    connection,
                    table,
                    [
                        {"domain": self.domain, **{name: getattr(last[place], name) for name in names}}
                        for place in sorted(last)
                    ],
                )

    def dispositions(
        self, from_ns: int, to_ns: int, *, contact: str | None = None
    ) -> Iterator[DispositionRecord]:
        """Give what was said in a span, in order, with what has been corrected since."""
        _check(from_ns, to_ns)
        with self._database.reading() as connection:
            yield from codes.dispositions(connection, self.domain, from_ns, to_ns, contact)

    def surveys(self, from_ns: int, to_ns: int) -> Iterator[SurveyRecord]:
        """Give the surveys of a span: proposed, answered, or why not."""
        _check(from_ns, to_ns)
        with self._database.reading() as connection:
            yield from answers.surveys(connection, self.domain, from_ns, to_ns)

    def answers(self, from_ns: int, to_ns: int, *, contact: str | None = None) -> Iterator[AnswerRecord]:
        """Give every answer of a span, in order, also those that do not count."""
        _check(from_ns, to_ns)
        with self._database.reading() as connection:
            yield from answers.answers(connection, self.domain, from_ns, to_ns, contact)

    def codes(
        self,
        from_ns: int,
        to_ns: int,
        *,
        by: Sequence[str] = ("code",),
        interval_ns: int = 15 * MINUTE,
        queues: Names = None,
        channels: Names = None,
        agents: Names = None,
    ) -> Iterator[tuple[Key, CodeCounts]]:
        """Count segments by what stands of them (`routing.statistics.metrics.count_codes`).

        Parameters
        ----------
        by : sequence of str
            Of "start_ns", "code", "resolved", "queue", "channel", "direction", "agent" and "by".
        interval_ns : int, default 15 min
            Grain of "start_ns"; starts are multiples of it since 1970.
        """
        _check(from_ns, to_ns, by, codes.KEYS, interval_ns)
        with self._database.reading() as connection:
            yield from codes.codes(
                connection, self.domain, from_ns, to_ns, by, interval_ns, queues, channels, agents
            )

    def feedback(
        self,
        from_ns: int,
        to_ns: int,
        *,
        by: Sequence[str] = ("queue",),
        interval_ns: int = 15 * MINUTE,
        queues: Names = None,
        agents: Names = None,
    ) -> Iterator[tuple[Key, Feedback]]:
        """Tell what was answered in a span.

        Parameters
        ----------
        by : sequence of str
            Of "start_ns", "queue" (of entry), "agent" (who had the contact last), "code" (what stands of it),
            "survey" and "question".
        """
        _check(from_ns, to_ns, by, answers.KEYS, interval_ns)
        with self._database.reading() as connection:
            yield from answers.feedback(
                connection, self.domain, from_ns, to_ns, by, interval_ns, queues, agents
            )

    # ------------------------------------------------------------------------------------------------- customers

    def held(self, customer: str) -> Mapping[str, list[dict[str, Any]]]:
        """Give all rows about the contacts of a customer, as plain values."""
        found: dict[str, list[dict[str, Any]]] = {}
        with self._database.reading() as connection:
            for name, table in (("dispositions", DISPOSITIONS), ("surveys", SURVEYS), ("answers", ANSWERS)):
                query = select(table).where(table.c.domain == self.domain, _of(table, self.domain, customer))
                rows = connection.execute(query.order_by(table.c.at_ns, table.c.contact))
                found[name] = [
                    {name: value for name, value in row._mapping.items() if name != "domain"} for row in rows
                ]
        return found

    def forget(self, customer: str) -> int:
        """Take references to notes and to written answers off the rows of a customer; returns how many had one."""
        if not customer:
            raise UsageError("customer '' is nobody; name whom to forget")
        with self._database.writing() as connection:
            return sum(
                _blank(connection, table, column, self.domain, customer)
                for table, column in ((DISPOSITIONS, "note_ref"), (ANSWERS, "answer"))
            )


def _of(table: Table, domain: str, customer: str) -> Any:
    return (
        select(CONTACTS.c.contact)
        .where(
            CONTACTS.c.domain == domain,
            CONTACTS.c.customer == customer,
            CONTACTS.c.contact == table.c.contact,
            or_(CONTACTS.c.arrived_ns == table.c.arrived_ns, table.c.arrived_ns == 0),
        )
        .exists()
    )


def _blank(connection: Connection, table: Table, column: str, domain: str, customer: str) -> int:
    where = and_(table.c.domain == domain, table.c[column] != "", _of(table, domain, customer))
    return connection.execute(update(table).where(where).values({column: ""})).rowcount


def _check(
    from_ns: int,
    to_ns: int,
    by: Sequence[str] = (),
    known: frozenset[str] = frozenset(),
    interval_ns: int = 1,
) -> None:
    if not 0 <= from_ns <= to_ns <= MAX_INSTANT_NS:
        raise UsageError(
            f"the span {from_ns}..{to_ns} is none: 0 <= from_ns <= to_ns <= {MAX_INSTANT_NS} must hold; correct it"
        )
    if interval_ns <= 0:
        raise UsageError(f"interval_ns {interval_ns} is not above 0; choose one such as 15 minutes")
    if unknown := [name for name in by if name not in known]:
        raise UsageError(f"by {unknown[0]!r} is not known; choose of {', '.join(sorted(known))}")
