"""The obvious engine itself: calls, time, remembered requests.

Owns the face; what commands, timers and the match do stands in the classes below it. It must not know anything
of the compiled engine.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from reference.ground import RefusedError, refuse_if
from reference.timers import Timers
from routing import commands
from routing.commands import Command
from routing.errors import UsageError
from routing.events import CommandRefused, Event, Reason
from routing.remarks import CallBack
from routing.units import MAX_INSTANT_NS

ID_FIELDS = ("contact", "leg", "agent", "queue", "skill", "group")
MAY_BE_EMPTY = (
    (commands.EndWrapUp, "contact"),
    (commands.WithdrawOffer, "agent"),
    (commands.ResetCounts, "agent"),
    (commands.HandOver, "leg"),
)


class ReferenceEngine(Timers):
    """What the engine does, exactly and slowly."""

    @property
    def now_ns(self) -> int:
        return self._now_ns

    @property
    def revision(self) -> int:
        return self._revision

    @property
    def next_due_ns(self) -> int | None:
        return min((due for due, _, _ in self._timers()), default=None)

    def apply(self, command: Command, at_ns: int, request_id: str = "") -> tuple[Event, ...]:
        check_types(command)
        if type(request_id) is not str:
            raise UsageError(f"request_id {request_id!r} is no string")
        earlier = self.advance(at_ns)
        if request_id and request_id in self._outcomes:
            return earlier + self._outcomes[request_id]
        try:
            self._dispatch(command)
        except RefusedError as refusal:
            self._emit(CommandRefused, type(command).__name__, refusal.reason, refusal.subject)
        self._settle()
        own = self._take_events()
        if request_id:
            self._outcomes[request_id] = own
        self._forget()
        return earlier + own

    def advance(self, at_ns: int) -> tuple[Event, ...]:
        if type(at_ns) is not int:
            raise UsageError(f"at_ns {at_ns!r} is no integer of nanoseconds")
        if not self._now_ns <= at_ns <= MAX_INSTANT_NS:
            raise UsageError(f"at_ns {at_ns} is not within [{self._now_ns}, {MAX_INSTANT_NS}]")
        while True:
            due, kind, number = min(self._timers(), default=(at_ns + 1, 0, 0))
            if due > at_ns:
                break
            self._now_ns = due
            self._fire(kind, number)
            self._settle()
        self._now_ns = at_ns
        return self._take_events()

    def _dispatch(self, command: Command) -> None:
        check_ids(command)
        handlers: dict[type, Callable[[Any], None]] = {
            commands.LogIn: self._log_in,
            commands.LogOut: self._log_out,
            commands.SetReady: self._set_ready,
            commands.SetNotReady: self._set_not_ready,
            commands.ReportDevice: self._report_device,
            commands.EndWrapUp: self._end_wrap_up,
            commands.ResetCounts: self._reset_counts,
            commands.EnqueueContact: self._enqueue,
            commands.AcceptOffer: self._accept,
            commands.RejectOffer: self._reject,
            commands.FailOffer: self._fail,
            commands.WithdrawOffer: self._withdraw,
            commands.AbandonContact: self._abandon,
            commands.CompleteContact: self._complete,
            commands.UpdateContact: self._update,
            commands.CancelContact: self._cancel,
            commands.SyncCalls: self._sync,
            commands.Resume: self._resume,
            commands.RequestDial: self._request_dial,
            commands.ReportAttempt: self._report_attempt,
            commands.EndAttempt: self._end_attempt,
            commands.HoldContact: self._hold,
            commands.RetrieveContact: self._retrieve_command,
            commands.PlaceContact: self._place,
            commands.JoinLeg: self._join,
            commands.PartLeg: self._part,
            commands.HandOver: self._hand_over,
            commands.Remark: self._remark,
            commands.RequeueContact: self._requeue,
            commands.OpenQueue: self._open_queue,
            commands.CloseQueue: self._close_queue,
            commands.PublishEstimate: self._publish_estimate,
            commands.PutSkill: self._put_skill,
            commands.RemoveSkill: self._remove_skill,
            commands.PutGroup: self._put_group,
            commands.RemoveGroup: self._remove_group,
            commands.PutAgent: self._put_agent,
            commands.SetSkills: self._set_skills,
            commands.RemoveAgent: self._remove_agent,
            commands.PutQueue: self._put_queue,
            commands.RemoveQueue: self._remove_queue,
            commands.Configure: self._configure,
        }
        handlers[type(command)](command)

    def _take_events(self) -> tuple[Event, ...]:
        taken = tuple(self._events)
        self._events.clear()
        self._revision += len(taken)
        return taken


def check_types(command: object) -> None:
    """Misuse is whatever could not be read back from a journal."""
    if not isinstance(command, Command):
        raise UsageError(f"{command!r} is no command")
    try:
        msgspec.convert(msgspec.to_builtins(command), type(command), strict=True)
    except (msgspec.ValidationError, TypeError) as error:
        raise UsageError(f"{command!r} has a wrong type: {error}") from None


def check_ids(command: Command) -> None:
    """``id_empty`` before ``id_too_long``, each in the order of the fields; structs bound their own ids.

    Attempts have rules of their own.
    """
    if isinstance(command, commands.RequestDial | commands.ReportAttempt | commands.EndAttempt):
        return
    ids = {name: getattr(command, name) for name in command.__struct_fields__ if name in ID_FIELDS}
    ids = {name: value for name, value in ids.items() if isinstance(value, str)}
    for name, value in ids.items():
        lacks = isinstance(command, commands.Remark) and isinstance(command.remark, CallBack)
        refuse_if(
            value == "" and (type(command), name) not in MAY_BE_EMPTY and not lacks, Reason.ID_EMPTY, ""
        )
    for value in (*ids.values(), getattr(command, "front_end", ""), getattr(command, "parent", "")):
        refuse_if(len(value) > 128, Reason.ID_TOO_LONG, value)
