"""Configurations: files to structs, and every rule about them.

==============  ==========================================================================
files           `load`, `loads`, `from_dict`, `dumps`, `config_hash`
the whole       `normalise`, `validate`, `check_time_zones`
one noun        `check_agent`, `check_queue`, `overflow_targets`, `groups_named`
its parts       `effective_steps`, `check_steps`, `check_expression`, `check_score`, `check_condition`
names           `check_skill_id`, `check_id`, all against `Names`
durations       `parse_duration`, `format_duration`, of ``routing.durations``
==============  ==========================================================================

Within: ``localtime``, ``faults``, ``text``, ``names`` < ``shape``, ``parts``, ``timetable`` < ``checks`` <
``whole`` < ``files``; a module imports only what stands before it.

Owns reading and checking; must not know commands, events or the engine.
"""

from routing.config.checks import check_agent, check_queue, groups_named, overflow_targets
from routing.config.files import config_hash, dumps, from_dict, load, loads
from routing.config.names import Names, check_id, check_skill_id
from routing.config.parts import (
    check_condition,
    check_expression,
    check_score,
    check_steps,
    effective_steps,
)
from routing.config.whole import check_time_zones, normalise, validate
from routing.durations import format_duration, parse_duration

__all__ = [
    "Names",
    "check_agent",
    "check_condition",
    "check_expression",
    "check_id",
    "check_queue",
    "check_score",
    "check_skill_id",
    "check_steps",
    "check_time_zones",
    "config_hash",
    "dumps",
    "effective_steps",
    "format_duration",
    "from_dict",
    "groups_named",
    "load",
    "loads",
    "normalise",
    "overflow_targets",
    "parse_duration",
    "validate",
]
