"""The rules of a file of outcomes that look at more than one value.

Owns these rules; must not know files (``files``), nor what is done with settings.
"""

from collections.abc import Iterable, Sequence

from routing.center.outcomes.scales import scale_of
from routing.center.outcomes.settings import Code, Default, Outcomes, Question, Rule, Survey
from routing.config.localtime import parse_clock, parse_date, zone
from routing.errors import ConfigError
from routing.model import Config
from routing.units import MAX_DURATION_NS
from routing.words import quoted, suggest


def check_outcomes(outcomes: Outcomes) -> None:
    """Check settings by themselves. O(size).

    Raises
    ------
    ConfigError
        With the path of the value, what is wrong with it, and the remedy.
    """
    _once("codes", "code", [one.code for one in outcomes.codes])
    _once("surveys", "id", [one.id for one in outcomes.surveys])
    _once("hours", "id", [one.id for one in outcomes.hours])
    for place, code in enumerate(outcomes.codes):
        _check_code(f"codes[{place}]", code)
    for place, default in enumerate(outcomes.defaults):
        _check_default(f"defaults[{place}]", default, outcomes.codes)
    for place, survey in enumerate(outcomes.surveys):
        _check_survey(f"surveys[{place}]", survey)
    for place, rule in enumerate(outcomes.rules):
        _check_rule(f"rules[{place}]", rule, outcomes)
    for place, cap in enumerate(outcomes.caps):
        if cap.span_ns > MAX_DURATION_NS:
            raise ConfigError(f"caps[{place}].span", "is longer than a duration may be; make it shorter")
    zone(outcomes.timezone, "timezone")
    for place, hours in enumerate(outcomes.hours):
        path = f"hours[{place}]"
        if hours.timezone:
            zone(hours.timezone, f"{path}.timezone")
        for at, span in enumerate(hours.weekly):
            opens = parse_clock(span.opens, f"{path}.weekly[{at}].opens")
            if parse_clock(span.closes, f"{path}.weekly[{at}].closes") <= opens:
                raise ConfigError(
                    f"{path}.weekly[{at}].closes",
                    f"{quoted(span.closes)} is not after {quoted(span.opens)}; write two spans about midnight",
                )
        for at, holiday in enumerate(hours.holidays):
            parse_date(holiday.date, f"{path}.holidays[{at}].date")
        if not hours.weekly:
            raise ConfigError(f"{path}.weekly", "is empty, so nobody would ever be asked; list spans")


def check_centre(outcomes: Outcomes, centre: Config) -> None:
    """Check that queues and channels that settings name are there.

    Raises
    ------
    ConfigError
        With the path of the name that is not.
    """
    queues = [queue.id for queue in centre.queues]
    channels = [channel.id for channel in centre.channels]
    named = [
        *((f"codes[{place}]", one.queues) for place, one in enumerate(outcomes.codes)),
        *((f"defaults[{place}]", one.queues) for place, one in enumerate(outcomes.defaults)),
        *((f"rules[{place}]", one.queues) for place, one in enumerate(outcomes.rules)),
    ]
    for path, some in named:
        for at, queue in enumerate(some):
            _among(f"{path}.queues[{at}]", queue, queues, "queue of the centre")
    for place, rule in enumerate(outcomes.rules):
        for at, channel in enumerate(rule.channels):
            _among(f"rules[{place}].channels[{at}]", channel, channels, "channel of the centre")


def _check_code(path: str, code: Code) -> None:
    if code.call_back == "required" and code.resolved not in ("", "call_back"):
        raise ConfigError(
            f"{path}.resolved",
            f"{quoted(code.resolved)} does not go with a required call-back; make it 'call_back'",
        )


def _check_default(path: str, default: Default, codes: Sequence[Code]) -> None:
    code = next((one for one in codes if one.code == default.code), None)
    if code is None:
        raise ConfigError(
            f"{path}.code",
            f"{quoted(default.code)} is no code{_hint(default.code, [one.code for one in codes])}",
        )
    for what, wrong in (
        ("is retired", code.retired),
        ("needs a note", code.note == "required"),
        ("needs a call-back time", code.call_back == "required"),
    ):
        if wrong:
            raise ConfigError(
                f"{path}.code",
                f"{quoted(default.code)} {what}, so nobody can say it by default; name another",
            )
    missing = [queue for queue in default.queues or ("",) if code.queues and queue not in code.queues]
    if missing:
        where = f"in {quoted(missing[0])}" if missing[0] else "in every queue"
        raise ConfigError(
            f"{path}.queues", f"the code {quoted(default.code)} may not be used {where}; name its queues"
        )


def _check_survey(path: str, survey: Survey) -> None:
    if not survey.questions:
        raise ConfigError(f"{path}.questions", "is empty; ask something")
    _once(f"{path}.questions", "id", [one.id for one in survey.questions])
    for place, question in enumerate(survey.questions):
        where = f"{path}.questions[{place}]"
        _check_question(where, question)
        for at, text in (
            ("text", question.text),
            *((f"choices[{n}]", one) for n, one in enumerate(question.choices)),
        ):
            missing = [language for language in survey.languages if language not in text and "" not in text]
            if text and missing:
                raise ConfigError(
                    f"{where}.{at}",
                    f"has nothing in {quoted(missing[0])}; write it, or leave the language out",
                )


def _check_question(path: str, question: Question) -> None:
    own = question.measure == "score"
    if not own and (question.least is not None or question.most is not None):
        raise ConfigError(f"{path}.least", f"{quoted(question.measure)} has a scale already; leave it out")
    if (question.measure == "choice") != bool(question.choices):
        raise ConfigError(
            f"{path}.choices", "belongs to the measure 'choice', which needs some; correct either"
        )
    scale = scale_of(question)
    if own and (scale is None or scale.least >= scale.most):
        raise ConfigError(f"{path}.most", "is not above least; a score needs both, as least = 1 and most = 5")


def _check_rule(path: str, rule: Rule, outcomes: Outcomes) -> None:
    _among(f"{path}.survey", rule.survey, [one.id for one in outcomes.surveys], "survey")
    if rule.hours:
        _among(f"{path}.hours", rule.hours, [one.id for one in outcomes.hours], "hours of these settings")
    known = [one.code for one in outcomes.codes]
    for place, code in enumerate(rule.codes if known else ()):
        _among(f"{path}.codes[{place}]", code, known, "code")
    if not rule.expires_ns:
        raise ConfigError(f"{path}.expires", "is 0, so nobody would ever be asked; leave it out for two days")
    if "call_back" in rule.resolutions:
        raise ConfigError(
            f"{path}.resolutions", "who is to be called back is not asked before; leave 'call_back' out"
        )
    if not rule.directions or not rule.outcomes:
        raise ConfigError(
            f"{path}.outcomes", "no outcome or no direction never fits; leave it out for the usual ones"
        )


def _once(path: str, field: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            raise ConfigError(
                f"{path}[{place}].{field}", f"{quoted(name)} is there twice; rename or remove one"
            )
        seen.add(name)


def _among(path: str, name: str, known: Sequence[str], what: str) -> None:
    if name not in known:
        raise ConfigError(path, f"{quoted(name)} is no {what}{_hint(name, known)}")


def _hint(name: str, known: Sequence[str]) -> str:
    listed = f"; choose of {', '.join(map(quoted, known))}" if known else "; list it under codes"
    return suggest(name, known) or listed
