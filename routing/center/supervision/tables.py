"""The table of the audit log: rows are added, and the database refuses to change or remove them.

It lies in the database of the history, and the same chain of migrations makes it (``routing/history/migrations``), with
triggers that refuse UPDATE, DELETE and, in PostgreSQL, TRUNCATE.

Owns names and types of columns; must not know a database.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

METADATA: Final = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


#: Columns of a row, in the order of the fields of `AuditRow`.
FIELDS: Final = (
    "at_ns",
    "seq",
    "who",
    "act",
    "command",
    "kind",
    "subject",
    "request_id",
    "why",
    "result",
    "reason",
    "before_json",
    "after_json",
    "lost",
)

#: ``number`` counts the rows of a domain from 1. ``previous`` is the hash of the row before, ``hash`` that of this one.
AUDIT: Final = Table(
    "audit_log",
    METADATA,
    *_text("domain"),
    *_whole("number", "at_ns", "seq"),
    *_text("who", "act", "command", "kind", "subject", "request_id", "why", "result", "reason"),
    *_text("before_json", "after_json"),
    *_whole("lost"),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("domain", "number"),
    Index("audit_log_by_time", "domain", "at_ns", "seq", unique=True),
    Index("audit_log_by_who", "domain", "who", "at_ns"),
    Index("audit_log_by_subject", "domain", "subject", "at_ns"),
    sqlite_with_rowid=False,
)
