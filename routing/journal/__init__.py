"""Journals: what was commanded, when, and what it led to.

``text`` is the form to read for ever: a JSON value a line, the same on every machine. ``protocol`` is what a host asks
of a journal that it writes to while it runs, ``memory`` one that does not last, ``sqlite`` one that does.

Within: ``text`` < ``protocol`` < ``memory`` < ``sqlite`` (import that one by its own name; it says what it is made of).

Owns the forms in which commands lie; must not know what commands do (``replay`` does them).
"""

from routing.journal.memory import MemoryJournal
from routing.journal.protocol import Batch, Durability, Journal, Opening, SavedSnapshot
from routing.journal.text import FORMAT, Checkpoint, Envelope, Header, Writer, header, read, read_batch, write

__all__ = [
    "FORMAT",
    "Batch",
    "Checkpoint",
    "Durability",
    "Envelope",
    "Header",
    "Journal",
    "MemoryJournal",
    "Opening",
    "SavedSnapshot",
    "Writer",
    "header",
    "read",
    "read_batch",
    "write",
]
