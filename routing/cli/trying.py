"""``huntgroup what-if``: what a new configuration would change for those who wait.

Owns its options and its text; must not know how it is found.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from routing.cli.printing import load_config, make_console
from routing.commands import Configure
from routing.config import format_duration, parse_duration
from routing.engine import Engine
from routing.errors import DataError, HuntgroupError
from routing.events import Reason
from routing.whatif import AgentChange, Change, DryRun, Standing, dry_run

#: So many contacts and agents are shown one by one.
_SHOWN: Final = 20


def add_what_if(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Take a running centre's snapshot and a new configuration, and tell what would change for the contacts that "
        "wait or ring. Nothing is changed anywhere: it is tried on a copy."
    )
    parser.add_argument("snapshot", metavar="SNAPSHOT", help="a file with what Engine.snapshot() returned")
    parser.add_argument("config", metavar="CONFIG", help="the new centre: a TOML, YAML or JSON file")
    parser.add_argument(
        "--horizon",
        type=_duration,
        default=0,
        metavar="TIME",
        help="let so much time pass after it, without any command, as 10m (default 0s)",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.set_defaults(run=_what_if)


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _what_if(options: argparse.Namespace) -> int:
    try:
        engine = Engine.restore(Path(options.snapshot).read_bytes())
    except HuntgroupError as error:
        raise DataError(f"{options.snapshot}: {error}") from error
    done = dry_run(engine, Configure(load_config(options.config)), horizon_ns=options.horizon)
    if done.refusal is not None and done.refusal.reason is not Reason.ALREADY_SO:
        raise DataError(f"{options.config}: {done.refusal.detail or done.refusal.reason.value}")
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(done), indent=2).decode())
        return 0
    console = make_console()
    for line in told(done):
        console.print(line, soft_wrap=True)
    return 0


def told(done: DryRun) -> list[str]:
    """Put a dry run into words."""
    totals = done.totals
    lines = [
        f"{totals.contacts:,} contacts wait or ring; it makes a difference for {totals.changed:,} of them."
    ]
    if done.refusal is not None:
        return [*lines, "The configuration is the one that is in force."]
    lines += [
        f"  {count:>7,}  {words}"
        for count, words in (
            (totals.offered, "are offered to somebody at once"),
            (totals.ended, "end"),
            (totals.overflowed, "overflow"),
            (totals.moved, "change places in the order"),
            (totals.widened, "can be served by somebody more"),
            (totals.narrowed, "can be served by somebody less"),
            (totals.stranded, "can be served by nobody who is logged in any more"),
        )
        if count
    ]
    lines += _listed("Contacts", [_contact(one) for one in done.changes])
    lines += _listed("Agents", [_agent(one) for one in done.agents])
    return lines


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  {len(lines) - _SHOWN:,} more; --json has all of them"] if len(lines) > _SHOWN else []
    return ["", title, *(f"  {line}" for line in lines[:_SHOWN]), *more]


def _contact(change: Change) -> str:
    old, new = change.without, change.given
    parts = [f"overflows from {one.queue} to {one.to_queue or one.to} ({one.cause})" for one in new.overflows]
    if new.state == "ended":
        return f"{change.contact}: {', '.join([*parts, f'ends ({new.outcome})'])}"
    if old is None or old.key is None or new.key is None:
        before = old.state if old is not None else "not there"
        return f"{change.contact}: {', '.join([*parts, f'{before} -> {new.state}'])}"
    parts += _differences(change, old, new)
    return f"{change.contact}: {', '.join(parts) or ', '.join(change.differs)}"


def _differences(change: Change, old: Standing, new: Standing) -> list[str]:
    parts: list[str] = []
    if old.lead_queue != new.lead_queue:
        parts.append(f"waits by {new.lead_queue} instead of {old.lead_queue}")
    if change.passed:
        many = abs(change.passed)
        word = "forward" if change.passed > 0 else "back"
        parts.append(f"{many:,} place{'s' * (many != 1)} {word}")
    elif old.key is not None and new.key is not None and old.key[:2] != new.key[:2]:
        parts.append(_rank(old.key[0], old.key[1], new.key[0], new.key[1]))
    if change.gained or change.lost:
        parts.append(f"{old.reach:,} -> {new.reach:,} agents who can serve it")
    if old.ringing != new.ringing:
        parts.append(f"rings at {', '.join(new.ringing) or 'nobody'}")
    for visit in new.visits:
        before = next((one for one in old.visits if one.queue == visit.queue), None)
        if before is not None and before.step != visit.step:
            parts.append(f"step {before.step} -> {visit.step} in {visit.queue}")
    return parts


def _rank(old_tier: int, old_ns: int, tier: int, ns: int) -> str:
    if tier != old_tier:
        return f"tier {old_tier} -> {tier}"
    return f"rank {format_duration(abs(ns - old_ns))} {'later' if ns > old_ns else 'earlier'}"


def _agent(change: AgentChange) -> str:
    parts = [f"joins {', '.join(change.joins)}"] if change.joins else []
    parts += [f"leaves {', '.join(change.leaves)}"] if change.leaves else []
    return f"{change.agent}{'' if change.logged_in else ' (not logged in)'}: {'; '.join(parts)}"
