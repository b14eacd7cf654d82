"""How a customer is found: telephone numbers, e-mail addresses, chat ids, ids of other systems; each in one spelling.

Owns these kinds and their one spelling; must not know who has them, nor how they are stored.
"""

import unicodedata
from typing import Final, Literal, NamedTuple, get_args

from routing.compliance.numbers import e164
from routing.customers.masking import masked
from routing.errors import DataError, UsageError
from routing.words import quoted, suggest

#: What a customer is found by. ``external``: the id that another system, such as a CRM, has for them.
Kind = Literal["number", "email", "chat", "external"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_MAX_CHARS: Final = 320  # of an e-mail address: 64 + "@" + 255


class Identity(NamedTuple):
    """One thing that a customer is found by, in its one spelling; its ``repr`` is masked."""

    kind: Kind
    value: str

    def __repr__(self) -> str:
        return f"Identity({self.kind!r}, {masked(self.kind, self.value)!r})"


def identity(kind: str, value: str, region: str = "") -> Identity:
    """Bring what somebody is found by into its one spelling.

    Parameters
    ----------
    kind : str
        ``number``: as E.164 writes it. ``email``: in small letters (mail servers may tell capitals apart, RFC 5321
        section 2.4; people do not). ``chat``, ``external``: as it is, without blanks around it.
    value : str
        As people or gateways write it.
    region : str, default ""
        Country of numbers without a plus, as ISO 3166 says ("GB").

    Raises
    ------
    UsageError
        If the kind is not known.
    DataError
        If the value can be none of this kind. The message shows it masked, so that it may be logged.

    Examples
    --------
    >>> identity("number", "020 7946 0018", "GB") == ("number", "+442079460018")
    True
    >>> identity("email", " Ann@Example.org ").value
    'ann@example.org'
    >>> identity("number", "anonymous")
    Traceback (most recent call last):
        ...
    routing.errors.DataError: the number '***' is none that can exist; write it with + and country code
    """
    if kind not in KINDS:
        raise UsageError(
            f"{quoted(kind)} is none of {', '.join(KINDS)}{suggest(kind, KINDS)}; name what somebody is found by"
        )
    if kind == "number":
        return Identity("number", _number(value, region))
    text = unicodedata.normalize("NFC", value).strip()
    if not text or len(text) > _MAX_CHARS or not text.isprintable():
        raise DataError(
            f"the {kind} {masked(kind, text)!r} is empty, longer than {_MAX_CHARS} characters or not printable; "
            "correct it"
        )
    if kind == "email":
        text = text.casefold()
        local, _, domain = text.rpartition("@")
        if not local or not domain or " " in text:
            raise DataError(f"the email {masked(kind, text)!r} is no address; write it as name@example.org")
    return Identity(kind, text)


def _number(value: str, region: str) -> str:
    try:
        return e164(value, region)
    except DataError:
        shown = masked("number", value)
    how = "correct it" if region else "write it with + and country code"
    raise DataError(f"the number {shown!r} is none that can exist; {how}")
