"""Statistics of a whole server: over gRPC, HTTP and the command line, for Prometheus, and in a database.

Owns the way from settings to what is shown; must not test figures (``test_counting`` does).
"""

import asyncio
import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from wired import PATIENT

from grpc_api.client import AsyncClient, Client, Target
from grpc_api.guard import read_settings as read_guard
from grpc_api.guard.tokens import hash_token, new_token
from grpc_api.running import Running
from grpc_api.settings import ServerSettings, read_settings
from grpc_api.status import Fault
from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EnqueueContact,
    LogIn,
    Queue,
)
from routing.cli import main
from routing.clock import pause_ns
from routing.commands import AbandonContact, SetNotReady
from routing.config import dumps
from routing.errors import ConfigError, UnavailableError
from routing.model import Channel
from routing.units import SECOND

pytestmark = pytest.mark.once

WAIT_S = 60  # how long a test waits for what must come

CENTRE = Config(
    name="bank",
    agents=(Agent("ann", groups=("day",)), Agent("ben", groups=("day",)), Agent("cat", groups=("night",))),
    queues=(Queue("sales"), Queue("service", groups=("day",)), Queue("vip", groups=("night",))),
    channels=(Channel("voice"), Channel("chat")),
)


def settings_in(folder: Path, more: str = "") -> ServerSettings:
    file = folder / "bank.toml"
    file.write_text(dumps(CENTRE, "toml"), encoding="utf-8")
    data = folder / "data"
    return read_settings(
        f'listen = "127.0.0.1:0"\ndata = "{data}"\ndurability = "none"\n'
        f'domains.bank.config = "{file}"\nhttp.listen = "127.0.0.1:0"\nmetrics.listen = "127.0.0.1:0"\n'
        f"guard.insecure = true\n{more}"
    )


def work(client: Client) -> None:
    """Ann talks, ben is at lunch, one waits, one has gone, one is handled."""
    for command in (
        LogIn("ann"),
        EnqueueContact("c0", ("sales",)),
        AcceptOffer("c0", "ann"),
        CompleteContact("c0"),
        LogIn("ben"),
        SetNotReady("ben", "lunch"),
        EnqueueContact("c1", ("sales",)),
        AcceptOffer("c1", "ann"),
        EnqueueContact("c2", ("service",)),
        EnqueueContact("c3", ("service",), channel="chat"),
        AbandonContact("c3"),
    ):
        client.apply(command)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    settings = settings_in(tmp_path_factory.mktemp("statistics"), "statistics.queues = 2")
    with Running(settings) as server, Client(Target(server.addresses["grpc"]), "bank", PATIENT) as client:
        work(client)
        yield server


@pytest.fixture
def client(running: Running) -> Iterator[Client]:
    with Client(Target(running.addresses["grpc"]), "bank", PATIENT) as found:
        yield found


def test_the_centre_is_told_beside_what_was_told_before(client: Client) -> None:
    found = client.statistics()
    assert (len(found.queues), found.contacts["handling"], found.agents["logged_in"]) == (3, 1, 2)
    assert found.centre is not None
    assert (found.centre.contacts, found.centre.waiting, found.centre.total.entered) == (2, 1, 4)
    assert found.centre.agents.not_ready_by == {"lunch": 1}
    assert found.centre.metrics.visits.abandoned == 1


def test_queues_are_listed_or_named(client: Client) -> None:
    listed = list(client.queue_statistics(page_size=2))
    assert [one.queue for one in listed] == ["sales", "service", "vip"]
    sales, service, vip = listed
    assert (sales.total.answered, sales.in_hand, sales.metrics.visits.service_level.of_offered) == (2, 1, 1.0)
    assert sales.metrics.answered_waits is not None
    assert (service.waiting, service.total.abandoned, service.recent[-1].service_level) == (1, 1, 0.0)
    assert service.agents is not None
    assert (service.agents.talking, service.agents.not_ready, service.agents.occupancy) == (1, 1, 1.0)
    assert vip.recent[0].service_level is None
    assert vip.interval == vip.total == vip.last
    (named,) = client.queue_statistics(["vip"])
    assert replace(named, at_ns=0) == replace(vip, at_ns=0)
    parts = list(client.queue_statistics(["service"], by_channel=True))
    assert [(one.channel, one.total.entered) for one in parts] == [("", 2), ("voice", 1), ("chat", 1)]


def test_agents_and_groups(client: Client) -> None:
    ann, ben, cat = client.agent_statistics(page_size=1)
    assert (ann.state, ann.in_hand, ann.total.segments) == ("talking", 1, 1)
    assert (ben.state, ben.reason, cat.state) == ("not_ready", "lunch", "logged_out")
    assert ann.since_ns <= ann.at_ns
    assert [one.agent for one in client.agent_statistics(["ben"])] == ["ben"]
    (day,) = client.group_statistics(["day"])
    assert (day.agents.staffed, day.agents.talking) == (2, 1)


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda client: list(client.queue_statistics(["nobody"])), "UNKNOWN_QUEUE"),
        (lambda client: list(client.agent_statistics(["nobody"])), "UNKNOWN_AGENT"),
        (lambda client: client.group_statistics(["nobody"]), "UNKNOWN_GROUP"),
        (lambda client: list(client.queue_statistics(["sales"] * 2000)), "TOO_MANY_NAMES"),
    ],
)
def test_what_is_not_there_is_said(client: Client, ask: Any, reason: str) -> None:
    with pytest.raises(Fault) as caught:
        ask(client)
    assert caught.value.reason == reason


