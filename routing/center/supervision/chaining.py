"""The chain of the audit log: each row's hash covers its content, its number and the hash of the row before it.

So a row that was changed, removed, put in or moved breaks the chain there. Whoever can write to the database could hash
everything anew from a row on: that, and rows cut off at the end, shows against a head that was noted elsewhere.

SHA-256 (FIPS 180-4) over the hash before and the row as a JSON array; the first row follows 32 zero bytes.

Owns the hash; must not know where rows lie.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from routing.center.supervision.shapes import AuditRow
from routing.errors import UsageError
from routing.words import quoted

#: What the first row follows.
GENESIS: Final = bytes(32)
_encode: Final = msgspec.json.Encoder().encode


class Head(Struct, frozen=True):
    """The end of a log: the number of its last row, 0 for none, and that row's hash.

    >>> str(Head(2, bytes(32)))[:12], Head.read("0:" + "00" * 32) == Head(0, GENESIS)
    ('2:0000000000', True)
    """

    number: int = 0
    hash: bytes = GENESIS

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Read a head as it is shown.

        Raises
        ------
        UsageError
            If it is none.
        """
        number, _, digest = text.strip().partition(":")
        try:
            found = cls(int(number), bytes.fromhex(digest))
        except ValueError:
            found = cls(-1)
        if found.number < 0 or len(found.hash) != len(GENESIS):
            raise UsageError(
                f"{quoted(text[:80])} is no head; write NUMBER:HASH as `huntgroup audit verify` prints it"
            )
        return found


class Logged(Struct, frozen=True):
    """A row as it lies in the log."""

    number: int
    row: AuditRow
    previous: bytes
    hash: bytes


class Verified(Struct, frozen=True):
    """What came of verifying: how many rows there are, the head, and every problem; none: it is whole."""

    rows: int
    head: Head
    problems: tuple[str, ...] = ()


def hash_of(domain: str, number: int, row: AuditRow, previous: bytes) -> bytes:
    """Hash a row behind the one before it.

    >>> row = AuditRow(5, 1, "kim", "CloseQueue")
    >>> hash_of("default", 1, row, GENESIS) == hash_of("default", 2, row, GENESIS)
    False
    """
    return sha256(previous + _encode([domain, number, *astuple(row)])).digest()


def linked(domain: str, head: Head, rows: Iterable[AuditRow]) -> Iterator[Logged]:
    """Chain new rows to the end of a log."""
    number, previous = head.number, head.hash
    for row in rows:
        number += 1
        digest = hash_of(domain, number, row, previous)
        yield Logged(number, row, previous, digest)
        previous = digest


def verify(domain: str, logged: Iterable[Logged], noted: Head | None = None) -> Verified:
    """Go through a log from its first row on, and say what is wrong with it. O(rows).

    Parameters
    ----------
    domain : str
        Whose log it is.
    logged : iterable of Logged
        By number.
    noted : Head, optional
        An end that it had once, noted elsewhere: that row must still be there and have this hash.

    Examples
    --------
    >>> rows = [*linked("default", Head(), [AuditRow(5, 1, "kim", "OpenQueue"), AuditRow(6, 2, "kim", "CloseQueue")])]
    >>> verify("default", rows).problems
    ()
    >>> verify("default", rows[1:]).problems
    ('row 1 is missing, or rows 1 to 1 are',)
    >>> verify("default", rows[:1], Head(2, rows[1].hash)).problems
    ('rows 2 to 2 were cut off: the log had them when its head was noted',)
    """
    problems: list[str] = []
    number, previous, count = 0, GENESIS, 0
    met = noted is None or noted.number == 0
    for one in logged:
        count += 1
        row = one.row
        if one.number != number + 1:
            problems.append(f"row {number + 1} is missing, or rows {number + 1} to {one.number - 1} are")
        elif one.previous != previous:
            problems.append(
                f"row {one.number} does not follow row {number}: one of them was replaced or moved"
            )
        if hash_of(domain, one.number, row, one.previous) != one.hash:
            problems.append(f"row {one.number} was changed ({row.who} {row.act} {row.subject})")
        if noted is not None and one.number == noted.number:
            met = True
            if one.hash != noted.hash:
                problems.append(f"row {one.number} is another than when the head was noted: it was rewritten")
        number, previous = one.number, one.hash
    if not met and noted is not None:
        problems.append(
            f"rows {number + 1} to {noted.number} were cut off: the log had them when its head was noted"
        )
    return Verified(count, Head(number, previous), tuple(problems))
