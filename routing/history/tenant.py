"""What a tenant has in a database that several share: connected when it is first asked for, and kept durably.

Owns the door (where it lies, opening, closing); must not know what is kept there.
"""

import os
from typing import Self

from routing.errors import UsageError
from routing.history.database import Database
from routing.history.opening import database_url


class Tenant:
    """Whatever one tenant has in the database of the history; each wing keeps its own tables there.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a PostgreSQL.
    domain : str, default "default"
        The tenant.
    create : bool, default True
        Make the file and the tables, and bring them to the present schema.
    overwrite : bool, default False
        What is deleted is overwritten (`routing.history.opening.connect`).

    Attributes
    ----------
    domain : str
        The tenant.
    database : Database
        Where it lies.

    Raises
    ------
    UsageError
        If the domain is empty, or ``where`` names no database of these.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Tenant(f"{folder}/history.db") as one:
    ...     one.domain, one.name.endswith("history.db")
    ('default', True)
    """

    def __init__(
        self,
        where: str | os.PathLike[str],
        domain: str = "default",
        *,
        create: bool = True,
        overwrite: bool = False,
    ) -> None:
        self.domain = named(domain)
        self.database = Database(database_url(where), create=create, durable=True, overwrite=overwrite)

    @property
    def name(self) -> str:
        """Where it lies, for people; without a password."""
        return self.database.name

    def open(self) -> Self:
        """Connect, and see to the tables; done by the first call otherwise."""
        self.database.ready()
        return self

    def close(self) -> None:
        """Let go of every connection; the next call connects anew."""
        self.database.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()


def named(domain: str) -> str:
    """Give a tenant's name, if it is one; raises `UsageError`."""
    if not domain:
        raise UsageError("the domain is empty; name the tenant, as 'default'")
    return domain
