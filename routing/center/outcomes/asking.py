"""Whether a customer is asked after a contact, and when: rules, shares, hours, caps, and who does not want to be.

Owns the decision, and what it remembers of customers; must not know commands or rows.
"""

from collections import deque
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, NamedTuple

from routing.calendar import is_open, next_change_ns
from routing.center.outcomes.known import Known
from routing.center.outcomes.settings import Outcomes, Rule, Survey
from routing.model import Config, Queue
from routing.statistics.outcomes import SurveyState
from routing.units import MAX_INSTANT_NS

_QUEUE: Final = "hours"
_WHOLE: Final = 1 << 64


class Decision(NamedTuple):
    """Ask by ``rule`` now; or look again at ``again_ns``; or not at all (``rule`` says which one it would have been).

    ``state`` is empty where nothing is worth a row: no rule fits, or the share passes the contact by.
    """

    ask: bool
    rule: Rule | None = None
    again_ns: int = -1
    state: SurveyState | None = None
    expires_ns: int = 0
    due_ns: int = 0


NO: Final = Decision(False)


def is_drawn(rule: Rule, contact: str) -> bool:
    """Whether a contact belongs to the share of those that are asked: the same answer for ever.

    >>> half = Rule("after_call", share=0.5)
    >>> sum(is_drawn(half, f"call-{number}") for number in range(1000))
    485
    """
    drawn = blake2b(f"{rule.survey}/{contact}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < rule.share * _WHOLE


def fits(rule: Rule, known: Known) -> bool:
    """Whether a rule is about contacts such as this one, whatever was said of it. A leg is nobody's first contact."""
    queue = known.parts[-1].queue if known.parts else known.queue
    return (
        not known.parent
        and (not rule.queues or queue in rule.queues)
        and (not rule.channels or known.channel in rule.channels)
        and known.direction in rule.directions
        and known.outcome in rule.outcomes
    )


class Asking:
    """What is remembered of customers, and what follows for a contact.

    Parameters
    ----------
    outcomes : Outcomes
        The settings.

    Attributes
    ----------
    asked : dict of str to list of int
        When each customer was asked, within the longest span of a cap.
    refused : set of str
        Customers who do not want to be asked.
    promised : dict of str to dict of str to int
        Call-backs that are open: by customer the contacts that promise one, and since when.
    """

    def __init__(self, outcomes: Outcomes) -> None:
        self.outcomes = outcomes
        self.asked: dict[str, list[int]] = {}
        self.refused: set[str] = set()
        self.promised: dict[str, dict[str, int]] = {}
        self._span_ns = max((cap.span_ns for cap in outcomes.caps), default=0)
        self._log: deque[tuple[int, str]] = deque()
        self._promises: deque[tuple[int, str, str]] = deque()
        self._surveys = {survey.id: survey for survey in outcomes.surveys}
        self._hours = {
            hours.id: Config(
                queues=(Queue(_QUEUE, hours=hours.id),), hours=(hours,), timezone=outcomes.timezone
            )
            for hours in outcomes.hours
        }

    def survey(self, name: str) -> Survey | None:
        """Find a survey by its id."""
        return self._surveys.get(name)

    def first_due_ns(self, known: Known) -> int:
        """Tell when it is to be decided first whether a contact that has ended is asked about; -1: never."""
        delays = [rule.delay_ns for rule in self.outcomes.rules if fits(rule, known)]
        return known.ended_ns + min(delays) if delays else -1

    def decide(self, known: Known, now_ns: int, planned: Mapping[str, int]) -> Decision:
        """Decide about a contact that has ended, and was said what there is to say of it. O(rules + asked before).

        Parameters
        ----------
        known : Known
            The contact.
        now_ns : int
            The instant.
        planned : mapping of str to int
            How often each customer is about to be asked already.
        """
        rule = self._rule(known)
        if rule is None or not is_drawn(rule, known.contact) or not (known.customer or rule.strangers):
            return NO
        due_ns = known.ended_ns + rule.delay_ns
        if now_ns < due_ns:
            return Decision(False, rule, due_ns)
        if known.opted_out or known.customer in self.refused:
            return Decision(False, rule, state="opted_out")
        if known.resolved == "call_back" or self._is_promised(known.customer, now_ns):
            return Decision(False, rule, state="call_back")
        if self._is_capped(known.customer, now_ns, planned):
            return Decision(False, rule, state="capped")
        expires_ns = min(due_ns + rule.expires_ns, MAX_INSTANT_NS)
        if now_ns >= expires_ns and now_ns > due_ns:
            return Decision(False, rule, state="expired")
        opens_ns = self._opens_ns(rule.hours, now_ns)
        if opens_ns is None or (opens_ns > now_ns and opens_ns >= expires_ns):
            return Decision(False, rule, state="expired")
        if opens_ns > now_ns:
            return Decision(False, rule, opens_ns)
        return Decision(True, rule, expires_ns=expires_ns, due_ns=due_ns)

    # What is remembered

    def was_asked(self, customer: str, at_ns: int) -> None:
        """Note that a customer was asked."""
        if customer and self._span_ns:
            self.asked.setdefault(customer, []).append(at_ns)
            self._log.append((at_ns, customer))

    def disposed(self, known: Known, at_ns: int) -> None:
        """Note what stands of a contact now: it promises a call, or its customer has been spoken to since."""
        if not known.customer:
            return
        if known.resolved == "call_back":
            self.promised.setdefault(known.customer, {})[known.contact] = at_ns
            self._promises.append((at_ns, known.customer, known.contact))
        elif known.resolved:
            self.promised.pop(known.customer, None)
        elif known.customer in self.promised:
            self.promised[known.customer].pop(known.contact, None)

    def forget(self, now_ns: int) -> None:
        """Forget what does not matter any more. O(what that is)."""
        while self._log and self._log[0][0] <= now_ns - self._span_ns:
            at_ns, customer = self._log.popleft()
            self.asked[customer].remove(at_ns)
            if not self.asked[customer]:
                del self.asked[customer]
        while self._promises and self._promises[0][0] <= now_ns - self.outcomes.call_back_open_ns:
            at_ns, customer, contact = self._promises.popleft()
            promises = self.promised.get(customer, {})
            if promises.get(contact) == at_ns:
                del promises[contact]
            if not promises:
                self.promised.pop(customer, None)

    def restore(
        self, asked: dict[str, list[int]], refused: list[str], promised: dict[str, dict[str, int]]
    ) -> None:
        """Go on from what was kept."""
        self.asked = asked if self._span_ns else {}
        self.refused = set(refused)
        self.promised = promised
        self._log = deque(
            sorted((at_ns, customer) for customer, each in self.asked.items() for at_ns in each)
        )
        self._promises = deque(
            sorted(
                (at_ns, customer, contact)
                for customer, each in promised.items()
                for contact, at_ns in each.items()
            )
        )

    # Inside

    def _rule(self, known: Known) -> Rule | None:
        for rule in self.outcomes.rules:
            if (
                fits(rule, known)
                and (not rule.codes or known.code in rule.codes)
                and (not rule.resolutions or known.resolved in rule.resolutions)
            ):
                return rule
        return None

    def _is_promised(self, customer: str, now_ns: int) -> bool:
        since_ns = now_ns - self.outcomes.call_back_open_ns
        return any(at_ns > since_ns for at_ns in self.promised.get(customer, {}).values())

    def _is_capped(self, customer: str, now_ns: int, planned: Mapping[str, int]) -> bool:
        if not customer:
            return False
        before = self.asked.get(customer, ())
        return any(
            sum(at_ns > now_ns - cap.span_ns for at_ns in before) + planned.get(customer, 0) >= cap.most
            for cap in self.outcomes.caps
        )

    def _opens_ns(self, hours: str, now_ns: int) -> int | None:
        """From when on customers may be asked; None: never."""
        if not hours or is_open(self._hours[hours], _QUEUE, now_ns):
            return now_ns
        return next_change_ns(self._hours[hours], _QUEUE, now_ns)
