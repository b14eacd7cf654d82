"""Reports: every figure against a count by hand, and how they are shown.

Owns tests of ``report``, ``text`` and the file of single calls; must not test how a simulation is run.
"""

import io
from array import array
from zoneinfo import ZoneInfo

import msgspec
import pytest
from outside import ROOT, outside
from rich.console import Console

from routing.config import from_dict, load
from routing.model import Config
from routing.simulation.calls import Call
from routing.simulation.placing import Placement
from routing.simulation.reading import read_calls
from routing.simulation.report import Report, make_report, nearest_rank
from routing.simulation.result import Result, Spans, write_calls
from routing.simulation.study import simulate
from routing.simulation.text import render
from routing.units import HOUR, MINUTE, SECOND

CENTRE = from_dict(
    {
        "agents": [{"id": "ann", "groups": ["front"]}, {"id": "bob", "groups": ["front", "back"]}],
        "queues": [{"id": "q", "service_level": "20s"}, {"id": "r", "service_level": "20s"}, {"id": "idle"}],
    }
)


def spans(*pairs: tuple[int, int]) -> Spans:
    return Spans(array("q", (start for start, _ in pairs)), array("q", (end for _, end in pairs)))


def ns(*seconds: float) -> "array[int]":
    return array("q", (round(value * SECOND) for value in seconds))


def a_result() -> Result:
    """Ten calls: six answered, three of them in time; three abandoned, one of them in time; one diverted."""
    waits = (0, 10, 20, 30, 40, 60, 5, 25, 45, 90)
    served = len((0, 10, 20, 30, 40, 60))
    return Result(
        calls=[Call((number % 2) * 30 * MINUTE, "q" if number < 8 else "r") for number in range(10)],
        outcomes=bytearray([1] * served + [2, 2, 2, 3]),
        waits_ns=ns(*waits),
        services_ns=ns(*([100] * served), 0, 0, 0, 0),
        wrap_ups_ns=ns(*([20] * served), 0, 0, 0, 0),
        agents=array("i", [0, 0, 0, 0, 1, 1, -1, -1, -1, -1]),
        agent_ids=("ann", "bob"),
        staffed=[spans((0, HOUR)), spans((0, 30 * MINUTE))],
        busy=[spans((0, 15 * MINUTE), (25 * MINUTE, 40 * MINUTE)), spans((10 * MINUTE, 20 * MINUTE))],
        overflows={("r", "max_wait", "voicemail", ""): 1},
        refusals={},
        first_ns=0,
        last_ns=HOUR,
    )


def figures(**options: ZoneInfo) -> Report:
    return make_report(a_result(), CENTRE, **options)


# ---------------------------------------------------------------------------------------------------- figures


def test_outcomes_are_counted() -> None:
    total = figures().total
    assert (total.offered, total.answered, total.abandoned, total.diverted, total.rejected) == (
        10,
        6,
        3,
        1,
        0,
    )
    assert total.abandoned_share == 0.3


def test_the_service_level_in_all_definitions() -> None:
    level = figures().total.service_level
    assert level.threshold_s == 20
    assert level.of_offered == 3 / 10
    assert level.of_answered == 3 / 6
    assert level.without_short_abandons == 3 / (10 - 1)
    assert level.with_short_abandons == (3 + 1) / 10


def test_waits() -> None:
    total = figures().total
    assert total.asa_s == pytest.approx((0 + 10 + 20 + 30 + 40 + 60) / 6)
    assert total.wait_mean_s == pytest.approx(325 / 10)
    assert (total.wait_p50_s, total.wait_p90_s, total.wait_p99_s, total.wait_max_s) == (25, 60, 90, 90)
    assert total.waited == 9
    assert total.waited_mean_s == pytest.approx(325 / 9)


def test_handling_and_occupancy() -> None:
    found = figures()
    assert found.total.aht_s == 120
    assert found.total.occupancy == pytest.approx(40 / 90)
    assert found.groups["front"].occupancy == pytest.approx(40 / 90)
    assert found.groups["back"].occupancy == pytest.approx(10 / 30)
    assert (found.groups["front"].agents, found.groups["front"].answered) == (2, 6)
    assert found.agents["ann"].staffed_h == 1
    assert found.agents["bob"].answered == 2


def test_queues_are_judged_each_by_itself() -> None:
    queues = figures().queues
    assert list(queues) == ["q", "r", "idle"]
    assert (queues["q"].offered, queues["r"].offered, queues["idle"].offered) == (8, 2, 0)
    assert queues["r"].occupancy is None  # nobody served any of its calls
    assert queues["idle"].service_level.of_offered is None
    assert queues["idle"].wait_mean_s is None


