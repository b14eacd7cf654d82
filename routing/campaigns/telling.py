"""What is told of campaigns: how records and attempts stand, attempts by hour, audit entries, attempts one by one.

Owns these queries; must not know formats of files.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import json
from sqlalchemy import Connection, case, func, select

from routing.campaigns.shapes import (
    CampaignStatus,
    HourCounts,
    ListStatus,
    OpenAttempt,
)
from routing.campaigns.steering import unknown_campaign, upsert
from routing.campaigns.tables import ATTEMPTS, AUDIT, CAMPAIGNS, CLOSED, LISTS, QUEUES, RECORDS
from routing.compliance.calls import Abandonment, WindowRow
from routing.units import HOUR

#: Kinds of audit entries.
ABANDONED: Final = "abandoned"
WINDOW: Final = "window"

_A: Final = ATTEMPTS.c
_R: Final = RECORDS.c
_L: Final = LISTS.c
#: Columns of an export of attempts; numbers and customers only where they are asked for.
EXPORTED: Final = (
    "attempt",
    "campaign",
    "list",
    "record",
    "position",
    "attempt_no",
    "carrier",
    "agent",
    "at_ns",
    "answered_ns",
    "ended_ns",
    "talk_ns",
    "outcome",
    "abandoned",
    "disposition",
    "confidence",
    "detection_ns",
    "cause",
)
PERSONAL: Final = ("number", "customer")


def lists(connection: Connection, domain: str, campaign: str | None = None) -> list[ListStatus]:
    """Tell of every list how its records stand. O(records), by index alone."""
    of = [_L.domain == domain] + ([] if campaign is None else [_L.campaign == campaign])
    rows = connection.execute(select(LISTS).where(*of).order_by(_L.campaign, _L.place, _L.list)).all()
    names = [row.list for row in rows]
    counted: dict[str, dict[str, int]] = {name: {} for name in names}
    by_queue = (
        select(_R.list, _R.queue, func.count())
        .where(_R.domain == domain, _R.list.in_(names))
        .group_by(_R.list, _R.queue)
    )
    for name, queue, number in connection.execute(by_queue):
        counted[name][QUEUES[queue]] = number
    return [
        ListStatus(row.list, row.campaign, row.state, row.place, row.records, row.bad, **counted[row.list])
        for row in rows
    ]


def status(connection: Connection, domain: str, campaign: str, at_ns: int) -> CampaignStatus:
    """Tell how a campaign stands. O(records + attempts)."""
    c = CAMPAIGNS.c
    row = connection.execute(select(CAMPAIGNS).where(c.domain == domain, c.campaign == campaign)).first()
    if row is None:
        raise unknown_campaign(connection, domain, campaign)
    mine = lists(connection, domain, campaign)
    why = (
        select(_R.closed, func.count())
        .where(_R.domain == domain, _R.list.in_([one.id for one in mine]), _R.queue == CLOSED)
        .group_by(_R.closed)
        .order_by(_R.closed)
    )
    totals = (
        select(_A.outcome, func.count(), func.sum(_A.abandoned))
        .where(_A.domain == domain, _A.campaign == campaign)
        .group_by(_A.outcome)
        .order_by(_A.outcome)
    )
    counted = connection.execute(totals).all()
    lately = (
        select(func.count(func.distinct(_A.record)))
        .select_from(ATTEMPTS.join(RECORDS, (_A.domain == _R.domain) & (_A.record == _R.record)))
        .where(
            _A.domain == domain,
            _A.campaign == campaign,
            _A.at_ns
            > at_ns - 2 * HOUR,  # by index; an attempt that took longer is not of the last hour's pace
            _A.ended_ns > at_ns - HOUR,
            _A.ended_ns <= at_ns,
            _R.queue == CLOSED,
        )
    )
    closed_lately = int(connection.execute(lately).scalar_one())
    remaining = sum(one.remaining for one in mine if one.state == "active")
    return CampaignStatus(
        id=campaign,
        state=row.state,
        revision=row.revision,
        from_ns=row.from_ns,
        until_ns=row.until_ns,
        lists=tuple(mine),
        closed={row[0]: row[1] for row in connection.execute(why)},
        outcomes={outcome: number for outcome, number, _ in counted},
        attempts=sum(number for _, number, _ in counted),
        abandoned=sum(int(number or 0) for _, _, number in counted),
        persons=sum(number for outcome, number, _ in counted if outcome == "person"),
        closed_last_hour=closed_lately,
        run_out_ns=remaining * HOUR // closed_lately if closed_lately else None,
    )


def campaigns(connection: Connection, domain: str) -> list[str]:
    """Name the campaigns, sorted."""
    c = CAMPAIGNS.c
    return list(
        connection.execute(select(c.campaign).where(c.domain == domain).order_by(c.campaign)).scalars()
    )


def domains(connection: Connection) -> list[str]:
    """Name the tenants that have campaigns, sorted."""
    c = CAMPAIGNS.c
    return list(connection.execute(select(c.domain).distinct().order_by(c.domain)).scalars())


def hours(connection: Connection, domain: str, campaign: str, from_ns: int, to_ns: int) -> list[HourCounts]:
    """Count attempts by the hour of UTC in which they were dialled; hours without any are left out."""
    hour = (_A.at_ns - _A.at_ns % HOUR).label("hour")
    rows = (
        select(
            hour,
            func.count(),
            func.sum(case((_A.outcome == "person", 1), else_=0)),
            func.sum(case((_A.outcome == "machine", 1), else_=0)),
            func.sum(_A.abandoned),
        )
        .where(_A.domain == domain, _A.campaign == campaign, _A.at_ns >= from_ns, _A.at_ns < to_ns)
        .group_by(hour)
        .order_by(hour)
    )
    return [HourCounts(*map(int, row)) for row in connection.execute(rows)]


def open_attempts(connection: Connection, domain: str, campaign: str) -> list[OpenAttempt]:
    """Name attempts of which no outcome is known, by time. O(those), by an index of their own."""
    # Their names by an index alone, then the attempts by their key: SQLite would rather read all of the domain.
    names = select(_A.attempt).where(_A.domain == domain, _A.campaign == campaign, _A.ended_ns == 0)
    rows = select(_A.attempt, _A.campaign, _A.record, _A.position, _A.carrier, _A.agent, _A.at_ns).where(
        _A.domain == domain, _A.attempt.in_(names)
    )
    found = [
        OpenAttempt(row[0], row[1], str(row[2]), f"{row[2]}.{row[3]}", *row[4:])
        for row in connection.execute(rows)
    ]
    return sorted(found, key=lambda one: (one.at_ns, one.attempt))


def attempts(
    connection: Connection, domain: str, campaign: str, from_ns: int, to_ns: int, *, personal: bool
) -> Iterator[dict[str, Any]]:
    """Give attempts that were dialled in a span, by time; streamed."""
    names = (*EXPORTED, *PERSONAL) if personal else EXPORTED
    rows = (
        select(*(_A[name] for name in names))
        .where(_A.domain == domain, _A.campaign == campaign, _A.at_ns >= from_ns, _A.at_ns < to_ns)
        .order_by(_A.at_ns, _A.attempt)
    )
    with connection.execution_options(yield_per=1_000).execute(rows) as found:
        for row in found:
            yield dict(zip(names, row, strict=True))


def put_audit(connection: Connection, domain: str, entries: Iterable[Abandonment | WindowRow]) -> None:
    """Write what a ledger found; what is written again replaces itself.

    An abandoned call is known by its attempt, a row of a window by all that it says.
    """
    rows = [_audited(domain, one) for one in entries]
    if rows:
        insert = upsert(connection, AUDIT)
        new = {name: insert.excluded[name] for name in ("campaign", "at_ns", "why", "message", "details")}
        connection.execute(
            insert.on_conflict_do_update(index_elements=["domain", "kind", "id"], set_=new),
            sorted(rows, key=lambda row: (row["kind"], row["id"])),
        )


def _audited(domain: str, one: Abandonment | WindowRow) -> dict[str, Any]:
    details = json.encode(one).decode()
    row = {"domain": domain, "campaign": one.campaign, "details": details}
    if isinstance(one, Abandonment):
        return row | {
            "kind": ABANDONED,
            "id": one.attempt,
            "at_ns": one.abandoned_ns,
            "why": one.why,
            "message": one.message,
        }
    return row | {"kind": WINDOW, "id": details, "at_ns": one.start_ns, "why": "", "message": ""}


def audit(
    connection: Connection, domain: str, campaign: str, from_ns: int, to_ns: int
) -> Iterator[Abandonment]:
    """Give the abandoned calls of a span, by time; streamed."""
    for details in _audit(connection, domain, campaign, ABANDONED, from_ns, to_ns):
        yield json.decode(details, type=Abandonment)


def windows(
    connection: Connection, domain: str, campaign: str, from_ns: int, to_ns: int
) -> Iterator[WindowRow]:
    """Give the windows that began in a span, by time; rows of one window add up. Streamed."""
    for details in _audit(connection, domain, campaign, WINDOW, from_ns, to_ns):
        yield json.decode(details, type=WindowRow)


def _audit(
    connection: Connection, domain: str, campaign: str, kind: str, from_ns: int, to_ns: int
) -> Iterator[str]:
    c = AUDIT.c
    rows = (
        select(c.details)
        .where(
            c.domain == domain, c.campaign == campaign, c.kind == kind, c.at_ns >= from_ns, c.at_ns < to_ns
        )
        .order_by(c.at_ns, c.id)
    )
    with connection.execution_options(yield_per=1_000).execute(rows) as found:
        for row in found:
            yield row[0]
