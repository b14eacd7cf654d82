"""Earlier contacts of a customer, out of the history; those that follow each other form a conversation.

Owns these questions and what a conversation is; must not know who the customer is, nor change anything.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, func, select, tuple_

from routing.customers.shapes import Conversation, Earlier
from routing.history.tables import CONTACTS, FEEDBACK, SEGMENTS

_C: Final = CONTACTS.c
_S: Final = SEGMENTS.c
_MINE: Final = and_(_C.domain == bindparam("domain"), _C.customer.in_(bindparam("customers", expanding=True)))
_NEWEST: Final = (
    select(
        _C.contact, _C.channel, _C.queue, _C.entry_queue, _C.arrived_ns, _C.answered_ns, _C.ended_ns, _C.outcome,
        _C.subject,
    )
    .where(_MINE)
    .order_by(_C.arrived_ns.desc(), _C.contact.desc())
    .limit(bindparam("most"))
)  # fmt: skip
_COUNT: Final = select(func.count()).select_from(CONTACTS).where(_MINE)


def contacts(connection: Connection, domain: str, customers: Sequence[str], most: int) -> list[Earlier]:
    """Give the newest contacts of a customer that are over, newest first. O(contacts of the customer)."""
    given = {"domain": domain, "customers": list(customers), "most": most}
    rows = connection.execute(_NEWEST, given).all()
    agents = _agents(connection, domain, [(row.contact, row.arrived_ns) for row in rows])
    return [
        Earlier(
            contact=row.contact,
            channel=row.channel,
            queue=row.queue or row.entry_queue,
            agent=agents.get((row.contact, row.arrived_ns), ""),
            arrived_ns=row.arrived_ns,
            answered_ns=row.answered_ns,
            ended_ns=row.ended_ns,
            outcome=row.outcome,
            subject=row.subject,
        )
        for row in rows
    ]


def count(connection: Connection, domain: str, customers: Sequence[str]) -> int:
    """Count the contacts of a customer that are over."""
    return int(connection.execute(_COUNT, {"domain": domain, "customers": list(customers)}).scalar_one())


def whole(connection: Connection, domain: str, customers: Sequence[str]) -> list[dict[str, Any]]:
    """Give all that the history holds of a customer's contacts, oldest first, with segments and feedback."""
    query = select(CONTACTS).where(_C.domain == domain, _C.customer.in_(customers))
    found = [dict(row._mapping) for row in connection.execute(query.order_by(_C.arrived_ns, _C.contact))]
    for one in found:
        of = (_S.domain == domain, _S.contact == one["contact"], _S.arrived_ns == one["arrived_ns"])
        parts = connection.execute(select(SEGMENTS).where(*of).order_by(_S.number))
        keys = {"domain", "contact", "arrived_ns"}
        one["segments"] = [
            {name: value for name, value in row._mapping.items() if name not in keys} for row in parts
        ]
        rated = select(FEEDBACK.c.csat, FEEDBACK.c.nps, FEEDBACK.c.at_ns).where(
            FEEDBACK.c.domain == domain, FEEDBACK.c.contact == one["contact"]
        )
        row = connection.execute(rated).first()
        one["feedback"] = None if row is None else dict(row._mapping)
    return found


def conversations(found: Iterable[Earlier], window_ns: int) -> list[Conversation]:
    """Part contacts into conversations, oldest first.

    A contact goes on with the conversation before it when it arrives no later than `window_ns` after the last of that
    has ended, whatever channels they are on. O(n log n).

    Parameters
    ----------
    found : iterable of Earlier
        Contacts of one customer, in any order.
    window_ns : int
        How long a conversation stays open, ns.

    Examples
    --------
    >>> def one(contact, channel, at, end):
    ...     return Earlier(contact=contact, channel=channel, queue="help", agent="", arrived_ns=at, answered_ns=0,
    ...         ended_ns=end, outcome="handled")
    >>> mail, call, late = one("m", "email", 0, 10), one("v", "voice", 15, 20), one("w", "voice", 31, 40)
    >>> [(each.conversation, each.channels) for each in conversations([late, call, mail], 10)]
    [('m', ('email', 'voice')), ('w', ('voice',))]
    """
    groups: list[list[Earlier]] = []
    open_until = -1
    for one in sorted(found, key=lambda one: (one.arrived_ns, one.contact)):
        if groups and one.arrived_ns <= open_until:
            groups[-1].append(one)
            open_until = max(open_until, one.ended_ns + window_ns)
        else:
            groups.append([one])
            open_until = one.ended_ns + window_ns
    return [
        Conversation(
            conversation=group[0].contact,
            started_ns=group[0].arrived_ns,
            ended_ns=max(one.ended_ns for one in group),
            channels=tuple(dict.fromkeys(one.channel for one in group)),
            contacts=tuple(group),
        )
        for group in groups
    ]


def _agents(connection: Connection, domain: str, keys: list[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Name who had each contact in hand last."""
    if not keys:
        return {}
    query = (
        select(_S.contact, _S.arrived_ns, _S.agent)
        .where(_S.domain == domain, tuple_(_S.contact, _S.arrived_ns).in_(keys))
        .order_by(_S.number)
    )
    return {(row.contact, row.arrived_ns): row.agent for row in connection.execute(query)}
