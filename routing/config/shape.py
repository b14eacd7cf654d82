"""Between plain data, as a file spells it, and the structs of ``model``, along the structs' own annotations.

msgspec does the converting and checking. Only when it refuses do we walk the same way again, slowly, to say
what is wrong in a path of our form and in words with a remedy.

Owns the spelling of fields and the durations among them; must not know any rule that looks at more than one
value (``checks``).
"""

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct, inspect

from routing.config.faults import field_path, find_faults, shown
from routing.durations import format_duration, parse_duration
from routing.errors import ConfigError
from routing.model import UNLIMITED, Agent, Config

T = TypeVar("T", bound=Struct)

_UNLIMITED_WORD: Final = "unlimited"
_CONTENT: Final = msgspec.msgpack.Encoder(order="deterministic")


def to_config(raw: object) -> Config:
    """Make a `Config` of plain data in which durations have units. O(size).

    Raises
    ------
    ConfigError
        If a field is unknown or missing, or a value is of the wrong type or out of bounds.

    Examples
    --------
    >>> to_config({"queues": [{"id": "sales", "ring_timeout": "15s"}]}).queues[0].ring_timeout_ns
    15000000000
    >>> to_config({"queues": [{"id": "sales", "strategi": "linear"}]})
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queues[0].strategi: unknown field; did you mean 'strategy'?
    """
    return to_struct(raw, Config)


def to_struct(raw: object, struct: type[T]) -> T:
    """Make any struct that is spelled as the configuration is of plain data: durations have units. O(size).

    Raises
    ------
    ConfigError
        As for `to_config`.

    Examples
    --------
    >>> from routing.model import Step
    >>> to_struct({"expression": "tech", "after": "30s"}, Step).after_ns
    30000000000
    """
    kind = _type_of(struct)
    counted = _durations_to_ns(raw, kind, "")
    try:
        return msgspec.convert(counted, struct)
    except msgspec.ValidationError as error:
        for fault in find_faults(counted, kind, "", built=False):
            raise fault.error() from None
        problem, _, where = str(error).rpartition(" - at `$")
        raise ConfigError(where.rstrip("`").lstrip("."), f"{problem or error}; correct it") from None


@cache
def _type_of(struct: type[Struct]) -> inspect.Type:
    """Remember what a struct looks like; asking msgspec costs more than converting most data."""
    return inspect.type_info(struct)


def to_raw(config: Config) -> dict[str, object]:
    """Spell a configuration as a file does, leaving out what has its default. O(size).

    Examples
    --------
    >>> from routing.model import Queue
    >>> to_raw(Config(queues=(Queue("sales", ring_timeout_ns=0),)))
    {'queues': [{'id': 'sales', 'ring_timeout': '0s'}]}
    """
    return _plain_fields(config, with_units=True)


def to_canonical(config: Config) -> bytes:
    """Write a configuration as MessagePack that is equal exactly when the configurations are. O(size).

    Durations stay numbers, and names are sorted. What has its default is left out, so that a field that a later
    version appends does not change what is said about an older configuration.

    Examples
    --------
    >>> from routing.model import Queue
    >>> msgspec.msgpack.decode(to_canonical(Config(queues=(Queue("sales", ring_timeout_ns=0),))))
    {'queues': [{'id': 'sales', 'ring_timeout': 0}]}
    """
    plain = _plain_fields(msgspec.structs.replace(config, agents=()), with_units=False)
    if config.agents:
        plain["agents"] = _canonical_agents(config.agents)
    return msgspec.msgpack.encode(plain, order="deterministic")


def _canonical_agents(agents: tuple[Agent, ...]) -> Raw:
    """Encode what agents have in common once, and put their ids between what sorts before and after them."""
    encode = msgspec.msgpack.Encoder(order="deterministic").encode
    kinds, places = fold(agents)
    frames: list[tuple[bytes, bytes]] = []
    for kind in kinds:
        plain = _plain_fields(kind, with_units=False)
        before = encode({name: value for name, value in plain.items() if name < "id"})
        after = encode({name: value for name, value in plain.items() if name > "id"})
        # Maps of fewer than sixteen names begin with one byte, their length with the highest bit set.
        frames.append((bytes([0x80 | len(plain)]) + before[1:] + encode("id"), after[1:]))
    parts = [encode([None] * len(agents))[: -len(agents)]]
    for agent, place in zip(agents, places, strict=True):
        before, after = frames[place]
        parts += before, encode(agent.id), after
    return Raw(b"".join(parts))