def test_tasks_can_ask_as_well(running: Running) -> None:
    async def ask() -> list[Any]:
        async with AsyncClient(Target(running.addresses["grpc"]), "bank", PATIENT) as client:
            queues = [one.queue async for one in client.queue_statistics()]
            agents = [one.agent async for one in client.agent_statistics()]
            groups = [one.group for one in await client.group_statistics(["day"])]
            centre = (await client.statistics()).centre
            return [queues, agents, groups, centre is not None]

    found = asyncio.run(ask())
    assert found == [["sales", "service", "vip"], ["ann", "ben", "cat"], ["day"], True]


def test_over_http(running: Running) -> None:
    with httpx.Client(
        base_url=f"http://{running.addresses['http']}/v1/bank/statistics", timeout=WAIT_S
    ) as http:
        centre = http.get("").json()["centre"]
        assert (centre["contacts"], centre["total"]["entered"]) == (2, 4)
        page = http.get("/queues", params={"limit": 2}).json()
        assert [one["queue"] for one in page["queues"]] == ["sales", "service"]
        rest = http.get("/queues", params={"limit": 2, "after": page["next"]}).json()
        assert [one["queue"] for one in rest["queues"]] == ["vip"]
        named = http.get("/queues", params={"queue": ["vip", "sales"]}).json()
        assert [one["queue"] for one in named["queues"]] == ["vip", "sales"]
        agents = http.get("/agents", params={"agent": "ben"}).json()["agents"]
        assert [(one["agent"], one["state"]) for one in agents] == [("ben", "not_ready")]
        assert len(http.get("/agents").json()["agents"]) == 3
        missing = http.get("/queues", params={"queue": "nobody"})
        assert missing.status_code == 404


