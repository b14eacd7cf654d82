"""Rows that wait to be written elsewhere: kept until somebody confirms them, and numbered so that none is lost between.

Owns what is kept and dropped; must not know what rows say or who writes them.
"""

from routing.compliance.calls import Abandonment, Taken, WindowRow

Row = Abandonment | WindowRow


class Pending:
    """Rows in the order in which they came.

    Parameters
    ----------
    most : int
        So many are kept for certain; before twice as many are, the oldest are dropped and counted.

    Attributes
    ----------
    rows : list
        What waits.
    dropped : int
        Rows that were ever confirmed or dropped; numbers what is confirmed.
    lost : int
        Rows that were dropped because nobody confirmed them in time.

    Examples
    --------
    >>> pending = Pending(2)
    >>> for day in range(3):
    ...     pending.note(WindowRow("spring", "us", day, day + 1, 9, 0, 0, 0, 0, 0))
    >>> number, taken = pending.take()
    >>> pending.note(WindowRow("spring", "us", 3, 4, 9, 0, 0, 0, 0, 0))
    >>> pending.confirm(number)
    >>> [row.start_ns for row in pending.rows], pending.lost
    ([3], 2)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.rows: list[Row] = []
        self.dropped = 0
        self.lost = 0

    def __len__(self) -> int:
        return len(self.rows)

    def note(self, row: Row) -> None:
        """Keep a row. O(1) on average."""
        self.rows.append(row)
        if len(self.rows) >= 2 * self.most:  # dropped by many at once
            self.lost += len(self.rows) - self.most
            self._drop(len(self.rows) - self.most)

    def take(self) -> tuple[int, Taken]:
        """Give what waits, and a number to confirm it by. O(rows)."""
        taken = Taken([], [])
        for row in self.rows:
            if isinstance(row, Abandonment):
                taken.abandonments.append(row)
            else:
                taken.windows.append(row)
        return self.dropped + len(self.rows), taken

    def confirm(self, number: int) -> None:
        """Forget what waited when `take` gave this number. Confirming twice does nothing. O(rows)."""
        self._drop(number - self.dropped)

    def _drop(self, count: int) -> None:
        count = max(min(count, len(self.rows)), 0)
        del self.rows[:count]
        self.dropped += count
