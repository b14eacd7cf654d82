"""Configurations: from plain data to checked structs, and every rule with its message."""

from typing import Any

import pytest
from config_samples import CENTRE, Spoil, centre, complaint, put

from routing.config import (
    check_time_zones,
    from_dict,
    loads,
    validate,
)
from routing.errors import ConfigError
from routing.model import (
    UNLIMITED,
    Agent,
    Channel,
    Config,
    Holiday,
    Hours,
    OpenSpan,
    Overflow,
    Queue,
    Shift,
    Step,
)
from routing.units import MAX_DURATION_NS, MINUTE, SECOND

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
    ("queues.0.strategy", 5, "queues[0].strategy: 5 is a number; it must be one of 'longest_idle', "),
    # bounds
    ("agents.0.id", "", "agents[0].id: is empty; give it a name"),
    ("agents.0.id", "x" * 129, "' has 129 characters; 128 are allowed"),
    ("agents.0.skills.tech", 101, "agents[0].skills.tech: 101 is not in 1..100; correct it"),
    ("agents.0.skills.tech", 0, "agents[0].skills.tech: 0 is not in 1..100; correct it"),
    ("queues.0.tier", -1_000_001, "queues[0].tier: -1000001 is not in -1000000..1000000; correct it"),
    ("queues.0.strategy", "longest", "queues[0].strategy: 'longest' is not one of 'longest_idle', "),
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
    ("queues.0.closed", {"after": "5s"}, "queues[0].closed.after: 5s is not read here, only in max_wait, no"),
    ("queues.0.max_length", {"length": 1, "after": "5s"}, "queues[0].max_length.after: 5s is not read here"),
    (
        "queues.0.max_length",
        {},
        "queues[0].max_length.length: 0 would turn every contact away; write a number",
    ),
    ("queues.0.no_agent", {"length": 5}, "queues[0].no_agent.length: 5 is not read here, only in max_length"),
    # channels that interrupt
    (
        "channels",
        [{"id": "voice", "interrupts": ["emial"]}, {"id": "email"}],
        "channels[0].interrupts[0]: unknown channel 'emial'; did you mean 'email'?",
    ),
    (
        "channels",
        [{"id": "voice", "interrupts": ["voice"]}],
        "channels[0].interrupts[0]: 'voice' is the channel itself; remove it",
    ),
    (
        "channels",
        [{"id": "voice", "interrupts": ["email", "email"]}, {"id": "email"}],
        "channels[0].interrupts[1]: 'email' is in the list already; remove one of them",
    ),
    (
        "channels",
        [
            {"id": "voice", "interrupts": ["chat", "email"]},
            {"id": "chat"},
            {"id": "email", "interrupts": ["voice"]},
        ],
        "channels[0].interrupts[1]: 'email' interrupts 'voice' as well; remove one of the two",
    ),
    # scores and conditions
    ("queues.0.score", "spanisch", "queues[0].score: unknown skill 'spanisch'; did you mean 'spanish'?"),
    ("queues.0.score", "2*", "queues[0].score: column 2: the score breaks off; add what is missing"),
    ("queues.0.score", " ", "queues[0].score: ' ' weighs nothing; leave it out"),
    ("queues.1.score", "tech", "queues[1].score: stands beside steps; move it into steps[0].score or remove"),
    ("queues.1.steps.0.score", "tech tech", "queues[1].steps[0].score: column 6: no '+' or '-' stands"),
    ("queues.1.steps.1.score", "x", "queues[1].steps[1].score: unknown skill 'x'; declare it in skills"),
    (
        "queues.1.steps.0.when",
        "waiting > 5",
        "queues[1].steps[0].when: 'waiting > 5' could leave a contact without a step; put a step without 'wh",
    ),
    (
        "queues.1.steps.1.when",
        "waiting",
        "queues[1].steps[1].when: column 1: 'waiting' stands alone; compare",
    ),
    (
        "queues.1.steps.1.when",
        "ready(dai) < 2",
        "queues[1].steps[1].when: unknown group 'dai'; declare it in groups",
    ),
    ("queues.1.steps.1.when", " ", "queues[1].steps[1].when: ' ' says nothing; leave it out"),
    # reserves
    (
        "queues.0.reserves",
        [{"members": ["bub"], "after": "5s"}],
        "queues[0].reserves[0].members[0]: unknown ag",
    ),
    (
        "queues.0.reserves",
        [{"groups": ["x"], "after": "5s"}],
        "queues[0].reserves[0].groups[0]: unknown group",
    ),
    (
        "queues.0.reserves",
        [{"groups": ["day"], "when": "ready(days) < 1"}],
        "queues[0].reserves[0].when: unknown group 'days'; did you mean 'day'?",
    ),
    (
        "queues.0.reserves",
        [{"groups": ["day"], "when": "ready <"}],
        "queues[0].reserves[0].when: column 7: the condition breaks off; add what is missing",
    ),
    (
        "queues.0.reserves",
        [{"after": "5s"}],
        "queues[0].reserves[0]: names nobody; give it members or groups",
    ),
    (
        "queues.0.reserves",
        [{"groups": ["day"]}],
        "queues[0].reserves[0]: has neither 'after' nor 'when' and would always serve; give one",
    ),
    (
        "queues.0.reserves",
        [{"members": ["ann", "ann"], "after": "5s"}],
        "queues[0].reserves[0].members[1]: 'ann' is in the list already; remove one of them",
    ),
    (
        "queues.0.reserves",
        [{"groups": ["day", "day"], "after": "5s"}],
        "queues[0].reserves[0].groups[1]: 'day' is in the list already; remove one of them",
    ),
    (
        "queues.0.reserves",
        [{"groups": ["day"], "after": f"{n}s"} for n in range(1, 17)],
        "queues[0].reserves: 16 reserves are more than limits.reserves = 15; drop some",
    ),
    ("limits.reserves", 16, "limits.reserves: 16 is not in 0..15; correct it"),
    (
        "queues.0.overflow",
        [{"to": "voicemail", "when": f"waiting > {n}"} for n in range(33)],
        "queues[0].overflow: 33 rules are more than limits.overflow_rules = 32; drop some",
    ),
    # weights, shares, splits
    ("queues.0.weights.idle", -1, "queues[0].weights.idle: -1 is not in 0..10000; correct it"),
    (
        "queues.0.weights.skill",
        1,
        "queues[0].weights.skill: unknown field; allowed are proficiency, idle, occ",
    ),
    ("queues.0.shares", {"days": 1}, "queues[0].shares.days: unknown group 'days'; did you mean 'day'?"),
    ("queues.0.shares", {"day": 0}, "queues[0].shares.day: 0 is not in 1..1000000; correct it"),
    (
        "queues.0.shares",
        {"day": 1},
        "queues[0].shares: is read by strategy 'percent_allocation' only; remove",
    ),
    (
        "queues.0.strategy",
        "percent_allocation",
        "queues[0].shares: is empty; percent_allocation needs a share for some group",
    ),
    ("queues.0.split", {"suport": 100}, "queues[0].split.suport: unknown queue 'suport'; did you mean"),
    (
        "queues.0.split",
        {"sales": 50, "support": 49},
        "queues[0].split: adds up to 99 percent; make it 100, the queue itself included",
    ),
    ("queues.0.split", {"sales": 101}, "queues[0].split.sales: 101 is not in 0..100; correct it"),
    # overflow by condition
    (
        "queues.0.overflow",
        [{}],
        "queues[0].overflow[0].when: is empty; write a condition, such as 'waiting > 20'",
    ),
    (
        "queues.0.overflow",
        [{"when": "waiting > 5"}, {"to": "queue", "queue": "suport", "when": "waiting > 9"}],
        "queues[0].overflow[1].queue: unknown queue 'suport'; did you mean 'support'?",
    ),
    (
        "queues.0.overflow",
        [{"to": "queue", "when": "waiting > 5"}],
        "queues[0].overflow[0].queue: is missing; to = 'queue' needs the id of a queue",
    ),
    (
        "queues.0.overflow",
        [{"when": "waiting > 5", "length": 5}],
        "queues[0].overflow[0].length: 5 is not read here, only in max_length; remove it",
    ),
    (
        "queues.0.overflow",
        [{"when": "oldest > 5"}],
        "queues[0].overflow[0].when: column 10: '5' has no unit; write '5s' for seconds",
    ),
    (
        "queues.0.overflow",
        [{"when": "logged_in(x) == 0"}],
        "queues[0].overflow[0].when: unknown group 'x'; declare it in groups",
    ),
    (
        "queues.0.closed",
        {"when": "waiting > 5"},
        "queues[0].closed.when: 'waiting > 5' is not read here, only in overflow; remove it",
    ),
    (
        "queues.0.max_wait",
        {"after": "5s", "when": "waiting > 5"},
        "queues[0].max_wait.when: 'waiting > 5' is not read here, only in overflow; remove it",
    ),
    # batches and panes
    ("queues.0.batch", "1s", "queues[0].batch: is read by strategy 'weighted' only; remove it"),
    ("queues.0.batch", 5, "queues[0].batch: 5 is a number and has no unit; write a duration such as '20s'"),
    (
        "queues.0",
        {"id": "sales", "strategy": "weighted", "batch": "1m1s"},
        "queues[0].batch: 1m1s lets contacts wait beside free agents; write at most 1m",
    ),
    ("queues.0.drain_after", 5, "queues[0].drain_after: 5 is a number and has no unit; write a duration"),
    ("queues.0.ring_agents", 65, "queues[0].ring_agents: 65 is not in 1..64; correct it"),
    (
        "queues.0.ordering",
        "deadlines",
        "queues[0].ordering: 'deadlines' is not one of 'priority_age', 'fifo', ",
    ),
    ("pane", "0s", "pane: 0s is too short; write at least 1ns"),
    ("occupancy_window", "5ns", "occupancy_window: 5ns is too short; write at least 6ns"),
    ("service_level_panes", 361, "service_level_panes: 361 is not in 1..360; correct it"),
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
    ("hours.0.weekly.0.days", ["Mon"], "hours[0].weekly[0].days[0]: 'Mon' is not one of 'mon', 'tue', "),
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
        put(  # in a ring, yet no two of them both ways
            "channels",
            [
                {"id": "voice", "interrupts": ["chat"]},
                {"id": "chat", "interrupts": ["email"]},
                {"id": "email", "interrupts": ["voice"]},
            ],
        ),
        put("queues.0.score", "2*tech - spanish"),
        put("queues.0.weights", {"proficiency": 0, "idle": 3}),  # harmless beside any strategy
        put("queues.0.ring_agents", 64),
        put("queues.0.group_misses", True),
        put("queues.0.drain_after", "10m"),
        put("queues.1.steps.1", {"after": "9s", "when": "ready(day) < 2 or waiting > 5", "score": "tech"}),
        put("queues.0.reserves", [{"groups": ["day"], "when": "waiting > 5"}]),
        put(
            "queues.0.reserves",
            [{"members": ["ann"], "groups": ["day"], "after": "9s", "when": "ready < 1"}] * 15,
        ),
        put("queues.0.split", {"sales": 0, "support": 100}),
        put("queues.0.split", {"support": 30, "sales": 70}),
        put(
            "queues.0.overflow",
            [{"when": "waiting > 9", "after": "0s"}, {"when": "waiting > 5", "after": "9s"}],
        ),
        put("queues.0.overflow", [{"to": "queue", "queue": "sales", "when": "oldest > 1m"}]),
        put("queues.0", {"id": "sales", "strategy": "percent_allocation", "shares": {"day": 3}}),
        put("queues.0", {"id": "sales", "strategy": "weighted", "batch": "0s"}),
        put("queues.0", {"id": "sales", "strategy": "weighted", "batch": "1m"}),
        put("queues.0", {"id": "sales", "strategy": "ring_all", "ordering": "deadline"}),
        put("pane", "1ns"),
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
