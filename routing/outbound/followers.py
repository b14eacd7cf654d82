"""What goes along with a host that dials: the pacing, the ledger of abandoned calls, and the calls themselves.

Owns how these folds are made, kept and told as followers; must not know what they compute or who asks.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import msgspec
from msgspec import Struct

from routing.commands import Command
from routing.compliance.accounts import Standing
from routing.compliance.calls import Watched
from routing.compliance.ledger import Ledger
from routing.compliance.profiles import BUILT_IN, Profile
from routing.engine import Engine
from routing.errors import CorruptSnapshotError
from routing.events import (
    AgentChanged,
    Configured,
    Event,
    GroupChanged,
    QueueChanged,
)
from routing.host.circles import circle_of
from routing.host.following import Making
from routing.outbound.calls import FOLLOWER, Calls
from routing.outbound.campaign import Outbound
from routing.outbound.plan import paced_of
from routing.pacing import Paced, Pacing
from routing.pacing import Standing as PacingStanding
from routing.statistics.present import present

#: Under these names a host has its pacing and its ledger; ``calls`` has the third.
PACING: Final = "pacing"
LEDGER: Final = "ledger"
#: After these others may serve a queue.
_CHANGES: Final = frozenset({AgentChanged, Configured, GroupChanged, QueueChanged})


class _Kept(Struct, array_like=True):
    ledger: bytes
    abandoned: list[str]


class LedgerFollower:
    """The ledger as a follower.

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
        watched = watched_of(outbound, engine.config.timezone)
        self._profiles = _profiles(outbound.profiles)
        self.abandoned: set[str] = set()
        if state is None:
            self.ledger = Ledger(watched, self._profiles)
            return
        try:
            kept = msgspec.msgpack.decode(state, type=_Kept)
        except msgspec.MsgspecError as error:
            raise CorruptSnapshotError(f"no state of a ledger: {error}; begin anew") from None
        self.ledger = Ledger.restore(kept.ledger, watched, self._profiles)
        self.abandoned = set(kept.abandoned)

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:  # noqa: ARG002  # of the protocol
        """Count. O(events)."""
        ledger = self.ledger
        pending = ledger.pending
        ledger.follow(events)
        if ledger.pending > pending:
            self.abandoned.update(one.attempt for one in ledger.take()[1].abandonments)

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        return msgspec.msgpack.encode(_Kept(self.ledger.snapshot(), sorted(self.abandoned)))

    def watch(self, watched: Sequence[Watched], own: Sequence[Profile]) -> None:
        """Take over campaigns, and profiles that are no built-in ones, as they are now. What was counted stays."""
        profiles = _profiles(own)
        if profiles != self._profiles:
            self._profiles = profiles
            self.ledger = Ledger.restore(self.ledger.snapshot(), watched, profiles)
        else:
            for one in watched:
                self.ledger.watch(one)

    def forget(self, attempts: Iterable[str]) -> None:
        """These are written down: it need not be known any longer whether they were abandoned."""
        self.abandoned.difference_update(attempts)


class PacingFollower:
    """The pacing as a follower.

    Parameters
    ----------
    engine : Engine
        Stands where this begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here. One that another version wrote is forgotten:
        what it had learned is learned anew.
    outbound : Outbound
        The campaigns, as far as the engine's centre has their queues.

    Attributes
    ----------
    pacing : Pacing
        The fold; to be read within `Host.look` only.
    """

    def __init__(self, engine: Engine, state: bytes | None, outbound: Outbound) -> None:
        self._engine = engine
        paced = paced_of(outbound, engine.config)
        restored: Pacing | None = None
        if state is not None:
            with suppress(CorruptSnapshotError):
                restored = Pacing.restore(state, paced, self._circle)
        if restored is None:
            restored = Pacing(paced, self._circle, engine.now_ns)
            restored.follow(present(engine))
        self.pacing = restored

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:  # noqa: ARG002  # of the protocol
        """Learn. O(events)."""
        self.pacing.follow(events)
        if not _CHANGES.isdisjoint(map(type, events)):
            self.pacing.agents_changed()

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        return self.pacing.snapshot()

    def hint(self, agent: str, at_ns: int) -> None:
        """Somebody will be free soon."""
        self.pacing.hint(agent, at_ns)

    def _circle(self, queue: str) -> Collection[str] | None:
        """Say who serves a queue, by the configuration as it is; None: everybody."""
        config = self._engine.config
        noun = next((one for one in config.queues if one.id == queue), None)
        if noun is None:
            return ()
        circle = circle_of(noun, config)
        if circle.everybody:
            return None
        if circle.group:
            return [agent.id for agent in config.agents if circle.group in agent.groups]
        return circle.agents

    def set_campaigns(self, paced: Sequence[Paced]) -> None:
        """Take over campaigns as they are now."""
        self.pacing.set_campaigns(paced)

    def propose(
        self, at_ns: int, standings: Mapping[str, Standing], running: Collection[str]
    ) -> list[tuple[str, int]]:
        """Say how many dials each running campaign should have now."""
        mine = {name: PacingStanding(one.answered, one.abandoned) for name, one in standings.items()}
        return [(one.campaign, one.dials) for one in self.pacing.propose(at_ns, mine, running)]


def followers(outbound: Outbound) -> dict[str, Making]:
    """Give the followers that a host needs for these campaigns, to be passed to it by name.

    Examples
    --------
    >>> sorted(followers(Outbound(())))
    ['ledger', 'outbound', 'pacing']
    """
    return {
        LEDGER: partial(LedgerFollower, outbound=outbound),
        PACING: partial(PacingFollower, outbound=outbound),
        FOLLOWER: Calls,
    }


def _profiles(own: Sequence[Profile]) -> dict[str, Profile]:
    return {**BUILT_IN, **{one.id: one for one in own}}


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
