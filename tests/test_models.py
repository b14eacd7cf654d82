"""Models of centres: distributions, model files, the world around the engine, sums, and published figures.

Owns tests of models and of their intervals; must not test simulations of call logs (``test_simulation``) or the
comparison of plans (``test_plans``).
"""

import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

import published
import pytest
from msgspec.structs import replace
from outside import outside

from routing import cli
from routing.errors import ConfigError, UsageError
from routing.simulation.arrivals import Source
from routing.simulation.distributions import NEVER, Distribution, check_distribution, make_sampler
from routing.simulation.draws import at, many, stream, unit
from routing.simulation.model_file import load_model, loads_model
from routing.simulation.model_shape import CentreModel
from routing.simulation.modelling import simulate_model
from routing.simulation.played import Played, goes_inside
from routing.simulation.result import ABANDONED_CODE, SERVED_CODE
from routing.simulation.student import mean, ratio, student_t
from routing.simulation.sums import OFFERED, make_model_report
from routing.simulation.world import play
from routing.units import HOUR, MINUTE, SECOND

SMALL = """
period = "30m"
periods = 2
groups = [{id = "crew", agents = [6]}]
centre.queues = [{id = "help", wrap_up = "10s"}]

[[types]]
id = "call"
queue = "help"
rates = [2.0, 1.0]
service = {kind = "exponential", mean = "3m"}
patience = {kind = "exponential", mean = "1m"}
"""
RETRIAL = 'retrial = {probability = 0.5, delay = {kind = "constant", mean = "5m"}}'


def small(changes: str = "", old: str = "") -> CentreModel:
    """The small model, with a text in it replaced."""
    return loads_model(SMALL.replace(old, changes) if old else SMALL, "toml")


# ----------------------------------------------------------------------------------------------- distributions


@pytest.mark.parametrize(
    ("spec", "scv"),
    [
        (Distribution("constant", mean_ns=MINUTE), 0.0),
        (Distribution("uniform", low_ns=30 * SECOND, high_ns=90 * SECOND), 1 / 12),
        (Distribution("exponential", mean_ns=MINUTE), 1.0),
        (Distribution("erlang", mean_ns=MINUTE, k=3), 1 / 3),
        (Distribution("gamma", mean_ns=MINUTE, shape=0.5), 2.0),
        (Distribution("gamma", mean_ns=MINUTE, scv=0.2), 0.2),
        (Distribution("lognormal", mean_ns=MINUTE, scv=0.5), 0.5),
        (Distribution("weibull", mean_ns=MINUTE, shape=2.0), 4 / math.pi - 1),
        (
            Distribution("hyperexponential", means_ns=(30 * SECOND, 90 * SECOND), probabilities=(0.5, 0.5)),
            2 * (0.5**2 + 1.5**2) / 2 - 1,
        ),
        (Distribution("empirical", values_ns=(30 * SECOND, 90 * SECOND)), 0.25),
        (Distribution("empirical", values_ns=(30 * SECOND, 120 * SECOND), weights=(2.0, 1.0)), 0.5),
    ],
    ids=lambda value: value.kind if isinstance(value, Distribution) else "",
)
def test_distributions_have_the_moments_they_say(spec: Distribution, scv: float) -> None:
    check_distribution(spec, "service")
    draw = make_sampler(spec)
    drawn = [draw(bits) / MINUTE for bits in many(stream(1, 2), 6000)]
    found = mean(drawn)
    assert found.value == pytest.approx(1.0, abs=4 * (found.std_error or 0) + 1e-9)
    squares = mean([(value - 1) ** 2 for value in drawn])
    assert squares.value == pytest.approx(scv, abs=4 * (squares.std_error or 0) + 1e-9)


def test_who_never_leaves_never_leaves() -> None:
    assert make_sampler(Distribution("never"))(5) == NEVER


def test_draws_have_addresses() -> None:
    assert many(stream(7, 8), 100) == [at(stream(7, 8), number) for number in range(100)]
    values = [unit(bits) for bits in many(stream(3), 4000)]
    assert mean(values).value == pytest.approx(0.5, abs=0.02)
    pairs = [(one - 0.5) * (two - 0.5) * 12 for one, two in pairwise(values)]
    assert abs(mean(pairs).value or 0) < 0.06


