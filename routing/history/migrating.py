"""Brings a database to the present schema, and says what it is when it is none of ours.

Owns the version of the schema; must not know what the tables mean.
"""

import threading
from pathlib import Path
from typing import Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.migration import MigrationStep, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from routing.errors import DataError, UsageError
from routing.history.opening import shown
from routing.history.tables import OURS

_VERSION_TABLE: Final = "huntgroup_history_version"
_SCRIPTS: Final = Path(__file__).parent / "migrations"
#: Of PostgreSQL's advisory locks: one migration at a time.
_LOCK: Final = 0x68677270
#: What scripts work on (``alembic.op``) is one for the whole process: databases are migrated one after the other.
_ONE: Final = threading.Lock()


def version(connection: Connection) -> str:
    """Tell the version of the schema that a database has; "" for an empty database.

    Raises
    ------
    DataError
        If it holds tables of something else, or a version that this program does not know.
    """
    found = MigrationContext.configure(
        connection, opts={"version_table": _VERSION_TABLE}
    ).get_current_revision()
    if found is None:
        _check_empty(connection)
        return ""
    if found not in {script.revision for script in _directory().walk_revisions()}:
        raise DataError(
            f"the history has schema version {found}, which this program does not know (its newest is {newest()}); "
            "use the huntgroup that wrote it, or a newer one"
        )
    return found


def newest() -> str:
    """Tell the version of the schema that this program writes.

    >>> newest().isdigit()
    True
    """
    return _directory().get_current_head() or ""


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring a database to a version of the schema, within the transaction that is open.

    Parameters
    ----------
    connection : Connection
        In a transaction for writing.
    to : str
        The version; by default the newest. Nothing is done for a database that has it.

    Raises
    ------
    DataError
        If the database holds something else, or is of a newer version.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    present, scripts = version(connection), _directory()

    def steps(_revision: object, _context: MigrationContext) -> list[RevisionStep]:
        between = [*scripts.iterate_revisions(to, present or "base")]
        return [MigrationStep.upgrade_from_script(scripts.revision_map, one) for one in reversed(between)]

    context = MigrationContext.configure(connection, opts={"version_table": _VERSION_TABLE, "fn": steps})
    with _ONE, Operations.context(context):
        context.run_migrations()


def check_newest(connection: Connection, name: str) -> None:
    """Raise `UsageError` unless a database, of this name, has the present schema."""
    found = version(connection)
    if found == newest():
        return
    if not found:
        raise UsageError(f"{name} is empty; name the database that a host writes its history to")
    raise UsageError(
        f"{name} has schema version {found}, this program reads {newest()}; bring it up to date with "
        "`huntgroup report --upgrade` (hosts of the version before can go on writing)"
    )


def _directory() -> ScriptDirectory:
    return ScriptDirectory(str(_SCRIPTS))


def _check_empty(connection: Connection) -> None:
    there = set(inspect(connection).get_table_names())
    name = shown(connection.engine.url)
    if connection.dialect.name == "sqlite":
        foreign = there
        if {"batch", "snapshot"} <= there:
            raise DataError(
                f"{name} is the journal of a host, not a history; name another file for the history"
            )
    else:
        foreign = there & OURS  # a schema may be shared with others
    if foreign:
        names = ", ".join(sorted(foreign)[:3])
        raise DataError(f"{name} holds tables of something else ({names}); name one for the history alone")
