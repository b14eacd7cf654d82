"""A small centre behind a facade, with a clock that stands, for the tests of gateways.

Owns this centre; must not test anything.
"""

from routing import Agent, Config, Overflow, Queue
from routing.units import MICROSECOND, SECOND

#: Two agents, a queue that rings, one that gives up to voicemail, one that is always full, a ring group.
CENTRE = Config(
    agents=(Agent("ann", skills={"tech": 50}), Agent("ben"), Agent("cec")),
    skills=("tech",),
    queues=(
        Queue("sales", members=("ann", "ben"), ring_timeout_ns=20 * SECOND, exclusion_ns=60 * SECOND),
        Queue(
            "support",
            members=("cec",),
            max_wait=Overflow("voicemail", after_ns=30 * SECOND),
            retry_delay_ns=SECOND,
        ),
        Queue("full", members=("cec",), max_length=Overflow("disconnect", length=1)),
        Queue("all", members=("ann", "ben"), strategy="ring_all"),
    ),
    not_ready_reasons=("lunch",),
)


class HandClock:
    """A clock that a test sets."""

    def __init__(self, at_ns: int = 1_000 * SECOND) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class LookClock(HandClock):
    """A clock that goes on by a microsecond at each look: nothing rings out while a machine stands still."""

    def now_ns(self) -> int:
        self.at_ns += MICROSECOND
        return self.at_ns
