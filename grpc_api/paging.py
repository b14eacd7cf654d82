"""Lists page by page: which part comes next, and the token that says so.

Owns pages; must not know what stands on them.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import islice
from typing import Final, TypeVar

from msgspec import Struct

from grpc_api.status import INVALID, Fault
from routing.engine import Engine

T = TypeVar("T")
View = TypeVar("View", bound=Struct)

#: Pictures taken at once, the engine standing still.
CHUNK: Final = 500


def first_of(ids: Sequence[str], size: int, token: str) -> tuple[list[str], str]:
    """Give the ids of the page that a token asks for, in order, and the token of the next one ("": none).

    >>> first_of(["b", "c", "a"], 2, "")
    (['a', 'b'], 'MWI=')
    >>> first_of(["b", "c", "a"], 2, "MWI=")
    (['c'], '')
    """
    after = last_of(token)
    left = [one for one in ids if after is None or one > after]
    found = nsmallest(size + 1, left)
    return found[:size], token_of(found[size - 1]) if len(found) > size else ""


def pictures_of(
    views: Callable[[Engine], Mapping[str, View]], names: Sequence[str], engine: Engine
) -> tuple[int, list[tuple[str, View | None]]]:
    """Take pictures of these; None where one is gone."""
    found = views(engine)
    return engine.revision, [(name, found.get(name)) for name in names]


def parts_of(names: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut something into parts of a size."""
    left = iter(names)
    while part := list(islice(left, size)):
        yield part


def token_of(last: str | None) -> str:
    """Make the token of a page from the last id on it."""
    return "" if last is None else base64.urlsafe_b64encode(b"1" + last.encode()).decode("ascii")


def last_of(token: str) -> str | None:
    """Give the last id of the page before."""
    if not token:
        return None
    try:
        raw = base64.b64decode(token, b"-_", validate=True)
        if raw[:1] == b"1":
            return raw[1:].decode()
    except (ValueError, binascii.Error):
        pass
    raise Fault(INVALID, "BAD_PAGE_TOKEN", "the page token is none of ours; give that of the page before")
