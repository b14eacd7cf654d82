"""Reports: the lines of a span by queue, agent, disposition code or interval of local time, and their total.

Owns how rows become lines; must not know how lines are shown or written.
"""

from collections.abc import Iterable
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from routing.errors import UsageError
from routing.history.figures import Counted, Figures, agent_figures, queue_figures, volumes
from routing.history.history import History, Names
from routing.history.local import LocalIntervals
from routing.statistics.intervals import Period
from routing.statistics.metrics import agents_total, total, total_codes
from routing.statistics.metrics.ratios import share
from routing.statistics.outcomes import CodeCounts
from routing.statistics.shapes import AgentCounts, QueueCounts
from routing.units import DAY, MINUTE, SECOND

By = Literal["queue", "agent", "interval", "code"]
Basis = Literal["happened", "arrival"]
#: Half hours are what the trade looks at.
DEFAULT_INTERVAL_NS: Final = 30 * MINUTE
_GRAIN_NS: Final = 15 * MINUTE


class Question(Struct, frozen=True, kw_only=True):
    """What is asked; ``interval_ns`` None: the span is not parted (by interval: into half hours).

    ``level`` is the definition of service level (`routing.history.figures.LEVELS`).
    ``basis`` "happened": what happened in the span; "arrival": what became of the contacts that arrived in it.
    """

    from_ns: int
    to_ns: int
    by: By
    where: ZoneInfo
    interval_ns: int | None = None
    basis: Basis = "happened"
    queues: Names = None
    channels: Names = None
    agents: Names = None
    short_abandon_ns: int = 5 * SECOND
    level: str = "of_offered"


class Line(Struct):
    """One line: exact counts; what it is not about is empty, 0 or None."""

    start_ns: int = 0
    end_ns: int = 0
    queue: str = ""
    channel: str = ""
    agent: str = ""
    code: str = ""
    counts: QueueCounts | None = None
    codes: CodeCounts | None = None
    people: AgentCounts | None = None
    log_in_ns: int = 0  # the first in the span, of finished sessions
    log_out_ns: int = 0  # the last


class Report(Struct, frozen=True):
    """Lines in the order of interval, queue and channel, agent or code."""

    question: Question
    lines: list[Line]
    total: Line

    @property
    def parted(self) -> bool:
        """Whether lines are of intervals."""
        return self.question.by == "interval" or self.question.interval_ns is not None

    @property
    def counted(self) -> Counted:
        """By queue, what happened is counted by visit; everything else by contact, each once."""
        return "visits" if self.question.by == "queue" and self.question.basis == "happened" else "contacts"

    def volumes(self, line: Line) -> tuple[int, int, int]:
        """Tell offered, answered and abandoned of a line."""
        return volumes(line.counts or QueueCounts(), self.counted)

    def queue_figures(self, line: Line) -> Figures:
        """Tell the figures of the counts of a line."""
        return queue_figures(line.counts or QueueCounts(), self.counted, self.question.level)

    def code_share(self, line: Line) -> float | None:
        """Tell which share of all dispositions is of the code of a line."""
        return share(
            (line.codes or CodeCounts()).dispositions, (self.total.codes or CodeCounts()).dispositions
        )

    def agent_figures(self, line: Line) -> Figures:
        """Tell the figures of a line's agents."""
        return agent_figures(line.people or AgentCounts())


class _Gathered(Struct):
    """A line whose counts are still to be added up."""

    line: Line
    counts: list[QueueCounts] = []
    codes: list[CodeCounts] = []
    people: list[AgentCounts] = []


Lines = dict[tuple[int, str, str], _Gathered]


def make_report(history: History, question: Question) -> Report:
    """Ask a history.

    Raises
    ------
    UsageError
        If filters do not fit what is asked, or the stored rows are coarser than the interval.
    """
    if question.by == "agent":
        if question.queues or question.channels:
            raise UsageError(
                "--by agent knows no queue or channel: the time of an agent is not parted among them"
            )
        if question.basis == "arrival":
            raise UsageError("--basis arrival is about contacts; leave it out with --by agent")
    elif question.by == "code":
        if question.basis == "arrival":
            raise UsageError("--basis arrival is about queues; leave it out with --by code")
    elif question.agents:
        raise UsageError(f"--agent chooses lines of --by agent; leave it out with --by {question.by}")
    parted = question.by == "interval" or question.interval_ns is not None
    intervals = (
        LocalIntervals(question.interval_ns or DEFAULT_INTERVAL_NS, question.where) if parted else None
    )
    if intervals is not None and question.basis == "happened" and question.by != "code":
        _check_grain(history, question, intervals.interval_ns)
    lines: Lines = {}
    if question.by == "code":
        _count_codes(history, question, intervals, lines)
    elif question.by != "agent":
        _count_queues(history, question, intervals, lines)
    if question.by == "agent" or (question.by == "interval" and _all_work(question)):
        _count_agents(history, question, intervals, lines)
    ordered = [_line(lines[key]) for key in sorted(lines)]
    if question.by == "agent" and not parted:
        _add_sessions(history, question, ordered)
    every = _Gathered(Line())
    for one in ordered:
        every.counts += [one.counts] if one.counts is not None else []
        every.codes += [one.codes] if one.codes is not None else []
        every.people += [one.people] if one.people is not None else []
    return Report(question, ordered, _line(every))


