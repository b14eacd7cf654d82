"""Files of campaigns: TOML, YAML or JSON, spelled as every configuration is.

Owns reading such files; must not know the rules (``checking``) or how anything is dialled.
"""

import os

from msgspec.structs import replace

from routing.compliance.profiles import BUILT_IN, Profile, profiles_of
from routing.config import text
from routing.config.files import load_with
from routing.config.shape import to_struct
from routing.outbound.campaign import Outbound
from routing.outbound.checking import check_outbound
from routing.outbound.supposing import TABLE


def load_outbound(path: str | os.PathLike[str]) -> Outbound:
    """Read and check a file of campaigns; its name ends in .toml, .yaml, .yml or .json.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with the path of the value.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads_outbound)


def loads_outbound(document: str | bytes, fmt: str) -> Outbound:
    """Read and check campaigns given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> found = loads_outbound('''
    ... [[campaigns]]
    ... id = "spring"
    ... queue = "sales"
    ... mode = "progressive"
    ... profiles = ["never"]
    ... carriers = [{carrier = "one"}]
    ... [[carriers]]
    ... id = "one"
    ... calls_per_second = 5
    ... ''', "toml")
    >>> found.campaigns[0].mode, found.campaigns[0].ring_ns, found.carriers[0].calls_per_second
    ('progressive', 25000000000, 5.0)
    """
    raw = text.read(document, fmt)
    if isinstance(raw, dict):  # what a rehearsal supposes is of no concern to a dialer
        raw = {name: value for name, value in raw.items() if name != TABLE}
    own: tuple[Profile, ...] = ()
    if isinstance(raw, dict) and "profiles" in raw:
        known = profiles_of(raw.pop("profiles"))
        own = tuple(one for name, one in known.items() if name not in BUILT_IN)
    outbound = replace(to_struct(raw, Outbound), profiles=own)
    check_outbound(outbound)
    return outbound
