"""The first schema: intervals of queues and agents, sessions, contacts with their segments, and feedback.

Owns these tables as they were first; must not change any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None

_QUEUE_COUNTS = """
    entered entered_overflow entered_requeue answered answered_in answered_elsewhere abandoned
    abandoned_in abandoned_short ended_elsewhere overflowed diverted rejected requeued cancelled lost
    wait_answered_ns wait_abandoned_ns wait_other_ns wait_max_ns waiting_ns waiting_max contacts
    contacts_answered contacts_answered_in contacts_handled contacts_abandoned contacts_abandoned_in
    contacts_abandoned_short contacts_diverted contacts_rejected contacts_cancelled contacts_lost
    contacts_transferred contact_wait_answered_ns contact_wait_abandoned_ns offers offers_rejected
    offers_missed offers_failed offers_withdrawn ring_ns segments transferred talk_ns hold_ns wrap_ups
    wrap_up_ns
"""

_AGENT_COUNTS = """
    staffed_ns talking_ns holding_ns wrap_up_ns ringing_ns not_ready_ns engaged_ns idle_ns in_hand_ns
    log_ins log_outs offers accepted rejected missed failed withdrawn segments handled transferred
    talk_ns hold_ns wrap_ups contact_wrap_up_ns
"""


def upgrade() -> None:
    """Make the tables."""
    _intervals()
    _table(
        "sessions", _text("domain", "agent"), _whole("log_in_ns", "log_out_ns"), key="domain agent log_in_ns"
    )
    op.create_index("sessions_by_log_out", "sessions", ["domain", "log_out_ns"])
    _contacts()
    _table(
        "feedback",
        _text("domain", "contact"),
        [sa.Column("csat", sa.BigInteger), sa.Column("nps", sa.BigInteger)],
        _whole("at_ns"),
        key="domain contact",
    )


def _intervals() -> None:
    _table(
        "queue_intervals",
        _text("domain"),
        _whole("start_ns", "end_ns"),
        _text("queue", "channel"),
        _counted(_QUEUE_COUNTS),
        key="domain start_ns queue channel",
    )
    op.create_index("queue_intervals_by_queue", "queue_intervals", ["domain", "queue", "start_ns"])
    _table(
        "agent_intervals",
        _text("domain"),
        _whole("start_ns", "end_ns"),
        _text("agent"),
        _counted(_AGENT_COUNTS),
        key="domain start_ns agent",
    )
    op.create_index("agent_intervals_by_agent", "agent_intervals", ["domain", "agent", "start_ns"])
    _table(
        "agent_not_ready",
        _text("domain"),
        _whole("start_ns"),
        _text("agent", "reason"),
        _whole("not_ready_ns"),
        key="domain start_ns agent reason",
    )


def _contacts() -> None:
    _table(
        "contacts",
        _text("domain", "contact", "channel"),
        _whole("priority"),
        _text("entry_queue", "queue"),
        _whole("arrived_ns", "answered_ns", "ended_ns"),
        _text("outcome"),
        _whole("service_level_ns", "visits", "overflows"),
        _text("customer", "subject"),
        key="domain contact arrived_ns",
    )
    op.create_index("contacts_by_arrival", "contacts", ["domain", "arrived_ns"])
    op.create_index("contacts_by_customer", "contacts", ["domain", "customer", "subject", "arrived_ns"])
    _table(
        "segments",
        _text("domain", "contact"),
        _whole("arrived_ns", "number"),
        _text("agent", "queue"),
        _whole("offered_ns", "answered_ns", "ended_ns", "hold_ns", "wrap_up_end_ns"),
        [sa.Column("transferred", sa.Boolean, nullable=False)],
        key="domain contact arrived_ns number",
    )
    op.create_index("segments_by_agent", "segments", ["domain", "agent", "ended_ns"])


def _table(
    name: str, *columns: list[sa.Column[str]] | list[sa.Column[int]] | list[sa.Column[bool]], key: str
) -> None:
    op.create_table(
        name,
        *(column for part in columns for column in part),
        sa.PrimaryKeyConstraint(*key.split()),
        sqlite_with_rowid=False,
    )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _counted(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in names.split()]
