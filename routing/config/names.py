"""Names: how ids are spelled, what is known, and what is said about a name that nobody declared.

Owns these rules and `Names`; must not know what names whom (``checks``), files, or the engine.
"""

import keyword
import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final, Literal

from routing.errors import ConfigError
from routing.model import Config, Limits
from routing.skills import is_skill_id, quoted, suggest

Noun = Literal["skill", "group", "agent", "queue", "channel", "hours"]

_REMEDIES: Final[dict[Noun, str]] = {
    "skill": "declare it in skills",
    "group": "declare it in groups",
    "agent": "add the agent or remove the name",
    "queue": "add the queue or remove the name",
    "channel": "declare it in channels",
    "hours": "add opening hours with this id",
}
# Control characters, line separators and halves of surrogate pairs.
_UNFIT: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Names:
    """What is known, for names to be checked against.

    Sets or live views of dicts, so that an engine keeps one `Names` over its registries for good.

    Attributes
    ----------
    skills, groups, channels, agents, queues, hours : set-like of str
        Declared ids.
    limits : Limits
        The limits in force.
    """

    skills: AbstractSet[str] = frozenset()
    groups: AbstractSet[str] = frozenset()
    channels: AbstractSet[str] = frozenset()
    agents: AbstractSet[str] = frozenset()
    queues: AbstractSet[str] = frozenset()
    hours: AbstractSet[str] = frozenset()
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, config: Config) -> "Names":
        """Collect the names of a normalised configuration. O(size).

        Examples
        --------
        >>> from routing.model import Agent
        >>> Names.of(Config(agents=(Agent("ann"),))).agents
        frozenset({'ann'})
        """
        return cls(
            skills=frozenset(config.skills),
            groups=frozenset(config.groups),
            channels=frozenset(channel.id for channel in config.channels),
            agents=frozenset(agent.id for agent in config.agents),
            queues=frozenset(queue.id for queue in config.queues),
            hours=frozenset(hours.id for hours in config.hours),
            limits=config.limits,
        )


def check_skill_id(skill: str, path: str) -> None:
    """Check that expressions can name a skill.

    Raises
    ------
    ConfigError
        If they cannot.

    Examples
    --------
    >>> check_skill_id("lang-es", "skills[0]")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: skills[0]: 'lang-es' is no skill id; use letters, digits and '_' only
    """
    if not is_skill_id(skill):
        raise ConfigError(path, f"{quoted(skill)} is no skill id; {_skill_remedy(skill)}")
    check_id(skill, path)


def check_id(text: str, path: str) -> None:
    """Check an id of anything but a skill: 1..128 characters, no blanks at its ends, no control characters.

    Raises
    ------
    ConfigError
        If it is otherwise.

    Examples
    --------
    >>> check_id("sales ", "queues[0].id")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queues[0].id: 'sales ' begins or ends with a blank; remove it
    """
    if not 1 <= len(text) <= 128:
        raise ConfigError(path, f"{quoted(text)} has {len(text)} characters; ids have 1 to 128")
    if text != text.strip():
        raise ConfigError(path, f"{quoted(text)} begins or ends with a blank; remove it")
    check_text(text, path)


def are_ids(names: list[str]) -> bool:
    """Tell whether `check_id` takes all of them. O(size).

    Examples
    --------
    >>> are_ids(["ann", "bob"]), are_ids(["ann", " bob"])
    (True, False)
    """
    lengths = set(map(len, names))
    return (
        0 not in lengths
        and max(lengths, default=0) <= 128
        and list(map(str.strip, names)) == names
        and not _UNFIT.search("".join(names))
    )


def check_text(text: str, path: str) -> None:
    """Check that a text has no control characters and can be encoded.

    Raises
    ------
    ConfigError
        If not.
    """
    if _UNFIT.search(text):
        raise ConfigError(path, f"{quoted(text)} contains a control character; remove it")


def check_once(names: Iterable[str], path: str) -> None:
    """Check that a list names nothing twice.

    Raises
    ------
    ConfigError
        With the path of the second.
    """
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        first = seen.setdefault(name, place)
        if first != place:
            raise ConfigError(
                f"{path}[{place}]", f"{quoted(name)} is in the list already; remove one of them"
            )


def unknown(noun: Noun, name: str, path: str, known: AbstractSet[str]) -> ConfigError:
    """Make the complaint about a name that nobody declared."""
    hint = suggest(name, known) or f"; {_REMEDIES[noun]}"
    reason = "invalid_configuration" if noun == "hours" else f"unknown_{noun}"
    return ConfigError(path, f"unknown {noun} {quoted(name)}{hint}", reason=reason, subject=name)


def check_limit(noun: str, name: str, path: str, known: AbstractSet[str], limit: int) -> None:
    """Check that there is room for one more noun of this kind, unless it is known."""
    if name not in known and len(known) >= limit:
        raise ConfigError(
            path,
            f"{quoted(name)} would be {noun} number {len(known) + 1} of limits.{noun}s = {limit}; raise it",
            reason=f"{noun}s_limit",
            subject=name,
        )


def _skill_remedy(skill: str) -> str:
    form = unicodedata.normalize("NFKC", skill)
    if is_skill_id(form):
        return f"write {quoted(form)}, its normal form"
    if keyword.iskeyword(form):
        return "it is a reserved word, so choose another name"
    if form[:1].isdigit():
        return "do not begin with a digit"
    return "use letters, digits and '_' only"
