"""Virtual time: what becomes of calls, in which order things happen, and who is there.

Owns tests of ``run``, ``plan``, ``presence`` and ``simulate``; figures of reports are tested in ``test_report``.
"""

import csv
import gzip
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from outside import ROOT, outside

from routing.config import from_dict, load
from routing.config.localtime import zone
from routing.engine import Engine
from routing.errors import UsageError
from routing.model import Agent, Config
from routing.simulation.calls import Attendance, Call, CallLog, Service
from routing.simulation.inside import fits
from routing.simulation.placing import Placement
from routing.simulation.plan import make_plan
from routing.simulation.presence import infer_presence
from routing.simulation.reading import read_calls
from routing.simulation.result import NOBODY, OUTCOMES, Result
from routing.simulation.run import Answering
from routing.simulation.study import Simulation, simulate
from routing.simulation.workload import complete
from routing.units import DAY, HOUR, MINUTE, SECOND

HERE = Path(__file__).resolve().parent


def centre(*agents: str | dict[str, Any], **queue: Any) -> Config:
    """One queue ``q`` and agents; strings are agents without skills."""
    return from_dict(
        {
            "agents": [{"id": agent} if isinstance(agent, str) else agent for agent in agents],
            "queues": [{"id": "q", **queue}],
        }
    )


def call(at_s: float, service_s: float = 60, patience_s: float | None = None, **more: Any) -> Call:
    patience_ns = None if patience_s is None else round(patience_s * SECOND)
    return Call(
        round(at_s * SECOND),
        **{"queue": "q", "service_ns": round(service_s * SECOND), "patience_ns": patience_ns, **more},
    )


def play(config: Config, calls: Iterable[Call], **options: Any) -> Simulation:
    log = CallLog("test", list(calls))
    log.sort()
    return simulate(config, log, **options)


def told(result: Result) -> list[tuple[str, float, str]]:
    """Outcome, wait in s and agent ("" for nobody) of each call."""
    return [
        (OUTCOMES[outcome], wait_ns / SECOND, "" if agent == NOBODY else result.agent_ids[agent])
        for outcome, wait_ns, agent in zip(result.outcomes, result.waits_ns, result.agents, strict=True)
    ]


# --------------------------------------------------------------------------------------------- waiting and leaving


def test_calls_are_served_in_order_by_whoever_was_idle_longest() -> None:
    result = play(centre("ann", "bob"), [call(0), call(10), call(20), call(21)]).result
    assert told(result) == [
        ("served", 0, "ann"),
        ("served", 0, "bob"),
        ("served", 40, "ann"),
        ("served", 49, "bob"),
    ]


def test_a_caller_leaves_exactly_when_patience_ends() -> None:
    result = play(centre("ann"), [call(0), call(10, patience_s=12.5), call(20, patience_s=50)]).result
    assert told(result) == [("served", 0, "ann"), ("abandoned", 12.5, ""), ("served", 40, "ann")]


def test_a_caller_without_patience_is_served_or_gone() -> None:
    result = play(centre("ann"), [call(0, patience_s=0), call(1, patience_s=0)]).result
    assert told(result) == [("served", 0, "ann"), ("abandoned", 0, "")]


# --------------------------------------------------------------------------------------------- equal instants


def test_a_completion_comes_before_the_end_of_patience() -> None:
    result = play(centre("ann"), [call(0, 60), call(10, patience_s=50)]).result
    assert told(result)[1] == ("served", 50, "ann")


def test_a_completion_comes_before_an_arrival() -> None:
    """So the agent who comes free takes the caller who waits, and the one who arrives waits."""
    result = play(centre("ann"), [call(0, 60), call(10), call(60)]).result
    assert told(result)[1:] == [("served", 50, "ann"), ("served", 60, "ann")]


def test_patience_ends_before_an_arrival() -> None:
    rule = {"max_length": {"to": "disconnect", "length": 1}}
    result = play(centre("ann", **rule), [call(0), call(5, patience_s=15), call(20)]).result
    assert [outcome for outcome, _, _ in told(result)] == ["served", "abandoned", "served"]


def test_arrivals_go_in_the_order_of_the_log() -> None:
    result = play(centre("ann"), [call(0, 5), call(0, 7), call(0, 1)]).result
    assert [wait for _, wait, _ in told(result)] == [0, 5, 12]


