"""The fold held against a recount from the raw list of events, and against the engine's own pictures.

Owns the comparison of figures; must not know how either comes about (`recount` counts anew, `machine` draws runs).
"""

from collections.abc import Iterator
from random import Random

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, moves, valid_config
from msgspec.json import encode
from msgspec.structs import asdict, replace
from recount import Contact, Facts, agent_counts, queue_counts, state_at

from routing.engine import Engine
from routing.model import Config
from routing.statistics.fold import Settings, Statistics, Taken
from routing.statistics.shapes import (
    MAXIMA,
    AgentCounts,
    ContactRecord,
    QueueCounts,
    SegmentRecord,
    Session,
)

pytestmark = pytest.mark.once

SETTINGS = Settings(interval_ns=64, short_abandon_ns=5, pane_ns=8, panes=6, records=True)
STATES = ("talking", "holding", "wrap_up", "ringing", "not_ready", "engaged", "idle")


class Counted:
    """One random run with everything that is held against each other."""

    def __init__(self, seed: int, scale: int = 1, restored: int = 0) -> None:
        self.restored = restored  # in so many moves of a hundred
        self.random = Random(seed)
        self.centres = Centres(self.random, misuse=seed % 2 == 1, scale=scale, features=ALL_FEATURES)
        self.driven = Alone(shortened(valid_config(self.centres), seed))
        self.levels: dict[str, int] = {}
        self.learn()
        self.facts = Facts(lambda queue: self.levels.get(queue, 0))
        self.statistics = Statistics(
            self.engine.config, SETTINGS, configuration=lambda: self.driven.compiled.config
        )
        self.seen = 0
        self.taken = Taken([], [], [], [])

    @property
    def engine(self) -> Engine:
        return self.driven.compiled

    def learn(self) -> None:
        self.levels.update({queue.id: queue.service_level_ns for queue in self.engine.config.queues})

    def run(self, steps: int) -> Iterator[int]:
        """Go on, yielding after each move."""
        for number, move in enumerate(moves(self.centres, self.driven, steps)):
            before = self.engine.revision
            outcome = self.driven.make(move)
            outcome = outcome[
                : self.engine.revision - before
            ]  # a repeated request only says again what it said
            self.statistics.fold(outcome)
            self.statistics.advance(self.engine.now_ns)
            self.facts.tell(outcome)
            self.seen += len(outcome)
            self.learn()
            if self.restored and self.random.randrange(100) < self.restored:
                self.restore()
            yield number

    def restore(self) -> None:
        """Go on with a copy out of a snapshot."""
        saved = self.statistics.snapshot()
        self.statistics = Statistics.restore(
            saved, self.engine.config, configuration=lambda: self.driven.compiled.config
        )
        assert self.statistics.snapshot() == saved

    def hold(self) -> None:
        """Every figure, and every gauge."""
        self.hold_gauges()
        self.hold_totals(self.engine.now_ns + 1)

    def hold_totals(self, until: int) -> None:
        facts, statistics = self.facts, self.statistics
        queues = {visit.queue for one in facts.contacts for visit in one.visits} | set(self.engine.queues)
        channels = {one.channel for one in facts.contacts}
        now = self.engine.now_ns
        for queue in sorted(queues):
            for channel in sorted(channels):
                expected = queue_counts(facts, queue, channel, 0, until, SETTINGS.short_abandon_ns)
                expected.waiting_ns = queue_counts(facts, queue, channel, 0, now, 0).waiting_ns
                got = statistics.queue(queue, channel)
                assert got == expected, (queue, channel, difference(got, expected))
        for agent in sorted({*self.engine.agents, *(getattr(one, "agent", "") for one in facts.people)}):
            expected_times, expected_counts = (agent_counts(facts, agent, 0, end) for end in (now, until))
            times = {name: value for name, value in asdict(expected_times).items() if is_time(name)}
            assert statistics.agent(agent) == replace(expected_counts, **times), agent

    def hold_gauges(self) -> None:
        statistics, engine = self.statistics, self.engine
        assert statistics.misplaced == 0
        assert statistics.now_ns == engine.now_ns
        contacts = engine.contacts
        entered: dict[str, list[int]] = {queue: [] for queue in engine.queues}
        for view in contacts.values():
            for visit in view.visits:
                entered[visit.queue].append(visit.entered_ns)
        for queue, queue_view in engine.queues.items():
            picture = statistics.queue_now(queue)
            assert picture.waiting == queue_view.waiting == len(entered[queue]), queue
            longest = max((engine.now_ns - instant for instant in entered[queue]), default=0)
            assert picture.longest_wait_ns == longest
            ages = [one.wait_ns for one in statistics.waiting(queue)]
            assert ages == sorted((engine.now_ns - instant for instant in entered[queue]), reverse=True)
            counts = statistics.queue(queue)
            assert counts.entered == visits_out(counts) + picture.waiting
        for agent, agent_view in engine.agents.items():
            now = statistics.agent_now(agent)
            states = [segment.state for segment in agent_view.segments]
            assert (now.in_hand, now.wrap_ups, now.ringing) == (
                states.count("handling") + states.count("held"),
                states.count("wrap_up"),
                states.count("ringing"),
            )
            assert (now.log_in_ns > 0 or now.state != "logged_out") >= agent_view.logged_in
            assert now.leaving == agent_view.leaving
            assert (now.state, now.reason if now.state == "not_ready" else "") == self.state(agent)
            if agent_view.logged_in:
                assert (now.ready, now.reason, now.device) == (
                    agent_view.ready,
                    agent_view.reason,
                    agent_view.device,
                )
            worked = statistics.agent(agent)
            assert sum(getattr(worked, f"{state}_ns") for state in STATES) == worked.staffed_ns
            assert sum(worked.not_ready_by.values()) == worked.not_ready_ns
        self.hold_centre()

    def state(self, agent: str) -> tuple[str, str]:
        facts = self.facts
        rings = [ring for one in facts.contacts for ring in one.rings if ring.agent == agent]
        talks = [talk for one in facts.contacts for talk in one.talks if talk.agent == agent]
        wraps = [wrap for wrap in facts.wraps if wrap.talk.agent == agent]
        said = [event for event in facts.people if getattr(event, "agent", "") == agent]
        state, reason = state_at(said, rings, talks, wraps, self.engine.now_ns)
        return state or "logged_out", reason

    def hold_centre(self) -> None:
        statistics, engine = self.statistics, self.engine
        centre = statistics.centre_now()
        states = [view.state for view in engine.contacts.values()]
        assert (centre.contacts, centre.in_hand) == (
            len(states),
            states.count("handling") + states.count("held"),
        )
        facts = self.facts
        config = engine.config
        of_agents: dict[str, str] = {}
        for agent in {*engine.agents, *(getattr(one, "agent", "") for one in facts.people)}:
            of_agents[agent] = statistics.agent_now(agent).state
        for state in STATES:
            assert getattr(centre.agents, state) == sum(one == state for one in of_agents.values())
        for group in {group for agent in config.agents for group in agent.groups}:
            picture = statistics.group_now(group)
            mine = [of_agents[agent.id] for agent in config.agents if group in agent.groups]
            assert [getattr(picture, state) for state in STATES] == [mine.count(state) for state in STATES]
            assert sum(picture.not_ready_by.values()) == picture.not_ready
        for skill in {skill for agent in config.agents for skill in agent.skills}:
            picture = statistics.skill_now(skill)
            mine = [of_agents[agent.id] for agent in config.agents if skill in agent.skills]
            assert [getattr(picture, state) for state in STATES] == [mine.count(state) for state in STATES]

    def hold_rows(self) -> None:
        """Every row of an interval that is over, and that there is one where anything happened."""
        taken = self.taken
        end = self.engine.now_ns // SETTINGS.interval_ns * SETTINGS.interval_ns
        spans = [(start, start + SETTINGS.interval_ns) for start in range(0, end, SETTINGS.interval_ns)]
        rows = {(row.start_ns, row.queue, row.channel): row.counts for row in taken.queues}
        assert len(rows) == len(taken.queues)
        places = {(visit.queue, one.channel) for one in self.facts.contacts for visit in one.visits}
        places |= {(one.entry, one.channel) for one in self.facts.contacts if one.placed}
        for since, until in spans:
            for queue, channel in places:
                counts = queue_counts(self.facts, queue, channel, since, until, SETTINGS.short_abandon_ns)
                assert rows.pop((since, queue, channel), QueueCounts()) == counts, (since, queue, channel)
        assert rows == {}
        people = {(row.start_ns, row.agent): row.counts for row in taken.agents}
        assert len(people) == len(taken.agents)
        for agent in sorted({getattr(one, "agent", "") for one in self.facts.people}):
            for since, until in spans:
                worked = agent_counts(self.facts, agent, since, until)
                assert people.pop((since, agent), AgentCounts()) == worked, (since, agent)
        assert people == {}

    def hold_records(self) -> None:
        """Every contact that is over, wrap-ups included, has one record."""
        over = [
            one
            for one in self.facts.contacts
            if one.end is not None
            and all(talk.wrap is None or talk.wrap.end is not None for talk in one.talks)
        ]
        assert sorted(map(encode, self.taken.records)) == sorted(encode(record(one)) for one in over)
        sessions = [Session(*one) for one in self.facts.sessions]
        assert self.taken.sessions == sessions

    def take(self) -> None:
        more = self.statistics.take()
        for name in more.__struct_fields__:
            getattr(self.taken, name).extend(getattr(more, name))


