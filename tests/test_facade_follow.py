"""Streams of instructions on a real host: from the start, from a mark, after a break, too slow, at the end.

Owns what a follower may rely on; must not test what instructions follow from which events (`test_facade_fold`).
"""

import asyncio
import threading
from collections.abc import Iterator
from random import Random
from typing import get_args

import pytest
from calling import CENTRE, HandClock

from grpc_api.facade import (
    Facade,
    Following,
    Instruction,
    Notice,
    Offer,
    Release,
    Report,
    ReportCall,
    RouteCall,
    StopRinging,
    Talk,
    Wait,
)
from grpc_api.settings import FacadeLimits
from routing import EnqueueContact, LogIn, LogOut, RequeueContact
from routing.errors import ClosedError, CompactedError, OverloadedError, UsageError
from routing.host import Host, Settings
from routing.units import SECOND

pytestmark = pytest.mark.once

WAIT_NS = 60 * SECOND
REPORTS: tuple[Report, ...] = (*get_args(Report), "answered", "answered")


@pytest.fixture
def host() -> Iterator[Host]:
    with Host(CENTRE, clock=HandClock(), settings=Settings(threads=False)) as made:
        yield made


@pytest.fixture
def facade(host: Host) -> Iterator[Facade]:
    with Facade(host) as made:
        yield made


