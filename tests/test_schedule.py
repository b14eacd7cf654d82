"""Schedules: the best there are, breaks kept, people dealt out, rules, and the way from a forecast to a simulation."""

import io
import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.config import dumps, loads
from routing.errors import ConfigError, DataError, UsageError
from routing.model import Agent, Config, Queue
from routing.planning.forecasting import day_ahead
from routing.planning.improving import improve
from routing.planning.requirement import Requirement, read_requirement
from routing.planning.rota import Worked, deal_out, to_config
from routing.planning.sampling import as_log, draw_calls
from routing.planning.scheduling import Schedule, schedule
from routing.planning.shift_files import read_shifts
from routing.planning.shifts import Break, Group, Rules, ShiftType, Span
from routing.simulation.study import simulate

DAY = date(2026, 11, 23)
WEEK = tuple(date(2026, 11, 23 + number) for number in range(7))
LUNCH = Break(60, 60, 180)
TEA = Break(60, 180, 240, paid=True)


def patterns(types: Sequence[ShiftType]) -> list[tuple[float, frozenset[int]]]:
    """Every single shift with its breaks: cost, and the hours of the day that it covers."""
    found = []
    for one in types:
        for span in one.spans():
            for places in itertools.product(*(one.places(span, pause) for pause in one.breaks)):
                hours = set(range(span.start // 60, span.end // 60))
                for place, pause in zip(places, one.breaks, strict=True):
                    hours -= set(range(place // 60, (place + pause.minutes) // 60))
                found.append((one.paid(span.end - span.start) / 60 * one.rate + one.cost, frozenset(hours)))
    return found


def cheapest(need: Sequence[int], first_hour: int, types: Sequence[ShiftType], most: int) -> float | None:
    """Try every set of up to ``most`` shifts."""
    best: float | None = None
    for size in range(most + 1):
        for chosen in itertools.combinations_with_replacement(patterns(types), size):
            there = Counter(hour for _, hours in chosen for hour in hours)
            if all(there[first_hour + number] >= agents for number, agents in enumerate(need)):
                cost = sum(cost for cost, _ in chosen)
                best = cost if best is None else min(best, cost)
    return best


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
    st.sampled_from([(), (LUNCH,)]),
    st.integers(3, 4),
    st.sampled_from([0.0, 1.5]),
)
def test_no_set_of_shifts_is_cheaper(
    need: list[int], breaks: tuple[Break, ...], hours: int, cost: float
) -> None:
    types = [
        ShiftType("long", 480, 600, (hours * 60,), step=60, breaks=breaks, cost=cost),
        ShiftType("short", 480, 720, (120,), step=60, rate=1.25),
    ]
    wanted = Requirement.of_day(need, DAY, first_minute=480, minutes=60)
    best = cheapest(need, 8, types, 5)
    found = schedule(wanted, types, rules=Rules(agents=5)) if best is not None else None
    if found is None:
        with pytest.raises(DataError):
            schedule(wanted, types, rules=Rules(agents=5))
        return
    assert found.cost == pytest.approx(best)
    assert found.proven
    there = found.present["agents"][0].reshape(len(need), -1).min(axis=1)
    assert (there >= need).all()


def test_breaks_are_kept() -> None:
    types = [
        ShiftType(
            "day", 480, 600, (480,), step=15, breaks=(Break(15, 60, 120, paid=True), Break(30, 180, 300))
        )
    ]
    need = Requirement.of_day([3, 5, 6, 6, 5, 5, 6, 5, 2], DAY, first_minute=480, minutes=60)
    found = schedule(need, types)
    worked = deal_out(found, {"day": (15, 30)})
    assert found.paid_hours == pytest.approx(7.5 * len(worked))
    there = np.zeros(48 * 60)
    for one in worked:
        tea, lunch = one.breaks
        start = one.span.start
        assert tea.end - tea.start == 15
        assert lunch.end - lunch.start == 30
        assert start + 60 <= tea.start
        assert tea.end <= start + 120
        assert start + 180 <= lunch.start
        assert lunch.end <= start + 300
        for part in one.parts():
            there[part.start : part.end] += 1
    for interval, agents in enumerate(need.agents["agents"][0]):
        assert there[480 + interval * 60 : 540 + interval * 60].min() >= agents


def test_the_same_input_gives_the_same_schedule() -> None:
    types = [ShiftType("day", 480, 600, (300, 360), step=30, breaks=(LUNCH, TEA))]
    need = Requirement.of_day([2, 4, 5, 5, 4, 4, 3], DAY, first_minute=480, minutes=60)
    assert schedule(need, types).counts == schedule(need, types).counts


def test_missing_agents_have_a_price() -> None:
    types = [ShiftType("day", 480, 480, (240,), step=60)]
    need = Requirement.of_day([1, 1, 1, 1, 2], DAY, first_minute=480, minutes=60)
    with pytest.raises(DataError, match="no shift covers 2026-11-23 12:00, where 2 agents"):
        schedule(need, types)
    found = schedule(need, types, rules=Rules(under=3.0))
    assert found.missing["agents"].tolist() == [[0, 0, 0, 0, 2]]
    assert found.cost == pytest.approx(4 + 6)
    nobody = schedule(need, types, rules=Rules(under=0.5))
    assert nobody.counts == ()
    assert nobody.cost == pytest.approx(3.0)


def test_superfluous_agents_have_a_price() -> None:
    types = [ShiftType("long", 480, 480, (240,), rate=0.5), ShiftType("short", 480, 660, (60, 120), step=60)]
    need = Requirement.of_day([2, 1, 1, 2], DAY, first_minute=480, minutes=60)
    assert sum(count.agents for count in schedule(need, types).counts) == 2
    exact = schedule(need, types, rules=Rules(over=5.0))
    assert exact.present["agents"][0].reshape(4, -1).max(axis=1).tolist() == [2, 1, 1, 2]


def test_limits_are_kept() -> None:
    types = [ShiftType("day", 480, 480, (120,), agents=2), ShiftType("dear", 480, 480, (120,), rate=2.0)]
    need = Requirement.of_day([3, 3], DAY, first_minute=480, minutes=60)
    assert schedule(need, types).cost == pytest.approx(2 * 2 + 4)
    with pytest.raises(DataError, match="too few agents"):
        schedule(need, types, rules=Rules(agents=2))
    with pytest.raises(DataError, match="too few agents"):
        schedule(need, types, [Group("agents", ("agents",), agents=2)])


def test_a_shift_may_pass_midnight() -> None:
    types = [ShiftType("night", 1320, 1320, (480,)), ShiftType("day", 360, 840, (480,), step=480)]
    agents = {"agents": np.ones((2, 24), dtype=np.int64)}
    agents["agents"][0, :6] = 0
    found = schedule(Requirement(WEEK[:2], agents, 0, 60), types)
    assert [(count.day, str(count.span)) for count in found.counts][:3] == [
        (0, "06:00-14:00"),
        (0, "14:00-22:00"),
        (0, "22:00-06:00"),
    ]
    worked = [one for one in deal_out(found, {"night": (), "day": ()}) if one.type == "night"]
    config = to_config(Config(queues=(Queue("help"),)), worked)
    assert (config.shifts[0].starts, config.shifts[0].ends) == ("22:00", "06:00")


# ----------------------------------------------------------------------------------------------- skills


def test_agents_with_several_skills_are_shared_out() -> None:
    """Two of A and two of B by turns: one of each and two of both are cheapest, though these cost more."""
    groups = [Group("a", ("A",)), Group("b", ("B",)), Group("both", ("A", "B"), rate=1.2)]
    types = [ShiftType("day", 480, 480, (240,))]
    need = Requirement.of_day({"A": [3, 1, 3, 1], "B": [1, 3, 1, 3]}, DAY, first_minute=480, minutes=60)
    found = schedule(need, types, groups)
    assert {count.group: count.agents for count in found.counts} == {"a": 1, "b": 1, "both": 2}
    assert found.cost == pytest.approx(4 * (2 + 2 * 1.2))
    dear = [Group("a", ("A",)), Group("b", ("B",)), Group("both", ("A", "B"), rate=2.5)]
    assert {count.group for count in schedule(need, types, dear).counts} == {"a", "b"}


def test_only_the_groups_of_a_type_work_it() -> None:
    groups = [Group("a", ("A",)), Group("b", ("A",), rate=0.1)]
    types = [ShiftType("day", 480, 480, (240,), groups=("a",))]
    need = Requirement.of_day({"A": [1, 1, 1, 1]}, DAY, first_minute=480, minutes=60)
    assert [count.group for count in schedule(need, types, groups).counts] == ["a"]


# ----------------------------------------------------------------------------------------------- weeks


def test_days_by_themselves_are_what_each_of_them_is_alone() -> None:
    table = np.array([[1, 2, 3, 2], [3, 2, 1, 1], [0, 0, 0, 0]])
    types = [ShiftType("day", 480, 540, (120, 180), step=60)]
    both = schedule(Requirement(WEEK[:3], {"agents": table}, 480, 60), types)
    alone = [schedule(Requirement.of_day(row, DAY, first_minute=480, minutes=60), types) for row in table]
    assert both.cost == pytest.approx(sum(one.cost for one in alone))
    assert [count._replace(day=0) for count in both.counts] == [
        count for one in alone for count in one.counts
    ]
    assert {count.day for count in both.counts} == {0, 1}
    assert both.present["agents"].shape[0] == 3


@pytest.mark.parametrize("together", [False, True])
def test_everybody_has_days_off(together: bool) -> None:
    need = {"agents": np.array([[2, 3, 2], [2, 3, 2], [2, 2, 2], [2, 2, 2], [3, 3, 3], [1, 1, 1], [1, 1, 1]])}
    types = [ShiftType("day", 480, 480, (180,), step=60)]
    found = schedule(
        Requirement(WEEK, need, 480, 60), types, rules=Rules(days=5, off_together=together, rest=660)
    )
    assert found.proven
    worked = deal_out(found, {"day": ()})
    days: dict[str, set[int]] = {}
    for one in worked:
        mine = days.setdefault(one.person, set())
        assert WEEK.index(one.date) not in mine
        mine.add(WEEK.index(one.date))
    assert {len(mine) for mine in days.values()} == {5}
    if together:
        for mine in days.values():
            off = set(range(7)) - mine
            assert off in [{first, (first + 1) % 7} for first in range(7)]
    # 3 + 3 + 2 + 2 + 3 + 1 + 1 = 15 days of work: three people, if the days can be dealt out so.
    assert len(days) == sum(tour.people for tour in found.tours) >= 3
    assert found.cost == pytest.approx(len(days) * 15)


# ----------------------------------------------------------------------------------------------- to the engine


def test_breaks_become_shifts_of_the_configuration() -> None:
    worked = [
        Worked("agents-1", "agents", "day", DAY, Span(480, 960), (Span(720, 750),)),
        Worked("agents-2", "agents", "day", DAY, Span(480, 960), (Span(750, 780),)),
    ]
    base = Config(agents=(Agent("ann", skills={"tech": 70}),), queues=(Queue("help", requirement="tech"),))
    config = to_config(base, worked)
    assert [agent.id for agent in config.agents] == ["agents-1", "agents-2"]
    assert config.agents[0].skills == {"tech": 70}
    assert [(one.starts, one.ends, one.agents) for one in config.shifts] == [
        ("08:00", "12:00", ("agents-1",)),
        ("08:00", "12:30", ("agents-2",)),
        ("12:30", "16:00", ("agents-1",)),
        ("13:00", "16:00", ("agents-2",)),
    ]
    assert loads(dumps(config, "toml"), "toml") == config
    with pytest.raises(ConfigError):
        to_config(Config(agents=(Agent("ann"),), queues=(Queue("help", members=("ann",)),)), worked)


def test_from_a_forecast_to_a_simulation() -> None:
    """Forecast, require, schedule, simulate; where the level is missed, ask for more."""
    draw = np.random.default_rng(3)
    shape = np.array([20, 40, 50, 40, 30, 20.0])
    forecast = day_ahead(draw.poisson(shape * 1.0, (20, 6)))
    load = forecast.mean * 180 / 3600
    need = Requirement.of_day(np.maximum(np.floor(load), 1).astype(int), DAY, first_minute=480, minutes=60)
    types = [ShiftType("day", 480, 660, (180, 240), step=60, breaks=(Break(15, 60, 150, paid=True),))]
    logs = [
        as_log(
            [draw_calls("help", forecast.mean, DAY, first_minute=480, minutes=60, patience_s=180, seed=seed)]
        )
        for seed in range(3)
    ]
    base = Config(queues=(Queue("help"),))
    done = improve(base, logs, need, types, target=0.8)
    first, best = done.rounds[0], done.best
    assert not first.met
    assert best.met
    assert best.schedule.cost > first.schedule.cost
    assert best.days["agents"][0] >= 0.8
    again = simulate(best.config, logs[0], staffing="shifts").result
    assert len(again.calls) == len(logs[0].calls)
    assert sum(spans.total_ns for spans in again.staffed) > 0
    repeated = improve(base, logs, need, types, target=0.8)
    assert [one.schedule.counts for one in repeated.rounds] == [one.schedule.counts for one in done.rounds]


def test_a_skill_that_falls_short_gets_more() -> None:
    base = Config(queues=(Queue("A", requirement="A"), Queue("B", requirement="B")))
    groups = [Group("a", ("A",)), Group("both", ("A", "B"))]
    need = Requirement.of_day({"A": [1, 1], "B": [2, 2]}, DAY, first_minute=480, minutes=60)
    logs = [
        as_log([draw_calls(queue, [mean, mean], DAY, first_minute=480, minutes=60) for queue, mean in parts])
        for parts in [(("A", 40.0), ("B", 8.0))]
    ]
    done = improve(base, logs, need, [ShiftType("day", 480, 480, (120,))], groups, target=0.7)
    assert done.best.met
    raised = done.best.requirement
    assert raised.agents["A"].sum() > need.agents["A"].sum()
    wrong = Requirement.of_day({"B": [1], "C": [1]}, DAY)
    with pytest.raises(UsageError, match="queue 'A' waits for 'A'"):
        improve(base, logs, wrong, [ShiftType("day", 0, 0, (120,))], [Group("all", ("B", "C"))])


# ----------------------------------------------------------------------------------------------- files and misuse


def test_the_shifts_file() -> None:
    found = read_shifts("""
        [[shifts]]
        name = "day"
        earliest = "08:00"
        latest = "10:00"
        lengths = ["8h30m", "6h"]
        breaks = [{ length = "30m", after = "3h", before = "5h" }]
        groups = ["a"]
        [[groups]]
        name = "a"
        skills = ["A"]
        [rules]
        under = 5.0
        days = 5
        rest = "11h"
        """)
    assert found.types[0].breaks == (Break(30, 180, 300),)
    assert found.rules == Rules(under=5.0, days=5, rest=660)
    for text, message in (
        ('[[shifts]]\nname = "day"\n', "shifts"),
        ('[[shifts]]\nname = "d"\nearliest = "08:00"\nlengths = ["90s"]\n', "no whole number of minutes"),
        ('[[shifts]]\nname = "d"\nearliest = "8"\nlengths = ["4h"]\n', "shifts\\[0\\].earliest"),
        ('[[shifts]]\nname = "d"\nearliest = "08:00"\nlengths = ["4h"]\nlong = 1\n', "unknown field"),
    ):
        with pytest.raises(ConfigError, match=message):
            read_shifts(text)


def test_misuse_is_refused() -> None:
    need = Requirement.of_day([1], DAY)
    day = ShiftType("day", 0, 0, (60,))
    with pytest.raises(UsageError, match="no shift types"):
        schedule(need, [])
    with pytest.raises(UsageError, match="stands twice"):
        schedule(need, [day, day])
    with pytest.raises(UsageError, match="none of"):
        schedule(need, [ShiftType("day", 0, 0, (60,), groups=("b",))])
    with pytest.raises(UsageError, match="nobody has the skill"):
        schedule(need, [day], [Group("a", ("A",))])
    with pytest.raises(UsageError, match="of rest"):
        schedule(need, [ShiftType("day", 0, 720, (600,))], rules=Rules(rest=660))
    with pytest.raises(UsageError, match="may overlap"):
        ShiftType("day", 0, 0, (480,), breaks=(Break(30, 60, 200), Break(30, 120, 300)))
    with pytest.raises(UsageError, match="no break of 30 minutes fits"):
        ShiftType("day", 0, 0, (480,), breaks=(Break(30, 60, 80),))
    with pytest.raises(UsageError, match="end its window within"):
        ShiftType("day", 0, 0, (240,), breaks=(Break(30, 60, 300),))
    with pytest.raises(DataError, match="whole number"):
        read_requirement(io.StringIO("start,agents\n2026-11-23T08:00,1.5\n"))


def covered(found: Schedule) -> bool:
    return all(not table.any() for table in found.missing.values())


@pytest.mark.slow
def test_a_day_of_two_hundred_agents_is_proven_best() -> None:
    shape = np.array(
        [30, 45, 60, 80, 95, 100, 98, 95, 90, 88, 88, 90, 92, 95, 96, 94, 90, 84, 76, 68, 58, 50, 42, 34]
    )
    types = [
        ShiftType(
            "full", 420, 660, (510,), step=30, breaks=(Break(30, 60, 150, paid=True), Break(30, 180, 300))
        ),
        ShiftType("part", 420, 900, (240,), step=30),
    ]
    found = schedule(Requirement.of_day(shape * 2, DAY, first_minute=420), types)
    assert found.proven
    assert covered(found)
