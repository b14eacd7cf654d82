"""The server and its clients, over real connections.

Owns unary RPCs, their limits and errors; must not test streams (``test_grpc_streams``) nor conversion.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from wired import CENTRE, DOMAIN, ONCE, PATIENT, address, connected, hosted, raw

from grpc_api import facade as f
from grpc_api.client import AsyncClient, Client, Patience, Target
from grpc_api.client.asking import ENGINE
from grpc_api.client.retrying import raised
from grpc_api.domains import Domains, Hosted
from grpc_api.guard import Guard, GuardSettings
from grpc_api.guard.settings import Token, Wire
from grpc_api.guard.tokens import hash_token, new_token
from grpc_api.limits import WireLimits
from grpc_api.server import Server
from grpc_api.service import ENGINE as SERVICE
from grpc_api.status import Fault, fault_from
from grpc_api.v1 import engine_pb2
from routing import Agent, Config, Queue
from routing.commands import AcceptOffer, EnqueueContact, LogIn, LogOut, PutAgent, SetReady
from routing.errors import (
    ClosedError,
    ConfigError,
    JournalFullError,
    OverloadedError,
    UnavailableError,
    UsageError,
)
from routing.events import AgentLoggedIn, CommandRefused, ContactOffered, Reason
from routing.host import Host, Request, Settings
from routing.journal import Batch, MemoryJournal
from routing.units import SECOND

APPLY = f"{ENGINE}Apply"


def fault(error: pytest.ExceptionInfo[grpc.RpcError]) -> Fault:
    return fault_from(error.value)


@contextmanager
def held(host: Host) -> Iterator[None]:
    """Keep a host from doing anything."""
    begun, go = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        begun.set()
        go.wait(60)

    holder = threading.Thread(target=host.read, args=(hold,))
    holder.start()
    begun.wait(60)
    try:
        yield
    finally:
        go.set()
        holder.join()


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)


# --- Commands


def test_the_only_domain_need_not_be_named_by_whoever_is_limited_to_it() -> None:
    seen = []
    secrets = {domain: new_token() for domain in (DOMAIN, "other")}
    tokens = tuple(
        Token(name=domain, hash=hash_token(secret), roles=("read_only",), domains=(domain,))
        for domain, secret in secrets.items()
    )
    guard = Guard(GuardSettings(insecure=True, tokens=tokens))
    with Host(CENTRE) as host:
        domains = Domains(Hosted(DOMAIN, host))
        with Server(domains, "127.0.0.1:0", guard, observers=(lambda call, *_: seen.append(call),)) as server:
            with Client(Target(address(server), secrets[DOMAIN]), "", PATIENT) as client:
                assert client.status().domains == (DOMAIN,)
            for token, reason in ((secrets["other"], "FOREIGN_DOMAIN"), ("hgt_x", "BAD_CREDENTIALS")):
                with (
                    Client(Target(address(server), token), "", PATIENT) as client,
                    pytest.raises(Fault) as caught,
                ):
                    client.status()
                assert caught.value.reason == reason
    assert [(call.identity.name, call.domain) for call in seen] == [
        (DOMAIN, DOMAIN),
        ("other", DOMAIN),
        ("nobody", ""),
    ]


def test_commands_have_an_outcome_each() -> None:
    with connected() as (host, _, client):
        done, refused, enqueued = client.apply_many(
            [LogIn("ann"), LogIn("eve"), EnqueueContact("c", ("sales",))]
        )
        assert isinstance(done.events[0], AgentLoggedIn)
        assert isinstance(refused.events[0], CommandRefused)
        assert (refused.events[0].reason, refused.events[0].subject) == (Reason.UNKNOWN_AGENT, "eve")
        assert isinstance(enqueued.events[-1], ContactOffered)
        assert enqueued.revision == host.revision
        assert [one.events[0].at_ns for one in (done, refused, enqueued)] == [
            one.at_ns for one in (done, refused, enqueued)
        ]


def test_a_repeated_request_does_nothing() -> None:
    with connected() as (host, _, client):
        first = client.apply(LogIn("ann"), request_id="r")
        revision = host.revision
        again = client.apply(LogIn("ann"), request_id="r")
        assert (again.repeated, again.events) == (True, first.events)
        assert host.revision == revision


def test_misuse_does_nothing_of_its_request() -> None:
    with connected() as (host, _, client):
        with pytest.raises(UsageError, match="cannot be sent"):
            client.apply_many([LogIn("ann"), EnqueueContact("c", ("sales",), due_ns=2**63)])
        with pytest.raises(UsageError, match="load"):
            client.apply_many([LogIn("ann"), PutAgent(Agent("eve", load=-1))])
        assert host.revision == 0


def test_commands_of_many_clients_are_all_done() -> None:
    with connected() as (host, server, _):

        def work(name: str) -> None:
            with Client(address(server), DOMAIN, PATIENT) as mine:
                for number in range(20):
                    mine.apply(EnqueueContact(f"{name}-{number}", ("sales",)))

        threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert host.read(lambda engine: len(engine.contacts)) == 80


def test_too_many_commands_at_once_are_refused() -> None:
    with connected(limits=WireLimits(commands=2)) as (_, _, client):
        with pytest.raises(Fault, match="BATCH_TOO_LARGE") as error:
            client.apply_many([SetReady("ann")] * 3)
        assert error.value.metadata == {"limit": "2"}


# --- Retries


class Flaky(MemoryJournal):
    """A journal without room for a while."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def append(self, batch: Batch) -> None:
        if self.failures:
            self.failures -= 1
            raise JournalFullError("no room; make some")
        super().append(batch)


