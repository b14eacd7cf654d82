"""Staffing against published values and values of fifty digits.

Owns the comparison with ``reference_values.csv`` and with tables of the literature; must not test properties
(``test_staffing``).
"""

import csv
import math
import re
from collections.abc import Callable
from typing import Final

import pytest
from outside import outside

from routing.staffing import (
    Curve,
    ErlangA,
    ErlangC,
    ErlangG,
    Figures,
    Gamma,
    Level,
    Lognormal,
    Targets,
    erlang_b,
    erlang_b_lines,
    erlang_b_load,
    garnett,
    halfin_whitt,
)

Row = dict[str, str]

#: Relative; service levels are held to 1e-11 absolute beside it. Worst when written: 4e-14.
CLOSE: Final = 1e-10
CLOSE_LEVEL: Final = 1e-11

FIGURES: Final[dict[str, Callable[[Figures], float]]] = {
    "P(W=0)": lambda f: f.p_no_wait,
    "P(wait)": lambda f: f.p_wait,
    "P(abandon)": lambda f: f.p_abandon,
    "Var(Q)": lambda f: f.queue_variance,
    "E[Q]": lambda f: f.queue,
    "E[N]": lambda f: f.in_system,
    "E[W|served]": lambda f: f.wait_served,
    "E[W|abandon]": lambda f: f.wait_abandoned,
    "E[W] s": lambda f: f.wait,
    "E[W] s (all)": lambda f: f.wait,
    "ASA s": lambda f: f.asa,
    "occupancy": lambda f: f.occupancy,
    "P(W<=T|served)": lambda f: f.within_if_served,
    "P(W<=T|abandon)": lambda f: f.within_if_abandoned,
    "SL": lambda f: f.service_level(),
    "SL served<=T / offered": lambda f: f.service_level(Level.OFFERED),
    "SL served<=T / served": lambda f: f.service_level(Level.SERVED),
    "SL served<=T / (offered - abandoned<=T)": lambda f: f.service_level(Level.NOT_QUICKLY_LEFT),
}
CURVES: Final[dict[str, Curve]] = {
    "E2(mean 1)": Gamma(1, 2),
    "LN(mean 1,SCV 1)": Lognormal(1, 1),
    "LN(mean 4,SCV 4)": Lognormal(4, 4),
    "LN(mean 4,SCV 0.25)": Lognormal(4, 0.25),
}


