"""The fold from events to instructions, held against what the engine shows.

Owns the property that whoever folds from any revision on says what one would see by asking; must not know hosts.
"""

from random import Random

import pytest
from centres import ALL_FEATURES, Centres, Live

from grpc_api.facade.directory import Directory
from grpc_api.facade.fold import Fold, Last, Told
from grpc_api.facade.shapes import Instruction, Offer, StopRinging, Talk, Wait
from grpc_api.settings import DomainSettings
from routing.engine import Engine
from routing.errors import ConfigError, UsageError
from routing.events import Event
from routing.views import IN_HAND, ContactView

pytestmark = pytest.mark.once

DIRECTORY = Directory(DomainSettings())
STEPS = 150
#: What lets a contact come to a queue by overflow before it comes there as told: events do not say where it stays then.
ROUND = frozenset({"split", "conditions"})


def shown(view: ContactView) -> set[object]:
    """What there is to do, as the engine shows it."""
    if view.state in IN_HAND:
        return {("talk", one.agent) for one in view.segments if one.state in IN_HAND}
    if view.state == "offered":
        return {("offer", one.agent, one.offer, one.queue) for one in view.segments}
    return {("wait", frozenset(visit.queue for visit in view.visits))}


def said(instructions: tuple[Instruction, ...] | list[Instruction]) -> set[object]:
    found: set[object] = set()
    for one in instructions:
        match one:
            case Talk(agent=agent):
                found.add(("talk", agent))
            case Offer(agent=agent, offer=offer, queue=queue):
                found.add(("offer", agent, offer, queue))
            case Wait(queues=queues):
                found.add(("wait", frozenset(queues)))
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
        if isinstance(one, StopRinging):
            self.doing[call] = {
                other
                for other in now
                if not (isinstance(other, tuple) and other[0] == "offer" and other[2] == one.offer)
            }
        elif isinstance(one, Offer):
            self.doing[call] = {
                other for other in now if isinstance(other, tuple) and other[0] == "offer"
            } | said((one,))
        else:
            self.doing[call] = said((one,))


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
        waiting=[v.id for v in views if v.state == "waiting"],
        logged_in=[a.id for a in engine.agents.values() if a.logged_in],
        now_ns=engine.now_ns,
    )


@pytest.mark.parametrize("seed", range(40))
def test_from_any_revision_on_one_is_told_what_one_would_see(seed: int) -> None:
    random = Random(seed)
    centres = Centres(random, features=ALL_FEATURES - ROUND)
    engine = drawn(centres)
    fold, front_end = Fold(DIRECTORY, 1_000), FrontEnd()
    late: list[tuple[Fold, FrontEnd]] = []
    at, batch = 0, list[tuple[int, Event]]()
    for _ in range(STEPS):
        if random.randrange(20) == 0:  # somebody joins, from the present state on
            joining = Fold(DIRECTORY, 1_000), FrontEnd()
            if batch:
                continue
            for view in engine.contacts.values():
                joining[0].adopt(view, engine.revision, engine.now_ns)
                joining[1].doing[view.id] = shown(view)
            late.append(joining)
        at += random.choice((0, 1, 1, 2, 5))
        before = engine.revision
        try:
            events = engine.apply(centres.command(engine.config, live(engine)), at)
        except UsageError:
            continue
        batch += enumerate(events, before + 1)
        if random.randrange(3) == 0:
            continue
        for one, listener in [(fold, front_end), *late]:
            told = one.take(batch)
            assert [t.revision for t in told] == sorted(t.revision for t in told)
            for item in told:
                listener.hear(item)
        batch.clear()
        for one, listener in [(fold, front_end), *late]:
            want = {view.id: shown(view) for view in engine.contacts.values()}
            assert {call: said(one.present(call, engine.now_ns)) for call in one.calls} == want, (
                f"seed {seed}"
            )
            assert listener.doing == want, f"seed {seed}"
            assert not set(one.calls) & set(one.endings)
    for _, listener in late:
        for call, ending in listener.over.items():
            if call in front_end.over:
                assert front_end.over[call] == ending


def test_only_so_many_endings_are_remembered() -> None:
    centres = Centres(Random(1))
    engine = drawn(centres)
    fold = Fold(DIRECTORY, 3)
    for at in range(600):
        before = engine.revision
        fold.take(enumerate(engine.apply(centres.command(engine.config, live(engine)), at), before + 1))
        assert len(fold.endings) <= 3
    assert fold.endings
