"""Every output of the engine, in the past tense.

Each event starts with its instant: a timer's event carries the timer's own due time. Events encode to JSON and
msgpack with their name under ``"type"``. Fields are only ever appended.

Owns the shape of outputs and the reasons of refusal in written precedence; must not know how they come about.
"""

from enum import StrEnum

from msgspec import Struct

from routing.remarks import Remarks


class Outcome(StrEnum):
    """How a contact ended; each ends exactly once."""

    HANDLED = "handled"
    ABANDONED = "abandoned"
    DIVERTED = "diverted"  # to voicemail or to a call-back
    REJECTED = "rejected"  # disconnected by a rule of a queue
    CANCELLED = "cancelled"
    LOST = "lost"
    MERGED = "merged"  # a leg whose agent has taken its contact over


class Reason(StrEnum):
    """Why a command was refused. When several apply, the first of this list is given."""

    ID_EMPTY = "id_empty"
    ID_TOO_LONG = "id_too_long"
    ALREADY_SO = "already_so"
    EXISTS_WITH_DIFFERENT = "exists_with_different"
    UNKNOWN_CONTACT = "unknown_contact"
    UNKNOWN_ATTEMPT = "unknown_attempt"
    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_QUEUE = "unknown_queue"
    UNKNOWN_CHANNEL = "unknown_channel"
    UNKNOWN_SKILL = "unknown_skill"
    UNKNOWN_GROUP = "unknown_group"
    UNKNOWN_REASON = "unknown_reason"
    NO_QUEUE = "no_queue"
    TOO_MANY_QUEUES = "too_many_queues"
    DUPLICATE_QUEUE = "duplicate_queue"
    DUPLICATE_CONTACT = "duplicate_contact"
    DUPLICATE_ATTEMPT = "duplicate_attempt"
    PRIORITY_OUT_OF_RANGE = "priority_out_of_range"
    CREDIT_OUT_OF_RANGE = "credit_out_of_range"
    LOAD_OUT_OF_RANGE = "load_out_of_range"
    DUE_OUT_OF_RANGE = "due_out_of_range"
    ESTIMATE_OUT_OF_RANGE = "estimate_out_of_range"
    RESUME_OUT_OF_RANGE = "resume_out_of_range"
    TOO_MANY_PREFERRED = "too_many_preferred"
    PREFER_OUT_OF_RANGE = "prefer_out_of_range"
    RING_OUT_OF_RANGE = "ring_out_of_range"
    OUTCOME_RESERVED = "outcome_reserved"
    CONFIDENCE_OUT_OF_RANGE = "confidence_out_of_range"
    DETECTION_OUT_OF_RANGE = "detection_out_of_range"
    BAD_REQUIREMENT = "bad_requirement"
    BAD_STEPS = "bad_steps"
    TOO_MANY_ATTRIBUTES = "too_many_attributes"
    ATTRIBUTES_TOO_LARGE = "attributes_too_large"
    REMARK_TOO_LARGE = "remark_too_large"
    INVALID_CONFIGURATION = "invalid_configuration"
    CONTACT_ENDED = "contact_ended"
    ATTEMPT_ENDED = "attempt_ended"
    CONTACT_NOT_OFFERED = "contact_not_offered"
    OFFER_IS_ANOTHER = "offer_is_another"
    CONTACT_NOT_HANDLED = "contact_not_handled"
    CONTACT_NOT_WAITING = "contact_not_waiting"
    CONTACT_IS_LEG = "contact_is_leg"
    CONTACT_NOT_LEG = "contact_not_leg"
    NO_LEG_JOINED = "no_leg_joined"
    ATTEMPT_ANSWERED = "attempt_answered"
    AGENT_LOGGED_OUT = "agent_logged_out"
    AGENT_LEAVING = "agent_leaving"
    AGENT_NO_ROOM = "agent_no_room"
    AGENT_NOT_IN_WRAP_UP = "agent_not_in_wrap_up"
    DISPOSITION_REQUIRED = "disposition_required"
    SKILL_IN_USE = "skill_in_use"
    GROUP_IN_USE = "group_in_use"
    QUEUE_IN_USE = "queue_in_use"
    AGENTS_LIMIT = "agents_limit"
    QUEUES_LIMIT = "queues_limit"
    SKILLS_LIMIT = "skills_limit"
    GROUPS_LIMIT = "groups_limit"
    CONTACTS_LIMIT = "contacts_limit"
    LEGS_LIMIT = "legs_limit"
    ATTEMPTS_LIMIT = "attempts_limit"
    REQUIREMENTS_LIMIT = "requirements_limit"
    LOADS_LIMIT = "loads_limit"
    HOLDS_LIMIT = "holds_limit"


