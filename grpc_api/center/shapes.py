"""What is shown of a centre around the contact.

Owns these shapes; must not know where they come from.
"""

from msgspec import Struct

from routing.remarks import AlertLevel, Resolution


class EarlierContact(Struct, frozen=True):
    """An earlier contact of the same customer."""

    contact: str
    channel: str
    queue: str
    agent: str
    arrived_ns: int
    answered_ns: int
    ended_ns: int
    outcome: str
    subject: str = ""


class CallBackView(Struct, frozen=True):
    """A call-back as it is; ``outcome`` "": still to be made."""

    call_back: str
    kind: str
    queue: str
    customer: str = ""
    agent: str = ""
    from_ns: int = 0
    to_ns: int = 0
    timezone: str = ""
    asked_ns: int = 0
    contact: str = ""
    attempt: str = ""
    dials: int = 0
    outcome: str = ""
    ended_ns: int = 0


class ScreenPop(Struct, frozen=True):
    """What an agent is shown with an offer; ``state``: "known", "unknown", "erased", "not_yet", or "" (no customer)."""

    contact: str
    customer: str = ""
    state: str = ""
    name: str = ""
    numbers: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    contacts: int = 0
    earlier: tuple[EarlierContact, ...] = ()
    last_agent: str = ""
    conversation: str = ""
    notes: tuple[str, ...] = ()
    call_backs: tuple[CallBackView, ...] = ()
    signals: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"ScreenPop(contact={self.contact!r}, customer={self.customer!r}, state={self.state!r}, ...)"


class DispositionCode(Struct, frozen=True):
    """A code of the centre's own, for the buttons of an agent's screen."""

    code: str
    label: dict[str, str] = {}
    resolved: Resolution = ""
    note: str = "optional"
    call_back: str = "no"


class CallBackSlot(Struct, frozen=True):
    """A stretch of time, and whether one more call-back can be promised for it."""

    from_ns: int
    to_ns: int
    free: bool


class RecordedSegment(Struct, frozen=True):
    """A segment that was recorded; ``matters``: for what it is under legal hold."""

    segment: str
    contact: str
    customer: str
    queue: str
    agents: tuple[str, ...]
    started_ns: int
    ended_ns: int
    keep_until_ns: int
    location: str = ""
    sha256: str = ""
    matters: tuple[str, ...] = ()


class DayMessage(Struct, frozen=True):
    """A message of the day; of a queue, a group, or (neither) the centre."""

    text: str
    version: int
    by: str
    at_ns: int
    until_ns: int = 0
    queue: str = ""
    group: str = ""


class AuditedRow(Struct, frozen=True):
    """Who did what, when, on what, why, and what it changed."""

    number: int
    at_ns: int
    who: str
    act: str
    command: str = ""
    on: str = ""
    subject: str = ""
    why: str = ""
    result: str = "done"
    reason: str = ""
    before: str = ""
    after: str = ""


class OpenAlert(Struct, frozen=True):
    """An alert that nobody has acknowledged."""

    contact: str
    at_ns: int
    code: str
    level: AlertLevel
    to: str
    rule: str
