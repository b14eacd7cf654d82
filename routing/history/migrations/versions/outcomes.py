"""The ninth schema: dispositions, surveys and answers.

Owns these tables as they were first; must not change any more.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"


def upgrade() -> None:
    """Make the tables."""
    _table(
        "dispositions",
        _text("domain"),
        _whole("at_ns number"),
        _text("contact"),
        _whole("arrived_ns segment"),
        _text("queue channel direction agent by code resolved note_ref"),
        _whole("call_back_ns first_ns"),
        _flags("known automatic follow_up correction"),
        key="domain at_ns number",
    )
    op.create_index("dispositions_by_first", "dispositions", ["domain", "first_ns"])
    op.create_index("dispositions_by_contact", "dispositions", ["domain", "contact", "arrived_ns", "at_ns"])
    _table(
        "surveys",
        _text("domain contact"),
        _whole("arrived_ns"),
        _text("survey state means language queue agent"),
        _whole("at_ns until_ns answers"),
        key="domain contact arrived_ns survey",
    )
    op.create_index("surveys_by_time", "surveys", ["domain", "at_ns"])
    _table(
        "survey_answers",
        _text("domain"),
        _whole("at_ns number"),
        _text("contact"),
        _whole("arrived_ns"),
        _text("survey question measure queue agent"),
        [sa.Column("score", sa.BigInteger)],
        _text("answer verdict"),
        key="domain at_ns number",
    )
    op.create_index(
        "survey_answers_by_contact",
        "survey_answers",
        ["domain", "contact", "arrived_ns", "survey", "question"],
    )


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


def _flags(names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean, nullable=False) for name in names.split()]