def test_queues_with_different_targets() -> None:
    queues = tuple(
        msgspec.structs.replace(queue, service_level_ns=(20 if queue.id == "q" else 60) * SECOND)
        for queue in CENTRE.queues
    )
    level = make_report(a_result(), msgspec.structs.replace(CENTRE, queues=queues)).total.service_level
    assert level.threshold_s is None
    assert level.with_short_abandons == (3 + 1 + 1) / 10  # the caller who left queue r after 45 s


def test_half_hours_of_arrival_and_of_work() -> None:
    first, second = figures().half_hours
    assert (first.start, second.start) == ("1970-01-01T00:00", "1970-01-01T00:30")
    assert (first.figures.offered, second.figures.offered) == (5, 5)
    assert (first.staffed, second.staffed) == (2.0, 1.0)
    assert first.busy == pytest.approx((15 + 5 + 10) / 30)
    assert second.busy == pytest.approx(10 / 30)
    assert second.figures.occupancy == pytest.approx(10 / 30)


def test_half_hours_are_local() -> None:
    starts = [slot.start for slot in figures(zone=ZoneInfo("America/Chicago")).half_hours]
    assert starts == ["1969-12-31T18:00", "1969-12-31T18:30"]
    assert [slot.start for slot in figures(zone=ZoneInfo("Asia/Kolkata")).day] == ["05:30", "06:00"]


def test_days_are_added_up_by_time_of_day() -> None:
    result = a_result()
    result.calls = [Call(number * 24 * HOUR, "q") for number in range(10)]
    result.last_ns = 10 * 24 * HOUR
    found = make_report(result, CENTRE)
    assert len(found.half_hours) == 10
    (slot,) = found.day
    assert (slot.start, slot.days, slot.figures.offered) == ("00:00", 10, 10)
    assert slot.staffed == pytest.approx(2 / 10)


@pytest.mark.parametrize(("percent", "rank"), [(0.1, 1), (10, 1), (50, 5), (90, 9), (91, 10), (100, 10)])
def test_nearest_rank(percent: float, rank: int) -> None:
    assert nearest_rank(range(1, 11), percent) == rank


def test_nothing_to_report() -> None:
    result = simulate(Config(queues=CENTRE.queues), read_calls(io.BytesIO(b""))).result
    found = make_report(result, Config(queues=CENTRE.queues))
    assert found.total.offered == 0
    assert found.total.asa_s is found.total.occupancy is found.total.service_level.of_offered is None
    assert found.half_hours == ()


def test_the_published_figures_of_cc50() -> None:
    """A mean wait of 3.606287 s is over all calls; 92.5469 % are answered within 20 s, of all calls."""
    config = load(ROOT / "examples" / "cc50.toml")
    log = read_calls(outside("cc50/trace.csv.gz"), Placement(config))
    total = make_report(simulate(config, log).result, config).total
    assert (total.offered, total.answered, total.abandoned) == (19_938, 19_705, 233)
    assert round(total.wait_mean_s or 0, 6) == 3.606287
    assert round(100 * (total.service_level.of_offered or 0), 4) == 92.5469


# ---------------------------------------------------------------------------------------------------- showing


def shown(found: Report, **options: bool) -> str:
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(render(found, **options))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_tables_are_aligned_and_complete() -> None:
    text = shown(figures())
    lines = text.splitlines()
    header = next(line for line in lines if "offered" in line)
    total = next(line for line in lines if line.startswith("total"))
    cells = "total,10,6,3,30.0%,1,30.0%,26.7,32.5,25.0,60.0,90.0,120.0,44.4%"
    assert total.split() == cells.split(",")
    assert header.index("offered") + len("offered") == total.index("10 ") + len("10")
    assert "diverted" in text
    assert "rejected" not in text  # there were none
    assert "voicemail" in text
    assert "00:30" in text


def test_a_narrow_terminal_is_shown_fewer_columns() -> None:
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(render(figures(), narrow=True, bars=True))
    file = console.file
    assert isinstance(file, io.StringIO)
    assert "…" not in file.getvalue()
    assert "Among all calls: 1 diverted." in file.getvalue()


def test_a_day_as_bars() -> None:
    text = shown(figures(), half_hours=False, bars=True)
    assert "█" in text
    assert "callers waiting" in text


def test_single_calls_are_written_in_order_of_arrival() -> None:
    file = io.StringIO()
    write_calls(a_result(), file)
    lines = file.getvalue().splitlines()
    assert lines[:2] == ["outcome,wait_ns,agent", "served,0,ann"]
    assert lines[6:8] == ["served,60000000000,bob", "abandoned,5000000000,-1"]
    assert lines[-1] == "diverted,90000000000,-1"
