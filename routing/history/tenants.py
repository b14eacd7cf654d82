"""Whose rows lie in a database that several tenants may share, and who is meant where nobody is named.

Owns this question; must not know what the rows say.
"""

import os
from typing import Any, Final

from sqlalchemy import Connection, column, func, inspect, select, table

from routing.errors import UsageError
from routing.history.database import Database
from routing.history.opening import database_url
from routing.history.tables import OURS
from routing.words import quoted

_LISTED: Final = 10


def tenants(connection: Connection) -> list[str]:
    """Name the tenants of whom anything lies there, sorted. O(tables x tenants log n)."""
    found: set[str] = set()
    for name in sorted(OURS.intersection(inspect(connection).get_table_names())):
        domain: Any = column("domain")
        query = select(func.min(domain)).select_from(table(name, domain))
        one: str | None = connection.execute(query).scalar_one()
        while one is not None:
            found.add(one)
            one = connection.execute(query.where(domain > one)).scalar_one()
    return sorted(found - {""})


def meant(where: str | os.PathLike[str], domain: str | None = None) -> str:
    """Give the tenant that is meant: the one that is named, or the only one of whom anything lies in a database.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a PostgreSQL; it must be there.
    domain : str, optional
        A tenant's name.

    Returns
    -------
    str
        "default" where there is nothing of anybody, and nobody is named.

    Raises
    ------
    UsageError
        If nobody is named and several are there, or somebody of whom there is nothing: what is not there could not be
        told from a name that was mistyped. Also if there is no such database.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from routing.history.tenant import Tenant
    >>> with TemporaryDirectory() as folder, Tenant(f"{folder}/history.db") as one:
    ...     meant(f"{folder}/history.db"), meant(f"{folder}/history.db", "bank")
    ('default', 'bank')
    """
    database = Database(database_url(where), create=False)
    try:
        with database.reading() as connection:
            there = tenants(connection)
    finally:
        database.close()
    if domain is None:
        if len(there) > 1:
            raise UsageError(f"{database.name} holds {_listed(there)}; name one of them by --domain")
        return there[0] if there else "default"
    if there and domain not in there:
        raise UsageError(
            f"{database.name} has nothing of the domain {quoted(domain)}; it holds {_listed(there)}"
        )
    return domain


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(quoted(name) for name in names[:_LISTED]) + more
