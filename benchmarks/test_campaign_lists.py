"""Lists of campaigns: how fast they load, and that the next number costs the same in a long list as in a short one.

Owns these comparisons; must not test what is picked.
"""

import csv
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing.campaigns import Book
from routing.campaigns.importing import import_file

ROWS = 100_000 if FULL else 2_000
SHORT, LONG = 1_000, 1_000_000 if FULL else 10_000
PICKS = 400


def a_list(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("number,customer,name\n")
        for n in range(rows):  # in no order, as numbers of a list are
            file.write(f"+1212{2000000 + n * 7919 % 7999993},c{n},Name {n}\n")
    return path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Iterator[Book]]:
    made: list[Book] = []

    def more() -> Iterator[Book]:
        for number in count():
            made.append(Book(tmp_path / f"{number}.db").open())
            yield made[-1]

    yield more()
    for book in made:
        book.close()


def test_a_list_is_loaded(benchmark: BenchmarkFixture, books: Iterator[Book], tmp_path: Path) -> None:
    """Beside the csv module and bare SQLite with the same two tables, which check nothing."""
    path, numbers = a_list(tmp_path / "list.csv", ROWS), count()

    def with_us() -> Timed:
        book = next(books)
        return lambda: import_file(book, path, "c", "l", 1)

    def barely() -> Timed:
        db = sqlite3.connect(tmp_path / f"bare{next(numbers)}.db", isolation_level=None)
        db.executescript(
            "PRAGMA journal_mode = WAL; CREATE TABLE record (id INTEGER PRIMARY KEY, customer, name);"
            "CREATE TABLE number (record, number); CREATE INDEX by_number ON number (number)"
        )

        def write() -> None:
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))[1:]
            db.execute("BEGIN")
            db.executemany("INSERT INTO record VALUES (NULL, ?, ?)", [row[1:] for row in rows])
            db.executemany(
                "INSERT INTO number VALUES (?, ?)", [(n, int(row[0])) for n, row in enumerate(rows)]
            )
            db.execute("COMMIT")
            db.close()

        return write

    side_by_side(
        benchmark,
        "rows of a list into a book",
        ROWS,
        "rows",
        with_us,
        {"csv and bare SQLite, unchecked": barely},
    )


def test_the_next_number_costs_the_same_in_a_long_list(
    benchmark: BenchmarkFixture, books: Iterator[Book], tmp_path: Path
) -> None:
    """Twenty at a time, some hundred in all, read from the database as they are wanted."""
    long, short = (next(books) for _ in range(2))
    for book, rows in ((long, LONG), (short, SHORT)):
        import_file(book, a_list(tmp_path / f"{rows}.csv", rows), "c", "l", 1)
        book.set_state("c", "running", 1)

    def picking(book: Book) -> Timed:
        again = Book(book.database.url.database or "").open()
        book.close()
        again.next("c", 1, 0)

        def pick() -> None:
            for _ in range(PICKS // 20):
                assert len(again.next("c", 2, 20)) == 20
            again.close()

        return pick

    side_by_side(
        benchmark,
        f"next number of {LONG:,}",
        PICKS,
        "numbers",
        lambda: picking(long),
        {f"the same of {SHORT:,}": lambda: picking(short)},
    )
