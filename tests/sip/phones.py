"""Callers and devices: SIPp with the scenarios of this directory.

Owns SIPp's command line; must not know what it talks to.
"""

import re
import socket
from pathlib import Path
from typing import Final

from sip.processes import PATIENCE_S, Process, free_port, has_port, wait_for

HERE: Final = Path(__file__).resolve().parent
#: How many ports SIPp takes for media from the one it is given: without `-mp` it takes 6000 and the next ones.
_MEDIA_PORTS: Final = 4


class Caller(Process):
    """SIPp as a caller. Of what its scenario does not foresee it takes provisional replies that come late.

    UDP and the workers of a proxy let a 200 overtake a 180; with the 200 the caller's transaction is over (RFC 3261,
    17.1.1.2), and the 180 means nothing. SIPp would give the call up, so it is told not to, and what it did not
    foresee is read here.
    """

    def __init__(self, command: list[str], log: Path, errors: Path) -> None:
        super().__init__([*command, "-default_behaviors", "all,-abortunexp"], log)
        self._errors = errors

    def went(self, patience_s: float = PATIENCE_S) -> bool:
        """Wait until its calls are over; they went as the scenario has it.

        Raises
        ------
        AssertionError
            With what SIPp says of it, if they did not.
        """
        wait_for("the calls are over", lambda: self._strange() or not self.running, patience_s)
        assert not self._strange(), f"not in the scenario: {self._strange()}"
        assert self.wait() == 0, f"{self.tail()}\n{self._said()}"
        return True

    def _strange(self) -> list[str]:
        """First lines of what came unexpected, without provisional replies."""
        lines: list[str] = re.findall(r"unexpected message.*? received '([^\r\n]+)", self._said())
        return [line for line in lines if not line.startswith("SIP/2.0 1")]

    def _said(self) -> str:
        return self._errors.read_text(errors="replace") if self._errors.exists() else ""


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
        command, name = self._sipp(scenario, host, int(port), pause_ms)
        process = Process(command, self._folder / f"{name}.log")
        self._all.append(process)

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
    ) -> Caller:
        """Place a call, or with ``-m`` in ``more`` several."""
        host = "127.0.0.1"
        command, name = self._sipp(scenario, host, free_port(host), talk_ms)
        command += [proxy, "-key", "called", called, "-key", "caller", caller, *(more or ("-m", "1"))]
        made = Caller(command, self._folder / f"{name}.log", self._folder / f"{name}.errors")
        self._all.append(made)
        return made

    def stop(self) -> None:
        """End all."""
        for process in self._all:
            process.kill()

    def _sipp(self, scenario: str, host: str, port: int, pause_ms: int) -> tuple[list[str], str]:
        """Give the command line and what its files are called."""
        name = f"{scenario}-{host}-{port}"
        network = ["-i", host, "-p", str(port), "-mi", host, "-mp", str(_media_port(host))]
        errors = ["-trace_err", "-error_file", str(self._folder / f"{name}.errors")]
        spoken = ["-sf", str(HERE / f"{scenario}.xml"), "-d", str(pause_ms)]
        return ["sipp", *spoken, *network, "-nostdin", *errors], name


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
