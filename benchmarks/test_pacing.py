"""Claims: pacing keeps the cap on every day at the utilisation of docs/pacing.md, and a decision costs next to nothing.

The days are those of ``routing.simulation.dialing``; beside them stand progressive dialling, a fixed ratio and an
adaptive level, both chosen in hindsight, on the same draws. Small, a row is one short day and only the cap is held.
"""

from dataclasses import dataclass

import pytest
from diallers import above, best_level, best_ratio, predictive, progressive, utilisation
from measure import FIGURES, FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing.pacing import Settings
from routing.pacing._pacer import Floor, Sight, Work
from routing.simulation.dialing import Day

JUMPS = ((0.375, 0.3), (0.5625, 1.0), (0.6875, 2.5), (0.8125, 1.0))
TWENTY = Day()
DECISIONS = 2_000 if FULL else 50


@dataclass(frozen=True)
class Row:
    """A world, the days to live through at full size, and the least utilisation in percent (0: reported only)."""

    name: str
    day: Day
    days: int
    least: float = 0.0
    compared: bool = False


ROWS = (
    Row("5 agents, 0.30", Day(agents=5), 60, 77.0, True),
    Row("10 agents, 0.30", Day(agents=10), 60, 82.3, True),
    Row("20 agents, 0.15", Day(rate=0.15), 60, 86.5, True),
    Row("20 agents, 0.30", TWENTY, 60, 87.8, True),
    Row("20 agents, 0.50", Day(rate=0.5), 60, 89.3, True),
    Row("50 agents, 0.30", Day(agents=50), 20, 93.1),
    Row("100 agents, 0.30", Day(agents=100), 10, 95.8),
    Row("300 agents, 0.30", Day(agents=300), 6, 98.2),
    Row("cap 1 %", Day(cap=0.01), 60, 83.5),
    Row("cap 2 %", Day(cap=0.02), 60, 86.0),
    Row("0.5 s of grace", Day(grace_s=0.5), 60, 86.5),
    Row("talk CV 1.5, x0.3 then x2.5, every 2.5 s", Day(talk_cv=1.5, course=JUMPS, step_s=2.5), 60, 87.0),
    Row("detection, 2 s and 1 % missed", Day(machines=0.4, detection_s=2.0, missed=0.01, mistaken=0.03), 20),
    Row("carrier fails", Day(failing=((0.2, 0.25, 0.9), (0.5, 0.52, 0.9), (0.7, 0.72, 0.8))), 20),
    Row("blended, 60 calls an hour", Day(inbound=60.0), 20),
    Row("60 % leave for an hour", Day(leaving=(0.45, 0.6, 3_600.0)), 20),
    Row("answer rate x10", Day(rate=0.05, course=((0.5, 10.0),)), 20),
    Row("hints 10 s ahead", Day(hint_s=10.0), 20),
)


def small(row: Row) -> Row:
    """A quarter of an hour of few agents: whether the row still works at all."""
    fields = {name: getattr(row.day, name) for name in row.day.__struct_fields__}
    day = Day(
        **{**fields, "agents": min(row.day.agents, 20), "day_s": 900.0, "log_in_s": 60.0, "break_s": 60.0}
    )
    return Row(row.name, day, 1)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_days_keep_the_cap(row: Row) -> None:
    row = row if FULL else small(row)
    seeds = range(row.days)
    figures = predictive(row.day, seeds)
    said = (
        f"{row.name}: {utilisation(figures):.2f} % over {row.days} days, ratio at most "
        f"{max(one.ratio for one in figures):.2%}, {above(figures, row.day.cap)} above the cap"
    )
    if FULL and row.compared:
        few = range(min(row.days, 20))
        ratio, fixed = best_ratio(row.day, few)
        level, adaptive = best_level(row.day, few)
        said += (
            f"; progressive {utilisation(progressive(row.day, few)):.1f}, ratio {ratio} {utilisation(fixed):.1f} "
            f"({above(fixed, row.day.cap)} above), level ({level}) {utilisation(adaptive):.1f} "
            f"({above(adaptive, row.day.cap)} above)"
        )
    FIGURES.append(said)
    if FULL:
        assert not above(figures, row.day.cap), said
        assert utilisation(figures) >= row.least, said
    else:
        assert all(one.answered for one in figures)


def decisions(agents: int) -> Timed:
    """Decisions where four of five agents are busy and three of five have a dial in flight."""
    line, floor = Sight(0.03, 25.0, Settings().tuning()), Floor()
    floor.teach(Work(120.0, 20.0, 2.0, 150.0))
    for number in range(agents):
        floor.add()
        floor.put(number, 2 if number % 5 else 1, 0, -(number * 37 % 200))
    for number in range(agents * 3 // 5):
        line.dialled(number * 20.0 / agents, 1)

    def part() -> None:
        for number in range(DECISIONS):
            line.decide(15.0 + number % 8 * 0.5, floor, 0, 5_000.0, 120.0, 0, 400)

    return part


def test_a_decision_costs_next_to_nothing(benchmark: BenchmarkFixture) -> None:
    side_by_side(
        benchmark,
        "decisions of pacing for 1,000 agents",
        DECISIONS,
        "decisions",
        lambda: decisions(1_000),
        {
            "as fast as for 250 agents": lambda: decisions(250),
            "as fast as for 50 agents": lambda: decisions(50),
        },
    )
