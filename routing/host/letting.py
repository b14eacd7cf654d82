"""Letting contacts in: how a batch is written and done where contacts are completed before (`routing.host.entering`).

Several turns go into one write, as everywhere, but where the completion of a contact depends on what would stand in
the same write, or on a timer that is due: then that is written and done first.

Owns the parts of such a batch; must not know how a part is written, nor what is completed how.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from routing.commands import EnqueueContact, Envelope, PlaceContact
from routing.engine import Engine
from routing.errors import ClosedError, JournalFullError, UnavailableError, UsageError
from routing.events import Event
from routing.host.entering import Entrance
from routing.host.inbox import Turn
from routing.host.shapes import Outcome, Request, State

#: A turn, some of its requests, and of each what is known already.
Piece = tuple[Turn, Sequence[Request], list[Outcome | None]]

_encode: Final = msgspec.json.Encoder().encode


class Writing(Protocol):
    """What a writer is asked for here."""

    engine: Engine
    seq: int
    state: State

    def want_serving(self) -> None:
        """Raise unless it takes commands."""
        ...

    def write_and_do(self, pending: Sequence[Piece], at: int, lines: list[bytes]) -> list[list[Outcome]]:
        """Write and do."""
        ...

    def pass_time(self, at: int) -> None:
        """Let timers fire."""
        ...

    def stop(self, error: BaseException) -> None:
        """Take nothing more."""
        ...

    def stopped(self) -> ClosedError:
        """What who comes now is told."""
        ...


def let_in(writer: Writing, turns: Sequence[Turn], at: int, entrance: Entrance) -> None:
    """Do what these callers want at an instant; every one of them gets an answer."""
    batch = _Batch(writer, at, entrance)
    try:
        for turn in turns:
            batch.take(turn)
        batch.write()
    except BaseException as error:
        if not isinstance(error, UnavailableError) and writer.state != "stopped":
            writer.stop(error)
        for turn in turns:
            if not turn.done:
                turn.fail(error if isinstance(error, UnavailableError) else writer.stopped())
        if not isinstance(error, Exception):
            raise
    finally:
        entrance.written()


def answered(earlier: tuple[int, tuple[Event, ...]]) -> Outcome:
    """Give what a request was answered when it was done."""
    revision, events = earlier
    return Outcome(revision + len(events), events[0].at_ns, events, repeated=True)


class _Batch:
    """Turns that are done one part after the other."""

    def __init__(self, writer: Writing, at: int, entrance: Entrance) -> None:
        self._writer = writer
        self._at = at
        self._entrance = entrance
        self._lines: list[bytes] = []
        self._pieces: list[Piece] = []
        self._done: dict[Turn, list[Outcome]] = {}

    def take(self, turn: Turn) -> None:
        """Write down what a turn wants, and do what has to be done before."""
        writer = self._writer
        try:
            writer.want_serving()
            for request in turn.requests:
                _check(writer.engine, request)
        except (UsageError, UnavailableError) as error:
            turn.fail(error)
            return
        self._done[turn] = []
        requests, known = self._begin(turn)
        for request in turn.requests:
            earlier = writer.engine.outcome(request.request_id) if request.request_id else None
            if earlier is None and isinstance(request.command, EnqueueContact):
                if self._entrance.must_wait(request.command, more=bool(self._lines) or self._is_late()):
                    self._catch_up()
                    if turn.done:  # what came before could not be written
                        return
                    requests, known = self._begin(turn)
                    earlier = writer.engine.outcome(request.request_id) if request.request_id else None
                if earlier is None:
                    request = self._completed(request, request.command)
            requests.append(request)
            if earlier is not None:
                known.append(answered(earlier))
                continue
            known.append(None)
            if isinstance(request.command, EnqueueContact | PlaceContact):
                self._entrance.note(request.command)
            seq = writer.seq + len(self._lines) + 1
            self._lines.append(
                _encode(Envelope(seq, self._at, request.actor, request.request_id, request.command))
            )

    def write(self) -> None:
        """Write and do what there is; turns that are through get their answers, and errors."""
        pieces, lines = self._pieces, self._lines
        self._pieces, self._lines = [], []
        self._entrance.written()
        try:
            found = self._writer.write_and_do(pieces, self._at, lines)
        except UnavailableError as error:
            for turn, _, _ in pieces:
                if not turn.done:
                    turn.fail(self._partly(turn, error))
            return
        for (turn, _, _), outcomes in zip(pieces, found, strict=True):
            done = self._done[turn]
            done += outcomes
            if len(done) == len(turn.requests):
                turn.finish(done)

    def _begin(self, turn: Turn) -> tuple[list[Request], list[Outcome | None]]:
        requests: list[Request] = []
        known: list[Outcome | None] = []
        self._pieces.append((turn, requests, known))
        return requests, known

    def _completed(self, request: Request, command: EnqueueContact) -> Request:
        completed = self._entrance.complete(command, self._at)
        if completed is command:
            return request
        self._writer.engine.check(completed)
        return Request(completed, request.request_id, request.actor)

    def _catch_up(self) -> None:
        if self._lines:
            self.write()
        else:
            self._writer.pass_time(self._at)

    def _is_late(self) -> bool:
        due = self._writer.engine.next_due_ns
        return due is not None and due <= self._at

    def _partly(self, turn: Turn, error: UnavailableError) -> UnavailableError:
        done = len(self._done[turn])
        if not done or not isinstance(error, JournalFullError):
            return error
        return JournalFullError(
            f"{error}; the first {done} of these {len(turn.requests)} commands were done before: "
            "repeat them all under their request ids"
        )


def _check(engine: Engine, request: Request) -> None:
    engine.check(request.command, request_id=request.request_id)
    if type(request.actor) is not str:
        raise UsageError(f"actor {request.actor!r} is {type(request.actor).__name__}, not str; pass a string")
