"""Asking a directory before a contact enters: whose customer it is, and which agent is theirs.

This is done by whoever takes a call in, outside of the host's lock, and takes no longer than the settings say: a CRM
that is slow or away delays no other call, and this one only so long. What is added is traced, as in the host's turn
(``traces``): a contact that is sent again is known again, also when the directory answers otherwise by then, where the
host has the wing of continuity.

Owns what an answer adds; must not know any directory (`routing.customers` has some), nor hosts.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from routing.center.continuity import traces
from routing.center.continuity.settings import Owners
from routing.center.continuity.traces import ATTRIBUTES, CUSTOMER, DOOR, OWNER
from routing.commands import EnqueueContact
from routing.model import Limits

_LIMITS = Limits()


class Answered(Protocol):
    """What is read of an answer; `routing.customers.Answer` is one."""

    @property
    def state(self) -> str:
        """``found``, or another word."""
        ...

    @property
    def customer(self) -> str:
        """An opaque reference."""
        ...

    @property
    def routing(self) -> Mapping[str, str]:
        """What may stand in commands."""
        ...


class Directory(Protocol):
    """Who somebody is, told in time; a `routing.customers.CustomerDirectory` is one."""

    def look_up(self, kind: str, value: str, *, within_ns: int) -> Answered:
        """Tell who has a number, an address or an id, within a time."""
        ...


class Owning:
    """Completes contacts by what a directory says of the customer.

    Parameters
    ----------
    directory : Directory
        It keeps its time limit, and raises nothing.
    settings : Owners
        What is added.
    limits : Limits, optional
        Of the centre; what they would refuse is not added.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> class Crm:
    ...     def look_up(self, kind, value, *, within_ns):
    ...         known = {"account_owner": "ann", "segment": "gold"}
    ...         return SimpleNamespace(state="found", customer="c7", routing=known)
    >>> door = Owning(Crm(), Owners(attributes=("segment",)))
    >>> made = door.complete(EnqueueContact("call-1", ("sales",)), "number", "+442079460018")
    >>> made.customer, made.preferred[0].agent, made.prefer_ns, made.attributes["segment"]
    ('c7', 'ann', 20000000000, 'gold')
    """

    def __init__(self, directory: Directory, settings: Owners, limits: Limits = _LIMITS) -> None:
        self._directory = directory
        self._settings = settings
        self._limits = limits

    def complete(self, command: EnqueueContact, kind: str, value: str) -> EnqueueContact:
        """Ask, and add what is answered in time; the command as it is if nothing is.

        Parameters
        ----------
        command : EnqueueContact
            As it was sent.
        kind, value : str
            Whom to look up, such as ``"number"`` and the caller's; neither goes into the command.
        """
        answer = self._directory.look_up(kind, value, within_ns=self._settings.within_ns)
        return owned(command, answer, self._settings, self._limits)


def owned(
    command: EnqueueContact, answer: Answered, settings: Owners, limits: Limits = _LIMITS
) -> EnqueueContact:
    """Add what an answer says; what was sent is left as it is. O(settings).

    Parameters
    ----------
    command : EnqueueContact
        As it was sent.
    answer : Answered
        Of a directory. Only one that says ``found`` adds anything.
    settings : Owners
        What is added.
    limits : Limits, optional
        What they would refuse is not added: then nothing is.
    """
    command = traces.without(command, DOOR)
    if answer.state != "found":
        return command
    told: dict[str, str] = {}
    changes: dict[str, Any] = {}
    has = command.attributes or {}
    if answer.customer and not command.customer:
        told[CUSTOMER] = answer.customer
        changes["customer"] = answer.customer
    more = {
        name: value for name in settings.attributes if name not in has and (value := answer.routing.get(name))
    }
    if more:
        told[ATTRIBUTES] = ",".join(more)
        told |= more
    agent = next((found for name in settings.agents if (found := answer.routing.get(name))), "")
    if agent and not (command.preferred or command.prefer_ns):
        told[OWNER] = agent
        changes["preferred"] = traces.preference(agent, settings.score, settings.direct)
        changes["prefer_ns"] = settings.prefer_ns
    return (traces.added(command, limits, told, **changes) if told else None) or command
