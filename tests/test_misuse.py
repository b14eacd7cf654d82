"""Misuse raises and changes nothing: every field of every command with every kind of value that it cannot have.

Owns the table of misuse; must not test what commands do.
"""

from typing import Any

import msgspec
import pytest

from routing import commands as c
from routing.commands import Command, EnqueueContact, Envelope, LogIn
from routing.engine import Engine
from routing.errors import UsageError
from routing.model import Agent, Config, Preference, Queue, Step
from routing.remarks import CallBack, Consent, Disposition, Feedback, Hint
from routing.units import MAX_INSTANT_NS

#: For each kind of field, what is no value of it.
NO_STRING = (None, 5, True, b"x", ["x"])
NO_NUMBER = ("1", 1.0, True, False, None, [1])
NO_FLAG = (0, 1, "true", None)
NO_IDS = ("q", ["q"], ("q", 5), (None,), None)
NO_STEPS = ([Step()], ("x",), (None,), (Step(after_ns=-1),), (Step(expression=5),), "x")  # type: ignore[arg-type]
NO_PREFERRED = (
    None,
    [Preference("a")],
    ("a",),
    (Preference("a", score=-1),),
    (Preference("a", score=1_000_001),),
    (Preference("a", direct=1),),  # type: ignore[arg-type]
    (Preference(5),),  # type: ignore[arg-type]
)
NO_CALLS = (
    None,
    [c.LiveCall("c")],
    ("c",),
    (c.LiveCall(5),),  # type: ignore[arg-type]
    (c.LiveCall("c", None),),  # type: ignore[arg-type]
)
NO_NAMES = (5, "x", [("k", "v")], {"k": 5}, {5: "v"}, {"k": None})
NO_WORD = ("", "nonsense", 5, None, True)
NO_SKILLS = (None, 5, "x", {"x": "1"}, {"x": True}, {"x": 1.0}, {5: 1})
NO_AGENT = (
    None,
    5,
    "a",
    Agent(""),
    Agent("a", load=-1),
    Agent("a", skills={"x": True}),
    Agent("a", load=True),
)
NO_QUEUE = (
    None,
    5,
    "q",
    Queue(""),
    Queue("q", tier=True),
    Queue("q", wrap_up_ns=-2),
    Queue("q", strategy="best"),  # type: ignore[arg-type]
)
NO_CONFIG = (None, 5, "x", Config(seed=-1), Config(seed=True), Config(agents=(Agent("a", load=-1),)))

NO_REMARK: tuple[Any, ...] = (
    None,
    5,
    "x",
    {},
    Agent("a"),
    Disposition(5),  # type: ignore[arg-type]
    Consent("recording", "maybe"),  # type: ignore[arg-type]
    Feedback("s", score=True),
    CallBack("p1", "forget"),  # type: ignore[arg-type]
    CallBack("p1", "book", to_ns=2**64),
)

