"""A list from CSV into the book: streamed, good rows kept, bad ones reported with their line and the reason.

All or nothing, seen from a dialer: a list is ``loading`` until its last row is in, and nothing is picked from it
before. Rows are written in transactions of some ten thousand, so that a running dialer never waits long. An import that
was cut off leaves the list loading; the same import again begins afresh.

Owns the order of these steps; must not know how a row is read (``reading_rows``, ``csv_rows``).
"""

import codecs
import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct, json
from sqlalchemy import Connection, bindparam, delete, func, select, update

from routing.campaigns import steering, suppressing
from routing.campaigns.book import Book
from routing.campaigns.csv_rows import Columns, Line, columns, rows
from routing.campaigns.reading_rows import Read, RowReader
from routing.campaigns.tables import DOMAINS, LISTS, NEW, NUMBERS, RECORDS
from routing.errors import DataError, UsageError
from routing.history.database import Database
from routing.words import quoted

#: Rows that are written in one transaction.
BATCH: Final = 10_000
#: Where a number may not stand twice: nowhere it matters, in this list, in lists of this campaign, in any list.
Duplicates = Literal["allow", "list", "campaign", "all"]
_IDS: Final = 5_000
_L: Final = LISTS.c
_RECORD_NAMES: Final = (
    "domain",
    "record",
    "list",
    "customer",
    "priority",
    "timezone",
    "attributes",
    "queue",
    "due_ns",
    "position",
    "tries",
)
_NUMBER_NAMES: Final = ("domain", "record", "position", "number", "list", "hours")
_WHERE: Final = (
    select(NUMBERS.c.number, NUMBERS.c.list)
    .where(
        NUMBERS.c.domain == bindparam("domain"), NUMBERS.c.number.in_(bindparam("numbers", expanding=True))
    )
    .order_by(NUMBERS.c.number)
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: Told of each row that is not taken, or not as a whole: the line, why, its fields.
Report = Callable[[int, str, Sequence[str]], None]


class Loaded(Struct, frozen=True):
    """What an import did."""

    rows: int  # of the file, without the header and empty lines
    records: int
    numbers: int
    bad: int  # rows that were not taken
    partly: int  # rows of which some number was not taken
    reasons: dict[str, int]  # by kind: "bad", "duplicate", "suppressed"


class Options(Struct, frozen=True):
    """How a file is read."""

    mapping: dict[str, str] = {}  # our column: the file's
    attributes: tuple[str, ...] | None = None  # columns that are kept; None: all that mean nothing to us
    region: str = ""  # of numbers without a plus
    priority: int = 0  # of records whose row has none
    duplicates: Duplicates = "list"
    delimiter: str = ""  # "": the one that the header has most of
    dry_run: bool = False  # only report
    source: str = ""  # for people: where it came from


def import_list(
    book: Book,
    lines: Iterable[str],
    campaign: str,
    list_id: str,
    at_ns: int,
    options: Options = Options(),  # noqa: B008 (frozen)
    report: Report | None = None,
    told: Callable[[int], None] | None = None,
) -> Loaded:
    """Import lines of CSV as a list of a campaign, which is made (paused) if there is none; the list is active then.

    Parameters
    ----------
    book : Book
        Where to.
    lines : iterable of str
        The header first. Read once, and not kept.
    campaign, list_id : str
        Whose, and its name, which must be new (or that of an import that was cut off).
    at_ns : int
        Now.
    options : Options, optional
        How the file is read.
    report : callable, optional
        Told of what is not taken: line, reason, fields.
    told : callable, optional
        Told now and then how many rows were read.

    Returns
    -------
    Loaded
        Counts.

    Raises
    ------
    DataError
        If no column holds numbers, or a column is missing: nothing is imported then.
    UsageError
        If there is such a list, or another import took it over.

    Examples
    --------
    See `routing.campaigns.book.Book`.
    """
    if not list_id or not campaign:
        raise UsageError("the list and its campaign need names")
    source = rows(lines, options.delimiter)
    header = next(source, None)
    if header is None or header.problem:
        raise DataError(
            f"there is no header; the first line names the columns{header.problem if header else ''}"
        )
    reader = RowReader(
        columns(header.fields, options.mapping, options.attributes), options.region, options.priority
    )
    loading = _Loading(book, campaign, list_id, at_ns, options, report or _silent)
    with ExitStack() as stack:
        if not options.dry_run:
            stack.callback(loading.database.close)
            loading.begin()
        for some in _batches(source):
            loading.write(reader, some)
            if told is not None:
                told(loading.rows)
        if not options.dry_run:
            loading.finish()
    return loading.loaded()


def import_file(
    book: Book,
    path: str | os.PathLike[str],
    campaign: str,
    list_id: str,
    at_ns: int,
    options: Options = Options(),  # noqa: B008 (frozen)
    *,
    encoding: str = "",
    bad: str | os.PathLike[str] | None = None,
    told: Callable[[int], None] | None = None,
) -> Loaded:
    """Import a file of CSV; as `import_list`.

    Parameters
    ----------
    path : str or path
        The file.
    encoding : str, default ""
        "": UTF-8, or UTF-16 if it begins with a byte order mark of that.
    bad : str or path, optional
        A file for rows that are not taken: ``line``, ``reason``, then their fields, so that they can be corrected and
        imported again. It is made even if there are none.
    told : callable, optional
        Told now and then how many bytes were read.
    """
    file = Path(path)
    with ExitStack() as stack:
        binary = stack.enter_context(file.open("rb"))
        codec = encoding or _encoding(binary.read(4))
        binary.seek(0)
        try:
            codecs.lookup(codec)
        except LookupError:
            raise UsageError(f"{quoted(codec)} is no encoding; write one as 'utf-8' or 'cp1252'") from None
        text = io.TextIOWrapper(binary, encoding=codec, errors="surrogateescape", newline="")
        report: Report | None = None
        if bad is not None:
            out = csv.writer(stack.enter_context(Path(bad).open("w", encoding="utf-8", newline="")))
            out.writerow(("line", "reason"))

            def report(line: int, reason: str, fields: Sequence[str]) -> None:
                plain = (field.encode("utf-8", "replace").decode() for field in fields)
                out.writerow((line, reason, *plain))

        named = options if options.source else _named(options, file.name)
        position = (lambda _: told(binary.tell())) if told is not None else None
        return import_list(book, text, campaign, list_id, at_ns, named, report, position)


class _Loading:
    """One list on its way in."""

    def __init__(
        self, book: Book, campaign: str, list_id: str, at_ns: int, options: Options, report: Report
    ) -> None:
        self.domain, self.campaign, self.list_id, self.at_ns = book.domain, campaign, list_id, at_ns
        self.options = options
        self.report = report
        self.book = book
        # What a crash of the machine loses of a list that is loading is loaded again: no need to wait for the disk.
        self.database = Database(book.database.url, create=True)
        self.rows = self.records = self.numbers = self.partly = 0
        self.reasons = {"bad": 0, "duplicate": 0, "suppressed": 0}
        self.priorities: set[int] = set()
        self.seen: set[int] = set()
        self.rivals: dict[str, str] = {}  # lists whose numbers count as duplicates

    def loaded(self) -> Loaded:
        taken = sum(self.reasons.values())
        return Loaded(self.rows, self.records, self.numbers, taken, self.partly, dict(self.reasons))

    def begin(self) -> None:
        """Make the list, or take over one that was not loaded to its end."""
        self.book.open()
        with self.database.reading() as connection:
            there = steering.list_row(connection, self.domain, self.list_id)
            known = steering.wanted(connection, self.domain)
        if there is not None and there.state != "loading":
            raise UsageError(
                f"there is a list {quoted(self.list_id)} already; import under another name, a campaign may have many"
            )
        if self.campaign not in known:
            self.book.configure(self.campaign, self.at_ns)
        with self.database.writing() as connection:
            last = select(func.max(_L.place)).where(_L.domain == self.domain, _L.campaign == self.campaign)
            place = connection.execute(last).scalar()
            connection.execute(delete(LISTS).where(_L.domain == self.domain, _L.list == self.list_id))
            connection.execute(LISTS.insert(), self._row(0 if place is None else place + 1))
        if there is not None:
            self._sweep()

    def _row(self, place: int) -> dict[str, object]:
        return {
            "domain": self.domain,
            "list": self.list_id,
            "campaign": self.campaign,
            "state": "loading",
            "place": place,
            "loaded_ns": self.at_ns,
            "records": 0,
            "numbers": 0,
            "bad": 0,
            "priorities": "[]",
            "source": self.options.source,
        }

    def _sweep(self) -> None:
        """Delete what an import before left behind, some at a time."""
        some = select(RECORDS.c.record).where(RECORDS.c.domain == self.domain, RECORDS.c.list == self.list_id)
        while True:
            with self.database.writing() as connection:
                ids = list(connection.execute(some.limit(steering.SOME)).scalars())
                if not ids:
                    return
                for table in (NUMBERS, RECORDS):
                    of = table.c.record.in_(bindparam("ids", expanding=True))
                    connection.execute(delete(table).where(table.c.domain == self.domain, of), {"ids": ids})

    def write(self, reader: RowReader, lines: Sequence[Line]) -> None:
        """Read rows, and write those that are good. What is written is made before the transaction begins."""
        read: list[Read] = []
        for line in lines:
            self.rows += 1
            found, notes = reader.read(line)
            for note in notes:
                self.report(line.number, note, line.fields)
            if found is None:
                self.reasons["bad"] += 1
            else:
                self.partly += bool(notes)
                read.append(found)
        good = self._checked(read)
        self.priorities.update(one.priority for one in good)
        self.records += len(good)
        self.numbers += sum(len(one.numbers) for one in good)
        if self.options.dry_run or not good:
            return
        first = self._first_of(len(good))
        domain, list_id = self.domain, self.list_id
        records = [
            (domain, record, list_id, one.customer, one.priority, one.timezone, one.attributes, NEW, 0, 0, 0)
            for record, one in enumerate(good, first)
        ]
        numbers = [
            (domain, record, position, number, list_id, hours)
            for record, one in enumerate(good, first)
            for position, (number, hours) in enumerate(one.numbers)
        ]
        with self.database.writing() as connection:
            self._check_ours(connection)
            bulk(connection, "campaign_records", _RECORD_NAMES, records)
            bulk(connection, "campaign_numbers", _NUMBER_NAMES, numbers)

    def finish(self) -> None:
        """Let dialers see the list."""
        with self.database.writing() as connection:
            self._check_ours(connection)
            connection.execute(
                update(LISTS)
                .where(_L.domain == self.domain, _L.list == self.list_id)
                .values(
                    state="active",
                    records=self.records,
                    numbers=self.numbers,
                    bad=sum(self.reasons.values()),
                    priorities=json.encode(sorted(self.priorities)).decode(),
                )
            )
            steering.changed(connection, self.domain)

    def _first_of(self, many: int) -> int:
        """Take so many ids of records; those of an import that is cut off are not used again."""
        with self.database.writing() as connection:
            insert = steering.upsert(connection, DOMAINS).values(
                domain=self.domain, revision=0, next_record=1 + many
            )
            grown = insert.on_conflict_do_update(
                index_elements=["domain"], set_={"next_record": DOMAINS.c.next_record + many}
            ).returning(DOMAINS.c.next_record)
            return int(connection.execute(grown).scalar_one()) - many

    def _check_ours(self, connection: Connection) -> None:
        found = steering.list_row(connection, self.domain, self.list_id)
        if found is None or (found.state, found.loaded_ns) != ("loading", self.at_ns):
            raise UsageError(
                f"another import has taken over the list {quoted(self.list_id)}; let that one finish"
            )

    def _checked(self, read: list[Read]) -> list[Read]:
        """Leave out numbers that must not be called or are there already, and rows that have none left."""
        wanted = {number for one in read for number, _ in one.numbers}
        if self.options.dry_run and not self._there():
            barred: Mapping[int, str] = {}
            elsewhere: Mapping[int, str] = {}
        else:
            with self.database.reading() as connection:
                barred = suppressing.suppressed(connection, self.domain, self.campaign, wanted, self.at_ns)
                elsewhere = self._elsewhere(connection, wanted)
        once, seen, good = self.options.duplicates != "allow", self.seen, []
        for one in read:
            kept: list[tuple[int, str]] = []
            kind = "bad"
            for number, hours in one.numbers:
                if number in barred:
                    kind, why = "suppressed", f"+{number} must not be called (suppressed, {barred[number]})"
                elif once and number in seen:
                    kind, why = "duplicate", f"+{number} stands in this list already"
                elif number in elsewhere:
                    kind, why = (
                        "duplicate",
                        f"+{number} stands in the list {quoted(elsewhere[number])} already",
                    )
                else:
                    kept.append((number, hours))
                    continue
                self.report(one.line, why, one.fields)
            if kept:
                seen.update(number for number, _ in kept)
                self.partly += len(kept) < len(one.numbers)
                good.append(one if len(kept) == len(one.numbers) else one._replace(numbers=kept))
            else:
                self.reasons[kind] += 1
        return good

    def _there(self) -> bool:
        """Tell whether there is a database to be asked."""
        url = self.database.url
        return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()

    def _elsewhere(self, connection: Connection, numbers: set[int]) -> dict[int, str]:
        """Find numbers that stand in other lists that count."""
        if self.options.duplicates not in ("campaign", "all"):
            return {}
        mine = select(_L.list, _L.campaign).where(_L.domain == self.domain, _L.list != self.list_id)
        rivals = {
            name
            for name, campaign in connection.execute(mine)
            if self.options.duplicates == "all" or campaign == self.campaign
        }
        found: dict[int, str] = {}
        ordered = sorted(numbers) if rivals else []
        for start in range(0, len(ordered), _IDS):
            given = {"domain": self.domain, "numbers": ordered[start : start + _IDS]}
            found |= {number: name for number, name in connection.execute(_WHERE, given) if name in rivals}
        return found


def bulk(connection: Connection, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows in the quickest way that a database has."""
    listed = ", ".join(names)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()
        return
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(f"INSERT INTO {table} ({listed}) VALUES ({marks})", list(rows))


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    some: list[Line] = []
    for line in lines:
        some.append(line)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def _encoding(first: bytes) -> str:
    return next((codec for mark, codec in _BOMS if first.startswith(mark)), "utf-8-sig")


def _named(options: Options, name: str) -> Options:
    values = {field: getattr(options, field) for field in Options.__struct_fields__}
    return Options(**values | {"source": name})


def _silent(_line: int, _reason: str, _fields: Sequence[str]) -> None:
    """Report to nobody."""


__all__ = ["BATCH", "Columns", "Duplicates", "Loaded", "Options", "bulk", "import_file", "import_list"]
