"""Claim: with 1,000 watches on a busy centre, two messages a second each at most, fanned out by a relay in a process of
its own, the median time of `Apply` is at most doubled, and nobody misses anything, whatever a watch that sleeps does.
(That one which is slow for too long is cut off alone, is a test: ``test_grpc_streams.py``.)
"""

import asyncio
import contextlib
import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import grpc
from measure import FIGURES, FULL
from wire import APPLY, DOMAIN, process, requests_for, serve_real, work

from grpc_api.guard import Guard, GuardSettings
from grpc_api.guard.settings import Limits
from grpc_api.limits import WireLimits
from grpc_api.relay import Relay
from grpc_api.v1 import engine_pb2
from routing.units import SECOND

WATCHES = 1_000 if FULL else 20
REQUESTS = 4_000 if FULL else 300
RATE = 200  # requests a second
AGENTS = 1_000
WATCH = "/huntgroup.v1.EngineService/Watch"


def relay(pipe: Connection, upstream: str) -> None:
    """A relay of the server that keeps few events, so that who sleeps is soon behind."""

    async def run() -> None:
        open_to_all = Guard(GuardSettings(insecure=True, limits=Limits(streams=WATCHES + 10)))
        async with Relay(
            upstream, guard=open_to_all, limits=WireLimits(streams=WATCHES + 10), keep=1_000
        ) as one:
            pipe.send(one.port)
            await asyncio.to_thread(pipe.recv)

    asyncio.run(run())


def watchers(pipe: Connection, address: str) -> None:
    """Many watches, and one that sleeps; tells how many have missed nothing, and how the one that slept fared."""

    async def follow(watch: Any, seen: int, end: "asyncio.Future[int]") -> bool:
        while not (end.done() and seen >= end.result()):
            message = await watch.read()
            if message is grpc.aio.EOF:
                return False
            found = engine_pb2.WatchResponse.FromString(message)
            if found.events and found.events[0].revision != seen + 1:
                return False
            seen += len(found.events)
        return True

    async def run() -> None:
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        async with contextlib.AsyncExitStack() as stack:
            # A connection for each 50, as a server bounds how many streams one may have.
            own = [("grpc.use_local_subchannel_pool", 1)]
            channels: list[Any] = [
                await stack.enter_async_context(grpc.aio.insecure_channel(address, options=own))
                for _ in range(WATCHES // 50 + 1)
            ]
            open_watch: Any = channels[-1].unary_stream(WATCH)
            request = engine_pb2.WatchRequest(domain=DOMAIN, min_interval_ns=SECOND // 2).SerializeToString()
            watches = [channels[number // 50].unary_stream(WATCH)(request) for number in range(WATCHES)]
            starts = [engine_pb2.WatchResponse.FromString(await watch.read()).revision for watch in watches]
            asleep = open_watch(engine_pb2.WatchRequest(domain=DOMAIN).SerializeToString())
            await asleep.read()
            tasks = [
                asyncio.create_task(follow(watch, start, end))
                for watch, start in zip(watches, starts, strict=True)
            ]
            pipe.send(0)
            end.set_result(await asyncio.to_thread(pipe.recv))
            whole = sum(await asyncio.gather(*tasks))
            pipe.send((whole, await fate(asleep)))
            for watch in [*watches, asleep]:
                watch.cancel()

    asyncio.run(run())


async def fate(watch: Any) -> str:
    """Read what a watch that slept was sent, to its end; one that was not cut goes on."""
    try:
        while await asyncio.wait_for(watch.read(), 5) is not grpc.aio.EOF:
            continue
    except TimeoutError:
        return "goes on"
    except grpc.aio.AioRpcError as error:
        return str(error.code().name)
    return str((await watch.code()).name)


def paced(address: str, load: list[bytes]) -> tuple[list[int], int]:
    """Send requests at the rate; gives ns of each, and the revision after the last."""
    taken = []
    with grpc.insecure_channel(address) as channel:
        call: Any = channel.unary_unary(APPLY)
        start = time.perf_counter()
        for number, request in enumerate(load):
            time.sleep(max(start + number / RATE - time.perf_counter(), 0))
            before = time.perf_counter_ns()
            answer = call(request)
            taken.append(time.perf_counter_ns() - before)
    return taken, engine_pb2.ApplyResponse.FromString(answer).revision


def test_a_thousand_watches(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with (
        process(serve_real, str(tmp_path / "watch.journal"), AGENTS) as server,
        process(relay, server) as fan,
    ):
        alone, _ = paced(server, requests_for(work("alone", AGENTS, REQUESTS), "alone-"))
        ours, theirs = spawn.Pipe()
        crowd = spawn.Process(target=watchers, args=(theirs, fan), daemon=True)
        crowd.start()
        assert ours.poll(120)
        ours.recv()
        watched, revision = paced(server, requests_for(work("watched", AGENTS, REQUESTS), "watched-"))
        ours.send(revision)
        assert ours.poll(120)
        whole, slept = ours.recv()
        crowd.join(60)
    assert whole == WATCHES
    FIGURES.append(
        f"Apply with {WATCHES:,} watches: {median(watched) / 1e6:.2f} ms at the median, "
        f"{median(watched) / median(alone):.2f} times that without ({median(alone) / 1e6:.2f} ms); "
        f"nobody missed anything, and the one that slept: {slept}"
    )
