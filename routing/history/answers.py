"""What customers answered, out of the database: answers to surveys, and ratings that were stored by themselves.

The answer that stands is the latest that counts, of a contact to a question. A rating (`History.rate`) counts where no
answer of the same measure does.

Owns these questions; must not define figures (``routing.statistics.metrics``).
"""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from routing.history.codes import standing
from routing.history.reading import Key, among, rows_of, within
from routing.history.tables import (
    ANSWER_FIELDS,
    ANSWERS,
    CONTACTS,
    FEEDBACK,
    SEGMENTS,
    SURVEY_FIELDS,
    SURVEYS,
)
from routing.statistics.metrics import (
    Effort,
    Recommendation,
    Satisfaction,
    effort,
    recommendation,
    satisfaction,
)
from routing.statistics.outcomes import AnswerRecord, SurveyRecord

#: What feedback may be asked by.
KEYS: Final = frozenset({"start_ns", "queue", "agent", "code", "survey", "question"})
_A: Final = ANSWERS.c
_F: Final = FEEDBACK.c
_C: Final = CONTACTS.c
_NOBODY: Final = literal("", literal_execute=True)


class Feedback(Struct, frozen=True):
    """What customers answered: satisfaction, recommendation and effort."""

    satisfaction: Satisfaction
    recommendation: Recommendation
    effort: Effort = Effort()


def feedback(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    by: Sequence[str] = ("queue",),
    interval_ns: int = 1,
    queues: Sequence[str] | None = None,
    agents: Sequence[str] | None = None,
) -> Iterator[tuple[Key, Feedback]]:
    """Tell what was answered in a span for each value of ``by``, in their order; "" where it is not known."""
    told = union_all(
        _answers(domain, from_ns, to_ns),
        *(_ratings(domain, from_ns, to_ns, measure) for measure in ("csat", "nps")),
    ).subquery()
    keys = [
        (told.c.at_ns - told.c.at_ns % interval_ns if name == "start_ns" else told.c[name]).label(f"k{place}")
        for place, name in enumerate(by)
    ]
    query = (
        select(*keys, told.c.measure, told.c.score, func.count())
        .where(*among(told.c.queue, queues), *among(told.c.agent, agents))
        .group_by(*keys, told.c.measure, told.c.score)
        .order_by(*keys, told.c.measure, told.c.score)
    )
    scores: dict[Key, dict[str, list[tuple[int, int]]]] = {}
    for *key, measure, score, count in rows_of(connection, query):
        scores.setdefault(tuple(key), {}).setdefault(measure, []).append((score, count))
    for found, some in scores.items():
        yield (
            found,
            Feedback(
                satisfaction(_each(some.get("csat", ()))),
                recommendation(_each(some.get("nps", ()))),
                effort(_each(some.get("ces", ()))),
            ),
        )


def answers(
    connection: Connection, domain: str, from_ns: int, to_ns: int, contact: str | None
) -> Iterator[AnswerRecord]:
    """Give every answer of a span, in order, also those that do not count."""
    query = select(*(_A[name] for name in ANSWER_FIELDS)).where(
        within(ANSWERS, domain, from_ns, to_ns, "at_ns")
    )
    if contact is not None:
        query = query.where(_A.contact == contact)
    for row in rows_of(connection, query.order_by(_A.at_ns, _A.number)):
        yield AnswerRecord(**row._mapping)


def surveys(connection: Connection, domain: str, from_ns: int, to_ns: int) -> Iterator[SurveyRecord]:
    """Give the surveys of a span, in order, with those that were not proposed."""
    table = SURVEYS.c
    query = (
        select(*(table[name] for name in SURVEY_FIELDS))
        .where(within(SURVEYS, domain, from_ns, to_ns, "at_ns"))
        .order_by(table.at_ns, table.contact, table.arrived_ns, table.survey)
    )
    for row in rows_of(connection, query):
        yield SurveyRecord(**row._mapping)


def _each(counted: Sequence[tuple[int, int]]) -> Iterator[int]:
    return chain.from_iterable(repeat(score, count) for score, count in counted)


def _answers(domain: str, from_ns: int, to_ns: int) -> Select[Any]:
    later = ANSWERS.alias().c
    same = [later[name] == _A[name] for name in ("domain", "contact", "arrived_ns", "survey", "question")]
    after = or_(later.at_ns > _A.at_ns, and_(later.at_ns == _A.at_ns, later.number > _A.number))
    replaced = (
        select(later.at_ns).where(*same, after, later.verdict == "counted", later.score.is_not(None)).exists()
    )
    return (
        select(
            _A.at_ns,
            _A.queue,
            _A.agent,
            func.coalesce(standing(_A.contact, _A.arrived_ns, domain, "code"), _NOBODY).label("code"),
            _A.survey,
            _A.question,
            _A.measure,
            _A.score,
        )
        .where(within(ANSWERS, domain, from_ns, to_ns, "at_ns"), ~replaced)
        .where(_A.verdict == "counted", _A.score.is_not(None), _A.measure.in_(("csat", "nps", "ces")))
    )


def _ratings(domain: str, from_ns: int, to_ns: int, measure: str) -> Select[Any]:
    """Ratings of contacts that answered nothing else; of an id that was used again, they are of the latest."""
    later, parts = CONTACTS.alias().c, SEGMENTS.alias().c
    newest_of_id = ~(
        select(later.contact)
        .where(later.domain == _C.domain, later.contact == _C.contact, later.arrived_ns > _C.arrived_ns)
        .exists()
    )
    joined = FEEDBACK.outerjoin(
        CONTACTS, and_(_C.domain == _F.domain, _C.contact == _F.contact, newest_of_id)
    )
    answered = (
        select(_A.at_ns)
        .where(_A.domain == _F.domain, _A.contact == _F.contact, _A.measure == measure)
        .where(_A.verdict == "counted", _A.score.is_not(None))
        .exists()
    )
    agent: ColumnElement[Any] = (
        select(parts.agent)
        .where(parts.domain == _C.domain, parts.contact == _C.contact, parts.arrived_ns == _C.arrived_ns)
        .order_by(parts.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            _F.at_ns,
            func.coalesce(_C.entry_queue, _NOBODY).label("queue"),
            func.coalesce(agent, _NOBODY).label("agent"),
            func.coalesce(standing(_C.contact, _C.arrived_ns, domain, "code"), _NOBODY).label("code"),
            _NOBODY.label("survey"),
            _NOBODY.label("question"),
            literal(measure, literal_execute=True).label("measure"),
            _F[measure].label("score"),
        )
        .select_from(joined)
        .where(within(FEEDBACK, domain, from_ns, to_ns, "at_ns"), _F[measure].is_not(None), ~answered)
    )
