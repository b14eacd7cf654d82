"""What a call-back needs next, and when: one command at a time, from its facts and the settings.

Owns these decisions; must not know how facts come about (``fold``), nor who carries them out. Changes nothing.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from routing.center.callbacks.fold import ATTRIBUTE, NUMBER, OWN
from routing.center.callbacks.settings import CallBackRules
from routing.center.callbacks.shapes import Promise
from routing.commands import (
    CancelContact,
    Command,
    EndAttempt,
    EnqueueContact,
    Remark,
    RequestDial,
    UpdateContact,
)
from routing.compliance.hours import CallingHours
from routing.compliance.profiles import choose
from routing.engine import Engine
from routing.model import Preference
from routing.remarks import CallBack
from routing.units import MAX_DURATION_NS

#: Estimates in how many ns a waiting contact is answered; None: nobody knows.
Turn = Callable[[str, int], int | None]
#: Nobody will ever answer these: they are not dialled again.
_FOR_GOOD: Final = frozenset({"invalid", "fax"})


class Step(NamedTuple):
    """A command, and from when it is to be given; without a command: when to look again."""

    at_ns: int
    command: Command | None = None


class Steps:
    """Decides for every call-back of an engine.

    Parameters
    ----------
    engine : Engine
        Tells whether queues are open, and how heirs of a place stand.
    turn : callable
        Estimates when a waiting contact is answered; asked only where customers are dialled first.
    """

    def __init__(self, engine: Engine, turn: Turn) -> None:
        self._engine = engine
        self.turn = turn

    def next(self, promise: Promise, rules: CallBackRules, now_ns: int) -> Step | None:
        """Say what is next; None: nothing before there is another fact. O(1), but for an estimate."""
        if not promise.open:
            return self._clean_up(promise, rules)
        if promise.reached_ns:
            return None
        if _merges(promise, rules, now_ns):
            return Step(0, _close(promise, "merged", promise.caller))
        expires_ns = _expires_ns(promise, rules)
        if promise.taken_by:
            return self._in_hand(promise, rules, now_ns)
        if expires_ns and now_ns >= expires_ns and not promise.attempt:
            return Step(0, _close(promise, "expired"))
        if promise.contact:
            step = self._waiting(promise, rules, now_ns)
        else:
            step = self._apart(promise, rules, now_ns, expires_ns)
        if expires_ns and not promise.attempt and (step is None or step.at_ns > expires_ns):
            return Step(expires_ns)
        return step

    def may_call_ns(self, promise: Promise, rules: CallBackRules, at_ns: int) -> int | None:
        """Give the first instant, not before this one, within the calling hours of the customer; None: never."""
        return calling_hours(rules.profiles, promise.timezone or self._engine.config.timezone, at_ns)

    # By where it stands

    def _clean_up(self, promise: Promise, rules: CallBackRules) -> Step | None:
        """It is over: hand its place on, hang up, and take its contact out of its queue."""
        if promise.heir and rules.place == "kept":
            heir = self._engine.contacts.get(promise.heir)
            if heir is not None and heir.visits:
                credit_ns = min(heir.enqueued_ns - promise.place_ns, MAX_DURATION_NS)
                if credit_ns > heir.credit_ns:
                    return Step(0, UpdateContact(promise.heir, credit_ns=credit_ns))
        if promise.attempt:
            return Step(0, EndAttempt(promise.attempt, "cancelled"))
        if promise.contact and not promise.reached_ns:
            return Step(0, CancelContact(promise.contact, f"{OWN}{promise.outcome}"))
        return None

    def _in_hand(self, promise: Promise, rules: CallBackRules, now_ns: int) -> Step | None:
        """An agent has accepted it: dial, or let the agent go when nobody was reached."""
        if promise.attempt:
            return None
        if promise.spent:
            return Step(0, CancelContact(promise.contact, f"{OWN}{promise.last_outcome}"))
        if promise.from_ns > now_ns:
            return Step(0, CancelContact(promise.contact, f"{OWN}moved"))
        if not promise.confirmed:
            return Step(0, _close(promise, "not_confirmed"))
        if self.may_call_ns(promise, rules, now_ns) != now_ns:
            return Step(0, CancelContact(promise.contact, f"{OWN}calling_hours"))
        return Step(0, _dial(promise, rules))

    def _waiting(self, promise: Promise, rules: CallBackRules, now_ns: int) -> Step | None:
        """It waits for an agent: take it out when it was dialled in vain or moved; dial first if so configured."""
        if promise.attempt:
            return None
        if promise.spent:
            return Step(0, CancelContact(promise.contact, f"{OWN}{promise.last_outcome}"))
        if promise.from_ns > now_ns:
            return Step(0, CancelContact(promise.contact, f"{OWN}moved"))
        if rules.dial == "agent" or not promise.confirmed:
            return None
        look = Step(now_ns + rules.look_ns)
        if self.may_call_ns(promise, rules, now_ns) != now_ns:
            return look
        turn_ns = self.turn(promise.contact, now_ns)
        if turn_ns is None or turn_ns > rules.lead_ns:
            return look
        return Step(0, _dial(promise, rules))

    def _apart(self, promise: Promise, rules: CallBackRules, now_ns: int, expires_ns: int) -> Step | None:
        """It has no contact: enqueue one when its time has come."""
        if promise.attempt:
            return Step(0, EndAttempt(promise.attempt, "cancelled"))
        if promise.tries >= rules.attempts or promise.last_outcome in _FOR_GOOD:
            return Step(0, _close(promise, "unreached"))
        if not promise.confirmed:
            return None
        start_ns = promise.from_ns
        if promise.last_ns:
            start_ns = max(start_ns, promise.last_ns + rules.spacing_ns)
        if promise.given_up_ns:
            start_ns = max(start_ns, promise.given_up_ns + rules.again_ns)
        may_ns = self.may_call_ns(promise, rules, max(start_ns, now_ns))
        if may_ns is None or (expires_ns and may_ns >= expires_ns):
            return None
        queue = self._engine.queues.get(promise.queue)
        if queue is None or not queue.open:
            return None  # until it opens
        if may_ns > now_ns:
            return Step(may_ns)
        return Step(0, _enqueue(promise, rules, now_ns))


def calling_hours(profiles: tuple[str, ...], timezone: str, at_ns: int) -> int | None:
    """Give the first instant, not before this one, at which profiles allow a call; None: none within 60 days.

    Examples
    --------
    >>> from routing.units import HOUR
    >>> calling_hours(("us",), "America/New_York", 3 * HOUR) // HOUR  # 10 p.m.; calls are allowed from 8 a.m.
    13
    """
    if not profiles:
        return at_ns
    window = _hours(profiles).window((timezone,), "", at_ns)
    if window.open:
        return at_ns
    return window.until_ns if window.until_ns >= 0 else None


def _merges(promise: Promise, rules: CallBackRules, now_ns: int) -> bool:
    """Does a call of the customer's own end it now?"""
    if not promise.caller or rules.merge == "never":
        return False
    if rules.merge_queues == "same" and not promise.caller_same:
        return False
    at_once = rules.merge == "arrival" and promise.from_ns <= now_ns
    return at_once or promise.caller_taken or bool(promise.taken_by)


