"""What is told of customers: who they are, what went before, and who looked. Personal values are masked in ``repr``.

Owns these structs; must not know where they come from.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from routing.customers.identities import Identity
from routing.customers.masking import HIDDEN, masked, masked_attributes

#: ``merged``: they turned out to be somebody else, whose reference is given instead.
State = Literal["known", "unknown", "erased", "merged"]
#: How the numbers of a customer are shown to an agent.
Shown = Literal["full", "masked", "hidden"]


class _Masked(Struct, frozen=True, kw_only=True):
    """A struct whose personal fields are masked in ``repr`` and in pretty printing."""

    def _fields(self) -> list[tuple[str, Any]]:
        fields: list[tuple[str, Any]] = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value and name in ("name", "text"):
                value = HIDDEN
            elif name == "attributes":
                value = masked_attributes(value)
            elif name == "numbers":
                value = tuple(masked("number", one) for one in value)
            fields.append((name, value))
        return fields

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._fields())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return self._fields()


class Identified(NamedTuple):
    """Whom somebody turned out to be; ``new``: nobody before, the record was made just now."""

    customer: str
    new: bool


class Customer(_Masked, frozen=True, kw_only=True):
    """One customer, in clear; the ``repr`` is masked.

    >>> Customer(customer="c1", created_ns=5, identities=(Identity("number", "+442079460018"),),
    ...     attributes={"name": "Ann"})
    Customer(customer='c1', created_ns=5, seen_ns=0, identities=(Identity('number', '+44********18'),), \
attributes={'name': '***'}, also=())
    """

    customer: str
    created_ns: int
    seen_ns: int = 0  # when they were last identified, to the hour
    identities: tuple[Identity, ...] = ()
    attributes: dict[str, str] = {}
    also: tuple[str, ...] = ()  # references that turned out to be this customer


class Earlier(Struct, frozen=True, kw_only=True):
    """A contact that is over."""

    contact: str
    channel: str
    queue: str
    agent: str  # the last who had it in hand; "": nobody
    arrived_ns: int
    answered_ns: int  # 0: never
    ended_ns: int
    outcome: str
    subject: str = ""


class Conversation(Struct, frozen=True, kw_only=True):
    """Contacts of one customer that follow each other within a window, on whatever channels.

    ``conversation`` is the id of its first contact, and so stays the same as it goes on.
    """

    conversation: str
    started_ns: int
    ended_ns: int
    channels: tuple[str, ...]  # in the order of first use
    contacts: tuple[Earlier, ...]  # oldest first


class CallBack(NamedTuple):
    """A call that was promised."""

    due_ns: int
    agent: str  # who shall make it; "": anybody
    reference: str


class Note(_Masked, frozen=True, kw_only=True):
    """What somebody wrote."""

    note: str
    customer: str
    contact: str
    agent: str
    at_ns: int
    text: str


class Context(_Masked, frozen=True, kw_only=True):
    """What an agent is shown with an offer; the ``repr`` is masked.

    ``numbers`` are as configured: full, masked or none. ``attributes`` are those that agents are shown.
    """

    customer: str
    state: State
    name: str = ""
    numbers: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    created_ns: int = 0
    contacts: int = 0  # earlier ones, in all
    earlier: tuple[Earlier, ...] = ()  # the newest of them, newest first
    conversation: Conversation | None = None  # that a contact now goes on with
    last_agent: str = ""
    call_backs: tuple[CallBack, ...] = ()  # open ones, soonest first
    notes: tuple[str, ...] = ()  # references, newest first


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Who did what with whose data."""

    at_ns: int
    who: str
    action: str
    customer: str
    details: str = ""


class Erased(Struct, frozen=True, kw_only=True):
    """What became of an erasure.

    ``scrubbed``: nothing is left in the files of the database: only when they were written anew (``whole``), and nobody
    was reading; see `Customers.scrub`.
    """

    customer: str
    already: bool  # it had been erased before
    contacts: int  # in the history, that do not name the reference any more
    elsewhere: Mapping[str, int]  # by holder: records that were erased there
    scrubbed: bool


class Purged(Struct, frozen=True, kw_only=True):
    """What a purge erased, or would."""

    customers: tuple[str, ...]
    kept: tuple[str, ...]  # as old, but somebody is to call them back
    dry_run: bool
    scrubbed: bool = False
