"""`Watch`: the events of a domain for whoever wants them, each in the bytes in which everybody gets it.

An event is encoded once. A message is put together from the encoded events and its own few fields, because messages
of this format that stand one behind the other are one message.

Owns filters, pace and end of a watch; must not know where events come from (``routing.host.feed``).
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args

import grpc
from msgspec import Struct

from grpc_api.calls import Call
from grpc_api.convert import write_event
from grpc_api.domains import Hosted
from grpc_api.limits import WireLimits
from grpc_api.status import FULL, INVALID, Fault
from grpc_api.v1 import engine_pb2
from routing.errors import ClosedError, CompactedError
from routing.events import Event
from routing.host import Watch

Wanted = Callable[[Event], bool]

#: Types of events by name.
TYPES: Final[Mapping[str, type[Struct]]] = {kind.__name__: kind for kind in get_args(Event)}
_NOUNS: Final = (
    ("contact", "contacts"),
    ("agent", "agents"),
    ("queue", "queues"),
    ("to_queue", "queues"),
    ("leg", "contacts"),
    ("parent", "contacts"),
    ("to_agent", "agents"),
)


class Chunks:
    """Encoded events of late by revision, shared by all watches of a domain.

    Parameters
    ----------
    keep : int
        How many at most.
    """

    def __init__(self, keep: int = 20_000) -> None:
        self._keep = keep
        self._known: dict[int, bytes] = {}

    def __call__(self, revision: int, event: Event) -> bytes:
        """Give the part of a ``WatchResponse`` that holds an event."""
        found = self._known.get(revision)
        if found is None:
            found = chunk(revision, event)
            if len(self._known) >= self._keep:
                self._known = {}
            self._known[revision] = found
        return found


def chunk(revision: int, event: Event) -> bytes:
    """Encode an event as the part of a ``WatchResponse`` that holds it."""
    fields: Any = {"revision": revision, "event": write_event(event)}
    return engine_pb2.WatchResponse(events=[fields]).SerializeToString()


def wanted_by(request: engine_pb2.WatchRequest) -> Wanted | None:
    """Give the filter that a request asks for; None for everything.

    Raises
    ------
    Fault
        If it names a type of events that there is not.
    """
    kinds = frozenset(map(_type, request.types))
    ids = {name: frozenset(getattr(request, name)) for name in ("contacts", "agents", "queues")}
    if not kinds and not any(ids.values()):
        return None
    looks = {kind: _look(kind, ids) for kind in TYPES.values() if not kinds or kind in kinds}
    if not any(ids.values()):
        return lambda event: type(event) in kinds

    def wanted(event: Event) -> bool:
        look = looks.get(type(event))
        return look is not None and look(event)

    return wanted


def _type(name: str) -> type[Struct]:
    kind = TYPES.get(name)
    if kind is None:
        raise Fault(
            INVALID,
            "UNKNOWN_TYPE",
            f"{name[:128]!r} is no type of events; name a message of events.proto, as 'ContactOffered'",
            {"subject": name[:128]},
        )
    return kind


def _look(kind: type[Struct], ids: Mapping[str, frozenset[str]]) -> Wanted:
    """Give what looks whether an event of a type names one of the ids."""
    fields = [(name, ids[noun]) for name, noun in _NOUNS if name in kind.__struct_fields__ and ids[noun]]
    many = ids["queues"] if "queues" in kind.__struct_fields__ else frozenset()

    def look(event: Event) -> bool:
        if any(getattr(event, name) in known for name, known in fields):
            return True
        return bool(many) and not many.isdisjoint(getattr(event, "queues", ()))

    return look


class Stalls:
    """Ends watches whose client does not read: a message that nobody takes would keep a thread for ever."""

    def __init__(self, stall_ns: int) -> None:
        self._stall_ns = stall_ns
        self._sending: dict[Call, int] = {}  # since when
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="huntgroup-stalls", daemon=True)
        self._thread.start()

    def sends(self, call: Call) -> None:
        """A message is about to be sent."""
        self._sending[call] = time.monotonic_ns()

    def sent(self, call: Call) -> None:
        """It has been taken."""
        self._sending.pop(call, None)

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        pause_s = min(self._stall_ns / 4e9, 1.0)
        while not self._over.wait(pause_s):
            latest = time.monotonic_ns() - self._stall_ns
            for call, since in list(self._sending.items()):
                if since < latest:
                    self._sending.pop(call, None)
                    call.context.cancel()


class Pace:
    """When the next message of a watch may go, and when it must.

    Parameters
    ----------
    least_ns : int
        From one message to the next.
    most_ns : int
        After so long without one, a mark of progress goes.
    poll_ns : int
        The longest pause.
    """

    def __init__(self, least_ns: int, most_ns: int, poll_ns: int) -> None:
        self._least_ns = least_ns
        self._most_ns = most_ns
        self._poll_ns = poll_ns
        self._last = time.monotonic_ns()
        self._over = threading.Event()

    def end(self) -> None:
        """Wait no more."""
        self._over.set()

    def sent(self) -> None:
        """A message has gone."""
        self._last = time.monotonic_ns()

    def hold(self) -> None:
        """Wait until the next message may go."""
        left = self._last + self._least_ns - time.monotonic_ns()
        if left > 0:
            self._over.wait(left / 1e9)

    def patience_ns(self) -> int:
        """Say how long to wait for events."""
        return max(min(self._last + self._most_ns - time.monotonic_ns(), self._poll_ns), 0)

    def is_mark_due(self) -> bool:
        """Whether a mark of progress must go."""
        return time.monotonic_ns() >= self._last + self._most_ns


class Watching:
    """Answers `Watch` for all domains of a server."""

    def __init__(self, limits: WireLimits) -> None:
        self._limits = limits
        self._stalls = Stalls(limits.watch_stall_ns)
        self._chunks: dict[Hosted, Chunks] = {}

    def close(self) -> None:
        """Let the watchman go."""
        self._stalls.close()

    def watch(self, call: Call, data: bytes) -> Iterator[bytes]:
        """Follow a domain until the client goes, is too slow, or the server ends."""
        request = engine_pb2.WatchRequest.FromString(data)
        limits = self._limits
        hosted = call.hosted(request.domain)
        self._check(request)
        call.permit(hosted, queues=request.queues, agents=request.agents, contacts=request.contacts)
        after = request.start_revision if request.HasField("start_revision") else None
        watch = hosted.host.feed.watch(after, wanted_by(request))
        pace = Pace(
            request.min_interval_ns, request.progress_interval_ns or limits.progress_ns, limits.poll_ns
        )
        with watch:
            if not call.context.add_callback(pace.end):
                return
            # Where it starts, at once: whoever asked for "from now on" learns what now is.
            yield engine_pb2.WatchResponse(revision=watch.revision, progress=True).SerializeToString()
            yield from self._follow(call, hosted, watch, pace)

    def _check(self, request: engine_pb2.WatchRequest) -> None:
        limits = self._limits
        named = len(request.contacts) + len(request.agents) + len(request.queues) + len(request.types)
        if named > limits.filters:
            raise Fault(
                INVALID, "TOO_MANY_FILTERS", f"{named} filters are given; give at most {limits.filters}"
            )
        for name in ("min_interval_ns", "progress_interval_ns"):
            value = getattr(request, name)
            if not 0 <= value <= limits.watch_interval_ns:
                raise Fault(
                    INVALID,
                    "INTERVAL_OUT_OF_RANGE",
                    f"{name} is {value}; give 0 to {limits.watch_interval_ns}",
                    {"subject": name},
                )

    def _follow(self, call: Call, hosted: Hosted, watch: Watch, pace: Pace) -> Iterator[bytes]:
        encoded = self._chunks.setdefault(hosted, Chunks())
        context, stalls, most = call.context, self._stalls, self._limits.watch_events
        is_active, begin = context.is_active, watch.revision
        held: list[bytes] = []
        while is_active():
            try:
                taken = watch.take(pace.patience_ns() if not held else 0, most - len(held))
            except CompactedError as error:
                if watch.revision == begin:
                    raise  # it was too long ago from the first
                raise Fault(
                    FULL,
                    "SLOW_CONSUMER",
                    "the messages were not read in time, and what comes next is no longer kept; read the present "
                    "state and watch from its revision",
                    {"oldest": str(error.oldest), "revision": str(watch.revision)},
                ) from None
            except ClosedError as error:
                raise Fault(grpc.StatusCode.UNAVAILABLE, "CLOSED", str(error)) from None
            held += [encoded(revision, event) for revision, event in taken.events]
            if call.door.draining:
                raise Fault(
                    grpc.StatusCode.UNAVAILABLE,
                    "CLOSED",
                    "the server is being shut down; watch again from your last revision",
                )
            call.renew()
            if (held and not taken.events) or len(held) >= most:
                answer = engine_pb2.WatchResponse(revision=watch.revision)
            elif held:
                pace.hold()
                continue  # what came in the meantime goes along
            elif pace.is_mark_due():
                answer = engine_pb2.WatchResponse(revision=watch.revision, progress=True)
            else:
                continue
            stalls.sends(call)
            try:
                yield answer.SerializeToString() + b"".join(held)
            finally:
                stalls.sent(call)
            pace.sent()
            held.clear()
