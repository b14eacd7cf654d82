"""Claim: completing contacts before they are journaled costs a host microseconds a command, and others nothing.

Contacts that ring, are answered and handled, and agents who wrap up; one in ten customers dropped before and goes on
with the same conversation. In batches of 64, and one by one; the journal is in memory, so that nothing hides behind a
disk.
"""

from collections.abc import Iterator
from itertools import islice

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing import AbandonContact, AcceptOffer, Agent, CompleteContact, Config, EnqueueContact, LogIn, Queue
from routing.center.continuity import FOLLOWER, Continuity, Returning, continuing
from routing.commands import Command, EndWrapUp
from routing.host import Host, Request, Settings
from routing.model import UNLIMITED

AGENTS = 1_000
COMMANDS = 200_000 if FULL else 6_400
SETTINGS = Settings(snapshot_every=100_000_000, threads=False)
CENTRE = Config(
    agents=tuple(Agent(f"agent-{i}", groups=(f"team-{i % 10}",)) for i in range(AGENTS)),
    queues=tuple(Queue(f"queue-{i}", groups=(f"team-{i}",), wrap_up_ns=UNLIMITED) for i in range(10)),
)
RULES = Continuity(returning=(Returning(),))


def work() -> Iterator[Command]:
    """Calls from beginning to end, by the agent of their queue who has been idle longest; some drop first."""
    call = 0
    while True:
        team, turn = call % 10, call // 10 % (AGENTS // 10)
        contact, agent = f"call-{call}", f"agent-{turn * 10 + team}"
        if call % 10 == turn % 10:
            yield EnqueueContact(f"dropped-{call}", (f"queue-{team}",), customer=f"customer-{call}")
            yield AbandonContact(f"dropped-{call}")
        yield EnqueueContact(contact, (f"queue-{team}",), customer=f"customer-{call}")
        yield AcceptOffer(contact, agent)
        yield CompleteContact(contact)
        yield EndWrapUp(agent, contact)
        call += 1


def staffed(completes: bool) -> Host:
    followers = {FOLLOWER: continuing(RULES)} if completes else {}
    host = Host(CENTRE, settings=SETTINGS, followers=followers)
    for i in range(AGENTS):
        host.apply(LogIn(f"agent-{i}"))
    return host


@pytest.mark.benchmark(group="entering")
@pytest.mark.parametrize("at_once", [64, 1])
def test_a_host_that_completes_contacts(benchmark: BenchmarkFixture, at_once: int) -> None:
    requests = [Request(command) for command in islice(work(), COMMANDS)]
    batches = [requests[start : start + at_once] for start in range(0, len(requests), at_once)]
    hosts: list[Host] = []

    def run_with(completes: bool) -> Timed:
        hosts.append(host := staffed(completes))

        def run() -> None:
            for batch in batches:
                host.apply_many(batch)

        return run

    side_by_side(
        benchmark,
        f"commands of a host that completes contacts, {at_once} at once",
        COMMANDS,
        "commands",
        lambda: run_with(True),
        {"without": lambda: run_with(False)},
    )
    completed = sum(
        "continuity.conversation" in (made.attributes or {})
        for host in hosts
        if host.has(FOLLOWER)
        for made in host.read(lambda engine: [engine.brought(f"call-{call}") for call in range(200)])
        if made is not None
    )
    assert completed