def test_what_fails_for_now_is_tried_again() -> None:
    with connected(journal=Flaky(2)) as (_, _, client):
        assert isinstance(client.apply(LogIn("ann")).events[0], AgentLoggedIn)


def test_patience_ends() -> None:
    with hosted(journal=Flaky(1000)) as (_, server):
        with (
            Client(address(server), DOMAIN, Patience(60 * SECOND, attempts=2)) as client,
            pytest.raises(JournalFullError),
        ):
            client.apply(LogIn("ann"))
        with (
            Client("127.0.0.1:1", DOMAIN, ONCE) as client,
            pytest.raises(UnavailableError, match="cannot be reached"),
        ):
            client.status()


def test_a_retry_over_a_restart_is_done_once() -> None:
    """The first server does the command and dies before it has answered; the next one knows the request."""
    journal = MemoryJournal()
    with hosted(journal=journal) as (host, _):
        first = host.apply_many([Request(LogIn("ann"), "r")])[0]
    with connected(config=None, journal=journal) as (_, _, client):
        again = client.apply(LogIn("ann"), request_id="r")
        assert (again.repeated, again.events) == (True, first.events)


def test_an_overloaded_host_says_when_to_come_back() -> None:
    with (
        hosted(settings=Settings(inbox=1)) as (host, server),
        Client(address(server), DOMAIN, ONCE) as client,
    ):
        first = threading.Thread(target=client.apply, args=(LogIn("ann"),))
        with held(host):
            first.start()
            until(lambda: host.figures().waiting == 1)
            with pytest.raises(OverloadedError) as error:
                client.apply(LogIn("ben"))
            assert error.value.retry_after_ns > 0
        first.join(60)


# --- Requests that are none


def test_malformed_messages_are_refused() -> None:
    with hosted() as (host, server), raw(server) as channel:
        for data in (b"\xff", b"\x0a\x02\xff\xfe", b"\x12\xff\xff\xff\xff\x0f"):
            with pytest.raises(grpc.RpcError) as error:
                channel.unary_unary(APPLY)(data, timeout=60)
            assert (fault(error).code, fault(error).reason) == (
                grpc.StatusCode.INVALID_ARGUMENT,
                "MALFORMED",
            )
        assert host.revision == 0


def test_an_empty_item_is_misuse() -> None:
    with hosted() as (_, server), raw(server) as channel:
        request = engine_pb2.ApplyRequest(domain=DOMAIN, items=[{}])
        with pytest.raises(grpc.RpcError) as error:
            channel.unary_unary(APPLY)(request.SerializeToString(), timeout=60)
        assert fault(error).reason == "MISUSE"


