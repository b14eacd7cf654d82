"""Virtual time: drives an engine through a workload as fast as it goes.

Nothing here waits. The driver holds everything that would happen in the world (arrivals, completions, callers who
lose patience, agents who come and go), always does the earliest, and tells the engine as a command at that instant.
Between two commands it lets the engine's own timers fire, one instant after the other, and answers the offers that
they make at that very instant.

**Order at equal instants**: the engine's timers (in the engine's own order); staffing; completions; ends of unlimited
wrap-ups; returns of agents who had missed too many offers; answers; callers who lose patience; arrivals. Within
each kind by number of call (staffing: as given; answers: by number of offer). So a caller whose patience ends in
the instant of an answer is answered, and one whose patience ends when an agent comes free is served by that agent.

**Agents** accept an offer at once, or after the delay of ``Answering``; an answer that comes with the end of
the ring time-out, or later, is a miss. Agents whom the engine made not ready for missing offers are ready
again a minute later. **Callers** leave exactly at arrival + patience unless an agent has them in hand by
then.

Owns this order and the bookkeeping of outcomes; must not know where calls and staffing come from.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import Any, Final, Protocol

from msgspec import Struct

from routing import events as event_types
from routing.commands import (
    AbandonContact,
    AcceptOffer,
    Command,
    CompleteContact,
    EndWrapUp,
    EnqueueContact,
    LogIn,
    LogOut,
    Remark,
    SetReady,
)
from routing.errors import UsageError
from routing.events import Event, Outcome, Reason
from routing.model import UNLIMITED, Config
from routing.remarks import Disposition
from routing.simulation.calls import Call
from routing.simulation.draws import uniform
from routing.simulation.result import (
    ABANDONED_CODE,
    DIVERTED_CODE,
    NOBODY,
    REFUSED_CODE,
    REJECTED_CODE,
    SERVED_CODE,
    WAITING,
    Result,
    Spans,
)
from routing.simulation.workload import Workload
from routing.units import DAY, MINUTE

#: Where answers take time, agents may miss offers for ever; after this time beyond the last call the driver gives up.
PATIENT_NS: Final = 7 * DAY
#: An agent who missed too many offers is back after this.
RETURN_NS: Final = MINUTE
MISSED_OFFERS: Final = "missed_offers"

# Kinds of what is to come; at equal instants the smaller goes first.
_STAFFING, _COMPLETION, _WRAP_UP, _RETURN, _ANSWER, _PATIENCE = range(6)
_AFTER_LAST: Final = 2**63 - 1
_PROGRESS_EVERY: Final = 2048
_ANSWER_DRAW: Final = 3

#: What is told at the end of a wrap-up of a queue that requires it: a log does not know what came of a call.
_HANDLED: Final = "handled"

_ENDS: Final[dict[str, int]] = {
    Outcome.HANDLED: SERVED_CODE,
    Outcome.ABANDONED: ABANDONED_CODE,
    Outcome.DIVERTED: DIVERTED_CODE,
    Outcome.REJECTED: REJECTED_CODE,
}


class Machine(Protocol):
    """What the driver needs of an engine."""

    @property
    def next_due_ns(self) -> int | None:
        """When the next timer fires."""

    @property
    def digest(self) -> int:
        """Tells two runs apart."""

    @property
    def revision(self) -> int:
        """How many events there were."""

    def apply(self, command: Command, at_ns: int) -> tuple[Event, ...]:
        """Do a command."""

    def advance(self, at_ns: int) -> tuple[Event, ...]:
        """Let timers fire."""


class Answering(Struct, frozen=True):
    """How long agents take to answer, and to finish a wrap-up that has no limit of its own.

    The delay of each offer is drawn evenly between ``delay_ns_min`` and ``delay_ns_max``, by ``seed``, the call's
    number and the agent's.

    >>> Answering().delay_ns(7, 0)
    0
    """

    delay_ns_min: int = 0
    delay_ns_max: int = 0
    wrap_up_ns: int = 0
    seed: int = 0

    def delay_ns(self, number: int, agent: int) -> int:
        """Return how long this agent lets this call ring."""
        width = self.delay_ns_max - self.delay_ns_min
        if width <= 0:
            return self.delay_ns_min
        return self.delay_ns_min + int(uniform(self.seed, number, _ANSWER_DRAW + agent) * (width + 1))


def run(
    config: Config,
    workload: Workload,
    staffing: Iterable[tuple[int, Command]],
    *,
    engine: Callable[[Config], Machine],
    first_ns: int = 0,
    last_ns: int = 0,
    answering: Answering | None = None,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Simulate.

    Parameters
    ----------
    config : Config
        The centre.
    workload : Workload
        Complete calls in order of arrival.
    staffing : iterable of (at_ns, Command)
        Log-ins, log-outs, opening and closing of queues, in order of time. It may go on beyond ``last_ns``;
        that part is used only while callers are left.
    engine : callable
        Makes the engine from the configuration.
    first_ns, last_ns : int
        The time to be covered at least; it grows to hold all that happens.
    answering : Answering, optional
        By default offers are accepted at once.
    progress : callable, optional
        Told the number of calls that have arrived, now and then.

    Returns
    -------
    Result

    Notes
    -----
    The workload, the staffing and the configuration fix the result, digest included. O(n log n) for n calls on top
    of what the engine does.
    """
    return _Driver(
        config, workload, staffing, engine(config), first_ns, last_ns, answering or Answering()
    ).run(progress)


