"""A centre whose contacts come out somehow: its codes, a survey, and an engine beside the wing of outcomes.

Owns this centre; must not test anything.
"""

from typing import Any

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EndWrapUp,
    Engine,
    EnqueueContact,
    LogIn,
    Queue,
    Remark,
)
from routing.center.outcomes import (
    Code,
    Outcomes,
    OutcomeWing,
    Question,
    Rule,
    Survey,
)
from routing.center.wing import Proposal
from routing.commands import Command
from routing.events import Event
from routing.model import Channel
from routing.statistics.outcomes import DispositionRecord, SurveyRecord
from routing.units import DAY, SECOND

CODES = (
    Code("sold", {"en": "Sold"}, "resolved", note="no"),
    Code("later", resolved="call_back", call_back="required"),
    Code("broken", resolved="unresolved", queues=("tech",), note="required"),
    Code("other", note="optional"),
    Code("none"),
    Code("old", retired=True),
)
SHORT = Survey("short", (Question("csat"),), ("en", "fr"), DAY)
CENTRE = Config(
    channels=(Channel("voice"), Channel("chat")),
    agents=(Agent("ann"), Agent("ben")),
    queues=(
        Queue("sales", wrap_up_ns=30 * SECOND),
        Queue("tech"),
        Queue("strict", disposition_required=True),
    ),
)


class Centre:
    """An engine with its wing, and a clock in seconds."""

    def __init__(self, outcomes: Outcomes, config: Config = CENTRE) -> None:
        self.engine = Engine(config)
        self.wing = OutcomeWing(self.engine, None, outcomes)
        self.outcomes = outcomes
        self.number = 0

    def at(self, s: float, *commands: Command) -> tuple[Event, ...]:
        """Let it be so many seconds, and apply commands."""
        now_ns = int(s * SECOND)
        if now_ns > self.engine.now_ns and (events := self.engine.advance(now_ns)):
            self.wing.follow(None, events)
        events = ()
        for command in commands:
            events = self.engine.apply(command, now_ns)
            self.wing.follow(command, events)
        return events

    def pass_to(self, s: float) -> None:
        """Let it be so many seconds, with nobody doing anything."""
        self.wing.follow(None, self.engine.advance(int(s * SECOND)))

    def due(self, s: float) -> tuple[Proposal, ...]:
        return self.wing.due(int(s * SECOND)).proposals

    def make(self, s: float) -> list[Any]:
        """Command what is proposed; give the remarks."""
        proposals = self.due(s)
        for proposal in proposals:
            self.at(s, proposal.command)
        return [proposal.command.remark for proposal in proposals if isinstance(proposal.command, Remark)]

    def call(self, s: float, contact: str, queue: str = "sales", customer: str = "c-1", **more: Any) -> None:
        """A call is answered by ann at once, and over after a second."""
        self.at(s, EnqueueContact(contact, (queue,), customer=customer, **more), AcceptOffer(contact, "ann"))
        self.at(s + 1, CompleteContact(contact), EndWrapUp("ann"))

    def rows(self, kind: type = DispositionRecord) -> list[Any]:
        return [row for row in self.wing.take()[1] if type(row) is kind]

    def states(self) -> list[str]:
        return [f"{row.contact} {row.state}" for row in self.rows(SurveyRecord)]


def centre(outcomes: Outcomes, config: Config = CENTRE) -> Centre:
    made = Centre(outcomes, config)
    made.at(0, LogIn("ann"))
    return made


def asking(*rules: Rule, **more: Any) -> Outcomes:
    return Outcomes(codes=CODES, surveys=(SHORT,), rules=rules, **more)
