"""The wing of call-backs beside a plain recount, on random days with crashes, stale wishes and changed minds.

Owns this comparison; must not test single features (``test_call_backs``).
"""

from random import Random
from typing import Any

import pytest
from naive_call_backs import NaiveCallBacks
from promising import NINE

from routing import commands as c
from routing import events as e
from routing.center.callbacks.settings import CallBackSettings
from routing.center.callbacks.wing import CallBacks
from routing.engine import Engine
from routing.model import Agent, Config, Queue
from routing.remarks import CallBack
from routing.units import HOUR, MINUTE, SECOND

pytestmark = pytest.mark.once

CENTRE = Config(
    timezone="Europe/Berlin",
    agents=(Agent("ann"), Agent("ben")),
    queues=(Queue("sales", ring_timeout_ns=40 * SECOND), Queue("tech", exclusion_ns=0)),
)
OUTCOMES = ("person", "no_answer", "busy", "machine", "invalid", "congestion", "cancelled")
TALLY: dict[str, int] = {}


class Day:
    """An engine, the wing, the recount, and somebody who does things at random."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        pick = self.random.choice
        self.settings = CallBackSettings(
            attempts=pick((1, 2, 3)),
            spacing_ns=pick((SECOND, 5 * MINUTE)),
            again_ns=pick((SECOND, MINUTE)),
            expire_ns=pick((0, HOUR, 5 * MINUTE)),
            place=pick(("kept", "last")),
            merge=pick(("arrival", "answer", "never")),
            merge_queues=pick(("same", "any")),
            profiles=pick(((), ("us",))),
            prefer_ns=pick((0, MINUTE)),
        )
        self.engine = Engine(CENTRE)
        self.wing = CallBacks(self.engine, None, self.settings)
        self.naive = NaiveCallBacks()
        self.now_ns = NINE + 9 * HOUR
        self.stale: list[c.Command] = []
        self.number = 0
        for agent in CENTRE.agents:
            self.do(c.LogIn(agent.id))

    def do(self, command: c.Command | None) -> None:
        early = self.engine.advance(self.now_ns)
        self.tell(None, early)
        if command is not None:
            self.tell(command, self.engine.apply(command, self.now_ns))

    def tell(self, command: c.Command | None, events: tuple[e.Event, ...]) -> None:
        self.wing.follow(command, events)
        self.naive.note(command, events, self.engine)
        for event in events:
            if isinstance(event, e.ContactRemarked | e.AttemptEnded):
                word = getattr(event, "outcome", "") or getattr(getattr(event, "remark", None), "action", "")
                TALLY[word] = TALLY.get(word, 0) + 1

    def wants(self) -> list[c.Command]:
        """What both want, which is the same, and asking again gives the same."""
        due = self.wing.due(self.now_ns)
        wanted = [one.command for one in due.proposals]
        assert self.wing.due(self.now_ns) == due
        expected = self.naive.wishes(self.engine, self.settings, self.now_ns)
        assert sorted(map(repr, wanted)) == sorted(map(repr, expected))
        assert {one.call_back: one.outcome for one in self.wing.all()} == {
            one.name: one.outcome for one in self.naive.stories
        }
        return wanted

    def step(self) -> None:
        random = self.random
        kind = random.randrange(100)
        wanted = self.wants()
        if kind < 45 and wanted:
            self.do(random.choice(wanted))
            self.stale += wanted
        elif 45 <= kind < 48 and self.stale:
            self.do(random.choice(self.stale))
        elif 48 <= kind < 58:
            pauses = (0, SECOND, SECOND, 5 * SECOND, 20 * SECOND, MINUTE, 5 * MINUTE, HOUR)
            self.now_ns += random.choice(pauses)
            self.do(None)
        elif 58 <= kind < 60:
            self.restart()
        else:
            self.do(self.somebody())

    def restart(self) -> None:
        """Crash: engine and wing come back from what they wrote down."""
        state, body = self.wing.snapshot(), self.engine.snapshot()
        self.engine = Engine.restore(body)
        self.wing = CallBacks(self.engine, state, self.settings)
        assert self.wing.snapshot() == state

    def somebody(self) -> c.Command:
        random, engine = self.random, self.engine
        contacts = list(engine.contacts.values())
        ringing = [one for one in contacts if one.state == "offered"]
        in_hand = [one for one in contacts if one.state == "handling"]
        attempts = list(engine.attempts)
        names = [one.call_back for one in self.wing.all()] or ["p0"]
        kind = random.randrange(100)
        if kind < 30 and ringing:
            one = random.choice(ringing)
            assert one.segment is not None
            return c.AcceptOffer(one.id, one.segment.agent)
        if kind < 50 and attempts:
            return c.EndAttempt(random.choice(attempts), random.choice(OUTCOMES))  # type: ignore[arg-type]
        if kind < 58 and in_hand:
            one = random.choice(in_hand)
            return random.choice(
                (c.CompleteContact(one.id), c.CompleteContact(one.id), c.RequeueContact(one.id))
            )
        if kind < 62 and contacts:
            one = random.choice(contacts)
            return random.choice((c.AbandonContact(one.id), c.CancelContact(one.id, "of theirs")))
        if kind < 66:
            return random.choice((c.CloseQueue("sales"), c.OpenQueue("sales"), c.OpenQueue("sales")))
        if kind < 80:
            self.number += 1
            customer = random.choice(("", "c1", "c2", "c3"))
            queue = random.choice(("sales", "sales", "tech"))
            return c.EnqueueContact(f"call-{self.number}", (queue,), customer=customer)
        return self.promise(names, [one.id for one in contacts])

    def promise(self, names: list[str], contacts: list[str]) -> c.Command:
        random = self.random
        kind = random.randrange(100)
        from_ns = random.choice((0, self.now_ns, self.now_ns + MINUTE, self.now_ns + HOUR))
        to_ns = random.choice((0, max(from_ns, self.now_ns) + random.choice((MINUTE, HOUR))))
        agent = random.choice(("", "ann", "ben"))
        name = random.choice(names)
        if kind < 40:
            contact = random.choice(contacts or ["nobody"])
            return c.Remark(contact, CallBack(self.fresh(), "keep", number="n1", confirmed=kind < 35))
        if kind < 75:
            said = CallBack(
                self.fresh() if kind < 73 else name,
                "book",
                random.choice(("sales", "sales", "tech")),
                random.choice(("", "c1", "c2", "c3")),
                "n2",
                agent,
                from_ns,
                to_ns,
                random.choice(("", "America/New_York", "Asia/Tokyo")),
                random.random() < 0.8,
            )
            return c.Remark(random.choice(("", random.choice(contacts or [""]))), said)
        if kind < 85:
            return c.Remark("", CallBack(name, "move", agent=agent, from_ns=from_ns, to_ns=to_ns))
        if kind < 94:
            return c.Remark("", CallBack(name, "confirm", number=random.choice(("", "n3"))))
        return c.Remark("", CallBack(name, "cancel"))

    def fresh(self) -> str:
        self.number += 1
        return f"p{self.number}"


def play(seed: int, steps: int) -> Day:
    day = Day(seed)
    for _ in range(steps):
        day.step()
    return day


@pytest.mark.parametrize("seed", range(16))
def test_the_wing_and_the_recount_want_the_same(seed: int) -> None:
    play(seed, 220)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1030))
def test_they_do_over_longer_days(seed: int) -> None:
    play(seed, 600)


def test_what_is_wanted_comes_to_an_end() -> None:
    """Whoever does whatever is wanted, at once, is soon done."""
    for seed in range(10):
        day = play(2000 + seed, 120)
        for _ in range(300):
            wanted: list[Any] = day.wants()
            if not wanted:
                break
            day.do(wanted[0])
        else:
            raise AssertionError(wanted)


def test_random_days_see_everything() -> None:
    for seed in range(10):
        play(3000 + seed, 200)
    words = {"keep", "book", "move", "confirm", "cancel", "close", "person", "no_answer", "invalid"}
    assert {word for word in words if not TALLY.get(word)} == set()
