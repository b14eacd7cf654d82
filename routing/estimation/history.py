"""What a queue's latest waits say of the next one: LES, last-n average, mean, the pace at which it moves.

- LES: the wait of the last contact that was answered (Ibrahim and Whitt 2009, see ``formulas``); it may be 0.
- last-n: the mean of the last n waits that were none at all left out.
- Avaya's rule, as its manuals describe it: the place in the queue times the *weighted advance time*, a moving
  average of the time in which the queue advances by one place while somebody waits.
- mean: a moving average of waits.

Owns these; must not know of other queues.
"""

from msgspec import Struct, field

_ADVANCE: float = 0.05  # weight of the latest advance
_MEAN: float = 0.01  # weight of the latest wait


class History(Struct):
    """The latest waits of a queue, ns."""

    les_ns: int = 0
    last: list[int] = field(default_factory=list)  # a ring of at most n
    place: int = 0
    last_sum_ns: int = 0
    advance_ns: float = 0.0
    moved_ns: int = -1  # when it last moved while somebody waited; -1: nobody waits
    mean_ns: float = 0.0
    waits: int = 0

    def answered(self, wait_ns: int, last: int) -> None:
        """Learn from a contact that was answered. O(1)."""
        self.les_ns = wait_ns
        if wait_ns <= 0:
            return
        self.waits += 1
        self.mean_ns += (wait_ns - self.mean_ns) * max(_MEAN, 1.0 / self.waits)
        self.last_sum_ns += wait_ns
        if len(self.last) < last:
            self.last.append(wait_ns)
        else:
            self.last_sum_ns -= self.last[self.place]
            self.last[self.place] = wait_ns
            self.place = (self.place + 1) % last

    def last_mean_ns(self) -> float:
        """Give the mean of the last n. O(1)."""
        return self.last_sum_ns / len(self.last) if self.last else self.mean_ns

    def moved(self, at_ns: int, waiting: int) -> None:
        """One contact fewer waits, so many still do. O(1)."""
        if self.moved_ns >= 0:
            took_ns = at_ns - self.moved_ns
            self.advance_ns += (took_ns - self.advance_ns) * (_ADVANCE if self.advance_ns else 1.0)
        self.moved_ns = at_ns if waiting else -1

    def emptied(self) -> None:
        """Nobody waits any more, though nobody's wait came to its end. O(1)."""
        self.moved_ns = -1

    def joined(self, at_ns: int) -> None:
        """One contact more waits. O(1)."""
        if self.moved_ns < 0:
            self.moved_ns = at_ns
