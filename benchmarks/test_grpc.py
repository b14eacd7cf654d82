"""Claims of the server, each beside a bare server of Python's gRPC that answers messages of the same shape.

- One routing command a request, journal in group mode, 1,000 agents: at least 80 % of the bare server's requests a
  second, and a 99th percentile of at most one and a half times the bare one's.
- A session with 64 commands a message, durable: at least 60,000 commands a second, and 30 % of the bare server's.
"""

from pathlib import Path
from statistics import median, quantiles

from measure import FIGURES, FULL
from wire import batches_for, both, requests_for, session, unary, work

AGENTS = 1_000
THREADS = 4
ROUNDS = 7 if FULL else 2
REQUESTS = 4_000 if FULL else 200  # a thread and round
COMMANDS = 64 * (2_000 if FULL else 20)  # a round


def test_unary(tmp_path: Path) -> None:
    """Single commands from four threads; the two servers take turns, and the median round counts."""
    rates: dict[str, list[float]] = {"real": [], "bare": []}
    tails: dict[str, list[float]] = {"real": [], "bare": []}
    with both(tmp_path, AGENTS) as (real, bare):
        for number in range(ROUNDS):
            for name, address in (("bare", bare), ("real", real)):
                loads = [
                    requests_for(work(f"u{number}-{thread}", AGENTS, REQUESTS), f"{number}-{thread}-")
                    for thread in range(THREADS)
                ]
                seconds, taken = unary(address, loads)
                rates[name].append(len(taken) / seconds)
                tails[name].append(quantiles(taken, n=100)[98])
                assert len(taken) == THREADS * REQUESTS
    share = median(ours / theirs for ours, theirs in zip(rates["real"], rates["bare"], strict=True))
    tail = median(ours / theirs for ours, theirs in zip(tails["real"], tails["bare"], strict=True))
    FIGURES.append(f"Apply with one command, durability group: {median(rates['real']):,.0f} requests/s")
    FIGURES.append(f"    {share:.2f} times a bare server ({median(rates['bare']):,.0f} requests/s)")
    FIGURES.append(
        f"    99th percentile {median(tails['real']) / 1e6:.2f} ms, {tail:.2f} times the bare server's"
    )


def test_session(tmp_path: Path) -> None:
    """Batches of 64, at most eight of them unanswered."""
    rates: dict[str, list[float]] = {"real": [], "bare": []}
    with both(tmp_path, AGENTS) as (real, bare):
        for number in range(ROUNDS):
            commands = work(f"s{number}", AGENTS, COMMANDS)
            for name, address in (("bare", bare), ("real", real)):
                batches = batches_for(commands, 64, number * COMMANDS)
                rates[name].append(COMMANDS / session(address, batches))
    share = median(ours / theirs for ours, theirs in zip(rates["real"], rates["bare"], strict=True))
    FIGURES.append(
        f"Session with 64 commands a message, durability group: {median(rates['real']):,.0f} commands/s"
    )
    FIGURES.append(f"    {share:.2f} times a bare server ({median(rates['bare']):,.0f} commands/s)")
