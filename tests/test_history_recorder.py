"""The recorder: rows wait while the database is away, and nothing is lost without a word.

Owns tests of ``routing.history.recorder``; must not test what a history does with rows (``test_history``).
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.errors import DataError, UnavailableError, UsageError
from routing.history import History, Recorder, Taken, recorder
from routing.history.writing import size
from routing.statistics.shapes import AgentRow, ContactRecord, QueueRow, Session
from routing.units import MILLISECOND, MINUTE

PATIENCE_NS = MINUTE


class Rows:
    """One session."""

    def __init__(self, number: int) -> None:
        self.queues: list[QueueRow] = []
        self.agents: list[AgentRow] = []
        self.records: list[ContactRecord] = []
        self.sessions = [Session(f"agent {number}", number, number + 1)]


class Desk:
    """A history that can be away, or refuse somebody."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.tried = threading.Semaphore(0)
        self.away = False
        self.refused = ""
        self.agents: list[str] = []

    def write(self, taken: Taken) -> None:
        self.open.wait(60)
        self.tried.release()
        if self.away:
            raise UnavailableError("the history cannot be reached")
        agents = [one.agent for one in taken.sessions]
        if self.refused in agents:
            raise DataError("the history refuses")
        self.agents += agents


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(recorder, "_FIRST_PAUSE_NS", MILLISECOND)
    monkeypatch.setattr(recorder, "_LAST_PAUSE_NS", 2 * MILLISECOND)
    return iter(())


def names(*numbers: int) -> list[str]:
    return [f"agent {number}" for number in numbers]


def test_what_is_put_is_written_in_order() -> None:
    desk = Desk()
    desk.open.set()
    with Recorder(desk) as one:
        for number in range(100):
            one.put(Rows(number))
        assert one.flush(PATIENCE_NS)
        assert desk.agents == names(*range(100))
        assert (one.standing().written, one.standing().waiting, one.standing().dropped) == (100, 0, 0)


def test_rows_wait_while_the_database_is_away() -> None:
    desk = Desk()
    told: list[str] = []
    desk.away = True
    desk.open.set()
    with Recorder(desk, tell=told.append) as one:
        one.put(Rows(1))
        one.put(Rows(2))
        for _ in range(4):
            assert desk.tried.acquire(timeout=60)
        assert one.standing().waiting == 2
        assert one.standing().trouble == "the history cannot be reached"
        desk.away = False
        assert one.flush(PATIENCE_NS)
        assert desk.agents == names(1, 2)
        assert one.standing().failures == 0
    assert len(told) == 2
    assert (
        told[0]
        == "the history is not written, what waits is kept and tried again: the history cannot be reached"
    )
    assert told[1].startswith("the history is written again, after ")


def test_what_is_beyond_the_limit_is_dropped_and_told() -> None:
    desk = Desk()
    told: list[str] = []
    with Recorder(desk, limit=2, tell=told.append) as one:
        for number in range(5, 10):
            one.put(Rows(number))
        standing = one.standing()
        assert (standing.waiting, standing.dropped) == (2, 3)
        assert (standing.dropped_from_ns, standing.dropped_to_ns) == (7, 10)
        assert told == ["1 rows of the history are dropped: as many as 2 wait to be written already"] * 3
        desk.open.set()
        assert one.flush(PATIENCE_NS)
        assert desk.agents == names(5, 6)


def test_what_is_refused_again_and_again_is_dropped_alone() -> None:
    desk = Desk()
    told: list[str] = []
    desk.refused = "agent 3"
    with Recorder(desk, tell=told.append) as one:
        for number in range(6):
            one.put(Rows(number))
        desk.open.set()
        assert one.flush(PATIENCE_NS)
        assert desk.agents == names(0, 1, 2, 4, 5)
        assert (one.standing().written, one.standing().dropped) == (5, 1)
    assert "1 rows of the history are dropped: the history refuses" in told


def test_the_end_does_not_wait_for_ever() -> None:
    desk = Desk()
    told: list[str] = []
    desk.away = True
    desk.open.set()
    one = Recorder(desk, tell=told.append)
    one.put(Rows(1))
    one.close(50 * MILLISECOND)
    assert (one.standing().waiting, one.standing().dropped) == (0, 1)
    assert told[-1] == "1 rows of the history could not be written before the end"
    one.put(Rows(2))
    assert one.standing().dropped == 2
    assert told[-1] == "1 rows of the history are dropped: the recorder has ended"


def test_into_a_history(tmp_path: Path) -> None:
    with History(tmp_path / "history.db") as history:
        with Recorder(history) as one:
            for number in range(50):
                one.put(Rows(number))
        assert sum(1 for _ in history.sessions(0, 100)) == 50


def test_misuse() -> None:
    with pytest.raises(UsageError, match="limit 0 is not above 0"):
        Recorder(Desk(), limit=0)


def test_nothing_is_not_put() -> None:
    nothing = Rows(1)
    nothing.sessions = []
    assert size(nothing) == 0
    with Recorder(Desk()) as one:
        one.put(nothing)
        assert one.standing().waiting == 0
