"""Personal data as it is shown to those who need not see it: in logs, in ``repr``, in exports unless asked.

Owns how much of a value stays; must not know where values come from.
"""

from typing import Final

HIDDEN: Final = "***"
#: What stays of a telephone number: the plus with two digits, and the last two.
_HEAD: Final = 3
_TAIL: Final = 2


def masked(kind: str, value: str) -> str:
    """Mask one value by what it is.

    Parameters
    ----------
    kind : str
        ``number``, ``email``, or anything else.
    value : str
        In clear.

    Examples
    --------
    >>> masked("number", "+442079460018"), masked("email", "ann@example.org"), masked("chat", "ann_1990")
    ('+44********18', 'a***@***.org', '***')
    """
    if kind == "number" and value[:1] == "+" and value[1:].isdigit() and len(value) > _HEAD + _TAIL + 2:
        return value[:_HEAD] + "*" * (len(value) - _HEAD - _TAIL) + value[-_TAIL:]
    if kind == "email" and "@" in value:
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}{HIDDEN}@{HIDDEN}.{domain.rpartition('.')[2]}"
    return HIDDEN


def masked_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Mask every value; names of attributes stay.

    >>> masked_attributes({"name": "Ann Smith"})
    {'name': '***'}
    """
    return dict.fromkeys(attributes, HIDDEN)
