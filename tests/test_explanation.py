"""Decisions of the past: what is seen at the moment of a match is what the reference engine matches by.

Owns `routing.explanation`; reasons one by one are in ``test_explaining``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pytest
from centres import ALL_FEATURES, Centres
from machine import Move, Pair, answer, compare, moves, valid_config
from reference import ReferenceEngine
from reference.state import Contact, Person
from rich.console import Console

from routing import commands as c
from routing.commands import Command, EnqueueContact, LogIn, SyncCalls
from routing.engine import BEHAVIOUR
from routing.errors import DataError, ReplayMismatchError, UsageError
from routing.events import ContactOffered, Event, OfferAccepted
from routing.explaining import look
from routing.explaining.look import RawBatch
from routing.explaining.shapes import Moment, Reason
from routing.explanation import Decision, explain_decision
from routing.explanation.text import render
from routing.journal import Checkpoint, Writer, header, write
from routing.model import Agent, Config, Overflow, Preference, Queue, Weights

# --------------------------------------------------------------------------------- against the reference


@dataclass(frozen=True)
class Match:
    """A match of the reference engine: the ranking is who is picked when those before are taken away."""

    contact: str
    agent: str
    ranking: list[str]
    before: list[str]
    batched: bool


class Noting(ReferenceEngine):
    """The reference engine, writing down how it matches."""

    def __init__(self, config: Config) -> None:
        self.matches: dict[int, Match] = {}
        self.assigned: dict[str, set[str]] = {}  # candidates of those whom a batch assigns
        super().__init__(config)

    def _match(self, contact: Contact, person: Person) -> None:
        left, ranking = self._candidates(contact), []
        while left:
            ranking.append(self._pick(contact, left))
            left.remove(ranking[-1])
        key = self._standing(contact)
        standing = [one for one in self._contacts.values() if one.state == "waiting" or one.grouped]
        before = sorted((one for one in standing if self._standing(one) < key), key=self._standing)
        self.matches[self._offers + 1] = Match(
            contact.id,
            person.id,
            [one.id for one in ranking],
            [one.id for one in before],
            self._is_batched(contact),
        )
        super()._match(contact, person)

    def _assign(self, ready: list[Contact]) -> None:
        self.assigned.update({one.id: {person.id for person in self._candidates(one)} for one in ready})
        super()._assign(ready)


class Watched(Pair):
    """Both engines in step, the compiled one looked at whenever it is about to make an offer."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.noting = self.reference = Noting(config)
        self.moments: dict[int, Moment] = {}
        self.errors: list[Exception] = []
        self.compared = 0

    def _seen(self, contact: str, agent: str, batch: RawBatch | None) -> None:
        offer = self.compiled._offers_made() + 1
        try:
            self.moments[offer] = look(self.compiled, contact, agent, batch)
        except Exception as error:
            self.errors.append(error)
        self.compiled._watch_offer(offer + (len(batch[2]) if batch else 1), self._seen)

    def make(self, move: Move) -> tuple[Event, ...]:
        self.noting.matches.clear()
        self.moments.clear()
        self._prepare(move)
        self.compiled._watch_offer(self.compiled._offers_made() + 1, self._seen)
        expected, got = answer(self.reference, move), answer(self.compiled, move)
        compare("events", expected, got)
        assert self.errors == []
        for offer, match in self.noting.matches.items():
            self._compare(offer, match)
        return () if isinstance(expected, str) else expected

    def _compare(self, offer: int, match: Match) -> None:
        moment = self.moments.get(offer)
        if moment is None:
            assert match.batched  # a later one of a batch
            return
        found, candidates = (
            moment.explanation,
            [one.agent for one in moment.explanation.verdicts if one.candidate],
        )
        compare("pair", (match.contact, match.agent), (found.contact, moment.agent))
        if match.batched:
            assert moment.batch is not None
            pairs = [(one.contact, one.agent) for one in moment.batch.pairs]
            matches = [self.noting.matches[offer + place] for place in range(len(pairs))]
            compare("pairs", [(one.contact, one.agent) for one in matches], pairs)
            compare("candidates", self.noting.assigned[match.contact], set(candidates))
            worth = next(one.figures for one in found.verdicts if one.agent == match.agent)
            assert worth is not None
            compare("worth", worth.score, moment.batch.pairs[0].worth)
        else:
            compare("ranking", match.ranking, candidates)
            compare("before", match.before, [one.contact for one in moment.earlier])
            assert all(one.reasons for one in moment.earlier)
        assert len(found.verdicts) == found.agents
        self.compared += 1


