"""HTTP/1.1 for clients that do not hurry: a request that is not whole in time ends its connection.

Otherwise whoever opens connections and sends a byte now and then would use them all up.

Owns this deadline; must not know what requests mean.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

#: How long a request may take to arrive, s.
REQUEST_S: Final = 10.0


class Hurried(H11Protocol):
    """A connection with a deadline for each request, head and body."""

    request_s = REQUEST_S

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Take what came; the clock stops when that made the request whole."""
        super().data_received(data)
        if self._is_pending():
            self._arm()
        else:
            self._disarm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self._disarm()
        super().connection_lost(exc)

    def _is_pending(self) -> bool:
        cycle: Any = self.cycle  # None until the first head is whole, whatever its annotation says
        return cycle is None or bool(cycle.response_complete or cycle.more_body)

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.request_s, self._too_late)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if self._is_pending() and not self.transport.is_closing():
            self.transport.abort()


def hurried(request_s: float) -> type[Hurried]:
    """Make a kind of connection with another deadline.

    >>> hurried(2).request_s
    2
    """
    return type("Hurried", (Hurried,), {"request_s": request_s})
