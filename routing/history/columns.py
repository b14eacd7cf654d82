"""The columns of an export: exact integers as they were counted, then what is computed from them.

Which columns there are follows from what was asked, not from what was found; only reasons for not being ready are
added as they occur (``not_ready_ns.REASON``).

Owns names and order; must not know formats of files.
"""

from typing import Any, Final

from msgspec.structs import asdict

from routing.history.figures import Figures
from routing.history.local import shown
from routing.history.report import Line, Report
from routing.history.tables import AGENT_COUNTS, QUEUE_COUNTS
from routing.statistics.outcomes import CodeCounts
from routing.statistics.shapes import AgentCounts, QueueCounts

#: What can be told by time of arrival.
ARRIVAL_COUNTS: Final = tuple(
    name
    for name in QUEUE_COUNTS
    if name.startswith("contact")
    or name in {"segments", "transferred", "talk_ns", "hold_ns", "wrap_ups", "wrap_up_ns"}
)
CODE_COUNTS: Final = CodeCounts.__struct_fields__
TEXTS: Final = frozenset({"start", "end", "queue", "channel", "agent", "code"})
_WHOLE: Final = frozenset(
    {*QUEUE_COUNTS, *CODE_COUNTS, *AGENT_COUNTS, "start_ns", "end_ns", "log_in_ns", "log_out_ns"}
)


def kind(column: str) -> type:
    """Tell what a column holds: text, whole numbers or ratios and means.

    >>> [kind(name).__name__ for name in ("queue", "answered", "asa_s", "agents.occupancy", "not_ready_ns.lunch")]
    ['str', 'int', 'float', 'float', 'int']
    """
    name = column.removeprefix("agents.")
    if name in TEXTS:
        return str
    return int if name in _WHOLE or name.startswith("not_ready_ns.") else float


def table(report: Report) -> list[dict[str, Any]]:
    """Give the lines of a report as records that all have the same columns; the total is none of them."""
    people = (line.people for line in report.lines if line.people is not None)
    reasons = sorted({reason for one in people for reason in one.not_ready_by})
    return [_record(report, line, reasons) for line in report.lines]


def names(report: Report) -> list[str]:
    """Give the columns of a report, also of one without lines."""
    found = table(report)
    return list(found[0] if found else _record(report, Line(), []))


def _record(report: Report, line: Line, reasons: list[str]) -> dict[str, Any]:
    question = report.question
    record: dict[str, Any] = {}
    if report.parted:
        record["start"] = shown(line.start_ns, question.where)
        record["end"] = shown(line.end_ns, question.where)
        record["start_ns"], record["end_ns"] = line.start_ns, line.end_ns
    if question.by == "agent":
        return record | {"agent": line.agent} | _sessions(report, line) | _people(report, line, reasons)
    if question.by == "queue":
        record |= {"queue": line.queue, "channel": line.channel}
    if question.by == "code":
        told = line.codes or CodeCounts()
        record |= {"code": line.code} | asdict(told)
        return record | {"disposition_share": report.code_share(line)}
    counts = line.counts or QueueCounts()
    columns = QUEUE_COUNTS if question.basis == "happened" else ARRIVAL_COUNTS
    record |= {name: getattr(counts, name) for name in columns}
    record |= report.queue_figures(line)
    if question.by == "interval" and question.queues is None and question.channels is None:
        span_ns = line.end_ns - line.start_ns
        mean = line.people.staffed_ns / span_ns if line.people and span_ns else None
        found = {"mean": mean} | _people(report, line, reasons)
        record |= {f"agents.{name}": value for name, value in found.items()}
    return record


def _sessions(report: Report, line: Line) -> dict[str, int | None]:
    if report.parted:
        return {}
    return {"log_in_ns": line.log_in_ns or None, "log_out_ns": line.log_out_ns or None}


def _people(report: Report, line: Line, reasons: list[str]) -> dict[str, Any]:
    people = line.people or AgentCounts()
    found: dict[str, Any] = {name: getattr(people, name) for name in AGENT_COUNTS}
    found |= {f"not_ready_ns.{reason}": people.not_ready_by.get(reason, 0) for reason in reasons}
    figures: Figures = report.agent_figures(line)
    return found | figures
