"""Configurations as files: read, check, write, and tell apart.

Owns the way from a path or text to a checked `Config` and back; must not know syntax (``text``), types
(``shape``) or rules (``whole``).
"""

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeVar

from routing.config import text
from routing.config.shape import to_canonical, to_config, to_raw
from routing.config.whole import check_rules, check_time_zones, normalise
from routing.errors import ConfigError, UsageError
from routing.model import Config
from routing.skills import quoted

T = TypeVar("T")

_FORMATS: Final[dict[str, text.Format]] = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}


def load(path: str | os.PathLike[str]) -> Config:
    """Read and check a configuration file.

    Parameters
    ----------
    path : str or path
        A file in UTF-8 whose suffix is ``.toml``, ``.yaml``, ``.yml`` or ``.json``.

    Returns
    -------
    Config
        Normalised: ``skills`` and ``groups`` are filled in.

    Raises
    ------
    ConfigError
        If anything in the file is wrong; the message starts with the path of the value within the file or,
        for broken syntax, with line and column.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads)


def load_with(path: str | os.PathLike[str], read: Callable[[bytes, text.Format], T]) -> T:
    """Read any file whose suffix tells its syntax; errors are those of `load`, and name the file.

    Parameters
    ----------
    path : str or path
        As for `load`.
    read : callable
        Makes something of the bytes and the syntax.
    """
    file = Path(path)
    fmt = _FORMATS.get(file.suffix.lower())
    if fmt is None:
        raise UsageError(
            f"{quoted(file.name)}: suffix {quoted(file.suffix)} is not one of {', '.join(_FORMATS)}; rename the file"
        )
    try:
        return read(file.read_bytes(), fmt)
    except ConfigError as error:
        error.source = str(path)
        raise


def loads(document: str | bytes, fmt: str) -> Config:
    """Read and check a configuration given as text.

    Parameters
    ----------
    document : str or bytes
        The text; bytes are UTF-8.
    fmt : {"toml", "yaml", "json"}
        Its syntax.

    Raises
    ------
    ConfigError
        As for `load`.
    UsageError
        If the format is another.

    Examples
    --------
    >>> loads("queues = [{id = 'sales', ring_timeout = '15s'}]", "toml").queues[0].ring_timeout_ns
    15000000000
    """
    return from_dict(text.read(document, fmt))


def from_dict(raw: object) -> Config:
    """Check plain data, spelled as in a file: durations are texts with units.

    Raises
    ------
    ConfigError
        As for `load`.

    Examples
    --------
    >>> from_dict({"queues": [{"id": "sales", "requirement": "tech"}]})
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queues[0].requirement: unknown skill 'tech'; declare it in skills
    """
    config = check_rules(to_config(raw))
    check_time_zones(config)
    return config


def dumps(config: Config, fmt: str) -> str:
    """Write a configuration so that `loads` returns an equal one, its normal form. O(size).

    What has its default is left out, durations get units, skills of an agent are sorted by name.

    Raises
    ------
    UsageError
        If the format is not "toml", "yaml" or "json".

    Examples
    --------
    >>> from routing.model import Queue
    >>> print(dumps(Config(queues=(Queue("sales", wrap_up_ns=-1),)), "yaml"), end="")
    queues:
    - id: sales
      wrap_up: unlimited
    """
    return text.write(to_raw(config), fmt)


def config_hash(config: Config) -> int:
    """Give 64 bits that tell configurations apart: equal ones (once normalised) have equal hashes. O(size).

    The same on every platform and under every ``PYTHONHASHSEED``; independent of whether a default was
    spelled out. blake2b over sorted MessagePack.

    Examples
    --------
    >>> config_hash(Config()) == config_hash(Config(timezone="UTC")) != config_hash(Config(seed=1))
    True
    """
    return int.from_bytes(blake2b(to_canonical(normalise(config)), digest_size=8).digest(), "little")
