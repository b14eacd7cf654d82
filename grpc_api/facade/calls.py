"""The calls of one domain: route one, report on it, follow it, compare all of them.

Owns what each of these means to the engine; must not know gRPC or HTTP, nor what is done with a call in hand
(``facade``).
"""

import asyncio
from collections.abc import Callable
from hashlib import blake2b
from typing import Final, NamedTuple, Self

from grpc_api.facade.board import Following
from grpc_api.facade.directory import Directory
from grpc_api.facade.ends import of_one_command
from grpc_api.facade.handling import TAKE_OVER, Handling
from grpc_api.facade.living import Call
from grpc_api.facade.marks import NOTHING, Mark
from grpc_api.facade.numbers import NumberPlan
from grpc_api.facade.pump import Place, Pump, complete_notices, placed, places
from grpc_api.facade.reports import OF_DEVICES, OF_OFFERS, OTHER_KIND, commands_for
from grpc_api.facade.shapes import (
    Answer,
    Instruction,
    Refusal,
    Reject,
    Release,
    ReportCall,
    RouteCall,
    SyncCalls,
    Synced,
    Talk,
    Wait,
)
from grpc_api.settings import DomainSettings, FacadeLimits
from routing import commands
from routing.commands import AcceptOffer, Command, EnqueueContact, FailOffer, HandOver
from routing.engine import Engine
from routing.errors import UsageError
from routing.events import AttemptEnded, CallsSynced, CommandRefused, ContactEnded, OfferAccepted, Reason
from routing.host import Host, Outcome, Request
from routing.units import SECOND
from routing.views import IN_HAND, ContactView

#: How long an answer waits for the fold to have seen what it is about: a moment, save where a machine stands still,
#: and there an answer that comes late is better than a wrong one.
_FOLD_NS: Final = 10 * SECOND
#: A retry of a call that is known: these are no reasons to turn it away.
_KNOWN: Final = frozenset({Reason.ALREADY_SO, Reason.EXISTS_WITH_DIFFERENT})
_REQUEST_CHARS: Final = 128