def _all_work(question: Question) -> bool:
    return question.queues is None and question.channels is None


def _count_queues(
    history: History, question: Question, intervals: LocalIntervals | None, lines: Lines
) -> None:
    by = (*(("start_ns",) if intervals else ()), *(("queue", "channel") if question.by == "queue" else ()))
    span = (question.from_ns, question.to_ns)
    sums = (
        history.queue_sums(*span, by=by, queues=question.queues, channels=question.channels)
        if question.basis == "happened"
        else history.by_arrival(
            *span,
            _GRAIN_NS,
            by=by,
            queues=question.queues,
            channels=question.channels,
            short_abandon_ns=question.short_abandon_ns,
        )
    )
    for key, counts in sums:
        interval, rest = _interval(key, intervals)
        queue, channel = rest or ("", "")
        line = Line(interval.start_ns, interval.end_ns, queue, channel)
        lines.setdefault((interval.start_ns, queue, channel), _Gathered(line)).counts.append(counts)


def _count_agents(
    history: History, question: Question, intervals: LocalIntervals | None, lines: Lines
) -> None:
    by = (*(("start_ns",) if intervals else ()), *(("agent",) if question.by == "agent" else ()))
    for key, people in history.agent_sums(question.from_ns, question.to_ns, by=by, agents=question.agents):
        interval, rest = _interval(key, intervals)
        agent = rest[0] if rest else ""
        line = Line(interval.start_ns, interval.end_ns, agent=agent)
        lines.setdefault((interval.start_ns, agent, ""), _Gathered(line)).people.append(people)


def _count_codes(
    history: History, question: Question, intervals: LocalIntervals | None, lines: Lines
) -> None:
    told = history.outcomes.codes(
        question.from_ns,
        question.to_ns,
        by=(*(("start_ns",) if intervals else ()), "code"),
        interval_ns=_GRAIN_NS,
        queues=question.queues,
        channels=question.channels,
        agents=question.agents,
    )
    for key, counts in told:
        interval, (code,) = _interval(key, intervals)
        line = Line(interval.start_ns, interval.end_ns, code=code)
        lines.setdefault((interval.start_ns, code, ""), _Gathered(line)).codes.append(counts)


def _line(gathered: _Gathered) -> Line:
    line = gathered.line
    line.counts = total(gathered.counts) if gathered.counts else None
    line.codes = total_codes(gathered.codes) if gathered.codes else None
    line.people = agents_total(gathered.people) if gathered.people else None
    return line


def _interval(key: tuple[Any, ...], intervals: LocalIntervals | None) -> tuple[Period, tuple[str, ...]]:
    """Part a key into the local interval of its start, and the names."""
    return (Period(0, 0), key) if intervals is None else (intervals.of(key[0]), key[1:])


def _add_sessions(history: History, question: Question, lines: Iterable[Line]) -> None:
    by_agent = {line.agent: line for line in lines}
    for session in history.sessions(question.from_ns, question.to_ns, agents=question.agents):
        line = by_agent.get(session.agent)
        if line is not None:
            line.log_in_ns = min(line.log_in_ns or session.log_in_ns, session.log_in_ns)
            line.log_out_ns = max(line.log_out_ns, session.log_out_ns)


def _check_grain(history: History, question: Question, interval_ns: int) -> None:
    grain_ns = history.grain_ns(question.from_ns, question.to_ns)
    if interval_ns != DAY and grain_ns > interval_ns:
        raise UsageError(
            f"rows of this span are as long as {grain_ns // MINUTE} minutes, so they cannot be told by "
            f"{interval_ns // MINUTE}; choose a longer --interval, or --basis arrival"
        )
