"""Lists from CSV, odd ones too; numbers as the library reads them; and the command that does it.

Owns tests of ``routing.campaigns.importing``, ``dialing_plans`` and ``huntgroup campaign``; must not test what is
picked next (``test_campaign_book``).
"""

import argparse
import csv
import io
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata
from postgres import a_database
from sqlalchemy import event, text

from routing.campaigns import Book, Dialled, Ended
from routing.campaigns import importing as importing_module
from routing.campaigns.csv_rows import rows
from routing.campaigns.dialing_plans import NumberReader
from routing.campaigns.importing import Loaded, Options, import_file, import_list
from routing.cli.campaigning import add_campaign
from routing.errors import DataError, UsageError
from routing.units import SECOND

GB = Options(region="GB")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book(tmp_path / "book.db", look_ns=0, fresh_ns=0) as one:
        yield one


def load(
    book: Book, lines: list[str], options: Options = GB, name: str = "l"
) -> tuple[Loaded, list[tuple[int, str]]]:
    notes: list[tuple[int, str]] = []
    whole = io.StringIO("".join(lines), newline="")
    done = import_list(book, whole, "c", name, 1, options, lambda line, why, _: notes.append((line, why)))
    return done, notes


def picked(book: Book) -> list[str]:
    book.set_state("c", "running", 1)
    return [one.number for one in book.next("c", 2, 100)]


