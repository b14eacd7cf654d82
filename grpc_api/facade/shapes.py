"""What a front-end says of its calls, and what it is told to do with them.

A *call* is a contact as a front-end sees it; its id is the contact's. An *instruction* is something to do now.

Owns these shapes; must not know how one follows from the other (``fold``, ``calls``), nor any wire.
"""

from typing import Literal

from msgspec import Struct

from routing.remarks import MonitoringMode, RecordingAction

Report = Literal[
    "ringing",
    "answered",
    "no_answer",
    "busy",
    "unreachable",
    "rejected",
    "trunk_error",
    "ended",
    "abandoned",
]


# --- What a front-end says


class RouteCall(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A call came in: where does it go?

    ``called`` and ``caller`` are numbers or SIP addresses. ``priority`` replaces that of the rule for the number.
    ``request_id`` makes a retry safe also when the call has been forgotten; the call id alone does until then.
    """

    call_id: str
    front_end: str = ""
    caller: str = ""
    called: str = ""
    attributes: dict[str, str] = {}
    request_id: str = ""
    priority: int | None = None


class ReportCall(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something happened to a call.

    ``agent`` and ``offer`` say which of its legs is meant: without an agent the only one there is, without an offer
    (0) the present one. ``endpoint``: which of the agent's devices, as in the `Offer`; "" is all that ring.
    """

    call_id: str
    report: Report
    front_end: str = ""
    agent: str = ""
    offer: int = 0
    request_id: str = ""
    endpoint: str = ""


class LiveLeg(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A call that a front-end has; ``agent``: whom it is connected to, "" while it waits or rings."""

    call_id: str
    agent: str = ""


class SyncCalls(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A front-end came back: these calls it has, and no others; and of its dials these ``attempts`` go on."""

    front_end: str
    live: tuple[LiveLeg, ...] = ()
    request_id: str = ""
    attempts: tuple[str, ...] = ()


class DialCode(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody dialled a code from this endpoint."""

    endpoint: str
    code: str
    request_id: str = ""


# --- What it is told


class Wait(Struct, frozen=True, tag="wait"):
    """Keep the caller waiting.

    ``position`` (0: not known): how many wait in the queue by which the call stands, itself included; it has at most
    this place. ``estimated_wait_ns`` is -1 when it is not known. ``treatment``: where to entertain the caller
    meanwhile, "" for nowhere.
    """

    queues: tuple[str, ...]
    position: int = 0
    estimated_wait_ns: int = -1
    treatment: str = ""
    parent: str = ""  # call of which it is a leg: nobody is on the line who could be entertained


class Offer(Struct, frozen=True, tag="offer"):
    """Ring the agent at ``endpoint`` for ``ring_ns`` (0: for ever). A ring group is several of these at once.

    So are the devices of one agent that ring together; their ``offer`` is the same. With a ``parent`` it is a leg of
    that call: who answers talks to the agent of it, not to the caller.
    """

    agent: str
    endpoint: str
    offer: int
    ring_ns: int
    queue: str
    parent: str = ""


class Treatment(Struct, frozen=True, tag="treatment"):
    """The queue gave the call up to voicemail or to a call-back: send it to ``target``. The call has ended here."""

    kind: Literal["voicemail", "callback"]
    queue: str
    target: str


class Reject(Struct, frozen=True, tag="reject"):
    """Turn the caller away. ``reason``: of the refusal, or why the queue ``subject`` gave the call up."""

    reason: str
    subject: str


class Release(Struct, frozen=True, tag="release", omit_defaults=True, repr_omit_defaults=True):
    """The call has ended; let go of every leg. ``outcome`` is "" when how it ended is no longer known.

    ``into``: the leg ends because its agent has that call now, so the agent's device stays connected, there.
    """

    outcome: str
    into: str = ""


class Talk(Struct, frozen=True, tag="talk", omit_defaults=True, repr_omit_defaults=True):
    """The agent has the call: keep them connected, and no other. ``endpoint``: where, "" when that is not known.

    With a ``parent`` it is a leg of that call: its agent talks to ``peer``, who has that call, apart from the caller.
    """

    agent: str
    endpoint: str = ""
    parent: str = ""
    peer: str = ""


class Hold(Struct, frozen=True, tag="hold", omit_defaults=True, repr_omit_defaults=True):
    """Play music: to the caller or, with a ``parent``, to the agent of this leg.

    The agent keeps the call; who else takes part in it stays connected with the agent, without the caller.
    """

    agent: str
    endpoint: str = ""
    parent: str = ""


class Conference(Struct, frozen=True, tag="conference", omit_defaults=True, repr_omit_defaults=True):
    """The agent of this leg takes part in the conversation of ``parent``: connect them all."""

    agent: str
    endpoint: str = ""
    parent: str = ""


class Record(Struct, frozen=True, tag="record", omit_defaults=True):
    """Record the call, pause, go on or stop; it holds until another says otherwise, and ends with the call."""

    action: RecordingAction
    segment: str = ""
    reason: str = ""


class Monitor(Struct, frozen=True, tag="monitor", omit_defaults=True):
    """Let the supervisor listen, whisper to the agent or take part, or stop it; it ends with the call."""

    supervisor: str
    mode: MonitoringMode
    endpoint: str = ""


class StopRinging(Struct, frozen=True, tag="stop_ringing"):
    """Ring this agent no longer; ``cause``: missed, rejected, busy, answered_elsewhere, abandoned ...

    ``endpoint``: this device alone; "" is all of the agent's.
    """

    agent: str
    offer: int
    cause: str
    endpoint: str = ""


Instruction = (
    Wait | Offer | Treatment | Reject | Release | Talk | StopRinging | Hold | Conference | Record | Monitor
)


class Refusal(Struct, frozen=True):
    """What was said had no effect, for a reason of the engine's; ``subject`` is what the reason speaks of."""

    command: str
    reason: str
    subject: str
    detail: str = ""


class Answer(Struct, frozen=True):
    """What to do with a call now.

    ``instructions`` is never empty: all the `Offer` of a ring group, or one of the others; never a `StopRinging`.
    Behind a `Talk`, `Hold` or `Wait` stand `Record` and `Monitor`, as far as they hold.
    ``refusal`` stands beside it when what was said came late, twice or wrong; the instructions hold all the same.
    """

    call_id: str
    revision: int
    instructions: tuple[Instruction, ...]
    refusal: Refusal | None = None


class Notice(Struct, frozen=True):
    """One item of a stream: what to do with a call since ``revision``.

    Without call and instruction it is a mark of progress: everything up to ``revision`` has been told.
    """

    revision: int
    call_id: str = ""
    instruction: Instruction | None = None


class Synced(Struct, frozen=True):
    """How what a front-end has and what the engine has went together.

    ``lost``: ended here, as the front-end has them no longer. ``unknown``: the front-end has them and the engine does
    not (route them anew, or release them). ``adopted``: taken over as the front-end has them. ``answers``: what to do
    with each call of the front-end that is alive here, in the order in which it named them. ``lost_attempts`` and
    ``unknown_attempts``: the same of its dials.
    """

    revision: int
    lost: tuple[str, ...]
    unknown: tuple[str, ...]
    adopted: tuple[str, ...]
    answers: tuple[Answer, ...]
    lost_attempts: tuple[str, ...] = ()
    unknown_attempts: tuple[str, ...] = ()


class AgentState(Struct, frozen=True):
    """An agent after a dialled code."""

    agent: str
    logged_in: bool
    ready: bool
    reason: str  # why not ready
    leaving: bool = False  # logged out as soon as the work in hand is done


class CodeAnswer(Struct, frozen=True):
    """What to play to who dialled a code.

    ``announcement`` is a key: ``logged_in``, ``logged_out``, ``log_out_pending``, ``ready``, ``not_ready``, for the
    status one of these, ``unknown_code``, ``unknown_endpoint``, or the reason of a refusal such as ``already_so``.
    """

    revision: int
    announcement: str
    agent: AgentState | None = None
