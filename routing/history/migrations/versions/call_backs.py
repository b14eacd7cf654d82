"""The eighth schema: call-backs, their dials, and what people want of them.

Owns these tables as they were first; must not change any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "8"
down_revision = "7"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "call_backs",
        *_text("domain call_back kind queue customer number agent timezone"),
        *_whole("from_ns to_ns"),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        *_whole("priority asked_ns place_ns"),
        *_text("origin contact taken_by attempt"),
        *_whole("dials tries last_ns"),
        *_text("last_outcome"),
        *_whole("reached_ns served_ns ended_ns"),
        *_text("outcome merged_into"),
        sa.Column("erased", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("domain", "call_back"),
        sqlite_with_rowid=False,
    )
    op.create_index("call_backs_by_customer", "call_backs", ["domain", "customer"])
    op.create_index("call_backs_by_outcome", "call_backs", ["domain", "outcome", "asked_ns"])
    op.create_table(
        "call_back_attempts",
        *_text("domain attempt call_back contact agent"),
        *_whole("requested_ns ended_ns"),
        *_text("outcome"),
        sa.PrimaryKeyConstraint("domain", "attempt"),
        sqlite_with_rowid=False,
    )
    op.create_index("call_back_attempts_by_call_back", "call_back_attempts", ["domain", "call_back"])
    op.create_table(
        "call_back_orders",
        *_text("domain order_id"),
        *_whole("at_ns"),
        *_text("who action call_back number agent timezone reason"),
        *_whole("from_ns to_ns done_ns"),
        *_text("answer"),
        sa.PrimaryKeyConstraint("domain", "order_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("call_back_orders_by_done", "call_back_orders", ["domain", "done_ns", "at_ns"])


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def _whole(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names.split()]
