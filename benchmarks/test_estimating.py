"""Claims: a read of an estimate costs much the same however many wait, and what folding costs where most contacts wait.

Beside each stands what it is held against in the same run: a read where few wait, and the engine that made the events.
"""

from measure import FIGURES, FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing import Agent, Config, Engine, EnqueueContact, LogIn, Queue
from routing.commands import AbandonContact, AcceptOffer, Command, CompleteContact
from routing.estimation import Estimator
from routing.events import ContactOffered, Event

MANY = 20_000 if FULL else 2_000
FEW = 50
READS = 2_000 if FULL else 200
CONTACTS = 5_000 if FULL else 500
QUEUES = 20

CONFIG = Config(
    agents=tuple(Agent(f"a{number}", {f"s{number % QUEUES}": 50, "all": 50}) for number in range(100)),
    queues=tuple(Queue(f"q{number}", requirement=f"s{number} or all >= 90") for number in range(QUEUES)),
)


def crowd(waiting: int) -> Estimator:
    """An estimator of a centre in which so many wait."""
    engine, estimator = Engine(CONFIG), Estimator(CONFIG)
    for number in range(100):
        estimator.fold(engine.apply(LogIn(f"a{number}"), 0))
    for number in range(waiting):
        estimator.fold(engine.apply(EnqueueContact(f"c{number}", (f"q{number % QUEUES}",)), number))
    return estimator


def reads(waiting: int) -> Timed:
    """Reads in a crowd."""
    estimator = crowd(waiting)
    ids = [contact for contact, _ in estimator.waiting()]
    some = [ids[number * 7919 % len(ids)] for number in range(READS)]
    at_ns = estimator.at_ns

    def part() -> None:
        for contact in some:
            estimator.estimate(contact, at_ns)

    return part


def test_a_read_does_not_depend_on_how_many_wait(benchmark: BenchmarkFixture) -> None:
    few, many = 200 + FEW, 200 + MANY
    side_by_side(
        benchmark,
        f"reads of an estimate where {MANY:,} wait",
        READS,
        "reads",
        lambda: reads(many),
        {f"as fast as where {FEW} wait": lambda: reads(few)},
    )


def at_work() -> tuple[list[tuple[int, Command]], list[Event]]:
    """What goes into an engine and comes out: everybody busy, some wait, some leave."""
    engine = Engine(CONFIG)
    given: list[tuple[int, Command]] = []
    events: list[Event] = []
    in_hand: list[str] = []

    def do(command: Command, at_ns: int) -> None:
        found = engine.apply(command, at_ns)
        given.append((at_ns, command))
        events.extend(found)
        for event in found:
            if isinstance(event, ContactOffered):
                in_hand.append(event.contact)
                do(AcceptOffer(event.contact, event.agent), at_ns)

    for number in range(100):
        do(LogIn(f"a{number}"), 0)
    for number in range(CONTACTS):
        at_ns = number * 1_000_000
        do(EnqueueContact(f"c{number}", (f"q{number % QUEUES}",)), at_ns)
        if number > 150:
            do(CompleteContact(in_hand.pop(0)), at_ns)
        if number % 30 == 29:
            do(AbandonContact(f"c{number}"), at_ns)
    return given, events


def test_folding(benchmark: BenchmarkFixture) -> None:
    given, events = at_work()

    def fold() -> Timed:
        estimator = Estimator(CONFIG)
        return lambda: estimator.fold(events)

    def apply() -> Timed:
        other = Engine(CONFIG)

        def part() -> None:
            for at_ns, command in given:
                other.apply(command, at_ns)

        return part

    side_by_side(
        benchmark,
        "events folded by an estimator",
        len(events),
        "events",
        fold,
        {"as fast as the engine that made them": apply},
    )
    estimator = Estimator(CONFIG)
    estimator.fold(events)
    waits = estimator.calibration().waits
    assert waits > CONTACTS // 3
    FIGURES.append(f"    of which {waits:,} waits were learned from")
