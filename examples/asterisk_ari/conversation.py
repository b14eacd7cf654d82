"""What ought to be: a caller and the legs of that call, by what the server said of them last.

Owns which devices ring, who hears whom and who hears music; must not know Asterisk, nor await anything: so nothing can
come in between, and whoever makes it true looks again when it has changed.
"""

from collections.abc import Iterable
from typing import Any, Final

from grpc_api.v1 import routing_pb2 as pb

#: Instructions that say how a call stands, each in the place of the one before.
_STANDINGS: Final = frozenset({"wait", "talk", "hold", "conference"})
_IN_HAND: Final = frozenset({"talk", "hold", "conference"})

#: An offer's number and the device.
Place = tuple[int, str]


class Line:
    """A call: the caller's, or a leg, on which nobody is from outside."""

    def __init__(self) -> None:
        self.kind = ""  # of its standing
        self.standing: Any = None
        self.offers: dict[Place, pb.Offer] = {}  # which ring
        self.answered = 0  # the revision of the latest answer, up to which the stream has nothing new
        self.told = 0  # the revision of the latest instruction, before which answers are of yesterday

    @property
    def agent(self) -> str:
        """Whoever has it in hand; empty: nobody."""
        return str(self.standing.agent) if self.kind in _IN_HAND else ""

    def hear(self, instruction: pb.Instruction) -> None:
        """Note what an instruction says, where it says how the call stands."""
        kind = str(instruction.WhichOneof("do"))
        one = getattr(instruction, kind, None)
        if kind in _STANDINGS:
            self.kind, self.standing, self.offers = kind, one, {}
        elif isinstance(one, pb.Offer):
            self.kind, self.standing = "", None
            self.offers[one.offer, one.endpoint] = one
        elif isinstance(one, pb.StopRinging):
            for place in tuple(self.offers):
                if place[0] == one.offer and one.endpoint in ("", place[1]):
                    del self.offers[place]


class Conversation:
    """The line of a caller and, by their ids, its legs."""

    def __init__(self, caller: str) -> None:
        self.caller = caller
        self.lines: dict[str, Line] = {caller: Line()}
        self.over = False
        self.exit = ""  # where the caller goes then; empty: is let go
        self._merged = ""  # an agent whose leg has become the call itself, until that call says so
        self._gone: set[str] = set()  # legs that were let go

    def answered(self, call: str, revision: int, instructions: Iterable[pb.Instruction]) -> None:
        """Hear an answer: how the call stands now, unless the stream is ahead of it."""
        line = self._line(call)
        if line is None or revision <= line.told:
            return
        line.told = line.answered = revision
        line.offers = {}
        for instruction in instructions:
            self._hear(call, line, instruction)

    def told(self, call: str, revision: int, instruction: pb.Instruction) -> None:
        """Hear the stream: what has changed, unless an answer has said so before."""
        line = self._line(call)
        device = instruction.offer.endpoint or instruction.stop.endpoint
        if line is not None and (revision > line.answered or (device and revision == line.answered)):
            line.told = max(line.told, revision)
            self._hear(call, line, instruction)

    def forget(self) -> None:
        """Take whatever comes next for newer: the server has begun anew, perhaps its revisions, too."""
        for line in self.lines.values():
            line.told = line.answered = 0

    def end(self) -> None:
        """The caller has left, or is to leave."""
        self.over = True
        self.lines = {}

    def _line(self, call: str) -> Line | None:
        return None if self.over or call in self._gone else self.lines.setdefault(call, Line())

    def _hear(self, call: str, line: Line, instruction: pb.Instruction) -> None:
        kind = instruction.WhichOneof("do")
        if kind in ("treatment", "reject", "release") and call == self.caller:
            self.exit = instruction.treatment.target
            self.end()
        elif kind in ("reject", "release"):
            if instruction.release.into and line.agent != self.agent:
                self._merged = line.agent
            del self.lines[call]
            self._gone.add(call)
        else:
            line.hear(instruction)
            if call == self.caller and kind in _STANDINGS:
                self._merged = ""

    # --- What ought to be

    @property
    def agent(self) -> str:
        """Whoever has the call in hand; empty: nobody."""
        return self.lines[self.caller].agent if self.lines else ""

    @property
    def agents(self) -> frozenset[str]:
        """All who take part, each with a device that is to stay."""
        return frozenset(line.agent for line in self.lines.values() if line.agent) | {self._merged} - {""}

    @property
    def legs(self) -> list[str]:
        """The ids of the legs, the oldest first."""
        return [call for call in self.lines if call != self.caller]

    def ringing(self) -> dict[tuple[str, Place], pb.Offer]:
        """All offers that ring, by call and place."""
        return {(call, place): one for call, line in self.lines.items() for place, one in line.offers.items()}

    def rooms(self) -> dict[str, set[str]]:
        """Who hears whom, by the call whose bridge it is: agents by name, the caller by id."""
        rooms: dict[str, set[str]] = {}
        for call, line in self.lines.items():
            if call == self.caller and line.agent:
                joined = {leg.agent for leg in self.lines.values() if leg.kind == "conference"}
                rooms[call] = {line.agent, *joined} | ({call} if line.kind == "talk" else set())
            elif line.kind == "talk":
                rooms[call] = {line.agent, line.standing.peer}
        return {call: room for call, room in rooms.items() if len(room) > 1}

    def music(self) -> bool:
        """Tell whether the caller hears music."""
        return bool(self.lines) and self.lines[self.caller].kind in ("wait", "hold")
