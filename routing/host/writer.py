"""The writer: the one place where commands reach the engine of a host.

A batch is stamped, checked, written to the journal, applied, published and answered, in this order. So what somebody
was told is always in the journal; what is misuse, never.

Owns this order; must not know threads: whoever calls holds the host's lock.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from routing.clock import Clock, monotonic_ns
from routing.commands import Command, Envelope, Noted, Resume
from routing.engine import Engine
from routing.errors import ClosedError, JournalFullError, UnavailableError, UsageError
from routing.events import CommandRefused, Event
from routing.host.feed import Feed
from routing.host.following import Following
from routing.host.inbox import Turn
from routing.host.letting import Piece, answered, let_in
from routing.host.shapes import Outcome, Request, State
from routing.host.tally import Tally
from routing.journal import Batch, Journal, SavedSnapshot
from routing.replay import Follow

_encode = msgspec.json.Encoder().encode
#: Of a note, in characters.
NOTE_MAX: Final = 16_384


class Writer:
    """Does commands, one batch after the other.

    Parameters
    ----------
    engine : Engine
        As recovered.
    journal : Journal
        Open; its last envelope is ``seq``.
    clock, feed, tally, following
        Where the time comes from, where events go, what is counted, who goes along.
    """

    def __init__(
        self,
        engine: Engine,
        journal: Journal,
        seq: int,
        clock: Clock,
        feed: Feed,
        tally: Tally,
        following: Following,
    ) -> None:
        self.engine = engine
        self.journal = journal
        self.seq = seq
        self.clock = clock
        self.feed = feed
        self.tally = tally
        self.following = following
        self.state: State = "serving"
        self.stopped_by = ""
        self.since_snapshot = 0  # commands
        self.first: list[Callable[[], None]] = []  # what has to be done before anything else, in this order

    # Commands

    def do(self, turns: Sequence[Turn]) -> None:
        """Do what these callers want; every one of them gets an answer."""
        try:
            self.catch_up()
        except Exception as error:
            for turn in turns:
                turn.fail(error if isinstance(error, UnavailableError) else self.stopped())
            return
        at = self.now()
        if self.following.entrance is not None:
            let_in(self, turns, at, self.following.entrance)
            return
        lines: list[bytes] = []
        pending: list[Piece] = []
        for turn in turns:
            try:
                self.want_serving()
                pending.append((turn, turn.requests, self.prepare(turn.requests, at, lines)))
            except (UsageError, UnavailableError) as error:
                turn.fail(error)
        try:
            done = self.write_and_do(pending, at, lines)
        except BaseException as error:
            for turn, _, _ in pending:
                turn.fail(error if isinstance(error, UnavailableError) else self.stopped())
            if not isinstance(error, Exception):
                raise
            return
        for (turn, _, _), outcomes in zip(pending, done, strict=True):
            turn.finish(outcomes)

    def write_and_do(self, pending: Sequence[Piece], at: int, lines: list[bytes]) -> list[list[Outcome]]:
        """Write these lines, then do what stands in them; returns the outcomes of each piece.

        Raises
        ------
        UnavailableError
            For every turn: with no room for the journal nothing has happened, and else it has stopped.
        """
        if lines:
            try:
                self._append(lines, at)
            except UnavailableError:
                raise
            except Exception as error:
                raise self.stopped() from error
        try:
            return self._apply(pending, at, timers=bool(lines))
        except BaseException as error:
            self.stop(error)
            if isinstance(error, Exception):
                raise self.stopped() from error
            raise

    def want_serving(self) -> None:
        """Raise `ClosedError` unless it takes commands."""
        if self.state == "stopped":
            raise self.stopped()
        if self.state == "draining":
            raise ClosedError(
                "the host is being closed and takes no more commands; ask the one that follows it"
            )

    def prepare(self, requests: Sequence[Request], at: int, lines: list[bytes]) -> list[Outcome | None]:
        """Write down what has to be done, and give the outcome of what was done before.

        Raises for misuse; then nothing of these requests is written down.
        """
        engine = self.engine
        known: list[Outcome | None] = []
        before = len(lines)
        try:
            for request in requests:
                engine.check(request.command, request_id=request.request_id)
                if type(request.actor) is not str:
                    raise UsageError(
                        f"actor {request.actor!r} is {type(request.actor).__name__}, not str; pass a string"
                    )
                earlier = engine.outcome(request.request_id) if request.request_id else None
                if earlier is not None:
                    known.append(answered(earlier))
                    continue
                known.append(None)
                seq = self.seq + len(lines) + 1
                if request.note:
                    lines.append(_encode(_enveloped(request, seq, at)))
                    continue
                lines.append(_encode(Envelope(seq, at, request.actor, request.request_id, request.command)))
        except BaseException:
            del lines[before:]
            raise
        return known

    def check(self, request: Request) -> None:
        """Raise `UsageError` where `prepare` would."""
        self.engine.check(request.command, request_id=request.request_id)
        if type(request.actor) is not str:
            raise UsageError(
                f"actor {request.actor!r} is {type(request.actor).__name__}, not str; pass a string"
            )
        if request.note:
            _check_note(request.note)

    def _apply(self, pending: Sequence[Piece], at: int, *, timers: bool) -> list[list[Outcome]]:
        """Do what is in the journal by now, and publish what that led to."""
        engine, tally = self.engine, self.tally
        apply: Callable[..., tuple[Event, ...]] = engine.apply
        follow: Follow = self.following.follow
        if self.following.witnesses:
            apply, follow = self._witnessed(pending, at)
        happened: list[Event] = []
        if timers and (events := engine.advance(at)):
            follow(None, events)
            happened += events
        done: list[list[Outcome]] = []
        revision = engine.revision
        count = repeated = 0
        for _, requests, known in pending:
            outcomes: list[Outcome] = []
            for request, outcome in zip(requests, known, strict=True):
                if outcome is None:
                    events = apply(request.command, at, request_id=request.request_id)
                    reached = engine.revision
                    if reached != revision:
                        count += 1
                        revision = reached
                        follow(request.command, events)
                        happened += events
                        if type(events[0]) is CommandRefused:
                            tally.refusals[events[0].reason.value] += 1
                        outcomes.append(Outcome(reached, at, events))
                        continue
                    outcome = Outcome(reached, at, events, repeated=True)  # twice in one batch
                repeated += 1
                outcomes.append(outcome)
            done.append(outcomes)
        tally.commands += count
        tally.repeated += repeated
        self.since_snapshot += count
        self._publish(happened)
        return done

    def _witnessed(
        self, pending: Sequence[Piece], at: int
    ) -> tuple[Callable[..., tuple[Event, ...]], Follow]:
        """Give what does a command, and what tells followers of it, with witnesses before and after."""
        requests = [
            request
            for _, requests, known in pending
            for request, outcome in zip(requests, known, strict=True)
            if outcome is None
        ]
        first = self.seq - len(requests) + 1
        engine, following = self.engine, self.following
        envelopes = iter([_enveloped(request, seq, at) for seq, request in enumerate(requests, first)])
        present: list[Envelope] = []

        def apply(command: Command, at_ns: int, *, request_id: str) -> tuple[Event, ...]:
            present[:] = [next(envelopes)]
            for witness in following.witnesses:
                witness.before(present[0])
            return engine.apply(command, at_ns, request_id=request_id)

        def follow(command: Command | None, events: Sequence[Event]) -> None:
            following.follow(command, events)
            if command is not None:
                for witness in following.witnesses:
                    witness.after(present[0], events)

        return apply, follow

    # Time

    def catch_up(self) -> None:
        """Do what has to be done first; what there was no room for in the journal is tried again the next time."""
        while self.first and self.state != "stopped":
            self.first[0]()
            del self.first[0]

    def resume(self) -> None:
        """Tell the engine that time has passed: what rang has stopped, and nobody could do anything meanwhile."""
        now = self.now()
        self.insert(Resume(now), self.engine.now_ns)
        self.pass_time(now)

    def tick(self) -> None:
        """Let timers fire that are due: journaled first, published afterwards.

        Raises
        ------
        UnavailableError
            If the journal cannot be written; nothing has happened.
        """
        self.catch_up()
        due = self.engine.next_due_ns
        if due is None or self.state == "stopped":
            return
        at = self.now()
        if due > at:
            return
        self.tally.lag_ns = at - due
        self.pass_time(at)

    def stamp(self) -> int:
        """Journal that it is now, whether a timer is due or not; returns the instant.

        Raises
        ------
        UnavailableError
            If it has stopped, or the journal cannot be written.
        """
        self.catch_up()
        if self.state == "stopped":
            raise self.stopped()
        at = self.now()
        self.pass_time(at)
        return at

    def pass_time(self, at: int) -> None:
        """Journal that it is ``at`` now, and publish what that leads to."""
        self._append([_encode(Envelope(self.seq + 1, at))], at)
        try:
            events = self.engine.advance(at)
            self.following.follow(None, events)
            self.tally.ticks += 1  # before anybody sees what it led to
            self._publish(events)
        except BaseException as error:
            self.stop(error)
            raise

    def insert(self, command: Command, at: int | None = None) -> None:
        """Do a command of the host's own, now or at an instant of its choice."""
        at = self.now() if at is None else at
        self.engine.check(command)
        envelope = Envelope(self.seq + 1, at, "host", "", command)
        self._append([_encode(envelope)], at)
        witnesses = self.following.witnesses
        if witnesses and (early := self.engine.advance(at)):
            self.following.follow(None, early)
            self._publish(early)
        for witness in witnesses:
            witness.before(envelope)
        events = self.engine.apply(command, at)
        self.following.follow(command, events)
        for witness in witnesses:
            witness.after(envelope, events)
        self._publish(events)

    def write_down(self, note: str, actor: str, request_id: str) -> int:
        """Journal what somebody wrote down for witnesses; to the engine it is time that passes. Returns its ``seq``.

        Raises
        ------
        UsageError
            If the note is empty or too long.
        UnavailableError
            If nothing is taken any more, or the journal cannot be written.
        """
        if not note:
            raise UsageError("the note is empty; write something down, or pass the time")
        _check_note(note)
        self.catch_up()
        self.want_serving()
        at = self.now()
        envelope = Noted(self.seq + 1, at, actor, request_id, None, note)
        self._append([_encode(envelope)], at)
        try:
            events = self.engine.advance(at)
            self.following.follow(None, events)
            for witness in self.following.witnesses:
                witness.after(envelope, ())
            self._publish(events)
        except BaseException as error:
            self.stop(error)
            raise
        return self.seq

    def now(self) -> int:
        """Give the present instant, not before the engine's."""
        return max(self.clock.now_ns(), self.engine.now_ns)

    # Journal and feed

    def _append(self, lines: list[bytes], at: int) -> None:
        engine = self.engine
        lines.append(b"")
        text = b"\n".join(lines)
        count = len(lines) - 1
        started = monotonic_ns()
        try:
            self.journal.append(Batch(self.seq + 1, count, at, engine.revision, engine.digest, text))
        except JournalFullError:
            self.state = "full" if self.state == "serving" else self.state
            raise
        except Exception as error:
            self.stop(error)
            raise
        if self.state == "full":
            self.state = "serving"
        self.seq += count
        self.tally.appended(len(text), monotonic_ns() - started)

    def _publish(self, events: Sequence[Event]) -> None:
        if events:
            self.tally.events += len(events)  # first: who has seen them finds them counted
            self.feed.publish(events)

    def picture(self, *, behaviour: int, sealed: bool = False) -> SavedSnapshot:
        """Write the state down; O(size). Whoever asks puts it on the journal's shelf."""
        engine = self.engine
        self.since_snapshot = 0
        return SavedSnapshot(
            self.seq, engine.now_ns, engine.revision, engine.digest, behaviour, sealed, engine.snapshot()
        )

    # The end

    def stop(self, error: BaseException) -> None:
        """Take nothing more: what the engine or the journal holds is not certain any longer."""
        self.state = "stopped"
        self.stopped_by = f"{type(error).__name__}: {error}"
        self.feed.close(self.stopped_by)

    def stopped(self) -> ClosedError:
        """What who comes now is told."""
        why = f" after {self.stopped_by}" if self.stopped_by else ""
        return ClosedError(f"the host has stopped{why}; open another one, which goes on from the journal")


def _enveloped(request: Request, seq: int, at: int) -> Envelope:
    if request.note:
        _check_note(request.note)
        return Noted(seq, at, request.actor, request.request_id, request.command, request.note)
    return Envelope(seq, at, request.actor, request.request_id, request.command)


def _check_note(note: str) -> None:
    if type(note) is not str:
        raise UsageError(f"note {note!r} is {type(note).__name__}, not str; pass a string")
    if len(note) > NOTE_MAX:
        raise UsageError(f"a note of {len(note)} characters is longer than {NOTE_MAX}; say less")
