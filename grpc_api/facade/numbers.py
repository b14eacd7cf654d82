"""Dialled numbers: which queues a call goes to, and how.

Owns the rules of the settings at work; must not know what the engine makes of it.
"""

import re
from collections.abc import Sequence

from grpc_api.facade.directory import user_part
from grpc_api.facade.shapes import Reject, RouteCall
from grpc_api.settings import DomainSettings, NumberRule
from routing.commands import EnqueueContact


class NumberPlan:
    """The rules of one domain, ready to be asked.

    Examples
    --------
    >>> from grpc_api.settings import NumberRule
    >>> plan = NumberPlan(DomainSettings(numbers=(NumberRule(prefix="0800", queues=("sales",), priority=3),)))
    >>> command = plan.enqueue(RouteCall("call-1", called="sip:080012@pbx"))
    >>> command.queues, command.priority
    (('sales',), 3)
    >>> plan.enqueue(RouteCall("call-1", called="support")).queues
    ('support',)
    """

    def __init__(self, settings: DomainSettings) -> None:
        self._settings = settings
        # Most rules are exact: these are found at once, up to the first rule of another kind that fits before them.
        self._exact: dict[str, int] = {}
        self._others: list[int] = []
        self._patterns: dict[int, re.Pattern[str]] = {}
        for place, rule in enumerate(settings.numbers):
            if rule.number and not rule.caller:
                self._exact.setdefault(rule.number, place)
                continue
            self._others.append(place)
            if rule.pattern:
                self._patterns[place] = re.compile(rule.pattern)

    def rule(self, called: str, caller: str) -> NumberRule | None:
        """Find the first rule that fits a number and who calls it. O(rules that are not exact)."""
        rules: Sequence[NumberRule] = self._settings.numbers
        exact = self._exact.get(called, len(rules))
        for place in self._others:
            if place > exact:
                break
            if self._fits(place, rules[place], called, caller):
                return rules[place]
        return rules[exact] if exact < len(rules) else None

    def enqueue(self, call: RouteCall) -> EnqueueContact | Reject:
        """Make the command for a call, or turn it away."""
        called = user_part(call.called)
        rule = self.rule(called, user_part(call.caller))
        customer = user_part(call.caller) if self._settings.keep_caller else ""
        if rule is None:
            if self._settings.unmatched == "reject":
                return Reject("unknown_number", called)
            return EnqueueContact(
                call.call_id,
                (called,),
                priority=call.priority or 0,
                customer=customer,
                attributes=call.attributes or None,
                front_end=call.front_end,
            )
        if rule.reject:
            return Reject(rule.reject, called)
        return EnqueueContact(
            call.call_id,
            rule.queues,
            channel=rule.channel,
            priority=rule.priority if call.priority is None else call.priority,
            requirement=rule.requirement,
            credit_ns=rule.credit_ns,
            customer=customer,
            attributes={**rule.attributes, **call.attributes} or None,
            preferred=rule.preferred,
            prefer_ns=rule.prefer_ns,
            front_end=call.front_end,
        )

    def _fits(self, place: int, rule: NumberRule, called: str, caller: str) -> bool:
        if rule.caller and not caller.startswith(rule.caller):
            return False
        if rule.number:
            return called == rule.number
        if rule.pattern:
            return self._patterns[place].fullmatch(called) is not None
        return called.startswith(rule.prefix)
