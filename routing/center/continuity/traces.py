"""Traces: what was added to a contact before it entered, written into its attributes, so that it can be taken away.

Each addition leaves an attribute that says what was added, and to what. So a command says by itself what was sent, and
whoever looks at a contact sees why it stands where it does.

Owns these attributes; must not know why anything is added.
"""

from typing import Any, Final

from msgspec.structs import replace

from routing.commands import EnqueueContact
from routing.model import Limits, Preference

#: Added in the host's turn: the conversation it goes on with; "OLD SENT KEPT" (which contact's place, the credit as it
#: was sent, the age that is given back, ns); the contact whose agent is preferred; the one whose deadline it has.
CONVERSATION: Final = "continuity.conversation"
PLACE: Final = "continuity.place"
AGENT: Final = "continuity.agent"
DUE: Final = "continuity.due"
#: Added at the door, from a directory's answer: the customer; the agent; names of attributes, with commas.
CUSTOMER: Final = "directory.customer"
OWNER: Final = "directory.owner"
ATTRIBUTES: Final = "directory.attributes"

TURN: Final = frozenset({CONVERSATION, PLACE, AGENT, DUE})
DOOR: Final = frozenset({CUSTOMER, OWNER, ATTRIBUTES})


def without(command: EnqueueContact, names: frozenset[str]) -> EnqueueContact:
    """Take away what these traces say was added, and them. O(attributes).

    Examples
    --------
    >>> added = EnqueueContact("b", ("sales",), credit_ns=90, attributes={"vip": "1", PLACE: "a 30 60"})
    >>> without(added, TURN)
    EnqueueContact(contact='b', queues=('sales',), channel='voice', priority=0, requirement='', steps=(), \
credit_ns=30, load=None, customer='', attributes={'vip': '1'}, due_ns=0, preferred=(), prefer_ns=0, front_end='', \
parent='', direction='inbound')
    """
    attributes = command.attributes
    if not attributes:
        return command if attributes is None else replace(command, attributes=None)
    if names.isdisjoint(attributes):
        return command
    left = {name: value for name, value in attributes.items() if name not in names}
    changes: dict[str, Any] = {}
    for name in names & attributes.keys():
        if name == PLACE and (found := place_of(command)) is not None:
            changes["credit_ns"] = found[1]
        elif name in (AGENT, OWNER):
            changes |= {"preferred": (), "prefer_ns": 0}
        elif name == DUE:
            changes["due_ns"] = 0
        elif name == CUSTOMER:
            changes["customer"] = ""
        elif name == ATTRIBUTES:
            for one in attributes[name].split(","):
                left.pop(one, None)
    return replace(command, attributes=left or None, **changes)


def place_of(command: EnqueueContact) -> tuple[str, int, int] | None:
    """Give the contact whose place it has, the credit as it was sent, and the age that was given back.

    >>> place_of(EnqueueContact("b", ("sales",), attributes={PLACE: "a 30 60"}))
    ('a', 30, 60)
    """
    words = (command.attributes or {}).get(PLACE, "").rsplit(" ", 2)
    if len(words) != 3 or not all(word.isascii() and word.isdigit() and len(word) < 20 for word in words[1:]):
        return None
    return words[0], int(words[1]), int(words[2])


def added(
    command: EnqueueContact, limits: Limits, traces: dict[str, str], **changes: Any
) -> EnqueueContact | None:
    """Add, with the traces; None where there is no room for these. O(attributes).

    Parameters
    ----------
    command : EnqueueContact
        To what.
    limits : Limits
        Of the centre: what they refuse is not added.
    traces : dict of str to str
        Attributes that say what is added, and those that are.
    **changes
        The other fields.
    """
    attributes = {**(command.attributes or {}), **traces}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
    if len(attributes) > limits.attributes or size > limits.attribute_bytes:
        return None
    if len(changes.get("preferred", ())) > limits.preferred:
        return None
    return replace(command, attributes=attributes, **changes)


def preference(agent: str, score: int, direct: bool) -> tuple[Preference, ...]:
    """Make a preference of one agent."""
    return (Preference(agent, score, direct),)
