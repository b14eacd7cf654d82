"""First-contact resolution: did the customer have to come back?

The rule. Contacts of the same customer about the same subject, in order of arrival, form an *issue*, as long as each
arrives within the window after the end of all before it; one that arrives later opens a new issue. An issue is resolved
at first contact if its first contact was answered (and, if asked for, handled by one agent) and no other followed. It
can be judged once the window after its first contact is over; until then it is pending, unless it failed already.

There is no binding definition; a window of 7 days is common. This one needs nothing but contact records. Where it is
known what was said of contacts, that decides: the first contact of an issue is what its disposition says it is, and an
issue of which nothing was said is judged as before.

Owns this rule; must not know where records come from.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from routing.errors import UsageError
from routing.statistics.metrics.ratios import share
from routing.statistics.shapes import ContactRecord
from routing.units import DAY

#: What dispositions say of a matter that is at an end: resolved, or closed without more to be done.
SETTLED: Final = ("resolved", "closed")


class Resolution(Struct, frozen=True):
    """Issues by what became of them; ``resolved + repeated + failed + pending`` are all ``issues``.

    Attributes
    ----------
    issues : int
        All of them.
    resolved : int
        At first contact.
    repeated : int
        The customer came back within the window.
    failed : int
        They did not, but nobody had answered the first contact, or it was transferred and that counts.
    pending : int
        Not to be judged yet.
    unknown : int
        Contacts (not issues) without customer or subject: they are left out.
    share : float or None
        resolved / (issues - pending).
    said : int
        Issues whose first contact has a disposition that says how it came out, where those were asked for.
    """

    issues: int
    resolved: int
    repeated: int
    failed: int
    pending: int
    unknown: int
    share: float | None
    said: int = 0


def first_contact_resolution(
    records: Iterable[ContactRecord],
    until_ns: int,
    *,
    window_ns: int = 7 * DAY,
    transfers_fail: bool = False,
    said: Mapping[tuple[str, int], str] | None = None,
) -> Resolution:
    """Count issues and those resolved at first contact. O(n log n); the order of the records does not matter.

    Parameters
    ----------
    records : iterable of ContactRecord
        Of everything up to ``until_ns``; those of a window before the first day of interest belong to them, so that a
        repeated contact is not taken for a new issue.
    until_ns : int
        Up to when contacts are known.
    window_ns : int, default 7 days
        How long after the end of a contact another one counts as the same issue.
    transfers_fail : bool, default False
        Whether a first contact that was transferred counts as not resolved.
    said : mapping of (str, int) to str, optional
        By contact and instant of arrival, what stands of it: "resolved" and "closed" are resolved, unless the customer
        comes back; "unresolved" and "call_back" are not. "": nothing was said.

    Raises
    ------
    UsageError
        If the window is not positive.
    """
    if window_ns <= 0:
        raise UsageError(f"window_ns {window_ns} is not positive; seven days are usual")
    by_issue: dict[tuple[str, str], list[ContactRecord]] = {}
    unknown = 0
    for record in records:
        if record.customer and record.subject:
            by_issue.setdefault((record.customer, record.subject), []).append(record)
        else:
            unknown += 1
    tally = {"resolved": 0, "repeated": 0, "failed": 0, "pending": 0}
    spoken = 0
    for contacts in by_issue.values():
        for first, followed in _issues(contacts, window_ns):
            word = (said or {}).get((first.contact, first.arrived_ns), "")
            spoken += bool(word)
            tally[_judge(first, followed, until_ns - window_ns, transfers_fail, word)] += 1
    issues = sum(tally.values())
    return Resolution(
        issues=issues,
        unknown=unknown,
        said=spoken,
        share=share(tally["resolved"], issues - tally["pending"]),
        **tally,
    )


def _issues(contacts: list[ContactRecord], window_ns: int) -> list[tuple[ContactRecord, bool]]:
    """First contact of each issue, and whether another followed."""
    issues: list[tuple[ContactRecord, bool]] = []
    ended_ns = 0
    for record in sorted(contacts, key=lambda record: (record.arrived_ns, record.contact)):
        if issues and record.arrived_ns <= ended_ns + window_ns:
            issues[-1] = (issues[-1][0], True)
            ended_ns = max(ended_ns, record.ended_ns)
        else:
            issues.append((record, False))
            ended_ns = record.ended_ns
    return issues


def _judge(first: ContactRecord, followed: bool, judged_ns: int, transfers_fail: bool, word: str) -> str:
    if followed:
        return "repeated"
    if word:
        failed = word not in SETTLED
    else:
        failed = not first.answered_ns or (
            transfers_fail and any(segment.transferred for segment in first.segments)
        )
    if failed:
        return "failed"
    return "resolved" if first.ended_ns < judged_ns else "pending"
