"""Devices: where an agent is rung, in which order, and who sits where.

An agent has devices of their own with an order and hours, and takes seats by signing in there. `Plan` says which of
them an offer rings, a `Round` what rings next when one is not answered, `Seats` who sits where; docs/devices.md tells
the whole of it.

Within: ``settings``, ``seats``, ``ringing`` < ``planning``; ``seats`` < ``following``.

Owns devices; must not know front-ends, nor command an engine.
"""

from routing.center.devices.following import FOLLOWER, seating
from routing.center.devices.planning import Plan
from routing.center.devices.ringing import Cause, Moved, Round, Rung, Stage
from routing.center.devices.seats import SAID, Said, Seats
from routing.center.devices.settings import Device, Devices, Places, Ring, check_places

__all__ = [
    "FOLLOWER",
    "SAID",
    "Cause",
    "Device",
    "Devices",
    "Moved",
    "Places",
    "Plan",
    "Ring",
    "Round",
    "Rung",
    "Said",
    "Seats",
    "Stage",
    "check_places",
    "seating",
]
