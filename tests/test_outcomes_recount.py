"""The wing of outcomes beside a plain recount, driven by the same random centres.

Owns this comparison; must not know how either comes about.
"""

from collections import Counter
from random import Random

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, Move, moves, valid_config
from msgspec.structs import replace
from naive_outcomes import Naive

from routing.center.outcomes import (
    Cap,
    Code,
    Default,
    Outcomes,
    OutcomeWing,
    Question,
    Rule,
    Survey,
)
from routing.center.outcomes.checking import check_outcomes
from routing.commands import Command, EnqueueContact, PlaceContact, Remark, UpdateContact
from routing.events import Outcome
from routing.remarks import CallBack, Consent, Disposition, Feedback, Remarks, Signal, SurveyProposed
from routing.statistics.outcomes import SurveyRecord

CODES = (
    Code("sold", resolved="resolved"),
    Code("later", resolved="call_back"),
    Code("lost", resolved="unresolved", queues=("q0", "q1")),
    Code("spam", resolved="closed"),
    Code("none"),
    Code("old", retired=True),
)
SURVEYS = (
    Survey("short", (Question("happy"),), ("en", "fr"), 40),
    Survey(
        "long",
        (
            Question("again", measure="nps"),
            Question("easy", measure="ces"),
            Question("why", measure="text"),
            Question("which", measure="choice", choices=({"": "a"}, {"": "b"})),
            Question("marks", measure="score", least=-2, most=2),
        ),
        answer_within_ns=0,
    ),
)


#: Surveys and questions that answers name; of the last nobody knows.
ASKED = (
    ("short", ""), ("short", "happy"), ("csat", ""), ("long", "again"), ("long", "easy"), ("long", "why"),
    ("long", "which"), ("long", "marks"), ("else", "nps"), ("long", ""), ("else", "what"),
)  # fmt: skip


def settings(random: Random) -> Outcomes:
    """Durations of a few ns, as everything in these centres."""
    rules = [
        Rule(
            random.choice(("short", "long")),
            queues=random.choice(((), ("q0", "q1"), ("q2",))),
            channels=random.choice(((), (), ("voice",))),
            directions=random.choice((("inbound",), ("inbound", "outbound", "internal"))),
            outcomes=random.choice(((Outcome.HANDLED,), tuple(Outcome))),
            codes=random.choice(((), (), ("sold", "spam"))),
            resolutions=random.choice(((), (), ("resolved", "unresolved"))),
            share=random.choice((1.0, 1.0, 0.5)),
            delay_ns=random.choice((0, 5, 40)),
            expires_ns=random.choice((3, 60, 500)),
            strangers=random.random() < 0.5,
        )
        for _ in range(random.randint(1, 3))
    ]
    found = Outcomes(
        codes=CODES if random.random() < 0.8 else (Code("none"),),
        defaults=random.choice(
            ((), (Default("none", ("q0",), 7), Default("none")), (Default("none", (), 30),))
        ),
        surveys=SURVEYS,
        rules=tuple(one for one in rules),
        caps=random.choice(((), (Cap(1, 50),), (Cap(1, 30), Cap(2, 200)))),
        call_back_open_ns=random.choice((20, 300)),
    )
    if len(found.codes) == 1:
        found = replace(found, rules=tuple(replace(one, codes=()) for one in found.rules))
    check_outcomes(found)
    return found


class Beside:
    """One random run in which both are told the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.centres = Centres(self.random, misuse=seed % 2 == 1, features=ALL_FEATURES)
        self.driven = Alone(valid_config(self.centres))
        self.settings = settings(self.random)
        self.wing = OutcomeWing(self.driven.compiled, None, self.settings)
        self.naive = Naive(self.settings, self.driven.compiled.config.limits.remembered_contacts)
        self.rows: list[object] = []
        self.kinds: Counter[str] = Counter()

    def make(self, move: Move) -> None:
        before = self.driven.compiled.revision
        events = self.driven.make(move)
        engine = self.driven.compiled
        events = events[: engine.revision - before]
        self.wing._engine = engine  # another one after a restore
        self.wing.follow(move.command, events)
        self.naive.tell(move.command, events, engine.now_ns, engine.config.limits.remembered_contacts)

    def run(self, steps: int) -> None:
        for number, move in enumerate(moves(self.centres, self.driven, steps)):
            self.make(replace_customer(move))
            while self.random.random() < 0.45:
                self.make(Move(self.driven.compiled.now_ns, self.remark()))
            if self.random.random() < 0.3:
                for proposal in self.wing.due(self.driven.compiled.now_ns).proposals:
                    self.kinds["made"] += 1
                    self.make(Move(self.driven.compiled.now_ns, proposal.command))
            if self.random.random() < 0.1:
                number_taken, rows = self.wing.take()
                self.rows += rows
                self.wing.confirm(number_taken)
            if self.random.random() < 0.05:
                self.wing = OutcomeWing(self.driven.compiled, self.wing.snapshot(), self.settings)
            if number % 4 == 0:
                self.compare()

    def compare(self) -> None:
        walk = self.naive.worked_out()
        assert [*self.rows, *self.wing.take()[1]] == walk.rows
        now = self.driven.compiled.now_ns
        for at in (now, now + 3, now + 100):
            due = self.wing.due(at)
            assert [(one.request_id, one.command) for one in due.proposals] == walk.proposals(at)
            assert due.next_ns is None or due.next_ns > at
        self.kinds += Counter(
            row.state if isinstance(row, SurveyRecord) else type(row).__name__ for row in walk.rows[-3:]
        )

    def remark(self) -> Command:
        random = self.random
        contacts = [*self.wing._contacts.by_id, "c0", "c1"]
        agents = ["", "", *self.driven.compiled.agents, "nobody"]
        remarks: tuple[Remarks, ...] = (
            Disposition(
                random.choice(("sold", "later", "lost", "spam", "none", "old", "who knows")),
                random.choice(("", "", "resolved", "call_back")),
                random.choice(agents),
                random.choice(("", "n1")),
            ),
            Feedback(*random.choice(ASKED), score=random.choice((None, -3, 0, 1, 3, 4, 5, 7, 10, 11))),
            SurveyProposed("short", "chat", until_ns=random.choice((0, 60, 2000))),
            Consent(random.choice(("survey", "recording")), random.choice(("asked", "given", "refused"))),
            Signal("language", random.choice(("en", "fr", "de"))),
            CallBack(
                random.choice(("p0", "p1", "p2")),
                random.choice(("keep", "book", "cancel", "close", "move")),
                customer=random.choice(("", "k1", "k2")),
            ),
        )
        return Remark(random.choice(contacts), random.choices(remarks, (8, 6, 1, 1, 1, 2))[0])


def replace_customer(move: Move) -> Move:
    command = move.command
    if isinstance(command, EnqueueContact | PlaceContact) and isinstance(command.contact, str):
        number = sum(command.contact.encode()) % 5
        customer = f"k{number}" if number < 4 else ""
        return Move(move.at_ns, replace(command, customer=customer), move.request_id, move.before)
    if isinstance(command, UpdateContact) and command.attributes:
        changed = replace(command, attributes={"no_survey": "" if move.at_ns % 2 else "yes"})
        return Move(move.at_ns, changed, move.request_id, move.before)
    return move


@pytest.mark.parametrize("seed", range(12))
def test_it_says_what_a_plain_recount_says(seed: int) -> None:
    beside = Beside(seed)
    beside.run(120)
    beside.compare()


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("seed", range(100, 130))
def test_it_says_what_a_plain_recount_says_at_length(seed: int) -> None:
    Beside(seed).run(260)
