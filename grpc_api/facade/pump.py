"""The pump: takes events from a host's feed, folds them, and puts what follows on the board.

Owns the thread that does this; must not know who follows.
"""

import threading
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from grpc_api.facade.board import Board, Posted
from grpc_api.facade.directory import Directory
from grpc_api.facade.fold import Fold, Told, telling
from grpc_api.facade.marks import FOLLOWER as MARKS
from grpc_api.facade.marks import NOTHING, Mark, Marks
from grpc_api.facade.shapes import Notice, Wait
from grpc_api.settings import FacadeLimits
from routing.center.devices import FOLLOWER as SEATS
from routing.center.devices import Seats
from routing.center.recording import FOLLOWER as RECORDING
from routing.engine import Engine
from routing.errors import ClosedError, CompactedError
from routing.host import Host, Taken, Watch
from routing.units import MILLISECOND, SECOND
from routing.views import ContactView

#: How long the pump sleeps in a silent feed before it looks whether it is to stop, ns.
_LOOK_NS: Final = 100 * MILLISECOND
#: How long what has happened may wait to be told to those who follow.
_GATHER_NS: Final = 2 * MILLISECOND


class Pump:
    """Keeps the board of a host up to date, in a thread of its own.

    Parameters
    ----------
    host : Host
        Whose feed is followed; the pump ends with it.
    directory : Directory
        Where agents are, and treatments.
    limits : FacadeLimits
        Of the board.
    """

    def __init__(self, host: Host, directory: Directory, limits: FacadeLimits) -> None:
        seats = host.follower(SEATS) if host.has(SEATS) else None
        self.seats = seats if isinstance(seats, Seats) else Seats()
        marks = host.follower(MARKS) if host.has(MARKS) else None
        self.marks = marks if isinstance(marks, Marks) else None
        self._policy = host.has(RECORDING)
        fold = Fold(directory, limits.remembered_calls, self.seats, policy=self._policy)
        self.board = Board(fold, limits, lambda: host.now_ns)
        self._host = host
        self._directory = directory
        self._limits = limits
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="huntgroup-facade", daemon=True)
        self._begun = 0  # what was there up to this revision was taken over as a whole
        self._watch = self._begin()
        self._thread.start()

    def close(self) -> None:
        """Stop; whoever follows is told that it is over."""
        self._stopping.set()
        self.board.close("the facade was closed")
        self._thread.join()
        self._watch.close()

    def use(self, directory: Directory) -> None:
        """Go on with other addresses; what was told stands."""
        with self.board.lock:
            self._directory = directory
            self.board.fold.use(directory)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    before = self._watch.revision
                    taken = self._watch.take(_LOOK_NS)
                    self.step(taken)
                    self.pass_time()
                    if taken.revision > before:  # let some more come, so that not each wakes this thread
                        self._stopping.wait(_GATHER_NS / SECOND)
                except CompactedError:  # events came faster than we could fold them
                    self._watch.close()
                    self._watch = self._begin()
        except ClosedError as error:
            self.board.close(str(error))
        except BaseException as error:
            self.board.close(f"{type(error).__name__}: {error}; please report this as a bug")
            raise

    def _begin(self) -> Watch:
        """Take over what there is, and how calls ended of late; returns the watch for all that comes after it."""

        def look(engine: Engine) -> tuple[int, int, list[ContactView], list[Mark] | None]:
            views = list(engine.contacts.values())
            marks = None if self.marks is None else [self.marks.of(view.id) for view in views]
            return engine.revision, engine.now_ns, views, marks

        watch = self._watch_now()  # first, so that nothing is missed, however fast events come
        self._begun, now_ns, views, marks = self._host.read(look)
        past = self._past(self._begun)
        if marks is None:  # what is still to be seen
            marks = [past.calls[view.id].mark if view.id in past.calls else NOTHING for view in views]
        fold = self.board.fold
        with self.board.lock:
            fold.take_over(views, marks, self._begun, now_ns)
            fold.endings = past.endings
        self.board.begin(self._begun)
        return watch

    def _watch_now(self) -> Watch:
        while True:
            try:
                return self._host.feed.watch(None, telling)
            except CompactedError:  # the feed went on meanwhile
                continue

    def _past(self, revision: int) -> Fold:
        """Fold what the feed still keeps, for the ends of calls; should it drop that meanwhile, less is known."""
        fold = Fold(self._directory, self._limits.remembered_calls, policy=self._policy)
        try:
            with self._host.feed.watch(self._host.feed.oldest, telling) as watch:
                while watch.revision < revision:
                    fold.take(watch.take(0, revision - watch.revision).events)
        except CompactedError:
            return fold
        return fold

    def step(self, taken: Taken) -> None:
        """Fold what was taken, and post it."""
        board, fold = self.board, self.board.fold
        if taken.revision <= self._begun:
            return
        events = [numbered for numbered in taken.events if numbered[0] > self._begun]
        with board.lock:
            fold.heed(events)
            doubtful = set(fold.doubtful)
        queues = {one: place.queues for one, place in self._look(doubtful).items()}
        with board.lock:
            fold.settle(queues)
            told = fold.tell()
            asked = {
                one.call_id
                for one in told
                if isinstance(one.instruction, Wait) or self._owner(one.call_id) is None
            }
        views = self._look(asked)
        with board.lock:
            for call_id in asked:
                call = fold.calls.get(call_id)
                if call is not None and call.front_end is None:
                    found = views.get(call_id)
                    call.front_end = found.front_end if found else ""
            posted = [Posted(complete(one, views), self._owner(one.call_id) or "") for one in told]
        board.post(taken.revision, posted)

    def pass_time(self) -> None:
        """Ring the devices whose turn has come."""
        if self.board.fold.bells.waiting:
            now_ns = self.now_ns()
            with self.board.lock:
                self.board.add(self.board.fold.pass_time(now_ns))

    def now_ns(self) -> int:
        """Give the present instant, as far as the host tells it: else that of its latest command."""
        host = self._host
        return host.look_now(SEATS, lambda _, now_ns: now_ns) if host.has(SEATS) else host.now_ns

    def _owner(self, call_id: str) -> str | None:
        fold = self.board.fold
        call = fold.calls.get(call_id)
        if call is not None:
            return call.front_end
        ended = fold.endings.get(call_id)
        return "" if ended is None else ended.front_end

    def _look(self, call_ids: set[str]) -> dict[str, "Place"]:
        return self._host.read(lambda engine: places(engine, call_ids)) if call_ids else {}


