"""The dialer: a loop on a host that turns proposals of the pacing into attempts, and what became of them into outcomes.

A step writes what is finished, obeys what is wanted of each campaign, asks the pacing how many dials each may have, and
dials. What front-ends say comes in through ``front_desk``.

Owns the loop and what people say to it; must not know how to pace (``routing.pacing``), the law
(``routing.compliance``), how lists are kept (``routing.campaigns``) or a telephone.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Self

from msgspec import Struct

from routing.campaigns.book import Book
from routing.campaigns.shapes import CampaignState
from routing.commands import (
    CancelContact,
    EndAttempt,
)
from routing.compliance.accounts import Standing
from routing.errors import HuntgroupError
from routing.host import Host, Request
from routing.host.keeper import Keeper
from routing.outbound.calls import FOLLOWER, Calls, Finished
from routing.outbound.campaign import Campaign, Outbound
from routing.outbound.carriers import CarrierPicture, Carriers
from routing.outbound.dialling import ACTOR, Dialling, Round
from routing.outbound.followers import LEDGER, PACING, watched_of
from routing.outbound.front_desk import FrontDesk
from routing.outbound.looking import Sight, bereft, orphans, sight, unanswered_of
from routing.outbound.outcomes import Outcomes
from routing.outbound.plan import Plan
from routing.outbound.previews import ATTRIBUTE


class Step(Struct, frozen=True):
    """What a step did: attempts dialled, records put before agents, outcomes written, candidates refused by rule."""

    at_ns: int
    dialled: tuple[str, ...] = ()
    offered: int = 0
    written: int = 0
    refused: dict[str, int] = {}


class Dialer(FrontDesk):
    """Runs the campaigns of one centre.

    Parameters
    ----------
    host : Host
        It has the followers of `routing.outbound.followers.followers`.
    book : Book
        The lists. Campaigns that it does not know are made, paused; rules and time boxes that the file gives are
        written.
    outbound : Outbound
        The campaigns.
    failed : callable, optional
        Is told of the first failure of a step after a success, when the dialer has a thread.
    threads : bool, default True
        False: somebody calls `step`.

    Attributes
    ----------
    lost : int
        Attempts that the book had and the engine had never heard of, when the dialer came back after a crash.

    Raises
    ------
    ConfigError
        If a campaign breaks a rule (`routing.outbound.checking`).
    UsageError
        If the host lacks a follower.
    """

    def __init__(
        self,
        host: Host,
        book: Book,
        outbound: Outbound,
        *,
        failed: Callable[[BaseException], object] | None = None,
        threads: bool = True,
    ) -> None:
        super().__init__(host, book, Plan(outbound, host.read(lambda engine: engine.config)))
        self._failed = failed
        self._one = threading.RLock()  # one step, or change, at a time
        self._carriers = Carriers(outbound.carriers, self._now())
        self._dialling = Dialling(host, book, self._plan, self._carriers)
        self._outcomes = Outcomes(host, book)
        self._held: list[tuple[int, str]] = []  # until when a message keeps a line busy, and whose
        self._states: dict[str, CampaignState] = {}
        self._problem = ""
        self._tell_folds()
        self._write_down()
        self._take_back_previews()
        self.lost = self._outcomes.recover(book.campaigns())
        self._keeper: Keeper | None = None
        if threads:
            self._keeper = Keeper(self._work, "huntgroup-dialer")
            host.look(FOLLOWER, self._be_told)

    # What agents and people say

    def skip(self, attempt: str) -> bool:
        """Say that an agent will not have this preview dialled; it comes again later. False: there is none such."""
        with self._one:
            if not self._dialling.previews.skip(attempt):
                return False
        self._host.apply(CancelContact(attempt, "skipped"), actor=ACTOR)
        return True

    @property
    def outbound(self) -> Outbound:
        """The campaigns as they are."""
        return self._plan.outbound

    def set_state(self, campaign: str, state: CampaignState) -> None:
        """Start, pause, stop or drain a campaign; obeyed with the next step."""
        self._book.set_state(campaign, state, self._now())

    def change(self, outbound: Outbound) -> None:
        """Take over other campaigns, carriers or settings, while calls go on.

        A campaign that is left out dials nothing more; its calls end as they would have.

        Raises
        ------
        ConfigError
            If a rule is broken; then everything stays as it was.
        """
        with self._one:
            plan = Plan(outbound, self._host.read(lambda engine: engine.config), self._plan)
            self._dialling.withdraw(set(self._plan.names()) - set(plan.names()), "removed")
            self._carriers.change(outbound.carriers, self._now())
            self._plan = plan
            self._dialling.take_over(plan)
            self._tell_folds()
            self._write_down()

    def carriers(self) -> list[CarrierPicture]:
        """Say how the carriers stand."""
        with self._one:
            return self._carriers.pictures(self._now())

    def standing(self, campaign: str) -> Standing:
        """Give answered and abandoned calls of a campaign, by the law that leaves the least room.

        Raises
        ------
        UsageError
            If it is not known.
        """
        found: Standing = self._host.look_now(
            LEDGER, lambda follower, now_ns: follower.ledger.standing(campaign, now_ns)
        )
        return found

    # The loop

    def step(self) -> Step:
        """Decide once: write what is finished, obey what is wanted, dial.

        Raises
        ------
        HuntgroupError
            Whatever the host or the book raises; nothing is lost, and the next step goes on.
        """
        with self._one:
            seen: Sight = self._host.look_now(FOLLOWER, sight)
            for carrier, outcome, at_ns in seen.ends:
                self._carriers.tell(carrier, outcome, at_ns)
            self._dialling.previews.note(seen.heard)
            self._cancel(seen.bereft)
            judged = self._outcomes.write(seen, self._plan.names())
            self._count_lines(seen, judged.abandoned)
            self._dialling.give_back(seen.at_ns)
            self._obey(seen)
            now = Round(seen.at_ns, seen.unanswered, self._plan.outbound.settings.in_flight)
            self._dialling.dial_taken(now, self._states)
            self._propose(now, judged.standings)
            return Step(now.at_ns, tuple(now.dialled), now.offered, len(seen.finished), dict(now.refused))

    def close(self) -> None:
        """Stop deciding, after a last try to write what is finished. Calls go on; a new dialer takes them over."""
        if self._keeper is not None:
            self._host.look(FOLLOWER, _tell_nobody)
            self._keeper.end()
            self._keeper = None
        if self._host.state == "stopped":
            return
        with self._one:
            self._dialling.withdraw(set(self._plan.names()), "closing")
            seen: Sight = self._host.look_now(FOLLOWER, sight)
            self._dialling.previews.note(seen.heard)
            self._dialling.give_back(seen.at_ns)
            self._outcomes.write(seen, ())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def problem(self) -> str:
        """What the latest step of the thread failed by, or ""."""
        return self._problem

    # Inside

    def _be_told(self, calls: Calls) -> None:
        assert self._keeper is not None
        calls.changed = self._keeper.knock

    def _work(self) -> int | None:
        try:
            self.step()
        except Exception as error:  # of the database, or without room for the journal: tried again
            if isinstance(error, HuntgroupError) and self._host.state == "stopped":
                return None
            first, self._problem = not self._problem, f"{type(error).__name__}: {error}"
            if first and self._failed is not None:
                self._failed(error)
        else:
            self._problem = ""
        return self._plan.outbound.settings.decide_ns

    def _now(self) -> int:
        now: int = self._host.look_now(FOLLOWER, lambda _, now_ns: now_ns)
        return now

    def _take_back_previews(self) -> None:
        """End what an earlier dialer had put before agents, but for calls that were dialled."""
        calls: set[str] = self._host.look(FOLLOWER, lambda calls: set(calls.open))
        for contact in self._host.read(lambda engine: orphans(engine, ATTRIBUTE, calls)):
            self._host.apply(CancelContact(contact, "its dialer is gone"), actor=ACTOR)
        self._cancel(self._host.read(bereft))

    def _tell_folds(self) -> None:
        """Have pacing and ledger know the campaigns as they are."""
        paced = self._plan.paced()
        zone = self._host.read(lambda engine: engine.config.timezone)
        watched = watched_of(self._plan.outbound, zone)
        own = self._plan.outbound.profiles
        self._host.look(PACING, lambda follower: follower.set_campaigns(paced))
        self._host.look(LEDGER, lambda follower: follower.watch(watched, own))

    def _write_down(self) -> None:
        """Make campaigns that the book does not know, and write rules and time boxes that the file gives."""
        at_ns = self._now()
        known = set(self._book.campaigns())
        for one in self._plan.outbound.campaigns:
            box = self._plan.box(one.id)
            span = (box.starts_ns, box.ends_ns if one.ends else 0) if one.starts or one.ends else None
            if one.id not in known or one.rules is not None or span is not None:
                self._book.configure(one.id, at_ns, one.rules, span)

    def _count_lines(self, seen: Sight, abandoned: frozenset[str]) -> None:
        """Tell the carriers how many lines are busy, those included on which a message plays."""
        for one in seen.finished:
            hold_ns = self._hold_ns(one, one.attempt in abandoned)
            if hold_ns:
                self._held.append((one.at_ns + hold_ns, one.carrier))
        self._held = [held for held in self._held if held[0] > seen.at_ns]
        busy = Counter(seen.lines)
        busy.update(carrier for _, carrier in self._held)
        self._carriers.set_busy(busy)

    def _hold_ns(self, one: Finished, abandoned: bool) -> int:
        return self._plan.message_ns(one, abandoned) if one.carrier else 0

    def _obey(self, seen: Sight) -> None:
        """Look what is wanted of each campaign."""
        self._states = {name: self._book.state(name, seen.at_ns) for name in self._plan.names()}
        waiting = {name for name, state in self._states.items() if state != "running"}
        if not waiting:
            return
        self._dialling.withdraw(waiting, "paused")
        stopped = {name for name in waiting if self._states[name] == "stopped" and seen.unanswered.get(name)}
        if stopped:
            self._cancel(self._host.read(lambda engine: unanswered_of(engine, stopped)))
        draining = {name for name in waiting if self._states[name] == "draining"}
        if draining:
            busy: set[str] = self._host.look(FOLLOWER, _campaigns_with_calls)
            for name in sorted(draining - busy):
                self._book.set_state(name, "stopped", seen.at_ns)

    def _cancel(self, attempts: Sequence[str]) -> None:
        """End attempts; their front-end hangs up when it hears of it."""
        self._host.apply_many([Request(EndAttempt(one, "cancelled"), actor=ACTOR) for one in attempts])

    def _propose(self, now: Round, standings: dict[str, Standing]) -> None:
        running: dict[str, Campaign] = {
            one.id: one for one in self._plan.open_at(now.at_ns) if self._states.get(one.id) == "running"
        }
        if not running:
            return
        wanted = self._host.look_now(
            PACING, lambda follower, now_ns: follower.propose(now_ns, standings, list(running))
        )
        for name, dials in wanted:
            campaign = running.get(name)
            if campaign is None or dials <= 0:
                continue
            if campaign.mode == "preview":
                self._dialling.offer(campaign, dials, now)
            else:
                self._dialling.dial(campaign, dials, now)


def _campaigns_with_calls(calls: Calls) -> set[str]:
    # A campaign is over when the book has all its outcomes: what has finished since the last look is not written yet.
    return {one.campaign for one in calls.open.values()} | {one.campaign for one in calls.finished}


def _tell_nobody(calls: Calls) -> None:
    calls.changed = None
