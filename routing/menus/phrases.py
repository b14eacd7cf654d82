"""Which choice a caller's words mean.

Words are compared in Unicode's NFKC form, without case and punctuation. A choice is meant when one of its phrases
occurs among the words, whole and in a row; of several, the one with the longest phrase. If that is a draw, none is
meant.

Owns this comparison; must not know nodes other than choices, or how speech becomes words.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from routing.menus.nodes import Choice

_WORD: Final = re.compile(r"\w+")


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Part a text into words as they are compared.

    >>> words_of("My  Balance, please!")
    ('my', 'balance', 'please')
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def phrases_of(choice: Choice, language: str) -> tuple[str, ...]:
    """List the phrases that count in a language: its own and those for any.

    >>> phrases_of(Choice(phrases={"en": ("yes",), "": ("ok",), "de": ("ja",)}), "en")
    ('yes', 'ok')
    """
    own = choice.phrases.get(language, ()) if language else ()
    return (*own, *choice.phrases.get("", ()))


def meant(choices: Sequence[Choice], spoken: str, language: str) -> int:
    """Find the choice that was spoken; -1 for none. O(words * phrases).

    Examples
    --------
    >>> choices = [Choice(phrases={"": ("balance",)}), Choice(phrases={"": ("card balance", "card")})]
    >>> [meant(choices, said, "") for said in ("my balance", "the card balance please", "cards", "")]
    [0, 1, -1, -1]
    """
    words = words_of(spoken)
    best, found = (0, 0), -1
    for place, choice in enumerate(choices):
        for phrase in phrases_of(choice, language):
            sought = words_of(phrase)
            size = _size(phrase)
            if not sought or size < best or not _occurs(sought, words):
                continue
            if size > best:
                best, found = size, place
            elif found != place:
                found = -1
    return found


def heard(choice: Choice, spoken: str, language: str) -> str:
    """Find the longest phrase of a choice among what was said: all of it that a machine needs; "" if none occurs.

    Examples
    --------
    >>> heard(Choice(phrases={"": ("card", "lost card")}), "I am Ann and lost, hm, my card", "")
    'card'
    """
    words = words_of(spoken)
    found = [phrase for phrase in phrases_of(choice, language) if _occurs(words_of(phrase), words)]
    return max(found, key=_size, default="")


def _size(phrase: str) -> tuple[int, int]:
    words = words_of(phrase)
    return len(words), sum(map(len, words))


def _occurs(sought: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(words[place : place + len(sought)] == sought for place in range(len(words) - len(sought) + 1))
