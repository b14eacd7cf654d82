"""Staffing at the ends of what floats can say: finite figures within their ranges, or an error, and soon.

Every public question is asked with sizes from subnormal to 1e300, with what is no number, and with sane ones.
The asking is done by this file as a program of its own, which an alarm kills when one question takes too long,
also within compiled code. More than the test asks: ``python tests/test_staffing_extremes.py SEED QUESTIONS``.

Owns the fuzz; must not test values (``test_staffing``, ``test_staffing_reference``).
"""

import math
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from routing.errors import ConfigError, UsageError
from routing.staffing import (
    Curve,
    Deterministic,
    Empirical,
    ErlangA,
    ErlangC,
    ErlangG,
    Exponential,
    Figures,
    Gamma,
    Hyperexponential,
    Level,
    Lognormal,
    Of,
    Retrying,
    Targets,
    Weibull,
    blockings,
    erlang_b,
    erlang_b_lines,
    erlang_b_load,
    erlang_b_retrials,
    erlang_c,
    garnett,
    garnett_abandonment,
    halfin_whitt,
    minimum_agents,
    queue_blocking,
    queue_lines,
    service_levels,
    square_root_agents,
)

SECONDS = 10.0  # of the processor; the slowest takes a tenth of one, and several on a machine with much to do
SLACK = 1e-9
SEVEN = 2e-7  # the digits that ErlangG leaves at the ends of its domain
BAD: list[Any] = [
    math.nan,
    math.inf,
    -math.inf,
    -1.0,
    -0.0,
    0.0,
    True,
    False,
    10**400,
    -(10**400),
    "5",
    None,
    1j,
]
ENDS: list[float] = [5e-324, 1e-308, 2.3e-308, 1e-300, 1e-100, 1e-17, 1e-9, 1e9, 1e17, 1e100, 1e300, 1.7e308]
SHARES: list[float] = [5e-324, 1e-300, 1e-17, 1e-9, 0.1, 0.5, 0.8, 0.99, 1 - 1e-9, 1 - 2**-53]


