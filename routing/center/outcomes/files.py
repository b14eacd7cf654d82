"""Files of outcomes: TOML, YAML or JSON, spelled as every configuration is.

Owns reading such files; must not know the rules (``checking``).
"""

import os

from routing.center.outcomes.checking import check_outcomes
from routing.center.outcomes.settings import Outcomes
from routing.config import text
from routing.config.files import load_with
from routing.config.shape import to_struct


def load_outcomes(path: str | os.PathLike[str]) -> Outcomes:
    """Read and check a file of outcomes; its name ends in .toml, .yaml, .yml or .json.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with the path of the value.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads_outcomes)


def loads_outcomes(document: str | bytes, fmt: str) -> Outcomes:
    """Read and check outcomes given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> found = loads_outcomes('''
    ... [[codes]]
    ... code = "sold"
    ... resolved = "resolved"
    ... [[codes]]
    ... code = "later"
    ... resolved = "call_back"
    ... call_back = "required"
    ... ''', "toml")
    >>> [(one.code, one.resolved) for one in found.codes]
    [('sold', 'resolved'), ('later', 'call_back')]
    >>> loads_outcomes('defaults = [{code = "none"}]', "toml")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: defaults[0].code: 'none' is no code; list it under codes
    """
    outcomes = to_struct(text.read(document, fmt), Outcomes)
    check_outcomes(outcomes)
    return outcomes
