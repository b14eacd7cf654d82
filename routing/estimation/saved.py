"""The whole state of an estimator as plain data, so that it survives a crash.

Owns what is written down; must not know what any of it means.
"""

import msgspec
from msgspec import Struct, field

from routing.errors import CorruptSnapshotError
from routing.estimation.calibrating import Tally
from routing.estimation.hazard import Hazard
from routing.estimation.history import History
from routing.estimation.line import Contact, Said
from routing.estimation.mixing import Equations, Spread
from routing.estimation.shapes import Settings
from routing.estimation.staff import Staff

FORMAT = 1


class Learned(Struct):
    """What is known of a queue, or of the whole centre."""

    equations: Equations
    weights: list[float]
    patience: Hazard = field(default_factory=Hazard)
    history: History = field(default_factory=History)
    spread: Spread = field(default_factory=Spread)
    tally: Tally = field(default_factory=Tally)
    solved: float = 0.0  # after so many waits the weights were solved last
    pending: list[tuple[Said, float]] = field(
        default_factory=list
    )  # what came of what was said, not yet added up


class State(Struct):
    """Everything an estimator keeps. ``fresh``: the contact that came in last and has not been offered yet."""

    settings: Settings
    centre: Learned
    queues: dict[str, Learned]
    staff: Staff
    contacts: dict[str, Contact] = field(default_factory=dict)
    seq: int = 0
    at_ns: int = 0
    fresh: str = ""
    format: int = FORMAT


def write(state: State) -> bytes:
    """Write it down. O(size)."""
    return msgspec.msgpack.encode(state)


def read(data: bytes) -> State:
    """Read it again.

    Raises
    ------
    CorruptSnapshotError
        If the bytes are none that `write` gave, or of another version.
    """
    try:
        state = msgspec.msgpack.decode(data, type=State)
    except (msgspec.DecodeError, TypeError) as error:
        raise CorruptSnapshotError(
            f"this is no estimator's state: {error}; pass what snapshot() returned"
        ) from None
    if state.format != FORMAT:
        raise CorruptSnapshotError(f"format {state.format} is not known; this version reads {FORMAT}")
    return state
