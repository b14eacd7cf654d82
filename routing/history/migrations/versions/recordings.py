"""The sixth schema: recordings, who took part, where they lie, legal holds, deletions, and who did what.

Owns these tables as they were first; must not change any more.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Make the tables."""
    _table(
        "recording_segments",
        _text("domain segment contact"),
        _whole("arrived_ns"),
        _text("parent customer queue channel direction rule"),
        _whole("started_ns ended_ns"),
        _text("started_by ended_by consent"),
        _whole("consent_ns keep_until_ns"),
        _flag("delete_on_refusal erased"),
        key="domain segment",
    )
    named = sa.text("customer <> ''")
    for name, columns in (
        ("start", ["domain", "started_ns", "segment"]),
        ("contact", ["domain", "contact", "arrived_ns"]),
        ("retention", ["domain", "keep_until_ns", "segment"]),
    ):
        op.create_index(f"recording_segments_by_{name}", "recording_segments", columns)
    op.create_index(
        "recording_segments_by_customer",
        "recording_segments",
        ["domain", "customer", "started_ns"],
        sqlite_where=named,
        postgresql_where=named,
    )
    _table(
        "recording_parts",
        _text("domain segment"),
        _whole("number"),
        _text("agent"),
        _whole("from_ns to_ns"),
        key="domain segment number",
    )
    op.create_index("recording_parts_by_agent", "recording_parts", ["domain", "agent", "from_ns"])
    _table(
        "recording_pauses",
        _text("domain segment"),
        _whole("number from_ns to_ns"),
        _text("reason"),
        key="domain segment number",
    )
    _table(
        "recording_media",
        _text("domain segment location sha256"),
        _whole("bytes at_ns"),
        key="domain segment",
    )
    _table(
        "recording_holds",
        _text("domain segment matter"),
        _whole("at_ns"),
        _text("who why"),
        key="domain segment matter",
    )
    op.create_index("recording_holds_by_matter", "recording_holds", ["domain", "matter"])
    _table(
        "recording_deletions",
        _text("domain segment why"),
        _whole("asked_ns confirmed_ns"),
        key="domain segment",
    )
    op.create_index(
        "recording_deletions_open",
        "recording_deletions",
        ["domain", "confirmed_ns", "asked_ns", "segment"],
    )
    _table("recording_erased", _text("domain customer"), _whole("at_ns"), key="domain customer")
    _table(
        "recording_audit",
        _text("domain"),
        _whole("at_ns"),
        _text("entry who action segment details"),
        key="domain at_ns entry",
    )
    op.create_index("recording_audit_by_segment", "recording_audit", ["domain", "segment", "at_ns"])


def _table(name: str, *columns: list[Any], key: str) -> None:
    op.create_table(
        name,
        *(column for part in columns for column in part),
        sa.PrimaryKeyConstraint(*key.split()),
        sqlite_with_rowid=False,
    )


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def _whole(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names.split()]


def _flag(names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean, nullable=False) for name in names.split()]
