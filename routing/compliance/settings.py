"""Settings of a campaign against its profiles, at load: what would break a rule by itself is refused.

Owns these checks; must not know single calls or how a campaign is configured otherwise.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from routing.compliance.profiles import Profile, strictest
from routing.durations import format_duration
from routing.errors import ConfigError
from routing.model import Duration
from routing.units import SECOND

Mode = Literal["preview", "progressive", "power", "predictive", "agentless"]
#: Modes that may dial more than there are agents.
_MAY_ABANDON = ("power", "predictive")


class Settings(Struct, frozen=True):
    """What profiles look at in a campaign.

    Parameters
    ----------
    mode : str
        How it dials.
    cap : float
        Its own share of answered calls that may be abandoned.
    ring_ns : int
        How long it lets a telephone ring.
    grace_ns : int
        How long somebody who answered waits for an agent before the recorded message is played.
    message : str
        The recorded message for those who are abandoned.
    caller_id : str
        The number that it shows.
    detects_machines : bool
        Does it listen for answering machines and hang up on them?
    machine_false_positives : float or None
        Share of these that are people, by a reasoned estimate. None: not said.
    trust_confidence : bool
        Take the estimate from each detection instead.
    """

    mode: Mode = "predictive"
    cap: float = 0.03
    ring_ns: Duration = 25 * SECOND
    grace_ns: Duration = 2 * SECOND
    message: str = ""
    caller_id: str = ""
    detects_machines: bool = False
    machine_false_positives: float | None = None
    trust_confidence: bool = False


def check_settings(settings: Settings, profiles: Iterable[Profile], path: str = "campaign") -> None:
    """Check what a campaign does by itself against its profiles.

    Raises
    ------
    ConfigError
        For the first setting that breaks a rule; the message names the profile and the rule.

    Examples
    --------
    >>> from routing.compliance.profiles import choose
    >>> check_settings(Settings(ring_ns=9 * SECOND), choose(["us"]), "a")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: a.ring_timeout: '9s' breaks the rule ring_at_least of profile 'us'; write at least '15s'
    """
    profiles = tuple(profiles)
    asked = strictest(profiles)
    ring = asked.get("ring_at_least")
    if ring is not None and settings.ring_ns < ring.figure:
        raise _broken(
            path,
            "ring_timeout",
            settings.ring_ns,
            "ring_at_least",
            ring.profile,
            "at least",
            int(ring.figure),
        )
    cap, connect = asked.get("cap"), asked.get("connect_within")
    if settings.mode in _MAY_ABANDON and cap is not None and connect is not None:
        if cap.figure == 0.0:
            raise ConfigError(
                f"{path}.mode",
                f"{settings.mode!r} may abandon calls, which the rule cap of profile {cap.profile!r} never allows;"
                " write 'progressive'",
            )
        if settings.cap > cap.figure:
            raise ConfigError(
                f"{path}.cap",
                f"{settings.cap} breaks the rule cap of profile {cap.profile!r}; write at most {cap.figure}",
            )
        if settings.grace_ns > connect.figure:
            raise _broken(
                path,
                "grace",
                settings.grace_ns,
                "connect_within",
                connect.profile,
                "at most",
                int(connect.figure),
            )
    for profile in profiles:
        _check_one(settings, profile, path)


def _check_one(settings: Settings, profile: Profile, path: str) -> None:
    """Check what a profile wants to be there."""
    if profile.message_required and not settings.message and settings.mode != "preview":
        raise ConfigError(
            f"{path}.message",
            f"is missing, which breaks the rule message_required of profile {profile.id!r};"
            " name the recorded message for those whom no agent reaches",
        )
    if profile.caller_id_required and not settings.caller_id:
        raise ConfigError(
            f"{path}.caller_id",
            f"is missing, which breaks the rule caller_id_required of profile {profile.id!r};"
            " give the number to show",
        )
    estimated = settings.machine_false_positives is not None or settings.trust_confidence
    if profile.machine_false_positives and settings.detects_machines and not estimated:
        raise ConfigError(
            f"{path}.machine_false_positives",
            "is missing, but machines are listened for, and profile"
            f" {profile.id!r} counts people taken for machines (rule machine_false_positives);"
            " listen to a sample and write the share of people among them",
        )


def _broken(
    path: str, field: str, value_ns: int, rule: str, profile: str, how: str, figure_ns: int
) -> ConfigError:
    return ConfigError(
        f"{path}.{field}",
        f"{format_duration(value_ns)!r} breaks the rule {rule} of profile {profile!r};"
        f" write {how} {format_duration(figure_ns)!r}",
    )
