"""What the newer rules add to a random centre and to its commands.

Owns what the commands of a feature may look like; must not know the rest of a centre (``centres``).
"""

from collections.abc import Sequence
from typing import Any, Final

from newer_nouns import NewerNouns

from routing.commands import Command, LiveCall, PublishEstimate, Resume, SyncCalls, UpdateContact
from routing.model import Preference

FRONT_ENDS: Final = ("", "f0", "f1")


class Repertoire(NewerNouns):
    """Draws what the features that are on add."""

    def contact(self, agents: Sequence[str], now_most: int = 300) -> dict[str, Any]:
        """What EnqueueContact has beyond the rest."""
        fields: dict[str, Any] = {}
        if self.has("update", 40):
            fields |= {"due_ns": self.random.randint(1, now_most) if self.random.randrange(100) < 95 else -1}
        if self.has("preferences", 45):
            scores, most = (0, 1, 1, 5, 70), 2 if self.random.randrange(100) < 90 else 4
            names = [*self.some([*agents, *agents, "a9"], most), *self.some(agents, 1)]
            fields |= {
                "preferred": tuple(
                    Preference(name, self.one(scores), self.one((False, False, True))) for name in names
                ),
                "prefer_ns": self.one((0, 2, 7, 20)) if self.random.randrange(100) < 97 else -1,
            }
        if self.has("calls", 80):
            fields |= {"front_end": self.one(FRONT_ENDS) if self.random.randrange(100) < 98 else "f" * 129}
        return fields

    def sync(self, alive: Sequence[str], agents: Sequence[str]) -> SyncCalls:
        """Most of what is alive, now and then something else; some callers talk to somebody."""
        front_end = self.one(FRONT_ENDS) if self.random.randrange(100) < 97 else "f" * 129
        kept = [contact for contact in alive if self.random.randrange(100) < 85]
        self.random.shuffle(kept)
        if self.random.randrange(100) < 20:
            kept += self.one((["nobody"], ["", "c1"], kept[:1]))
        callers = ("", "", "nobody", *agents, *agents)
        return SyncCalls(front_end, tuple(LiveCall(contact, self.one(callers)) for contact in kept))

    def resume(self, now_ns: int) -> Resume:
        """Back at once, soon, or before it went."""
        if self.random.randrange(100) < 3:
            return Resume(self.one((-1, 2**62)))
        return Resume(self.one((0, now_ns, now_ns + 1, now_ns + self.random.randint(2, 25))))

    def command(self, contact: str, queue: str) -> Command:
        """An update or an estimate, whichever feature is on."""
        if self.has("update") and (not self.has("conditions") or self.random.randrange(100) < 70):
            return self.update(contact)
        return PublishEstimate(queue, self.one((None, 0, 4, 12)) if self.random.randrange(100) < 95 else -1)

    def update(self, contact: str) -> UpdateContact:
        attributes: tuple[dict[str, str] | None, ...] = (
            None,
            None,
            {},
            {"k": ""},
            {"k": "w"},
            {"l": "x"},
            {"k": "value"},
            {"m": "", "k": ""},
        )
        return UpdateContact(
            contact,
            self.one((None, None, 0, 1, 3)) if self.random.randrange(100) < 96 else 200,
            self.one((None, None, 0, 6)) if self.random.randrange(100) < 96 else -1,
            self.one((None, None, 0, 40, 90)) if self.random.randrange(100) < 96 else -1,
            self.one((None, None, None, True, False)),
            self.one(attributes),
        )
