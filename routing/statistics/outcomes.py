"""How contacts came out, and what customers said: records, one for each thing that was said.

They name contacts by id and instant of arrival, as `routing.statistics.shapes.ContactRecord` does, and hold codes and
references only.

Owns the shape of these records; must not know how they are made or where they are kept.
"""

from typing import Literal

from msgspec import Struct

from routing.remarks import Resolution

#: What became of a wish to ask somebody.
SurveyState = Literal[
    "proposed", "answered", "capped", "opted_out", "call_back", "expired", "refused", "forgotten"
]
#: Whether an answer counts: not when it came too late, has a score out of range, or answers what nobody asks.
Verdict = Literal["counted", "late", "out_of_range", "unknown"]


class DispositionRecord(Struct, frozen=True, tag=True, gc=False):
    """One disposition; of those of a segment the latest stands, and of those of a contact the latest is its outcome.

    Attributes
    ----------
    at_ns, number : int
        When it was said, and the how-manieth remark of that instant it was: the key.
    contact, arrived_ns
        Of which contact; 0: it was forgotten when this was said.
    segment : int
        Which stay in an agent's hands, from 0; -1: none.
    queue, channel, direction : str
        Where it was answered, or came in; and so on.
    agent : str
        Whose segment it is.
    by : str
        Who said it, if that is known.
    code, resolved, note_ref, call_back_ns
        What was said. ``resolved`` is the code's where nobody said otherwise.
    first_ns : int
        When something was said of this segment first: it is counted in that interval, however often it is corrected.
    known : bool
        Whether the code was one that may be used there.
    automatic : bool
        Nobody said it: it is the default.
    follow_up : bool
        It was said when the agent was done with the contact.
    """

    at_ns: int
    number: int
    contact: str
    arrived_ns: int
    segment: int
    queue: str
    channel: str
    direction: str
    agent: str
    by: str
    code: str
    resolved: Resolution
    note_ref: str
    call_back_ns: int
    first_ns: int
    known: bool
    automatic: bool
    follow_up: bool


class SurveyRecord(Struct, frozen=True, tag=True, gc=False):
    """A survey after a contact: proposed, answered, or the reason why not. ``at_ns`` is when that came to be."""

    contact: str
    arrived_ns: int
    survey: str
    state: SurveyState
    means: str
    language: str
    queue: str
    agent: str
    at_ns: int
    until_ns: int = 0
    answers: int = 0


class AnswerRecord(Struct, frozen=True, tag=True, gc=False):
    """An answer to a question; of those of a contact to the same question that count, the latest stands.

    Attributes
    ----------
    at_ns, number : int
        When it was given, and the how-manieth remark of that instant it was: the key.
    contact, arrived_ns
        About which contact; 0: it was forgotten by then.
    survey, question, measure : str
        What was asked; measure "": nobody asks that.
    queue, agent : str
        Where the contact came in, and who had it in hand last.
    score : int or None
        The answer, if it is a number.
    answer : str
        A reference to the answer, if it is a text.
    verdict : str
        Whether it counts.
    """

    at_ns: int
    number: int
    contact: str
    arrived_ns: int
    survey: str
    question: str
    measure: str
    queue: str
    agent: str
    score: int | None
    answer: str
    verdict: Verdict


OutcomeRecord = DispositionRecord | SurveyRecord | AnswerRecord
