"""Measures what a rehearsal supposes in the attempts of a campaign that runs, or ran: rates by hour, rings, talks.

What too few attempts would tell stays as it was supposed; every figure says what it rests on.

Owns what is made of attempts; must not know how a day is lived through.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean, pstdev
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from routing.campaigns.book import Book
from routing.durations import format_duration
from routing.errors import DataError
from routing.history.history import History
from routing.outbound.supposing import Answer, Busy, Factor, Failing, Machines, Supposed, Times, Unanswered
from routing.units import HOUR, MILLISECOND, MINUTE, SECOND

#: From fewer observations no figure is made.
LEAST: Final = 30
#: The rate of an hour is drawn to that of all hours as if so many of its attempts had that.
HOUR_WEIGHT: Final = 100
_UNDECIDED: Final = frozenset({"", "cancelled", "lost"})
_FAILED: Final = frozenset({"congestion", "carrier_error"})
_MACHINES: Final = frozenset({"machine", "fax"})
_ENGAGED: Final = frozenset({"busy", "invalid"})
_MEAN_MOST: Final = 10.0


class Measured(Struct, frozen=True):
    """What is supposed now, and in words what each measured figure rests on."""

    supposed: Supposed
    notes: tuple[str, ...]


def measure(
    book: Book,
    campaign: str,
    supposed: Supposed,
    from_ns: int,
    to_ns: int,
    *,
    starts_ns: int = 9 * HOUR,
    where: ZoneInfo | None = None,
) -> Measured:
    """Measure in the attempts of a campaign that were dialled in a span.

    Parameters
    ----------
    book : Book
        Its database.
    campaign : str
        Which.
    supposed : Supposed
        What stays where nothing can be measured: agents, their day, and what is left out below.
    from_ns, to_ns : int
        The span.
    starts_ns : int, default 9 h
        When the day begins, after midnight.
    where : ZoneInfo, optional
        Whose clock; by default that of UTC.

    Returns
    -------
    Measured
        With answer rate and its course by hour, times to an answer, of unanswered dials, of talk, shares of busy lines
        and machines, delay of detection, and carriers' failures.

    Raises
    ------
    DataError
        If the span has too few attempts to say anything.
    """
    seen = _Seen(supposed.day_ns, starts_ns, where or ZoneInfo("UTC"))
    seen.take(book.attempts(campaign, from_ns, to_ns))
    if seen.decided < LEAST:
        raise DataError(
            f"{seen.decided} attempts of {campaign} in this span are too few to measure anything; "
            f"give a span with at least {LEAST}, or leave the measuring out"
        )
    return seen.measured(supposed)


def measure_wrap_up(history: History, queue: str, measured: Measured, from_ns: int, to_ns: int) -> Measured:
    """Measure wrap-up in the history of a campaign's queue, if it has enough there. Its spread stays as supposed."""
    total_ns = number = 0
    for _, counts in history.queue_sums(from_ns, to_ns, queues=(queue,)):
        total_ns += counts.wrap_up_ns
        number += counts.wrap_ups
    if number < LEAST:
        return measured
    mean_ns = total_ns // number
    old = measured.supposed
    note = f"wrap-up {_spelled(mean_ns)} on average of {number:,}, from the history"
    return Measured(
        replace(old, wrap_up=Times(max(mean_ns, MILLISECOND), old.wrap_up.cv)), (*measured.notes, note)
    )


