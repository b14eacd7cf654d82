"""The policy of recording: which contacts are recorded, with whose consent, and for how long that is kept.

Owns the shape of the policy, its defaults and its rules; must not know how a contact stands (``wanting``).
"""

import os
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from routing.commands import Direction
from routing.config import text
from routing.config.files import load_with
from routing.config.shape import to_struct
from routing.errors import ConfigError
from routing.model import Config, Duration, Id
from routing.units import MINUTE
from routing.words import quoted, suggest

ConsentMode = Literal["none", "announcement", "asked", "given"]
OnRefusal = Literal["stop", "delete", "go_on"]
_HASHES: Final = 2**64


class Rule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which contacts are recorded, and how. Of several rules the first that fits a contact holds for it.

    Parameters
    ----------
    id : str
        For people and rows; of its own.
    queues : tuple of str, default ()
        Queues from which a contact was answered, or by whose rules it was placed. None: any.
    directions : tuple of str, default ("inbound", "outbound")
        ``internal`` must be named to be recorded.
    channels : tuple of str, default ("voice",)
        None: any.
    legs : bool, default False
        It fits legs, too: consultations, and supervisors who talk to the agent apart. What is said once a leg has
        joined is part of the contact's own recording, never of the leg's.
    share : float, default 1
        So much of the contacts that it fits, chosen by a hash of their ids (`is_chosen`). 0: none but on demand.
    consent : {"none", "announcement", "asked", "given"}, default "given"
        ``none``: recorded from the start. ``announcement``: so, too, and the front-end tells the customer as it
        begins. ``asked``: from when they are asked; who says nothing is recorded. ``given``: from when they agree.
    on_refusal : {"stop", "delete", "go_on"}, default "delete"
        Recording stops, and what was recorded is kept, or is to be deleted at once; or it goes on all the same, where
        a law wants it recorded.
    on_demand : bool, default True
        An agent or supervisor may ask for it where the share has not chosen the contact. Consent is needed as ever.
    may_stop : bool, default False
        An agent may have it stopped, which the policy had begun.
    pause : bool, default True
        It may be paused, such as while card data is spoken.
    max_pause_ns : int, default 2 min
        After so long a pause it goes on by itself.
    held : {"pause", "record"}, default "pause"
        What happens while the contact is on hold.
    retention_days : int, default 90
        Days of 24 hours, from the end of a segment, until it may be purged.
    legal_hold : bool, default False
        Segments are under legal hold until somebody releases them.
    """

    id: Id
    queues: tuple[Id, ...] = ()
    directions: tuple[Direction, ...] = ("inbound", "outbound")
    channels: tuple[Id, ...] = ("voice",)
    legs: bool = False
    share: float = 1.0
    consent: ConsentMode = "given"
    on_refusal: OnRefusal = "delete"
    on_demand: bool = True
    may_stop: bool = False
    pause: bool = True
    max_pause_ns: Duration = field(default=2 * MINUTE, name="max_pause")
    held: Literal["pause", "record"] = "pause"
    retention_days: Annotated[int, Meta(ge=1, le=36_500)] = 90
    legal_hold: bool = False

    def fits(self, queue: str, direction: str, channel: str, *, leg: bool) -> bool:
        """Tell whether it fits such a contact.

        >>> rule = Rule("sales", queues=("sales",))
        >>> rule.fits("sales", "inbound", "voice", leg=False), rule.fits("sales", "internal", "voice", leg=True)
        (True, False)
        """
        return (
            (not self.queues or queue in self.queues)
            and (not self.directions or direction in self.directions)
            and (not self.channels or channel in self.channels)
            and (self.legs or not leg)
        )


class RecordingSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The policy.

    Parameters
    ----------
    rules : tuple of Rule, default ()
        The first that fits holds. What none fits is never recorded, not even on demand.
    most : int, default 100,000
        Rows that wait for a database; beyond it the oldest are dropped, and counted as lost.
    """

    rules: tuple[Rule, ...] = ()
    most: Annotated[int, Meta(ge=1, le=100_000_000)] = 100_000

    def rule(self, queue: str, direction: str, channel: str, *, leg: bool = False) -> Rule | None:
        """Find the rule that holds for such a contact. O(rules).

        >>> policy = RecordingSettings((Rule("claims", queues=("claims",), share=0.1), Rule("others")))
        >>> [rule.id for queue in ("claims", "sales") if (rule := policy.rule(queue, "inbound", "voice"))]
        ['claims', 'others']
        >>> policy.rule("sales", "internal", "voice") is None
        True
        """
        for one in self.rules:
            if one.fits(queue, direction, channel, leg=leg):
                return one
        return None


def is_chosen(contact: str, share: float) -> bool:
    """Tell whether a contact is in a share: always the same, whoever asks, and still so when the share grows.

    The first 64 bits of blake2b of the id, as a number, below ``share * 2**64``. There is no key: who knows the policy
    and chooses the ids could choose what is recorded; front-ends make them, not customers.

    >>> sum(is_chosen(f"call-{number}", 0.25) for number in range(1000))
    235
    >>> is_chosen("call-1", 1), is_chosen("call-1", 0)
    (True, False)
    """
    if share >= 1:
        return True
    number = int.from_bytes(blake2b(contact.encode(), digest_size=8).digest(), "big")
    return number < int(share * _HASHES)


