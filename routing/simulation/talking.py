"""Who has a contact of a model in hand, for how long they have talked, and what interrupts whom.

Owns the segments of contacts, their wrap-ups, and what is counted of both; must not know what is done to a contact
meanwhile (``conversing``), nor what comes of it (``ending``).
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from routing import events as event_types
from routing.commands import (
    EndWrapUp,
    HoldContact,
    Remark,
    RetrieveContact,
)
from routing.remarks import Disposition
from routing.simulation.arrivals import Calls, Day
from routing.simulation.case import Case
from routing.simulation.day_world import IN
from routing.simulation.model_shape import CentreModel
from routing.simulation.own_time import OwnTime
from routing.simulation.tally import (
    CONSULT_NS,
    HOLD_NS,
    HOLDS,
    PLACED_NS,
    TALK_NS,
    TRANSFERRED,
    WRAP_UP_NS,
)

#: The code of a disposition that a queue requires and the model does not name.
HANDLED: Final = "handled"


class Talking(OwnTime):
    """One day, with agents who talk and wrap up."""

    def __init__(self, made: CentreModel, day: Day, calls: Calls) -> None:
        super().__init__(made, day, calls)
        self.wrap_up_ns = {queue.id: queue.wrap_up_ns for queue in made.config.queues}
        self.interrupts = {channel.id: channel.interrupts for channel in made.config.channels}
        self.suspends = any(self.interrupts.values())
        self.wrapping: dict[tuple[int, str], list[int]] = {}  # since when, by agent and contact
        self.handlers[event_types.ContactRetrieved] = self._retrieved

    def _begin(self, case: Case, place: int, queue: str, at_ns: int) -> None:
        """The agent has the contact in hand from now on."""
        case.place, case.queue, case.since_ns, case.held_ns = place, queue, at_ns, 0
        self._hold(place, at_ns)
        if self.suspends:
            self.in_hand[place].append(case)
            for other in self.in_hand[place]:
                if other.due_ns >= 0 and not other.suspended and self._is_interrupted(other):
                    self._suspend(other, at_ns)

    def _end_segment(self, case: Case, at_ns: int) -> None:
        """The agent has the contact in hand no longer."""
        place = case.place
        talk_ns = at_ns - case.since_ns - case.held_ns
        if case.placed >= 0:
            self._count_placed(case.placed, PLACED_NS, talk_ns, case.counted)
        elif case.parent is not None:
            self._count(case.parent, CONSULT_NS, talk_ns)
        else:
            self._count(case, TALK_NS, talk_ns)
        self._cancel(case)
        case.place, case.suspended = -1, False
        self._release(place, at_ns)
        if self.suspends:
            self.in_hand[place].remove(case)
            for other in self.in_hand[place]:
                if other.suspended and not self._is_interrupted(other):
                    self._resume(other, at_ns)

    def _talk(self, case: Case, talk_ns: int, then: Callable[[int], None], at_ns: int) -> None:
        """Go on so long, and then do something; as long as something interrupts it, time stands still."""
        case.then, case.due_ns, case.left_ns = then, at_ns + talk_ns, talk_ns
        if self.suspends and self._is_interrupted(case):
            self._suspend(case, at_ns)
        else:
            case.timer = self._later(case.due_ns, partial(self._talked, case))

    def _talked(self, case: Case, at_ns: int) -> None:
        case.due_ns = case.timer = -1
        case.then(at_ns)

    def _is_interrupted(self, case: Case) -> bool:
        return case.suspends and any(
            case.channel in self.interrupts[other.channel] for other in self.in_hand[case.place]
        )

    def _suspend(self, case: Case, at_ns: int) -> None:
        case.left_ns = case.due_ns - at_ns
        self._cancel(case)
        case.suspended = True
        self._apply(HoldContact(case.contact), at_ns)

    def _resume(self, case: Case, at_ns: int) -> None:
        case.suspended = False
        self._apply(RetrieveContact(case.contact), at_ns)
        self._talk(case, case.left_ns, case.then, at_ns)

    def _retrieved(self, event: event_types.ContactRetrieved) -> None:
        case = self.cases[event.contact]
        case.held_ns += event.held_ns
        if case.parent is None and case.placed < 0:
            self._count(case, HOLDS)
            self._count(case, HOLD_NS, event.held_ns)

    # -- Wrap-up ------------------------------------------------------------------------------------------

    def _wrap_up_started(self, event: event_types.WrapUpStarted) -> None:
        super()._wrap_up_started(event)
        case, at_ns = self.cases[event.contact], event.at_ns
        place = self.place[event.agent]
        self.wrapping.setdefault((place, event.contact), []).append(at_ns)
        if event.until_ns:
            return
        if case.tells and case.last_place == place:
            case.unlimited = True
        else:  # a disposition is required, and the model names none
            remark = Remark(case.contact, Disposition(HANDLED, agent=event.agent))
            until_ns = at_ns + self.wrap_up_ns[case.queue]
            self._later(until_ns, partial(self._end_wrap_up, event.agent, remark))

    def _end_wrap_up(self, agent: str, remark: Remark, at_ns: int) -> None:
        self._apply(remark, at_ns)
        self._apply(EndWrapUp(agent, remark.contact), at_ns)

    def _wrap_up_ended(self, event: event_types.WrapUpEnded) -> None:
        super()._wrap_up_ended(event)
        case = self.cases[event.contact]
        since_ns = self.wrapping[self.place[event.agent], event.contact].pop(0)
        if case.parent is None and case.placed < 0:
            self._count(case, WRAP_UP_NS, event.at_ns - since_ns)

    # -- Counting -----------------------------------------------------------------------------------------

    def _count(self, case: Case, measure: int, amount: int = 1) -> None:
        if case.counted:
            self.tally.types[case.which.kind][measure] += amount

    def _count_moved(self, case: Case, measure: int) -> None:
        self._count(case, measure)
        if not case.moved:
            case.moved = True
            self._count(case, TRANSFERRED)

    def _people(self, group: str, but: int) -> list[int]:
        """Give the agents of a group who are there, but one."""
        members = self.members[self.groups[group]]
        return [place for place in members if self.where[place] == IN and place != but]
