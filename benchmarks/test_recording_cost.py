"""Claim: that every contact is recorded costs a host less than 0.1 ms of its processor a contact.

Contacts that ring, are answered and handled, all of them recorded: each is told to start, which is one command more in
five, and leaves a row. In batches of 64; the journal is in memory, so that nothing hides behind a disk. The figure is
four commands by the engine's rate less four by that without, in seconds.
"""

from itertools import islice

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from test_follower_cost import AGENTS, CENTRE, SETTINGS, work

from routing import LogIn
from routing.center.recording import FOLLOWER, RecordingSettings, RecordingWing, Rule, recording
from routing.host import Host, Request

COMMANDS = 200_000 if FULL else 6_400
POLICY = RecordingSettings((Rule("all", consent="none"),), most=1_000_000)


@pytest.mark.benchmark(group="recording")
def test_a_host_that_has_contacts_recorded(benchmark: BenchmarkFixture) -> None:
    requests = [Request(command) for command in islice(work(), COMMANDS)]
    batches = [  # of each 64 calls: all ring, then all are answered, then all are over
        requests[start + step : start + 4 * 64 : 4]
        for start in range(0, len(requests), 4 * 64)
        for step in range(4)
    ]
    hosts: list[Host] = []

    def run_with(policy: RecordingSettings | None) -> Timed:
        host = Host(CENTRE, settings=SETTINGS, followers={FOLLOWER: recording(policy)} if policy else {})
        for i in range(AGENTS):
            host.apply(LogIn(f"agent-{i}"))
        hosts.append(host)

        def run() -> None:
            for batch in batches:
                host.apply_many(batch)
                if policy is not None:
                    due = host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns))
                    if due.proposals:
                        host.apply_many([Request(one.command, one.request_id) for one in due.proposals])

        return run

    side_by_side(
        benchmark,
        "commands of a host that has every contact recorded",
        COMMANDS,
        "commands",
        lambda: run_with(POLICY),
        {
            "with a policy that fits nothing": lambda: run_with(RecordingSettings()),
            "without": lambda: run_with(None),
        },
    )
    for host in hosts:
        if host.has(FOLLOWER):
            assert not host.look(FOLLOWER, RecordingWing.live)
