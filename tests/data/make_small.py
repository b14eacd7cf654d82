"""Makes ``small_trace.csv`` from a seed, and ``small_answer.csv`` by routing it with the reference engine.

    python tests/data/make_small.py

Owns the two files beside it; must not use the compiled engine, which they are to be held against.
"""

import sys
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from reference import ReferenceEngine  # noqa: E402

from routing.config import load  # noqa: E402
from routing.simulation.placing import Placement  # noqa: E402
from routing.simulation.reading import read_calls  # noqa: E402
from routing.simulation.result import write_calls  # noqa: E402
from routing.simulation.study import simulate  # noqa: E402
from routing.units import SECOND  # noqa: E402

CALLS = 500
SEED = 20261122
KINDS = (
    ("sales", 0.35),
    ("support", 0.25),
    ("billing", 0.25),
    ("lang_fr", 0.05),
    ("lang_fr and tech >= 50", 0.1),
)


class Naive(ReferenceEngine):
    """The reference engine, which keeps no digest of its own."""

    digest = 0


def make_trace(path: Path) -> None:
    """Write calls with Poisson arrivals; every twentieth arrives together with the one before it."""
    rng = Random(SEED)
    at_ns = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("arrival_ns,skill,service_ns,patience_ns,priority\n")
        for number in range(CALLS):
            if number % 20:
                at_ns += round(rng.expovariate(1 / (14 * SECOND)))
            kind = rng.choices([name for name, _ in KINDS], [share for _, share in KINDS])[0]
            service_ns = round(rng.lognormvariate(4.3, 0.8) * SECOND)
            patience_ns = round(rng.expovariate(1 / (150 * SECOND)))
            priority = rng.choices((0, 1, 2), (0.7, 0.2, 0.1))[0]
            file.write(f"{at_ns},{kind},{service_ns},{patience_ns},{priority}\n")


def make_answer(trace: Path, answer: Path) -> None:
    """Write what the reference engine does with the trace."""
    config = load(HERE / "small.toml")
    log = read_calls(trace, Placement(config))
    result = simulate(config, log, engine=Naive).result
    with answer.open("w", encoding="utf-8", newline="") as file:
        write_calls(result, file)


if __name__ == "__main__":
    make_trace(HERE / "small_trace.csv")
    make_answer(HERE / "small_trace.csv", HERE / "small_answer.csv")
