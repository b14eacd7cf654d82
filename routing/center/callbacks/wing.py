"""The wing of call-backs: facts folded from events, an agenda of what is due, and rows for a database.

The agenda is a sorted list of instants, so what is due is found without a look at what is not.

Owns what is kept beside snapshots, when each call-back is looked at, and which rows wait to be written; must not know
what is a fact (``fold``) or what follows from it (``steps``), nor a database.
"""

from collections.abc import Sequence
from copy import copy
from functools import partial
from typing import Final

import msgspec
from msgspec import Struct
from sortedcontainers import SortedList

from routing.center.callbacks.fold import Facts
from routing.center.callbacks.settings import CallBackRules, CallBackSettings
from routing.center.callbacks.shapes import Attempt, Promise, Rows
from routing.center.callbacks.steps import Step, Steps, Turn
from routing.center.callbacks.turns import turn_ns
from routing.center.wing import Due, Proposal
from routing.commands import Command
from routing.engine import Engine
from routing.errors import CorruptSnapshotError
from routing.events import Configured, Event, QueueChanged, QueueOpened
from routing.host.following import Making

#: Under this name a host has it.
FOLLOWER: Final = "callbacks"
_FORMAT: Final = 1
#: After these there may be somewhere to enqueue what waits for it.
_OPENING: Final = frozenset({Configured, QueueChanged, QueueOpened})


class _Kept(Struct, array_like=True):
    format: int
    promises: list[Promise]
    attempts: list[Attempt]
    rows: list[tuple[str, int]]  # call-backs that are to be written, and since which change
    dials: list[tuple[Attempt, int]]
    changes: int
    lost: int


