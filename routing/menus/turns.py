"""What the machine answers with: its state, what to play, what to wait for, or how it ended.

Owns the shape of answers; must not know how they come about.
"""

from typing import Final, Literal

from msgspec import Struct


class State(Struct, frozen=True, omit_defaults=True):
    """Where a call stands. Small, whole, and the same after it was written and read again.

    Attributes
    ----------
    flow, version : str
        Which flow, exactly; a call ends on the version that it began with.
    node : str
        The path of the node at which it waits; "" once it has ended.
    language : str
        What is spoken; "" where texts are not by language.
    attributes : dict
        What is known of the call. A secret one holds a reference, ``secret:name``.
    calls : tuple of str
        The nodes at which sub-flows were entered, outermost first.
    tries : int
        How often this node has asked again.
    visits : dict
        How often nodes with a limit were entered.
    steps : int
        Nodes entered and inputs taken so far.
    wait : int
        The number of the present wait, from 1.
    served : bool
        Did the call come through a node of kind "answer"?
    """

    flow: str
    version: str
    node: str = ""
    language: str = ""
    attributes: dict[str, str] = {}
    calls: tuple[str, ...] = ()
    tries: int = 0
    visits: dict[str, int] = {}
    steps: int = 0
    wait: int = 0
    served: bool = False


class Spoken(Struct, frozen=True, omit_defaults=True):
    """A text to play, in a language ("": any); ``barge_in``: a key or a voice cuts it short."""

    text: str
    language: str = ""
    barge_in: bool = True


# --- Waits


class AwaitInput(Struct, frozen=True, tag=True, omit_defaults=True):
    """Play, then wait for keys or a voice.

    ``timeout_ns`` counts from the end of what is played. Keys end with ``end_key`` ("": none), after ``max_digits`` or
    after ``digit_timeout_ns`` without another. ``phrases``: what a recogniser may hear. ``secret``: keep no record.
    """

    wait: int
    timeout_ns: int
    digit_timeout_ns: int
    max_digits: int
    keys: tuple[str, ...] = ()  # of a menu
    end_key: str = ""
    phrases: tuple[str, ...] = ()
    secret: bool = False


class AwaitAnswer(Struct, frozen=True, tag=True, omit_defaults=True):
    """Play, and meanwhile answer a look-up. A reference among the inputs stands for a secret that the driver keeps."""

    wait: int
    what: str
    timeout_ns: int
    inputs: dict[str, str] = {}


class AwaitRecording(Struct, frozen=True, tag=True, omit_defaults=True):
    """Play, then record until ``end_key``, ``max_length_ns``, or ``timeout_ns`` of silence."""

    wait: int
    mailbox: str
    max_length_ns: int
    timeout_ns: int
    end_key: str = ""


Wait = AwaitInput | AwaitAnswer | AwaitRecording


# --- Outcomes


class ToQueue(Struct, frozen=True, tag=True, omit_defaults=True):
    """Enqueue the call: the fields of `EnqueueContact` that a menu knows."""

    queues: tuple[str, ...]
    priority: int = 0
    requirement: str = ""
    customer: str = ""
    attributes: dict[str, str] = {}


class ToNumber(Struct, frozen=True, tag=True, omit_defaults=True):
    """Connect the call to a number."""

    number: str


class ToMailbox(Struct, frozen=True, tag=True, omit_defaults=True):
    """A message was left."""

    mailbox: str
    reference: str
    length_ns: int


class ToCallBack(Struct, frozen=True, tag=True, omit_defaults=True):
    """The caller wants to be called back."""

    queue: str
    number: str
    attributes: dict[str, str] = {}


Cause = Literal["hang_up", "caller", "dead_end", "too_many_steps"]


class Ended(Struct, frozen=True, tag=True, omit_defaults=True):
    """The call is over: the flow hung up, the caller did, or the flow led nowhere."""

    cause: Cause


Outcome = ToQueue | ToNumber | ToMailbox | ToCallBack | Ended


class Move(Struct, frozen=True, omit_defaults=True):
    """A step that was taken: from a node ("" at the beginning) by an exit to a node ("" at the end)."""

    node: str
    exit: str
    to: str = ""


class Turn(Struct, frozen=True, omit_defaults=True):
    """The machine's answer to one input.

    Exactly one of ``wait`` and ``outcome`` is there; what is ``spoken`` comes before either. ``ignored`` says why an
    input changed nothing: it was "late" or "not_asked_for", or the call had "ended".
    """

    state: State
    spoken: tuple[Spoken, ...] = ()
    wait: Wait | None = None
    outcome: Outcome | None = None
    moves: tuple[Move, ...] = ()
    ignored: Literal["", "late", "not_asked_for", "ended"] = ""


#: How an outcome is called as the last exit of a call, and in statistics.
NAMES: Final[dict[type[Struct], str]] = {
    ToQueue: "to a queue",
    ToNumber: "to a number",
    ToMailbox: "message left",
    ToCallBack: "call back",
}


def outcome_name(outcome: Outcome) -> str:
    """Name an outcome in words.

    >>> outcome_name(ToNumber("+49301234")), outcome_name(Ended("caller"))
    ('to a number', 'caller hung up')
    """
    if isinstance(outcome, Ended):
        return {
            "hang_up": "hung up",
            "caller": "caller hung up",
            "dead_end": "dead end",
            "too_many_steps": "too many steps",
        }[outcome.cause]
    return NAMES[type(outcome)]