def fold(agents: Iterable[Agent]) -> tuple[list[Agent], list[int]]:
    """Find agents that differ by their ids alone: the first of each kind, and by agent the place of its kind. O(size).

    Examples
    --------
    >>> kinds, places = fold([Agent("ann", {"tech": 5}), Agent("bob"), Agent("cec", {"tech": 5})])
    >>> [kind.id for kind in kinds], places
    (['ann', 'bob'], [0, 1, 0])
    """
    kinds: list[Agent] = []
    places: list[int] = []
    by_object: dict[tuple[int, int, int, int, int], int] = {}
    by_content: dict[bytes, int] = {}
    for agent in agents:
        skills, groups, channels, load, cost = (
            agent.skills,
            agent.groups,
            agent.channels,
            agent.load,
            agent.cost,
        )
        objects = (id(skills), id(groups), id(channels), load, cost)
        place = by_object.get(objects, -1)
        if place < 0:
            content = _content(skills, groups, channels, load, cost)
            place = by_content.setdefault(content, len(kinds))
            if place == len(kinds):
                kinds.append(agent)
            by_object[objects] = place
        places.append(place)
    return kinds, places


def _content(*parts: object) -> bytes:
    """Equal parts as equal bytes, which cost the garbage collector nothing."""
    try:
        return _CONTENT.encode(parts)
    except UnicodeEncodeError:  # half of a surrogate pair, which the rules will name
        return repr(parts).encode()


def check_types(value: object, expected: type[Struct], path: str) -> ConfigError | None:
    """Check a struct that may have been built in Python, where nothing checks it. O(size).

    Parameters
    ----------
    value : object
        What should be a struct.
    expected : type
        Its type.
    path : str
        Where it stands.

    Returns
    -------
    ConfigError or None
        What is out of bounds, for the caller to raise in its turn.

    Raises
    ------
    ConfigError
        If anything has a wrong type, so that nothing else can be asked of the struct.

    Examples
    --------
    >>> from routing.model import Agent
    >>> check_types(Agent("ann", skills={"tech": 101}), Agent, "agent")
    ConfigError('agent.skills.tech', '101 is not in 1..100; correct it')
    >>> check_types(Agent("ann", groups="sales"), Agent, "agent")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: agent.groups: 'sales' is text; it must be a tuple
    """
    try:
        if msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=expected) == value:
            return None
    except (ValueError, TypeError, OverflowError, RecursionError):  # UnicodeEncodeError is a ValueError
        pass
    faults = list(find_faults(value, inspect.type_info(expected), path, built=True))
    for fault in faults:
        if fault.wrong_type:
            raise fault.error()
    return faults[0].error() if faults else ConfigError(path, "cannot be encoded; use plain Python values")


def spell(content: object, kind: inspect.Type) -> object:
    """Spell one value of a field of this type as a file does.

    Examples
    --------
    >>> from routing.model import Step
    >>> kind = inspect.type_info(Step)
    >>> assert isinstance(kind, inspect.StructType)
    >>> [spell(field.default, field.type) for field in kind.fields]
    ['', '0s', '', '']
    """
    return _plain(content, kind, with_units=True) if _is_deep(kind) else content


# --- Durations


def is_duration(kind: inspect.Type) -> bool:
    """Tell whether a field is a duration: ``model`` marks them by a title."""
    if not isinstance(kind, inspect.Metadata):
        return False
    return str((kind.extra_json_schema or {}).get("title", "")).startswith("duration")


def may_be_unlimited(kind: inspect.Type) -> bool:
    """Tell whether a duration may also be "unlimited", which is below zero."""
    return isinstance(kind, inspect.Metadata) and getattr(kind.type, "ge", 0) == UNLIMITED


@cache
def _duration_fields(struct: type[Struct]) -> tuple[tuple[str, inspect.Type], ...]:
    """Fields of a struct, as files spell them, that are durations or contain some."""
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    return tuple((field.encode_name, field.type) for field in kind.fields if _holds_durations(field.type))


