"""Devices held against a plain recount: who sits where, what is out of reach, what rings next.

Owns the properties of the pure parts; must not know hosts or front-ends (`test_facade_devices`).
"""

from collections.abc import Sequence
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.center.devices import (
    Cause,
    Device,
    Devices,
    Places,
    Plan,
    Round,
    Rung,
    Said,
    Seats,
    Stage,
    check_places,
)
from routing.commands import LogIn, ReportDevice
from routing.errors import ConfigError
from routing.events import AgentLoggedIn, AgentLoggedOut, CommandRefused, Event, Reason
from routing.model import Holiday, Hours, OpenSpan
from routing.units import SECOND

AGENTS = ("ann", "ben")
SEATS = ("s1", "s2", "s3")
HOUR = 3600 * SECOND

# ------------------------------------------------------------------------------------------------------ seats

Step = tuple[str, str, str, str]

steps = st.one_of(
    st.tuples(
        st.sampled_from(get_args(Said)),
        st.sampled_from(AGENTS),
        st.sampled_from((*SEATS, "desk")),
        st.sampled_from(("", "already_so", "agent_logged_out")),
    ),
    st.tuples(st.sampled_from(("out", "in")), st.sampled_from(AGENTS), st.just(""), st.just("")),
)


def seats_recounted(log: Sequence[Step], agent: str) -> list[str]:
    """The seats of an agent, by going through all that was said of each seat."""
    found: list[tuple[int, str]] = []
    for seat in (*SEATS, "desk"):
        holder, since = "", 0
        for at, (said, who, where, refused) in enumerate(log):
            if said in ("out", "in"):
                if who == holder:
                    holder = ""
            elif where == seat and refused != "agent_logged_out":
                if said == "signed_in" and not holder:
                    holder, since = who, at
                elif said == "signed_out" and holder == who:
                    holder = ""
        if holder == agent:
            found.append((since, seat))
    return [seat for _, seat in sorted(found)]


def state_recounted(log: Sequence[Step], agent: str, endpoint: str) -> str:
    """What was said last of an endpoint since its agent came, or left that seat."""
    for place in range(len(log) - 1, -1, -1):
        said, who, where, refused = log[place]
        if who != agent or refused == "agent_logged_out":
            continue
        if said in ("out", "in"):
            return "available"
        if where == endpoint and said in ("available", "in_use", "unreachable"):
            return said
        if where == endpoint and said == "signed_out" and endpoint in seats_recounted(log[:place], agent):
            return "available"
    return "available"


@given(st.lists(steps, max_size=25), st.integers(0, 25))
def test_seats_are_what_a_recount_of_all_that_was_said_finds(log: list[Step], written: int) -> None:
    seats = Seats()
    for at, (said, agent, where, refused) in enumerate(log):
        if at == written:
            seats = Seats(seats.snapshot())
        if said in ("out", "in"):
            gone: Event = AgentLoggedOut(at, agent) if said == "out" else AgentLoggedIn(at, agent, True, "")
            seats.follow(None, [gone])
        else:
            events = [CommandRefused(at, "ReportDevice", Reason(refused), agent)] if refused else []
            seats.follow(ReportDevice(agent, "available", where, said), events)
    for agent in AGENTS:
        mine = seats_recounted(log, agent)
        assert list(seats.seats_of(agent)) == mine
        assert [seat for seat in (*SEATS, "desk") if seats.agent_at(seat) == agent] == sorted(
            mine, key=(*SEATS, "desk").index
        )
        endpoints = ("s1", "desk")
        states = [state_recounted(log, agent, one) for one in endpoints]
        assert [seats.state_of(agent, one) for one in endpoints] == states
        together = "unreachable" if set(states) == {"unreachable"} else "available"
        assert seats.together(agent, endpoints) == ("in_use" if "in_use" in states else together)


