"""Configurations: from plain data to checked structs and back, and every rule with its message."""

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.config import (
    Names,
    check_agent,
    check_expression,
    check_id,
    check_queue,
    check_skill_id,
    check_steps,
    check_time_zones,
    config_hash,
    dumps,
    effective_steps,
    from_dict,
    loads,
    normalise,
    validate,
)
from routing.config.shape import to_raw
from routing.config.text import FORMATS
from routing.errors import ConfigError
from routing.events import Reason
from routing.model import (
    UNLIMITED,
    Agent,
    Channel,
    Config,
    Holiday,
    Hours,
    Limits,
    OpenSpan,
    Overflow,
    Queue,
    Shift,
    Step,
)
from routing.units import MAX_DURATION_NS, MINUTE, SECOND

CENTRE = """
name = "Example"
timezone = "Europe/Berlin"
skills = ["tech", "spanish"]
groups = ["day"]

[[channels]]
id = "voice"

[[channels]]
id = "chat"
capacity = 3

[[agents]]
id = "ann"
skills = {tech = 50, spanish = 80}
groups = ["day"]
channels = {voice = 1, chat = 2}

[[agents]]
id = "bob"

[[queues]]
id = "sales"
members = ["bob"]
groups = ["day"]
requirement = "spanish >= 70"
ring_timeout = "15s"
wrap_up = "unlimited"
priority_credits = ["0s", "30s"]
max_wait = {to = "queue", queue = "support", after = "5m"}
max_length = {length = 100}
hours = "office"

[[queues]]
id = "support"
steps = [{expression = "tech >= 50"}, {after = "1m30s"}]
no_agent = {to = "voicemail"}
closed = {to = "queue", queue = "sales", keep_age = false}

[[hours]]
id = "office"
weekly = [{days = ["mon", "tue"], opens = "08:00", closes = "18:00"}]
holidays = [{date = "2026-12-25"}, {date = "2026-12-24", opens = "08:00", closes = "12:00"}]

[[shifts]]
starts = "08:00"
ends = "16:00"
agents = ["bob"]
groups = ["day"]
from_date = "2026-01-01"
"""


def centre() -> dict[str, Any]:
    """Plain data that passes every check, for one thing to be spoilt."""
    return {
        "skills": ["tech", "spanish"],
        "groups": ["day"],
        "agents": [{"id": "ann", "skills": {"tech": 50}, "groups": ["day"]}, {"id": "bob"}],
        "queues": [{"id": "sales"}, {"id": "support", "steps": [{}, {"expression": "tech", "after": "9s"}]}],
        "hours": [{"id": "office", "weekly": [{"days": ["mon"], "opens": "08:00", "closes": "18:00"}]}],
        "shifts": [{"starts": "08:00", "ends": "16:00", "agents": ["ann"]}],
    }