# -------------------------------------------------------------------------------------------------- intervals


@pytest.mark.parametrize(("freedom", "quantile"), [(1, 12.7062), (2, 4.30265), (9, 2.26216), (30, 2.04227)])
def test_quantiles_of_student(freedom: int, quantile: float) -> None:
    assert student_t(freedom) == pytest.approx(quantile, rel=1e-5)  # tables of Student's t


def test_the_expansion_for_many_days_meets_the_series() -> None:
    assert student_t(2000) > student_t(2001) > NormalDist().inv_cdf(0.975)
    assert student_t(2000) == pytest.approx(student_t(2001), rel=1e-6)


def test_intervals_cover_as_often_as_they_say() -> None:
    covered = 0
    for sample in range(2000):
        values = [NormalDist(3.0, 2.0).inv_cdf(unit(bits)) for bits in many(stream(11, sample), 4)]
        found = mean(values)
        covered += abs((found.value or 0) - 3.0) <= (found.half_width or 0)
    assert covered / 2000 == pytest.approx(0.95, abs=0.015)


def test_the_interval_of_a_ratio_covers_too() -> None:
    covered = 0
    for sample in range(1000):
        wholes = [50 + 100 * unit(bits) for bits in many(stream(12, sample), 30)]
        noise = [unit(bits) for bits in many(stream(13, sample), 30)]
        found = ratio([whole * 0.6 * (0.5 + one) for whole, one in zip(wholes, noise, strict=True)], wholes)
        covered += abs((found.value or 0) - 0.6) <= (found.half_width or 0)
    assert covered / 1000 == pytest.approx(0.95, abs=0.025)


def test_misuse_of_student() -> None:
    with pytest.raises(UsageError, match="freedom 0"):
        student_t(0)
    assert mean([]).value is None
    assert mean([2.0]).half_width is None