def _expires_ns(promise: Promise, rules: CallBackRules) -> int:
    if promise.to_ns:
        return promise.to_ns
    return promise.asked_ns + rules.expire_ns if rules.expire_ns else 0


def _close(promise: Promise, reason: str, contact: str = "") -> Remark:
    return Remark(contact, CallBack(promise.call_back, "close", reason=reason))


def _dial(promise: Promise, rules: CallBackRules) -> RequestDial:
    return RequestDial(
        f"{promise.call_back}/a{promise.dials + 1}",
        rules.campaign,
        promise.number,
        rules.carrier,
        promise.taken_by,
        promise.contact,
        rules.ring_ns,
        rules.front_end,
        promise.customer,
    )


def _enqueue(promise: Promise, rules: CallBackRules, now_ns: int) -> EnqueueContact:
    credit_ns = 0
    if rules.place == "first":
        credit_ns = MAX_DURATION_NS
    elif rules.place == "kept" and promise.place_ns >= 0:
        credit_ns = min(max(now_ns - promise.place_ns, 0), MAX_DURATION_NS)
    preferred = (Preference(promise.agent, direct=True),) if promise.agent else ()
    return EnqueueContact(
        f"{promise.call_back}/{promise.contacts + 1}",
        promise.queues,
        rules.channel,
        promise.priority,
        credit_ns=credit_ns,
        customer=promise.customer,
        attributes={ATTRIBUTE: promise.call_back, NUMBER: promise.number},
        preferred=preferred,
        prefer_ns=rules.prefer_ns if preferred else 0,
        front_end=rules.front_end,
        direction="outbound",
    )


@lru_cache(maxsize=64)
def _hours(profiles: tuple[str, ...]) -> CallingHours:
    return CallingHours(choose(profiles))
