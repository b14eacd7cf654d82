"""Processes of a test: started on free ports, waited for, ended with their children.

Owns processes and ports; must not know SIP or gRPC.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

#: A machine with two busy cores is slow, not wrong.
PATIENCE_S: Final = 60.0


def free_port(host: str = "127.0.0.1", kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """Give a port that nobody has on this address, neither for UDP nor for TCP.

    It is one of those that systems do not give away by themselves: whoever connects meanwhile does not get it.
    """
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket(socket.AF_INET, kind) as one, socket.socket() as other:
            try:
                one.bind((host, port))
                if kind is not socket.SOCK_STREAM:
                    other.bind((host, port))
            except OSError:
                continue
            return port


def has_port(host: str, port: int) -> bool:
    """Whether somebody listens there for UDP. To try it by taking the port would keep it from whoever wants it."""
    place = f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}:{port:04X}"
    return any(line.split()[1] == place for line in Path("/proc/net/udp").read_text().splitlines()[1:])


def wait_for(what: str, ready: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Look until it is so.

    Raises
    ------
    AssertionError
        If it is not so in time.
    """
    until = time.monotonic() + patience_s
    while not ready():
        if time.monotonic() > until:
            raise AssertionError(f"not so after {patience_s:g} s: {what}")
        time.sleep(0.02)


class Process:
    """One process with a group of its own, its output in a file."""

    def __init__(self, command: Sequence[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                cwd=log.parent,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def said(self, text: str) -> bool:
        """Whether its output has this; raises when the process has ended without."""
        if text in self.log.read_text(errors="replace"):
            return True
        assert self._process.poll() is None, f"{self.log.name} ended:\n{self.tail()}"
        return False

    def tail(self, lines: int = 30) -> str:
        """Last lines of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @property
    def running(self) -> bool:
        """It has not ended."""
        return self._process.poll() is None

    def wait(self, patience_s: float = PATIENCE_S) -> int:
        """Wait for its end; give the exit status."""
        try:
            return self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.log.name} goes on after {patience_s:g} s:\n{self.tail()}") from None

    def kill(self) -> None:
        """Kill it and its children at once, as a crash would."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """Ask it to end; kill what does not."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)
