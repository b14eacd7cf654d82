"""The fold from events to instructions, held against what the engine shows.

Owns the property that whoever folds from any revision on says what one would see by asking; must not know hosts.
"""

from collections.abc import Iterable
from copy import deepcopy
from random import Random
from typing import get_args

import pytest
from centres import ALL_FEATURES, Centres, Live

from grpc_api.facade.directory import Directory
from grpc_api.facade.ends import Last, offered
from grpc_api.facade.fold import Fold, Told
from grpc_api.facade.marks import NOTHING
from grpc_api.facade.shapes import (
    Conference,
    Hold,
    Instruction,
    Monitor,
    Offer,
    Record,
    StopRinging,
    Talk,
    Wait,
)
from grpc_api.settings import DomainSettings, Endpoints
from routing.center.devices import Cause, Device, Devices
from routing.engine import Engine
from routing.errors import ConfigError, UsageError
from routing.events import Event
from routing.views import IN_HAND, ContactView

pytestmark = pytest.mark.once

#: Of the agents of random centres one has devices that ring in turn, one those that ring at once; others an address.
DIRECTORY = Directory(
    DomainSettings(
        endpoints=Endpoints(
            devices={
                "a0": Devices(
                    (Device("desk", "sip:a0-desk@x", 3), Device("mobile", "tel:a0", 2), Device("soft", "a0"))
                ),
                "a1": Devices((Device("desk", "sip:a1-desk@x"), Device("soft", "sip:a1-soft@x")), "all"),
            }
        )
    )
)
STEPS = 150
QUICK = 15
CAUSES: tuple[Cause, ...] = get_args(Cause)


def shown(engine: Engine, view: ContactView, fold: Fold) -> set[object]:
    """What there is to do, as the engine shows it, at the devices that the fold says."""
    marks: set[object] = set(fold.calls[view.id].mark.present())
    if view.state in IN_HAND:
        (agent,) = [one.agent for one in view.segments if one.state in IN_HAND]
        parent = engine.contacts[view.parent] if view.parent else None
        peer = [one.agent for one in parent.segments if one.state in IN_HAND] if parent else [""]
        if view.state == "held":
            return marks | {("hold", agent, view.parent)}
        if view.joined:
            return marks | {("conference", agent, view.parent)}
        return marks | {("talk", agent, view.parent, peer[0])}
    if view.state == "offered":
        return marks | {
            ("offer", one.agent, one.offer, one.queue, rung.endpoint, view.parent)
            for one in view.segments
            for rung in fold.bells.offers(offered(view.id, one, engine.now_ns), engine.now_ns)
        }
    return marks | {("wait", frozenset(visit.queue for visit in view.visits), view.parent)}


def said(instructions: Iterable[Instruction]) -> set[object]:
    found: set[object] = set()
    for one in instructions:
        match one:
            case Talk():
                found.add(("talk", one.agent, one.parent, one.peer))
            case Hold():
                found.add(("hold", one.agent, one.parent))
            case Conference():
                found.add(("conference", one.agent, one.parent))
            case Offer():
                found.add(("offer", one.agent, one.offer, one.queue, one.endpoint, one.parent))
            case Wait():
                found.add(("wait", frozenset(one.queues), one.parent))
            case Record(action="resume"):  # what was paused: from then on it is as if it had started
                found.add(Record("start", one.segment, one.reason))
            case _:
                found.add(one)
    return found


class FrontEnd:
    """Does nothing but what it is told, call by call."""

    def __init__(self) -> None:
        self.doing: dict[str, set[object]] = {}
        self.over: dict[str, Instruction] = {}

    def hear(self, told: Told) -> None:
        call, one = told.call_id, told.instruction
        if isinstance(one, Last):
            self.over[call] = one
            self.doing.pop(call, None)
            return
        self.over.pop(call, None)
        now = self.doing.setdefault(call, set())
        if isinstance(one, Record):
            now = {other for other in now if not isinstance(other, Record)}
            self.doing[call] = now if one.action == "stop" else now | said((one,))
        elif isinstance(one, Monitor):
            now = {o for o in now if not (isinstance(o, Monitor) and o.supervisor == one.supervisor)}
            self.doing[call] = now if one.mode == "stop" else now | {one}
        elif isinstance(one, StopRinging):
            self.doing[call] = {other for other in now if not _is_stopped(other, one)}
        else:
            kept: set[object] = {other for other in now if isinstance(other, Record | Monitor)}
            if isinstance(one, Offer):
                kept |= {other for other in now if isinstance(other, tuple) and other[0] == "offer"}
            self.doing[call] = kept | said((one,))