@pytest.mark.parametrize("seed", range(30))
def test_what_is_seen_is_what_is_matched_by(seed: int) -> None:
    centres = Centres(Random(seed), misuse=seed % 2 == 1, features=ALL_FEATURES)
    driven = Watched(valid_config(centres))
    for move in moves(centres, driven, 100):
        driven.make(move)


def test_enough_is_compared() -> None:
    driven = []
    for seed in range(5):
        centres = Centres(Random(seed), features=ALL_FEATURES)
        driven.append(Watched(valid_config(centres)))
        for move in moves(centres, driven[-1], 100):
            driven[-1].make(move)
    assert sum(one.compared for one in driven) > 50


# ------------------------------------------------------------------------------------------------ journals


@pytest.mark.parametrize("seed", range(6))
def test_the_journal_tells_the_same_as_the_moment(seed: int) -> None:
    centres = Centres(Random(seed), features=ALL_FEATURES)
    config = valid_config(centres)
    driven, writer = Watched(config), Writer()
    lines = [write(header(driven.compiled.config, BEHAVIOUR))]
    moments: dict[int, Moment] = {}
    offered: list[ContactOffered] = []
    adopted: set[int] = set()  # whoever talks to the caller need not be a candidate
    for move in moves(centres, driven, 80):
        events = driven.make(Move(move.at_ns, move.command, move.request_id))
        if isinstance(move.command, SyncCalls):
            adopted |= {one.offer for one in events if isinstance(one, OfferAccepted)}
        lines.append(writer.command(move.command, move.at_ns, request_id=move.request_id))
        moments |= driven.moments
        offered += [one for one in events if isinstance(one, ContactOffered) and one not in offered]
    compiled = driven.compiled
    lines.append(write(Checkpoint(compiled.revision, f"{compiled.digest:016x}")))
    for event in offered[::3]:
        found = explain_decision(lines, offer=event.offer)
        assert (found.at_ns, found.contact, found.agent, found.queue) == (
            event.at_ns,
            event.contact,
            event.agent,
            event.queue,
        )
        if event.offer in moments:
            moment = moments[event.offer]
            assert (found.explanation, found.earlier) == (moment.explanation, moment.earlier)
        if found.batch is None and event.offer not in adopted:
            assert next(one for one in found.explanation.verdicts if one.agent == event.agent).place == 1


def journal(config: Config, *told: tuple[int, Command | None]) -> list[bytes]:
    writer = Writer()
    return [write(header(config, BEHAVIOUR)), *(writer.command(one, at_ns) for at_ns, one in told)]


CENTRE = Config(
    agents=(Agent("ann", skills={"tech": 60}), Agent("ben", skills={"tech": 40})),
    queues=(
        Queue("tech", requirement="tech", strategy="most_skilled", ring_timeout_ns=50, exclusion_ns=7),
        Queue("sales", tier=1, ring_timeout_ns=0, max_wait=Overflow(after_ns=40)),
    ),
)


def test_earlier_matches_of_the_same_command_are_done() -> None:
    lines = journal(
        CENTRE,
        (1, LogIn("ann", False)),
        (1, LogIn("ben")),
        (2, c.SetNotReady("ben", "")),
        (5, EnqueueContact("c1", ("tech",))),
        (6, EnqueueContact("c2", ("tech",))),
        (7, EnqueueContact("c3", ("tech",))),
        (9, c.ResetCounts("")),
        (10, c.SetReady("ann")),
        (10, c.SetReady("ben")),
        (11, c.RejectOffer("c1", "ann")),
    )
    first, second = explain_decision(lines, offer=1), explain_decision(lines, offer=2)
    assert [(one.contact, one.agent, one.command) for one in (first, second)] == [
        ("c1", "ann", "SetReady"),
        ("c2", "ben", "SetReady"),
    ]
    assert first.earlier == ()
    third = explain_decision(lines, offer=3)
    assert (third.contact, third.agent, third.seq, third.command) == ("c3", "ann", 10, "RejectOffer")
    assert [(one.contact, one.reasons) for one in third.earlier] == [
        ("c1", (Reason("pair_hold", until_ns=18),))
    ]


def test_a_timer_decides() -> None:
    lines = journal(
        CENTRE,
        (1, LogIn("ann")),
        (5, EnqueueContact("c1", ("tech",))),
        (9, LogIn("ben")),
        (100, None),
    )
    found = explain_decision(lines, offer=2)
    assert (found.at_ns, found.command, found.agent) == (55, "", "ben")


BATCH = Config(
    agents=tuple(Agent(name, skills={"tech": level}) for name, level in (("ann", 90), ("ben", 10))),
    queues=(
        Queue(
            "tech",
            requirement="tech",
            strategy="weighted",
            weights=Weights(affinity=1),
            batch_ns=20,
            ring_timeout_ns=0,
        ),
    ),
)


