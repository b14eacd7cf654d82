"""The relay: many watch, the server is watched once, and nobody misses anything.

Owns the fan-out; must not test the server's own watch.
"""

import asyncio
import contextlib

import pytest
from wired import DOMAIN, PATIENT, address, hosted, lasting

from grpc_api.client import AsyncClient, Watched
from grpc_api.domains import Domains, Hosted
from grpc_api.limits import WireLimits
from grpc_api.relay import Relay
from grpc_api.relay.kept import Kept, Shelf
from grpc_api.server import Server
from grpc_api.status import Fault
from routing.commands import LogIn, LogOut, SetNotReady, SetReady
from routing.errors import CompactedError, ConfigError, UsageError
from routing.events import AgentReady
from routing.host import Host
from routing.units import MILLISECOND

WATCHERS = 50


async def until(client: AsyncClient, end: int, after: int | None, **options: int) -> list[Watched]:
    seen = []
    async with contextlib.aclosing(client.watch(after, **options)) as watch:  # type: ignore[arg-type, type-var]
        async for one in watch:
            seen.append(one)
            if one.revision >= end:
                break
    return seen


async def begun(relay: Relay, watches: int) -> None:
    """Wait until so many watch, and each of them knows from where on."""
    while relay.watches < watches or not all(one.begun.done() for one in relay._upstreams.values()):
        await asyncio.sleep(0.01)
    for _ in range(10):  # whoever waited for that beginning goes on in the next rounds of the loop
        await asyncio.sleep(0)


def test_many_watch_and_miss_nothing() -> None:
    async def run() -> None:
        with hosted() as (host, server):
            idle = host.figures().watches
            async with (
                Relay(address(server)) as relay,
                AsyncClient(f"127.0.0.1:{relay.port}", DOMAIN, PATIENT) as client,
            ):
                tasks = [
                    asyncio.create_task(
                        until(client, 41, None, min_interval_ns=(number % 3) * 20 * MILLISECOND)
                    )
                    for number in range(WATCHERS)
                ]
                await begun(relay, WATCHERS)
                assert host.figures().watches == idle + 1
                await host.apply_async(LogIn("ann"))
                for _ in range(20):
                    await host.apply_async(SetNotReady("ann"))
                    await host.apply_async(SetReady("ann"))
                for task in tasks:
                    seen = await asyncio.wait_for(task, 60)
                    assert [one.revision for one in seen] == list(range(1, 42))
                back = await asyncio.wait_for(until(client, 41, 30), 60)
                assert [one.revision for one in back] == list(range(31, 42))

    asyncio.run(run())


def test_what_upstream_refuses_is_refused() -> None:
    async def run() -> None:
        with hosted() as (host, server):
            await host.apply_async(LogIn("ann"))
            async with (
                Relay(address(server), limits=WireLimits(streams=1)) as relay,
                AsyncClient(f"127.0.0.1:{relay.port}", DOMAIN, PATIENT) as client,
                AsyncClient(f"127.0.0.1:{relay.port}", "other", PATIENT) as other,
            ):
                with pytest.raises(Fault, match="UNKNOWN_DOMAIN"):
                    await until(other, 1, None)
                with pytest.raises(CompactedError):
                    await until(client, 1, 0)  # it happened before the relay began
                with pytest.raises(UsageError):
                    await until(client, 1, 77)

    asyncio.run(run())


def test_a_relay_outlives_a_restart() -> None:
    async def run() -> None:
        listen = lasting()
        with hosted(listen=listen) as (host, server):
            relay = Relay(address(server))
            await relay.__aenter__()
            client = AsyncClient(f"127.0.0.1:{relay.port}", DOMAIN, PATIENT)
            task = asyncio.create_task(until(client, 1, None))
            await begun(relay, 1)
            await host.apply_async(LogIn("ann"))
            assert len(await asyncio.wait_for(task, 60)) == 1
            task = asyncio.create_task(until(client, 2, 1))
            await asyncio.sleep(0.1)
            server.stop(0)
            # The same engine behind another server, at the same address.
            with hosted_again(host, listen):
                await host.apply_async(LogOut("ann"))
                assert [one.revision for one in await asyncio.wait_for(task, 60)] == [2]
                await client.close()
                await relay.__aexit__()

    asyncio.run(run())


def hosted_again(host: Host, listen: str) -> contextlib.AbstractContextManager[object]:
    return Server(Domains(Hosted(DOMAIN, host)), listen)


def test_a_shelf_keeps_and_forgets() -> None:
    async def run() -> None:
        shelf = Shelf(keep=10)
        shelf.begin(100)
        for revision in range(101, 131):
            shelf.add(revision, [Kept(revision, AgentReady(1, "ann"), b"%d" % revision)])
        assert shelf.revision == 130
        assert shelf.oldest > 100
        assert shelf.take(shelf.oldest, 2, None)[1] == [
            b"%d" % (shelf.oldest + 1),
            b"%d" % (shelf.oldest + 2),
        ]
        assert shelf.take(129, 5, lambda _: False) == (130, [])
        with pytest.raises(CompactedError):
            shelf.take(100, 1, None)

    asyncio.run(run())


def test_a_port_that_is_taken_is_said() -> None:
    async def run() -> None:
        with (
            hosted() as (_, server),
            pytest.raises(ConfigError, match="cannot be listened on: Address already in use"),
        ):
            async with Relay(address(server), address(server)):
                pass

    asyncio.run(run())


def test_a_server_that_is_not_there_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with (
            Relay("127.0.0.1:1") as relay,
            AsyncClient(f"127.0.0.1:{relay.port}", DOMAIN, PATIENT) as client,
        ):
            watching = asyncio.create_task(until(client, 1, 0))
            while not caplog.records:
                await asyncio.sleep(0.01)
            await asyncio.sleep(1)  # it is asked again meanwhile
            watching.cancel()

    asyncio.run(run())
    (said,) = caplog.records
    assert "the upstream server gives no events" in said.getMessage()
