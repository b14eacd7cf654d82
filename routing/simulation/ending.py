"""How a contact of a model comes to its end: what came of it, and who calls again.

Owns outcomes and customers who come back; must not know what was done to the contact before (``conversing``).
"""

from functools import partial
from heapq import heappush
from typing import Final

from routing import events as event_types
from routing.commands import (
    CompleteContact,
    EndWrapUp,
    Remark,
)
from routing.events import Outcome as Ended
from routing.remarks import Disposition
from routing.simulation.arrivals import Calls, Day
from routing.simulation.case import Case
from routing.simulation.day_world import ENDS, RETURN
from routing.simulation.handling_draws import Which
from routing.simulation.handling_shape import Retrial
from routing.simulation.model_shape import CentreModel
from routing.simulation.result import REFUSED_CODE, SERVED_CODE
from routing.simulation.talking import Talking
from routing.simulation.tally import (
    DISPOSED,
    ENDED,
    FIRST,
    FIRST_RESOLVED,
    LATER_LEFT,
    RESOLVED,
)

_SETTLED: Final = ("resolved", "closed")


class Ending(Talking):
    """One day, with contacts that come to an end."""

    def __init__(self, made: CentreModel, day: Day, calls: Calls) -> None:
        super().__init__(made, day, calls)
        #: By number of a call that comes again: its Which, the age credited, whom it prefers and for how long, and
        #: whether somebody has served the customer before.
        self.again: dict[int, tuple[Which, int, int, int, bool]] = {}

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
            keeps = 0 < retrial.keep_place_ns >= delay_ns
            credit_ns = at_ns + delay_ns - case.first_ns if keeps else 0
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
