"""A telephone exchange that does nothing but what the stream of instructions tells it, and its media.

Owns its lines, devices and bridges; must not know the engine, nor how instructions reach it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grpc_api.facade import (
    Conference,
    Hold,
    Instruction,
    Monitor,
    Offer,
    Record,
    Reject,
    Release,
    StopRinging,
    Talk,
    Treatment,
    Wait,
)
from routing.views import IN_HAND, ContactView

Picture = dict[str, frozenset[str]]


@dataclass
class Line:
    """A call: somebody outside or, as a leg, nobody; and what it is told."""

    standing: Wait | Talk | Hold | Conference | None = None
    ringing: dict[tuple[int, str], Offer] = field(default_factory=dict)
    record: str = ""
    monitors: dict[str, str] = field(default_factory=dict)


class Pbx:
    """Media by instructions alone."""

    def __init__(self, inside: tuple[str, ...] = ()) -> None:
        self.lines: dict[str, Line] = {}
        self.over: dict[str, Instruction] = {}
        self.inside = inside  # calls that agents placed to each other: nobody outside is on them

    def hear(self, call: str, one: Instruction) -> None:
        """Do what an instruction says."""
        line = self.lines.setdefault(call, Line())
        match one:
            case Offer():
                line.standing = None
                line.ringing[one.offer, one.endpoint] = one
            case StopRinging():
                line.ringing = {
                    key: offer
                    for key, offer in line.ringing.items()
                    if key[0] != one.offer or one.endpoint not in ("", key[1])
                }
            case Wait() | Talk() | Hold() | Conference():
                line.standing = one
                line.ringing = {}
            case Record():
                line.record = {"stop": "", "pause": "paused"}.get(one.action, "on")
            case Monitor(mode="stop"):
                line.monitors.pop(one.supervisor, None)
            case Monitor():
                line.monitors[one.supervisor] = one.mode
            case Treatment() | Reject() | Release():
                del self.lines[call]
                self.over[call] = one

    def rooms(self) -> Picture:
        """Who hears whom, by call: the caller is ``*``; whoever is alone hears music."""
        rooms: Picture = {}
        for call, line in self.lines.items():
            match line.standing:
                case Talk(parent=""):
                    rooms[call] = frozenset((*self._outside(call), line.standing.agent, *self._joined(call)))
                case Talk():
                    rooms[call] = frozenset((line.standing.agent, line.standing.peer))
                case Hold(parent=""):
                    others = self._joined(call)
                    if others:
                        rooms[call] = frozenset((line.standing.agent, *others))
                case _:
                    continue
        return {call: room for call, room in rooms.items() if len(room) > 1}

    def rung(self) -> dict[str, list[str]]:
        """Which devices ring, by call."""
        return {
            call: sorted(offer.endpoint for offer in line.ringing.values())
            for call, line in self.lines.items()
            if line.ringing
        }

    def _outside(self, call: str) -> tuple[str, ...]:
        return () if call in self.inside else ("*",)

    def _joined(self, call: str) -> list[str]:
        return [
            line.standing.agent
            for line in self.lines.values()
            if isinstance(line.standing, Conference) and line.standing.parent == call
        ]


def rooms_of(views: Mapping[str, ContactView]) -> Picture:
    """Who hears whom by the state of an engine."""
    rooms: Picture = {}
    for call, view in views.items():
        agent = next((one.agent for one in view.segments if one.state in IN_HAND), "")
        if not agent:
            continue
        joined = [_agent(views[leg]) for leg in view.legs if views[leg].joined and views[leg].state != "held"]
        if not view.parent:
            outside = ["*"] if view.state == "handling" and view.direction != "internal" else []
            rooms[call] = frozenset((*outside, agent, *joined))
        elif view.state == "handling" and not view.joined:
            rooms[call] = frozenset((agent, _agent(views[view.parent])))
    return {call: room for call, room in rooms.items() if len(room) > 1}


def _agent(view: ContactView) -> str:
    return next(one.agent for one in view.segments if one.state in IN_HAND)
