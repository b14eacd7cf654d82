"""The fifth schema: customers, their keys, how they are found, notes, and who looked.

Owns these tables as they were first; must not change any more.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Make the tables."""
    _table("customer_vaults", _text("domain master"), _sealed("wrapped"), _whole("at_ns"), key="domain")
    _table(
        "customers",
        _text("domain customer"),
        _whole("created_ns seen_ns erased_ns"),
        _text("erased_why merged_into"),
        _sealed("sealed"),
        key="domain customer",
    )
    merged = sa.text("merged_into <> ''")
    op.create_index(
        "customers_merged",
        "customers",
        ["domain", "merged_into"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    _table("customer_keys", _text("domain customer master"), _sealed("wrapped"), key="domain customer")
    op.create_index("customer_keys_by_master", "customer_keys", ["domain", "master"])
    _table(
        "customer_identities",
        _text("domain kind"),
        _sealed("blind"),
        _text("customer"),
        _whole("at_ns"),
        _sealed("sealed"),
        key="domain kind blind",
    )
    op.create_index("customer_identities_by_customer", "customer_identities", ["domain", "customer"])
    _table(
        "customer_notes",
        _text("domain note customer contact agent"),
        _whole("at_ns"),
        _sealed("sealed"),
        key="domain note",
    )
    op.create_index("customer_notes_by_customer", "customer_notes", ["domain", "customer", "at_ns"])
    _table(
        "customer_audit",
        _text("domain"),
        _whole("at_ns"),
        _text("entry who action customer details"),
        key="domain at_ns entry",
    )
    op.create_index("customer_audit_by_customer", "customer_audit", ["domain", "customer", "at_ns"])


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


def _sealed(names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary, nullable=False) for name in names.split()]
