"""Callers and devices: SIPp with the scenarios of this directory.

Owns SIPp's command line; must not know what it talks to.
"""

import socket
from pathlib import Path
from typing import Final

from sip.processes import Process, free_port, has_port, wait_for

HERE: Final = Path(__file__).resolve().parent
#: How many ports SIPp takes for media from the one it is given: without `-mp` it takes 6000 and the next ones.
_MEDIA_PORTS: Final = 4


class Phones:
    """Makes callers and devices, and ends them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all: list[Process] = []
        self._hosts = 1

    def next_address(self) -> str:
        """Host and port for one more device, each on a host of its own of the loopback network."""
        self._hosts += 1
        host = f"127.0.0.{self._hosts}"
        return f"{host}:{free_port(host)}"

    def device(self, scenario: str, address: str, pause_ms: int = 50) -> Process:
        """Switch on a device at ``host:port``; it takes any number of calls."""
        host, _, port = address.rpartition(":")
        process = self._sipp(scenario, host, int(port), pause_ms, [])

        def bound() -> bool:
            assert process.running, f"{scenario} ended:\n{process.tail()}"
            return has_port(host, int(port))

        wait_for(f"{scenario} listens", bound)
        return process

    def call(
        self,
        scenario: str,
        proxy: str,
        called: str,
        *,
        caller: str = "4711",
        talk_ms: int = 200,
        more: tuple[str, ...] = (),
    ) -> Process:
        """Place a call, or with ``-m`` in ``more`` several; exit status 0: they went as the scenario has it."""
        host = "127.0.0.1"
        options = [proxy, "-key", "called", called, "-key", "caller", caller]
        return self._sipp(scenario, host, free_port(host), talk_ms, [*options, *(more or ("-m", "1"))])

    def stop(self) -> None:
        """End all."""
        for process in self._all:
            process.kill()

    def _sipp(self, scenario: str, host: str, port: int, pause_ms: int, more: list[str]) -> Process:
        name = f"{scenario}-{host}-{port}"
        network = ["-i", host, "-p", str(port), "-mi", host, "-mp", str(_media_port(host))]
        errors = ["-trace_err", "-error_file", str(self._folder / f"{name}.errors")]
        process = Process(
            [
                "sipp",
                "-sf",
                str(HERE / f"{scenario}.xml"),
                *network,
                "-d",
                str(pause_ms),
                "-nostdin",
                *errors,
                *more,
            ],
            self._folder / f"{name}.log",
        )
        self._all.append(process)
        return process


def _media_port(host: str) -> int:
    """Find ports next to each other."""
    while True:
        port = free_port(host)
        lines = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(_MEDIA_PORTS)]
        try:
            for step, line in enumerate(lines):
                line.bind((host, port + step))
        except OSError:
            continue
        finally:
            for line in lines:
                line.close()
        return port
