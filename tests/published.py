"""Published simulations of call centres, run again by the engine, and how far the figures lie apart.

    python tests/published.py REFERENCE_VALUES.csv --model SimpleMSK --days 10000 --jobs 2

Prints a table in Markdown: published and simulated figure, and z, their difference in combined standard errors. The
error of a published figure is its half width / 1.96 and the rounding of its last digit (a digit / sqrt(12)); where a
table of a paper gives no half width, that of the same figure in the paper's other tables is taken.

Owns which figure of which model is which published one; must not know how anything is simulated.
"""

import argparse
import csv
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from routing.simulation.distributions import Distribution
from routing.simulation.model_file import load_model
from routing.simulation.model_shape import CentreModel
from routing.simulation.modelling import simulate_model
from routing.simulation.student import Estimate
from routing.simulation.sums import Sums
from routing.units import MINUTE

MODELS = Path(__file__).resolve().parent.parent / "examples" / "models"

Figure = Callable[[Sums], Estimate]


class Row(NamedTuple):
    """A published figure: of a model, under which name, its value, standard error, and ours to hold against it."""

    model: str
    quantity: str
    value: float
    error: float
    figure: Figure


class Check(NamedTuple):
    """A published figure and ours."""

    row: Row
    ours: Estimate

    @property
    def z(self) -> float:
        """The difference in combined standard errors."""
        assert self.ours.value is not None
        assert self.ours.std_error is not None
        return (self.ours.value - self.row.value) / math.hypot(self.ours.std_error, self.row.error)


def total(name: str, kind: str | None = None, times: float = 1.0, complement: bool = False) -> Figure:
    """A figure of all calls, or of a type; ``complement``: 1 less it."""

    def find(sums: Sums) -> Estimate:
        found = sums.figures(kind)[name]
        assert found.value is not None
        assert found.std_error is not None
        value = 1 - found.value if complement else found.value
        return Estimate(value * times, None, found.std_error * times, found.n)

    return find


def occupancy(group: str) -> Figure:
    """The occupancy of a group."""
    return lambda sums: sums.team(group)["occupancy"]


#: For Whitt's models by the quantity's name: the figure, and the half width where none is given.
WHITT: dict[str, tuple[Figure, float]] = {
    "P(W=0)": (total("waited_share", complement=True), 0.0026),
    "P(abandon)": (total("abandoned_share"), 0.00032),
    "E[Q]": (total("waiting"), 0.075),
    "E[W|served]": (total("asa_s", times=1 / 60), 0.00072),
    "P(W<=T|served) 0.1": (total("of_answered"), 0.0028),
    "P(W<=T|served) 0.2": (total("of_answered_2"), 0.0028),
}
CENTRES: dict[tuple[str, str], Figure] = {
    ("SimpleMSK", "served per day"): total("answered"),
    ("SimpleMSK", "SL 20 s"): total("without_short_abandons"),
    ("SimpleMSK", "occupancy group 0"): occupancy("group0"),
    ("MMC", "SL 20 s"): total("of_answered"),
    ("MMC", "ASA min"): total("asa_s", times=1 / 60),
    ("MMC", "in target"): total("in_time"),
    ("MMCAb", "abandoned per day"): total("abandoned"),
    ("MMCAb", "SL 20 s incl. abandons >=T"): total("without_short_abandons"),
    ("Blend", "outbound tried"): total("dialled", "outbound"),
    ("Blend", "outbound served"): total("answered", "outbound"),
    ("Blend", "inbound served"): total("answered", "inbound"),
    ("Blend", "SL %"): total("with_short_abandons", "inbound", times=100),
    ("Bilingual", "arrived all"): total("offered", times=5),  # a week of five such days
    ("Bilingual", "served all"): total("answered", times=5),
}


def lognormal(mean: float, scv: float) -> Distribution:
    return Distribution("lognormal", mean_ns=round(mean * MINUTE), scv=scv)