class Place:
    """Where a call stands in its queue, and whose it is."""

    __slots__ = ("estimated_wait_ns", "front_end", "position", "queues")

    def __init__(self, engine: Engine, view: ContactView) -> None:
        self.front_end = view.front_end
        self.queues = tuple(visit.queue for visit in view.visits)
        queue = engine.queues.get(view.lead_queue) if view.lead_queue else None
        self.position = queue.waiting if queue is not None else 0
        self.estimated_wait_ns = queue.estimate_ns if queue is not None else -1


def places(engine: Engine, call_ids: set[str] | Sequence[str]) -> dict[str, Place]:
    """Look where calls stand. O(calls)."""
    found: dict[str, Place] = {}
    for call_id in call_ids:
        view = engine.contacts.get(call_id)
        if view is not None:
            found[call_id] = Place(engine, view)
    return found


def placed(wait: Wait, place: Place) -> Wait:
    """Add to an instruction to wait where the call stands."""
    return replace(
        wait,
        queues=place.queues,
        position=place.position,
        estimated_wait_ns=place.estimated_wait_ns,
    )


def complete(told: Told, found: dict[str, Place]) -> Told:
    """Do so as long as it is about the same queues."""
    wait, place = told.instruction, found.get(told.call_id)
    if not isinstance(wait, Wait) or place is None or set(place.queues) != set(wait.queues):
        return told
    return told._replace(instruction=placed(wait, place))


def complete_notices(notices: list[Notice], found: dict[str, Place]) -> list[Notice]:
    """Do the same to items of a stream."""
    return [
        notice
        if notice.instruction is None
        else Notice(
            notice.revision,
            notice.call_id,
            complete(Told(notice.revision, notice.call_id, notice.instruction), found).instruction,
        )
        for notice in notices
    ]
