"""Settings of signals: what is read out of them, and the rules that follow.

A rule's condition is an expression of `routing.skills` over numbers 0..100: each name is a *term* of the settings or,
without one, a signal's latest value. So there is one language for what an agent must know and what was signalled.

Owns their shape and rules; must not know how a rule is applied.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from routing.center.signals.handing import HandOvers, check_hand_overs
from routing.config.names import Names
from routing.config.parts import check_expression, check_score, check_steps
from routing.config.whole import validate
from routing.durations import format_duration
from routing.errors import ConfigError, ExpressionError
from routing.model import Config, Duration, Id, Step
from routing.remarks import AlertLevel
from routing.skills import compile_requirement
from routing.words import is_skill_id, quoted, suggest

#: How the values of a signal become one number.
Reads = Literal["latest", "lowest", "highest", "count"]
#: Where a contact is.
State = Literal["waiting", "offered", "handling", "held"]
#: Where what waits can be changed.
WAITS: Final[tuple[State, ...]] = ("waiting", "offered")
EVERYWHERE: Final[tuple[State, ...]] = ("waiting", "offered", "handling", "held")

_Count = Annotated[int, Meta(ge=1, le=10_000)]


class Term(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A name for conditions: what is read out of one signal, as a whole number 0..100; 0: nothing was signalled.

    Parameters
    ----------
    name : str
        As conditions say it: letters, digits and ``_``.
    signal : str
        The signal's name.
    values : tuple of str, optional
        Only these values of it.
    sources : tuple of str, optional
        Only from these.
    reads : {"latest", "lowest", "highest", "count"}
        Of their numbers; ``count``: how many they were.
    within_ns : int, default 0
        Only those that are not older; 0: all.
    scale, shift : float, defaults 1 and 0
        The number is ``value * scale + shift``, rounded and kept within 0..100. A value that is no number counts as 1
        before: something was said.
    """

    name: Id
    signal: Id
    values: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    reads: Reads = "latest"
    within_ns: Duration = field(default=0, name="within")
    scale: Annotated[float, Meta(ge=-1e6, le=1e6)] = 1.0
    shift: Annotated[float, Meta(ge=-1e6, le=1e6)] = 0.0


