"""Limits of the gRPC server: how much of anything it takes, keeps and waits for.

What a single connection may cost is the guard's (`grpc_api.guard.settings.Wire`).

Owns their names and defaults; must not know who keeps to them.
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from routing.model import Duration
from routing.units import MINUTE, SECOND

Count = Annotated[int, Meta(ge=1, le=100_000_000)]


class WireLimits(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one server, and one call, may have. Everything beyond is refused with a reason."""

    commands: Count = 1_000  # of one request, or one batch of a session
    calls: Count = 2_000  # under way at once, streams included
    workers: Annotated[int, Meta(ge=1, le=1000)] = 16  # threads for calls that are no streams
    streams: Count = 1_200  # open at once, each with a thread of its own
    batches: Annotated[int, Meta(ge=1, le=10_000)] = 8  # of a session, sent and not yet answered
    lease_ns: Duration = field(default=10 * MINUTE, name="lease")  # the longest that a session may ask for
    filters: Count = 10_000  # ids that a watch may name
    watch_events: Count = 1_000  # in one message of a watch
    watch_stall_ns: Duration = field(
        default=30 * SECOND, name="watch_stall"
    )  # that one message may take to be read
    watch_interval_ns: Duration = field(
        default=MINUTE, name="watch_interval"
    )  # the longest that may be asked for
    progress_ns: Duration = field(default=10 * SECOND, name="progress")  # when nothing happens
    page: Count = 1_000  # of a listing, at most
    page_default: Count = 100  # of a listing when nothing is said
    verdicts: Count = 1_000  # of an explanation
    poll_ns: Duration = field(default=SECOND, name="poll")  # how soon a stream sees that it is over
    drain_ns: Duration = field(default=10 * SECOND, name="drain")  # that calls under way may take at the end
