"""Plays a day of a model in which more is done to contacts than to serve them: holds, transfers, consultations,
conferences, call-backs, outcomes; and whose agents go for breaks and call somebody themselves.

Everything is a command to the engine, and what follows is read off its events, so what is counted here is counted by
what the engine says. A contact's *case* is where it stands on its way; what is to come next of it is one *task*. Tasks
take the place of completions in the order of ``day_world``; those of one instant go in the order they were set in.

Owns the way of a contact from hand to hand; must not know what is drawn (``handling_draws``) nor figures (``sums``).
"""

from collections.abc import Callable
from functools import partial
from heapq import heappush
from typing import Final

from routing import events as event_types
from routing.commands import (
    AbandonContact,
    AcceptOffer,
    CancelContact,
    CompleteContact,
    EndWrapUp,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    Remark,
    RequeueContact,
    RetrieveContact,
    UpdateContact,
)
from routing.events import Outcome as Ended
from routing.model import Preference
from routing.remarks import Disposition
from routing.simulation.arrivals import Calls, Day
from routing.simulation.case import Case
from routing.simulation.day_world import COMPLETION, ENDS, IN, PATIENCE, RETURN
from routing.simulation.handling_draws import Hold, Which
from routing.simulation.handling_shape import Consult, Retrial, Transfer
from routing.simulation.model_shape import CentreModel
from routing.simulation.own_time import OwnTime
from routing.simulation.result import REFUSED_CODE, SERVED_CODE
from routing.simulation.tally import (
    CALL_BACK_WAIT_NS,
    CALL_BACKS,
    CALL_BACKS_DONE,
    CALLED_BACK,
    CAME_AGAIN,
    CONFERENCES,
    CONSULT_NS,
    CONSULTS,
    DISPOSED,
    ENDED,
    FIRST,
    FIRST_RESOLVED,
    HANDED_OVER,
    HOLD_NS,
    HOLDS,
    LATER_ANSWERED,
    LATER_LEFT,
    LATER_WAIT_NS,
    PLACED_NS,
    RESOLVED,
    TALK_NS,
    TRANSFERRED,
    TRANSFERS,
    UNANSWERED,
    WRAP_UP_NS,
)

#: The code of a disposition that a queue requires and the model does not name.
HANDLED: Final = "handled"
_SETTLED: Final = ("resolved", "closed")


class HandsWorld(OwnTime):
    """One day, contacts in hand included."""

    def __init__(self, made: CentreModel, day: Day, calls: Calls) -> None:
        super().__init__(made, day, calls)
        queues = made.config.queues
        self.auto = {queue.id for queue in queues if queue.auto_answer}
        self.wrap_up_ns = {queue.id: queue.wrap_up_ns for queue in queues}
        self.interrupts = {channel.id: channel.interrupts for channel in made.config.channels}
        self.suspends = any(self.interrupts.values())
        self.counts_from_ns = made.model.warm_up_ns
        #: By number of a call that comes again: its Which, the age credited, whom it prefers and for how long, and
        #: whether somebody has served the customer before.
        self.again: dict[int, tuple[Which, int, int, int, bool]] = {}
        self.wrapping: dict[tuple[int, str], list[int]] = {}  # since when, by agent and contact
        self.handlers |= {
            event_types.OfferAccepted: self._accepted,
            event_types.ContactRetrieved: self._retrieved,
            event_types.ContactRequeued: self._requeued,
            event_types.ContactHandedOver: self._handed_over,
        }

    # -- Arriving, and waiting ----------------------------------------------------------------------------

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

    # -- In hand ------------------------------------------------------------------------------------------

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

    # -- A conversation -----------------------------------------------------------------------------------

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

    # -- The end ------------------------------------------------------------------------------------------

    def _complete(self, case: Case, at_ns: int, *, outcome: bool = False) -> None:
        """The conversation is over; ``outcome``: something came of it."""
        self._let_go(case.place, at_ns)
        agent = self.ids[case.place]
        case.outcome = self.draws.outcome(case.which) if outcome else None
        if case.outcome is None:
            self._apply(CompleteContact(case.contact), at_ns)
            return
        settled = case.outcome.resolved in _SETTLED
        self._count(case, DISPOSED)
        self._count(case, RESOLVED, int(settled))
        self._count(case, FIRST, int(not case.served))
        self._count(case, FIRST_RESOLVED, int(settled and not case.served))
        remark = Remark(case.contact, Disposition(case.outcome.code, case.outcome.resolved, agent))
        after_ns = self.draws.outcome_after_ns(case.which)
        if after_ns < 0:
            self._apply(remark, at_ns)
        else:
            case.tells = True
            self._later(at_ns + after_ns, partial(self._tell, case, agent, remark))
        place = case.place
        self._apply(CompleteContact(case.contact), at_ns)
        if case.outcome.again is not None:
            self._call_again(case, case.outcome.again, place, at_ns)

    def _tell(self, case: Case, agent: str, remark: Remark, at_ns: int) -> None:
        """Tell the outcome in wrap-up, which may end now."""
        case.tells = False
        self._apply(remark, at_ns)
        if case.unlimited:
            case.unlimited = False
            self._apply(EndWrapUp(agent, case.contact), at_ns)

    def _call_again(self, case: Case, again: Retrial, place: int, at_ns: int) -> None:
        """Let a customer who was served call once more, perhaps."""
        which = case.which
        drawn = self.draws.again(which, again, self._period(at_ns))
        if drawn is not None:
            delay_ns, service_ns, patience_ns = drawn
            prefers = again.same_agent_ns if place >= 0 else 0
            self._return(case, at_ns + delay_ns, service_ns, patience_ns, 0, (place, prefers), served=True)

    def _come_back(self, number: int, at_ns: int) -> None:
        case = self.cases[str(number)]
        which = case.which
        retrial = self.model.types[which.kind].retrial
        drawn = self.day.again(
            which.kind, which.number, which.tried, self._period(at_ns), self.patience_ns[number]
        )
        if drawn is not None and retrial is not None:
            delay_ns, patience_ns = drawn
            credit_ns = at_ns + delay_ns - case.first_ns if delay_ns <= retrial.keep_place_ns else 0
            service_ns = self.services_ns[number]
            last = (case.last_place, retrial.same_agent_ns)
            self._return(case, at_ns + delay_ns, service_ns, patience_ns, credit_ns, last, served=case.served)

    def _return(
        self,
        case: Case,
        at_ns: int,
        service_ns: int,
        patience_ns: int,
        credit_ns: int,
        last: tuple[int, int],
        *,
        served: bool,
    ) -> None:
        which = Which(case.which.kind, case.which.number, case.which.tried + 1, 0)
        place, prefer_ns = last
        new = self._enter(which.kind, which.number, at_ns, service_ns, patience_ns)
        self.again[new] = (which, credit_ns, place if prefer_ns else -1, prefer_ns, served)
        heappush(self.coming, (at_ns, RETURN, new))

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

    def _call_ended(self, case: Case, event: event_types.ContactEnded) -> None:
        number, at_ns = case.number, event.at_ns
        self.settled[number] = 1
        self.alive -= 1
        answered = self.outcomes[number] == SERVED_CODE
        self._count(case, ENDED, int(answered))
        if event.outcome == Ended.HANDLED:
            return
        if answered:
            self._count(case, LATER_LEFT)
        else:
            self.outcomes[number] = ENDS.get(event.outcome, REFUSED_CODE)
            self.waits_ns[number] = at_ns - self.arrivals_ns[number]
        if self.retries and event.outcome == Ended.ABANDONED:
            self._come_back(number, at_ns)

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
