"""The request log: one line of JSON for each call, with nothing in it about anybody who calls a contact centre.

What a line may hold is the struct `Line`, and nothing else gets in: methods, domains and codes are words that we
know, identities are those of the settings (or of whoever issues JWTs), and a request id, which a front-end may have
made of a telephone number, is there as a keyed hash with a key that dies with the process.

Owns the shape of the log; must not know what a request contains.
"""

import json
import logging
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection
from functools import lru_cache
from hashlib import blake2b
from typing import Annotated, Final, TextIO

import msgspec
from msgspec import Meta, Struct, field

from grpc_api.telemetry.gathering import GatheringHandler
from routing.units import MICROSECOND, SECOND

_LOG: Final = logging.getLogger("huntgroup.requests")
_UNKNOWN: Final = "unknown"
_ENCODER: Final = msgspec.json.Encoder()


class LogSettings(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The section ``[log]``: which calls get a line."""

    requests: bool = True
    one_in: Annotated[int, Meta(ge=1, le=1_000_000_000)] = (
        1  # of the calls that went well; the others always do
    )
    slow_ns: Annotated[int, Meta(ge=0, le=3600 * SECOND, title="duration")] = field(
        default=SECOND, name="slow"
    )  # what took longer always gets a line


class Line(Struct, frozen=True, omit_defaults=True, gc=False):
    """Everything that is ever said about a call."""

    time: str
    method: str
    code: str
    duration_us: int
    identity: str = ""
    domain: str = ""
    commands: int = 0
    request: str = ""  # a hash: equal for equal request ids of one run of the server


class RequestLog:
    """Writes lines for calls. Thread-safe.

    Parameters
    ----------
    settings : LogSettings
        Which calls.
    methods : collection of str
        The full names of those we know; any other is "unknown".
    domains : callable, optional
        Gives the domains that there are now; any other is "unknown". By default there are none.
    wall_s : callable, default the time of day
        Seconds since 1970.
    """

    def __init__(
        self,
        settings: LogSettings,
        methods: Collection[str],
        domains: Callable[[], Collection[str]] = tuple,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._methods = frozenset(methods)
        self._domains = domains
        self._wall_s = wall_s
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self.use(settings)

    def use(self, settings: LogSettings) -> None:
        """Take new settings."""
        self._one_in = settings.one_in
        self._slow_ns = settings.slow_ns
        self._next = 1
        self._on = settings.requests

    def record(
        self,
        method: str,
        code: str,
        duration_ns: int,
        identity: str = "",
        domain: str = "",
        commands: int = 0,
        request_id: str = "",
    ) -> None:
        """Write a line for a call that has ended, if it is this one's turn. O(1)."""
        if not self._on:
            return
        if code == "OK" and duration_ns <= self._slow_ns and self._one_in > 1:
            with self._lock:
                self._next -= 1
                if self._next:
                    return
                self._next = self._one_in
        if not _LOG.isEnabledFor(logging.INFO):
            return
        line = Line(
            stamp(self._wall_s()),
            method if method in self._methods else _UNKNOWN,
            code,
            duration_ns // MICROSECOND,
            identity,
            domain if not domain or domain in self._domains() else _UNKNOWN,
            commands,
            self._hash(request_id) if request_id else "",
        )
        # Not by `_LOG.info`, which would look through the stack for our own file and line at every call.
        text = _ENCODER.encode(line).decode()
        _LOG.handle(logging.LogRecord(_LOG.name, logging.INFO, __file__, 0, text, None, None))

    def _hash(self, request_id: str) -> str:
        raw = request_id.encode("utf-8", "surrogatepass")
        return blake2b(raw, digest_size=8, key=self._key).hexdigest()


def stamp(epoch_s: float) -> str:
    """Write a time of day in UTC with milliseconds.

    >>> stamp(0.25)
    '1970-01-01T00:00:00.250Z'
    """
    second = int(epoch_s)
    return f"{_second(second)}.{int((epoch_s - second) * 1000):03d}Z"


@lru_cache(8)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


class JsonLines(logging.Formatter):
    """Makes a line of JSON of each record; those of the request log are lines already."""

    def format(self, record: logging.LogRecord) -> str:
        """Give time, level, logger and message; of an exception its type and where, but not its own message."""
        if record.name == _LOG.name:
            return str(record.msg)
        line = {
            "time": stamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(line, ensure_ascii=False)


def log_to(stream: TextIO | None = None, level: int = logging.INFO, *, gather_ns: int = 0) -> logging.Handler:
    """Send everything that the server logs to a stream (default: standard error) as lines of JSON.

    With ``gather_ns`` lines are written together, by a thread, that long after the first of them; warnings at once.
    Returns the handler, so that it can be taken away again.
    """
    out = stream or sys.stderr
    handler = GatheringHandler(out, gather_ns) if gather_ns else logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("huntgroup")
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    return handler