WRONG: dict[type[Any], dict[str, tuple[Any, ...]]] = {
    c.LogIn: {"agent": NO_STRING, "ready": NO_FLAG, "reason": NO_STRING},
    c.LogOut: {"agent": NO_STRING, "force": NO_FLAG},
    c.SetReady: {"agent": NO_STRING},
    c.SetNotReady: {"agent": NO_STRING, "reason": NO_STRING},
    c.ReportDevice: {"agent": NO_STRING, "state": NO_WORD, "endpoint": NO_STRING, "said": NO_STRING},
    c.EndWrapUp: {"agent": NO_STRING, "contact": NO_STRING},
    c.EnqueueContact: {
        "contact": NO_STRING,
        "queues": NO_IDS,
        "channel": NO_STRING,
        "priority": NO_NUMBER,
        "requirement": NO_STRING,
        "steps": (*NO_STEPS, None),
        "credit_ns": NO_NUMBER,
        "load": ("1", 1.0, True, [1]),
        "customer": NO_STRING,
        "attributes": NO_NAMES,
        "due_ns": NO_NUMBER,
        "preferred": NO_PREFERRED,
        "prefer_ns": NO_NUMBER,
        "front_end": NO_STRING,
        "parent": NO_STRING,
        "direction": NO_WORD,
    },
    c.HoldContact: {"contact": NO_STRING},
    c.RetrieveContact: {"contact": NO_STRING},
    c.PlaceContact: {
        "contact": NO_STRING,
        "agent": NO_STRING,
        "queue": NO_STRING,
        "direction": (*NO_WORD, "inbound"),
        "channel": NO_STRING,
        "load": ("1", 1.0, True, [1]),
        "customer": NO_STRING,
        "attributes": NO_NAMES,
        "front_end": NO_STRING,
    },
    c.JoinLeg: {"leg": NO_STRING},
    c.PartLeg: {"leg": NO_STRING},
    c.HandOver: {"contact": NO_STRING, "leg": NO_STRING},
    c.Remark: {"contact": (None, 5, True, ["x"]), "remark": NO_REMARK},
    c.SyncCalls: {"front_end": NO_STRING, "live": NO_CALLS, "attempts": NO_IDS},
    c.RequestDial: {
        "attempt": NO_STRING,
        "campaign": NO_STRING,
        "target": NO_STRING,
        "carrier": NO_STRING,
        "agent": NO_STRING,
        "contact": NO_STRING,
        "ring_ns": NO_NUMBER,
        "front_end": NO_STRING,
        "customer": NO_STRING,
        "attributes": NO_NAMES,
    },
    c.ReportAttempt: {"attempt": NO_STRING, "state": (*NO_WORD, "dialing", "available")},
    c.EndAttempt: {
        "attempt": NO_STRING,
        "outcome": NO_WORD,
        "confidence": NO_NUMBER,
        "detection_ns": NO_NUMBER,
        "cause": NO_STRING,
    },
    c.Resume: {"until_ns": NO_NUMBER},
    c.UpdateContact: {
        "contact": NO_STRING,
        "priority": ("1", 1.0, True, [1]),
        "credit_ns": ("1", 1.0, True, [1]),
        "due_ns": ("1", 1.0, True, [1]),
        "expedite": (0, 1, "true"),
        "attributes": NO_NAMES,
    },
    c.PublishEstimate: {"queue": NO_STRING, "wait_ns": ("1", 1.0, True, [1])},
    c.AcceptOffer: {"contact": NO_STRING, "agent": NO_STRING, "offer": NO_NUMBER},
    c.RejectOffer: {"contact": NO_STRING, "agent": NO_STRING, "offer": NO_NUMBER},
    c.FailOffer: {"contact": NO_STRING, "agent": NO_STRING, "cause": NO_WORD, "offer": NO_NUMBER},
    c.WithdrawOffer: {"contact": NO_STRING, "agent": NO_STRING, "offer": NO_NUMBER},
    c.AbandonContact: {"contact": NO_STRING},
    c.CompleteContact: {"contact": NO_STRING},
    c.RequeueContact: {
        "contact": NO_STRING,
        "queues": NO_IDS,
        "keep_age": (0, 1, "true"),
        "priority": ("1", 1.0, True, [1]),
        "steps": NO_STEPS,
        "preferred": NO_PREFERRED,
        "prefer_ns": NO_NUMBER,
    },
    c.CancelContact: {"contact": NO_STRING, "reason": NO_STRING},
    c.OpenQueue: {"queue": NO_STRING},
    c.CloseQueue: {"queue": NO_STRING},
    c.ResetCounts: {"agent": NO_STRING},
    c.PutSkill: {"skill": (None, 5, True, ["x"])},
    c.RemoveSkill: {"skill": (None, 5, True, ["x"])},
    c.PutGroup: {"group": (None, 5, True, ["x"])},
    c.RemoveGroup: {"group": (None, 5, True, ["x"])},
    c.PutAgent: {"agent": NO_AGENT},
    c.SetSkills: {"agent": (None, 5, True, ["x"]), "skills": NO_SKILLS},
    c.RemoveAgent: {"agent": (None, 5, True, ["x"])},
    c.PutQueue: {"queue": NO_QUEUE},
    c.RemoveQueue: {"queue": (None, 5, True, ["x"]), "move_to": (None, 5, True, ["x"])},
    c.Configure: {"config": NO_CONFIG},
}

GOOD: dict[str, Any] = {
    "agent": "ann",
    "contact": "call-1",
    "queue": "sales",
    "queues": ("sales",),
    "skill": "french",
    "group": "night",
    "state": "available",
    "cause": "busy",
    "skills": {},
    "config": Config(),
    "front_end": "switch",
    "attempt": "dial-1",
    "campaign": "spring",
    "outcome": "busy",
    "leg": "call-4",
    "remark": Hint(),
}


