"""What is left of deleted rows in files: the write-ahead log, free pages, dead rows.

Owns what a database is told to do about it; must not know what was deleted.
"""

import sqlite3
from typing import Any, Final

from sqlalchemy import Engine

from routing.customers.tables import METADATA
from routing.history.opening import errors

#: So long it waits for readers of the log, ms.
_PATIENCE_MS: Final = 250


def scrub(engine: Engine, *, whole: bool = False) -> bool:
    """Bring deletions into the file, and leave nothing in its write-ahead log; tells whether that is done.

    Parameters
    ----------
    engine : Engine
        Of a database whose connections overwrite what they delete.
    whole : bool, default False
        Also write the whole file anew (SQLite's VACUUM), or PostgreSQL's tables of customers (VACUUM FULL), which
        others wait for.

    Returns
    -------
    bool
        Whether nothing is left. False without `whole`: SQLite overwrites what it deletes, but pages that were split or
        joined before may hold older copies of rows in their unused part; PostgreSQL keeps dead rows. False with it:
        somebody reads just now; try again later.
    """
    with errors(engine):
        if engine.dialect.name == "postgresql":
            return whole and _vacuum_full(engine)
        return _checkpoint(engine, whole=whole)


def _checkpoint(engine: Engine, *, whole: bool) -> bool:
    connection = engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        if whole:
            cursor.execute("VACUUM")
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        return whole and not busy
    except sqlite3.OperationalError:  # others hold the file
        return False
    finally:
        connection.close()


def _vacuum_full(engine: Engine) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in METADATA.tables:
            connection.exec_driver_sql(f"VACUUM FULL {name}")
    return True
