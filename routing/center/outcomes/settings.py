"""What a centre wants to know of how its contacts come out, and of what customers think: as a file spells it.

Owns the shape of these settings and their defaults; must not know rules that look at more than one value
(``checking``), files (``files``), or what follows from any of them.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from routing.commands import Direction
from routing.events import Outcome
from routing.model import Duration, Hours, Id
from routing.remarks import Resolution
from routing.units import DAY

#: What a question measures: satisfaction 1..5, recommendation 0..10, effort 1..7, a scale of its own, or no number.
Measure = Literal["csat", "nps", "ces", "score", "choice", "text"]
Need = Literal["no", "optional", "required"]
#: By language; "" for any.
Text = dict[str, str]
_Share = Annotated[float, Meta(ge=0.0, le=1.0)]


class Code(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A disposition code of the centre's own.

    Parameters
    ----------
    code : str
        As remarks say it.
    label : dict, default {}
        For people, by language.
    resolved : {"", "unresolved", "resolved", "closed", "call_back"}, default ""
        What the code says of the matter; "": the agent says.
    queues : tuple of str, default ()
        Where it may be used; none: in every queue.
    note : {"no", "optional", "required"}, default "optional"
        Whether a note goes with it.
    call_back : {"no", "optional", "required"}, default "no"
        Whether the time of a call-back goes with it.
    retired : bool, default False
        It is known, so that old rows can be read, and may not be used any more.
    """

    code: Id
    label: Text = {}
    resolved: Resolution = ""
    queues: tuple[Id, ...] = ()
    note: Need = "optional"
    call_back: Need = "no"
    retired: bool = False


class Default(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The code that stands for an agent who said none.

    Parameters
    ----------
    code : str
        One of the codes.
    queues : tuple of str, default ()
        For contacts answered from these; none: from every queue. The first default that fits is taken.
    after_ns : int, default 0
        So long after the agent was done with the contact. A wrap-up without an end, as ``disposition_required`` makes
        it, is over so long after it began, if this is not 0.
    """

    code: Id
    queues: tuple[Id, ...] = ()
    after_ns: Duration = field(default=0, name="after")


class Question(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question of a survey.

    Parameters
    ----------
    id : str
        As answers name it.
    text : dict, default {}
        What is asked, by language.
    measure : {"csat", "nps", "ces", "score", "choice", "text"}, default "csat"
        What it measures. A choice counts from 0 within ``choices``; a text is an answer's reference alone.
    least, most : int, optional
        The scale of "score". The others have theirs.
    choices : tuple of dict, default ()
        Of "choice": what there is to choose, by language.
    """

    id: Id
    text: Text = {}
    measure: Measure = "csat"
    least: int | None = None
    most: int | None = None
    choices: tuple[Text, ...] = ()


class Survey(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Some questions that belong together.

    Parameters
    ----------
    id : str
        As remarks name it.
    questions : tuple of Question
        In order.
    languages : tuple of str, default ()
        Those it can be asked in, the first where the customer's is unknown or another.
    answer_within_ns : int, default 7 days
        What is answered later is kept and does not count. 0: there is no limit.
    """

    id: Id
    questions: tuple[Question, ...] = ()
    languages: tuple[str, ...] = ()
    answer_within_ns: Duration = field(default=7 * DAY, name="answer_within")


class Rule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """After which contacts a survey is proposed; the first rule that fits decides. An empty list asks for nothing.

    Parameters
    ----------
    survey : str
        Which.
    means : str, default "sms"
        How it is asked, in words that the front-end knows.
    queues, channels : tuple of str, default ()
        Of the contact; its queue is where it was answered last, or, unanswered, where it came in.
    directions : tuple of str, default ("inbound",)
        Who called whom.
    outcomes : tuple of str, default ("handled",)
        How it ended.
    codes, resolutions : tuple of str, default ()
        Of the disposition that stands.
    share : float, default 1
        Of the contacts that fit, by a hash of their ids; so the same contact is always in or out.
    delay_ns : int, default 0
        After its end.
    hours : str, default ""
        Only within these hours; what comes due in quiet hours waits for their end. "": at any time.
    expires_ns : int, default 2 days
        What could not be proposed so long after it was due first is dropped.
    strangers : bool, default False
        Also after contacts whose customer is not known, on whom no cap can be kept.
    """

    survey: Id
    means: str = "sms"
    queues: tuple[Id, ...] = ()
    channels: tuple[Id, ...] = ()
    directions: tuple[Direction, ...] = ("inbound",)
    outcomes: tuple[Outcome, ...] = (Outcome.HANDLED,)
    codes: tuple[Id, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    share: _Share = 1.0
    delay_ns: Duration = field(default=0, name="delay")
    hours: str = ""
    expires_ns: Duration = field(default=2 * DAY, name="expires")
    strangers: bool = False


class Cap(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """No customer is asked more than ``most`` times within a span."""

    most: Annotated[int, Meta(ge=0, le=1000)] = 1
    span_ns: Annotated[int, Meta(ge=1, title="duration")] = field(default=30 * DAY, name="span")


class Outcomes(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Dispositions and surveys of a centre.

    Parameters
    ----------
    codes, defaults, surveys, rules, caps : tuple
        See there. Without codes, any is taken, as it is by an engine.
    hours : tuple of Hours
        When customers may be asked, as opening hours are spelled; `Rule.hours` names them.
    timezone : str, default "UTC"
        Of hours that name none.
    opt_out : str, default "no_survey"
        An attribute of a contact: when it is there, its customer is not asked after it.
    call_back_open_ns : int, default 14 days
        So long after a disposition that promises a call-back its customer is not asked, unless spoken to before.
    most : int, default 100,000
        Rows that wait to be written; beyond it the oldest are dropped, and counted as lost.
    """

    codes: tuple[Code, ...] = ()
    defaults: tuple[Default, ...] = ()
    surveys: tuple[Survey, ...] = ()
    rules: tuple[Rule, ...] = ()
    caps: tuple[Cap, ...] = ()
    hours: tuple[Hours, ...] = ()
    timezone: str = "UTC"
    opt_out: str = "no_survey"
    call_back_open_ns: Duration = field(default=14 * DAY, name="call_back_open")
    most: Annotated[int, Meta(ge=1, le=100_000_000)] = 100_000
