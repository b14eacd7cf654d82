"""What is told of recordings: segments with who took part and what was left out, and refusals that came later.

A *segment* is one stretch of media that a media server records in one go. No audio and nothing that was said is here:
ids, instants, codes and opaque references.

Owns the shape of these rows; must not know how they come about, nor where they are kept.
"""

from typing import Literal

from msgspec import Struct

#: What a customer said about being recorded; ``announced``: was told, and stayed. "": nothing.
Answer = Literal["", "announced", "asked", "given", "refused"]


class Part(Struct, frozen=True, array_like=True):
    """An agent took part between two instants."""

    agent: str
    from_ns: int
    to_ns: int


class Pause(Struct, frozen=True, array_like=True):
    """Nothing was recorded between two instants; ``reason``: held, or what was said by whoever asked."""

    from_ns: int
    to_ns: int
    reason: str


class Segment(Struct, frozen=True, kw_only=True, tag=True):
    """A segment that is over.

    Parameters
    ----------
    segment : str
        Its id, which says nothing; unique in a tenant, and fit for the name of a file.
    contact : str
        What was recorded; of a leg, the leg.
    arrived_ns : int
        When that contact came into being: ids of contacts are used again.
    parent : str
        The contact of which it is a leg, or "".
    customer : str
        Opaque reference, or "".
    queue, channel, direction : str
        Where it was answered, over what, which way.
    rule : str
        The rule of the policy by which it was recorded; "": none, somebody recorded all the same.
    started_ns, ended_ns : int
        From the instruction to start to that to stop, or to the end of the contact.
    started_by : str
        Reason: policy, announcement, demand, or a front-end's own.
    ended_by : str
        Reason: ended (the contact), left (the agent's hands), joined, refused, asked, no_consent, no_rule, not_chosen,
        replaced, or a front-end's own.
    consent : str
        What the customer last said (`Answer`), at ``consent_ns`` (0: never).
    keep_until_ns : int
        From then on it may be purged.
    delete_on_refusal : bool
        A refusal that comes later is cause to purge it at once.
    legal_hold : bool
        The rule puts it under legal hold from the beginning.
    parts : tuple of Part
        Agents, in the order in which they came.
    pauses : tuple of Pause
        What is not in the recording, in order.
    """

    segment: str
    contact: str
    arrived_ns: int
    parent: str = ""
    customer: str = ""
    queue: str = ""
    channel: str = ""
    direction: str = ""
    rule: str = ""
    started_ns: int
    ended_ns: int
    started_by: str = ""
    ended_by: str = ""
    consent: Answer = ""
    consent_ns: int = 0
    keep_until_ns: int
    delete_on_refusal: bool = False
    legal_hold: bool = False
    parts: tuple[Part, ...] = ()
    pauses: tuple[Pause, ...] = ()


class Refusal(Struct, frozen=True, tag=True):
    """A customer refused to have been recorded; it holds for segments that are over already.

    ``arrived_ns`` -1: of the newest contact of this id.
    """

    contact: str
    arrived_ns: int
    at_ns: int


#: What goes to a database, in the order in which it was made.
Row = Segment | Refusal


class Live(Struct, frozen=True):
    """A segment that is being recorded now; ``paused_ns`` -1: not paused, else since when."""

    segment: str
    contact: str
    rule: str
    started_ns: int
    paused_ns: int


class Hold(Struct, frozen=True, kw_only=True):
    """A legal hold: while it is in force, a segment is never purged, whatever else asks for it."""

    matter: str
    at_ns: int
    who: str
    why: str


class Media(Struct, frozen=True, kw_only=True):
    """Where a media server keeps a segment, and the SHA-256 of it, as it reported."""

    location: str
    sha256: str
    size: int
    at_ns: int


class Recorded(Struct, frozen=True, kw_only=True):
    """A segment as the database has it.

    ``asked_ns``: when the deletion of its media was asked for (0: it was not). ``erased``: its customer was.
    """

    segment: Segment
    media: Media | None = None
    holds: tuple[Hold, ...] = ()
    erased: bool = False
    asked_ns: int = 0


class Due(Struct, frozen=True, kw_only=True):
    """Media to be deleted. ``location`` "": none was reported; ``why``: retention, refused or erased."""

    segment: str
    location: str
    why: str
    keep_until_ns: int


class Purge(Struct, frozen=True, kw_only=True):
    """What is to be deleted: all that was ever asked for and is not confirmed yet, and (dry) would be asked for now.

    ``held``: how many more are as old, and under legal hold. ``more``: there are others, beyond the limit.
    """

    due: tuple[Due, ...]
    held: int
    more: bool
    dry_run: bool


class Confirmed(Struct, frozen=True, kw_only=True):
    """What became of a confirmation: whose metadata are gone, now or before, and whose are not.

    ``held``: under legal hold by now. ``unasked``: their deletion was never asked for, or nothing is known of them.
    """

    deleted: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


class Forgotten(Struct, frozen=True, kw_only=True):
    """What became of an erasure: segments that are to be purged, and those that stay for now, under legal hold."""

    marked: int
    held: tuple[str, ...]


class Entry(Struct, frozen=True, kw_only=True):
    """Who did what with which segment ("": with several, or none)."""

    at_ns: int
    who: str
    action: str
    segment: str
    details: str = ""