def samples(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_for_prometheus(running: Running) -> None:
    text = httpx.get(f"http://{running.addresses['metrics']}/metrics", timeout=WAIT_S).text
    found = samples(text)
    voice = "channel=voice,domain=bank,queue=service"
    chat = "channel=chat,domain=bank,queue=service"
    assert found[f"huntgroup_queue_entered_total{{{voice}}}"] == 1
    assert found[f"huntgroup_queue_waiting{{{voice}}}"] == 1
    assert found[f"huntgroup_queue_longest_wait_seconds{{{voice}}}"] > 0
    assert found[f"huntgroup_queue_abandoned_total{{{chat}}}"] == 1
    assert found["huntgroup_queue_service_level{domain=bank,queue=sales}"] == 1
    assert found["huntgroup_queue_service_level{domain=bank,queue=service}"] == 0
    assert found["huntgroup_queue_agents{domain=bank,queue=service,state=talking}"] == 1
    assert found["huntgroup_queue_wait_seconds_count{domain=bank,queue=sales}"] == 2
    assert found["huntgroup_queue_wait_seconds_bucket{domain=bank,le=60.0,queue=sales}"] == 2
    assert found["huntgroup_centre_offered_total{domain=bank}"] == 3
    assert found["huntgroup_centre_answered_in_time_total{domain=bank}"] == 2
    assert found["huntgroup_centre_agents{domain=bank,state=not_ready}"] == 1
    assert found["huntgroup_centre_contacts{domain=bank,state=waiting}"] == 1
    assert found["huntgroup_statistics_queues_left_out{domain=bank}"] == 1
    assert not any("queue=vip" in name for name in found)
    assert not any("channel=chat" in name and "queue=sales" in name for name in found)


def test_every_metric_is_in_the_documentation(running: Running) -> None:
    page = (Path(__file__).resolve().parent.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    text = httpx.get(f"http://{running.addresses['metrics']}/metrics", timeout=WAIT_S).text
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    names -= {name for name in names if name.endswith("_created")}
    told = {name.removesuffix("_total") for name in names}
    assert [name for name in sorted(told) if name not in page] == []


def shown(running: Running, *words: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["show", *words, "--server", running.addresses["grpc"]]) == 0
    return out.getvalue()


def test_on_the_command_line(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    queues = shown(running, "queues")
    assert "longest" in queues
    assert "100.0 %" in queues
    agents = shown(running, "agents")
    assert "talking" in agents
    assert "occupancy" in agents
    statistics = shown(running, "statistics")
    assert "ASA" in statistics
    one = json.loads(shown(running, "statistics", "--queue", "vip", "--json"))
    assert [row["queue"] for row in one] == ["vip"]


# -------------------------------------------------------------------------------------------------- may they


def test_who_may_see_only_some_queues_has_to_name_them(tmp_path: Path) -> None:
    token = new_token()
    guard = read_guard(
        {
            "insecure": True,
            "tokens": [
                {
                    "name": "sales-board",
                    "hash": hash_token(token),
                    "roles": ["read_only"],
                    "domains": ["bank"],
                    "queues": ["sales", "service"],
                }
            ],
        }
    )
    settings = replace(settings_in(tmp_path), guard=guard)
    with (
        Running(settings) as server,
        Client(Target(server.addresses["grpc"], token=token), "bank", PATIENT) as client,
    ):
        (sales,) = client.queue_statistics(["sales"])
        assert sales.queue == "sales"
        for ask in (
            client.statistics,
            lambda: list(client.queue_statistics()),
            lambda: list(client.queue_statistics(["sales", "vip"])),
            lambda: list(client.agent_statistics()),
            lambda: list(client.agent_statistics(["cat"])),
            lambda: client.group_statistics(["day"]),
        ):
            with pytest.raises(Fault) as caught:
                ask()
            assert caught.value.code.name == "PERMISSION_DENIED"
        http = httpx.get(
            f"http://{server.addresses['http']}/v1/bank/statistics/queues",
            params={"queue": "vip"},
            headers={"authorization": f"Bearer {token}"},
            timeout=WAIT_S,
        )
        assert http.status_code == 403


# ---------------------------------------------------------------------------------------------------- settings


def test_nothing_may_be_counted(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "statistics.enabled = false")
    with Running(settings) as server, Client(Target(server.addresses["grpc"]), "bank", PATIENT) as client:
        assert client.statistics().centre is None
        with pytest.raises(Fault) as caught:
            list(client.queue_statistics())
        assert caught.value.reason == "NO_STATISTICS"
        assert "longest" not in shown(server, "queues")
        metrics = httpx.get(f"http://{server.addresses['metrics']}/metrics", timeout=WAIT_S).text
        assert not [line for line in metrics.splitlines() if line.startswith("huntgroup_centre")]
        http = httpx.get(f"http://{server.addresses['http']}/v1/bank/statistics", timeout=WAIT_S)
        assert (http.status_code, http.json()["reason"]) == (404, "no_statistics")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('interval = "7m"', "statistics.interval: 7m does not divide a day"),
        ('every = "0s"', "statistics.every: is 0"),
        ("records = true", "statistics.records: is set without a database"),
        ('enabled = false\ndatabase = "x.db"', "statistics.database: is named, and nothing is counted"),
    ],
)
def test_settings_that_make_no_sense(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read_settings(f"[statistics]\n{text}")


def test_a_database_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    settings = settings_in(tmp_path, 'statistics.database = "mysql://db/centre"')
    with pytest.raises(ConfigError, match=r"statistics\.database: 'mysql' is no database"):
        Running(settings)


def test_a_database_that_is_away_keeps_nobody_from_routing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("psycopg")
    settings = settings_in(tmp_path, 'statistics.database = "postgresql://nobody@127.0.0.1:1/centre"')
    with Running(settings) as server, Client(Target(server.addresses["grpc"]), "bank", PATIENT) as client:
        work(client)
        assert client.statistics().agents["logged_in"]
    assert "what is over is kept for later, since its database is away" in caplog.text
    settings = settings_in(tmp_path, 'statistics.database = "nothing/history.db"')
    with pytest.raises(UnavailableError, match="there is no folder"):
        Running(settings)


def test_a_database_without_its_packages_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named 'sqlalchemy' for {name}", name="sqlalchemy")

    monkeypatch.setattr("grpc_api.keeping.import_module", missing)
    settings = settings_in(tmp_path, 'statistics.database = "history.db"')
    with pytest.raises(ConfigError, match=r"needs 'sqlalchemy'.*huntgroup\[history\]"):
        Running(settings)


def test_what_is_over_is_in_the_database(tmp_path: Path) -> None:
    history = pytest.importorskip("routing.history")
    database = tmp_path / "history.db"
    settings = settings_in(
        tmp_path, f'[statistics]\ndatabase = "{database}"\nevery = "20ms"\ninterval = "100ms"'
    )
    for _ in range(2):  # the second time it goes on
        with Running(settings) as server, Client(Target(server.addresses["grpc"]), "bank", PATIENT) as client:
            if not client.statistics().agents["logged_in"]:
                work(client)
            pause_ns(SECOND // 4)
    with history.History(database, "bank") as past:
        (row,) = past.queue_sums(0, 2**61, by=(), queues=("service",))
        assert (row[1].entered, row[1].abandoned) == (2, 1)
        assert {one.contact for one in past.contacts(0, 2**61)} == {"c0", "c3"}


def test_estimates_are_published(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, '[estimates]\nenabled = true\nevery = "100ms"\ntolerance = "0s"')
    with Running(settings) as server, Client(Target(server.addresses["grpc"]), "bank", PATIENT) as client:
        work(client)
        for _ in range(20 * WAIT_S):
            if client.get_queue("sales").estimate_ns >= 0:
                break
            pause_ns(SECOND // 20)
        assert client.get_queue("sales").estimate_ns >= 0