class Drawn:
    """Arguments by chance: mostly sane, often extreme, seldom nonsense."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def size(self, sane: float = 1.0) -> Any:
        rng, kind = self.rng, self.rng.random()
        if kind < 0.02:
            return rng.choice(BAD)
        if kind < 0.05:
            return rng.choice(ENDS)
        if kind < 0.08:
            return 10 ** rng.uniform(-300, 300)
        if kind < 0.2:
            return 10 ** rng.uniform(-30, 30)
        if kind < 0.45:
            return sane * 10 ** rng.uniform(-12, 9)
        return sane * 10 ** rng.uniform(-2, 2)

    def load(self) -> Any:
        return self.size(20.0)

    def agents(self, load: Any = 20.0) -> Any:
        """Often about the load."""
        rng = self.rng
        if rng.random() < 0.5 and isinstance(load, float) and math.isfinite(load):
            near = load * rng.choice([0.5, 0.9, 1.0, 1 + 1e-15, 1 + 1e-9, 1.02, 1.2, 2.0])
            return math.ceil(near) if rng.random() < 0.5 and near < 1e15 else near
        return self.size(20.0)

    def share(self) -> Any:
        rng = self.rng
        return (
            rng.choice(BAD)
            if rng.random() < 0.02
            else rng.choice(SHARES)
            if rng.random() < 0.5
            else rng.random()
        )

    def sometimes(self, draw: Callable[[], Any]) -> Any:
        return draw() if self.rng.random() < 0.3 else None

    def targets(self) -> Targets:
        return Targets(
            service_level=self.sometimes(self.share),
            threshold=0.0 if self.rng.random() < 0.1 else self.size(20.0),
            definition=self.rng.choice(list(Level)),
            asa=self.sometimes(lambda: self.size(20.0)),
            mean_wait=self.sometimes(lambda: self.size(20.0)),
            abandonment=self.sometimes(self.share),
            p_wait=self.sometimes(self.share),
            occupancy=self.sometimes(self.share),
        )

    def curve(self) -> Curve:
        kind = self.rng.randrange(7)
        if kind == 0:
            return Exponential(self.size(200.0))
        if kind == 1:
            return Deterministic(self.size(200.0))
        if kind == 2:
            return Gamma(self.size(200.0), self.size())
        if kind == 3:
            return Lognormal(self.size(200.0), self.size())
        if kind == 4:
            part = self.rng.choice([0.5, 1e-12, 0.99])
            return Hyperexponential([self.size(20.0), self.size(400.0)], [part, 1 - part])
        if kind == 5:
            return Weibull(self.size(200.0), self.size())
        times = sorted(
            {self.size(60.0) for _ in range(self.rng.randrange(1, 6))},
            key=lambda time: time if isinstance(time, float) else 0.0,
        )
        shares = sorted((self.rng.random() for _ in times), reverse=True)
        if self.rng.random() < 0.3:
            shares[-1] = 0.0
        return Empirical(times, shares)

    def model(self, kinds: int = 4) -> "ErlangA | ErlangC | ErlangG | Retrying":
        """Three kinds without `ErlangG`, of which a long search takes seconds."""
        kind = self.rng.randrange(kinds)
        load, aht = self.load(), self.size(180.0)
        if kind == 0:
            return ErlangC(load, aht)
        if kind == 1:
            return ErlangA(load, aht, self.size(200.0))
        if kind == 3:
            return ErlangG(load, aht, self.curve())
        inner = self.model(2)
        assert not isinstance(inner, Retrying)
        return Retrying(inner, self.rng.choice([0.0, 1.0, self.share()]))


def holds(what: bool, *shown: object) -> None:
    if not what:
        raise AssertionError(shown)


def is_share(value: float, *shown: object) -> None:
    holds(0.0 <= value <= 1.0 + SLACK, "share", value, *shown)


def is_time(value: float, *shown: object) -> None:
    holds(0.0 <= value < math.inf, "finite and 0 or more", value, *shown)


def sound(figures: Figures) -> None:
    """Every figure is within its range."""
    for name in ("occupancy", "p_no_wait", "p_wait", "p_served", "p_abandon"):
        is_share(getattr(figures, name), name, figures)
    for name in (
        "wait",
        "wait_served",
        "wait_abandoned",
        "queue",
        "queue_variance",
        "in_service",
        "in_system",
    ):
        is_time(getattr(figures, name), name, figures)
    holds(abs(figures.p_no_wait + figures.p_wait - 1) < SLACK, "p_wait", figures)
    holds(abs(figures.p_served + figures.p_abandon - 1) < SLACK, "p_served", figures)
    if (past := figures.within) is not None:
        for name in ("served", "abandoned", "longer"):
            is_share(getattr(past, name), name, figures)
        holds(abs(past.served + past.abandoned + past.longer - 1) < SLACK, "within", figures)
        for level in Level:
            is_share(figures.service_level(level), level, figures)


def one_way(fewer: Figures, more: Figures) -> None:
    """More agents: no figure that may be a target gets worse."""
    for name in ("wait", "wait_served", "p_abandon", "p_wait", "occupancy"):
        one, other = getattr(fewer, name), getattr(more, name)
        holds(other <= one * (1 + SEVEN) + 1e-290, "not monotone", name, fewer, more)
    if fewer.within is not None:
        for level in Level:
            one, other = fewer.service_level(level), more.service_level(level)
            holds(one <= other + SEVEN, "not monotone", level, fewer, more)


def at(d: Drawn) -> None:
    model = d.model()
    n = d.agents(model.load)
    threshold = d.rng.choice([None, 0.0, d.size(20.0)])
    figures = model.at(n, threshold)
    sound(figures)
    more = model.at(min(1e9, n * d.rng.choice([1 + 1e-6, 1.01, 1.5])), threshold)
    sound(more)
    one_way(figures, more)


def percentile(d: Drawn) -> None:
    model = d.model(3)
    is_time(model.percentile(d.agents(model.load), d.share(), d.rng.choice(list(Of))), model)


def minimum(d: Drawn) -> None:
    model, targets = d.model(), d.targets()
    n = model.minimum_agents(targets)
    holds(0 < n <= 1e9, n)
    if n <= 1e9:
        met(model, n, targets)
        if n - 1 > model.least_n(model.load):
            holds(
                not targets.met_by(model.at(n - 1, targets.needs_threshold)),
                "one less meets",
                model,
                targets,
                n,
            )


def met(model: "ErlangA | ErlangC | ErlangG | Retrying", n: float, targets: Targets) -> None:
    holds(targets.met_by(model.at(n, targets.needs_threshold)), "unmet", model, targets, n)


def real(d: Drawn) -> None:
    model, targets = d.model(3), d.targets()
    n = model.real_agents(targets)
    holds(0 < n <= 1e9, n)
    met(model, n, targets)


def most(d: Drawn) -> None:
    model, targets = d.model(3), d.targets()
    n = d.agents()
    load = model.maximum_load(n, targets)
    holds(0 < load <= 1e9, load)
    met(model.loaded(load), n, targets)


def of_calls(d: Drawn) -> None:
    calls, per, aht = d.size(240.0), d.size(1800.0), d.size(180.0)
    for model in (ErlangC.of_calls(calls, per, aht), ErlangA.of_calls(calls, per, aht, d.size(200.0))):
        is_time(model.load, model)
    is_time(ErlangG.of_calls(calls, per, aht, d.curve()).load)


def lost(d: Drawn) -> None:
    model = d.model(3)
    queue = model if isinstance(model, Retrying) else Retrying(model, d.share())
    n = d.agents(queue.load)
    is_share(queue.lost(n), queue, n)
    is_time(queue.offered(n), queue, n)


def curves(d: Drawn) -> None:
    curve = d.curve()
    is_time(curve.mean, "mean", curve)
    before = (1.0, 0.0, 0.0)
    for t in sorted([0.0, 5e-324, *(10 ** d.rng.uniform(-300, 308) for _ in range(3))]):
        stays, left, area = curve.staying(t), curve.left(t), curve.integral(t)
        is_share(stays, "staying", t)
        is_share(left, "left", t)
        is_time(area, "integral", t)
        holds(area <= min(t, curve.mean) * (1 + SLACK) + 1e-300, "integral", t, area, curve.mean)
        holds(
            abs(stays + left - 1) < SLACK and stays <= before[0] + SLACK and area >= before[2] * (1 - SLACK),
            t,
            curve,
        )
        before = stays, left, area


def loss(d: Drawn) -> None:
    load = d.load()
    n = d.agents(load)
    here = erlang_b(load, n)
    is_share(here, load, n)
    after = erlang_b(load, min(1e9, n * 1.001 + 1e-3))
    holds(after <= here * (1 + SLACK), "not monotone", load, n)


def delay(d: Drawn) -> None:
    load = d.load()
    n = d.agents(load)
    here = erlang_c(load, n)
    is_share(here, load, n)
    holds(erlang_c(load, min(1e9, n * 1.001)) <= here * (1 + SLACK), "not monotone", load, n)


def loss_inverses(d: Drawn) -> None:
    load, share = d.load(), d.share()
    n = erlang_b_lines(load, share)
    holds(n >= 0, n)
    if n <= 1e9:
        holds(erlang_b(load, n) <= share * (1 + SLACK), "blocked", load, n, share)
        holds(n == 0 or erlang_b(load, n - 1) > share * (1 - SLACK), "too many", load, n, share)


def loss_load(d: Drawn) -> None:
    n, share = d.agents(), d.share()
    load = erlang_b_load(n, share)
    holds(0.0 < load < math.inf, load, n, share)
    if load <= 1e9:
        found = erlang_b(load, n)
        holds(abs(found - share) <= 1e-6 * share, "inverse", load, n, share, found)


def loss_retrials(d: Drawn) -> None:
    load = d.load()
    lines = erlang_b_retrials(load, d.agents(load), d.rng.choice([0.0, 1.0, d.share()]))
    is_time(lines.load, lines)
    is_share(lines.blocking, lines)
    is_share(lines.lost, lines)


def trunks(d: Drawn) -> None:
    load = d.load()
    n = d.agents(load)
    lines = d.agents(n)
    here = queue_blocking(load, n, lines)
    is_share(here, load, n, lines)
    if lines <= 9e8:
        holds(queue_blocking(load, n, lines + 1) <= here * (1 + SLACK), "not monotone", load, n, lines)


def trunk_lines(d: Drawn) -> None:
    load, share = d.load(), d.share()
    n = d.agents(load)
    lines = queue_lines(load, n, share)
    holds(n <= lines <= 1e9 + 1, load, n, share, lines)


def limits(d: Drawn) -> None:
    load = d.load()
    beta = d.rng.choice([d.size(), -(10 ** d.rng.uniform(-12, 9))])
    ratio = d.size()
    is_share(garnett(beta, ratio), "garnett", beta, ratio)
    is_share(garnett_abandonment(beta, ratio, load), "abandonment", beta, ratio, load)


def limit_c(d: Drawn) -> None:
    beta = d.size()
    is_share(halfin_whitt(beta), beta)
    holds(math.isfinite(square_root_agents(d.load(), beta)), beta)


def many(d: Drawn) -> None:
    count = d.rng.randrange(4)
    loads = [d.load() for _ in range(count)]
    aht = d.rng.choice([d.size(180.0), [d.size(180.0) for _ in loads]])
    patience = d.rng.choice([None, d.size(200.0), [d.size(200.0) for _ in loads]])
    agents = [d.agents(load) for load in loads]
    kind = d.rng.randrange(3)
    if kind == 0:
        found: Iterable[float] = minimum_agents(loads, d.targets(), aht=aht, patience=patience)
        for n in found:
            holds(0 <= n <= 2e9, n)
    elif kind == 1:
        found = blockings(loads, agents)
        for level in found:
            is_share(level)
    else:
        definition = d.rng.choice(list(Level))
        found = service_levels(loads, agents, d.size(20.0), aht=aht, patience=patience, definition=definition)
        for level in found:
            is_share(level)


ASKS: list[Callable[[Drawn], None]] = [
    at,
    percentile,
    minimum,
    real,
    most,
    of_calls,
    lost,
    curves,
    loss,
    delay,
    loss_inverses,
    loss_load,
    loss_retrials,
    trunks,
    trunk_lines,
    limits,
    limit_c,
    many,
]


def ask(seed: int) -> str:
    """Ask one question; return what came of it."""
    question = ASKS[seed % len(ASKS)]
    began = time.process_time()
    try:
        question(Drawn(seed))
    except (UsageError, ConfigError) as error:
        outcome = "refused" if "; " in str(error) else f"no remedy: {error}"
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
    else:
        outcome = "answered"
    if (spent := time.process_time() - began) > SECONDS:
        outcome += f", slow: {spent:.1f} s"
    return outcome


def tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def run(first: int, count: int) -> None:
    """Ask so many questions; say which comes, then what came of it, so that a killed one is known."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for seed in range(first, first + count):
        tell(f"{seed} {ASKS[seed % len(ASKS)].__name__} ")
        signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
        tell(ask(seed).replace("\n", " ") + "\n")
    signal.setitimer(signal.ITIMER_PROF, 0)