def test_what_is_no_report_on_an_endpoint_changes_nothing() -> None:
    seats = Seats()
    for command in (
        LogIn("ann"),
        ReportDevice("ann", "unreachable"),
        ReportDevice("ann", "in_use", "desk", "lost"),
    ):
        seats.follow(command, ())
    assert (seats.state_of("ann", "desk"), seats.together("ann", ())) == ("available", "available")
    assert Seats(seats.snapshot()).snapshot() == seats.snapshot()


# ------------------------------------------------------------------------------------------------------ rounds

Happening = tuple[str, str, Cause, int]


def rung_recounted(
    stages: Sequence[Stage], begun: int, until: int, log: Sequence[Happening]
) -> tuple[list[str], int, str | None]:
    """What rings after all this, until when (0: for ever), and why the offer failed: by when devices were given up."""
    gone: dict[str, int] = {}
    causes: list[str] = []

    def begins(stage: int) -> int:
        return begun if not stage else max(gone[one.id] for one in stages[stage - 1].devices)

    def current() -> int | None:
        left = [n for n, one in enumerate(stages) if any(dev.id not in gone for dev in one.devices)]
        return left[0] if left else None

    def due(stage: int) -> int | None:
        at = begins(stage) + stages[stage].ring_ns
        timed = stage + 1 < len(stages) and stages[stage].ring_ns and (not until or at < until)
        return at if timed else None

    for kind, device, cause, at in log:
        while kind == "time" and (stage := current()) is not None and (end := due(stage)) and end <= at:
            causes.append("no_answer")
            gone |= {one.id: end for one in stages[stage].devices if one.id not in gone}
        if kind == "failed" and (stage := current()) is not None:
            hit = [one.id for one in stages[stage].devices if one.id not in gone and device in ("", one.id)]
            causes += [cause] * bool(hit)
            gone |= dict.fromkeys(hit, at)
    stage = current()
    if stage is None:
        return [], 0, min(causes, key=("no_answer", "busy", "unreachable").index)
    return [one.id for one in stages[stage].devices if one.id not in gone], due(stage) or until, None


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4)), min_size=1, max_size=4),
    st.sampled_from((0, 6, 12, 30)),
    st.lists(
        st.tuples(
            st.sampled_from(("failed", "failed", "time")),
            st.sampled_from(("", *"abcdefgh")),
            st.sampled_from(get_args(Cause)),
            st.integers(0, 3),
        ),
        max_size=12,
    ),
)
def test_what_rings_is_what_a_recount_finds(
    sizes: list[tuple[int, int]], ends: int, drawn: list[tuple[str, str, Cause, int]]
) -> None:
    names = iter("abcdefghijkl")
    stages = [Stage(tuple(Rung(next(names), "sip:x") for _ in range(size)), ring) for size, ring in sizes]
    begun = now = 100
    until = begun + ends if ends else 0
    ring = Round(stages, begun, until)
    log: list[Happening] = []
    for kind, device, cause, passed in drawn:
        now += passed
        log.append((kind, device, cause, now))
        before = ring.ringing
        moved = ring.failed(device, cause, now) if kind == "failed" else ring.advance(now)
        want, end, over = rung_recounted(stages, begun, until, log)
        assert [one.id for one in ring.ringing] == want
        if kind == "failed":
            assert moved.over == over
        assert set(moved.stopped) == set(before) - set(ring.ringing)
        assert set(moved.begun) == set(ring.ringing) - set(before)
        if want:
            assert ring.rest_ns(now) == (max(end - now, 1) if end else 0)


# ------------------------------------------------------------------------------------------------------- plans

OFFICE = Hours("office", (OpenSpan(("thu",), "09:00", "17:00"),))  # 1 January 1970 was a Thursday
PLACES = Places(
    {
        "ann": Devices(
            (
                Device("desk", "d", 8, "office"),
                Device("mobile", "m", 5, unless_seated=True),
                Device("home", "h"),
            )
        ),
        "ben": Devices((Device("desk", "b"), Device("soft", "c")), "all"),
    },
    {"s1": "1", "s2": "2"},
    7,
    (OFFICE,),
)


