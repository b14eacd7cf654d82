"""The rules that every flow keeps, or it cannot be read: names, texts, expressions, keys, bounds.

Owns these rules; must not know what a flow as a whole leads to (``linting``).
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import structs

from routing.config.faults import field_path
from routing.config.names import check_id
from routing.errors import ConfigError, ExpressionError
from routing.menus.comparing import compile_comparison
from routing.menus.digits import compile_pattern
from routing.menus.flow import Flow
from routing.menus.inputs import MAX_VALUE_CHARS, MAX_VALUES
from routing.menus.nodes import (
    AnyNode,
    Asking,
    Branch,
    CallBackOffer,
    Choice,
    Collect,
    Enqueue,
    LookUp,
    Menu,
    Return,
    SetAttributes,
    Transfer,
    Voicemail,
)
from routing.menus.phrases import words_of
from routing.menus.texts import pieces
from routing.words import is_skill_id, quoted

#: Nodes of a flow with its sub-flows, and choices or cases of a node.
MAX_NODES: Final = 10_000
MAX_CHOICES: Final = 200

_NODE_ID: Final = re.compile(r"[^\W\d][\w-]{0,63}")
_KEY: Final = re.compile(r"[0-9A-D*#]{1,8}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def check_rules(flow: Flow) -> None:
    """Check a flow, however it was made. O(size).

    Raises
    ------
    ConfigError
        If a rule is broken; the message starts with the path of the value.

    Examples
    --------
    >>> check_rules(Flow(id="f", start="a", nodes={"a b": Return()}))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: nodes['a b']: 'a b' is no id; write letters, digits, _ and -, at most 64 of them
    """
    check_id(flow.id, "id")
    for place, language in enumerate(flow.languages):
        if not _LANGUAGE.fullmatch(language):
            raise ConfigError(
                f"languages[{place}]", f"{quoted(language)} is no language; write one as 'en' or 'de-CH'"
            )
        if language in flow.languages[:place]:
            raise ConfigError(f"languages[{place}]", f"{quoted(language)} stands twice; remove one of them")
    _check_attributes(flow.attributes, "attributes")
    size = sum(len(part.nodes) for part in flow.parts().values())
    if size > MAX_NODES:
        raise ConfigError("nodes", f"{size} nodes are too many; {MAX_NODES} are allowed, so split the flow")
    for name, part in flow.parts().items():
        path = field_path("flows", name) if name else ""
        if name:
            _check_name(name, path)
        for node_id, node in part.nodes.items():
            here = field_path(f"{path}.nodes" if path else "nodes", node_id)
            _check_name(node_id, here)
            if isinstance(node, Return) and not name:
                raise ConfigError(here, "returns from the main flow, which nobody called; hang up instead")
            _check_node(node, here)


def _check_name(name: str, path: str) -> None:
    if not _NODE_ID.fullmatch(name):
        raise ConfigError(
            path, f"{quoted(name)} is no id; write letters, digits, _ and -, at most 64 of them"
        )


def _check_node(node: AnyNode, path: str) -> None:
    for where, text in texts_of(node):
        try:
            pieces(text)
        except ConfigError as error:
            raise ConfigError(f"{path}.{where}", error.problem) from None
    match node:
        case Menu():
            _check_choices(node.choices, f"{path}.choices")
        case CallBackOffer():
            _check_choice(node.accept, f"{path}.accept")
            _check_choice(node.decline, f"{path}.decline")
            _check_values(node.attributes, f"{path}.attributes")
        case Collect():
            _check_collect(node, path)
        case LookUp():
            _check_values(node.inputs, f"{path}.inputs")
            _check_attributes(node.store, f"{path}.store")
        case SetAttributes():
            _check_attributes(node.attributes, f"{path}.attributes")
        case Enqueue():
            _check_values(node.attributes, f"{path}.attributes")
        case Branch():
            _check_cases(node, path)
        case _:
            pass


def _check_choices(choices: tuple[Choice, ...], path: str) -> None:
    if len(choices) > MAX_CHOICES:
        raise ConfigError(path, f"{len(choices)} choices are too many; {MAX_CHOICES} are allowed")
    for place, choice in enumerate(choices):
        _check_choice(choice, f"{path}[{place}]")


def _check_choice(choice: Choice, path: str) -> None:
    if choice.key and not _KEY.fullmatch(choice.key):
        raise ConfigError(
            f"{path}.key", f"{quoted(choice.key)} is no key; write up to eight of 0-9, *, #, A-D"
        )
    for language, phrases in choice.phrases.items():
        for place, phrase in enumerate(phrases):
            if not words_of(phrase):
                where = f"{field_path(f'{path}.phrases', language)}[{place}]"
                raise ConfigError(where, f"{quoted(phrase)} has no words; remove it or fill it in")
    _check_attributes(choice.set, f"{path}.set")


def _check_collect(node: Collect, path: str) -> None:
    _check_attribute(node.into, f"{path}.into")
    if node.max_digits < node.min_digits:
        raise ConfigError(
            f"{path}.max_digits", f"{node.max_digits} is below min_digits {node.min_digits}; swap them"
        )
    if 0 <= node.most < node.least:
        raise ConfigError(f"{path}.most", f"{node.most} is below least {node.least}; swap them")
    if node.pattern:
        try:
            compile_pattern(node.pattern)
        except ConfigError as error:
            raise ConfigError(f"{path}.pattern", error.problem) from None


def _check_cases(node: Branch, path: str) -> None:
    if len(node.cases) > MAX_CHOICES:
        raise ConfigError(f"{path}.cases", f"{len(node.cases)} cases are too many; {MAX_CHOICES} are allowed")
    for place, case in enumerate(node.cases):
        try:
            compile_comparison(case.when)
        except ExpressionError as error:
            raise ConfigError(f"{path}.cases[{place}].when", str(error)) from None


def _check_attributes(attributes: dict[str, str], path: str) -> None:
    for name in attributes:
        _check_attribute(name, field_path(path, name))
    _check_values(attributes, path)


def _check_values(values: dict[str, str], path: str) -> None:
    """Check what goes out of the flow, under names that others choose."""
    if len(values) > MAX_VALUES:
        raise ConfigError(path, f"{len(values)} are too many; {MAX_VALUES} are allowed")
    for name, value in values.items():
        if len(value) > MAX_VALUE_CHARS:
            raise ConfigError(
                field_path(path, name), f"has {len(value)} characters; {MAX_VALUE_CHARS} are allowed"
            )


def _check_attribute(name: str, path: str) -> None:
    if not is_skill_id(name) or name == "language":
        raise ConfigError(
            path,
            f"{quoted(name)} names no attribute; write letters, digits and _ (not 'language', which is taken)",
        )


def texts_of(node: AnyNode) -> Iterator[tuple[str, str]]:
    """List every text with placeholders of a node, with the field in which it stands. O(size).

    Examples
    --------
    >>> list(texts_of(Transfer(number="{desk}", say={"en": "One moment."})))
    [('say.en', 'One moment.'), ('number', '{desk}')]
    """
    yield from spoken_of(node)
    yield from passed_of(node)


def spoken_of(node: AnyNode) -> Iterator[tuple[str, str]]:
    """List the texts that a node says, with the field in which each stands."""
    for name in ("say", *(("say_no_input", "say_no_match") if isinstance(node, Asking) else ())):
        for language, text in structs.asdict(node)[name].items():
            yield field_path(name, language) if language else name, text
    if isinstance(node, CallBackOffer):
        for language, text in node.say_accepted.items():
            yield field_path("say_accepted", language) if language else "say_accepted", text


def passed_of(node: AnyNode) -> Iterator[tuple[str, str]]:
    """List the texts that a node passes on: into attributes, to the driver, out of the flow."""
    match node:
        case Menu():
            for place, choice in enumerate(node.choices):
                yield from _set_by(choice, f"choices[{place}]")
        case LookUp():
            yield from _each(node.inputs, "inputs")
        case SetAttributes():
            yield from _each(node.attributes, "attributes")
            yield "language", node.language
        case Voicemail():
            yield "mailbox", node.mailbox
        case CallBackOffer():
            yield from _set_by(node.accept, "accept")
            yield from _set_by(node.decline, "decline")
            yield "number", node.number
            yield from _each(node.attributes, "attributes")
        case Enqueue():
            yield "customer", node.customer
            yield from _each(node.attributes, "attributes")
        case Transfer():
            yield "number", node.number
        case _:
            pass


def _set_by(choice: Choice, path: str) -> Iterator[tuple[str, str]]:
    yield from _each(choice.set, f"{path}.set")
    yield f"{path}.language", choice.language


def _each(texts: dict[str, str], path: str) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        yield field_path(path, name), text
