"""Who may not do what, in words: the judgement over people, commands and operations, with rule and remedy.

Owns these words; must not know the permissions (``roles``) nor how they are compared (``permission``).
"""

from collections.abc import Sequence
from typing import Final

from routing.center.supervision.folding import Supervising
from routing.center.supervision.looking import Floor
from routing.center.supervision.operations import Operation
from routing.center.supervision.people import Person
from routing.center.supervision.permission import Hindrance, Subjects, hindrance, subjects_of
from routing.center.supervision.roles import OPERATIONS, rule_of
from routing.commands import Command
from routing.errors import UsageError
from routing.words import quoted

#: Of names and subjects, in characters.
NAME_MAX: Final = 128


def judged(one: Supervising, *, who: str, acts: Sequence[Command | Operation]) -> tuple[int, str, str] | None:
    """Say which of these they may not do: its place, the reason, and rule and remedy."""
    if type(who) is not str or not 0 < len(who) <= NAME_MAX:
        given = quoted(str(who))
        raise UsageError(
            f"who is {given}, no name of 1 to {NAME_MAX} characters; give that of one of the people"
        )
    if who not in one.staff:
        return 0, "unknown_person", "they are none of the centre's people; add them to `people`"
    person = one.staff[who]
    for place, act in enumerate(acts):
        name = type(act).__name__
        if name not in OPERATIONS:
            one.engine.check(act)  # type: ignore[arg-type]  # it says so, if it is no command
        rule = rule_of(act) or OPERATIONS.get(name)
        found = hindrance(person, rule, subjects_of(act, rule) if rule else _NOTHING, Floor(one.engine))
        if found is not None:
            return place, found, _rule_and_remedy(person, found)
    return None


_NOTHING: Final = Subjects()


def _rule_and_remedy(person: Person, found: Hindrance) -> str:
    match found:
        case "role_missing":
            roles = ", ".join(person.roles)
            return f"none of their roles ({roles}) permits it; docs/supervision.md lists those that do"
        case "foreign_agent":
            return f"it is not their own agent ({person.agent or 'none'}) nor in that agent's hands; ask a supervisor"
        case "foreign_queue":
            scope = ", ".join((*(person.queues or ()), *(f"group {group}" for group in person.groups)))
            return f"not all of what it touches is theirs ({scope or 'nothing'}); ask whose it is, or an administrator"