def test_good_rows_are_kept_and_bad_ones_told_with_their_line(book: Book) -> None:
    done, notes = load(
        book,
        [
            "\ufeffnumber;number_2;customer;priority;timezone;hours;name\r\n",
            "020 7946 0018;;a;5;;09:00-12:00;Ann\r\n",
            "\r\n",
            ";;;;;\r\n",
            "12;;b;;;;Bob\r\n",
            "+442079460019;77;c;;Europe/Rome;;\"Cy;\r\nlon\"\r\n",
            "+442079460020;;d;high;;;\r\n",
            "+442079460021;;e;;Mars/Base;;\r\n",
            "+442079460022;;f;;;evenings;\r\n",
            "+442079460018;;g;;;;again\r\n",
            "+442079460023;;h;;;;x;too;many\r\n",
            "+442079460024\r\n",
        ],
    )  # fmt: skip
    assert (done.rows, done.records, done.bad, done.partly) == (9, 3, 6, 1)
    assert done.reasons == {"bad": 5, "duplicate": 1, "suppressed": 0}
    assert [line for line, _ in notes] == [5, 6, 8, 9, 10, 12, 11]
    told = " ".join(why for _, why in notes)
    for words in (
        "'12' is no telephone number",
        "'high' is no whole number",
        "unknown time zone",
        "'evenings'",
    ):
        assert words in told
    book.set_state("c", "running", 1)
    at_ten = 10 * 3600 * SECOND
    got = book.next("c", at_ten, 9)
    assert [(one.number, one.priority, one.attributes) for one in got] == [
        ("+442079460018", 5, {"name": "Ann"}),
        ("+442079460019", 0, {"name": "Cy;\r\nlon"}),
        ("+442079460024", 0, {}),
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "there is no header"),
        (["name,street\n"], "no column holds numbers"),
        (["number,number\n"], "stands twice"),
    ],
)
def test_a_file_without_meaning_loads_nothing(book: Book, lines: list[str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        load(book, lines)
    assert book.lists() == []


def test_columns_are_mapped(book: Book) -> None:
    options = Options({"number": "phone", "number_2": "Mobile"}, ("City",), region="GB")
    done, _ = load(book, ["Mobile,Phone,City,Secret\n", "02079460019,02079460018,Ely,x\n"], options)
    assert (done.records, done.numbers) == (1, 2)
    book.set_state("c", "running", 1)
    (one,) = book.next("c", 2, 5)
    assert (one.number, one.attributes) == ("+442079460018", {"City": "Ely"})
    with pytest.raises(DataError, match=r"no column 'Telephone'"):
        load(book, ["phone\n"], Options({"number": "Telephone"}), "m")
    with pytest.raises(UsageError, match="'phone' is no column of ours"):
        load(book, ["phone\n"], Options({"phone": "phone"}), "m")


@pytest.mark.parametrize(("policy", "second"), [("allow", 2), ("list", 2), ("campaign", 1), ("all", 1)])
def test_duplicates(book: Book, policy: str, second: int) -> None:
    load(book, ["number\n", "02079460018\n"], name="first")
    options = Options(region="GB", duplicates=policy)  # type: ignore[arg-type]
    done, _ = load(book, ["number\n", "02079460018\n", "02079460019\n"], options, "second")
    assert done.records == second


def test_who_must_not_be_called_is_not_loaded(book: Book) -> None:
    book.suppress(["+442079460018"], 0, scope="global")
    book.suppress(["+442079460019"], 0)
    book.suppress(["+442079460020"], 0, scope="campaign", campaign="c")
    book.suppress(["+442079460021"], 0, scope="campaign", campaign="other")
    book.suppress(["+442079460022"], 0, until_ns=1)  # it is over
    done, notes = load(book, ["number\n"] + [f"020794600{n}\n" for n in range(18, 23)])
    assert (done.records, done.reasons["suppressed"]) == (2, 3)
    assert [why.rpartition(", ")[2] for _, why in notes] == ["global)", "tenant)", "campaign)"]
    listed = book.suppression(lambda: 5).listed
    assert [listed(f"+4420794600{n}", "c") for n in range(18, 23)] == [
        "global",
        "tenant default",
        "campaign c",
        "",
        "",
    ]
    assert book.lift(["+442079460019"]) == 1
    assert listed("+442079460019", "c") == ""


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("cp1252", "cp1252")]
)
def test_encodings(book: Book, tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("number\tname\n+442079460018\tZoë\n".encode(encoding))
    assert import_file(book, path, "c", "l", 1, encoding=named).records == 1
    book.set_state("c", "running", 1)
    assert book.next("c", 2, 1)[0].attributes == {"name": "Zoë"}


def test_bytes_that_are_no_text_cost_only_their_row(book: Book, tmp_path: Path) -> None:
    path, bad = tmp_path / "list.csv", tmp_path / "bad.csv"
    path.write_bytes(b'number,name\n+442079460018,Zo\xeb\n+442079460019,Ann\n+442079460020,"Bob\n')
    done = import_file(book, path, "c", "l", 1, bad=bad)
    assert (done.records, done.bad) == (1, 2)
    told = list(csv.reader(bad.read_text(encoding="utf-8").splitlines()))
    assert [row[0] for row in told] == ["line", "2", "4"]
    assert "no text in this encoding" in told[1][1]
    assert "a quote that is not closed" in told[2][1]
    with pytest.raises(UsageError, match="is no encoding"):
        import_file(book, path, "c", "m", 1, encoding="klingon")


def test_an_import_that_was_cut_off_begins_afresh(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_module, "BATCH", 2)

    def breaking() -> Iterator[str]:
        yield "number\n"
        for n in range(18, 23):
            yield f"020794600{n}\n"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        import_list(book, breaking(), "c", "l", 1, GB)
    assert [(one.state, one.new) for one in book.lists()] == [("loading", 4)]
    assert picked(book) == []  # nothing is dialled of half a list
    with pytest.raises(UsageError, match="was not loaded to its end"):
        book.set_list("l", "active")
    done, _ = load(book, ["number\n", "02079460030\n"])
    assert (done.records, picked(book)) == (1, ["+442079460030"])
    with pytest.raises(UsageError, match="there is a list 'l' already"):
        load(book, ["number\n", "02079460030\n"])


def test_a_dry_run_writes_nothing(book: Book) -> None:
    done, _ = load(book, ["number\n", "02079460018\n", "1\n"], Options(region="GB", dry_run=True))
    assert (done.records, done.bad, book.lists(), book.campaigns()) == (1, 1, [], [])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=8))
