"""The book of call-backs: rows in the database of the history, and the orders that people give by it.

Rows are written by key, so writing again changes nothing. An order is obeyed by whoever runs the host (``clerk``).

Owns these queries; must not know an engine or a host.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.center.callbacks.shapes import Attempt, Promise, Rows
from routing.center.callbacks.tables import ATTEMPTS, CALL_BACKS, ORDERS
from routing.history.tenant import Tenant

Action = Literal["cancel", "move", "confirm"]
_C: Final = CALL_BACKS.c
_A: Final = ATTEMPTS.c
_O: Final = ORDERS.c
#: Columns that a promise gives under its own names.
_SAME: Final = tuple(
    column.name for column in CALL_BACKS.columns if column.name not in ("domain", "merged_into", "erased")
)


class Order(NamedTuple):
    """What somebody wants of a call-back. ``agent`` "*": the same as before."""

    order_id: str
    at_ns: int
    who: str
    action: Action
    call_back: str
    number: str = ""
    agent: str = "*"
    timezone: str = ""
    reason: str = ""
    from_ns: int = 0
    to_ns: int = 0


class CallBackBook(Tenant):
    """Call-backs of one tenant in a database.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a database.
    domain : str, default "default"
        The tenant.
    create : bool, default True
        Make the file and the tables, and bring them to the present schema.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, CallBackBook(f"{folder}/history.db") as book:
    ...     book.write(Rows((Promise("p1", "booked", "sales", ("sales",), customer="c1", from_ns=9),)))
    ...     book.write(Rows((Promise("p1", "booked", "sales", ("sales",), customer="c1", from_ns=12),)))
    ...     book.listed()[0]["from_ns"], book.call_backs("c1")
    (12, [(12, '', 'p1')])
    """

    # Rows

    def write(self, rows: Rows) -> None:
        """Write what has changed. O(rows)."""
        if not rows:
            return
        promises = [self._row(one) for one in sorted(rows.call_backs, key=lambda one: one.call_back)]
        attempts = [_dial(self.domain, one) for one in sorted(rows.attempts, key=lambda one: one.attempt)]
        with self.database.writing() as connection:
            _upsert(connection, CALL_BACKS, ("domain", "call_back"), promises)
            _upsert(connection, ATTEMPTS, ("domain", "attempt"), attempts)
            connection.execute(
                update(CALL_BACKS)
                .where(_C.domain == self.domain, _C.erased, _C.customer != "")
                .values(customer="", number="")
            )

    def listed(
        self, *, open_only: bool = False, customer: str = "", queue: str = "", most: int = 1_000
    ) -> list[dict[str, Any]]:
        """List call-backs, those asked for last first. O(log rows + found)."""
        query = select(CALL_BACKS).where(_C.domain == self.domain)
        if open_only:
            query = query.where(_C.outcome == "")
        if customer:
            query = query.where(_C.customer == customer)
        if queue:
            query = query.where(_C.queue == queue)
        query = query.order_by(_C.asked_ns.desc(), _C.call_back).limit(most)
        with self.database.reading() as connection:
            return [_told(row) for row in connection.execute(query)]

    def get(self, call_back: str) -> dict[str, Any] | None:
        """Give one; None: there is none."""
        query = select(CALL_BACKS).where(_C.domain == self.domain, _C.call_back == call_back)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _told(row)

    def attempts(self, call_backs: Iterable[str]) -> list[dict[str, Any]]:
        """List the dials of these, the oldest first."""
        query = (
            select(ATTEMPTS)
            .where(_A.domain == self.domain, _A.call_back.in_(list(call_backs)))
            .order_by(_A.requested_ns, _A.attempt)
        )
        with self.database.reading() as connection:
            return [_told(row) for row in connection.execute(query)]

    def outcomes(self, from_ns: int = 0, to_ns: int = 2**63 - 1) -> dict[str, int]:
        """Count those asked for within a time by outcome; "" are open. O(these)."""
        query = (
            select(_C.outcome, func.count())
            .where(_C.domain == self.domain, _C.asked_ns >= from_ns, _C.asked_ns < to_ns)
            .group_by(_C.outcome)
            .order_by(_C.outcome)
        )
        with self.database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def call_backs(self, customer: str) -> list[tuple[int, str, str]]:
        """Give open ones of a customer: when they are due, by whom ("": anybody), and which; soonest first."""
        if not customer:
            return []
        query = select(_C.from_ns, _C.asked_ns, _C.agent, _C.call_back).where(
            _C.domain == self.domain, _C.customer == customer, _C.outcome == ""
        )
        with self.database.reading() as connection:
            return sorted(
                (start or asked, agent, name) for start, asked, agent, name in connection.execute(query)
            )

    def forget(self, customer: str, at_ns: int = 0) -> int:
        """Take a customer's references off, and order that open ones be cancelled; returns how many."""
        if not customer:
            return 0
        mine = (_C.domain == self.domain, _C.customer == customer)
        with self.database.writing() as connection:
            still = list(connection.scalars(select(_C.call_back).where(*mine, _C.outcome == "")))
            count = connection.execute(
                update(CALL_BACKS).where(*mine).values(customer="", number="", erased=True)
            ).rowcount
            for name in still:
                order = Order(f"erased/{name}", at_ns, "erasure", "cancel", name, reason="erased")
                self._order(connection, order)
        return count

    # Orders

    def order(self, order: Order) -> None:
        """Want something of a call-back; the same order twice is one."""
        with self.database.writing() as connection:
            self._order(connection, order)

    def orders(self) -> list[Order]:
        """List what is wanted and not looked at yet, the oldest first."""
        query = (
            select(*(_O[name] for name in Order._fields))
            .where(_O.domain == self.domain, _O.done_ns == 0)
            .order_by(_O.at_ns, _O.order_id)
        )
        with self.database.reading() as connection:
            return [Order(*row) for row in connection.execute(query)]

    def answer(self, order_id: str, at_ns: int, answer: str = "") -> None:
        """Say what became of an order; "": it is done."""
        with self.database.writing() as connection:
            connection.execute(
                update(ORDERS)
                .where(_O.domain == self.domain, _O.order_id == order_id)
                .values(done_ns=max(at_ns, 1), answer=answer)
            )

    def orders_of(self, call_back: str) -> list[dict[str, Any]]:
        """List all that was ever wanted of one, the oldest first."""
        query = (
            select(ORDERS)
            .where(_O.domain == self.domain, _O.call_back == call_back)
            .order_by(_O.at_ns, _O.order_id)
        )
        with self.database.reading() as connection:
            return [_told(row) for row in connection.execute(query)]

    def answered(self, order_id: str) -> str | None:
        """Give the answer to an order; None: nobody has looked at it."""
        query = select(_O.answer).where(_O.domain == self.domain, _O.order_id == order_id, _O.done_ns > 0)
        with self.database.reading() as connection:
            found: str | None = connection.execute(query).scalar()
            return found

    def _order(self, connection: Connection, order: Order) -> None:
        row = {"domain": self.domain, "done_ns": 0, "answer": "", **order._asdict()}
        insert = _insert(connection, ORDERS).values(row)
        connection.execute(insert.on_conflict_do_nothing(index_elements=["domain", "order_id"]))

    def _row(self, promise: Promise) -> dict[str, Any]:
        row: dict[str, Any] = {name: getattr(promise, name) for name in _SAME}
        return {"domain": self.domain, **row, "merged_into": promise.into}


def _dial(domain: str, attempt: Attempt) -> dict[str, Any]:
    return {"domain": domain, **{name: getattr(attempt, name) for name in attempt.__struct_fields__}}


def _told(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "domain"}


def _insert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _upsert(
    connection: Connection, table: Table, key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    if not rows:
        return
    insert = _insert(connection, table)
    new = {name: insert.excluded[name] for name in rows[0] if name not in key}
    connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=new), list(rows))
