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


@pytest.mark.parametrize(
    ("lines", "loads"),
    [  # offered load at 1 %, 0.5 %, 0.1 %
        (2, (0.153, 0.105, 0.046)),
        (4, (0.869, 0.701, 0.439)),
        (5, (1.36, 1.13, 0.762)),
        (10, (4.46, 3.96, 3.09)),
        (20, (12.0, 11.1, 9.41)),
        (24, (15.3, 14.2, 12.2)),
        (40, (29.0, 27.3, 24.5)),
        (70, (56.1, 53.7, 49.2)),
        (100, (84.1, 80.9, 75.2)),
    ],
)
def test_the_table_of_erlang_b(lines: int, loads: tuple[float, ...]) -> None:
    """Rappaport, Wireless Communications, 2nd edition 2002, table 3.4."""
    for blocking, erlangs in zip((0.01, 0.005, 0.001), loads, strict=True):
        exact = erlang_b_load(lines, blocking)
        digits = len(str(erlangs).partition(".")[2])
        assert abs(exact - erlangs) <= 10**-digits  # some are rounded, some cut
        assert erlang_b(exact, lines) == pytest.approx(blocking, rel=1e-12)


def test_the_comparison_of_garnett_mandelbaum_reiman() -> None:
    """Designing a Call Center with Impatient Customers, M&SOM 4 (2002): one centre with and without patience."""
    patient = ErlangC(48, 60)
    leaving = ErlangA(48, 60, 120)
    without, given = patient.at(50), leaving.at(50)
    assert round(without.asa, 1) == 20.8
    assert round(given.p_abandon, 3) == 0.031
    assert round(given.wait, 1) == 3.7
    assert round(patient.percentile(50, 0.9), 1) == 58.1
    assert leaving.percentile(50, 0.9) == pytest.approx(12.5, abs=0.1)  # 12.44
    assert (round(without.queue), round(given.queue)) == (17, 3)
    assert (round(without.occupancy, 2), round(given.occupancy, 2)) == (0.96, 0.93)


def test_the_limits_are_approached() -> None:
    """The exact share that waits tends to the limits as the centre grows."""
    for size in (1e4, 1e6):
        n = size + math.sqrt(size)
        assert ErlangC(size, 1).at(n).p_wait == pytest.approx(halfin_whitt(1.0), abs=2 / math.sqrt(size))
        assert ErlangA(size, 1, 0.25).at(n).p_wait == pytest.approx(
            garnett(1.0, 0.25), abs=2 / math.sqrt(size)
        )
