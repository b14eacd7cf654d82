"""Ids of attempts, which are ids of contacts, too: never given twice, also not after a crash.

Owns their form; must not know anything else.
"""

from typing import Final

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class Naming:
    """Gives ids: the campaign, the instant, and a number within the life of this object.

    The host's time never goes back, also not across restarts, so only ids of one instant could meet; those of one life
    differ by their number, and two lives have the number of an envelope in between.

    Parameters
    ----------
    life : int
        What differs from any other life on the same host: the number of its latest envelope.

    Examples
    --------
    >>> naming = Naming(7)
    >>> naming.give("spring", 1_700_000_000_000_000_000), naming.give("spring", 1_700_000_000_000_000_000)
    ('spring-cwyvpelgpse8-7-1', 'spring-cwyvpelgpse8-7-2')
    """

    def __init__(self, life: int) -> None:
        self._life = base36(life)
        self._count = 0

    def give(self, campaign: str, at_ns: int) -> str:
        """Give a new id. Of a long campaign's id the beginning is used."""
        self._count += 1
        return f"{campaign[:64]}-{base36(at_ns)}-{self._life}-{base36(self._count)}"


def base36(number: int) -> str:
    """Write a number short.

    >>> base36(0), base36(35), base36(36)
    ('0', 'z', '10')
    """
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
