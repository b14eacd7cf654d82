"""A directory in front of a source that may be slow or fail: it answers in time, from memory, or says "not yet".

Whoever asks waits no longer than they say. What comes later is kept for the next who asks, and told to who wants to
hear it. Questions alike are asked once; questions at once are bounded; a source that fails again and again is left
alone for a while (``breaker``). What is remembered is in clear, so who is erased must be taken off
(`Answering.forget`).

Owns waiting, memory and counts; must not know what is asked how.
"""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotInTime
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from routing.clock import monotonic_ns
from routing.customers.breaker import Breaker, Standing
from routing.customers.cache import Cache
from routing.customers.directory import Answer, Source
from routing.errors import DataError, UsageError
from routing.units import MINUTE, SECOND

_ABSENT: Final = Answer(state="absent")
_NOT_YET: Final = Answer(state="not_yet")
_UNAVAILABLE: Final = Answer(state="unavailable")


class AnsweringRules(Struct, frozen=True, kw_only=True):
    """How long answers hold, and how much is asked."""

    fresh_ns: int = 5 * MINUTE  # an answer is not asked for again
    absent_ns: int = 30 * SECOND  # nor that there is nobody
    stale_ns: int = 60 * MINUTE  # an older answer is given for so long when there is no newer one in time
    remembered: int = 10_000  # answers
    at_once: int = 32  # questions
    failures: int = 5  # in a row, after which it is left alone
    open_ns: int = 10 * SECOND  # for so long, and twice as long each time
    open_ns_max: int = 5 * MINUTE


class AnsweringCounts(NamedTuple):
    """What became of questions. Each is counted once in the first four."""

    remembered: int = 0  # answered from memory, fresh
    in_time: int = 0  # by the source
    not_in_time: int = 0  # told "not yet", or an older answer
    refused: int = 0  # not asked: the breaker is open, or too much is being asked
    answers: int = 0  # of the source, also late ones
    failures: int = 0  # of the source


#: Told of an answer that came too late for who asked: kind, value, answer.
Told = Callable[[str, str, Answer], None]


class Answering:
    """A directory that never keeps anybody waiting; it is a `CustomerDirectory`.

    Parameters
    ----------
    source : Source
        Where to ask: `Embedded` or `Webhook`. It is closed with this.
    rules : AnsweringRules, optional
        Limits.
    told : callable, optional
        Told of each answer that came too late, in a thread of the source; it must return soon.
    now_ns : callable, optional
        The time, which never goes back.

    Examples
    --------
    >>> class Slow:
    ...     def submit(self, kind, value):
    ...         self.future = Future()
    ...         return self.future
    ...     def close(self):
    ...         pass
    >>> source = Slow()
    >>> directory = Answering(source)
    >>> directory.look_up("number", "+442079460018", within_ns=0).state
    'not_yet'
    >>> source.future.set_result(Answer(state="found", customer="c1"))
    >>> directory.look_up("number", "+442079460018", within_ns=0).customer
    'c1'
    """

    def __init__(
        self,
        source: Source,
        rules: AnsweringRules = AnsweringRules(),  # noqa: B008 (frozen)
        told: Told | None = None,
        now_ns: Callable[[], int] = monotonic_ns,
    ) -> None:
        for name in AnsweringRules.__struct_fields__:
            if getattr(rules, name) < 1 and name not in ("absent_ns", "stale_ns"):
                raise UsageError(f"{name} {getattr(rules, name)} is below 1; correct it")
        self._source = source
        self._rules = rules
        self._told = told
        self._now_ns = now_ns
        self._lock = threading.Lock()
        self._cache: Cache[tuple[str, str], Answer] = Cache(rules.remembered)
        self._asked: dict[tuple[str, str], Future[Answer]] = {}
        self._late: set[tuple[str, str]] = set()  # of these, somebody went away without an answer
        self._breaker = Breaker(rules.failures, rules.open_ns, rules.open_ns_max)
        self._counts = AnsweringCounts()

    def look_up(self, kind: str, value: str, *, within_ns: int) -> Answer:
        """Tell who somebody is, within a time; see `CustomerDirectory.look_up`. It raises nothing.

        With 0 it takes a few microseconds, and begins to ask.
        """
        key = (kind, value)
        with self._lock:
            now_ns = self._now_ns()
            found = self._cache.get(key)
            if found is not None and now_ns < found[1]:
                self._count(remembered=1)
                return found[0]
            older = self._older(found, now_ns)
            future = self._asked.get(key)
            asking = future is None
            if future is None:
                if len(self._asked) >= self._rules.at_once or not self._breaker.may_ask(now_ns):
                    self._count(refused=1)
                    return older or _UNAVAILABLE
                future = self._asked[key] = Future()  # stands for it until it is asked, outside of the lock
        if asking:
            self._ask(key, future)
        try:
            answer = future.result(within_ns / 1e9 if within_ns > 0 else 0)
        except NotInTime:
            with self._lock:
                if self._asked.get(key) is future:
                    self._late.add(key)
                elif (found := self._cache.get(key)) is not None:  # it came in this very moment
                    self._count(in_time=1)
                    return found[0]
                self._count(not_in_time=1)
            return older or _NOT_YET
        except (Exception, CancelledError):
            with self._lock:
                self._count(not_in_time=1)
            return older or _UNAVAILABLE
        with self._lock:
            self._count(in_time=1)
        return answer

    def forget(self, customer: str) -> int:
        """Forget every answer that names a customer; returns how many. O(answers)."""
        with self._lock:
            return self._cache.drop_if(lambda answer: answer.customer == customer)

    def figures(self) -> AnsweringCounts:
        """Tell what became of questions so far."""
        with self._lock:
            return self._counts

    def standing(self) -> Standing:
        """Tell how the breaker stands."""
        with self._lock:
            return self._breaker.standing(self._now_ns())

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _ask(self, key: tuple[str, str], future: "Future[Answer]") -> None:
        try:
            self._source.submit(*key).add_done_callback(lambda done: self._came(key, future, done))
        except Exception as error:  # a source that is closed
            failed: Future[Answer] = Future()
            failed.set_exception(error)
            self._came(key, future, failed)

    def _came(self, key: tuple[str, str], future: "Future[Answer]", done: "Future[Answer]") -> None:
        """Keep what came, in whatever thread it comes."""
        error: BaseException | None
        try:
            error = done.exception()
        except CancelledError as cancelled:
            error = cancelled
        answer: Answer | None = None if error is not None else done.result()
        if isinstance(error, DataError):  # what was asked for can be nobody's: no fault of the source
            answer, error = _ABSENT, None
        with self._lock:
            now_ns = self._now_ns()
            self._asked.pop(key, None)
            late = key in self._late
            self._late.discard(key)
            if answer is None:
                self._count(failures=1)
                self._breaker.failed(now_ns)
            else:
                self._count(answers=1)
                self._breaker.succeeded()
                lasts_ns = self._rules.fresh_ns if answer.state == "found" else self._rules.absent_ns
                self._cache.put(key, answer, now_ns + lasts_ns)
        if answer is None:
            future.set_exception(error or RuntimeError("no answer"))
            return
        future.set_result(answer)
        if late and self._told is not None:
            self._told(*key, answer)

    def _older(self, found: tuple[Answer, int] | None, now_ns: int) -> Answer | None:
        if found is None or now_ns >= found[1] + self._rules.stale_ns:
            return None
        return replace(found[0], stale=True)

    def _count(self, **more: int) -> None:
        self._counts = self._counts._replace(
            **{name: getattr(self._counts, name) + by for name, by in more.items()}
        )
