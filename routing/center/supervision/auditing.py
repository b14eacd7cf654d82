"""The rows of the log, made of what the journal holds: which commands are logged, and how things stood.

Owns what is logged and what a row says; must not know where rows lie (``log``) nor who may do what.
"""

from collections.abc import Sequence
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from routing.center.supervision.looking import about, picture
from routing.center.supervision.notes import Said
from routing.center.supervision.people import ALL, SUPERVISORY, Audited, Staff
from routing.center.supervision.shapes import AuditRow, Message
from routing.commands import Command, Envelope, Remark
from routing.engine import Engine
from routing.events import CommandRefused, Event
from routing.remarks import Monitoring

_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class Choice:
    """Which envelopes are logged.

    Parameters
    ----------
    settings : Audited
        What is wanted.
    staff : Staff
        Whose roles are known.

    Examples
    --------
    >>> from routing import AcceptOffer, CloseQueue
    >>> choice = Choice(Audited(), Staff(()))
    >>> [choice.takes(Envelope(1, 0, "pbx", "", one), None) for one in (AcceptOffer("c", "a"), CloseQueue("q"))]
    [False, True]
    """

    def __init__(self, settings: Audited, staff: Staff) -> None:
        self._roles = settings.roles
        self._never = frozenset(settings.never)
        named = SUPERVISORY if settings.commands is None else frozenset(settings.commands)
        self._everything = ALL in named
        self._named = named
        self._staff = staff
        logged = named | {"CancelContact", "PutQueue", "Remark"}  # which the fold takes note of
        self._routine = frozenset(kind for kind in get_args(Command) if kind.__name__ not in logged)
        self._people = frozenset(name for name in staff if staff.has_role(name, settings.roles))

    def is_routine(self, envelope: Envelope) -> bool:
        """Whether an envelope without a note is quickly seen to be nothing that is logged. O(1)."""
        return (
            type(envelope.command) in self._routine
            and envelope.actor not in self._people
            and not (self._everything and envelope.actor)
        )

    def takes(self, envelope: Envelope, said: Said | None) -> bool:
        """Whether it is logged. O(roles of who gave it)."""
        if said is not None and (said.operation or said.refused is not None or said.posted is not None):
            return True
        command = envelope.command
        if command is None:
            return False
        name = type(command).__name__
        if name in self._never:
            return False
        if name in self._named or (isinstance(command, Remark) and isinstance(command.remark, Monitoring)):
            return True
        if not envelope.actor:
            return False
        return self._everything or self._staff.has_role(envelope.actor, self._roles)


class Standing(Struct, frozen=True):
    """How the thing stood that a command is about, before it."""

    on: str
    subject: str
    before: str


def stands(engine: Engine, envelope: Envelope) -> Standing:
    """Look how the thing stands that a command is about."""
    command = envelope.command
    assert command is not None
    on, subject = about(command)
    return Standing(on, subject, _text(picture(engine, command, on, subject)))


def row_of(
    engine: Engine, envelope: Envelope, said: Said | None, before: Standing, events: Sequence[Event]
) -> AuditRow:
    """Make the row of a command that was done or refused."""
    command = envelope.command
    assert command is not None
    name = type(command).__name__
    refused = events[0] if events and isinstance(events[0], CommandRefused) else None
    after = "" if refused is not None else _text(picture(engine, command, before.on, before.subject))
    if refused is None and isinstance(command, Remark):
        after = _text(msgspec.to_builtins(command.remark))
    return AuditRow(
        at_ns=envelope.at_ns,
        seq=envelope.seq,
        who=clean(envelope.actor),
        act=(said.operation if said is not None else "") or name,
        command=name,
        on=before.on,
        subject=clean(before.subject),
        request_id=clean(envelope.request_id),
        why=said.why if said is not None else "",
        result="done" if refused is None else "refused",
        reason="" if refused is None else refused.reason.value,
        before="" if refused is not None else before.before,
        after=after,
    )


def row_of_refusal(envelope: Envelope, said: Said) -> AuditRow:
    """Make the row of what was refused at the desk."""
    assert said.refused is not None
    return AuditRow(
        at_ns=envelope.at_ns,
        seq=envelope.seq,
        who=clean(envelope.actor),
        act=said.operation,
        on=said.refused.on,
        subject=clean(said.refused.subject),
        request_id=clean(envelope.request_id),
        why=said.why,
        result="denied",
        reason=said.refused.reason,
        lost=said.refused.unlogged,
    )


def row_of_message(
    envelope: Envelope, said: Said, before: Message | None, after: Message, digest: str
) -> AuditRow:
    """Make the row of a message of the day: its version and a digest, for its text is nobody's business here."""
    shown = {"version": after.version, "until_ns": after.until_ns, "sha256": digest}
    return AuditRow(
        at_ns=envelope.at_ns,
        seq=envelope.seq,
        who=clean(envelope.actor),
        act=said.operation,
        on="queue" if after.queue else "group" if after.group else "centre",
        subject=after.queue or after.group,
        request_id=clean(envelope.request_id),
        why=said.why,
        before=_text({"version": before.version} if before is not None else None),
        after=_text(shown),
    )


def clean(text: str) -> str:
    """Give a text without the one character that PostgreSQL cannot store.

    >>> clean("a" + chr(0))
    'a\ufffd'
    """
    return text.replace("\x00", "\ufffd")


def _text(shown: dict[str, Any] | None) -> str:
    return "" if shown is None else _encode(shown).decode()