def test_oversized_messages_are_refused() -> None:
    guard = Guard(GuardSettings(insecure=True, wire=Wire(max_message_bytes=1024)))
    with hosted(guard=guard) as (_, server), raw(server) as channel:
        with pytest.raises(grpc.RpcError) as error:
            channel.unary_unary(APPLY)(b"\x0a" * 2000, timeout=60)
        assert fault(error).code is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_unknown_domains_and_methods_are_refused() -> None:
    with hosted() as (_, server), raw(server) as channel:
        with pytest.raises(grpc.RpcError) as error:
            channel.unary_unary(APPLY)(engine_pb2.ApplyRequest(domain="x").SerializeToString(), timeout=60)
        assert (fault(error).code, fault(error).reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_DOMAIN")
        with pytest.raises(grpc.RpcError) as error:
            channel.unary_unary(f"{ENGINE}Nothing")(b"", timeout=60)
        assert fault(error).code is grpc.StatusCode.UNIMPLEMENTED


def test_whoever_is_nobody_does_not_come_in() -> None:
    token = Token("pbx", hash_token(new_token()), ("administrator",), ("*",))
    with (
        hosted(guard=Guard(GuardSettings(insecure=True, tokens=(token,)))) as (_, server),
        raw(server) as channel,
    ):
        for method in (APPLY, f"{ENGINE}GetStatus", f"{ENGINE}GetConfiguration"):
            with pytest.raises(grpc.RpcError) as error:
                channel.unary_unary(method)(b"\xff", timeout=60)
            assert (fault(error).code, fault(error).reason) == (
                grpc.StatusCode.UNAUTHENTICATED,
                "NO_CREDENTIALS",
            )
        with pytest.raises(grpc.RpcError) as error:
            list(channel.unary_stream(f"{ENGINE}Watch")(b"", timeout=60))
        assert fault(error).reason == "NO_CREDENTIALS"


def test_errors_of_ours_tell_nothing() -> None:
    class Broken(MemoryJournal):
        def append(self, batch: Batch) -> None:
            raise ZeroDivisionError(f"a secret: {batch.seq}")

    with hosted(journal=Broken()) as (_, server), raw(server) as channel:
        request = engine_pb2.ApplyRequest(domain=DOMAIN, items=[{"log_in": {"agent": "ann"}}])
        with pytest.raises(grpc.RpcError) as error:
            channel.unary_unary(APPLY)(request.SerializeToString(), timeout=60)
        assert "Traceback" not in fault(error).message


# --- Deadlines


def test_a_passed_deadline_starts_no_work() -> None:
    with connected() as (host, server, client), raw(server) as channel:
        request = engine_pb2.ApplyRequest(domain=DOMAIN, items=[{"log_in": {"agent": "ann"}}])
        with held(host):
            with pytest.raises(grpc.RpcError) as error:
                channel.unary_unary(APPLY)(request.SerializeToString(), timeout=0.05)
            assert fault(error).code is grpc.StatusCode.DEADLINE_EXCEEDED
            with pytest.raises(TimeoutError):
                client.apply(LogIn("ben"), timeout_ns=SECOND // 20)
        late = Late()
        handler: Any = server.services.handlers[SERVICE]["Apply"].unary_unary
        with pytest.raises(StopIteration):
            handler(request.SerializeToString(), late)
        assert late.status.code is grpc.StatusCode.DEADLINE_EXCEEDED
        # Should that reach the client before it looks at its own clock, it is told the same.
        assert isinstance(raised(Fault(late.status.code, "TOO_LATE", "too late")), TimeoutError)


class Late:
    """The context of a call that came too late: what a busy server finds in its queue."""

    status: Any = None

    def time_remaining(self) -> float:
        return 0.0

    def abort_with_status(self, status: Any) -> None:
        self.status = status
        raise StopIteration


# --- Reads


def test_reads_show_what_an_embedded_engine_shows() -> None:
    with connected() as (host, _, client):
        client.apply_many([LogIn("ann"), EnqueueContact("c", ("sales",), attributes={"k": "v"})])
        client.apply(AcceptOffer("c", "ann"))
        assert client.get_contact("c") == host.read(lambda engine: engine.contacts["c"])
        assert client.get_agent("ann") == host.read(lambda engine: engine.agents["ann"])
        assert client.get_queue("sales") == host.read(lambda engine: engine.queues["sales"])
        client.apply(EnqueueContact("d", ("sales",)))
        assert client.explain("d") == host.read(lambda engine: engine.explain("d"))
        assert [one.agent for one in client.explain("d", agents=["ben"]).verdicts] == ["ben"]


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda client: client.get_contact("x"), "UNKNOWN_CONTACT"),
        (lambda client: client.get_agent("x"), "UNKNOWN_AGENT"),
        (lambda client: client.get_queue("x"), "UNKNOWN_QUEUE"),
        (lambda client: client.explain("x"), "UNKNOWN_CONTACT"),
    ],
)
def test_what_is_not_there_is_not_found(ask: Any, reason: str) -> None:
    with connected() as (_, _, client), pytest.raises(Fault) as error:
        ask(client)
    assert (error.value.code, error.value.reason) == (grpc.StatusCode.NOT_FOUND, reason)
    assert error.value.metadata == {"subject": "x"}


def test_pages_are_stable_while_contacts_come_and_go() -> None:
    with connected() as (host, _, client):
        for number in range(25):
            host.apply(EnqueueContact(f"c{number:02}", ("sales",)))
        seen = []
        for view in client.list_contacts(page_size=4):
            seen.append(view.id)
            if view.id == "c05":
                host.apply(EnqueueContact("c00a", ("sales",)))  # before: not seen any more
                host.apply(EnqueueContact("c20a", ("sales",)))  # behind: still seen
        assert seen == sorted([*(f"c{number:02}" for number in range(25)), "c20a"])


