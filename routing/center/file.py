"""The file of a centre's wings: ``center.toml`` (or YAML, or JSON) with a section for each that is wanted.

A section is spelled as the wing's own file is; a wing without a section is not there. What a centre has by name
(queues, channels, skills) is looked over against its configuration.

Owns this file, and what a host needs for it; must not know what a wing does, nor any database.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any, Final, NamedTuple

from msgspec import Struct

from routing.center import continuity as continuity_
from routing.center import outcomes as outcomes_
from routing.center import recording as recording_
from routing.center import signals as signals_
from routing.center import supervision as supervision_
from routing.center.continuity import Continuity
from routing.center.outcomes import Outcomes
from routing.center.outcomes.checking import check_centre, check_outcomes
from routing.center.recording import RecordingSettings
from routing.center.running import FOLLOWERS
from routing.center.signals import Signals
from routing.center.supervision import Supervision
from routing.config import text
from routing.config.files import load_with
from routing.config.shape import to_struct
from routing.errors import ConfigError
from routing.host.following import Making
from routing.model import Config
from routing.words import quoted, suggest


class Center(Struct, frozen=True):
    """The wings of a centre, each as its section says; None: it is not there."""

    supervision: Supervision | None = None
    recording: RecordingSettings | None = None
    signals: Signals | None = None
    outcomes: Outcomes | None = None
    callbacks: Any = None  # a `routing.center.callbacks.settings.CallBackSettings`
    continuity: Continuity | None = None


class Section(NamedTuple):
    """What is to be known of a wing to have it: its follower's name, how settings are read and checked, how it is made.

    ``proposes``: it is asked what is to be commanded. ``rows``: it has rows for a database.
    """

    follower: str
    read: Callable[[object], Any]
    check: Callable[[Any, Config], object]
    make: Callable[[Any], Making]
    proposes: bool = True
    rows: bool = False


def _struct(kind: type[Any], check: Callable[[Any], object]) -> Callable[[object], Any]:
    def read(raw: object) -> Any:
        found = to_struct(raw, kind)
        check(found)
        return found

    return read


def _call_backs(module: str) -> Any:
    """Give a module of call-backs, which need packages that no other wing does."""
    try:
        return import_module(f"routing.center.callbacks.{module}")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "", f"needs {error.name!r}, which is not installed; install huntgroup[campaigns], or leave it out"
        ) from error


#: By the name of the section, in the order in which wings are asked.
SECTIONS: Final[dict[str, Section]] = {
    "supervision": Section(
        supervision_.FOLLOWER,
        _struct(Supervision, supervision_.check_supervision),
        supervision_.check_against,
        supervision_.supervising,
        rows=True,
    ),
    "recording": Section(
        recording_.FOLLOWER,
        recording_.to_recording,
        recording_.check_recording,
        recording_.recording,
        rows=True,
    ),
    "signals": Section(
        signals_.FOLLOWER,
        _struct(Signals, lambda settings: signals_.check_signals(settings, "")),
        lambda settings, config: signals_.check_against(settings, config, ""),
        signals_.signalling,
    ),
    "outcomes": Section(
        outcomes_.NAME,
        _struct(Outcomes, check_outcomes),
        check_centre,
        outcomes_.following,
        rows=True,
    ),
    "callbacks": Section(
        "callbacks",
        lambda raw: _call_backs("files").call_backs_of(raw),
        lambda settings, config: _call_backs("settings").check_against(settings, config),
        lambda settings: _call_backs("wing").making(settings),
        rows=True,
    ),
    "continuity": Section(
        continuity_.FOLLOWER,
        _struct(Continuity, lambda settings: continuity_.check_continuity(settings, "")),
        lambda settings, config: continuity_.check_against(settings, config, ""),
        continuity_.continuing,
        proposes=False,
    ),
}


def load_center(path: str | os.PathLike[str]) -> Center:
    """Read and check a file of wings; its name ends in .toml, .yaml, .yml or .json.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with the path of the value.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads_center)


def loads_center(document: str | bytes, fmt: str) -> Center:
    """Read and check wings given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> center = loads_center('''
    ... [[recording.rules]]
    ... id = "all"
    ... [[outcomes.codes]]
    ... code = "sold"
    ... ''', "toml")
    >>> [name for name, _, _ in sections_of(center)]
    ['recording', 'outcomes']
    >>> loads_center('[recordings]', "toml")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: recordings: unknown section; did you mean 'recording'?
    """
    raw = text.read(document, fmt)
    if not isinstance(raw, dict):
        raise ConfigError("", "is no table; write a section for each wing, such as [recording]")
    found = {}
    for name, part in raw.items():
        section = SECTIONS.get(name)
        if section is None:
            hint = suggest(name, SECTIONS) or f"; there are {', '.join(SECTIONS)}"
            raise ConfigError(name, f"unknown section{hint}")
        found[name] = _under(name, partial(section.read, part))
    return Center(**found)


def check_center(center: Center, config: Config) -> None:
    """Check what the wings name against the configuration of the centre. O(size).

    Raises
    ------
    ConfigError
        For the first name that is unknown.
    """
    for name, section, settings in sections_of(center):
        _under(name, partial(section.check, settings, config))


def followers(center: Center) -> dict[str, Making]:
    """Give the followers that a host needs for these wings, to be passed to it by name.

    Examples
    --------
    >>> sorted(followers(Center(signals=Signals())))
    ['center', 'signals']
    """
    made = {section.follower: section.make(settings) for _, section, settings in sections_of(center)}
    return {**made, **FOLLOWERS}


def wings(center: Center) -> tuple[str, ...]:
    """Name the followers that are asked what is to be commanded."""
    return tuple(section.follower for _, section, _ in sections_of(center) if section.proposes)


def sections_of(center: Center) -> Iterator[tuple[str, Section, Any]]:
    """Give the sections that there are: name, what is to be known of the wing, and its settings."""
    for name, section in SECTIONS.items():
        settings = getattr(center, name)
        if settings is not None:
            yield name, section, settings


def needs_database(center: Center) -> tuple[str, ...]:
    """Name the sections whose wings have rows for a database."""
    return tuple(name for name, section, _ in sections_of(center) if section.rows)


def changes(old: Center, new: Center) -> tuple[str, ...]:
    """Name the sections that differ.

    >>> changes(Center(), Center(signals=Signals()))
    ('signals',)
    """
    return tuple(name for name in SECTIONS if getattr(old, name) != getattr(new, name))


def _under(name: str, work: Callable[[], Any]) -> Any:
    """Do something with a section; what is wrong with it, is under the section's name."""
    try:
        return work()
    except ConfigError as error:
        path = error.path.lstrip(".")
        inside = path if path == name or path.startswith((f"{name}.", f"{name}[")) else ""
        where = inside or (f"{name}.{path}" if path and not path.startswith("[") else f"{name}{path}")
        raise ConfigError(where, error.problem, reason=error.reason, subject=error.subject) from None


__all__ = [
    "SECTIONS",
    "Center",
    "Section",
    "changes",
    "check_center",
    "followers",
    "load_center",
    "loads_center",
    "needs_database",
    "sections_of",
    "wings",
]


def unknown(name: str) -> str:
    """Say that a wing is not there, and what to do.

    >>> unknown("signals")
    "the centre has no section 'signals'; add it to its center.toml"
    """
    return f"the centre has no section {quoted(name)}; add it to its center.toml"
