"""What a dialer must see of its host before it decides, taken under one lock.

Owns these looks; must not know what is decided.
"""

from collections.abc import Collection
from typing import NamedTuple

from routing.engine import Engine
from routing.outbound.calls import Calls, Finished, Heard


class Sight(NamedTuple):
    """Calls as they stand at one instant.

    ``lines``: calls by carrier that hold a line; ``unanswered``: living attempts by campaign; ``number``: confirms what
    is finished; ``ends``: carrier, outcome and instant of attempts that ended since the last look; ``bereft``: attempts
    whose agent is gone.
    """

    at_ns: int
    number: int
    finished: list[Finished]
    heard: list[Heard]
    ends: list[tuple[str, str, int]]
    bereft: list[str]
    lines: dict[str, int]
    unanswered: dict[str, int]


def sight(calls: Calls, at_ns: int) -> Sight:
    """Look at calls. O(what is finished + carriers + campaigns)."""
    number, finished = calls.take()
    return Sight(
        at_ns,
        number,
        finished,
        calls.take_heard(),
        calls.take_ends(),
        calls.take_bereft(),
        dict(calls.lines),
        dict(calls.unanswered),
    )


def idle_among(engine: Engine, agents: Collection[str]) -> set[str]:
    """Say which of these agents could take a call at once: available, and with nothing in hand. O(these)."""
    views = engine.agents
    found = set()
    for name in agents:
        view = views.get(name)
        if view is not None and view.available and not view.segments:
            found.add(name)
    return found


def unanswered_of(engine: Engine, campaigns: Collection[str]) -> list[str]:
    """List the attempts of these campaigns that nobody has answered yet. O(attempts)."""
    return [
        view.id
        for view in engine.attempts.values()
        if view.campaign in campaigns and view.state != "answered"
    ]


def orphans(engine: Engine, attribute: str, known: Collection[str]) -> list[str]:
    """List contacts with this attribute that belong to no call: previews whose dialer is gone. O(contacts)."""
    return [
        view.id for view in engine.contacts.values() if attribute in view.attributes and view.id not in known
    ]


def bereft(engine: Engine) -> list[str]:
    """List attempts on behalf of an agent who has let the preview go. O(attempts)."""
    contacts = engine.contacts
    return [
        view.id for view in engine.attempts.values() if view.contact == view.id and view.id not in contacts
    ]
