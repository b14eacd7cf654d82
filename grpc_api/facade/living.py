"""A living call, as far as instructions need it.

Owns this state; must not know how events change it (``fold``).
"""

from collections.abc import Iterable

from grpc_api.facade.ends import offered
from grpc_api.facade.marks import NOTHING, Mark
from grpc_api.facade.shapes import Conference, Hold, Talk
from routing.events import ContactOffered, ContactOverflowed
from routing.views import ContactView


class Call:
    """A living call, as far as instructions need it."""

    __slots__ = (
        "agent",
        "changed",
        "doubtful",
        "endpoint",
        "front_end",
        "held",
        "joined",
        "legs",
        "mark",
        "overflow",
        "parent",
        "queues",
        "ringing",
        "told",
        "told_mark",
    )

    def __init__(self, queues: Iterable[str], front_end: str | None, parent: str = "") -> None:
        self.queues = list(queues)
        self.front_end = front_end  # None: nobody has said it yet, for events do not
        self.ringing: dict[int, ContactOffered] = {}  # by number of the offer
        self.agent = ""  # who has it in hand
        self.endpoint = ""  # and where, as far as that is known
        self.held = False
        self.parent = parent  # of which it is a leg
        self.joined = False  # a leg that takes part in its parent's conversation
        self.legs: dict[str, None] = {}
        self.overflow: ContactOverflowed | None = None  # the latest
        self.doubtful = False  # events do not tell for certain in which queues it is
        self.mark = NOTHING
        self.told: set[object] = set()  # numbers of offers, or who talks how, or the queues waited in
        self.told_mark = NOTHING
        self.changed = 0  # revision of the latest event

    @classmethod
    def of(cls, view: ContactView, now_ns: int, mark: Mark = NOTHING, endpoint: str = "") -> "Call":
        """Make one of what the engine shows."""
        call = cls((visit.queue for visit in view.visits), view.front_end, view.parent)
        for segment in view.segments:
            if segment.state == "ringing":
                call.ringing[segment.offer] = offered(view.id, segment, now_ns)
            else:
                call.agent = segment.agent
                call.endpoint = endpoint
        call.held = view.state == "held"
        call.joined = view.joined
        call.legs = dict.fromkeys(view.legs)
        call.doubtful = True  # it may have come round already
        call.mark = mark
        return call

    def standing(self, peer: str) -> Talk | Hold | Conference:
        """Say how its agent has it in hand; ``peer``: who has the parent."""
        if self.held:
            return Hold(self.agent, self.endpoint, self.parent)
        if self.joined:
            return Conference(self.agent, self.endpoint, self.parent)
        return Talk(self.agent, self.endpoint, self.parent, peer if self.parent else "")

    def leave(self) -> None:
        """Nobody has it in hand any more."""
        self.agent = self.endpoint = ""
        self.held = self.joined = False
