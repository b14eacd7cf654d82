"""The ledger: which share of answered calls was abandoned, per campaign and profile, exact over the legal window.

A fold over the events of an engine. An attempt that a person answered is *open* until an agent has taken the contact of
the same id or that contact has ended; then each profile of its campaign says what it counts as
(`routing.compliance.calls`). Somebody who waits beyond the time to connect counts as abandoned from that instant on,
whatever becomes of the call. A preview is dialed for an agent who has the contact in hand before anybody answers.

Every abandoned call is written for the audit, and kept, through snapshots too, until it is confirmed to be written
elsewhere. Memory: the counts of few windows (8 bytes a call in rolling ones), the calls now open, what is unconfirmed.

Owns how events become counts; must not know the host, the database or who asks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Self

import msgspec
from msgspec import Struct

from routing.compliance.accounts import Account, Standing, account_of, row_of
from routing.compliance.calls import (
    Abandonment,
    OpenCall,
    Taken,
    Verdict,
    Watched,
    WindowRow,
    accepted,
    ended,
    not_queued,
)
from routing.compliance.counting import Counting, SavedCounting, saved_of, take_over
from routing.compliance.pending import Pending, Row
from routing.compliance.profiles import BUILT_IN, Profile, choose
from routing.compliance.tallies import ABANDONED, CONNECTED, MACHINE, PLAYED, RollingTally, WindowTally
from routing.errors import ConfigError, CorruptSnapshotError, UsageError
from routing.events import (
    AttemptEnded,
    AttemptProgressed,
    ContactEnded,
    ContactEnqueued,
    ContactRequeued,
    DialRequested,
    Event,
    OfferAccepted,
)
from routing.units import HOUR
from routing.words import quoted, suggest

__all__ = ["Abandonment", "Account", "Ledger", "Standing", "Taken", "Watched", "WindowRow"]

_FORMAT: Final = 1
_NEVER: Final = 2**62
#: Windows are told as over so long after their end: until then a call may be reported that was answered within.
_SETTLED_NS: Final = HOUR


class _Saved(Struct, array_like=True):
    format: int
    now_ns: int
    campaigns: list[SavedCounting]
    absent: list[SavedCounting]
    picked: dict[str, int]
    in_hand: list[str]
    open: dict[str, OpenCall]
    unqueued: dict[str, int]
    pending: list[Row]
    dropped: int
    lost: int


class Ledger:
    """Counts answered and abandoned calls.

    Parameters
    ----------
    campaigns : iterable of Watched
        Whose attempts are counted; others are not.
    profiles : mapping of str to Profile, default the built-in ones
        What their profiles' ids mean.
    most : int, default 1,000,000
        Unconfirmed rows that are kept; beyond it the oldest are dropped and counted in ``lost``.

    Attributes
    ----------
    now_ns : int
        The instant of the newest event.

    Raises
    ------
    ConfigError
        If a campaign stands twice, or names a profile or time zone that is not known.

    Examples
    --------
    >>> from routing.events import AttemptEnded, ContactEnqueued, OfferAccepted
    >>> from routing.units import SECOND
    >>> ledger = Ledger([Watched("spring", ("us",))])
    >>> ledger.follow([
    ...     AttemptEnded(10 * SECOND, "a1", "spring", "person", 9 * SECOND, 100, 0, ""),
    ...     ContactEnqueued(10 * SECOND, "a1", ("spring",), "voice", 0),
    ...     OfferAccepted(11 * SECOND, "a1", "ann", "spring", 1, SECOND),
    ...     AttemptEnded(20 * SECOND, "a2", "spring", "person", 9 * SECOND, 100, 0, ""),
    ...     ContactEnqueued(20 * SECOND, "a2", ("spring",), "voice", 0),
    ... ])
    >>> ledger.standing("spring", 22 * SECOND), ledger.standing("spring", 22 * SECOND + 1)
    (Standing(answered=1, abandoned=0), Standing(answered=2, abandoned=1))
    """

    def __init__(
        self,
        campaigns: Iterable[Watched] = (),
        profiles: Mapping[str, Profile] = BUILT_IN,
        most: int = 1_000_000,
    ) -> None:
        self.now_ns = 0
        self._profiles = profiles
        self._campaigns: dict[str, Counting] = {}
        self._absent: dict[str, SavedCounting] = {}  # restored, but not watched now: nothing is forgotten
        self._picked: dict[str, int] = {}  # attempts that were picked up and not ended yet
        self._in_hand: set[str] = set()  # attempts whose contact an agent has already: previews
        self._open: dict[str, OpenCall] = {}
        self._unqueued: dict[str, int] = {}  # open attempts without a contact: when they expire
        self._next_expiry_ns = _NEVER
        self._pending = Pending(most)
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            DialRequested: self._dialed,
            AttemptProgressed: self._progressed,
            AttemptEnded: self._attempt_ended,
            ContactEnqueued: self._enqueued,
            OfferAccepted: self._accepted,
            ContactRequeued: self._requeued,
            ContactEnded: self._contact_ended,
        }
        for place, watched in enumerate(campaigns):
            if watched.id in self._campaigns:
                raise ConfigError(f"campaigns[{place}].id", f"{quoted(watched.id)} stands twice; rename one")
            self.watch(watched, f"campaigns[{place}]")

    # What is watched

    def watch(self, watched: Watched, path: str = "campaign") -> None:
        """Watch a campaign from now on, or change how. What was counted by a profile that stays, stays. O(counts).

        Raises
        ------
        ConfigError
            If a profile or the time zone is not known; then nothing is changed.
        """
        try:
            campaign = Counting(watched, choose(watched.profiles, self._profiles))
        except ConfigError as error:
            raise ConfigError(f"{path}.{error.path}", error.problem) from None
        before = self._campaigns.get(watched.id)
        saved = self._absent.pop(watched.id, SavedCounting(watched.id, -1, {}))
        if before is not None:
            now = saved_of(watched.id, before)
            saved = SavedCounting(watched.id, now.first_ns, saved.tallies | now.tallies)
        take_over(campaign, saved)
        kept = {profile.id for profile in campaign.profiles}
        rest = {name: rows for name, rows in saved.tallies.items() if name not in kept}
        if rest:
            self._absent[watched.id] = SavedCounting(watched.id, saved.first_ns, rest)
        self._campaigns[watched.id] = campaign

    @property
    def campaigns(self) -> tuple[str, ...]:
        """Ids of the campaigns that are watched."""
        return tuple(self._campaigns)

    # As a fold

    def follow(self, events: Sequence[Event]) -> None:
        """Count. O(1) per event. Never raises for the events of an engine."""
        handlers = self._handlers
        for event in events:
            at_ns = event.at_ns
            if at_ns > self._next_expiry_ns:
                self._expire(at_ns)
            if at_ns > self.now_ns:
                self.now_ns = at_ns
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _dialed(self, event: DialRequested) -> None:
        campaign = self._campaigns.get(event.campaign)
        if campaign is not None:
            if campaign.first_ns < 0:
                campaign.begin(event.at_ns)
            if event.agent and event.contact == event.attempt:
                self._in_hand.add(event.attempt)

    def _progressed(self, event: AttemptProgressed) -> None:
        if event.state == "answered" and event.campaign in self._campaigns:
            self._picked.setdefault(event.attempt, event.at_ns)

    def _attempt_ended(self, event: AttemptEnded) -> None:
        picked_ns = self._picked.pop(event.attempt, event.at_ns)
        in_hand = event.attempt in self._in_hand
        self._in_hand.discard(event.attempt)
        campaign = self._campaigns.get(event.campaign)
        if campaign is None or event.outcome not in ("person", "machine"):
            return
        picked_ns = min(picked_ns, event.at_ns - min(event.detection_ns, event.age_ns))
        if campaign.first_ns < 0:
            campaign.begin(event.at_ns - event.age_ns)
        watched = campaign.watched
        if event.outcome == "machine":
            self._count(campaign, MACHINE, picked_ns, watched.suspicion_ppm(event.confidence))
        elif watched.agentless:
            self._count(campaign, PLAYED, picked_ns)
        elif in_hand:
            self._count(campaign, CONNECTED, picked_ns)
        else:
            spoke_ns = max(event.at_ns, picked_ns + watched.greeting_ns)
            call = self._open[event.attempt] = OpenCall(event.campaign, picked_ns, spoke_ns)
            expiry_ns = self._unqueued[event.attempt] = campaign.expiry_ns(call)
            self._next_expiry_ns = min(self._next_expiry_ns, expiry_ns)

    def _enqueued(self, event: ContactEnqueued) -> None:
        call = self._open.get(event.contact)
        if call is not None:
            call.queued = True
            self._unqueued.pop(event.contact, None)

    def _accepted(self, event: OfferAccepted) -> None:
        if event.contact in self._open:
            self._close(event.contact, event.at_ns, accepted)

    def _requeued(self, event: ContactRequeued) -> None:
        self._in_hand.discard(event.contact)

    def _contact_ended(self, event: ContactEnded) -> None:
        self._in_hand.discard(event.contact)
        if event.contact in self._open:
            self._close(event.contact, event.at_ns, partial(ended, event.outcome))

    def _expire(self, at_ns: int) -> None:
        """Give up calls that nobody asked an agent for in time."""
        for attempt, expiry_ns in list(self._unqueued.items()):
            if expiry_ns < at_ns:
                self._close(attempt, expiry_ns, not_queued)
        self._next_expiry_ns = min(self._unqueued.values(), default=_NEVER)

    def _close(self, attempt: str, at_ns: int, judge: Callable[[OpenCall, int, Profile], Verdict]) -> None:
        """Count a call by each profile, and write it down if it is abandoned by any."""
        call = self._open.pop(attempt)
        self._unqueued.pop(attempt, None)
        campaign = self._campaigns[call.campaign]
        first: Verdict | None = None
        by: list[str] = []
        for profile, tally in zip(campaign.profiles, campaign.tallies, strict=True):
            verdict = judge(call, at_ns, profile)
            tally.add(verdict.kind, call.picked_ns)
            if verdict.kind == ABANDONED:
                by.append(profile.id)
                if first is None or verdict.abandoned_ns < first.abandoned_ns:
                    first = verdict
        if first is not None:
            self._pending.note(
                Abandonment(
                    attempt,
                    call.campaign,
                    call.picked_ns,
                    first.abandoned_ns,
                    at_ns,
                    first.why,
                    campaign.watched.message,
                    tuple(by),
                )
            )
        self._trim(campaign)

    def _count(self, campaign: Counting, kind: int, answered_ns: int, ppm: int = 0) -> None:
        for tally in campaign.tallies:
            tally.add(kind, answered_ns, ppm)
        self._trim(campaign)

    def _trim(self, campaign: Counting) -> None:
        for tally in campaign.tallies:
            if isinstance(tally, RollingTally):
                tally.forget(self.now_ns)

    # What is asked

    def accounts(self, campaign: str, at_ns: int) -> dict[str, Account]:
        """Say how a campaign stands with each of its profiles that count, at an instant.

        Parameters
        ----------
        campaign : str
            Its id.
        at_ns : int
            Not before ``now_ns``. Nothing is taken to have happened since, but time to have passed: somebody who waits
            beyond the time to connect is abandoned. Who still may be connected counts neither way yet.

        Returns
        -------
        dict of str to Account
            By profile, in the campaign's order. O(profiles x open calls); rolling windows O(log calls) more.

        Raises
        ------
        UsageError
            If the campaign is not watched or the instant before ``now_ns``.
        """
        known = self._known(campaign, at_ns)
        waiting = [call for call in self._open.values() if call.campaign == campaign]
        found: dict[str, Account] = {}
        for profile, tally in zip(known.profiles, known.tallies, strict=True):
            (start_ns, end_ns), counts = tally.at(at_ns)
            overdue = sum(
                start_ns <= call.picked_ns < end_ns and call.deadline_ns(profile) < at_ns for call in waiting
            )
            found[profile.id] = account_of(profile, start_ns, end_ns, counts, overdue)
        return found

    def tightest(self, campaign: str, at_ns: int) -> Account | None:
        """Give the account that has the least slack, the first of equals; None if no profile counts.

        Raises
        ------
        UsageError
            As for `accounts`.
        """
        return min(self.accounts(campaign, at_ns).values(), key=lambda account: account.slack, default=None)

    def standing(self, campaign: str, at_ns: int) -> Standing:
        """Give answered and abandoned calls by the profile that leaves the least slack; zeros if none counts.

        Raises
        ------
        UsageError
            As for `accounts`.
        """
        account = self.tightest(campaign, at_ns)
        return Standing(0, 0) if account is None else account.standing

    def cap(self, campaign: str) -> float:
        """Give the least cap of a campaign's profiles; 1 if none counts.

        Raises
        ------
        UsageError
            If it is not watched.
        """
        return min((profile.cap for profile in self._known(campaign, self.now_ns).profiles), default=1.0)

    def _known(self, campaign: str, at_ns: int) -> Counting:
        known = self._campaigns.get(campaign)
        if known is None:
            hint = suggest(campaign, self._campaigns) or "; watch it first"
            raise UsageError(f"unknown campaign {quoted(campaign)}{hint}")
        if at_ns < self.now_ns:
            raise UsageError(f"at_ns {at_ns} is before now_ns {self.now_ns}; ask for now or later")
        return known

    # The audit

    @property
    def pending(self) -> int:
        """Rows that wait to be confirmed."""
        return len(self._pending)

    @property
    def lost(self) -> int:
        """Rows that were dropped because nobody confirmed them in time."""
        return self._pending.lost

    def take(self) -> tuple[int, Taken]:
        """Give what waits to be written elsewhere, and a number to confirm it by. O(rows).

        Abandoned calls in the order in which it was decided; windows once they are over for an hour and no call
        answered in them is open.
        """
        self._collect()
        return self._pending.take()

    def confirm(self, number: int) -> None:
        """Forget what waited when `take` gave this number: it is written. Confirming twice does nothing. O(rows)."""
        self._pending.confirm(number)

    def _collect(self) -> None:
        """Close the windows that are over."""
        before_ns = self.now_ns - _SETTLED_NS
        for call in self._open.values():
            before_ns = min(before_ns, call.picked_ns)
        for name, campaign in self._campaigns.items():
            for profile, tally in zip(campaign.profiles, campaign.tallies, strict=True):
                if isinstance(tally, WindowTally):
                    for bounds, counts in tally.over(before_ns):
                        self._pending.note(row_of(name, account_of(profile, *bounds, counts, 0)))

    # Kept

    def snapshot(self) -> bytes:
        """Write the state down, to go on from in `restore` to the last count. O(its size)."""
        campaigns = [saved_of(name, campaign) for name, campaign in self._campaigns.items()]
        saved = _Saved(
            _FORMAT,
            self.now_ns,
            campaigns,
            list(self._absent.values()),
            self._picked,
            sorted(self._in_hand),
            self._open,
            self._unqueued,
            self._pending.rows,
            self._pending.dropped,
            self._pending.lost,
        )
        return msgspec.msgpack.encode(saved)

    @classmethod
    def restore(
        cls,
        data: bytes,
        campaigns: Iterable[Watched] = (),
        profiles: Mapping[str, Profile] = BUILT_IN,
        most: int = 1_000_000,
    ) -> Self:
        """Make a ledger that goes on from a snapshot. O(its size).

        What was counted of campaigns and profiles that are no longer named is kept for when they are again. Counts of a
        profile whose window or campaign whose time zone is now another begin anew.

        Raises
        ------
        CorruptSnapshotError
            If the bytes are no snapshot of a ledger, or one of another version.
        ConfigError
            As for the class.
        """
        try:
            saved = msgspec.msgpack.decode(data, type=_Saved)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise CorruptSnapshotError(f"no snapshot of a ledger: {error}; begin anew") from None
        if saved.format != _FORMAT:
            raise CorruptSnapshotError(
                f"snapshot of a ledger in format {saved.format}, known is {_FORMAT}; begin anew"
            )
        ledger = cls((), profiles, most)
        ledger._absent = {one.id: one for one in saved.absent}
        for one in saved.campaigns:
            rest = ledger._absent.get(one.id)
            if rest is not None:
                one.tallies = rest.tallies | one.tallies
            ledger._absent[one.id] = one
        for place, watched in enumerate(campaigns):
            ledger.watch(watched, f"campaigns[{place}]")
        ledger.now_ns = saved.now_ns
        ledger._picked = saved.picked
        ledger._in_hand = set(saved.in_hand)
        ledger._open = {key: call for key, call in saved.open.items() if call.campaign in ledger._campaigns}
        ledger._unqueued = {key: due for key, due in saved.unqueued.items() if key in ledger._open}
        ledger._next_expiry_ns = min(ledger._unqueued.values(), default=_NEVER)
        ledger._pending.rows = saved.pending
        ledger._pending.dropped = saved.dropped
        ledger._pending.lost = saved.lost
        return ledger
