"""What a client gives back where ``routing`` has no struct of its own.

Owns these shapes; must not know how they travel.
"""

from msgspec import Struct

from routing.events import Event
from routing.host import State
from routing.host.pictures import CentreStatistics
from routing.lint import Finding
from routing.model import Config
from routing.views import QueueView


class Watched(Struct, frozen=True):
    """An event, and the revision that it made."""

    revision: int
    event: Event


class Configuration(Struct, frozen=True):
    """The configuration in force. ``version``: to be given along when another one is put in its place."""

    config: Config
    version: str


class Checked(Struct, frozen=True):
    """What a check says. ``version`` is "" unless it is valid."""

    valid: bool
    version: str
    findings: tuple[Finding, ...]


class Put(Struct, frozen=True):
    """What a new configuration changed; no events when it was in force already."""

    revision: int
    version: str
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]


class Statistics(Struct, frozen=True):
    """What there is now. ``contacts`` and ``agents`` count by state, ``figures`` are those of the host by name.

    ``centre``: what was counted; None when the server keeps no statistics.
    """

    revision: int
    at_ns: int
    queues: tuple[QueueView, ...]
    contacts: dict[str, int]
    agents: dict[str, int]
    figures: dict[str, int]
    centre: CentreStatistics | None = None


class Status(Struct, frozen=True):
    """How the host of a domain is."""

    revision: int
    state: State
    digest: int
    now_ns: int
    behaviour: int
    configuration_version: str
    domains: tuple[str, ...]
