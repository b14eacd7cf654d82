"""``huntgroup customer``: what each command prints, writes and leaves alone.

Owns tests of the command; must not test what it calls (``test_customers``).
"""

import argparse
import json
from pathlib import Path

import pytest

from routing.cli.customering import add_customer
from routing.customers import Customers, MasterKeys
from routing.customers.masters import FILE_VARIABLE, KEYS_VARIABLE, add_key
from routing.errors import UsageError
from routing.units import SECOND

NUMBER = "+442079460018"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_customer(parser)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def test_a_customer_from_the_first_key_to_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEYS_VARIABLE, raising=False)
    path, keys, out = tmp_path / "history.db", tmp_path / "keys", tmp_path / "ann.json"
    monkeypatch.setenv(FILE_VARIABLE, str(keys))
    monkeypatch.chdir(tmp_path)

    def said(*arguments: str, code: int = 0) -> str:
        assert run(*arguments) == code
        return capsys.readouterr().out

    assert "is the present master key of" in said("new-key", str(keys))
    with Customers(path, MasterKeys.from_file(keys)) as customers:
        ann = customers.create(5 * SECOND, [("number", NUMBER)], {"name": "Ann Smith"})
        other = customers.create(6 * SECOND, [("email", "ben@example.org")])
        customers.write_note(ann, "likes mornings", 7 * SECOND, agent="ben")
    assert said("find", "020 7946 0018", "--region", "GB") == f"{ann}\n"
    assert said("find", "ben@example.org", "--kind", "email") == f"{other}\n"
    assert said("find", "+442079460019", code=1) == ""
    shown = said("show", ann)
    assert "+44********18" in shown
    assert "Ann Smith" not in shown
    assert "likes" not in shown
    clear = said("show", ann, "--personal")
    assert NUMBER in clear
    assert "Ann Smith" in clear
    assert "likes mornings" in clear
    assert json.loads(said("export", ann))["attributes"] == {"name": "***"}
    said("export", ann, "--personal", "--json", str(out), "--who", "eve")
    assert json.loads(out.read_bytes())["attributes"] == {"name": "Ann Smith"}
    assert out.stat().st_mode & 0o777 == 0o600
    assert sorted(json.loads(out.read_bytes())["elsewhere"]) == [
        "call_backs",
        "campaigns",
        "outcomes",
        "recordings",
    ]

    said("new-key", str(keys))
    assert "3 keys were wrapped anew" in said("rotate")
    keys.write_text("".join(keys.read_text().splitlines(keepends=True)[:2]))  # the old one is not needed
    assert "2 customers have new keys" in said("rotate", "--fresh")
    assert said("find", NUMBER) == f"{ann}\n"

    assert "nothing was erased" in said("erase", ann)
    assert f"{ann} is erased; 0 contacts" in said("erase", ann, "--yes", "--vacuum")
    assert f"{ann} is erased again" in said("erase", ann, "--yes")
    assert said("show", ann, code=1) == f"{ann} is erased\n"
    dry = said("purge", "--before", "2026-01-01", "--list")
    assert dry.splitlines() == [other, "1 customers would be erased: add --yes"]
    assert said("purge", "--before", "2026-01-01", "--yes") == "1 customers are erased\n"
    assert said("show", other, code=1) == f"{other} is erased\n"
    audit = said("audit", ann)
    assert [word for word in ("exported", "erased", "eve", "in clear", "masked") if word not in audit] == []
    assert other not in audit
    assert other in said("audit")


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEYS_VARIABLE, raising=False)
    monkeypatch.delenv(FILE_VARIABLE, raising=False)
    path, keys = str(tmp_path / "history.db"), tmp_path / "keys"
    with Customers(path, MasterKeys.parse(_key(keys))) as customers:
        customers.open()
    with pytest.raises(UsageError, match="there is no master key; name a file"):
        run("find", NUMBER, "--database", path)
    for command in (("erase", "nobody"), ("export", "nobody")):
        with pytest.raises(UsageError, match="there is no customer 'nobody'"):
            run(*command, "--database", path, "--keys", str(keys))
    with pytest.raises(UsageError, match="--timezone"):
        run(
            "purge",
            "--before",
            "2026-01-01",
            "--timezone",
            "Nowhere",
            "--database",
            path,
            "--keys",
            str(keys),
        )


def _key(path: Path) -> str:
    add_key(path)
    return path.read_text()