def test_no_text_breaks_the_reading(lines: list[str]) -> None:
    for delimiter in ("", ","):
        found = [*rows((f"{line}\n" for line in ["number", *lines]), delimiter)]
        assert found[0].fields == ["number"] or found[0].problem


def by_the_library(written: str, region: str) -> int | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    return int(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:])


@pytest.mark.parametrize(
    "each", [pytest.param(1, id="few"), pytest.param(12, marks=pytest.mark.slow, id="many")]
)
def test_numbers_are_read_as_the_library_reads_them(each: int) -> None:
    """Examples of every country, with digits changed, written in six ways."""
    draw = random.Random(each)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        data = PhoneMetadata.metadata_for_region(region, None)
        assert data is not None
        reader, code, prefix = NumberReader(region), str(data.country_code), data.national_prefix or ""
        kinds = (data.fixed_line, data.mobile, data.toll_free, data.voip)
        for example in [kind.example_number for kind in kinds if kind and kind.example_number]:
            for _ in range(each):
                digits = list(example)
                for _ in range(draw.choice([0, 1, 1, 2, 4])):
                    digits[draw.randrange(len(digits))] = draw.choice("0123456789")
                plain = "".join(digits[: len(digits) - draw.choice([0, 0, 0, 1])])
                for written in (
                    plain,
                    f"+{code}{plain}",
                    f"{code} {plain}",
                    f"{prefix}{plain}",
                    f"00{code}{plain}",
                ):
                    try:
                        got: int | None = reader.read(written)
                    except DataError:
                        got = None
                    assert got == by_the_library(written, region), (region, written)


# ------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def command(*arguments: str) -> str:
        parser = argparse.ArgumentParser(prog="huntgroup campaign")
        add_campaign(parser)
        options = parser.parse_args([*arguments, "--database", str(tmp_path / "book.db")])
        assert options.run(options) == 0
        return capsys.readouterr().out

    return command


def test_the_command(run: Callable[..., str], tmp_path: Path) -> None:
    path, bad = tmp_path / "friends.csv", tmp_path / "bad.csv"
    path.write_text("Phone,Name\n02079460018,Ann\n02079460019,Bob\n77,Cy\n", encoding="utf-8")
    common = ("import", str(path), "--campaign", "spring", "--column", "number=Phone", "--region", "GB")
    assert "2 records with 2 numbers would be loaded" in run(*common, "--dry-run")
    told = run(*common, "--bad", str(bad))
    assert told.startswith("2 records with 2 numbers loaded into 'friends'\n1 rows not taken (1 bad)")
    assert bad.read_text(encoding="utf-8").splitlines()[1].startswith("4,'77' is no telephone number")
    rules = tmp_path / "rules.toml"
    rules.write_text("timezone = 'Europe/London'\n[retry.busy]\nafter = '3m'\n", encoding="utf-8")
    assert run("rules", "spring", str(rules)) == "spring has revision 2\n"
    assert '"busy":{"after":180000000000' in run("rules", "spring")
    assert run("start", "spring", "--from", "2026-01-01") == "spring is to run\n"
    assert "must not be called" in run("suppress", "+442079460019", "--campaign", "spring")
    with Book(tmp_path / "book.db") as book:
        at = 1_800_000_000 * SECOND
        one, _ = book.next("spring", at, 5)
        book.dialled([Dialled("a1", one, at)])
        book.ended([Ended("a1", "spring", "fax", at + 5)])
    told = run("status", "spring", "--hours")
    assert "spring is to be running, revision 4" in told
    assert "1 records remain" in told
    assert '"remaining":1' in run("status", "spring", "--json")
    assert (
        run("export", "spring", "--from", "2027-01-01", "--to", "2027-12-31")
        .splitlines()[1]
        .startswith("a1,spring")
    )
    assert (
        "number" not in run("export", "spring", "--from", "2027-01-01", "--to", "2027-12-31").splitlines()[0]
    )
    assert run("recycle", "spring", "fax") == "1 records are taken up again\n"
    assert "inactive" in run("list", "--deactivate", "friends")
    assert run("audit", "spring", "--from", "2026-01-01").startswith("attempt,answered")
    assert run("pause", "spring") == "spring is to pause\n"
    assert run("stop", "spring", "--drain") == "spring is to drain\n"
    with pytest.raises(UsageError, match="there is no campaign 'sprin'; did you mean 'spring'"):
        run("status", "sprin")


