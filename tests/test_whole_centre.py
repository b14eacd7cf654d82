"""A whole centre at random: contacts go from hand to hand while all wings look on and propose, over crashes.

Owns that everything together is counted right and comes back from the journal; what each wing has to do is tested by
itself, and what a model does in ``test_model_hands``.
"""

import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from calling import HandClock
from hands_drawn import SETTINGS, Models
from recount import Facts, agent_counts, queue_counts

from routing.center.callbacks.desk import Desk, NotPromisedError
from routing.center.file import Center, followers, loads_center, wings
from routing.center.running import Running
from routing.commands import AcceptOffer, Command, CompleteContact, Remark
from routing.engine import Engine
from routing.events import ContactOffered, Event
from routing.host import Host, Settings
from routing.remarks import Consent, Feedback, Note, Recording, Remarks, Signal
from routing.simulation.arrivals import Source
from routing.simulation.hands_world import HandsWorld
from routing.simulation.model_shape import CentreModel
from routing.statistics.fold import Statistics

pytestmark = pytest.mark.once

WINGS = loads_center(
    """
[[recording.rules]]
id = "calls"
channels = ["voice"]
share = 0.7
consent = "announcement"
retention_days = 30

[[signals.rules]]
id = "angry"
when = "mood == 1"
priority = 3

[[signals.terms]]
name = "mood"
signal = "mood"

[[outcomes.codes]]
code = "done"
resolved = "resolved"
[[outcomes.codes]]
code = "open"
resolved = "unresolved"
[[outcomes.codes]]
code = "handled"
[[outcomes.surveys]]
id = "how"
questions = [{ id = "well" }]
[[outcomes.rules]]
survey = "how"
share = 0.3

[[continuity.returning]]
within = "5m"

[callbacks]
attempts = 2

[supervision]
legs = "lines"
[[supervision.people]]
name = "kim"
roles = ["administrator"]
""",
    "toml",
)


class Ear:
    """A follower that hears everything, and knows after a crash how much it had heard."""

    def __init__(self, state: bytes | None) -> None:
        self.first = struct.unpack("<q", state)[0] if state else 0
        self.heard: list[Event] = []

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        del command
        self.heard += events

    def snapshot(self) -> bytes:
        return struct.pack("<q", self.first + len(self.heard))


def ear(_engine: Engine, state: bytes | None) -> Ear:
    return Ear(state)


