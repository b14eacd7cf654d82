"""Claim: supervision costs a busy host little for what it does not log, and hosts without it nothing.

Calls from beginning to end, given by a telephone system: routine that the audit log leaves out. Beside it the same
given by an administrator, each of which is logged with how things stood before and after. The journal is in memory.
"""

from itertools import islice

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from test_follower_cost import AGENTS, CENTRE, SETTINGS, work

from routing import LogIn
from routing.center.supervision import FOLLOWER, Person, Supervision, followers
from routing.host import Host, Request

COMMANDS = 100_000 if FULL else 3_200
SUPERVISED = Supervision((Person("boss", ("administrator",)), Person("pbx", ("front_end",))))


def staffed(*, supervised: bool) -> Host:
    host = Host(CENTRE, settings=SETTINGS, followers=followers(SUPERVISED) if supervised else {})
    for i in range(AGENTS):
        host.apply(LogIn(f"agent-{i}"))
    return host


@pytest.mark.benchmark(group="supervision")
def test_a_host_that_is_supervised(benchmark: BenchmarkFixture) -> None:
    commands = list(islice(work(), COMMANDS))
    hosts: list[tuple[str, Host]] = []

    def run_with(actor: str, *, supervised: bool) -> Timed:
        requests = [Request(command, "", actor) for command in commands]
        batches = [requests[start : start + 64] for start in range(0, len(requests), 64)]
        host = staffed(supervised=supervised)
        hosts.append((actor, host))

        def run() -> None:
            for batch in batches:
                host.apply_many(batch)

        return run

    side_by_side(
        benchmark,
        "routine commands of a supervised host",
        COMMANDS,
        "commands",
        lambda: run_with("pbx", supervised=True),
        {
            "every one of them logged": lambda: run_with("boss", supervised=True),
            "without supervision": lambda: run_with("pbx", supervised=False),
        },
    )
    for actor, host in hosts:
        if host.has(FOLLOWER):
            pending = host.look(FOLLOWER, lambda one: one.pending)
            assert pending == (COMMANDS if actor == "boss" else 0)
