"""From text to plain data and back: TOML, YAML and JSON.

All three are read alike: a key that stands twice is refused, and so is what has no place in a configuration
(NaN). YAML is read by its version 1.2 rules: ``on``, ``yes``, ``10:30`` and ``2026-12-25`` are text.

Owns syntax, and complaints about it with line and column; must not know what a configuration contains.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final, Literal, NoReturn, Protocol, get_args

import msgspec
import tomli_w
import yaml

from routing.config.faults import field_path
from routing.errors import ConfigError, UsageError
from routing.skills import quoted, suggest

Format = Literal["toml", "yaml", "json"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

_DEPTH_MAX: Final = 100
_DEPTH_PROBLEM: Final = "is nested too deeply for a configuration; remove brackets"


def read(text: str | bytes, fmt: str) -> object:
    r"""Parse a document into dicts, lists, texts, numbers and so on.

    Parameters
    ----------
    text : str or bytes
        The document; bytes are UTF-8, with or without a byte order mark.
    fmt : {"toml", "yaml", "json"}
        Its syntax.

    Raises
    ------
    ConfigError
        If the text breaks the syntax; the message starts with line and column as far as known.
    UsageError
        If `fmt` is none of the three.

    Examples
    --------
    >>> read("name: on\nskills: [tech]", "yaml")
    {'name': 'on', 'skills': ['tech']}
    >>> read("name = = 5", "toml")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: line 1, column 8: no valid TOML (Invalid value); correct the syntax
    """
    reader = _READERS[check_format(fmt)]
    if isinstance(text, bytes):
        text = _decode(text)
    try:
        return reader(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ConfigError("", f"the {fmt.upper()} text {_DEPTH_PROBLEM}") from None


def write(data: dict[str, object], fmt: str) -> str:
    r"""Write plain data so that `read` returns an equal value; ends in a line break.

    Raises
    ------
    UsageError
        If `fmt` is not one of ``FORMATS``.

    Examples
    --------
    >>> write({"name": "on"}, "yaml")
    "name: 'on'\n"
    """
    match check_format(fmt):
        case "toml":
            return tomli_w.dumps(data)
        case "yaml":
            return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
        case "json":
            return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def check_format(fmt: str) -> Format:
    """Return `fmt` if we know it.

    Raises
    ------
    UsageError
        If not.
    """
    for known in FORMATS:
        if fmt == known:
            return known
    raise UsageError(
        f"format {quoted(str(fmt))} is not one of {', '.join(FORMATS)}{suggest(str(fmt), FORMATS)}"
    )


def _syntax_error(path: str, name: str, cause: str) -> ConfigError:
    return ConfigError(path, f"no valid {name} ({cause}); correct the syntax")


def _value_error(name: str, error: ValueError) -> ConfigError:
    return ConfigError("", f"no valid {name} ({str(error).partition(';')[0]}); correct the value")


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"line {line}", f"the byte 0x{raw[error.start]:02x} is not UTF-8; save the file in that encoding"
        ) from None


# --- TOML

_TOML_PLACE: Final = re.compile(r"(.*) \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)", re.DOTALL)


def _read_toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _TOML_PLACE.fullmatch(str(error))
        cause = match[1] if match else str(error)
        path = f"line {match[2]}, column {match[3]}" if match and match[2] else _end_of(text)
        raise _syntax_error(path, "TOML", cause) from None
    except ValueError as error:  # an impossible date, or a number of thousands of digits
        raise _value_error("TOML", error) from None


def _end_of(text: str) -> str:
    return f"line {text.count(chr(10)) + 1}, column {len(text) - text.rfind(chr(10))}"


# --- JSON


class _Twice(dict[str, object]):
    """An object in which a key stands twice; JSON's reader does not tell us where it is."""

    key: str = ""


