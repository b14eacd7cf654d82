"""A centre with a telephone line: server, Kamailio and sidecar as processes of their own.

Owns their configuration and their lives; must not know what a test wants of them.
"""

import contextlib
import json
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import grpc
import msgspec

from grpc_api.v1 import routing_pb2 as pb
from grpc_api.v1 import routing_pb2_grpc
from routing.commands import Command
from routing.events import Event
from routing.journal import read_batch
from routing.journal.sqlite import SqliteJournal
from routing.replay import replay_batch, restore
from sip.processes import Process, free_port, wait_for

ROOT: Final = Path(__file__).resolve().parents[2]
EXAMPLE: Final = ROOT / "examples" / "kamailio"
DOMAIN: Final = "default"
#: Generated without types.
_STUBS: Final[Any] = routing_pb2_grpc

_OPTIONS: Final = """OPTIONS sip:ping@{host} SIP/2.0\r
Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKping{port}\r
From: <sip:ping@{host}>;tag=1\r
To: <sip:ping@{host}>\r
Call-ID: ping-{port}\r
CSeq: 1 OPTIONS\r
Max-Forwards: 70\r
Content-Length: 0\r
\r
"""


class Site:
    """One of everything; ``agents`` are rung at their addresses, all numbers not in ``numbers`` name queues.

    Parameters
    ----------
    folder : Path
        For configuration, journal and logs.
    centre : mapping
        The centre's configuration, as its file has it.
    endpoints : mapping
        SIP addresses of the agents.
    defines : mapping, optional
        Values of kamailio.cfg.
    sidecar : mapping, optional
        Settings of the sidecar.
    treatments : mapping, optional
        Targets, as the server's file has them.
    durability, http, server : optional
        Of the journal; whether it speaks HTTP; further settings of the server's file.
    shared_mb : str, optional
        Kamailio's shared memory.
    """

    def __init__(
        self,
        folder: Path,
        centre: Mapping[str, object],
        endpoints: Mapping[str, str],
        *,
        defines: Mapping[str, str] | None = None,
        sidecar: Mapping[str, object] | None = None,
        treatments: Mapping[str, object] | None = None,
        durability: str = "group",
        shared_mb: str = "256",
        http: bool = False,
        server: Mapping[str, object] | None = None,
    ) -> None:
        self.folder = folder
        self.shared_mb = shared_mb
        self.sip = f"127.0.0.1:{free_port()}"
        self.target = f"127.0.0.1:{free_port(kind=socket.SOCK_STREAM)}"
        self.http = f"127.0.0.1:{free_port(kind=socket.SOCK_STREAM)}" if http else ""
        self._endpoints = dict(endpoints)
        self._evapi = f"127.0.0.1:{free_port(kind=socket.SOCK_STREAM)}"
        self._defines = dict(defines or {})
        self._running: dict[str, Process] = {}
        (folder / "centre.json").write_text(json.dumps(centre))
        settings = {
            "listen": self.target,
            "data": "data",
            "durability": durability,
            "domains": {
                DOMAIN: {
                    "config": "centre.json",
                    "endpoints": {"agents": self._endpoints, "any_host": True},
                    "treatments": dict(treatments or {}),
                }
            },
            "http": {"listen": self.http},
            "metrics": {"listen": ""},
            **(server or {}),
        }
        (folder / "server.json").write_text(json.dumps(settings))
        beside = {
            "evapi": self._evapi,
            "domain": DOMAIN,
            "server": {"target": self.target},
            **(sidecar or {}),
        }
        (folder / "sidecar.toml").write_bytes(msgspec.toml.encode(beside))

    # --- Lives

    def start_server(self) -> Process:
        """Start the server and wait until it answers."""
        log = self.folder / "server.log"
        process = Process(
            [sys.executable, "-m", "routing", "serve", "--server", "server.json", "--insecure"],
            log,
            {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )
        self._running["server"] = process

        def answers() -> bool:
            assert process.running, f"the server ended:\n{process.tail()}"
            with contextlib.suppress(grpc.RpcError), self.routing() as stub:
                stub.SyncCalls(pb.SyncCallsRequest(domain=DOMAIN, front_end="nobody"), timeout=20)
                return True
            return False

        wait_for("the server answers", answers)
        return process

    def start_kamailio(self) -> Process:
        """Start Kamailio and wait until it answers a SIP OPTIONS."""
        log = self.folder / "kamailio.log"
        defines = {
            "SIP_LISTEN": f"udp:{self.sip}",
            "EVAPI_LISTEN": json.dumps(self._evapi),
            "CTL_LISTEN": json.dumps(f"unix:{self.folder}/ctl"),
            "ROUTE_SCRIPT": json.dumps(str(EXAMPLE / "route.py")),
            "SIP_WORKERS": "2",
            **self._defines,
        }
        options = [word for name, value in defines.items() for word in ("-A", f"{name}={value}")]
        place = ["-Y", str(self.folder), "-P", str(self.folder / "kamailio.pid")]
        memory = ["-m", self.shared_mb, "-M", "16"]
        config = str(EXAMPLE / "kamailio.cfg")
        process = Process(["kamailio", "-DD", "-E", *memory, "-f", config, *place, *options], log)
        self._running["kamailio"] = process

        def answers() -> bool:
            assert process.running, f"Kamailio ended:\n{process.tail()}"
            return _ping(self.sip)

        wait_for("Kamailio answers", answers)
        return process

    def start_sidecar(self) -> Process:
        """Start the sidecar; what it says is kept beside what an earlier one said."""
        process = Process(
            [sys.executable, "-m", "kamailio_sidecar", "sidecar.toml", "--verbose"],
            self.folder / "sidecar.log",
            {"PYTHONPATH": f"{ROOT}:{EXAMPLE}", "PYTHONUNBUFFERED": "1"},
        )
        self._running["sidecar"] = process
        return process

    def start(self) -> None:
        """Start all three; ready for calls when this returns."""
        self.start_kamailio()
        self.start_server()
        sidecar = self.start_sidecar()
        wait_for("the sidecar has compared", lambda: sidecar.said("compared:"))

    def process(self, name: str) -> Process:
        """One of "server", "kamailio", "sidecar"."""
        return self._running[name]

    def stop(self) -> None:
        """End everything."""
        for process in reversed(self._running.values()):
            process.end()

    # --- The server's side

    @contextlib.contextmanager
    def routing(self) -> Iterator[Any]:
        """Give a stub of the RoutingService."""
        with grpc.insecure_channel(self.target) as channel:
            yield _STUBS.RoutingServiceStub(channel)

    def dial(self, agent: str, code: str) -> pb.DialCodeResponse:
        """Dial a code for an agent, as if on the device."""
        with self.routing() as stub:
            answer: pb.DialCodeResponse = stub.DialCode(
                pb.DialCodeRequest(domain=DOMAIN, endpoint=self._endpoints[agent], code=code), timeout=60
            )
        return answer

    def log_in(self, *agents: str) -> None:
        """Log agents in, ready."""
        for agent in agents:
            answer = self.dial(agent, "*45")
            assert answer.done, answer

    def history(self) -> tuple[list[Command], list[Event]]:
        """All commands and events so far, from the journal, which others may read while the server writes."""
        [path] = (self.folder / "data").rglob("*.journal")
        journal = SqliteJournal(path, read_only=True)
        journal.open()
        try:
            events: list[Event] = []
            commands: list[Command] = []
            snapshot, engine, _ = restore(journal, min(journal.shelf()))
            for batch in journal.read(snapshot.seq):
                commands += [
                    one.command for one in read_batch(batch.lines, batch.seq) if one.command is not None
                ]
                replay_batch(engine, batch, snapshot.seq, events.extend)
            return commands, events
        finally:
            journal.close()

    def events(self, *kinds: type[Event]) -> list[Event]:
        """Events of these kinds so far; without a kind, all."""
        return [event for event in self.history()[1] if not kinds or isinstance(event, kinds)]


def _ping(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(2)
        line.bind((host, 0))
        line.connect((host, int(port)))
        try:
            line.send(_OPTIONS.format(host=host, port=line.getsockname()[1]).encode())
            return line.recv(4096).startswith(b"SIP/2.0 200")
        except OSError:
            return False
