"""Where agents can be rung: their own devices with an order and hours, and seats that anybody may sign in at.

Owns these settings and their rules; must not know who sits where (``seats``) or what rings (``ringing``).
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct, field

from routing.config.faults import field_path
from routing.config.localtime import zone
from routing.config.timetable import check_hours
from routing.errors import ConfigError
from routing.model import Duration, Hours, Id
from routing.words import quoted, suggest

#: One after the other, or all at once.
Ring = Literal["in_turn", "all"]
#: The id of an agent's only device, where the settings give but an address.
ONLY: Final = ""


class Device(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One device of an agent's own.

    ``ring``: for how long it rings before the next one does; 0: for what is left of the offer's time. The last one
    rings to the end in any case. ``hours``: when it may ring, "" for always. ``unless_seated``: not while its agent
    sits at a seat.
    """

    id: Id
    address: Id
    ring_ns: Duration = field(default=0, name="ring")
    hours: str = ""
    unless_seated: bool = False


class Devices(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The devices of one agent, the first to ring first."""

    devices: tuple[Device, ...]
    ring: Ring = "in_turn"


class Places(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``devices`` of agents by id, and ``seats`` by id with their addresses.

    ``seat_ring``: for how long a seat rings before the next device does, 0: for what is left. ``hours`` are what
    devices name, in ``timezone`` unless they say another.
    """

    devices: dict[str, Devices] = {}
    seats: dict[str, str] = {}
    seat_ring_ns: Duration = field(default=0, name="seat_ring")
    hours: tuple[Hours, ...] = ()
    timezone: str = "UTC"


def check_places(places: Places, path: str = "") -> None:
    """Check what types cannot say.

    Raises
    ------
    ConfigError
        For the first thing wrong.

    Examples
    --------
    >>> check_places(Places({"ann": Devices((Device("desk", "sip:1@x", hours="office"),))}))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: devices.ann.devices[0].hours: unknown hours 'office'; add them to hours
    """
    zone(places.timezone, field_path(path, "timezone"))
    known: dict[str, None] = {}
    for at, hours in enumerate(places.hours):
        here = f"{field_path(path, 'hours')}[{at}]"
        if hours.id in known:
            raise ConfigError(f"{here}.id", f"{quoted(hours.id)} stands here twice; give another")
        known[hours.id] = None
        check_hours(hours, here)
    for where, device in _devices(places.devices, path):
        if device.hours and device.hours not in known:
            hint = suggest(device.hours, known) or "; add them to hours"
            raise ConfigError(f"{where}.hours", f"unknown hours {quoted(device.hours)}{hint}")
        if device.id in places.seats:
            raise ConfigError(f"{where}.id", f"{quoted(device.id)} is a seat, too; give another id")
    for seat, address in places.seats.items():
        if not address or not 1 <= len(seat) <= 128:
            where = field_path(field_path(path, "seats"), seat)
            raise ConfigError(where, "is empty or too long; give an id of 1 to 128 characters and an address")


def _devices(agents: Mapping[str, Devices], path: str) -> Iterator[tuple[str, Device]]:
    for agent, own in agents.items():
        where = field_path(field_path(path, "devices"), agent)
        if not own.devices:
            raise ConfigError(f"{where}.devices", "is empty; name one, or leave the agent to the template")
        ids: dict[str, None] = {}
        for at, device in enumerate(own.devices):
            here = f"{where}.devices[{at}]"
            if device.id in ids:
                raise ConfigError(f"{here}.id", f"{quoted(device.id)} stands here twice; give another")
            ids[device.id] = None
            yield here, device