def busy_centre() -> Engine:
    """Ann talks, a call rings at Bob, one waits."""
    engine = Engine(Config(agents=(Agent("ann"), Agent("bob")), queues=(Queue("sales"),)))
    engine.apply_many(
        [(LogIn("ann"), 5), (EnqueueContact("call-1", ("sales",)), 5), (c.AcceptOffer("call-1", "ann"), 6)]
    )
    engine.apply_many([(LogIn("bob"), 7), (EnqueueContact("call-2", ("sales",)), 8)])
    engine.apply(EnqueueContact("call-3", ("sales",)), 9)
    return engine


def misused(kind: type[Any], name: str, value: object) -> Command:
    """A command that is right but for one field."""
    good = {one.name: GOOD[one.name] for one in msgspec.structs.fields(kind) if one.required}
    if kind is c.ReportAttempt:
        good["state"] = "ringing"
    command: Command = kind(**{**good, name: value})
    return command


MISUSES = [
    (kind, name, value) for kind, names in WRONG.items() for name, values in names.items() for value in values
]


def test_the_table_of_misuse_is_complete() -> None:
    kinds = [
        kind
        for kind in vars(c).values()
        if hasattr(kind, "__struct_config__") and kind.__module__ == c.__name__
    ]
    fields = {
        kind: set(kind.__struct_fields__) for kind in kinds if not issubclass(kind, Envelope | c.LiveCall)
    }
    assert {kind: set(names) for kind, names in WRONG.items()} == fields


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    MISUSES,
    ids=[f"{kind.__name__}.{name}={value!r:.30}" for kind, name, value in MISUSES],
)
def test_a_wrong_type_changes_nothing(kind: type[Any], name: str, value: object) -> None:
    engine = busy_centre()
    before = engine.snapshot()
    with pytest.raises(UsageError) as applied:
        engine.apply(misused(kind, name, value), 100 * 10**9)
    with pytest.raises(UsageError) as checked:
        engine.check(misused(kind, name, value))
    assert str(checked.value) == str(applied.value)
    assert engine.snapshot() == before


@pytest.mark.parametrize("at_ns", ["10", 10.0, True, None, -1, 8, MAX_INSTANT_NS + 1, 2**70])
def test_a_wrong_instant_changes_nothing(at_ns: Any) -> None:
    engine = busy_centre()
    before = engine.snapshot()
    for call in (
        lambda: engine.advance(at_ns),
        lambda: engine.apply(LogIn("ann"), at_ns),
        lambda: engine.apply_many([(LogIn("ann"), at_ns)]),
    ):
        with pytest.raises(UsageError):
            call()
        assert engine.snapshot() == before


@pytest.mark.parametrize("request_id", [5, None, True, b"r", "r" * 129])
def test_a_wrong_request_id_changes_nothing(request_id: Any) -> None:
    engine = busy_centre()
    before = engine.snapshot()
    with pytest.raises(UsageError):
        engine.apply(LogIn("ann"), 10, request_id=request_id)
    with pytest.raises(UsageError):
        engine.check(LogIn("ann"), request_id=request_id)
    assert engine.snapshot() == before


@pytest.mark.parametrize(
    "command", [None, 5, "LogIn", LogIn, {"type": "LogIn", "agent": "ann"}, Queue("sales")]
)
def test_what_is_no_command_changes_nothing(command: Any) -> None:
    engine = busy_centre()
    before = engine.snapshot()
    with pytest.raises(UsageError):
        engine.apply(command, 10)
    with pytest.raises(UsageError):
        engine.check(command)
    assert engine.snapshot() == before


@pytest.mark.parametrize(
    "pair",
    [(LogIn("ann"), 9), (LogIn("ann"), "11"), (LogIn(5), 11), (None, 11), LogIn("ann"), (LogIn("ann"),)],  # type: ignore[arg-type]
    ids=repr,
)
def test_misuse_in_the_middle_applies_nothing(pair: Any) -> None:
    engine = busy_centre()
    before = engine.snapshot()
    with pytest.raises(UsageError):
        engine.apply_many([(c.CompleteContact("call-1"), 10), pair, (c.SetNotReady("bob"), 12)])
    assert engine.snapshot() == before
