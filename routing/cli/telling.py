"""How the commands that simulate say what they found, and what it rests on.

Owns printing of simulations; must not know options.
"""

import sys
from typing import Any, Final

import msgspec

from routing.errors import DataError
from routing.simulation.calls import CallLog
from routing.simulation.report import Report
from routing.simulation.study import Simulation

_BAD_ROWS_SHOWN: Final = 10


def tell_bad_rows(log: CallLog, name: str) -> None:
    """Report columns that are not read and rows that were left out; when nothing else is left, give up."""
    name = "standard input" if name == "-" else name
    for column in log.unread[:_BAD_ROWS_SHOWN]:
        print(f"huntgroup: {name}, line {column.line}: {column.reason}", file=sys.stderr)
    more = len(log.unread) - _BAD_ROWS_SHOWN
    if more > 0:
        print(f"huntgroup: {name}: {more:,} more columns are not read", file=sys.stderr)
    for row in log.bad_rows[:_BAD_ROWS_SHOWN]:
        print(f"huntgroup: {name}, line {row.line}: {row.reason}; the row is left out", file=sys.stderr)
    more = log.bad_row_count - _BAD_ROWS_SHOWN
    if more > 0:
        print(f"huntgroup: {name}: {more:,} more rows are left out", file=sys.stderr)
    if log.bad_row_count and not log.calls:
        raise DataError(f"{name}: no row could be used; see the reasons above")


def notes(done: Simulation, log: CallLog) -> list[str]:
    """Say in words what the figures rest on."""
    size = len(done.workload.calls)
    lines = []
    if not size:
        lines.append("There are no calls.")
    lines.append(f"Staffing: {_STAFFING[done.plan.staffing]}")
    if done.plan.strangers:
        names = ", ".join(sorted(done.plan.strangers)[:5])
        lines.append(
            f"The log shows {len(done.plan.strangers):,} agents whom the configuration lacks ({names}); "
            f"they are left out ({sum(done.plan.strangers.values()):,} services)."
        )
    if done.workload.patience_drawn:
        lines.append(
            f"Patience of {done.workload.patience_drawn:,} of {size:,} callers is drawn, by the seed."
        )
    if done.workload.service_drawn:
        lines.append(
            f"Service time of {done.workload.service_drawn:,} of {size:,} calls is drawn, by the seed."
        )
    lines += [f"{count:,} rows are no calls to a queue: {kind}." for kind, count in log.skipped.items()]
    if log.bad_row_count:
        lines.append(f"{log.bad_row_count:,} rows are wrong and were left out.")
    lines += [f"The engine refused {count:,} calls: {why}." for why, count in done.result.refusals.items()]
    lines.append(f"Digest {done.result.digest:016x}.")
    return lines


_STAFFING: Final = {
    "shifts": "agents come and go by the configured shifts.",
    "log": "agents come and go as the log shows them at work.",
    "all": "every agent is there all the time.",
}


def print_json(found: Report, about: dict[str, Any], done: Simulation, log: CallLog) -> None:
    """Print a report with what it rests on as JSON."""
    document = {
        **msgspec.to_builtins(found),
        **about,
        "staffing": done.plan.staffing,
        "bad_rows": log.bad_row_count,
        "skipped_rows": log.skipped,
        "unknown_agents": done.plan.strangers,
        "service_drawn": done.workload.service_drawn,
        "patience_drawn": done.workload.patience_drawn,
        "refusals": done.result.refusals,
        "commands": done.result.commands,
        "events": done.result.events,
        "digest": f"{done.result.digest:016x}",
    }
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
