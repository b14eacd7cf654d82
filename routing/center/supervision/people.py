"""The settings of supervision: a centre's people and their roles, how monitoring is announced, what is logged.

Owns the shape, the defaults and the rules between values; must not know files (``files``) nor who is asked.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from routing.center.supervision.roles import COMMANDS, OPERATIONS, Role
from routing.commands import Direction
from routing.errors import ConfigError
from routing.model import Config, Id
from routing.words import quoted, suggest

#: In ``queues``: all there are.
ALL: Final = "*"
#: What a customer is told of monitoring: nothing; it is announced; it is asked for, and not done without a yes.
Duty = Literal["silent", "announce", "consent"]


class Person(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Somebody who may do something.

    Parameters
    ----------
    name : str
        How they are named in journals and in the log: a reference of the centre's, such as a staff number.
    roles : tuple of str
        agent, front_end, supervisor, administrator, read_only; the first that permits something suffices.
    queues : tuple of str, optional
        The only queues that they may touch; ``["*"]``: all. Not given: none for a supervisor, else all.
    groups : tuple of str, default ()
        Groups of agents whom they may touch, with what these have in hand, beside ``queues``.
    agent : str, default ""
        Which agent they are: whom they act for in the role "agent", and to whom a supervisor's leg rings.
    """

    name: Id
    roles: tuple[Role, ...]
    queues: tuple[Id, ...] | None = None
    groups: tuple[Id, ...] = ()
    agent: str = ""


