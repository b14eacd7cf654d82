"""The compiled numbers of pacing, each against the obvious reckoning."""

import math
from itertools import pairwise, product
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.pacing import Settings
from routing.pacing._pacer import Floor, Sight, Work, binomial, instants

IDLE, TALK, WRAP = 1, 2, 3
TUNING = Settings().tuning()
AHEAD = instants()
SHARES = [(number + 0.5) / 400 for number in range(400)]


def lognormal(mean: float, cv: float) -> list[float]:
    """Evenly likely times of such a distribution."""
    square = math.log1p(cv * cv)
    return [math.exp(NormalDist(math.log(mean) - square / 2, square**0.5).inv_cdf(u)) for u in SHARES]


def line(cap: float = 0.03) -> Sight:
    return Sight(cap, 25.0, TUNING)


@given(st.lists(st.floats(0.0, 1.0), max_size=9))
def test_sum_of_coins_against_enumeration(chances: list[float]) -> None:
    mass = [0.0] * (len(chances) + 1)
    for falls in product((0, 1), repeat=len(chances)):
        mass[sum(falls)] += math.prod(p if fell else 1 - p for p, fell in zip(chances, falls, strict=True))
    assert binomial(chances) == pytest.approx(mass, abs=1e-12)


def test_more_coins_than_are_convolved_are_refused() -> None:
    assert sum(binomial([0.3] * 110)) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="111 coins; at most 110"):
        binomial([0.3] * 111)


def test_when_an_agent_will_be_free_against_all_pairs_of_times() -> None:
    talks, wraps = lognormal(100.0, 0.8), lognormal(20.0, 0.5)
    work = Work(150.0, 25.0, 2.0, 150.0)
    for _ in range(4):
        for talk, wrap in zip(talks, wraps, strict=True):
            work.talked(talk)
            work.wrapped(wrap)
    some = wraps[::8]
    for elapsed in (0.0, 20.0, 90.0, 240.0):
        left = [talk for talk in talks if talk > elapsed]
        said = work.free_within(TALK, elapsed)
        for ahead, chance in zip(AHEAD, said, strict=True):
            within = elapsed + ahead + 2.0
            true = sum(talk + wrap <= within for talk in left for wrap in some) / len(left) / len(some)
            assert chance == pytest.approx(true, abs=0.03)
    for elapsed in (0.0, 10.0, 30.0):
        left = [wrap for wrap in wraps if wrap > elapsed]
        for ahead, chance in zip(AHEAD, work.free_within(WRAP, elapsed), strict=True):
            assert chance == pytest.approx(
                sum(wrap <= elapsed + ahead + 2.0 for wrap in left) / len(left), abs=0.05
            )


