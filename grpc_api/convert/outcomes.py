"""What became of commands: host and wire.

Owns requests and outcomes as messages; must not know any RPC.
"""

from collections.abc import Iterable, Sequence

from grpc_api.convert.kinds import enum_words
from grpc_api.convert.reading import read_command, read_events
from grpc_api.convert.writing import Fields, enum_number, write_events
from grpc_api.v1 import commands_pb2, engine_pb2, events_pb2
from routing.events import CommandRefused, Reason
from routing.host import Outcome, Request

_NUMBERS = {reason: enum_number(events_pb2.Reason, reason) for reason in Reason}
_REASONS = {number: Reason(word) for number, word in enum_words(events_pb2.Reason.DESCRIPTOR).items()}


def read_requests(items: Iterable[commands_pb2.Item], actor: str) -> list[Request]:
    """Give what a host is asked for.

    Raises
    ------
    UsageError
        If an item holds no command that is known here.
    """
    return [Request(read_command(item), item.request_id, actor) for item in items]


def write_outcome(outcome: Outcome) -> Fields:
    """Give the fields of the message ``Outcome``."""
    events = outcome.events
    found: Fields = {"revision": outcome.revision, "at_ns": outcome.at_ns}
    if outcome.repeated:
        found["repeated"] = True
    last = events[-1] if events else None
    if type(last) is CommandRefused:
        found["refusal"] = {
            "reason": _NUMBERS[last.reason],
            "subject": last.subject,
            "detail": last.detail,
            "command": last.command,
            "at_ns": last.at_ns,
        }
    else:
        found["done"] = {"events": write_events(events)}
    return found


def write_outcomes(outcomes: Sequence[Outcome]) -> list[Fields]:
    """Give the fields of messages ``Outcome``."""
    return [write_outcome(outcome) for outcome in outcomes]


def read_outcome(found: engine_pb2.Outcome) -> Outcome:
    """Give what became of a command; a refusal is the event that it was."""
    if found.WhichOneof("result") == "refusal":
        refusal = found.refusal
        refused = CommandRefused(
            refusal.at_ns, refusal.command, _REASONS[refusal.reason], refusal.subject, refusal.detail
        )
        return Outcome(found.revision, found.at_ns, (refused,), found.repeated)
    return Outcome(found.revision, found.at_ns, read_events(found.done.events), found.repeated)
