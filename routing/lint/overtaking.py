"""How much later a contact may come and still go first: the bound that docs/overtaking.md proves.

Owns the bound; must not know whether it is good or bad.
"""

from msgspec import Struct

from routing.config import format_duration
from routing.lint.centre import Centre, Component
from routing.model import Config, Queue


class Overtaking(Struct, frozen=True):
    """The bound for the queues of one component: those that share agents, directly or by others.

    Attributes
    ----------
    queues : tuple of str
        Their ids, in configured order.
    agents : tuple of str
        Members of these queues with capacity for a contact, in configured order.
    bound_ns : int or None
        No contact whose age begins so much later, or more, goes first to an agent with room for both; with 0, none
        that begins later at all. None: there is no bound.
    overtaken, overtaker : str
        Queues that attain it: contacts of the second go before those of the first.
    why : str
        What makes the bound, or why there is none.
    """

    queues: tuple[str, ...]
    agents: tuple[str, ...]
    bound_ns: int | None
    overtaken: str
    overtaker: str
    why: str


def overtaking_bound(config: Config, own_credit_ns: int = 0) -> tuple[Overtaking, ...]:
    """Tell for each component how much later a contact may come and still go first.

    Two queues share an agent when one agent with capacity for a contact is a member of both, by a reserve or
    otherwise; components are what is connected by that. For contacts whose queues all lie in one component: when an
    agent who is a candidate for both of two contacts is offered the second while the first waits, then the second's
    age began less than ``bound_ns`` after the first's, or at the same instant.

    It does not hold for contacts that are expedited, and counts from the instant at which the age of a contact
    begins: an overflow without ``keep_age`` begins it anew.

    Parameters
    ----------
    config : Config
        A checked configuration.
    own_credit_ns : int, default 0
        The greatest ``credit_ns`` that contacts bring on their own, as commands set it.

    Returns
    -------
    tuple of Overtaking
        One for each component, in the order of their first queues.

    Notes
    -----
    O(members) over all queues. The derivation stands in docs/overtaking.md.

    Examples
    --------
    >>> [found.bound_ns for found in overtaking_bound(Config(queues=(Queue("sales"), Queue("tea", ordering="fifo"))))]
    [600000000000, 0]
    """
    centre = Centre(config)
    return tuple(_of(centre, component, own_credit_ns) for component in centre.components)


def rank_range(queue: Queue, highest_priority: int, own_credit_ns: int = 0) -> tuple[int, int] | None:
    """Give the least and greatest of ``rank - enqueued_ns`` in a queue; None: it has no bounds.

    >>> rank_range(Queue("sales", priority_credits_ns=(0, 30), credit_ns=5), 100)
    (-35, -5)
    >>> rank_range(Queue("sales", ordering="service_objective", service_level_ns=20), 100)
    (20, 20)
    """
    if queue.ordering == "priority_age":
        credits_ns = queue.priority_credits_ns[: highest_priority + 1] or (0,)
        return (
            -queue.credit_ns - max(credits_ns) - own_credit_ns,
            -queue.credit_ns - min(credits_ns),
        )
    if queue.ordering == "fifo":
        return (0, 0)
    if queue.ordering == "service_objective":
        return (queue.service_level_ns, queue.service_level_ns)
    return None


def _of(centre: Centre, component: Component, own_credit_ns: int) -> Overtaking:
    queues = [centre.queues[place] for place in component.queues]
    names = tuple(queue.id for queue in queues)
    agents = tuple(centre.agents[place].id for place in sorted(component.agents))
    least: tuple[int, str] | None = None
    most: tuple[int, str] | None = None
    for queue in queues:
        obstacle = _obstacle(queue, queues[0])
        found = rank_range(queue, centre.config.limits.priority, own_credit_ns)
        if obstacle or found is None:
            return Overtaking(names, agents, None, "", "", obstacle)
        if least is None or found[0] < least[0]:
            least = (found[0], queue.id)
        if most is None or found[1] > most[0]:
            most = (found[1], queue.id)
    assert least is not None  # a component has a queue
    assert most is not None
    bound_ns = most[0] - least[0]
    why = (
        "all ranks are the instants at which ages begin"
        if bound_ns == 0
        else f"ranks lie from {_signed(least[0])} ({least[1]!r}) to {_signed(most[0])} ({most[1]!r}) "
        "after the instant at which the age begins"
    )
    return Overtaking(names, agents, bound_ns, most[1], least[1], why)


def _obstacle(queue: Queue, first: Queue) -> str:
    """Say why there is no bound, if there is none."""
    if queue.tier != first.tier:
        return f"{queue.id!r} has tier {queue.tier} and {first.id!r} tier {first.tier}: the lower always goes first"
    if queue.ordering == "deadline":
        return f"{queue.id!r} goes by deadline, which each contact brings on its own"
    if queue.batch_ns is not None:
        return f"{queue.id!r} assigns in batches, by the greatest total score and not in order"
    if queue.drain_after_ns:
        return (
            f"{queue.id!r} reserves agents (drain_after), who are then kept from contacts that came earlier"
        )
    return ""


def _signed(duration_ns: int) -> str:
    return f"-{format_duration(-duration_ns)}" if duration_ns < 0 else format_duration(duration_ns)