def caught_up(facade: Facade, following: Following) -> list[Notice]:
    """Everything up to now."""
    revision = facade.host.revision
    found: list[Notice] = []
    while following.revision < revision:
        found += following.take(SECOND // 50)
    return found


def brief(notices: list[Notice]) -> list[tuple[str, Instruction]]:
    return [(one.call_id, one.instruction) for one in notices if one.instruction is not None]


def settled(facade: Facade) -> None:
    assert facade._board.wait_for(facade.host.revision, WAIT_NS)


def test_a_front_end_hears_of_its_own_calls_alone(host: Host, facade: Facade) -> None:
    with (
        facade.follow(front_end="pbx", start_revision=0) as mine,
        facade.follow(front_end="other", start_revision=0) as theirs,
        facade.follow(front_end="") as nobodys,
        facade.follow(call_id="c1") as single,
    ):
        facade.route_call(RouteCall("c1", "pbx", called="sales"))
        host.apply(EnqueueContact("c2", ("support",), front_end="other"))
        host.apply(EnqueueContact("c3", ("support",)))
        assert [call for call, _ in brief(caught_up(facade, mine))] == ["c1"]
        assert [call for call, _ in brief(caught_up(facade, theirs))] == ["c2"]
        assert [call for call, _ in brief(caught_up(facade, nobodys))] == ["c3"]
        assert [call for call, _ in brief(caught_up(facade, single))] == ["c1"]


def test_the_life_of_a_call_as_a_stream(host: Host, facade: Facade) -> None:
    with facade.follow(front_end="pbx") as following:
        heard = []
        facade.route_call(RouteCall("c1", "pbx", called="sales"))
        heard += brief(caught_up(facade, following))
        host.apply(LogIn("ann"))
        heard += brief(caught_up(facade, following))
        facade.report_call(ReportCall("c1", "busy"))
        heard += brief(caught_up(facade, following))
        host.apply(LogIn("ben"))
        facade.report_call(ReportCall("c1", "answered"))
        facade.report_call(ReportCall("c1", "ended"))
        heard += brief(caught_up(facade, following))
    assert [instruction for _, instruction in heard if not isinstance(instruction, Offer)] == [
        Wait(("sales",), 1),
        StopRinging("ann", 1, "busy"),
        Wait(("sales",), 1),
        Talk("ben"),
        Release("handled"),
    ]


def test_the_present_comes_first_and_then_what_happens(host: Host, facade: Facade) -> None:
    host.apply(LogIn("ann"))
    facade.route_call(RouteCall("talks", "pbx", called="sales"))
    facade.report_call(ReportCall("talks", "answered"))
    facade.route_call(RouteCall("waits", "pbx", called="sales"))
    facade.route_call(RouteCall("left", "pbx", called="sales"))
    facade.report_call(ReportCall("left", "abandoned"))
    settled(facade)
    with facade.follow(front_end="pbx", start_revision=0) as following:
        assert brief(following.take(WAIT_NS)) == [("talks", Talk("ann")), ("waits", Wait(("sales",), 1))]
        facade.report_call(ReportCall("talks", "ended"))
        heard = brief(caught_up(facade, following))
        assert heard[0] == ("talks", Release("handled"))
        assert isinstance(heard[1][1], Offer)


def test_a_facade_made_later_knows_the_calls_there_are(host: Host) -> None:
    host.apply(LogIn("ann"))
    host.apply(EnqueueContact("rings", ("sales",), front_end="pbx"))
    host.apply(EnqueueContact("waits", ("sales",), front_end="pbx"))
    with Facade(host) as late, late.follow(front_end="pbx", start_revision=0) as following:
        kinds = {call: type(one) for call, one in brief(following.take(WAIT_NS))}
    assert kinds == {"rings": Offer, "waits": Wait}


def test_a_stream_goes_on_from_a_mark(host: Host, facade: Facade) -> None:
    with facade.follow(front_end="pbx") as following:
        facade.route_call(RouteCall("c1", "pbx", called="sales"))
        before = caught_up(facade, following)
        mark = before[-1]
        assert mark.instruction is None
    host.apply(LogIn("ann"))
    facade.report_call(ReportCall("c1", "rejected"))
    settled(facade)
    with facade.follow(front_end="pbx", start_revision=mark.revision) as again:
        heard = [one for _, one in brief(again.take(WAIT_NS))]
    # The fold may or may not have seen the offer by itself; that it rings no longer is told in any case.
    assert heard[-2:] == [StopRinging("ann", 1, "rejected"), Wait(("sales",), 1)]


def test_one_call_goes_on_from_a_revision_that_an_answer_gave(facade: Facade) -> None:
    answer = facade.route_call(RouteCall("c1", "pbx", called="sales"))
    settled(facade)
    with facade.follow(call_id="c1", start_revision=answer.revision) as following:
        assert brief(following.take(0)) == []
        facade.host.apply(LogIn("ann"))
        assert isinstance(brief(caught_up(facade, following))[-1][1], Offer)
    with facade.follow(call_id="c1", start_revision=answer.revision) as following:
        assert isinstance(brief(following.take(0))[0][1], Offer)


def test_marks_come_when_nothing_else_does(facade: Facade) -> None:
    with facade.follow(front_end="pbx") as following:
        facade.host.apply(LogIn("ann"))
        settled(facade)
        assert following.take(0) == [Notice(facade.host.revision)]


def test_what_is_no_longer_kept_is_said(host: Host) -> None:
    with Facade(host, limits=FacadeLimits(notices=5)) as facade:
        for number in range(20):
            facade.route_call(RouteCall(f"c{number}", "pbx", called="sales"))
            settled(facade)
        with pytest.raises(CompactedError, match="follow from 0"):
            facade.follow(front_end="pbx", start_revision=1)
        with facade.follow(front_end="pbx", start_revision=0) as following:
            assert len(brief(following.take(0))) == 20
        with facade.follow(front_end="pbx", start_revision=facade._board.oldest) as following:
            assert 5 <= len(brief(following.take(0))) <= 10


def test_a_slow_follower_is_cut_off_and_the_others_are_not(host: Host) -> None:
    with Facade(host, limits=FacadeLimits(pending=3)) as facade:
        slow, quick = facade.follow(front_end="pbx"), facade.follow(front_end="pbx")
        heard = []
        for number in range(10):
            facade.route_call(RouteCall(f"c{number}", "pbx", called="sales"))
            heard += brief(caught_up(facade, quick))
        assert len(heard) == 10
        with pytest.raises(CompactedError, match=r"facade\.pending") as error:
            slow.take(0)
        with facade.follow(front_end="pbx", start_revision=error.value.oldest or None) as again:
            assert again.revision == host.revision
        quick.close()
        assert facade._board.followers == 0


def test_there_are_only_so_many_followers(host: Host) -> None:
    with Facade(host, limits=FacadeLimits(followers=2)) as facade:
        one, two = facade.follow(front_end="a"), facade.follow(call_id="c1")
        with pytest.raises(OverloadedError, match=r"facade\.followers"):
            facade.follow(front_end="b")
        one.close()
        one.close()
        facade.follow(front_end="b").close()
        two.close()
        assert facade._board.followers == 0
        assert not facade._board._by_call
        assert not facade._board._by_front_end


def test_misuse(facade: Facade) -> None:
    with pytest.raises(UsageError, match="neither"):
        facade.follow()
    with pytest.raises(UsageError, match="below 0"):
        facade.follow(front_end="pbx", start_revision=-1)
    with pytest.raises(UsageError, match="has not happened"):
        facade.follow(front_end="pbx", start_revision=10**6)


def test_streams_end_with_the_facade_and_with_the_host() -> None:
    host = Host(CENTRE)
    one, two = Facade(host), Facade(host)
    first, second = one.follow(front_end="pbx"), two.follow(front_end="pbx")
    one.close()
    with pytest.raises(ClosedError, match="facade was closed"):
        first.take(WAIT_NS)
    with pytest.raises(ClosedError, match="ended"):
        one.follow(front_end="pbx")
    host.close()
    with pytest.raises(ClosedError, match="host was closed"):
        second.take(WAIT_NS)
    two.close()


def test_closing_wakes_who_waits(facade: Facade) -> None:
    following = facade.follow(front_end="pbx")
    heard: list[list[Notice]] = []
    thread = threading.Thread(target=lambda: heard.append(list(following)))
    thread.start()
    following.close()
    thread.join(WAIT_NS / 1e9)
    assert [brief(notices) for notices in heard] == [[]]


def test_tasks_follow(facade: Facade) -> None:
    async def hear() -> list[tuple[str, Instruction]]:
        following = await facade.follow_async(front_end="pbx", start_revision=0)
        heard = []
        assert (await following.take_async(0))[-1].instruction is None
        asyncio.get_running_loop().run_in_executor(
            None, facade.route_call, RouteCall("c1", "pbx", called="sales")
        )
        async for notice in following:
            if notice.instruction is not None:
                heard.append((notice.call_id, notice.instruction))
                break
        following.close()
        with pytest.raises(ClosedError):
            await following.take_async(0)
        return heard

    assert asyncio.run(hear()) == [("c1", Wait(("sales",), 1))]


def test_a_fold_that_falls_behind_starts_anew_and_tells_its_followers() -> None:
    clock = HandClock()
    with (
        Host(CENTRE, clock=clock, settings=Settings(threads=False, keep_events=10)) as host,
        Facade(host) as facade,
    ):
        following = facade.follow(front_end="pbx")
        with facade._board.lock:  # the fold cannot go on
            for number in range(100):
                host.apply(EnqueueContact(f"c{number}", ("sales",), front_end="pbx"))
        settled(facade)
        try:
            assert len(brief(caught_up(facade, following))) == 100  # it had taken them all in time
        except CompactedError:
            with facade.follow(front_end="pbx", start_revision=0) as again:
                assert len(brief(again.take(0))) == 100


def normal(instructions: tuple[Instruction, ...] | list[Instruction]) -> set[object]:
    """Instructions without what goes stale by itself: places, estimates, what is left of the ringing."""
    found: set[object] = set()
    for one in instructions:
        match one:
            case Wait(queues=queues):
                found.add(frozenset(queues))
            case Offer(agent=agent, offer=offer):
                found.add((agent, offer))
            case _:
                found.add(one)
    return found


class Listener:
    """A front-end with a stream that breaks now and then."""

    def __init__(self, facade: Facade, front_end: str) -> None:
        self.facade = facade
        self.front_end = front_end
        self.doing: dict[str, list[Instruction]] = {}
        self.following = facade.follow(front_end=front_end, start_revision=0)
        self.mark = 0

    def hear(self) -> None:
        for notice in [*self.following.take(0), *caught_up(self.facade, self.following)]:  # a mark at least
            self.mark = notice.revision
            one, call = notice.instruction, notice.call_id
            if one is None:
                continue
            now = self.doing.setdefault(call, [])
            if isinstance(one, StopRinging):
                self.doing[call] = [o for o in now if not (isinstance(o, Offer) and o.offer == one.offer)]
            elif isinstance(one, Offer):
                others = [o for o in now if isinstance(o, Offer) and o.offer != one.offer]
                self.doing[call] = [*others, one]
            else:
                self.doing[call] = [one]

    def break_off(self) -> None:
        self.following.close()
        self.following = self.facade.follow(front_end=self.front_end, start_revision=self.mark or None)


@pytest.mark.parametrize("seed", range(6))
def test_who_follows_from_anywhere_does_what_one_is_told_by_asking(seed: int) -> None:
    random = Random(seed)
    clock = HandClock()
    with (
        Host(CENTRE, clock=clock, settings=Settings(threads=False)) as host,
        Facade(host) as facade,
    ):
        host.apply(LogIn("ann"))
        listeners = [Listener(facade, "pbx"), Listener(facade, "pbx"), Listener(facade, "gate")]
        for listener in listeners:
            listener.hear()
        for number in range(250):
            clock.at_ns += random.choice((0, SECOND, 7 * SECOND))
            call, pbx = (
                f"c{random.randrange(max(number - 25, 0), number + 1)}",
                random.choice(("pbx", "gate")),
            )
            agent = random.choice(("ann", "ben", "cec"))
            match random.randrange(12):
                case 0 | 1 | 2 | 3:
                    queue = random.choice(("sales", "support", "full", "all", "nowhere"))
                    facade.route_call(RouteCall(f"c{number}", pbx, called=queue))
                case 4:
                    host.apply(LogIn(agent))
                case 5 if random.randrange(3) == 0:
                    host.apply(LogOut(agent))
                case 6:
                    host.apply(RequeueContact(call, (random.choice(("sales", "support")),)))
                case _:
                    what = random.choice(REPORTS)
                    facade.report_call(ReportCall(call, what, pbx, agent))
            if random.randrange(4) == 0:
                random.choice(listeners).hear()
            if random.randrange(10) == 0:
                random.choice(listeners).break_off()
        for listener in listeners:
            listener.hear()
            for call, doing in listener.doing.items():
                assert normal(doing) == normal(facade.look(call).instructions), f"seed {seed}, {call}"
        heard = set(listeners[0].doing) | set(listeners[2].doing)
        assert set(host.read(lambda engine: list(engine.contacts))) <= heard
        assert set(listeners[0].doing) == set(listeners[1].doing)
        assert not set(listeners[0].doing) & set(listeners[2].doing)
        for listener in listeners:
            listener.following.close()