def rows() -> list[Row]:
    with outside("reference_values.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["mpmath50"] not in {"", "''"}]


def amount(text: str) -> float:
    """A number of a cell, in seconds where it has minutes."""
    found = re.match(r"[\d.]+", text)
    assert found is not None, text
    value = float(found[0])
    return value / 60 if "/min" in text else value * 60 if "min" in text else value


def load(row: Row) -> float:
    """Erlangs, also where the row has calls and a handling time."""
    if "erl" in row["lambda"]:
        return amount(row["lambda"])
    return amount(row["lambda"]) * amount(row["aht_or_1/mu"])


def found(row: Row) -> float | None:
    model, quantity = row["model"], row["quantity"]
    n = float(row["n"] or 0)
    if model == "Erlang B":
        return erlang_b(load(row), n)
    if model == "Erlang B staffing":
        return erlang_b_lines(load(row), 0.01)
    if model == "Erlang B inverse":
        return erlang_b_load(n, 0.01)
    if model == "Halfin-Whitt":
        return halfin_whitt(amount(quantity.partition("beta=")[2]))
    if model.startswith("Garnett"):
        return garnett(float(quantity.partition("beta=")[2]), 1 / amount(row["threshold"].partition("=")[2]))
    if model == "M/M/n+M staffing":
        targets = Targets(service_level=0.8, threshold=0.1, definition=Level.SERVED, abandonment=0.05)
        return ErlangA(100, 1, 1).minimum_agents(targets)
    if model.startswith("DES"):
        return None
    aht = amount(row["aht_or_1/mu"])
    if "real x" in model:
        return ErlangC(load(row), aht).real_agents(Targets(asa=15))
    if "staffing" in model:
        level = float(quantity.partition(">=")[2])
        return ErlangC(load(row), aht).minimum_agents(Targets(service_level=level, threshold=20))
    threshold = amount(row["threshold"]) if row["threshold"] else None
    if "+G" in model:
        curve = CURVES[model.partition("G=")[2]]
        return FIGURES[quantity](ErlangG(load(row), aht, curve).at(n, threshold))
    if "Erlang-C" in model:
        return FIGURES[quantity](ErlangC(load(row), aht).at(n, threshold))
    return FIGURES[quantity](ErlangA(load(row), aht, amount(row["patience"])).at(n, threshold))


def test_every_reference_row() -> None:
    tested = 0
    for row in rows():
        if (value := found(row)) is None:
            continue
        truth = float(row["mpmath50"])
        assert value == pytest.approx(truth, rel=CLOSE, abs=0), row
        if row["quantity"].startswith(("SL", "P(W<=T")) and "+G" not in row["model"]:
            assert abs(value - truth) <= CLOSE_LEVEL, row
        tested += 1
    assert tested >= 100


def test_published_simulations_agree() -> None:
    """Whitt's simulated figures of M/M/n+G lie around the exact ones, as far as their intervals say (three of them)."""
    for row in rows():
        if row["kind"] == "published-simulation" and (value := found(row)) is not None:
            assert abs(value - float(row["value"])) <= 3 * float(row["half_width_or_tol"]), row


#: Loads in erlangs, a row for each number of lines from 2, and the shares of calls lost at the heads of the columns.
PERCENTS: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3, 4, 5)
LINES: Final = """
0.0 0.0 0.0 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.2 0.2 0.3 0.3 0.4
0.1 0.2 0.2 0.2 0.3 0.3 0.3 0.4 0.4 0.4 0.4 0.5 0.6 0.7 0.8 0.9
0.2 0.4 0.4 0.5 0.6 0.7 0.7 0.7 0.8 0.8 0.8 0.9 1.1 1.3 1.4 1.5
0.5 0.6 0.8 0.9 1.0 1.1 1.1 1.2 1.2 1.3 1.3 1.4 1.7 1.9 2.1 2.2
0.7 1.0 1.1 1.3 1.4 1.5 1.6 1.7 1.8 1.8 1.9 1.9 2.3 2.5 2.8 3.0
1.1 1.4 1.6 1.8 1.9 2.1 2.2 2.2 2.3 2.4 2.4 2.5 2.9 3.2 3.5 3.7
1.4 1.8 2.1 2.3 2.5 2.6 2.7 2.8 2.9 3.0 3.1 3.1 3.6 4.0 4.3 4.5
1.8 2.3 2.6 2.9 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 4.3 4.7 5.1 5.4
"""


def printed(value: float, text: str) -> bool:
    """Is the value what was printed, to half of the last digit?"""
    return abs(value - float(text)) <= 0.5000001 * 10.0 ** -len(text.partition(".")[2])


def test_the_table_of_erlang_b() -> None:
    """Collins, Carrier Grade Voice Over IP, 2nd edition, appendix A, 2 to 9 channels; erlang.com's manual, 15 lines."""
    for lines, row in enumerate(LINES.split("\n")[1:-1], start=2):
        for percent, text in zip(PERCENTS, row.split(), strict=True):
            blocking = percent / 100
            exact = erlang_b_load(lines, blocking)
            assert printed(exact, text), (lines, blocking)
            assert erlang_b(exact, lines) == pytest.approx(blocking, rel=1e-12)
    assert printed(erlang_b_load(15, 0.01), "8.108")


def test_the_exact_columns_of_whitt() -> None:
    """Whitt, Engineering Solution of a Basic Call-Center Model, Management Science 51 (2005), M/M/100+M."""
    soon, late = ErlangA(102, 1, 1), ErlangA(102, 1, 4)
    figures = soon.at(100, 0.1)
    assert printed(figures.p_no_wait, "0.4083")
    assert printed(figures.p_abandon, "0.0499")
    assert printed(figures.wait_served, "0.0490")
    assert printed(figures.within_if_served, "0.7986")
    assert printed(soon.at(100, 0.2).within_if_served, "0.9644")
    figures = late.at(100)
    assert printed(figures.p_no_wait, "0.226")
    assert printed(figures.p_abandon, "0.0364")
    assert printed(figures.queue_variance, "214.5")
    assert printed(figures.in_system, "113.1")


def test_the_limits_are_approached() -> None:
    """The exact share that waits tends to the limits as the centre grows."""
    for size in (1e4, 1e6):
        n = size + math.sqrt(size)
        assert ErlangC(size, 1).at(n).p_wait == pytest.approx(halfin_whitt(1.0), abs=2 / math.sqrt(size))
        assert ErlangA(size, 1, 0.25).at(n).p_wait == pytest.approx(
            garnett(1.0, 0.25), abs=2 / math.sqrt(size)
        )
