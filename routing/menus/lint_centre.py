"""Findings about a flow that is to lead into a centre: queues, requirements, priorities.

Owns these judgements; must not know how a flow is built otherwise.
"""

from collections.abc import Iterator

from routing.config import Names, check_expression, normalise
from routing.errors import ConfigError
from routing.findings import Finding
from routing.menus.looking_up import OF_QUEUES
from routing.menus.nodes import CallBackOffer, Enqueue, LookUp
from routing.menus.texts import names_in
from routing.menus.ways import Spot, Ways
from routing.model import Config
from routing.words import quoted, suggest

Found = tuple[int, Finding]


def check_centre(ways: Ways, config: Config) -> Iterator[Found]:
    """Look for what the centre does not know."""
    queues = {queue.id for queue in config.queues}
    names = Names.of(normalise(config))
    for spot in ways.spots.values():
        for field, queue in _queues(spot):
            if queue not in queues:
                yield (
                    spot.rank,
                    Finding(
                        "unknown-queue",
                        "error",
                        spot.path(field),
                        f"the centre has no queue {quoted(queue)}{suggest(queue, queues)}",
                        "the engine refuses a contact for it",
                        "correct the id, or add the queue to the centre",
                    ),
                )
        if isinstance(spot.node, Enqueue):
            yield from _enqueue(spot, spot.node, config, names)


def _queues(spot: Spot) -> Iterator[tuple[str, str]]:
    match spot.node:
        case Enqueue(queues=queues):
            for place, queue in enumerate(queues):
                yield f"queues[{place}]", queue
        case CallBackOffer(queue=queue):
            yield "queue", queue
        case LookUp(what=what, inputs={"queue": queue}) if what in OF_QUEUES and not names_in(queue):
            yield "inputs.queue", queue
        case _:
            pass


def _enqueue(spot: Spot, node: Enqueue, config: Config, names: Names) -> Iterator[Found]:
    if node.requirement:
        try:
            check_expression(node.requirement, "", names)
        except ConfigError as error:
            yield (
                spot.rank,
                Finding(
                    "invalid-requirement",
                    "error",
                    spot.path("requirement"),
                    error.problem,
                    "the engine refuses a contact with it",
                    "correct it, or declare the skill in the centre",
                ),
            )
    if node.priority > config.limits.priority:
        yield (
            spot.rank,
            Finding(
                "priority-above-limit",
                "error",
                spot.path("priority"),
                f"{node.priority} is above the centre's limits.priority, {config.limits.priority}",
                "the engine refuses a contact with it",
                "lower it, or raise the limit",
            ),
        )
