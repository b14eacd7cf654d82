"""What is wrong with a value: the slow walk that puts msgspec's refusals into our words.

Owns the wording about types, bounds and names of fields; must not know durations as text (``shape``) or any
rule that looks at more than one value (``checks``).
"""

from collections.abc import Iterator
from datetime import date, time
from typing import Final, NamedTuple, get_args

from msgspec import inspect

from routing.durations import format_duration
from routing.errors import ConfigError
from routing.model import Day, Ordering, Strategy, Target
from routing.skills import quoted, suggest
from routing.units import MAX_DURATION_NS

# msgspec sorts the choices of a literal; these have an order that helps people.
_IN_ORDER: Final = {
    frozenset(choices): choices for choices in map(get_args, (Day, Ordering, Strategy, Target))
}
_READABLE: Final = 10**30  # larger numbers are not written out


class Fault(NamedTuple):
    """A complaint, not raised yet."""

    path: str
    problem: str
    wrong_type: bool = False  # as opposed to out of bounds or not known

    def error(self) -> ConfigError:
        """Turn it into what is raised."""
        return ConfigError(self.path, self.problem)


def field_path(path: str, name: str) -> str:
    """Go one step down: ``queues[0]`` and ``steps`` give ``queues[0].steps``.

    >>> field_path("", "queues"), field_path("agents[3].skills", "tech"), field_path("skills", "a b")
    ('queues', 'agents[3].skills.tech', "skills['a b']")
    """
    if not name.isidentifier():
        return f"{path}[{quoted(name)}]"
    return f"{path}.{name}" if path else name


def shown(value: object) -> str:
    """Start a complaint: the value, shortly, and what it is.

    >>> shown("tech"), shown(1001), shown(None), shown([1, 2])
    ("'tech' is text", '1001 is a number', 'nothing stands here', 'a list stands here')
    """
    match value:
        case None:
            return "nothing stands here"
        case bool():
            return f"{str(value).lower()} is a truth value"
        case str():
            return f"{quoted(value)} is text"
        case int():
            return f"{value} is a number" if _is_readable(value) else "a huge number stands here"
        case float():
            return f"{value!r} is a number with decimals"
        case date() | time():
            return f"{value.isoformat()} is a date or time"
        case list():
            return "a list stands here"
        case dict():
            return "a table stands here"
        case _:
            return f"{_a(type(value).__name__)} stands here"


def choices_of(kind: inspect.LiteralType) -> tuple[str, ...]:
    """List what a literal allows, in the order in which the model has it.

    >>> choices_of(inspect.LiteralType(("deadline", "fifo", "priority_age", "service_objective")))
    ('priority_age', 'fifo', 'service_objective', 'deadline')
    """
    choices = tuple(str(choice) for choice in kind.values)
    return _IN_ORDER.get(frozenset(choices), choices)


def find_faults(value: object, kind: inspect.Type, path: str, built: bool) -> Iterator[Fault]:
    """Walk a value along its type and yield what is wrong, in order.

    Parameters
    ----------
    value : object
        Plain data with durations in nanoseconds or, with `built`, a struct.
    kind : msgspec.inspect.Type
        What it should be.
    path : str
        Where it stands.
    built : bool
        Whether the value was built in Python rather than read from a file.

    Yields
    ------
    Fault

    Examples
    --------
    >>> from routing.model import Channel
    >>> for fault in find_faults({"id": 5, "capacity": -1}, inspect.type_info(Channel), "channels[0]", False):
    ...     print(fault.error())
    channels[0].id: 5 is a number; it must be text, so put it in quotes
    channels[0].capacity: -1 is not in 0..1000; correct it
    """
    match kind:
        case inspect.Metadata(type=inner):
            yield from find_faults(value, inner, path, built)
        case inspect.StructType():
            yield from _struct_faults(value, kind, path, built)
        case inspect.VarTupleType(item_type=item):
            if not isinstance(value, tuple if built else (list, tuple)):
                yield _type_fault(value, path, "a tuple" if built else "a list, in brackets")
                return
            for place, member in enumerate(value):
                yield from find_faults(member, item, f"{path}[{place}]", built)
        case inspect.DictType(value_type=item):
            if not isinstance(value, dict):
                yield _type_fault(value, path, "a dict" if built else "a table")
                return
            for key, member in value.items():
                if isinstance(key, str):
                    yield from find_faults(member, item, field_path(path, key), built)
                else:
                    yield _key_fault(key, path)
        case inspect.UnionType(types=types):  # of a struct and None, the only one in the model
            if value is not None:
                yield from find_faults(value, types[0], path, built)
        case _:
            yield from _scalar_faults(value, kind, path, built)


