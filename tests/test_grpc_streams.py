"""Streams over real connections: watches, sessions, leases, and what happens when either side goes away.

Owns order, resumption and ends of streams; must not test unary RPCs.
"""

import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import grpc
import pytest
from wired import DOMAIN, ONCE, PATIENT, address, connected, hosted, lasting, raw

from grpc_api import facade as f
from grpc_api.client import Client, Watched
from grpc_api.client.asking import ENGINE
from grpc_api.limits import WireLimits
from grpc_api.status import Fault, fault_from
from grpc_api.v1 import engine_pb2
from routing.commands import CancelContact, EnqueueContact, LogIn, LogOut, SetNotReady, SetReady
from routing.errors import ClosedError, CompactedError, UsageError
from routing.events import (
    AgentLoggedIn,
    AgentNotReady,
    CallsSynced,
    CommandRefused,
    ContactEnded,
    ContactOffered,
)
from routing.host import Settings
from routing.journal import MemoryJournal
from routing.units import MILLISECOND, SECOND

WATCH = f"{ENGINE}Watch"


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)


def fault(error: pytest.ExceptionInfo[grpc.RpcError]) -> Fault:
    return fault_from(error.value)


def rounds(count: int) -> list[Any]:
    return [one for _ in range(count) for one in (SetNotReady("ann"), SetReady("ann"))]


# --- Watches


def test_a_watch_sees_every_event_in_order() -> None:
    with connected() as (_, _, client):
        first = client.apply_many([LogIn("ann"), EnqueueContact("c", ("sales",))])
        with client.watch(0) as watch:
            stream = iter(watch)
            seen = list(islice(stream, 3))
            last = client.apply(CancelContact("c"))
            seen += islice(stream, 2)
        events = [event for outcome in (*first, last) for event in outcome.events]
        assert seen == [Watched(number, event) for number, event in enumerate(events, 1)]


def test_a_watch_from_now_on_says_where_now_is() -> None:
    with connected() as (_, _, client):
        client.apply(LogIn("ann"))
        with client.watch() as watch:
            found: list[Watched] = []
            reader = threading.Thread(target=lambda: found.extend(islice(watch, 1)))
            reader.start()
            until(lambda: watch.revision == 1)
            client.apply(LogOut("ann"))
            reader.join(60)
        assert found[0].revision == 2


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"contacts": ["c"]}, {"ContactEnqueued", "ContactOffered"}),
        ({"agents": ["ben"]}, {"AgentLoggedIn"}),
        ({"queues": ["help"]}, {"ContactEnqueued"}),
        ({"types": [ContactOffered]}, {"ContactOffered"}),
        ({"types": ["ContactEnqueued"], "contacts": ["d"]}, {"ContactEnqueued"}),
        ({"contacts": ["d"], "agents": ["ben"]}, {"ContactEnqueued", "AgentLoggedIn"}),
    ],
)
def test_filters(filters: dict[str, Any], expected: set[str]) -> None:
    with connected() as (_, _, client):
        client.apply_many(
            [
                LogIn("ann"),
                EnqueueContact("c", ("sales",)),
                EnqueueContact("d", ("help",)),
                SetNotReady("ben"),
                LogIn("ben", ready=False),
                LogOut("ben"),
            ]
        )
        end = client.status().revision
        with client.watch(0, **filters) as watch:
            stream = iter(watch)
            seen = []
            client.apply(LogOut("ben"))
            while watch.revision is None or watch.revision < end:
                seen.append(next(stream))
                if len(seen) >= len(expected):
                    break
        assert {type(one.event).__name__ for one in seen} == expected


def test_what_cannot_be_watched_is_refused() -> None:
    with connected(limits=WireLimits(filters=2)) as (_, _, client):
        for options, reason in (
            ({"types": ["Nothing"]}, "UNKNOWN_TYPE"),
            ({"contacts": ["a", "b", "c"]}, "TOO_MANY_FILTERS"),
            ({"min_interval_ns": -1}, "INTERVAL_OUT_OF_RANGE"),
        ):
            with pytest.raises(Fault) as error:
                next(iter(client.watch(0, **options)))
            assert error.value.reason == reason
        with pytest.raises(UsageError, match="revision 5"):
            next(iter(client.watch(5)))


