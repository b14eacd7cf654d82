"""A dialling centre in a process of its own, to be killed: what is dialled goes out, a line each.

    python tests/dialled_child.py FOLDER SEED

Lines out: ``ready``, then ``dial ATTEMPT NUMBER`` when the front-end would dial, and after a line in (``drain``) the
ledger's accounts as JSON. The front-end is part of it and answers at random; after a death it has forgotten half of its
calls, and says so.

Owns the child's side; must not know who kills it.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import msgspec
from dialled_world import SPRING, centre, numbers
from msgspec.structs import replace

from routing import AcceptOffer, CompleteContact, LogIn
from routing.campaigns.book import Book
from routing.campaigns.importing import import_list
from routing.campaigns.rules import CampaignRules, Retry, RetryRules
from routing.clock import pause_ns
from routing.commands import EndWrapUp, LiveCall, SyncCalls
from routing.compliance.profiles import Profile
from routing.engine import Engine
from routing.errors import UnavailableError
from routing.events import AttemptEnded, ContactOffered, DialRequested, Event, OfferAccepted, WrapUpStarted
from routing.host import Host
from routing.host import Settings as HostSettings
from routing.outbound.campaign import Carrier, Outbound, Settings
from routing.outbound.dialer import Dialer
from routing.outbound.followers import LEDGER, followers
from routing.units import MILLISECOND, SECOND

#: Whoever was not reached is dialled again at once, at any hour.
AGAIN = Retry(after_ns=0)
RULES = CampaignRules(
    retry=RetryRules(
        attempts=0, between_ns=0, busy=AGAIN, no_answer=AGAIN, lost=AGAIN, cancelled=AGAIN, machine=AGAIN
    )
)
OURS = Profile("ours", connect_within_ns=2 * SECOND)
OUTBOUND = Outbound(
    (replace(SPRING, mode="power", ratio=3.0, profiles=("ours",), rules=RULES),),
    (Carrier("one", concurrent=20),),
    (OURS,),
    Settings(decide_ns=10 * MILLISECOND, front_end="pbx"),
)
CENTRE = centre(6)


class FrontEnd:
    """Dials nobody, answers at random, and talks for some milliseconds."""

    def __init__(self, host: Host, dialer: Dialer, rng: Random) -> None:
        self._host = host
        self._dialer = dialer
        self._rng = rng
        self._watch = host.feed.watch()

    def come_back(self) -> None:
        """Say which calls are still there."""
        attempts, contacts = self._host.read(_alive)
        kept = tuple(one for one in attempts if self._rng.random() < 0.5)
        self._host.apply(SyncCalls("pbx", tuple(LiveCall(*one) for one in contacts), kept))
        for attempt in kept:
            self._later(partial(self._end, attempt))
        for contact, agent in contacts:
            if agent:
                self._later(partial(self._host.apply, CompleteContact(contact)))
        for contact, agent in self._host.read(_ringing):
            self._host.apply(AcceptOffer(contact, agent))
        for agent, contact in self._host.read(_wrapping):
            self._host.apply(EndWrapUp(agent, contact))

    def hear(self) -> None:
        """Do what events ask for, until the host is closed."""
        watch = self._watch
        with suppress(UnavailableError):
            while True:
                for _, event in watch.take().events:
                    self._one(event)

    def _one(self, event: Event) -> None:
        match event:
            case DialRequested():
                say(f"dial {event.attempt} {self._dialer.number(event.attempt)}")
                self._later(lambda: self._end(event.attempt))
            case ContactOffered():
                self._later(lambda: self._host.apply(AcceptOffer(event.contact, event.agent, event.offer)))
            case OfferAccepted():
                self._later(lambda: self._host.apply(CompleteContact(event.contact)))
            case WrapUpStarted():
                self._later(lambda: self._host.apply(EndWrapUp(event.agent, event.contact)))
            case AttemptEnded():
                pass

    def _end(self, attempt: str) -> None:
        outcomes = ("person", "busy", "no_answer", "machine", "no_answer")
        self._dialer.end(attempt, self._rng.choice(outcomes))  # type: ignore[arg-type]  # one of the literal's

    def _later(self, act: Callable[[], object]) -> None:
        def quietly() -> None:
            try:
                act()
            except UnavailableError:
                return  # the host is closed

        timer = threading.Timer(0.002 + 0.03 * self._rng.random(), quietly)
        timer.daemon = True
        timer.start()


def _ringing(engine: Engine) -> list[tuple[str, str]]:
    return [
        (one.contact, view.id)
        for view in engine.agents.values()
        for one in view.segments
        if one.state == "ringing"
    ]


def _alive(engine: Engine) -> tuple[list[str], list[tuple[str, str]]]:
    contacts = engine.contacts.values()
    return list(engine.attempts), [
        (one.id, one.segment.agent if one.segment is not None and one.state == "handling" else "")
        for one in contacts
    ]


def _wrapping(engine: Engine) -> list[tuple[str, str]]:
    return [
        (view.id, one.contact)
        for view in engine.agents.values()
        for one in view.segments
        if one.state == "wrap_up"
    ]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: str, seed: str) -> None:
    here = Path(folder)
    host = Host(
        CENTRE,
        here / "journal.db",
        durability="group",
        settings=HostSettings(snapshot_every=150, keep_snapshots=1000),
        followers=followers(OUTBOUND),
    )
    book = Book(here / "campaigns.db").open()
    dialer = Dialer(host, book, OUTBOUND)
    front = FrontEnd(host, dialer, Random(f"front-end {seed}"))
    front.come_back()
    if not book.lists("spring"):
        import_list(book, numbers(400), "spring", "all", 1)
    dialer.set_state("spring", "running")
    for agent in CENTRE.agents:
        host.apply(LogIn(agent.id))
    threading.Thread(target=front.hear, daemon=True).start()
    say("ready")
    sys.stdin.readline()
    dialer.set_state("spring", "draining")
    while book.state("spring") != "stopped":
        pause_ns(20 * MILLISECOND)
    dialer.close()
    accounts = host.look_now(LEDGER, lambda ledger, now_ns: ledger.ledger.accounts("spring", now_ns))
    say(msgspec.json.encode(accounts["ours"]).decode())
    host.close()
    book.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
