"""Letting contacts in: how a batch is written and done where contacts are completed before (`routing.host.entering`).

Several turns go into one write, as everywhere, but where the completion of a contact depends on what would stand in
the same write, or on a timer that is due: then that is written and done first.

Owns the parts of such a batch; must not know how a part is written, nor what is completed how.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from routing.commands import EnqueueContact, PlaceContact
from routing.engine import Engine
from routing.errors import ClosedError, JournalFullError, UnavailableError, UsageError
from routing.events import Event
from routing.host.entering import Entrance
from routing.host.inbox import Turn
from routing.host.shapes import Outcome, Request, State

#: A turn, some of its requests, and of each what is known already.
Piece = tuple[Turn, Sequence[Request], list[Outcome | None]]


class Writing(Protocol):
    """What a writer is asked for here."""

    engine: Engine
    state: State

    def check(self, request: Request) -> None:
        """Raise for misuse."""
        ...

    def prepare(self, requests: Sequence[Request], at: int, lines: list[bytes]) -> list[Outcome | None]:
        """Write down what has to be done."""
        ...

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
                writer.check(request)
        except (UsageError, UnavailableError) as error:
            turn.fail(error)
            return
        self._done[turn] = []
        requests, known = self._begin(turn)
        for request in turn.requests:
            command = request.command
            if type(command) is EnqueueContact:
                self._prepare(requests, known)
                if self._entrance.must_wait(command, more=bool(self._lines) or self._is_late()):
                    self._catch_up()
                    if turn.done:  # what came before could not be written
                        return
                    requests, known = self._begin(turn)
                requests.append(self._completed(request, command))
                self._prepare(requests, known)
            else:
                requests.append(request)
                if type(command) is PlaceContact:
                    self._entrance.note(command)
        self._prepare(requests, known)

    def _prepare(self, requests: Sequence[Request], known: list[Outcome | None]) -> None:
        """Write down those of which nothing is known."""
        if len(known) < len(requests):
            known += self._writer.prepare(requests[len(known) :], self._at, self._lines)

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
        if request.request_id and self._writer.engine.outcome(request.request_id) is not None:
            return request  # it was done before
        completed = self._entrance.complete(command, self._at)
        self._entrance.note(completed)
        return request if completed is command else replace(request, command=completed)

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
