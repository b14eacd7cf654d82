"""Whose rows commands show when nobody is named: those of the only tenant there is, never silently of nobody.

Owns tests of ``--domain`` in the commands of wings and customers; must not test what they print.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest
from postgres import a_database
from test_recording_database import a_segment

from routing.center.recording.recordings import Recordings
from routing.cli.auditing import add_audit
from routing.cli.calling_back import add_callback
from routing.cli.customering import add_customer
from routing.cli.recording import add_recording
from routing.customers import Customers, MasterKeys
from routing.customers.masters import add_key
from routing.errors import UsageError
from routing.history.tenants import meant

pytestmark = pytest.mark.once


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "history.db") if request.param == "sqlite" else a_database()


def run(add: Callable[[argparse.ArgumentParser], None], *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add(parser)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def a_domain(where: str, name: str) -> None:
    with Recordings(where, name) as recordings:
        recordings.write([a_segment(1)])


def test_the_only_tenant_is_meant(where: str) -> None:
    with Recordings(where):
        assert meant(where) == "default"
    a_domain(where, "bank")
    assert meant(where) == meant(where, "bank") == "bank"
    with pytest.raises(UsageError, match="has nothing of the domain 'bnak'; it holds 'bank'"):
        meant(where, "bnak")
    a_domain(where, "shop")
    with pytest.raises(UsageError, match="holds 'bank', 'shop'; name one of them by --domain"):
        meant(where)
    assert meant(where, "shop") == "shop"


def test_commands_find_what_a_server_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where, keys = str(tmp_path / "history.db"), str(tmp_path / "keys")
    a_domain(where, "bank")
    add_key(keys)
    with Customers(where, MasterKeys.from_file(keys), "bank") as customers:
        ann = customers.create(5, [("number", "+442079460018")])
    assert run(add_recording, "list", "--database", where) == 0
    assert capsys.readouterr().out.startswith("r1 ")
    for more in ((), ("--domain", "bank")):
        assert run(add_customer, "find", "+442079460018", "--database", where, "--keys", keys, *more) == 0
        assert capsys.readouterr().out == f"{ann}\n"


@pytest.mark.parametrize(
    ("add", "arguments"),
    [
        (add_audit, ("list",)),
        (add_audit, ("verify",)),
        (add_recording, ("purge", "--dry-run")),
        (add_callback, ("list",)),
        (add_customer, ("find", "+442079460018")),
    ],
)
def test_a_name_that_was_mistyped_is_not_an_empty_answer(
    add: Callable[[argparse.ArgumentParser], None],
    arguments: tuple[str, ...],
    tmp_path: Path,
) -> None:
    where = str(tmp_path / "history.db")
    a_domain(where, "bank")
    with pytest.raises(UsageError, match="nothing of the domain 'bnak'; it holds 'bank'"):
        run(add, *arguments, "--database", where, "--domain", "bnak")
    a_domain(where, "shop")
    with pytest.raises(UsageError, match="name one of them by --domain"):
        run(add, *arguments, "--database", where)


def test_nobody_and_nothing_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where, keys = str(tmp_path / "history.db"), str(tmp_path / "keys")
    with Recordings(where):
        add_key(keys)
    assert run(add_customer, "find", "+442079460018", "--database", where, "--keys", keys) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "no customer has this number\n")
    assert run(add_recording, "list", "--database", where) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "there are no such recordings\n")