def learned() -> Sight:
    """A line that has seen 2,400 attempts: of ten, three answered after 5 to 15 s, one busy at 3 s, six not by 22 s."""
    made = line()
    at = 0.0
    for number in range(2_400):
        made.dialled(at, 1)
        kind = number % 10
        age = 5.0 + (number // 10 % 40) * 0.25 if kind < 3 else 3.0 if kind == 3 else 22.0
        made.ended(at + age, age, -1.0, kind < 3)
        at += 30.0
    return made


def test_answers_of_attempts_in_flight_against_counting() -> None:
    made = learned()
    now = 2_400 * 30.0
    made.answer_within(now, 0.0)  # which brings it up to date
    assert made.answer_times()[80] > 0.95
    for age in (0.0, 4.0, 8.0, 16.0):
        answers = [5.0 + step * 0.25 for step in range(40)]
        left = [answer for answer in answers if answer > age]
        ringing = 0.3 * len(left) / 40 + 0.6 + 0.1 * (age < 3.0)
        for ahead, chance in zip(AHEAD, made.answer_within(now, age), strict=True):
            true = 0.3 * sum(answer <= age + ahead for answer in left) / 40 / ringing
            assert chance == pytest.approx(true, abs=0.06)
    assert made.sight()["rate"] == pytest.approx(0.3, abs=0.03)


def test_quick_failures_do_not_look_like_few_answers() -> None:
    made = line()
    at = 0.0
    for number in range(600):
        made.dialled(at, 1)
        made.failed(at + 1.0, 1.0, -1.0)
        made.dialled(at, 1)
        made.ended(at + 10.0, 10.0, -1.0, number % 2 == 0)
        at += 12.0
    made.answer_within(at, 0.0)
    assert made.sight()["rate"] == pytest.approx(0.5, abs=0.06)


def test_the_rate_follows_a_jump_within_a_few_dozen_answers() -> None:
    made, at = line(), 0.0
    for number in range(1_500):
        made.dialled(at, 1)
        answered = number % 10 < (2 if number < 1_000 else 6)
        made.ended(at + 8.0, 8.0, -1.0, answered)
        at += 10.0
        made.answer_within(at, 0.0)
        if number == 990:
            assert made.sight()["rate"] == pytest.approx(0.2, abs=0.03)
        if number == 1_120:
            assert made.sight()["rate"] > 0.4
    assert 0.5 < made.sight()["rate"] < 0.65


def below(coins: list[tuple[float, int]], spare: int) -> float:
    """P(spare + coins <= 0), coins counting their sign."""
    mass = {spare: 1.0}
    for chance, sign in coins:
        more: dict[int, float] = {}
        for total, share in mass.items():
            more[total] = more.get(total, 0.0) + share * (1 - chance)
            more[total + sign] = more.get(total + sign, 0.0) + share * chance
        mass = more
    return sum(share for total, share in mass.items() if total <= 0)


@pytest.mark.parametrize(("idle", "busy", "flying"), [(1, 4, 2), (0, 6, 3), (3, 2, 7), (0, 12, 0)])
def test_risk_against_convolution_by_hand(idle: int, busy: int, flying: int) -> None:
    made = learned()
    now = 80_000.0
    work, floor = Work(120.0, 20.0, 2.0, 150.0), Floor()
    floor.teach(work)
    for number in range(idle + busy):
        floor.add()
        floor.put(number, IDLE if number < idle else TALK, 0, now - 10.0 * number)
    ages = [2.0 + number for number in range(flying)]
    for age in sorted(ages, reverse=True):
        made.dialled(now - age, 1)
    made.decide(now, floor, 0, 1_000.0, 30.0, 0, 0)  # no slack, nothing may be dialled: the risk of the first
    made.decide(now, floor, 0, 1_000.0, 30.0, 0, 1)
    coins = [(work.free_within(TALK, 10.0 * number), 1) for number in range(idle, idle + busy)]
    coins += [(made.answer_within(now, age), -1) for age in ages]
    fresh = made.answer_within(now, 0.0)
    none = [below([(chance[u], sign) for chance, sign in coins], idle) for u in range(len(AHEAD))]
    risk = 0.0
    for u, instant in enumerate(AHEAD):
        share = (fresh[u] - (fresh[u - 1] if u else 0.0)) / fresh[-1]
        risk += share * max(none[v] for v in range(u, len(AHEAD)) if AHEAD[v] <= instant + 5.0)
    least = max(idle - flying, 0)
    if not least:
        assert made.risk == pytest.approx(risk, abs=1e-6)
    assert 0.0 <= made.risk <= 1.0


def test_theta_rises_smoothly_with_slack() -> None:
    floor = Floor()
    floor.teach(Work(120.0, 20.0, 2.0, 150.0))
    for number in range(20):
        floor.add()
        floor.put(number, TALK, 0, 0.0)
    thetas = []
    for slack in [-2.0, 0.0, *(step / 4 for step in range(1, 200))]:
        made = line()
        made.decide(100.0, floor, 0, 10_000.0, 300.0 - slack, 0, 10)
        assert made.sight()["slack"] == pytest.approx(slack)
        thetas.append(made.sight()["theta"])
    assert thetas[0] == thetas[1] == 0.0
    assert all(a <= b + 1e-15 for a, b in pairwise(thetas))
    assert max(b - a for a, b in pairwise(thetas)) < 0.002
    assert thetas[-1] <= 2.0 * 0.03 * made.sight()["kappa"] + 1e-12


situations = st.tuples(
    st.integers(0, 40), st.integers(0, 40), st.integers(0, 60), st.integers(0, 4), st.floats(1.0, 60.0)
)


@given(situations, st.integers(0, 3_000), st.integers(0, 200), st.sampled_from([0.0, 0.01, 0.03]))
def test_the_budget_is_never_overdrawn_knowingly(
    situation: tuple[int, int, int, int, float], answered: int, abandoned: int, cap: float
) -> None:
    idle, busy, flying, waiting, age = situation
    made, floor = line(cap), Floor()
    floor.teach(Work(120.0, 20.0, 2.0, 150.0))
    for number in range(idle + busy):
        floor.add()
        floor.put(number, IDLE if number < idle else TALK, 0, -age)
    made.dialled(0.0, flying)
    dials = made.decide(3.0, floor, 0, answered, abandoned, waiting, 500)
    progressive = max(idle - flying - waiting, 0)
    assert dials >= progressive
    if not cap or cap * answered <= abandoned:
        assert dials == progressive
    assert made.decide(3.0, floor, 0, answered, abandoned, waiting, 3) <= 3


def test_many_coins_taken_as_normal_agree_with_few_convolved() -> None:
    risks = []
    for busy in (80, 90):  # with 22 in flight: convolved, and not
        made, floor = learned(), Floor()
        floor.teach(Work(120.0, 20.0, 2.0, 150.0))
        for number in range(busy):
            floor.add()
            floor.put(number, TALK, 0, 79_000.0 if number >= 80 else 80_000.0 - number)
        made.dialled(79_995.0, 22)
        made.decide(80_000.0, floor, 0, 1_000.0, 30.0, 0, 1)
        risks.append(made.risk)
    assert 0.001 < risks[0] < 0.999
    assert risks[1] < risks[0] + 0.05


def test_what_is_saved_goes_on_alike_and_nothing_else_is_taken() -> None:
    made, again = learned(), line()
    again.restore(made.save())
    assert again.save() == made.save()
    assert again.answer_within(80_000.0, 3.0) == made.answer_within(80_000.0, 3.0)
    for thing in (again, Work(1.0, 1.0, 2.0, 10.0), Floor()):
        with pytest.raises(ValueError, match="bytes, not"):
            thing.restore(b"x")


def test_a_hint_makes_an_agent_likelier_to_be_free_soon() -> None:
    made, work, floor = learned(), Work(120.0, 20.0, 2.0, 150.0), Floor()
    floor.teach(work)
    for _ in range(100):
        work.closed(6.0)
    for number in range(3):
        floor.add()
        floor.put(number, TALK, 0, 79_990.0)
    made.decide(80_000.0, floor, 0, 1_000.0, 30.0, 0, 1)
    unhinted = made.risk
    floor.hint(0, 79_998.0)
    floor.hint(1, 79_998.0)
    made.decide(80_000.0, floor, 0, 1_000.0, 30.0, 0, 1)
    assert made.risk < unhinted / 2
