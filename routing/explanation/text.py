"""Shows an explanation or a decision as text and aligned tables.

Owns how they look; must not know how they are found, nor where they are printed.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from routing.durations import format_duration
from routing.explaining.shapes import (
    Decision,
    Earlier,
    Explanation,
    Figures,
    Key,
    Part,
    Reason,
    ReserveState,
    Verdict,
    VisitExplanation,
)
from routing.units import MILLISECOND, SECOND

_PAIRS_SHOWN: Final = 20


def render(found: Explanation | Decision, *, zone: tzinfo = UTC) -> RenderableType:
    """Lay out an explanation of now, or a decision of the past; instants are written in ``zone``."""
    return Group(*(_decision(found, zone) if isinstance(found, Decision) else _explanation(found, zone)))


def _decision(found: Decision, zone: tzinfo) -> Iterator[RenderableType]:
    cause = f"by {found.command}" if found.command else "by a timer, or as time passed"
    where = f"{_instant(found.at_ns, zone)}, {cause} (envelope {found.seq})"
    if found.offer:
        head = f"Offer {found.offer}: contact {found.contact} to agent {found.agent}, through queue {found.queue}"
    else:
        head = f"Contact {found.contact} is not offered to anybody"
    yield Text(head, style="bold")
    yield Text(f"  {where}")
    if found.batch is not None:
        batch = found.batch
        yield Text(
            f"  A batch decided: {len(batch.pairs)} offers from offer {batch.first_offer} on for {batch.contacts} "
            f"contacts, together worth {batch.worth:,}, the most there is. Not this pair, but all of them:"
        )
        for pair in batch.pairs[:_PAIRS_SHOWN]:
            yield Text(f"    {pair.contact} to {pair.agent}: {pair.worth:,}")
        if len(batch.pairs) > _PAIRS_SHOWN:
            yield Text(f"    and {len(batch.pairs) - _PAIRS_SHOWN:,} more")
    yield Text()
    yield from _explanation(found.explanation, zone, found.agent)
    if found.offer and found.explanation.before:
        yield from _earlier(found, zone)


def _earlier(found: Decision, zone: tzinfo) -> Iterator[RenderableType]:
    yield Text()
    more = found.explanation.before - len(found.earlier)
    shown = f", the first {len(found.earlier)}" if more else ""
    yield Text(f"Contacts that stood before and did not take {found.agent}{shown}", style="bold")
    table = _table("contact", "tier", "rank", "why not")
    for one in found.earlier:
        table.add_row(*_earlier_row(one, found.at_ns, zone))
    yield table


def _earlier_row(one: Earlier, at_ns: int, zone: tzinfo) -> tuple[str, str, str, str]:
    why = "; ".join(reason_text(reason, at_ns) for reason in one.reasons)
    return one.contact, _tier(one.key), _instant(one.key.rank_ns, zone), why


def _explanation(found: Explanation, zone: tzinfo, chosen: str = "") -> Iterator[RenderableType]:
    about = f"{found.state}, {found.channel}, priority {found.priority}, load {found.load}"
    yield Text(f"Contact {found.contact} at {_instant(found.at_ns, zone)}: {about}", style="bold")
    for line in _standing(found, zone):
        yield Text(f"  {line}")
    for visit in found.visits:
        for line in _visit(visit, found.at_ns):
            yield Text(f"  {line}")
    if not found.visits:
        return
    yield Text()
    candidates = [verdict for verdict in found.verdicts if verdict.candidate]
    many = f"{found.candidates} of {found.agents} agents are candidates, by {found.strategy}"
    yield Text(many, style="bold")
    if candidates:
        yield _candidates(candidates, chosen, found.at_ns)
    others = [verdict for verdict in found.verdicts if not verdict.candidate]
    if others:
        table = _table("no candidate", "why")
        for verdict in others:
            table.add_row(
                verdict.agent, "; ".join(reason_text(reason, found.at_ns) for reason in verdict.reasons)
            )
        yield table
    left = found.agents - len(found.verdicts)
    if left:
        yield Text(f"  {left:,} agents more")
    if found.totals:
        totals = ", ".join(f"{count:,} {code}" for code, count in found.totals.items())
        yield Text(f"  In all: {totals}")


def _standing(found: Explanation, zone: tzinfo) -> Iterator[str]:
    if found.key is not None:
        key = found.key
        yield (
            f"stands by queue {found.lead_queue}: tier {_tier(key)}, rank {_instant(key.rank_ns, zone)} "
            f"({_parts_of_rank(key.parts, zone)}); {found.before:,} of {found.standing:,} stand before it"
        )
    if found.held_until_ns:
        yield f"is held as a whole {_until(found.held_until_ns, found.at_ns)}"
    if found.prefer_until_ns:
        yield f"waits for preferred agents only, {_until(found.prefer_until_ns, found.at_ns)}"
    if found.batch_until_ns is not None:
        window = _until(found.batch_until_ns, found.at_ns) if found.batch_until_ns else "no window is open"
        yield f"is collected for a batch; {window}"
    if found.reserved:
        yield f"has agent {found.reserved} kept free for it"
    if found.rings_at:
        yield f"rings at {', '.join(found.rings_at)}"


def _visit(visit: VisitExplanation, at_ns: int) -> Iterator[str]:
    age = _span(at_ns - visit.key.enqueued_ns)
    asks = visit.expression or "any member"
    since = _span(max(0, at_ns - visit.reached_ns))
    most = " at most" if visit.when else ""
    yield f"in queue {visit.queue}, age {age}: step {visit.step + 1} of {visit.steps} ({asks}), for {since}{most}"
    if visit.next_after_ns is not None:
        when = f", if {visit.next_when}" if visit.next_when else ""
        yield f"  next: {visit.next_expression or 'any member'} at age {format_duration(visit.next_after_ns)}{when}"
    if visit.reserves:
        yield f"  reserves: {', '.join(_reserve(one) for one in visit.reserves)}"


def _reserve(one: ReserveState) -> str:
    if one.spilled and one.on:
        return f"{one.index} active"
    missing = [word for word, so in (("age not reached", one.spilled), ("off", one.on)) if not so]
    return f"{one.index} {' and '.join(missing)}"


def _parts_of_rank(parts: Sequence[Part], zone: tzinfo) -> str:
    first, *rest = parts
    words = [f"{first.name} {_instant(first.value, zone)}"]
    words += [f"{'-' if part.value < 0 else '+'} {part.name} {_span(abs(part.value))}" for part in rest]
    return " ".join(words)


# Candidates


def _candidates(verdicts: Sequence[Verdict], chosen: str, at_ns: int) -> Table:
    titles = ["", "candidate", "idle", "handled"]
    figures = [verdict.figures for verdict in verdicts if verdict.figures is not None]
    shown = [
        title
        for title, wanted in (
            ("occupancy", any(one.occupancy for one in figures)),
            ("score", any(one.score is not None for one in figures)),
            ("share", any(one.share for one in figures)),
            ("turn", any(one.position is not None for one in figures)),
            ("preferred", any(one.preference is not None for one in figures)),
            ("waits", any(verdict.reasons for verdict in verdicts)),
        )
        if wanted
    ]
    table = _table(*titles, *shown)
    for verdict in verdicts:
        if verdict.figures is not None:
            mark = " <- chosen" if verdict.agent == chosen else ""
            row = [str(verdict.place), verdict.agent + mark, *_always(verdict.figures)]
            row += [_figure(title, verdict, verdict.figures, at_ns) for title in shown]
            table.add_row(*row)
    return table


def _always(figures: Figures) -> tuple[str, str]:
    return _span(figures.idle_ns), str(figures.handled)


def _figure(title: str, verdict: Verdict, figures: Figures, at_ns: int) -> str:
    if title == "occupancy":
        return f"{figures.occupancy / 100:.2f} %"
    if title == "score":
        parts = " ".join(f"{part.value:+,} {part.name}" for part in figures.parts)
        return "" if figures.score is None else f"{figures.score:,}{f' = {parts}' if parts else ''}"
    if title == "share":
        return (
            f"{figures.share}: {figures.share_given} given / {figures.share_of}" if figures.share else "none"
        )
    if title == "turn":
        return "-" if figures.position is None else str(figures.position + 1)
    if title == "preferred":
        direct = " directly" if figures.direct else ""
        return "" if figures.preference is None else f"{figures.preference}{direct}"
    return "; ".join(reason_text(reason, at_ns) for reason in verdict.reasons)


# Reasons


def reason_text(reason: Reason, at_ns: int) -> str:
    """Write a reason, as seen at an instant.

    Examples
    --------
    >>> reason_text(Reason("no_room", "voice", have=1, most=1), 0)
    'no room: voice 1 of 1'
    """
    until = f", {_until(reason.until_ns, at_ns)}" if reason.until_ns else ""
    where = f" ({reason.queue})" if reason.queue else ""
    match reason.code:
        case "not_ready":
            return f"not ready: {reason.subject}" if reason.subject else "not ready"
        case "device":
            return f"device {reason.subject.replace('_', ' ')}"
        case "no_room":
            return f"no room: {reason.subject} {reason.have} of {reason.most}"
        case "interruption":
            return f"busy with what interrupts it: {reason.subject}"
        case "reserve_not_active":
            what = "its age is not reached" if reason.subject == "after" else "its condition did not hold"
            return f"only in reserve {reason.have}{where}, {what}{until}"
        case "step_not_satisfied":
            return f"step not satisfied{where}: {', '.join(reason.terms)}"
        case "reserved_for_other":
            return f"kept free for {reason.subject}"
        case _:
            return reason.code.replace("_", " ") + where + until


# Words


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    for title in titles:
        table.add_column(title, justify="left", overflow="fold")
    return table


def _tier(key: Key) -> str:
    return "expedited" if key.expedited else str(key.tier)


def _span(ns: int) -> str:
    """Write a time to the millisecond, unless it is shorter than that."""
    return format_duration(ns // MILLISECOND * MILLISECOND if ns >= MILLISECOND else ns)


def _until(until_ns: int, at_ns: int) -> str:
    return f"for another {_span(max(0, until_ns - at_ns))}"


def _instant(at_ns: int, zone: tzinfo) -> str:
    """Write date and time; before 1970 and after 9999 as nanoseconds."""
    seconds, ns = divmod(at_ns, SECOND)
    if not 0 <= seconds < 253_000_000_000:
        return f"{at_ns} ns"
    fraction = f".{ns:09}".rstrip("0") if ns else ""
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S") + fraction
