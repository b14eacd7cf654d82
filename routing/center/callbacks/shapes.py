"""What is known of a call-back: the promise as a record of facts, its attempts, and the rows for a database.

Everything here follows from the journal alone, whatever the settings say: what settings decide (when next, when it is
over) is computed from it (``steps``), and journaled as a command when it is done.

Owns these shapes; must not know how facts come about (``fold``).
"""

from typing import Literal

from msgspec import Struct

Kind = Literal["kept", "booked"]
#: ``""``: still to be made. ``served``: they talked; ``dropped``: the customer answered, and got nobody; ``unreached``:
#: attempts used up, or no such number; ``merged``: the customer called, or it is one with another.
Outcome = Literal["", "served", "dropped", "unreached", "expired", "merged", "cancelled", "not_confirmed"]
OUTCOMES: tuple[Outcome, ...] = (
    "served",
    "dropped",
    "unreached",
    "expired",
    "merged",
    "cancelled",
    "not_confirmed",
)


class Attempt(Struct, frozen=True, array_like=True):
    """One dial of a call-back. ``ended_ns`` 0: it goes on; ``agent``: on whose behalf, "": the customer came first."""

    attempt: str
    call_back: str
    contact: str
    agent: str
    requested_ns: int
    ended_ns: int = 0
    outcome: str = ""


class Promise(Struct, array_like=True):
    """One call-back. Instants in ns since 1970; 0: not (yet). References are opaque.

    Attributes
    ----------
    call_back : str
        Its id.
    kind : {"kept", "booked"}
        With the place in the queue kept, or for a window.
    queue, queues : str, tuple of str
        Where it counts, and where its contacts are enqueued.
    customer, number, agent, timezone : str
        Who, at which number, by whom ("": anybody), and where the customer's clock is.
    from_ns, to_ns : int
        The window: from when, until when (not included).
    asked_ns, origin : int, str
        When it was promised, on which contact ("": none).
    place_ns : int
        When its age began, less its credit: its place where age decides. -1: none yet.
    contact, taken_by : str
        Its living contact, and who has that in hand.
    attempt : str
        Its dial that goes on.
    dials, tries, contacts : int
        Dials; those that reached nobody; contacts made for it.
    last_ns, last_outcome : int, str
        When the last dial ended, and how.
    spent : bool
        The dial for the living contact reached nobody.
    given_up_ns : int
        When its contact ended unserved, or could not be enqueued.
    caller, caller_same, caller_taken : str, bool, bool
        A living contact by which the customer called meanwhile; is it for this queue; is it answered?
    outcome, ended_ns, into : str, int, str
        How it ended; merged: into which contact or call-back.
    heir : str
        The contact that gets its place.
    facts : int
        How many facts are known: names a wish, so that the same wish has the same name.
    """

    call_back: str
    kind: Kind
    queue: str
    queues: tuple[str, ...]
    customer: str = ""
    number: str = ""
    agent: str = ""
    timezone: str = ""
    from_ns: int = 0
    to_ns: int = 0
    confirmed: bool = False
    priority: int = 0
    asked_ns: int = 0
    origin: str = ""
    place_ns: int = -1
    contact: str = ""
    taken_by: str = ""
    attempt: str = ""
    dials: int = 0
    tries: int = 0
    contacts: int = 0
    last_ns: int = 0
    last_outcome: str = ""
    spent: bool = False
    given_up_ns: int = 0
    reached_ns: int = 0
    served_ns: int = 0
    caller: str = ""
    caller_same: bool = False
    caller_taken: bool = False
    outcome: Outcome = ""
    ended_ns: int = 0
    into: str = ""
    heir: str = ""
    facts: int = 0

    @property
    def open(self) -> bool:
        """Is it still to be made?"""
        return not self.outcome

    @property
    def under_way(self) -> bool:
        """Is somebody dialled, or does an agent have it in hand?"""
        return bool(self.attempt or self.taken_by or self.reached_ns)


class Rows(Struct, frozen=True):
    """What is to be written, by key, so that again is harmless: call-backs as they are, and attempts."""

    call_backs: tuple[Promise, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    def __len__(self) -> int:
        return len(self.call_backs) + len(self.attempts)
