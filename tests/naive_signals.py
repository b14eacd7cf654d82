"""What the rules on signals want of a contact, in the plainest way: from the whole list of what was said of it.

Owns an independent opinion of every wish; must not know the wing. Pictures of contacts are as engines show them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from routing.center.signals import Rule, Signals, Term
from routing.commands import Command, Remark, RequeueContact, UpdateContact
from routing.model import Step
from routing.remarks import Alert, Signal
from routing.skills import compile_requirement
from routing.views import ContactView


@dataclass
class Said:
    """Something said of the contact, or done for a rule: in order."""

    at_ns: int
    signal: Signal | None = None
    rule: str = ""
    number: int = 0
    action: str = ""
    acknowledged: str | None = None
    alert: tuple[str, str] | None = None  # code, rule


def number(value: str, scale: float, shift: float) -> int:
    """Read a value."""
    digits = value.lstrip("+-")
    plain = value.count("+") + value.count("-") <= 1 and digits.replace(".", "", 1).isdigit()
    found = float(value) if plain and not digits.startswith(".") and not digits.endswith(".") else 1.0
    scaled = found * scale + shift
    low = math.floor(scaled)
    half = scaled - low
    rounded = low + (1 if half > 0.5 or (half == 0.5 and low % 2) else 0)
    return max(0, min(100, rounded))


def value_of(name: str, terms: Sequence[Term], said: Sequence[Said], now_ns: int) -> int:
    """Read one name of a condition."""
    term = next((one for one in terms if one.name == name), Term(name, name))
    numbers = []
    for one in said:
        if one.signal is None or one.signal.name != term.signal:
            continue
        if term.values and one.signal.value not in term.values:
            continue
        if term.sources and one.signal.source not in term.sources:
            continue
        if term.within_ns and one.at_ns < now_ns - term.within_ns:
            continue
        numbers.append(number(one.signal.value, term.scale, term.shift))
    if not numbers:
        return 0
    reads = {"latest": numbers[-1], "lowest": min(numbers), "highest": max(numbers), "count": len(numbers)}
    return min(reads[term.reads], 100)


def wishes(
    settings: Signals, said: Sequence[Said], view: ContactView, now_ns: int
) -> list[tuple[str, int, Command]]:
    """Give what is wanted now: rule, the how manieth time, command."""
    if not [one for one in said if one.signal is not None or one.alert is not None]:
        return []
    found: list[tuple[str, int, Command]] = []
    for rule in settings.rules:
        needed = {"update": rule.updates, "requeue": rule.requeues, "alert": rule.alert}
        actions = [name for name, has in needed.items() if has]
        done = [one for one in said if one.rule == rule.id and one.action]
        times = max((one.number for one in done), default=0)
        last = [one for one in done if one.number == times]
        if last and last[-1].action != actions[-1]:
            rest = actions[actions.index(last[-1].action) + 1 :]
            found += [(rule.id, times, one) for name in rest if (one := command(rule, name, view))]
            continue
        if applies(settings, rule, times, said, view, now_ns):
            found += [(rule.id, times + 1, one) for name in actions if (one := command(rule, name, view))]
    return found


def applies(
    settings: Signals, rule: Rule, times: int, said: Sequence[Said], view: ContactView, now_ns: int
) -> bool:
    """Say whether a rule begins to be applied now."""
    when = compile_requirement(rule.when)
    if times >= rule.times:
        return False
    if times:
        place = max(place for place, one in enumerate(said) if one.rule == rule.id and one.action)
        reads = {
            next((term.signal for term in settings.terms if term.name == name), name) for name in when.names
        }
        if not [one for one in said[place:] if one.signal is not None and one.signal.name in reads]:
            return False
        if now_ns < said[place].at_ns + rule.cool_down_ns:
            return False
        standing = False
        for one in said:
            if one.alert is not None and one.alert[1] == rule.id:
                standing = True
            elif one.acknowledged is not None and rule.alert and one.acknowledged in ("", rule.alert.code):
                standing = False
        if standing:
            return False
    waits = ("waiting", "offered")
    states = rule.states or (waits if rule.updates or rule.requeues else (*waits, "handling", "held"))
    queues = [visit.queue for visit in view.visits] or [part.queue for part in view.segments]
    age = now_ns - view.enqueued_ns
    return (
        view.state in states
        and (not rule.channels or view.channel in rule.channels)
        and (not rule.queues or bool(set(rule.queues) & set(queues)))
        and age >= rule.after_ns
        and (not rule.until_ns or age <= rule.until_ns)
        and when.matches({name: value_of(name, settings.terms, said, now_ns) for name in when.names})
    )


def command(rule: Rule, action: str, view: ContactView) -> Command | None:
    """Give what an action commands; None when it is so already."""
    if action == "alert":
        assert rule.alert is not None
        return Remark(view.id, Alert(rule.alert.code, rule.alert.level, rule.alert.to, rule.id))
    if action == "requeue":
        steps = (Step(rule.requirement),) if rule.requirement else (rule.steps or None)
        return RequeueContact(view.id, rule.queues_to, rule.keep_age, None, steps)
    higher = rule.priority if (rule.priority or 0) > view.priority else None
    more = rule.credit_ns if (rule.credit_ns or 0) > view.credit_ns else None
    first = True if rule.expedite and not view.expedited else None
    other = {name: value for name, value in rule.attributes.items() if view.attributes.get(name, "") != value}
    if (higher, more, first, other) == (None, None, None, {}):
        return None
    return UpdateContact(view.id, higher, more, None, first, other or None)
