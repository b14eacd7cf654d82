"""``huntgroup token``: make a token, hash one, find out whose one is.

A token is read from standard input, never from an argument, which other users of the machine and the history of the
shell would see.

Owns the options and the text; must not know what a token looks like.
"""

import argparse
import os
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import tomli_w

from grpc_api.guard import ROLES, Denied, Guard, GuardSettings, read_settings
from grpc_api.guard.tokens import hash_token, new_token
from routing.durations import parse_duration
from routing.errors import ConfigError, DataError, UsageError
from routing.units import SECOND

#: By which options the fields of a token are given.
_OPTIONS: Final = {
    "roles": "--role",
    "domains": "--domain",
    "queues": "--queue",
    "agent": "--agent",
    "name": "NAME",
}


def add_token(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Static tokens for clients of the server: it keeps only their hashes."
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")

    new = actions.add_parser("new", help="make a token and the lines for the server's settings")
    new.description = (
        "Print the [[guard.tokens]] of a new token; the token itself goes to --out, or else to standard error, and "
        "cannot be shown again."
    )
    new.add_argument("name", metavar="NAME", help="whose it is; stands in logs and journals")
    new.add_argument("--role", action="append", choices=ROLES, required=True, dest="roles")
    new.add_argument(
        "--domain", action="append", required=True, dest="domains", help="where it is good; '*': everywhere"
    )
    new.add_argument("--queue", action="append", dest="queues", help="the only queues; '*': all of them")
    new.add_argument("--agent", default="", help="for whom, in the role 'agent'")
    new.add_argument("--expires-in", type=_duration, metavar="DURATION", help="as 90d; by default never")
    new.add_argument("--out", type=Path, metavar="FILE", help="a new file that only you can read")
    new.set_defaults(run=_new)

    hashed = actions.add_parser("hash", help="print the hash of the token on standard input")
    hashed.set_defaults(run=_hash)

    check = actions.add_parser("check", help="say whose the token on standard input is")
    check.description = "Exit code: 0 it is accepted, 1 it is not."
    check.add_argument("settings", type=Path, metavar="SETTINGS", help="the server's settings, a TOML file")
    check.set_defaults(run=_check)


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _new(options: argparse.Namespace) -> int:
    token = new_token()
    entry: dict[str, object] = {
        "name": options.name,
        "hash": hash_token(token),
        "roles": options.roles,
        "domains": options.domains,
    }
    if options.queues:
        entry["queues"] = options.queues
    if options.agent:
        entry["agent"] = options.agent
    if options.expires_in is not None:
        ends = datetime.now(UTC) + timedelta(seconds=options.expires_in // SECOND)
        entry["expires"] = ends.replace(microsecond=0)
    try:
        read_settings({"insecure": True, "tokens": [entry]})
    except ConfigError as error:
        field = error.path.rpartition(".")[2]
        raise UsageError(f"{_OPTIONS.get(field, field)}: {error.problem}") from None
    if options.out is None:
        print(f"the token, shown this once: {token}", file=sys.stderr)
    else:
        try:
            with os.fdopen(os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"{token}\n")
        except FileExistsError:
            raise UsageError(f"--out: {str(options.out)!r} is there already; give a new file") from None
    print(tomli_w.dumps({"guard": {"tokens": [entry]}}), end="")
    return 0


def _hash(_: argparse.Namespace) -> int:
    print(hash_token(_read()))
    return 0


def _check(options: argparse.Namespace) -> int:
    guard = Guard(_settings(options.settings))
    try:
        found = guard.whose(_read())
    except Denied as error:
        print(f"not accepted: {error}")
        return 1
    print(f"name     {found.name}")
    print(f"roles    {_listed(found.roles)}")
    print(f"domains  {_listed(found.domains)}")
    print(f"queues   {_listed(found.queues)}")
    if found.agent:
        print(f"agent    {found.agent}")
    if found.expires_s != float("inf"):
        print(f"expires  {datetime.fromtimestamp(found.expires_s, UTC):%Y-%m-%dT%H:%M:%SZ}")
    return 0


def _settings(path: Path) -> GuardSettings:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: no valid TOML ({error}); correct the syntax") from None
    return read_settings(raw.get("guard", {}), path.parent)


def _listed(names: frozenset[str] | None) -> str:
    return "all" if names is None else ", ".join(sorted(names)) or "none"


def _read() -> str:
    if sys.stdin.isatty():
        print("paste the token and press Enter:", file=sys.stderr)
    return sys.stdin.readline().strip()
