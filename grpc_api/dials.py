"""Dialing over gRPC: what a front-end is to dial, and what it reports.

Owns these messages, and that a stream of dials misses nothing; must not know how anything is decided (``dialing``).
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import grpc

from grpc_api.calls import Call
from grpc_api.convert import enum_number, writer
from grpc_api.convert.kinds import enum_words
from grpc_api.dialing.lines import Line
from grpc_api.dialing.shapes import Desk, Dial, DialOver
from grpc_api.domains import Hosted
from grpc_api.facading import answer_fields
from grpc_api.feed import Pace, Stalls
from grpc_api.limits import WireLimits
from grpc_api.status import FULL, INVALID, STATE, Fault
from grpc_api.v1 import commands_pb2, dialing_pb2, events_pb2
from routing.engine import Engine
from routing.errors import ClosedError, CompactedError
from routing.events import AttemptEnded, CommandRefused, ContactEnqueued, DialRequested, Event
from routing.host import Watch
from routing.views import AttemptView

_STATES: Final = enum_words(commands_pb2.AttemptState.DESCRIPTOR)
_OUTCOMES: Final = enum_words(commands_pb2.AttemptOutcome.DESCRIPTOR)
_dial: Any = writer(Dial)
_over: Any = writer(DialOver)


def desk_of(call: Call, domain: str) -> tuple[Hosted, Desk]:
    """Give the domain, if it dials."""
    hosted = call.hosted(domain)
    if hosted.desk is None:
        call.permit(hosted)  # so that nobody learns what they may not
        raise Fault(
            STATE,
            "NO_CAMPAIGNS",
            f"domain {hosted.name!r} does not dial: its settings name no campaigns, or their database is away",
        )
    return hosted, hosted.desk


def report_attempt(
    call: Call, request: dialing_pb2.ReportAttemptRequest
) -> dialing_pb2.ReportAttemptResponse:
    """Take note of how far an attempt has come."""
    hosted, desk = desk_of(call, request.domain)
    call.permit(hosted)
    state: Any = _STATES.get(request.state)
    if state is None:
        raise Fault(
            INVALID, "UNKNOWN_STATE", f"state {request.state} means nothing here; give an AttemptState"
        )
    _own(hosted, desk, request.attempt, request.front_end)
    events = desk.report(request.attempt, state, request.request_id)
    return dialing_pb2.ReportAttemptResponse(
        revision=hosted.host.revision, **_refusal(events, "ReportAttempt")
    )


def end_attempt(call: Call, request: dialing_pb2.EndAttemptRequest) -> dialing_pb2.EndAttemptResponse:
    """Take note of what became of an attempt, and say what to do with the line."""
    hosted, desk = desk_of(call, request.domain)
    call.permit(hosted)
    outcome: Any = _OUTCOMES.get(request.outcome)
    if outcome is None:
        raise Fault(
            INVALID,
            "UNKNOWN_OUTCOME",
            f"outcome {request.outcome} means nothing here; give an AttemptOutcome",
        )
    attempt = request.attempt
    campaign = _own(hosted, desk, attempt, request.front_end)
    confidence = request.confidence if request.HasField("confidence") else 100
    events = desk.end(attempt, outcome, confidence, request.detection_ns, request.cause, request.request_id)
    fields: dict[str, Any] = _refusal(events, "EndAttempt")
    if not fields:
        for event in events:
            if isinstance(event, AttemptEnded) and event.attempt == attempt:
                campaign = event.campaign
        fields = {"message": desk.message(campaign, outcome)}
        if outcome == "person" and _is_contact(hosted, attempt, events):
            fields = {"call_id": attempt, **_instructions(hosted, attempt)}
    return dialing_pb2.EndAttemptResponse(revision=hosted.host.revision, **fields)


def closing(call: Call, request: dialing_pb2.ClosingRequest) -> dialing_pb2.ClosingResponse:
    """Take note that an agent will be free soon."""
    hosted, desk = desk_of(call, request.domain)
    call.permit(hosted, agents=(request.agent,))
    desk.closing(request.agent)
    return dialing_pb2.ClosingResponse(revision=hosted.host.revision)


def skip_preview(call: Call, request: dialing_pb2.SkipPreviewRequest) -> dialing_pb2.SkipPreviewResponse:
    """Let a record go that an agent will not have dialled."""
    hosted, desk = desk_of(call, request.domain)
    call.permit(hosted, contacts=(request.contact,))
    skipped = desk.skip(request.contact)
    return dialing_pb2.SkipPreviewResponse(revision=hosted.host.revision, skipped=skipped)


def _own(hosted: Hosted, desk: Desk, attempt: str, front_end: str) -> str:
    """See that no other front-end dials this; returns the campaign, "" where the attempt is not alive."""
    view = hosted.host.read(lambda engine: engine.attempts.get(attempt))
    if view is None:
        return ""
    if desk.lines.is_others(attempt, view.front_end, front_end):
        raise Fault(
            STATE,
            "ANOTHERS_ATTEMPT",
            f"attempt {attempt[:128]!r} is not dialled by {front_end[:128]!r}; give the name by which it was watched",
            {"subject": attempt[:128]},
        )
    return view.campaign


def _refusal(events: Iterable[Event], command: str) -> dict[str, Any]:
    for event in events:
        if isinstance(event, CommandRefused) and event.command == command:
            return {
                "refusal": {
                    "reason": enum_number(events_pb2.Reason, event.reason.value),
                    "subject": event.subject,
                    "detail": event.detail,
                    "command": event.command,
                    "at_ns": event.at_ns,
                }
            }
    return {}


def _is_contact(hosted: Hosted, attempt: str, events: Iterable[Event]) -> bool:
    """Has a person become a contact, now or, of a preview, before?"""
    if any(isinstance(event, ContactEnqueued) and event.contact == attempt for event in events):
        return True
    return hosted.host.read(lambda engine: attempt in engine.contacts)


def _instructions(hosted: Hosted, call_id: str) -> dict[str, Any]:
    if hosted.facade is None:
        return {}
    fields = answer_fields(hosted.facade.look(call_id))
    return {name: fields[name] for name in ("instruction", "further")}


class Dials:
    """Answers `WatchDials` for all domains of a server."""

    def __init__(self, limits: WireLimits) -> None:
        self._limits = limits
        self._stalls = Stalls(limits.watch_stall_ns)

    def close(self) -> None:
        """Let the watchman go."""
        self._stalls.close()

    def watch_dials(self, call: Call, data: bytes) -> Iterator[bytes]:
        """Tell a front-end what to dial until it goes, another stream takes its place, or the server ends."""
        request = dialing_pb2.WatchDialsRequest.FromString(data)
        hosted, desk = desk_of(call, request.domain)
        call.permit(hosted)
        self._check(request)
        pace = Pace(0, request.progress_interval_ns or self._limits.progress_ns, self._limits.poll_ns)
        line = desk.lines.enter(request.front_end, request.carriers)
        try:
            with hosted.host.feed.watch(None, _is_wanted) as watch:
                if not call.context.add_callback(pace.end):
                    return
                telling = _Telling(hosted, desk, line, set(request.known))
                yield telling.first()
                yield from self._follow(call, watch, telling, pace)
        finally:
            desk.lines.leave(line)

    def _check(self, request: dialing_pb2.WatchDialsRequest) -> None:
        limits = self._limits
        if not request.front_end:
            raise Fault(INVALID, "NO_FRONT_END", "front_end is empty; say who dials")
        if len(request.carriers) > limits.filters:
            raise Fault(
                INVALID,
                "TOO_MANY_FILTERS",
                f"{len(request.carriers)} carriers are named; name at most {limits.filters}",
            )
        if not 0 <= request.progress_interval_ns <= limits.watch_interval_ns:
            raise Fault(
                INVALID,
                "INTERVAL_OUT_OF_RANGE",
                f"progress_interval_ns is {request.progress_interval_ns}; give 0 to {limits.watch_interval_ns}",
                {"subject": "progress_interval_ns"},
            )

    def _follow(self, call: Call, watch: Watch, telling: "_Telling", pace: Pace) -> Iterator[bytes]:
        context, stalls = call.context, self._stalls
        while context.is_active():
            try:
                taken = watch.take(pace.patience_ns(), self._limits.watch_events)
            except CompactedError as error:
                raise Fault(
                    FULL,
                    "SLOW_CONSUMER",
                    "the messages were not read in time; watch again, and say what is known",
                    {"oldest": str(error.oldest)},
                ) from None
            except ClosedError as error:
                raise Fault(grpc.StatusCode.UNAVAILABLE, "CLOSED", str(error)) from None
            if telling.line.replaced:
                raise Fault(
                    grpc.StatusCode.ABORTED,
                    "REPLACED",
                    "a later stream of this front-end has its carriers now",
                )
            if call.door.draining:
                raise Fault(
                    grpc.StatusCode.UNAVAILABLE, "CLOSED", "the server is being shut down; watch again"
                )
            call.renew()
            answer = telling.next([event for _, event in taken.events], watch.revision)
            if answer is None and pace.is_mark_due():
                answer = dialing_pb2.WatchDialsResponse(revision=watch.revision).SerializeToString()
            if answer is None:
                continue
            stalls.sends(call)
            try:
                yield answer
            finally:
                stalls.sent(call)
            pace.sent()


def _is_wanted(event: Event) -> bool:
    return isinstance(event, DialRequested | AttemptEnded)


class _Telling:
    """What one stream has told, and tells next."""

    def __init__(self, hosted: Hosted, desk: Desk, line: Line, known: set[str]) -> None:
        self.line = line
        self._hosted = hosted
        self._desk = desk
        self._told = known  # and not over

    def first(self) -> bytes:
        """Tell what is alive and not known, and what is known and over. The watch of events is open by now."""
        known, lines = set(self._told), self._desk.lines
        lines.know(self.line, known)
        before = lines.told()

        def look(engine: Engine) -> tuple[int, list[AttemptView], set[str]]:
            contacts = engine.contacts
            return engine.revision, list(engine.attempts.values()), {one for one in known if one in contacts}

        revision, views, talking = self._hosted.host.read(look)
        alive = {view.id for view in views}
        for attempt in before - alive:
            lines.forget(attempt)
        gone = known - alive
        self._told -= gone
        over = [DialOver(one, "person" if one in talking else "lost") for one in sorted(gone)]
        return self._message(revision, self._dials(view for view in views if view.id not in known), over)

    def next(self, events: list[Event], revision: int) -> bytes | None:
        """Tell what follows from events; None: nothing for this front-end."""
        names = [event.attempt for event in events if isinstance(event, DialRequested)]
        dials: list[Dial] = []
        if names:
            views = self._hosted.host.read(lambda engine: [engine.attempts.get(name) for name in names])
            dials = self._dials(view for view in views if view is not None and view.id not in self._told)
        over = []
        for event in events:
            if isinstance(event, AttemptEnded):
                self._desk.lines.forget(event.attempt)
                if event.attempt in self._told:
                    self._told.discard(event.attempt)
                    outcome: Any = event.outcome  # of the engine's own
                    over.append(DialOver(event.attempt, outcome))
        return self._message(revision, dials, over) if dials or over else None

    def _dials(self, views: Iterable[AttemptView]) -> list[Dial]:
        found = []
        for view in views:
            told = self._desk.lines.tell(self.line, view)
            dial = self._desk.dial(view, again=told.again) if told.now else None
            if dial is not None:
                self._told.add(view.id)
                found.append(dial)
        return found

    @staticmethod
    def _message(revision: int, dials: list[Dial], over: list[DialOver]) -> bytes:
        return dialing_pb2.WatchDialsResponse(
            revision=revision, dials=map(_dial, dials), over=map(_over, over)
        ).SerializeToString()