def _read_json(text: str) -> object:
    faulty: list[_Twice] = []

    def table(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
        twice = _Twice(result)
        twice.key = Counter(key for key, _ in pairs).most_common(1)[0][0]
        faulty.append(twice)
        return twice

    try:
        data: object = json.loads(text, object_pairs_hook=table, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _syntax_error(f"line {error.lineno}, column {error.colno}", "JSON", error.msg) from None
    except ConfigError:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise _value_error("JSON", error) from None
    if faulty:
        raise ConfigError(_path_of(faulty[0], data, ""), _twice_problem(faulty[0].key))
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise ConfigError("", f"{name} is no JSON; remove it")


def _path_of(sought: object, data: object, path: str) -> str:
    """Find a container by identity; "" for the outermost or when it is gone."""
    children: list[tuple[str, object]] = []
    if isinstance(data, dict):
        children = [(field_path(path, str(key)), value) for key, value in data.items()]
    elif isinstance(data, list):
        children = [(f"{path}[{place}]", value) for place, value in enumerate(data)]
    for child_path, child in children:
        if child is sought:
            return child_path
        found = _path_of(sought, child, child_path)
        if found:
            return found
    return ""


def _twice_problem(key: str) -> str:
    return f"the key {quoted(key)} stands twice; remove one of them"


# --- YAML

if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:  # several times as fast where PyYAML was built with libyaml
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_COLLECTIONS: Final = frozenset(("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"))


class _Loader(_SafeLoader):
    """The safe loader, with version 1.2's few plain scalars and without duplicate keys."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (yaml's own)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        """Refuse tags that say more than the plain text does: we have no use for sets or binaries."""
        if isinstance(node, yaml.ScalarNode):
            plain = self.resolve(yaml.ScalarNode, node.value, (True, False))  # type: ignore[no-untyped-call]
            usual = node.tag.endswith(":str") or node.tag == plain
        else:
            usual = node.tag in _COLLECTIONS
        if not usual:
            raise ConfigError(
                _place(node.start_mark), f"the tag {quoted(node.tag)} has no meaning here; remove it"
            )
        return super().construct_object(node, deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        """Refuse a key that stands twice (keys merged in by ``<<`` may be overridden)."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                key = (key_node.tag, key_node.value)
                if key in seen:
                    raise ConfigError(_place(key_node.start_mark), _twice_problem(key_node.value))
                seen.add(key)
        return super().construct_mapping(node, deep)


# Each a part of what version 1.1 takes for the same type, so that yaml.safe_dump quotes whatever needs it.
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)",
        "-+0123456789.",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


class _Dumper(yaml.SafeDumper):
    """The safe dumper, with rare line breaks escaped, which it would write as they are and lose."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _RARE_BREAK.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_RARE_BREAK: Final = re.compile("[\r\x85\u2028\u2029]")
_Dumper.add_representer(str, _represent_text)


def _read_yaml(text: str) -> object:
    try:
        _check_depth(text)
        data: object = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax_error(_place(mark), "YAML", error.problem or error.context or "broken") from None
    except yaml.YAMLError as error:  # a character that YAML does not allow anywhere
        raise _syntax_error("", "YAML", str(error).splitlines()[0]) from None
    except ConfigError:
        raise
    except ValueError as error:  # a number of thousands of digits, half of a surrogate pair
        raise _value_error("YAML", error) from None
    return {} if data is None else data


def _check_depth(text: str) -> None:
    """Events come without recursion, while libyaml's composer would run out of stack, and take us along."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH_MAX:
                raise ConfigError(_place(event.start_mark), f"the YAML text {_DEPTH_PROBLEM}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Mark(Protocol):
    """What both of PyYAML's parsers say about a place."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


def _place(mark: _Mark | None) -> str:
    if mark is None:
        return ""
    return f"line {mark.line + 1}, column {mark.column + 1}"


_READERS: Final[dict[Format, Callable[[str], object]]] = {
    "toml": _read_toml,
    "yaml": _read_yaml,
    "json": _read_json,
}
