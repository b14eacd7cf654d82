"""Waits of answered visits in the fold, its rows in portions, and many contacts at once; held against plain lists.

Owns what is answered, taken and left; must not know buckets or where contacts are kept.
"""

from random import Random
from typing import Final

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, moves, valid_config

from routing import events as e
from routing.errors import CorruptSnapshotError, UsageError
from routing.model import Channel, Config, Queue
from routing.statistics.fold import Settings, Statistics, Taken
from routing.statistics.quantiles import Histogram, quantiles
from routing.units import HOUR, MINUTE, SECOND

PANE: Final = 8
PANES: Final = 6
CENTRE: Final = Config(channels=(Channel("voice"), Channel("chat")), queues=(Queue("a"), Queue("b")))


def answered(number: int, queue: str, channel: str, at_ns: int, wait_ns: int) -> tuple[e.Event, ...]:
    """A contact that waited so long, and was answered; it stays in somebody's hands."""
    name, since = f"{queue}-{number}", at_ns - wait_ns
    return (
        e.ContactEnqueued(since, name, (queue,), channel, 0),
        e.ContactOffered(at_ns, name, "ann", queue, number, 0),
        e.OfferAccepted(at_ns, name, "ann", queue, number, wait_ns),
    )


def of(waits: list[int]) -> Histogram:
    made = Histogram()
    for wait in waits:
        made.add(wait)
    return made


