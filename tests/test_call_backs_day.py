"""A whole simulated day with call-backs: everybody comes to an end, and three recounts say the same.

Owns the sums of such a day; must not test single features (``test_call_backs``).
"""

from collections import Counter
from pathlib import Path

import pytest
from call_back_town import Town

from routing.center.callbacks.book import CallBackBook
from routing.center.callbacks.clerk import Clerk
from routing.center.callbacks.settings import CallBackSettings
from routing.events import AttemptEnded, CommandRefused, ContactEnded, ContactEnqueued, DialRequested
from routing.host.counting import FOLLOWER as STATISTICS
from routing.host.counting import Counting
from routing.statistics.metrics import total
from routing.units import HOUR, MINUTE, SECOND

pytestmark = pytest.mark.once

AGENT_FIRST = CallBackSettings(channel="callback", spacing_ns=20 * MINUTE, per_slot=3, expire_ns=6 * HOUR)
CUSTOMER_FIRST = CallBackSettings(
    channel="callback",
    spacing_ns=20 * MINUTE,
    per_slot=3,
    expire_ns=6 * HOUR,
    dial="customer",
    lead_ns=25 * SECOND,
)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(AGENT_FIRST, id="agent first"),
        pytest.param(CUSTOMER_FIRST, id="customer first", marks=pytest.mark.slow),
    ],
)
def test_a_day_comes_to_its_end(settings: CallBackSettings, tmp_path: Path) -> None:
    town = Town(3, settings, hours=4)
    town.run()
    office = town.office
    events, promises = office.events, office.promises()
    ends = Counter(one.outcome for one in promises)
    assert town.tally["kept"] + town.tally["booked"] == len(promises) > 25
    assert ends[""] == 0
    assert ends["served"] > len(promises) / 3
    assert office.host.read(lambda engine: (len(engine.contacts), len(engine.attempts))) == (0, 0)

    # The engine's own events say the same as the promises.
    dials = Counter(one.attempt.rpartition("/a")[0] for one in events if isinstance(one, DialRequested))
    assert {one.call_back: one.dials for one in promises if one.dials} == dials
    persons = {
        one.attempt.rpartition("/a")[0]
        for one in events
        if isinstance(one, AttemptEnded) and one.outcome == "person"
    }
    assert {one.call_back for one in promises if one.reached_ns} <= persons
    refused = [one for one in events if isinstance(one, CommandRefused)]
    assert refused == []

    # So does the database.
    with CallBackBook(tmp_path / "history.db") as book:
        Clerk(office.host, book).step()
        assert book.outcomes() == dict(sorted(ends.items()))
        assert len(book.attempts(one.call_back for one in promises)) == dials.total()

    # So do the statistics: whoever called is counted once, and none who asked for a call-back as an abandon.
    office.host.pass_time()
    counting = office.host.follower(STATISTICS)
    assert isinstance(counting, Counting)
    taken = counting.take()[1]
    made = Counter(one.channel for one in events if isinstance(one, ContactEnqueued))
    left = [one for one in events if isinstance(one, ContactEnded) and one.outcome == "abandoned"]
    for channel in ("voice", "callback"):
        now = counting.statistics.queue_interval("sales", channel)
        counts = total([*(row.counts for row in taken.queues if row.channel == channel), now])
        assert counts.contacts == made[channel] > 0
        mine = [one for one in left if one.contact.startswith("call-") == (channel == "voice")]
        assert counts.contacts_abandoned == len(mine)
    assert made["voice"] == town.tally["calls"]
    if settings.dial == "agent":
        assert (ends["dropped"], town.waited_ns) == (0, 0)  # nobody who answered waited


@pytest.mark.long
def test_agents_or_customers_wait() -> None:
    """The figures of docs/call-backs.md: five days of each mode."""
    figures = []
    for settings in (AGENT_FIRST, CUSTOMER_FIRST):
        ends: Counter[str] = Counter()
        waited_ns = held_ns = calls = abandoned = 0
        for seed in range(5):
            town = Town(seed, settings)
            town.run()
            ends.update(one.outcome for one in town.office.promises())
            waited_ns += town.waited_ns
            held_ns += town.held_ns
            calls += town.tally["calls"]
            abandoned += town.tally["abandoned"]
        served = ends["served"]
        assert served > 100
        figures.append((settings.dial, calls, abandoned, dict(ends), waited_ns / served, held_ns / served))
    (_, _, _, ends_a, waited_a, held_a), (_, _, _, ends_c, waited_c, held_c) = figures
    assert (waited_a, ends_a.get("dropped", 0)) == (0, 0)
    assert waited_c > 0
    assert held_c < held_a
    assert ends_c.get("dropped", 0) > 0
