"""What a desk and its log look at in an engine: whose contacts and agents they are, and how a thing stands.

Owns the pictures; must not know who looks. Pictures hold ids, states and settings, never attributes or customers.
"""

from collections.abc import Collection
from typing import Any, Final

import msgspec
from msgspec import Struct

from routing.commands import Command, Configure, PutAgent, PutQueue, RemoveAgent, RemoveQueue, SetSkills
from routing.config import config_hash
from routing.engine import Engine
from routing.host.circles import serves
from routing.model import Agent, Queue

#: Fields that name what a command is about, the first one that is there; and what sort of thing that is.
_FIELDS: Final = (
    ("contact", "contact"),
    ("leg", "contact"),
    ("attempt", "attempt"),
    ("queue", "queue"),
    ("agent", "agent"),
    ("skill", "skill"),
    ("group", "group"),
)
_NOUNS: Final = (PutAgent, SetSkills, RemoveAgent)
_QUEUES: Final = (PutQueue, RemoveQueue)


class Floor:
    """What is known of contacts and agents of an engine, for `routing.center.supervision.permission`.

    Examples
    --------
    >>> from routing import Config
    >>> floor = Floor(Engine(Config(agents=(Agent("ann", groups=("north",)),), queues=(Queue("sales"),))))
    >>> floor.agent("ann"), floor.groups("ann"), floor.contact("call-1")
    ({'sales'}, ('north',), None)
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def contact(self, contact: str) -> tuple[Collection[str], str] | None:
        """Give the queues of a living contact, and the agent who has it or whom it rings ("": nobody)."""
        view = self._engine.contacts.get(contact)
        if view is None:
            return None
        queues = {visit.queue for visit in view.visits} or {segment.queue for segment in view.segments}
        return queues, view.segments[0].agent if view.segments else ""

    def agent(self, agent: str) -> Collection[str] | None:
        """Give the queues that an agent serves; None for one that is not known. O(agents + queues)."""
        config = self._engine.config
        for found in config.agents:
            if found.id == agent:
                return {queue.id for queue in config.queues if serves(found, queue)}
        return None

    def groups(self, agent: str) -> Collection[str]:
        """Give the groups of an agent; none for one that is not known. O(agents)."""
        found = agent_of(self._engine, agent)
        return found.groups if found is not None else ()


def agent_of(engine: Engine, agent: str) -> Agent | None:
    """Give an agent as configured."""
    return next((found for found in engine.config.agents if found.id == agent), None)


def queue_of(engine: Engine, queue: str) -> Queue | None:
    """Give a queue as configured."""
    return next((found for found in engine.config.queues if found.id == queue), None)


def about(command: Struct) -> tuple[str, str]:
    """Say what a command or an operation is about: what sort of thing, and which.

    >>> from routing import CloseQueue, LogOut
    >>> about(CloseQueue("sales")), about(LogOut("ann")), about(PutQueue(Queue("tech")))
    (('queue', 'sales'), ('agent', 'ann'), ('queue', 'tech'))
    """
    for field, on in _FIELDS:
        noun = getattr(command, field, "")
        subject = noun if isinstance(noun, str) else str(getattr(noun, "id", ""))
        if subject:
            return on, subject
    return "centre", ""


def picture(engine: Engine, command: Command, on: str, subject: str) -> dict[str, Any] | None:
    """Show how a thing stands, as plain data that encodes to JSON; None for what is not there."""
    match on:
        case "contact":
            return _contact(engine, subject)
        case "agent":
            return _agent(engine, subject, whole=isinstance(command, _NOUNS))
        case "queue":
            return _queue(engine, subject, whole=isinstance(command, _QUEUES))
        case "skill":
            return {} if subject in engine.config.skills else None
        case "group":
            return {} if subject in engine.config.groups else None
        case "centre" if isinstance(command, Configure):
            return {"configuration": f"{config_hash(engine.config):016x}"}
        case _:
            return None


def _contact(engine: Engine, contact: str) -> dict[str, Any] | None:
    view = engine.contacts.get(contact)
    if view is None:
        return None
    shown: dict[str, Any] = {"state": view.state}
    if view.visits:
        shown["queues"] = [visit.queue for visit in view.visits]
    if view.segments:
        shown["agents"] = [segment.agent for segment in view.segments]
    if view.priority:
        shown["priority"] = view.priority
    if view.expedited:
        shown["expedited"] = True
    if view.credit_ns:
        shown["credit_ns"] = view.credit_ns
    if view.due_ns:
        shown["due_ns"] = view.due_ns
    if view.parent:
        shown["parent"] = view.parent
    if view.legs:
        shown["legs"] = list(view.legs)
    if view.joined:
        shown["joined"] = True
    return shown


def _agent(engine: Engine, agent: str, *, whole: bool) -> dict[str, Any] | None:
    view = engine.agents.get(agent)
    if view is None:
        return None
    if not view.logged_in:
        shown: dict[str, Any] = {"state": "logged_out"}
    else:
        shown = {"state": "ready" if view.ready else "not_ready"}
        if view.reason:
            shown["reason"] = view.reason
        if view.leaving:
            shown["leaving"] = True
        if view.segments:
            shown["contacts"] = [segment.contact for segment in view.segments]
    if whole and (noun := agent_of(engine, agent)) is not None:
        shown["settings"] = msgspec.to_builtins(noun)
    return shown


def _queue(engine: Engine, queue: str, *, whole: bool) -> dict[str, Any] | None:
    view = engine.queues.get(queue)
    if view is None:
        return None
    shown: dict[str, Any] = {"open": view.open, "waiting": view.waiting}
    if whole and (noun := queue_of(engine, queue)) is not None:
        shown["settings"] = msgspec.to_builtins(noun)
    return shown