def test_completions_go_by_number() -> None:
    result = play(centre("ann", "bob"), [call(0, 60), call(10, 50), call(20), call(21)]).result
    assert [agent for _, _, agent in told(result)[2:]] == ["ann", "bob"]


def test_timers_come_before_completions() -> None:
    """The wait of the second caller ends by the queue's rule in the instant in which the agent comes free."""
    rule = {"max_wait": {"to": "voicemail", "after": "50s"}}
    result = play(centre("ann", **rule), [call(0, 60), call(10)]).result
    assert told(result)[1] == ("diverted", 50, "")


def test_an_agent_who_logs_in_at_an_arrival_takes_it() -> None:
    config = replace(
        centre("ann"),
        shifts=from_dict(
            {"agents": [{"id": "ann"}], "shifts": [{"starts": "08:00", "ends": "09:00", "agents": ["ann"]}]}
        ).shifts,
    )
    result = play(config, [call(8 * 3600, 10), call(9 * 3600, patience_s=5)]).result
    assert told(result) == [("served", 0, "ann"), ("abandoned", 5, "")]


# --------------------------------------------------------------------------------------------- timers and rules


def test_offers_that_timers_make_are_answered_at_their_own_instant() -> None:
    steps = [{"expression": "tech >= 50"}, {"after": "7s", "expression": "tech"}]
    config = centre({"id": "ann", "skills": {"tech": 20}}, steps=steps)
    result = play(config, [call(0), call(100)]).result
    assert told(result) == [("served", 7, "ann"), ("served", 7, "ann")]


def test_wrap_up_keeps_an_agent_busy() -> None:
    result = play(centre("ann", wrap_up="15s"), [call(0, 60), call(10)]).result
    assert told(result)[1] == ("served", 65, "ann")
    assert list(result.wrap_ups_ns) == [15 * SECOND, 15 * SECOND]
    assert result.busy[0].total_ns == 150 * SECOND
    assert len(result.busy[0].starts_ns) == 1  # one stretch of work, without a break
    assert result.last_ns == 150 * SECOND


def test_wrap_ups_without_a_limit_end_when_the_simulated_agent_says_so() -> None:
    config = centre("ann", wrap_up="unlimited")
    assert told(play(config, [call(0), call(10)]).result)[1] == ("served", 50, "ann")
    slow = play(config, [call(0), call(10)], answering=Answering(wrap_up_ns=20 * SECOND)).result
    assert told(slow)[1] == ("served", 70, "ann")


@pytest.mark.parametrize("wrap_up", ["0s", "30s"])
@pytest.mark.parametrize("delay_s", [0, 3])
def test_a_disposition_that_is_required_takes_no_time_of_its_own(wrap_up: str, delay_s: int) -> None:
    answering = Answering(delay_s * SECOND, delay_s * SECOND)
    calls = [call(at, 50) for at in (0, 10, 60, 110)]
    one, two = (
        play(centre("ann", wrap_up=wrap_up, disposition_required=rule), calls, answering=answering).result
        for rule in (False, True)
    )
    assert told(one) == told(two)
    assert (one.wrap_ups_ns, one.busy, one.last_ns) == (two.wrap_ups_ns, two.busy, two.last_ns)


def test_an_offer_that_answers_itself_waits_for_nobody() -> None:
    calls = [call(at, 50) for at in (0, 10, 60, 110)]
    slow = Answering(3 * SECOND, 3 * SECOND)
    by_itself = play(centre("ann", auto_answer=True), calls, answering=slow).result
    at_once = play(centre("ann"), calls).result
    assert told(by_itself) == told(at_once)
    assert by_itself.commands == at_once.commands - len(calls)  # nobody had to accept


def test_what_queues_give_up_is_diverted_or_rejected() -> None:
    config = centre(
        "ann", max_wait={"to": "voicemail", "after": "30s"}, max_length={"to": "disconnect", "length": 1}
    )
    result = play(config, [call(0), call(1), call(2), call(40)]).result
    assert told(result) == [
        ("served", 0, "ann"),
        ("diverted", 30, ""),
        ("rejected", 0, ""),
        ("served", 20, "ann"),
    ]
    assert result.overflows == {("q", "max_wait", "voicemail", ""): 1, ("q", "length", "disconnect", ""): 1}