def _struct_faults(value: object, kind: inspect.StructType, path: str, built: bool) -> Iterator[Fault]:
    if built:
        if not isinstance(value, kind.cls):
            yield _type_fault(value, path, _a(kind.cls.__name__))
            return
        for field in kind.fields:
            content = getattr(value, field.name)
            yield from find_faults(content, field.type, field_path(path, field.encode_name), built)
        return
    if not isinstance(value, dict):
        yield _type_fault(value, path, "a table")
        return
    fields = {field.encode_name: field for field in kind.fields}
    for key, content in value.items():
        if not isinstance(key, str):
            yield _key_fault(key, path)
        elif key in fields:
            yield from find_faults(content, fields[key].type, field_path(path, key), built)
        else:
            hint = suggest(key, fields) or f"; allowed are {', '.join(fields)}"
            yield Fault(field_path(path, key), f"unknown field{hint}")
    for name, field in fields.items():
        if field.required and name not in value:
            noun = kind.cls.__name__
            yield Fault(field_path(path, name), f"is missing; every {noun} needs one, so add it")


def _scalar_faults(value: object, kind: inspect.Type, path: str, built: bool) -> Iterator[Fault]:
    match kind:
        case inspect.BoolType():
            if not isinstance(value, bool):
                yield _type_fault(value, path, "True or False" if built else "true or false, without quotes")
        case inspect.IntType(ge=low, le=high):
            if not isinstance(value, int) or isinstance(value, bool):
                unquoted = isinstance(value, str) and not built
                yield _type_fault(value, path, f"a whole number{', without quotes' if unquoted else ''}")
            elif (low is not None and value < low) or (high is not None and value > high):
                if low and not built and high == MAX_DURATION_NS:  # a file spells it with a unit
                    yield Fault(path, f"{format_duration(value)} is too short; write at least {low}ns")
                    return
                number = str(value) if _is_readable(value) else "a huge number"
                yield Fault(path, f"{number} is not in {low}..{high}; correct it")
        case inspect.LiteralType():
            choices = choices_of(kind)
            listed = ", ".join(repr(choice) for choice in choices)
            if not isinstance(value, str):
                yield _type_fault(value, path, f"one of {listed}")
            elif value not in choices:
                yield Fault(path, f"{quoted(value)} is not one of {listed}{suggest(value, choices)}")
        case inspect.StrType(min_length=least, max_length=most):
            if not isinstance(value, str):
                yield _type_fault(value, path, "a str" if built else "text, so put it in quotes")
            elif least is not None and len(value) < least:
                yield Fault(path, "is empty; give it a name")
            elif most is not None and len(value) > most:
                yield Fault(path, f"{quoted(value)} has {len(value)} characters; {most} are allowed")
            elif not _is_encodable(value):
                yield Fault(path, f"{quoted(value)} contains half a surrogate pair; remove it")


def _type_fault(value: object, path: str, wanted: str) -> Fault:
    return Fault(path, f"{shown(value)}; it must be {wanted}", wrong_type=True)


def _key_fault(key: object, path: str) -> Fault:
    return Fault(path, f"a key is not text: {shown(key)}; put it in quotes", wrong_type=True)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "AEIOaeio" else f"a {noun}"


def _is_readable(value: int) -> bool:
    return abs(value) < _READABLE


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
