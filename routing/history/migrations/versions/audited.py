"""The seventh schema: the audit log of a centre, to which rows can only be added.

Owns this table as it was first; must not change any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"

_TEXTS = "who act command kind subject request_id why result reason before_json after_json"
_REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    """Make the table, and triggers that keep its rows as they are."""
    op.create_table(
        "audit_log",
        sa.Column("domain", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("number", "at_ns", "seq")),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS.split()),
        sa.Column("lost", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("previous", "hash")),
        sa.PrimaryKeyConstraint("domain", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("audit_log_by_time", "audit_log", ["domain", "at_ns", "seq"], unique=True)
    op.create_index("audit_log_by_who", "audit_log", ["domain", "who", "at_ns"])
    op.create_index("audit_log_by_subject", "audit_log", ["domain", "subject", "at_ns"])
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{act} BEFORE {act.upper()} ON audit_log "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_log_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END$$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_log_keeps()"
    )
    op.execute(
        "CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_keeps()"
    )
