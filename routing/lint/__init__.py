"""What is wrong with a routing policy although every rule of a configuration is kept.

`check` tells what can never work, what is surely not meant, and what is worth knowing; `overtaking_bound` tells how
much later a contact may come and still go first. Both are pure functions of a configuration (and of the time zone
database): no clock, no call log, no chance.

Within: ``decide``, ``finding``, ``centre`` < ``expressions``, ``overtaking``, ``week`` < ``conditions``, ``people``,
``shifts``, ``overflows``, ``precedence`` < ``strategies``; ``codes`` stands alone.

Owns judgements about configurations; must not know an engine, a journal or a simulation.
"""

from routing.config import check_time_zones, validate
from routing.lint.centre import Centre
from routing.lint.codes import CODES
from routing.lint.conditions import check_conditions
from routing.lint.expressions import check_expressions
from routing.lint.finding import SEVERITIES, Finding, Severity, in_order
from routing.lint.overflows import check_overflows
from routing.lint.overtaking import Overtaking, overtaking_bound
from routing.lint.people import check_people
from routing.lint.precedence import check_precedence
from routing.lint.shifts import check_shifts
from routing.lint.strategies import check_strategies
from routing.model import Config

__all__ = ["CODES", "SEVERITIES", "Finding", "Overtaking", "Severity", "check", "overtaking_bound"]

_CHECKS = (
    check_expressions,
    check_conditions,
    check_people,
    check_strategies,
    check_overflows,
    check_precedence,
    check_shifts,
)


def check(config: Config) -> list[Finding]:
    """Look a configuration over.

    Parameters
    ----------
    config : Config
        A configuration, checked or not.

    Returns
    -------
    list of Finding
        In the order of their paths; the same for the same configuration.

    Raises
    ------
    ConfigError
        If it breaks a rule of configurations, or this machine does not know a time zone.

    Notes
    -----
    O(queues * agents) at worst, times the steps; questions about expressions are exact but for those that take more
    than `routing.lint.decide.BUDGET` cases, which are reported as "undecided".

    Examples
    --------
    >>> from routing.model import Agent, Queue
    >>> found = check(Config(agents=(Agent("ann", {"tech": 40}),), queues=(Queue("help", requirement="tech >= 50"),)))
    >>> [(finding.code, finding.path) for finding in found if finding.severity == "error"]
    [('nobody-can-serve', 'queues[0]')]
    """
    full = validate(config)
    check_time_zones(full)
    centre = Centre(full)
    return in_order([finding for look in _CHECKS for finding in look(centre)])