def test_lists_have_filters() -> None:
    with connected() as (_, _, client):
        client.apply_many([LogIn("ben"), EnqueueContact("c", ("sales",)), EnqueueContact("d", ("help",))])
        assert [view.id for view in client.list_contacts(state="offered")] == ["c"]
        assert [view.id for view in client.list_contacts(state="waiting")] == ["d"]
        assert [view.id for view in client.list_contacts(queue="help", page_size=1)] == ["d"]
        assert [view.id for view in client.list_agents(page_size=1)] == ["ann", "ben"]
        assert [view.id for view in client.list_agents(logged_in=True)] == ["ben"]
        assert [view.id for view in client.list_queues()] == ["help", "sales"]


def test_a_foreign_page_token_is_refused() -> None:
    with hosted() as (_, server), raw(server) as channel:
        for token in ("x", "MHg", "w6k="):
            request = engine_pb2.ListAgentsRequest(domain=DOMAIN, page_token=token).SerializeToString()
            with pytest.raises(grpc.RpcError) as error:
                channel.unary_unary(f"{ENGINE}ListAgents")(request, timeout=60)
            assert fault(error).reason == "BAD_PAGE_TOKEN"


def test_statistics_count() -> None:
    with connected() as (_, _, client):
        client.apply_many(
            [LogIn("ann"), EnqueueContact("c", ("sales",)), EnqueueContact("d", ("help",)), LogIn("eve")]
        )
        found = client.statistics()
        assert found.contacts == {"waiting": 1, "offered": 1, "handling": 0, "held": 0}
        assert found.agents == {
            "configured": 2,
            "logged_in": 1,
            "ready": 1,
            "available": 0,
            "ringing": 1,
            "handling": 0,
            "held": 0,
            "wrap_up": 0,
        }
        assert [queue.waiting for queue in found.queues] == [1, 1]
        assert found.figures["commands"] == 4
        assert found.figures["refused_unknown_agent"] == 1


def test_status_tells_digest_and_domains() -> None:
    with connected() as (host, _, client):
        client.apply(LogIn("ann"))
        status = client.status()
        assert (status.digest, status.revision) == (host.digest, 1)
        assert (status.state, status.domains) == ("serving", (DOMAIN,))
        assert status.configuration_version == client.configuration().version


# --- The configuration


def test_a_configuration_is_read_changed_and_put() -> None:
    with connected() as (_, _, client):
        found = client.configuration()
        assert found.config == CENTRE
        changed = Config(name=DOMAIN, agents=(*CENTRE.agents, Agent("eve")), queues=CENTRE.queues)
        put = client.put_configuration(changed, expected_version=found.version)
        assert [type(event).__name__ for event in put.events] == ["Configured", "AgentChanged"]
        assert client.configuration().version == put.version != found.version
        assert client.status().configuration_version == put.version
        with pytest.raises(Fault) as error:
            client.put_configuration(CENTRE, expected_version=found.version)
        assert (error.value.code, error.value.reason) == (grpc.StatusCode.ABORTED, "OTHER_VERSION")
        assert error.value.metadata == {"version": put.version}
        # What is in force already is no conflict: it may be a retry.
        assert client.put_configuration(changed, expected_version=found.version).events == ()


def test_a_configuration_is_looked_over() -> None:
    with connected() as (_, _, client):
        bad = Config(agents=(Agent("ann", {"tech": 40}),), queues=(Queue("q", requirement="tech >= 50"),))
        checked = client.validate(bad)
        assert checked.valid
        assert [one.code for one in checked.findings if one.severity == "error"] == ["nobody-can-serve"]
        for text in ("{", '{"agents": [{"id": ""}]}', "[]"):
            checked = client.validate(text)
            assert not checked.valid
            assert checked.findings[0].code == "invalid-configuration"
            with pytest.raises(ConfigError):
                client.put_configuration(text)
        assert client.configuration().config == CENTRE


# --- The facade


