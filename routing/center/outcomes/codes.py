"""What an agent may say of a contact, and a customer of us: checked before the command, in words for who said it.

An engine takes any code, and the fold files any, so that nothing that was said is lost; here is where a front-end, or a
server, says clearly that a code is not one of the centre's.

Owns these checks; must not know an engine, nor where notes lie.
"""

from routing.center.outcomes.scales import question_of, scale_of
from routing.center.outcomes.settings import Code, Default, Outcomes
from routing.errors import UsageError
from routing.remarks import Disposition, Feedback
from routing.words import quoted, suggest


def codes_of(outcomes: Outcomes, queue: str) -> tuple[Code, ...]:
    """Give the codes that may be used after a contact of a queue, in order; for the buttons of an agent's screen.

    >>> settings = Outcomes(codes=(Code("sold", queues=("sales",)), Code("other"), Code("old", retired=True)))
    >>> [one.code for one in codes_of(settings, "help")]
    ['other']
    """
    return tuple(one for one in outcomes.codes if not one.retired and (not one.queues or queue in one.queues))


def code_of(outcomes: Outcomes, code: str) -> Code | None:
    """Find a code, retired or not."""
    return next((one for one in outcomes.codes if one.code == code), None)


def is_known(outcomes: Outcomes, code: str, queue: str) -> bool:
    """Whether a code may be said of a contact of a queue: one of its codes, or any where there are none at all."""
    return not outcomes.codes or any(one.code == code for one in codes_of(outcomes, queue))


def default_of(outcomes: Outcomes, queue: str) -> Default | None:
    """Find what stands for an agent who said nothing about a contact of a queue."""
    return next((one for one in outcomes.defaults if not one.queues or queue in one.queues), None)


def check_disposition(outcomes: Outcomes, said: Disposition, queue: str) -> Disposition:
    """Check what an agent said of a contact of a queue, and fill in what the code says by itself.

    Parameters
    ----------
    outcomes : Outcomes
        The settings.
    said : Disposition
        Before it goes into a command.
    queue : str
        Where the contact was answered, or came in.

    Returns
    -------
    Disposition
        With the code's resolution, where it has one.

    Raises
    ------
    UsageError
        With the code, the rule and the remedy: it is unknown, retired or of another queue, or a note or the time of a
        call-back is missing or too much, or the resolution is another than the code's.

    Examples
    --------
    >>> settings = Outcomes(codes=(Code("sold", resolved="resolved", note="required"),))
    >>> check_disposition(settings, Disposition("sold", note_ref="n1"), "sales").resolved
    'resolved'
    >>> check_disposition(settings, Disposition("sould"), "sales")
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: 'sould' is no disposition code; did you mean 'sold'?
    >>> check_disposition(settings, Disposition("sold"), "sales")
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: 'sold' needs a note; write one, and give its reference as note_ref
    """
    if not said.code:
        raise UsageError("the disposition code is empty; give one")
    if not outcomes.codes:
        return said
    code = code_of(outcomes, said.code)
    name = quoted(said.code)
    usable = [one.code for one in codes_of(outcomes, queue)]
    if code is None:
        hint = suggest(said.code, usable) or f"; choose of {', '.join(map(quoted, usable)) or 'none'}"
        raise UsageError(f"{name} is no disposition code{hint}")
    if code.retired:
        raise UsageError(f"{name} is retired; choose of {', '.join(map(quoted, usable)) or 'none'}")
    if said.code not in usable:
        raise UsageError(
            f"{name} is no code of the queue {quoted(queue)}; choose of {', '.join(map(quoted, usable)) or 'none'}"
        )
    if said.resolved and code.resolved and said.resolved != code.resolved:
        raise UsageError(f"{name} means {code.resolved}, not {said.resolved}; leave the resolution out")
    if code.note == "required" and not said.note_ref:
        raise UsageError(f"{name} needs a note; write one, and give its reference as note_ref")
    if code.note == "no" and said.note_ref:
        raise UsageError(f"{name} takes no note; leave note_ref out")
    if code.call_back == "required" and not said.call_back_ns:
        raise UsageError(f"{name} needs the time of a call-back; give call_back_ns")
    if code.call_back == "no" and said.call_back_ns:
        raise UsageError(f"{name} takes no call-back; leave call_back_ns out")
    return Disposition(
        said.code, said.resolved or code.resolved, said.agent, said.note_ref, said.call_back_ns
    )


def check_feedback(outcomes: Outcomes, said: Feedback) -> Feedback:
    """Check an answer to a question of a survey, before it goes into a command.

    Raises
    ------
    UsageError
        If nobody asks that question, the score is out of its range, or nothing was answered.

    Examples
    --------
    >>> check_feedback(Outcomes(), Feedback("csat", score=6))
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: score 6 of 'csat' is not in 1..5; ask again
    """
    question = question_of(outcomes, said.survey, said.question)
    if question is None:
        raise UsageError(
            f"the survey {quoted(said.survey)} has no question {quoted(said.question)}; see the settings of surveys"
        )
    scale = scale_of(question)
    if said.score is None:
        if not said.answer or question.measure != "text":
            what = "the reference of a text" if question.measure == "text" else "a score"
            raise UsageError(f"the answer to {quoted(question.id)} is empty; give {what}")
    elif scale is None:
        raise UsageError(f"{quoted(question.id)} is answered by a text; write it, and give its reference")
    elif not scale.least <= said.score <= scale.most:
        raise UsageError(
            f"score {said.score} of {quoted(question.id)} is not in {scale.least}..{scale.most}; ask again"
        )
    return said
