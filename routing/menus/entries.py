"""What a journal of sessions holds, and what they are saved as.

Owns the shape of entries; must not know what they do (``sessions``).
"""

from msgspec import Struct

from routing.menus.flow import Flow
from routing.menus.inputs import Input
from routing.menus.turns import State, Turn


class Published(Struct, frozen=True, tag=True):
    """A flow is put in, or replaced."""

    flow: Flow


class Started(Struct, frozen=True, tag=True, omit_defaults=True):
    """A call enters a flow; ``version`` is the one in force."""

    call: str
    flow: str
    version: str
    attributes: dict[str, str] = {}
    language: str = ""


class Given(Struct, frozen=True, tag=True, omit_defaults=True):
    """Something happened to a call; secrets have been taken out."""

    call: str
    given: Input


#: What a journal of sessions holds; write it with ``msgspec``, and read it with this type.
Entry = Published | Started | Given


class Saved(Struct, frozen=True):
    """Everything but secrets, for `Sessions.save`."""

    flows: dict[str, Flow]  # by version
    current: dict[str, str]  # flow's id to version
    states: dict[str, State]  # by call
    ended: dict[str, Turn] = {}  # the last turns of calls that ended of late, the oldest first