# ------------------------------------------------------------------------------------------------- many rows


@pytest.mark.slow
def test_a_hundred_thousand_rows(book: Book, tmp_path: Path) -> None:
    many = 100_000
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("number,name\n")
        file.writelines(f"+1212{2000000 + 37 * n},N{n}\n" for n in range(many))
    assert import_file(book, path, "c", "l", 1).records == many
    book.set_state("c", "running", 1)
    assert len({one.record for _ in range(100) for one in book.next("c", 2, 20)}) == 2_000
    assert book.status("c", 2).remaining == many


CHILD = """
import sys
from routing.campaigns import Book
from routing.campaigns.importing import import_list
book = Book(sys.argv[1])
def lines():
    yield "number\\n"
    for n in range(30_000):
        if n == 15_000:  # it stays in the midst of its import until the dialer has gone on
            sys.stdin.read()
        yield f"+1212{2000000 + n}\\n"
import_list(book, lines(), "c", "second", 2)
book.set_state("c", "paused", 3)
"""


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_dialer_goes_on_while_another_process_imports_and_pauses(kind: str, tmp_path: Path) -> None:
    where = str(tmp_path / "book.db") if kind == "sqlite" else a_database()
    with Book(where, look_ns=0, fresh_ns=0) as book:
        import_list(book, ["number\n", *(f"+1415{2000000 + n}\n" for n in range(2_000))], "c", "first", 1)
        book.set_state("c", "running", 1)
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, where], stdin=subprocess.PIPE, cwd=Path(__file__).parent.parent
        )
        assert child.stdin is not None
        dials, meanwhile = 0, 0
        try:
            for dials in range(2_000):
                some = book.next("c", 5, 1)
                if not some:
                    break
                assert book.dialled([Dialled(f"a{dials}", some[0], 5)]) == frozenset()
                book.ended([Ended(f"a{dials}", "c", "fax", 6)])
                meanwhile += child.poll() is None
                if dials == 20:
                    child.stdin.close()
        finally:
            child.stdin.close()
            assert child.wait(300) == 0
        assert meanwhile >= 20
        assert book.state("c") == "paused"
        assert book.next("c", 6, 1) == []
        assert [one.records for one in book.lists("c")] == [2_000, 30_000]


def test_every_query_of_the_hopper_walks_an_index(book: Book) -> None:
    """What SQLite would read of a table, as it says itself: never all of a tenant."""
    load(book, ["number,customer\n", "02079460018,x\n"])
    seen: list[tuple[str, tuple[object, ...]]] = []
    engine = book.database.ready()

    def note(_c: object, _k: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    book.set_state("c", "running", 1)
    (one,) = book.next("c", 2, 5)
    book.dialled([Dialled("a1", one, 2)])
    book.open_attempts("c")
    book.ended([Ended("a1", "c", "busy", 3)])
    event.remove(engine, "before_cursor_execute", note)
    with book.database.reading() as connection:
        raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        for statement, values in seen:
            if statement.startswith(("SELECT", "UPDATE")) and (
                "campaign_records" in statement or "campaign_attempts" in statement
            ):
                flat = values[0] if values and isinstance(values[0], tuple) else values
                plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", flat)]
                assert not any("SCAN campaign" in step or step.endswith("(domain=?)") for step in plan), (
                    statement,
                    plan,
                )
        assert connection.execute(text("SELECT count(*) FROM campaign_attempts")).scalar() == 1
