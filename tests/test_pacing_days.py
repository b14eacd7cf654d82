"""Whole days of a campaign: the cap holds, agents are busy, and policies meet the same people."""

import pytest

from routing.simulation.dialing import Counted, Day, simulated
from routing.simulation.policies import Predictive, Progressive, Ratio

HOUR = Day(agents=15, day_s=4_800.0, log_in_s=120.0, break_s=120.0)
QUIET = Day(agents=10, day_s=3_600.0, break_s=0.0, away=0.0)


def test_a_shift_keeps_the_cap_and_agents_busy() -> None:
    for seed in range(2):
        ours, plain = simulated(HOUR, Predictive(HOUR), seed), simulated(HOUR, Progressive(), seed)
        assert ours.ratio <= 0.03
        assert ours.utilisation > plain.utilisation + 0.10
        assert simulated(HOUR, Ratio(3.0), seed).ratio > 0.03


@pytest.mark.slow
@pytest.mark.parametrize(
    "day",
    [
        Day(agents=10),
        Day(agents=10, cap=0.01),
        Day(agents=10, machines=0.4, detection_s=2.0, missed=0.005, mistaken=0.02),
        Day(agents=10, failing=((0.2, 0.25, 0.9), (0.7, 0.72, 0.8))),
        Day(agents=10, inbound=40.0),
        Day(agents=10, leaving=(0.45, 0.6, 3_600.0)),
        Day(agents=10, rate=0.05, course=((0.5, 10.0),)),
    ],
    ids=["plain", "cap 1 %", "detection", "carrier", "blended", "leaving", "x10"],
)
def test_a_day_keeps_the_cap(day: Day) -> None:
    figures = simulated(day, Predictive(day), 3)
    assert figures.abandoned <= day.cap * figures.answered
    assert figures.utilisation > 0.70


def test_nobody_is_abandoned_by_one_dial_for_each_idle_agent_who_stays() -> None:
    for seed in range(3):
        figures = simulated(QUIET, Progressive(), seed)
        assert figures.abandoned == 0
        assert figures.answered > 100


def test_with_cap_0_predictive_is_progressive() -> None:
    day = Day(agents=10, day_s=3_600.0, break_s=0.0, away=0.0, cap=0.0)
    assert simulated(day, Predictive(day), 1) == simulated(day, Progressive(), 1)


def test_a_day_is_its_seed_and_policies_dial_the_same_people() -> None:
    assert simulated(QUIET, Progressive(), 5) == simulated(QUIET, Progressive(), 5)
    assert simulated(QUIET, Progressive(), 5) != simulated(QUIET, Progressive(), 6)
    told: dict[str, list[str]] = {"one": [], "two": []}

    class Listening(Ratio):
        def __init__(self, ratio: float, heard: list[str]) -> None:
            super().__init__(ratio)
            self.heard = heard

        def ended(self, at: float, age: float, examined: float, outcome: str) -> None:
            del at, examined
            self.heard.append(f"{age:.6f} {outcome}")

    for ratio, heard in zip((1.0, 1.5), told.values(), strict=True):
        simulated(QUIET, Listening(ratio, heard), 5)
    assert len(set(told["one"]) & set(told["two"])) > 0.9 * len(set(told["one"]))


def test_inbound_calls_go_first_and_are_not_counted_as_answered() -> None:
    class Nothing(Progressive):
        def dials(self, at: float, counted: Counted) -> int:
            del at, counted
            return 0

    figures = simulated(Day(agents=10, day_s=3_600.0, inbound=100.0), Nothing(), 1)
    assert figures.answered == figures.dials == 0
    assert figures.inbound > 70
    assert figures.utilisation > 0.2