@pytest.mark.parametrize("seed", range(6))
def test_waits_are_those_of_the_events(seed: int) -> None:
    """Of every queue, since the start and of the newest panes, with snapshots on the way."""
    random = Random(seed)
    centres = Centres(random, misuse=False, features=ALL_FEATURES)
    driven = Alone(valid_config(centres))
    config = driven.compiled.config
    settings = Settings(interval_ns=64, wait_pane_ns=PANE, wait_panes=PANES)
    statistics = Statistics(config, settings, configuration=lambda: driven.compiled.config)
    told: list[tuple[int, str, int]] = []
    for move in moves(centres, driven, 300):
        before = driven.compiled.revision
        outcome = driven.make(move)[: driven.compiled.revision - before]
        statistics.fold(outcome)
        told += [(one.at_ns, one.queue, one.wait_ns) for one in outcome if isinstance(one, e.OfferAccepted)]
        if random.randrange(20) == 0:
            config = driven.compiled.config
            statistics = Statistics.restore(
                statistics.snapshot(), config, configuration=lambda: driven.compiled.config
            )
    for queue in {queue for _, queue, _ in told}:
        mine = [(at, wait) for at, other, wait in told if other == queue]
        assert statistics.waits_ever(queue).snapshot() == of([wait for _, wait in mine]).snapshot()
        for panes in (1, 2, PANES):
            first = (statistics.now_ns // PANE - panes + 1) * PANE
            window = of([wait for at, wait in mine if at >= first])
            assert statistics.waits(queue, panes=panes).snapshot() == window.snapshot()
        assert statistics.waits(queue).count == statistics.waits(queue, panes=PANES).count


def test_channels_are_added_up() -> None:
    statistics = Statistics(CENTRE)
    for number in range(1, 101):
        channel = "voice" if number % 4 else "chat"
        statistics.fold(answered(number, "a", channel, number * 20 * SECOND, number % 20 * SECOND))
    assert statistics.waits_ever("a").count == 100
    assert statistics.waits_ever("a", "chat").count == 25
    assert statistics.waits("b").count == 0
    told = statistics.wait_quantiles("a")
    assert told == quantiles(statistics.waits("a"))
    assert told.p50_ns == pytest.approx(9 * SECOND, rel=0.01)
    assert statistics.waits("a", "chat", 1).count == 1  # of the present minute, from 1,980 s on
    statistics.advance(2 * HOUR)
    assert (statistics.waits("a").count, statistics.waits_ever("a").count) == (0, 100)
    with pytest.raises(UsageError, match=r"panes 61 is not in 1..60"):
        statistics.waits("a", panes=61)
    with pytest.raises(UsageError, match="channel 'fax'"):
        statistics.waits_ever("a", "fax")


def test_waits_may_be_left_out() -> None:
    statistics = Statistics(CENTRE, Settings(wait_panes=0))
    statistics.fold(answered(1, "a", "voice", MINUTE, SECOND))
    assert (statistics.queue("a").answered, statistics.waits("a").count) == (1, 0)
    assert statistics.waits_ever("a").count == 0
    for settings in (Settings(wait_pane_ns=0), Settings(wait_panes=-1), Settings(wait_pane_ns=25 * HOUR)):
        with pytest.raises(UsageError, match="take"):
            Statistics(CENTRE, settings)


def test_rows_and_records_may_be_taken_in_portions() -> None:
    """Portions are what everything at once is, in the same order, also across a snapshot."""
    whole, parts = (Statistics(CENTRE, Settings(records=True)) for _ in range(2))
    for statistics in (whole, parts):
        statistics.fold((e.AgentLoggedIn(0, "ann", True, ""), e.AgentLoggedIn(0, "ben", True, "")))
        for number in range(1, 40):
            at_ns = number * 3 * MINUTE
            statistics.fold(answered(number, "ab"[number % 2], "voice", at_ns, SECOND))
            name = f"{'ab'[number % 2]}-{number}"
            statistics.fold((e.ContactEnded(at_ns + 1, name, e.Outcome.HANDLED, "a", "ann"),))
        statistics.fold((e.AgentLoggedOut(2 * HOUR, "ben"), e.AgentLoggedOut(2 * HOUR, "ann")))
    found = Taken([], [], [], [])
    for turn in range(1_000):
        taken = parts.take(turn % 5)
        sizes = [len(taken.queues), len(taken.agents), len(taken.records), len(taken.sessions)]
        assert sum(sizes) <= turn % 5
        if turn % 5 and not sum(sizes):
            break
        found.queues.extend(taken.queues)
        found.agents.extend(taken.agents)
        found.records.extend(taken.records)
        found.sessions.extend(taken.sessions)
        parts = Statistics.restore(parts.snapshot(), CENTRE)
    assert found == whole.take()
    assert (len(found.records), len(found.sessions)) == (39, 2)
    with pytest.raises(UsageError, match="limit -1"):
        whole.take(-1)


def test_many_contacts_come_and_go() -> None:
    """Thousands live at once and leave in any order; each is found, under an equal id that is another object, too."""
    random = Random(3)
    statistics = Statistics(CENTRE)
    alive: list[str] = []
    came = 0
    for at_ns in range(1, 12_000):
        if alive and random.randrange(100) < (30 if at_ns < 8_000 else 70):
            name = alive.pop(random.randrange(len(alive)))
            statistics.fold((e.ContactEnded(at_ns, "".join(name), e.Outcome.ABANDONED, "a", ""),))
        else:
            came += 1
            alive.append(f"contact-{came}")
            statistics.fold((e.ContactEnqueued(at_ns, f"contact-{came}", ("a",), "voice", 0),))
    total = statistics.total()
    assert (statistics.misplaced, total.contacts, total.abandoned) == (0, came, came - len(alive))
    assert {one.contact for one in statistics.waiting("a", came)} == set(alive)
    copy = Statistics.restore(statistics.snapshot(), CENTRE)
    assert copy.snapshot() == statistics.snapshot()
    for name in alive:
        copy.fold((e.ContactEnded(20_000, name, e.Outcome.CANCELLED, "a", ""),))
    assert (copy.misplaced, copy.centre_now().contacts) == (0, 0)


def test_a_contact_that_lives_already_is_misplaced() -> None:
    statistics = Statistics(CENTRE)
    for at_ns in (1, 2):
        statistics.fold((e.ContactEnqueued(at_ns, "x", ("a",), "voice", 0),))
    assert (statistics.misplaced, statistics.total().contacts) == (1, 1)
    assert statistics.queue_now("a").waiting == 1


def test_waits_of_another_kind_are_refused() -> None:
    one = Statistics(CENTRE)
    one.fold(answered(1, "a", "voice", MINUTE, SECOND))
    other = Statistics.__new__(Statistics)
    other._open(CENTRE, Settings(wait_panes=7), None, 0)
    with pytest.raises(CorruptSnapshotError, match="waits of another kind"):
        other._load(*one._save())
