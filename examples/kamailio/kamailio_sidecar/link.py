"""The connection to Kamailio's evapi: it is ours to open, and to open again.

Owns frames on the way in and out, back-off, and the pace of writing; must not know calls.

Kamailio 5.6 reads into a buffer of 32,767 bytes and throws its contents away when they end inside the length of a
frame. So never more is under way than fits: commands go out in batches, each with a ping, and a third batch waits for
the pong of the first.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from kamailio_sidecar import messages as m
from kamailio_sidecar.netstring import Decoder, NetstringError, encode

_LOG: Final = logging.getLogger(__name__)
BATCH_BYTES: Final = 8_000
_UNDER_WAY: Final = 2  # batches
_COMMAND_MAX: Final = 16_000
_READ: Final = 1 << 18
_HEARTBEAT_S: Final = 1.0
_SILENCE_S: Final = 5.0
_BACK_OFF_S: Final = (0.05, 1.0)  # first, longest


class Link:
    """Events come to ``heard``, ``opened`` is called first on each new connection; commands go by `send`."""

    def __init__(
        self, host: str, port: int, opened: Callable[[], None], heard: Callable[[m.Event], None]
    ) -> None:
        self._address = host, port
        self._opened = opened
        self._heard = heard
        self._queue: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._pings = self._pongs = 0
        self.connected = False

    def send(self, command: m.Command) -> None:
        """Put a command on its way; without a connection it is dropped, as all calls are told anew on the next."""
        if not self.connected:
            return
        frame = encode(m.encode_command(command))
        if len(frame) > _COMMAND_MAX:
            _LOG.error("a command of %d bytes is left out: at most %d fit", len(frame), _COMMAND_MAX)
            return
        self._queue.append(frame)
        self._wake.set()

    async def run(self) -> None:
        """Keep the connection up until cancelled."""
        wait_s = _BACK_OFF_S[0]
        while True:
            try:
                reader, writer = await asyncio.open_connection(*self._address)
            except OSError as error:
                _LOG.info("no connection to Kamailio: %s", error)
            else:
                if await self._serve(reader, writer):
                    wait_s = _BACK_OFF_S[0]
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _BACK_OFF_S[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Use one connection to its end; whether Kamailio ever said something on it."""
        self._queue.clear()
        self._pings = self._pongs = 0
        self.connected = True
        self._opened()
        writing = asyncio.create_task(self._write(writer))
        beating = asyncio.create_task(self._beat())
        try:
            return await self._read(reader)
        finally:
            self.connected = False
            for task in (writing, beating):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await task
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> bool:
        decoder = Decoder()
        heard_any = False
        while True:
            try:
                async with asyncio.timeout(_SILENCE_S):
                    data = await reader.read(_READ)
                payloads = decoder.feed(data)
            except TimeoutError:
                _LOG.warning("Kamailio has been silent for %g s: connect anew", _SILENCE_S)
                return heard_any
            except (OSError, NetstringError) as error:
                _LOG.warning("the connection to Kamailio is given up: %s", error)
                return heard_any
            if not data:
                _LOG.info("Kamailio closed the connection")
                return heard_any
            for payload in payloads:
                heard_any = True
                self._take(payload)

    def _take(self, payload: bytes) -> None:
        try:
            event = m.decode_event(payload)
        except msgspec.MsgspecError as error:
            _LOG.error("an event is not understood: %s", error)
            return
        if isinstance(event, m.Pong):
            self._pongs = max(self._pongs, event.number)
            self._wake.set()
        else:
            self._heard(event)

    async def _write(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue and self._pings - self._pongs < _UNDER_WAY:
                batch = bytearray()
                while self._queue and (not batch or len(batch) + len(self._queue[0]) <= BATCH_BYTES):
                    batch += self._queue.popleft()
                self._pings += 1
                batch += encode(m.encode_command(m.Ping(self._pings)))
                writer.write(bytes(batch))
                await writer.drain()

    async def _beat(self) -> None:
        """Let Kamailio hear of us every second: what it parks without us it gives up soon."""
        while True:
            await asyncio.sleep(_HEARTBEAT_S)
            if not self._queue and self._pings == self._pongs:
                self.send(m.Ping(self._pings))
