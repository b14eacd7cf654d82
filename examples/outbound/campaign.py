"""Twenty minutes of an outbound campaign, on a clock moved by hand and with a front-end that dials nobody.

    python examples/outbound/campaign.py

A live centre has the machine's clock (leave `clock` out), a journal and a database that last, a dialer with its thread,
and a telephone exchange in the place of `SimulatedFrontEnd`.

Owns an example of dialling; must not know more than the public face of campaigns.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from routing.campaigns import Book
from routing.campaigns.importing import import_list
from routing.commands import LogIn
from routing.config import load
from routing.host import Host, Settings
from routing.outbound.dialer import Dialer
from routing.outbound.files import load_outbound
from routing.outbound.followers import followers
from routing.outbound.simulated import HandClock, SimulatedFrontEnd, World
from routing.units import MINUTE, SECOND

HERE = Path(__file__).parent
#: A Tuesday, eleven in the morning in New York.
MORNING_NS = 1_793_721_600 * SECOND


def customers() -> Iterator[str]:
    """Give a list, as a file of CSV has it."""
    yield "number,customer"
    for place in range(3_000):
        yield f"+1212555{place:04d},customer-{place}"


def main(until_ns: int = MORNING_NS + 20 * MINUTE) -> None:
    """Load, log in, dial for twenty minutes, and tell what became of it."""
    centre, outbound = load(HERE / "centre.toml"), load_outbound(HERE / "campaigns.toml")
    clock = HandClock(MORNING_NS)
    with (
        TemporaryDirectory() as folder,
        Book(Path(folder) / "campaigns.db") as book,
        Host(centre, clock=clock, settings=Settings(threads=False), followers=followers(outbound)) as host,
        Dialer(host, book, outbound, threads=False) as dialer,
    ):
        import_list(book, customers(), "spring", "customers", MORNING_NS)
        dialer.set_state("spring", "running")
        for agent in centre.agents:
            host.apply(LogIn(agent.id))

        front_end = SimulatedFrontEnd(host, dialer, clock, World(person=0.3, talk_ns=100 * SECOND))
        front_end.run(until_ns)

        outcomes = Counter(row["outcome"] for row in book.attempts("spring", 0, clock.now_ns()))
        standing = dialer.standing("spring")
        print(
            f"{front_end.dialled} calls: "
            + ", ".join(f"{n} {name or 'open'}" for name, n in sorted(outcomes.items()))
        )
        print(f"{standing.answered} persons, {standing.abandoned} abandoned; the campaign's cap is 2 %")
        for line in dialer.carriers():
            print(f"carrier {line.id}: {line.begun} calls, {line.busy} lines in use")


if __name__ == "__main__":
    main()