class Announcement(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a customer is told before somebody listens; the first one that fits a contact holds.

    Parameters
    ----------
    duty : {"silent", "announce", "consent"}
        "silent": nothing. "announce": the front-end is told to announce it (a `Signal` "announcement"). "consent": it
        is refused until the customer has said yes (`Consent("monitoring", "given")`).
    queues : tuple of str, default ()
        Of contacts in these queues; none: in any.
    directions : tuple of str, default ()
        Of contacts in these directions; none: in any.
    """

    duty: Duty
    queues: tuple[Id, ...] = ()
    directions: tuple[Direction, ...] = ()


class Audited(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is logged, beside what was refused to somebody and all operations of supervisors.

    Parameters
    ----------
    roles : tuple of str, default ("supervisor", "administrator")
        Every command of people with one of these roles.
    commands : tuple of str, optional
        These commands by whomever. Not given: those that neither agents nor front-ends may give, but for
        `PublishEstimate` and `Resume`, which the host gives by itself. ``["*"]``: every command that names who gave it.
    never : tuple of str, default ()
        These commands not, unless they were refused to somebody or are part of an operation.
    most : int, default 200,000
        Rows that wait for the database; beyond it the oldest go, and the next row says how many.
    """

    roles: tuple[Role, ...] = ("supervisor", "administrator")
    commands: tuple[str, ...] | None = None
    never: tuple[str, ...] = ()
    most: Annotated[int, Meta(ge=1, le=10_000_000)] = 200_000


class Supervision(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The settings of supervision.

    Parameters
    ----------
    people : tuple of Person
        Nobody else may do anything at the desk.
    legs : str, default ""
        The queue that a supervisor's leg goes through when they barge in or take over. "": they cannot.
    announcements : tuple of Announcement
        What customers are told; where none fits, monitoring is announced.
    audit : Audited
        What is logged.
    refusals_per_minute : int, default 60
        So many refusals of one person are logged in a minute; the next one that is, says how many were left out.
    """

    people: tuple[Person, ...] = ()
    legs: str = ""
    announcements: tuple[Announcement, ...] = ()
    audit: Audited = Audited()
    refusals_per_minute: Annotated[int, Meta(ge=1, le=100_000)] = 60


def check_supervision(settings: Supervision) -> None:
    """Raise `ConfigError` if a rule between values is broken.

    Examples
    --------
    >>> check_supervision(Supervision((Person("kim", ("supervisor",)),)))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: people[0].queues: is missing; name the queues or groups that the supervisor looks \
after, or write ["*"] for all queues
    """
    for place, person in enumerate(settings.people):
        _check_person(person, f"people[{place}]")
    for name, count in Counter(person.name for person in settings.people).items():
        if count > 1:
            raise ConfigError("people", f"the name {quoted(name)} stands twice; give each person their own")
    agents = Counter(person.agent for person in settings.people if person.agent)
    for agent, count in agents.items():
        if count > 1:
            raise ConfigError(
                "people", f"the agent {quoted(agent)} is two people; let each agent be one person"
            )
    for field in ("commands", "never"):
        _check_commands(getattr(settings.audit, field) or (), f"audit.{field}")


def check_against(settings: Supervision, config: Config) -> None:
    """Check that the queues and groups that the settings name are there; agents may come and go.

    Raises
    ------
    ConfigError
        For the first one that is not.

    Examples
    --------
    >>> from routing.model import Queue
    >>> check_against(Supervision(legs="linez"), Config(queues=(Queue("lines"),)))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: legs: unknown queue 'linez'; did you mean 'lines'?
    """
    queues, groups = [one.id for one in config.queues], config.groups
    if settings.legs:
        _among("legs", settings.legs, "queue", queues)
    for place, person in enumerate(settings.people):
        for at, name in enumerate(person.queues or ()):
            if name != ALL:
                _among(f"people[{place}].queues[{at}]", name, "queue", queues)
        for at, name in enumerate(person.groups if groups else ()):  # else they are those that agents have
            _among(f"people[{place}].groups[{at}]", name, "group", groups)
    for place, announcement in enumerate(settings.announcements):
        for at, name in enumerate(announcement.queues):
            _among(f"announcements[{place}].queues[{at}]", name, "queue", queues)


def _among(path: str, name: str, kind: str, known: Collection[str]) -> None:
    if name not in known:
        hint = suggest(name, known) or f"; add it to the centre's {kind}s, or leave it out"
        raise ConfigError(path, f"unknown {kind} {quoted(name)}{hint}")


def _check_person(person: Person, path: str) -> None:
    if not person.roles:
        raise ConfigError(f"{path}.roles", "is empty, so that nothing would be permitted; name a role")
    if "supervisor" in person.roles and person.queues is None and not person.groups:
        raise ConfigError(
            f"{path}.queues",
            "is missing; name the queues or groups that the supervisor looks after, or write "
            '["*"] for all queues',
        )
    if "agent" in person.roles and not person.agent:
        raise ConfigError(f"{path}.agent", "is missing; say which agent this is")


def _check_commands(names: Iterable[str], path: str) -> None:
    for place, name in enumerate(names):
        if name != ALL and name not in COMMANDS:
            raise ConfigError(f"{path}[{place}]", f"{quoted(name)} is no command{suggest(name, COMMANDS)}")


class Staff:
    """The people of a centre by name.

    Examples
    --------
    >>> staff = Staff([Person("kim", ("supervisor",), queues=("*",)), Person("lee", ("read_only",))])
    >>> staff["kim"].queues is None, "jo" in staff, staff.of_agent("kim")
    (True, False, '')
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self._people: Mapping[str, Person] = {person.name: _settled(person) for person in people}
        self._of_agent = {person.agent: person.name for person in self._people.values() if person.agent}

    def __getitem__(self, name: str) -> Person:
        return self._people[name]

    def __contains__(self, name: str) -> bool:
        return name in self._people

    def __iter__(self) -> Iterator[str]:
        return iter(self._people)

    def of_agent(self, agent: str) -> str:
        """Name the person who is an agent; "" for nobody."""
        return self._of_agent.get(agent, "")

    def has_role(self, name: str, roles: Collection[str]) -> bool:
        """Whether this is one of the people, and has one of these roles."""
        found = self._people.get(name)
        return found is not None and not set(found.roles).isdisjoint(roles)


def _settled(person: Person) -> Person:
    """Spell out whose queues they are: None for all."""
    queues = person.queues
    if queues is None and "supervisor" in person.roles:
        queues = ()
    if queues is not None and ALL in queues:
        queues = None
    return replace(person, queues=queues)


#: Commands that neither agents nor front-ends may give, but for what a host gives by itself.
SUPERVISORY: Final = frozenset(
    name
    for name, rule in COMMANDS.items()
    if {"agent", "front_end"}.isdisjoint(rule.scopes) and name not in ("PublishEstimate", "Resume")
)
#: Everything that may be named to somebody.
ACTS: Final = frozenset(COMMANDS) | frozenset(OPERATIONS)
