"""A handler of log records that writes many at once, so that no call waits for the log.

A line of its own for each call costs a write each, and while one thread writes, the others stand in line.

Owns the gathering; must not know what is logged.
"""

import logging
import threading
from typing import TextIO

from routing.units import SECOND


class GatheringHandler(logging.StreamHandler[TextIO]):
    r"""Keeps lines for a moment and writes them together; warnings and worse at once, with all before them.

    Parameters
    ----------
    stream : text stream
        Where the lines go.
    gather_ns : int
        How long a line may be kept. What is kept is lost when the process is killed.

    Examples
    --------
    >>> import io
    >>> out = io.StringIO()
    >>> handler = GatheringHandler(out, 3600 * SECOND)
    >>> handler.handle(logging.makeLogRecord({"msg": "one", "levelno": logging.INFO}))
    True
    >>> out.getvalue()
    ''
    >>> handler.close()
    >>> out.getvalue()
    'one\n'
    """

    def __init__(self, stream: TextIO, gather_ns: int) -> None:
        super().__init__(stream)
        self._lines: list[str] = []
        self._gather_ns = gather_ns
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="huntgroup-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line of a record, or write it with those that were kept."""
        try:
            self._lines.append(self.format(record))
        except Exception:
            self.handleError(record)
            return
        if record.levelno >= logging.WARNING or self._over.is_set():
            self.flush()

    def flush(self) -> None:
        """Write what is kept."""
        with self.lock or threading.RLock():
            lines, self._lines = self._lines, []
            if lines:
                self.stream.write(self.terminator.join([*lines, ""]))
            super().flush()

    def close(self) -> None:
        """Write what is kept, and keep no more; twice does nothing."""
        self._over.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self.flush()
        super().close()

    def _run(self) -> None:
        while not self._over.wait(self._gather_ns / SECOND):
            if self._lines:
                self.flush()
