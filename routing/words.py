"""What the small languages share: how long and deep they get, how names are spelled, quoted and guessed.

Owns these limits and wordings; must not know any of the languages (``skills``, ``scores``, ``conditions``).
"""

import keyword
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

#: Longer expressions are refused unread.
MAX_CHARS: Final = 16_384
#: Open parentheses and pending ``not`` at any place of an expression.
MAX_DEPTH: Final = 50

_SUGGESTIONS_MAX: Final = 500  # candidates that a misspelling is compared with
_SHOWN_CHARS: Final = 40


def suggest(name: str, known: Iterable[str]) -> str:
    """End a complaint about an unknown name with the most similar known one, if any comes close.

    The answer does not depend on the order of `known`. O(n) for n known names, each cheaply.

    Examples
    --------
    >>> "unknown skill 'spanisch'" + suggest("spanisch", {"english", "spanish"})
    "unknown skill 'spanisch'; did you mean 'spanish'?"
    >>> suggest("spanisch", ["tech"])
    ''
    """
    near = [other for other in known if abs(len(other) - len(name)) <= max(2, len(name) // 3)]
    alike = len(name) // 2
    while len(near) > _SUGGESTIONS_MAX and alike <= len(name):  # too many: they must begin alike
        near = [other for other in near if other.startswith(name[:alike])]
        alike += 1
    folded: dict[str, str] = {}
    for other in sorted(near)[:_SUGGESTIONS_MAX]:
        folded.setdefault(other.casefold(), other)
    best = get_close_matches(name[:200].casefold(), folded, n=1, cutoff=0.7)
    return f"; did you mean {quoted(folded[best[0]])}?" if best else ""


def quoted(text: str) -> str:
    """Quote a value for a message, cut to a readable length.

    >>> quoted("tech"), quoted("x" * 1000)
    ("'tech'", "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'")
    """
    return repr(text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "...")


def is_skill_id(name: str) -> bool:
    """Tell whether an expression can name this skill: an identifier in NFKC form that is no reserved word.

    >>> [is_skill_id(name) for name in ("lang_es", "sprache_grüße", "lang-es", "2nd", "not", "")]
    [True, True, False, False, False, False]
    """
    return name.isidentifier() and not keyword.iskeyword(name) and unicodedata.normalize("NFKC", name) == name
