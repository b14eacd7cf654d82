"""Journals as text: one JSON value a line, to be read for ever.

The first line is the `Header`: format, behaviour version, the configuration and its hash. Then come envelopes
``[seq, at_ns, actor, request_id, command]`` with ``seq`` 1, 2, 3 ..., and here and there a `Checkpoint` that says what
revision and digest an engine has reached there. An envelope without a command says that only time passed.

Owns the format; must not know what commands do (``replay`` does them).
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec import Struct

from routing.commands import Command, Envelope, Noted
from routing.config import config_hash
from routing.errors import CorruptJournalError
from routing.model import Config

FORMAT: Final = 1


class Header(Struct, frozen=True, tag="huntgroup-journal", tag_field="kind"):
    """The first line: what the commands were applied to, and under which rules."""

    format: int
    behaviour: int
    config_hash: str  # 16 hexadecimal digits
    config: Config


class Checkpoint(Struct, frozen=True, tag="checkpoint", tag_field="kind"):
    """Here an engine had had ``revision`` events, and this digest over them (16 hexadecimal digits)."""

    revision: int
    digest: str


def header(config: Config, behaviour: int) -> Header:
    """Make the header for a configuration. O(its size)."""
    return Header(FORMAT, behaviour, f"{config_hash(config):016x}", config)


def write(line: Header | Envelope | Checkpoint) -> bytes:
    r"""Encode one line, newline included.

    Examples
    --------
    >>> from routing.commands import LogIn
    >>> write(Envelope(1, 5, "", "", LogIn("ann")))
    b'[1,5,"","",{"type":"LogIn","agent":"ann"}]\n'
    """
    return msgspec.json.encode(line) + b"\n"


class Writer:
    r"""Numbers envelopes and encodes them; the caller decides where the bytes go.

    Examples
    --------
    >>> from routing.commands import LogIn
    >>> writer = Writer()
    >>> writer.command(LogIn("ann"), 5)
    b'[1,5,"","",{"type":"LogIn","agent":"ann"}]\n'
    >>> writer.command(None, 9)
    b'[2,9,"","",null]\n'
    """

    def __init__(self, seq: int = 0) -> None:
        self.seq = seq  # of the last envelope, where a journal is continued

    def command(self, command: Command | None, at_ns: int, *, actor: str = "", request_id: str = "") -> bytes:
        """Encode the next command; ``None`` where only time passed."""
        self.seq += 1
        return write(Envelope(self.seq, at_ns, actor, request_id, command))


def read(lines: Iterable[bytes], *, torn: bool = False) -> Iterator[Header | Envelope | Checkpoint]:
    """Decode a journal line by line.

    Parameters
    ----------
    lines : iterable of bytes
        The lines, with their line ends if ``torn`` is set.
    torn : bool, default False
        Ignore a last line without its line end: a crash broke it off, so nobody was ever answered for it.

    Raises
    ------
    CorruptJournalError
        If a line cannot be read, the header is missing or wrong, or ``seq`` or ``at_ns`` break their order; the
        message names the line.
    """
    seq = 0
    at_ns = 0
    empty = True
    for number, line in enumerate(lines, 1):
        if torn and not line.endswith(b"\n"):
            break
        empty = False
        value = _decode(line, number)
        if number == 1:
            _check_header(value)
        elif isinstance(value, Header):
            raise CorruptJournalError(f"line {number}: a second header; a journal has one")
        if isinstance(value, Envelope):
            if value.seq != seq + 1:
                raise CorruptJournalError(
                    f"line {number}: seq {value.seq} follows {seq}; a line is missing or doubled"
                )
            if value.at_ns < at_ns:
                raise CorruptJournalError(
                    f"line {number}: at_ns {value.at_ns} is before {at_ns}; times never decrease"
                )
            seq, at_ns = value.seq, value.at_ns
        yield value
    if empty:
        raise CorruptJournalError("the journal is empty; its first line is the header")


_ENVELOPES: Final = msgspec.json.Decoder(Envelope)
_NOTED: Final = msgspec.json.Decoder(Noted)
#: A line with a note ends so; without one hardly any does, for commands end in a brace.
_NOTE_ENDS: Final = b'"]'


def read_batch(lines: bytes, seq: int) -> list[Envelope]:
    r"""Decode the envelopes of a batch, the first of which has this ``seq``. O(its size).

    Raises
    ------
    CorruptJournalError
        If a line cannot be read, or ``seq`` does not count on.

    Examples
    --------
    >>> [envelope.at_ns for envelope in read_batch(b'[4,5]\n[5,9]\n', 4)]
    [5, 9]
    """
    try:
        envelopes = _ENVELOPES.decode_lines(lines) if _NOTE_ENDS not in lines else _with_notes(lines)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CorruptJournalError(f"the batch from seq {seq} on cannot be read: {error}") from None
    for expected, envelope in enumerate(envelopes, seq):
        if envelope.seq != expected:
            raise CorruptJournalError(
                f"the batch from seq {seq} on has seq {envelope.seq} where {expected} is due; "
                "a line is missing or doubled"
            )
    return envelopes


def _with_notes(lines: bytes) -> list[Envelope]:
    return [_plain(envelope) for envelope in _NOTED.decode_lines(lines)]


def _plain(envelope: Noted) -> Envelope:
    if envelope.note:
        return envelope
    return Envelope(envelope.seq, envelope.at_ns, envelope.actor, envelope.request_id, envelope.command)


def _decode(line: bytes, number: int) -> Header | Envelope | Checkpoint:
    try:
        if line[:1] == b"[":
            if line.rstrip().endswith(_NOTE_ENDS):
                return _plain(_NOTED.decode(line))
            return _ENVELOPES.decode(line)
        return msgspec.json.decode(line, type=Header | Checkpoint)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CorruptJournalError(f"line {number} cannot be read: {error}") from None


def _check_header(value: Header | Envelope | Checkpoint) -> None:
    if not isinstance(value, Header):
        raise CorruptJournalError("line 1 is no header; the journal has lost its beginning")
    if value.format != FORMAT:
        raise CorruptJournalError(f"line 1: format {value.format} is not known; this version reads {FORMAT}")
    if f"{config_hash(value.config):016x}" != value.config_hash:
        raise CorruptJournalError(
            f"line 1: the configuration does not hash to {value.config_hash}; it was changed"
        )


__all__ = ["FORMAT", "Checkpoint", "Envelope", "Header", "Writer", "header", "read", "read_batch", "write"]
