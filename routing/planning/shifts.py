"""What shifts there may be: their starts, lengths and breaks, who may work them, and what they cost.

All times are whole minutes: of the day (from midnight), or from the start of a shift. A break lies between
``earliest`` and ``latest`` of its shift: it starts at or after the one and ends at or before the other. The breaks of
one type follow each other: their windows do not overlap.

Owns these shapes and their rules; must not know a requirement, nor how shifts are chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from typing import Final, NamedTuple

from routing.errors import UsageError
from routing.planning.volumes import MINUTES_PER_DAY, clock

#: One rate for all: a paid hour costs 1.
ANY_GROUP: Final = "agents"


@dataclass(frozen=True)
class Break:
    """A break of ``minutes`` that lies in the window ``earliest..latest``, minutes from the start of the shift.

    A paid one is part of the cost; nobody takes calls in either.
    """

    minutes: int
    earliest: int
    latest: int
    paid: bool = False


@dataclass(frozen=True)
class ShiftType:
    """Shifts that differ only in start, length and the places of their breaks.

    Attributes
    ----------
    name : str
        Of the type.
    first, last : int
        Earliest and latest start, minutes from midnight.
    lengths : tuple of int
        From start to end in minutes, breaks included.
    step : int
        Minutes from one possible start, and one place of a break, to the next.
    breaks : tuple of Break
        In order; every shift of the type has them all.
    groups : tuple of str
        Who may work it; empty: everybody.
    rate : float
        Cost of a paid hour, times that of the group.
    cost : float
        Cost of a shift besides its hours.
    agents : int or None
        At most so many a day.

    Raises
    ------
    UsageError
        Breaks overlap, or lie outside of the shortest shift.
    """

    name: str
    first: int
    last: int
    lengths: tuple[int, ...]
    step: int = 30
    breaks: tuple[Break, ...] = ()
    groups: tuple[str, ...] = ()
    rate: float = 1.0
    cost: float = 0.0
    agents: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last < MINUTES_PER_DAY:
            raise UsageError(
                f"shift {self.name!r} starts from minute {self.first} to {self.last}; give times of one day in order"
            )
        if (
            self.step < 1
            or not self.lengths
            or not all(0 < length <= MINUTES_PER_DAY for length in self.lengths)
        ):
            raise UsageError(
                f"shift {self.name!r} has lengths {self.lengths} and the step {self.step}; give lengths in 1..1440 "
                "minutes and a step from 1"
            )
        if self.rate < 0 or self.cost < 0 or (self.agents is not None and self.agents < 0):
            raise UsageError(
                f"shift {self.name!r} has a negative rate, cost or number; give values from 0 on"
            )
        end = 0
        for pause in self.breaks:
            if pause.minutes < 1 or pause.earliest < 0 or pause.latest - pause.earliest < pause.minutes:
                raise UsageError(
                    f"shift {self.name!r}: no break of {pause.minutes} minutes fits between minute {pause.earliest} "
                    f"and {pause.latest} of the shift; widen the window"
                )
            if pause.earliest < end:
                raise UsageError(
                    f"shift {self.name!r}: the break from minute {pause.earliest} on may overlap the one before, "
                    f"which may last until minute {end}; give windows that follow each other"
                )
            end = pause.latest
        if end > min(self.lengths):
            raise UsageError(
                f"shift {self.name!r}: a break may end at minute {end} and the shortest shift at {min(self.lengths)}; "
                "end its window within the shift"
            )

    def paid(self, length: int) -> int:
        """Count the paid minutes of a shift of this length."""
        return length - sum(pause.minutes for pause in self.breaks if not pause.paid)

    def spans(self) -> Iterator["Span"]:
        """Name every start and length, without breaks.

        >>> [str(span) for span in ShiftType("early", 480, 510, (240,)).spans()]
        ['08:00-12:00', '08:30-12:30']
        """
        for start in range(self.first, self.last + 1, self.step):
            for length in self.lengths:
                yield Span(start, start + length)

    def places(self, span: "Span", pause: Break) -> range:
        """Name every start of a break in a shift, in minutes from midnight."""
        begin = span.start + pause.earliest
        return range(begin, span.start + pause.latest - pause.minutes + 1, self.step)

    @property
    def grain(self) -> int:
        """The longest time that all starts, ends and breaks are multiples of."""
        return gcd(
            self.first,
            self.step if self.last > self.first or self.breaks else 0,
            *self.lengths,
            *(gcd(pause.minutes, pause.earliest) for pause in self.breaks),
        )


class Span(NamedTuple):
    """From ``start`` to ``end``, minutes from midnight; the end may lie on the next day."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{clock(self.start)}-{clock(self.end % MINUTES_PER_DAY)}"


@dataclass(frozen=True)
class Group:
    """People with the same skills; at most ``agents`` of them work on a day, each paid hour costs ``rate``."""

    name: str
    skills: tuple[str, ...]
    agents: int | None = None
    rate: float = 1.0


@dataclass(frozen=True)
class Rules:
    """What a schedule must keep besides the shifts.

    Attributes
    ----------
    under : float or None
        Cost of an hour of one missing agent; ``None``: nobody may be missing.
    over : float
        Cost of an hour of one agent above the requirement.
    agents : int or None
        At most so many people.
    days : int
        Days that everybody works of a week, on shifts of one type; 0: each day is staffed by itself.
    off_together : bool
        Are the days off one after the other (the last day of the week is followed by its first)?
    rest : int
        Minutes at least between the shifts of two days; every type must grant it whatever is chosen.
    """

    under: float | None = None
    over: float = 0.0
    agents: int | None = None
    days: int = 0
    off_together: bool = False
    rest: int = 0