def record(one: Contact) -> ContactRecord:
    segments = tuple(
        SegmentRecord(
            talk.agent,
            talk.queue,
            talk.offered,
            talk.start,
            talk.end or 0,
            talk.held(),
            (talk.wrap.end or 0) if talk.wrap else 0,
            talk.fate == "transferred",
        )
        for talk in one.talks
    )
    return ContactRecord(
        one.id,
        one.channel,
        one.priority,
        one.entry,
        one.last_queue,
        one.arrived,
        one.answered()[0].start if one.answered() else 0,
        one.end or 0,
        one.outcome,
        one.level,
        len(one.visits),
        one.overflows,
        segments,
    )


def shortened(config: Config, seed: int) -> Config:
    """The same with service levels as short as everything else in a random run."""
    return replace(
        config,
        queues=tuple(
            replace(queue, service_level_ns=(seed + number) % 20)
            for number, queue in enumerate(config.queues)
        ),
    )


def is_time(name: str) -> bool:
    return name in ("staffed_ns", "in_hand_ns", "not_ready_by", *(f"{state}_ns" for state in STATES))


def visits_out(counts: QueueCounts) -> int:
    return (
        counts.answered
        + counts.answered_elsewhere
        + counts.abandoned
        + counts.ended_elsewhere
        + counts.overflowed
        + counts.diverted
        + counts.rejected
        + counts.requeued
        + counts.cancelled
        + counts.lost
    )


