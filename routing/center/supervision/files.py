"""Files of the settings of supervision: TOML, YAML or JSON, spelled as every configuration is.

Owns reading such files; must not know the rules (``people``).
"""

import os

from routing.center.supervision.people import Supervision, check_supervision
from routing.config import text
from routing.config.files import load_with
from routing.config.shape import to_struct


def load_supervision(path: str | os.PathLike[str]) -> Supervision:
    """Read and check a file of settings; its name ends in .toml, .yaml, .yml or .json.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with the path of the value.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads_supervision)


def loads_supervision(document: str | bytes, fmt: str) -> Supervision:
    """Read and check settings given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> found = loads_supervision('''
    ... legs = "lines"
    ... [[people]]
    ... name = "kim"
    ... roles = ["supervisor"]
    ... groups = ["north"]
    ... agent = "sue"
    ... [[announcements]]
    ... duty = "consent"
    ... queues = ["sales"]
    ... ''', "toml")
    >>> found.people[0].groups, found.announcements[0].duty
    (('north',), 'consent')
    """
    settings = to_struct(text.read(document, fmt), Supervision)
    check_supervision(settings)
    return settings
