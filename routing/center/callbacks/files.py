"""Files of call-backs' settings: TOML, YAML or JSON, spelled as every configuration is.

Owns reading such files; must not know what is done with the settings.
"""

import os

from routing.center.callbacks.settings import CallBackSettings, check_settings
from routing.config import text
from routing.config.files import load_with
from routing.config.shape import to_struct


def load_call_backs(path: str | os.PathLike[str]) -> CallBackSettings:
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
    return load_with(path, loads_call_backs)


def loads_call_backs(document: str | bytes, fmt: str) -> CallBackSettings:
    """Read and check settings given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> settings = loads_call_backs('''
    ... attempts = 2
    ... spacing = "5m"
    ... [[queues]]
    ... queue = "sales"
    ... dial = "customer"
    ... ''', "toml")
    >>> settings.of("sales").dial, settings.of("tech").dial, settings.spacing_ns // 10**9
    ('customer', 'agent', 300)
    """
    return call_backs_of(text.read(document, fmt))


def call_backs_of(raw: object) -> CallBackSettings:
    """Make settings of plain data, as a section of a larger file; raises `ConfigError`."""
    settings = to_struct(raw, CallBackSettings)
    check_settings(settings)
    return settings
