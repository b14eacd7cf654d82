"""The database of a history: connected when it is first asked for, with the tables that this version needs.

Owns connections and when the schema is seen to; must not know what is read or written.
"""

import threading
from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from routing.history.migrating import check_newest, upgrade, version
from routing.history.opening import connect, reading, shown, write_ahead, writing


class Database:
    """What several histories share.

    Parameters
    ----------
    url : URL
        Of `routing.history.opening.database_url`.
    create : bool
        Make what is missing, and bring the tables to the present schema.
    durable, overwrite : bool, default False
        As for `routing.history.opening.connect`.
    """

    def __init__(self, url: URL, *, create: bool, durable: bool = False, overwrite: bool = False) -> None:
        self.url = url
        self.name = shown(url)
        self._create = create
        self._durable = durable
        self._overwrite = overwrite
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def ready(self) -> Engine:
        """Connect and see to the tables, unless that is done."""
        with self._lock:
            if self._engine is None:
                engine = connect(
                    self.url, create=self._create, durable=self._durable, overwrite=self._overwrite
                )
                try:
                    self._see_to_tables(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one moment."""
        return reading(self.ready())

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection within one transaction."""
        return writing(self.ready())

    def upgrade(self) -> str:
        """Bring what is there to the present schema, also where nothing shall be made; returns its version."""
        engine = connect(self.url, create=self._create)
        try:
            with writing(engine) as connection:
                upgrade(connection)
                return version(connection)
        finally:
            engine.dispose()

    def close(self) -> None:
        """Let go of every connection; the next call connects anew."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _see_to_tables(self, engine: Engine) -> None:
        if self._create:
            with writing(engine) as connection:
                upgrade(connection)
            write_ahead(engine)
        else:
            with reading(engine) as connection:
                check_newest(connection, self.name)