class _Seen:
    """Attempts, as far as they are looked at. Times are kept as seconds."""

    def __init__(self, day_ns: int, starts_ns: int, where: ZoneInfo) -> None:
        self._hours = -(-day_ns // HOUR)
        self._starts_ns = starts_ns
        self._where = where
        self.decided = 0
        self._outcomes: Counter[str] = Counter()
        self._dials: Counter[int] = Counter()
        self._persons: Counter[int] = Counter()
        self._answers = array("d")
        self._rings = array("d")
        self._engaged = array("d")
        self._talks = array("d")
        self._detections = array("d")

    def take(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look at attempts."""
        for row in rows:
            outcome = row["outcome"]
            if outcome in _UNDECIDED:
                continue
            self.decided += 1
            self._outcomes[outcome] += 1
            if outcome in _FAILED:
                continue
            hour = self._hour(row["at_ns"])
            self._dials[hour] += 1
            lasted = (row["ended_ns"] - row["at_ns"]) / SECOND
            if row["detection_ns"]:
                self._detections.append(row["detection_ns"] / SECOND)
            if outcome == "person":
                self._persons[hour] += 1
                self._answers.append((row["answered_ns"] - row["at_ns"]) / SECOND)
                if row["talk_ns"]:
                    self._talks.append(row["talk_ns"] / SECOND)
            elif outcome == "no_answer":
                self._rings.append(lasted)
            elif outcome in _ENGAGED:
                self._engaged.append(lasted)

    def measured(self, old: Supposed) -> Measured:
        """Say what was seen."""
        notes: list[str] = []
        outcomes = self._outcomes
        failed = sum(outcomes[name] for name in _FAILED)
        persons = outcomes["person"]
        machines = sum(outcomes[name] for name in _MACHINES)
        reached = self.decided - failed
        new = old
        if persons:
            rate = persons / reached
            new = replace(new, answer_rate=rate, course=self._course(rate))
            notes.append(f"answer rate {rate:.1%} of {reached:,} dials, hour by hour")
        if len(self._answers) >= LEAST:
            answer = _answer(self._answers)
            new = replace(new, answer=answer)
            late = _spelled(round(fmean(self._answers) * SECOND))
            notes.append(f"an answer comes after {late} on average, of {len(self._answers):,}")
        if len(self._rings) >= LEAST:
            least, most = _quantile(self._rings, 0.01), _quantile(self._rings, 0.99)
            new = replace(new, no_answer=Unanswered(_ns(least), _ns(most)))
            notes.append(f"unanswered dials end after {least:.1f} to {most:.1f} s, of {len(self._rings):,}")
        silent = reached - persons - machines
        if silent >= LEAST:
            engaged = len(self._engaged)
            after_ns = _ns(fmean(self._engaged)) if engaged else old.busy.after_ns
            new = replace(new, busy=Busy(engaged / silent, after_ns))
            notes.append(
                f"{engaged / silent:.1%} of {silent:,} dials that nothing answers are busy or invalid"
            )
        if reached - persons >= LEAST:
            delay_ns = _ns(fmean(self._detections)) if len(self._detections) >= LEAST else 0
            share = machines / (reached - persons)
            lost = old.machines.persons_lost if delay_ns else 0.0
            passed = old.machines.machines_passed if delay_ns else 0.0
            new = replace(new, machines=Machines(share, delay_ns, lost, passed))
            notes.append(f"machines answer {share:.1%} of {reached - persons:,} dials that no person answers")
        if len(self._talks) >= LEAST:
            mean = fmean(self._talks)
            cv = min(max(pstdev(self._talks, mean) / mean, 0.01), 10.0)
            new = replace(new, talk=Times(_ns(mean), cv))
            notes.append(
                f"talk {mean:.1f} s on average, coefficient of variation {cv:.2f}, of {len(self._talks):,}"
            )
        share = failed / self.decided
        new = replace(new, failing=(Failing(0, new.day_ns, share),) if failed else ())
        if failed:
            notes.append(f"{share:.1%} of {self.decided:,} dials fail at the carrier, spread over the day")
        return Measured(new, tuple(notes))

    def _course(self, rate: float) -> tuple[Factor, ...]:
        """Say by which factor the rate differs in each hour of the day that has dials."""
        course = []
        for hour in range(self._hours):
            dials = self._dials[hour]
            own = (self._persons[hour] + HOUR_WEIGHT * rate) / (dials + HOUR_WEIGHT)
            course.append(Factor(hour * HOUR, round(own / rate, 4)))
        return tuple(course)

    def _hour(self, at_ns: int) -> int:
        """Which hour of the day it is; negative before it begins."""
        local = datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(self._where)
        since_ns = local.hour * HOUR + local.minute * MINUTE + local.second * SECOND
        return (since_ns - self._starts_ns) // HOUR


def _answer(ages: Sequence[float]) -> Answer:
    """Fit an exponential time, cut off, above a least one, to the times to an answer.

    The mean of an exponential time of mean ``m`` below ``T`` is ``m - T / (exp(T / m) - 1)``; it grows with ``m`` up to
    ``T / 2``, and is solved for ``m`` by bisection.
    """
    least, most = _quantile(ages, 0.005), max(ages) + 0.001
    span = most - least
    wanted = max(fmean(ages) - least, span / 100)
    low, high = span / 1000, span * _MEAN_MOST
    for _ in range(60):
        middle = (low + high) / 2
        found = middle - span / math.expm1(span / middle)
        low, high = (middle, high) if found < wanted else (low, middle)
    return Answer(_ns(least), _ns(high), _ns(most))


def _quantile(values: Sequence[float], share: float) -> float:
    """Give the value below which about this share lies. O(n log n)."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _ns(seconds: float) -> int:
    """Round to milliseconds."""
    return max(round(seconds * 1000) * MILLISECOND, MILLISECOND)


def _spelled(ns: int) -> str:
    return format_duration(round(ns / (SECOND // 10)) * (SECOND // 10))