# ------------------------------------------------------------------------------------------------ model files


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'kind = "exponential", mean = "3m"',
            'kind = "exponental", mean = "3m"',
            "types[0].service[0].kind: 'exponental'",
        ),
        ('mean = "3m"', "mean = 3", "types[0].service[0].mean: 3 is a number and has no unit"),
        ('mean = "3m"', 'k = 2, mean = "3m"', "types[0].service.k: 2 is not read by 'exponential'"),
        ('mean = "3m"', 'mean = "0s"', "types[0].service.mean: 0s is no mean of an exponential time"),
        ("rates = [2.0, 1.0]", "rates = [2.0, 1.0, 1.0]", "types[0].rates: has 3 entries for 2 periods"),
        ("rates = [2.0, 1.0]", "rates = [2.0, -1.0]", "types[0].rates[1]: -1.0 per 1m is below 0"),
        ("rates = [2.0, 1.0]", "", "types[0].rates: give either rates, for calls that come in, or a dialer"),
        ('queue = "help"', 'queue = "halp"', "types[0].queue: unknown queue 'halp'; did you mean 'help'?"),
        (
            "agents = [6]",
            "agents = [6, 5, 4, 3]",
            "groups[0].agents: has 4 entries for 2 periods; give 1, 2 or 3",
        ),
        ("agents = [6]", "agents = [-6]", "groups[0].agents[0]: -6 is not in 0..100000"),
        ("agents = [6]", "agent = [6]", "groups[0].agent: unknown field; did you mean 'agents'?"),
        ('wrap_up = "10s"', 'wrap_up = "unlimited"', "centre.queues[0].wrap_up: has no limit"),
        ('wrap_up = "10s"', 'groups = ["craw"]', "centre.queues[0].groups[0]: unknown group 'craw'"),
        (
            "centre.queues",
            'centre.agents = [{id = "ann"}]\ncentre.queues',
            "centre.agents: is not read in a model",
        ),
        ('period = "30m"', 'period = "0s"', "period: 0s is no length"),
        ('period = "30m"', 'period = "30m"\nbusyness = -1.0', "busyness: -1.0 is not in"),
        ('period = "30m"', 'period = "30m"\nwarm_up = "2h"', "warm_up: 2h leaves nothing to count"),
        ('id = "call"', 'id = "call"\nrequirement = "tech"', "types[0].requirement: unknown skill 'tech'"),
        ('id = "call"', 'id = "call"\nbalking = 1.5', "types[0].balking: 1.5 is not in 0..1"),
        (
            'id = "call"',
            f'id = "call"\n{RETRIAL.replace("0.5", "1.0")}',
            "types[0].retrial.probability: 1.0 is not in 0..0.99",
        ),
        (
            "rates = [2.0, 1.0]",
            'dialer = {target = ["krew"]}',
            "types[0].dialer.target[0]: unknown group 'krew'; did you mean 'crew'?",
        ),
    ],
)
def test_wrong_models_say_where_and_why(old: str, new: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        small(new, old)
    assert complaint in str(caught.value)


def test_wrong_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.toml"
    path.write_text(SMALL.replace("agents = [6]", "agents = []"), encoding="utf-8")
    assert cli.main(["simulate", "--model", str(path)]) == 1
    assert capsys.readouterr().err == (
        f"huntgroup: {path}: groups[0].agents: has 0 entries for 2 periods; give 1, 2 or 3\n"
    )
    with pytest.raises(UsageError, match="suffix"):
        load_model("model.ini")


@pytest.mark.parametrize("name", sorted(published.FILES.values()))
def test_published_models_can_be_read(name: str) -> None:
    made = load_model(published.MODELS / f"{name}.toml")
    assert made.model.types
    assert made.config.agents


# --------------------------------------------------------------------------------------------------- the world


def same(one: Played, two: Played) -> bool:
    return (
        one.digest == two.digest
        and one.waits_ns == two.waits_ns
        and one.outcomes == two.outcomes
        and (one.staffed_ns, one.busy_ns, one.last_ns) == (two.staffed_ns, two.busy_ns, two.last_ns)
    )


@pytest.mark.parametrize("agents", [3, 6, 9])
def test_inside_the_core_or_by_commands_is_the_same(agents: int) -> None:
    made = small(f"agents = [{agents}]", "agents = [6]")
    assert goes_inside(made, 100)
    source = Source(made.model, 5)
    for day in range(5):
        assert same(play(made, source.day(day)), play(made, source.day(day), inside=False))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("agents = [6]", "agents = [6, 7]"),
        ('wrap_up = "10s"', 'max_wait = {after = "1m"}'),
        ('wrap_up = "10s"', 'overflow = [{when = "waiting > 3"}]'),
        ('id = "call"', f'id = "call"\n{RETRIAL}'),
    ],
)
def test_what_else_happens_stays_outside(old: str, new: str) -> None:
    assert not goes_inside(small(new, old), 100)


def test_two_plans_meet_the_same_callers() -> None:
    one, two = small(), small("agents = [3, 9]", "agents = [6]")
    first, second = Source(one.model, 3).day(7).calls(), Source(two.model, 3).day(7).calls()
    assert first == second
    assert Source(one.model, 4).day(7).calls() != first


def test_a_busier_day_has_the_same_callers_sooner() -> None:
    one, two = small(), small("rates = [4.0, 2.0]", "rates = [2.0, 1.0]")
    first, second = Source(one.model, 3).day(0).calls(), Source(two.model, 3).day(0).calls()
    known = len(first.arrivals_ns)
    assert len(second.arrivals_ns) > known
    assert all(soon <= late for soon, late in zip(second.arrivals_ns, first.arrivals_ns, strict=False))


def test_who_serves_when_the_group_shrinks_finishes_first() -> None:
    """Four are busy for 40 min at 30 min, when three have to go: they stay until their call is over."""
    made = loads_model(
        """
        period = "30m"
        periods = 2
        groups = [{id = "crew", agents = [4, 1]}]
        centre.queues = [{id = "help"}]
        [[types]]
        id = "call"
        queue = "help"
        rates = [60.0, 0.0]
        service = {kind = "constant", mean = "40m"}
        patience = {kind = "constant", mean = "0s"}
        """,
        "toml",
    )
    done = play(made, Source(made.model, 1).day(0))
    starts = [
        at_ns
        for at_ns, outcome in zip(done.arrivals_ns, done.outcomes, strict=True)
        if outcome == SERVED_CODE
    ]
    assert len(starts) == 4
    assert done.busy_ns == [4 * 40 * MINUTE]
    ends = [start + 40 * MINUTE for start in starts]
    assert done.last_ns == max(HOUR, *ends)
    # Three leave at the end of their call; who finishes last stays to the end of the day.
    assert done.staffed_ns[0] == sum(sorted(ends)[:3]) + done.last_ns


