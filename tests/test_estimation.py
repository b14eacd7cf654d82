"""Estimated waits: places against brute force, learning, what survives a crash, and how good they are.

Owns what an estimator promises; must not know how the host tells it (``test_announcing``).
"""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from centres import ALL_FEATURES, Centres
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_waits import PUBLISHED, bank, score_theory
from machine import Alone, moves, valid_config
from outside import outside

from routing import Agent, Config, Engine, EnqueueContact, LogIn, Queue, UpdateContact
from routing.commands import AcceptOffer, Command, CompleteContact
from routing.engine import Engine as CompiledEngine
from routing.errors import CorruptSnapshotError, UsageError
from routing.estimation import PREDICTORS, Estimator, Settings
from routing.estimation.staff import served_by
from routing.events import ContactEnqueued, ContactOffered, Event
from routing.units import SECOND
from routing.views import ContactView

STEPS = 160


def key_of(view: ContactView, config: Config) -> tuple[tuple[int, int, int], bool]:
    """The key by which a contact waits, without the number that parts equals; and has only one queue this key?"""
    by_id = {queue.id: queue for queue in config.queues}
    found = []
    for visit in view.visits:
        queue = by_id[visit.queue]
        rank = visit.enqueued_ns
        if queue.ordering == "priority_age":
            levels = queue.priority_credits_ns
            rank -= view.credit_ns + queue.credit_ns
            rank -= levels[min(view.priority, len(levels) - 1)] if levels else 0
        elif queue.ordering == "deadline" and view.due_ns:
            rank = view.due_ns
        elif queue.ordering != "fifo":
            rank += queue.service_level_ns
        found.append((-(2**31) if view.expedited else queue.tier, rank, visit.enqueued_ns))
    return min(found), found.count(min(found)) == 1


def compare(engine: CompiledEngine, estimator: Estimator) -> int:
    """Hold places and staff against the engine's own pictures; returns how many wait."""
    config = engine.config
    contacts = {id_: view for id_, view in engine.contacts.items() if view.state == "waiting" and view.visits}
    assert {contact for contact, _ in estimator.waiting()} == set(contacts)
    both = {contact: key_of(view, config) for contact, view in contacts.items()}
    keys = {contact: key for contact, (key, _) in both.items()}
    for contact, view in contacts.items():
        beside = [
            other
            for other, one in contacts.items()
            if other != contact and any(v.queue == view.lead_queue for v in one.visits)
        ]
        surely = sum(keys[other] < keys[contact] for other in beside)
        perhaps = sum(keys[other] <= keys[contact] for other in beside)
        said = estimator.estimate(contact, engine.now_ns)
        if both[contact][1]:
            assert surely + 1 <= said.position <= perhaps + 1
        assert 0 <= said.p50_ns <= said.p90_ns
    served = served_by(config)
    for queue in config.queues:
        at_work = [
            view
            for id_, view in engine.agents.items()
            if queue.id in served.get(id_, ())
            and view.logged_in
            and view.ready
            and not view.leaving
            and view.device == "available"
        ]
        assert estimator.staffed(queue.id) == bool(at_work)
    return len(contacts)


def drive(random: Random, steps: int) -> int:
    """A random centre and random commands; everything is compared after each."""
    centres = Centres(random, features=ALL_FEATURES)
    config = valid_config(centres)
    driven = Alone(config)

    def now() -> Config:
        return driven.compiled.config

    def look(contact: str) -> ContactView | None:
        return driven.compiled.contacts.get(contact)

    estimator = Estimator(config, configuration=now, contacts=look)
    seen = 0
    for number, move in enumerate(moves(centres, driven, steps)):
        # A request that is repeated would be answered with what happened then.
        estimator.fold(driven.make(replace(move, request_id="")))
        if number % 17 == 0:
            estimator = Estimator.restore(
                estimator.snapshot(), driven.compiled.config, configuration=now, contacts=look
            )
        seen += compare(driven.compiled, estimator)
    return seen


@pytest.mark.parametrize("seed", range(12))
def test_places_are_those_of_the_engine(seed: int) -> None:
    assert drive(Random(seed), STEPS) > 0


@settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_places_are_those_of_the_engine_whatever_is_drawn(random: Random) -> None:
    drive(random, 30)


