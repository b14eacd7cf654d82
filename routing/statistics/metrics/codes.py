"""Dispositions counted: each segment once, by the last that was said of it, in the interval of the first.

So a correction changes what an interval counts, and never how much.

Owns this rule; must not know where records are kept (a history counts by the same rule in its database).
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import asdict

from routing.statistics.outcomes import CodeCounts, DispositionRecord

Key = tuple[str | int, ...]


def count_codes(
    records: Iterable[DispositionRecord], by: Sequence[str] = ("code",), interval_ns: int = 1
) -> dict[Key, CodeCounts]:
    """Count dispositions by some of their fields. O(n log n); the order of the records does not matter.

    Parameters
    ----------
    records : iterable of DispositionRecord
        With their corrections.
    by : sequence of str
        Fields, in order; "start_ns" is the start of the interval in which something was said of the segment first.
    interval_ns : int, default 1
        Length of intervals.

    Returns
    -------
    dict
        By the values of ``by``, sorted; what has only zeros is left out.
    """
    known = sorted(records, key=lambda one: (one.at_ns, one.number))
    of_segment = {(one.contact, one.arrived_ns, one.segment): one for one in known}
    of_contact = {(one.contact, one.arrived_ns): one for one in known}
    tallies: dict[Key, dict[str, int]] = {}
    for one in known:
        stands = of_segment[one.contact, one.arrived_ns, one.segment] is one
        if not stands and not one.correction:
            continue
        start_ns = one.first_ns - one.first_ns % interval_ns
        key = tuple(start_ns if name == "start_ns" else getattr(one, name) for name in by)
        tally = tallies.setdefault(key, asdict(CodeCounts()))
        tally["corrections"] += one.correction
        if stands:
            tally["dispositions"] += 1
            tally["contacts"] += of_contact[one.contact, one.arrived_ns] is one
            tally["follow_ups"] += one.follow_up
            tally["automatic"] += one.automatic
            tally["unknown"] += not one.known
            if one.resolved:
                tally[one.resolved] += 1
    return {key: CodeCounts(**tallies[key]) for key in sorted(tallies)}


def total_codes(parts: Iterable[CodeCounts]) -> CodeCounts:
    """Add counts up.

    >>> total_codes([CodeCounts(dispositions=2), CodeCounts(dispositions=1, contacts=1)]).dispositions
    3
    """
    added = asdict(CodeCounts())
    for part in parts:
        for name, count in asdict(part).items():
            added[name] += count
    return CodeCounts(**added)
