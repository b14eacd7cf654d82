"""Shows a report as aligned tables.

Owns how figures look; must not know how they are reckoned, nor where they are printed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table

from routing.history.cells import NOTHING, grid, hms, percent, spell_ns, whole
from routing.history.local import shown
from routing.history.report import Line, Report
from routing.statistics.outcomes import CodeCounts
from routing.statistics.shapes import AgentCounts, QueueCounts
from routing.units import DAY, HOUR, SECOND

Cell = Callable[[Line], str]
Columns = list[tuple[str, Cell]]


def render(report: Report, *, narrow: bool = False) -> RenderableType:
    """Lay a report out.

    Parameters
    ----------
    report : Report
        What is shown.
    narrow : bool
        Leave out what does not fit into eighty columns.
    """
    question = report.question
    span = f"{shown(question.from_ns, question.where)} to {shown(question.to_ns, question.where)}"
    title = f"By {question.by}, {span} ({question.where.key})"
    if question.basis == "arrival":
        title += ", contacts by arrival"
    if not report.lines:
        return Group(title, "", "There is nothing in this span.")
    keys = _keys(report)
    if question.by == "code":
        return Group(_table(report, title, keys, _codes(report, narrow)), "")
    parts: list[RenderableType] = [_table(report, title, keys, _columns(report, narrow))]
    if question.by == "agent":
        parts.append(_table(report, "", keys[-1:] if narrow else keys, _work(report)))
        if reasons := sorted((report.total.people or AgentCounts()).not_ready_by):
            parts.append(_table(report, "Not ready, by reason", keys, [_reason(name) for name in reasons]))
    return Group(*(item for part in parts for item in (part, "")))


def _codes(report: Report, narrow: bool) -> Columns:
    def field(name: str) -> Cell:
        return lambda line: whole(getattr(line.codes or CodeCounts(), name))

    columns: Columns = [
        ("said", field("dispositions")),
        ("%", lambda line: percent(report.code_share(line))),
        ("contacts", field("contacts")),
        ("resolved", field("resolved")),
        ("unresolved", field("unresolved")),
        ("closed", field("closed")),
        ("call-back", field("call_back")),
    ]
    if narrow:
        return columns
    more = ("follow_ups", "automatic", "unknown", "corrections")
    return [*columns, *((name.replace("_", "-"), field(name)) for name in more)]


def _columns(report: Report, narrow: bool) -> Columns:
    if report.question.by == "agent":
        return _presence(report, narrow)
    columns = _service(report, narrow)
    if any(line.people is not None for line in report.lines):
        columns += [
            ("agents", lambda line: _mean(line)),
            ("occupancy", lambda line: percent(report.agent_figures(line)["occupancy"])),
        ]
    return columns


def _service(report: Report, narrow: bool) -> Columns:
    def volume(place: int) -> Cell:
        return lambda line: whole(report.volumes(line)[place])

    def field(name: str) -> Cell:
        return lambda line: whole(getattr(line.counts or QueueCounts(), name))

    def time(name: str) -> Cell:
        return lambda line: hms(report.queue_figures(line)[name])

    def share(name: str) -> Cell:
        return lambda line: percent(report.queue_figures(line)[name])

    visits = report.counted == "visits"
    columns = [
        ("offered", volume(0)),
        ("answered", volume(1)),
        ("abandoned", volume(2)),
        ("%", share("abandoned_share")),
        ("in time", share("service_level")),
        ("ASA", time("asa_s")),
    ]
    if visits:
        columns.append(("longest", lambda line: spell_ns((line.counts or QueueCounts()).wait_max_ns)))
    columns.append(("AHT", time("aht_s")))
    if narrow:
        return columns
    columns += [
        ("talk", time("talk_s")),
        ("hold", time("hold_s")),
        ("wrap-up", time("acw_s")),
        ("transferred", field("transferred")),
    ]
    return [*columns, ("overflowed", field("overflowed"))] if visits else columns


def _presence(report: Report, narrow: bool) -> Columns:
    """Where the time of an agent went."""

    def time(name: str) -> Cell:
        return lambda line: spell_ns(getattr(line.people or AgentCounts(), name))

    def share(name: str) -> Cell:
        return lambda line: percent(report.agent_figures(line)[name])

    question = report.question
    one_day = question.to_ns - question.from_ns <= DAY + 2 * HOUR
    columns: Columns = []
    if not report.parted and not narrow:
        columns += [
            ("log-in", lambda line: _clock(line.log_in_ns, question.where, one_day)),
            ("log-out", lambda line: _clock(line.log_out_ns, question.where, one_day)),
        ]
    columns += [
        ("staffed", time("staffed_ns")),
        ("ready", lambda line: spell_ns(_ready_ns(line.people or AgentCounts()))),
        ("not ready", time("not_ready_ns")),
        ("ringing", time("ringing_ns")),
        ("talking", time("talking_ns")),
        ("holding", time("holding_ns")),
        ("wrap-up", time("wrap_up_ns")),
        ("idle", time("idle_ns")),
        ("occupancy", share("occupancy")),
    ]
    return columns if narrow else [*columns, ("utilisation", share("utilisation"))]


def _work(report: Report) -> Columns:
    """What an agent was offered and did."""

    def count(name: str) -> Cell:
        return lambda line: whole(getattr(line.people or AgentCounts(), name))

    def mean(name: str) -> Cell:
        return lambda line: hms(report.agent_figures(line)[name])

    counted = ("offers", "accepted", "missed", "rejected", "segments", "handled", "transferred")
    return [
        *((name, count(name)) for name in counted),
        ("AHT", mean("aht_s")),
        ("talk", mean("talk_s")),
        ("hold", mean("hold_s")),
        ("wrap-up", mean("acw_s")),
    ]


def _reason(name: str) -> tuple[str, Cell]:
    return name or "(none)", lambda line: spell_ns((line.people or AgentCounts()).not_ready_by.get(name, 0))


def _keys(report: Report) -> Columns:
    question = report.question
    columns: Columns = []
    if report.parted:
        columns.append(("from", lambda line: shown(line.start_ns, question.where).replace("T", " ")))
    if question.by == "queue":
        columns += [("queue", lambda line: line.queue), ("channel", lambda line: line.channel)]
    elif question.by == "agent":
        columns.append(("agent", lambda line: line.agent))
    elif question.by == "code":
        columns.append(("code", lambda line: line.code))
    return columns


def _table(report: Report, title: str, keys: Columns, columns: Columns) -> Table:
    table = grid(title, [name for name, _ in keys], [name for name, _ in columns])
    for line in report.lines:
        table.add_row(*(cell(line) for _, cell in (*keys, *columns)))
    if len(report.lines) > 1:
        table.add_section()
        total = ["total", *([""] * (len(keys) - 1))]
        table.add_row(*total, *(cell(report.total) for _, cell in columns))
    return table


def _ready_ns(people: AgentCounts) -> int:
    return people.staffed_ns - people.not_ready_ns


def _mean(line: Line) -> str:
    span_ns = line.end_ns - line.start_ns
    return f"{line.people.staffed_ns / span_ns:.1f}" if line.people and span_ns else NOTHING


def _clock(at_ns: int, where: ZoneInfo, one_day: bool) -> str:
    if not at_ns:
        return NOTHING
    local = datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(where)
    return local.strftime("%H:%M:%S" if one_day else "%Y-%m-%d %H:%M")
