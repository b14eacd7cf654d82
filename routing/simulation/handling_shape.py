"""The nouns of handling in a model: what is done to a contact in hand, and what agents do besides taking contacts.

A share is a probability; whatever stands in one list excludes each other, so its shares add up to 1 at most. ``from``
says after which queue something may follow; left out: only before the contact has been transferred.

Owns the shape of these tables; must not know the types and groups they stand in (``model_shape``), their rules
(``handling_checks``), or how they are drawn and played.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from routing.commands import PlacedDirection
from routing.model import Duration, Id
from routing.remarks import Resolution
from routing.simulation.distributions import Distribution
from routing.units import MINUTE, SECOND


class Retrial(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who leaves comes back with this probability after this time; ``same_patience``: as patient as before.

    Who is back within ``keep_place`` is credited the age of the first try; whom an agent had in hand before prefers
    that agent for ``same_agent``.
    """

    probability: float
    delay: Distribution
    same_patience: bool = False
    keep_place_ns: Duration = field(default=0, name="keep_place")
    same_agent_ns: Duration = field(default=0, name="same_agent")


class Holds(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """With this share the agent puts the contact on hold for ``time``, at any point of the conversation.

    After each hold comes another with the same share, up to ``most``. Holds are added to the service time.
    """

    share: float
    time: Distribution
    most: Annotated[int, Meta(ge=1, le=100)] = 1


class Transfer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """At the end of the service the contact goes to ``queue``, blind; there it takes ``service``, or that of the type.

    With ``agents``, a group, it goes to the own line of one of its agents who are there, drawn evenly: nobody else of
    the queue gets it before ``prefer`` has passed.
    """

    share: float
    queue: Id
    from_queue: str = field(default="", name="from")
    agents: str = ""
    prefer_ns: Duration = field(default=20 * SECOND, name="prefer")
    keep_age: bool = True
    service: Distribution | None = None


class Consult(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The contact goes on hold, and the agent asks a colleague in ``queue``: both are busy for ``talk``.

    ``then``: ``return`` to the contact (at any point of the service); ``transfer`` it to the colleague (at the end of
    the service), who goes on for ``service``; ``join`` all three for ``together``, and the colleague leaves (at any
    point); ``leave``: join, and the first agent leaves (at the end). An agent who has waited for ``patience`` for a
    colleague goes on without one. With ``agents``, a group, the colleague is one of its agents who are there, drawn
    evenly.
    """

    share: float
    queue: Id
    talk: Distribution
    from_queue: str = field(default="", name="from")
    agents: str = ""
    patience: Distribution = Distribution("never")
    then: Literal["return", "transfer", "join", "leave"] = "return"
    together: Distribution | None = None
    service: Distribution | None = None


class CallBack(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who has waited for ``after`` may hang up and be called back when it is their turn; so many do.

    The agent rings for ``ring``, and the customer answers with the probability ``reach``.
    """

    share: float
    after_ns: Duration = field(default=MINUTE, name="after")
    ring: Distribution = Distribution("constant", mean_ns=10 * SECOND)
    reach: float = 1.0


class Outcome(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A disposition that so many of the handled contacts get; ``again``: customers who call once more after it."""

    code: Id
    share: float
    resolved: Resolution = ""
    again: Retrial | None = None


class Handling(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is done to the contacts of a type once somebody has them in hand.

    ``outcome_after``: outcomes are told so long after the end of the conversation, in wrap-up; left out: at its end.
    ``suspend``: work on it stands still, on hold, while its agent has a contact in hand whose channel interrupts its.
    """

    holds: Holds | None = None
    transfers: tuple[Transfer, ...] = ()
    consults: tuple[Consult, ...] = ()
    call_back: CallBack | None = None
    outcomes: tuple[Outcome, ...] = ()
    outcome_after: Distribution | None = None
    suspend: bool = False


class Break(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Each agent of the group is not ready for ``length``, ``every`` so long after log-in or the break before."""

    reason: Id
    every: Distribution
    length: Distribution


class PlacedCalls(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Calls of agents' own, a Poisson process: a free agent of the group calls a customer, or one of the group ``to``.

    Which of the free ones is drawn evenly; when nobody is free, or nobody could be called, the call is not made.
    """

    id: Id
    queue: Id
    agents: Id
    rates: tuple[float, ...]
    service: Distribution
    per_ns: Duration = field(default=MINUTE, name="per")
    direction: PlacedDirection = "outbound"
    to: str = ""
    channel: str = "voice"
