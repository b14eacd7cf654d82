"""The small centre that the crash tests route for, and what its callers and agents do at random.

Owns what is commanded; must not know of processes and of their deaths.
"""

import random

from routing import (
    AbandonContact,
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EnqueueContact,
    LogIn,
    Overflow,
    Queue,
    RejectOffer,
    SetNotReady,
    SetReady,
)
from routing.commands import Command
from routing.events import ContactEnded, ContactOffered, Event, OfferAccepted
from routing.units import MILLISECOND, SECOND

AGENTS = tuple(f"agent-{i}" for i in range(12))

CENTRE = Config(
    agents=tuple(Agent(agent, skills={"tech": 10 + 7 * i}) for i, agent in enumerate(AGENTS)),
    queues=(
        Queue("sales", ring_timeout_ns=20 * MILLISECOND, wrap_up_ns=5 * MILLISECOND, exclusion_ns=0),
        Queue(
            "support",
            requirement="tech >= 30",
            strategy="most_skilled",
            ring_timeout_ns=30 * MILLISECOND,
            max_wait=Overflow(to="queue", queue="sales", after_ns=2 * SECOND),
        ),
    ),
)


class Play:
    """Draws the next commands from what it has been told; a refusal is as good an answer as any."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._calls = 0
        self._ringing: dict[str, ContactOffered] = {}
        self._talking: dict[str, str] = {}
        self._waiting: list[str] = []
        self._logged_in = 0

    def draw(self) -> Command:
        rng = self._rng
        if self._logged_in < len(AGENTS):
            self._logged_in += 1
            return LogIn(AGENTS[self._logged_in - 1])
        move = rng.random()
        if move < 0.35 and self._ringing:
            offered = self._ringing.pop(rng.choice(sorted(self._ringing)))
            if rng.random() < 0.8:
                return AcceptOffer(offered.contact, offered.agent, offered.offer)
            return RejectOffer(offered.contact, offered.agent, offered.offer)
        if move < 0.65 and self._talking:
            contact = rng.choice(sorted(self._talking))
            del self._talking[contact]
            return CompleteContact(contact)
        if move < 0.72 and self._waiting:
            return AbandonContact(self._waiting.pop(rng.randrange(len(self._waiting))))
        if move < 0.80:
            agent = rng.choice(AGENTS)
            return SetReady(agent) if rng.random() < 0.6 else SetNotReady(agent, "break")
        self._calls += 1
        contact = f"call-{self._calls}"
        self._waiting.append(contact)
        return EnqueueContact(contact, (rng.choice(("sales", "support")),), priority=rng.randrange(3))

    def hear(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, ContactOffered):
                self._ringing[event.contact] = event
            elif isinstance(event, OfferAccepted):
                self._talking[event.contact] = event.agent
                self._ringing.pop(event.contact, None)
            elif isinstance(event, ContactEnded):
                self._talking.pop(event.contact, None)
                self._ringing.pop(event.contact, None)
