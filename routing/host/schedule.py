"""Whom to tell what, and when: how waits are told, and the schedule of who is told next.

What a contact is told never rises unless the settings say so: a place that got worse, because somebody more urgent
came, is told as it was.

Owns schedules and what was told; must not know the host, how a wait is estimated, nor how a caller hears it.
"""

from heapq import heappop, heappush
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from routing.estimation import Estimate, Estimator
from routing.units import MILLISECOND, MINUTE, SECOND

_Pause = Annotated[int, Meta(ge=MILLISECOND, le=24 * 60 * MINUTE, title="duration")]
_Span = Annotated[int, Meta(ge=0, le=24 * 60 * MINUTE, title="duration")]


class Announcing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When and how waits are told.

    ``first_ns`` after its coming a contact is told for the first time, then each ``every_ns``. ``tell``: what of the
    estimate. Up to ``fine_until_ns`` waits are rounded up to ``fine_ns``, above to ``coarse_ns``; above ``limit_ns``
    it is "more than" that. ``may_rise``: may what is told be more than what was told before? Estimates are
    published every ``publish_every_ns`` (0: never) where they moved by more than ``tolerance_ns``
    and a tenth. ``gather_ns``: how often the announcer wakes.
    """

    first_ns: _Span = field(default=10 * SECOND, name="first")
    every_ns: _Pause = field(default=60 * SECOND, name="every")
    position: bool = True
    estimate: bool = True
    tell: Literal["mean", "p50", "p90"] = "mean"
    may_rise: bool = False
    fine_ns: _Pause = field(default=10 * SECOND, name="fine")
    fine_until_ns: _Span = field(default=2 * MINUTE, name="fine_until")
    coarse_ns: _Pause = field(default=MINUTE, name="coarse")
    limit_ns: _Span = field(default=10 * MINUTE, name="limit")
    publish_every_ns: _Span = field(default=10 * SECOND, name="publish_every")
    tolerance_ns: _Span = field(default=5 * SECOND, name="tolerance")
    gather_ns: _Pause = field(default=250 * MILLISECOND, name="gather")

    def rounded(self, wait_ns: int) -> tuple[int, bool]:
        """Round a wait as it is told, and say whether it is "more than" that.

        >>> [Announcing().rounded(seconds * SECOND) for seconds in (61, 125, 700)]
        [(70000000000, False), (180000000000, False), (600000000000, True)]
        """
        if wait_ns > self.limit_ns:
            return self.limit_ns, True
        step_ns = self.fine_ns if wait_ns <= self.fine_until_ns else self.coarse_ns
        return -(-wait_ns // step_ns) * step_ns, False


class Announcement(Struct, frozen=True):
    """What a contact is to be told: ``position`` (0: not told) and ``wait_ns`` (-1: not told), or ``more_than`` it."""

    at_ns: int
    contact: str
    position: int
    wait_ns: int
    more_than: bool


class Told(Struct):
    """What a contact was told last."""

    position: int = 0
    wait_ns: int = -1
    more_than: bool = False


class Schedule:
    """Whom to tell what, and when: the announcements of an estimator's contacts.

    Parameters
    ----------
    estimator : Estimator
        Says how long they will wait.
    settings : Announcing
        When and how it is told.
    """

    def __init__(self, estimator: Estimator, settings: Announcing) -> None:
        self._estimator = estimator
        self._settings = settings
        self._due: list[tuple[int, str]] = []
        self._told: dict[str, Told] = {}

    @property
    def due_ns(self) -> int | None:
        """When somebody is to be told next."""
        return self._due[0][0] if self._due else None

    def add(self, contact: str, since_ns: int) -> None:
        """Tell this contact, which waits since then; one that is known goes on as it was. O(log contacts)."""
        if contact not in self._told:
            self._told[contact] = Told()
            heappush(self._due, (since_ns + self._settings.first_ns, contact))

    def take(self, at_ns: int) -> list[Announcement]:
        """Give the announcements that are due. O(those due, queues log contacts for each)."""
        found: list[Announcement] = []
        while self._due and self._due[0][0] <= at_ns:
            due_ns, contact = heappop(self._due)
            if not self._estimator.knows(contact):
                del self._told[contact]
                continue
            late = (at_ns - due_ns) // self._settings.every_ns
            heappush(self._due, (due_ns + (late + 1) * self._settings.every_ns, contact))
            if self._estimator.waits(contact):
                found.append(self._tell(contact, at_ns))
        return found

    def _tell(self, contact: str, at_ns: int) -> Announcement:
        settings, told = self._settings, self._told[contact]
        said = self._estimator.estimate(contact, at_ns)
        if settings.position:
            told.position = (
                said.position if settings.may_rise else min(told.position or said.position, said.position)
            )
        if settings.estimate:
            wait_ns, more_than = settings.rounded(_chosen(said, settings.tell))
            if settings.may_rise or told.wait_ns < 0 or (wait_ns, more_than) < (told.wait_ns, told.more_than):
                told.wait_ns, told.more_than = wait_ns, more_than
        return Announcement(at_ns, contact, told.position, told.wait_ns, told.more_than)


def _chosen(said: Estimate, tell: str) -> int:
    if tell == "mean":
        return said.wait_ns
    return said.p50_ns if tell == "p50" else said.p90_ns
