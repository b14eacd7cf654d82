"""Look-ups that the server answers by itself, so that no media server needs to: queues, and who is calling.

A caller's number stays in the memory of this process. In the attributes of the call, and so in its logbook, stands
`CALLER` in its place; what leaves the server to whoever holds the line has the number again, and what goes to the
engine has neither.

Owns these answers and that exchange; must not know how a menu goes.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from msgspec.structs import replace

from routing.host import Host
from routing.menus import (
    Answered,
    AwaitAnswer,
    Failed,
    Outcome,
    QueueLookUps,
    ToCallBack,
    ToNumber,
    ToQueue,
    Wait,
)
from routing.menus.looking_up import OF_QUEUES

#: Stands for the caller's number in attributes. Like a secret's reference, it says nothing of it.
CALLER: Final = "caller:number"
#: How a customer may be looked for; the first that a look-up names counts.
KINDS: Final = ("number", "email", "chat", "external")


class Directory(Protocol):
    """Who somebody is, told in time; see `routing.customers.CustomerDirectory`."""

    def look_up(self, kind: str, value: str, *, within_ns: int) -> Any:
        """Tell who has a number, an address or an id."""
        ...


def can_answer(asked: AwaitAnswer, directory: Directory | None) -> bool:
    """Tell whether the server knows the answer to such a look-up, or whom to ask."""
    if asked.what in OF_QUEUES:
        return True
    return asked.what == "customer" and directory is not None and any(kind in asked.inputs for kind in KINDS)


def answer(
    asked: AwaitAnswer, host: Host, directory: Directory | None, caller: str, within_ns: int
) -> Answered | Failed:
    """Answer a look-up; `Failed` where that cannot be done in time.

    Of a customer, the answer has the reference and what routing may know, which identify nobody. Names stay away.
    """
    if asked.what in OF_QUEUES:
        return host.read(lambda engine: QueueLookUps(engine.queues).answer(asked))
    kind = next((kind for kind in KINDS if kind in asked.inputs), "")
    value = caller if asked.inputs.get(kind) == CALLER else asked.inputs.get(kind, "")
    if directory is None or not kind or not value:
        return Failed(asked.wait)
    found = directory.look_up(kind, value, within_ns=within_ns)
    if found.state == "found":
        return Answered("known", {**found.routing, "customer": found.customer}, asked.wait)
    return Answered("unknown", {}, asked.wait) if found.state == "absent" else Failed(asked.wait)


def shown(wait: Wait | None, caller: str) -> Wait | None:
    """Give a wait as the driver is told it: with the caller's number in place of its reference."""
    if isinstance(wait, AwaitAnswer) and CALLER in wait.inputs.values():
        return replace(wait, inputs=_told(wait.inputs, caller))
    return wait


def told(outcome: Outcome | None, caller: str) -> Outcome | None:
    """Give an outcome as the driver is told it.

    >>> told(ToCallBack("help", CALLER), "+49301234").number
    '+49301234'
    """
    match outcome:
        case ToCallBack(number=number, attributes=attributes):
            return replace(
                outcome, number=caller if number == CALLER else number, attributes=_told(attributes, caller)
            )
        case ToNumber(number=number):
            return replace(outcome, number=caller) if number == CALLER else outcome
        case ToQueue():
            return without_caller(outcome)
    return outcome


def without_caller(outcome: ToQueue) -> ToQueue:
    """Leave the caller's number out of what the engine is told, which must not know it."""
    if CALLER not in (outcome.customer, *outcome.attributes.values()):
        return outcome
    kept = {name: value for name, value in outcome.attributes.items() if value != CALLER}
    return replace(outcome, attributes=kept, customer="" if outcome.customer == CALLER else outcome.customer)


def _told(values: Mapping[str, str], caller: str) -> dict[str, str]:
    return {name: caller if value == CALLER else value for name, value in values.items()}
