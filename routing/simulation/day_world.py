"""Plays a day of a model: everything that happens in the world becomes a command to the engine, on virtual time.

Agents answer at once. At the beginning of a period groups grow and shrink to their numbers: those who are free leave
first, the last of the group first; then whoever finishes a contact first, until there are not too many: all busy agents
of a group are alike, and all of them are counted until they leave. Whoever has to come back while still in wrap-up does
so when that is over. After the last period nobody arrives any more, except those who try
again; the day is over when nobody is left.

Dialers dial whenever a service (with its wrap-up) ends and the agent has looked at the queues, and once when they
start. The order at equal instants is that of ``run``: timers, staffing, completions, dialers' starts, callers who
leave, callers who come back, arrivals; within each by number of call.

Owns this order; must not know what is counted (``sums``), nor distributions, nor anything that is done to a contact in
hand (``hands_world`` goes on from here).
"""

from array import array
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Final, NamedTuple

from routing import events as event_types
from routing.commands import (
    AbandonContact,
    AcceptOffer,
    Command,
    CompleteContact,
    EnqueueContact,
    LogIn,
    LogOut,
)
from routing.engine import Engine
from routing.events import Event, Outcome
from routing.simulation.arrivals import Calls, Day
from routing.simulation.model_shape import CentreModel, Dialer, Model, by_period
from routing.simulation.played import Played, groups_by_place, templates
from routing.simulation.result import (
    ABANDONED_CODE,
    DIVERTED_CODE,
    REFUSED_CODE,
    REJECTED_CODE,
    SERVED_CODE,
    WAITING,
)

# Kinds of what is to come; at equal instants the smaller goes first.
STAFFING, COMPLETION, DIALING, PATIENCE, RETURN = range(5)
_NEVER: Final = 2**63 - 1

# Where an agent is.
OUT, IN, LEAVING, RETURNING = range(4)

ENDS: Final[dict[str, int]] = {
    Outcome.HANDLED: SERVED_CODE,
    Outcome.ABANDONED: ABANDONED_CODE,
    Outcome.DIVERTED: DIVERTED_CODE,
    Outcome.REJECTED: REJECTED_CODE,
}


class _Dialing(NamedTuple):
    """A dialer at work: its type, and its groups by place."""

    kind: int
    dialer: Dialer
    test: list[int]
    target: list[int]


