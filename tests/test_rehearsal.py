"""Rehearsals: days in the quick world and through the engine, against each other and against what is known of them.

Owns tests of ``routing.outbound`` but its dialer: rehearsal, quick and engine days, stock, watching, measuring and the
picture; must not test the command (``test_campaign_simulate``) or the pacing.
"""

from pathlib import Path
from statistics import fmean, stdev
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from routing.campaigns.book import Book
from routing.campaigns.rules import Retry, RetryRules
from routing.errors import ConfigError, DataError, UsageError
from routing.history.history import History
from routing.outbound.campaign import Campaign, Carrier, Outbound, Share
from routing.outbound.engine_days import START_NS, engine_day
from routing.outbound.measuring import Measured, measure, measure_wrap_up
from routing.outbound.quick_days import day_of
from routing.outbound.rehearsal import Plan, Rehearsal, by_engine, gain, plan, rehearse
from routing.outbound.rehearsal_picture import draw
from routing.outbound.stock import Stock
from routing.outbound.supposing import (
    Absence,
    Answer,
    Factor,
    Failing,
    Machines,
    Supposed,
    Times,
    loads_supposed,
)
from routing.outbound.watching import DayFigures
from routing.simulation.dialing import simulated
from routing.simulation.policies import Progressive
from routing.statistics.shapes import QueueCounts, QueueRow
from routing.units import HOUR, MINUTE, SECOND

pytestmark = pytest.mark.once

SPRING = Campaign("spring", "sales", profiles=("us",), caller_id="main", message="sorry")
SHORT = Supposed(agents=6, day_ns=40 * MINUTE, log_in_ns=2 * MINUTE, course=())
NEW_YORK = ZoneInfo("America/New_York")


def made(supposed: Supposed = SHORT, campaign: Campaign = SPRING, *carriers: Carrier, **more: Any) -> Plan:
    return plan(Outbound((campaign,), carriers), supposed=supposed, **more)


# ------------------------------------------------------------------------------------------------ the quick world


def test_the_watch_sees_what_the_world_counts() -> None:
    one = made(mode="progressive")
    (day,) = rehearse(one, [3]).days
    known = simulated(day_of(one.outbound, one.campaign, one.supposed), Progressive(), 3)
    assert day.utilisation == pytest.approx(known.utilisation, rel=1e-12)
    assert (day.dials, day.answered, day.abandoned) == (known.dials, known.answered, known.abandoned)
    assert day.connected == known.answered - known.abandoned


def test_no_figure_depends_on_processes() -> None:
    alone = rehearse(made(), range(4), every_s=60.0)
    assert rehearse(made(), range(4), jobs=2, every_s=60.0) == alone
    assert rehearse(made(), range(4)).days == alone.days
    assert len({day.dials for day in alone.days}) > 1


def test_two_ways_dial_the_same_days() -> None:
    slow, quick = (rehearse(made(mode=mode), range(6)) for mode in ("progressive", "predictive"))
    assert [day.hours for day in slow.days] == pytest.approx([day.hours for day in quick.days], rel=0.02)
    assert gain(slow, quick).value == pytest.approx(
        fmean(day.utilisation for day in quick.days) - fmean(day.utilisation for day in slow.days)
    )
    with pytest.raises(UsageError, match="same seeds"):
        gain(slow, rehearse(made(), [9]))


def test_a_list_runs_out() -> None:
    endless = rehearse(made(), [1]).days[0]
    assert endless.run_out_s is endless.left is None
    short = rehearse(made(replace(SHORT, records=60)), [1]).days[0]
    assert short.left == 0
    assert short.run_out_s is not None
    assert 60 < short.run_out_s < 1800
    assert 60 <= short.dials < endless.dials
    long = rehearse(made(replace(SHORT, records=5000)), [1]).days[0]
    assert long.run_out_s is None
    assert long.left is not None
    assert long.left + long.dials >= 5000  # busy ones are dialled again


def test_the_stock_keeps_to_the_rules() -> None:
    rules = RetryRules(attempts=2, no_answer=Retry(after_ns=10 * SECOND), machine=Retry(when="next_day"))
    stock = Stock(3, rules, new_first=True)
    assert stock.take(1, 0.0) == [1]
    stock.back("no_answer", 1, 5.0)
    assert stock.take(1, 20.0) == [1]
    stock.back("missed", 1, 21.0)  # heard as a machine: not today
    assert (stock.take(5, 22.0), stock.left) == ([1, 2], 0)
    stock.back("no_answer", 2, 30.0)  # two attempts are enough
    stock.back("failed", 1, 30.0)
    assert stock.take(5, 329.0) == []
    assert stock.take(5, 331.0) == [2]


