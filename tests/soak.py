"""Many calls through a host with a journal, snapshots and watches, and what memory it takes.

    python tests/soak.py --calls 1000000

Prints the resident memory after every tenth of the calls. Owns the run and the measuring; must not know what may leak.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EnqueueContact,
    Limits,
    LogIn,
    Queue,
)
from routing.events import ContactOffered
from routing.host import Host, Request, Settings

AGENTS = 50


def resident() -> int:
    """Bytes of this process in memory."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmRSS")


def soak(calls: int, parts: int, path: Path) -> Iterator[int]:
    """Route so many calls; gives the resident memory after each part."""
    centre = Config(
        agents=tuple(Agent(f"agent-{i}") for i in range(AGENTS)),
        queues=(Queue("sales", ring_timeout_ns=0),),  # who stands still for a while misses no offer
        limits=Limits(remembered_requests=1_000, remembered_contacts=1_000),
    )
    settings = Settings(snapshot_every=5_000, keep_snapshots=2, keep_events=2_000)
    with Host(centre, path, durability="none", settings=settings) as host:
        host.apply_many([Request(LogIn(f"agent-{i}")) for i in range(AGENTS)])
        watch = host.feed.watch()
        done = 0
        for part in range(1, parts + 1):
            while done < calls * part // parts:
                batch = [f"call-{done + i}" for i in range(20)]
                outcomes = host.apply_many(
                    [Request(EnqueueContact(call, ("sales",)), f"r-{call}") for call in batch]
                )
                offers = [outcome.events[-1] for outcome in outcomes]
                host.apply_many(
                    [
                        Request(command)
                        for offer in offers
                        if isinstance(offer, ContactOffered)
                        for command in (
                            AcceptOffer(offer.contact, offer.agent, offer.offer),
                            CompleteContact(offer.contact),
                        )
                    ]
                )
                assert len(watch.take(0, limit=1_000).events) == 4 * len(batch)
                done += len(batch)
            yield resident()
        assert host.read(lambda engine: len(engine.contacts)) == 0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=100_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        for part, size in enumerate(soak(options.calls, 10, Path(directory) / "soak.journal"), 1):
            print(f"{options.calls * part // 10:>10,} calls {size / 2**20:8.1f} MiB", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