def to_recording(raw: object, path: str = "") -> RecordingSettings:
    """Make the policy of plain data in which durations have units, and check it.

    Parameters
    ----------
    raw : object
        As a file spells it.
    path : str, default ""
        Where it stands in the file, for errors.

    Raises
    ------
    ConfigError
        If anything is wrong; the message starts with the path of the value.

    Examples
    --------
    >>> to_recording({"rules": [{"id": "all", "max_pause": "1m30s"}]}).rules[0].max_pause_ns
    90000000000
    >>> to_recording({"rules": [{"id": "all", "share": 25}]}, "recording")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: recording.rules[0].share: 25.0 is not within 0..1; write a quarter of the calls as 0.25
    """
    try:
        settings = to_struct(raw, RecordingSettings)
        check_recording(settings)
    except ConfigError as error:
        where = f"{path}.{error.path}" if path and error.path else path or error.path
        raise ConfigError(where, error.problem, subject=error.subject) from None
    return settings


def loads_recording(document: str | bytes, fmt: str) -> RecordingSettings:
    """Read the policy given as text in "toml", "yaml" or "json": its table ``recording``, or the whole document.

    Examples
    --------
    >>> policy = loads_recording('''
    ... [[recording.rules]]
    ... id = "claims"
    ... queues = ["claims"]
    ... consent = "announcement"
    ... retention_days = 30
    ... ''', "toml")
    >>> policy.rules[0].consent, policy.rules[0].retention_days
    ('announcement', 30)
    """
    raw = text.read(document, fmt)
    if isinstance(raw, Mapping) and "recording" in raw:
        return to_recording(raw["recording"], "recording")
    return to_recording(raw)


def load_recording(path: str | os.PathLike[str]) -> RecordingSettings:
    """Read the policy from a file whose name ends in .toml, .yaml, .yml or .json.

    Errors are those of `loads_recording` and `routing.config.load`.
    """
    return load_with(path, loads_recording)


def check_recording(settings: RecordingSettings, config: Config | None = None) -> None:
    """Check the policy, and whether the centre has the queues and channels that it names.

    Parameters
    ----------
    settings : RecordingSettings
        The policy.
    config : Config, optional
        The centre.

    Raises
    ------
    ConfigError
        If a rule breaks a rule, or can never be reached; the message starts with its path.

    Examples
    --------
    >>> check_recording(RecordingSettings((Rule("all"), Rule("sales", queues=("sales",)))))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: rules[1]: 'sales' is never reached: rule 'all' fits whatever it fits; put it before that
    """
    for place, rule in enumerate(settings.rules):
        path = f"rules[{place}]"
        _check_rule(rule, path)
        for earlier in settings.rules[:place]:
            if earlier.id == rule.id:
                raise ConfigError(
                    f"{path}.id", f"{quoted(rule.id)} is there already; give every rule its own"
                )
            if _covers(earlier, rule):
                raise ConfigError(
                    path,
                    f"{quoted(rule.id)} is never reached: rule {quoted(earlier.id)} fits whatever it fits; "
                    "put it before that",
                )
        if config is not None:
            _check_names(rule.queues, [one.id for one in config.queues], f"{path}.queues", "queue")
            _check_names(rule.channels, [one.id for one in config.channels], f"{path}.channels", "channel")


def _check_rule(rule: Rule, path: str) -> None:
    if not 0 <= rule.share <= 1:
        raise ConfigError(
            f"{path}.share", f"{rule.share} is not within 0..1; write a quarter of the calls as 0.25"
        )
    if rule.consent == "given" and rule.on_refusal == "go_on":
        raise ConfigError(
            f"{path}.on_refusal",
            "'go_on' records who refuses, and consent 'given' does not; choose another consent, or 'stop'",
        )
    if rule.pause and not rule.max_pause_ns:
        raise ConfigError(
            f"{path}.max_pause",
            "'0s' ends a pause as it begins; write how long one may last, or pause = false",
        )


def _covers(earlier: Rule, later: Rule) -> bool:
    """Does the earlier rule fit whatever the later one fits?"""

    def whole(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
        return not wide or (bool(narrow) and set(narrow) <= set(wide))

    return (
        whole(earlier.queues, later.queues)
        and whole(earlier.directions, later.directions)
        and whole(earlier.channels, later.channels)
        and (earlier.legs or not later.legs)
    )


def _check_names(names: tuple[str, ...], known: list[str], path: str, what: str) -> None:
    for place, name in enumerate(names):
        if name not in known:
            hint = suggest(name, known) or f"; name one that the centre has, or add the {what}"
            raise ConfigError(f"{path}[{place}]", f"unknown {what} {quoted(name)}{hint}", subject=name)
