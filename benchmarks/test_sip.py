"""Calls through Kamailio, the sidecar and the server, SIPp on both ends, the journal durable.

In the full size: 300 calls a second for a minute; every caller waiting first while the server is killed and restarted;
memory after warm-up. In the small one, the same with few calls, for its checks: no call fails.

Owns the load and what is read off it; must not know how a call is set up.
"""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import pytest
from measure import FIGURES, FULL
from sip.phones import Caller, Phones
from sip.processes import Process, wait_for
from sip.site import Site

from routing.events import ContactEnded, ContactEnqueued

pytestmark = pytest.mark.skipif(
    shutil.which("kamailio") is None or shutil.which("sipp") is None,
    reason="kamailio or sipp not found; .ci/packages names what to install",
)

AGENTS: Final = 1_000 if FULL else 30
RATE: Final = 300 if FULL else 10
SECONDS: Final = 60 if FULL else 2
WAITING: Final = 2_000 if FULL else 20
#: How long a device rings, ms.
RING_MS: Final = 100


class Exchange:
    """A site whose agents all have the same device, as SIPp takes any number of calls."""

    def __init__(self, folder: Path, agents: int = AGENTS) -> None:
        self.phones = Phones(folder)
        self.folder = folder
        address = self.phones.next_address()
        self.agents = {f"a{number}": f"sip:a{number}@{address}" for number in range(agents)}
        centre = {
            "name": "load",
            "queues": [{"id": "sales", "ring_timeout": "20s"}],
            "agents": [{"id": agent} for agent in self.agents],
        }
        self.site = Site(
            folder,
            centre,
            self.agents,
            defines={"FALLBACK": f"sip:all@{address}"},
            sidecar={"away_new_ms": 60_000, "away_waiting_ms": 120_000},
            server={"log": {"requests": False}},
            shared_mb="1024",
        )
        self.site.start_kamailio()
        self.phones.device("agent", address, RING_MS)

    def start(self) -> None:
        """Start server and sidecar."""
        self.site.start_server()
        sidecar = self.site.start_sidecar()
        wait_for("the sidecar has compared", lambda: sidecar.said("compared:"))

    def log_in(self) -> None:
        """Log all agents in."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.site.log_in, self.agents))

    def calls(self, rate: int, count: int, talk_ms: int) -> Caller:
        """Place so many calls at this rate."""
        load = ("-m", str(count), "-r", str(rate), "-l", str(count), "-timer_resol", "1")
        return self.phones.call(
            "caller",
            self.site.sip,
            "sales",
            talk_ms=talk_ms,
            more=(*load, "-trace_rtt", "-rtt_freq", "1"),
        )

    def setup_ms(self) -> list[float]:
        """From INVITE to 200, of every call since the last look."""
        found: list[float] = []
        for file in self.folder.glob("caller_*_rtt.csv"):
            found += [float(line.split(";")[1]) for line in file.read_text().splitlines()[1:]]
            file.unlink()
        return found

    def stop(self) -> None:
        """End everything."""
        self.phones.stop()
        self.site.stop()


def resident_kb(process: Process) -> int:
    """Memory of a process, as the kernel counts it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def test_calls_a_second_and_what_a_decision_adds(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    try:
        # Without anybody to ask, Kamailio relays to the same device at once: all but the decision.
        assert exchange.calls(RATE, RATE * min(SECONDS, 10), 500).went(SECONDS + 120)
        bare = exchange.setup_ms()
        exchange.start()
        exchange.log_in()
        assert exchange.calls(RATE, RATE * SECONDS, 1_000).went(SECONDS + 300)
        asked = exchange.setup_ms()
    finally:
        exchange.stop()
    assert len(asked) == RATE * SECONDS
    FIGURES.append(
        f"SIP: {RATE} calls/s for {SECONDS} s, 0 failures; set-up {median(asked):.1f} ms at the median "
        f"({quantiles(asked, n=100)[98]:.1f} at p99), {median(bare):.1f} without a decision: "
        f"it adds {median(asked) - median(bare):.1f} ms"
    )


def test_no_waiting_caller_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    # All agents have one device, and SIPp takes a Call-ID once: a burst that it loses cannot be rung again. So few.
    exchange = Exchange(tmp_path, min(AGENTS, 100))
    try:
        exchange.start()
        callers = exchange.calls(min(RATE, 100), WAITING, 300)
        wait_for(
            "all wait", lambda: len(exchange.site.events(ContactEnqueued)) == WAITING, WAITING / 50 + 120
        )
        exchange.log_in()
        wait_for(
            "a third is over",
            lambda: len(exchange.site.events(ContactEnded)) >= WAITING // 3,
            WAITING / 20 + 120,
        )
        exchange.site.process("server").kill()
        exchange.site.start_server()
        assert callers.went(WAITING / 20 + 300)
        wait_for(
            "all are over", lambda: len(exchange.site.events(ContactEnded)) == WAITING, WAITING / 20 + 120
        )
        ended = [one for one in exchange.site.events() if isinstance(one, ContactEnded)]
    finally:
        exchange.stop()
    assert [one.outcome for one in ended] == ["handled"] * WAITING
    FIGURES.append(f"SIP: {WAITING} callers in the queue, the server killed and restarted: 0 lost")


def test_memory_after_warm_up(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    rounds, count = (6, 6_000) if FULL else (3, 20)
    sizes: list[tuple[int, int]] = []
    try:
        exchange.start()
        exchange.log_in()
        for _ in range(rounds):
            assert exchange.calls(RATE // 2, count, 200).went(count / RATE * 2 + 300)
            sizes.append(
                (resident_kb(exchange.site.process("server")), resident_kb(exchange.site.process("sidecar")))
            )
    finally:
        exchange.stop()
    FIGURES.append(
        "SIP: memory of server and sidecar, MB, after each "
        f"{count} calls: {', '.join(f'{server / 1024:.0f}+{sidecar / 1024:.0f}' for server, sidecar in sizes)}"
    )
    # The sidecar keeps nothing of calls that are over; its second half of the rounds is flat.
    assert sizes[-1][1] - sizes[rounds // 2][1] < 8_192
