"""A town that calls a small centre for a day: patience, call-backs asked for, telephones that nobody answers.

Owns the people and their draws; must not test anything. The clock is moved by hand: a day takes a second.
"""

from collections import Counter
from heapq import heappop, heappush
from random import Random
from typing import Any, Final

from promising import MINUTE, NINE, RULES, SECOND, Office

from routing import (
    AbandonContact,
    AcceptOffer,
    CompleteContact,
    EndAttempt,
    EnqueueContact,
    LogIn,
    PublishEstimate,
)
from routing.center.callbacks.desk import NotPromisedError
from routing.center.callbacks.settings import CallBackSettings
from routing.events import (
    AttemptEnded,
    ContactEnded,
    ContactOffered,
    DialRequested,
    Event,
    OfferAccepted,
)
from routing.model import Agent, Channel, Config, Queue
from routing.units import HOUR

CENTRE: Final = Config(
    timezone="Europe/Berlin",
    channels=(Channel("voice", load=100), Channel("callback", load=100)),
    agents=tuple(Agent(f"agent-{number}") for number in range(6)),
    queues=(Queue("sales", ring_timeout_ns=0, wrap_up_ns=20 * SECOND),),
)


class Town:
    """So many callers an hour, for some hours.

    ``tally`` counts what happened to people; ``waited_ns`` is how long customers who were called and answered waited
    for an agent, ``held_ns`` how long agents listened to ringing.
    """

    def __init__(
        self, seed: int, settings: CallBackSettings = RULES, hours: int = 8, path: Any = None
    ) -> None:
        self.random = Random(seed)
        self.office = Office(settings, CENTRE, path, logged_in=())
        self.until_ns = NINE + hours * HOUR
        self.agenda: list[tuple[int, int, str, str]] = []
        self.number = 0
        self.seen = 0
        self.tally: Counter[str] = Counter()
        self.on_line: set[str] = set()
        self.asked: set[str] = set()
        self.taken: dict[str, int] = {}
        self.reached: dict[str, int] = {}
        self.waited_ns = self.held_ns = 0
        for agent in CENTRE.agents:
            self.office.do(LogIn(agent.id))
        self.at(NINE, "arrives", "")
        self.at(NINE, "estimates", "")

    def at(self, at_ns: int, what: str, whom: str) -> None:
        self.number += 1
        heappush(self.agenda, (at_ns, self.number, what, whom))

    def run(self) -> None:
        """Live through it, and until nothing more happens."""
        office = self.office
        while self.agenda:
            at_ns, _, what, whom = heappop(self.agenda)
            due = office.due().next_ns
            if due is not None and due < at_ns:
                self.at(at_ns, what, whom)
                at_ns, what, whom = due, "", ""
            office.wait(max(at_ns, office.clock.at_ns))
            if what:
                getattr(self, what)(whom)
            self.hear()

    # People

    def arrives(self, _: str) -> None:
        now_ns = self.office.clock.at_ns
        if now_ns < self.until_ns:
            self.at(now_ns + int(self.random.expovariate(100) * HOUR), "arrives", "")
        self.number += 1
        name = f"call-{self.number}"
        customer = f"c{self.random.randrange(400)}"
        self.on_line.add(name)
        self.tally["calls"] += 1
        self.office.do(EnqueueContact(name, ("sales",), customer=customer))
        self.at(now_ns + int(self.random.expovariate(1 / 3) * MINUTE), "loses_patience", name)

    def loses_patience(self, name: str) -> None:
        """Half of those who still wait ask to be called back, now or later; the others hang up."""
        view = self.office.contact(name)
        if view is None or name not in self.on_line or not view.visits:
            return
        self.on_line.discard(name)
        choice = self.random.random()
        self.number += 1
        promise = f"p{self.number}"
        if choice < 0.5:
            self.office.desk.keep(name, f"{promise}#n", call_back=promise, confirmed=True)
            self.asked.add(name)
            self.tally["kept"] += 1
        elif choice < 0.6:
            self.book(promise, view.customer)
            self.office.do(AbandonContact(name))
        else:
            self.office.do(AbandonContact(name))
        self.office.step()

    def book(self, promise: str, customer: str) -> None:
        start_ns = self.office.clock.at_ns // HOUR * HOUR + self.random.randrange(1, 4) * HOUR
        agent = self.random.choice(("", CENTRE.agents[0].id))
        try:
            self.office.desk.book(
                promise,
                "sales",
                f"{promise}#n",
                start_ns,
                start_ns + HOUR,
                customer=customer,
                agent=agent,
                confirmed=True,
            )
            self.tally["booked"] += 1
        except NotPromisedError as error:
            self.tally[error.reason] += 1

    def estimates(self, _: str) -> None:
        """The queue's wait, roughly: contacts before one, by agents, by the time a contact takes."""
        office = self.office
        waiting = office.host.read(lambda engine: engine.queues["sales"].waiting)
        office.do(PublishEstimate("sales", (waiting + 1) * 220 * SECOND // len(CENTRE.agents)))
        if office.clock.at_ns < self.until_ns + 4 * HOUR:
            self.at(office.clock.at_ns + 10 * SECOND, "estimates", "")

    # The front-end

    def hear(self) -> None:
        while True:
            events: list[Event] = self.office.host.look("scribe", lambda one: one.events[self.seen :])
            if not events:
                return
            self.seen += len(events)
            for event in events:
                self.heard(event)

    def heard(self, event: Event) -> None:
        draw = self.random
        match event:
            case ContactOffered():
                self.at(event.at_ns + 2 * SECOND, "answers", f"{event.contact} {event.agent}")
            case OfferAccepted():
                self.on_line.discard(event.contact)
                self.accepted(event)
            case DialRequested():
                outcome = "person" if draw.random() < 0.6 else "no_answer"
                rings = draw.randrange(5, 20) if outcome == "person" else 24
                self.at(event.at_ns + rings * SECOND, "picks_up", f"{event.attempt} {outcome}")
            case AttemptEnded() if event.outcome == "person":
                self.answered(event)
            case ContactEnded() if event.outcome == "abandoned":
                self.tally["abandoned"] += 1
                assert event.contact not in self.asked
            case _:
                pass

    def accepted(self, event: OfferAccepted) -> None:
        self.taken[event.contact] = event.at_ns
        promise = self.promise_of(event.contact)
        if promise is None:  # a caller who is on the line
            self.at(event.at_ns + self.talk_ns(), "hangs_up", event.contact)
        elif promise.reached_ns:
            self.waited_ns += event.at_ns - self.reached[event.contact]
            self.at(event.at_ns + self.talk_ns(), "hangs_up", event.contact)

    def answered(self, event: AttemptEnded) -> None:
        name = event.attempt.rpartition("/a")[0]
        promise = self.office.get(name)
        if not promise.contact:
            return
        if promise.taken_by:
            self.held_ns += min(event.age_ns, event.at_ns - self.taken[promise.contact])
            self.at(event.at_ns + self.talk_ns(), "hangs_up", promise.contact)
        else:
            self.reached[promise.contact] = event.at_ns
            self.at(event.at_ns + 20 * SECOND, "tires", promise.contact)

    def answers(self, pair: str) -> None:
        contact, agent = pair.split()
        view = self.office.contact(contact)
        rings = view.segment if view is not None and view.state == "offered" else None
        if rings is not None and rings.agent == agent:
            self.office.do(AcceptOffer(contact, agent))

    def picks_up(self, pair: str) -> None:
        attempt, outcome = pair.split()
        if self.office.attempt(attempt) is not None:
            self.office.do(EndAttempt(attempt, outcome))  # type: ignore[arg-type]

    def tires(self, contact: str) -> None:
        """Who was called and got nobody hangs up again."""
        view = self.office.contact(contact)
        if view is not None and view.visits:
            self.asked.discard(contact)
            self.office.do(AbandonContact(contact))

    def hangs_up(self, contact: str) -> None:
        view = self.office.contact(contact)
        if view is not None and view.state == "handling":
            self.office.do(CompleteContact(contact))

    def talk_ns(self) -> int:
        return int(self.random.expovariate(1 / 200) * SECOND) + SECOND

    def promise_of(self, contact: str) -> Any:
        return next((one for one in self.office.promises() if one.contact == contact), None)
