"""What came true: all that the waits of the past have taught, of each queue and of the whole centre.

Owns what is learned; must not know who waits now, nor how an estimate is made.
"""

from copy import deepcopy
from operator import truediv

from routing.estimation.calibrating import Tally, tally_of
from routing.estimation.hazard import growth_of
from routing.estimation.line import Said
from routing.estimation.mixing import Equations, equations_of, ratio_of, scale_of, solve
from routing.estimation.saved import Learned, State
from routing.estimation.shapes import PREDICTORS, Calibration, Settings

_SIZE = len(PREDICTORS)
_START = [1.0 if name == "qlm" else 0.0 for name in PREDICTORS]
_SHARE = 0.25  # of the waits so far that is waited for before these are added up
_TOGETHER = 32  # waits that are added up at once, at most


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

    def left(self, learned: Learned, wait_ns: int, *, ended: bool) -> None:
        """Somebody waits in a queue no longer, and has (not) lost patience. O(1) amortised."""
        learned.patience.add(wait_ns, ended=ended)
        self.centre.patience.add(wait_ns, ended=ended)

    def answered(self, learned: Learned, wait_ns: int) -> None:
        """A contact of a queue was answered, after a wait or at once. O(1)."""
        last = self._settings.last
        learned.history.answered(wait_ns, last)
        self.centre.history.answered(wait_ns, last)

    def came(self, said: Said, wait_ns: int) -> None:
        """Hold what was said of a wait against what came. O(predictors^2) amortised.

        Quantiles learn at once. The rest is added up for many waits at a time.
        """
        learned, wait = self.of(said.queue), float(wait_ns)
        ratio = ratio_of(wait, said.mean)
        learned.spread.add(said.bin, ratio)
        self.centre.spread.add(said.bin, ratio)
        learned.pending.append((said, wait))
        if len(learned.pending) >= min(_TOGETHER, max(1.0, learned.tally.total.count * _SHARE)):
            self._add_up(learned)

    def _add_up(self, learned: Learned) -> None:
        """Learn from what is pending in a queue, there and in the centre."""
        centre = self.centre
        waits = [wait for _, wait in learned.pending]
        scales = [scale_of(said.mean, said.unit) for said, _ in learned.pending]
        columns = [list(map(truediv, column, scales)) for column in _columns(learned)]
        rows = equations_of(columns, list(map(truediv, waits, scales)), self._keep)
        tally = _scored(learned)
        learned.pending = []
        for one in (centre, learned):
            one.equations.add(rows, self._keep ** len(waits))
            one.tally.add(tally)
        if centre.tally.total.count - centre.solved >= min(_TOGETHER, centre.solved):
            centre.weights = solve(centre.equations, centre.equations, 0.0, centre.weights)
            centre.solved = centre.tally.total.count
        learned.weights = solve(
            learned.equations, centre.equations, float(self._settings.shrink), learned.weights
        )

    def calibration(self, queue: str) -> Calibration:
        """Give the figures of a queue, or with "" of the centre, what is pending among them. O(queues predictors)."""
        learned = self.known(queue) if queue else self.centre
        found = deepcopy(learned.tally)
        for one in (learned,) if queue else self._queues.values():
            if one.pending:
                found.add(_scored(one))
        return found.calibration()


def _scored(learned: Learned) -> Tally:
    """Count what is pending."""
    all_said = [said for said, _ in learned.pending]
    columns = [*_columns(learned), [said.mean for said in all_said]]
    p50, p90 = [said.p50 for said in all_said], [said.p90 for said in all_said]
    return tally_of(columns, p50, p90, [wait for _, wait in learned.pending])


def _columns(learned: Learned) -> list[tuple[float, ...]]:
    """Give what each predictor said of what is pending."""
    return list(zip(*(said.by for said, _ in learned.pending), strict=True))