class Alerting(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An alert that a rule raises; see `routing.remarks.Alert`."""

    code: Id
    level: AlertLevel = "warning"
    to: str = ""


class Rule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What follows when a condition holds for a contact of which something was signalled.

    Parameters
    ----------
    id : str
        Of the rule.
    when : str
        The condition, such as ``"angry >= 2 and mood < 30 and not spanish"``.
    queues, channels : tuple of str, optional
        Only for contacts in one of these queues, on one of these channels.
    states : tuple of str, optional
        Only for contacts that stand so; by default wherever what it does is possible: waiting or ringing, and in hand
        too where it only alerts. Re-queueing takes a contact from an agent's hands only where this says so.
    after_ns, until_ns : int, default 0
        Only from this age of the contact on, and not after that (0: no end).
    priority : int, optional
        Raised to this; never lowered.
    credit_ns : int, optional
        Raised to this; never lowered.
    expedite : bool, default False
        It stands before every contact that is not expedited.
    attributes : dict of str to str, optional
        Set; an empty value takes one away.
    requirement : str, optional
        What is asked of agents from now on; short for one step.
    steps : tuple of Step, optional
        The same, by age.
    queues_to : tuple of str, optional
        Re-queued to these.
    keep_age : bool, default True
        Whether the age, and so the place, goes along.
    alert : Alerting, optional
        A supervisor is to look.
    times : int, default 1
        How often for one contact. Again only after a new signal that the condition reads, after ``cool_down_ns``, and
        when the alert, if there is one, was acknowledged.
    cool_down_ns : int, default 0
        See ``times``.
    """

    id: Annotated[str, Meta(min_length=1, max_length=40)]
    when: str
    queues: tuple[Id, ...] = ()
    channels: tuple[Id, ...] = ()
    states: tuple[State, ...] = ()
    after_ns: Duration = field(default=0, name="after")
    until_ns: Duration = field(default=0, name="until")
    priority: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    credit_ns: Duration | None = field(default=None, name="credit")
    expedite: bool = False
    attributes: dict[str, str] = {}
    requirement: str = ""
    steps: tuple[Step, ...] = ()
    queues_to: tuple[Id, ...] = ()
    keep_age: bool = True
    alert: Alerting | None = None
    times: _Count = 1
    cool_down_ns: Duration = field(default=0, name="cool_down")

    @property
    def updates(self) -> bool:
        """Does it change what orders the contact, or its attributes?"""
        return (
            self.priority is not None or self.credit_ns is not None or self.expedite or bool(self.attributes)
        )

    @property
    def requeues(self) -> bool:
        """Does the contact wait anew because of it?"""
        return bool(self.queues_to or self.steps or self.requirement)

    @property
    def where(self) -> tuple[State, ...]:
        """In which states of a contact it is applied."""
        return self.states or (WAITS if self.updates or self.requeues else EVERYWHERE)


class Signals(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The settings as a whole.

    ``most``: signals remembered of one contact, the newest. ``hand_over``: what bots may hand over.
    """

    terms: tuple[Term, ...] = ()
    rules: tuple[Rule, ...] = ()
    most: _Count = 256
    hand_over: HandOvers = HandOvers()


def check_signals(settings: Signals, path: str = "signals") -> None:
    """Check the rules that look at more than one value. O(size).

    Raises
    ------
    ConfigError
        If a rule is broken; the message gives path, value, rule and remedy.

    Examples
    --------
    >>> check_signals(Signals(rules=(Rule("calm", "mood > 50"),)))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: signals.rules[0]: rule 'calm' does nothing; give it a priority, requirement, \
queues_to, attributes or an alert
    """
    names: set[str] = set()
    for place, term in enumerate(settings.terms):
        here = f"{path}.terms[{place}]"
        if not is_skill_id(term.name):
            raise ConfigError(
                f"{here}.name", f"{quoted(term.name)} is no name for conditions; use letters, digits and '_'"
            )
        if term.name in names:
            raise ConfigError(f"{here}.name", f"{quoted(term.name)} stands there twice; rename one")
        names.add(term.name)
    ids: set[str] = set()
    for place, rule in enumerate(settings.rules):
        here = f"{path}.rules[{place}]"
        if rule.id in ids:
            raise ConfigError(f"{here}.id", f"{quoted(rule.id)} stands there twice; rename one")
        ids.add(rule.id)
        _check_rule(rule, here)
    check_hand_overs(settings.hand_over, f"{path}.hand_over")


def check_against(settings: Signals, config: Config, path: str = "signals") -> None:
    """Check what names queues, channels, skills and limits of a centre. O(size).

    Raises
    ------
    ConfigError
        If a name is unknown, or a limit exceeded.

    Examples
    --------
    >>> from routing.model import Queue
    >>> try:
    ...     check_against(Signals(rules=(Rule("a", "angry", queues_to=("leads",)),)), Config(queues=(Queue("lead"),)))
    ... except ConfigError as error:
    ...     print(error)
    signals.rules[0].queues_to[0]: unknown queue 'leads'; did you mean 'lead'?
    """
    names = Names(skills=set(validate(config).skills), limits=config.limits)
    queues = {queue.id for queue in config.queues}
    channels = {channel.id for channel in config.channels}
    for place, rule in enumerate(settings.rules):
        here = f"{path}.rules[{place}]"
        for name, noun, given, known in (
            ("queues", "queue", rule.queues, queues),
            ("queues_to", "queue", rule.queues_to, queues),
            ("channels", "channel", rule.channels, channels),
        ):
            for number, one in enumerate(given):
                _want_known(one, known, noun, f"{here}.{name}[{number}]")
        if rule.priority is not None and rule.priority > config.limits.priority:
            raise ConfigError(
                f"{here}.priority",
                f"{rule.priority} is above limits.priority = {config.limits.priority}; lower it",
            )
        _check_asked(rule.requirement, rule.steps, here, names)
    for number, way in enumerate(settings.hand_over.ways):
        here = f"{path}.hand_over.ways[{number}]"
        for place, one in enumerate(way.queues):
            _want_known(one, queues, "queue", f"{here}.queues[{place}]")
        _check_asked(way.requirement, (), here, names)
    if settings.hand_over.ways:
        _want_known(settings.hand_over.channel, channels, "channel", f"{path}.hand_over.channel")


def _check_rule(rule: Rule, here: str) -> None:
    try:
        compile_requirement(rule.when)
    except ExpressionError as error:
        raise ConfigError(f"{here}.when", str(error)) from None
    if not rule.when.strip():
        raise ConfigError(f"{here}.when", "is empty; say when it applies, or remove the rule")
    if not (rule.updates or rule.requeues or rule.alert):
        raise ConfigError(
            here,
            f"rule {quoted(rule.id)} does nothing; give it a priority, requirement, queues_to, attributes or an alert",
        )
    if rule.requirement and rule.steps:
        raise ConfigError(f"{here}.steps", "give either requirement or steps, not both")
    if rule.updates and not set(rule.where) <= set(WAITS):
        raise ConfigError(
            f"{here}.states",
            "name states in which an agent has the contact, and what orders a contact or its attributes can only be "
            "changed while it waits or rings; name waiting and offered, or leave an alert only",
        )
    if rule.until_ns and rule.until_ns < rule.after_ns:
        raise ConfigError(
            f"{here}.until",
            f"{format_duration(rule.until_ns)} is before after = {format_duration(rule.after_ns)}; raise it",
        )


def _check_asked(requirement: str, steps: tuple[Step, ...], here: str, names: Names) -> None:
    check_expression(requirement, f"{here}.requirement", names)
    check_steps(steps, f"{here}.steps", names.limits)
    for number, step in enumerate(steps):
        check_expression(step.expression, f"{here}.steps[{number}].expression", names)
        if step.score:
            check_score(step.score, f"{here}.steps[{number}].score", names)


def _want_known(name: str, known: set[str], noun: str, path: str) -> None:
    if name not in known:
        hint = suggest(name, known) or "; add it to the configuration"
        raise ConfigError(path, f"unknown {noun} {quoted(name)}{hint}")
