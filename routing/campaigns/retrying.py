"""What becomes of a record when an attempt has ended: which of its numbers is next, and when, or that it is closed.

A pure function of the rules and of what is known of the record.

Owns this decision; must not know a database.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from routing.campaigns.rules import ABANDONED, Retry, RetryRules
from routing.campaigns.shapes import Ended
from routing.campaigns.tables import CLOSED, RECALL, RETRY
from routing.config.localtime import instant_ns, local_date, parse_clock, zone
from routing.units import SECOND

#: Why a record or number is closed that was tried as often as the rules allow.
EXHAUSTED: Final = "exhausted"
_DAY: Final = timedelta(days=1)


class Number(NamedTuple):
    """One number of a record."""

    position: int
    closed: str  # why; "": open
    tries: int
    tally: Mapping[str, int]  # attempts by outcome, the present one included


class Following(NamedTuple):
    """What follows: where the record stands from now on."""

    queue: int
    due_ns: int
    position: int
    closed: str = ""  # why the record is closed
    number_closed: str = ""  # why the number that was dialled is closed from now on


def outcome_word(ended: Ended) -> str:
    """Name what is counted: ``abandoned`` for a person whom no agent answered in time.

    >>> outcome_word(Ended("a1", "spring", "person", 5, abandoned=True))
    'abandoned'
    """
    return ABANDONED if ended.abandoned else ended.outcome


def following(
    rules: RetryRules,
    ended: Ended,
    timezone: str,
    numbers: Sequence[Number],
    position: int,
    tries: int,
    *,
    recalled: bool = False,
    recall_ns: int = 0,
) -> Following:
    """Decide what follows an attempt. O(numbers of the record).

    Parameters
    ----------
    rules : RetryRules
        Of the campaign.
    ended : Ended
        The attempt.
    timezone : str
        Whose days and halves of days.
    numbers : sequence of Number
        Of the record, by position; their tallies count this attempt.
    position : int
        The number that was dialled.
    tries : int
        Attempts of the record, this one included.
    recalled : bool, default False
        The attempt was a recall; it goes on being one until a person answers.
    recall_ns : int, default 0
        Somebody asked, meanwhile, to be called then.

    Examples
    --------
    >>> home, office = Number(0, "", 1, {"no_answer": 1}), Number(1, "", 0, {})
    >>> ended = Ended("a1", "spring", "no_answer", 0)
    >>> following(RetryRules(), ended, "UTC", [home, office], 0, 1).position
    1
    >>> following(RetryRules(), ended, "UTC", [home], 0, 10).closed
    'exhausted'
    """
    word = outcome_word(ended)
    rule = rules.of(ended.outcome, ended.disposition, abandoned=ended.abandoned)
    here = next(one for one in numbers if one.position == position)
    number_closed = here.closed or _number_closed(rules, rule, word, here)
    if recall_ns:
        return Following(RECALL, recall_ns, position)
    if rule.then == "close":
        return Following(CLOSED, 0, position, closed=ended.disposition or word, number_closed=here.closed)
    if rules.attempts and tries >= rules.attempts:
        return Following(CLOSED, 0, position, EXHAUSTED, number_closed)
    still = [one.position for one in numbers if not (one.closed or (one is here and number_closed))]
    if not still:
        return Following(CLOSED, 0, position, number_closed, number_closed)
    queue, later = RECALL if recalled else RETRY, [one for one in still if one > position]
    if (number_closed or rule.next_number) and later:
        return Following(queue, ended.at_ns + rules.between_ns, later[0], "", number_closed)
    after_ns = when_ns(rules, rule, ended.at_ns, timezone)
    to = still[0] if number_closed or rule.next_number else position
    return Following(queue, after_ns, to, "", number_closed)


def _number_closed(rules: RetryRules, rule: Retry, word: str, here: Number) -> str:
    if rule.then == "close_number":
        return word
    tried_out = rules.per_number and here.tries >= rules.per_number
    if tried_out or (rule.most and here.tally.get(word, 0) >= rule.most):
        return EXHAUSTED
    return ""


def when_ns(rules: RetryRules, rule: Retry, at_ns: int, timezone: str) -> int:
    """Tell when a rule lets the same number be dialled again.

    Examples
    --------
    >>> from routing.units import DAY, HOUR
    >>> half = Retry(when="other_half")
    >>> [when_ns(RetryRules(), half, hour * HOUR, "UTC") // HOUR for hour in (10, 15)]
    [17, 33]
    >>> when_ns(RetryRules(), Retry(when="next_day"), 10 * HOUR, "UTC") // HOUR
    34
    """
    if rule.when == "after":
        return at_ns + rule.after_ns
    where = zone(timezone)
    day = local_date(at_ns, where)
    if rule.when == "next_day":
        return instant_ns(day + _DAY, _minutes(at_ns, where), where)
    if at_ns < instant_ns(day, _clock(rules.noon), where):
        return max(instant_ns(day, _clock(rules.afternoon), where), at_ns)
    return instant_ns(day + _DAY, _clock(rules.morning), where)


_clock = lru_cache(64)(parse_clock)


def _minutes(at_ns: int, where: ZoneInfo) -> int:
    """Minutes that the local clock shows."""
    local = datetime.fromtimestamp(at_ns // SECOND, where)
    return local.hour * 60 + local.minute