def difference(got: QueueCounts, expected: QueueCounts) -> dict[str, tuple[int, int]]:
    one, other = asdict(got), asdict(expected)
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


@pytest.mark.parametrize("seed", range(30))
def test_the_fold_agrees_with_a_recount(seed: int) -> None:
    counted = Counted(seed)
    for number in counted.run(120):
        counted.hold_gauges()
        if number % 40 == 39:
            counted.hold()
    counted.take()
    counted.hold_rows()
    counted.hold_records()


@pytest.mark.parametrize("seed", range(1000, 1010))
def test_a_restored_fold_goes_on(seed: int) -> None:
    counted = Counted(seed, restored=20)
    for number in counted.run(100):
        counted.hold_gauges()
        if number % 17 == 0:
            counted.take()
    counted.hold()
    counted.take()
    counted.hold_rows()
    counted.hold_records()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2030))
def test_the_fold_agrees_at_length(seed: int) -> None:
    counted = Counted(seed, scale=2, restored=3)
    for _ in counted.run(250):
        pass
    counted.hold()
    counted.take()
    counted.hold_rows()
    counted.hold_records()


def test_maxima_are_named() -> None:
    assert {
        name for name in QueueCounts.__struct_fields__ if name.endswith("_max") or "_max_" in name
    } == MAXIMA
