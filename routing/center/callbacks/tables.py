"""The tables of call-backs: promises as they are, their dials, and what people want of them.

They lie in the database of the history, and the same chain of migrations makes them (``routing/history/migrations``).
Each has the domain (tenant) in front of its key. Customers and numbers are opaque references.

Owns names and types of columns; must not know a database.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, PrimaryKeyConstraint, Table, Text, false

METADATA: Final = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


#: As `routing.center.callbacks.shapes.Promise`. ``erased``: the customer is, and their references are taken off.
CALL_BACKS: Final = Table(
    "call_backs",
    METADATA,
    *_text("domain", "call_back", "kind", "queue", "customer", "number", "agent", "timezone"),
    *_whole("from_ns", "to_ns"),
    Column("confirmed", Boolean, nullable=False),
    *_whole("priority", "asked_ns", "place_ns"),
    *_text("origin", "contact", "taken_by", "attempt"),
    *_whole("dials", "tries", "last_ns"),
    *_text("last_outcome"),
    *_whole("reached_ns", "served_ns", "ended_ns"),
    *_text("outcome", "merged_into"),
    Column("erased", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("domain", "call_back"),
    Index("call_backs_by_customer", "domain", "customer"),
    Index("call_backs_by_outcome", "domain", "outcome", "asked_ns"),
    sqlite_with_rowid=False,
)

#: As `routing.center.callbacks.shapes.Attempt`; ``ended_ns`` 0: it goes on.
ATTEMPTS: Final = Table(
    "call_back_attempts",
    METADATA,
    *_text("domain", "attempt", "call_back", "contact", "agent"),
    *_whole("requested_ns", "ended_ns"),
    *_text("outcome"),
    PrimaryKeyConstraint("domain", "attempt"),
    Index("call_back_attempts_by_call_back", "domain", "call_back"),
    sqlite_with_rowid=False,
)

#: What people want by the command line or a screen; ``done_ns`` 0: not looked at yet; ``answer`` "": done.
ORDERS: Final = Table(
    "call_back_orders",
    METADATA,
    *_text("domain", "order_id"),
    *_whole("at_ns"),
    *_text("who", "action", "call_back", "number", "agent", "timezone", "reason"),
    *_whole("from_ns", "to_ns", "done_ns"),
    *_text("answer"),
    PrimaryKeyConstraint("domain", "order_id"),
    Index("call_back_orders_by_done", "domain", "done_ns", "at_ns"),
    sqlite_with_rowid=False,
)