class Calls:
    """Calls of front-ends on a live engine, as far as they are routed and reported on; see `Facade` for all of it.

    Parameters
    ----------
    host : Host
        The engine; it must outlive the facade.
    settings : DomainSettings, optional
        What numbers, endpoints, treatments and codes mean.
    limits : FacadeLimits, optional
        Of followers and of what is remembered.
    actor : str, optional
        For the journal, where the caller does not say who asks.

    Examples
    --------
    >>> from routing import Agent, Config, LogIn, Queue
    >>> with Host(Config(agents=(Agent("ann"),), queues=(Queue("sales"),))) as host, Calls(host) as facade:
    ...     _ = host.apply(LogIn("ann"))
    ...     answer = facade.route_call(RouteCall("call-1", "pbx", called="sales"))
    ...     print(answer.instructions[0].endpoint)
    ...     print(facade.report_call(ReportCall("call-1", "answered")).instructions)
    sip:ann@127.0.0.1
    (Talk(agent='ann'),)
    """

    def __init__(
        self,
        host: Host,
        settings: DomainSettings | None = None,
        limits: FacadeLimits | None = None,
        *,
        actor: str = "facade",
    ) -> None:
        self.host = host
        self.settings = settings or DomainSettings()
        self.limits = limits or FacadeLimits()
        self._actor = actor
        self._directory = Directory(self.settings)
        self._numbers = NumberPlan(self.settings)
        self._handling = Handling(self.settings.lines, self._numbers)
        self._pump = Pump(host, self._directory, self.limits)
        self._board = self._pump.board
        #: Says whose a call is: given the caller's number, it completes the command. It must answer soon.
        self.identify: Callable[[str, EnqueueContact], EnqueueContact] | None = None

    def use(self, settings: DomainSettings) -> None:
        """Go on with other settings, for what is asked from now on; calls that are known stay where they are."""
        directory, numbers = Directory(settings), NumberPlan(settings)
        self.settings, self._directory, self._numbers = settings, directory, numbers
        self._handling = Handling(settings.lines, numbers)
        self._pump.use(directory)

    def end_streams(self, why: str) -> None:
        """Tell all who follow that it is over, and let nobody follow anew; calls are answered as before."""
        self._board.end_streams(why)

    def close(self) -> None:
        """Let go of the host; streams end."""
        self._pump.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- A call comes in

    def route_call(self, call: RouteCall, *, actor: str = "") -> Answer:
        """Take a call in and say what to do with it now.

        Repeated, by request id or by call id, it says what to do with that call now. Errors are those of `Host.apply`.

        Raises
        ------
        UsageError
            If the call has no id.
        """
        request = self._routed(call, actor)
        if isinstance(request, Answer):
            return request
        try:
            outcome = self.host.apply_many([request])[0]
        except BaseException:
            self._board.fold.owners.pop(call.call_id, None)
            raise
        return self._after_route(call, outcome) or self.look(call.call_id, refusal_of(outcome))

    async def route_call_async(self, call: RouteCall, *, actor: str = "") -> Answer:
        """Like `route_call`, for asyncio."""
        if self.identify is None:
            request = self._routed(call, actor)
        else:  # which may take a moment
            request = await asyncio.to_thread(self._routed, call, actor)
        if isinstance(request, Answer):
            return request
        try:
            outcome = (await self.host.apply_many_async([request]))[0]
        except BaseException:
            self._board.fold.owners.pop(call.call_id, None)
            raise
        answer = self._after_route(call, outcome)
        if answer is None:
            answer = await asyncio.to_thread(self.look, call.call_id, refusal_of(outcome))
        return answer

    def _routed(self, call: RouteCall, actor: str) -> Request | Answer:
        if not call.call_id:
            raise UsageError("call_id is empty; give each call an id of its own")
        wanted = self._numbers.enqueue(call)
        if isinstance(wanted, Reject):
            return Answer(call.call_id, self.host.revision, (wanted,))
        if self.identify is not None and call.caller:
            wanted = self.identify(call.caller, wanted)
        self._board.fold.owners[call.call_id] = call.front_end
        return self._request(wanted, call.front_end, "route", call.request_id, actor)

    def _after_route(self, call: RouteCall, outcome: Outcome) -> Answer | None:
        """What the events of the command alone say; None when one has to look."""
        refusal = outcome.events[0]
        refused = isinstance(refusal, CommandRefused)
        if outcome.repeated or refused:  # nobody begins now
            self._board.fold.owners.pop(call.call_id, None)
        if isinstance(refusal, CommandRefused) and refusal.reason not in _KNOWN:
            reject = Reject(refusal.reason.value, refusal.subject)
            return Answer(call.call_id, outcome.revision, (reject,), refusal_of(outcome))
        if outcome.repeated or refused:
            return None
        with self._board.lock:
            found = of_one_command(call.call_id, outcome.events, self._board.fold.bells)
        return Answer(call.call_id, outcome.revision, found) if found else None

    # --- What became of it

    def report_call(self, report: ReportCall, *, actor: str = "") -> Answer:
        """Take a report on a call and say what to do with it now.

        Reports may come late, twice, or about an offer that is no more: they then change nothing, and the answer
        carries the refusal. Errors are those of `Host.apply`.

        Raises
        ------
        UsageError
            If the report does not say which of several ringing agents it is about.
        """
        wanted = self._wanted(report)
        if isinstance(wanted, Refusal):
            return self.look(report.call_id, wanted)
        refused: Refusal | None = None
        for command in wanted:
            outcome = self.host.apply_many([self._step(report, command, actor)])[0]
            if isinstance(command, AcceptOffer) and self._may_be_leg(report.call_id):
                self._take_over(report, outcome, actor)
            answer = self._after_report(report, outcome)
            if answer is not None:
                return answer
            refused = refusal_of(outcome)
            if refused is None or refused.reason not in OTHER_KIND:
                break
        return self.look(report.call_id, refused)

    async def report_call_async(self, report: ReportCall, *, actor: str = "") -> Answer:
        """Like `report_call`, for asyncio."""
        if (report.report == "answered" or report.report in OF_DEVICES) and not self._is_plain(report):
            return await asyncio.to_thread(self.report_call, report, actor=actor)
        looks = self._looks(report)
        wanted = await asyncio.to_thread(self._wanted, report) if looks else self._wanted(report)
        if isinstance(wanted, Refusal):
            return await asyncio.to_thread(self.look, report.call_id, wanted)
        refused: Refusal | None = None
        for command in wanted:
            outcome = (await self.host.apply_many_async([self._step(report, command, actor)]))[0]
            if isinstance(command, AcceptOffer) and self._may_be_leg(report.call_id):
                await asyncio.to_thread(self._take_over, report, outcome, actor)
            answer = self._after_report(report, outcome)
            if answer is not None:
                return answer
            refused = refusal_of(outcome)
            if refused is None or refused.reason not in OTHER_KIND:
                break
        return await asyncio.to_thread(self.look, report.call_id, refused)

    def _wanted(self, report: ReportCall) -> tuple[Command, ...] | Refusal:
        """Find what a report means; how the call stands is looked up where that matters."""
        if not report.call_id:
            raise UsageError("call_id is empty; say which call the report is about")
        if (report.report == "answered" or report.report in OF_DEVICES) and not self._is_plain(report):
            found = self._of_devices(report)
            if found is not None:
                return found
        view: ContactView | None = None
        if self._looks(report):
            view = self.host.read(lambda engine: engine.contacts.get(report.call_id))
        return commands_for(report, view)

    def _is_plain(self, report: ReportCall) -> bool:
        """Is the report about an agent with but one address?"""
        plan = self._directory.plan
        if not plan.places.devices and not plan.places.seats:
            return True
        return bool(report.agent) and plan.is_plain(report.agent, self._pump.seats)

    def _of_devices(self, report: ReportCall) -> tuple[Command, ...] | Refusal | None:
        """Do what a report on one of several devices means here; None: it is the engine's business."""
        board, fold = self._board, self._board.fold
        board.wait_for(self.host.revision, _FOLD_NS)  # so that what rings is known
        now_ns = self._pump.now_ns()
        with board.lock:
            event = fold.ringing(report.call_id, report.agent, report.offer)
            if event is None:
                return None
            if report.report == "answered":
                fold.bells.answered(event, report.endpoint)
                return None
            told, cause = fold.give_up(event, report.endpoint, OF_DEVICES[report.report], now_ns)
            board.add(told)
        if cause is not None:
            return (FailOffer(report.call_id, event.agent, cause, event.offer),)
        if not told:
            return Refusal("FailOffer", Reason.OFFER_IS_ANOTHER.value, report.endpoint)
        return ()

    def _may_be_leg(self, call_id: str) -> bool:
        fold = self._board.fold
        call = fold.calls.get(call_id)
        return call_id not in fold.owners if call is None else bool(call.parent)

    def _take_over(self, report: ReportCall, outcome: Outcome, actor: str) -> None:
        """A leg for taking over was answered: hand the call over at once."""
        if isinstance(outcome.events[0], CommandRefused):
            return
        leg = self.host.read(lambda engine: engine.contacts.get(report.call_id))
        if leg is not None and leg.parent and leg.state in IN_HAND and TAKE_OVER in leg.attributes:
            self.host.apply_many([self._step(report, HandOver(leg.parent, leg.id), actor)])

    def _looks(self, report: ReportCall) -> bool:
        """Does it matter how the call stands? Then whoever asks waits for the writer."""
        if report.report == "ended":
            return bool(report.agent or report.offer)
        return report.report in OF_OFFERS and not report.agent

    def _after_report(self, report: ReportCall, outcome: Outcome) -> Answer | None:
        """What the command alone says when it settles the matter, which saves a look; None when it does not."""
        if outcome.repeated:  # the call may have gone on since
            return None
        match outcome.events[0]:
            case OfferAccepted(contact=contact, agent=agent) if contact == report.call_id:
                call = self._board.fold.calls.get(contact)
                simple = not self._may_be_leg(contact) and (call is None or call.mark == NOTHING)
                plain = self._directory.plan.is_plain(agent, self._pump.seats)
                return Answer(contact, outcome.revision, (Talk(agent),)) if simple and plain else None
            case ContactEnded(contact=contact, outcome=how) if contact == report.call_id:
                return Answer(contact, outcome.revision, (Release(how.value),))
            case _:
                return None

    def _step(self, report: ReportCall, command: Command, actor: str) -> Request:
        verb = f"{report.report}/{type(command).__name__}/{report.call_id}"
        return self._request(command, report.front_end, verb, report.request_id, actor)

    # --- How it stands

    def look(self, call_id: str, refusal: Refusal | None = None) -> Answer:
        """Say what to do with a call now. O(1)."""

        def look(engine: Engine) -> _Look:
            view = engine.contacts.get(call_id)
            if view is None:
                return _Look(engine.revision, engine.now_ns, None)
            parent = engine.contacts.get(view.parent) if view.parent else None
            peer = next((one.agent for one in parent.segments if one.state in IN_HAND), "") if parent else ""
            mark = self._pump.marks.of(call_id) if self._pump.marks is not None else None
            return _Look(engine.revision, engine.now_ns, view, Place(engine, view), peer, mark)

        found = self.host.read(look)
        if found.view is not None:
            return Answer(call_id, found.revision, self._present(found), refusal)
        revision = found.revision
        ended = self._board.ending(call_id)
        if ended is None and self._board.wait_for(revision, _FOLD_NS):
            ended = self._board.ending(call_id)
        return Answer(call_id, revision, (ended.instruction if ended else Release(""),), refusal)

    async def look_async(self, call_id: str) -> Answer:
        """Like `look`, for asyncio."""
        return await asyncio.to_thread(self.look, call_id)

    def is_known(self, call_id: str) -> bool:
        """Tell whether a call is alive here, or it is known how it ended."""
        alive = self.host.read(lambda engine: call_id in engine.contacts)
        return alive or self._board.ending(call_id) is not None

    async def is_known_async(self, call_id: str) -> bool:
        """Like `is_known`, for asyncio."""
        return await asyncio.to_thread(self.is_known, call_id)

    def queues_of(self, call: RouteCall) -> tuple[str, ...]:
        """Tell which queues a call would go to, for whoever asks whether it may."""
        wanted = self._numbers.enqueue(call)
        return () if isinstance(wanted, Reject) else wanted.queues

    def _present(self, found: "_Look") -> tuple[Instruction, ...]:
        view, plan, seats = found.view, self._directory.plan, self._pump.seats
        assert view is not None
        talking = view.state in IN_HAND and view.segment is not None
        if talking and view.segment is not None and not plan.is_plain(view.segment.agent, seats):
            self._board.wait_for(found.revision, _FOLD_NS)  # where they talk, only the fold knows
        now_ns = found.now_ns if view.state != "offered" else max(found.now_ns, self._pump.now_ns())
        with self._board.lock:
            fold = self._board.fold
            known = fold.calls.get(view.id)
            mark, endpoint = found.mark or NOTHING, ""
            if known is not None:
                mark = known.mark if found.mark is None else found.mark
                endpoint = known.endpoint if known.agent in [one.agent for one in view.segments] else ""
            first, *more = fold.holding(Call.of(view, found.now_ns, mark, endpoint), found.peer, now_ns)
        if isinstance(first, Wait) and found.place is not None:
            first = placed(first, found.place)
        return (first, *more)

    # --- What comes next

    def follow(
        self, *, front_end: str | None = None, call_id: str = "", start_revision: int | None = None
    ) -> Following:
        """Follow what is to be done with all calls of a front-end, or with one call.

        Iterate over what is returned, or ``take``; close it in the end. Arguments and errors are those of
        `Board.follow`; a revision that has not happened yet is misuse, too.

        Examples
        --------
        >>> from routing import Config, Queue
        >>> with Host(Config(queues=(Queue("sales"),))) as host, Calls(host) as facade:
        ...     _ = facade.route_call(RouteCall("call-1", "pbx", called="sales"))
        ...     with facade.follow(front_end="pbx", start_revision=0) as following:
        ...         print(following.take()[0].instruction.queues)
        ('sales',)
        """
        if start_revision is not None and start_revision > self.host.revision:
            raise UsageError(
                f"revision {start_revision} has not happened; {self.host.revision} is the latest, or pass 0"
            )
        if start_revision is not None:  # whatever was answered before this is part of the present
            self._board.wait_for(self.host.revision, _FOLD_NS)
        following = self._board.follow(front_end=front_end, call_id=call_id, start_revision=start_revision)
        waiting = {one.call_id for one in following.first if isinstance(one.instruction, Wait)}
        if waiting:
            found = self.host.read(lambda engine: places(engine, waiting))
            following.first = complete_notices(following.first, found)
        return following

    async def follow_async(
        self, *, front_end: str | None = None, call_id: str = "", start_revision: int | None = None
    ) -> Following:
        """Like `follow`, for asyncio; iterate with ``async for``, or ``take_async``."""
        return await asyncio.to_thread(
            self.follow, front_end=front_end, call_id=call_id, start_revision=start_revision
        )

    # --- A front-end comes back

    def sync_calls(self, sync: SyncCalls, *, actor: str = "") -> Synced:
        """Compare the calls of a front-end with those known here; errors are those of `Host.apply`.

        Raises
        ------
        UsageError
            If the engine refuses the list: the front-end has no name, or a call stands in it twice.
        """
        live = tuple(commands.LiveCall(leg.call_id, leg.agent) for leg in sync.live)
        request = self._request(
            commands.SyncCalls(sync.front_end, live, sync.attempts),
            sync.front_end,
            "sync",
            sync.request_id,
            actor,
        )
        outcome = self.host.apply_many([request])[0]
        refusal = refusal_of(outcome)
        if refusal is not None:
            raise UsageError(
                f"{refusal.reason}: {refusal.subject!r}; name the front-end, and each of its calls once"
            )
        named = {leg.call_id for leg in sync.live}
        lost: list[str] = []
        adopted: list[str] = []
        lost_attempts: list[str] = []
        unknown: tuple[str, ...] = ()
        unknown_attempts: tuple[str, ...] = ()
        for event in outcome.events:
            match event:
                case CallsSynced():
                    unknown, unknown_attempts = event.unknown, event.unknown_attempts
                case AttemptEnded(outcome="lost"):
                    lost_attempts.append(event.attempt)
                case ContactEnded() if event.contact not in named:
                    lost.append(event.contact)
                case OfferAccepted() if event.contact in named:
                    adopted.append(event.contact)
                case _:
                    continue
        answers = [self.look(leg.call_id) for leg in sync.live]
        known = tuple(
            answer
            for answer in answers
            if answer.call_id not in unknown or answer.instructions != (Release(""),)
        )
        return Synced(
            outcome.revision,
            tuple(lost),
            unknown,
            tuple(adopted),
            known,
            tuple(lost_attempts),
            unknown_attempts,
        )

    async def sync_calls_async(self, sync: SyncCalls, *, actor: str = "") -> Synced:
        """Like `sync_calls`, for asyncio."""
        return await asyncio.to_thread(self.sync_calls, sync, actor=actor)

    # --- Inside

    def _request(self, command: Command, front_end: str, verb: str, request_id: str, actor: str) -> Request:
        """Request ids of front-ends are their own: they meet neither each other nor those of other clients."""
        name = ""
        if request_id:
            name = f"{front_end}/{verb}/{request_id}"
            if len(name) > _REQUEST_CHARS:
                name = blake2b(name.encode(), digest_size=32).hexdigest()
        return Request(command, name, actor or front_end or self._actor)


class _Look(NamedTuple):
    """What the engine shows of a call; ``mark`` is None where nobody keeps it."""

    revision: int
    now_ns: int
    view: ContactView | None
    place: Place | None = None
    peer: str = ""
    mark: Mark | None = None


def refusal_of(outcome: Outcome) -> Refusal | None:
    """Tell why a command had no effect, if so."""
    first = outcome.events[0]
    if not isinstance(first, CommandRefused):
        return None
    return Refusal(first.command, first.reason.value, first.subject, first.detail)
