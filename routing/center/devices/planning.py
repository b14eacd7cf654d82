"""Which devices an offer rings, and in which order: seats before devices of one's own, by hours and by reach.

Owns that order; must not know offers, nor an engine.
"""

from collections.abc import Mapping
from typing import Final

from routing.calendar import Times
from routing.center.devices.ringing import Rung, Stage
from routing.center.devices.seats import Seats
from routing.center.devices.settings import ONLY, Device, Devices, Places

_NONE: Final = Devices(())


class Plan:
    """The places of a centre, ready to be asked.

    Parameters
    ----------
    places : Places
        Checked.

    Raises
    ------
    ConfigError
        If this machine does not know a time zone.

    Examples
    --------
    >>> places = Places({"ann": Devices((Device("desk", "sip:1@x", 8), Device("mobile", "tel:2")))}, {"s7": "sip:7@x"})
    >>> plan, seats = Plan(places), Seats()
    >>> [[one.id for one in stage.devices] for stage in plan.stages("ann", seats, 0)]
    [['desk'], ['mobile']]
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self._times: Mapping[str, Times] = {one.id: Times(one, places.timezone) for one in places.hours}

    def is_plain(self, agent: str, seats: Seats) -> bool:
        """Tell that an agent has no devices but one address. O(1)."""
        return agent not in self.places.devices and not seats.seats_of(agent)

    def endpoints(self, agent: str, seats: Seats) -> tuple[str, ...]:
        """Name all endpoints of an agent: seats, then devices of their own. O(devices)."""
        own = self.places.devices.get(agent)
        devices = tuple(one.id for one in own.devices) if own else (ONLY,)
        return (
            *self._seats(agent, seats),
            *(() if devices == (ONLY,) and seats.seats_of(agent) else devices),
        )

    def stages(self, agent: str, seats: Seats, at_ns: int) -> tuple[Stage, ...]:
        """Say what an offer of an instant rings, in order; empty for an agent of whom nothing is known. O(devices).

        What is out of reach or busy, or outside its hours, is left out; if nothing else is left, all of it rings, for
        somebody would rather be rung than not.
        """
        own = self.places.devices.get(agent, _NONE)
        taken = self._seats(agent, seats)
        devices = [one for one in own.devices if not (one.unless_seated and taken)]
        now = self._now(devices, at_ns)
        good = self._stages(agent, seats, taken, now, own.ring, all_of_them=False)
        return good or self._stages(agent, seats, taken, devices, own.ring, all_of_them=True)

    def _seats(self, agent: str, seats: Seats) -> tuple[str, ...]:
        return tuple(one for one in seats.seats_of(agent) if one in self.places.seats)

    def _now(self, devices: list[Device], at_ns: int) -> list[Device]:
        return [one for one in devices if not one.hours or self._times[one.hours].hold(at_ns)]

    def _stages(
        self,
        agent: str,
        seats: Seats,
        taken: tuple[str, ...],
        devices: list[Device],
        ring: str,
        *,
        all_of_them: bool,
    ) -> tuple[Stage, ...]:
        places = self.places
        found = [(Rung(one, places.seats[one]), places.seat_ring_ns) for one in taken]
        found += [(Rung(one.id, one.address), one.ring_ns) for one in devices]
        if not all_of_them:
            found = [one for one in found if seats.state_of(agent, one[0].id) == "available"]
        if not found:
            return ()
        if ring == "all":
            return (Stage(tuple(rung for rung, _ in found)),)
        return tuple(Stage((rung,), ring_ns) for rung, ring_ns in found)
