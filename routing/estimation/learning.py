"""What came true: all that the waits of the past have taught, of each queue and of the whole centre.

Owns what is learned; must not know who waits now, nor how an estimate is made.
"""

from routing.estimation.hazard import growth_of
from routing.estimation.line import Said
from routing.estimation.mixing import Equations, scale_of, solve
from routing.estimation.saved import Learned, State
from routing.estimation.shapes import PREDICTORS, Settings

_SIZE = len(PREDICTORS)
_START = [1.0 if name == "qlm" else 0.0 for name in PREDICTORS]
_SOLVE_EVERY = 32


def nothing_learned(settings: Settings) -> Learned:
    """Begin.

    >>> dict(zip(PREDICTORS, nothing_learned(Settings()).weights))["qlm"]
    1.0
    """
    learned = Learned(Equations(_SIZE), list(_START))
    learned.patience.growth = growth_of(settings.memory)
    return learned


class Learning:
    """Learns into a state.

    Parameters
    ----------
    state : State
        What is learned, and the settings that say how fast.
    """

    def __init__(self, state: State) -> None:
        self._settings = state.settings
        self._keep = 1.0 - 1.0 / state.settings.memory
        self._queues = state.queues
        self.centre = state.centre

    def of(self, queue: str) -> Learned:
        """What is known of the queue, to learn more. O(1)."""
        found = self._queues.get(queue)
        if found is None:
            found = self._queues[queue] = self._new()
        return found

    def known(self, queue: str) -> Learned:
        """What is known of the queue, to read; of one without a past, what the centre knows. O(1)."""
        return self._queues.get(queue) or self._new()

    def _new(self) -> Learned:
        centre = self.centre
        found = nothing_learned(self._settings)
        found.weights = list(centre.weights)
        found.spread.p50, found.spread.p90 = list(centre.spread.p50), list(centre.spread.p90)
        return found

    def left(self, queue: str, wait_ns: int, *, ended: bool) -> None:
        """Somebody waits no longer, and has (not) lost patience. O(1) amortised."""
        self.of(queue).patience.add(wait_ns, ended=ended)
        self.centre.patience.add(wait_ns, ended=ended)

    def answered(self, queue: str, wait_ns: int) -> None:
        """A contact was answered, after a wait or at once. O(1)."""
        last = self._settings.last
        self.of(queue).history.answered(wait_ns, last)
        self.centre.history.answered(wait_ns, last)

    def came(self, said: Said, wait_ns: int) -> None:
        """Hold what was said of a wait against what came. O(predictors^2)."""
        centre, learned = self.centre, self.of(said.queue)
        wait = float(wait_ns)
        scale = scale_of(said.mean, said.unit)
        row = [value / scale for value in said.by]
        learned.equations.add(row, wait / scale, self._keep)
        centre.equations.add(row, wait / scale, self._keep)
        shrink = float(self._settings.shrink)
        if round(centre.equations.count) % _SOLVE_EVERY == 0:
            centre.weights = solve(centre.equations, centre.equations, 0.0, centre.weights)
        count = learned.tally.total.count
        if count % _SOLVE_EVERY == 0 or count in (4, 8, 16):
            learned.weights = solve(learned.equations, centre.equations, shrink, learned.weights)
        learned.spread.add(said.bin, wait, said.mean)
        centre.spread.add(said.bin, wait, said.mean)
        scores = [*said.by, said.mean]
        learned.tally.add(scores, said.p50, said.p90, wait)
        centre.tally.add(scores, said.p50, said.p90, wait)