@pytest.mark.parametrize("seed", [3, 4])
def test_who_takes_over_late_sees_the_same(seed: int) -> None:
    centres = Centres(Random(seed), features=ALL_FEATURES)
    driven = Alone(valid_config(centres))
    for move in moves(centres, driven, 100):
        driven.make(move)
        estimator = Estimator(driven.compiled.config)
        estimator.take_over(driven.compiled.agents, driven.compiled.contacts, driven.compiled.now_ns)
        compare(driven.compiled, estimator)


# -- One by one -------------------------------------------------------------------------------------------

CENTRE = Config(
    agents=(Agent("ann", {"tech": 50}), Agent("ben"), Agent("cid")),
    queues=(Queue("all"), Queue("tech", requirement="tech")),
)


def centre(*commands: Command, config: Config = CENTRE) -> tuple[Engine, Estimator]:
    engine = Engine(config)
    estimator = Estimator(config, settings=Settings(service_ns=60 * SECOND), contacts=engine.contacts.get)
    for number, command in enumerate(commands):
        estimator.fold(engine.apply(command, number * SECOND))
    return engine, estimator


def enqueue(*contacts: str, queue: str = "all", priority: int = 0) -> list[EnqueueContact]:
    return [EnqueueContact(contact, (queue,), priority=priority) for contact in contacts]


def test_more_ahead_is_longer() -> None:
    engine, estimator = centre(LogIn("ben"), *enqueue(*"abcdefgh"))
    said = [estimator.estimate(contact, engine.now_ns) for contact in "bcdefgh"]
    assert [one.position for one in said] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.by["ql"] for one in said] == [60 * SECOND * place for place in range(1, 8)]
    waits = [one.wait_ns for one in said]
    assert waits == sorted(set(waits))


def test_priority_pushes_back() -> None:
    engine, estimator = centre(LogIn("ben"), *enqueue("a", "b", "c"))
    before = estimator.estimate("c", engine.now_ns)
    estimator.fold(engine.apply(enqueue("vip", priority=3)[0], engine.now_ns))
    after = estimator.estimate("c", engine.now_ns)
    assert (before.position, after.position) == (2, 3)
    assert after.wait_ns > before.wait_ns
    assert estimator.estimate("vip", engine.now_ns).position == 1
    estimator.fold(engine.apply(UpdateContact("c", expedite=True), engine.now_ns))
    assert estimator.estimate("c", engine.now_ns).position == 1


def test_credit_of_a_contact_counts_when_the_engine_can_be_looked_at() -> None:
    engine, estimator = centre(*enqueue("a"), EnqueueContact("b", ("all",), credit_ns=10 * SECOND))
    assert estimator.estimate("b", engine.now_ns).position == 1


def test_more_agents_are_faster_and_skills_count() -> None:
    engine, estimator = centre(LogIn("ann"), LogIn("ben"), LogIn("cid"), *enqueue(*"abcdef"))
    assert estimator.estimate("f", engine.now_ns).by["ql"] == 3 * 20 * SECOND
    # Only ann knows tech; all three ahead of it compete for her.
    estimator.fold(engine.apply(enqueue("t", queue="tech")[0], engine.now_ns))
    assert estimator.estimate("t", engine.now_ns).by["ql"] == 4 * 60 * SECOND
    assert estimator.estimate("t", engine.now_ns).position == 1
    # For those in "all", one of three agents may be taken by who waits for tech.
    said = estimator.estimate_new(["all"], engine.now_ns)
    assert abs(said.by["ql"] - (1 + 3 + 1 / 3) * 20 * SECOND) < SECOND
    assert said.position == 4


def test_somebody_free_means_no_wait() -> None:
    engine, estimator = centre(LogIn("ann"), LogIn("ben"), *enqueue("a"))
    assert estimator.estimate_new(["all"], engine.now_ns).wait_ns == 0
    estimator.fold(engine.apply(enqueue("b")[0], engine.now_ns))
    assert estimator.estimate_new(["all"], engine.now_ns).wait_ns > 0
    assert estimator.estimate("b", engine.now_ns).position == 0  # it rings


def test_more_of_priority_means_less_wait_for_who_would_come() -> None:
    engine, estimator = centre(LogIn("ann"), *enqueue(*"abcd"))
    plain, urgent = (estimator.estimate_new(["all"], engine.now_ns, priority=level) for level in (0, 9))
    assert (plain.position, urgent.position) == (4, 1)
    assert urgent.wait_ns < plain.wait_ns