class _Driver:
    """One run: what is to come, what has become of the calls, and who is busy."""

    def __init__(
        self,
        config: Config,
        workload: Workload,
        staffing: Iterable[tuple[int, Command]],
        engine: Machine,
        first_ns: int,
        last_ns: int,
        answering: Answering,
    ) -> None:
        size = len(workload.calls)
        ids = tuple(agent.id for agent in config.agents)
        self.calls = workload.calls
        self.service_ns = workload.service_ns
        self.patience_ns = workload.patience_ns
        self.engine = engine
        self.answering = answering
        self.at_once = answering.delay_ns_max <= 0 and answering.delay_ns_min <= 0
        self.staffing: Iterator[tuple[int, Command]] = iter(staffing)
        self.staff_command: Command | None = None
        self.first_ns = first_ns
        self.last_ns = last_ns
        # What is to come: (at_ns, kind, number); the number is that of a call, of an agent (_RETURN) or of an
        # offer (_ANSWER).
        self.coming: list[tuple[int, int, int]] = []
        self.wrapping: dict[tuple[int, int], tuple[str, str]] = {}  # (at_ns, call) of wrap-ups to end
        self.auto = frozenset(queue.id for queue in config.queues if queue.auto_answer)
        self.required = {queue.id: queue.wrap_up_ns for queue in config.queues if queue.disposition_required}
        self.required_of: dict[int, int] = {}  # call -> wrap-up of its queue, where that wants a disposition
        self.ringing: dict[int, tuple[str, str]] = {}  # offer -> contact and agent, whose answer is to come
        self.in_hand = bytearray(size)  # 1 from acceptance on
        self.ended = bytearray(size)
        self.alive = 0
        self.place = {agent: place for place, agent in enumerate(ids)}
        self.held = [0] * len(ids)  # contacts in hand or in wrap-up, by agent
        self.holding = 0  # agents who have any
        self.to_log_in: dict[str, LogIn] = {}  # their log-in came while they were still leaving
        self.result = Result(
            calls=workload.calls,
            outcomes=bytearray(size),
            waits_ns=array("q", bytes(8 * size)),
            services_ns=array("q", bytes(8 * size)),
            wrap_ups_ns=array("q", bytes(8 * size)),
            agents=array("i", [NOBODY]) * size,
            agent_ids=ids,
            staffed=[Spans() for _ in ids],
            busy=[Spans() for _ in ids],
            overflows={},
            refusals={},
        )
        self.handlers: dict[type, Callable[[Any], None]] = {
            event_types.ContactOffered: self._offered,
            event_types.OfferAccepted: self._accepted,
            event_types.ContactEnded: self._ended,
            event_types.WrapUpStarted: self._wrap_up_started,
            event_types.WrapUpEnded: self._wrap_up_ended,
            event_types.OfferMissed: self._offer_gone,
            event_types.OfferWithdrawn: self._offer_gone,
            event_types.ContactOverflowed: self._overflowed,
            event_types.AgentLoggedIn: self._logged_in,
            event_types.AgentLoggedOut: self._logged_out,
            event_types.AgentNotReady: self._not_ready,
        }

    # -- The order of time --------------------------------------------------------------------------------

    def run(self, progress: Callable[[int], None] | None) -> Result:
        """Do what comes first until nothing is left that matters."""
        arrivals = array("q", (call.arrival_ns for call in self.calls))
        size = len(arrivals)
        coming, engine, in_hand, ended = self.coming, self.engine, self.in_hand, self.ended
        if size:
            self.last_ns = max(self.last_ns, arrivals[-1])
        give_up_ns = _AFTER_LAST if self.at_once else self.last_ns + PATIENT_NS
        self._next_staffing()
        number = 0
        while True:
            arrival_ns = arrivals[number] if number < size else _AFTER_LAST
            while coming and coming[0][1] == _PATIENCE and (in_hand[coming[0][2]] or ended[coming[0][2]]):
                heappop(coming)
            at_ns = coming[0][0] if coming and coming[0][0] <= arrival_ns else arrival_ns
            due_ns = engine.next_due_ns
            if (
                due_ns is not None
                and due_ns <= at_ns
                and due_ns <= give_up_ns
                and (at_ns != _AFTER_LAST or self._open())
            ):
                self._take(engine.advance(due_ns))
            elif at_ns == _AFTER_LAST or (at_ns > self.last_ns and (at_ns > give_up_ns or not self._open())):
                return self._finish()
            elif at_ns == arrival_ns and not (coming and coming[0][0] == at_ns):
                self._arrive(number, at_ns)
                number += 1
                if progress is not None and number % _PROGRESS_EVERY == 0:
                    progress(number)
            else:
                self._do(heappop(coming))

    def _open(self) -> bool:
        """Is anything unfinished: a call, or somebody's work after one?"""
        return self.alive > 0 or self.holding > 0

    def _do(self, entry: tuple[int, int, int]) -> None:
        """Do what is due."""
        at_ns, kind, number = entry
        if kind == _COMPLETION:
            self._apply(CompleteContact(str(number)), at_ns)
        elif kind == _PATIENCE:
            self._apply(AbandonContact(str(number)), at_ns)
        elif kind == _STAFFING:
            command = self.staff_command
            self._next_staffing()
            if command is not None:
                self._staff(command, at_ns)
        elif kind == _ANSWER:
            self._answer(number, at_ns)
        elif kind == _WRAP_UP:
            agent, contact = self.wrapping.pop((at_ns, number))
            if self.required_of.pop(number, None) is not None:
                self._apply(Remark(contact, Disposition(_HANDLED, agent=agent)), at_ns)
            self._apply(EndWrapUp(agent, contact), at_ns)
        else:
            self._apply(SetReady(self.result.agent_ids[number]), at_ns)

    def _apply(self, command: Command, at_ns: int) -> None:
        self.result.commands += 1
        self._take(self.engine.apply(command, at_ns))

    def _take(self, events: tuple[Event, ...]) -> None:
        """See what the engine did."""
        handlers = self.handlers
        for event in events:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _finish(self) -> Result:
        """Close what is open and hand over."""
        result = self.result
        result.first_ns = min(self.first_ns, self.last_ns)
        result.last_ns = self.last_ns
        for number, call in enumerate(self.calls):
            if result.outcomes[number] == WAITING:
                result.waits_ns[number] = max(0, self.last_ns - call.arrival_ns)
        for number, wrap_up_ns in enumerate(result.wrap_ups_ns):
            if wrap_up_ns < 0:
                result.wrap_ups_ns[number] += self.last_ns
        for spans in (*result.staffed, *result.busy):
            spans.close(self.last_ns)
        result.events = self.engine.revision
        result.digest = self.engine.digest
        return result

    # -- Calls --------------------------------------------------------------------------------------------

    def _arrive(self, number: int, at_ns: int) -> None:
        self.alive += 1
        self.result.commands += 1
        events = self.engine.apply(_enqueue(number, self.calls[number]), at_ns)
        if type(events[0]) is event_types.CommandRefused:
            self._refused(number, events[0])
        self._take(events)
        patience_ns = self.patience_ns[number]
        if patience_ns >= 0 and not self.in_hand[number] and not self.ended[number]:
            heappush(self.coming, (at_ns + patience_ns, _PATIENCE, number))

    def _offered(self, event: event_types.ContactOffered) -> None:
        if event.queue in self.auto:
            return
        if self.at_once:
            self._apply(AcceptOffer(event.contact, event.agent, event.offer), event.at_ns)
            return
        self.ringing[event.offer] = (event.contact, event.agent)
        delay_ns = self.answering.delay_ns(int(event.contact), self.place[event.agent])
        heappush(self.coming, (event.at_ns + delay_ns, _ANSWER, event.offer))

    def _answer(self, offer: int, at_ns: int) -> None:
        """Accept, if it still rings."""
        contact, agent = self.ringing.get(offer, ("", ""))
        if contact:
            self._apply(AcceptOffer(contact, agent, offer), at_ns)

    def _offer_gone(self, event: event_types.OfferMissed | event_types.OfferWithdrawn) -> None:
        self.ringing.pop(event.offer, None)

    def _accepted(self, event: event_types.OfferAccepted) -> None:
        number = int(event.contact)
        at_ns = event.at_ns
        place = self.place[event.agent]
        service_ns = self.service_ns[number]
        result = self.result
        if event.queue in self.required:
            self.required_of[number] = self.required[event.queue]
        self.in_hand[number] = 1
        result.outcomes[number] = SERVED_CODE
        result.waits_ns[number] = at_ns - self.calls[number].arrival_ns
        result.services_ns[number] = service_ns
        result.agents[number] = place
        self._hold(place, at_ns)
        heappush(self.coming, (at_ns + service_ns, _COMPLETION, number))
        if not self.at_once:
            self.ringing.pop(event.offer, None)

    def _ended(self, event: event_types.ContactEnded) -> None:
        number = int(event.contact)
        self.ended[number] = 1
        self.alive -= 1
        self.last_ns = max(self.last_ns, event.at_ns)
        if event.outcome == Outcome.HANDLED:
            self._release(self.place[event.agent], event.at_ns)
            return
        self.result.outcomes[number] = _ENDS.get(event.outcome, REFUSED_CODE)
        self.result.waits_ns[number] = event.at_ns - self.calls[number].arrival_ns

    def _overflowed(self, event: event_types.ContactOverflowed) -> None:
        key = (event.queue, event.cause, event.to, event.to_queue)
        self.result.overflows[key] = self.result.overflows.get(key, 0) + 1

    def _refused(self, number: int, event: event_types.CommandRefused) -> None:
        self.ended[number] = 1
        self.alive -= 1
        self.result.outcomes[number] = REFUSED_CODE
        why = f"{event.reason} {event.subject}".strip()
        self.result.refusals[why] = self.result.refusals.get(why, 0) + 1

    # -- Agents -------------------------------------------------------------------------------------------

    def _hold(self, place: int, at_ns: int) -> None:
        """One contact more in the agent's hands."""
        if not self.held[place]:
            self.holding += 1
            spans = self.result.busy[place]
            if spans.ends_ns and spans.ends_ns[-1] == at_ns:
                spans.ends_ns.pop()
            else:
                spans.starts_ns.append(at_ns)
        self.held[place] += 1

    def _release(self, place: int, at_ns: int) -> None:
        """One contact less in the agent's hands."""
        self.held[place] -= 1
        if not self.held[place]:
            self.holding -= 1
            self.result.busy[place].ends_ns.append(at_ns)

    def _wrap_up_started(self, event: event_types.WrapUpStarted) -> None:
        number = int(event.contact)
        self._hold(self.place[event.agent], event.at_ns)
        self.result.wrap_ups_ns[number] = -event.at_ns
        if not event.until_ns:
            limit_ns = self.required_of.get(number, UNLIMITED)
            until_ns = event.at_ns + (self.answering.wrap_up_ns if limit_ns == UNLIMITED else limit_ns)
            self.wrapping[until_ns, number] = (event.agent, event.contact)
            heappush(self.coming, (until_ns, _WRAP_UP, number))

    def _wrap_up_ended(self, event: event_types.WrapUpEnded) -> None:
        self.last_ns = max(self.last_ns, event.at_ns)
        self.result.wrap_ups_ns[int(event.contact)] += event.at_ns
        self._release(self.place[event.agent], event.at_ns)

    def _not_ready(self, event: event_types.AgentNotReady) -> None:
        if event.reason == MISSED_OFFERS:
            heappush(self.coming, (event.at_ns + RETURN_NS, _RETURN, self.place[event.agent]))

    # -- Staffing -----------------------------------------------------------------------------------------

    def _next_staffing(self) -> None:
        """Put the next entry of the plan among what is to come."""
        entry = next(self.staffing, None)
        self.staff_command = None if entry is None else entry[1]
        if entry is not None:
            heappush(self.coming, (entry[0], _STAFFING, 0))

    def _staff(self, command: Command, at_ns: int) -> None:
        """Apply an entry of the plan; an agent who is still leaving comes back as soon as they have left."""
        if isinstance(command, LogOut):
            self.to_log_in.pop(command.agent, None)
        self.result.commands += 1
        events = self.engine.apply(command, at_ns)
        self._take(events)
        last = events[-1] if events else None
        if isinstance(command, LogIn) and isinstance(last, event_types.CommandRefused):
            if last.reason == Reason.AGENT_LEAVING:
                self.to_log_in[command.agent] = command
            elif last.reason != Reason.ALREADY_SO:
                raise UsageError(
                    f"agent {command.agent!r} cannot log in: {last.reason}; plan only configured agents"
                )

    def _logged_in(self, event: event_types.AgentLoggedIn) -> None:
        self.result.staffed[self.place[event.agent]].starts_ns.append(event.at_ns)

    def _logged_out(self, event: event_types.AgentLoggedOut) -> None:
        self.result.staffed[self.place[event.agent]].close(event.at_ns)
        command = self.to_log_in.pop(event.agent, None)
        if command is not None:
            self._apply(command, event.at_ns)


def _enqueue(number: int, call: Call) -> EnqueueContact:
    """Make the command by which a call arrives."""
    return EnqueueContact(
        str(number),
        (call.queue,),
        call.channel,
        call.priority,
        call.requirement,
        customer=call.customer,
        attributes=call.attributes,
    )
