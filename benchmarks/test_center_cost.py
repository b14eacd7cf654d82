"""What the wings of a centre cost their host, all together and each alone: several times its own work, and how much.

Every wing that there is goes along: supervision, recording (a tenth of the calls), signals, outcomes with a survey,
call-backs, continuity. Contacts with customers ring, are answered, get a disposition and are wrapped up; the loop that
asks the wings runs between batches of 64. The journal is in memory, and nothing is written to a database.
"""

from functools import partial
from itertools import islice

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from test_follower_cost import CENTRE, SETTINGS, work

from routing import LogIn
from routing.center.file import SECTIONS, Center, followers, loads_center, wings
from routing.center.running import Running
from routing.host import Host, Request

COMMANDS = 80_000 if FULL else 3_200
AT_ONCE = 64
FILE = """
[[supervision.people]]
name = "sue"
roles = ["supervisor"]
queues = ["*"]

[[recording.rules]]
id = "some"
share = 0.1
consent = "none"

[[signals.rules]]
id = "angry"
when = "anger > 80"
priority = 50

[[signals.terms]]
name = "anger"
signal = "anger"

[[outcomes.codes]]
code = "sold"
resolved = "resolved"

[[outcomes.surveys]]
id = "after"

[[outcomes.surveys.questions]]
id = "satisfied"

[[outcomes.rules]]
survey = "after"
share = 0.1

[callbacks]

[[continuity.returning]]
within = "5m"
"""


def only(section: str) -> Center:
    whole = loads_center(FILE, "toml")
    return Center(**{section: getattr(whole, section)})


@pytest.mark.benchmark(group="centre")
def test_a_host_with_wings(benchmark: BenchmarkFixture) -> None:
    requests = [Request(command) for command in islice(work(), COMMANDS)]
    batches = [requests[start : start + AT_ONCE] for start in range(0, len(requests), AT_ONCE)]
    proposed: list[int] = []

    def with_wings(center: Center) -> Timed:
        host = Host(CENTRE, settings=SETTINGS, followers=followers(center))
        running = Running(host, wings(center), threads=False)
        for agent in CENTRE.agents:
            host.apply(LogIn(agent.id))

        def run() -> None:
            for batch in batches:
                host.apply_many(batch)
                running.step()
            proposed.append(sum(one.proposed for one in running.figures().values()))

        return run

    side_by_side(
        benchmark,
        "commands of a host with all wings",
        COMMANDS,
        "commands",
        lambda: with_wings(loads_center(FILE, "toml")),
        {
            **{f"with {name} alone": partial(with_wings, only(name)) for name in SECTIONS},
            "without wings": lambda: with_wings(Center()),
        },
    )
    assert max(proposed) > 0
