"""Writes down what a simulation tells its engine, as a journal.

Owns the engine that records; must not know where the lines go.
"""

from collections.abc import Callable

from routing.commands import Command
from routing.engine import BEHAVIOUR, Engine
from routing.events import Event
from routing.journal import Checkpoint, Writer, header, write
from routing.model import Config


class Recorder:
    r"""An engine for ``simulate`` whose commands are written down.

    Parameters
    ----------
    config : Config
        The centre.
    put : callable
        Is given each line.

    Examples
    --------
    >>> from routing.commands import LogIn
    >>> from routing.model import Agent
    >>> lines = []
    >>> recorder = Recorder(Config(agents=(Agent("ann"),)), lines.append)
    >>> _ = recorder.apply(LogIn("ann"), 5)
    >>> recorder.close()
    >>> lines[1]
    b'[1,5,"","",{"type":"LogIn","agent":"ann"}]\n'
    """

    def __init__(self, config: Config, put: Callable[[bytes], object]) -> None:
        self.engine = Engine(config)
        self._put = put
        self._writer = Writer()
        self._told_ns = 0  # up to which the journal has come
        put(write(header(self.engine.config, BEHAVIOUR)))

    @property
    def next_due_ns(self) -> int | None:
        """When the next timer fires."""
        return self.engine.next_due_ns

    @property
    def digest(self) -> int:
        """Tells two runs apart."""
        return self.engine.digest

    @property
    def revision(self) -> int:
        """How many events there were."""
        return self.engine.revision

    def apply(self, command: Command, at_ns: int) -> tuple[Event, ...]:
        """Do a command, and write it down."""
        events = self.engine.apply(command, at_ns)
        self._put(self._writer.command(command, at_ns))
        self._told_ns = at_ns
        return events

    def advance(self, at_ns: int) -> tuple[Event, ...]:
        """Let timers fire; the next command tells the journal that time has passed."""
        return self.engine.advance(at_ns)

    def close(self) -> None:
        """Write how far the engine has come."""
        if self.engine.now_ns > self._told_ns:
            self._put(self._writer.command(None, self.engine.now_ns))
        self._put(write(Checkpoint(self.engine.revision, f"{self.engine.digest:016x}")))
