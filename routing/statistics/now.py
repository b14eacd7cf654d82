"""The present: what waits, rings, is talked about, and who does what, as of the newest event.

A picture is a frozen struct made when it is asked for; it does not follow the fold. Visits (stays in queues) and
contacts are told apart: a contact that waits in three queues is three visits and one contact.

Owns the shape of these pictures; must not know how they are kept (``fold``).
"""

from typing import Final, Literal

from msgspec import Struct

AgentState = Literal["logged_out", "talking", "holding", "wrap_up", "ringing", "not_ready", "engaged", "idle"]
#: By the number that the fold gives each.
STATES: Final[tuple[AgentState, ...]] = (
    "logged_out",
    "talking",
    "holding",
    "wrap_up",
    "ringing",
    "not_ready",
    "engaged",
    "idle",
)
DEVICES: Final = ("available", "in_use", "unreachable")


class Rolling(Struct, frozen=True):
    """Visits that ended within the newest panes, the present one included; ``span_ns`` is how much they cover.

    Examples
    --------
    >>> five = Rolling(300_000_000_000, answered=8, answered_in=6, abandoned=2, abandoned_in=1, abandoned_short=1)
    >>> five.service_level
    0.6
    """

    span_ns: int
    answered: int
    answered_in: int  # within the queue's service level
    abandoned: int
    abandoned_in: int
    abandoned_short: int

    @property
    def service_level(self) -> float | None:
        """Answered in time, of all answered and abandoned; None when there are none."""
        ended = self.answered + self.abandoned
        return self.answered_in / ended if ended else None


class QueueNow(Struct, frozen=True):
    """A queue, a channel or the whole centre now, by visits."""

    at_ns: int
    waiting: int  # visits, those that ring included
    longest_wait_ns: int  # of these, since it was entered
    in_hand: int  # contacts answered from here that somebody has in hand
    in_wrap_up: int  # wrap-ups after such contacts
    rolling: tuple[Rolling, ...]  # 5, 15 and 30 minutes, as far as panes reach


class Waiting(Struct, frozen=True):
    """A contact that waits in a queue, ringing or not."""

    contact: str
    entered_ns: int
    wait_ns: int


class AgentNow(Struct, frozen=True):
    """An agent now."""

    at_ns: int
    agent: str
    state: AgentState
    since_ns: int  # in this state (or not ready for this reason)
    log_in_ns: int  # 0: logged out
    leaving: bool  # logged out as soon as the work in hand is done
    ready: bool
    reason: str  # why not ready
    device: str
    in_hand: int
    held: int
    ringing: int
    wrap_ups: int
    occupancy: (
        float | None
    )  # talking, holding and wrapping up, of the time staffed but not "not ready"; the interval's


class GroupNow(Struct, frozen=True):
    """How many agents of a group, with a skill, or at all are in which state; these seven add up to ``staffed``."""

    at_ns: int
    staffed: int
    talking: int
    holding: int
    wrap_up: int
    ringing: int
    not_ready: int
    engaged: int
    idle: int
    not_ready_by: dict[str, int]  # agents by reason; they add up to not_ready

    @property
    def occupancy(self) -> float | None:
        """The share that is busy with contacts now, of those staffed and not "not ready"; None when there are none."""
        ready = self.staffed - self.not_ready
        return (self.talking + self.holding + self.wrap_up) / ready if ready else None


class ChannelNow(Struct, frozen=True):
    """A channel now: contacts, each once, and visits."""

    at_ns: int
    contacts: int  # alive
    waiting: int  # of these: in nobody's hands
    in_hand: int
    visits: QueueNow


class CentreNow(Struct, frozen=True):
    """The whole centre now."""

    at_ns: int
    contacts: int
    waiting: int
    in_hand: int
    visits: QueueNow
    agents: GroupNow
