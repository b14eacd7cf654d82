"""Look-ups: what a driver answers, and the answers that a centre knows by itself.

A driver gives a `LookUps`; the flow says what it asks for. Four names have a meaning in this house:

=========  ============================  ======================================================================
``what``   inputs                        answer
=========  ============================  ======================================================================
customer   as the flow and the CRM agree  result "known" or "unknown"; values such as ``customer``, an opaque id
hours      ``queue``                     result "open" or "closed"
wait       ``queue``                     result "known" or "unknown"; values ``seconds``, ``minutes`` (rounded up)
queue      ``queue``                     result "waiting" or "empty"; values ``waiting``, ``logged_in``
=========  ============================  ======================================================================

Owns the protocol and the answers about queues; must not know flows or the time.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from routing.menus.inputs import Answered, Failed
from routing.menus.turns import AwaitAnswer
from routing.units import MINUTE, SECOND
from routing.views import QueueView

#: Look-ups that have a queue's id among their inputs.
OF_QUEUES: Final = ("hours", "wait", "queue")


class LookUps(Protocol):
    """Whoever answers look-ups."""

    def answer(self, asked: AwaitAnswer) -> Answered | Failed:
        """Answer one; `Failed` where it cannot be. The answer carries the wait's number."""


class QueueLookUps:
    """Answers "hours", "wait" and "queue" from an engine, and passes everything else on.

    Parameters
    ----------
    queues : mapping of str to QueueView
        ``engine.queues``, which is always up to date.
    is_open : callable, optional
        Tells by a queue's id whether it is open now; by default, what the engine was last told (`OpenQueue`).
    others : LookUps, optional
        Who answers the rest; without, it fails.

    Examples
    --------
    >>> from routing.engine import Engine
    >>> from routing.model import Config, Queue
    >>> answers = QueueLookUps(Engine(Config(queues=(Queue("help"),))).queues)
    >>> answers.answer(AwaitAnswer(7, "queue", 0, {"queue": "help"}))
    Answered(result='empty', values={'waiting': '0', 'logged_in': '0'}, wait=7)
    >>> answers.answer(AwaitAnswer(8, "hours", 0, {"queue": "help"})).result
    'open'
    """

    def __init__(
        self,
        queues: Mapping[str, QueueView],
        is_open: Callable[[str], bool] | None = None,
        others: LookUps | None = None,
    ) -> None:
        self._queues = queues
        self._is_open = is_open
        self._others = others

    def answer(self, asked: AwaitAnswer) -> Answered | Failed:
        """Answer a look-up. O(1) for those about queues."""
        if asked.what not in OF_QUEUES:
            return self._others.answer(asked) if self._others is not None else Failed(asked.wait)
        queue = self._queues.get(asked.inputs.get("queue", ""))
        if queue is None:
            return Failed(asked.wait)
        match asked.what:
            case "hours":
                is_open = queue.open if self._is_open is None else self._is_open(queue.id)
                return Answered("open" if is_open else "closed", {}, asked.wait)
            case "wait":
                return _waits(queue, asked.wait)
            case _:
                values = {"waiting": str(queue.waiting), "logged_in": str(queue.members_logged_in)}
                return Answered("waiting" if queue.waiting else "empty", values, asked.wait)


def _waits(queue: QueueView, wait: int) -> Answered:
    if queue.estimate_ns < 0:
        return Answered("unknown", {}, wait)
    values = {
        "seconds": str(-(-queue.estimate_ns // SECOND)),
        "minutes": str(-(-queue.estimate_ns // MINUTE)),
    }
    return Answered("known", values, wait)
