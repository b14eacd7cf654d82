"""Running wings on a host: what they propose is commanded, and their rows go to whoever keeps them.

A step asks every wing what is to be commanded by now and applies it, with the wing as actor and its own request ids;
then again, since one wing's events may be another's cause. It comes when something has happened on the host, a few
milliseconds later, so that a busy host is asked in batches, or when a wing's next instant comes.

Rows are taken under the host's lock, written outside it and confirmed afterwards, by a thread of their own: a database
that is slow or away delays no command, and what is not confirmed is given again, also after a crash.

Owns when wings are asked, and what becomes of their proposals and rows; must not know any wing, nor where rows go.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Self

from msgspec import Struct

from routing.center.wing import Due, Keeping, Proposal, Wing
from routing.clock import pause_ns
from routing.commands import Command
from routing.engine import Engine
from routing.errors import HuntgroupError, UsageError
from routing.events import CommandRefused, Event
from routing.host import Host, Outcome, Request
from routing.host.following import Making
from routing.host.keeper import Keeper
from routing.units import MILLISECOND, SECOND

#: Under this name a host has what tells the loop that something has happened.
FOLLOWER: Final = "center"
#: So many proposals at once; others have their turn in between.
_BATCH: Final = 500
#: In one step wings are asked so often, as long as there is something new.
_ROUNDS: Final = 20
#: When the host or its journal is away, it is tried again after so long, ns.
_RETRY_NS: Final = SECOND // 4


class Bell:
    """A follower that keeps nothing, and tells the loop that something has happened.

    Examples
    --------
    >>> bell = Bell()
    >>> bell.ring = lambda: print("ring")
    >>> bell.follow(None, [CommandRefused(1, "LogIn", "unknown_agent", "ann", "")])
    ring
    """

    def __init__(self) -> None:
        self.ring: Callable[[], object] | None = None

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:  # noqa: ARG002  # of the protocol
        """Ring, if somebody listens."""
        if self.ring is not None and events:
            self.ring()

    def snapshot(self) -> bytes:
        """Write nothing down."""
        return b""


def bell(_engine: Engine, _state: bytes | None) -> Bell:
    """Make the follower `FOLLOWER`.

    >>> makings = {FOLLOWER: bell}
    """
    return Bell()


class Step(Struct, frozen=True):
    """What a step did: proposals that were applied as ``(wing, request_id)``, and which of those were refused."""

    at_ns: int
    applied: tuple[tuple[str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    next_ns: int | None = None


class WingFigures(Struct, frozen=True):
    """How a wing stands.

    ``proposed``: commands given in its name; ``refused``: of these, by the engine; ``invalid``: proposals that were no
    valid command. ``written``: rows; ``pending``: those that waited when last looked at. ``problem``: what the latest
    writing failed by, or "".
    """

    proposed: int = 0
    refused: int = 0
    invalid: int = 0
    written: int = 0
    pending: int = 0
    failures: int = 0
    problem: str = ""


Put = Callable[[Sequence[Any]], object]


class Running:
    """Runs the wings of one centre.

    Parameters
    ----------
    host : Host
        It has the wings as followers, and `FOLLOWER`, made by `bell`.
    wings : sequence of str
        Their names, in the order in which they are asked.
    put : mapping of str to callable, optional
        By wing, who is given its rows, some of them perhaps again: writes are by key. What it raises is tried anew
        the next time. Rows of wings that are not named stay where they are.
    gather_ns : int, default 10 ms
        From something happening to wings being asked.
    every_ns : int, default 1 s
        How often rows are written.
    failed : callable, optional
        Is told of the first failure after a success, and whose: ``failed(wing, error)``; "" is the loop's own.
    threads : bool, default True
        False: somebody calls `step` and `write`.

    Raises
    ------
    UsageError
        If the host lacks one of the followers.

    Examples
    --------
    >>> from routing import Config, Queue
    >>> with Host(Config(queues=(Queue("sales"),)), followers={FOLLOWER: bell}) as host:
    ...     with Running(host, (), threads=False) as running:
    ...         running.step().applied
    ()
    """

    def __init__(
        self,
        host: Host,
        wings: Sequence[str],
        *,
        put: Mapping[str, Put] | None = None,
        gather_ns: int = 10 * MILLISECOND,
        every_ns: int = SECOND,
        failed: Callable[[str, BaseException], object] | None = None,
        threads: bool = True,
    ) -> None:
        for name in (*wings, *(put or ()), FOLLOWER):
            host.follower(name)
        self._host = host
        self._wings = tuple(wings)
        self._put = dict(put or {})
        self._gather_ns = gather_ns
        self._every_ns = every_ns
        self._failed = failed
        self._one = threading.Lock()  # one step at a time
        self._writing = threading.Lock()
        self._counting = threading.Lock()  # figures are set together, and read together
        self._given: dict[str, set[str]] = {name: set() for name in wings}  # applied, and proposed still
        self._proposed: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._invalid: Counter[str] = Counter()
        self._written: Counter[str] = Counter()
        self._pending: dict[str, int] = {}
        self._failures: Counter[str] = Counter()
        self._problems: dict[str, str] = {}
        self._keepers: list[Keeper] = []
        if threads:
            keeper = Keeper(self._work, "huntgroup-center")
            self._keepers.append(keeper)
            if self._put:
                self._keepers.append(Keeper(self._work_rows, "huntgroup-center-rows"))
            host.look(FOLLOWER, lambda follower: _listen(follower, keeper.knock))

    # What is commanded

    def step(self) -> Step:
        """Ask every wing, and apply what they propose, until they propose nothing new.

        Raises
        ------
        HuntgroupError
            Whatever the host raises; nothing is lost, and the next step goes on.
        """
        with self._one:
            applied: list[tuple[str, str]] = []
            refused: list[tuple[str, str]] = []
            at_ns, next_ns = 0, None
            for _ in range(_ROUNDS):
                at_ns, wanted, next_ns = self._ask()
                if not wanted:
                    return Step(at_ns, tuple(applied), tuple(refused), next_ns)
                for first in range(0, len(wanted), _BATCH):
                    some = wanted[first : first + _BATCH]
                    refused += self._apply(some)
                    applied += [(wing, one.request_id) for wing, one in some]
            return Step(at_ns, tuple(applied), tuple(refused), at_ns)  # others have their turn

    def _ask(self) -> tuple[int, list[tuple[str, Proposal]], int | None]:
        """Give the instant, what is proposed and was not applied yet, and when to ask again."""
        at_ns, wanted = 0, []
        nexts: list[int] = []
        for name in self._wings:
            at_ns, due = self._host.look_now(name, _due)
            given = self._given[name]
            given &= {one.request_id for one in due.proposals}  # what was dropped may be wished for again
            wanted += [(name, one) for one in due.proposals if one.request_id not in given]
            if due.next_ns is not None:
                nexts.append(due.next_ns)
        return at_ns, wanted, min(nexts, default=None)

    def _apply(self, some: Sequence[tuple[str, Proposal]]) -> list[tuple[str, str]]:
        """Apply proposals at one instant; returns those that were refused."""
        requests = [Request(one.command, one.request_id, wing) for wing, one in some]
        try:
            outcomes = self._host.apply_many(requests)
        except UsageError as error:
            if len(some) > 1:  # one is no valid command, and nothing was written: the others by themselves
                return [refused for one in some for refused in self._apply([one])]
            (wing, one), outcomes = some[0], []
            self._given[wing].add(one.request_id)
            self._fail(wing, error, self._invalid)
            return []
        refused = []
        for (wing, one), outcome in zip(some, outcomes, strict=True):
            self._given[wing].add(one.request_id)
            with self._counting:
                self._proposed[wing] += 1
                self._refused[wing] += _is_refused(outcome)
            if _is_refused(outcome):
                refused.append((wing, one.request_id))
        return refused

    # What is written

    def write(self) -> int:
        """Give away the rows of every wing that has somebody for them; returns how many.

        A wing whose rows cannot be written does not keep others from theirs; `figures` says what stood in the way.

        Raises
        ------
        HuntgroupError
            If the host has stopped.
        """
        with self._writing:
            return sum(self._write(name, put) for name, put in self._put.items())

    def _write(self, name: str, put: Put) -> int:
        number, rows = self._host.look(name, _take)
        with self._counting:
            self._pending[name] = len(rows)
        if not rows:
            return 0
        try:
            put(rows)
        except Exception as error:
            self._fail(name, error, self._failures)
            return 0
        self._host.look(name, partial(_confirm, number=number))
        with self._counting:
            self._written[name] += len(rows)
            self._problems.pop(name, None)
            self._pending[name] = 0
        return len(rows)

    # How it stands

    @property
    def problem(self) -> str:
        """What the latest step of the thread failed by, or ""."""
        return self._problems.get("", "")

    def figures(self) -> dict[str, WingFigures]:
        """Give the counters of every wing."""
        with self._counting:
            return {
                name: WingFigures(
                    self._proposed[name],
                    self._refused[name],
                    self._invalid[name],
                    self._written[name],
                    self._pending.get(name, 0),
                    self._failures[name],
                    self._problems.get(name, ""),
                )
                for name in dict.fromkeys((*self._wings, *self._put))
            }

    def knock(self) -> None:
        """Have the wings asked now, for instance because the world outside them has changed."""
        if self._keepers:
            self._keepers[0].knock()

    def close(self) -> None:
        """Stop, after a last try to write rows. The host goes on; twice does nothing."""
        keepers, self._keepers = self._keepers, []
        if keepers:
            self._host.look(FOLLOWER, lambda follower: _listen(follower, None))
        for keeper in keepers:
            keeper.end()
        if self._put and keepers:
            self.write()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Inside

    def _work(self) -> int | None:
        if self._gather_ns:
            pause_ns(self._gather_ns)
        try:
            step = self.step()
        except Exception as error:  # without room for the journal, say: tried again
            if isinstance(error, HuntgroupError) and self._host.state == "stopped":
                return None
            self._fail("", error)
            return _RETRY_NS
        self._problems.pop("", None)
        if step.next_ns is None:
            return None
        return max(step.next_ns - step.at_ns, MILLISECOND)

    def _work_rows(self) -> int | None:
        try:
            self.write()
        except HuntgroupError:
            if self._host.state == "stopped":
                return None
        return self._every_ns

    def _fail(self, name: str, error: BaseException, counted: Counter[str] | None = None) -> None:
        with self._counting:
            first = name not in self._problems
            self._problems[name] = f"{type(error).__name__}: {error}"
            if counted is not None:
                counted[name] += 1
        if first and self._failed is not None:
            self._failed(name, error)


def _due(wing: Wing, now_ns: int) -> tuple[int, Due]:
    return now_ns, wing.due(now_ns)


def _take(wing: Keeping[Any]) -> tuple[int, Sequence[Any]]:
    return wing.take()


def _confirm(wing: Keeping[Any], number: int) -> None:
    wing.confirm(number)


def _listen(follower: Bell, ring: Callable[[], object] | None) -> None:
    follower.ring = ring


def _is_refused(outcome: Outcome) -> bool:
    return bool(outcome.events) and isinstance(outcome.events[-1], CommandRefused)


#: What `Running` needs beside the wings.
FOLLOWERS: Final[dict[str, Making]] = {FOLLOWER: bell}
