"""What goes along with a host that dials: the pacing, the ledger of abandoned calls, and the calls themselves.

Owns how these folds are made, kept and told as followers; must not know what they compute or who asks.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

import msgspec
from msgspec import Struct

from routing.commands import Command
from routing.compliance.ledger import Ledger, Taken, Watched
from routing.compliance.profiles import BUILT_IN
from routing.engine import Engine
from routing.errors import CorruptSnapshotError
from routing.events import AttemptEnded, ContactEnqueued, Event, OfferAccepted
from routing.host.circles import Circle, circle_of
from routing.host.following import Making
from routing.outbound.calls import FOLLOWER, Calls
from routing.outbound.campaign import Outbound

#: Under this name a host has its ledger.
LEDGER: Final = "ledger"


class _Kept(Struct, array_like=True):
    ledger: bytes
    abandoned: list[str]


class LedgerFollower:
    """The ledger as a follower.

    What it is told is what the engine tells, and of a preview one thing more: its agent is there already when the person
    answers, which to the ledger is a contact that is taken at that instant.

    Parameters
    ----------
    engine : Engine
        Stands where counting begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here.
    outbound : Outbound
        The campaigns.

    Attributes
    ----------
    ledger : Ledger
        The fold; to be read within `Host.look` only.
    abandoned : set of str
        Attempts that some profile counts as abandoned, until `forget`.
    """

    def __init__(self, engine: Engine, state: bytes | None, outbound: Outbound) -> None:
        self._engine = engine
        watched = watched_of(outbound, engine.config.timezone)
        profiles = {**BUILT_IN, **{one.id: one for one in outbound.profiles}}
        self.abandoned: set[str] = set()
        self.ledger = Ledger(watched, profiles)
        if state is not None:
            kept = msgspec.msgpack.decode(state, type=_Kept)
            self.ledger = Ledger.restore(kept.ledger, watched, profiles)
            self.abandoned = set(kept.abandoned)

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Count. O(events)."""
        ledger = self.ledger
        pending = ledger.pending
        told = events
        for event in events:
            if type(event) is AttemptEnded and event.outcome == "person":
                told = self._with_agent(events)
                break
        ledger.follow(told)
        if ledger.pending > pending:
            self.abandoned.update(one.attempt for one in ledger.take()[1].abandonments)

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        return msgspec.msgpack.encode(_Kept(self.ledger.snapshot(), sorted(self.abandoned)))

    def forget(self, attempts: Iterable[str]) -> None:
        """These are written down: it need not be known any longer whether they were abandoned."""
        self.abandoned.difference_update(attempts)

    def _with_agent(self, events: Sequence[Event]) -> list[Event]:
        """Tell of agents who are there before the person answers."""
        told: list[Event] = []
        contacts = self._engine.contacts
        for event in events:
            told.append(event)
            if type(event) is AttemptEnded and event.outcome == "person":
                contact = contacts.get(event.attempt)
                if contact is not None and contact.state == "handling" and contact.segment is not None:
                    one = contact.segment
                    told += (
                        ContactEnqueued(event.at_ns, event.attempt, (one.queue,), contact.channel, 0),
                        OfferAccepted(event.at_ns, event.attempt, one.agent, one.queue, one.offer, 0),
                    )
        return told


def watched_of(outbound: Outbound, timezone: str) -> list[Watched]:
    """Give the campaigns as the ledger sees them."""
    return [
        Watched(
            one.id,
            one.profiles,
            timezone,
            agentless=one.mode == "agentless",
            greeting_ns=one.hello_ns,
            machine_false_positives=(one.amd.false_positives or 0.0) if one.amd.on else 0.0,
            trust_confidence=one.amd.on and one.amd.trust_confidence,
            message=one.message,
        )
        for one in outbound.campaigns
    ]
