"""Findings about texts: languages, placeholders, secrets that would be told.

Owns these judgements; must not know where nodes lead.
"""

from collections.abc import Iterator, Mapping

from routing.config.faults import field_path
from routing.findings import Finding
from routing.menus.comparing import compile_comparison
from routing.menus.flow import Flow
from routing.menus.nodes import (
    Asking,
    Branch,
    CallBackOffer,
    Choice,
    Collect,
    LookUp,
    Menu,
    SetAttributes,
    Voicemail,
)
from routing.menus.rules import passed_of, spoken_of, texts_of
from routing.menus.texts import names_in
from routing.menus.ways import Spot, Ways
from routing.words import quoted, suggest

Found = tuple[int, Finding]

#: What a driver may always give, besides the flow's own attributes, and the language.
GIVEN = ("language",)


def check_languages(ways: Ways) -> Iterator[Found]:
    """Look for texts that are missing in a language, and languages that the flow lacks."""
    for spot in ways.spots.values():
        for field, texts in _texts_by_language(spot):
            yield from _check_languages_of(ways.flow, spot, field, texts, "text")
        for field, choice in choices_of(spot):
            listed = {language: " ".join(phrases) for language, phrases in choice.phrases.items()}
            yield from _check_languages_of(ways.flow, spot, f"{field}.phrases", listed, "phrase")
        for field, language in _chosen(spot):
            if not names_in(language) and language and language not in ways.flow.languages:
                yield spot.rank, _no_language(ways.flow, spot.path(field), language)
        if isinstance(spot.node, Asking | Voicemail) and not spot.node.say:
            yield (
                spot.rank,
                Finding(
                    "nothing-to-say",
                    "note",
                    spot.path("say"),
                    "the caller is asked and nothing is said here",
                    "unless the nodes before say what to do, the caller hears silence",
                    "say what can be keyed in or said",
                ),
            )


def _texts_by_language(spot: Spot) -> Iterator[tuple[str, Mapping[str, str]]]:
    node = spot.node
    yield "say", node.say
    if isinstance(node, Asking):
        yield "say_no_input", node.say_no_input
        yield "say_no_match", node.say_no_match
    if isinstance(node, CallBackOffer):
        yield "say_accepted", node.say_accepted


def choices_of(spot: Spot) -> list[tuple[str, Choice]]:
    """List the choices of a node with the fields in which they stand."""
    match spot.node:
        case Menu(choices=choices):
            return [(f"choices[{place}]", choice) for place, choice in enumerate(choices)]
        case CallBackOffer(accept=accept, decline=decline):
            return [("accept", accept), ("decline", decline)]
    return []


def _chosen(spot: Spot) -> Iterator[tuple[str, str]]:
    if isinstance(spot.node, SetAttributes):
        yield "language", spot.node.language
    for field, choice in choices_of(spot):
        yield f"{field}.language", choice.language


def _check_languages_of(
    flow: Flow, spot: Spot, field: str, texts: Mapping[str, str], noun: str
) -> Iterator[Found]:
    missing = [language for language in flow.languages if language not in texts]
    if texts and "" not in texts and missing:
        yield (
            spot.rank,
            Finding(
                "missing-language",
                "error",
                spot.path(field),
                f"no {noun} in {', '.join(map(quoted, missing))}",
                "callers who chose that language are spoken to in another, or are not understood",
                f"add the {noun}, or one for all languages",
            ),
        )
    for language in texts:
        if language and language not in flow.languages:
            yield spot.rank, _no_language(flow, spot.path(field_path(field, language)), language)


def _no_language(flow: Flow, path: str, language: str) -> Finding:
    return Finding(
        "unknown-language",
        "error",
        path,
        f"{quoted(language)} is not one of the flow's languages{suggest(language, flow.languages)}",
        "nobody will ever hear it",
        "add it to languages, or correct it",
    )


def check_attributes(ways: Ways) -> Iterator[Found]:
    """Look for attributes that nothing sets."""
    known = {*ways.flow.attributes, *GIVEN}
    for spot in ways.spots.values():
        known.update(_set_by(spot))
    for spot in ways.spots.values():
        for field, text in texts_of(spot.node):
            for name in names_in(text):
                if name not in known:
                    yield spot.rank, _unset(spot.path(field), name, known)
        for field, name in _compared(spot):
            if name not in known:
                yield spot.rank, _unset(spot.path(field), name, known)


def _unset(path: str, name: str, known: set[str]) -> Finding:
    return Finding(
        "unknown-attribute",
        "warning",
        path,
        f"nothing sets {quoted(name)}{suggest(name, known)}",
        "it is empty in every call, unless the driver gives it",
        "correct the name, or list it under attributes if the driver gives it",
    )


def _set_by(spot: Spot) -> set[str]:
    names = {name for _, choice in choices_of(spot) for name in choice.set}
    match spot.node:
        case Collect(into=into):
            names.add(into)
        case LookUp(store=store):
            names.update(store)
        case SetAttributes(attributes=attributes):
            names.update(attributes)
        case _:
            pass
    return names


def _compared(spot: Spot) -> list[tuple[str, str]]:
    if not isinstance(spot.node, Branch):
        return []
    return [
        (f"cases[{place}].when", name)
        for place, case in enumerate(spot.node.cases)
        for name in compile_comparison(case.when).names
    ]


def check_secrets(ways: Ways) -> Iterator[Found]:
    """Look for secret digits that would be told, kept or compared."""
    secret = {
        spot.node.into for spot in ways.spots.values() if isinstance(spot.node, Collect) and spot.node.secret
    }
    for spot in ways.spots.values():
        node = spot.node
        for field, text in spoken_of(node):
            for name in secret.intersection(names_in(text)):
                yield spot.rank, _told("secret-spoken", spot.path(field), name)
        for field, text in passed_of(node):
            for name in secret.intersection(names_in(text)):
                if not (isinstance(node, LookUp) and text == f"{{{name}}}"):
                    yield spot.rank, _told("secret-passed-on", spot.path(field), name)
        for field, name in _compared(spot):
            if name in secret:
                yield spot.rank, _told("secret-compared", spot.path(field), name)
        plain = set() if isinstance(node, Collect) and node.secret else _set_by(spot)
        for name in sorted(secret & plain):
            yield spot.rank, _told("secret-and-plain", spot.path(), name)


_WHY = {
    "secret-spoken": "a reference would be said, which means nothing to the caller",
    "secret-passed-on": "only the driver's memory has the digits; elsewhere a reference arrives that means nothing",
    "secret-compared": "the machine sees a reference, never the digits",
    "secret-and-plain": "what is plain is written to states and journals",
}
_DO = {
    "secret-spoken": "take the placeholder out",
    "secret-passed-on": "give it to a look-up as the whole of an input, and use what the look-up answers",
    "secret-compared": "let a look-up compare, and branch on its result",
    "secret-and-plain": "use another attribute for one of them",
}


def _told(code: str, path: str, name: str) -> Finding:
    return Finding(code, "error", path, f"{quoted(name)} holds secret digits", _WHY[code], _DO[code])
