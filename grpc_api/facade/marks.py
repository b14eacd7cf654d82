"""What was said about living calls that a front-end has to act on: recording and monitoring.

As a follower of a host it is after a crash what it was before; without, as much is known as has been seen.

Owns these marks; must not know calls beyond them, nor who follows instructions.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grpc_api.facade.shapes import Monitor, Record
from routing.commands import Command
from routing.engine import Engine
from routing.events import ContactEnded, ContactRemarked, Event
from routing.host.following import Making
from routing.remarks import Monitoring, MonitoringMode, Recording, Remarks

#: Under this name a host has its marks.
FOLLOWER: Final = "facade"


class Mark(Struct, frozen=True, array_like=True):
    """How a call is recorded, and who listens.

    >>> mark = noted(NOTHING, Recording("start", segment="s1"))
    >>> mark.record(), noted(mark, Recording("stop")) == NOTHING
    (Record(action='start', segment='s1', reason=''), True)
    """

    recording: Literal["", "on", "paused"] = ""
    segment: str = ""
    reason: str = ""
    monitors: tuple[tuple[str, MonitoringMode], ...] = ()  # supervisors, the first to come first

    def record(self, before: str = "") -> Record | None:
        """Say what to do about recording, where it was so before; None: nothing is recorded."""
        match self.recording:
            case "on":
                return Record("resume" if before == "paused" else "start", self.segment, self.reason)
            case "paused":
                return Record("pause", self.segment, self.reason)
            case _:
                return None

    def present(self) -> tuple[Record | Monitor, ...]:
        """Say all that holds."""
        record = self.record()
        monitors = tuple(Monitor(supervisor, mode) for supervisor, mode in self.monitors)
        return (record, *monitors) if record is not None else monitors

    def since(self, before: "Mark") -> list[Record | Monitor]:
        """Say what changed: what goes on with changes, what has ceased."""
        found: list[Record | Monitor] = []
        if (self.recording, self.segment) != (before.recording, before.segment):
            record = self.record(before.recording)
            found.append(record or Record("stop", before.segment, self.reason))
        had, has = dict(before.monitors), dict(self.monitors)
        found += (Monitor(one, "stop") for one in had if one not in has)
        found += (Monitor(one, mode) for one, mode in self.monitors if had.get(one) != mode)
        return found


NOTHING: Final = Mark()


def noted(mark: Mark, remark: Remarks, *, policy: bool = False) -> Mark:
    """Add what was said. O(supervisors).

    Where a ``policy`` decides what is recorded (`routing.center.recording`), its word is what names a segment; without
    one somebody asks, which changes nothing on the line, but that a pause is made at once.

    >>> noted(NOTHING, Recording("start"), policy=True) == NOTHING
    True
    """
    match remark:
        case Recording(action=action, segment="") if policy and action != "pause":
            return mark
        case Recording(action="pause") if policy and not mark.recording:
            return mark
        case Recording(action="stop", segment=segment) if segment not in ("", mark.segment):
            return mark
        case Recording(action="stop"):
            return replace(mark, recording="", segment="", reason="")
        case Recording(action=action, segment=segment, reason=reason):
            state: Literal["on", "paused"] = "paused" if action == "pause" else "on"
            same = segment or (mark.segment if action != "start" else "")
            return replace(mark, recording=state, segment=same, reason=reason)
        case Monitoring(supervisor=supervisor, mode=mode):
            others = tuple(one for one in mark.monitors if one[0] != supervisor)
            return replace(mark, monitors=others if mode == "stop" else (*others, (supervisor, mode)))
        case _:
            return mark


class Marks:
    """The marks of all living calls, as a follower.

    Parameters
    ----------
    engine : Engine
        Which contacts live.
    state : bytes, optional
        What `snapshot` wrote down.
    policy : bool, default False
        As of `noted`.
    """

    def __init__(self, engine: Engine, state: bytes | None = None, *, policy: bool = False) -> None:
        self._engine = engine
        self.policy = policy
        self._marks: dict[str, Mark] = {}
        if state:
            self._marks = msgspec.msgpack.decode(state, type=dict[str, Mark])

    def of(self, contact: str) -> Mark:
        """Give the mark of a call. O(1)."""
        return self._marks.get(contact, NOTHING)

    def follow(self, _command: Command | None, events: Sequence[Event]) -> None:
        """Take note of remarks, and of calls that end."""
        for event in events:
            if type(event) is ContactRemarked:
                self._remark(event.contact, event.remark)
            elif type(event) is ContactEnded and self._marks:
                self._marks.pop(event.contact, None)

    def _remark(self, contact: str, remark: Remarks) -> None:
        before = self.of(contact)
        mark = noted(before, remark, policy=self.policy)
        if mark == before or contact not in self._engine.contacts:
            return
        if mark == NOTHING:
            del self._marks[contact]
        else:
            self._marks[contact] = mark

    def snapshot(self) -> bytes:
        """Write the marks down."""
        return msgspec.msgpack.encode(self._marks)


def marking(*, policy: bool = False) -> Making:
    """Give what makes the follower `FOLLOWER`; ``policy`` as of `noted`.

    >>> followers = {FOLLOWER: marking()}
    """
    return partial(Marks, policy=policy)
