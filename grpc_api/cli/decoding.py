"""Commands and remarks as JSON on a command line: read, or said what is wrong with them.

Owns these messages; must not know what is done with what was read.
"""

from typing import Any, Final, get_args

import msgspec

from routing.errors import UsageError
from routing.words import quoted, suggest

_SHOWN: Final = 100


def decoded(text: str, kinds: Any, what: str) -> Any:
    """Read one of some structs with a ``type``.

    Parameters
    ----------
    text : str
        JSON.
    kinds : union of structs
        What it may be.
    what : str
        How messages name it, as "command".

    Raises
    ------
    UsageError
        If it is none of them, or has a field that is none: a mistyped one would be left out in silence.

    Examples
    --------
    >>> from routing.commands import Command
    >>> decoded('{"type": "LogIn", "agent": "ann"}', Command, "command").agent
    'ann'
    >>> decoded('{"type": "Logn"}', Command, "command")
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: '{"type": "Logn"}' is no command: there is no type 'Logn'; did you mean 'LogIn'?
    """
    shown = repr(text.strip()[:_SHOWN])
    by_name = {str(kind.__struct_config__.tag): kind for kind in get_args(kinds)}
    try:
        raw = msgspec.json.decode(text)
        name = raw.get("type") if isinstance(raw, dict) else None
        if isinstance(name, str) and name not in by_name:
            hint = suggest(name, by_name) or f"; there are {', '.join(sorted(by_name))}"
            raise UsageError(f"{shown} is no {what}: there is no type {quoted(name)}{hint}")
        found = msgspec.json.decode(text, type=kinds)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise UsageError(f"{shown} is no {what}: {error}") from None
    fields = by_name[raw["type"]].__struct_fields__
    for field in raw.keys() - {"type", *fields}:
        hint = suggest(field, fields) or f"; there are {', '.join(fields)}"
        raise UsageError(f"{shown} is no {what}: {raw['type']} has no field {quoted(field)}{hint}")
    return found
