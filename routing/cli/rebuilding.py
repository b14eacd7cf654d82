"""Rows of a history made again from the journal of a host: by replaying it through the statistics.

Owns where counting may begin; must not know options (``reporting``), nor how anything is counted or written.
"""

from typing import Final

from routing.cli.journal_keeping import moment, opened
from routing.engine import Engine
from routing.errors import UsageError
from routing.history import History
from routing.journal.sqlite import SqliteJournal
from routing.replay import replay_batch, restored
from routing.statistics.fold import Settings, Statistics, Taken

#: Batches after which what is finished is written.
_BATCHES: Final = 500


def rebuild(path: str, history: History, settings: Settings) -> str:
    """Make rows again from the oldest snapshot of a journal (the newest seal), and say what was made.

    Events tell changes, not how things stood before them. So where the journal does not begin with an empty centre,
    counting begins when nobody is logged in and no contact is there; rows of before stay as they are. The interval that
    the journal ends in is not finished, and not made.

    Parameters
    ----------
    path : str
        The journal; a host may have it open.
    history : History
        Where rows are written; those that are there already are replaced.
    settings : Settings
        As those of the host that wrote the rows, so that intervals are the same.

    Raises
    ------
    UsageError
        If the journal holds no snapshot, or there is no such moment in it.
    """
    with opened(path) as journal:
        return _Making(journal, history, settings).make()


class _Making:
    """One journal on its way into a history."""

    def __init__(self, journal: SqliteJournal, history: History, settings: Settings) -> None:
        self.journal = journal
        self.history = history
        self.settings = settings
        self.statistics: Statistics | None = None
        self.begun_ns = 0
        self.rows = 0

    def make(self) -> str:
        shelf = [seq for seq in self.journal.shelf() if seq >= self.journal.sealed()]
        if not shelf:
            raise UsageError(
                f"{self.journal.path} holds no snapshot to begin with; name the journal of a host"
            )
        snapshot = self.journal.load(min(shelf))
        engine, seq = restored(snapshot), snapshot.seq
        if not seq:
            self._begin(engine, 0)
        for number, batch in enumerate(self.journal.read(seq), 1):
            if self.statistics is None and empty(engine):
                self._begin(engine, engine.now_ns)
            replay_batch(engine, batch, seq, None if self.statistics is None else self.statistics.fold)
            seq = batch.seq + batch.count - 1
            if number % _BATCHES == 0:
                self._write()
        if self.statistics is None:
            raise UsageError(
                f"{self.journal.path} begins at seq {snapshot.seq} with agents or contacts there, and at no time was "
                "nobody there; what they did before cannot be told, so rows can only be made from an older journal"
            )
        self.statistics.advance(engine.now_ns)
        self._write()
        since = moment(self.begun_ns) if self.begun_ns else "its beginning"
        return f"{self.rows:,} rows made from {self.journal.path}, from {since} to {moment(engine.now_ns)}"

    def _begin(self, engine: Engine, at_ns: int) -> None:
        self.begun_ns = at_ns
        self.statistics = Statistics(
            engine.config, self.settings, configuration=lambda: engine.config, at_ns=at_ns
        )

    def _write(self) -> None:
        if self.statistics is None:
            return
        taken = self.statistics.take()
        whole = Taken(  # the interval in which counting began was begun without us
            [row for row in taken.queues if row.start_ns >= self.begun_ns],
            [row for row in taken.agents if row.start_ns >= self.begun_ns],
            taken.records,
            taken.sessions,
        )
        self.history.write(whole)
        self.rows += len(whole.queues) + len(whole.agents) + len(whole.records) + len(whole.sessions)


def empty(engine: Engine) -> bool:
    """Tell whether nobody is logged in, no contact is there, and every device is free. O(agents)."""
    return not engine.contacts and not any(
        agent.logged_in or agent.segments or agent.device != "available" for agent in engine.agents.values()
    )
