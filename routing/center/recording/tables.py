"""The tables of recordings: segments, who took part, pauses, where media lie, legal holds, deletions, who did what.

They lie in the database of the history, and the same chain of migrations makes them (``routing/history/migrations``).
Each has the domain (tenant) in front of its key. What the fold tells of a segment is written once and never again,
so that nothing which people did to it since is undone by a crash.

Owns names and types of columns; must not know a database.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, PrimaryKeyConstraint, Table, Text, text

METADATA: Final = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _flag(*names: str) -> list[Column[bool]]:
    return [Column(name, Boolean, nullable=False) for name in names]


#: `routing.center.recording.shapes.Segment` without its parts and pauses. ``keep_until_ns``: when it may be purged, put
#: forward by a refusal or an erasure; ``erased``: its customer is to be forgotten.
SEGMENTS: Final = Table(
    "recording_segments",
    METADATA,
    *_text("domain", "segment", "contact"),
    *_whole("arrived_ns"),
    *_text("parent", "customer", "queue", "channel", "direction", "rule"),
    *_whole("started_ns", "ended_ns"),
    *_text("started_by", "ended_by", "consent"),
    *_whole("consent_ns", "keep_until_ns"),
    *_flag("delete_on_refusal", "erased"),
    PrimaryKeyConstraint("domain", "segment"),
    Index("recording_segments_by_start", "domain", "started_ns", "segment"),
    Index("recording_segments_by_contact", "domain", "contact", "arrived_ns"),
    Index("recording_segments_by_retention", "domain", "keep_until_ns", "segment"),
    Index(
        "recording_segments_by_customer",
        "domain",
        "customer",
        "started_ns",
        sqlite_where=text("customer <> ''"),
        postgresql_where=text("customer <> ''"),
    ),
    sqlite_with_rowid=False,
)

#: Agents who took part, numbered from 0 in the order in which they came.
PARTS: Final = Table(
    "recording_parts",
    METADATA,
    *_text("domain", "segment"),
    *_whole("number"),
    *_text("agent"),
    *_whole("from_ns", "to_ns"),
    PrimaryKeyConstraint("domain", "segment", "number"),
    Index("recording_parts_by_agent", "domain", "agent", "from_ns"),
    sqlite_with_rowid=False,
)

#: What is not in the recording, numbered from 0.
PAUSES: Final = Table(
    "recording_pauses",
    METADATA,
    *_text("domain", "segment"),
    *_whole("number", "from_ns", "to_ns"),
    *_text("reason"),
    PrimaryKeyConstraint("domain", "segment", "number"),
    sqlite_with_rowid=False,
)

#: What a media server reported, perhaps before the segment itself is written. ``sha256``: 64 hexadecimal digits.
MEDIA: Final = Table(
    "recording_media",
    METADATA,
    *_text("domain", "segment", "location", "sha256"),
    *_whole("bytes", "at_ns"),
    PrimaryKeyConstraint("domain", "segment"),
    sqlite_with_rowid=False,
)

#: Legal holds that are in force; a segment may be under several, of different matters.
HOLDS: Final = Table(
    "recording_holds",
    METADATA,
    *_text("domain", "segment", "matter"),
    *_whole("at_ns"),
    *_text("who", "why"),
    PrimaryKeyConstraint("domain", "segment", "matter"),
    Index("recording_holds_by_matter", "domain", "matter"),
    sqlite_with_rowid=False,
)

#: Deletions of media that were asked for. ``confirmed_ns`` 0: still to be done; else the media and all that was known
#: of the segment are gone, and this row remains, so that nothing brings it back.
DELETIONS: Final = Table(
    "recording_deletions",
    METADATA,
    *_text("domain", "segment", "why"),
    *_whole("asked_ns", "confirmed_ns"),
    PrimaryKeyConstraint("domain", "segment"),
    Index("recording_deletions_open", "domain", "confirmed_ns", "asked_ns", "segment"),
    sqlite_with_rowid=False,
)

#: Customers who were erased: what was recorded of them before, and is written only afterwards, goes as well.
ERASED: Final = Table(
    "recording_erased",
    METADATA,
    *_text("domain", "customer"),
    *_whole("at_ns"),
    PrimaryKeyConstraint("domain", "customer"),
    sqlite_with_rowid=False,
)

#: Who did what with which segment; rows are only added.
AUDIT: Final = Table(
    "recording_audit",
    METADATA,
    *_text("domain"),
    *_whole("at_ns"),
    *_text("entry", "who", "action", "segment", "details"),
    PrimaryKeyConstraint("domain", "at_ns", "entry"),
    Index("recording_audit_by_segment", "domain", "segment", "at_ns"),
    sqlite_with_rowid=False,
)

#: What is known of a segment, beside its row of `SEGMENTS`.
OF_SEGMENTS: Final = (PARTS, PAUSES, MEDIA, HOLDS)