def test_the_facade_routes_a_call() -> None:
    with connected() as (_, _, client):
        dialled = client.dial_code(f.DialCode("sip:ann@127.0.0.1", "*45"))
        assert dialled.announcement == "logged_in"
        assert dialled.agent == f.AgentState("ann", True, True, "")
        answer = client.route_call(f.RouteCall("c", "pbx", called="sales"))
        (offer,) = answer.instructions
        assert isinstance(offer, f.Offer)
        assert (offer.agent, offer.endpoint) == ("ann", "sip:ann@127.0.0.1")
        answer = client.report_call(f.ReportCall("c", "answered", "pbx", "ann", offer.offer))
        assert answer.instructions == (f.Talk("ann"),)
        again = client.report_call(f.ReportCall("c", "ringing", "pbx", "eve"))
        assert again.instructions == (f.Talk("ann"),)
        synced = client.sync_calls(f.SyncCalls("pbx", (f.LiveLeg("c", "ann"), f.LiveLeg("x"))))
        assert (synced.lost, synced.unknown) == ((), ("x",))
        assert synced.answers[0].instructions == (f.Talk("ann"),)
        done = client.report_call(f.ReportCall("c", "ended", "pbx"))
        assert done.instructions == (f.Release("handled"),)


def test_the_facade_turns_calls_away() -> None:
    with connected() as (_, _, client):
        (reject,) = client.route_call(f.RouteCall("c", "pbx", called="nobody")).instructions
        assert isinstance(reject, f.Reject)


# --- Health, reflection, end


def test_health_follows_the_host() -> None:
    with hosted() as (host, server), raw(server) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        for name in ("", SERVICE, DOMAIN):
            answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=60)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        host.drain()
        until(
            lambda: (
                stub.Check(health_pb2.HealthCheckRequest(), timeout=60).status
                == health_pb2.HealthCheckResponse.NOT_SERVING
            )
        )


def test_reflection_describes_the_services() -> None:
    with hosted() as (_, server), raw(server) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert {SERVICE, "huntgroup.v1.RoutingService"} <= set(database.get_services())
        assert database.FindFileContainingSymbol("huntgroup.v1.EnqueueContact").package == "huntgroup.v1"


def test_a_drained_host_refuses_commands_and_shows_what_is() -> None:
    with hosted() as (host, server), Client(address(server), DOMAIN, ONCE) as client:
        host.drain()
        with pytest.raises(ClosedError):
            client.apply(LogOut("ann"))
        assert client.status().state == "draining"


def test_stopping_lets_calls_under_way_end() -> None:
    with hosted() as (host, server), Client(address(server), DOMAIN, ONCE) as client:
        found: list[Any] = []
        caller = threading.Thread(target=lambda: found.append(client.apply(LogIn("ann"))))
        stopper = threading.Thread(target=server.stop, args=(60 * SECOND,))
        with held(host):
            caller.start()
            until(lambda: host.figures().waiting == 1)
            stopper.start()
        caller.join(60)
        stopper.join(60)
        assert isinstance(found[0].events[0], AgentLoggedIn)


# --- Tasks


def test_the_client_for_tasks_does_the_same() -> None:
    async def run(target: str) -> None:
        async with AsyncClient(target, DOMAIN, PATIENT) as client:
            await client.apply(LogIn("ann"))
            assert len((await client.apply(EnqueueContact("c", ("sales",)))).events) == 2
            assert [view.id async for view in client.list_agents(page_size=1)] == ["ann", "ben"]
            assert (await client.get_agent("ann")).segments[0].contact == "c"
            assert (await client.get_queue("sales")).waiting == 1
            assert (await client.get_contact("c")).state == "offered"
            assert [view.id async for view in client.list_contacts()] == ["c"]
            assert [view.id async for view in client.list_queues()] == ["help", "sales"]
            assert (await client.explain("c")).state == "offered"
            assert (await client.statistics()).contacts["offered"] == 1
            found = await client.configuration()
            assert (await client.validate(found.config)).valid
            assert (await client.put_configuration(found.config)).version == found.version
            assert (await client.status()).revision == 3
            async for one in client.watch(0):
                assert isinstance(one.event, AgentLoggedIn)
                break
            async with client.session() as session:
                first = await session.submit([LogOut("ann")])
                second = await session.apply_many([LogIn("ben")])
                assert len(await first) == len(second) == 1
            answer = await client.route_call(f.RouteCall("d", "pbx", called="help"))
            assert isinstance(answer.instructions[0], f.Wait)
            async for notice in client.follow_calls(front_end="pbx", after=0):
                if notice.call_id:
                    assert notice.call_id == "d"
                    break
            await client.report_call(f.ReportCall("d", "abandoned", "pbx"))
            await client.sync_calls(f.SyncCalls("pbx"))
            await client.dial_code(f.DialCode("sip:ann@127.0.0.1", "*49"))
            with pytest.raises(Fault):
                await client.get_agent("x")

    with hosted() as (_, server):
        asyncio.run(run(address(server)))
