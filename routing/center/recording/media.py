"""Where media lie, and their hash: reported by media servers, and verified.

Owns these rows; must not know transactions, nor what becomes of media.
"""

import re
from typing import Any, Final

from sqlalchemy import Connection, select, update

from routing.center.recording import auditing
from routing.center.recording.tables import DELETIONS, MEDIA
from routing.center.recording.writing import insert
from routing.errors import UsageError
from routing.units import MAX_INSTANT_NS
from routing.words import quoted

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_M: Final = MEDIA.c


def report(
    connection: Connection,
    domain: str,
    segment: str,
    location: str,
    sha256: str,
    size: int,
    at_ns: int,
    who: str,
) -> None:
    """Take note of where a segment lies, or was moved to; what it contains never changes."""
    sha256 = _digest(sha256)
    if not segment or not location or not 0 <= size <= MAX_INSTANT_NS:
        raise UsageError(
            f"segment {segment!r}, location {location!r} or size {size} is empty or out of range; say all three"
        )
    if _is_gone(connection, domain, segment):
        raise UsageError(f"{quoted(segment)} was deleted, and that confirmed; delete these media, too")
    before = _known(connection, domain, segment)
    if before is None:
        row = {"location": location, "sha256": sha256, "bytes": size, "at_ns": at_ns}
        insert(connection, MEDIA, [{"domain": domain, "segment": segment} | row])
        auditing.record(connection, domain, at_ns, who, "reported", [segment], location)
    elif (before.sha256, before.bytes) != (sha256, size):
        raise UsageError(
            f"{quoted(segment)} has {before.bytes:,} bytes of SHA-256 {before.sha256[:12]}..., not {size:,} of "
            f"{sha256[:12]}...; what is recorded does not change: report other media under their own segment"
        )
    elif before.location != location:
        details = f"{before.location} -> {location}"
        auditing.record(connection, domain, at_ns, who, "moved", [segment], details)
        connection.execute(
            update(MEDIA).where(_M.domain == domain, _M.segment == segment).values(location=location)
        )


def verify(connection: Connection, domain: str, segment: str, sha256: str, at_ns: int, who: str) -> bool:
    """Tell whether media have the hash that was reported."""
    sha256 = _digest(sha256)
    before = _known(connection, domain, segment)
    if before is None:
        raise UsageError(f"no SHA-256 of {quoted(segment)} was reported; report it first")
    same: bool = before.sha256 == sha256
    action = "verified" if same else "found altered"
    auditing.record(connection, domain, at_ns, who, action, [segment], sha256)
    return same


def _known(connection: Connection, domain: str, segment: str) -> Any:
    query = select(_M.location, _M.sha256, _M.bytes)
    return connection.execute(query.where(_M.domain == domain, _M.segment == segment)).first()


def _is_gone(connection: Connection, domain: str, segment: str) -> bool:
    columns = DELETIONS.c
    query = select(columns.segment).where(
        columns.domain == domain, columns.segment == segment, columns.confirmed_ns > 0
    )
    return connection.execute(query).first() is not None


def _digest(sha256: str) -> str:
    folded = sha256.lower()
    if not _SHA256.fullmatch(folded):
        raise UsageError(
            f"{quoted(sha256)} is no SHA-256; write the 64 hexadecimal digits that `sha256sum` prints"
        )
    return folded
