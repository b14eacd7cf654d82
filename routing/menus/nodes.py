"""The nodes of a flow, as frozen structs: what a menu can do to a call, one kind each.

A flow's file spells every field as here, durations without ``_ns`` and with a unit (``timeout = "5s"``). Texts are by
language; under "" stands what is said in any. Each text may hold placeholders, ``{name}`` of an attribute.

A target is the id of a node of the same (sub-)flow; an empty one is a dead end, which `check` reports.

Owns the shape of nodes; must not know how they are read (``reading``) or what they do (``machine``).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from routing.model import Duration
from routing.units import MILLISECOND, MINUTE, SECOND

#: By language; "" for any.
Text = dict[str, str]
#: What may be said, by language; "" for any.
Phrases = dict[str, tuple[str, ...]]
Digit = Annotated[int, Meta(ge=1, le=64)]
Times = Annotated[int, Meta(ge=0, le=1000)]
Bound = Annotated[int, Meta(ge=-1, le=10**18)]


class Node(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind"
):
    """What every node has.

    ``say`` is spoken on entering; with ``barge_in`` the caller's key or voice cuts it short. A call enters a node with
    a ``limit`` so many times; from then on it goes to ``over_limit`` instead.
    """

    say: Text = {}
    barge_in: bool = True
    limit: Times = 0  # 0: any number of times
    over_limit: str = ""


class Asking(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every node has that waits for the caller's keys or voice.

    Silence and what fits nothing are each answered by asking again, ``retries`` times together; then the call leaves
    by ``no_input`` or ``no_match``, after the last of them. ``timeout`` counts from the end of what is said.
    """

    timeout_ns: Duration = field(default=5 * SECOND, name="timeout")
    digit_timeout_ns: Duration = field(default=3 * SECOND, name="digit_timeout")  # between keys
    retries: Times = 2
    say_no_input: Text = {}  # before asking again
    say_no_match: Text = {}
    no_input: str = ""
    no_match: str = ""


class Prompt(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="prompt"):
    """Say something and go on; what is said next follows without a pause."""

    next: str = ""


class Choice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One choice of a menu: by key, by phrase or both. It may set attributes and the language."""

    key: str = ""
    phrases: Phrases = {}
    next: str = ""
    set: dict[str, str] = {}
    language: str = ""


class Menu(Asking, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="menu"):
    """Let the caller choose."""

    choices: tuple[Choice, ...] = ()


class Collect(
    Asking, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="collect"
):
    """Collect digits into an attribute.

    They end with ``end_key``, after ``max_digits`` or after a pause of ``digit_timeout``. They must be so many, fit
    ``pattern`` (`routing.menus.digits`), pass the ``check`` and, as a number, lie in ``least..most``. What is
    ``secret`` is never in a state, a journal, a statistic or a text: the attribute holds a reference
    (`routing.menus.sealing`).
    """

    into: str
    min_digits: Digit = 1
    max_digits: Digit = 32
    end_key: Literal["#", "*", ""] = "#"
    pattern: str = ""
    check: Literal["", "luhn"] = ""
    least: Bound = -1  # -1: none
    most: Bound = -1
    secret: bool = False
    next: str = ""


class LookUp(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="look_up"):
    """Ask the driver: who is the customer, is it open, how long is the wait.

    ``what`` names the look-up, ``inputs`` are texts with placeholders. The answer has a result, which selects the next
    node from ``results`` (any other: ``next``), and values, of which ``store`` keeps some: attribute to value's name.
    Without an answer in ``timeout``, or when the driver failed, the call goes to ``failed``.
    """

    what: str
    inputs: dict[str, str] = {}
    timeout_ns: Duration = field(default=3 * SECOND, name="timeout")
    store: dict[str, str] = {}
    results: dict[str, str] = {}
    next: str = ""
    failed: str = ""


class SetAttributes(
    Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="set"
):
    """Set attributes to texts with placeholders, all at once, and perhaps the language."""

    attributes: dict[str, str] = {}
    language: str = ""  # placeholders are allowed; a language that the flow lacks changes nothing
    next: str = ""


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a branch goes when a comparison holds (`routing.menus.comparing`)."""

    when: str
    next: str = ""


class Branch(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="branch"):
    """Go where the first case that holds says."""

    cases: tuple[Case, ...] = ()
    otherwise: str = ""


class Answer(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="answer"):
    """Tell what the caller wanted to know: from here on the call counts as served by the menu."""

    next: str = ""


class Voicemail(
    Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="voicemail"
):
    """Record a message, which ends the call; if nothing, or less than ``min_length``, was said, go on."""

    mailbox: str
    max_length_ns: Duration = field(default=3 * MINUTE, name="max_length")
    min_length_ns: Duration = field(default=500 * MILLISECOND, name="min_length")
    timeout_ns: Duration = field(default=5 * SECOND, name="timeout")  # of silence before anything is said
    end_key: Literal["#", "*", ""] = "#"
    next: str = ""


class CallBackOffer(
    Asking, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="call_back"
):
    """Offer to call back, which ends the call; whoever declines goes on. ``number`` is a text with placeholders."""

    queue: str
    number: str = "{caller}"
    accept: Choice = Choice(key="1")
    decline: Choice = Choice(key="2")
    say_accepted: Text = {}
    attributes: dict[str, str] = {}


class Enqueue(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="enqueue"):
    """Hand the call to the engine. ``customer`` and ``attributes`` are texts with placeholders."""

    queues: tuple[str, ...]
    priority: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    requirement: str = ""
    customer: str = ""
    attributes: dict[str, str] = {}


class Transfer(
    Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="transfer"
):
    """Connect the call to a number, a text with placeholders."""

    number: str


class HangUp(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="hang_up"):
    """Say good-bye and hang up."""


class CallFlow(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="call"):
    """Go through a sub-flow, and on by what it returns."""

    flow: str
    returns: dict[str, str] = {}


class Return(Node, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="return"):
    """End a sub-flow with a result."""

    result: str = "done"


AnyNode = (
    Prompt
    | Menu
    | Collect
    | LookUp
    | SetAttributes
    | Branch
    | Answer
    | Voicemail
    | CallBackOffer
    | Enqueue
    | Transfer
    | HangUp
    | CallFlow
    | Return
)
