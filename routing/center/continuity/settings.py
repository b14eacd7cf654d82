"""Settings of continuity: who is the same customer, how long a conversation stays open, what who comes back is given.

Owns their shape and rules; must not know what follows from them.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from routing.errors import ConfigError
from routing.model import Config, Duration, Id
from routing.units import HOUR, MINUTE, SECOND
from routing.words import quoted, suggest

#: Names the customer's reference where attributes are named.
CUSTOMER: Final = "customer"
#: What who comes back is given: the old place, the same agent, or whichever of them they had.
Gives = Literal["place", "agent", "both"]
#: How a contact may have ended whose customer comes back.
Dropped = Literal["abandoned", "lost", "cancelled", "handled", "diverted", "rejected"]
#: Orderings of queues in which a place can be given back: by credit or by deadline.
_PLACED: Final = ("priority_age", "deadline")

_Count = Annotated[int, Meta(ge=1, le=10_000_000)]
_Score = Annotated[int, Meta(ge=0, le=1_000_000)]


class Returning(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody is given who drops and comes back.

    Parameters
    ----------
    within_ns : int, default 5 min
        Until so long after the end of the contact; included.
    queues, channels : tuple of str, optional
        Of the new contact and the old one; empty: all.
    same_channel : bool, default True
        Whether the new contact has to be on the channel of the old one.
    outcomes : tuple of str, default ("abandoned", "lost")
        How the old contact ended. Where front-ends tell nothing of broken lines, a conversation that was cut off ends
        ``handled`` as any other: name it to take whoever calls again at once for one of these.
    gives : {"both", "place", "agent"}
        The old place in a queue in which they were, the agent who had the contact in hand, or both.
    most_ns : int, default 1 h
        An age of so much is given back at most.
    count_away : bool, default True
        Whether the time between counts as if they had waited. Then they stand exactly where they would have stood.
    prefer_ns : int, default 20 s
        The agent is waited for so long.
    direct : bool, default False
        Whether the agent is offered the contact even if no member of the queue, or not skilled.
    score : int, default 0
        Of the preference (`routing.model.Preference`).
    """

    within_ns: Duration = field(default=5 * MINUTE, name="within")
    queues: tuple[Id, ...] = ()
    channels: tuple[Id, ...] = ()
    same_channel: bool = True
    outcomes: tuple[Dropped, ...] = ("abandoned", "lost")
    gives: Gives = "both"
    most_ns: Duration = field(default=HOUR, name="most")
    count_away: bool = True
    prefer_ns: Duration = field(default=20 * SECOND, name="prefer")
    direct: bool = False
    score: _Score = 0


class Owners(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a directory's answer adds to a contact before it enters.

    Parameters
    ----------
    within_ns : int, default 50 ms
        The directory is waited for so long, and not longer.
    agents : tuple of str, default ("account_owner", "last_agent")
        Names of ``Answer.routing`` that hold an agent; the first that is there is preferred.
    attributes : tuple of str, optional
        Names of ``Answer.routing`` that become attributes of the contact.
    prefer_ns, direct, score
        As of `Returning`.
    """

    within_ns: Annotated[int, Meta(ge=0, le=5 * SECOND, title="duration")] = field(
        default=SECOND // 20, name="within"
    )
    agents: tuple[Id, ...] = ("account_owner", "last_agent")
    attributes: tuple[Id, ...] = ()
    prefer_ns: Duration = field(default=20 * SECOND, name="prefer")
    direct: bool = False
    score: _Score = 0


class Continuity(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The settings as a whole.

    Parameters
    ----------
    by : tuple of str, default ("customer",)
        What says whose contact it is: ``customer``, or names of attributes; the first that the contact has.
    conversation_ns : int, default 24 h
        A conversation stays open so long after the end of its last contact (`routing.customers` has the same window).
    returning : tuple of Returning, optional
        The first that fits is applied; without any, conversations are told and nothing is given.
    owners : Owners, optional
        What a directory adds; only for who asks one (`routing.center.continuity.asking`).
    people : int, default 200,000
        Whom it remembers at once; whoever is over first is forgotten first.
    contacts : int, default 100
        How many contacts of a conversation are listed, the newest.
    """

    by: tuple[Id, ...] = (CUSTOMER,)
    conversation_ns: Duration = field(default=24 * HOUR, name="conversation")
    returning: tuple[Returning, ...] = ()
    owners: Owners = Owners()
    people: _Count = 200_000
    contacts: _Count = 100


def check_continuity(settings: Continuity, path: str = "continuity") -> None:
    """Check the rules that look at more than one value. O(size).

    Raises
    ------
    ConfigError
        If a rule is broken; the message gives path, value, rule and remedy.

    Examples
    --------
    >>> check_continuity(Continuity(by=()))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: continuity.by: is empty; name "customer", or an attribute that says whose contact it is
    """
    if not settings.by:
        raise ConfigError(
            f"{path}.by", 'is empty; name "customer", or an attribute that says whose contact it is'
        )
    for place, name in enumerate(settings.by):
        if name in settings.by[:place]:
            raise ConfigError(f"{path}.by[{place}]", f"{quoted(name)} stands there twice; remove one")
    for place, name in enumerate(settings.owners.attributes):
        if "," in name:
            raise ConfigError(f"{path}.owners.attributes[{place}]", f"{quoted(name)} has a comma; rename it")
    for place, rule in enumerate(settings.returning):
        here = f"{path}.returning[{place}]"
        if not rule.outcomes:
            raise ConfigError(f"{here}.outcomes", 'is empty; name one, such as "abandoned"')
        if rule.within_ns == 0:
            raise ConfigError(f"{here}.within", "is 0, so nobody comes back in time; raise it")
        if rule.gives == "agent" and set(rule.outcomes) == {"abandoned"}:
            raise ConfigError(
                f"{here}.gives",
                "is agent, and who abandoned had none; give the place, or name more outcomes",
            )


def check_against(settings: Continuity, config: Config, path: str = "continuity") -> None:
    """Check what names queues and channels of a centre. O(size).

    Raises
    ------
    ConfigError
        If a name is unknown, or a place is to be given in a queue whose ordering knows no credit.

    Examples
    --------
    >>> from routing.model import Queue
    >>> check_against(
    ...     Continuity(returning=(Returning(queues=("sales",)),)), Config(queues=(Queue("sales", ordering="fifo"),))
    ... )
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: continuity.returning[0].queues[0]: in queue 'sales' the ordering 'fifo' knows no \
credit, so no place can be given back; make it "priority_age" (without priority_credits it is first in, first out)
    """
    queues = {queue.id: queue for queue in config.queues}
    channels = {channel.id for channel in config.channels}
    for place, rule in enumerate(settings.returning):
        here = f"{path}.returning[{place}]"
        for number, name in enumerate(rule.queues):
            if name not in queues:
                hint = suggest(name, queues) or "; add it to the configuration"
                raise ConfigError(f"{here}.queues[{number}]", f"unknown queue {quoted(name)}{hint}")
            ordering = queues[name].ordering
            if rule.gives != "agent" and ordering not in _PLACED:
                raise ConfigError(
                    f"{here}.queues[{number}]",
                    f"in queue {quoted(name)} the ordering {ordering!r} knows no credit, so no place can be given "
                    'back; make it "priority_age" (without priority_credits it is first in, first out)',
                )
        for number, name in enumerate(rule.channels):
            if name not in channels:
                hint = suggest(name, channels) or "; add it to the configuration"
                raise ConfigError(f"{here}.channels[{number}]", f"unknown channel {quoted(name)}{hint}")
