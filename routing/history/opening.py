"""Where a history lies: a file of SQLite or a PostgreSQL by its URL, and what is said when it cannot be reached.

Owns names of databases, how they are connected to, and the errors that they raise; must not know tables.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError

from routing.errors import DataError, UnavailableError, UsageError
from routing.words import quoted

#: A writer waits so long for another one before it gives up.
_BUSY_S: Final = 30
_CONNECT_S: Final = 10
#: Of each connection, at most: pages of indexes that are looked up and written at random.
_CACHE_KIB: Final = 64 * 1024
_DRIVERS: Final = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
_HOW: Final = "write the name of a file, or postgresql://user@host/name"
_WRITING: Final = "huntgroup_writing"


def database_url(where: str | os.PathLike[str]) -> URL:
    """Read where a history lies.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or a URL of ``sqlite`` or ``postgresql``.

    Raises
    ------
    UsageError
        If it is neither.

    Examples
    --------
    >>> database_url("history.db").drivername, database_url("postgresql://ann@db/centre").drivername
    ('sqlite+pysqlite', 'postgresql+psycopg')
    >>> database_url("mysql://db/centre")
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: 'mysql' is no database that a history can lie in; write the name of a file, or ...
    """
    text = os.fspath(where)
    if "://" not in text:
        if not text or text == ":memory:":
            raise UsageError(f"{text!r} names no file; a history lies in one: {_HOW}")
        return URL.create(_DRIVERS["sqlite"], database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError(
            f"{quoted(text.partition('://')[0])}://... is no URL of a database; {_HOW}"
        ) from None
    name = url.drivername.partition("+")[0]
    if name == "postgres":
        name = "postgresql"
    if name not in _DRIVERS:
        raise UsageError(f"{quoted(name)} is no database that a history can lie in; {_HOW}")
    if name == "sqlite" and url.database in (None, "", ":memory:"):
        raise UsageError(f"{text} names no file; a history lies in one: {_HOW}")
    return url.set(drivername=_DRIVERS[name])


def shown(url: URL) -> str:
    """Name a database for people, without its password.

    >>> shown(database_url("postgresql://ann:secret@db/centre")), shown(database_url("history.db"))
    ('postgresql://ann:***@db/centre', 'history.db')
    """
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def connect(url: URL, *, create: bool, durable: bool = False, overwrite: bool = False) -> Engine:
    """Make what connects; nothing is connected yet.

    Parameters
    ----------
    url : URL
        Of `database_url`.
    create : bool
        Make a file that is not there.
    durable : bool, default False
        What is committed survives also a machine that loses its power; otherwise, in SQLite, only a process that dies.
    overwrite : bool, default False
        What this connection deletes is overwritten with zeros in a file of SQLite, rather than only left unused.

    Raises
    ------
    UnavailableError
        If there is no such file and none shall be made, or no such folder.
    """
    if url.get_backend_name() != "sqlite":
        server = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_S})
        event.listen(server, "before_cursor_execute", _storable, retval=True)
        return server
    path = Path(url.database or "")
    if not path.exists() and not create:
        raise UnavailableError(f"there is no history {path}; name the file or URL that a host writes to")
    if not path.parent.is_dir():
        raise UnavailableError(f"there is no folder {path.parent}; make it first, or name another file")
    engine = create_engine(url, connect_args={"timeout": _BUSY_S})
    event.listen(engine, "connect", _prepare_durable if durable else _prepare)
    if overwrite:
        event.listen(engine, "connect", _prepare_overwriting)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection within one transaction: whole at the end, or absent.

    In SQLite it takes the lock at once, so that two writers wait for each other and never meet half-way.
    """
    with errors(engine), engine.connect() as connection:
        connection = connection.execution_options(**{_WRITING: True})
        with connection.begin():
            yield connection


def write_ahead(engine: Engine) -> None:
    """Let readers and a writer of a file of SQLite work side by side; the file remembers it.

    Only once it is known to be ours. Whoever comes while others have the file open leaves it to the next.
    """
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            with suppress(sqlite3.OperationalError):
                connection.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one moment of the database."""
    with errors(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def errors(engine: Engine) -> Iterator[None]:
    """Say what a database complains of as our own errors."""
    try:
        yield
    except DBAPIError as error:
        name, why = shown(engine.url), " ".join(str(error.orig).split())
        if isinstance(error.orig, sqlite3.DatabaseError) and not isinstance(error, OperationalError):
            raise DataError(f"{name}: {why}; name another file, or restore a backup") from error
        if isinstance(error, OperationalError) or error.connection_invalidated:
            raise UnavailableError(
                f"the history {name} cannot be reached: {why}; see that it runs and may be written to"
            ) from error
        raise DataError(f"the history {name} refuses: {why}") from error
    except SQLAlchemyError as error:
        raise UnavailableError(f"the history {shown(engine.url)}: {' '.join(str(error).split())}") from error


def _storable(
    _connection: object, _cursor: object, statement: str, given: Any, _context: object, many: bool
) -> tuple[str, Any]:
    """Leave out what PostgreSQL cannot store, so that one odd id does not keep all rows of a batch from it."""
    return statement, [_without_nul(one) for one in given] if many else _without_nul(given)


def _without_nul(values: Any) -> Any:
    r"""Give parameters with U+FFFD in place of the one character that PostgreSQL has no text with.

    >>> _without_nul({"contact": "a\0", "at_ns": 5}) == {"contact": "a\ufffd", "at_ns": 5}
    True
    """
    if not isinstance(values, Mapping):
        return values
    odd = {name: value for name, value in values.items() if type(value) is str and "\0" in value}
    return (
        {**values, **{name: value.replace("\0", "\ufffd") for name, value in odd.items()}} if odd else values
    )


def _prepare(connection: Any, _record: object) -> None:
    """Leave transactions to us; with a write-ahead log, a process that dies loses nothing that was committed."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA synchronous = NORMAL")


def _prepare_durable(connection: Any, _record: object) -> None:
    """Leave transactions to us; each is on the disk when it is committed."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA synchronous = FULL")


def _prepare_overwriting(connection: Any, _record: object) -> None:
    """Leave nothing of what is deleted in the file (https://www.sqlite.org/pragma.html#pragma_secure_delete)."""
    connection.execute("PRAGMA secure_delete = ON")


def _begin(connection: Connection) -> None:
    mode = "IMMEDIATE" if connection.get_execution_options().get(_WRITING) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")
