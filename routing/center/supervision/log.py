"""The audit log in a database: rows are added to its chain, each once, and looked up.

Owns the transactions; must not know what is logged (``auditing``) nor how a hash is made (``chaining``).
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from zlib import crc32

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import Connection, Select, select, text

from routing.center.supervision.chaining import GENESIS, Head, Logged, Verified, linked, verify
from routing.center.supervision.shapes import AuditRow
from routing.center.supervision.tables import AUDIT, FIELDS
from routing.history.tenant import Tenant

_A: Final = AUDIT.c
_PAGE: Final = 2_000
#: Of PostgreSQL's advisory locks, with one for each domain: one writer at a time.
_LOCK: Final = 0x6175_6474


class Wanted(Struct, frozen=True):
    """Which rows: between two instants (the second not included), and of these; what is empty is any."""

    from_ns: int = 0
    to_ns: int = 2**63 - 1
    who: tuple[str, ...] = ()
    act: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    result: tuple[str, ...] = ()


class AuditLog(Tenant):
    """The audit log of a domain.

    Parameters
    ----------
    where : str or path
        As for `routing.history.opening.database_url`.
    domain : str, default "default"
        The tenant.
    create : bool, default True
        Make what is missing, and bring the tables to the present schema.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder, AuditLog(Path(folder) / "history.db") as log:
    ...     rows = [AuditRow(5, 1, "kim", "OpenQueue"), AuditRow(6, 2, "kim", "CloseQueue")]
    ...     log.write(rows), log.write(rows), log.verify().rows
    (2, 0, 2)
    """

    # ----------------------------------------------------------------------------------------------- writing

    def write(self, rows: Sequence[AuditRow]) -> int:
        """Add rows, in one transaction; returns how many. Those that are there already are passed over.

        A row is known by its instant and its place in the journal. One that comes late (from another journal, from a
        clock that was set back, or because settings now log what they did not) stands behind the others.

        Parameters
        ----------
        rows : sequence of AuditRow
            In the order of the journal, some of them perhaps again.

        Raises
        ------
        UnavailableError
            If the database cannot be reached.
        """
        if not rows:
            return 0
        with self.database.writing() as connection:
            if connection.dialect.name == "postgresql":
                lock = {"one": _LOCK, "other": crc32(self.domain.encode()) - 2**31}
                connection.execute(text("SELECT pg_advisory_xact_lock(:one, :other)"), lock)
            head, at = self._end(connection), self._latest(connection)
            there = self._there(connection, [row for row in rows if (row.at_ns, row.seq) <= at])
            new = [row for row in rows if (row.at_ns, row.seq) not in there]
            values = [self._values(one) for one in linked(self.domain, head, new)]
            if values:
                connection.execute(AUDIT.insert(), values)
        return len(values)

    def _end(self, connection: Connection) -> Head:
        mine = select(_A.number, _A.hash).where(_A.domain == self.domain)
        last = connection.execute(mine.order_by(_A.number.desc()).limit(1)).one_or_none()
        return Head(last.number, last.hash) if last is not None else Head()

    def _latest(self, connection: Connection) -> tuple[int, int]:
        """The instant and place of the row that is latest by these."""
        mine = select(_A.at_ns, _A.seq).where(_A.domain == self.domain)
        last = connection.execute(mine.order_by(_A.at_ns.desc(), _A.seq.desc()).limit(1)).one_or_none()
        return (last.at_ns, last.seq) if last is not None else (-1, -1)

    def _there(self, connection: Connection, rows: Sequence[AuditRow]) -> set[tuple[int, int]]:
        """Which rows the log has between the instants of these."""
        if not rows:
            return set()
        first, last = min(row.at_ns for row in rows), max(row.at_ns for row in rows)
        query = select(_A.at_ns, _A.seq).where(_A.domain == self.domain, _A.at_ns >= first, _A.at_ns <= last)
        return {(row.at_ns, row.seq) for row in connection.execute(query)}

    def _values(self, one: Logged) -> dict[str, Any]:
        return {
            "domain": self.domain,
            "number": one.number,
            "previous": one.previous,
            "hash": one.hash,
            **dict(zip(FIELDS, astuple(one.row), strict=True)),
        }

    # ----------------------------------------------------------------------------------------------- looking

    def head(self) -> Head:
        """Give the end of the log, to be noted elsewhere."""
        with self.database.reading() as connection:
            return self._end(connection)

    def rows(self, wanted: Wanted | None = None, *, newest: int = 0) -> Iterator[Logged]:
        """Give rows, oldest first: those wanted, or of these the newest so many. At one moment of the database."""
        wanted = wanted or Wanted()
        query = self._query(wanted)
        with self.database.reading() as connection:
            if newest:
                found = connection.execute(query.order_by(_A.number.desc()).limit(newest)).all()
                yield from map(_logged, reversed(found))
                return
            at, more = 0, True
            while more:
                page = connection.execute(query.where(_A.number > at).order_by(_A.number).limit(_PAGE)).all()
                yield from map(_logged, page)
                more = len(page) == _PAGE
                at = page[-1].number if page else at

    def _query(self, wanted: Wanted) -> Select[Any]:
        query = select(AUDIT).where(
            _A.domain == self.domain, _A.at_ns >= wanted.from_ns, _A.at_ns < wanted.to_ns
        )
        for column, values in (
            (_A.who, wanted.who),
            (_A.act, wanted.act),
            (_A.subject, wanted.subject),
            (_A.result, wanted.result),
        ):
            if values:
                query = query.where(column.in_(values))
        return query

    def verify(self, noted: Head | None = None) -> Verified:
        """Go through the whole log; see `routing.center.supervision.chaining.verify`."""
        return verify(self.domain, self.rows(), noted)


def _logged(found: Any) -> Logged:
    values = found._mapping
    row = AuditRow(*(values[name] for name in FIELDS))
    return Logged(values["number"], row, bytes(values["previous"]), bytes(values["hash"]))


__all__ = ["GENESIS", "AuditLog", "Head", "Logged", "Verified", "Wanted"]
