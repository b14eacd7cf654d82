"""The fast way to run a simulation: the whole trace inside the compiled core, where nothing else happens than calls.

``Engine.run_trace`` plays the world itself, so no command and no event becomes an object. It tells what became of each
call and nothing more, so this way is open only where that settles everything a ``Result`` holds: agents who are all
there from the first instant on and answer at once, queues that are always open and never give a contact up.
The result, digest included, is that of ``run``; a test holds the two together.

Owns that choice and the way from a trace to a result; must not know where calls come from.
"""

from array import array
from typing import Final

from routing.commands import EnqueueContact, LogIn
from routing.engine import Engine
from routing.model import UNLIMITED, Config
from routing.simulation.plan import Plan
from routing.simulation.result import ABANDONED_CODE, NOBODY, SERVED_CODE, WAITING, Result, Spans
from routing.simulation.run import Answering
from routing.simulation.workload import Workload

#: From the outcomes of a trace (0 handled, 1 abandoned, 255 alive) to those of a result.
_OUTCOMES: Final = bytes((SERVED_CODE, ABANDONED_CODE, *[WAITING] * 254))


def fits(config: Config, workload: Workload, plan: Plan, answering: Answering) -> bool:
    """Tell whether a simulation can run inside the core. O(queues + kinds of calls)."""
    at_once = answering.delay_ns_max <= 0 and answering.delay_ns_min <= 0
    if plan.staffing != "all" or not at_once or len(workload.calls) > config.limits.contacts:
        return False
    if not keeps_calls(config):
        return False
    # What the engine would refuse is left to the door that tells why.
    engine = Engine(config)
    probes = (engine.apply(template, 0) for template in _kinds(workload)[0])
    return all(events[0].__class__.__name__ == "ContactEnqueued" for events in probes)


def keeps_calls(config: Config) -> bool:
    """Tell whether every queue is always open, ends wrap-ups by itself, and never gives a contact up. O(queues)."""
    return not any(
        queue.hours
        or queue.wrap_up_ns == UNLIMITED
        or queue.max_wait
        or queue.no_agent
        or queue.max_length
        or queue.overflow
        or queue.closed
        or queue.disposition_required
        for queue in config.queues
    )


def run_inside(config: Config, workload: Workload, plan: Plan) -> Result:
    """Run a simulation that fits. O(n log n) for n calls, most of it for the agents' busy time."""
    engine = Engine(config)
    for agent in config.agents:
        engine.apply(LogIn(agent.id), plan.first_ns)
    templates, kinds = _kinds(workload)
    arrivals_ns = array("q", (call.arrival_ns for call in workload.calls))
    trace = engine.run_trace(templates, kinds, arrivals_ns, workload.service_ns, workload.patience_ns)
    result = Result(
        calls=workload.calls,
        outcomes=bytearray(trace.outcome.tobytes().translate(_OUTCOMES)),
        waits_ns=trace.wait_ns,
        services_ns=array("q", bytes(8 * len(arrivals_ns))),
        wrap_ups_ns=array("q", bytes(8 * len(arrivals_ns))),
        agents=trace.agent,
        agent_ids=tuple(agent.id for agent in config.agents),
        staffed=[Spans(array("q", (plan.first_ns,))) for _ in config.agents],
        busy=[],
        overflows={},
        refusals={},
        first_ns=plan.first_ns,
        last_ns=plan.last_ns,
    )
    _add_work(result, config, workload, arrivals_ns)
    engine.advance(max(result.last_ns, engine.now_ns))  # the last wrap-ups
    served, left = result.outcomes.count(SERVED_CODE), result.outcomes.count(ABANDONED_CODE)
    result.commands = len(config.agents) + len(arrivals_ns) + 2 * served + left
    result.events = engine.revision
    result.digest = engine.digest
    return result


def _kinds(workload: Workload) -> tuple[list[EnqueueContact], "array[int]"]:
    """Find the kinds of calls, and the kind of each."""
    numbers: dict[tuple[str, str, str, int], int] = {}
    kinds = array(
        "I",
        (
            numbers.setdefault((call.queue, call.requirement, call.channel, call.priority), len(numbers))
            for call in workload.calls
        ),
    )
    templates = [
        EnqueueContact(str(number), (queue,), channel, priority, requirement)
        for (queue, requirement, channel, priority), number in numbers.items()
    ]
    return templates, kinds


def _add_work(result: Result, config: Config, workload: Workload, arrivals_ns: "array[int]") -> None:
    """Add service and wrap-up of each call, the agents' busy time, and the end of everything."""
    wrap_up_ns = {queue.id: queue.wrap_up_ns for queue in config.queues}
    work: list[list[tuple[int, int]]] = [[] for _ in config.agents]
    last_ns = result.last_ns
    services_ns, wrap_ups_ns = result.services_ns, result.wrap_ups_ns
    rows = zip(workload.calls, arrivals_ns, result.waits_ns, result.agents, workload.service_ns, strict=True)
    for number, (call, arrival_ns, wait_ns, agent, service_ns) in enumerate(rows):
        end_ns = arrival_ns + wait_ns
        if agent != NOBODY:
            services_ns[number] = service_ns
            wrap_ups_ns[number] = wrap_up_ns[call.queue]
            end_ns += service_ns + wrap_ups_ns[number]
            work[agent].append((arrival_ns + wait_ns, end_ns))
        if end_ns > last_ns:
            last_ns = end_ns
    result.last_ns = last_ns
    result.busy = [_union(sorted(spans)) for spans in work]
    for spans in result.staffed:
        spans.close(last_ns)
    for number, outcome in enumerate(result.outcomes):
        if outcome == WAITING:
            result.waits_ns[number] = last_ns - arrivals_ns[number]


def _union(ordered: list[tuple[int, int]]) -> Spans:
    """Join intervals that overlap or touch.

    >>> _union([(0, 5), (3, 4), (5, 7), (9, 9)])
    Spans(starts_ns=array('q', [0, 9]), ends_ns=array('q', [7, 9]))
    """
    spans = Spans()
    for start_ns, end_ns in ordered:
        if spans.ends_ns and start_ns <= spans.ends_ns[-1]:
            if end_ns > spans.ends_ns[-1]:
                spans.ends_ns[-1] = end_ns
        else:
            spans.starts_ns.append(start_ns)
            spans.ends_ns.append(end_ns)
    return spans
