"""What an action means to the engine: commands for transfers, consultations, conferences and calls that agents place.

Owns these commands, given the settings; must not know how they are done, nor how the call stands.
"""

from typing import Final

from msgspec import Struct

from grpc_api.facade.actions import (
    Action,
    ConsultAction,
    Destination,
    HandOverAction,
    HoldAction,
    JoinAction,
    PartAction,
    PlaceCall,
    Presence,
    RetrieveAction,
    TakeOverAction,
    TransferAction,
)
from grpc_api.facade.numbers import NumberPlan
from grpc_api.facade.shapes import Reject, RouteCall
from grpc_api.settings import Lines
from routing.commands import (
    Command,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    PartLeg,
    PlaceContact,
    RequeueContact,
    RetrieveContact,
)
from routing.errors import UsageError
from routing.model import Preference, Step
from routing.views import AgentView

#: An attribute of a leg: whoever answers it has the call at once.
TAKE_OVER: Final = "huntgroup.take_over"


class _Way(Struct, frozen=True):
    """Where a destination leads."""

    queues: tuple[str, ...]
    preferred: tuple[Preference, ...] = ()
    prefer_ns: int = 0
    priority: int | None = None
    requirement: str = ""


class Handling:
    """Actions of one domain.

    Parameters
    ----------
    lines : Lines
        Where calls of agents' own go.
    numbers : NumberPlan
        What numbers mean.

    Examples
    --------
    >>> from grpc_api.settings import DomainSettings
    >>> handling = Handling(Lines("lines"), NumberPlan(DomainSettings()))
    >>> handling.commands("c1", "pbx", HoldAction())
    (HoldContact(contact='c1'),)
    >>> [type(one).__name__ for one in handling.commands("c1", "pbx", ConsultAction("c1.1", Destination(agent="ben")))]
    ['EnqueueContact', 'HoldContact']
    """

    def __init__(self, lines: Lines, numbers: NumberPlan) -> None:
        self._lines = lines
        self._numbers = numbers

    def commands(self, call: str, front_end: str, do: Action) -> tuple[Command, ...] | Reject:
        """Give the commands for an action, each to be done if the one before was not refused.

        Raises
        ------
        UsageError
            If it does not say whom to reach, or a leg has no id, or the settings name no queue for agents' own lines.
        """
        match do:
            case HoldAction():
                return (HoldContact(call),)
            case RetrieveAction():
                return (RetrieveContact(call),)
            case JoinAction(leg=leg):
                return (JoinLeg(leg),)
            case PartAction(leg=leg):
                return (PartLeg(leg),)
            case HandOverAction(leg=leg):
                return (HandOver(call, leg),)
            case TransferAction():
                return self._transfer(call, do)
            case ConsultAction(leg=leg, to=to):
                way = self._way(leg, to, own_line=True)
                if isinstance(way, Reject):
                    return way
                return (_leg(call, leg, front_end, way), HoldContact(call))
            case TakeOverAction(leg=leg, agent=agent):
                line = self._line(agent)
                return (_leg(call, leg, front_end, line, {TAKE_OVER: agent}),)

    def place(self, call: PlaceCall) -> tuple[Command, ...]:
        """Give the commands for a call that an agent places.

        Raises
        ------
        UsageError
            If neither the call nor the settings name a queue for it.
        """
        queue = call.queue or (self._lines.queue if call.to else self._lines.outbound)
        if not queue:
            name = "queue" if call.to else "outbound"
            raise UsageError(
                f"{call.call_id!r} names no queue; name one, or set lines.{name} in the domain's settings"
            )
        placed = PlaceContact(
            call.call_id,
            call.agent,
            queue,
            "internal" if call.to else "outbound",
            customer=call.customer,
            attributes=call.attributes or None,
            front_end=call.front_end,
        )
        if not call.to:
            return (placed,)
        leg = call.leg or f"{call.call_id}.1"
        return (placed, _leg(call.call_id, leg, call.front_end, self._line(call.to)))

    def queues_of(self, do: Action) -> tuple[str, ...]:
        """Tell which queues an action names, for whoever asks whether it may."""
        if not isinstance(do, TransferAction | ConsultAction):
            return ()
        to = do.to
        if to.queues:
            return to.queues
        found = self._numbers.enqueue(RouteCall("", called=to.number)) if to.number else None
        return found.queues if isinstance(found, EnqueueContact) else ()

    def _transfer(self, call: str, do: TransferAction) -> tuple[Command, ...] | Reject:
        way = self._way(call, do.to, own_line=False)
        if isinstance(way, Reject):
            return way
        steps = (Step(way.requirement),) if way.requirement else ()
        return (
            RequeueContact(
                call,
                way.queues,
                do.keep_age,
                way.priority,
                steps,
                preferred=way.preferred,
                prefer_ns=way.prefer_ns,
            ),
        )

    def _way(self, call: str, to: Destination, *, own_line: bool) -> _Way | Reject:
        if (bool(to.queues), bool(to.agent), bool(to.number)).count(True) != 1:
            raise UsageError("the destination is not one of queues, agent and number; give one of the three")
        if to.queues:
            return _Way(to.queues)
        if to.agent:
            if own_line or self._lines.queue:
                return self._line(to.agent)
            return _Way((), (Preference(to.agent, direct=True),), self._lines.ring_ns)
        found = self._numbers.enqueue(RouteCall(call, called=to.number))
        if isinstance(found, Reject):
            return found
        return _Way(found.queues, found.preferred, found.prefer_ns, found.priority, found.requirement)

    def _line(self, agent: str) -> _Way:
        if not agent:
            raise UsageError("no agent is named; say whom to ring")
        if not self._lines.queue:
            raise UsageError(
                "there is no queue for agents' own lines; set lines.queue in the domain's settings"
            )
        return _Way((self._lines.queue,), (Preference(agent, direct=True),), self._lines.ring_ns)


def _leg(
    call: str, leg: str, front_end: str, way: _Way, attributes: dict[str, str] | None = None
) -> EnqueueContact:
    if not leg:
        raise UsageError(f"the leg of {call!r} has no id; give each leg an id of its own")
    return EnqueueContact(
        leg,
        way.queues,
        priority=way.priority or 0,
        requirement=way.requirement,
        attributes=attributes,
        preferred=way.preferred,
        prefer_ns=way.prefer_ns,
        front_end=front_end,
        parent=call,
        direction="internal",
    )


def presence_of(agent: str, view: AgentView | None) -> Presence:
    """Say how an agent stands, as a colleague sees it.

    >>> presence_of("zoe", None)
    Presence(agent='zoe', standing='unknown', reason='')
    """
    if view is None:
        return Presence(agent, "unknown")
    states = {segment.state for segment in view.segments}
    if not view.logged_in or view.device == "unreachable":
        return Presence(agent, "away")
    if states & {"handling", "held"} or view.device == "in_use":
        return Presence(agent, "talking")
    if view.leaving:
        return Presence(agent, "away")
    if not view.ready:
        return Presence(agent, "not_ready", view.reason)
    if "ringing" in states:
        return Presence(agent, "ringing")
    if "wrap_up" in states and not view.available:
        return Presence(agent, "wrapping_up")
    return Presence(agent, "free")
