"""What is written of attempts: before the dial, after it, and when a candidate is put back. Each call: one transaction.

An attempt is written once and ends once; whatever is told again changes nothing. Rows are locked in the order of their
keys, so that two writers wait for each other and never each for the other.

Owns these writes; must not know memory (``book``) or decide what follows an outcome (``retrying``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import json
from sqlalchemy import Connection, bindparam, insert, select, update

from routing.campaigns.retrying import Following, Number, following, outcome_word
from routing.campaigns.rules import CampaignRules
from routing.campaigns.shapes import Candidate, Dialled, Ended
from routing.campaigns.tables import ATTEMPTS, CLOSED, DIALLING, NEW, NUMBERS, RECALL, RECORDS, RETRY

#: Queues by the word for where a record was taken from.
QUEUE_OF: Final = {"new": NEW, "retry": RETRY, "recall": RECALL}
_IDS: Final = 2_000  # in one query
_R: Final = RECORDS.c
_N: Final = NUMBERS.c
_A: Final = ATTEMPTS.c
_MOVE: Final = (
    update(RECORDS)
    .where(_R.domain == bindparam("of"), _R.record == bindparam("id"))
    .values({name: bindparam(f"to_{name}") for name in ("queue", "due_ns", "position", "closed")})
)
_END_RECORD: Final = _MOVE.values(
    last_outcome=bindparam("to_last_outcome"), recall_ns=0, agent=bindparam("to_agent")
)
_START_RECORD: Final = (
    update(RECORDS)
    .where(_R.domain == bindparam("of"), _R.record == bindparam("id"))
    .values(
        queue=DIALLING,
        position=bindparam("to_position"),
        tries=_R.tries + 1,
        recall_ns=bindparam("to_recall_ns"),
    )
)
_THIS_NUMBER: Final = (
    _N.domain == bindparam("of"),
    _N.record == bindparam("id"),
    _N.position == bindparam("at"),
)
_START_NUMBER: Final = update(NUMBERS).where(*_THIS_NUMBER).values(tries=_N.tries + 1)
_END_NUMBER: Final = (
    update(NUMBERS).where(*_THIS_NUMBER).values(closed=bindparam("to_closed"), tally=bindparam("to_tally"))
)
_CLOSE_NUMBER: Final = update(NUMBERS).where(*_THIS_NUMBER).values(closed=bindparam("to_closed"))
_END_FIELDS: Final = (
    "outcome",
    "answered_ns",
    "talk_ns",
    "confidence",
    "detection_ns",
    "disposition",
    "cause",
)
_END_ATTEMPT: Final = (
    update(ATTEMPTS)
    .where(_A.domain == bindparam("of"), _A.attempt == bindparam("id"))
    .values(
        {name: bindparam(f"to_{name}") for name in (*_END_FIELDS, "ended_ns", "abandoned")},
    )
)


class Moved(NamedTuple):
    """A record that stands elsewhere now."""

    record: int
    list: str
    queue: int
    due_ns: int


def dialled(connection: Connection, domain: str, attempts: Sequence[Dialled]) -> frozenset[str]:
    """Write attempts before they are made; returns those that must not be made, as their record was taken meanwhile."""
    known = _attempts(connection, domain, [one.attempt for one in attempts])
    records = _records(connection, domain, {int(one.candidate.record) for one in attempts})
    refused: set[str] = set()
    rows: list[dict[str, object]] = []
    starts: dict[int, dict[str, object]] = {}
    for one in attempts:
        if one.attempt in known:
            continue
        record, position = reference(one.candidate.number_ref)
        found = records.get(record)
        if found is None or found.queue in (CLOSED, DIALLING) or record in starts:
            refused.add(one.attempt)
            continue
        rows.append(_row(domain, one, record, position))
        recall_ns = 0 if one.candidate.kind == "recall" else found.recall_ns
        starts[record] = {
            "of": domain,
            "id": record,
            "at": position,
            "to_position": position,
            "to_recall_ns": recall_ns,
        }
    if rows:
        connection.execute(_START_RECORD, [starts[record] for record in sorted(starts)])
        this = [{name: starts[record][name] for name in ("of", "id", "at")} for record in sorted(starts)]
        connection.execute(_START_NUMBER, this)
        connection.execute(insert(ATTEMPTS), rows)
    return frozenset(refused)


def ended(
    connection: Connection, domain: str, outcomes: Sequence[Ended], rules: Mapping[str, CampaignRules]
) -> tuple[list[Moved], list[Ended]]:
    """Write how attempts ended and what follows; returns records that moved, and outcomes that were new."""
    attempts = _attempts(connection, domain, [one.attempt for one in outcomes])
    fresh: dict[str, Ended] = {}
    for one in outcomes:
        found = attempts.get(one.attempt)
        if found is not None and not found.ended_ns:
            fresh.setdefault(one.attempt, one)
    if not fresh:
        return [], []
    ids = {attempts[attempt].record for attempt in fresh}
    records, numbers = _records(connection, domain, ids), _numbers(connection, domain, ids)
    ends: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    moves: list[dict[str, object]] = []
    moved: list[Moved] = []
    for one in sorted(fresh.values(), key=lambda one: attempts[one.attempt].record):
        attempt = attempts[one.attempt]
        ends.append(_end(domain, one))
        record = records.pop(attempt.record, None)  # has one open attempt at most
        if record is None:
            continue
        mine = _tallied(numbers[attempt.record], attempt.position, outcome_word(one))
        to = _follow(rules, one, attempt, record, mine)
        tally = next(number.tally for number in mine if number.position == attempt.position)
        lines.append(
            {
                "of": domain,
                "id": attempt.record,
                "at": attempt.position,
                "to_closed": to.number_closed,
                "to_tally": json.encode(tally).decode(),
            }
        )
        if record.queue != DIALLING:
            continue
        kept = record.recall_ns or to.queue == RECALL
        moves.append(
            {
                "of": domain,
                "id": attempt.record,
                "to_queue": to.queue,
                "to_due_ns": to.due_ns,
                "to_position": to.position,
                "to_closed": to.closed,
                "to_last_outcome": outcome_word(one),
                "to_agent": record.agent if kept else "",
            }
        )
        moved.append(Moved(attempt.record, record.list, to.queue, to.due_ns))
    connection.execute(_END_ATTEMPT, sorted(ends, key=lambda end: str(end["id"])))
    if lines:
        connection.execute(_END_NUMBER, lines)
    if moves:
        connection.execute(_END_RECORD, moves)
    return moved, list(fresh.values())


class Back(NamedTuple):
    """A candidate that is not dialled now."""

    candidate: Candidate
    not_before_ns: int = 0  # 0: its number is not dialled any more
    why: str = ""


def put_back(connection: Connection, domain: str, backs: Iterable[Back]) -> list[Moved]:
    """Write that some are to come later or, without an instant, that their number is closed; returns what moved."""
    wanted = {reference(one.candidate.number_ref): one for one in backs}
    ids = {record for record, _ in wanted}
    records = _records(connection, domain, ids)
    numbers = _numbers(
        connection, domain, {record for (record, _), one in wanted.items() if not one.not_before_ns}
    )
    moves: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    moved: list[Moved] = []
    for (record, position), one in sorted(wanted.items()):
        found = records.get(record)
        if found is None or found.queue in (CLOSED, DIALLING):
            continue
        if one.not_before_ns:
            to = Following(found.queue, one.not_before_ns, found.position)
        else:
            lines.append({"of": domain, "id": record, "at": position, "to_closed": one.why})
            to = without(numbers.get(record, ()), position, found.queue, found.due_ns, one.why)
        moves.append(
            {
                "of": domain,
                "id": record,
                "to_queue": to.queue,
                "to_due_ns": to.due_ns,
                "to_position": to.position,
                "to_closed": to.closed,
            }
        )
        moved.append(Moved(record, found.list, to.queue, to.due_ns))
    if lines:
        connection.execute(_CLOSE_NUMBER, lines)
    if moves:
        connection.execute(_MOVE, moves)
    return moved


def without(numbers: Sequence[Number], position: int, queue: int, due_ns: int, why: str) -> Following:
    """Decide where a record stands once one of its numbers is closed: its next number is due as this one was.

    >>> without([Number(0, "", 0, {}), Number(1, "", 0, {})], 0, NEW, 7, "suppressed")
    Following(queue=1, due_ns=7, position=1, closed='', number_closed='')
    """
    still = [one.position for one in numbers if not one.closed and one.position != position]
    if not still:
        return Following(CLOSED, 0, position, closed=why)
    return Following(queue, due_ns, next((one for one in still if one > position), still[0]))


def reference(number_ref: str) -> tuple[int, int]:
    """Read a reference of a number: record and position.

    >>> reference("17.2")
    (17, 2)
    """
    record, _, position = number_ref.partition(".")
    return int(record), int(position)


def _follow(
    rules: Mapping[str, CampaignRules],
    one: Ended,
    attempt: Any,
    record: Any,
    numbers: Sequence[Number],
) -> Following:
    mine = rules.get(attempt.campaign, CampaignRules())
    return following(
        mine.retry,
        one,
        record.timezone or mine.timezone,
        numbers,
        attempt.position,
        record.tries,
        recalled=attempt.queue == RECALL and (one.outcome != "person" or one.abandoned),
        recall_ns=record.recall_ns,
    )


def _tallied(numbers: Sequence[Number], position: int, word: str) -> list[Number]:
    """Count the attempt among those of its number."""
    return [
        one._replace(tally={**one.tally, word: one.tally.get(word, 0) + 1})
        if one.position == position
        else one
        for one in numbers
    ]


def _row(domain: str, one: Dialled, record: int, position: int) -> dict[str, object]:
    candidate = one.candidate
    return {
        "domain": domain,
        "attempt": one.attempt,
        "campaign": candidate.campaign,
        "list": candidate.list,
        "record": record,
        "position": position,
        "number": int(candidate.number.removeprefix("+")),
        "customer": candidate.customer,
        "attempt_no": candidate.attempt_no,
        "queue": QUEUE_OF[candidate.kind],
        "carrier": one.carrier,
        "agent": candidate.agent,
        "at_ns": one.at_ns,
    }


def _end(domain: str, one: Ended) -> dict[str, object]:
    found: dict[str, object] = {f"to_{name}": getattr(one, name) for name in _END_FIELDS}
    return found | {
        "of": domain,
        "id": one.attempt,
        "to_ended_ns": one.at_ns,
        "to_abandoned": int(one.abandoned),
    }


def _parts(ids: Collection[Any]) -> Iterable[list[Any]]:
    ordered = sorted(ids)
    return (ordered[start : start + _IDS] for start in range(0, len(ordered), _IDS))


def _attempts(connection: Connection, domain: str, ids: Collection[str]) -> dict[str, Any]:
    wanted = (
        select(_A.attempt, _A.campaign, _A.record, _A.position, _A.queue, _A.ended_ns)
        .where(_A.domain == domain, _A.attempt.in_(bindparam("ids", expanding=True)))
        .order_by(_A.attempt)
        .with_for_update()
    )
    return {
        row.attempt: row for some in _parts(set(ids)) for row in connection.execute(wanted, {"ids": some})
    }


def _records(connection: Connection, domain: str, ids: Collection[int]) -> dict[int, Any]:
    wanted = (
        select(
            _R.record,
            _R.list,
            _R.queue,
            _R.due_ns,
            _R.position,
            _R.tries,
            _R.timezone,
            _R.recall_ns,
            _R.agent,
        )
        .where(_R.domain == domain, _R.record.in_(bindparam("ids", expanding=True)))
        .order_by(_R.record)
        .with_for_update()
    )
    return {row.record: row for some in _parts(ids) for row in connection.execute(wanted, {"ids": some})}


def _numbers(connection: Connection, domain: str, ids: Collection[int]) -> dict[int, list[Number]]:
    wanted = (
        select(_N.record, _N.position, _N.closed, _N.tries, _N.tally)
        .where(_N.domain == domain, _N.record.in_(bindparam("ids", expanding=True)))
        .order_by(_N.record, _N.position)
    )
    found: dict[int, list[Number]] = {}
    for some in _parts(ids):
        for row in connection.execute(wanted, {"ids": some}):
            tally: dict[str, int] = json.decode(row.tally, type=dict[str, int])
            found.setdefault(row.record, []).append(Number(row.position, row.closed, row.tries, tally))
    return found
