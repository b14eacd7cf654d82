"""What agents do besides taking contacts: breaks, and calls of their own.

A break takes effect at once and leaves what is in hand; its end makes ready, unless a limit of the centre did before.
Nobody goes for a break after the last period. Where a limit logs the agent out, they are back when the break would have
been over, if their group still wants them.

Owns ``OwnTime``, a day with these; must not know what is done to other contacts in hand (``hands_world``).
"""

from collections.abc import Callable
from functools import partial
from heapq import heappush
from typing import Final

from routing import events as event_types
from routing.commands import (
    CompleteContact,
    EnqueueContact,
    JoinLeg,
    PlaceContact,
    SetNotReady,
    SetReady,
)
from routing.model import Preference
from routing.simulation.arrivals import Calls, Day
from routing.simulation.case import Case
from routing.simulation.day_world import COMPLETION, IN, LEAVING, RETURNING, DayWorld
from routing.simulation.handling_draws import HandlingDraws, Which
from routing.simulation.model_shape import CentreModel, by_period
from routing.simulation.played import Played
from routing.simulation.tally import NOT_PLACED, PLACED, new_tally
from routing.units import SECOND

#: So long a colleague who is called may take to answer, should they not do so at once.
_RINGS_NS: Final = 20 * SECOND


class OwnTime(DayWorld):
    """One day, with breaks and calls of agents' own; what follows of a case in hand is for who goes on from here."""

    def __init__(self, made: CentreModel, day: Day, calls: Calls) -> None:
        super().__init__(made, day, calls)
        self.draws = HandlingDraws(made.model, *day.address)
        self.tally = new_tally(made.model)
        self.groups = {group.id: place for place, group in enumerate(made.model.groups)}
        self.cases: dict[str, Case] = {}
        self.tasks: dict[int, Callable[[int], None]] = {}
        self.n_tasks = 0
        # By agent.
        self.rank = [rank for members in self.members for rank in range(len(members))]
        self.in_hand: list[list[Case]] = [[] for _ in self.ids]  # kept where channels interrupt each other
        self.pauses: dict[int, list[int]] = {}  # tasks of breaks that are to come
        self.paused = [False] * len(self.ids)
        self.sent_home: set[int] = set()
        self.n_breaks: dict[tuple[int, int], int] = {}
        self.idle_since_ns = [0] * len(self.ids)  # of those who are not ready
        self.rests: list[tuple[int, int, int]] = []  # (group, from, to): not ready, and nothing in hand
        self.handlers |= {
            event_types.ContactPlaced: self._placed,
            event_types.AgentNotReady: self._not_ready,
            event_types.AgentReady: self._ready,
            event_types.LogOutPending: self._goes,
        }

    # -- Tasks --------------------------------------------------------------------------------------------

    def _later(self, at_ns: int, task: Callable[[int], None]) -> int:
        """Set a task."""
        self.n_tasks += 1
        self.tasks[self.n_tasks] = task
        heappush(self.coming, (at_ns, COMPLETION, self.n_tasks))
        return self.n_tasks

    def _cancel(self, case: Case) -> None:
        """What was to come of the case is off."""
        self.tasks.pop(case.timer, None)
        case.timer = -1

    def _period(self, at_ns: int) -> int:
        return at_ns // self.model.period_ns

    def _plan(self) -> None:
        super()._plan()
        for place in range(len(self.model.placed)):
            for number, at_ns in enumerate(self.draws.placed(place)):
                self._later(at_ns, partial(self._call_somebody, place, number))

    # -- Breaks -------------------------------------------------------------------------------------------

    def _finish(self) -> Played:
        played = super()._finish()
        for group, since_ns, until_ns in self.rests:
            self.tally.not_ready_ns[group] += max(0, min(until_ns, self.last_ns) - since_ns)
        played.tally = self.tally
        return played

    def _log_in(self, place: int, at_ns: int) -> None:
        super()._log_in(place, at_ns)
        if self.where[place] == IN:
            self.sent_home.discard(place)
            self._no_breaks(place)
            breaks = self.model.groups[self.group_of[place]].breaks
            self.pauses[place] = [self._next_break(place, kind, at_ns) for kind in range(len(breaks))]

    def _next_break(self, place: int, kind: int, at_ns: int) -> int:
        number = self.n_breaks[place, kind] = self.n_breaks.get((place, kind), -1) + 1
        every_ns = self.draws.every_ns(self.group_of[place], self.rank[place], kind, number)
        if at_ns + every_ns >= self.model.end_ns:
            return -1
        return self._later(at_ns + every_ns, partial(self._pause, place, kind))

    def _pause(self, place: int, kind: int, at_ns: int) -> None:
        if self.where[place] != IN:
            return
        if self.paused[place]:  # in the middle of another break: later
            self.pauses[place][kind] = self._next_break(place, kind, at_ns)
            return
        group = self.group_of[place]
        reason = self.model.groups[group].breaks[kind].reason
        length_ns = self.draws.length_ns(group, self.rank[place], kind, self.n_breaks[place, kind])
        self.pauses[place][kind] = self._later(at_ns + length_ns, partial(self._back, place, kind))
        self._apply(SetNotReady(self.ids[place], reason), at_ns)

    def _back(self, place: int, kind: int, at_ns: int) -> None:
        """The break is over."""
        if place in self.sent_home:
            self.sent_home.discard(place)
            group = self.group_of[place]
            there = sum(self.where[one] in (IN, RETURNING) for one in self.members[group])
            if there < by_period(self.model.groups[group].agents, self._period(at_ns)):
                self._log_in(place, at_ns)
            return
        if self.where[place] != IN:
            return
        self.pauses[place][kind] = self._next_break(place, kind, at_ns)
        if self.paused[place]:
            self._apply(SetReady(self.ids[place]), at_ns)

    def _not_ready(self, event: event_types.AgentNotReady) -> None:
        place = self.place[event.agent]
        if not self.paused[place]:
            self.paused[place] = True
            if not self.held[place]:
                self.idle_since_ns[place] = event.at_ns
                self.free[self.group_of[place]] -= self.takes[place]
            self.takes[place] = False

    def _ready(self, event: event_types.AgentReady) -> None:
        place = self.place[event.agent]
        self._end_pause(place, event.at_ns)
        if self.where[place] == IN:
            self.takes[place] = True
            if not self.held[place]:
                self.free[self.group_of[place]] += 1
                self.freed = True

    def _end_pause(self, place: int, at_ns: int) -> None:
        if self.paused[place]:
            self.paused[place] = False
            if not self.held[place]:
                self.rests.append((self.group_of[place], self.idle_since_ns[place], at_ns))

    def _goes(self, event: event_types.LogOutPending) -> None:
        """A limit logs out somebody who has something in hand."""
        place = self.place[event.agent]
        if self.where[place] == IN:
            self.where[place] = LEAVING
            self.sent_home.add(place)

    def _logged_out(self, event: event_types.AgentLoggedOut) -> None:
        place = self.place[event.agent]
        if self.where[place] == IN:  # a limit did it
            self.sent_home.add(place)
        self._end_pause(place, event.at_ns)
        self.takes[place] = False
        if place not in self.sent_home:
            self._no_breaks(place)
        super()._logged_out(event)

    def _no_breaks(self, place: int) -> None:
        """Those that were to come are off."""
        for task in self.pauses.pop(place, ()):
            self.tasks.pop(task, None)

    def _hold(self, place: int, at_ns: int) -> None:
        if self.paused[place] and not self.held[place]:
            self.rests.append((self.group_of[place], self.idle_since_ns[place], at_ns))
        super()._hold(place, at_ns)

    def _release(self, place: int, at_ns: int) -> None:
        super()._release(place, at_ns)
        if self.paused[place] and not self.held[place]:
            self.idle_since_ns[place] = at_ns

    # -- Calls of agents' own -----------------------------------------------------------------------------

    def _free(self, group: str) -> list[int]:
        return [
            place for place in self.members[self.groups[group]] if self.takes[place] and not self.held[place]
        ]

    def _call_somebody(self, place: int, number: int, at_ns: int) -> None:
        noun = self.model.placed[place]
        counted = at_ns >= self.model.warm_up_ns
        people = self._free(noun.agents)
        caller = self.draws.caller(place, number, people) if people else -1
        callee = -1
        if noun.to and people:
            others = [one for one in self._free(noun.to) if one != caller]
            callee = self.draws.callee(place, number, others) if others else -1
        if caller < 0 or (noun.to and callee < 0):
            self._count_placed(place, NOT_PLACED, 1, counted)
            return
        case = Case(f"p{place}-{number}", Which(-1, number, 0, 0), -1, noun.channel, False, False)
        case.placed, case.counted = place, counted
        self.cases[case.contact] = case
        command = PlaceContact(case.contact, self.ids[caller], noun.queue, noun.direction, noun.channel)
        events = self.engine.apply(command, at_ns)
        if type(events[0]) is event_types.CommandRefused:
            self._count_placed(place, NOT_PLACED, 1, counted)
            return
        self._count_placed(place, PLACED, 1, counted)
        self._take(events)
        service_ns = self.draws.placed_service_ns(place, number)
        if callee < 0:
            case.timer = self._later(at_ns + service_ns, partial(self._hang_up_own, case))
            return
        case.rest_ns = service_ns
        case.timer = self._later(at_ns + _RINGS_NS, partial(self._hang_up_own, case))
        leg = Case(f"{case.contact}.1", case.which, -1, noun.channel, False, False)
        leg.placed, leg.counted = place, False
        leg.parent = case
        self.cases[leg.contact] = leg
        self._apply(
            EnqueueContact(
                leg.contact,
                (noun.queue,),
                noun.channel,
                parent=case.contact,
                direction="internal",
                preferred=(Preference(self.ids[callee], direct=True),),
                prefer_ns=_RINGS_NS,
            ),
            at_ns,
        )

    def _connect(self, leg: Case, at_ns: int) -> None:
        """The colleague has answered."""
        case = leg.parent
        if case is not None:
            self._cancel(case)
            self._apply(JoinLeg(leg.contact), at_ns)
            case.timer = self._later(at_ns + case.rest_ns, partial(self._hang_up_own, case))

    def _hang_up_own(self, case: Case, at_ns: int) -> None:
        case.timer = -1
        self._let_go(case.place, at_ns)
        self._apply(CompleteContact(case.contact), at_ns)

    def _placed(self, event: event_types.ContactPlaced) -> None:
        self._begin(self.cases[event.contact], self.place[event.agent], event.queue, event.at_ns)

    def _begin(self, case: Case, place: int, queue: str, at_ns: int) -> None:
        """The agent has the contact in hand from now on."""
        case.place, case.queue, case.since_ns = place, queue, at_ns
        self._hold(place, at_ns)

    def _count_placed(self, place: int, measure: int, amount: int, counted: bool) -> None:
        if counted:
            self.tally.placed[place][measure] += amount