def test_a_batch_decides_as_a_whole() -> None:
    lines = journal(
        BATCH,
        (1, LogIn("ann")),
        (1, LogIn("ben")),
        (5, EnqueueContact("c1", ("tech",), preferred=(Preference("ann", 4), Preference("ben", 3)))),
        (6, EnqueueContact("c2", ("tech",), preferred=(Preference("ann", 9),))),
        (50, None),
    )
    for offer, pair in ((1, ("c1", "ben")), (2, ("c2", "ann"))):
        found = explain_decision(lines, offer=offer)
        assert (found.at_ns, found.contact, found.agent) == (25, *pair)
        assert found.batch is not None
        assert (found.batch.first_offer, found.batch.contacts, found.batch.worth) == (1, 2, 114)
        assert [(one.contact, one.agent, one.worth) for one in found.batch.pairs] == [
            ("c1", "ben", 10 + 3 + 1),
            ("c2", "ann", 90 + 9 + 1),
        ]


# ------------------------------------------------------------------------------------------------- contacts


def told() -> Iterator[tuple[int, Command | None]]:
    yield 1, LogIn("ben", False)
    yield 5, EnqueueContact("c1", ("sales",))
    yield 10, EnqueueContact("c2", ("tech",))
    yield 20, LogIn("ann")
    yield 25, c.AcceptOffer("c2", "ann")
    yield 60, None


def test_a_contact_that_waits() -> None:
    found = explain_decision(journal(CENTRE, *told()), contact="c1", at_ns=30)
    assert (found.offer, found.at_ns, found.explanation.totals) == (0, 30, {"not_ready": 1, "no_room": 1})


def test_the_last_offer_of_a_contact() -> None:
    found = explain_decision(journal(CENTRE, *told()), contact="c2")
    assert (found.offer, found.agent, found.at_ns) == (1, "ann", 20)
    before = explain_decision(journal(CENTRE, *told()), contact="c2", at_ns=15)
    assert (before.offer, before.explanation.state) == (0, "waiting")


def test_a_contact_that_ended_without_an_offer() -> None:
    found = explain_decision(journal(CENTRE, *told()), contact="c1")
    assert (found.offer, found.at_ns) == (0, 44)
    assert found.explanation.totals == {"not_ready": 1, "no_room": 1}


def test_what_cannot_be_explained() -> None:
    lines = journal(CENTRE, *told())
    with pytest.raises(DataError, match="makes no offer 9; it makes 1"):
        explain_decision(lines, offer=9)
    with pytest.raises(DataError, match="no contact 'nobody'"):
        explain_decision(lines, contact="nobody")
    with pytest.raises(DataError, match="no contact 'c2'"):
        explain_decision(lines, contact="c2", at_ns=9)
    with pytest.raises(UsageError, match="either"):
        explain_decision(lines)
    with pytest.raises(UsageError, match="its own time"):
        explain_decision(lines, offer=1, at_ns=5)
    with pytest.raises(UsageError, match="count from 1"):
        explain_decision(lines, offer=0)
    with pytest.raises(UsageError, match="not configured"):
        explain_decision(lines, offer=1, agents=("a9",))
    closed = Config(agents=CENTRE.agents, queues=(Queue("sales", no_agent=Overflow()),))
    with pytest.raises(DataError, match="never waited"):
        explain_decision(journal(closed, (5, EnqueueContact("c1", ("sales",)))), contact="c1")
    wrong = [*lines[:3], write(Checkpoint(77, "0" * 16)), *lines[3:]]
    with pytest.raises(ReplayMismatchError):
        explain_decision(wrong, offer=1)


# ---------------------------------------------------------------------------------------------------- text


def shown(found: Decision) -> str:
    console = Console(width=150, no_color=True, force_terminal=False)
    with console.capture() as capture:
        console.print(render(found))
    return capture.get()


ASKED: dict[str, tuple[Callable[[], Decision], tuple[str, ...]]] = {
    "offer": (
        lambda: explain_decision(journal(CENTRE, *told()), offer=1),
        ("Offer 1: contact c2 to agent ann", "ann <- chosen", "60 = +60 tech", "not ready", "by LogIn"),
    ),
    "waiting": (
        lambda: explain_decision(journal(CENTRE, *told()), contact="c1", at_ns=30),
        (
            "not offered",
            "0 of 2 agents are candidates",
            "no room: voice 1 of 1",
            "in all: 1 not_ready, 1 no_room",
        ),
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_text(name: str) -> None:
    make, words = ASKED[name]
    text = shown(make()).lower()
    for word in words:
        assert word.lower() in text
