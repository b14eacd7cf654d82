"""Who is where: addresses of agents, and targets of treatments.

Owns the way from an agent to an endpoint and back; must not know what is sent there, nor who sits where.
"""

import re
from typing import Final, Literal

from grpc_api.settings import AGENT, DomainSettings
from routing.center.devices import Plan

_SCHEME: Final = re.compile(r"(?:sips?|tel):", re.IGNORECASE)


def user_part(address: str) -> str:
    """Give the number or name of an address; what is no address is its own.

    >>> user_part('"Ann" <sip:100@10.0.0.5:5060;transport=udp>'), user_part("tel:+34900;phone-context=x")
    ('100', '+34900')
    >>> user_part("0800 123"), user_part("sales")
    ('0800 123', 'sales')
    """
    bare = _bare(address)
    scheme = _SCHEME.match(bare)
    rest = bare[scheme.end() :] if scheme else bare
    if scheme or "@" in rest:
        rest = rest.partition("@")[0].partition(";")[0]
    return rest


def normal(address: str) -> str:
    """Spell an address so that the same ones are equal: no display name, no parameters, host in lower case.

    >>> normal('"Ann" <SIP:Ann@PBX.example;transport=tcp>')
    'sip:Ann@pbx.example'
    """
    bare = _bare(address).partition("?")[0]
    user, at, host = bare.rpartition("@")
    host = host.partition(";")[0]
    scheme = _SCHEME.match(user or host)
    if scheme and at:
        user = user[: scheme.end()].lower() + user[scheme.end() :]
    return f"{user}{at}{host.lower() if at else host}"


def _bare(address: str) -> str:
    """Take the address out of its angle brackets."""
    _, bracket, rest = address.partition("<")
    return (rest.partition(">")[0] if bracket else address).strip()


class Directory:
    """Addresses of one domain, by its settings.

    Examples
    --------
    >>> directory = Directory(DomainSettings())
    >>> directory.endpoint("ann"), directory.agent("sip:ann@127.0.0.1:5070;ob")
    ('sip:ann@127.0.0.1', '')
    >>> directory.agent("<sip:ann@127.0.0.1>")
    'ann'
    """

    def __init__(self, settings: DomainSettings) -> None:
        endpoints = settings.endpoints
        self._template = endpoints.template
        self._endpoints = endpoints.agents
        self._any_host = endpoints.any_host
        self._treatments = settings.treatments
        self._agents = {self._key(address): agent for agent, address in endpoints.agents.items()}
        self.plan = Plan(endpoints.places())
        self._seats = {self._key(address): seat for seat, address in endpoints.seats.items()}
        self._devices: dict[str, tuple[str, str]] = {}
        for agent, own in endpoints.devices.items():
            for device in own.devices:
                self._devices[self._key(device.address)] = (agent, device.id)
        before, _, after = self._key(endpoints.template).partition(AGENT)
        self._reverse = re.compile(f"{re.escape(before)}(.+){re.escape(after)}")

    def endpoint(self, agent: str) -> str:
        """Give the address at which an agent is rung who has but one. O(1)."""
        return self._endpoints.get(agent) or self._template.replace(AGENT, agent)

    def agent(self, endpoint: str) -> str:
        """Tell whose address this is, "" when it is nobody's. O(length).

        An agent with an address of their own is not found by the template.
        """
        key = self._key(endpoint)
        known = self._agents.get(key)
        if known is not None:
            return known
        device = self._devices.get(key)
        if device is not None:
            return device[0]
        match = self._reverse.fullmatch(key)
        if match is None or match[1] in self._endpoints or match[1] in self.plan.places.devices:
            return ""
        return "" if key in self._seats else match[1]

    def seat(self, endpoint: str) -> str:
        """Tell which seat has this address, "" when none has. O(length)."""
        return self._seats.get(self._key(endpoint), "")

    def device(self, endpoint: str) -> str:
        """Tell which device of its agent has this address, "" for the only one. O(length)."""
        return self._devices.get(self._key(endpoint), ("", ""))[1]

    def target(self, kind: Literal["voicemail", "callback", "waiting"], queue: str) -> str:
        """Give the address for a treatment in a queue, "" for none."""
        own = self._treatments.queues.get(queue)
        of_all: str = getattr(self._treatments, kind)
        return (getattr(own, kind) or of_all) if own is not None else of_all

    def _key(self, address: str) -> str:
        return user_part(address) if self._any_host else normal(address)
