"""The third schema: campaigns, their lists, records, numbers and attempts, suppression, and audit entries.

Owns these tables as they were first; must not change any more.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Make the tables."""
    _table("campaign_domains", _text("domain"), _whole("revision next_record"), key="domain")
    _table(
        "campaigns",
        _text("domain campaign state"),
        _whole("revision from_ns until_ns changed_ns"),
        _text("rules"),
        key="domain campaign",
    )
    _lists()
    _attempts()
    _suppressed()


def _lists() -> None:
    _table(
        "campaign_lists",
        _text("domain list campaign state"),
        _whole("place loaded_ns records numbers bad"),
        _text("priorities source"),
        key="domain list",
    )
    _index("campaign_lists_by_campaign", "campaign_lists", "domain campaign place")
    _table(
        "campaign_records",
        _text("domain"),
        _whole("record"),
        _text("list customer"),
        _whole("priority"),
        _text("timezone attributes"),
        _small("queue"),
        _whole("due_ns"),
        _small("position tries"),
        _zero("recall_ns"),
        _blank("agent last_outcome closed"),
        key="domain record",
    )
    _index("campaign_records_hopper", "campaign_records", "domain list queue priority due_ns record")
    _index("campaign_records_by_customer", "campaign_records", "domain customer", "customer <> ''")
    _table(
        "campaign_numbers",
        _text("domain"),
        _whole("record"),
        _small("position"),
        _whole("number"),
        _text("list hours"),
        _blank("closed"),
        [
            sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
            sa.Column("tally", sa.Text, nullable=False, server_default="{}"),
        ],
        key="domain record position",
    )
    _index("campaign_numbers_by_number", "campaign_numbers", "domain number")


def _attempts() -> None:
    _table(
        "campaign_attempts",
        _text("domain attempt campaign list"),
        _whole("record"),
        _small("position"),
        _whole("number"),
        _text("customer"),
        _small("attempt_no queue"),
        _text("carrier agent"),
        _whole("at_ns"),
        _zero("answered_ns ended_ns talk_ns confidence detection_ns"),
        _blank("outcome disposition cause"),
        [sa.Column("abandoned", sa.SmallInteger, nullable=False, server_default="0")],
        key="domain attempt",
    )
    _index("campaign_attempts_by_time", "campaign_attempts", "domain campaign at_ns")
    _index("campaign_attempts_by_number", "campaign_attempts", "domain number at_ns")
    _index("campaign_attempts_by_customer", "campaign_attempts", "domain customer at_ns", "customer <> ''")
    _index("campaign_attempts_by_end", "campaign_attempts", "domain campaign ended_ns")


def _suppressed() -> None:
    _table(
        "campaign_suppressed",
        _text("domain campaign"),
        _whole("number at_ns until_ns"),
        _text("source"),
        key="domain campaign number",
    )
    _index("campaign_suppressed_by_number", "campaign_suppressed", "domain number")
    _table(
        "campaign_audit",
        _text("domain kind id campaign"),
        _whole("at_ns"),
        _text("why message details"),
        key="domain kind id",
    )
    _index("campaign_audit_by_time", "campaign_audit", "domain campaign kind at_ns")


def _table(name: str, *columns: list[Any], key: str) -> None:
    op.create_table(
        name,
        *(column for part in columns for column in part),
        sa.PrimaryKeyConstraint(*key.split()),
        sqlite_with_rowid=False,
    )


def _index(name: str, table: str, columns: str, only: str = "") -> None:
    if only:
        where = sa.text(only)
        op.create_index(name, table, columns.split(), sqlite_where=where, postgresql_where=where)
    else:
        op.create_index(name, table, columns.split())


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def _blank(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names.split()]


def _whole(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names.split()]


def _zero(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in names.split()]


def _small(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.SmallInteger, nullable=False) for name in names.split()]
