"""The feed: places, compaction, slow watches, threads and tasks.

Owns what watches are promised; must not test where events come from.
"""

import asyncio
import random
import threading

import pytest

from routing.errors import ClosedError, CompactedError, UsageError
from routing.events import Event, QueueClosed, QueueOpened
from routing.host import Feed
from routing.units import MILLISECOND, SECOND


def opened(n: int) -> tuple[Event, ...]:
    return tuple(QueueOpened(i, f"q{i}") for i in range(n))


def test_a_watch_sees_everything_after_its_revision() -> None:
    feed = Feed(10, keep=100)
    feed.publish(opened(3))
    watch = feed.watch(11)
    assert watch.take(0).events == [(12, QueueOpened(1, "q1")), (13, QueueOpened(2, "q2"))]
    assert watch.take(0).events == []
    feed.publish(opened(1))
    assert watch.take().events == [(14, QueueOpened(0, "q0"))]


def test_what_is_not_wanted_moves_the_revision_only() -> None:
    feed = Feed(0, keep=100)
    watch = feed.watch(wanted=lambda event: isinstance(event, QueueClosed))
    feed.publish((*opened(2), QueueClosed(5, "q"), *opened(1)))
    taken = watch.take(0)
    assert (taken.revision, taken.events) == (4, [(3, QueueClosed(5, "q"))])


def test_a_limit_parts_what_is_taken() -> None:
    feed = Feed(0, keep=100)
    feed.publish(opened(5))
    watch = feed.watch(0)
    assert [watch.take(0, limit=2).revision for _ in range(4)] == [2, 4, 5, 5]


def test_the_past_that_is_gone_is_said_to_be() -> None:
    feed = Feed(7, keep=10)
    with pytest.raises(
        CompactedError, match="after revision 3 are no longer kept, those after 7 are"
    ) as caught:
        feed.watch(3)
    assert caught.value.oldest == 7
    assert feed.watches == 0
    with pytest.raises(UsageError, match=r"revision 8 is not in 0\.\.7"):
        feed.watch(8)


def test_a_slow_watch_is_cut_off_and_the_others_are_not() -> None:
    feed = Feed(0, keep=10)
    slow, fast = feed.watch(), feed.watch()
    seen = 0
    for _ in range(30):
        feed.publish(opened(3))
        seen += len(fast.take(0).events)
    assert seen == 90
    with pytest.raises(CompactedError):
        slow.take(0)
    assert feed.cut == 1
    assert feed.revision - feed.oldest >= 10


def test_random_watches_see_each_event_once_and_in_order() -> None:
    rng = random.Random(5)
    feed = Feed(0, keep=200)
    watches = [feed.watch() for _ in range(5)]
    seen: list[list[int]] = [[] for _ in watches]
    for _ in range(300):
        feed.publish(opened(rng.randrange(4)))
        for watch, found in zip(watches, seen, strict=True):
            if rng.random() < 0.3:
                found += [revision for revision, _ in watch.take(0, limit=rng.randrange(1, 40)).events]
    for watch, found in zip(watches, seen, strict=True):
        while taken := watch.take(0).events:
            found += [revision for revision, _ in taken]
        assert found == list(range(1, feed.revision + 1))


def test_who_waits_is_woken() -> None:
    feed = Feed(0, keep=10)
    watch = feed.watch()
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(watch.take(30 * SECOND).revision))
    thread.start()
    feed.publish(opened(1))
    thread.join()
    assert found == [1]
    assert watch.take(5 * MILLISECOND).events == []


def test_tasks_wait_too() -> None:
    feed = Feed(0, keep=10)

    async def main() -> None:
        watch = feed.watch()
        assert (await watch.take_async(MILLISECOND)).events == []
        waiting = [asyncio.create_task(feed.watch().take_async()) for _ in range(3)]
        await asyncio.sleep(0.01)
        await asyncio.to_thread(feed.publish, opened(2))
        assert [(await task).revision for task in waiting] == [2, 2, 2]
        ending = asyncio.create_task(feed.watch().take_async())
        await asyncio.sleep(0.01)
        await asyncio.to_thread(feed.close, "it is over")
        with pytest.raises(ClosedError, match="it is over"):
            await ending

    asyncio.run(main())
    assert feed._tasks == {}


def test_what_happened_before_the_end_is_still_given() -> None:
    feed = Feed(0, keep=10)
    watch = feed.watch()
    feed.publish(opened(1))
    feed.close("it is over")
    assert watch.take().revision == 1
    with pytest.raises(ClosedError, match="the feed has ended: it is over"):
        watch.take()


def test_a_closed_watch_says_so() -> None:
    feed = Feed(0, keep=10)
    with feed.watch() as watch:
        assert feed.watches == 1
    watch.close()
    assert feed.watches == 0
    with pytest.raises(ClosedError, match="make another one"):
        watch.take()
