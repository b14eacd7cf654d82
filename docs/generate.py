"""Writes the pages of the documentation that say what the code says.

``python docs/generate.py`` writes them; ``python docs/generate.py --check`` changes nothing and exits with 1 when one
is stale. Each page is a function that returns its text, listed in `PAGES`; prose and meanings lie in ``templates/``.

Owns how the code is turned into tables; must not know anything that only a person can say.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct, inspect

from routing.config import from_dict
from routing.config.faults import choices_of
from routing.config.shape import is_duration, may_be_unlimited, spell
from routing.errors import ConfigError
from routing.model import (
    Agent,
    Channel,
    Config,
    Holiday,
    Hours,
    Limits,
    OpenSpan,
    Overflow,
    Queue,
    Reserve,
    Shift,
    Step,
    Weights,
)

DOCS: Final = Path(__file__).resolve().parent
TEMPLATES: Final = DOCS / "templates"
NOTICE: Final = "<!-- Written by docs/generate.py; change docs/templates or the code instead. -->\n\n"

#: The sections of the page about configuration, in order.
STRUCTS: Final[tuple[type[Struct], ...]] = (
    Config,
    Channel,
    Agent,
    Queue,
    Step,
    Reserve,
    Weights,
    Overflow,
    Hours,
    OpenSpan,
    Holiday,
    Shift,
    Limits,
)

#: Mistakes worth showing, made in an otherwise empty configuration.
MISTAKES: Final[tuple[dict[str, object], ...]] = (
    {"skills": ["spanish"], "queues": [{"id": "a", "steps": [{"expression": "spanisch"}]}]},
    {"queues": [{"id": "a", "strategi": "linear"}]},
    {"agents": [{"id": "a", "skills": {"tech": 101}}]},
    {"queues": [{"id": "a", "ring_timeout": 20}]},
    {"queues": [{"id": "a", "overflow": [{"when": "oldest > 120"}]}]},
)


class StaleError(Exception):
    """The templates and the code do not belong together."""


def configuration() -> str:
    """Write the page about configuration files."""
    template = (TEMPLATES / "configuration.md").read_text(encoding="utf-8")
    example = (TEMPLATES / "configuration.example.toml").read_text(encoding="utf-8").strip()
    from_dict(tomllib.loads(example))  # the example must be right
    return NOTICE + fill(
        template,
        example=example,
        errors="\n".join(complaint(mistake) for mistake in MISTAKES),
        tables="\n".join(config_tables()).strip(),
    )


#: Every page with what writes it.
PAGES: Final[dict[str, Callable[[], str]]] = {"configuration.md": configuration}


def config_tables() -> Iterator[str]:
    """Give the lines of a section per struct, and see to it that every field has a meaning."""
    meanings = tomllib.loads((TEMPLATES / "configuration.toml").read_text(encoding="utf-8"))
    require_same("sections", {struct.__name__ for struct in STRUCTS}, set(meanings))
    titles = {struct: str(meanings[struct.__name__].pop("title")) for struct in STRUCTS}
    for struct in STRUCTS:
        section = meanings[struct.__name__]
        fields = fields_of(struct)
        yield f"## {titles[struct]}\n\n{section.pop('text')}\n"
        require_same(f"[{struct.__name__}]", {field.encode_name for field in fields}, set(section))
        yield from table(
            ["field", "type", "default", "meaning"],
            [
                [
                    f"`{field.encode_name}`",
                    type_in_words(field.type, titles),
                    default_in_words(field),
                    section[field.encode_name],
                ]
                for field in fields
            ],
        )
        yield ""


def type_in_words(kind: inspect.Type, titles: dict[type[Struct], str]) -> str:
    """Say what a field takes."""
    if is_duration(kind):
        return 'duration or `"unlimited"`' if may_be_unlimited(kind) else "duration"
    match kind:
        case inspect.Metadata(type=inner):
            return type_in_words(inner, titles)
        case inspect.BoolType():
            return "`true` or `false`"
        case inspect.IntType(ge=low, le=high):
            return f"whole number {low:,}..{high:,}" if high != 2**63 - 1 else "whole number from 0"
        case inspect.StrType(max_length=most):
            return "text" if most is None else "id"
        case inspect.LiteralType():
            return "one of " + ", ".join(f"`{choice}`" for choice in choices_of(kind))
        case inspect.VarTupleType(item_type=item):
            return "list: " + type_in_words(item, titles).removeprefix("table: ")
        case inspect.DictType(value_type=item):
            return f"table of name and {type_in_words(item, titles)}"
        case inspect.UnionType(types=types):
            return type_in_words(types[0], titles)
        case inspect.StructType(cls=struct):
            return f"table: [{titles[struct].lower()}](#{titles[struct].lower().replace(' ', '-')})"
        case _:
            raise StaleError(f"no words for the type {kind}; add them to type_in_words")


def default_in_words(field: inspect.Field) -> str:
    """Say what a field is when it is left out."""
    if field.required:
        return "required"
    if field.default_factory is dict:
        return "empty"
    if field.default in ("", ()):
        return "empty"
    if field.default is None:
        return "none"
    if isinstance(field.default, Struct):
        return "as below"
    return f"`{toml_value(spell(field.default, field.type))}`"


def toml_value(value: object) -> str:
    """Write a value as TOML does; its texts and numbers are JSON's, its tables are not."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(inner) for inner in value) + "]"
    return f"{value:_}" if type(value) is int else json.dumps(value)


def fields_of(struct: type[Struct]) -> tuple[inspect.Field, ...]:
    """List the fields of a struct with their types."""
    kind = inspect.type_info(struct)
    if not isinstance(kind, inspect.StructType):
        raise StaleError(f"{struct.__name__} is no struct any more; take it out of STRUCTS")
    return kind.fields


def complaint(mistake: dict[str, object]) -> str:
    """Make a mistake and note what is said about it."""
    try:
        from_dict(mistake)
    except ConfigError as error:
        return str(error)
    raise StaleError(f"{mistake} is no mistake any more; choose another")


def table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    """Give the lines of a Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def fill(template: str, **parts: str) -> str:
    """Put the parts where the template names them, each of them."""
    for name, text in parts.items():
        mark = "{{" + name + "}}"
        if mark not in template:
            raise StaleError(f"the template has no {mark}; put it back or drop the part")
        template = template.replace(mark, text)
    return template


def require_same(what: str, in_code: set[str], described: set[str]) -> None:
    """See to it that what the code has and what is described are the same."""
    if in_code - described:
        raise StaleError(f"{what}: {sorted(in_code - described)} not described; add them to the template")
    if described - in_code:
        raise StaleError(
            f"{what}: {sorted(described - in_code)} not in the code; take them out of the template"
        )


def stale(pages: dict[str, Callable[[], str]]) -> list[str]:
    """List the pages that are not what their functions return."""
    return [
        name
        for name, write in pages.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != write()
    ]


def main() -> int:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(description="Write the generated pages of the documentation.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 when a page is stale"
    )
    if parser.parse_args().check:
        names = stale(PAGES)
        for name in names:
            print(f"docs/{name} is stale; run: python docs/generate.py", file=sys.stderr)
        return 1 if names else 0
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
