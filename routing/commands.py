"""Every input of the engine, as imperatives.

Commands are frozen structs; they encode to JSON and msgpack with their name under ``"type"`` and leave out
what has its default. They carry ids and opaque references, never personal data. New fields are appended with
a default and no field ever changes its meaning, so an old journal stays readable.

Owns the shape of inputs; must not know what they do (``engine``).
"""

from typing import Literal

from msgspec import Struct

from routing.model import Agent, Config, Preference, Queue, Step
from routing.remarks import Remarks
from routing.units import SECOND

Device = Literal["available", "in_use", "unreachable"]
FailCause = Literal["busy", "unreachable", "trunk_error", "no_answer"]
#: Who called whom: a customer us, we a customer, or one agent another.
Direction = Literal["inbound", "outbound", "internal"]
#: What an agent may place: nobody places a call of a customer's.
PlacedDirection = Literal["outbound", "internal"]
#: How far an attempt has come; answered: something picked up, and detection of what it is goes on.
AttemptState = Literal["ringing", "answered"]
#: What became of an attempt; only the engine says ``lost``.
AttemptOutcome = Literal[
    "person",
    "machine",
    "fax",
    "busy",
    "no_answer",
    "invalid",
    "congestion",
    "carrier_error",
    "cancelled",
    "lost",
]