def _holds_durations(kind: inspect.Type) -> bool:
    match kind:
        case inspect.StructType(cls=struct):
            return bool(_duration_fields(struct))
        case inspect.VarTupleType(item_type=item):
            return _holds_durations(item)
        case inspect.DictType(value_type=item):
            return _holds_durations(item)
        case inspect.UnionType(types=types):
            return any(_holds_durations(member) for member in types)
        case _:
            return is_duration(kind)


def _durations_to_ns(raw: object, kind: inspect.Type, path: str) -> object:
    """Copy the data with each duration as an integer. Whatever has the wrong type is left for msgspec."""
    if is_duration(kind):
        return _duration_to_ns(raw, kind, path)
    match kind:
        case inspect.StructType(cls=struct) if isinstance(raw, dict):
            counted = dict(raw)
            for name, inner in _duration_fields(struct):
                if name in counted:
                    counted[name] = _durations_to_ns(counted[name], inner, field_path(path, name))
            return counted
        case inspect.VarTupleType(item_type=item) if isinstance(raw, (list, tuple)) and _holds_durations(
            item
        ):
            return [_durations_to_ns(value, item, f"{path}[{place}]") for place, value in enumerate(raw)]
        case inspect.DictType(value_type=item) if isinstance(raw, dict) and _holds_durations(item):
            return {
                key: _durations_to_ns(value, item, field_path(path, key)) if isinstance(key, str) else value
                for key, value in raw.items()
            }
        case inspect.UnionType(types=types) if raw is not None:
            return _durations_to_ns(raw, types[0], path)
        case _:
            return raw


def _duration_to_ns(raw: object, kind: inspect.Type, path: str) -> int:
    or_unlimited = f", or '{_UNLIMITED_WORD}'" if may_be_unlimited(kind) else ""
    if isinstance(raw, str):
        if or_unlimited and raw.strip() == _UNLIMITED_WORD:
            return UNLIMITED
        return parse_duration(raw, path)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        raise ConfigError(path, f"{shown(raw)} and has no unit; write a duration such as '20s'{or_unlimited}")
    raise ConfigError(path, f"{shown(raw)}; write a duration such as '20s'{or_unlimited}")


# --- Plain data of structs


class _Field(NamedTuple):
    """What writing a field needs to know."""

    name: str
    spelled: str
    required: bool
    default: object
    kind: inspect.Type
    deep: bool  # contains structs or durations


@cache
def _fields(struct: type[Struct]) -> tuple[_Field, ...]:
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    return tuple(
        _Field(
            field.name,
            field.encode_name,
            field.required,
            {} if field.default_factory is dict else field.default,
            field.type,
            _is_deep(field.type),
        )
        for field in kind.fields
    )


def _is_deep(kind: inspect.Type) -> bool:
    match kind:
        case inspect.VarTupleType(item_type=item) | inspect.DictType(value_type=item):
            return _is_deep(item)
        case inspect.StructType() | inspect.UnionType():
            return True
        case _:
            return is_duration(kind)


def _plain_fields(value: Struct, with_units: bool) -> dict[str, object]:
    plain = {}
    for name, spelled, required, default, kind, deep in _fields(type(value)):
        content = getattr(value, name)
        if not required and content == default:
            continue
        if deep:
            plain[spelled] = _plain(content, kind, with_units)
        elif isinstance(content, dict):
            plain[spelled] = dict(sorted(content.items()))
        else:
            plain[spelled] = list(content) if isinstance(content, tuple) else content
    return plain


def _plain(content: object, kind: inspect.Type, with_units: bool) -> object:
    """Write a field's content that holds structs or durations."""
    match content:
        case Struct():
            return _plain_fields(content, with_units)
        case tuple():
            item = kind.item_type if isinstance(kind, inspect.VarTupleType) else kind
            return [_plain(member, item, with_units) for member in content]
        case dict():
            item = kind.value_type if isinstance(kind, inspect.DictType) else kind
            return {name: _plain(member, item, with_units) for name, member in sorted(content.items())}
        case int() if with_units:
            return _UNLIMITED_WORD if content == UNLIMITED else format_duration(content)
        case _:
            return content
