"""Publishes each queue's estimate to the engine where it moved.

It is a `PublishEstimate`, an ordinary command through the host's ordinary path, so that what conditions read is in
the journal.

Owns what was published; must not know how a wait is estimated, nor when it is asked to look.
"""

from routing.commands import PublishEstimate
from routing.errors import ClosedError, UnavailableError
from routing.estimation import Estimator
from routing.host.host import Host
from routing.host.shapes import Request
from routing.units import SECOND

#: In whose name estimates are published.
ACTOR = "announcer"


class Publisher:
    """Keeps the engine told of how long its queues are.

    Parameters
    ----------
    host : Host
        To which it is published.
    estimator : Estimator
        Says how long a wait would be.
    tolerance_ns : int
        What moved by no more than this, or by no more than a tenth, is not published.
    """

    def __init__(self, host: Host, estimator: Estimator, tolerance_ns: int) -> None:
        self._host = host
        self._estimator = estimator
        self._tolerance_ns = tolerance_ns
        self._published: dict[str, int] = {}

    def begin(self, published: dict[str, int]) -> None:
        """Take over what the engine has been told: ns by queue, -1 for "not known"."""
        self._published = published

    def publish(self, now_ns: int) -> str:
        """Publish what has moved; gives the problem, if there was one. O(queues estimates).

        Raises
        ------
        ClosedError
            If the host has ended.
        """
        requests: list[Request] = []
        changed: dict[str, int] = {}
        for queue in self._estimator.queues:
            known = self._estimator.staffed(queue)
            wait_ns = self._estimator.queue(queue, now_ns).wait_ns // SECOND * SECOND if known else -1
            if self._moved(self._published.get(queue, -1), wait_ns):
                changed[queue] = wait_ns
                requests.append(Request(PublishEstimate(queue, wait_ns if known else None), actor=ACTOR))
        if not requests:
            return ""
        try:
            self._host.apply_many(requests)
        except ClosedError:
            raise
        except UnavailableError as error:
            return f"estimates were not published: {error}"
        self._published.update(changed)
        return ""

    def _moved(self, before_ns: int, wait_ns: int) -> bool:
        both_known = wait_ns >= 0 and before_ns >= 0
        return abs(wait_ns - before_ns) > (max(self._tolerance_ns, before_ns // 10) if both_known else 0)
