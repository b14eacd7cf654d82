"""What people want of campaigns: their states, rules and lists, records to be called back or taken up again.

Every change of what a running dialer must notice raises the revision of the domain, in the same transaction.

Owns these writes, and what a dialer reads of them; must not know the hopper.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from msgspec import json
from sqlalchemy import BindParameter, Connection, Table, and_, bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.campaigns.rules import CampaignRules, from_json, to_json
from routing.campaigns.settling import reference
from routing.campaigns.shapes import CAMPAIGN_STATES, CampaignState, ListState
from routing.campaigns.tables import (
    CAMPAIGNS,
    CLOSED,
    DIALLING,
    DOMAINS,
    LISTS,
    NUMBERS,
    RECALL,
    RECORDS,
    RETRY,
)
from routing.errors import UsageError
from routing.words import quoted, suggest

#: Records that are changed in one transaction: a running dialer does not wait longer than for so many.
SOME: Final = 5_000
_C: Final = CAMPAIGNS.c
_L: Final = LISTS.c
_R: Final = RECORDS.c
_N: Final = NUMBERS.c


class Wanted(NamedTuple):
    """What is wanted of a campaign."""

    state: CampaignState
    revision: int
    from_ns: int
    until_ns: int
    rules: CampaignRules
    lists: tuple[
        tuple[str, tuple[int, ...]], ...
    ]  # the active ones in order, with their priorities, largest first


def upsert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Begin an insert that may say what happens to a row that is there."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def revision(connection: Connection, domain: str) -> int:
    """Tell the revision of a domain; 0: nothing was ever written. O(1)."""
    found = connection.execute(_REVISION, {"domain": domain}).scalar()
    return int(found or 0)


_REVISION: Final = select(DOMAINS.c.revision).where(DOMAINS.c.domain == bindparam("domain"))


def changed(connection: Connection, domain: str) -> int:
    """Raise the revision of a domain and return it."""
    insert = upsert(connection, DOMAINS).values(domain=domain, revision=1, next_record=1)
    grown = insert.on_conflict_do_update(
        index_elements=["domain"], set_={"revision": DOMAINS.c.revision + 1}
    ).returning(DOMAINS.c.revision)
    return int(connection.execute(grown).scalar_one())


def wanted(connection: Connection, domain: str) -> dict[str, Wanted]:
    """Read what is wanted of every campaign. O(campaigns + lists)."""
    lists: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    active = select(_L.campaign, _L.list, _L.priorities).where(_L.domain == domain, _L.state == "active")
    for row in connection.execute(active.order_by(_L.place, _L.list)):
        priorities = tuple(sorted(json.decode(row.priorities, type=list[int]), reverse=True))
        lists.setdefault(row.campaign, []).append((row.list, priorities))
    return {
        row.campaign: Wanted(
            row.state,
            row.revision,
            row.from_ns,
            row.until_ns,
            from_json(row.rules),
            tuple(lists.get(row.campaign, ())),
        )
        for row in connection.execute(select(CAMPAIGNS).where(_C.domain == domain))
    }


# ---------------------------------------------------------------------------------------------------- campaigns


def configure(
    connection: Connection,
    domain: str,
    campaign: str,
    at_ns: int,
    rules: CampaignRules | None,
    span: tuple[int, int] | None,
) -> int:
    """Make a campaign (paused), or change its rules or when it runs; returns its revision."""
    changed(connection, domain)
    values: dict[str, object] = {"changed_ns": at_ns}
    values |= {} if rules is None else {"rules": to_json(rules)}
    values |= {} if span is None else {"from_ns": span[0], "until_ns": span[1]}
    fresh: dict[str, object] = {
        "domain": domain,
        "campaign": campaign,
        "state": "paused",
        "revision": 1,
        "from_ns": 0,
        "until_ns": 0,
        "rules": to_json(CampaignRules()),
    }
    made = upsert(connection, CAMPAIGNS).values(**{**fresh, **values})
    done = made.on_conflict_do_update(
        index_elements=["domain", "campaign"], set_={**values, "revision": _C.revision + 1}
    ).returning(_C.revision)
    return int(connection.execute(done).scalar_one())


def set_state(connection: Connection, domain: str, campaign: str, state: str, at_ns: int) -> None:
    """Say what is wanted of a campaign."""
    if state not in CAMPAIGN_STATES:
        raise UsageError(
            f"{quoted(state)} is not one of {', '.join(CAMPAIGN_STATES)}{suggest(state, CAMPAIGN_STATES)}"
        )
    change = (
        update(CAMPAIGNS)
        .where(_C.domain == domain, _C.campaign == campaign)
        .values(state=state, changed_ns=at_ns, revision=_C.revision + 1)
    )
    if not connection.execute(change).rowcount:
        raise unknown_campaign(connection, domain, campaign)
    changed(connection, domain)


def unknown_campaign(connection: Connection, domain: str, campaign: str) -> UsageError:
    """Say that there is no such campaign."""
    known = connection.execute(select(_C.campaign).where(_C.domain == domain)).scalars().all()
    hint = suggest(campaign, known) or f"; there are {', '.join(sorted(known)) or 'none'}"
    return UsageError(f"there is no campaign {quoted(campaign)}{hint}")


# -------------------------------------------------------------------------------------------------------- lists


def list_row(connection: Connection, domain: str, list_id: str) -> Any:
    """Read a list; none if there is none."""
    return connection.execute(select(LISTS).where(_L.domain == domain, _L.list == list_id)).first()


def set_list(
    connection: Connection, domain: str, list_id: str, state: ListState | None, place: int | None
) -> None:
    """Activate or deactivate a list, or put it elsewhere in the order."""
    found = list_row(connection, domain, list_id)
    if found is None:
        known = connection.execute(select(_L.list).where(_L.domain == domain)).scalars().all()
        hint = suggest(list_id, known) or f"; there are {', '.join(sorted(known)) or 'none'}"
        raise UsageError(f"there is no list {quoted(list_id)}{hint}")
    if found.state == "loading" and state is not None:
        raise UsageError(
            f"the list {quoted(list_id)} was not loaded to its end; import it again, which begins afresh"
        )
    values = {} if state is None else {"state": state}
    moved = {} if place is None else {"place": place}
    if values or moved:
        of = and_(_L.domain == domain, _L.list == list_id)
        connection.execute(update(LISTS).where(of).values(**values, **moved))
    changed(connection, domain)


def lists_of(connection: Connection, domain: str, campaign: str) -> list[str]:
    """Name the lists of a campaign, in their order."""
    names = select(_L.list).where(_L.domain == domain, _L.campaign == campaign)
    return list(connection.execute(names.order_by(_L.place, _L.list)).scalars())


# ------------------------------------------------------------------------------------------------------ records


def recall(
    connection: Connection, domain: str, record: int, at_ns: int, agent: str, position: int | None
) -> Any:
    """Have somebody called at an instant, also who is talked to just now; returns its row, or none."""
    of = and_(_R.domain == domain, _R.record == record)
    found = connection.execute(select(_R.list, _R.queue).where(of).with_for_update()).first()
    if found is None:
        return None
    values: dict[str, object] = {"recall_ns": at_ns, "agent": agent}
    values |= {} if position is None else {"position": position}
    if found.queue != DIALLING:
        values |= {"queue": RECALL, "due_ns": at_ns, "closed": ""}
    if position is not None:
        line = and_(_N.domain == domain, _N.record == record, _N.position == position)
        connection.execute(update(NUMBERS).where(line).values(closed=""))
    connection.execute(update(RECORDS).where(of).values(**values))
    return found


def recyclable(
    connection: Connection, domain: str, lists: Sequence[str], outcomes: Collection[str], after: int
) -> list[int]:
    """Name closed records whose last outcome, or why they were closed, is one of these: some, after a record."""
    mine = (
        select(_R.record)
        .where(
            _R.domain == domain,
            _R.list.in_(lists),
            _R.queue == CLOSED,
            _R.last_outcome.in_(outcomes) | _R.closed.in_(outcomes),
            _R.record > after,
        )
        .order_by(_R.record)
        .limit(SOME)
    )
    return list(connection.execute(mine).scalars())


def reopen(
    connection: Connection, domain: str, records: Sequence[int], outcomes: Collection[str], at_ns: int
) -> int:
    """Take up closed records again, as if nobody had tried them: all but numbers closed for another reason."""
    of: BindParameter[int] = bindparam("ids", expanding=True)
    here = {"ids": list(records)}
    number = and_(_N.domain == domain, _N.record.in_(of))
    connection.execute(
        update(NUMBERS).where(number, _N.closed.in_([*outcomes, "exhausted"])).values(closed=""), here
    )
    first = (
        select(func.min(_N.position))
        .where(_N.domain == domain, _N.record == _R.record, _N.closed == "")
        .scalar_subquery()
    )
    done = connection.execute(
        update(RECORDS)
        .where(_R.domain == domain, _R.record.in_(of), _R.queue == CLOSED, first.is_not(None))
        .values(queue=RETRY, due_ns=at_ns, position=first, tries=0, closed="", agent="", recall_ns=0),
        here,
    ).rowcount
    connection.execute(update(NUMBERS).where(number, _N.closed == "").values(tries=0, tally="{}"), here)
    return done


def forget(connection: Connection, domain: str, customer: str) -> int:
    """Erase a customer: attributes and numbers go, records are closed; attempts stay, of nobody. Returns records."""
    of_them = (_R.domain == domain, _R.customer == customer, text("customer <> ''"))  # by the partial index
    mine = select(_R.record).where(*of_them)
    ids = list(connection.execute(mine).scalars())
    if ids:
        of = _N.record.in_(bindparam("ids", expanding=True))
        connection.execute(delete(NUMBERS).where(_N.domain == domain, of), {"ids": ids})
        connection.execute(
            update(RECORDS)
            .where(*of_them)
            .values(queue=CLOSED, closed="forgotten", customer="", attributes="{}", agent="")
        )
    return len(ids)


def position_of(number_ref: str, record: str) -> int | None:
    """Read which number of a record is meant; "" is the one that was dialled last."""
    if not number_ref:
        return None
    of, position = reference(number_ref)
    if str(of) != record:
        raise UsageError(f"{quoted(number_ref)} is no number of the record {quoted(record)}")
    return position