@pytest.mark.once
def test_every_question_is_answered_or_refused_and_soon() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), "1", "720"], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    wrong = [line for line in lines if not line.endswith((" answered", " refused"))]
    assert (done.returncode, wrong) == (0, []), done.stderr
    assert len(lines) == 720
    assert sum(line.endswith(" answered") for line in lines) > 240


def test_a_threshold_beyond_all_patience_is_that_of_ever() -> None:
    """From 750 mean patiences on nobody is left, to the last 1e-308."""
    model = ErlangA(25, 180, 60)
    for n in (10, 25, 40):
        figures = model.at(n)
        for threshold in (749.9 * 60, 750.1 * 60, 1e9 * 60, 1.7e308):
            past = model.at(n, threshold).within
            assert past is not None
            assert past.served == pytest.approx(figures.p_served, rel=1e-12)
            assert past.abandoned == pytest.approx(figures.p_abandon, rel=1e-12)
            assert past.longer < 1e-300


@pytest.mark.parametrize(
    ("patience", "remedy"), [(1.001e15 * 180, "use ErlangC"), (0.999e-15 * 180, "use erlang_b")]
)
def test_patience_that_has_nothing_to_do_with_handling_is_refused(patience: float, remedy: str) -> None:
    for ask_it in (
        lambda: ErlangA(10, 180, patience),
        lambda: ErlangG(10, 180, Exponential(patience)),
        lambda: minimum_agents([10.0], Targets(p_wait=0.5), aht=180, patience=patience),
        lambda: service_levels([10.0], 12, 20, aht=180, patience=[patience]),
    ):
        with pytest.raises(UsageError, match=remedy):
            ask_it()
    near = ErlangA(10, 180, 0.999e15 * 180).at(12)
    assert near.p_wait == pytest.approx(erlang_c(10, 12), rel=1e-12)
    assert ErlangA(10, 180, 1.001e-15 * 180).at(12).p_abandon == pytest.approx(erlang_b(10, 12), rel=1e-12)


def test_arrays_under_overload_have_a_rule_and_no_figure() -> None:
    for load in (12.0, 12.0 + 1e-14, 13.0, 1e9):
        with pytest.raises(
            UsageError, match=r"element 1, .* no steady state where nobody leaves; give agents"
        ):
            service_levels([10.0, load], 12, 20, aht=180)
        assert 0 <= service_levels([load], 12, 20, aht=180, patience=300)[0] < 1
    below = math.nextafter(12.0, 0.0)
    assert 0 <= service_levels([below], 12, 20, aht=180)[0] < 1e-12


def test_more_agents_than_there_are_is_said() -> None:
    for load in (1e9, 5.0):
        asked = Targets(occupancy=1e-9)
        for model in (ErlangC(load, 180), ErlangA(load, 180, 300), Retrying(ErlangA(load, 180, 300), 0.5)):
            with pytest.raises(UsageError, match=r"1e\+09"):
                model.minimum_agents(asked)
        with pytest.raises(UsageError, match=r"element 0, .* needs more than 1e9 agents"):
            minimum_agents([load], asked, aht=180)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
