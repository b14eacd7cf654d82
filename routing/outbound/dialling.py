"""From a number of dials to attempts: limits, candidates, rules, carriers, the book, and then the engine.

The order is the point: what is dialled stands in the book, on the disk, before the engine (and so any front-end) hears
of it; what the book has refused, or a rule, is never requested.

Owns this order; must not know when to dial or how many (``dialer``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from routing.campaigns.book import Book
from routing.campaigns.shapes import CampaignState, Candidate, Dialled, Ended
from routing.commands import CancelContact, CompleteContact, EnqueueContact, RequestDial
from routing.errors import UnavailableError
from routing.events import CommandRefused
from routing.host import Host, Request
from routing.model import Preference
from routing.outbound.calls import FOLLOWER, Calls
from routing.outbound.campaign import Campaign
from routing.outbound.carriers import Carriers
from routing.outbound.gate import Gate
from routing.outbound.looking import idle_among
from routing.outbound.naming import Naming
from routing.outbound.plan import Plan
from routing.outbound.previews import ATTRIBUTE, Previews

#: Who asks, in the journal.
ACTOR = "dialer"


class Round:
    """What one decision has done so far."""

    def __init__(self, at_ns: int, unanswered: dict[str, int], most: int) -> None:
        self.at_ns = at_ns
        self.dialled: list[str] = []
        self.offered = 0
        self.refused: Counter[str] = Counter()
        self.kept: set[str] = set()  # agents with a call-back under way
        self._unanswered = unanswered
        self._left = most - sum(unanswered.values())

    def room(self, campaign: Campaign) -> int:
        """Say how many attempts more of a campaign may be in flight."""
        room = self._left
        if campaign.in_flight:
            room = min(room, campaign.in_flight - self._unanswered.get(campaign.id, 0))
        return max(room, 0)

    def began(self, campaign: str, attempt: str) -> None:
        """Take note of an attempt."""
        self.dialled.append(attempt)
        self._unanswered[campaign] = self._unanswered.get(campaign, 0) + 1
        self._left -= 1


class Dialling:
    """Dials for one dialer.

    Parameters
    ----------
    host, book
        The engine's host, and the lists.
    plan : Plan
        The campaigns; may be replaced at any time between two rounds.
    carriers : Carriers
        The lines.
    """

    def __init__(self, host: Host, book: Book, plan: Plan, carriers: Carriers) -> None:
        self._host = host
        self._book = book
        self.previews = Previews()
        self._back: list[tuple[Candidate, int]] = []  # to be put back, and when they come again
        self._naming = Naming(host.seq)
        self._carriers = carriers
        self.take_over(plan)

    def take_over(self, plan: Plan) -> None:
        """Dial by another plan from now on."""
        self._plan = plan
        self._gate = Gate(self._book, plan.profiles())

    # Calls

    def dial(self, campaign: Campaign, dials: int, now: Round) -> None:
        """Dial so many numbers of a campaign, as far as limits, rules and lists allow."""
        dials = self._carriers.room(campaign.carriers, now.at_ns, min(dials, now.room(campaign)))
        chosen: list[Dialled] = []
        try:
            self._choose(campaign, dials, chosen, now)
        except BaseException:
            self._let_go(chosen)
            raise
        self._request(campaign, chosen, now, preview=False)

    def _choose(self, campaign: Campaign, dials: int, chosen: list[Dialled], now: Round) -> None:
        """Add to what is chosen, up to so many."""
        for _ in range(self._plan.outbound.settings.tries):
            if len(chosen) >= dials:
                break
            candidates = self._book.next(campaign.id, now.at_ns, dials - len(chosen))
            if not candidates:
                break
            allowed = self._allowed(campaign, candidates, now)
            for place, candidate in enumerate(allowed):
                carrier = self._carriers.take(campaign.id, campaign.carriers, now.at_ns)
                if carrier is None:
                    self._book.put_back(allowed[place:])
                    dials = 0
                    break
                name = self._naming.give(campaign.id, now.at_ns)
                chosen.append(Dialled(name, candidate, now.at_ns, carrier))

    def _allowed(self, campaign: Campaign, candidates: Sequence[Candidate], now: Round) -> list[Candidate]:
        """Put those back whom a rule protects now, and call-backs of agents who are not free; returns the others."""
        allowed: list[Candidate] = []
        back: dict[tuple[int, str], list[Candidate]] = {}
        try:
            refusals = self._gate.check(campaign, candidates, now.at_ns)
        except BaseException:
            self._book.put_back(candidates)
            raise
        for candidate, refusal in zip(candidates, refusals, strict=True):
            if refusal is not None:
                now.refused[refusal.rule] += 1
                until_ns = refusal.until_ns or 0
                back.setdefault((until_ns, "" if until_ns else refusal.rule), []).append(candidate)
            elif candidate.agent and not self._free(candidate.agent, now):
                back.setdefault((now.at_ns + campaign.recall_ns, ""), []).append(candidate)
            else:
                allowed.append(candidate)
        try:
            for (until_ns, why), some in back.items():
                self._book.put_back(some, until_ns, why)
        except BaseException:
            self._book.put_back(candidates)  # in memory; those that are back already stay where they are
            raise
        return allowed

    def _free(self, agent: str, now: Round) -> bool:
        """Is the agent of a call-back free, and not dialled for already?"""
        if agent in now.kept:
            return False
        waiting: bool = self._host.look(
            FOLLOWER, lambda calls: any(one.agent == agent for one in calls.open.values())
        )
        if waiting or not self._host.read(lambda engine: idle_among(engine, (agent,))):
            return False
        now.kept.add(agent)
        return True

    def _request(self, campaign: Campaign, chosen: Sequence[Dialled], now: Round, *, preview: bool) -> None:
        """Write the dials down, then request them of the engine."""
        if not chosen:
            return
        try:
            refused = self._book.dialled(chosen)
        except BaseException:
            self._let_go(chosen)
            raise
        self._free_lines(one for one in chosen if one.attempt in refused)
        chosen = [one for one in chosen if one.attempt not in refused]
        requests = [
            Request(self._command(campaign, one, preview=preview), one.attempt, ACTOR) for one in chosen
        ]
        try:
            outcomes = self._host.apply_many(requests)
        except UnavailableError:
            self._free_lines(chosen)
            if self._host.state != "stopped":  # nothing was done: nobody was dialled
                self._not_dialled(chosen, now.at_ns, "not_requested")
            raise
        for one, outcome in zip(chosen, outcomes, strict=True):
            first = outcome.events[0]
            if isinstance(first, CommandRefused):
                self._free_lines((one,))
                self._not_dialled((one,), now.at_ns, first.reason.value)
            else:
                now.began(campaign.id, one.attempt)

    def _command(self, campaign: Campaign, one: Dialled, *, preview: bool) -> RequestDial:
        return RequestDial(
            one.attempt,
            campaign.id,
            one.candidate.number_ref,
            one.carrier,
            one.candidate.agent,
            one.attempt if preview else "",
            campaign.ring_ns,
            self._plan.outbound.settings.front_end,
            one.candidate.customer,
        )

    def _free_lines(self, some: Iterable[Dialled]) -> None:
        for one in some:
            self._carriers.release(one.carrier)

    def _let_go(self, some: Sequence[Dialled]) -> None:
        """Nothing could be written: they are the next again."""
        self._free_lines(some)
        self._book.put_back([one.candidate for one in some])

    def _not_dialled(self, some: Iterable[Dialled], at_ns: int, cause: str) -> None:
        self._book.ended(
            [Ended(one.attempt, one.candidate.campaign, "cancelled", at_ns, cause=cause) for one in some]
        )

    # Previews

    def offer(self, campaign: Campaign, records: int, now: Round) -> None:
        """Put so many records before agents."""
        candidates = self._book.next(campaign.id, now.at_ns, records)
        for candidate in self._allowed(campaign, candidates, now):
            attempt = self._naming.give(campaign.id, now.at_ns)
            preferred = (Preference(candidate.agent, direct=True),) if candidate.agent else ()
            command = EnqueueContact(
                attempt,
                (campaign.queue,),
                priority=campaign.priority,
                customer=candidate.customer,
                attributes={ATTRIBUTE: campaign.id, "target": candidate.number_ref},
                preferred=preferred,
                prefer_ns=self._plan.connect_ns(campaign.id) if preferred else 0,
                front_end=self._plan.outbound.settings.front_end,
            )
            self._host.look(FOLLOWER, partial(_watch, attempt))
            self.previews.offer(attempt, candidate, campaign.id)
            first = self._host.apply(command, actor=ACTOR)[0]
            if isinstance(first, CommandRefused):
                self.previews.close(attempt)
                self._book.put_back([candidate])
            else:
                now.offered += 1

    def give_back(self, at_ns: int) -> None:
        """Put records back whose preview is over without a dial."""
        for preview in self.previews.over():
            campaign = self._plan.known(preview.campaign)
            skipped = self.previews.skipped(preview.attempt)
            later_ns = at_ns + campaign.skip_ns if skipped and campaign is not None else 0
            self._back.append((preview.candidate, later_ns))
        while self._back:
            candidate, later_ns = self._back[0]
            self._book.put_back([candidate], later_ns)
            del self._back[0]

    def dial_taken(self, now: Round, states: Mapping[str, CampaignState]) -> None:
        """Dial for agents who have accepted a preview. An agent for whom there is no line waits."""
        for preview in self.previews.taken():
            campaign = self._plan.known(preview.campaign)
            if campaign is None or states.get(campaign.id) != "running":
                self.previews.close(preview.attempt)
                self._book.put_back([preview.candidate])
                self._host.apply(CompleteContact(preview.attempt), actor=ACTOR)
                continue
            if not self._carriers.room(campaign.carriers, now.at_ns, 1):
                continue
            candidate = replace(preview.candidate, agent=preview.agent)
            (refusal,) = self._gate.check(campaign, [candidate], now.at_ns)
            if refusal is not None:
                self.previews.close(preview.attempt)
                now.refused[refusal.rule] += 1
                until_ns = refusal.until_ns or 0
                self._book.put_back([preview.candidate], until_ns, "" if until_ns else refusal.rule)
                self._host.apply(CompleteContact(preview.attempt), actor=ACTOR)
                continue
            carrier = self._carriers.take(campaign.id, campaign.carriers, now.at_ns)
            dialled = Dialled(preview.attempt, candidate, now.at_ns, carrier or "")
            self._request(campaign, [dialled], now, preview=True)
            self.previews.close(preview.attempt)
            if preview.attempt not in now.dialled:  # the record is somebody else's, or the engine would not
                self._host.apply(CompleteContact(preview.attempt), actor=ACTOR)

    def withdraw(self, campaigns: set[str], why: str) -> None:
        """Take previews of these campaigns back that nobody has accepted yet."""
        for preview in self.previews.all():
            if preview.campaign in campaigns and not preview.agent:
                self._host.apply(CancelContact(preview.attempt, why), actor=ACTOR)


def _watch(contact: str, calls: Calls) -> None:
    calls.watch(contact)
