"""One agent or queue among known names, as commands to a running engine check it."""

import pickle
from typing import Any

import msgspec
import pytest
from config_samples import CENTRE, complaint

from routing.config import (
    Names,
    check_agent,
    check_condition,
    check_expression,
    check_id,
    check_queue,
    check_score,
    check_skill_id,
    check_steps,
    effective_steps,
    groups_named,
    loads,
    overflow_targets,
)
from routing.events import Reason
from routing.model import (
    Agent,
    Config,
    Limits,
    Overflow,
    Queue,
    Reserve,
    Step,
)

NAMES = Names(
    skills={"tech", "spanish"},
    groups={"day"},
    channels={"voice"},
    agents={"ann"},
    queues={"sales"},
    hours={"office"},
    limits=Limits(agents=1, queues=1, steps=2, expression_terms=2),
)


FEW_READY = "ready(z) < 2"


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
        # names in their order: members, groups, texts of requirement, score, steps, reserves, shares, split, ...
        (Queue("sales", groups=("x",), members=("y",)), "queue.members[0]", "unknown_agent", "y"),
        (Queue("sales", requirement="x", score="y"), "queue.requirement", "unknown_skill", "x"),
        (Queue("sales", requirement="x >", score="y"), "queue.score", "unknown_skill", "y"),
        (
            Queue("sales", steps=(Step("tech", when=FEW_READY, score="y"),)),
            "queue.steps[0].score",
            "unknown_skill",
            "y",
        ),
        (
            Queue("sales", steps=(Step(when=FEW_READY), Step("y")), reserves=(Reserve(("x",)),)),
            "queue.steps[0].when",
            "unknown_group",
            "z",
        ),
        (
            Queue("sales", reserves=(Reserve(groups=("x",), when=FEW_READY),), score="tech +"),
            "queue.reserves[0].groups[0]",
            "unknown_group",
            "x",
        ),
        (
            Queue("sales", reserves=(Reserve(when=FEW_READY), Reserve(("x",))), shares={"x": 1}),
            "queue.reserves[0].when",
            "unknown_group",
            "z",
        ),
        (Queue("sales", split={"x": 1}, shares={"day": 1, "y": 0}), "queue.shares.y", "unknown_group", "y"),
        (
            Queue("sales", max_wait=Overflow("queue", "x"), split={"sales": 1, "y": 1}),
            "queue.split.y",
            "unknown_queue",
            "y",
        ),
        (
            Queue("sales", closed=Overflow("queue", "x", when="?"), overflow=(Overflow("queue", "y"),)),
            "queue.closed.queue",
            "unknown_queue",
            "x",
        ),
        (
            Queue("sales", overflow=(Overflow(when=FEW_READY), Overflow("queue", "y"))),
            "queue.overflow[0].when",
            "unknown_group",
            "z",
        ),
        (Queue("sales", overflow=(Overflow("queue", "y"),)), "queue.overflow[0].queue", "unknown_queue", "y"),
        # rules
        (Queue("sales", score="tech + "), "queue.score", "invalid_configuration", ""),
        (Queue("sales", reserves=(Reserve(("ann",)),)), "queue.reserves[0]", "invalid_configuration", ""),
        (Queue("sales", shares={"day": 1}), "queue.shares", "invalid_configuration", ""),
        (Queue("sales", split={"sales": 1}), "queue.split", "invalid_configuration", ""),
        (Queue("sales", batch_ns=1), "queue.batch", "invalid_configuration", ""),
        (
            Queue("sales", steps=(Step(), Step("", 1, "waiting > 1 or waiting > 2 or waiting > 3"))),
            "queue.steps[1].when",
            "invalid_configuration",
            "",
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
    assert effective_steps(Queue("a", requirement="tech", score="2*tech")) == (Step("tech", score="2*tech"),)
    assert effective_steps(Queue("a", score="2*tech")) == (Step(score="2*tech"),)
    assert effective_steps(Queue("a", steps=steps)) == steps


def test_overflow_targets() -> None:
    assert overflow_targets(Queue("a")) == set()
    queue = Queue(
        "a",
        max_wait=Overflow("queue", "b", after_ns=1),
        closed=Overflow("voicemail"),
        overflow=(Overflow("queue", "c", when="waiting > 5"), Overflow(when="waiting > 9")),
        split={"a": 0, "d": 100},
    )
    assert overflow_targets(queue) == {"a", "b", "c", "d"}


def test_groups_named() -> None:
    queue = Queue(
        "a",
        groups=("a",),
        reserves=(Reserve(groups=("b",), when="ready(c) < 1"),),
        shares={"d": 1},
        steps=(Step(), Step("", 1, when="not logged_in(e) > 1")),
        overflow=(Overflow(when="ready > 1 and ready(f) > 1"),),
    )
    assert groups_named(queue) == set("abcdef")
    assert groups_named(Queue("a")) == set()


def test_small_checks() -> None:
    check_steps((), "steps", Limits())
    check_id("sales 2", "id")
    check_skill_id("lang_es", "skill")
    assert check_expression("tech", "requirement", NAMES).names == ("tech",)
    error = complaint(lambda: check_expression("tech and x", "requirement", NAMES))
    assert (error.reason, error.subject) == ("unknown_skill", "x")
    error = complaint(lambda: check_score("tech - x", "score", NAMES))
    assert (error.reason, error.subject) == ("unknown_skill", "x")
    error = complaint(lambda: check_condition("ready(x) > 1 or ready(day) > 1", "when", NAMES))
    assert (error.path, error.reason, error.subject) == ("when", "unknown_group", "x")
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
