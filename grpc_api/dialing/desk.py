"""A desk: the dialer of one domain with its book and its front-ends, as RPCs, metrics and the server's life need it.

Nothing is taken from a list while no front-end listens for all carriers of its campaign: what nobody dials would be
lost, and count as an attempt.

Owns these parts together; must not know any RPC, nor how they work.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from msgspec.structs import asdict, replace

from grpc_api.dialing.lines import Lines
from grpc_api.dialing.shapes import (
    CampaignAccount,
    CampaignBrief,
    CampaignList,
    CampaignPacing,
    CampaignPicture,
    CarrierState,
    Dial,
    State,
)
from grpc_api.dialing.tally import FOLLOWER as TALLY
from grpc_api.dialing.tally import Tally
from grpc_api.telemetry.dials import CampaignFigures, CarrierFigures, DialingFigures
from routing.campaigns import Book
from routing.campaigns.shapes import Candidate, ListStatus
from routing.commands import AttemptOutcome, AttemptState
from routing.compliance.accounts import Account
from routing.engine import Engine
from routing.errors import UnavailableError, UsageError
from routing.events import Event
from routing.host import Host
from routing.host.following import Making
from routing.outbound.calls import FOLLOWER as CALLS
from routing.outbound.campaign import Campaign, Outbound
from routing.outbound.carriers import CarrierPicture
from routing.outbound.checking import law_of
from routing.outbound.dialer import Dialer
from routing.outbound.files import load_outbound
from routing.outbound.followers import LEDGER, PACING, followers
from routing.pacing import PacingPicture
from routing.units import MILLISECOND
from routing.views import AttemptView
from routing.words import quoted, suggest

_LOG: Final = logging.getLogger("huntgroup.server")
#: How often one looks whether attempts are over, while the server ends.
_LOOK_S: Final = 20 * MILLISECOND / 1e9


class HeardBook(Book):
    """A book that hands nothing out of a campaign to which nobody listens.

    Parameters
    ----------
    where, domain
        As of a `Book`.
    is_heard : callable
        Does somebody listen to a campaign?
    """

    def __init__(self, where: str | os.PathLike[str], domain: str, is_heard: Callable[[str], bool]) -> None:
        super().__init__(where, domain)
        self._is_heard = is_heard

    def next(self, campaign: str, at_ns: int, most: int) -> list[Candidate]:
        """Pick what is to be dialled next, if somebody would dial it."""
        return super().next(campaign, at_ns, most) if self._is_heard(campaign) else []


def followers_of(file: str) -> dict[str, Making]:
    """Give what follows the engine of a domain with this file of campaigns.

    Raises
    ------
    ConfigError
        If anything in the file is wrong.
    """
    return {**followers(load_outbound(file)), TALLY: Tally}


class FileDesk:
    """Dials for one domain what a file of campaigns says, until `close`.

    Parameters
    ----------
    domain : str
        The tenant in the book.
    host : Host
        With the followers of `followers_of`.
    file : str
        The campaigns.
    database : str
        Where their lists are.

    Raises
    ------
    ConfigError
        If anything in the file is wrong, or does not fit the centre.
    UnavailableError
        If the database cannot be opened.
    """

    def __init__(self, domain: str, host: Host, file: str, database: str) -> None:
        self._domain = domain
        self._host = host
        self.file = file
        self._outbound = load_outbound(file)
        self.lines = Lines(host.now_ns)
        self._book = HeardBook(database, domain, self._is_heard)
        try:
            self._book.open()
            self._dialer = Dialer(host, self._book, self._outbound, failed=self._failed)
        except BaseException:
            self._book.close()
            raise
        if self._dialer.lost:
            _LOG.warning(
                "domain %r: %d attempts were written down and not made before the server ended",
                domain,
                self._dialer.lost,
            )

    def _failed(self, error: BaseException) -> None:
        # What a database says of a row could be about somebody.
        why = error if isinstance(error, UnavailableError) else type(error).__name__
        _LOG.warning("domain %r does not dial for now: %s", self._domain, why)

    # What front-ends say

    def dial(self, view: AttemptView, *, again: bool = False) -> Dial | None:
        """Say how to dial. An attempt whose number is gone is ended as invalid."""
        try:
            number = self._dialer.number(view.id)
        except UsageError:  # it is over by now, or its record was removed
            number = ""
        if not number:
            self._dialer.end(view.id, "invalid", cause="no_number")
            return None
        campaign = self._outbound.campaign(view.campaign)
        dial = Dial(
            view.id,
            number,
            view.campaign,
            carrier=view.carrier,
            ring_ns=view.ring_ns,
            until_ns=view.until_ns,
            agent=view.agent,
            contact=view.contact,
            customer=view.customer,
            again=again,
        )
        if campaign is None:  # taken out of the file meanwhile
            return dial
        amd = campaign.amd
        return replace(
            dial,
            caller_id=campaign.caller_id,
            detect_machines=amd.on,
            detection_ns=amd.delay_ns if amd.on else 0,
            greeting=campaign.greeting,
            message=campaign.message,
        )

    def report(self, attempt: str, state: AttemptState, request_id: str) -> tuple[Event, ...]:
        """An attempt has come further."""
        return self._dialer.report(attempt, state, request_id=request_id)

    def end(
        self,
        attempt: str,
        outcome: AttemptOutcome,
        confidence: int,
        detection_ns: int,
        cause: str,
        request_id: str,
    ) -> tuple[Event, ...]:
        """An attempt is over; a person is put into the queue in the same write."""
        return self._dialer.end(
            attempt,
            outcome,
            confidence=confidence,
            detection_ns=detection_ns,
            cause=cause,
            request_id=request_id,
        )

    def message(self, campaign: str, outcome: AttemptOutcome) -> str:
        """Name what plays to whom no agent talks: the campaign's message to a person, and perhaps to a machine."""
        found = self._outbound.campaign(campaign)
        if found is None:
            return ""
        return (
            found.message if outcome == "person" or (outcome == "machine" and found.amd.leave_message) else ""
        )

    def closing(self, agent: str) -> None:
        """An agent will be free soon."""
        self._dialer.closing(agent)

    def skip(self, contact: str) -> bool:
        """An agent will not have this preview dialled."""
        return self._dialer.skip(contact)

    # What supervisors say and see

    @property
    def campaigns(self) -> Sequence[str]:
        """The ids of all campaigns."""
        return [one.id for one in self._outbound.campaigns]

    @property
    def problem(self) -> str:
        """What the latest decision failed by, or ""."""
        return self._dialer.problem

    def queue_of(self, campaign: str) -> str:
        """Give the queue of a campaign, "" if it has none."""
        return self._campaign(campaign).queue

    def set_state(self, campaign: str, state: State) -> State:
        """Steer a campaign; returns what was wanted before."""
        self._campaign(campaign)
        before: State = self._book.state(campaign)
        if before != state:
            self._dialer.set_state(campaign, state)
        return before

    def brief(self, campaign: str) -> CampaignBrief:
        """Show a campaign in brief."""
        found = self._campaign(campaign)
        tightest: Account | None = self._host.look_now(
            LEDGER, lambda follower, now_ns: follower.ledger.tightest(campaign, now_ns)
        )
        in_flight: int = self._host.look(CALLS, lambda calls: calls.unanswered.get(campaign, 0))
        dials, persons = self._host.look(TALLY, lambda tally: _counts(tally, campaign))
        brief = CampaignBrief(
            campaign,
            found.title,
            found.mode,
            found.queue,
            self._book.state(campaign),
            in_flight,
            dials,
            persons,
        )
        if tightest is None:
            return brief
        kept = replace(tightest, cap=law_of(found, self._dialer.outbound).cap)  # its own may be stricter
        return replace(
            brief, answered=kept.answered, abandoned=kept.abandoned, cap=kept.cap, slack=kept.slack
        )

    def picture(self, campaign: str) -> CampaignPicture:
        """Show all that is known of a campaign. O(records + attempts) of the database: a second for a million."""
        found, brief = self._campaign(campaign), self.brief(campaign)
        at_ns = self._host.now_ns
        status = self._book.status(campaign, at_ns)
        accounts: dict[str, Account] = self._host.look_now(
            LEDGER, lambda follower, now_ns: follower.ledger.accounts(campaign, now_ns)
        )
        pacing: PacingPicture | None = None
        with suppress(UsageError):
            pacing = self._host.look_now(
                PACING, lambda follower, now_ns: follower.pacing.picture(campaign, now_ns)
            )
        mine = {share.carrier for share in found.carriers}
        return CampaignPicture(
            brief,
            at_ns,
            tuple(map(_list, status.lists)),
            status.closed,
            status.outcomes,
            status.attempts,
            status.abandoned,
            status.remaining,
            status.run_out_ns,
            tuple(CampaignAccount(**asdict(one)) for one in accounts.values()),
            None if pacing is None else _pacing(pacing),
            tuple(_carrier(one) for one in self._dialer.carriers() if one.id in mine),
            self.problem or ("" if self._is_heard(campaign) else "no front-end listens for all its carriers"),
        )

    def figures(self, most: int) -> DialingFigures:
        """Give the figures of carriers and of the first ``most`` campaigns. O(these)."""
        names, now_ns = self.campaigns, self._host.now_ns
        outcomes: Mapping[str, Mapping[str, int]] = self._host.look(TALLY, _outcomes)
        found = []
        for name in names[:most]:
            with suppress(UsageError, UnavailableError):  # it went while we looked, or the database is away
                one = self.brief(name)
                found.append(
                    CampaignFigures(
                        name,
                        one.state == "running",
                        one.in_flight,
                        one.dials,
                        outcomes.get(name, {}),
                        one.answered,
                        one.abandoned,
                        one.cap,
                        one.slack,
                    )
                )
        carriers = [
            CarrierFigures(one.id, one.busy, one.resting_until_ns > now_ns, one.begun, one.failed)
            for one in self._dialer.carriers()
        ]
        left_out = max(len(names) - most, 0)
        return DialingFigures(tuple(found), tuple(carriers), left_out, bool(self.problem), len(self.lines))

    def _campaign(self, name: str) -> Campaign:
        found = self._outbound.campaign(name)
        if found is None:
            known = self.campaigns
            hint = suggest(name, known) or f"; there are {', '.join(sorted(known)) or 'none'}"
            raise UsageError(f"there is no campaign {quoted(name)}{hint}")
        return found

    def _is_heard(self, campaign: str) -> bool:
        found = self._outbound.campaign(campaign)
        if found is None:
            return False
        return self.lines.is_heard(
            self._outbound.settings.front_end, [share.carrier for share in found.carriers]
        )

    # Its life

    def reload(self) -> bool:
        """Read the file again, and see that it still fits the centre; returns whether it says something else.

        Raises
        ------
        ConfigError
            If anything in it is wrong; then everything stays as it was.
        """
        outbound: Outbound = load_outbound(self.file)
        self._dialer.change(outbound)
        changed = outbound != self._outbound
        self._outbound = outbound
        return changed

    def rest(self) -> None:
        """Dial nothing more. What is in flight goes on."""
        self._dialer.close()

    def wait(self, until_s: float) -> int:
        """After `rest`: wait for what is in flight, until a monotonic time; returns how many attempts are left."""
        while (left := self._host.read(_in_flight)) and time.monotonic() < until_s:
            time.sleep(_LOOK_S)
        return left

    def close(self) -> None:
        """Write what is over, and let the database go. The host is still open."""
        try:
            self._dialer.close()
        except UnavailableError as error:  # it is written when the server is back
            self._failed(error)
        finally:
            self._book.close()


def _in_flight(engine: Engine) -> int:
    return len(engine.attempts)


def _counts(tally: Tally, campaign: str) -> tuple[int, int]:
    return tally.dials.get(campaign, 0), tally.outcomes.get(campaign, Counter())["person"]


def _outcomes(tally: Tally) -> dict[str, dict[str, int]]:
    return {name: dict(of) for name, of in tally.outcomes.items()}


def _list(one: ListStatus) -> CampaignList:
    return CampaignList(
        one.id, one.state, one.records, one.new, one.retry, one.recall, one.dialling, one.closed
    )


def _carrier(one: CarrierPicture) -> CarrierState:
    return CarrierState(one.id, one.busy, one.free, one.ready, one.resting_until_ns, one.begun, one.failed)


def _pacing(one: PacingPicture) -> CampaignPacing:
    return CampaignPacing(**{name: getattr(one, name) for name in CampaignPacing.__struct_fields__})
