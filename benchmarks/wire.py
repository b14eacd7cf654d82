"""Two servers in processes of their own: the real one, and a bare one that answers messages of the same shape.

The bare server reads every item, makes an outcome with one event for each, and does nothing else: no guard, no
journal, no engine. It is what Python's gRPC costs.

Owns the servers and the load on them; must not know what is claimed.
"""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import grpc

from grpc_api.convert import write_item
from grpc_api.domains import Domains, Hosted
from grpc_api.limits import WireLimits
from grpc_api.server import Server
from grpc_api.v1 import engine_pb2
from routing import Agent, CancelContact, Config, EnqueueContact, LogIn, Queue, SetNotReady, SetReady
from routing.commands import Command
from routing.host import Host, Request, Settings

DOMAIN: Final = "centre"
APPLY: Final = "/huntgroup.v1.EngineService/Apply"
SESSION: Final = "/huntgroup.v1.EngineService/Session"
_FORKS: Final = multiprocessing.get_context("spawn")
QUIET: Final = Settings(snapshot_every=100_000_000)


# --- Servers


def serve_real(pipe: Connection, journal: str, agents: int) -> None:
    """The real server: a journal in group mode, agents logged in."""
    config = Config(
        agents=tuple(Agent(f"agent-{i}", groups=(f"team-{i % 10}",)) for i in range(agents)),
        groups=tuple(f"team-{i}" for i in range(10)),
        queues=tuple(Queue(f"queue-{i}", groups=(f"team-{i}",)) for i in range(10)),
    )
    with Host(config, journal, durability="group", settings=QUIET) as host:
        host.apply_many([Request(LogIn(f"agent-{i}")) for i in range(agents)])
        with Server(Domains(Hosted(DOMAIN, host))) as server:
            pipe.send(server.port)
            pipe.recv()


def serve_bare(pipe: Connection) -> None:
    """The bare server, on as many threads."""

    def answer(items: Any) -> list[Any]:
        return [
            {
                "revision": 1,
                "at_ns": 1_700_000_000_000_000_000,
                "done": {
                    "events": [
                        {
                            "agent_ready": {
                                "at_ns": 1_700_000_000_000_000_000,
                                "agent": item.request_id,
                            }
                        }
                    ]
                },
            }
            for item in items
        ]

    def apply(request: engine_pb2.ApplyRequest, _: object) -> engine_pb2.ApplyResponse:
        return engine_pb2.ApplyResponse(revision=1, outcomes=answer(request.items))

    def session(
        requests: Iterator[engine_pb2.SessionRequest], _: object
    ) -> Iterator[engine_pb2.SessionResponse]:
        yield engine_pb2.SessionResponse(credits=8)
        for request in requests:
            if request.items:
                yield engine_pb2.SessionResponse(
                    revision=1, sequence=request.sequence, outcomes=answer(request.items), credits=8
                )

    handlers: Any = {
        "Apply": grpc.unary_unary_rpc_method_handler(
            apply, engine_pb2.ApplyRequest.FromString, engine_pb2.ApplyResponse.SerializeToString
        ),
        "Session": grpc.stream_stream_rpc_method_handler(
            session, engine_pb2.SessionRequest.FromString, engine_pb2.SessionResponse.SerializeToString
        ),
    }
    server: Any = grpc.server(ThreadPoolExecutor(WireLimits().workers))
    name = "huntgroup.v1.EngineService"
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, handlers)])
    server.add_registered_method_handlers(name, handlers)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    pipe.send(port)
    pipe.recv()
    server.stop(0)


@contextmanager
def process(target: Callable[..., None], *arguments: object) -> Iterator[str]:
    """Run a server elsewhere; gives its address."""
    ours, theirs = _FORKS.Pipe()
    child = _FORKS.Process(target=target, args=(theirs, *arguments), daemon=True)
    child.start()
    try:
        if not ours.poll(120):
            raise RuntimeError("the server did not start within two minutes")
        yield f"127.0.0.1:{ours.recv()}"
        ours.send(None)
        child.join(20)
    finally:
        if child.is_alive():
            child.kill()
            child.join()


@contextmanager
def both(folder: Path, agents: int) -> Iterator[tuple[str, str]]:
    """Run both; gives the addresses of the real one and of the bare one."""
    with (
        process(serve_real, str(folder / "bench.journal"), agents) as real,
        process(serve_bare) as bare,
    ):
        yield real, bare


# --- Load


def work(worker: str, agents: int, count: int) -> list[Command]:
    """Contacts that ring and are taken back, agents who come and go."""
    found: list[Command] = []
    for number in range(count // 4 + 1):
        contact, agent = f"{worker}-{number}", f"agent-{number % agents}"
        found += (
            EnqueueContact(contact, (f"queue-{number % 10}",)),
            CancelContact(contact),
            SetNotReady(agent),
            SetReady(agent),
        )
    return found[:count]


def unary(address: str, loads: Sequence[Sequence[bytes]]) -> tuple[float, list[int]]:
    """Send each load from a thread of its own, one request after the other; gives seconds and ns of each."""
    channel = grpc.insecure_channel(address)
    call: Any = channel.unary_unary(APPLY)
    call(engine_pb2.ApplyRequest(domain=DOMAIN).SerializeToString(), wait_for_ready=True, timeout=120)
    taken: list[list[int]] = [[] for _ in loads]

    def run(load: Sequence[bytes], into: list[int]) -> None:
        clock = time.perf_counter_ns
        for request in load:
            before = clock()
            call(request)
            into.append(clock() - before)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(loads, taken, strict=True)]
    before = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - before
    channel.close()
    return elapsed, [one for into in taken for one in into]


def session(address: str, batches: Sequence[bytes], window: int = 8) -> float:
    """Send batches over one session, at most ``window`` unanswered; gives seconds."""
    channel = grpc.insecure_channel(address)
    grpc.channel_ready_future(channel).result(120)
    call: Any = channel.stream_stream(SESSION)
    free = threading.Semaphore(window)

    def requests() -> Iterator[bytes]:
        yield engine_pb2.SessionRequest(domain=DOMAIN).SerializeToString()
        for batch in batches:
            free.acquire()
            yield batch

    answers = call(requests())
    next(answers)
    before = time.perf_counter()
    for _ in answers:
        free.release()
    elapsed = time.perf_counter() - before
    channel.close()
    return elapsed


def requests_for(commands: Sequence[Command], name: str) -> list[bytes]:
    """One request a command."""
    return [
        engine_pb2.ApplyRequest(
            domain=DOMAIN, items=[write_item(command, f"{name}{number}")]
        ).SerializeToString()
        for number, command in enumerate(commands)
    ]


def batches_for(commands: Sequence[Command], size: int, first: int) -> list[bytes]:
    """Batches for a session; ``first`` numbers its request ids."""
    found = []
    for start in range(0, len(commands), size):
        items = [
            write_item(command, f"s{first + start + place}")
            for place, command in enumerate(commands[start : start + size])
        ]
        found.append(engine_pb2.SessionRequest(sequence=start + 1, items=items).SerializeToString())
    return found