class DayWorld:
    """One day: what is to come, and what has become of everybody."""

    def __init__(self, made: CentreModel, day: Day, calls: Calls) -> None:
        model, config = made.model, made.config
        self.model = model
        self.day = day
        self.engine = Engine(config)
        self.templates = templates(model)
        self.calls = calls
        self.incoming = len(calls.arrivals_ns)
        # By call; those that come back and those that are dialled are appended.
        self.types = calls.types
        self.numbers = calls.numbers
        self.arrivals_ns = calls.arrivals_ns
        self.services_ns = calls.services_ns
        self.patience_ns = calls.patience_ns
        self.waits_ns = array("q", bytes(8 * self.incoming))
        self.outcomes = bytearray(self.incoming)
        self.settled = bytearray(self.incoming)  # 1: in an agent's hands, or over
        self.server: dict[int, int] = {}  # who has the call in hand
        self.tried: dict[int, int] = {}  # how often the caller has left before
        self.alive = 0
        # By agent.
        self.ids = [agent.id for agent in config.agents]
        self.place = {agent: place for place, agent in enumerate(self.ids)}
        self.group_of = groups_by_place(made)
        self.where = [OUT] * len(self.ids)
        self.takes = [False] * len(self.ids)  # in, and takes contacts
        self.held = [0] * len(self.ids)
        self.since_ns = [0] * len(self.ids)  # logged in
        self.busy_since_ns = [0] * len(self.ids)
        self.holding = 0
        # By group.
        self.members = [
            [place for place, mine in enumerate(self.group_of) if mine == group]
            for group in range(len(model.groups))
        ]
        self.free = [0] * len(model.groups)
        self.surplus = [0] * len(model.groups)  # so many leave as soon as any of the group have finished
        self.staffed_ns = [0] * len(model.groups)
        self.busy_ns = [0] * len(model.groups)
        self.dialers = [
            _Dialing(place, kind.dialer, _places(model, kind.dialer.test), _places(model, kind.dialer.target))
            for place, kind in enumerate(model.types)
            if kind.dialer
        ]
        self.dialled = [0] * len(model.types)
        self.reached = [0] * len(model.types)
        self.freed = False  # a service has just ended
        self.retries = any(kind.retrial for kind in model.types)
        self.last_ns = model.end_ns
        self.coming: list[tuple[int, int, int]] = []
        self.handlers: dict[type, Callable[[Any], None]] = {
            event_types.ContactOffered: self._offered,
            event_types.ContactEnded: self._ended,
            event_types.WrapUpStarted: self._wrap_up_started,
            event_types.WrapUpEnded: self._wrap_up_ended,
            event_types.AgentLoggedOut: self._logged_out,
        }

    # -- The order of time --------------------------------------------------------------------------------

    def run(self) -> Played:
        """Do what comes first until nobody is left."""
        arrivals_ns, size = self.arrivals_ns, self.incoming
        coming, engine, settled = self.coming, self.engine, self.settled
        self._plan()
        number = 0
        while True:
            arrival_ns = arrivals_ns[number] if number < size else _NEVER
            while coming and coming[0][1] == PATIENCE and settled[coming[0][2]]:
                heappop(coming)
            at_ns = coming[0][0] if coming and coming[0][0] <= arrival_ns else arrival_ns
            due_ns = engine.next_due_ns
            if due_ns is not None and due_ns <= at_ns and (at_ns != _NEVER or self.alive or self.holding):
                self._take(engine.advance(due_ns))
                at_ns = due_ns
            elif at_ns == _NEVER:
                return self._finish()
            elif at_ns == arrival_ns and not (coming and coming[0][0] == at_ns):
                self._arrive(number, at_ns)
                number += 1
                continue  # nobody is freed by an arrival
            else:
                self._do(heappop(coming))
            if self.freed:
                self.freed = False
                self._dial(at_ns)

    def _plan(self) -> None:
        """Put the beginnings of periods and the starts of dialers among what is to come."""
        for period in range(self.model.periods + 1):
            if period == 0 or any(
                by_period(group.agents, period) != by_period(group.agents, period - 1)
                for group in self.model.groups
            ):
                heappush(self.coming, (period * self.model.period_ns, STAFFING, period))
        for number, dialing in enumerate(self.dialers):
            heappush(self.coming, (dialing.dialer.from_ns, DIALING, number))

    def _do(self, entry: tuple[int, int, int]) -> None:
        at_ns, kind, number = entry
        if kind == COMPLETION:
            self._let_go(self.server[number], at_ns)
            self._apply(CompleteContact(str(number)), at_ns)
        elif kind == PATIENCE:
            self._apply(AbandonContact(str(number)), at_ns)
        elif kind == STAFFING:
            self._staff(number, at_ns)
        elif kind == RETURN:
            self._arrive(number, at_ns)
        else:
            self.freed = True

    def _let_go(self, place: int, at_ns: int) -> None:
        """Let the agent, who is about to have one contact less in hand, leave with it, if there are too many."""
        if self.surplus[self.group_of[place]] and self.held[place] == 1 and self.where[place] == IN:
            self.surplus[self.group_of[place]] -= 1
            self._log_out(place, at_ns)  # takes effect when the call, and its wrap-up, is over

    def _apply(self, command: Command, at_ns: int) -> None:
        self._take(self.engine.apply(command, at_ns))

    def _take(self, events: tuple[Event, ...]) -> None:
        """See what the engine did."""
        find = self.handlers.get
        for event in events:
            handler = find(type(event))
            if handler is not None:
                handler(event)

    def _finish(self) -> Played:
        last_ns = self.last_ns
        for number, outcome in enumerate(self.outcomes):
            if outcome == WAITING:
                self.waits_ns[number] = last_ns - self.arrivals_ns[number]
        for place, where in enumerate(self.where):
            if where != OUT:
                self.staffed_ns[self.group_of[place]] += last_ns - self.since_ns[place]
        return Played(
            types=self.types,
            arrivals_ns=self.arrivals_ns,
            waits_ns=self.waits_ns,
            outcomes=self.outcomes,
            staffed_ns=self.staffed_ns,
            busy_ns=self.busy_ns,
            dialled=self.dialled,
            last_ns=last_ns,
            digest=self.engine.digest,
        )

    # -- Calls --------------------------------------------------------------------------------------------

    def _arrive(self, number: int, at_ns: int) -> None:
        self.alive += 1
        template = self.templates[self.types[number]]
        command = EnqueueContact(
            str(number), template.queues, template.channel, template.priority, template.requirement
        )
        events = self.engine.apply(command, at_ns)
        if type(events[0]) is event_types.CommandRefused:  # a limit of the centre is reached
            self.alive -= 1
            self.settled[number] = 1
            self.outcomes[number] = REFUSED_CODE
            return
        if len(events) > 1:
            self._take(events)
        if not self.settled[number]:
            patience_ns = self.patience_ns[number]
            if patience_ns >= 0:
                heappush(self.coming, (at_ns + patience_ns, PATIENCE, number))

    def _enter(self, kind: int, number: int, at_ns: int, service_ns: int, patience_ns: int) -> int:
        """Add a call that is not among those that come in by themselves."""
        self.types.append(kind)
        self.numbers.append(number)
        self.arrivals_ns.append(at_ns)
        self.services_ns.append(service_ns)
        self.patience_ns.append(patience_ns)
        self.waits_ns.append(0)
        self.outcomes.append(WAITING)
        self.settled.append(0)
        return len(self.types) - 1

    def _offered(self, event: event_types.ContactOffered) -> None:
        number = int(event.contact)
        if self.settled[number]:
            return
        at_ns = event.at_ns
        events = self.engine.apply(AcceptOffer(event.contact, event.agent, event.offer), at_ns)
        if type(events[0]) is not event_types.OfferAccepted:
            return
        self.settled[number] = 1
        self.outcomes[number] = SERVED_CODE
        self.waits_ns[number] = at_ns - self.arrivals_ns[number]
        place = self.server[number] = self.place[event.agent]
        self._hold(place, at_ns)
        heappush(self.coming, (at_ns + self.services_ns[number], COMPLETION, number))
        if len(events) > 1:
            self._take(events[1:])

    def _ended(self, event: event_types.ContactEnded) -> None:
        number = int(event.contact)
        at_ns = event.at_ns
        self.settled[number] = 1
        self.alive -= 1
        if at_ns > self.last_ns:
            self.last_ns = at_ns
        if event.outcome == Outcome.HANDLED:
            self._release(self.place[event.agent], at_ns)
            return
        self.outcomes[number] = ENDS.get(event.outcome, REFUSED_CODE)
        self.waits_ns[number] = at_ns - self.arrivals_ns[number]
        if self.retries and event.outcome == Outcome.ABANDONED:
            self._come_back(number, at_ns)

    def _come_back(self, number: int, at_ns: int) -> None:
        """Let a caller who left try again, perhaps."""
        kind, first = self.types[number], self.numbers[number]
        tried = self.tried.pop(number, 0)
        period = at_ns // self.model.period_ns
        again = self.day.again(kind, first, tried, period, self.patience_ns[number])
        if again is not None:
            delay_ns, patience_ns = again
            new = self._enter(kind, first, at_ns + delay_ns, self.services_ns[number], patience_ns)
            self.tried[new] = tried + 1
            heappush(self.coming, (at_ns + delay_ns, RETURN, new))

    # -- Agents -------------------------------------------------------------------------------------------

    def _hold(self, place: int, at_ns: int) -> None:
        """One contact more in the agent's hands."""
        if not self.held[place]:
            self.holding += 1
            self.busy_since_ns[place] = at_ns
            if self.takes[place]:
                self.free[self.group_of[place]] -= 1
        self.held[place] += 1

    def _release(self, place: int, at_ns: int) -> None:
        """One contact less in the agent's hands."""
        self.held[place] -= 1
        self.freed = True
        if not self.held[place]:
            self.holding -= 1
            group = self.group_of[place]
            self.busy_ns[group] += at_ns - self.busy_since_ns[place]
            if self.takes[place]:
                self.free[group] += 1

    def _wrap_up_started(self, event: event_types.WrapUpStarted) -> None:
        self._hold(self.place[event.agent], event.at_ns)

    def _wrap_up_ended(self, event: event_types.WrapUpEnded) -> None:
        self.last_ns = max(self.last_ns, event.at_ns)
        self._release(self.place[event.agent], event.at_ns)

    def _staff(self, period: int, at_ns: int) -> None:
        """Let the groups have their numbers of this period."""
        for group, noun in enumerate(self.model.groups):
            wanted = by_period(noun.agents, period)
            members = self.members[group]
            there = [place for place in members if self.where[place] in (IN, RETURNING)]
            if len(there) < wanted:
                self.surplus[group] = 0
                away = [place for place in members if self.where[place] not in (IN, RETURNING)]
                away.sort(key=lambda place: self.where[place] == LEAVING)
                for place in away[: wanted - len(there)]:
                    self._log_in(place, at_ns)
            else:
                idle = [place for place in reversed(there) if not self.held[place]]
                # Where nobody is to stay, all leave at once, and queues see that nobody serves them any more.
                gone = idle[: len(there) - wanted] if wanted else there
                for place in gone:
                    self._log_out(place, at_ns)
                self.surplus[group] = len(there) - wanted - len(gone)

    def _log_in(self, place: int, at_ns: int) -> None:
        if self.where[place] == LEAVING:
            self.where[place] = RETURNING
            return
        self.where[place] = IN
        self.takes[place] = True
        self.since_ns[place] = at_ns
        self.free[self.group_of[place]] += 1
        self._apply(LogIn(self.ids[place]), at_ns)

    def _log_out(self, place: int, at_ns: int) -> None:
        if self.where[place] == IN:
            if self.takes[place] and not self.held[place]:
                self.free[self.group_of[place]] -= 1
            self.takes[place] = False
            self.where[place] = LEAVING
            self._apply(LogOut(self.ids[place]), at_ns)
        else:
            self.where[place] = LEAVING

    def _logged_out(self, event: event_types.AgentLoggedOut) -> None:
        place = self.place[event.agent]
        self.staffed_ns[self.group_of[place]] += event.at_ns - self.since_ns[place]
        back = self.where[place] == RETURNING
        self.where[place] = OUT
        if back:
            self._log_in(place, event.at_ns)

    # -- Dialers ------------------------------------------------------------------------------------------

    def _dial(self, at_ns: int) -> None:
        """Dial for those who are free."""
        for kind, dialer, test, target in self.dialers:
            if not dialer.from_ns <= at_ns < (dialer.to_ns or self.model.end_ns):
                continue
            free = sum(self.free[group] for group in target)
            if not free or sum(self.free[group] for group in test or target) < dialer.least_free:
                continue
            period = at_ns // self.model.period_ns
            for _ in range(int(dialer.per_free * free + 0.5) + dialer.more):
                number = self.dialled[kind]
                self.dialled[kind] += 1
                if self.day.reached(kind, number, period):
                    call = self.reached[kind]
                    self.reached[kind] += 1
                    service_ns = self.day.service_ns(kind, call, period)
                    patience_ns = self.day.patience_ns(kind, call, period)
                    self._arrive(self._enter(kind, call, at_ns, service_ns, patience_ns), at_ns)


def _places(model: Model, groups: tuple[str, ...]) -> list[int]:
    return [place for place, group in enumerate(model.groups) if group.id in groups]