class AgentLoggedIn(Struct, frozen=True, tag=True, gc=False):
    """An agent started work."""

    at_ns: int
    agent: str
    ready: bool
    reason: str


class AgentLoggedOut(Struct, frozen=True, tag=True, gc=False):
    """An agent stopped work."""

    at_ns: int
    agent: str


class LogOutPending(Struct, frozen=True, tag=True, gc=False):
    """The agent takes nothing more and is logged out once the work in hand is done."""

    at_ns: int
    agent: str


class AgentReady(Struct, frozen=True, tag=True, gc=False):
    """An agent takes contacts."""

    at_ns: int
    agent: str


class AgentNotReady(Struct, frozen=True, tag=True, gc=False):
    """An agent takes nothing new; the reason is ``missed_offers`` when too many offers were missed."""

    at_ns: int
    agent: str
    reason: str


class NotReadyTimeExceeded(Struct, frozen=True, tag=True, gc=False):
    """The agent is not ready for longer than the reason allows; the events after it say what followed."""

    at_ns: int
    agent: str
    reason: str


class DeviceReported(Struct, frozen=True, tag=True, gc=False):
    """The state of an agent's device changed."""

    at_ns: int
    agent: str
    state: str


class ContactEnqueued(Struct, frozen=True, tag=True, omit_defaults=True, repr_omit_defaults=True, gc=False):
    """A contact came into being and asks for an agent; it is a leg of its ``parent`` if it has one."""

    at_ns: int
    contact: str
    queues: tuple[str, ...]
    channel: str
    priority: int
    direction: str = "inbound"
    parent: str = ""


class ContactPlaced(Struct, frozen=True, tag=True, gc=False):
    """An agent called somebody: the contact came into being and is in the agent's hands."""

    at_ns: int
    contact: str
    agent: str
    queue: str
    channel: str
    direction: str


class ContactHeld(Struct, frozen=True, tag=True, gc=False):
    """The agent put the contact on hold."""

    at_ns: int
    contact: str
    agent: str


class ContactRetrieved(Struct, frozen=True, tag=True, gc=False):
    """The contact is on hold no longer, after ``held_ns``; told before whatever else takes it from the agent, too."""

    at_ns: int
    contact: str
    agent: str
    held_ns: int


class LegJoined(Struct, frozen=True, tag=True, gc=False):
    """The ``agent`` of the leg takes part in the conversation of its contact."""

    at_ns: int
    contact: str
    leg: str
    agent: str


class LegParted(Struct, frozen=True, tag=True, gc=False):
    """The ``agent`` of the leg does not take part any more; leg and contact go on apart."""

    at_ns: int
    contact: str
    leg: str
    agent: str


class ContactHandedOver(Struct, frozen=True, tag=True, gc=False):
    """``to_agent``, whose ``leg`` ends by this, has the contact in hand now instead of ``agent``.

    ``queue`` is where it was answered; its rules hold for both agents.
    """

    at_ns: int
    contact: str
    leg: str
    agent: str
    to_agent: str
    queue: str


class ContactRemarked(Struct, frozen=True, tag=True, gc=False):
    """Something was said about a contact. ``agent`` has it in hand, or made the disposition; "" for nobody.

    ``contact`` is empty for a `CallBack` that was promised to somebody of whom there is no contact.
    """

    at_ns: int
    contact: str
    agent: str
    remark: Remarks


class ContactOffered(Struct, frozen=True, tag=True, gc=False):
    """The contact rings at the agent until ``ring_until_ns`` (0: for ever); ``offer`` is unique in the engine."""

    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    ring_until_ns: int


