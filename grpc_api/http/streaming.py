"""Instructions as server-sent events.

Each instruction is an event ``instruction`` whose id is its revision; ``mark`` says that everything up to its id has
been told; ``problem`` is the last event of a stream that breaks.

Owns this spelling; must not know who may follow what.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Final

import msgspec
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from grpc_api.facade import Facade, Following, Notice, Reject, Release, Treatment
from grpc_api.guard import Denied
from grpc_api.http.problems import Failed, problem_of
from grpc_api.http.service import AnyRequest, Visitor
from routing.errors import HuntgroupError
from routing.units import SECOND

#: How often something comes, at least; then the caller's credential is looked at again, too.
_MARK_NS: Final = 10 * SECOND


async def stream(
    request: AnyRequest,
    visitor: Visitor,
    facade: Facade,
    *,
    front_end: str | None = None,
    call_id: str = "",
    start_revision: int | None = None,
) -> ServerSentEvent:
    """Begin a stream; what stands in its way is raised here. A browser that comes back goes on by its last id."""
    last = request.headers.get("last-event-id", "")
    if last:
        if not last.isascii() or not last.isdigit() or len(last) > 19:
            raise Failed(400, "invalid_request", "Last-Event-ID is no revision; leave it out to begin anew")
        start_revision = int(last)
    closed = visitor.open_stream()
    try:
        following = await facade.follow_async(
            front_end=front_end, call_id=call_id, start_revision=start_revision
        )
    except BaseException:
        closed()
        raise
    return ServerSentEvent(_events(following, visitor, closed), headers={"Cache-Control": "no-store"})


async def _events(
    following: Following, visitor: Visitor, closed: Callable[[], None]
) -> AsyncGenerator[ServerSentEventMessage, None]:
    try:
        while True:
            for notice in await following.take_async(_MARK_NS):
                yield message(notice)
                if following.call_id and isinstance(notice.instruction, Treatment | Reject | Release):
                    return
            await visitor.renew()
    except (HuntgroupError, Denied) as error:
        yield ServerSentEventMessage(msgspec.json.encode(problem_of(error)).decode(), event="problem")
    finally:
        following.close()
        closed()


def message(notice: Notice) -> ServerSentEventMessage:
    """Spell one item.

    Examples
    --------
    >>> from grpc_api.facade import Talk
    >>> print(message(Notice(7, "call-1", Talk("ann"))).encode().decode().replace(chr(13), ""))
    id: 7
    event: instruction
    data: {"revision":7,"call_id":"call-1","instruction":{"type":"talk","agent":"ann"}}
    <BLANKLINE>
    <BLANKLINE>
    """
    kind = "mark" if notice.instruction is None else "instruction"
    return ServerSentEventMessage(
        msgspec.json.encode(notice).decode(), event=kind, id=str(notice.revision), sep="\n"
    )
