"""The tables of the history, their columns made from the structs of ``routing.statistics.shapes``.

Instants and times are integers of nanoseconds; every table has the domain (tenant) in front of its key, and the keys
are such that writing the same thing twice changes nothing. The scripts under ``migrations`` make these very tables,
which a test compares.

Owns names and types of columns; must not know a database.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, PrimaryKeyConstraint, Table, Text

from routing.statistics.shapes import AgentCounts, ContactRecord, QueueCounts, SegmentRecord

METADATA: Final = MetaData()

#: Fields of the counts of a queue, in order; each is a column.
QUEUE_COUNTS: Final = QueueCounts.__struct_fields__
#: Fields of the counts of an agent but ``not_ready_by``, which has a table of its own.
AGENT_COUNTS: Final = tuple(name for name in AgentCounts.__struct_fields__ if name != "not_ready_by")
#: Fields of a contact's record but its segments, which have a table of their own.
CONTACT_FIELDS: Final = tuple(name for name in ContactRecord.__struct_fields__ if name != "segments")
SEGMENT_FIELDS: Final = SegmentRecord.__struct_fields__


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _whole(names: Iterable[str]) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _counted(names: Iterable[str]) -> list[Column[int]]:
    """Columns of counts: 0 where a writer of an older version does not know them."""
    return [Column(name, BigInteger, nullable=False, server_default="0") for name in names]


def _fields(
    struct: type[msgspec.Struct], names: Iterable[str]
) -> list[Column[str] | Column[int] | Column[bool]]:
    """Columns of a record, their types read off its annotations."""
    types = {field.name: field.type for field in msgspec.structs.fields(struct)}
    kinds = {str: Text, int: BigInteger, bool: Boolean}
    return [Column(name, kinds[types[name]], nullable=False) for name in names]


QUEUE_INTERVALS: Final = Table(
    "queue_intervals",
    METADATA,
    *_text("domain"),
    *_whole(("start_ns", "end_ns")),
    *_text("queue", "channel"),
    *_counted(QUEUE_COUNTS),
    PrimaryKeyConstraint("domain", "start_ns", "queue", "channel"),
    Index("queue_intervals_by_queue", "domain", "queue", "start_ns"),
    sqlite_with_rowid=False,
)

AGENT_INTERVALS: Final = Table(
    "agent_intervals",
    METADATA,
    *_text("domain"),
    *_whole(("start_ns", "end_ns")),
    *_text("agent"),
    *_counted(AGENT_COUNTS),
    PrimaryKeyConstraint("domain", "start_ns", "agent"),
    Index("agent_intervals_by_agent", "domain", "agent", "start_ns"),
    sqlite_with_rowid=False,
)

#: ``AgentCounts.not_ready_by`` of the row of agent_intervals with the same domain, start and agent.
NOT_READY: Final = Table(
    "agent_not_ready",
    METADATA,
    *_text("domain"),
    *_whole(("start_ns",)),
    *_text("agent", "reason"),
    *_whole(("not_ready_ns",)),
    PrimaryKeyConstraint("domain", "start_ns", "agent", "reason"),
    sqlite_with_rowid=False,
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    *_text("domain", "agent"),
    *_whole(("log_in_ns", "log_out_ns")),
    PrimaryKeyConstraint("domain", "agent", "log_in_ns"),
    Index("sessions_by_log_out", "domain", "log_out_ns"),
    sqlite_with_rowid=False,
)

#: One row a contact; an id that is used again later is another contact.
CONTACTS: Final = Table(
    "contacts",
    METADATA,
    *_text("domain"),
    *_fields(ContactRecord, CONTACT_FIELDS),
    PrimaryKeyConstraint("domain", "contact", "arrived_ns"),
    Index("contacts_by_arrival", "domain", "arrived_ns"),
    Index("contacts_by_customer", "domain", "customer", "subject", "arrived_ns"),
    sqlite_with_rowid=False,
)

#: The segments of a contact, numbered from 0.
SEGMENTS: Final = Table(
    "segments",
    METADATA,
    *_text("domain", "contact"),
    *_whole(("arrived_ns", "number")),
    *_fields(SegmentRecord, SEGMENT_FIELDS),
    PrimaryKeyConstraint("domain", "contact", "arrived_ns", "number"),
    Index("segments_by_agent", "domain", "agent", "ended_ns"),
    sqlite_with_rowid=False,
)

#: What a customer said afterwards; either figure may be missing.
FEEDBACK: Final = Table(
    "feedback",
    METADATA,
    *_text("domain", "contact"),
    Column("csat", BigInteger),
    Column("nps", BigInteger),
    *_whole(("at_ns",)),
    PrimaryKeyConstraint("domain", "contact"),
    sqlite_with_rowid=False,
)

#: What agents were planned to do.
PLANNED: Final = Table(
    "planned",
    METADATA,
    *_text("domain", "agent"),
    *_whole(("start_ns", "end_ns")),
    *_text("activity"),
    PrimaryKeyConstraint("domain", "agent", "start_ns"),
    Index("planned_by_start", "domain", "start_ns"),
    sqlite_with_rowid=False,
)

#: Names of all tables that the scripts make; of the other wings, see their ``tables``.
OURS: Final = METADATA.tables.keys() | {
    "audit_log",
    "campaign_attempts",
    "campaign_audit",
    "campaign_domains",
    "campaign_lists",
    "campaign_numbers",
    "campaign_records",
    "campaign_suppressed",
    "campaigns",
    "customer_audit",
    "customer_identities",
    "customer_keys",
    "customer_notes",
    "customer_vaults",
    "customers",
    "recording_audit",
    "recording_deletions",
    "recording_erased",
    "recording_holds",
    "recording_media",
    "recording_parts",
    "recording_pauses",
    "recording_segments",
}
