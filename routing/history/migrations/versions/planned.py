"""The second schema: what agents were planned to do, for adherence.

Owns this table as it was first; must not change any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "planned",
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("activity", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("domain", "agent", "start_ns"),
        sqlite_with_rowid=False,
    )
    op.create_index("planned_by_start", "planned", ["domain", "start_ns"])
