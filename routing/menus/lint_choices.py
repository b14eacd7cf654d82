"""Findings about what callers key in and say: choices that cannot be told apart, digits that nobody can give.

Owns these judgements; must not know where nodes lead.
"""

from collections.abc import Iterator

from routing.findings import Finding
from routing.menus.digits import lengths
from routing.menus.lint_texts import choices_of
from routing.menus.nodes import Collect, Menu
from routing.menus.phrases import phrases_of, words_of
from routing.menus.ways import Spot, Ways
from routing.words import quoted

Found = tuple[int, Finding]


def check_choices(ways: Ways) -> Iterator[Found]:
    """Look for choices that cannot be made or told apart."""
    for spot in ways.spots.values():
        if isinstance(spot.node, Menu) and not spot.node.choices:
            yield (
                spot.rank,
                Finding(
                    "menu-without-choices",
                    "error",
                    spot.path("choices"),
                    "there is nothing to choose",
                    "every caller leaves by no_input or no_match",
                    "add choices, or let a prompt stand here",
                ),
            )
        for field, choice in choices_of(spot):
            if not choice.key and not any(choice.phrases.values()):
                yield (
                    spot.rank,
                    Finding(
                        "choice-without-key",
                        "error",
                        spot.path(field),
                        "there is neither key nor phrase",
                        "nobody can choose it",
                        "give it a key, phrases or both",
                    ),
                )
        yield from _keys(spot)
        yield from _phrases(spot, ways.flow.languages or ("",))


def _keys(spot: Spot) -> Iterator[Found]:
    keyed = [(field, choice.key) for field, choice in choices_of(spot) if choice.key]
    for place, (field, key) in enumerate(keyed):
        for other_field, other in keyed[:place]:
            if key == other:
                yield spot.rank, _ambiguous("ambiguous-key", spot.path(f"{field}.key"), key, other_field)
            elif key.startswith(other) or other.startswith(key):
                short, long = sorted((key, other), key=len)
                yield (
                    spot.rank,
                    Finding(
                        "key-is-prefix",
                        "warning",
                        spot.path(f"{field}.key"),
                        f"{quoted(long)} begins with {quoted(short)}, the key of another choice",
                        "whoever presses the shorter one must wait for digit_timeout to be understood",
                        "let no key begin with another",
                    ),
                )


def _phrases(spot: Spot, languages: tuple[str, ...]) -> Iterator[Found]:
    told: set[tuple[str, tuple[str, ...]]] = set()
    for language in languages:
        seen: dict[tuple[str, ...], str] = {}
        for field, choice in choices_of(spot):
            for phrase in phrases_of(choice, language):
                words = words_of(phrase)
                first = seen.setdefault(words, field)
                if first != field and (field, words) not in told:
                    told.add((field, words))
                    yield (
                        spot.rank,
                        _ambiguous("ambiguous-phrase", spot.path(f"{field}.phrases"), phrase, first),
                    )


def _ambiguous(code: str, path: str, value: str, other: str) -> Finding:
    return Finding(
        code,
        "error",
        path,
        f"{quoted(value)} also stands for {other}",
        "a key is taken for the first of them, a phrase for none",
        "give each choice its own",
    )


def check_digits(ways: Ways) -> Iterator[Found]:
    """Look for digits that are asked for and cannot exist."""
    for spot in ways.spots.values():
        node = spot.node
        if isinstance(node, Collect) and not _possible(node):
            yield (
                spot.rank,
                Finding(
                    "impossible-digits",
                    "error",
                    spot.path(),
                    f"no digits have {node.min_digits} to {node.max_digits} places and satisfy pattern and range",
                    "every caller leaves by no_match",
                    "widen one of them",
                ),
            )


def _possible(node: Collect) -> bool:
    """Tell whether lengths can agree; a number may have zeros in front, so only its least length counts."""
    allowed = set(range(node.min_digits, node.max_digits + 1))
    if node.pattern:
        allowed &= lengths(node.pattern)
    return any(length >= len(str(max(node.least, 0))) for length in allowed)