class Town:
    """What a world drives instead of an engine: a host with every wing, which is cut off now and then."""

    def __init__(self, made: CentreModel, center: Center, folder: Path, seed: int) -> None:
        self.center, self.folder = center, folder
        self.random = Random(seed)
        self.clock = HandClock(0)
        self.rows: dict[str, int] = {}
        self.heard = self.cuts = self.steps = self.promises = 0
        self.known: set[str] = set()
        self.applied: dict[str, int] = {}
        levels = {queue.id: queue.service_level_ns for queue in made.config.queues}
        self.facts = Facts(lambda queue: levels[queue])
        self.statistics = Statistics(made.config, SETTINGS)
        self._open(made, folder / "town-0.journal")

    def _open(self, made: CentreModel | None, path: Path) -> None:
        self.path = path
        self.host = self._host(made, path)
        puts = {
            name: self._put(name) for name in wings(self.center) if hasattr(self.host.follower(name), "take")
        }
        self.running = Running(self.host, wings(self.center), put=puts, threads=False)

    def _host(self, made: CentreModel | None, path: Path) -> Host:
        return Host(
            made.config if made else None,
            path,
            durability="none",
            settings=Settings(threads=False),
            clock=self.clock,
            followers={**followers(self.center), "ear": ear},
        )

    def _put(self, name: str) -> Any:
        def put(rows: Any) -> None:
            self.rows[name] = self.rows.get(name, 0) + len(msgspec.to_builtins(rows))

        return put

    # What a world asks of an engine

    @property
    def next_due_ns(self) -> int | None:
        return self.host.read(lambda engine: engine.next_due_ns)

    @property
    def contacts(self) -> Any:
        return self.host.read(lambda engine: engine.contacts)

    @property
    def digest(self) -> int:
        return self.host.digest

    def apply(self, command: Command, at_ns: int) -> tuple[Event, ...]:
        self.known.add(getattr(command, "contact", ""))
        self.clock.at_ns = max(self.clock.at_ns, at_ns)
        self.host.apply(command, actor="pbx")
        return self._told()

    def advance(self, at_ns: int) -> tuple[Event, ...]:
        self.clock.at_ns = max(self.clock.at_ns, at_ns)
        self.host.tick()
        return self._told()

    # What else happens

    def _told(self) -> tuple[Event, ...]:
        """Let something be said, wings propose, and the journal be cut; give what happened to the world's contacts."""
        found = self._listen()
        if self.random.randrange(3) == 0:
            self._say()
        for wing, _ in self.running.step().applied:
            self.applied[wing] = self.applied.get(wing, 0) + 1
        for event in self._listen(found):
            if isinstance(event, ContactOffered) and event.contact not in self.known:  # a wing's own
                self.host.apply(AcceptOffer(event.contact, event.agent, event.offer))
                self.host.apply(CompleteContact(event.contact))
        self._listen(found)
        self.steps += 1
        if self.random.randrange(50) == 0:
            self.running.write()
        if self.random.randrange(90) == 0:
            self.host.snapshot()
        if self.random.randrange(70) == 0:
            self._cut()
            self._listen(found)
        return tuple(
            event
            for event in found
            if getattr(event, "contact", "") in self.known or not hasattr(event, "contact")
        )

    def _listen(self, found: list[Event] | None = None) -> list[Event]:
        """Hear what is new, and count it."""
        follower = self.host.follower("ear")
        assert isinstance(follower, Ear)
        new = follower.heard[self.heard - follower.first :]
        self.heard += len(new)
        self.facts.tell(new)
        self.statistics.fold(new)
        if found is not None:
            found += new
        return new if found is None else found

    def _say(self) -> None:
        states = {contact: view.state for contact, view in self.contacts.items()}
        living, waiting = list(states), [one for one, state in states.items() if state == "waiting"]
        if not living:
            return
        if waiting and self.random.randrange(3) == 0:
            self.promises += 1
            with suppress(NotPromisedError):
                Desk(self.host).keep(
                    self.random.choice(waiting), "n", call_back=f"promise-{self.promises}", confirmed=True
                )
            return
        said: tuple[Remarks, ...] = (
            Signal("mood", self.random.choice(("0", "1"))),
            Consent("recording", self.random.choice(("asked", "given", "refused"))),
            Recording(self.random.choice(("start", "pause", "resume", "stop")), "card"),
            Feedback("how", "well", score=self.random.randrange(1, 6)),
            Note("n"),
        )
        self.host.apply(Remark(self.random.choice(living), self.random.choice(said)), actor="kim")

    def _cut(self) -> None:
        """The host is gone without farewell; another goes on with what the journal has."""
        self.cuts += 1
        path = self.folder / f"town-{self.cuts}.journal"
        for file in self.folder.glob(self.path.name + "*"):
            (self.folder / file.name.replace(self.path.name, path.name)).write_bytes(file.read_bytes())
        old, now_ns = self.host, self.clock.at_ns
        self._open(None, path)
        for name in wings(self.center):
            before, after = old.follower(name), self.host.follower(name)
            assert after.due(now_ns) == before.due(now_ns), name  # type: ignore[attr-defined]
            if hasattr(before, "take"):
                keeping: tuple[Any, Any] = (before, after)
                rows, again = (msgspec.to_builtins(one.take()[1]) for one in keeping)
                assert written(rows) <= written(again), name
        old.close()


def written(rows: object) -> set[str]:
    """Every row by itself, as text."""
    if isinstance(rows, dict):
        return {f"{name}{one}" for name, part in rows.items() for one in written(part)}
    return {repr(one) for one in rows} if isinstance(rows, (list, tuple)) else {repr(rows)}


@pytest.mark.parametrize(
    "seed", [4, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3, 5, 6, 7))]
)
def test_everything_together_comes_back_and_is_counted_right(seed: int, tmp_path: Path) -> None:
    made = Models(seed).made()
    day = Source(made.model, seed).day(0)
    world = HandsWorld(made, day, day.calls())
    town = Town(made, WINGS, tmp_path, seed)
    world.engine = town  # type: ignore[assignment]
    world.run()
    town.running.step()
    town.running.write()
    town._listen()
    now_ns = town.host.now_ns
    town.statistics.advance(now_ns)
    for queue in made.config.queues:
        counts = queue_counts(town.facts, queue.id, None, 0, now_ns + 1, SETTINGS.short_abandon_ns)
        found = town.statistics.queue(queue.id)
        counts.waiting_max, counts.waiting_ns = found.waiting_max, found.waiting_ns
        assert found == counts
    for agent in made.config.agents:
        expected, got = agent_counts(town.facts, agent.id, 0, now_ns), town.statistics.agent(agent.id)
        assert (got.talking_ns, got.holding_ns, got.not_ready_by) == (
            expected.talking_ns,
            expected.holding_ns,
            expected.not_ready_by,
        )
    assert town.cuts > 0
    assert town.applied.get("recording", 0) > 10
    assert town.rows.get("supervision", 0) > 10
    town.host.close()