def test_carriers_hold_the_dials_back() -> None:
    carriers = (Carrier("one", concurrent=4), Carrier("two", calls_per_second=0.05))
    campaign = replace(SPRING, carriers=(Share("one"), Share("two")))
    (day,) = rehearse(made(SHORT, campaign, *carriers), [1]).days
    peaks = {one.carrier: one for one in day.carriers}
    assert peaks["one"].lines == 4
    assert peaks["two"].per_second == 1
    assert 50 < peaks["two"].calls <= 0.05 * 2400 + 1
    assert sum(one.calls for one in day.carriers) == day.dials


def test_a_failing_carrier_rests() -> None:
    world = replace(SHORT, failing=(Failing(5 * MINUTE, 15 * MINUTE, 1.0),))
    carriers = (Carrier("one", failing_least=5, rest_ns=5 * MINUTE),)
    campaign = replace(SPRING, carriers=(Share("one"),))
    (day,) = rehearse(made(world, campaign, *carriers), [1]).days
    assert 5 <= day.carriers[0].failed < 40


def test_inbound_goes_first_and_detection_counts() -> None:
    world = replace(SHORT, inbound=60.0, machines=Machines(0.3, 2 * SECOND, persons_lost=0.05))
    (day,) = rehearse(made(world), [1]).days
    assert 20 < day.inbound < 70
    assert day.inbound_wait_s >= 0
    assert day.connected + day.abandoned <= day.answered + 1


def test_who_would_answer_after_the_ring_time_does_not() -> None:
    short = day_of(*_parts(made(campaign=replace(SPRING, ring_ns=15 * SECOND))))
    whole = day_of(*_parts(made()))
    assert short.rate == pytest.approx(whole.rate * 0.777, rel=1e-3)
    assert (short.answer_most_s, short.ring_most_s) == (15.0, 15.0)


def _parts(one: Plan) -> tuple[Outbound, Campaign, Supposed]:
    return one.outbound, one.campaign, one.supposed


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"answer_rate": 0.0}, "answer_rate"),
        ({"away": Absence(1.5)}, "away.share"),
        ({"talk": Times(0, 0.5)}, "talk.mean"),
        ({"talk": Times(SECOND, 0.0)}, "talk.cv"),
        ({"answer": Answer(9 * SECOND, SECOND, 8 * SECOND)}, "answer.most"),
        ({"course": (Factor(HOUR, 1.0), Factor(HOUR, 2.0))}, "course[1].from"),
        ({"failing": (Failing(HOUR, HOUR, 0.1),)}, "failing[0].until"),
        ({"machines": Machines(0.2, 0, 0.1)}, "machines.delay"),
        ({"day_ns": 13 * HOUR}, "day"),
        ({"inbound": -1.0}, "inbound"),
    ],
)
def test_worlds_that_cannot_be(wrong: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as raised:
        made(replace(SHORT, **wrong))
    assert raised.value.path == path


def test_plans_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="2 campaigns"):
        plan(Outbound((SPRING, replace(SPRING, id="autumn"))))
    with pytest.raises(UsageError, match="no campaign 'autumn'"):
        plan(Outbound((SPRING,)), "autumn")
    with pytest.raises(ConfigError, match="nothing is paced by it"):
        made(campaign=replace(SPRING, mode="preview"))
    with pytest.raises(ConfigError, match="more than max_agents 5"):
        made(campaign=replace(SPRING, max_agents=5))
    with pytest.raises(ConfigError):
        made(cap=0.2)  # the law allows 3 %
    with pytest.raises(UsageError, match="0 seeds"):
        rehearse(made(), [])
    with pytest.raises(ConfigError, match=r"simulation\.agents"):
        loads_supposed("simulation: {agents: 0}", "yaml")


