"""Agents who do whatever comes to their minds with a few calls, by what a front-end can ask and report.

Owns what they do; must not know what an exchange makes of it.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from handled_site import Site

from grpc_api.facade import (
    Answer,
    ConsultAction,
    Destination,
    Handled,
    HandOverAction,
    HoldAction,
    JoinAction,
    PartAction,
    Report,
    RetrieveAction,
    TakeOverAction,
    TransferAction,
)
from routing.views import ContactView

AGENTS: Final = ("ann", "ben", "cat", "sue")


def wander(desk: Site, random: Random, steps: int) -> Iterator[Answer | Handled | None]:
    """Do so many things, one after the other; give what was answered, None: there was nothing to be asked."""
    calls = [f"c{number}" for number in range(4)]
    for step in range(steps):
        views: dict[str, ContactView] = desk.host.read(lambda engine: dict(engine.contacts))
        call = random.choice(calls)
        leg = random.choice([*views[call].legs, ""]) if call in views else ""
        to = random.choice((Destination(agent=random.choice(AGENTS)), Destination(("tech",))))
        match random.randrange(12):
            case 0 | 1 if call not in views:
                yield desk.route(call, random.choice(("sales", "tech", "care")))
            case 2 | 3 | 4:
                ringing = [one for one, view in views.items() if view.state == "offered"]
                report: Report = random.choice(("answered", "answered", "busy"))
                yield desk.report(random.choice(ringing), report) if ringing else None
            case 5:
                yield desk.do(call, random.choice((HoldAction(), RetrieveAction())))
            case 6 | 7:
                yield desk.do(call, ConsultAction(f"{call}.{step}", to, anyway=random.random() < 0.3))
            case 8:
                yield desk.do(call, random.choice((JoinAction(leg or call), PartAction(leg or call))))
            case 9:
                yield desk.do(call, HandOverAction(leg))
            case 10:
                do = random.choice((TransferAction(to), TakeOverAction(f"{call}.{step}", "sue")))
                yield desk.do(call, do)
            case _:
                yield desk.report(leg or call, "ended")
