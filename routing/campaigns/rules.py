"""When somebody is called again, and in which order lists are worked through: rules, as a file spells them.

Owns these structs, their defaults and checks; must not know how they are applied (``retrying``, ``hopper``).
"""

import os
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field, json, structs

from routing.config import text
from routing.config.files import load_with
from routing.config.localtime import parse_clock, zone
from routing.config.shape import to_struct
from routing.errors import ConfigError
from routing.model import Duration
from routing.units import HOUR, MINUTE

Count = Annotated[int, Meta(ge=0, le=1_000)]
#: ``again``: the record is called again; ``close_number``: never this number again; ``close``: never this record again.
Then = Literal["again", "close_number", "close"]
#: ``after``: so long after the attempt; ``next_day``: at the same time of the next local day; ``other_half``: in the
#: other half of the day, the same day or the next.
When = Literal["after", "next_day", "other_half"]

#: Further outcomes, beside those of the engine, that a rule may speak of.
ABANDONED: Final = "abandoned"


class Retry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What follows an outcome."""

    then: Then = "again"
    when: When = "after"
    after_ns: Duration = field(default=2 * HOUR, name="after")  # with "after": the wait
    most: Count = 0  # attempts of a number that end so before the number is given up; 0: any number
    next_number: bool = False  # try the record's further numbers first


class RetryRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What follows each outcome, and when a record is given up.

    Examples
    --------
    >>> RetryRules().busy.after_ns // MINUTE, RetryRules().machine.when, RetryRules().invalid.then
    (5, 'next_day', 'close_number')
    """

    attempts: Count = 10  # of a record, in all; 0: any number
    per_number: Count = 0  # of one number; 0: any number
    between_ns: Duration = field(default=MINUTE, name="between")  # from one number of a record to its next
    morning: str = "09:00"  # with "other_half": when those are called that were called after noon
    noon: str = "13:00"
    afternoon: str = "17:00"  # and when those are that were called before
    person: Retry = Retry(then="close")
    machine: Retry = Retry(when="next_day")
    fax: Retry = Retry(then="close_number")
    busy: Retry = Retry(after_ns=5 * MINUTE, most=5)
    no_answer: Retry = Retry(after_ns=2 * HOUR, next_number=True)
    invalid: Retry = Retry(then="close_number")
    congestion: Retry = Retry(after_ns=5 * MINUTE)
    carrier_error: Retry = Retry(after_ns=5 * MINUTE)
    cancelled: Retry = Retry(after_ns=10 * MINUTE)
    lost: Retry = Retry(after_ns=HOUR)  # nobody knows what became of it: perhaps a person answered
    abandoned: Retry = Retry(when="next_day")
    dispositions: dict[str, Retry] = {}  # goes before the outcome

    def of(self, outcome: str, disposition: str = "", *, abandoned: bool = False) -> Retry:
        """Give the rule for an outcome: the disposition's if there is one, then that for abandoned calls.

        >>> rules = RetryRules(dispositions={"later": Retry(after_ns=HOUR)})
        >>> rules.of("person", "later").after_ns // HOUR, rules.of("person", "sold").then
        (1, 'close')
        """
        if disposition in self.dispositions:
            return self.dispositions[disposition]
        found: Retry = getattr(self, ABANDONED if abandoned else outcome)
        return found


class HopperRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which record is next. Recalls that are due always come first."""

    order: Literal["retry_first", "new_first"] = "retry_first"
    lists: Literal["in_order", "round_robin"] = "in_order"  # among records of the same priority


class CampaignRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The rules of a campaign."""

    timezone: str = "UTC"  # of records that have none of their own: for hours, "next_day" and "other_half"
    hopper: HopperRules = HopperRules()
    retry: RetryRules = RetryRules()


def check(rules: CampaignRules) -> CampaignRules:
    """Return rules that can be followed.

    Raises
    ------
    ConfigError
        If a time of day or time zone is none, or they are out of order.

    Examples
    --------
    >>> check(CampaignRules(retry=RetryRules(morning="14:00")))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: retry.morning: '14:00' is not before noon ('13:00'); correct one of them
    """
    zone(rules.timezone, "timezone")
    retry = rules.retry
    morning, noon, afternoon = (
        parse_clock(getattr(retry, name), f"retry.{name}") for name in ("morning", "noon", "afternoon")
    )
    if morning >= noon:
        raise ConfigError(
            "retry.morning", f"{retry.morning!r} is not before noon ({retry.noon!r}); correct one of them"
        )
    if afternoon < noon:
        raise ConfigError(
            "retry.afternoon", f"{retry.afternoon!r} is before noon ({retry.noon!r}); correct one of them"
        )
    return rules


def to_rules(raw: object) -> CampaignRules:
    """Make rules of plain data in which durations have units, as a file spells them.

    Raises
    ------
    ConfigError
        If a field is unknown, or a value is of the wrong type, out of bounds, or cannot be followed.

    Examples
    --------
    >>> to_rules({"retry": {"busy": {"after": "3m", "most": 4}}}).retry.busy
    Retry(then='again', when='after', after_ns=180000000000, most=4, next_number=False)
    """
    return check(to_struct(raw, CampaignRules))


def load_rules(path: str | os.PathLike[str]) -> CampaignRules:
    """Read rules from a file in TOML, YAML or JSON; errors are those of `to_rules`, and name the file."""

    def read(document: bytes, fmt: text.Format) -> CampaignRules:
        return to_rules(text.read(document, fmt))

    return load_with(path, read)


def to_json(rules: CampaignRules) -> str:
    """Write rules as they are stored: durations are numbers; what has its default is left out.

    >>> to_json(CampaignRules(retry=RetryRules(busy=Retry(after_ns=MINUTE))))
    '{"retry":{"busy":{"after":60000000000}}}'
    """
    return json.encode(rules).decode()


def from_json(stored: str) -> CampaignRules:
    """Read what `to_json` wrote."""
    return json.decode(stored, type=CampaignRules)


def with_timezone(rules: CampaignRules, timezone: str) -> CampaignRules:
    """Give the same rules for another time zone.

    >>> with_timezone(CampaignRules(), "Europe/Berlin").timezone
    'Europe/Berlin'
    """
    return check(structs.replace(rules, timezone=timezone))
