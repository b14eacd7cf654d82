"""What happens in a conversation of a model: holds, consultations and conferences; and how it goes on to somebody else.

Owns the way of a contact from hand to hand; must not know how it came there (``hands_world``), nor what is drawn
(``handling_draws``).
"""

from collections.abc import Callable
from functools import partial

from routing import events as event_types
from routing.commands import (
    AbandonContact,
    CancelContact,
    CompleteContact,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    RequeueContact,
    RetrieveContact,
)
from routing.model import Preference
from routing.simulation.arrivals import Calls, Day
from routing.simulation.case import Case
from routing.simulation.ending import Ending
from routing.simulation.handling_draws import Hold
from routing.simulation.handling_shape import Consult, Transfer
from routing.simulation.model_shape import CentreModel
from routing.simulation.tally import (
    CONFERENCES,
    CONSULTS,
    HANDED_OVER,
    TRANSFERS,
    UNANSWERED,
)


class Conversing(Ending):
    """One day, with conversations."""

    def __init__(self, made: CentreModel, day: Day, calls: Calls) -> None:
        super().__init__(made, day, calls)
        self.handlers |= {
            event_types.ContactRequeued: self._requeued,
            event_types.ContactHandedOver: self._handed_over,
        }

    def _converse(self, case: Case, at_ns: int) -> None:
        """The conversation begins: its length, and what happens meanwhile."""
        which = case.which
        if which.hop == 0:
            service_ns = self.services_ns[case.number]
        else:
            service_ns = self.draws.service_ns(which, case.service, self._period(at_ns))
        parts, case.rest_ns = self.draws.plan(which, case.queue, service_ns)
        case.parts = parts[::-1]
        self._go_on(case, at_ns)

    def _go_on(self, case: Case, at_ns: int) -> None:
        """Talk until the next thing happens, or the end."""
        if not case.parts:
            self._talk(case, case.rest_ns, partial(self._leave_hands, case), at_ns)
            return
        part = case.parts.pop()
        if isinstance(part.then, Hold):
            then: Callable[[int], None] = partial(self._put_on_hold, case, part.then.time_ns)
        else:
            then = partial(self._consult, case, part.then)
        self._talk(case, part.talk_ns, then, at_ns)

    def _put_on_hold(self, case: Case, time_ns: int, at_ns: int) -> None:
        self._apply(HoldContact(case.contact), at_ns)
        case.timer = self._later(at_ns + time_ns, partial(self._back_from_hold, case))

    def _back_from_hold(self, case: Case, at_ns: int) -> None:
        self._apply(RetrieveContact(case.contact), at_ns)
        self._go_on(case, at_ns)

    def _leave_hands(self, case: Case, at_ns: int) -> None:
        """The service is over: on to somebody else, or the end."""
        way = self.draws.exit(case.which, case.queue)
        if isinstance(way, Transfer):
            self._transfer(case, way, at_ns)
        elif way is not None:
            self._consult(case, way, at_ns)
        else:
            self._complete(case, at_ns, outcome=True)

    def _transfer(self, case: Case, way: Transfer, at_ns: int) -> None:
        preferred: tuple[Preference, ...] = ()
        if way.agents:
            people = self._people(way.agents, case.place)
            if not people:
                self._complete(case, at_ns, outcome=True)
                return
            preferred = (Preference(self.ids[self.draws.one_of(case.which, people)], direct=True),)
        case.service = way.service
        self._count_moved(case, TRANSFERS)
        self._let_go(case.place, at_ns)
        self._apply(
            RequeueContact(
                case.contact,
                (way.queue,),
                way.keep_age,
                preferred=preferred,
                prefer_ns=way.prefer_ns if preferred else 0,
            ),
            at_ns,
        )

    def _requeued(self, event: event_types.ContactRequeued) -> None:
        case, at_ns = self.cases[event.contact], event.at_ns
        self._end_segment(case, at_ns)
        case.which = case.which._replace(hop=case.which.hop + 1)
        case.waits_since_ns = at_ns
        self.settled[case.number] = 0
        patience_ns = self.draws.patience_ns(case.which, self._period(at_ns))
        if patience_ns >= 0:
            case.timer = self._later(at_ns + patience_ns, partial(self._abandon, case))

    def _abandon(self, case: Case, at_ns: int) -> None:
        self._apply(AbandonContact(case.contact), at_ns)

    # -- Consultations ------------------------------------------------------------------------------------

    def _consult(self, case: Case, consult: Consult, at_ns: int) -> None:
        """Put the contact on hold, and ask for a colleague."""
        people = self._people(consult.agents, case.place) if consult.agents else []
        if consult.agents and not people:
            self._no_colleague(case, consult, at_ns)
            return
        self._apply(HoldContact(case.contact), at_ns)
        case.legs += 1
        leg = Case(f"{case.contact}.{case.legs}", case.which, -1, case.channel, False, False)
        leg.parent, leg.consult = case, consult
        self.cases[leg.contact] = leg
        preferred: tuple[Preference, ...] = ()
        if people:
            preferred = (Preference(self.ids[self.draws.one_of(case.which, people)], direct=True),)
        answer_by_ns = self.draws.answer_by_ns(case.which, consult)
        if answer_by_ns >= 0:
            leg.timer = self._later(at_ns + answer_by_ns, partial(self._give_up_leg, leg))
        events = self.engine.apply(
            EnqueueContact(
                leg.contact,
                (consult.queue,),
                case.channel,
                parent=case.contact,
                direction="internal",
                preferred=preferred,
                prefer_ns=answer_by_ns if preferred and answer_by_ns > 0 else 0,
            ),
            at_ns,
        )
        if type(events[0]) is event_types.CommandRefused:
            self._cancel(leg)
            self._apply(RetrieveContact(case.contact), at_ns)
            self._no_colleague(case, consult, at_ns)
        else:
            self._take(events[1:])

    def _no_colleague(self, case: Case, consult: Consult, at_ns: int) -> None:
        """Go on without one."""
        self._count(case, UNANSWERED)
        if consult.then in ("return", "join"):
            self._go_on(case, at_ns)
        else:
            self._complete(case, at_ns, outcome=True)

    def _give_up_leg(self, leg: Case, at_ns: int) -> None:
        leg.timer = -1
        self._apply(CancelContact(leg.contact), at_ns)

    def _leg_answered(self, leg: Case, at_ns: int) -> None:
        case, consult = leg.parent, leg.consult
        if case is None or consult is None:  # an internal call: no leg of a consultation
            self._connect(leg, at_ns)
            return
        self._count(case, CONSULTS)
        self._talk(leg, self.draws.talk_ns(case.which, consult), partial(self._consulted, leg), at_ns)

    def _consulted(self, leg: Case, at_ns: int) -> None:
        """The two have talked."""
        case, consult = leg.parent, leg.consult
        if case is None or consult is None:
            return
        if consult.then in ("return", "transfer"):
            self._after_leg(leg, at_ns)
            return
        self._count(case, CONFERENCES)
        self._apply(JoinLeg(leg.contact), at_ns)
        together_ns = self.draws.together_ns(case.which, consult)
        self._talk(leg, together_ns, partial(self._after_leg, leg), at_ns)

    def _after_leg(self, leg: Case, at_ns: int) -> None:
        """One of the two who have the contact leaves."""
        case, consult = leg.parent, leg.consult
        if case is None or consult is None:
            return
        if consult.then in ("transfer", "leave"):
            case.service = consult.service
            self._let_go(case.place, at_ns)
            self._apply(HandOver(case.contact, leg.contact), at_ns)
            if case.place == leg.last_place:
                self._converse(case, at_ns)
                return
            self._apply(CompleteContact(leg.contact), at_ns)  # no room for it there
            self._complete(case, at_ns, outcome=True)
            return
        self._let_go(leg.place, at_ns)
        self._apply(CompleteContact(leg.contact), at_ns)
        if consult.then == "return":
            self._apply(RetrieveContact(case.contact), at_ns)
        self._go_on(case, at_ns)

    def _handed_over(self, event: event_types.ContactHandedOver) -> None:
        case, at_ns = self.cases[event.contact], event.at_ns
        queue = case.queue
        self._end_segment(case, at_ns)
        self._count_moved(case, HANDED_OVER)
        case.which = case.which._replace(hop=case.which.hop + 1)
        self._begin(case, self.place[event.to_agent], queue, at_ns)

    def _ended(self, event: event_types.ContactEnded) -> None:
        case, at_ns = self.cases[event.contact], event.at_ns
        self.last_ns = max(self.last_ns, at_ns)
        self._cancel(case)
        if case.place >= 0:
            case.last_place = case.place
            self._end_segment(case, at_ns)
        if case.parent is not None:
            self._leg_ended(case, event)
        elif case.placed < 0:
            self._call_ended(case, event)

    def _leg_ended(self, leg: Case, event: event_types.ContactEnded) -> None:
        case, consult = leg.parent, leg.consult
        if case is None or consult is None or event.agent:
            return
        if case.place >= 0 and case.contact in self.engine.contacts:  # nobody was there for it
            self._apply(RetrieveContact(case.contact), event.at_ns)
            self._no_colleague(case, consult, event.at_ns)
