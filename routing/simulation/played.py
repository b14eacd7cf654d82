"""What becomes of a day of a model, and the fast way to find out: the whole day inside the compiled core.

Where the groups keep their numbers, nobody tries again or is dialled, and no queue gives a call up, `Engine.run_trace`
plays the day by itself; the outcome, digest included, is that of ``world``, and a test holds the two together.

Owns ``Played`` and this way; must not know how a day is played by commands (``world``), nor what is counted (``sums``).
"""

from array import array
from typing import Final

from msgspec import Struct

from routing.commands import EnqueueContact, LogIn
from routing.engine import Engine
from routing.simulation.arrivals import Calls
from routing.simulation.inside import keeps_calls
from routing.simulation.model_shape import CentreModel, Model
from routing.simulation.result import ABANDONED_CODE, NOBODY, SERVED_CODE, WAITING
from routing.simulation.tally import Tally, has_hands

#: From the outcomes of a trace (0 handled, 1 abandoned, 255 alive) to those of a result.
_TRACED: Final = bytes((SERVED_CODE, ABANDONED_CODE, *[WAITING] * 254))


class Played(Struct):
    """What became of the calls of a day, and of the agents' time.

    The arrays are parallel, in the order in which calls reached the engine: ``types``, ``arrivals_ns``,
    ``waits_ns``, ``outcomes`` (codes as in ``Result``). By group: ``staffed_ns`` (until the last contact after
    leaving is finished) and ``busy_ns``. By type: ``dialled`` numbers. ``tally``: what was done to contacts in hand,
    where the model says anything of it.
    """

    types: "array[int]"
    arrivals_ns: "array[int]"
    waits_ns: "array[int]"
    outcomes: bytearray
    staffed_ns: list[int]
    busy_ns: list[int]
    dialled: list[int]
    last_ns: int
    digest: int
    tally: Tally | None = None


def goes_inside(made: CentreModel, calls: int) -> bool:
    """Tell whether a day of the model may run inside the core."""
    return (
        keeps_calls(made.config)
        and calls <= made.config.limits.contacts
        and all(len(set(group.agents)) == 1 for group in made.model.groups)
        and not any(kind.retrial or kind.dialer for kind in made.model.types)
        and not has_hands(made)
        and not any(group.channels for group in made.model.groups)
        and all(channel.capacity == 1 for channel in made.config.channels)
    )


def templates(model: Model) -> list[EnqueueContact]:
    """Make the command by which a call of each type arrives, but for its id."""
    return [
        EnqueueContact("", (kind.queue,), kind.channel, kind.priority, kind.requirement)
        for kind in model.types
    ]


def groups_by_place(made: CentreModel) -> list[int]:
    """Give the group of each agent, by place."""
    return [place for place, group in enumerate(made.model.groups) for _ in range(max(group.agents))]


def play_inside(made: CentreModel, calls: Calls) -> Played:
    """Let the core play the day by itself."""
    engine = Engine(made.config)
    for agent in made.config.agents:
        engine.apply(LogIn(agent.id), 0)
    trace = engine.run_trace(
        templates(made.model),
        array("I", calls.types),
        calls.arrivals_ns,
        calls.services_ns,
        calls.patience_ns,
    )
    group_of = groups_by_place(made)
    wrap_up_ns = {queue.id: queue.wrap_up_ns for queue in made.config.queues}
    after_ns = [wrap_up_ns[kind.queue] for kind in made.model.types]
    busy_ns = [0] * len(made.model.groups)
    last_ns = made.model.end_ns
    for kind, arrival_ns, wait_ns, service_ns, server in zip(
        calls.types, calls.arrivals_ns, trace.wait_ns, calls.services_ns, trace.agent, strict=True
    ):
        if server != NOBODY:
            work_ns = service_ns + after_ns[kind]
            busy_ns[group_of[server]] += work_ns
            if arrival_ns + wait_ns + work_ns > last_ns:
                last_ns = arrival_ns + wait_ns + work_ns
        elif arrival_ns + wait_ns > last_ns:
            last_ns = arrival_ns + wait_ns
    outcomes = bytearray(trace.outcome.tobytes().translate(_TRACED))
    waits_ns = trace.wait_ns
    for number, outcome in enumerate(outcomes):
        if outcome == WAITING:
            waits_ns[number] = last_ns - calls.arrivals_ns[number]
    engine.advance(max(last_ns, engine.now_ns))
    return Played(
        types=calls.types,
        arrivals_ns=calls.arrivals_ns,
        waits_ns=waits_ns,
        outcomes=outcomes,
        staffed_ns=[max(group.agents) * last_ns for group in made.model.groups],
        busy_ns=busy_ns,
        dialled=[0] * len(made.model.types),
        last_ns=last_ns,
        digest=engine.digest,
    )