def test_a_call_that_overflows_keeps_its_wait() -> None:
    config = from_dict(
        {
            "agents": [{"id": "ann", "groups": ["front"]}, {"id": "bob", "groups": ["back"]}],
            "queues": [
                {
                    "id": "q",
                    "groups": ["front"],
                    "max_wait": {"to": "queue", "queue": "second", "after": "20s"},
                },
                {"id": "second", "groups": ["back"]},
            ],
        }
    )
    result = play(config, [call(0), call(1)]).result
    assert told(result)[1] == ("served", 20, "bob")
    assert result.overflows == {("q", "max_wait", "queue", "second"): 1}


def test_priority_is_worth_age() -> None:
    config = centre("ann", priority_credits=["0s", "0s", "90s"])
    calls = [call(0, 200), call(5), call(90, priority=2), call(97, priority=2)]
    assert [wait for _, wait, _ in told(play(config, calls).result)[1:]] == [255, 110, 223]


def test_what_the_engine_refuses_is_counted() -> None:
    config = replace(centre("ann"), limits=replace(Config().limits, contacts=1))
    result = play(config, [call(0), call(1), call(70)]).result
    assert [outcome for outcome, _, _ in told(result)] == ["served", "refused", "served"]
    assert sum(result.refusals.values()) == 1
    assert next(iter(result.refusals)).startswith("contacts_limit")


# --------------------------------------------------------------------------------------------- answering


def test_an_answer_takes_its_time() -> None:
    result = play(centre("ann"), [call(0, 60)], answering=Answering(4 * SECOND, 4 * SECOND)).result
    assert told(result) == [("served", 4, "ann")]
    assert result.busy[0].starts_ns.tolist() == [4 * SECOND]


def test_a_caller_may_leave_while_it_rings() -> None:
    answering = Answering(4 * SECOND, 4 * SECOND)
    result = play(centre("ann"), [call(0, patience_s=3), call(1, patience_s=30)], answering=answering).result
    assert told(result) == [("abandoned", 3, ""), ("served", 6, "ann")]


def test_an_answer_in_the_instant_in_which_patience_ends_counts() -> None:
    result = play(centre("ann"), [call(0, patience_s=4)], answering=Answering(4 * SECOND, 4 * SECOND)).result
    assert told(result) == [("served", 4, "ann")]


def test_whoever_is_too_slow_misses_offers_and_is_back_a_minute_later() -> None:
    slow = Answering(5 * SECOND, 5 * SECOND)
    config = centre("ann", ring_timeout="5s", exclusion="0s", misses_to_not_ready=2)
    result = play(config, [call(0, patience_s=100)], answering=slow).result
    assert told(result) == [("abandoned", 100, "")]
    assert result.busy[0].total_ns == 0


def test_delays_lie_between_their_limits_and_repeat() -> None:
    calls = [call(1000 * number, 60) for number in range(200)]
    answering = Answering(2 * SECOND, 8 * SECOND, seed=3)
    waits = [wait for _, wait, _ in told(play(centre("ann"), calls, answering=answering).result)]
    assert 2 <= min(waits) < 3
    assert 7 < max(waits) <= 8
    assert waits == [wait for _, wait, _ in told(play(centre("ann"), calls, answering=answering).result)]


# --------------------------------------------------------------------------------------------- nobody, nothing


def test_callers_whom_nobody_can_serve_are_still_waiting_at_the_end() -> None:
    result = play(centre(), [call(0), call(10, patience_s=5)]).result
    assert told(result) == [("waiting", 15, ""), ("abandoned", 5, "")]
    unskilled = play(centre("ann"), [call(0), call(30, requirement="tech")]).result
    assert told(unskilled)[1][0] in ("waiting", "refused")


def test_no_calls_and_no_agents() -> None:
    result = play(centre(), []).result
    assert told(result) == []
    assert (result.first_ns, result.last_ns) == (0, 0)


# --------------------------------------------------------------------------------------------- who is there

SHIFTS = {
    "agents": [{"id": "ann"}, {"id": "bob"}],
    "queues": [{"id": "q"}],
    "shifts": [{"starts": "08:00", "ends": "12:00", "agents": ["ann"]}],
}


def test_shifts_say_who_is_there() -> None:
    config = from_dict(SHIFTS)
    done = play(config, [call(7 * 3600, patience_s=7200), call(9 * 3600), call(13 * 3600, patience_s=60)])
    assert told(done.result) == [("served", 3600, "ann"), ("served", 0, "ann"), ("abandoned", 60, "")]
    assert (done.plan.staffing, done.result.first_ns, done.result.last_ns) == ("shifts", 0, DAY)
    assert [spans.total_ns for spans in done.result.staffed] == [4 * HOUR, 0]