class OfferAccepted(Struct, frozen=True, tag=True, gc=False):
    """The agent has the contact; ``wait_ns`` is the time since it entered this queue."""

    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    wait_ns: int


class OfferRejected(Struct, frozen=True, tag=True, gc=False):
    """The agent said no; the contact waits again."""

    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int


class OfferMissed(Struct, frozen=True, tag=True, gc=False):
    """The ring time-out passed; the contact waits again. ``misses`` counts the agent's misses in a row."""

    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    misses: int


class OfferFailed(Struct, frozen=True, tag=True, gc=False):
    """The device or the trunk failed; the contact waits again."""

    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    cause: str


class OfferWithdrawn(Struct, frozen=True, tag=True, gc=False):
    """The offer was taken back, for a cause that lies elsewhere."""

    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    cause: str


class StepReached(Struct, frozen=True, tag=True, gc=False):
    """In this queue the contact now asks for step ``step`` (0 is the first)."""

    at_ns: int
    contact: str
    queue: str
    step: int


class SpillReached(Struct, frozen=True, tag=True, gc=False):
    """In this queue the contact has the age from which members of ``reserve`` (0 is the first) serve it, too."""

    at_ns: int
    contact: str
    queue: str
    reserve: int


class ReserveChanged(Struct, frozen=True, tag=True, gc=False):
    """The condition of a queue's reserve began or ceased to hold."""

    at_ns: int
    queue: str
    reserve: int
    active: bool


class EstimatePublished(Struct, frozen=True, tag=True, gc=False):
    """Conditions of the queue read this estimated wait from now on; -1 when it is not known."""

    at_ns: int
    queue: str
    wait_ns: int


class ContactUpdated(Struct, frozen=True, tag=True, gc=False):
    """What orders a contact, or what is known of it, changed."""

    at_ns: int
    contact: str
    priority: int
    credit_ns: int
    due_ns: int
    expedited: bool


class AgentReserved(Struct, frozen=True, tag=True, gc=False):
    """The agent takes nothing more until there is room for this large contact."""

    at_ns: int
    contact: str
    agent: str
    queue: str


class ReservationEnded(Struct, frozen=True, tag=True, gc=False):
    """The agent is kept free for the contact no longer."""

    at_ns: int
    contact: str
    agent: str


class ContactOverflowed(Struct, frozen=True, tag=True, gc=False):
    """A queue gave the contact up: ``to`` is queue, voicemail, callback or disconnect."""

    at_ns: int
    contact: str
    queue: str
    cause: str
    to: str
    to_queue: str


class ContactRequeued(Struct, frozen=True, tag=True, gc=False):
    """The contact waits again in ``queues``; ``agent`` had it in hand (empty: nobody)."""

    at_ns: int
    contact: str
    queues: tuple[str, ...]
    agent: str
    keep_age: bool


class ContactEnded(Struct, frozen=True, tag=True, gc=False):
    """The end of a contact. ``queue``: where it was answered or, unanswered, its primary queue ("" if none is
    left); ``agent``: who had it in hand or "".
    """

    at_ns: int
    contact: str
    outcome: Outcome
    queue: str
    agent: str


class WrapUpStarted(Struct, frozen=True, tag=True, gc=False):
    """The agent works on after the contact, until ``until_ns`` (0: until ended)."""

    at_ns: int
    agent: str
    contact: str
    until_ns: int


class WrapUpEnded(Struct, frozen=True, tag=True, gc=False):
    """The agent is done with the contact.

    ``older``: so many earlier wrap-ups of this agent after the same contact go on, for each lacks its disposition.
    """

    at_ns: int
    agent: str
    contact: str
    older: int = 0


class HandlingTimeExceeded(Struct, frozen=True, tag=True, gc=False):
    """The contact is in hand for longer than the queue's ``max_handling``: is it still alive?"""

    at_ns: int
    contact: str
    agent: str


class CallsSynced(Struct, frozen=True, tag=True):
    """A front-end said which calls it has: so many of its were lost, so many adopted (the events after it say which).

    ``unknown`` are those it has that are not alive here, for it to drop or to enqueue anew; so for its attempts.
    """

    at_ns: int
    front_end: str
    lost: int
    adopted: int
    unknown: tuple[str, ...]
    lost_attempts: int = 0
    unknown_attempts: tuple[str, ...] = ()


