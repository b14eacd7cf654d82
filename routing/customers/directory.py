"""What routing asks who somebody is: a directory, embedded or a CRM, that answers in time or not at all.

Owns the protocols and the answer; must not know any directory.
"""

from concurrent.futures import Future
from typing import Any, Literal, Protocol

from msgspec import Struct

from routing.customers.masking import HIDDEN, masked_attributes

#: ``not_yet``: it is being asked, ask again; ``unavailable``: it cannot be asked now.
State = Literal["found", "absent", "not_yet", "unavailable"]


class Answer(Struct, frozen=True, kw_only=True):
    """Who somebody is; the ``repr`` is masked.

    ``customer`` and ``routing`` may stand in commands: an opaque reference, and attributes that identify nobody (a
    language, a segment). ``name`` and ``attributes`` are for the agent's screen only. ``stale``: the answer is older
    than it should be, and is given because there is no newer one in time.

    >>> Answer(state="found", customer="c1", name="Ann")
    Answer(state='found', customer='c1', routing={}, name='***', attributes={}, stale=False)
    """

    state: State
    customer: str = ""
    routing: dict[str, str] = {}
    name: str = ""
    attributes: dict[str, str] = {}
    stale: bool = False

    def _fields(self) -> list[tuple[str, Any]]:
        hidden: dict[str, Any] = {
            "name": HIDDEN if self.name else "",
            "attributes": masked_attributes(self.attributes),
        }
        return [(name, hidden.get(name, getattr(self, name))) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        return f"Answer({', '.join(f'{name}={value!r}' for name, value in self._fields())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return self._fields()


class CustomerDirectory(Protocol):
    """Who somebody is, told in time."""

    def look_up(self, kind: str, value: str, *, within_ns: int) -> Answer:
        """Tell who has a number, an address or an id.

        Parameters
        ----------
        kind : str
            ``number``, ``email``, ``chat`` or ``external``.
        value : str
            As it came.
        within_ns : int
            It returns within this time, whatever the directory does; 0: only what is known already.
        """
        ...


class Source(Protocol):
    """Where a directory asks; it may be slow, or fail."""

    def submit(self, kind: str, value: str) -> "Future[Answer]":
        """Begin to ask; at once, and without raising. The future fails if there is no answer."""
        ...

    def close(self) -> None:
        """Let go of connections and threads; what is being asked is given up."""
        ...
