"""What a simulation found out, call by call and agent by agent; the same for every way of running one.

Owns ``Result`` and its outcomes; must not know what drove the engine, nor what a report makes of it.
"""

import csv
from array import array
from collections.abc import Sequence
from typing import Final, TextIO

from msgspec import Struct, field

from routing.simulation.calls import ABANDONED, DIVERTED, SERVED, Call

#: How calls end, by code: the values of ``Result.outcomes`` index this.
OUTCOMES: Final = ("waiting", SERVED, ABANDONED, DIVERTED, "rejected", "refused")
WAITING, SERVED_CODE, ABANDONED_CODE, DIVERTED_CODE, REJECTED_CODE, REFUSED_CODE = range(6)

NOBODY: Final = -1


class Spans(Struct):
    """Intervals of one agent, in order and apart; the last may still be open (one start more than ends)."""

    starts_ns: "array[int]" = field(default_factory=lambda: array("q"))
    ends_ns: "array[int]" = field(default_factory=lambda: array("q"))

    def close(self, at_ns: int) -> None:
        """End an open interval."""
        if len(self.starts_ns) > len(self.ends_ns):
            self.ends_ns.append(max(at_ns, self.starts_ns[-1]))

    @property
    def total_ns(self) -> int:
        """Length of all closed intervals together."""
        return sum(self.ends_ns) - sum(self.starts_ns[: len(self.ends_ns)])


class Result(Struct):
    """Outcome of every call and the time of every agent.

    Attributes
    ----------
    calls : sequence of Call
        In order of arrival; the arrays are parallel to them.
    outcomes : bytearray
        A code for each call, see ``OUTCOMES``: ``served``; ``abandoned`` by the caller; ``diverted`` to
        voicemail or to a call-back, or ``rejected`` (disconnected), by a rule of a queue; ``refused`` by the
        engine on arrival; still ``waiting`` when nothing more could happen.
    waits_ns : array of int
        From arrival to the answer, or to the end of a call that was never answered.
    services_ns, wrap_ups_ns : array of int
        How long the agent who served it was busy with the call, and after it.
    agents : array of int
        Who served it, as a place in ``agent_ids``; ``NOBODY`` otherwise.
    agent_ids : tuple of str
        The configured agents in order.
    staffed, busy : list of Spans
        For each agent when they were logged in, and when they served or wrapped up at least one call.
    overflows : dict
        How often a queue gave a contact up: ``(queue, cause, to, target queue)`` to count.
    refusals : dict
        How often the engine refused a call: reason and detail to count.
    first_ns, last_ns : int
        The time that the simulation covers.
    commands, events : int
        What went into the engine and came out.
    digest : int
        The engine's: equal runs have equal digests.
    """

    calls: Sequence[Call]
    outcomes: bytearray
    waits_ns: "array[int]"
    services_ns: "array[int]"
    wrap_ups_ns: "array[int]"
    agents: "array[int]"
    agent_ids: tuple[str, ...]
    staffed: list[Spans]
    busy: list[Spans]
    overflows: dict[tuple[str, str, str, str], int]
    refusals: dict[str, int]
    first_ns: int = 0
    last_ns: int = 0
    commands: int = 0
    events: int = 0
    digest: int = 0


def write_calls(result: Result, file: TextIO) -> None:
    """Write one CSV row for each call, in order of arrival: ``outcome,wait_ns,agent``.

    ``agent`` is -1 for calls that nobody served. O(calls).
    """
    file.write("outcome,wait_ns,agent\n")
    rows = csv.writer(file, lineterminator="\n")
    names = (*result.agent_ids, "-1")  # NOBODY is the last
    rows.writerows(
        (OUTCOMES[outcome], wait_ns, names[agent])
        for outcome, wait_ns, agent in zip(result.outcomes, result.waits_ns, result.agents, strict=True)
    )
