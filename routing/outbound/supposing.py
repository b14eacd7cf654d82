"""What a rehearsal supposes: agents, how the called behave, how long everything takes; the table ``simulation``.

It stands in the file of campaigns, where a dialer passes it over. The defaults are the day that pacing is measured in
(docs/rehearsal.md).

Owns the shape of that table, its checks, and how it is spelled; must not know how a day is lived through.
"""

import os
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from routing.config import text
from routing.config.files import load_with
from routing.config.shape import to_struct
from routing.durations import format_duration
from routing.errors import ConfigError
from routing.model import Duration
from routing.units import HOUR, MINUTE, SECOND

#: The name of the table.
TABLE: Final = "simulation"
_AGENTS_MAX: Final = 100_000
_RECORDS_MAX: Final = 100_000_000
_CV_MAX: Final = 10.0
_DAY_MAX_NS: Final = 12 * HOUR


class Times(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Lognormal times: their mean and coefficient of variation."""

    mean_ns: Duration = field(name="mean")
    cv: float


class Answer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When somebody answers: ``least`` and an exponential time of this mean, but before ``most``."""

    least_ns: Duration = field(default=5 * SECOND, name="least")
    mean_ns: Duration = field(default=8 * SECOND, name="mean")
    most_ns: Duration = field(default=25 * SECOND, name="most")


class Unanswered(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a dial that nobody answers ends: evenly between these, and never after the campaign's ring time."""

    least_ns: Duration = field(default=20 * SECOND, name="least")
    most_ns: Duration = field(default=25 * SECOND, name="most")


class Busy(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Busy lines: their share of dials that nobody answers, and when that is known."""

    share: float = 0.1
    after_ns: Duration = field(default=3 * SECOND, name="after")


class Factor(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From so long after the day's start on, the answer rate is multiplied by this."""

    from_ns: Duration = field(name="from")
    factor: float


class Absence(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A share of agents is away from so long after the day's start on, for this long."""

    share: float = 0.2
    from_ns: Duration = field(default=4 * HOUR + 48 * MINUTE, name="from")
    length_ns: Duration = field(default=HOUR, name="length")


class Machines(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Answering machines and their detection.

    Parameters
    ----------
    share : float, default 0
        Of dials that no person answers.
    delay_ns : int, default 0
        How long detection takes on average, of everything that answers; 0: there is none.
    persons_lost, machines_passed : float, default 0
        The share of persons taken for machines, who count as abandoned; and of machines taken for persons.
    """

    share: float = 0.0
    delay_ns: Duration = field(default=0, name="delay")
    persons_lost: float = 0.0
    machines_passed: float = 0.0


class Failing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Between two places of the day a share of dials fails at the carrier."""

    from_ns: Duration = field(name="from")
    until_ns: Duration = field(name="until")
    share: float


class Supposed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that is supposed of a day.

    Parameters
    ----------
    agents : int, default 20
        How many come.
    answer_rate : float, default 0.3
        P(a person answers | dial), before ``course``.
    course : tuple of Factor
        How that changes over the day.
    records : int, default 0
        How many are on the list. 0: it has no end.
    day_ns, log_in_ns : int, default 8 h, 10 min
        How long is dialled; over how long log-ins spread at its beginning.
    break_ns : int, default 15 min
        Of each agent, once, at an instant that nobody announces. 0: none.
    away : Absence
        Who is away for longer.
    talk, wrap_up, answer, no_answer, busy, machines, failing
        As they say.
    inbound : float, default 0
        Calls an hour to the same agents, who take these first.
    closing_ns : int, default 0
        So long before the end of wrap-up agents say that they are closing. 0: they never do.
    """

    agents: Annotated[int, Meta(ge=1, le=_AGENTS_MAX)] = 20
    answer_rate: float = 0.3
    course: tuple[Factor, ...] = (
        Factor(3 * HOUR, 0.5),
        Factor(4 * HOUR + 30 * MINUTE, 1.0),
        Factor(5 * HOUR + 30 * MINUTE, 1.5),
        Factor(6 * HOUR + 30 * MINUTE, 1.0),
    )
    records: Annotated[int, Meta(ge=0, le=_RECORDS_MAX)] = 0
    day_ns: Duration = field(default=8 * HOUR, name="day")
    log_in_ns: Duration = field(default=10 * MINUTE, name="log_in")
    break_ns: Duration = field(default=15 * MINUTE, name="break")
    away: Absence = Absence()
    talk: Times = Times(120 * SECOND, 0.8)
    wrap_up: Times = Times(20 * SECOND, 0.5)
    answer: Answer = Answer()
    no_answer: Unanswered = Unanswered()
    busy: Busy = Busy()
    machines: Machines = Machines()
    failing: tuple[Failing, ...] = ()
    inbound: float = 0.0
    closing_ns: Duration = field(default=0, name="closing")


def load_supposed(path: str | os.PathLike[str]) -> Supposed:
    """Read the table ``simulation`` of a file of campaigns; without one, all is as by default.

    Raises
    ------
    ConfigError
        If anything in it is wrong.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads_supposed)


def loads_supposed(document: str | bytes, fmt: str) -> Supposed:
    r"""Read the table ``simulation`` of a file given as text.

    Examples
    --------
    >>> found = loads_supposed('[simulation]\nagents = 5\ntalk = {mean = "3m", cv = 1.0}', "toml")
    >>> found.agents, found.talk.mean_ns // SECOND, found.answer_rate
    (5, 180, 0.3)
    >>> loads_supposed('simulation: {answer_rate: 30}', "yaml")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: simulation.answer_rate: 30.0 is not in 0..1 without 0; write 0.3 for 30 %
    """
    raw = text.read(document, fmt)
    table = raw.get(TABLE, {}) if isinstance(raw, dict) else {}
    try:
        return check_supposed(to_struct(table, Supposed))
    except ConfigError as error:
        path = f"{TABLE}.{error.path}" if error.path else TABLE
        raise ConfigError(path, error.problem) from None


def check_supposed(supposed: Supposed) -> Supposed:
    """Return what can be lived through.

    Raises
    ------
    ConfigError
        For the first value that cannot: shares outside of 0..1, times that are none, a course that goes back.
    """
    if not 0 < supposed.answer_rate <= 1:
        raise ConfigError(
            "answer_rate", f"{supposed.answer_rate!r} is not in 0..1 without 0; write 0.3 for 30 %"
        )
    for path, share in (
        ("away.share", supposed.away.share),
        ("busy.share", supposed.busy.share),
        ("machines.share", supposed.machines.share),
        ("machines.persons_lost", supposed.machines.persons_lost),
        ("machines.machines_passed", supposed.machines.machines_passed),
        *((f"failing[{place}].share", one.share) for place, one in enumerate(supposed.failing)),
    ):
        if not 0 <= share <= 1:
            raise ConfigError(path, f"{share!r} is not in 0..1; write 0.2 for 20 %")
    if (
        supposed.machines.persons_lost or supposed.machines.machines_passed
    ) and not supposed.machines.delay_ns:
        raise ConfigError(
            "machines.delay",
            "0s means that nothing is detected, so nobody is mistaken either; say how long it takes",
        )
    if not 0 <= supposed.inbound < float("inf"):
        raise ConfigError("inbound", f"{supposed.inbound!r} calls an hour cannot come; give 0 or more")
    _check_times(supposed)
    return supposed


def _check_times(supposed: Supposed) -> None:
    day_ns = supposed.day_ns
    if not MINUTE <= day_ns <= _DAY_MAX_NS:
        raise ConfigError("day", f"{format_duration(day_ns)} is not in 1m..12h; correct it")
    for name, times in (("talk", supposed.talk), ("wrap_up", supposed.wrap_up)):
        if times.mean_ns <= 0:
            raise ConfigError(f"{name}.mean", "takes no time at all; give at least '1ms'")
        if not 0 < times.cv <= _CV_MAX:
            raise ConfigError(f"{name}.cv", f"{times.cv!r} is not in 0..{_CV_MAX:g} without 0; correct it")
    answer, ring = supposed.answer, supposed.no_answer
    if answer.mean_ns <= 0:
        raise ConfigError("answer.mean", "takes no time at all; give at least '1ms'")
    if answer.most_ns <= answer.least_ns:
        most, least = format_duration(answer.most_ns), format_duration(answer.least_ns)
        raise ConfigError("answer.most", f"{most} is not above least ({least}); raise it")
    if ring.most_ns < ring.least_ns:
        most, least = format_duration(ring.most_ns), format_duration(ring.least_ns)
        raise ConfigError("no_answer.most", f"{most} is below least ({least}); raise it")
    before_ns = -1
    for place, factor in enumerate(supposed.course):
        if factor.from_ns <= before_ns:
            raise ConfigError(
                f"course[{place}].from",
                f"{format_duration(factor.from_ns)} is not after the one before; sort them",
            )
        if not 0 <= factor.factor < float("inf"):
            raise ConfigError(f"course[{place}].factor", f"{factor.factor!r} is no factor; give 0 or more")
        before_ns = factor.from_ns
    for place, one in enumerate(supposed.failing):
        if one.until_ns <= one.from_ns:
            until = format_duration(one.until_ns)
            raise ConfigError(f"failing[{place}].until", f"{until} is not after from; raise it")


__all__ = [
    "TABLE",
    "Absence",
    "Answer",
    "Busy",
    "Factor",
    "Failing",
    "Machines",
    "Supposed",
    "Times",
    "Unanswered",
    "check_supposed",
    "load_supposed",
    "loads_supposed",
]
