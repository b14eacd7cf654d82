"""Derives ``examples/bank.toml`` from the bank's own call logs: who can serve what, and how fast agents turn
to the next call.

    python docs/bank_rules.py january_1999.txt.gz october_1999.txt.gz > examples/bank.toml

What the bank says of itself (priorities, types) stands in ``HEAD``. Inferred from the log:

- **Skills.** An agent can serve a type when it made up, among the calls they answered, at least a quarter of
  what it makes up among all answered calls, and ``CALLS_MIN`` calls or more. Less is taken for exceptions.
- **Wrap-up.** The mean time from the end of a service to the agent's next one while a caller whom they could
  serve was waiting all the while. Times over a minute are breaks, and left out.

The same months that a simulation is compared with later are used here; ``docs/bank.md`` says what that means.
"""

import sys
from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from zoneinfo import ZoneInfo

from routing.simulation.calls import SERVED, CallLog
from routing.simulation.reading import read_calls
from routing.units import SECOND

TYPES = ("PS", "PE", "NW", "NE", "IN", "TT")
CALLS_MIN = 5
SHARE_MIN = 0.25
BREAK_NS = 60 * SECOND
TURN_NS = 2 * SECOND  # services begin up to two seconds before the log ends the wait

HEAD = """\
# A bank's call centre in 1999, after its own call logs: 'Anonymous Bank', I. Guedj and A. Mandelbaum, Technion, 2000.
# Written by docs/bank_rules.py; docs/bank.md holds it against what happened.
#
#     huntgroup simulate examples/bank.toml --calls january_1999.txt.gz --staffing log
#
# PS: regular; PE: regular, in English; NW: new customers; NE: stock trading; IN: internet support; TT: customers who
# had left a message and are called back. All wait in one order, by age; customers of priority 2 are given 90 seconds
# of age, those of priority 0 (unknown) and 1 none.

name = "Anonymous Bank"
timezone = "Asia/Jerusalem"
skills = ["PS", "PE", "NW", "NE", "IN", "TT"]
"""


def main(paths: list[str]) -> None:
    """Read the logs and print the configuration."""
    logs = [read_calls(path, zone=ZoneInfo("Asia/Jerusalem")) for path in paths]
    skills = infer_skills(logs)
    turns_s = infer_wrap_up_s(logs, skills)
    print(HEAD)
    for kind in TYPES:
        print(f'[[queues]]\nid = "{kind}"\nrequirement = "{kind}"\npriority_credits = ["0s", "0s", "90s"]')
        print(f'wrap_up = "{turns_s}s"\nservice_level = "20s"\n')
    blocks = []
    for agent, kinds in sorted(skills.items()):
        group = "internet" if kinds == ["IN"] else "branch"
        listed = ", ".join(f"{kind} = 50" for kind in kinds)
        blocks.append(f'[[agents]]\nid = "{agent}"\ngroups = ["{group}"]\nskills = {{ {listed} }}')
    print("\n\n".join(blocks))


def infer_skills(logs: list[CallLog]) -> dict[str, list[str]]:
    """Find the types that each agent can serve."""
    served: dict[str, Counter[str]] = {}
    for log in logs:
        for call in log.calls:
            if call.outcome == SERVED and call.agent:
                served.setdefault(call.agent, Counter())[call.queue] += 1
    everybody = sum(served.values(), Counter())
    skills = {}
    for agent, counts in served.items():
        usual = counts.total() / everybody.total()
        often = [
            kind for kind in TYPES if counts[kind] >= max(CALLS_MIN, SHARE_MIN * usual * everybody[kind])
        ]
        skills[agent] = often or [kind for kind in TYPES if counts[kind]]
    return skills


def infer_wrap_up_s(logs: list[CallLog], skills: dict[str, list[str]]) -> int:
    """Measure how long agents take from one call to the next while somebody waits, in whole seconds."""
    turns_ns: list[int] = []
    for log in logs:
        waiting: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
        services: dict[str, list[tuple[int, int]]] = {}
        for agent, start_ns, end_ns in log.services:
            services.setdefault(agent, []).append((start_ns, end_ns))
        for agent, spans in services.items():
            kinds = tuple(skills[agent])
            if kinds not in waiting:
                waiting[kinds] = somebody_waits(log, kinds)
            starts_ns, ends_ns = waiting[kinds]
            spans.sort()
            for (_, end_ns), (next_ns, _) in pairwise(spans):
                place = bisect_right(starts_ns, end_ns) - 1
                if 0 <= next_ns - end_ns <= BREAK_NS and place >= 0 and ends_ns[place] >= next_ns - TURN_NS:
                    turns_ns.append(next_ns - end_ns)
    return round(sum(turns_ns) / len(turns_ns) / SECOND)


def somebody_waits(log: CallLog, kinds: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """Return when at least one caller of these types waited, as starts and ends."""
    starts_ns: list[int] = []
    ends_ns: list[int] = []
    for call in log.calls:
        if call.queue in kinds and call.wait_ns:
            end_ns = call.arrival_ns + call.wait_ns
            if ends_ns and call.arrival_ns <= ends_ns[-1]:
                ends_ns[-1] = max(ends_ns[-1], end_ns)
            else:
                starts_ns.append(call.arrival_ns)
                ends_ns.append(end_ns)
    return starts_ns, ends_ns


if __name__ == "__main__":
    main(sys.argv[1:])
