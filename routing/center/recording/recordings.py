"""The recordings of a tenant: what was recorded, where it lies, what is under legal hold, and what goes.

Every call is one transaction, durable when it returns. The caller gives the instant, and names who acts, for the audit.
No audio passes here: media servers report where a segment lies, and are told which to delete.

Owns the transactions of these, and the face of the database's part of the wing; must not know the fold (``wing``).
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import Any, Final, Self

from msgspec import to_builtins

from routing.center.recording import auditing, erasing, holds, media, purging, searching, writing
from routing.center.recording.searching import Search
from routing.center.recording.shapes import Confirmed, Entry, Forgotten, Media, Purge, Recorded, Row
from routing.errors import UsageError
from routing.history.tenant import Tenant, named
from routing.units import MAX_INSTANT_NS

#: Ids that are looked up at a time.
_AT_ONCE: Final = 500
_PAGE: Final = 500


class Recordings(Tenant):
    """Recordings of one tenant, in the database of the history.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a PostgreSQL.
    domain : str, default "default"
        The tenant.
    create : bool, default True
        Make the file and the tables, and bring them to the present schema.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from routing.center.recording import Segment
    >>> one = Segment(segment="r1", contact="c1", arrived_ns=1, started_ns=5, ended_ns=9, keep_until_ns=100)
    >>> with TemporaryDirectory() as folder, Recordings(f"{folder}/history.db") as recordings:
    ...     recordings.write([one])
    ...     recordings.report("r1", "s3://calls/r1.opus", "00" * 32, 4_096, at_ns=10, who="media-1")
    ...     recordings.verify("r1", "00" * 32, at_ns=11, who="eve")
    ...     recordings.hold(["r1"], "case 7", at_ns=12, who="eve", why="a letter of the court")
    ...     recordings.purge(200, dry_run=True).held, recordings.release(["r1"], "case 7", at_ns=13, who="eve")
    ...     recordings.purge(200, who="nightly", dry_run=False).due[0].location
    ...     recordings.confirm(["r1"], at_ns=201, who="media-1").deleted, recordings.get("r1")
    True
    ()
    (1, 1)
    's3://calls/r1.opus'
    (('r1',), None)
    """

    def of(self, domain: str) -> Self:
        """Give the recordings of another tenant in the same database; they share its connections."""
        other = copy(self)
        other.domain = named(domain)
        return other

    # What the wing tells

    def write(self, rows: Iterable[Row]) -> None:
        """Write what `RecordingWing.take` gave; again is harmless, whatever was done to it since. O(n log N)."""
        with self.database.writing() as connection:
            writing.write(connection, self.domain, rows)

    # What media servers tell

    def report(self, segment: str, location: str, sha256: str, size: int, *, at_ns: int, who: str) -> None:
        """Take note of where a segment lies; it may not be written here yet.

        Parameters
        ----------
        segment : str
            As the instruction to start named it.
        location : str
            Whatever the media server finds it by. Another one than before: it was moved.
        sha256 : str
            Of the media, as 64 hexadecimal digits. It never changes.
        size : int
            Bytes.
        at_ns : int
            Now.
        who : str
            The media server.

        Raises
        ------
        UsageError
            If a value is wrong, the SHA-256 is another than was reported before, or the segment was deleted.
        """
        with self.database.writing() as connection:
            media.report(connection, self.domain, segment, location, sha256, size, at_ns, who)

    def verify(self, segment: str, sha256: str, *, at_ns: int, who: str) -> bool:
        """Tell whether media have the SHA-256 that was reported; that is audited, either way.

        Raises
        ------
        UsageError
            If it is no SHA-256, or none was reported.
        """
        with self.database.writing() as connection:
            return media.verify(connection, self.domain, segment, sha256, at_ns, who)

    # Looking

    def get(self, segment: str) -> Recorded | None:
        """Give a segment; None if it is not known, or was deleted. O(log N)."""
        with self.database.reading() as connection:
            return next(iter(searching.get(connection, self.domain, [segment])), None)

    def search(
        self, search: Search | None = None, *, after: tuple[int, str] = (0, ""), most: int = 100
    ) -> list[Recorded]:
        """Give segments by start.

        Parameters
        ----------
        search : Search, optional
            Which; None: all.
        after : tuple of int and str
            Start and id of the last of the page before.
        most : int, default 100
            A page.
        """
        with self.database.reading() as connection:
            return searching.find(connection, self.domain, search or Search(), after, most)

    def strays(self, before_ns: int) -> list[tuple[str, Media]]:
        """Give media that were reported before an instant and belong to no segment: somebody recorded them unasked."""
        with self.database.reading() as connection:
            return searching.strays(connection, self.domain, before_ns)

    def export(self, search: Search | None = None, *, at_ns: int, who: str) -> Iterator[dict[str, Any]]:
        """Give all that is known of segments, as values that JSON can write; that is audited first."""
        search = search or Search()
        with self.database.writing() as connection:
            said = {
                name: value for name, value in to_builtins(search).items() if value != getattr(Search(), name)
            }
            details = ", ".join(f"{name} {value}" for name, value in said.items()) or "all"
            auditing.record(connection, self.domain, at_ns, who, "exported", [""], details)
        after = (0, "")
        while page := self.search(search, after=after, most=_PAGE):
            for one in page:
                yield to_builtins(one)
            after = (page[-1].segment.started_ns, page[-1].segment.segment)

    def audit(
        self, segment: str = "", from_ns: int = 0, to_ns: int = MAX_INSTANT_NS, *, most: int = 10_000
    ) -> list[Entry]:
        """Tell who did what, oldest first: with one segment, or with all of them."""
        with self.database.reading() as connection:
            return auditing.entries(connection, self.domain, segment, from_ns, to_ns, most)

    # Legal holds

    def hold(
        self, segments: Sequence[str], matter: str, *, at_ns: int, who: str, why: str
    ) -> tuple[str, ...]:
        """Put segments under legal hold: all of them, or none.

        Parameters
        ----------
        segments : sequence of str
            Which.
        matter : str
            What it is for, such as a case; a segment may be held for several.
        at_ns, who, why
            For the audit; none of them may be empty.

        Returns
        -------
        tuple of str
            Those whose deletion had been asked for: that is withdrawn, and their media may be gone already.

        Raises
        ------
        UsageError
            If one is not known, or was deleted.
        """
        with self.database.writing() as connection:
            asked: list[str] = []
            for some in _sliced(_known(segments)):
                asked += holds.hold(connection, self.domain, some, matter, at_ns, who, why)
            return tuple(asked)

    def release(self, segments: Sequence[str], matter: str, *, at_ns: int, who: str, why: str = "") -> int:
        """Release segments from the legal hold of a matter ("": of every one); returns how many holds that were."""
        with self.database.writing() as connection:
            return sum(
                holds.release(connection, self.domain, some, matter, at_ns, who, why)
                for some in _sliced(_known(segments))
            )

    # What goes

    def purge(self, now_ns: int, *, who: str = "", dry_run: bool = True, most: int = 10_000) -> Purge:
        """Ask for the deletion of media that were kept long enough, or (dry) only tell which these are.

        Repeated, also after a crash, it gives what was asked for before and is not confirmed yet, too.

        Parameters
        ----------
        now_ns : int
            Now.
        who : str
            For the audit; not needed for a dry run.
        dry_run : bool, default True
            Change nothing.
        most : int, default 10,000
            How many are asked for anew.
        """
        if dry_run:
            with self.database.reading() as connection:
                return purging.purge(connection, self.domain, now_ns, most, dry_run=True)
        with self.database.writing() as connection:
            done = purging.purge(connection, self.domain, now_ns, most, dry_run=False)
            auditing.record(
                connection,
                self.domain,
                now_ns,
                who,
                "asked for deletion",
                [""],
                f"{len(done.due)} segments, {done.held} held",
            )
            return done

    def confirm(self, segments: Iterable[str], *, at_ns: int, who: str) -> Confirmed:
        """Take note that media are deleted, of which that was asked: their metadata go. May be repeated."""
        deleted: list[str] = []
        held: list[str] = []
        unasked: list[str] = []
        for some in _sliced(list(dict.fromkeys(segments))):
            with self.database.writing() as connection:
                done = purging.confirm(connection, self.domain, some, at_ns, who)
            deleted += done.deleted
            held += done.held
            unasked += done.unasked
        return Confirmed(deleted=tuple(deleted), held=tuple(held), unasked=tuple(unasked))

    def forget(self, customer: str, *, at_ns: int, who: str) -> Forgotten:
        """Have all recordings of a customer go with the next purge, and take their name off them. May be repeated.

        What is under legal hold stays as it is, and goes once it is released; the audit says so. What is not written
        yet of calls until now goes as well.
        """
        with self.database.writing() as connection:
            return erasing.forget(connection, self.domain, customer, at_ns, who)


def _sliced(segments: list[str]) -> list[list[str]]:
    return [segments[start : start + _AT_ONCE] for start in range(0, len(segments), _AT_ONCE)]


def _known(segments: Sequence[str]) -> list[str]:
    if not segments or not all(segments):
        raise UsageError("no segment is named, or an empty one; name those that `recording list` tells")
    return sorted(set(segments))
