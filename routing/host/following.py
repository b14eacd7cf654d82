"""Followers: what goes along with the engine of a host and is computed from its events, such as statistics.

A follower sees every command with its events, in order, in the very turn in which the engine did it, so it may look at
the engine, and what it shows fits the engine's revision. When the host puts a snapshot on the shelf, the followers'
states are noted beside it; after a crash they go on from there through the same commands, to the last count.

A follower that is a `Witness`, too, is told in addition who gave each command, under which request id and with which
note, and is asked beforehand, so that it may look how things stood. Hosts without one pay nothing for it. One that
completes contacts before they enter is an `Entering`, too, and is known by that.

Owns when followers are told, kept and brought back; must not know what they compute.
"""

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from routing.commands import Command
from routing.engine import Engine
from routing.events import Event
from routing.host.entering import Entering, Entrance
from routing.journal import Journal, SavedSnapshot
from routing.replay import Told, Witness

_PREFIX: Final = "follower/"
#: Of so many snapshots the states are kept: the newest may turn out to be damaged, or not to have reached the shelf.
_KEPT: Final = 2


class Follower(Protocol):
    """Goes along with an engine. What it raises stops the host: it must not raise for what an engine may tell."""

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Take note of a command, or of passed time (None), and of what came of it. Called for each; must be quick."""
        ...

    def snapshot(self) -> bytes:
        """Write the state down."""
        ...


#: Makes a follower from an engine and, if there is one, what an earlier follower wrote down when the engine stood here.
Making = Callable[[Engine, bytes | None], Follower]


class Following:
    """The followers of a host.

    Parameters
    ----------
    makings : mapping of str to callable
        What makes each, by name. Names are those under which a journal keeps their states.

    Notes
    -----
    Not for several threads: whoever calls holds the host's lock.
    """

    def __init__(self, makings: Mapping[str, Making]) -> None:
        self._makings = dict(makings)
        self.by_name: dict[str, Follower] = {}
        self.entrance: Entrance | None = None
        self.witnesses: list[Witness] = []
        self._each: list[Callable[[Command | None, Sequence[Event]], None]] = []

    def begin(self, journal: Journal, snapshot: SavedSnapshot, engine: Engine) -> Told:
        """Make the followers of an engine that stands where this snapshot does; says who is to be told."""
        for name, make in self._makings.items():
            self.by_name[name] = make(engine, _kept(journal, name).get(snapshot.seq))
        self._each = [follower.follow for follower in self.by_name.values()]
        askers = [follower for follower in self.by_name.values() if isinstance(follower, Entering)]
        self.entrance = Entrance(engine, askers) if askers else None
        self.witnesses = [follower for follower in self.by_name.values() if isinstance(follower, Witness)]
        return Told(self.follow, self.witnesses)

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Tell every follower."""
        for each in self._each:
            each(command, events)

    def states(self) -> dict[str, bytes]:
        """Have every follower write its state down."""
        return {name: follower.snapshot() for name, follower in self.by_name.items()}


def keep(journal: Journal, seq: int, states: Mapping[str, bytes]) -> None:
    """Note the states of followers for the snapshot with this ``seq``, before it goes on the shelf."""
    for name, state in states.items():
        kept = _kept(journal, name)
        kept[seq] = state
        newest = sorted(kept)[-_KEPT:]
        text = {str(number): base64.b64encode(zlib.compress(kept[number], 1)).decode() for number in newest}
        journal.note(_PREFIX + name, msgspec.json.encode(text).decode())


def _kept(journal: Journal, name: str) -> dict[int, bytes]:
    text = journal.noted(_PREFIX + name)
    if text is None:
        return {}
    kept = msgspec.json.decode(text, type=dict[str, str])
    return {int(number): zlib.decompress(base64.b64decode(state)) for number, state in kept.items()}