def test_time_adds_up() -> None:
    made = load_model(published.MODELS / "simple_msk.toml")
    source = Source(made.model, 2)
    for day in range(2):
        done = play(made, source.day(day))
        assert all(busy <= staffed for busy, staffed in zip(done.busy_ns, done.staffed_ns, strict=True))
        assert set(done.outcomes) <= {SERVED_CODE, ABANDONED_CODE}
        floor = [2 * HOUR * sum(group.agents) for group in made.model.groups]
        assert all(staffed >= least for staffed, least in zip(done.staffed_ns, floor, strict=True))


def test_callers_try_again_as_often_as_the_model_says() -> None:
    """Where nobody works, everybody leaves; with probability 1/2 each time they come back: two attempts in the mean."""
    text = SMALL.replace('id = "call"', f'id = "call"\n{RETRIAL}').replace("agents = [6]", "agents = [1, 0]")
    made = loads_model(text.replace("rates = [2.0, 1.0]", "rates = [0.0, 3.0]"), "toml")
    sums = simulate_model(made, 60, seed=1, jobs=1)
    first = simulate_model(small("rates = [0.0, 3.0]", "rates = [2.0, 1.0]"), 60, seed=1, jobs=1)
    found = ratio(sums.values(OFFERED), first.values(OFFERED))
    assert found.value == pytest.approx(2.0, abs=4 * (found.std_error or 0))


def test_a_dialer_dials_for_those_who_are_free() -> None:
    made = loads_model(
        """
        period = "1h"
        groups = [{id = "crew", agents = [8]}]
        centre.queues = [{id = "help"}, {id = "sell"}]
        [[types]]
        id = "in"
        queue = "help"
        rates = [1.0]
        service = {kind = "exponential", mean = "1m"}
        [[types]]
        id = "out"
        queue = "sell"
        service = {kind = "exponential", mean = "2m"}
        patience = {kind = "constant", mean = "0s"}
        dialer = {target = ["crew"], per_free = 1.0, least_free = 2, reach = [1.0], from = "30m", to = "45m"}
        """,
        "toml",
    )
    done = play(made, Source(made.model, 4).day(0))
    dialled = [at_ns for at_ns, kind in zip(done.arrivals_ns, done.types, strict=True) if kind == 1]
    assert len(dialled) == done.dialled[1] > 8
    assert min(dialled) == 30 * MINUTE
    assert max(dialled) < 45 * MINUTE
    outcomes = {outcome for outcome, kind in zip(done.outcomes, done.types, strict=True) if kind == 1}
    assert outcomes == {SERVED_CODE}  # one number for each free agent, all reached: nobody is left over


def test_balking_callers_leave_at_once() -> None:
    made = small('id = "call"\nbalking = 0.3', 'id = "call"')
    patience = Source(made.model, 1).day(0).calls().patience_ns
    gone = sum(Source(made.model, 1).day(day).calls().patience_ns.count(0) for day in range(30))
    calls = sum(len(Source(made.model, 1).day(day).calls().patience_ns) for day in range(30))
    assert gone / calls == pytest.approx(0.3, abs=0.03)
    assert len(patience) > 0


@pytest.mark.parametrize(
    ("field", "variance"),
    [("", 60.0), ("period_busyness = 10.0", 60 + 360.0), ("busyness = 10.0", 60 + 360.0)],
)
def test_numbers_of_calls_vary_as_the_model_says(field: str, variance: float) -> None:
    """A gamma factor of shape a makes the number of a period negative binomial, of variance m + m²/a."""
    made = small(f'id = "call"\n{field}', 'id = "call"')
    source = Source(made.model, 9)
    numbers = [
        sum(at_ns < 30 * MINUTE for at_ns in source.day(day).calls().arrivals_ns) for day in range(400)
    ]
    middle = mean(numbers)
    assert middle.value == pytest.approx(60, abs=4 * (middle.std_error or 0))
    squares = mean([(number - 60.0) ** 2 for number in numbers])
    assert squares.value == pytest.approx(variance, abs=4 * (squares.std_error or 0))


