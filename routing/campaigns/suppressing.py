"""Who must not be called: by anybody, by a tenant, or by one campaign; looked up in the database.

Owns these rows; must not know when they are asked for.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, Literal

from sqlalchemy import Connection, bindparam, delete, func, select

from routing.campaigns.steering import SOME, upsert
from routing.campaigns.tables import SUPPRESSED

#: Who holds to it: all tenants, this tenant, one of its campaigns.
Scope = Literal["global", "tenant", "campaign"]
_S: Final = SUPPRESSED.c
_FOUND: Final = select(_S.number, _S.domain, _S.campaign).where(
    _S.domain.in_(bindparam("domains", expanding=True)),
    _S.campaign.in_(bindparam("campaigns", expanding=True)),
    _S.number.in_(bindparam("numbers", expanding=True)),
    (_S.until_ns == 0) | (_S.until_ns > bindparam("at_ns")),
)
#: For more numbers than these, it is asked first whether anybody is suppressed at all.
_FEW: Final = 100
_ANY: Final = select(_S.number).where(_S.domain.in_(bindparam("domains", expanding=True))).limit(1)


def key(domain: str, scope: Scope, campaign: str) -> tuple[str, str]:
    """Tell domain and campaign of the rows of a scope.

    >>> key("north", "global", ""), key("north", "tenant", ""), key("north", "campaign", "spring")
    (('', ''), ('north', ''), ('north', 'spring'))
    """
    return ("" if scope == "global" else domain), (campaign if scope == "campaign" else "")


def suppress(
    connection: Connection,
    of: tuple[str, str],
    numbers: Sequence[int],
    at_ns: int,
    until_ns: int,
    source: str,
) -> None:
    """Write that some must not be called; what is written again replaces itself."""
    insert = upsert(connection, SUPPRESSED)
    new = insert.excluded
    statement = insert.on_conflict_do_update(
        index_elements=["domain", "campaign", "number"],
        set_={"at_ns": new.at_ns, "until_ns": new.until_ns, "source": new.source},
    )
    rows = [
        {
            "domain": of[0],
            "campaign": of[1],
            "number": number,
            "at_ns": at_ns,
            "until_ns": until_ns,
            "source": source,
        }
        for number in sorted(set(numbers))
    ]
    for start in range(0, len(rows), SOME):
        connection.execute(statement, rows[start : start + SOME])


def lift(connection: Connection, of: tuple[str, str], numbers: Collection[int]) -> int:
    """Let some be called again; returns how many were suppressed."""
    here = (_S.domain == of[0], _S.campaign == of[1], _S.number.in_(list(numbers)))
    return connection.execute(delete(SUPPRESSED).where(*here)).rowcount


def suppressed(
    connection: Connection, domain: str, campaign: str, numbers: Iterable[int], at_ns: int
) -> dict[int, Scope]:
    """Find those that must not be called, and the widest scope that says so. O(numbers * log(rows))."""
    found: dict[int, Scope] = {}
    if len(many := set(numbers)) > _FEW and not connection.execute(_ANY, {"domains": ["", domain]}).first():
        return found
    wanted = sorted(many)
    for start in range(0, len(wanted), SOME):
        given: dict[str, object] = {
            "domains": ["", domain],
            "campaigns": ["", campaign] if campaign else [""],
            "numbers": wanted[start : start + SOME],
            "at_ns": at_ns,
        }
        for number, of, mine in connection.execute(_FOUND, given):
            if not of and mine:
                continue
            scope: Scope = "global" if not of else "campaign" if mine else "tenant"
            if _RANK[scope] < _RANK.get(found.get(number), len(_RANK)):
                found[number] = scope
    return found


_RANK: Final[dict[Scope | None, int]] = {"global": 0, "tenant": 1, "campaign": 2}


def count(connection: Connection, of: tuple[str, str]) -> int:
    """Count those of a scope. O(rows)."""
    rows = select(func.count()).select_from(SUPPRESSED).where(_S.domain == of[0], _S.campaign == of[1])
    return int(connection.execute(rows).scalar_one())