def test_everybody_may_be_there_in_spite_of_shifts() -> None:
    done = play(from_dict(SHIFTS), [call(7 * 3600), call(7 * 3600 + 5)], staffing="all")
    assert told(done.result) == [("served", 0, "ann"), ("served", 0, "bob")]


def test_who_still_serves_at_the_end_of_a_shift_finishes() -> None:
    result = play(from_dict(SHIFTS), [call(12 * 3600 - 30, 600), call(12 * 3600 - 5, patience_s=60)]).result
    assert told(result) == [("served", 0, "ann"), ("abandoned", 60, "")]
    assert result.staffed[0].ends_ns.tolist() == [12 * HOUR - 30 * SECOND + 600 * SECOND]


def test_who_still_serves_when_the_next_shift_begins_is_back_when_done() -> None:
    more = {"starts": "12:05", "ends": "14:00", "agents": ["ann"]}
    config = from_dict({**SHIFTS, "shifts": [*SHIFTS["shifts"], more]})  # type: ignore[misc]
    result = play(config, [call(12 * 3600 - 30, 600), call(12 * 3600 + 360)]).result
    assert told(result)[1] == ("served", 210, "ann")
    assert result.staffed[0].starts_ns.tolist() == [8 * HOUR, 12 * HOUR + 570 * SECOND]


def test_a_caller_may_wait_for_the_next_morning() -> None:
    result = play(from_dict(SHIFTS), [call(20 * 3600)]).result
    assert told(result) == [("served", 12 * 3600, "ann")]
    assert result.last_ns == 32 * HOUR + 60 * SECOND


def test_closed_queues_turn_callers_away() -> None:
    hours = {"id": "office", "weekly": [{"days": ["thu"], "opens": "09:00", "closes": "17:00"}]}
    config = from_dict(
        {"agents": [{"id": "ann"}], "queues": [{"id": "q", "hours": "office"}], "hours": [hours]}
    )
    result = play(config, [call(8 * 3600), call(10 * 3600), call(18 * 3600)], staffing="all").result
    assert [outcome for outcome, _, _ in told(result)] == ["rejected", "served", "rejected"]


