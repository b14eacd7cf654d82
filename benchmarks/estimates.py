"""How good are estimated waits? In queues of theory, and in two months of a bank; see docs/estimated-wait.md.

    python benchmarks/estimates.py --arrivals 100000 --seeds 1
    python benchmarks/estimates.py --bank data/anonymous_bank

Owns how figures are printed; must not know where they come from (``tests/known_waits.py``).
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from known_waits import GIVEN, PUBLISHED, Score, bank, score_theory

from routing.units import SECOND


def line(name: str, score: Score) -> str:
    """Write a row."""
    errors = " ".join(f"{one} {score.error(one):.3f}" for one in score.square)
    sizes = " ".join(f"{one} {score.mean_error(one):.3f}" for one in score.square)
    p50, p90 = (held / score.count for held in score.held)
    mean = score.wait / score.count / SECOND
    return (
        f"{name}: {score.count} waits of {mean:.3f} s on average; p50 held {p50:.3f}, p90 {p90:.3f}\n"
        f"    error      {errors}\n    mean error {sizes}"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arrivals", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--given", action="store_true", help="tell mean service and patience instead of learning them"
    )
    parser.add_argument("--bank", type=Path)
    options = parser.parse_args()
    if options.arrivals:
        for model, (name, published) in PUBLISHED.items():
            for seed in range(options.seeds):
                score = score_theory(model, options.arrivals, seed, GIVEN if options.given else None)
                print(line(f"{model}, seed {seed}, published {name} {published}", score), flush=True)
    if options.bank:
        for month, score in bank(options.bank).items():
            print(line(month, score))


if __name__ == "__main__":
    main()
