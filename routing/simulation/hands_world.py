"""Plays a day of a model in which more is done to contacts than to serve them: holds, transfers, consultations,
conferences, call-backs, outcomes; and whose agents go for breaks and call somebody themselves.

Everything is a command to the engine, and what follows is read off its events, so what is counted here is counted by
what the engine says. A contact's *case* is where it stands on its way; what is to come next of it is one *task*. Tasks
take the place of completions in the order of ``day_world``; those of one instant go in the order they were set in.

Owns how a contact comes to an agent; must not know what happens then (``conversing``), nor figures.
"""

from functools import partial
from heapq import heappush

from routing import events as event_types
from routing.commands import (
    AbandonContact,
    AcceptOffer,
    EnqueueContact,
    UpdateContact,
)
from routing.model import Preference
from routing.simulation.arrivals import Calls, Day
from routing.simulation.case import Case
from routing.simulation.conversing import Conversing
from routing.simulation.day_world import COMPLETION, PATIENCE
from routing.simulation.handling_draws import Which
from routing.simulation.model_shape import CentreModel
from routing.simulation.result import REFUSED_CODE, SERVED_CODE
from routing.simulation.tally import (
    CALL_BACK_WAIT_NS,
    CALL_BACKS,
    CALL_BACKS_DONE,
    CALLED_BACK,
    CAME_AGAIN,
    LATER_ANSWERED,
    LATER_WAIT_NS,
)


class HandsWorld(Conversing):
    """One day, contacts in hand included."""

    def __init__(self, made: CentreModel, day: Day, calls: Calls) -> None:
        super().__init__(made, day, calls)
        self.auto = {queue.id for queue in made.config.queues if queue.auto_answer}
        self.counts_from_ns = made.model.warm_up_ns
        self.handlers[event_types.OfferAccepted] = self._accepted

    def _do(self, entry: tuple[int, int, int]) -> None:
        at_ns, kind, number = entry
        if kind == COMPLETION:
            task = self.tasks.pop(number, None)
            if task is not None:
                task(at_ns)
        elif kind == PATIENCE:
            case = self.cases[str(number)]
            if case.which.hop == 0 and not case.call_back_ns:
                self._apply(AbandonContact(case.contact), at_ns)
        else:
            super()._do(entry)

    def _arrive(self, number: int, at_ns: int) -> None:
        kind = self.types[number]
        template, noun = self.templates[kind], self.model.types[kind]
        which, credit_ns, agent, prefer_ns, served = self.again.pop(
            number, (Which(kind, self.numbers[number], 0, 0), 0, -1, 0, False)
        )
        suspend = noun.handling is not None and noun.handling.suspend
        case = Case(str(number), which, number, noun.channel, suspend, served)
        self.cases[case.contact] = case
        case.counted = at_ns >= self.counts_from_ns
        case.first_ns = at_ns - credit_ns
        self._count(case, CAME_AGAIN, int(served))
        self.alive += 1
        events = self.engine.apply(
            EnqueueContact(
                case.contact,
                template.queues,
                template.channel,
                template.priority,
                template.requirement,
                credit_ns=credit_ns,
                customer=f"{noun.id}-{which.number}",
                preferred=(Preference(self.ids[agent], direct=True),) if agent >= 0 else (),
                prefer_ns=prefer_ns,
            ),
            at_ns,
        )
        if type(events[0]) is event_types.CommandRefused:  # a limit of the centre is reached
            self.alive -= 1
            self.settled[number] = 1
            self.outcomes[number] = REFUSED_CODE
            return
        self._take(events[1:])
        if self.settled[number]:
            return
        patience_ns = self.patience_ns[number]
        if patience_ns >= 0:
            heappush(self.coming, (at_ns + patience_ns, PATIENCE, number))
        call_back = self.draws.call_back(which)
        if call_back is not None:
            case.timer = self._later(at_ns + call_back.after_ns, partial(self._hang_up, case))

    def _hang_up(self, case: Case, at_ns: int) -> None:
        """The customer hangs up, keeps the place, and is called back."""
        case.call_back_ns = max(1, at_ns)
        self._count(case, CALL_BACKS)
        self._apply(UpdateContact(case.contact, attributes={"call_back": "accepted"}), at_ns)

    def _offered(self, event: event_types.ContactOffered) -> None:
        if event.queue not in self.auto:
            self._apply(AcceptOffer(event.contact, event.agent, event.offer), event.at_ns)

    def _accepted(self, event: event_types.OfferAccepted) -> None:
        case, place, at_ns = self.cases[event.contact], self.place[event.agent], event.at_ns
        self._cancel(case)
        self._begin(case, place, event.queue, at_ns)
        if case.parent is not None:
            self._leg_answered(case, at_ns)
            return
        number = case.number
        self.settled[number] = 1
        if case.which.hop == 0:
            self.outcomes[number] = SERVED_CODE
            self.waits_ns[number] = at_ns - self.arrivals_ns[number]
        else:
            self._count(case, LATER_ANSWERED)
            self._count(case, LATER_WAIT_NS, at_ns - case.waits_since_ns)
        call_back = self.draws.call_back(case.which) if case.call_back_ns and case.which.hop == 0 else None
        if call_back is None:
            self._converse(case, at_ns)
            return
        self._count(case, CALL_BACKS_DONE)
        self._count(case, CALL_BACK_WAIT_NS, at_ns - case.call_back_ns)
        answers = self.draws.reached(case.which, call_back)
        after = partial(self._converse if answers else self._complete, case)
        self._count(case, CALLED_BACK, int(answers))
        self._talk(case, self.draws.ring_ns(case.which, call_back), after, at_ns)
