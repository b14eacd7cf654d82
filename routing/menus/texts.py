"""Texts with placeholders, and which of several languages is spoken.

``{name}`` stands for an attribute, ``{{`` and ``}}`` for braces. An attribute that is not set leaves nothing behind.

Owns this spelling and the choice among languages; must not know nodes.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from routing.errors import ConfigError
from routing.words import is_skill_id, quoted

_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[tuple[str, str], ...]:
    """Part a text into pairs of what stands as it is and the name of the attribute that follows ("": none). O(n).

    Raises
    ------
    ConfigError
        If a brace stands alone or what it holds is no name.

    Examples
    --------
    >>> pieces("You have {count} {{new}} messages.")
    (('You have ', 'count'), (' {new} messages.', ''))
    """
    found: list[tuple[str, str]] = []
    plain, place = "", 0
    for match in _PART.finditer(text):
        plain += text[place : match.start()]
        place = match.end()
        if match[0] in ("{{", "}}"):
            plain += match[0][0]
        elif match[1] is None:
            raise ConfigError("", f"{quoted(text)} has a single {match[0]}; write {match[0] * 2} for a brace")
        elif not is_skill_id(match[1]):
            raise ConfigError("", f"{quoted(match[0])} names no attribute; write letters, digits and _")
        else:
            found.append((plain, match[1]))
            plain = ""
    plain += text[place:]
    return (*found, (plain, "")) if plain else tuple(found)


def names_in(text: str) -> tuple[str, ...]:
    """List the attributes that a text names, in order; what is no text of ours names none.

    >>> names_in("{a} and {b}"), names_in("{")
    (('a', 'b'), ())
    """
    try:
        return tuple(name for _, name in pieces(text) if name)
    except ConfigError:
        return ()


def fill(text: str, attributes: Mapping[str, str]) -> str:
    """Put attributes into a text. O(n).

    >>> fill("Hello {name}{nobody}", {"name": "Ann"})
    'Hello Ann'
    """
    return "".join(plain + (attributes.get(name, "") if name else "") for plain, name in pieces(text))


def in_language(texts: Mapping[str, str], language: str, default: str) -> tuple[str, str]:
    """Choose a text: that of the language, else the one for any, else that of the default language.

    Returns
    -------
    (str, str)
        The text ("" where there is none) and the language that it is in ("": any).

    Examples
    --------
    >>> in_language({"en": "Hello", "de": "Hallo"}, "de", "en"), in_language({"en": "Hello"}, "fr", "en")
    (('Hallo', 'de'), ('Hello', 'en'))
    >>> in_language({"en": "Hello", "": "Hi"}, "de", "en")
    ('Hi', '')
    """
    for one in (language, "", default):
        if one in texts:
            return texts[one], one
    return "", ""