def test_progress_is_marked() -> None:
    with hosted() as (_, server), raw(server) as channel:
        request = engine_pb2.WatchRequest(
            domain=DOMAIN, types=["ContactEnded"], progress_interval_ns=20 * MILLISECOND
        )
        stream: Any = channel.unary_stream(WATCH, None, engine_pb2.WatchResponse.FromString)(
            request.SerializeToString(), timeout=60
        )
        for message in islice(stream, 3):
            assert message.progress
            assert not message.events
        stream.cancel()


def test_events_are_held_together_in_an_interval() -> None:
    with connected() as (host, server, client), raw(server) as channel:
        client.apply(LogIn("ann"))
        begun = time.monotonic()
        request = engine_pb2.WatchRequest(domain=DOMAIN, start_revision=0, min_interval_ns=SECOND // 2)
        stream: Any = channel.unary_stream(WATCH, None, engine_pb2.WatchResponse.FromString)(
            request.SerializeToString(), timeout=60
        )
        messages = [next(stream), next(stream)]
        host.apply_many([])
        for command in rounds(20):
            host.apply(command)
        while messages[-1].revision < 41:
            messages.append(next(stream))
        took_s = time.monotonic() - begun
        stream.cancel()
        revisions = [one.revision for message in messages for one in message.events]
        assert revisions == list(range(1, 42))
        assert len(messages) - 1 <= took_s / 0.5


def test_what_is_gone_is_said_to_be_compacted() -> None:
    with connected(settings=Settings(keep_events=10)) as (_, server, client):
        client.apply(LogIn("ann"))
        client.apply_many(rounds(50))
        with pytest.raises(CompactedError) as error:
            next(iter(client.watch(0)))
        assert error.value.oldest > 0
        request = engine_pb2.WatchRequest(domain=DOMAIN, start_revision=0).SerializeToString()
        with raw(server) as channel, pytest.raises(grpc.RpcError) as broken:
            list(channel.unary_stream(WATCH)(request, timeout=60))
        assert fault(broken).code is grpc.StatusCode.OUT_OF_RANGE
        assert fault(broken).reason == "COMPACTED"
        assert fault(broken).metadata["oldest"] == str(error.value.oldest)


def test_a_slow_consumer_is_cut_off_alone() -> None:
    """One does not read, for so long that what it has not read is gone; another one misses nothing."""
    # In small messages, which fill the buffers one by one; the watch is not to be let go for being stuck.
    limits = WireLimits(watch_events=20, watch_stall_ns=600 * SECOND)
    with (
        connected(settings=Settings(keep_events=100), limits=limits) as (host, server, client),
        raw(server) as channel,
    ):
        client.apply(LogIn("ann"))
        request = engine_pb2.WatchRequest(domain=DOMAIN, start_revision=0).SerializeToString()
        slow: Any = channel.unary_stream(WATCH)(request, timeout=600)
        next(slow)
        next(slow)  # it has begun: what is gone later is what it did not read
        seen: list[int] = []
        count = 300  # rounds

        def read() -> None:
            with client.watch(0) as watch:
                for one in watch:
                    seen.append(one.revision)
                    if one.revision == 1 + 2 * count:
                        return

        reader = threading.Thread(target=read)
        reader.start()
        reason = "x" * 50_000  # more than connections hold in their buffers
        for number in range(count):
            host.apply(SetNotReady("ann", reason))
            host.apply(SetReady("ann"))
            while number % 20 == 0 and len(seen) < 2 * number - 40 and reader.is_alive():
                time.sleep(0.001)
        reader.join(60)
        assert seen == list(range(1, 2 + 2 * count))
        with pytest.raises(grpc.RpcError) as error:
            list(slow)
        assert fault(error).code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert fault(error).reason == "SLOW_CONSUMER"


def test_who_does_not_read_at_all_is_let_go() -> None:
    limits = WireLimits(watch_stall_ns=SECOND // 5, watch_events=1_000)
    with connected(limits=limits) as (host, server, client), raw(server) as channel:
        client.apply(LogIn("ann"))
        request = engine_pb2.WatchRequest(domain=DOMAIN, start_revision=0).SerializeToString()
        stuck: Any = channel.unary_stream(WATCH)(request, timeout=60)
        next(stuck)
        reason = "x" * 100_000  # more than connections hold in their buffers
        for _ in range(400):
            host.apply(SetNotReady("ann", reason))
            host.apply(SetReady("ann"))
        until(lambda: not server.door.open_streams)


def test_a_cancelled_watch_leaves_nothing_behind() -> None:
    with connected() as (host, server, client):
        idle = host.figures().watches
        watch = client.watch(0)
        reader = threading.Thread(target=lambda: list(watch))
        reader.start()
        until(lambda: host.figures().watches > idle)
        watch.close()
        reader.join(60)
        until(lambda: host.figures().watches == idle and not server.door.open_streams)


def test_a_watch_goes_on_after_a_restart() -> None:
    journal, listen = MemoryJournal(), lasting()
    with hosted(journal=journal, listen=listen) as (host, server):
        host.apply(LogIn("ann"))
        client = Client(address(server), DOMAIN, PATIENT)
        watch = client.watch(0)
        stream = iter(watch)
        seen = [next(stream)]
    found: list[Watched] = []
    reader = threading.Thread(target=lambda: found.extend(islice(stream, 2)))
    reader.start()
    with hosted(config=None, journal=journal, listen=listen) as (host, _):
        host.apply(LogOut("ann"))
        reader.join(60)
    watch.close()
    client.close()
    seen += found
    assert [one.revision for one in seen] == [1, 2, 3]
    assert [type(one.event).__name__ for one in seen] == ["AgentLoggedIn", "Resumed", "AgentLoggedOut"]


def test_a_stopping_server_ends_its_streams() -> None:
    with hosted() as (_, server), Client(address(server), DOMAIN, ONCE) as client:
        watch = client.watch(0, progress_interval_ns=SECOND)
        session = client.session()
        session.apply_many([LogIn("ann")])
        stream = iter(watch)
        next(stream)
        server.stop(5 * SECOND)
        assert not server.door.open_streams
        session.cancel()
        watch.close()


def test_streams_have_a_limit() -> None:
    with hosted(limits=WireLimits(streams=1)) as (_, server), raw(server) as channel:
        request = engine_pb2.WatchRequest(domain=DOMAIN).SerializeToString()
        first: Any = channel.unary_stream(WATCH)(request, timeout=60)
        next(first)
        with pytest.raises(grpc.RpcError) as error:
            next(channel.unary_stream(WATCH)(request, timeout=60))
        assert fault(error).reason == "TOO_MANY_STREAMS"
        assert fault(error).retry_after_ns > 0
        first.cancel()


# --- Sessions


def test_batches_are_answered_in_order() -> None:
    with connected() as (host, _, client):
        client.apply(LogIn("ann"))
        with client.session() as session:
            futures = [session.submit(rounds(3)) for _ in range(50)]
            outcomes = [one for future in futures for one in future.result(60)]
        assert [one.revision for one in outcomes] == list(range(2, 302))
        assert host.revision == 301


def test_a_refused_command_is_an_outcome_and_misuse_fails_its_batch_alone() -> None:
    with connected() as (_, server, client), raw(server) as channel:
        with client.session() as session:
            (refused,) = session.apply_many([LogIn("eve")])
            assert isinstance(refused.events[0], CommandRefused)
            (done,) = session.apply_many([LogIn("ann")])
            assert isinstance(done.events[0], AgentLoggedIn)
            assert session.apply_many([]) == []
        requests = [
            engine_pb2.SessionRequest(domain=DOMAIN, sequence=3, items=[{}]),
            engine_pb2.SessionRequest(sequence=8, items=[{"log_in": {"agent": "ben"}}]),
        ]
        opening, failed, done_too = _session(channel, requests)
        assert opening.credits == WireLimits().batches
        assert (failed.sequence, failed.failure.reason) == (3, "MISUSE")
        assert (done_too.sequence, done_too.HasField("failure"), len(done_too.outcomes)) == (8, False, 1)


def _session(channel: Any, requests: list[engine_pb2.SessionRequest]) -> list[Any]:
    call: Any = channel.stream_stream(f"{ENGINE}Session", None, engine_pb2.SessionResponse.FromString)
    return list(call(iter([one.SerializeToString() for one in requests]), timeout=60))


@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        ([], "NO_OPENING"),
        ([engine_pb2.SessionRequest(domain="x")], "UNKNOWN_DOMAIN"),
        ([engine_pb2.SessionRequest(domain=DOMAIN, lease_ns=5)], "NO_FRONT_END"),
        (
            [engine_pb2.SessionRequest(domain=DOMAIN, front_end="a", lease_ns=10**18)],
            "LEASE_OUT_OF_RANGE",
        ),
        ([engine_pb2.SessionRequest(domain=DOMAIN, items=[{}])], "SEQUENCE_NOT_RISING"),
        (
            [engine_pb2.SessionRequest(domain=DOMAIN), engine_pb2.SessionRequest(domain="other")],
            "OTHER_DOMAIN",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_sessions_that_are_none(requests: list[engine_pb2.SessionRequest], reason: str) -> None:
    with hosted() as (_, server), raw(server) as channel, pytest.raises(grpc.RpcError) as error:
        _session(channel, requests)
    assert fault(error).reason == reason


def test_a_session_sends_again_what_a_broken_connection_left_open() -> None:
    journal, listen = MemoryJournal(), lasting()
    with hosted(journal=journal, listen=listen) as (_, server):
        client = Client(address(server), DOMAIN, PATIENT)
        session = client.session()
        assert isinstance(session.apply_many([LogIn("ann")])[0].events[0], AgentLoggedIn)
    future = session.submit([SetNotReady("ann")])
    with hosted(config=None, journal=journal, listen=listen) as (host, _):
        (outcome,) = future.result(60)
        assert isinstance(outcome.events[0], AgentNotReady)
        assert host.read(lambda engine: engine.agents["ann"].ready) is False
        session.close()
    client.close()


def test_a_closed_session_takes_nothing() -> None:
    with connected() as (_, _, client):
        session = client.session()
        session.close()
        with pytest.raises(ClosedError):
            session.submit([LogIn("ann")])


# --- Leases


def test_a_lease_that_runs_out_ends_the_calls() -> None:
    with connected() as (host, _, client):
        session = client.session(front_end="pbx", lease_ns=50 * MILLISECOND)
        session.apply_many([EnqueueContact("c", ("sales",), front_end="pbx")])
        with client.watch(0) as watch:
            session.cancel()
            events = [one.event for one in islice(watch, 3)]
        assert isinstance(events[1], CallsSynced)
        assert isinstance(events[2], ContactEnded)
        assert not host.read(lambda engine: list(engine.contacts))


def test_who_comes_back_within_the_lease_keeps_the_calls() -> None:
    with connected() as (host, server, client):
        session = client.session(front_end="pbx", lease_ns=300 * SECOND)
        session.apply_many([EnqueueContact("c", ("sales",), front_end="pbx")])
        session.cancel()
        until(lambda: bool(server.services.leases._running))
        with client.session(front_end="pbx", lease_ns=300 * SECOND) as again:
            again.apply_many([LogIn("ann")])
            assert not server.services.leases._running
        assert host.read(lambda engine: engine.contacts["c"].state) == "offered"


# --- Instructions


def test_instructions_are_followed() -> None:
    with connected() as (_, _, client):
        stream: Iterator[f.Notice] = iter(client.follow_calls(front_end="pbx", after=0))
        assert next(stream).instruction is None
        client.route_call(f.RouteCall("c", "pbx", called="sales"))
        assert isinstance(_next(stream), f.Wait)
        client.apply(LogIn("ann"))
        assert isinstance(_next(stream), f.Offer)
        client.report_call(f.ReportCall("c", "abandoned", "pbx"))
        kinds = {type(_next(stream)), type(_next(stream))}
        assert kinds == {f.StopRinging, f.Release}


def _next(stream: Iterator[f.Notice]) -> f.Instruction:
    return next(one.instruction for one in stream if one.instruction is not None)
