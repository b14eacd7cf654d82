"""What is read: the estimate of a wait, from who stands before it, who is at work, and what was learned.

Owns how an estimate is put together; changes nothing, and must not know events.
"""

from operator import mul

from routing.estimation import formulas
from routing.estimation.learning import Learning
from routing.estimation.line import Key, Said
from routing.estimation.mixing import bin_of
from routing.estimation.saved import State
from routing.estimation.shapes import PREDICTORS, Estimate
from routing.estimation.staff import View
from routing.estimation.waiting import Waiting
from routing.units import MAX_DURATION_NS

_FEW_LEAVE = 50  # below so many observations a queue's patience is the centre's


class Estimating:
    """Says how long a wait will be.

    Parameters
    ----------
    state : State
        Who is at work, and the settings.
    waiting : Waiting
        Who stands in line.
    learning : Learning
        What the past has taught.
    """

    def __init__(self, state: State, waiting: Waiting, learning: Learning) -> None:
        self._staff = state.staff
        self._settings = state.settings
        self._waiting = waiting
        self._learning = learning
        self._views: dict[str, View] = {}

    def forget(self) -> None:
        """Look at the staff anew: the configuration has changed."""
        self._views.clear()

    def say(self, queue: str, key: Key, at_ns: int) -> Said:
        """Estimate the wait of whoever stands at ``key`` in a queue. O(queues log contacts)."""
        settings, centre = self._settings, self._learning.centre
        learned = self._learning.known(queue)
        history = learned.history
        view = self._view(queue)
        lines = self._waiting.lines
        own_line = lines[queue]
        own_ahead = own_line.before(key)
        ahead = 0.0
        for other, share in view.shared.items():
            line = lines[other]
            before = own_ahead if other == queue else line.before(key)
            if before:
                ahead += share * (before - line.guests_before(key))
        head, head_ns = own_line.head(), 0.0
        if head is not None:
            head_ns = float(at_ns - self._waiting.contacts[head[4]].since_ns)
        mean_ns = (history.mean_ns * history.waits + centre.history.mean_ns * 20.0) / (history.waits + 20.0)
        patience = learned.patience if learned.patience.added >= _FEW_LEAVE else centre.patience
        leaving = 1.0 / settings.patience_ns if settings.patience_ns else patience.events_per_ns
        rate = view.rate
        plain = formulas.ql(ahead, rate)
        apart = head_ns / own_ahead if own_ahead and head_ns > 0 else mean_ns / (ahead + 1.0)
        unit = mean_ns or plain
        by = [
            plain,
            formulas.qlm(ahead, rate, leaving),
            formulas.qla(ahead, rate, apart, patience.by) if ahead and patience.events_per_ns else plain,
            float(history.les_ns),
            head_ns,
            history.last_mean_ns(),
            (own_ahead + 1) * (history.advance_ns or 1.0 / rate),
            mean_ns,
        ]
        mean = sum(map(mul, learned.weights, by))
        place = bin_of(ahead)
        p50, p90 = learned.spread.factors(place)
        return Said(queue, by, mean, mean * p50, mean * p90, max(unit, 1.0), place)

    def estimate(self, queue: str, key: Key, at_ns: int) -> Estimate:
        """Give it as it is told. O(queues log contacts)."""
        said = self.say(queue, key, at_ns)
        position = self._waiting.lines[queue].before(key) + 1
        values = [min(round(value), MAX_DURATION_NS) for value in (said.mean, said.p50, said.p90)]
        by = {
            name: min(round(value), MAX_DURATION_NS) for name, value in zip(PREDICTORS, said.by, strict=True)
        }
        return Estimate(values[0], values[1], max(values[1], values[2]), position, by)

    def _view(self, queue: str) -> View:
        view, first_ns = self._views.get(queue), self._settings.first_service_ns
        if view is None or not self._staff.holds_true(view, queue, first_ns):
            view = self._views[queue] = self._staff.view(queue, self._settings.service_ns, first_ns)
        return view