def test_what_cannot_be_answered() -> None:
    engine, estimator = centre(LogIn("ann"), *enqueue("a", "b"))
    estimator.fold(engine.apply(AcceptOffer("a", "ann"), engine.now_ns))
    for contact in ("a", "nobody"):
        with pytest.raises(UsageError, match="does not wait"):
            estimator.estimate(contact, engine.now_ns)
    with pytest.raises(UsageError, match="before"):
        estimator.estimate("b", 0)
    with pytest.raises(UsageError, match="not known"):
        estimator.queue("sales", engine.now_ns)
    with pytest.raises(UsageError, match="not known"):
        estimator.calibration("sales")
    with pytest.raises(UsageError, match="no queue"):
        estimator.estimate_new([], engine.now_ns)
    with pytest.raises(CorruptSnapshotError, match="state"):
        Estimator.restore(b"nothing", CENTRE)


def one_by_one(estimator: Estimator, events: Iterable[Event]) -> list[int]:
    said = []
    for event in events:
        estimator.fold((event,))
        if isinstance(event, ContactEnqueued):
            said.append(estimator.estimate(event.contact, event.at_ns).wait_ns)
    return said


def day(calls: int) -> list[Event]:
    """A small busy day of two agents."""
    random, engine = Random(5), Engine(CENTRE)
    events = [*engine.apply(LogIn("ann"), 0), *engine.apply(LogIn("ben"), 0)]
    at_ns = 0
    ends: list[tuple[int, str]] = []
    for number in range(calls):
        at_ns += int(random.expovariate(1 / 31) * SECOND)
        while ends and min(ends)[0] <= at_ns:
            end = min(ends)
            ends.remove(end)
            found = engine.apply(CompleteContact(end[1]), end[0])
            events += found
            answer(engine, found, events, ends, random)
        found = engine.apply(EnqueueContact(str(number), ("all",), priority=random.randrange(2)), at_ns)
        events += found
        answer(engine, found, events, ends, random)
    return events


def answer(
    engine: Engine, found: Iterable[Event], events: list[Event], ends: list[tuple[int, str]], random: Random
) -> None:
    for event in found:
        if isinstance(event, ContactOffered):
            events += engine.apply(AcceptOffer(event.contact, event.agent), event.at_ns)
            ends.append((event.at_ns + int(random.expovariate(1 / 60) * SECOND), event.contact))


def test_nothing_ahead_is_looked_at_and_gathering_changes_nothing() -> None:
    events = day(400)
    alone, gathered = Estimator(CENTRE), Estimator(CENTRE)
    one_by_one(alone, events)
    gathered.fold(events)
    assert alone.snapshot() == gathered.snapshot()
    short = Estimator(CENTRE)
    said = one_by_one(short, events[:1000])
    assert one_by_one(Estimator(CENTRE), events)[: len(said)] == said


def test_who_is_restored_goes_on_as_if_nothing_had_happened() -> None:
    events = day(400)
    whole = Estimator(CENTRE)
    whole.fold(events)
    for cut in (0, 1, 500, 1001):
        first = Estimator(CENTRE)
        first.fold(events[:cut])
        second = Estimator.restore(first.snapshot(), CENTRE)
        second.fold(events[cut:])
        assert second.snapshot() == whole.snapshot()


def test_calibration_says_what_came_true() -> None:
    estimator = Estimator(CENTRE)
    estimator.fold(day(1500))
    found = estimator.calibration("all")
    assert found == estimator.calibration()  # the only queue that was used
    assert found.waits > 500
    assert set(found.by) == {*PREDICTORS, "combined"}
    assert 0.8 < found.p90_held < 0.97
    assert 0.4 < found.p50_held < 0.6
    for name in ("les", "hol", "last_n", "mean"):
        assert found.by["combined"].rmse_ns < found.by[name].rmse_ns


# -- How good ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("model", ["M/M/100+M", "M/M/100+E10"])
def test_the_published_quality_is_reached(model: str) -> None:
    name, published = PUBLISHED[model]
    score = score_theory(
        model, 15_000, seed=0, warm=0.3
    )  # a short run; benchmarks/estimates.py has long ones
    assert score.error(name) <= 1.12 * published
    assert score.error("combined") <= 1.2 * published
    assert 0.8 < score.held[1] / score.count < 0.96


@pytest.mark.long
def test_the_bank() -> None:
    folder = outside("anonymous_bank/january_1999.txt.gz").parent
    october = bank(folder)["october"]
    assert october.mean_error("combined") <= 0.8 * october.mean_error("last_10_all")
    assert october.error("combined") < 1.0
    assert 0.88 < october.held[1] / october.count < 0.92