def test_a_picture_is_the_same_each_time(tmp_path: Path) -> None:
    found = rehearse(made(), [1], every_s=30.0)
    assert len(found.samples) == 80
    for one in found.samples:
        assert 0 <= one.talking + one.wrapping + one.idle <= 6.000001
    draw(found, tmp_path / "a.svg")
    draw(found, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    with pytest.raises(UsageError, match="kept no stretches"):
        draw(Rehearsal(found.plan, found.days), tmp_path / "c.svg")


# ---------------------------------------------------------------------------------------------- through the engine

WORLD = replace(
    SHORT,
    agents=8,
    answer_rate=0.4,
    day_ns=18 * MINUTE,
    break_ns=3 * MINUTE,
    talk=Times(60 * SECOND, 0.5),
    records=1500,
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, DayFigures, Path]:
    """A day through the engine, and its database."""
    one = made(WORLD, mode="power", ratio=1.5)
    path = tmp_path_factory.mktemp("lived") / "campaigns.db"
    figures, _ = engine_day(one.outbound, one.campaign, one.supposed, 2, database=path)
    return one, figures, path


def test_the_engine_and_the_quick_world_agree(lived: tuple[Plan, DayFigures, Path]) -> None:
    one, day, _ = lived
    agree(day, rehearse(one, range(2, 14)))


def agree(day: DayFigures, quick: Rehearsal) -> None:
    """A day of the engine is one as the quick world has them: no figure is far from theirs."""
    for name in ("utilisation", "idle_s", "share", "connects", "dials"):
        values = [float(getattr(one, name)) for one in quick.days]
        least = 1.2 / day.answered if name == "share" else 0.01 * fmean(values)  # abandoned: about one call
        middle, spread = fmean(values), max(stdev(values), least)
        assert abs(getattr(day, name) - middle) < 3.5 * spread, name
    (twin,) = (one for one in quick.days if one.seed == day.seed)
    assert day.hours == pytest.approx(twin.hours, rel=0.01)  # the same agents come and go


def test_the_book_tells_the_same(lived: tuple[Plan, DayFigures, Path]) -> None:
    _, day, path = lived
    with Book(path) as book:
        status = book.status("spring", START_NS + HOUR)
    assert status.attempts == day.dials
    assert status.persons == day.answered
    assert status.abandoned == day.abandoned
    assert day.carriers[0].calls == day.dials


def test_measured_rates_are_those_supposed(lived: tuple[Plan, DayFigures, Path]) -> None:
    _, day, path = lived
    far = Supposed(
        agents=3, answer_rate=0.9, talk=Times(500 * SECOND, 3.0), answer=Answer(SECOND, SECOND, HOUR)
    )
    with Book(path) as book:
        found = measure(book, "spring", far, START_NS, START_NS + HOUR, where=NEW_YORK)
        new = found.supposed
        assert new.agents == 3
        assert new.answer_rate == pytest.approx(0.4, abs=3.5 * (0.24 / day.dials) ** 0.5)
        assert new.course[0].factor == pytest.approx(1.0, abs=0.02)  # the hour has all of them
        assert {one.factor for one in new.course[1:]} == {1.0}
        assert new.talk.mean_ns / SECOND == pytest.approx(60, rel=0.15)
        assert new.talk.cv == pytest.approx(0.5, abs=0.15)
        assert new.answer.least_ns / SECOND == pytest.approx(5.0, abs=0.3)
        assert 4 < new.answer.mean_ns / SECOND < 14
        assert new.no_answer.least_ns / SECOND == pytest.approx(20.0, abs=0.5)
        assert new.no_answer.most_ns / SECOND == pytest.approx(25.0, abs=0.5)
        assert new.busy.share == pytest.approx(0.1, abs=0.06)
        assert new.busy.after_ns == pytest.approx(3 * SECOND, rel=0.1)
        assert new.machines == Machines()
        assert new.wrap_up == far.wrap_up
        assert any(note.startswith(("answer rate 4", "answer rate 3")) for note in found.notes)
        with pytest.raises(DataError, match="too few to measure"):
            measure(book, "spring", far, START_NS, START_NS + SECOND)


def test_wrap_up_is_measured_in_the_history(tmp_path: Path) -> None:
    class Rows:
        queues = (
            QueueRow(0, 900 * SECOND, "sales", "voice", QueueCounts(wrap_ups=40, wrap_up_ns=1200 * SECOND)),
        )
        agents = records = sessions = ()

    before = Measured(Supposed(), ())
    with History(tmp_path / "history.db") as history:
        history.write(Rows)
        found = measure_wrap_up(history, "sales", before, 0, HOUR)
        assert found.supposed.wrap_up == Times(30 * SECOND, 0.5)
        assert found.notes == ("wrap-up 30s on average of 40, from the history",)
        assert measure_wrap_up(history, "other", before, 0, HOUR) == before


def test_the_same_seed_is_the_same_day_through_the_engine() -> None:
    """With a list that runs out, machines, inbound calls and a carrier that fails."""
    world = replace(
        WORLD,
        day_ns=6 * MINUTE,
        records=20,
        inbound=100.0,
        machines=Machines(0.3, 2 * SECOND, persons_lost=0.1),
        failing=(Failing(0, HOUR, 0.2),),
    )
    first, again = (rehearse(made(world), [4], every_s=60.0, living=by_engine) for _ in range(2))
    assert first == again
    (day,) = first.days
    assert day.run_out_s is not None
    assert day.left == 0
    assert day.inbound > 3
    assert day.carriers[0].failed
    assert len(first.samples) == 6


def test_what_the_engine_cannot_live_through() -> None:
    with pytest.raises(ConfigError, match="closing"):
        rehearse(made(replace(SHORT, closing_ns=SECOND)), [1], living=by_engine)
    passed = Machines(0.2, 2 * SECOND, machines_passed=0.1)
    with pytest.raises(ConfigError, match="machines_passed"):
        rehearse(made(replace(SHORT, machines=passed)), [1], living=by_engine)


@pytest.mark.slow
def test_predictive_through_the_engine_is_as_good_as_in_the_quick_world() -> None:
    one = made(replace(SHORT, agents=10, day_ns=45 * MINUTE, break_ns=5 * MINUTE))
    (day,) = rehearse(one, [1], living=by_engine).days
    agree(day, rehearse(one, range(1, 13)))