def _is_stopped(doing: object, stop: StopRinging) -> bool:
    if not isinstance(doing, tuple) or doing[0] != "offer" or doing[2] != stop.offer:
        return False
    return stop.endpoint in ("", doing[4])


def drawn(centres: Centres) -> Engine:
    """An engine with the first configuration drawn that breaks no rule."""
    while True:
        try:
            return Engine(centres.config())
        except ConfigError:
            continue


def live(engine: Engine) -> Live:
    views = list(engine.contacts.values())
    return Live(
        ringing=[(v.id, s.agent, s.offer) for v in views for s in v.segments if s.state == "ringing"],
        in_hand=[v.id for v in views if v.state in IN_HAND],
        legs=[(v.id, v.parent) for v in views if v.parent and v.state in IN_HAND],
        waiting=[v.id for v in views if v.state == "waiting"],
        logged_in=[a.id for a in engine.agents.values() if a.logged_in],
        now_ns=engine.now_ns,
    )


class Listening:
    """A fold, and a front-end that hears what follows from it."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.fold, self.front_end = Fold(DIRECTORY, 1_000), FrontEnd()
        if engine is not None:  # joins now
            views = list(engine.contacts.values())
            self.fold.take_over(views, [NOTHING] * len(views), engine.revision, engine.now_ns)
            for view in views:
                self.front_end.doing[view.id] = shown(engine, view, self.fold)

    def take(self, engine: Engine, batch: list[tuple[int, Event]]) -> None:
        self.fold.heed(batch)
        views = {one: engine.contacts.get(one) for one in self.fold.doubtful}
        self.fold.settle({one: [v.queue for v in view.visits] for one, view in views.items() if view})
        told = self.fold.tell()
        assert [t.revision for t in told] == sorted(t.revision for t in told)
        self._hear(told)

    def ring_on(self, random: Random, now_ns: int) -> None:
        """Time passes, and devices are busy or not answered."""
        self._hear(self.fold.pass_time(now_ns))
        rung = [one for call in self.fold.calls.values() for one in call.ringing.values()]
        if rung and random.randrange(3) == 0:
            event = random.choice(rung)
            (offer, *_) = self.fold.bells.offers(event, now_ns) or ("",)
            round_ = self.fold.bells.round(event)
            last = round_ is None or deepcopy(round_).failed("", "busy", now_ns).over
            if isinstance(offer, Offer) and not last:  # with the last one the engine would hear of it
                told, over = self.fold.give_up(event, offer.endpoint, random.choice(CAUSES), now_ns)
                assert told
                assert over is None
                self._hear(told)

    def _hear(self, told: list[Told]) -> None:
        for item in told:
            self.front_end.hear(item)

    def check(self, engine: Engine, seed: int) -> None:
        fold = self.fold
        assert set(fold.calls) == set(engine.contacts), f"seed {seed}"
        want = {view.id: shown(engine, view, fold) for view in engine.contacts.values()}
        found = {call: said(fold.present(call, engine.now_ns)) for call in fold.calls}
        assert found == want, f"seed {seed}"
        assert self.front_end.doing == want, f"seed {seed}"
        assert not set(fold.calls) & set(fold.endings)


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=() if seed < QUICK else pytest.mark.slow) for seed in range(40)]
)
def test_from_any_revision_on_one_is_told_what_one_would_see(seed: int) -> None:
    random = Random(seed)
    centres = Centres(random, features=ALL_FEATURES)
    engine = drawn(centres)
    first, late = Listening(), list[Listening]()
    at, batch = 0, list[tuple[int, Event]]()
    for _ in range(STEPS):
        if random.randrange(20) == 0 and not batch:  # somebody joins, from the present state on
            late.append(Listening(engine))
        at += random.choice((0, 1, 1, 2, 5))
        before = engine.revision
        try:
            events = engine.apply(centres.command(engine.config, live(engine)), at)
        except UsageError:
            continue
        batch += enumerate(events, before + 1)
        if random.randrange(3) == 0:
            continue
        for one in (first, *late):
            one.take(engine, batch)
        batch.clear()
        for one in (first, *late):
            one.check(engine, seed)
            one.ring_on(random, engine.now_ns)
            one.check(engine, seed)
    for one in late:
        for call, ending in one.front_end.over.items():
            if call in first.front_end.over:
                assert first.front_end.over[call] == ending


def test_only_so_many_endings_are_remembered() -> None:
    centres = Centres(Random(1))
    engine = drawn(centres)
    fold = Fold(DIRECTORY, 3)
    for at in range(600):
        before = engine.revision
        fold.take(enumerate(engine.apply(centres.command(engine.config, live(engine)), at), before + 1))
        assert len(fold.endings) <= 3
    assert fold.endings
