"""What one server hosts: a live engine for each domain.

Owns the list of domains, and what is known of each beside its engine; must not know any RPC.
"""

import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from grpc_api.dialing.shapes import Desk
from grpc_api.facade import Facade
from grpc_api.menus.desk import MenuDesk
from grpc_api.status import MISSING, Fault
from routing.config import config_hash
from routing.errors import CompactedError
from routing.events import (
    AgentChanged,
    Configured,
    Event,
    GroupChanged,
    QueueChanged,
    SkillChanged,
)
from routing.host import Host
from routing.host.circles import serves

_CHANGES: Final = (AgentChanged, Configured, GroupChanged, QueueChanged, SkillChanged)


class Hosted:
    """One domain.

    Parameters
    ----------
    name : str
        By which requests call it.
    host : Host
        Its engine.
    facade : Facade, optional
        For gateways; without it the routing service does not know the domain.
    source : path, optional
        The file of its configuration, to be read again on SIGHUP.
    desk : Desk, optional
        Dials; without it there are no campaigns here.

    Attributes
    ----------
    menus : MenuDesk, optional
        Leads calls through menus; without it there are none here.
    """

    def __init__(
        self,
        name: str,
        host: Host,
        facade: Facade | None = None,
        source: str | Path | None = None,
        desk: Desk | None = None,
    ) -> None:
        self.name = name
        self.host = host
        self.facade = facade
        self.source = source
        self.desk = desk
        self.menus: MenuDesk | None = None
        self.configuring = threading.Lock()  # one change of the whole configuration at a time
        self._version = ""
        self._versioning = threading.Lock()
        self._watch = host.feed.watch(None, _is_change)

    def version(self) -> str:
        """Give the version of the configuration in force: a hash of what it means.

        O(its size) after it has changed, O(events since the last call) otherwise.
        """
        with self._versioning:
            if not self._version or self._changed():
                self._version = version_of(self.host)
            return self._version

    def _changed(self) -> bool:
        changed = False
        try:
            while True:
                before = self._watch.revision
                changed |= bool(self._watch.take(0, 10_000).events)
                if self._watch.revision == before:
                    return changed
        except CompactedError:
            self._watch.close()
            self._watch = self.host.feed.watch(None, _is_change)
            return True

    # What guards ask

    def contact(self, contact: str) -> tuple[Collection[str], str] | None:
        """Give the queues of a living contact, and the agent who has it or whom it rings ("": nobody)."""
        view = self.host.read(lambda engine: engine.contacts.get(contact))
        if view is None:
            return None
        queues = {visit.queue for visit in view.visits} or {segment.queue for segment in view.segments}
        return queues, view.segments[0].agent if view.segments else ""

    def agent(self, agent: str) -> Collection[str] | None:
        """Give the queues that an agent serves; None for one that is not known. O(agents + queues)."""
        config = self.host.read(lambda engine: engine.config)
        for found in config.agents:
            if found.id == agent:
                return {queue.id for queue in config.queues if serves(found, queue)}
        return None

    def groups(self, agent: str) -> Collection[str]:
        """Give the groups of an agent; none for one that is not known. O(agents)."""
        config = self.host.read(lambda engine: engine.config)
        return next((found.groups for found in config.agents if found.id == agent), ())


class Domains:
    """The domains of a server, by name. Made before it starts; for any thread."""

    def __init__(self, *hosted: Hosted) -> None:
        self._hosted = {one.name: one for one in hosted}
        self.only = hosted[0].name if len(hosted) == 1 else ""  # what "" means

    def __iter__(self) -> Iterator[Hosted]:
        return iter(self._hosted.values())

    def __len__(self) -> int:
        return len(self._hosted)

    def __getitem__(self, name: str) -> Hosted:
        """Give a domain; "" is the only one, where there is but one.

        Raises
        ------
        Fault
            If there is none of this name.
        """
        try:
            return self._hosted[name or self.only]
        except KeyError:
            raise Fault(
                MISSING,
                "UNKNOWN_DOMAIN",
                f"domain {name[:128]!r} is not hosted here; GetStatus of a known one lists those that are",
                {"subject": name[:128]},
            ) from None

    @property
    def names(self) -> list[str]:
        """All names."""
        return list(self._hosted)

    def close(self) -> None:
        """Close every facade, then every host."""
        for one in self:
            if one.facade is not None:
                one.facade.close()
        for one in self:
            with suppress(
                Exception
            ):  # the others are to be closed all the same; the host has logged what it was
                one.host.close()


def version_of(host: Host) -> str:
    """Give the version of the configuration in force. O(its size).

    Examples
    --------
    >>> from routing import Config
    >>> with Host(Config()) as host:
    ...     len(version_of(host))
    16
    """
    return f"{config_hash(host.read(lambda engine: engine.config)):016x}"


def _is_change(event: Event) -> bool:
    return isinstance(event, _CHANGES)
