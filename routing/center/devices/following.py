"""Seats as a follower of a host, so that they are after a crash what they were before.

Owns the name and the making; must not know what is asked of seats.
"""

from typing import Final

from routing.center.devices.seats import Seats
from routing.engine import Engine

#: Under this name a host has its seats.
FOLLOWER: Final = "devices"


def seating(_engine: Engine, state: bytes | None) -> Seats:
    """Make the follower `FOLLOWER`.

    >>> followers = {FOLLOWER: seating}
    """
    return Seats(state)
