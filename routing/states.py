"""The lifecycles of agents, contacts, segments and attempts, as data.

Each lifecycle is a table from ``(state, trigger)`` to the next state. A trigger is the name of an event, where it
matters with a word of its content: ``"ContactEnded:handled"``, ``"AgentLoggedIn:not_ready"`` (see `trigger`); the end
of one offer of several is ``"OfferRejected:rings_on"``. What a table does not hold cannot happen, so the tables can be
held against any stream of events.

Owns what may follow what; must not know why it does (``engine``), nor what else a state carries.
"""

from collections.abc import Mapping
from typing import Final

from routing.errors import InternalError
from routing.events import (
    AgentLoggedIn,
    AttemptProgressed,
    ContactEnded,
    Event,
    OfferFailed,
    OfferMissed,
    OfferRejected,
    OfferWithdrawn,
)

Table = Mapping[tuple[str, str], str]

#: The state of a contact, a segment or an attempt that has not begun. Agents exist beforehand and begin logged out.
START: Final = ""

#: An agent is known here as soon as it is configured; what it has in hand are its segments.
AGENT: Final[Table] = {
    ("logged_out", "AgentLoggedIn:ready"): "ready",
    ("logged_out", "AgentLoggedIn:not_ready"): "not_ready",
    ("ready", "AgentNotReady"): "not_ready",
    ("ready", "LogOutPending"): "leaving",
    ("ready", "AgentLoggedOut"): "logged_out",
    ("not_ready", "AgentReady"): "ready",
    ("not_ready", "AgentNotReady"): "not_ready",  # for another reason
    ("not_ready", "LogOutPending"): "leaving",
    ("not_ready", "AgentLoggedOut"): "logged_out",
    ("leaving", "LogOutPending"): "leaving",  # a removal joins the log-out
    ("leaving", "AgentLoggedOut"): "logged_out",
}

#: A contact that rings is always taken back from its agents before anything else ends it. Reservations are no part of
#: this: they concern the agent who is kept free, and may end after the contact.
CONTACT: Final[Table] = {
    (START, "ContactEnqueued"): "waiting",
    ("waiting", "StepReached"): "waiting",
    ("waiting", "SpillReached"): "waiting",
    ("waiting", "ContactUpdated"): "waiting",
    ("waiting", "ContactOverflowed"): "waiting",
    ("waiting", "ContactRequeued"): "waiting",
    ("waiting", "ContactOffered"): "offered",
    ("waiting", "ContactEnded:abandoned"): "abandoned",
    ("waiting", "ContactEnded:diverted"): "diverted",
    ("waiting", "ContactEnded:rejected"): "rejected",
    ("waiting", "ContactEnded:cancelled"): "cancelled",
    ("waiting", "ContactEnded:lost"): "lost",
    ("offered", "ContactOverflowed"): "offered",  # out of a queue other than those it rings through
    ("offered", "ContactUpdated"): "offered",
    ("offered", "StepReached"): "offered",  # in a group of offers time goes on as if it waited
    ("offered", "SpillReached"): "offered",
    ("offered", "ContactOffered"): "offered",  # one more of the group
    ("offered", "OfferRejected:rings_on"): "offered",
    ("offered", "OfferMissed:rings_on"): "offered",
    ("offered", "OfferFailed:rings_on"): "offered",
    ("offered", "OfferWithdrawn:rings_on"): "offered",
    ("offered", "OfferAccepted"): "handling",
    ("offered", "OfferRejected"): "waiting",
    ("offered", "OfferMissed"): "waiting",
    ("offered", "OfferFailed"): "waiting",
    ("offered", "OfferWithdrawn"): "waiting",
    ("handling", "OfferWithdrawn:rings_on"): "handling",  # answered elsewhere
    ("handling", "OfferWithdrawn"): "handling",
    ("handling", "HandlingTimeExceeded"): "handling",
    ("handling", "ContactRequeued"): "waiting",
    ("handling", "ContactEnded:handled"): "handled",
    ("handling", "ContactEnded:cancelled"): "cancelled",
    ("handling", "ContactEnded:lost"): "lost",
}

#: A contact that leaves its agent's hands is let go by ``ContactEnded`` or ``ContactRequeued``, unless the very next
#: event is ``WrapUpStarted``: then that is the trigger.
SEGMENT: Final[Table] = {
    (START, "ContactOffered"): "ringing",
    ("ringing", "OfferAccepted"): "handling",
    ("ringing", "OfferRejected"): "released",
    ("ringing", "OfferMissed"): "released",
    ("ringing", "OfferFailed"): "released",
    ("ringing", "OfferWithdrawn"): "released",
    ("handling", "HandlingTimeExceeded"): "handling",
    ("handling", "WrapUpStarted"): "wrap_up",
    ("handling", "ContactRequeued"): "released",
    ("handling", "ContactEnded:handled"): "released",
    ("handling", "ContactEnded:cancelled"): "released",
    ("handling", "ContactEnded:lost"): "released",
    ("wrap_up", "WrapUpEnded"): "released",
}

#: Steps on the way may be left out. What became of it is the outcome of ``AttemptEnded``, the same from every state.
ATTEMPT: Final[Table] = {
    (START, "DialRequested"): "dialing",
    ("dialing", "AttemptProgressed:ringing"): "ringing",
    ("dialing", "AttemptProgressed:answered"): "answered",
    ("dialing", "AttemptEnded"): "ended",
    ("ringing", "AttemptProgressed:answered"): "answered",
    ("ringing", "AttemptEnded"): "ended",
    ("answered", "AttemptEnded"): "ended",
}


def trigger(event: Event, *, rings_on: bool = False) -> str:
    """Name an event as the tables do.

    Parameters
    ----------
    event : Event
        What happened.
    rings_on : bool, default False
        Does the contact still ring at somebody after this end of an offer? Asked for the lifecycle of contacts only.

    Examples
    --------
    >>> trigger(AgentLoggedIn(0, "ann", ready=True, reason=""))
    'AgentLoggedIn:ready'
    >>> trigger(OfferRejected(5, "call-1", "ann", "sales", 1), rings_on=True)
    'OfferRejected:rings_on'
    """
    match event:
        case OfferRejected() | OfferMissed() | OfferFailed() | OfferWithdrawn() if rings_on:
            return f"{type(event).__name__}:rings_on"
        case AgentLoggedIn(ready=ready):
            return f"AgentLoggedIn:{'ready' if ready else 'not_ready'}"
        case ContactEnded(outcome=outcome):
            return f"ContactEnded:{outcome.value}"
        case AttemptProgressed(state=state):
            return f"AttemptProgressed:{state}"
        case _:
            return type(event).__name__


def follow(table: Table, state: str, trigger: str) -> str:
    """Give the state after a trigger.

    Raises
    ------
    InternalError
        If the table has no such transition.

    Examples
    --------
    >>> follow(CONTACT, "offered", "OfferAccepted")
    'handling'
    >>> follow(CONTACT, "waiting", "OfferAccepted")
    Traceback (most recent call last):
        ...
    routing.errors.InternalError: 'OfferAccepted' cannot follow on 'waiting'; please report this as a bug
    """
    try:
        return table[state, trigger]
    except KeyError:
        raise InternalError(f"{trigger!r} cannot follow on {state!r}; please report this as a bug") from None
