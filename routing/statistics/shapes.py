"""What is counted: one flat struct of integers for queues, one for agents, one for contacts that are over.

A *visit* is one stay of a contact in one queue, a *segment* one agent's work on a contact, and a *contact* is counted
once, for its *entry queue*, the first that it was enqueued to. All counts are of what happened within a span of time;
sums of spans, queues, channels and agents are exact, because every field but the maxima is a sum.

Owns names and meaning of the figures; must not know how they come about (``fold``) or what is computed from them
(``metrics``).
"""

from typing import Final

from msgspec import Struct


class QueueCounts(Struct, omit_defaults=True):
    """One queue and channel over one span. T is the queue's ``service_level``, times are ns.

    Visits: ``entered`` plus those waiting at the start = ``answered + answered_elsewhere + abandoned + ended_elsewhere
    + overflowed + diverted + rejected + requeued + cancelled + lost`` plus those waiting at the end.
    """

    # visits
    entered: int = 0  # stays begun, also those that were given up at the door
    entered_overflow: int = 0  # of these: from another queue by overflow
    entered_requeue: int = 0  # of these: by RequeueContact
    answered: int = 0  # an offer of this queue was accepted
    answered_in: int = 0  # of these: within T of entering
    answered_elsewhere: int = 0  # another queue's offer was accepted
    abandoned: int = 0  # the caller left, and this was the contact's primary queue then
    abandoned_in: int = 0  # of these: within T
    abandoned_short: int = 0  # of these: sooner than the floor for short abandons
    ended_elsewhere: int = 0  # the contact abandoned (or else), counted for its primary queue
    overflowed: int = 0  # given up to another queue
    diverted: int = 0  # given up to voicemail or call-back
    rejected: int = 0  # given up by disconnecting
    requeued: int = 0  # taken away by RequeueContact while it waited or rang
    cancelled: int = 0
    lost: int = 0
    wait_answered_ns: int = 0  # entering to answer, of `answered`
    wait_abandoned_ns: int = 0  # of `abandoned`
    wait_other_ns: int = 0  # of all other ways to end
    wait_max_ns: int = 0  # the longest of any visit that ended (a maximum)
    waiting_ns: int = 0  # visits waiting or ringing, integrated over the span
    waiting_max: int = 0  # the most at once (a maximum)
    # contacts whose entry queue this is
    contacts: int = 0  # arrived
    contacts_answered: int = 0  # answered for the first time
    contacts_answered_in: int = 0  # of these: within T of arrival
    contacts_handled: int = 0  # ended with this outcome; and so on
    contacts_abandoned: int = 0
    contacts_abandoned_in: int = 0
    contacts_abandoned_short: int = 0
    contacts_diverted: int = 0
    contacts_rejected: int = 0
    contacts_cancelled: int = 0
    contacts_lost: int = 0
    contacts_transferred: int = 0  # re-queued from an agent's hands for the first time
    contact_wait_answered_ns: int = 0  # arrival to first answer
    contact_wait_abandoned_ns: int = 0  # arrival, or the latest re-queueing from an agent's hands, to the end
    # offers of this queue
    offers: int = 0
    offers_rejected: int = 0
    offers_missed: int = 0
    offers_failed: int = 0
    offers_withdrawn: int = 0
    ring_ns: int = 0  # of offers that are over
    # segments answered from this queue, counted when they end
    segments: int = 0
    transferred: int = 0  # of these: ended by RequeueContact
    talk_ns: int = 0
    hold_ns: int = 0
    wrap_ups: int = 0  # that are over
    wrap_up_ns: int = 0
    # of contacts, beside all
    arrived_outbound: int = 0  # of `contacts`: we called them
    arrived_internal: int = 0  # of `contacts`: one agent another
    arrived_legs: int = 0  # of `contacts`: legs of other contacts
    placed: int = (
        0  # of `contacts`: by an agent, and in hand at once; answered is who accepts an offer of it later
    )
    contacts_merged: int = 0  # ended with this outcome: legs whose agent took the contact over
    handed_over: int = 0  # of `segments`: ended by HandOver
    holds: int = 0  # times that a contact was on hold, counted when they end


class AgentCounts(Struct, omit_defaults=True):
    """One agent over one span.

    At each instant a logged-in agent is in exactly one of seven states, the first that applies: talking (a contact in
    hand that is not on hold), holding (all in hand are on hold), wrap-up, ringing, not ready, engaged (device in use by
    something else, or unreachable) or idle. So the seven times add up to ``staffed_ns``.
    """

    staffed_ns: int = 0
    talking_ns: int = 0
    holding_ns: int = 0
    wrap_up_ns: int = 0
    ringing_ns: int = 0
    not_ready_ns: int = 0
    engaged_ns: int = 0
    idle_ns: int = 0
    not_ready_by: dict[str, int] = {}  # ns by reason; they add up to not_ready_ns
    in_hand_ns: int = 0  # contacts in hand, integrated: several at once count several times
    log_ins: int = 0
    log_outs: int = 0
    offers: int = 0
    accepted: int = 0
    rejected: int = 0
    missed: int = 0
    failed: int = 0
    withdrawn: int = 0
    segments: int = 0  # that ended
    handled: int = 0  # of these: by completing the contact
    transferred: int = 0  # of these: by re-queueing it
    talk_ns: int = 0  # of segments that ended, contact by contact
    hold_ns: int = 0
    wrap_ups: int = 0
    contact_wrap_up_ns: int = 0  # of wrap-ups that are over, contact by contact
    placed: int = 0  # contacts
    handed_over: int = 0  # of segments: by handing the contact over
    taken_over: int = 0  # contacts that another agent handed over
    holds: int = 0  # that ended


class QueueRow(Struct, frozen=True):
    """What happened in one queue and channel from ``start_ns`` to ``end_ns``."""

    start_ns: int
    end_ns: int
    queue: str
    channel: str
    counts: QueueCounts


class AgentRow(Struct, frozen=True):
    """What one agent did from ``start_ns`` to ``end_ns``."""

    start_ns: int
    end_ns: int
    agent: str
    counts: AgentCounts


class Session(Struct, frozen=True):
    """One log-in of an agent, told when it is over."""

    agent: str
    log_in_ns: int
    log_out_ns: int


class SegmentRecord(Struct, frozen=True):
    """One agent's work on a contact: offered, answered, ended; ``wrap_up_end_ns`` 0: there was none."""

    agent: str
    queue: str
    offered_ns: int
    answered_ns: int
    ended_ns: int
    hold_ns: int
    wrap_up_end_ns: int
    transferred: bool


class ContactRecord(Struct, frozen=True):
    """A contact that is over, its last wrap-up included. ``answered_ns`` 0: nobody ever answered."""

    contact: str
    channel: str
    priority: int
    entry_queue: str
    queue: str  # where answered first or, unanswered, its primary queue at the end ("": none)
    arrived_ns: int
    answered_ns: int
    ended_ns: int
    outcome: str
    service_level_ns: int  # T of the entry queue when it arrived
    visits: int  # queues it has stayed in
    overflows: int
    segments: tuple[SegmentRecord, ...]
    customer: str = ""  # opaque; empty unless the host told it
    subject: str = ""


#: Fields of the structs that are maxima, not sums.
MAXIMA: Final = frozenset({"wait_max_ns", "waiting_max"})
