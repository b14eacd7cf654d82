"""Interactive menus: what callers hear and key in before they reach anybody, or instead.

A flow is a file (`load_flow`), looked over by `check` and drawn by `to_dot`. `start` and `step` are a pure state
machine over it, as the engine is one over a centre; `Sessions` keeps the calls for whoever drives a media server;
`Paths` counts which ways they took. docs/menus.md tells what flows can do.

Within: ``nodes`` < ``flow``, ``texts``, ``digits``, ``phrases``, ``comparing`` < ``inputs``, ``turns``, ``exits``,
``rules`` < ``entering``, ``reading``, ``drawing``, ``paths``, ``ways``, ``looking_up``, ``entries`` < ``machine``,
``lint_*`` < ``linting``, ``sealing`` < ``sessions``.

Owns menus; must not know how a call is connected, or what becomes of it afterwards.
"""

from routing.findings import Finding
from routing.menus.codes import CODES
from routing.menus.drawing import to_dot, to_mermaid
from routing.menus.entries import Entry, Given, Published, Started
from routing.menus.flow import Flow, SubFlow, flow_version
from routing.menus.inputs import (
    Answered,
    Digits,
    Failed,
    HungUp,
    Input,
    Recorded,
    Sealed,
    Speech,
    TimedOut,
)
from routing.menus.linting import check
from routing.menus.looking_up import LookUps, QueueLookUps
from routing.menus.machine import speaking, start, start_as, step, waiting
from routing.menus.paths import NodeFigures, PathFigures, Paths
from routing.menus.reading import flow_from_dict, load_flow, loads_flow
from routing.menus.sealing import seal
from routing.menus.sessions import Sessions
from routing.menus.turns import (
    AwaitAnswer,
    AwaitInput,
    AwaitRecording,
    Ended,
    Move,
    Outcome,
    Spoken,
    State,
    ToCallBack,
    ToMailbox,
    ToNumber,
    ToQueue,
    Turn,
    Wait,
    outcome_name,
)

__all__ = [
    "CODES",
    "Answered",
    "AwaitAnswer",
    "AwaitInput",
    "AwaitRecording",
    "Digits",
    "Ended",
    "Entry",
    "Failed",
    "Finding",
    "Flow",
    "Given",
    "HungUp",
    "Input",
    "LookUps",
    "Move",
    "NodeFigures",
    "Outcome",
    "PathFigures",
    "Paths",
    "Published",
    "QueueLookUps",
    "Recorded",
    "Sealed",
    "Sessions",
    "Speech",
    "Spoken",
    "Started",
    "State",
    "SubFlow",
    "TimedOut",
    "ToCallBack",
    "ToMailbox",
    "ToNumber",
    "ToQueue",
    "Turn",
    "Wait",
    "check",
    "flow_from_dict",
    "flow_version",
    "load_flow",
    "loads_flow",
    "outcome_name",
    "seal",
    "speaking",
    "start",
    "start_as",
    "step",
    "to_dot",
    "to_mermaid",
    "waiting",
]
