"""A PostgreSQL of our own for the tests: made in a temporary folder, thrown away at the end.

Owns the cluster; must not know what is stored in it.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine

_PROGRAMS = Path("/usr/lib/postgresql")  # Debian's packages
_SETTINGS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=40"
_NUMBERS = count()


def a_database() -> str:
    """Make an empty database and return its URL; skip the test where there is no PostgreSQL."""
    url = _cluster()
    engine = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    name = f"history_{next(_NUMBERS)}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.format(name)


@cache
def _cluster() -> str:
    programs = max(_PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
    if programs is None:
        pytest.skip(f"there is no PostgreSQL under {_PROGRAMS}; install the package postgresql")
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="huntgroup-pg-"))
    if user:
        shutil.chown(folder, "postgres")

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*user, str(programs / program), *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,  # the server keeps it open
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=600,
        )
        if done.returncode:
            pytest.skip(f"{program} of {programs} does not work here (exit code {done.returncode})")

    data = str(folder / "data")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = ("-o", f"-k {folder} {_SETTINGS}", "-w", "-t", "300")  # it may take long where much is going on
    run("pg_ctl", "-D", data, "-l", str(folder / "log"), *options, "start")
    atexit.register(run, "pg_ctl", "-D", data, "-m", "immediate", "stop")
    return f"postgresql+psycopg://postgres@/{{}}?host={folder}"
