"""What may be said about a contact without changing where it is: the remarks of the command ``Remark``.

The engine checks that it knows the contact, journals the remark and tells it as an event; what it means is the
business of whoever folds the events (dispositions, consent, recording, supervision, signals, feedback). The one
exception: a `Disposition` lets a wrap-up end whose queue requires one.

Remarks carry codes and opaque references, never what was said or written: notes, answers and numbers that identify
people lie elsewhere. Fields are only ever appended, with a default.

Owns their shape; must not know who makes them or what follows from them.
"""

from typing import Literal

from msgspec import Struct

Resolution = Literal["", "unresolved", "resolved", "closed", "call_back"]
ConsentAnswer = Literal["asked", "given", "refused"]
RecordingAction = Literal["start", "pause", "resume", "stop"]
MonitoringMode = Literal["listen", "whisper", "barge", "stop"]
AlertLevel = Literal["notice", "warning", "critical"]
CallBackAction = Literal["keep", "book", "confirm", "move", "cancel", "close"]


class Disposition(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """How a contact came out: the centre's own ``code``, and whether the matter is resolved.

    ``agent``: by whom; empty: by everybody who has the contact in hand or wraps it up. ``note_ref`` refers to a note;
    ``call_back_ns`` is when the customer wants to be called back (0: not said).
    """

    code: str
    resolved: Resolution = ""
    agent: str = ""
    note_ref: str = ""
    call_back_ns: int = 0


class Consent(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The customer was asked whether something may be done (``what``: recording, monitoring ...), or answered."""

    what: str
    answer: ConsentAnswer


class Recording(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Recording of the contact started, paused, went on or stopped, in ``segment``, for a ``reason``."""

    action: RecordingAction
    reason: str = ""
    segment: str = ""


class Monitoring(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """A supervisor listens, whispers to the agent, takes part, or stops doing so."""

    supervisor: str
    mode: MonitoringMode


class Signal(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Something became known while the contact goes on: a language, an intent, a keyword, by whatever ``source``."""

    name: str
    value: str = ""
    source: str = ""


class Feedback(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """An answer to a question of a survey: a reference or a ``score``, or both."""

    survey: str
    question: str = ""
    answer: str = ""
    score: int | None = None


class Note(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Somebody wrote something down, which lies under ``ref``."""

    ref: str


class Hint(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """What is likely to come next; ``closing``: the conversation draws to its end."""

    what: Literal["closing"] = "closing"


class Alert(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """A supervisor is to look at the contact: why (``code``), who (``to``: a group; "": any), by which ``rule``."""

    code: str
    level: AlertLevel = "warning"
    to: str = ""
    rule: str = ""


class Acknowledged(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Somebody (``by``) has seen the alerts with this ``code``, or all of them (""), of the contact."""

    code: str = ""
    by: str = ""


class SurveyProposed(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """The front-end may ask the customer by this ``survey``; answers are wanted until ``until_ns`` (0: for ever).

    ``means`` is the way, in the centre's own word (sms, email, ivr ...); ``language`` is the customer's, if known.
    """

    survey: str
    means: str = ""
    language: str = ""
    until_ns: int = 0


class CallBack(Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """A customer is to be called back: the promise, which has an id of its own, or what becomes of it.

    ``keep``: the contact, which waits, keeps its place in its queue while the caller hangs up. ``book``: a call from
    ``from_ns`` (0: as soon as may be) until ``to_ns`` (not included; 0: no end). ``confirm``: the number is right;
    ``move``: other times, or another agent; ``cancel``: nobody is to call; ``close``: it is over, for a ``reason``.
    ``number`` refers to a number, which lies elsewhere; ``timezone`` is the customer's.

    Alone among remarks it may be about no contact at all: the command's ``contact`` is empty then.
    """

    call_back: str
    action: CallBackAction
    queue: str = ""
    customer: str = ""
    number: str = ""
    agent: str = ""
    from_ns: int = 0
    to_ns: int = 0
    timezone: str = ""
    confirmed: bool = False
    priority: int = 0
    reason: str = ""


Remarks = (
    Disposition
    | Consent
    | Recording
    | Monitoring
    | Signal
    | Feedback
    | Note
    | Hint
    | Alert
    | Acknowledged
    | SurveyProposed
    | CallBack
)

__all__ = [
    "Acknowledged",
    "Alert",
    "AlertLevel",
    "CallBack",
    "CallBackAction",
    "Consent",
    "ConsentAnswer",
    "Disposition",
    "Feedback",
    "Hint",
    "Monitoring",
    "MonitoringMode",
    "Note",
    "Recording",
    "RecordingAction",
    "Remarks",
    "Resolution",
    "Signal",
    "SurveyProposed",
]
