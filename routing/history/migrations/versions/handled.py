"""The fourth schema: what is counted of contacts in hand (holding, handing over, placing) and of their kinds.

Owns these columns as they were first; must not change any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"

_QUEUE_COUNTS = "arrived_outbound arrived_internal arrived_legs placed contacts_merged handed_over holds"
_AGENT_COUNTS = "placed handed_over taken_over holds"


def upgrade() -> None:
    """Add the columns, 0 in the rows there are."""
    for table, names in (("queue_intervals", _QUEUE_COUNTS), ("agent_intervals", _AGENT_COUNTS)):
        for name in names.split():
            op.add_column(table, sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
