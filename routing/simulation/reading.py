"""Opens a call log, finds out its format by its content, and reads it.

Owns what the formats are called, decompression (gzip, known by its first bytes) and standard input (``-``); must
not know what stands in a format.
"""

import gzip
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, tzinfo
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, cast

from routing.errors import DataError
from routing.simulation import anonymous_bank, queue_log, trace
from routing.simulation.calls import AsNamed, CallLog, Placer

_GZIP: Final = b"\x1f\x8b"

#: Every format by name: the test for its first line, and its reader.
_READERS: Final[
    dict[str, tuple[Callable[[str], bool], Callable[[Iterable[str], Placer, tzinfo], CallLog]]]
] = {
    trace.FORMAT: (trace.looks_like, lambda lines, placer, _: trace.read(lines, placer)),
    anonymous_bank.FORMAT: (anonymous_bank.looks_like, anonymous_bank.read),
    queue_log.FORMAT: (queue_log.looks_like, lambda lines, placer, _: queue_log.read(lines, placer)),
}
FORMATS: Final = tuple(_READERS)


def read_calls(
    source: str | Path | BinaryIO, placer: Placer | None = None, *, fmt: str = "", zone: tzinfo = UTC
) -> CallLog:
    r"""Read a call log; its calls come back in order of arrival.

    Parameters
    ----------
    source : str, Path or binary file
        ``-`` is standard input. What starts like a gzip file is decompressed.
    placer : Placer, optional
        Finds queue and requirement of each call, usually ``Placement(config)``; by default queues are called as
        the log calls them.
    fmt : str, optional
        One of ``FORMATS``; by default the first line decides.
    zone : tzinfo
        The zone of logs that tell local times; UTC unless said otherwise.

    Returns
    -------
    CallLog
        Rows that break a rule stand in its ``bad_rows``.

    Raises
    ------
    DataError
        The file cannot be read, or is of no known format.

    Notes
    -----
    O(n log n) for n rows; about 250 bytes are kept for each call.

    Examples
    --------
    >>> text = b"arrival_ns,skill,service_ns\n5,A,9\n3,A,-1\n1,B,7\n"
    >>> log = read_calls(io.BytesIO(text))
    >>> [(call.arrival_ns, call.queue) for call in log.calls]
    [(1, 'B'), (5, 'A')]
    >>> log.bad_rows[0]
    BadRow(line=3, reason="service_ns is '-1'; it must be a whole number of ns from 0 to 1152921504606846975")
    """
    if fmt and fmt not in _READERS:
        raise DataError(f"format {fmt!r} is unknown; it must be one of {', '.join(FORMATS)}")
    name = (
        "standard input" if source == "-" else str(source if isinstance(source, (str, Path)) else "the log")
    )
    try:
        if isinstance(source, (str, Path)) and source != "-":
            with Path(source).open("rb") as file:
                log = _read(file, placer or AsNamed(), fmt, zone)
        else:
            log = _read(
                sys.stdin.buffer if isinstance(source, (str, Path)) else source,
                placer or AsNamed(),
                fmt,
                zone,
            )
    except (OSError, EOFError) as error:
        raise DataError(f"{name}: {getattr(error, 'strerror', None) or error}") from error
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    log.sort()
    return log


def _read(file: BinaryIO, placer: Placer, fmt: str, zone: tzinfo) -> CallLog:
    """Find the format and read."""
    buffered = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", file))
    packed = buffered.peek(len(_GZIP)).startswith(_GZIP)
    plain = gzip.GzipFile(fileobj=buffered) if packed else buffered
    # A byte that is no UTF-8 must not stop a long run; the formats themselves are plain ASCII.
    text = io.TextIOWrapper(plain, encoding="utf-8-sig", errors="replace", newline="")
    try:
        lines: Iterator[str] = iter(text)
        first = _skip_empty(lines)
        fmt = fmt or _detect(first[-1] if first else "")
        return _READERS[fmt][1](chain(first, lines), placer, zone)
    finally:
        text.detach()  # the file belongs to whoever opened it


def _skip_empty(lines: Iterator[str]) -> list[str]:
    """Take lines up to the first that says something."""
    taken = []
    for line in lines:
        taken.append(line)
        if line.strip():
            return taken
    return []


def _detect(line: str) -> str:
    """Name the format whose files start like this; an empty file counts as an empty trace."""
    if not line:
        return trace.FORMAT
    for name, (looks_like, _) in _READERS.items():
        if looks_like(line):
            return name
    start = line.strip()[:60]
    raise DataError(
        f"the first line {start!r} starts no known format; give a trace (CSV with a header naming arrival_ns, skill, "
        f"service_ns), an Asterisk queue_log or an Anonymous Bank log, or say which by --format ({', '.join(FORMATS)})"
    )
