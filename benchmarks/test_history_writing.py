"""How fast a history takes rows: beside bare SQLite that is given the same rows as tuples.

Owns this comparison; must not test what is stored.
"""

import random
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from measure import FULL, Timed, side_by_side
from msgspec import Struct
from msgspec.structs import astuple
from pytest_benchmark.fixture import BenchmarkFixture

from routing.history import History
from routing.statistics.shapes import AgentRow, ContactRecord, QueueCounts, QueueRow, Session
from routing.units import MINUTE

ROWS = 20_000 if FULL else 1_000
QUEUES = 100


class Rows(Struct, frozen=True):
    """What a fold hands over."""

    queues: list[QueueRow]
    agents: list[AgentRow] = []
    records: list[ContactRecord] = []
    sessions: list[Session] = []


@pytest.fixture
def rows() -> Rows:
    draw = random.Random(1)
    width = len(QueueCounts.__struct_fields__)
    return Rows(
        [
            QueueRow(
                number // QUEUES * 15 * MINUTE,
                (number // QUEUES + 1) * 15 * MINUTE,
                f"queue {number % QUEUES:03}",
                "voice",
                QueueCounts(*(draw.randrange(1 << 40) for _ in range(width))),
            )
            for number in range(ROWS)
        ]
    )


@pytest.fixture
def histories(tmp_path: Path) -> Iterator[Iterator[History]]:
    """Histories that nothing was written to; the first of a process pays for what is made once."""
    made: list[History] = []

    def more() -> Iterator[History]:
        for number in count():
            made.append(History(tmp_path / f"{number}.db").open())
            yield made[-1]

    yield more()
    for history in made:
        history.close()


def test_rows_go_into_a_history(
    benchmark: BenchmarkFixture, rows: Rows, histories: Iterator[History], tmp_path: Path
) -> None:
    numbers = count()
    last: list[History] = []

    def into_history() -> Timed:
        last[:] = [next(histories)]
        return lambda: last[0].write(rows)

    def into_sqlite() -> Timed:
        db = sqlite3.connect(tmp_path / f"bare{next(numbers)}.db", isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        names = ["start_ns", "end_ns", "queue", "channel", *QueueCounts.__struct_fields__]
        db.execute(
            f"CREATE TABLE rows ({', '.join(names)}, PRIMARY KEY (start_ns, queue, channel)) WITHOUT ROWID"
        )
        insert = f"INSERT OR REPLACE INTO rows VALUES ({', '.join('?' * len(names))})"
        tuples = [
            (row.start_ns, row.end_ns, row.queue, row.channel, *astuple(row.counts)) for row in rows.queues
        ]

        def write() -> None:
            db.execute("BEGIN")
            db.executemany(insert, tuples)
            db.execute("COMMIT")
            db.close()

        return write

    side_by_side(
        benchmark,
        "rows of queues into a history in SQLite",
        ROWS,
        "rows",
        into_history,
        {"bare SQLite, tuples made beforehand": into_sqlite},
    )
    assert list(last[0].queue_rows(0, 1 << 60)) == rows.queues
