"""``huntgroup token``: tokens that are made, hashed and checked at a terminal."""

import argparse
import io
import stat
import tomllib
from pathlib import Path

import pytest

from grpc_api.cli.tokens import add_token
from grpc_api.guard import Guard, read_settings
from grpc_api.guard.tokens import hash_token, new_token
from routing.errors import DataError, UsageError


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_token(parser)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def said(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_from_new_to_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "token"
    new = ("new", "gw", "--role", "front_end", "--domain", "bank", "--queue", "sales", "--expires-in", "90d")
    assert run(*new, "--out", str(kept)) == 0
    out, err = capsys.readouterr()
    token = kept.read_text(encoding="utf-8").strip()
    assert token not in out + err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    settings = tmp_path / "server.toml"
    settings.write_text("[guard]\ninsecure = true\n\n" + out, encoding="utf-8")
    guard = Guard(read_settings(tomllib.loads(out)["guard"] | {"insecure": True}))
    assert guard.whose(token).queues == frozenset({"sales"})

    said(monkeypatch, f"{token}\n")
    assert run("check", str(settings)) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[:4] == ["name     gw", "roles    front_end", "domains  bank", "queues   sales"]
    assert token not in told
    said(monkeypatch, new_token())
    assert run("check", str(settings)) == 1
    assert capsys.readouterr().out == "not accepted: the credential is not accepted; ask for a new one\n"

    with pytest.raises(UsageError, match="give a new file"):
        run(*new, "--out", str(kept))


def test_a_token_without_a_file_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "boss", "--role", "administrator", "--domain", "*") == 0
    out, err = capsys.readouterr()
    token = err.rpartition(" ")[2].strip()
    assert tomllib.loads(out)["guard"]["tokens"][0]["hash"] == hash_token(token)
    assert token not in out


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="--queue: is missing"):
        run("new", "s", "--role", "supervisor", "--domain", "*")
    with pytest.raises(UsageError, match="--agent: is missing"):
        run("new", "a", "--role", "agent", "--domain", "*")


@pytest.mark.parametrize("text", ["hunter2", "hgt_" + "A" * 43, "hgt_short", "x" * 47, ""])
def test_weak_tokens_are_not_hashed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, text)
    with pytest.raises(DataError) as caught:
        run("hash")
    assert not text or text not in str(caught.value)


def test_hash(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    token = new_token()
    said(monkeypatch, token)
    assert run("hash") == 0
    assert capsys.readouterr().out.strip() == hash_token(token)


def test_broken_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "server.toml"
    path.write_text("[guard\n", encoding="utf-8")
    said(monkeypatch, new_token())
    with pytest.raises(DataError, match="no valid TOML"):
        run("check", str(path))
