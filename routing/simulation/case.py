"""Where a contact of a model stands on its way from hand to hand.

Owns ``Case``; must not know what moves it (``hands_world``).
"""

from collections.abc import Callable

from routing.simulation.distributions import Distribution
from routing.simulation.handling_draws import Part, Which
from routing.simulation.handling_shape import Consult, Outcome


class Case:
    """A call, a leg of one (with a ``parent``), or a call of an agent's own (``placed``: of which kind)."""

    __slots__ = (
        "call_back_ns",  # when the customer hung up to be called back; 0: not so
        "channel",
        "consult",  # of a leg: what for
        "contact",
        "counted",  # after the warm-up
        "due_ns",  # when the talk that goes on is over; -1: none does
        "first_ns",  # from when on its age counts
        "held_ns",  # of the segment
        "last_place",  # of who had it last
        "left_ns",  # of the talk that is suspended
        "legs",  # so many there were
        "moved",  # transferred or handed over
        "number",  # of the call in the day's arrays; -1: none
        "outcome",
        "parent",
        "parts",  # what is to come in the conversation, the last first
        "place",  # of who has it in hand; -1: nobody
        "placed",
        "queue",  # that it was answered from
        "rest_ns",  # talk after the last part
        "served",  # the customer was served before
        "service",  # how long it takes at the next agent, where the model says so
        "since_ns",  # of the segment
        "suspended",
        "suspends",  # may be
        "tells",  # its outcome is still to be told
        "then",  # what follows the talk
        "timer",  # its task; -1: none
        "unlimited",  # its wrap-up ends when the outcome is told
        "waits_since_ns",
        "which",
    )

    def __init__(
        self, contact: str, which: Which, number: int, channel: str, suspends: bool, served: bool
    ) -> None:
        self.contact = contact
        self.which = which
        self.number = number
        self.channel = channel
        self.suspends = suspends
        self.served = served
        self.parent: Case | None = None
        self.consult: Consult | None = None
        self.outcome: Outcome | None = None
        self.service: Distribution | None = None
        self.parts: list[Part] = []
        self.then: Callable[[int], None] = _nothing
        self.queue = ""
        self.counted = True
        self.moved = self.suspended = self.tells = self.unlimited = False
        self.legs = self.rest_ns = self.held_ns = self.since_ns = self.left_ns = self.first_ns = 0
        self.call_back_ns = self.waits_since_ns = 0
        self.place = self.last_place = self.placed = self.timer = self.due_ns = -1


def _nothing(at_ns: int) -> None:
    """Nothing follows."""
    del at_ns
