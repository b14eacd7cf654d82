"""When a waiting contact is likely to be answered, from the wait that its queue has published and its place there.

Owns this estimate, which is as good as what was published; must not know call-backs. Whoever has an estimator
(`routing.estimation`) asks that one instead.
"""

from routing.engine import Engine
from routing.views import ContactView


def turn_ns(engine: Engine, contact: str) -> int | None:
    """Estimate in how many ns a waiting contact is answered; None: not known.

    A newcomer who has n contacts before them waits w, as published (`PublishEstimate`). Where waits grow with places,
    one who has m of these before them waits ``w (m + 1) / (n + 1)``: Little's law for each place, with n + 1 of them.

    Parameters
    ----------
    engine : Engine
        It is only looked at.
    contact : str
        Which.

    Notes
    -----
    O(living contacts).

    Examples
    --------
    >>> from routing import Config, EnqueueContact, PublishEstimate, Queue
    >>> engine = Engine(Config(queues=(Queue("sales"),)))
    >>> for place in range(3):
    ...     _ = engine.apply(EnqueueContact(f"call-{place}", ("sales",)), place)
    >>> turn_ns(engine, "call-0")
    >>> _ = engine.apply(PublishEstimate("sales", 40), 3)
    >>> turn_ns(engine, "call-0"), turn_ns(engine, "call-2")
    (10, 30)
    """
    mine = engine.contacts.get(contact)
    if mine is None or not mine.visits:
        return None
    if mine.state == "offered":
        return 0
    name = mine.lead_queue or mine.visits[0].queue
    queue = engine.queues.get(name)
    if queue is None or queue.estimate_ns < 0:
        return None
    noun = next(one for one in engine.config.queues if one.id == name)
    credits_ns = noun.priority_credits_ns

    def key(view: ContactView) -> int:
        credit_ns = credits_ns[min(view.priority, len(credits_ns) - 1)] if credits_ns else 0
        return view.enqueued_ns - view.credit_ns - credit_ns

    place = key(mine)
    others = [one for one in engine.contacts.values() if any(visit.queue == name for visit in one.visits)]
    ahead = sum(
        1 for one in others if one.id != contact and (key(one), one.enqueued_ns) < (place, mine.enqueued_ns)
    )
    return queue.estimate_ns * (ahead + 1) // (len(others) + 1)
