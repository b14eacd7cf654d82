"""The tables of campaigns: lists, records, their numbers, attempts, who must not be called, and audit entries.

They lie in the database of the history, and the same chain of migrations makes them (``routing/history/migrations``).
Each has the domain (tenant) in front of its key. A telephone number is stored as the whole number of its E.164 digits
(at most 18, so it fits 64 bits): half the size of a text, and quicker to look up among a million.

Owns names and types of columns; must not know a database.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

METADATA: Final = MetaData()

#: Where a record stands (``campaign_records.queue``); those of one queue lie together in the index of the hopper.
CLOSED, NEW, RETRY, RECALL, DIALLING = range(5)
#: Names of these, for people.
QUEUES: Final = ("closed", "new", "retry", "recall", "dialling")


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _blank(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False, server_default="") for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _zero(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False, server_default="0") for name in names]


def _small(*names: str) -> list[Column[int]]:
    return [Column(name, SmallInteger, nullable=False) for name in names]


#: One row a tenant: what counts on; ``revision`` grows with every change that a running dialer must notice.
DOMAINS: Final = Table(
    "campaign_domains",
    METADATA,
    *_text("domain"),
    *_whole("revision", "next_record"),
    PrimaryKeyConstraint("domain"),
    sqlite_with_rowid=False,
)

#: ``state`` is what is wanted; a dialer obeys. ``rules``: JSON of `routing.campaigns.rules.CampaignRules`.
CAMPAIGNS: Final = Table(
    "campaigns",
    METADATA,
    *_text("domain", "campaign", "state"),
    *_whole("revision", "from_ns", "until_ns", "changed_ns"),
    *_text("rules"),
    PrimaryKeyConstraint("domain", "campaign"),
    sqlite_with_rowid=False,
)

#: ``state``: loading, active, inactive. ``priorities``: JSON, the different priorities of its records.
LISTS: Final = Table(
    "campaign_lists",
    METADATA,
    *_text("domain", "list", "campaign", "state"),
    *_whole("place", "loaded_ns", "records", "numbers", "bad"),
    *_text("priorities", "source"),
    PrimaryKeyConstraint("domain", "list"),
    Index("campaign_lists_by_campaign", "domain", "campaign", "place"),
    sqlite_with_rowid=False,
)

#: Somebody to be called. ``position``: the number that is next. ``recall_ns``: somebody asked to be called then.
RECORDS: Final = Table(
    "campaign_records",
    METADATA,
    *_text("domain"),
    *_whole("record"),
    *_text("list", "customer"),
    *_whole("priority"),
    *_text("timezone", "attributes"),
    *_small("queue"),
    *_whole("due_ns"),
    *_small("position", "tries"),
    *_zero("recall_ns"),
    *_blank("agent", "last_outcome", "closed"),
    PrimaryKeyConstraint("domain", "record"),
    Index("campaign_records_hopper", "domain", "list", "queue", "priority", "due_ns", "record"),
    Index(
        "campaign_records_by_customer",
        "domain",
        "customer",
        sqlite_where=text("customer <> ''"),
        postgresql_where=text("customer <> ''"),
    ),
    sqlite_with_rowid=False,
)

#: The numbers of a record in their order; ``closed``: why it is dialled no more. ``tally``: JSON, attempts by outcome.
NUMBERS: Final = Table(
    "campaign_numbers",
    METADATA,
    *_text("domain"),
    *_whole("record"),
    *_small("position"),
    *_whole("number"),
    *_text("list", "hours"),
    *_blank("closed"),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("tally", Text, nullable=False, server_default="{}"),
    PrimaryKeyConstraint("domain", "record", "position"),
    Index("campaign_numbers_by_number", "domain", "number"),
    sqlite_with_rowid=False,
)

#: One row a dial, written before it; ``ended_ns`` 0: no outcome yet. ``queue``: where the record was taken from.
ATTEMPTS: Final = Table(
    "campaign_attempts",
    METADATA,
    *_text("domain", "attempt", "campaign", "list"),
    *_whole("record"),
    *_small("position"),
    *_whole("number"),
    *_text("customer"),
    *_small("attempt_no", "queue"),
    *_text("carrier", "agent"),
    *_whole("at_ns"),
    *_zero("answered_ns", "ended_ns", "talk_ns", "confidence", "detection_ns"),
    *_blank("outcome", "disposition", "cause"),
    Column("abandoned", SmallInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("domain", "attempt"),
    Index("campaign_attempts_by_time", "domain", "campaign", "at_ns"),
    Index("campaign_attempts_by_number", "domain", "number", "at_ns"),
    Index(
        "campaign_attempts_by_customer",
        "domain",
        "customer",
        "at_ns",
        sqlite_where=text("customer <> ''"),
        postgresql_where=text("customer <> ''"),
    ),
    Index("campaign_attempts_by_end", "domain", "campaign", "ended_ns"),  # 0 first: those that are open
    sqlite_with_rowid=False,
)

#: Who must not be called: by everybody (domain ""), by a tenant (campaign ""), by one campaign.
SUPPRESSED: Final = Table(
    "campaign_suppressed",
    METADATA,
    *_text("domain", "campaign"),
    *_whole("number", "at_ns", "until_ns"),
    *_text("source"),
    PrimaryKeyConstraint("domain", "campaign", "number"),
    Index("campaign_suppressed_by_number", "domain", "number"),
    sqlite_with_rowid=False,
)

#: What a ledger found: abandoned calls (``id``: the attempt), and windows that are over. ``details``: JSON, all of it.
AUDIT: Final = Table(
    "campaign_audit",
    METADATA,
    *_text("domain", "kind", "id", "campaign"),
    *_whole("at_ns"),
    *_text("why", "message", "details"),
    PrimaryKeyConstraint("domain", "kind", "id"),
    Index("campaign_audit_by_time", "domain", "campaign", "kind", "at_ns"),
    sqlite_with_rowid=False,
)