class Resumed(Struct, frozen=True, tag=True, gc=False):
    """The host is back after downtime: nothing rings any more, and nobody is offered before ``until_ns``."""

    at_ns: int
    until_ns: int


class DialRequested(Struct, frozen=True, tag=True, gc=False):
    """The front-end is to dial. The attempt is lost at ``until_ns`` unless its end, or an answer, is reported."""

    at_ns: int
    attempt: str
    campaign: str
    target: str
    carrier: str
    agent: str
    contact: str
    ring_ns: int
    until_ns: int
    front_end: str = ""


class AttemptProgressed(Struct, frozen=True, tag=True, gc=False):
    """An attempt is ``ringing`` or ``answered``, ``age_ns`` after it was requested."""

    at_ns: int
    attempt: str
    campaign: str
    state: str
    age_ns: int


class AttemptEnded(Struct, frozen=True, tag=True, gc=False):
    """The end of an attempt, ``age_ns`` after it was requested; each ends exactly once.

    An attempt that is ``lost`` has a confidence of 0, for nobody knows what became of it.
    """

    at_ns: int
    attempt: str
    campaign: str
    outcome: str
    age_ns: int
    confidence: int
    detection_ns: int
    cause: str


class QueueOpened(Struct, frozen=True, tag=True, gc=False):
    """A queue takes contacts."""

    at_ns: int
    queue: str


class QueueClosed(Struct, frozen=True, tag=True, gc=False):
    """A queue takes no more contacts."""

    at_ns: int
    queue: str


class CountsReset(Struct, frozen=True, tag=True, gc=False):
    """Contact counts were set to zero; ``agent`` is empty when everybody's were."""

    at_ns: int
    agent: str


class SkillChanged(Struct, frozen=True, tag=True, gc=False):
    """A skill was ``added`` or ``removed``."""

    at_ns: int
    skill: str
    change: str


class GroupChanged(Struct, frozen=True, tag=True, gc=False):
    """A group was ``added`` or ``removed``."""

    at_ns: int
    group: str
    change: str


class AgentChanged(Struct, frozen=True, tag=True, gc=False):
    """An agent was ``added``, ``changed`` or ``removed``."""

    at_ns: int
    agent: str
    change: str


class QueueChanged(Struct, frozen=True, tag=True, gc=False):
    """A queue was ``added``, ``changed`` or ``removed``."""

    at_ns: int
    queue: str
    change: str


class Configured(Struct, frozen=True, tag=True, gc=False):
    """The whole configuration was replaced; the events after it say what that changed."""

    at_ns: int


class CommandRefused(Struct, frozen=True, tag=True, gc=False):
    """A command had no effect. ``subject`` is the id or value that the reason speaks of."""

    at_ns: int
    command: str
    reason: Reason
    subject: str
    detail: str = ""


Event = (
    AgentLoggedIn
    | AgentLoggedOut
    | LogOutPending
    | AgentReady
    | AgentNotReady
    | DeviceReported
    | ContactEnqueued
    | ContactOffered
    | OfferAccepted
    | OfferRejected
    | OfferMissed
    | OfferFailed
    | OfferWithdrawn
    | StepReached
    | SpillReached
    | ReserveChanged
    | EstimatePublished
    | ContactUpdated
    | AgentReserved
    | ReservationEnded
    | ContactOverflowed
    | ContactRequeued
    | ContactEnded
    | WrapUpStarted
    | WrapUpEnded
    | HandlingTimeExceeded
    | CallsSynced
    | Resumed
    | QueueOpened
    | QueueClosed
    | CountsReset
    | SkillChanged
    | GroupChanged
    | AgentChanged
    | QueueChanged
    | Configured
    | CommandRefused
    | DialRequested
    | AttemptProgressed
    | AttemptEnded
    | ContactPlaced
    | ContactHeld
    | ContactRetrieved
    | LegJoined
    | LegParted
    | ContactHandedOver
    | ContactRemarked
    | NotReadyTimeExceeded
)
