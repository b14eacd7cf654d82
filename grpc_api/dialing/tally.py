"""A tally of dials and of what became of them, by campaign, since the journal began: a follower of the host.

Owns these counts; must not know what they are shown as.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from routing.commands import Command
from routing.engine import Engine
from routing.events import AttemptEnded, DialRequested, Event

#: Under this name a host has it.
FOLLOWER: Final = "dials"


class _Kept(Struct, array_like=True):
    dials: dict[str, int]
    outcomes: dict[str, dict[str, int]]


class Tally:
    """Counts dials, and attempts that ended by outcome.

    Examples
    --------
    >>> from routing import Config
    >>> tally = Tally(Engine(Config()))
    >>> tally.follow(None, [DialRequested(0, "a", "spring", "1/0", "", "", "", 25, 55)])
    >>> tally.follow(None, [AttemptEnded(9, "a", "spring", "busy", 9, 100, 0, "")])
    >>> dict(tally.dials), {name: dict(of) for name, of in Tally(Engine(Config()), tally.snapshot()).outcomes.items()}
    ({'spring': 1}, {'spring': {'busy': 1}})
    """

    def __init__(self, engine: Engine, state: bytes | None = None) -> None:
        del engine  # what ended before is not known to it
        kept = msgspec.msgpack.decode(state, type=_Kept) if state is not None else _Kept({}, {})
        self.dials: Counter[str] = Counter(kept.dials)
        self.outcomes = {name: Counter(of) for name, of in kept.outcomes.items()}

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Count. O(events)."""
        del command
        for event in events:
            match event:
                case DialRequested():
                    self.dials[event.campaign] += 1
                case AttemptEnded():
                    self.outcomes.setdefault(event.campaign, Counter())[event.outcome] += 1
                case _:
                    continue

    def snapshot(self) -> bytes:
        """Write the counts down."""
        return msgspec.msgpack.encode(
            _Kept(dict(self.dials), {name: dict(of) for name, of in self.outcomes.items()})
        )
