"""Filing what was said of contacts: dispositions and answers become records, whatever they say.

An engine takes every remark about a contact that it knows, so every one is filed: a code that is not the centre's, a
score out of range, an answer that comes too late are marked as such, and nothing is ever raised.

Owns what a record says; must not know what is proposed, nor where records go.
"""

from msgspec import Struct

from routing.center.outcomes.codes import code_of, default_of, is_known
from routing.center.outcomes.known import Known, Part
from routing.center.outcomes.scales import question_of, scale_of
from routing.center.outcomes.settings import Outcomes
from routing.events import ContactRemarked
from routing.remarks import Disposition, Feedback, Resolution
from routing.statistics.outcomes import AnswerRecord, DispositionRecord, SurveyRecord, SurveyState, Verdict


class Number(Struct):
    """The number of a remark among those of its instant."""

    at_ns: int = -1
    number: int = 0

    def next(self, at_ns: int) -> int:
        """Give the next number at an instant."""
        self.number = self.number + 1 if at_ns == self.at_ns else 0
        self.at_ns = at_ns
        return self.number


def file_disposition(
    outcomes: Outcomes,
    known: Known | None,
    event: ContactRemarked,
    said: Disposition,
    number: int,
    *,
    automatic: bool,
) -> DispositionRecord:
    """File a disposition, and note in the contact what stands now. O(segments)."""
    at_ns = event.at_ns
    code = code_of(outcomes, said.code)
    resolved: Resolution = said.resolved or (code.resolved if code is not None else "")
    if known is None:
        return _disposition(event, said, number, resolved, is_known(outcomes, said.code, ""), automatic)
    place = _segment(known, said.agent or event.agent)
    part = known.parts[place] if place >= 0 else None
    queue = part.queue if part is not None else known.queue
    done = part.done if part is not None else known.ended_ns >= 0
    for one in known.parts:
        if (one.agent == said.agent if said.agent else not one.done) or one is part:
            one.said = True
    owner: Known | Part = part if part is not None else known
    owner.first_ns = first_ns = owner.first_ns if owner.first_ns >= 0 else at_ns
    known.code, known.resolved = said.code, resolved
    return DispositionRecord(
        at_ns=at_ns,
        number=number,
        contact=known.contact,
        arrived_ns=known.arrived_ns,
        segment=place,
        queue=queue,
        channel=known.channel,
        direction=known.direction,
        agent=part.agent if part is not None else "",
        by=event.agent,
        code=said.code,
        resolved=resolved,
        note_ref=said.note_ref,
        call_back_ns=said.call_back_ns,
        first_ns=first_ns,
        known=is_known(outcomes, said.code, queue),
        automatic=automatic,
        follow_up=done,
    )


def _segment(known: Known, agent: str) -> int:
    """Number the segment that a disposition is of: the newest of who said it, or else the newest of all."""
    place = known.newest(agent) if agent else -1
    return place if place >= 0 else known.newest()


def _disposition(
    event: ContactRemarked, said: Disposition, number: int, resolved: Resolution, known: bool, automatic: bool
) -> DispositionRecord:
    """File what was said of a contact that was forgotten here."""
    return DispositionRecord(
        at_ns=event.at_ns,
        number=number,
        contact=event.contact,
        arrived_ns=0,
        segment=-1,
        queue="",
        channel="",
        direction="",
        agent="",
        by=event.agent,
        code=said.code,
        resolved=resolved,
        note_ref=said.note_ref,
        call_back_ns=said.call_back_ns,
        first_ns=event.at_ns,
        known=known,
        automatic=automatic,
        follow_up=True,
    )


def file_answer(
    outcomes: Outcomes, known: Known | None, event: ContactRemarked, said: Feedback, number: int
) -> AnswerRecord:
    """File an answer. O(questions + segments)."""
    place = known.newest() if known is not None else -1
    question = question_of(outcomes, said.survey, said.question)
    return AnswerRecord(
        at_ns=event.at_ns,
        number=number,
        contact=event.contact,
        arrived_ns=known.arrived_ns if known is not None else 0,
        survey=said.survey,
        question=question.id if question is not None else said.question,
        measure=question.measure if question is not None else "",
        queue=known.queue if known is not None else "",
        agent=known.parts[place].agent if known is not None and place >= 0 else "",
        score=said.score,
        answer=said.answer,
        verdict=_verdict(outcomes, known, said, event.at_ns),
    )


def _verdict(outcomes: Outcomes, known: Known | None, said: Feedback, at_ns: int) -> Verdict:
    question = question_of(outcomes, said.survey, said.question)
    if question is None:
        return "unknown"
    scale = scale_of(question)
    if said.score is not None and (scale is None or not scale.least <= said.score <= scale.most):
        return "out_of_range"
    until_ns = until(outcomes, known, said.survey)
    return "late" if until_ns and at_ns > until_ns else "counted"


def until(outcomes: Outcomes, known: Known | None, survey: str) -> int:
    """Tell until when answers are in time: as it was proposed, or from the end of the contact; 0: there is no limit."""
    if known is None:
        return 0
    asked = known.surveys.get(survey)
    if asked is not None:
        return asked.until_ns
    within_ns = next((one.answer_within_ns for one in outcomes.surveys if one.id == survey), 0)
    return known.ended_ns + within_ns if within_ns and known.ended_ns >= 0 else 0


def file_survey(known: Known, survey: str, state: SurveyState, at_ns: int, means: str = "") -> SurveyRecord:
    """File what became of a survey after a contact. O(segments)."""
    place = known.newest()
    asked = known.surveys.get(survey)
    return SurveyRecord(
        contact=known.contact,
        arrived_ns=known.arrived_ns,
        survey=survey,
        state=state,
        means=asked.means if asked is not None else means,
        language=asked.language if asked is not None else known.language,
        queue=known.queue,
        agent=known.parts[place].agent if place >= 0 else "",
        at_ns=asked.at_ns if asked is not None else at_ns,
        until_ns=asked.until_ns if asked is not None else 0,
        answers=asked.answers if asked is not None else 0,
    )


def default_remark(outcomes: Outcomes, known: Known, place: int) -> Disposition | None:
    """Give what stands for an agent who said nothing of a segment."""
    part = known.parts[place]
    default = default_of(outcomes, part.queue)
    if default is None:
        return None
    code = code_of(outcomes, default.code)
    return Disposition(default.code, code.resolved if code is not None else "", part.agent)