E2 = Distribution("erlang", mean_ns=MINUTE, k=2)
M = Distribution("exponential", mean_ns=MINUTE)
#: Service and patience of Whitt's models, by their name in the reference values.
WHITT_MODELS: dict[str, tuple[Distribution, Distribution]] = {
    "M/M/n+G, G=E2(mean 1)": (M, E2),
    "M/M/n+G, G=LN(mean 1,SCV 1)": (M, lognormal(1, 1)),
    "M/M/n+G, G=LN(mean 4,SCV 4)": (M, lognormal(4, 4)),
    "M/M/n+G, G=LN(mean 4,SCV 0.25)": (M, lognormal(4, 0.25)),
    "M/D/n+E2": (Distribution("constant", mean_ns=MINUTE), E2),
    "M/E2/n+E2": (E2, E2),
    "M/LN(1,1)/n+E2": (lognormal(1, 1), E2),
    "M/E2/n+LN(1,1)": (E2, lognormal(1, 1)),
    "M/LN(1,1)/n+LN(1,1)": (lognormal(1, 1), lognormal(1, 1)),
    "M/LN(1,4)/n+LN(1,1)": (lognormal(1, 4), lognormal(1, 1)),
}
FILES = {
    "SimpleMSK": "simple_msk",
    "MMC": "mmc",
    "MMCAb": "mmc_ab",
    "Blend": "blend",
    "Bilingual": "bilingual",
}
#: What the example's own report says beside the reference values: who left, and contacts within 20 s.
MSK_LEFT = (910.335, 34.2)
MSK_IN_TIME = (
    ((170.154, 5.816), (599.334, 5.175), (15.490, 1.708)),
    ((262.936, 8.339), (511.648, 5.372), (34.697, 3.427)),
    ((259.806, 9.628), (613.732, 6.146), (24.888, 2.751)),
)


def make(name: str) -> CentreModel:
    """Make a published model."""
    if name in FILES:
        return load_model(MODELS / f"{FILES[name]}.toml")
    made = load_model(MODELS / "whitt.toml")
    service, patience = WHITT_MODELS[name]
    kind = replace(made.model.types[0], service=(service,), patience=(patience,))
    return replace(made, model=replace(made.model, name=name, types=(kind,)))


def rows(reference: Path) -> list[Row]:
    """Find the published simulations among the reference values."""
    found = []
    with reference.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if not line["kind"].startswith("published-simulation"):
                continue
            name = (
                line["model"].removeprefix("DES ").split(" ")[0]
                if line["model"].startswith("DES")
                else line["model"]
            )
            quantity = line["quantity"]
            half = float(line["half_width_or_tol"] or 0)
            if name in FILES:
                figure = CENTRES[name, quantity]
            else:
                key = f"{quantity} {line['threshold']}".strip()
                figure, usual = WHITT[key]
                half, quantity = half or usual, key
            digits = len(line["value"].partition(".")[2])
            found.append(Row(name, quantity, float(line["value"]), _error(half, digits), figure))
    found += list(_more())
    return found


def _error(half: float, digits: int) -> float:
    return math.hypot(half / 1.96, 10.0**-digits / math.sqrt(12))


def _more() -> Iterator[Row]:
    """What the report of SimpleMSK has beside them."""
    yield Row("SimpleMSK", "abandoned per day", MSK_LEFT[0], _error(MSK_LEFT[1], 3), total("abandoned"))
    for kind, periods in enumerate(MSK_IN_TIME):
        for period, (value, half) in enumerate(periods):

            def figure(sums: Sums, kind: int = kind, period: int = period) -> Estimate:
                return sums.figures(f"type{kind}", period)["in_time"]

            yield Row("SimpleMSK", f"in 20 s, type {kind}, period {period}", value, _error(half, 3), figure)


def check(found: Sequence[Row], name: str, sums: Sums) -> list[Check]:
    """Hold the published figures of a model against ours."""
    return [Check(row, row.figure(sums)) for row in found if row.model == name]


def table(checks: Sequence[Check], days: int) -> Iterator[str]:
    """Write a table."""
    for one in checks:
        assert one.ours.value is not None
        assert one.ours.std_error is not None
        yield (
            f"| {one.row.model} | {one.row.quantity} | {one.row.value:g} ± {1.96 * one.row.error:.2g} "
            f"| {one.ours.value:.6g} ± {1.96 * one.ours.std_error:.2g} | {days:,} | {one.z:+.2f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--model", action="append", choices=[*FILES, *WHITT_MODELS], metavar="NAME")
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    known = rows(options.reference)
    sys.stdout.write("| model | figure | published | simulated | days | z |\n|---|---|---|---|---|---|\n")
    for name in options.model or [*FILES, *WHITT_MODELS]:
        made = make(name)
        sums = simulate_model(made, options.days, seed=options.seed, jobs=options.jobs)
        for line in table(check(known, name, sums), len(sums.days)):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