class LogIn(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent starts work, ready unless ``ready`` is false (then with a not-ready ``reason``)."""

    agent: str
    ready: bool = True
    reason: str = ""


class LogOut(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent stops: ringing offers are withdrawn; contacts in hand and their wrap-up are finished first.

    With ``force`` nothing is finished: contacts in hand wait again in the queue they were answered from, with their
    age, and wrap-ups end. It also ends a log-out that is pending.
    """

    agent: str
    force: bool = False


class SetReady(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent takes contacts again. Does not end a wrap-up."""

    agent: str


class SetNotReady(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent takes nothing new; ringing offers are withdrawn."""

    agent: str
    reason: str = ""


class ReportDevice(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent's device is busy elsewhere, cannot be reached, or is usable again.

    Of an agent with several, ``state`` is what follows for the agent; ``endpoint`` and what was ``said`` of it, both
    opaque to the engine, go along (`routing.center.devices`).
    """

    agent: str
    state: Device
    endpoint: str = ""
    said: str = ""


class EndWrapUp(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """End the agent's wrap-up after ``contact``; without a contact, all of the agent's wrap-ups."""

    agent: str
    contact: str = ""


class EnqueueContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """A contact wants an agent from one of ``queues``.

    ``requirement`` (one expression) or ``steps`` replace the queues' own steps. ``credit_ns`` is added to the
    age that orders the contact. ``load`` replaces the channel's load. ``customer`` and ``attributes`` are
    opaque to the engine. ``due_ns`` (0: none) orders it in queues ordered by deadline. ``preferred`` agents come
    first, and nobody else before ``prefer_ns`` has passed. ``front_end`` has the call on its lines (`SyncCalls`).

    With a ``parent``, which somebody has in hand, it is a leg of that contact: it reaches one who takes part, never
    the agent who has the parent or another of its legs, and it ends with the parent. ``direction`` is told and
    counted apart.
    """

    contact: str
    queues: tuple[str, ...]
    channel: str = "voice"
    priority: int = 0
    requirement: str = ""
    steps: tuple[Step, ...] = ()
    credit_ns: int = 0
    load: int | None = None
    customer: str = ""
    attributes: dict[str, str] | None = None
    due_ns: int = 0
    preferred: tuple[Preference, ...] = ()
    prefer_ns: int = 0
    front_end: str = ""
    parent: str = ""
    direction: Direction = "inbound"


class PlaceContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """An agent calls somebody, and has the contact in hand at once, ready or not.

    ``queue`` says whose rules of wrap-up and handling time it follows, and where it is counted; it is not entered.
    The rest is as of `EnqueueContact`.
    """

    contact: str
    agent: str
    queue: str
    direction: PlacedDirection = "outbound"
    channel: str = "voice"
    load: int | None = None
    customer: str = ""
    attributes: dict[str, str] | None = None
    front_end: str = ""


class AcceptOffer(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent took the contact. ``offer`` (0: whichever rings) fences off a late answer to an older offer."""

    contact: str
    agent: str
    offer: int = 0


class RejectOffer(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent refused: the pair is excluded for the queue's ``exclusion``; no miss is counted."""

    contact: str
    agent: str
    offer: int = 0


class FailOffer(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The device or the trunk failed: no miss. The agent (or, for a trunk, the contact) waits ``retry_delay``.

    ``no_answer`` is the front-end's own ring time-out: to this offer it does what that of the queue does.
    """

    contact: str
    agent: str
    cause: FailCause
    offer: int = 0


class WithdrawOffer(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Take the ringing contact back from its agent: excluded like a rejection; no miss."""

    contact: str
    agent: str = ""
    offer: int = 0


class AbandonContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The customer left before an agent answered."""

    contact: str


class CompleteContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The conversation is over; the agent goes to wrap-up if the queue has one."""

    contact: str


class HoldContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent who has the contact in hand puts it on hold."""

    contact: str


class RetrieveContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent takes the contact from hold."""

    contact: str


class JoinLeg(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The leg, which its agent has in hand, and its parent become one conversation; what is on hold is retrieved."""

    leg: str


class PartLeg(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The leg leaves the common conversation: its agent and the parent's talk apart again."""

    leg: str


class HandOver(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The agent of a leg takes the contact over from the one who has it in hand, who goes to wrap-up.

    Without a ``leg``, that of those joined which came into being first. The leg ends, merged; other legs stay.
    """

    contact: str
    leg: str = ""


class RequeueContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Wait again: from an agent's hands (a transfer to queues) or from where it waits or rings.

    Empty ``queues`` mean the present ones (in an agent's hands: the one it was answered from). ``None`` keeps
    priority and steps; ``steps=()`` returns to the queues' own. ``keep_age``: whether it keeps its age, and so its
    place; None: as the first of ``queues`` has it (`Queue.keep_age`), and kept where none is named. ``preferred``
    agents, when there are some, take the place of those that it preferred before; nobody else is offered it before
    ``prefer_ns`` has passed.
    """

    contact: str
    queues: tuple[str, ...] = ()
    keep_age: bool | None = None
    priority: int | None = None
    steps: tuple[Step, ...] | None = None
    preferred: tuple[Preference, ...] = ()
    prefer_ns: int = 0


class UpdateContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Change a contact that waits or rings; what is ``None`` stays. Its clocks go on.

    ``expedite``: it stands before every contact that is not expedited, whatever its queue. ``attributes`` are
    added to those it has; an empty value removes one.
    """

    contact: str
    priority: int | None = None
    credit_ns: int | None = None
    due_ns: int | None = None
    expedite: bool | None = None
    attributes: dict[str, str] | None = None


class CancelContact(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """End a contact in any state for a reason of the front-end's own."""

    contact: str
    reason: str = ""


class Remark(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Something is said about a contact that lives or is remembered: a disposition, a consent, a signal, and so on.

    It is told, and changes nothing here, but for a `Disposition`, which lets a wrap-up end that waits for one. A
    `CallBack` may be about no contact: ``contact`` is empty then.
    """

    contact: str
    remark: Remarks


class LiveCall(Struct, frozen=True, omit_defaults=True, gc=False):
    """A call that a front-end has on its lines; ``agent``: whom the caller talks to, empty for nobody."""

    contact: str
    agent: str = ""


class SyncCalls(Struct, frozen=True, tag=True, omit_defaults=True):
    """A front-end has come back and says which calls it still has; all others of its are lost.

    A call that waits or rings here while its caller talks to an agent is adopted: as if it had been offered and
    accepted now. ``attempts`` are those of its dials that go on; all others of its are lost.
    """

    front_end: str
    live: tuple[LiveCall, ...] = ()
    attempts: tuple[str, ...] = ()


class Resume(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The host was down from now until ``until_ns``: what rang is taken back, and nobody is offered before then.

    Limits of wrap-up, handling and waiting get until ``resume_grace`` after that, should they end before.
    """

    until_ns: int = 0


class RequestDial(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Somebody is to be called: one attempt, which the front-end makes and reports on.

    ``target`` refers to the number, which is never in a command. ``agent`` and ``contact`` say on whose behalf
    (a preview, a call-back) and, like ``campaign`` and ``carrier``, are labels here. ``ring_ns``: how long it may
    ring. Attempts and contacts have ids of their own: the contact that an answer becomes may have the same.
    """

    attempt: str
    campaign: str
    target: str = ""
    carrier: str = ""
    agent: str = ""
    contact: str = ""
    ring_ns: int = 25 * SECOND
    front_end: str = ""
    customer: str = ""
    attributes: dict[str, str] | None = None


class ReportAttempt(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The attempt has come further; steps may be left out, and none is taken back."""

    attempt: str
    state: AttemptState


class EndAttempt(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The attempt is over. ``confidence``, in percent, and ``detection_ns`` are of the answering-machine detection.

    ``cause`` is the carrier's own code.
    """

    attempt: str
    outcome: AttemptOutcome
    confidence: int = 100
    detection_ns: int = 0
    cause: str = ""


class OpenQueue(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The queue takes contacts."""

    queue: str


class CloseQueue(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The queue takes no more contacts; those waiting stay or overflow as its ``on_close`` says."""

    queue: str


class PublishEstimate(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Tell the engine a queue's estimated wait, which conditions may read; ``None``: it is not known."""

    queue: str
    wait_ns: int | None = None


class ResetCounts(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Set the contact count behind ``fewest_contacts`` to zero; without an agent, everybody's, and the counts behind
    ``percent_allocation`` too.
    """

    agent: str = ""


class PutSkill(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Declare a skill."""

    skill: str


class RemoveSkill(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Remove a skill that no agent, queue or living contact names any more."""

    skill: str


class PutGroup(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Declare a group."""

    group: str


class RemoveGroup(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Remove a group that no agent or queue names any more."""

    group: str


class PutAgent(Struct, frozen=True, tag=True, omit_defaults=True):
    """Add an agent (logged out) or replace one; login, contacts in hand and idle time stay."""

    agent: Agent


class SetSkills(Struct, frozen=True, tag=True, omit_defaults=True):
    """Replace the skills of an agent; ringing offers and contacts in hand stay."""

    agent: str
    skills: dict[str, int]


class RemoveAgent(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Remove an agent: as ``LogOut``, then the agent is gone."""

    agent: str


class PutQueue(Struct, frozen=True, tag=True, omit_defaults=True):
    """Add a queue (open) or replace one; the clocks of those who wait go on."""

    queue: Queue


class RemoveQueue(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Remove a queue: those who wait move to ``move_to`` or, without it, are given up as if it closed."""

    queue: str
    move_to: str = ""


class Configure(Struct, frozen=True, tag=True, omit_defaults=True):
    """Replace the whole configuration; what is unchanged goes on undisturbed."""

    config: Config


Command = (
    LogIn
    | LogOut
    | SetReady
    | SetNotReady
    | ReportDevice
    | EndWrapUp
    | EnqueueContact
    | AcceptOffer
    | RejectOffer
    | FailOffer
    | WithdrawOffer
    | AbandonContact
    | CompleteContact
    | RequeueContact
    | UpdateContact
    | CancelContact
    | SyncCalls
    | Resume
    | PublishEstimate
    | OpenQueue
    | CloseQueue
    | ResetCounts
    | PutSkill
    | RemoveSkill
    | PutGroup
    | RemoveGroup
    | PutAgent
    | SetSkills
    | RemoveAgent
    | PutQueue
    | RemoveQueue
    | Configure
    | RequestDial
    | ReportAttempt
    | EndAttempt
    | HoldContact
    | RetrieveContact
    | PlaceContact
    | JoinLeg
    | PartLeg
    | HandOver
    | Remark
)


class Envelope(Struct, frozen=True, array_like=True, omit_defaults=True):
    """A journaled command: ``[seq, at_ns, actor, request_id, command]``; fields are only ever appended.

    ``seq`` counts 1, 2, 3 ...; ``command`` is ``None`` where only time passed.
    """

    seq: int
    at_ns: int
    actor: str = ""
    request_id: str = ""
    command: Command | None = None


class Noted(Envelope, frozen=True, array_like=True, omit_defaults=True):
    """An envelope with a note at its end, which engines do not see: why a command was given, or, without a command,
    something that somebody wrote down for those who go along with the engine.
    """

    note: str = ""


def note_of(envelope: Envelope) -> str:
    """Give the note of an envelope; "" where there is none.

    >>> note_of(Envelope(1, 5)), note_of(Noted(1, 5, note="a test"))
    ('', 'a test')
    """
    return envelope.note if isinstance(envelope, Noted) else ""


__all__ = [
    "AbandonContact",
    "AcceptOffer",
    "AttemptOutcome",
    "AttemptState",
    "CancelContact",
    "CloseQueue",
    "Command",
    "CompleteContact",
    "Configure",
    "Direction",
    "EndAttempt",
    "EndWrapUp",
    "EnqueueContact",
    "Envelope",
    "FailOffer",
    "HandOver",
    "HoldContact",
    "JoinLeg",
    "LiveCall",
    "LogIn",
    "LogOut",
    "Noted",
    "OpenQueue",
    "PartLeg",
    "PlaceContact",
    "PlacedDirection",
    "PublishEstimate",
    "PutAgent",
    "PutGroup",
    "PutQueue",
    "PutSkill",
    "RejectOffer",
    "Remark",
    "RemoveAgent",
    "RemoveGroup",
    "RemoveQueue",
    "RemoveSkill",
    "ReportAttempt",
    "ReportDevice",
    "RequestDial",
    "RequeueContact",
    "ResetCounts",
    "Resume",
    "RetrieveContact",
    "SetNotReady",
    "SetReady",
    "SetSkills",
    "SyncCalls",
    "UpdateContact",
    "WithdrawOffer",
    "note_of",
]
