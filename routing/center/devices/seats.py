"""Who sits where, and which devices are in use or out of reach.

A seat is taken by one agent at a time; an agent may have several and still is one agent. Devices of an agent count
together: out of reach are those who are so at every one of them, busy elsewhere those who are so at one.

Everything is a fold over `ReportDevice` commands that name an endpoint, and over log-outs; so a host that has these as
a follower (``following``) knows after a crash what it knew before.

Owns that state; must not know addresses (``settings``), what rings (``ringing``), nor an engine.
"""

from collections.abc import Collection, Sequence
from typing import Final, Literal, cast, get_args

import msgspec
from msgspec import Struct

from routing.commands import Command, Device, ReportDevice
from routing.events import AgentLoggedIn, AgentLoggedOut, CommandRefused, Event, Reason

#: What may be said of an endpoint: somebody sits down there, leaves it, or its device is in this state.
Said = Literal["signed_in", "signed_out", "available", "in_use", "unreachable"]
SAID: Final[frozenset[str]] = frozenset(get_args(Said))


class _Kept(Struct, array_like=True):
    """What is written down."""

    seats: dict[str, tuple[str, ...]]  # of each agent, the first taken first
    states: dict[str, dict[str, str]]  # of each agent: devices that are not available


class Seats:
    """Seats taken and states of devices.

    Parameters
    ----------
    state : bytes, optional
        What `snapshot` wrote down.

    Notes
    -----
    One thread folds; any may ask, and sees the state before or after a command.

    Examples
    --------
    >>> seats = Seats()
    >>> seats.follow(ReportDevice("ann", "available", "seat-7", "signed_in"), ())
    >>> seats.agent_at("seat-7"), seats.seats_of("ann"), seats.agent_at("seat-8")
    ('ann', ('seat-7',), '')
    >>> seats.follow(None, [AgentLoggedOut(5, "ann")])
    >>> seats.agent_at("seat-7")
    ''
    """

    def __init__(self, state: bytes | None = None) -> None:
        kept = msgspec.msgpack.decode(state, type=_Kept) if state else _Kept({}, {})
        self._seats = kept.seats
        self._states = kept.states
        self._taken = {seat: agent for agent, seats in kept.seats.items() for seat in seats}

    # --- Asked

    def agent_at(self, seat: str) -> str:
        """Give who sits at a seat, "" for nobody. O(1)."""
        return self._taken.get(seat, "")

    def seats_of(self, agent: str) -> tuple[str, ...]:
        """Give the seats of an agent, the first taken first. O(1)."""
        return self._seats.get(agent, ())

    def state_of(self, agent: str, endpoint: str) -> Device:
        """Give what was said of an endpoint last. O(1)."""
        return cast("Device", self._states.get(agent, {}).get(endpoint, "available"))

    def together(
        self, agent: str, endpoints: Collection[str], said: tuple[str, Device] | None = None
    ) -> Device:
        """Say how an agent with these endpoints stands as a whole, once ``said`` holds, too. O(endpoints).

        >>> seats = Seats()
        >>> seats.follow(ReportDevice("ann", "available", "desk", "unreachable"), ())
        >>> seats.together("ann", ("desk", "mobile")), seats.together("ann", ("desk",))
        ('available', 'unreachable')
        >>> seats.together("ann", ("desk", "mobile"), ("mobile", "in_use"))
        'in_use'
        """
        found = [
            said[1] if said is not None and said[0] == endpoint else self.state_of(agent, endpoint)
            for endpoint in endpoints
        ]
        if "in_use" in found:
            return "in_use"
        return "unreachable" if found and all(one == "unreachable" for one in found) else "available"

    # --- Folded

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Take note of what was said of an endpoint, and of who went."""
        if type(command) is ReportDevice and command.endpoint and _counts(events):
            self._take(command)
        for event in events:
            if type(event) is AgentLoggedOut or type(event) is AgentLoggedIn:
                self._forget(event.agent)

    def _take(self, command: ReportDevice) -> None:
        agent, endpoint = command.agent, command.endpoint
        match command.said:
            case "signed_in":
                if self._taken.setdefault(endpoint, agent) == agent:
                    seats = self._seats.get(agent, ())
                    if endpoint not in seats:
                        self._seats[agent] = (*seats, endpoint)
            case "signed_out":
                if self._taken.get(endpoint) == agent:
                    del self._taken[endpoint]
                    self._put_seats(agent, tuple(one for one in self._seats[agent] if one != endpoint))
                    self._put_state(agent, endpoint, "available")
            case "available" | "in_use" | "unreachable":
                self._put_state(agent, endpoint, command.said)

    def _put_seats(self, agent: str, seats: tuple[str, ...]) -> None:
        if seats:
            self._seats[agent] = seats
        else:
            self._seats.pop(agent, None)

    def _put_state(self, agent: str, endpoint: str, state: str) -> None:
        states = {name: one for name, one in self._states.get(agent, {}).items() if name != endpoint}
        if state != "available":
            states[endpoint] = state
        if states:
            self._states[agent] = states
        else:
            self._states.pop(agent, None)

    def _forget(self, agent: str) -> None:
        for seat in self._seats.pop(agent, ()):
            del self._taken[seat]
        self._states.pop(agent, None)

    def snapshot(self) -> bytes:
        """Write the state down. O(size)."""
        return msgspec.msgpack.encode(_Kept(self._seats, self._states))


def _counts(events: Sequence[Event]) -> bool:
    """Tell whether what was said of an endpoint holds: also where the agent as a whole is as before."""
    first = events[0] if events else None
    return not isinstance(first, CommandRefused) or first.reason is Reason.ALREADY_SO