@pytest.mark.parametrize("seed", range(60))
def test_a_plan_is_seats_then_devices_that_can_be_reached_then_all(seed: int) -> None:
    random, plan, seats = Random(seed), Plan(PLACES), Seats()
    for agent in ("ann", "ben", "cat"):
        for seat in ("s1", "s2", "s9"):
            if random.random() < 0.3:
                seats.follow(ReportDevice(agent, "available", seat, "signed_in"), ())
        for endpoint in ("s1", "s2", "desk", "mobile", "home", "soft"):
            said = random.choice(("available", "available", *get_args(Said)[3:]))
            seats.follow(ReportDevice(agent, "available", endpoint, said), ())
    at = random.choice((0, 10 * HOUR))
    for agent in ("ann", "ben", "cat"):
        taken = [one for one in seats.seats_of(agent) if one != "s9"]
        own = {"ann": ["desk", "mobile", "home"], "ben": ["desk", "soft"], "cat": []}[agent]
        scheduled = [
            one
            for one in own
            if not (one == "mobile" and taken) and not (agent == "ann" and one == "desk" and at == 0)
        ]
        reached = [one for one in (*taken, *scheduled) if seats.state_of(agent, one) == "available"]
        last = [*taken, *(one for one in own if not (one == "mobile" and taken))]
        stages = plan.stages(agent, seats, at)
        want = reached or last
        assert [one.id for stage in stages for one in stage.devices] == want
        assert len(stages) == (min(len(want), 1) if agent == "ben" else len(want))
        assert plan.is_plain(agent, seats) == (agent == "cat" and not seats.seats_of("cat"))


def test_seconds_of_each_device_and_seat_are_those_of_its_stage() -> None:
    plan, seats = Plan(PLACES), Seats()
    seats.follow(ReportDevice("ann", "available", "s2", "signed_in"), ())
    found = plan.stages("ann", seats, 10 * HOUR)
    assert [(stage.devices[0].address, stage.ring_ns) for stage in found] == [("2", 7), ("d", 8), ("h", 0)]
    assert plan.endpoints("ann", seats) == ("s2", "desk", "mobile", "home")
    assert plan.endpoints("cat", seats) == ("",)
    seats.follow(ReportDevice("cat", "available", "s1", "signed_in"), ())
    assert plan.endpoints("cat", seats) == ("s1",)


def test_hours_follow_the_clock_of_their_zone_and_their_holidays() -> None:
    weekdays = (OpenSpan(("mon", "tue", "wed", "thu", "fri"), "09:00", "17:00"),)
    hours = Hours("office", weekdays, (Holiday("1970-01-02"),), "Asia/Tokyo")  # 9 hours ahead
    plan = Plan(
        Places({"ann": Devices((Device("desk", "d", hours="office"), Device("home", "h")))}, hours=(hours,))
    )
    found = [
        [stage.devices[0].id for stage in plan.stages("ann", Seats(), at)] for at in (0, 8 * HOUR, 24 * HOUR)
    ]
    assert found == [["desk", "home"], ["home"], ["home"]]


@pytest.mark.parametrize(
    ("places", "message"),
    [
        (Places({"ann": Devices(())}), "devices.ann.devices: is empty"),
        (Places({"ann": Devices((Device("d", "x"), Device("d", "y")))}), "'d' stands here twice"),
        (Places({"ann": Devices((Device("s1", "x"),))}, {"s1": "y"}), "'s1' is a seat, too"),
        (Places(seats={"s1": ""}), "seats.s1: is empty or too long"),
        (Places(timezone="Europe/Nowhere"), "timezone"),
        (Places(hours=(OFFICE, OFFICE)), "'office' stands here twice"),
        (Places(hours=(Hours("h", (OpenSpan(("mon",), "9", "10"),)),)), "no time of day"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(places: Places, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_places(places)
    check_places(PLACES)
