"""Claim: a host that counts everything, records included, does its commands nearly as fast as one that counts nothing.

Contacts that ring, are answered and handled, and agents who wrap up: what costs statistics most. In batches of 64, and
one by one; the journal is in memory, so that nothing hides behind a disk.
"""

from collections.abc import Iterator
from itertools import islice

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing import AcceptOffer, Agent, CompleteContact, Config, EnqueueContact, LogIn, Queue
from routing.commands import Command, EndWrapUp
from routing.host import Host, Request, Settings
from routing.host.counting import FOLLOWER, Counted, counting
from routing.model import UNLIMITED

AGENTS = 1_000
COMMANDS = 200_000 if FULL else 6_400
SETTINGS = Settings(snapshot_every=100_000_000, threads=False)
CENTRE = Config(
    agents=tuple(Agent(f"agent-{i}", groups=(f"team-{i % 10}",)) for i in range(AGENTS)),
    queues=tuple(Queue(f"queue-{i}", groups=(f"team-{i}",), wrap_up_ns=UNLIMITED) for i in range(10)),
)


def work() -> Iterator[Command]:
    """Calls from beginning to end, four commands each, by the agent of its queue who has been idle longest."""
    call = 0
    while True:
        team, turn = call % 10, call // 10 % (AGENTS // 10)
        contact, agent = f"call-{call}", f"agent-{turn * 10 + team}"
        yield EnqueueContact(contact, (f"queue-{team}",), customer=f"customer-{call}")
        yield AcceptOffer(contact, agent)
        yield CompleteContact(contact)
        yield EndWrapUp(agent, contact)
        call += 1


def staffed(counted: Counted | None) -> Host:
    followers = {} if counted is None else {FOLLOWER: counting(counted)}
    host = Host(CENTRE, settings=SETTINGS, followers=followers)
    for i in range(AGENTS):
        host.apply(LogIn(f"agent-{i}"))
    return host


@pytest.mark.benchmark(group="counting")
@pytest.mark.parametrize("at_once", [64, 1])
def test_a_host_that_counts(benchmark: BenchmarkFixture, at_once: int) -> None:
    commands = list(islice(work(), COMMANDS))
    requests = [Request(command) for command in commands]
    batches = [requests[start : start + at_once] for start in range(0, len(requests), at_once)]
    hosts: list[Host] = []

    def run_with(counted: Counted | None) -> Timed:
        hosts.append(host := staffed(counted))

        def run() -> None:
            for batch in batches:
                host.apply_many(batch)

        return run

    side_by_side(
        benchmark,
        f"commands of a host that counts, {at_once} at once",
        COMMANDS,
        "commands",
        lambda: run_with(Counted(records=True, keep=True)),
        {
            "counting, without records": lambda: run_with(Counted()),
            "without counting": lambda: run_with(None),
        },
    )
    answered = COMMANDS // 4
    for host in hosts:
        if host.has(FOLLOWER):
            total = host.look(FOLLOWER, lambda counting: counting.statistics.total())
            assert total.answered == total.contacts_handled == total.wrap_ups == answered