def test_days_can_be_chosen() -> None:
    calls = [call(day * 86_400 + 9 * 3600) for day in range(4)]
    done = play(from_dict(SHIFTS), calls, first_day=date(1970, 1, 2), last_day=date(1970, 1, 3))
    assert [entry.arrival_ns // DAY for entry in done.workload.calls] == [1, 2]
    assert (done.result.first_ns, done.result.last_ns) == (DAY, 3 * DAY)
    with pytest.raises(UsageError, match="the last day 1970-01-01 lies before the first day 1970-01-02"):
        play(from_dict(SHIFTS), calls, first_day=date(1970, 1, 2), last_day=date(1970, 1, 1))


# --------------------------------------------------------------------------------------------- presence from a log


def seen(
    services: list[tuple[float, float]], calls: Iterable[Call] = (), **options: Any
) -> list[tuple[float, str]]:
    log = CallLog(
        "test", list(calls), [Service("ann", round(a * SECOND), round(b * SECOND)) for a, b in services]
    )
    found = infer_presence(log, centre("ann", "bob"), **options)
    return [(at_ns / SECOND, type(command).__name__) for at_ns, command in found.commands]


def waited(at_s: float, wait_s: float) -> Call:
    return call(at_s, outcome="served", wait_ns=round(wait_s * SECOND))


def test_who_serves_again_soon_was_there() -> None:
    assert seen([(10, 60), (200, 300)]) == [(10, "LogIn"), (300, "LogOut")]


def test_who_serves_nobody_for_long_was_away() -> None:
    services = [(10.0, 60.0), (400.0, 500.0)]
    assert seen(services) == [(10, "LogIn"), (60, "LogOut"), (400, "LogIn"), (500, "LogOut")]
    assert seen(services, away_ns=340 * SECOND) == [(10, "LogIn"), (500, "LogOut")]


def test_nobody_is_idle_while_a_caller_waits() -> None:
    services = [(10.0, 60.0), (200.0, 300.0)]
    away = [(10, "LogIn"), (100, "LogOut"), (200, "LogIn"), (300, "LogOut")]
    assert seen(services, [waited(100, 90)]) == away
    assert seen(services, [waited(100, 9)]) == [
        (10, "LogIn"),
        (300, "LogOut"),
    ]  # time to turn to the next call
    assert seen(services, [waited(20, 100)])[1] == (60, "LogOut")


def test_callers_whom_an_agent_cannot_serve_tell_nothing() -> None:
    services = [Service("ann", 10 * SECOND, 60 * SECOND), Service("ann", 200 * SECOND, 300 * SECOND)]
    log = CallLog("test", [waited(100, 90)], services)
    config = centre({"id": "ann"}, {"id": "bob", "skills": {"tech": 50}}, requirement="tech")
    assert len(infer_presence(log, config).commands) == 2


def test_a_service_of_no_length_is_presence_too() -> None:
    assert seen([(10, 10)]) == [(10, "LogIn"), (10.000000001, "LogOut")]


def test_strangers_are_left_out_and_counted() -> None:
    log = CallLog("test", [], [Service("zoe", 1, 2), Service("zoe", 5, 6)])
    found = infer_presence(log, centre("ann"))
    assert (found.commands, found.strangers) == ([], {"zoe": 2})


def test_what_the_log_says_of_comings_and_goings_is_believed() -> None:
    log = CallLog(
        "test", [], [Service("ann", 1, 2)], [Attendance("ann", 0, True), Attendance("ann", 9, False)]
    )
    assert [at_ns for at_ns, _ in infer_presence(log, centre("ann")).commands] == [0, 9]


def test_staffing_from_the_log() -> None:
    services = [Service("ann", 0, 60 * SECOND), Service("bob", 500 * SECOND, 560 * SECOND)]
    log = CallLog("test", [call(0), call(100, patience_s=30), call(500)], services)
    result = simulate(centre("ann", "bob"), log, staffing="log").result
    assert told(result) == [("served", 0, "ann"), ("abandoned", 30, ""), ("served", 0, "bob")]


# --------------------------------------------------------------------------------------------- inside the core

PLAIN_QUEUES = st.fixed_dictionaries(
    {
        "strategy": st.sampled_from(
            ["longest_idle", "fewest_contacts", "round_robin", "linear", "most_skilled", "random"]
        ),
        "ordering": st.sampled_from(["fifo", "priority_age"]),
        "wrap_up": st.sampled_from(["0s", "3s", "10s"]),
        "steps": st.sampled_from(
            [
                [],
                [{"expression": "a"}],
                [
                    {"expression": "b >= 50"},
                    {"after": "4s", "expression": "b"},
                    {"after": "9s", "expression": "a or b"},
                ],
            ]
        ),
    }
)
PLAIN_CALLS = st.lists(
    st.builds(
        call,
        at_s=st.integers(0, 60),
        service_s=st.integers(0, 20),
        patience_s=st.one_of(st.none(), st.integers(0, 30)),
        queue=st.sampled_from(["q", "r"]),
        requirement=st.sampled_from(["", "", "a", "a and b"]),
        priority=st.integers(0, 2),
    ),
    max_size=40,
)
SKILLS = st.lists(st.dictionaries(st.sampled_from(["a", "b"]), st.integers(1, 100)), max_size=5)


@settings(max_examples=200, deadline=None)
@given(PLAIN_QUEUES, PLAIN_QUEUES, PLAIN_CALLS, SKILLS, st.integers(1, 2))
def test_both_ways_to_run_are_equal_to_the_digest(
    q: dict[str, Any], r: dict[str, Any], calls: list[Call], skills: list[dict[str, int]], capacity: int
) -> None:
    config = from_dict(
        {
            "skills": ["a", "b"],
            "channels": [{"id": "voice", "capacity": capacity}],
            "agents": [{"id": f"agent {place}", "skills": entry} for place, entry in enumerate(skills)],
            "queues": [{"id": "q", **q}, {"id": "r", **r}],
        }
    )
    log = CallLog("test", calls)
    log.sort()
    plan = make_plan(config, log)
    assert fits(config, complete(log.calls), plan, Answering())
    assert simulate(config, log).result == simulate(config, log, engine=Engine).result


@pytest.mark.parametrize(
    ("queue", "options"),
    [
        ({"max_wait": {"to": "voicemail", "after": "9s"}}, {}),
        ({"max_length": {"to": "disconnect", "length": 1}}, {}),
        ({"wrap_up": "unlimited"}, {}),
        ({}, {"answering": Answering(1, 1)}),
        ({}, {"staffing": "log"}),
    ],
)
def test_whatever_is_more_than_calls_goes_through_commands(
    queue: dict[str, Any], options: dict[str, Any]
) -> None:
    config = centre("ann", **queue)
    log = CallLog("test", [call(0), call(1, patience_s=30)])
    plan = make_plan(config, log, options.get("staffing"))
    assert not fits(config, complete(log.calls), plan, options.get("answering", Answering()))
    assert simulate(config, log, **options).result == simulate(config, log, engine=Engine, **options).result


# --------------------------------------------------------------------------------------------- whole logs


def test_equal_runs_are_equal_to_the_digest() -> None:
    config = load(HERE / "data" / "small.toml")
    log = read_calls(HERE / "data" / "small_trace.csv", Placement(config))
    one, two = simulate(config, log).result, simulate(config, log).result
    assert one == two
    assert one.digest != 0
    assert simulate(config, replace(log, calls=log.calls[:-1])).result.digest != one.digest


def test_the_small_trace_is_routed_as_by_the_reference_engine() -> None:
    """``python tests/data/make_small.py`` makes trace and answer anew."""
    config = load(HERE / "data" / "small.toml")
    log = read_calls(HERE / "data" / "small_trace.csv", Placement(config))
    result = simulate(config, log).result
    with (HERE / "data" / "small_answer.csv").open(encoding="utf-8", newline="") as file:
        answer = [(row["outcome"], int(row["wait_ns"]), row["agent"]) for row in csv.DictReader(file)]
    names = (*result.agent_ids, "-1")
    got = zip(result.outcomes, result.waits_ns, result.agents, strict=True)
    assert [(OUTCOMES[outcome], wait_ns, names[agent]) for outcome, wait_ns, agent in got] == answer


def test_no_agent_is_busy_beyond_what_they_are_staffed_for() -> None:
    config = load(HERE / "data" / "small.toml")
    result = simulate(config, read_calls(HERE / "data" / "small_trace.csv", Placement(config))).result
    for staffed, busy in zip(result.staffed, result.busy, strict=True):
        assert len(busy.starts_ns) == len(busy.ends_ns)
        times = [time for pair in zip(busy.starts_ns, busy.ends_ns, strict=True) for time in pair]
        assert times == sorted(times)
        assert busy.total_ns <= staffed.total_ns
    total_ns = sum(result.services_ns) + sum(result.wrap_ups_ns)
    assert sum(busy.total_ns for busy in result.busy) == total_ns  # one call at a time


def test_every_call_of_cc50() -> None:
    config = load(ROOT / "examples" / "cc50.toml")
    log = read_calls(outside("cc50/trace.csv.gz"), Placement(config))
    result = simulate(config, log).result
    names = (*result.agent_ids, "-1")
    got = [
        (OUTCOMES[outcome], str(wait_ns), names[agent])
        for outcome, wait_ns, agent in zip(result.outcomes, result.waits_ns, result.agents, strict=True)
    ]
    with gzip.open(outside("cc50/answer.csv.gz"), "rt", encoding="utf-8") as file:
        assert got == [(row["outcome"], row["wait_ns"], row["agent"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("month", ["january", "october"])
def test_a_month_of_the_bank_comes_out_near_what_happened(month: str) -> None:
    """``docs/bank.md`` has the whole comparison; here, that nobody breaks it unawares."""
    config = load(ROOT / "examples" / "bank.toml")
    where = zone(config.timezone)
    log = read_calls(outside(f"anonymous_bank/{month}_1999.txt.gz"), Placement(config), zone=where)
    result = simulate(config, log, staffing="log").result
    size = len(log.calls)
    left = [sum(entry.outcome == "abandoned" for entry in log.calls) / size, result.outcomes.count(2) / size]
    waits = [sum(entry.wait_ns or 0 for entry in log.calls) / size, sum(result.waits_ns) / size]
    assert left[1] == pytest.approx(left[0], rel=0.15)
    assert waits[1] == pytest.approx(waits[0], rel=0.2)
    assert set(result.outcomes) == {1, 2}


def test_ids_of_agents_are_their_own() -> None:
    """An agent may be called like a number, in any order."""
    config = Config(agents=(Agent("7"), Agent("0")), queues=centre().queues)
    assert [
        agent for _, _, agent in told(play(config, [call(0), call(1), call(2 * MINUTE / SECOND)]).result)
    ] == ["7", "0", "7"]