def complaint(check: Callable[[], object]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        check()
    assert "\n" not in str(caught.value)
    return caught.value


# --- Reading


def test_reads_everything() -> None:
    assert loads(CENTRE, "toml") == Config(
        name="Example",
        timezone="Europe/Berlin",
        skills=("tech", "spanish"),
        groups=("day",),
        channels=(Channel("voice"), Channel("chat", capacity=3)),
        agents=(
            Agent("ann", {"tech": 50, "spanish": 80}, ("day",), {"voice": 1, "chat": 2}),
            Agent("bob"),
        ),
        queues=(
            Queue(
                "sales",
                members=("bob",),
                groups=("day",),
                requirement="spanish >= 70",
                ring_timeout_ns=15 * SECOND,
                wrap_up_ns=UNLIMITED,
                priority_credits_ns=(0, 30 * SECOND),
                max_wait=Overflow("queue", "support", after_ns=5 * MINUTE),
                max_length=Overflow(length=100),
                hours="office",
            ),
            Queue(
                "support",
                steps=(Step("tech >= 50"), Step("", 90 * SECOND)),
                no_agent=Overflow("voicemail"),
                closed=Overflow("queue", "sales", keep_age=False),
            ),
        ),
        hours=(
            Hours(
                "office",
                (OpenSpan(("mon", "tue"), "08:00", "18:00"),),
                (Holiday("2026-12-25"), Holiday("2026-12-24", "08:00", "12:00")),
            ),
        ),
        shifts=(Shift("08:00", "16:00", agents=("bob",), groups=("day",), from_date="2026-01-01"),),
    )


def test_the_centre_that_is_spoilt_below_is_sound() -> None:
    assert len(from_dict(centre()).agents) == 2
    assert from_dict({}) == validate(Config()) == Config()


# --- Complaints: (where to put, what to put) into a sound centre, then the message

Spoil = Callable[[dict[str, Any]], object]


def put(path: str, value: object) -> Spoil:
    """Give a function that sets ``queues.0.strategy`` in plain data."""

    def spoil(raw: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        place: Any = raw
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place.setdefault(parent, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value

    return spoil


COMPLAINTS: list[tuple[str, object, str]] = [
    # names of fields
    ("queues.0.strategi", "linear", "queues[0].strategi: unknown field; did you mean 'strategy'?"),
    ("queues.0.ring_timeout_ns", 5, "queues[0].ring_timeout_ns: unknown field; did you mean 'ring_timeout'?"),
    ("qqq", 5, "qqq: unknown field; allowed are name, timezone, seed, channels, skills, groups, agents"),
    ("limits.agentz", 5, "limits.agentz: unknown field; did you mean 'agents'?"),
    ("agents.1", {"skills": {}}, "agents[1].id: is missing; every Agent needs one, so add it"),
    ("hours.0.weekly.0", {"days": ["mon"]}, "hours[0].weekly[0].opens: is missing"),
    ("agents.0.a b", 5, "agents[0]['a b']: unknown field; allowed are id, skills, groups, channels, load"),
    ("agents.0", {5: "x", "id": "a"}, "agents[0]: a key is not text: 5 is a number; put it in quotes"),
    ("agents.0.skills", {True: 5}, "agents[0].skills: a key is not text: true is a truth value; put it in"),
    # types
    ("agents", {}, "agents: a table stands here; it must be a list, in brackets"),
    ("agents", "ann", "agents: 'ann' is text; it must be a list, in brackets"),
    ("agents.0", "ann", "agents[0]: 'ann' is text; it must be a table"),
    ("agents.0.id", 1001, "agents[0].id: 1001 is a number; it must be text, so put it in quotes"),
    ("agents.0.id", True, "agents[0].id: true is a truth value; it must be text, so put it in quotes"),
    ("agents.0.id", None, "agents[0].id: nothing stands here; it must be text, so put it in quotes"),
    ("agents.0.id", ["a"], "agents[0].id: a list stands here; it must be text"),
    ("agents.0.id", 1.5, "agents[0].id: 1.5 is a number with decimals; it must be text"),
    ("agents.0.id", 10**30, "agents[0].id: a huge number stands here; it must be text"),
    ("agents.0.load", -(10**30), "agents[0].load: a huge number is not in 0..1000000; correct it"),
    ("agents.0.load", 2**70, "agents[0].load: 1180591620717411303424 is not in 0..1000000; correct it"),
    ("agents.0.load", "5", "agents[0].load: '5' is text; it must be a whole number, without quotes"),
    ("agents.0.load", 5.0, "agents[0].load: 5.0 is a number with decimals; it must be a whole number"),
    ("agents.0.load", False, "agents[0].load: false is a truth value; it must be a whole number"),
    ("agents.0.load", b"x", "agents[0].load: a bytes stands here; it must be a whole number"),
    ("agents.0.skills", ["tech"], "agents[0].skills: a list stands here; it must be a table"),
    ("agents.0.groups", "day", "agents[0].groups: 'day' is text; it must be a list, in brackets"),
    ("agents.0.groups", [5], "agents[0].groups[0]: 5 is a number; it must be text, so put it in quotes"),
    ("idle_since_ready", "yes", "idle_since_ready: 'yes' is text; it must be true or false, without quotes"),
    ("queues.0.closed", "x", "queues[0].closed: 'x' is text; it must be a table"),
    ("queues.0.strategy", 5, "queues[0].strategy: 5 is a number; it must be one of 'fewest_contacts', "),
    # bounds
    ("agents.0.id", "", "agents[0].id: is empty; give it a name"),
    ("agents.0.id", "x" * 129, "' has 129 characters; 128 are allowed"),
    ("agents.0.skills.tech", 101, "agents[0].skills.tech: 101 is not in 1..100; correct it"),
    ("agents.0.skills.tech", 0, "agents[0].skills.tech: 0 is not in 1..100; correct it"),
    ("queues.0.tier", -1_000_001, "queues[0].tier: -1000001 is not in -1000000..1000000; correct it"),
    ("queues.0.strategy", "longest", "queues[0].strategy: 'longest' is not one of 'fewest_contacts', "),
    ("queues.0.strategy", "lineal", "; did you mean 'linear'?"),
    ("limits.steps", 256, "limits.steps: 256 is not in 1..255; correct it"),
    # durations
    ("queues.0.ring_timeout", 20, "queues[0].ring_timeout: 20 is a number and has no unit; write"),
    ("queues.0.ring_timeout", 1.5, "queues[0].ring_timeout: 1.5 is a number with decimals and has no unit"),
    ("queues.0.ring_timeout", "20", "queues[0].ring_timeout: '20' has no unit; write '20s' for seconds"),
    ("queues.0.ring_timeout", True, "queues[0].ring_timeout: true is a truth value; write a duration"),
    ("queues.0.ring_timeout", "unlimited", "queues[0].ring_timeout: 'unlimited' is no duration; write"),
    ("queues.0.wrap_up", -1, "write a duration such as '20s', or 'unlimited'"),
    ("queues.0.wrap_up", "for ever", "queues[0].wrap_up: 'for ever' is no duration; write"),
    ("queues.0.priority_credits", ["0s", 5], "queues[0].priority_credits[1]: 5 is a number and has no unit"),
    ("queues.0.max_wait", {"after": 5}, "queues[0].max_wait.after: 5 is a number and has no unit"),
    ("queues.1.steps.1.after", "1x", "queues[1].steps[1].after: '1x' has the unknown unit 'x'; write"),
    # ids
    ("agents.1.id", "ann", "agents[1].id: 'ann' is the id of agents[0] already; choose another"),
    ("queues.1.id", "sales", "queues[1].id: 'sales' is the id of queues[0] already; choose another"),
    ("channels", [{"id": "a"}, {"id": "a"}], "channels[1].id: 'a' is the id of channels[0] already"),
    ("hours", [{"id": "a"}, {"id": "a"}], "hours[1].id: 'a' is the id of hours[0] already"),
    ("skills", ["tech", "tech"], "skills[1]: 'tech' is skills[0] already; choose another"),
    ("groups", ["day", "day"], "groups[1]: 'day' is groups[0] already; choose another"),
    ("not_ready_reasons", ["a", "a"], "not_ready_reasons[1]: 'a' is not_ready_reasons[0] already"),
    ("not_ready_reasons", [" "], "not_ready_reasons[0]: ' ' begins or ends with a blank; remove it"),
    ("agents.0.id", "ann ", "agents[0].id: 'ann ' begins or ends with a blank; remove it"),
    ("queues.0.id", "a\tb", "queues[0].id: 'a\\tb' contains a control character; remove it"),
    ("queues.0.id", "a\ud800", "queues[0].id: 'a\\ud800' contains a control character; remove it"),
    ("groups", ["day", "a\x85b"], "groups[1]: 'a\\x85b' contains a control character"),
    ("name", "a\ud800", "name: 'a\\ud800' contains a control character; remove it"),
    ("skills", ["lang-es", "tech"], "skills[0]: 'lang-es' is no skill id; use letters, digits and '_' only"),
    ("skills", ["tech", "2nd"], "skills[1]: '2nd' is no skill id; do not begin with a digit"),
    ("skills", ["tech", "not"], "skills[1]: 'not' is no skill id; it is a reserved word, so choose another"),
    ("skills", ["tech", "True"], "skills[1]: 'True' is no skill id; it is a reserved word"),
    ("skills", ["tech", "\ufb01sh"], "skills[1]: '\ufb01sh' is no skill id; write 'fish', its normal form"),
    # names that nobody declared
    ("agents.0.skills", {"tec": 5}, "agents[0].skills.tec: unknown skill 'tec'; did you mean 'tech'?"),
    ("agents.0.skills", {"a b": 5}, "agents[0].skills['a b']: unknown skill 'a b'; declare it in skills"),
    ("agents.0.groups", ["days"], "agents[0].groups[0]: unknown group 'days'; did you mean 'day'?"),
    (
        "agents.0.channels",
        {"vice": 1},
        "agents[0].channels.vice: unknown channel 'vice'; did you mean 'voice'?",
    ),
    ("agents.0.channels", {"x": 1}, "agents[0].channels.x: unknown channel 'x'; declare it in channels"),
    (
        "queues.0.members",
        ["ann", "bub"],
        "queues[0].members[1]: unknown agent 'bub'; add the agent or remove",
    ),
    ("queues.0.groups", ["night"], "queues[0].groups[0]: unknown group 'night'; declare it in groups"),
    (
        "queues.0.requirement",
        "spanisch",
        "queues[0].requirement: unknown skill 'spanisch'; did you mean 'spanish'?",
    ),
    (
        "queues.1.steps.1.expression",
        "spanisch",
        "queues[1].steps[1].expression: unknown skill 'spanisch'; did",
    ),
    (
        "queues.0.closed",
        {"to": "queue", "queue": "suport"},
        "queues[0].closed.queue: unknown queue 'suport'; did",
    ),
    (
        "queues.0.max_wait",
        {"to": "queue", "queue": "x"},
        "queues[0].max_wait.queue: unknown queue 'x'; add the",
    ),
    ("queues.0.hours", "ofice", "queues[0].hours: unknown hours 'ofice'; did you mean 'office'?"),
    ("queues.0.hours", "x", "queues[0].hours: unknown hours 'x'; add opening hours with this id"),
    ("shifts.0.agents", ["an"], "shifts[0].agents[0]: unknown agent 'an'; did you mean 'ann'?"),
    ("shifts.0.groups", ["dai"], "shifts[0].groups[0]: unknown group 'dai'; declare it in groups"),
    # lists
    (
        "agents.0.groups",
        ["day", "day"],
        "agents[0].groups[1]: 'day' is in the list already; remove one of them",
    ),
    ("queues.0.members", ["ann", "ann"], "queues[0].members[1]: 'ann' is in the list already"),
    ("queues.0.groups", ["day", "day"], "queues[0].groups[1]: 'day' is in the list already"),
    ("shifts.0.agents", ["ann", "ann"], "shifts[0].agents[1]: 'ann' is in the list already"),
    ("shifts.0.groups", ["day", "day"], "shifts[0].groups[1]: 'day' is in the list already"),
    ("shifts.0.days", ["mon", "mon"], "shifts[0].days[1]: 'mon' is in the list already"),
    # requirements and steps
    (
        "queues.0.requirement",
        "tech >=",
        "queues[0].requirement: column 7: the expression breaks off; add what",
    ),
    ("queues.1.requirement", "tech", "queues[1].requirement: stands beside steps; move it into steps[0].exp"),
    (
        "queues.1.steps.0.expression",
        "a b",
        "queues[1].steps[0].expression: column 3: no operator stands before",
    ),
    ("queues.1.steps.0.after", "5s", "queues[1].steps[0].after: 5s leaves the time before it without a step"),
    ("queues.1.steps.1.after", "0s", "queues[1].steps[1].after: 0s is not after steps[0]'s 0s; steps go by"),
    ("limits.steps", 1, "queues[1].steps: 2 steps are more than limits.steps = 1; drop some"),
    # overflows
    ("queues.0.closed", {"to": "queue"}, "queues[0].closed.queue: is missing; to = 'queue' needs the id of"),
    (
        "queues.0.closed",
        {"queue": "support"},
        "queues[0].closed.queue: 'support' is not read as to = 'disconnect'; write to = 'queue'",
    ),
    ("queues.0.max_wait", {}, "queues[0].max_wait.after: 0s would let nobody wait; write a time above 0s"),
    ("queues.0.closed", {"after": "5s"}, "queues[0].closed.after: 5s is not read here, only in max_wait and"),
    ("queues.0.max_length", {"length": 1, "after": "5s"}, "queues[0].max_length.after: 5s is not read here"),
    (
        "queues.0.max_length",
        {},
        "queues[0].max_length.length: 0 would turn every contact away; write a number",
    ),
    ("queues.0.no_agent", {"length": 5}, "queues[0].no_agent.length: 5 is not read here, only in max_length"),
    # limits
    ("limits.agents", 1, "agents: 2 are more than limits.agents = 1; raise it or remove some"),
    ("limits.queues", 1, "queues: 2 are more than limits.queues = 1; raise it or remove some"),
    ("limits.skills", 1, "skills: 2 are more than limits.skills = 1; raise it or remove some"),
    ("limits.groups", 0, "groups: 1 are more than limits.groups = 0; raise it or remove some"),
    ("channels", [{"id": f"c{n}"} for n in range(17)], "channels: 17 are more than limits.channels = 16;"),
    # time zones
    (
        "timezone",
        "Europe/Berlim",
        "timezone: unknown time zone 'Europe/Berlim'; did you mean 'Europe/Berlin'?",
    ),
    ("timezone", "Europe", "timezone: unknown time zone 'Europe'"),
    ("timezone", "../x", "timezone: unknown time zone '../x'; write a name such as 'Europe/Berlin'"),
    ("timezone", "a\0b", "timezone: 'a\\x00b' contains a control character"),
    ("timezone", "", "timezone: is empty; name one such as 'Europe/Berlin', or leave the field out"),
    ("hours.0.timezone", "Mars", "hours[0].timezone: unknown time zone 'Mars'"),
    ("shifts.0.timezone", "Mars", "shifts[0].timezone: unknown time zone 'Mars'"),
    # hours
    ("hours.0.weekly.0.opens", "8:00", "hours[0].weekly[0].opens: '8:00' is no time of day; write HH:MM, as"),
    ("hours.0.weekly.0.closes", "24:01", "hours[0].weekly[0].closes: '24:01' is not in 00:00..24:00; write"),
    ("hours.0.weekly.0.closes", "12:60", "hours[0].weekly[0].closes: '12:60' is not in 00:00..24:00; write"),
    ("hours.0.weekly.0.closes", "08:00", "hours[0].weekly[0].closes: '08:00' is not after '08:00'; split it"),
    ("hours.0.weekly.0.closes", "02:00", "hours[0].weekly[0].closes: '02:00' is not after '08:00'; split it"),
    ("hours.0.weekly.0.days", [], "hours[0].weekly[0].days: no day is named; name at least one"),
    ("hours.0.weekly.0.days", ["mon", "mon"], "hours[0].weekly[0].days[1]: 'mon' is in the list already"),
    ("hours.0.weekly.0.days", ["Mon"], "hours[0].weekly[0].days[0]: 'Mon' is not one of 'fri', 'mon', "),
    (
        "hours.0.weekly",
        [
            {"days": ["mon"], "opens": "08:00", "closes": "12:00"},
            {"days": ["sun", "mon"], "opens": "11:59", "closes": "13:00"},
        ],
        "hours[0].weekly[1]: overlaps hours[0].weekly[0] on mon; keep them apart or join them",
    ),
    (
        "hours.0.holidays",
        [{"date": "25.12.2026"}],
        "hours[0].holidays[0].date: '25.12.2026' is no date; write",
    ),
    (
        "hours.0.holidays",
        [{"date": "2026-02-29"}],
        "hours[0].holidays[0].date: '2026-02-29' is not in the cal",
    ),
    ("hours.0.holidays", [{"date": "20261225"}], "hours[0].holidays[0].date: '20261225' is no date; write"),
    (
        "hours.0.holidays",
        [{"date": "2026-12-25", "opens": "08:00"}],
        "hours[0].holidays[0].closes: is missing;",
    ),
    (
        "hours.0.holidays",
        [{"date": "2026-12-25", "closes": "08:00"}],
        "hours[0].holidays[0].opens: is missing;",
    ),
    (
        "hours.0.holidays",
        [{"date": "2026-12-25", "opens": "08:00", "closes": "07:00"}],
        "hours[0].holidays[0].closes: '07:00' is not after '08:00'",
    ),
    (
        "hours.0.holidays",
        [{"date": "2026-12-25"}, {"date": "2026-12-25"}],
        "hours[0].holidays[0].date: '2026-12-25' is closed here and listed again; remove one of them",
    ),
    (
        "hours.0.holidays",
        [
            {"date": "2026-12-25", "opens": "08:00", "closes": "12:00"},
            {"date": "2026-12-25", "opens": "11:00", "closes": "13:00"},
        ],
        "hours[0].holidays[1]: overlaps hours[0].holidays[0] on 2026-12-25; keep them apart or join them",
    ),
    (
        "hours.0.holidays",
        [{"date": "2026-12-25", "name": "\x00"}],
        "hours[0].holidays[0].name: '\\x00' contains",
    ),
    # shifts
    ("shifts.0.starts", "24:00", "shifts[0].starts: '24:00' ends a day; write '00:00' and the days after"),
    ("shifts.0.ends", "4pm", "shifts[0].ends: '4pm' is no time of day; write HH:MM"),
    ("shifts.0.days", [], "shifts[0].days: no day is named; name at least one"),
    ("shifts.0.from_date", "tomorrow", "shifts[0].from_date: 'tomorrow' is no date; write YYYY-MM-DD, as in"),
    (
        "shifts.0",
        {"starts": "08:00", "ends": "09:00", "from_date": "2026-02-01", "to_date": "2026-01-01"},
        "shifts[0].to_date: '2026-01-01' is before from_date '2026-02-01'; swap them",
    ),
]


@pytest.mark.parametrize(("path", "value", "problem"), COMPLAINTS)
def test_complaint(path: str, value: object, problem: str) -> None:
    raw = centre()
    put(path, value)(raw)
    error = complaint(lambda: from_dict(raw))
    assert problem in str(error)
    assert str(error) == f"{error.path}: {error.problem}"


@pytest.mark.parametrize("raw", [None, 5, "x", [], [1]])
def test_a_document_that_is_no_table(raw: object) -> None:
    assert str(complaint(lambda: from_dict(raw))).endswith("; it must be a table")


def test_ids_that_yaml_takes_for_something_else() -> None:
    assert loads("agents: [{id: on}, {id: 10:30}, {id: 007}]", "yaml").agents[1].id == "10:30"
    error = complaint(lambda: loads("agents: [{id: 1001}]", "yaml"))
    assert str(error) == "agents[0].id: 1001 is a number; it must be text, so put it in quotes"
    error = complaint(lambda: loads("agents:\n- id:\n", "yaml"))
    assert str(error) == "agents[0].id: nothing stands here; it must be text, so put it in quotes"


def test_dates_that_toml_takes_for_dates() -> None:
    text = "hours = [{id = 'x', holidays = [{date = 2026-12-25}]}]"
    error = complaint(lambda: loads(text, "toml"))
    assert str(error) == (
        "hours[0].holidays[0].date: 2026-12-25 is a date or time; it must be text, so put it in quotes"
    )
    text = "queues = [{id = 'x', ring_timeout = 00:00:20}]"
    assert str(complaint(lambda: loads(text, "toml"))).startswith(
        "queues[0].ring_timeout: 00:00:20 is a date or time; write a duration such as '20s'"
    )


def test_skills_and_groups_of_agents_are_named_at_the_agent() -> None:
    error = complaint(lambda: from_dict({"agents": [{"id": "a"}, {"id": "b", "skills": {"lang-es": 5}}]}))
    assert str(error).startswith("agents[1].skills['lang-es']: 'lang-es' is no skill id; ")
    error = complaint(lambda: from_dict({"agents": [{"id": "a"}, {"id": "b", "groups": ["x", " y"]}]}))
    assert str(error) == "agents[1].groups[1]: ' y' begins or ends with a blank; remove it"


@pytest.mark.parametrize(
    "soundness",
    [
        put("queues.0.closed", {"to": "queue", "queue": "sales"}),  # to itself: limits.overflows ends it
        put("queues.0.no_agent", {"after": "0s"}),
        put("queues.0.ring_timeout", "0s"),
        put("queues.0.wrap_up", " unlimited "),
        put("shifts.0", {"starts": "08:00", "ends": "16:00"}),  # nobody's: its agents may have been removed
        put("shifts.0.ends", "24:00"),
        put("shifts.0.ends", "08:00"),
        put("hours.0.weekly.0.closes", "24:00"),
        put("hours.0.weekly", []),
        put("hours.0.timezone", "Europe/Berlin"),
        put("channels", []),
        put("not_ready_reasons", ["break", "lunch time"]),
        put("name", "Caf\u00e9 \U0001f469\u200d\U0001f4bb"),
    ],
)
def test_nothing_to_complain_about(soundness: Spoil) -> None:
    raw = centre()
    soundness(raw)
    from_dict(raw)


def test_spans_that_touch_or_lie_on_other_days_do_not_overlap() -> None:
    weekly = [
        {"days": ["mon"], "opens": "12:00", "closes": "18:00"},
        {"days": ["mon"], "opens": "08:00", "closes": "12:00"},
        {"days": ["tue"], "opens": "09:00", "closes": "17:00"},
    ]
    assert len(from_dict({"hours": [{"id": "x", "weekly": weekly}]}).hours[0].weekly) == 3


def test_the_longest_duration() -> None:
    longest = from_dict({"queues": [{"id": "a", "ring_timeout": f"{MAX_DURATION_NS}ns"}]})
    assert longest.queues[0].ring_timeout_ns == MAX_DURATION_NS
    error = complaint(lambda: from_dict({"queues": [{"id": "a", "ring_timeout": "40y"}]}))
    assert str(error).startswith("queues[0].ring_timeout: '40y' has the unknown unit 'y'")


# --- Configurations built in Python

BUILT: list[tuple[Config, str]] = [
    (Config(agents=(Agent(5),)), "agents[0].id: 5 is a number; it must be a str"),  # type: ignore[arg-type]
    (Config(agents=[Agent("a")]), "agents: a list stands here; it must be a tuple"),  # type: ignore[arg-type]
    (Config(agents=(Channel("a"),)), "agents[0]: a Channel stands here; it must be an Agent"),  # type: ignore[arg-type]
    (
        Config(agents=(Agent("a", load=True),)),
        "agents[0].load: true is a truth value; it must be a whole number",
    ),
    (Config(agents=(Agent("a", load=1.0),)), "agents[0].load: 1.0 is a number with decimals; it must"),  # type: ignore[arg-type]
    (Config(agents=(Agent("a", load=2**70),)), "agents[0].load: 1180591620717411303424 is not in 0..1000000"),
    (Config(agents=(Agent("a", skills=[]),)), "agents[0].skills: a list stands here; it must be a dict"),  # type: ignore[arg-type]
    (Config(agents=(Agent("a", groups={"x"}),)), "agents[0].groups: a set stands here; it must be a tuple"),  # type: ignore[arg-type]
    (Config(idle_since_ready=1), "idle_since_ready: 1 is a number; it must be True or False"),  # type: ignore[arg-type]
    (Config(name=object()), "name: an object stands here; it must be a str"),  # type: ignore[arg-type]
    (Config(name="a\ud800"), "name: 'a\\ud800' contains half a surrogate pair; remove it"),
    (Config(seed=-1), "seed: -1 is not in 0..9223372036854775807; correct it"),
    (
        Config(queues=(Queue("a", ring_timeout_ns=-5),)),
        "queues[0].ring_timeout: -5 is not in 0..1152921504606846975",
    ),
    (Config(queues=(Queue("a", strategy="best"),)), "queues[0].strategy: 'best' is not one of"),  # type: ignore[arg-type]
    (Config(queues=(Queue("a", closed="b"),)), "queues[0].closed: 'b' is text; it must be an Overflow"),  # type: ignore[arg-type]
    (
        Config(queues=(Queue("a"), Queue("a"))),
        "queues[1].id: 'a' is the id of queues[0] already; choose another",
    ),
]


@pytest.mark.parametrize(("config", "problem"), BUILT)
def test_validate_checks_what_python_does_not(config: Config, problem: str) -> None:
    assert problem in str(complaint(lambda: validate(config)))


@pytest.mark.parametrize("value", [None, 5, {}, Agent("a")])
def test_validate_takes_configurations_only(value: Any) -> None:
    assert str(complaint(lambda: validate(value))).endswith("; it must be a Config")


def test_validate_does_not_look_at_the_machine() -> None:
    elsewhere = Config(timezone="Mars/Olympus", hours=(Hours("x", timezone="Mars/Tharsis"),))
    assert validate(elsewhere) is elsewhere
    with pytest.raises(ConfigError, match="timezone: unknown time zone 'Mars/Olympus'"):
        check_time_zones(elsewhere)


# --- Normal form and hash


def test_normalise_fills_in_what_agents_have() -> None:
    agents = (Agent("a", {"tech": 5}, ("night",)), Agent("b", {"spanish": 9, "tech": 1}, ("day", "night")))
    normal = normalise(Config(agents=agents))
    assert (normal.skills, normal.groups) == (("spanish", "tech"), ("day", "night"))
    assert normalise(normal) is normal
    listed = Config(skills=("tech", "spanish"), groups=("night", "day"), agents=agents)
    assert normalise(listed) is listed


def test_only_agents_count() -> None:
    error = complaint(lambda: from_dict({"queues": [{"id": "a", "groups": ["day"]}]}))
    assert str(error) == "queues[0].groups[0]: unknown group 'day'; declare it in groups"


def test_hash_is_this_for_ever() -> None:
    assert config_hash(Config()) == 0xC1E1CDC2F7DD0D34
    assert config_hash(loads(CENTRE, "toml")) == 0xDEC20CBF80E9D61D


def test_hash_does_not_depend_on_how_it_was_made() -> None:
    config = Config(agents=(Agent("a", {"x": 1, "y": 2}),), queues=(Queue("q"),))
    other = Config(
        agents=(Agent("a", {"y": 2, "x": 1}, load=int("100")),),
        queues=(Queue("q", priority_credits_ns=tuple(level * MINUTE for level in range(11))),),
    )
    assert config_hash(config) == config_hash(other) == config_hash(normalise(other))


@pytest.mark.parametrize(
    "other",
    [
        Config(name="x"),
        Config(channels=()),
        Config(agents=(Agent("a"),)),
        Config(agents=(Agent("b"),)),
        Config(queues=(Queue("a"),)),
        Config(queues=(Queue("a", wrap_up_ns=1),)),
        Config(queues=(Queue("a", closed=Overflow()),)),
        Config(limits=Limits(agents=1)),
    ],
)
def test_hash_tells_apart(other: Config) -> None:
    assert config_hash(other) != config_hash(Config())


@pytest.mark.parametrize("seed", ["0", "1"])
def test_hash_under_another_hash_seed(seed: str) -> None:
    script = "import sys; from routing.config import *; print(config_hash(loads(sys.stdin.read(), 'toml')))"
    result = subprocess.run(
        [sys.executable, "-c", script],
        input=CENTRE,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert int(result.stdout) == config_hash(loads(CENTRE, "toml"))


# --- One noun among known names

NAMES = Names(
    skills={"tech", "spanish"},
    groups={"day"},
    channels={"voice"},
    agents={"ann"},
    queues={"sales"},
    hours={"office"},
    limits=Limits(agents=1, queues=1, steps=2, expression_terms=2),
)


@pytest.mark.parametrize(
    ("agent", "path", "reason", "subject"),
    [
        (Agent("ann", {"x": 1}, ("x",), {"x": 1}), "agent.skills.x", "unknown_skill", "x"),
        (Agent("ann", {"tech": 1}, ("day", "x"), {"x": 1}), "agent.groups[1]", "unknown_group", "x"),
        (Agent("ann", {"tech": 1}, ("day",), {"x": 1}), "agent.channels.x", "unknown_channel", "x"),
        (Agent("ann", {"x": 500}), "agent.skills.x", "unknown_skill", "x"),  # names come before bounds
        (Agent("ann", {"tech": 500}), "agent.skills.tech", "invalid_configuration", ""),
        (Agent("ann", load=-1), "agent.load", "invalid_configuration", ""),
        (Agent("ann", groups=("day", "day")), "agent.groups[1]", "invalid_configuration", ""),
        (Agent("ann "), "agent.id", "invalid_configuration", ""),
        (Agent("bob"), "agent", "agents_limit", "bob"),
        (Agent("bob", {"tech": 500}), "agent.skills.tech", "invalid_configuration", ""),
    ],
)
def test_check_agent(agent: Agent, path: str, reason: str, subject: str) -> None:
    error = complaint(lambda: check_agent(agent, "agent", NAMES))
    assert (error.path, error.reason, error.subject) == (path, reason, subject)
    Reason(error.reason)


@pytest.mark.parametrize(
    ("queue", "path", "reason", "subject"),
    [
        (Queue("sales", members=("ann", "x")), "queue.members[1]", "unknown_agent", "x"),
        (Queue("sales", groups=("x",), requirement="y"), "queue.groups[0]", "unknown_group", "x"),
        (Queue("sales", requirement="tech and x"), "queue.requirement", "unknown_skill", "x"),
        (
            Queue("sales", requirement="tech", steps=(Step("x", 5),)),
            "queue.steps[0].expression",
            "unknown_skill",
            "x",
        ),
        (Queue("sales", steps=(Step("x >"), Step("y"))), "queue.steps[1].expression", "unknown_skill", "y"),
        (Queue("sales", closed=Overflow("queue", "x")), "queue.closed.queue", "unknown_queue", "x"),
        (
            Queue("sales", members=("ann", "ann"), max_wait=Overflow("queue", "x")),
            "queue.max_wait.queue",
            "unknown_queue",
            "x",
        ),
        (
            Queue("sales", tier=10**9, no_agent=Overflow("queue", "x")),
            "queue.no_agent.queue",
            "unknown_queue",
            "x",
        ),
        (Queue("sales", tier=10**9), "queue.tier", "invalid_configuration", ""),
        (Queue("sales", steps=(Step("x >"),)), "queue.steps[0].expression", "invalid_configuration", ""),
        (
            Queue("sales", requirement="tech or tech or tech"),
            "queue.requirement",
            "invalid_configuration",
            "",
        ),
        (
            Queue("sales", steps=(Step(), Step("", 1), Step("", 2))),
            "queue.steps",
            "invalid_configuration",
            "",
        ),
        (Queue("sales", hours="x"), "queue.hours", "invalid_configuration", "x"),
        (Queue("a\nb"), "queue.id", "invalid_configuration", ""),
        (Queue("new"), "queue", "queues_limit", "new"),
    ],
)
def test_check_queue(queue: Queue, path: str, reason: str, subject: str) -> None:
    error = complaint(lambda: check_queue(queue, "queue", NAMES))
    assert (error.path, error.reason, error.subject) == (path, reason, subject)
    Reason(error.reason)


def test_checks_that_pass() -> None:
    check_agent(Agent("ann", {"tech": 1}, ("day",), {"voice": 3}), "agent", NAMES)
    check_queue(
        Queue("sales", members=("ann",), requirement="tech and spanish", hours="office"), "queue", NAMES
    )
    roomy = msgspec.structs.replace(NAMES.limits, agents=2, queues=2)
    names = Names(agents={"ann"}, queues={"sales"}, limits=roomy)
    check_agent(Agent("bob"), "agent", names)
    check_queue(Queue("new", closed=Overflow("queue", "new")), "queue", names)


@pytest.mark.parametrize("noun", [None, 5, Step(), Config()])
def test_checks_take_their_noun_only(noun: Any) -> None:
    assert str(complaint(lambda: check_agent(noun, "agent", NAMES))).endswith("; it must be an Agent")
    assert str(complaint(lambda: check_queue(noun, "queue", NAMES))).endswith("; it must be a Queue")


def test_wrong_types_come_first() -> None:
    agent = Agent("ann", {"x": "high"}, load=-1)  # type: ignore[dict-item]
    error = complaint(lambda: check_agent(agent, "agent", NAMES))
    assert str(error) == "agent.skills.x: 'high' is text; it must be a whole number"


def test_names_may_be_live_views() -> None:
    skills: dict[str, int] = {}
    names = Names(skills=skills.keys())
    agent = Agent("ann", {"tech": 5})
    complaint(lambda: check_agent(agent, "agent", names))
    skills["tech"] = 1
    check_agent(agent, "agent", names)


def test_names_of_a_configuration() -> None:
    names = Names.of(loads(CENTRE, "toml"))
    assert names.skills == {"tech", "spanish"}
    assert names.groups == {"day"}
    assert names.channels == {"voice", "chat"}
    assert names.agents == {"ann", "bob"}
    assert names.queues == {"sales", "support"}
    assert names.hours == {"office"}


def test_effective_steps() -> None:
    steps = (Step("tech"), Step("", 5))
    assert effective_steps(Queue("a")) == (Step(),)
    assert effective_steps(Queue("a", requirement="tech")) == (Step("tech"),)
    assert effective_steps(Queue("a", steps=steps)) == steps


def test_small_checks() -> None:
    check_steps((), "steps", Limits())
    check_id("sales 2", "id")
    check_skill_id("lang_es", "skill")
    assert check_expression("tech", "requirement", NAMES).names == ("tech",)
    error = complaint(lambda: check_expression("tech and x", "requirement", NAMES))
    assert (error.reason, error.subject) == ("unknown_skill", "x")
    assert str(complaint(lambda: check_id("", "id"))) == "id: '' has 0 characters; ids have 1 to 128"
    assert "has 200 characters" in str(complaint(lambda: check_skill_id("x" * 200, "skill")))


def test_errors_survive_pickling() -> None:
    error = complaint(lambda: check_expression("x", "requirement", NAMES))
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.path, copy.reason, copy.subject) == (
        str(error),
        "requirement",
        "unknown_skill",
        "x",
    )


# --- Properties

ids = st.text("abcxyz 09_-äß\u200c", min_size=1, max_size=8).filter(lambda text: text == text.strip())
days = st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
durations = st.integers(0, MAX_DURATION_NS)


@st.composite
def overflows(draw: st.DrawFn, name: str, queues: list[str]) -> Overflow | None:
    to = draw(st.sampled_from(("queue", "voicemail", "callback", "disconnect", None)))
    if to is None:
        return None
    after_ns = {"max_wait": st.integers(1, MAX_DURATION_NS), "no_agent": durations}.get(name, st.just(0))
    return Overflow(
        to,  # type: ignore[arg-type]
        queue=draw(st.sampled_from(queues)) if to == "queue" else "",
        after_ns=draw(after_ns),
        length=draw(st.integers(1, 1000)) if name == "max_length" else 0,
        keep_age=draw(st.booleans()),
    )


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Sound configurations of every kind of noun."""
    skills = draw(st.lists(st.sampled_from(("tech", "lang_es", "grüße", "on", "null_")), unique=True))
    groups = draw(st.lists(ids, unique=True, max_size=3))
    channels = draw(st.lists(ids, unique=True, max_size=3))
    queues = draw(st.lists(ids, unique=True, max_size=3))
    agents = draw(st.lists(ids, unique=True, max_size=4))
    hours = draw(st.lists(ids, unique=True, max_size=2))

    def some(names: list[str]) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(names), unique=True))) if names else ()

    def expression() -> str:
        return draw(
            st.sampled_from(
                (" or ".join(some(skills)), " and\n".join(f"{skill} >= 5" for skill in some(skills)))
            )
        )

    def steps() -> tuple[Step, ...]:
        ages = sorted(draw(st.sets(st.integers(1, MAX_DURATION_NS), max_size=3)))
        return tuple(Step(expression(), age) for age in (0, *ages))

    def queue(name: str) -> Queue:
        stepped = draw(st.booleans())
        return Queue(
            name,
            members=some(agents),
            groups=some(groups),
            strategy=draw(st.sampled_from(("linear", "longest_idle"))),
            tier=draw(st.integers(-5, 5)),
            priority_credits_ns=tuple(draw(st.lists(durations, max_size=3))),
            requirement="" if stepped else expression(),
            steps=steps() if stepped else (),
            ring_timeout_ns=draw(durations),
            wrap_up_ns=draw(durations | st.just(UNLIMITED)),
            hours=draw(st.sampled_from(["", *hours])),
            max_wait=draw(overflows("max_wait", queues)),
            no_agent=draw(overflows("no_agent", queues)),
            max_length=draw(overflows("max_length", queues)),
            closed=draw(overflows("closed", queues)),
        )

    return Config(
        name=draw(ids | st.just("")),
        seed=draw(st.integers(0, 2**63 - 1)),
        channels=tuple(Channel(name, draw(st.integers(0, 9))) for name in channels),
        skills=tuple(skills),
        groups=tuple(groups),
        agents=tuple(
            Agent(
                name,
                {skill: draw(st.integers(1, 100)) for skill in some(skills)},
                some(groups),
                {channel: draw(st.integers(0, 9)) for channel in some(channels)},
            )
            for name in agents
        ),
        queues=tuple(queue(name) for name in queues),
        hours=tuple(
            Hours(
                name,
                (OpenSpan(tuple(draw(st.lists(days, min_size=1, unique=True))), "08:00", "24:00"),),  # type: ignore[arg-type]
                (Holiday("2026-12-25", name=draw(ids)),),
            )
            for name in hours
        ),
        shifts=(Shift("22:00", "06:00", agents=some(agents), to_date="9999-12-31"),),
        idle_since_ready=draw(st.booleans()),
    )


@given(configs())
def test_what_is_written_is_read(config: Config) -> None:
    normal = validate(config)
    check_time_zones(normal)
    for fmt in FORMATS:
        again = loads(dumps(normal, fmt), fmt)
        assert again == normal
        assert config_hash(again) == config_hash(config)
    journaled = msgspec.json.decode(msgspec.json.encode(normal), type=Config)
    assert validate(journaled) == normal
    assert config_hash(journaled) == config_hash(config)


@given(configs())
def test_nouns_of_a_sound_configuration_pass_alone(config: Config) -> None:
    normal = validate(config)
    names = Names.of(normal)
    for agent in normal.agents:
        check_agent(agent, "agent", names)
    for queue in normal.queues:
        check_queue(queue, "queue", names)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(("tech", "ann", "sales", "20s", "08:00", "mon", "queue", "2026-12-25", "Europe/Berlin"))
)
keys = st.sampled_from(
    sorted(
        {
            field.encode_name
            for struct in (
                Config,
                Agent,
                Queue,
                Step,
                Overflow,
                Hours,
                OpenSpan,
                Holiday,
                Shift,
                Limits,
                Channel,
            )
            for field in msgspec.structs.fields(struct)
        }
    )
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(keys | scalars.filter(bool), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(st.dictionaries(keys, anything, max_size=4))
def test_fuzzed_data_is_read_or_explained(raw: dict[str, object]) -> None:
    try:
        config = from_dict(raw)
    except ConfigError as caught:
        error = caught
    else:
        assert from_dict(to_raw(config)) == config
        return
    assert error.path
    assert error.problem
    assert "\n" not in str(error)


@given(st.data())
def test_one_wrong_value_is_explained(data: st.DataObject) -> None:
    """Put anything anywhere into a sound document."""
    raw = json.loads(json.dumps(to_raw(loads(CENTRE, "toml"))))
    places: list[tuple[Any, Any]] = []

    def visit(container: Any) -> None:
        for key in container if isinstance(container, dict) else range(len(container)):
            places.append((container, key))
            if isinstance(container[key], (dict, list)):
                visit(container[key])

    visit(raw)
    container, key = data.draw(st.sampled_from(places))
    container[key] = data.draw(anything)
    try:
        from_dict(raw)
    except ConfigError as caught:
        assert caught.path  # noqa: PT017 (nothing else may come)


# --- The page that is generated from the structs


@pytest.mark.tree
def test_the_page_about_configuration_is_up_to_date() -> None:
    result = subprocess.run([sys.executable, "docs/generate.py", "--check"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr + result.stdout