class CallBacks:
    """Call-backs that follow an engine.

    Parameters
    ----------
    engine : Engine
        Stands where this begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here.
    settings : CallBackSettings, optional
        The centre's.

    Attributes
    ----------
    settings : CallBackSettings
        As they are now.
    lost : int
        Call-backs that were over and forgotten before anybody had confirmed their rows.

    Raises
    ------
    CorruptSnapshotError
        If the state cannot be read: promises must not be forgotten silently.

    Examples
    --------
    >>> from routing import Agent, AcceptOffer, Config, EnqueueContact, LogIn, Queue, Remark
    >>> from routing.host import Host
    >>> from routing.remarks import CallBack
    >>> centre = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
    >>> with Host(centre, followers={FOLLOWER: making(CallBackSettings())}) as host:
    ...     _ = host.apply(EnqueueContact("call-1", ("sales",), customer="c1"))
    ...     _ = host.apply(Remark("call-1", CallBack("p1", "keep", number="c1/1", confirmed=True)))
    ...     _ = host.apply(LogIn("ann")), host.apply(AcceptOffer("call-1", "ann"))
    ...     due = host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns))
    >>> due.proposals[0].command
    RequestDial(attempt='p1/a1', campaign='call-backs', target='c1/1', carrier='', agent='ann', contact='call-1', \
ring_ns=25000000000, front_end='', customer='c1', attributes=None)
    """

    def __init__(self, engine: Engine, state: bytes | None, settings: CallBackSettings | None = None) -> None:
        self.settings = settings or CallBackSettings()
        self._engine = engine
        self._agenda: SortedList[tuple[int, str]] = SortedList()
        self._at: dict[str, int] = {}
        kept = _read(state)
        self._touched: dict[str, None] = {}
        self._rows = dict(kept.rows)
        self._dials = {attempt.attempt: (attempt, change) for attempt, change in kept.dials}
        self._changes = kept.changes
        self.lost = kept.lost
        over = sorted((one for one in kept.promises if not one.open), key=lambda one: one.ended_ns)
        self._over: dict[str, None] = {one.call_back: None for one in over}
        self._facts = Facts(engine, kept.promises, kept.attempts, self._touch, self._dial)
        self._steps = Steps(engine, self._turn)
        self._better: Turn | None = None
        self._plan_all()

    # As a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Take note. O(events + new facts log call-backs)."""
        self._facts.follow(command, events)
        if not _OPENING.isdisjoint(map(type, events)):
            for event in events:
                if isinstance(event, QueueOpened | QueueChanged):
                    self._plan_queue(event.queue)
                elif isinstance(event, Configured):
                    self._plan_all()
        if self._touched:
            self._changes += 1
            touched, self._touched = self._touched, {}
            for name in touched:
                self._rows[name] = self._changes
                self._plan(name)
            self._forget()

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        facts = self._facts
        kept = _Kept(
            _FORMAT,
            list(facts.promises.values()),
            list(facts.attempts.values()),
            list(self._rows.items()),
            list(self._dials.values()),
            self._changes,
            self.lost,
        )
        return msgspec.msgpack.encode(kept)

    # As a wing

    def due(self, now_ns: int) -> Due:
        """Say what is to be commanded: at most one thing for each call-back. O(what is due log call-backs)."""
        proposals: list[Proposal] = []
        next_ns: int | None = None
        for at_ns, name in self._agenda:
            if at_ns > now_ns:
                next_ns = at_ns if next_ns is None else min(next_ns, at_ns)
                break
            promise = self._facts.promises[name]
            step = self._next(promise, now_ns)
            if step is None:
                continue
            if step.command is not None and step.at_ns <= now_ns:
                proposals.append(
                    Proposal(step.command, f"{FOLLOWER}/{type(step.command).__name__}/{name}/{promise.facts}")
                )
            elif step.at_ns > now_ns:
                next_ns = step.at_ns if next_ns is None else min(next_ns, step.at_ns)
        return Due(tuple(proposals), next_ns)

    def take(self) -> tuple[int, Rows]:
        """Give what is to be written, and a number to confirm it by. O(what is to be written)."""
        promises = self._facts.promises
        return self._changes, Rows(
            tuple(copy(promises[name]) for name in self._rows),
            tuple(attempt for attempt, _ in self._dials.values()),
        )

    def confirm(self, number: int) -> None:
        """What was taken under this number is written; what has changed since is given again."""
        self._rows = {name: change for name, change in self._rows.items() if change > number}
        self._dials = {name: entry for name, entry in self._dials.items() if entry[1] > number}
        self._forget()

    # What one can see

    def get(self, call_back: str) -> Promise | None:
        """Give a call-back as it is now; None: it is not known (any more). O(1)."""
        found = self._facts.promises.get(call_back)
        return None if found is None else copy(found)

    def all(self) -> list[Promise]:
        """List all that are known, in the order in which they were promised. O(these)."""
        return [copy(one) for one in self._facts.promises.values()]

    def open_of(self, customer: str) -> list[Promise]:
        """List a customer's that are still to be made. O(these)."""
        return [copy(one) for one in self._facts.of_customer(customer)]

    def attempts_of(self, call_back: str) -> list[Attempt]:
        """List dials that go on or are not written yet. O(these)."""
        return [attempt for attempt, _ in self._dials.values() if attempt.call_back == call_back]

    def expected_ns(self, call_back: str, now_ns: int) -> int | None:
        """Estimate in how many ns the customer is called; None: not known, or nobody calls. O(contacts) at most."""
        promise = self._facts.promises.get(call_back)
        if promise is None or not promise.open or not promise.confirmed:
            return None
        if promise.under_way:
            return 0
        if promise.contact:
            return self._turn(promise.contact, now_ns)
        step = self._next(promise, now_ns)
        return None if step is None else max(step.at_ns - now_ns, 0)

    def rules_of(self, queue: str) -> CallBackRules:
        """Give the rules of a queue."""
        return self.settings.of(queue)

    # What one can change, outside the journal

    def change(self, settings: CallBackSettings) -> None:
        """Go by other settings from now on. O(call-backs log call-backs)."""
        self.settings = settings
        self._plan_all()

    def estimate_by(self, turn: Turn | None) -> None:
        """Have turns estimated by somebody who knows better than what queues publish. Not kept."""
        self._better = turn

    # Inside

    def _turn(self, contact: str, now_ns: int) -> int | None:
        if self._better is not None:
            return self._better(contact, now_ns)
        return turn_ns(self._engine, contact)

    def _next(self, promise: Promise, now_ns: int) -> Step | None:
        return self._steps.next(promise, self.settings.of(promise.queue), now_ns)

    def _touch(self, name: str) -> None:
        self._touched[name] = None

    def _dial(self, attempt: Attempt) -> None:
        self._dials[attempt.attempt] = (attempt, self._changes + 1)

    def _plan(self, name: str) -> None:
        before = self._at.pop(name, None)
        if before is not None:
            self._agenda.remove((before, name))
        promise = self._facts.promises[name]
        if not promise.open:
            self._over[name] = None
        step = self._next(promise, self._engine.now_ns)
        if step is not None:
            self._at[name] = step.at_ns
            self._agenda.add((step.at_ns, name))

    def _plan_queue(self, queue: str) -> None:
        for name, promise in self._facts.promises.items():
            if promise.open and promise.queue == queue:
                self._plan(name)

    def _plan_all(self) -> None:
        for name in self._facts.promises:
            self._plan(name)

    def _forget(self) -> None:
        """Forget the oldest that are over, as far as more are known than are to be remembered."""
        for name in list(self._over)[: max(len(self._over) - self.settings.remember, 0)]:
            promise = self._facts.promises[name]
            if promise.contact or promise.attempt:
                continue
            del self._over[name]
            self.lost += self._rows.pop(name, None) is not None
            for number in range(promise.dials):
                self._dials.pop(f"{name}/a{number + 1}", None)
            before = self._at.pop(name, None)
            if before is not None:
                self._agenda.remove((before, name))
            self._facts.forget(name)


def making(settings: CallBackSettings) -> Making:
    """Give what makes the wing, to be passed to a host under the name `FOLLOWER`."""
    return partial(CallBacks, settings=settings)


def _read(state: bytes | None) -> _Kept:
    if state is None:
        return _Kept(_FORMAT, [], [], [], [], 0, 0)
    try:
        kept = msgspec.msgpack.decode(state, type=_Kept)
    except msgspec.MsgspecError as error:
        raise CorruptSnapshotError(
            f"no state of call-backs: {error}; begin from an older snapshot, for promises are not to be lost"
        ) from None
    if kept.format != _FORMAT:
        raise CorruptSnapshotError(
            f"the state of call-backs has format {kept.format}, and {_FORMAT} is read; use the version that wrote it"
        )
    return kept
