"""What is wished for: contacts that are to be decided about, surveys that are to be proposed, defaults.

Owns these, by contact and by the instant at which they come due; must not know what is decided or said.
"""

from collections.abc import Iterator

from msgspec import Struct
from sortedcontainers import SortedList

from routing.center.outcomes.known import Known


class Wish(Struct, array_like=True):
    """A contact that has ended, to be decided about; -1: once it is known how it came out."""

    due_ns: int
    survey: str = ""  # to be proposed, until ``due_ns``


class Wishes:
    """Wishes about contacts.

    Parameters
    ----------
    by_id : dict of str to Known
        The contacts, as they are known at any time.
    """

    def __init__(self, by_id: dict[str, Known]) -> None:
        self._by_id = by_id
        self.of: dict[str, Wish] = {}
        self.ready: dict[str, None] = {}  # contacts whose survey is to be proposed
        self.defaults: SortedList = SortedList()  # (due, contact, segment)
        self._default_due: dict[tuple[str, int], int] = {}
        self._order: SortedList = SortedList()  # (due, contact) of wishes that have one

    # Contacts to be decided about

    def first(self, until_ns: int) -> tuple[int, str] | None:
        """Give the instant and contact that come due first, if they do so by an instant."""
        if self._order and self._order[0][0] <= until_ns:
            found: tuple[int, str] = self._order[0]
            return found
        return None

    def after(self, now_ns: int) -> int | None:
        """Tell when the next comes due after an instant."""
        place = self._order.bisect_left((now_ns + 1, ""))
        found: int | None = self._order[place][0] if place < len(self._order) else None
        return found

    def wish(self, contact: str, wish: Wish) -> None:
        """Wish for something about a contact, instead of what was wished before."""
        self.drop(contact)
        self.of[contact] = wish
        if wish.due_ns >= 0:
            self._order.add((wish.due_ns, contact))
        if wish.survey:
            self.ready[contact] = None

    def drop(self, contact: str) -> None:
        """Wish for nothing about a contact."""
        wish = self.of.pop(contact, None)
        if wish is not None and wish.due_ns >= 0:
            self._order.remove((wish.due_ns, contact))
        self.ready.pop(contact, None)

    def wake(self, known: Known, at_ns: int) -> None:
        """Decide about a contact that waited to be disposed of."""
        wish = self.of.get(known.contact)
        if wish is not None and wish.due_ns < 0 and not self.is_open(known):
            self.wish(known.contact, Wish(at_ns))

    def is_open(self, known: Known) -> bool:
        """Whether it is still to be said how a contact came out."""
        return any(
            not part.said and (part.wrapping or (known.contact, place) in self._default_due)
            for place, part in enumerate(known.parts)
        )

    def candidates(self, now_ns: int) -> list[str]:
        """Name the contacts that are perhaps to be asked about now, those that ended first before the others."""
        found = set(self.ready)
        for due_ns, contact in self._order:
            if due_ns > now_ns:
                break
            found.add(contact)
        contacts = self._by_id
        return sorted(
            (one for one in found if not self.is_open(contacts[one])),
            key=lambda one: (contacts[one].ended_ns, one),
        )

    # Defaults

    def default(self, known: Known, place: int, due_ns: int | None) -> None:
        """Wish for a default at an instant; None: not any more."""
        key = (known.contact, place)
        before = self._default_due.pop(key, None)
        if before is not None:
            self.defaults.remove((before, *key))
        if due_ns is not None:
            self._default_due[key] = due_ns
            self.defaults.add((due_ns, *key))

    def spoken(self, known: Known) -> None:
        """Nothing stands by default for a segment of which something was said."""
        for place, part in enumerate(known.parts):
            if part.said:
                self.default(known, place, None)

    def default_ns(self, contact: str, place: int) -> int | None:
        """Tell when the default of a segment is due; None: there is none."""
        return self._default_due.get((contact, place))

    def due_defaults(self, now_ns: int) -> Iterator[tuple[int, str, int]]:
        """Give instant, contact and segment of defaults in order, up to the first that is not due yet."""
        for found in self.defaults:
            yield found
            if found[0] > now_ns:
                return
