"""Configurations: files to structs, and every rule about them.

==============  ==========================================================================
files           `load`, `loads`, `from_dict`, `dumps`, `config_hash`
the whole       `normalise`, `validate`, `check_time_zones`
one noun        `check_agent`, `check_queue`, `check_expression`, `check_steps`, `check_skill_id`,
                `check_id`, `effective_steps`, all against `Names`
durations       `parse_duration`, `format_duration`, of ``routing.durations``
==============  ==========================================================================

Within: ``localtime``, ``faults``, ``text`` < ``shape`` < ``checks`` < ``timetable`` <
``whole`` < ``files``; a module imports only what stands before it.

Owns reading and checking; must not know commands, events or the engine.
"""

from routing.config.checks import (
    Names,
    check_agent,
    check_expression,
    check_id,
    check_queue,
    check_skill_id,
    check_steps,
    effective_steps,
)
from routing.config.files import config_hash, dumps, from_dict, load, loads
from routing.config.whole import check_time_zones, normalise, validate
from routing.durations import format_duration, parse_duration

__all__ = [
    "Names",
    "check_agent",
    "check_expression",
    "check_id",
    "check_queue",
    "check_skill_id",
    "check_steps",
    "check_time_zones",
    "config_hash",
    "dumps",
    "effective_steps",
    "format_duration",
    "from_dict",
    "load",
    "loads",
    "normalise",
    "parse_duration",
    "validate",
]