def test_the_warm_up_is_not_counted() -> None:
    warm = small('period = "30m"\nwarm_up = "30m"', 'period = "30m"')
    all_, late = simulate_model(small(), 10, jobs=1), simulate_model(warm, 10, jobs=1)
    assert late.values(OFFERED) == all_.values(OFFERED, period=1)


# ------------------------------------------------------------------------------------------------- many days


def test_figures_do_not_depend_on_the_number_of_processes() -> None:
    made = small()
    alone = simulate_model(made, 50, seed=3, jobs=1)
    assert simulate_model(made, 50, seed=3, jobs=2).days == alone.days
    assert simulate_model(made, 21, seed=3, jobs=1).days == alone.days[:21]
    assert simulate_model(made, 50, seed=4, jobs=1).days != alone.days
    assert make_model_report(alone, 3).total["offered"].n == 50


def test_misuse_of_days() -> None:
    with pytest.raises(UsageError, match="days is 0"):
        simulate_model(small(), 0)
    with pytest.raises(UsageError, match="jobs is 0"):
        simulate_model(small(), 1, jobs=0)
    with pytest.raises(UsageError, match="type 'nobody' is not in the model; take one of call"):
        simulate_model(small(), 1, jobs=1).figures("nobody")


def test_the_command_simulates_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert cli.main(["simulate", "--model", str(path), "--days", "12", "--jobs", "1"]) == 0
    assert "in time / offered" in capsys.readouterr().out
    assert cli.main(["simulate", "--model", str(path), "--days", "12", "--jobs", "1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["days"] == 12
    assert document["total"]["offered"]["value"] == pytest.approx(90, abs=10)
    assert document["total"]["offered"]["half_width"] > 0
    assert set(document["groups"]) == {"crew"}
    assert len(document["periods"]) == 2


# ------------------------------------------------------------------------------------------- published models

#: By model so many days, in a short form for CI and in a long one.
DAYS = {
    "SimpleMSK": (40, 10_000),
    "MMC": (60, 1000),
    "MMCAb": (60, 1000),
    "Blend": (60, 1000),
    "Bilingual": (60, 1000),
}
SHORT_WHITT = "M/M/n+G, G=E2(mean 1)", "M/LN(1,4)/n+LN(1,1)"


def far(
    name: str, days: int, jobs: int, change: Callable[[CentreModel], CentreModel] | None = None
) -> list[str]:
    """The figures of a published model that lie more than three combined standard errors apart."""
    known = published.rows(outside("reference_values.csv"))
    made = published.make(name)
    sums = simulate_model(change(made) if change else made, days, seed=2026, jobs=jobs)
    checks = published.check(known, name, sums)
    assert checks
    return [
        f"{one.row.quantity}: z {one.z:+.2f}, {one.ours} against {one.row}"
        for one in checks
        if abs(one.z) > 3
    ]


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("name", [*DAYS, *SHORT_WHITT])
def test_published_models_come_out(name: str) -> None:
    assert far(name, DAYS[name][0] if name in DAYS else 3, 1) == []


@pytest.mark.long
@pytest.mark.parametrize("name", [*DAYS, *published.WHITT_MODELS])
def test_published_models_come_out_of_many_days(name: str) -> None:
    assert far(name, DAYS[name][1] if name in DAYS else 30, 2) == []


def test_the_check_finds_a_wrong_model() -> None:
    """Twelve agents instead of thirteen would have been noticed."""

    def more(made: CentreModel) -> CentreModel:
        groups = (replace(made.model.groups[0], agents=(13,)),)
        text = (published.MODELS / "mmc.toml").read_text(encoding="utf-8").replace("[12]", "[13]")
        assert loads_model(text, "toml").model.groups == groups
        return loads_model(text, "toml")

    assert len(far("MMC", 8, 1, more)) == 3
