"""Where every call stands between Kamailio and the server, and what follows from what either says.

No input, no output, no clock: news goes in, things to do come out. So every race of the two can be written down as a
test. Owns the calls; must not know sockets, retries or time beyond the seconds it is given.
"""

from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256
from typing import Final

from msgspec import Struct, field

from grpc_api.v1 import routing_pb2 as pb
from kamailio_sidecar import messages as m

#: An id of a contact has at most 128 characters; a longer Call-ID goes by its hash.
_CONTACT_MAX: Final = 128
_MS: Final = 1_000_000
#: How much longer than the server Kamailio waits for a device: the server says when to stop, this is for its absence.
_RING_SLACK_MS: Final = 5_000
_RING_FOREVER_MS: Final = 3_600_000
_STOP_AGAIN_S: Final = 1.0

_BUSY: Final = frozenset({486, 600})
_REJECTED: Final = frozenset({403, 603, 607, 608})
_NO_ANSWER: Final = frozenset({408, 480, 487})


class Place(StrEnum):
    """Where a call is, as the caller would say."""

    NEW = "new"  # parked, nothing decided
    WAITING = "waiting"  # parked, in a queue
    RINGING = "ringing"  # devices ring; it cannot be told anything but to stop
    TALKING = "talking"


class Ask(Struct, frozen=True):
    """Something for the server; repeated until it is answered or pointless."""

    call: str


class AskRoute(Ask, frozen=True):
    """Where does it go?"""

    request: pb.RouteCallRequest


class AskReport(Ask, frozen=True):
    """What became of it."""

    request: pb.ReportCallRequest


class AskCode(Ask, frozen=True):
    """An agent dialled this."""

    request: pb.DialCodeRequest


class AskSync(Struct, frozen=True):
    """Compare all calls: the two sides do not agree about one."""


Action = Ask | AskSync | m.Command


class Call(Struct):
    """One caller, from the INVITE to the end."""

    id: str  # the Call-ID
    contact: str  # the id on the wire
    cseq: str
    index: int  # with the label: what wakes the transaction
    label: int
    place: Place
    since_s: float  # of the place
    told_s: float = 0.0  # of the last provisional reply
    caller: str = ""
    endpoint: str = ""
    called: str = ""
    revision: int = 0  # of the last instruction
    legs: dict[int, m.Leg] = field(default_factory=dict)  # ringing, by offer
    stopped: set[int] = field(default_factory=set)  # of these, those not wanted any more
    stop_s: float = 0.0  # when all were told to stop
    offers: dict[int, pb.Offer] = field(default_factory=dict)  # to be rung once the call is parked
    seen: set[int] = field(default_factory=set)  # every offer that was ever made
    final: pb.Instruction | None = None  # to be done once the call is parked
    ready_s: float = 0.0  # not rung before: further offers of a group may come
    tags: tuple[str, ...] = ()
    agent: str = ""
    code: bool = False  # an agent's code, no call

    @property
    def parked(self) -> bool:
        """It can be woken."""
        return self.place in (Place.NEW, Place.WAITING)


class Rules(Struct, frozen=True):
    """What a site decides."""

    domain: str = "default"
    front_end: str = "kamailio"
    code_prefix: str = "*"
    announcements: str = ""  # address that says how a dialled code went; "{text}" stands for the text
    groups: frozenset[str] = frozenset()  # queues that ring several agents at once
    gather_s: float = 0.05  # that the offers of such a queue may lie apart
    progress_s: float = 20.0
    away_new_s: float = 3.0
    away_waiting_s: float = 60.0
    report_ringing: bool = True


class Book:
    """All calls of one front-end."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.calls: dict[str, Call] = {}
        self._contacts: dict[str, str] = {}
        self._listing = False
        self._listed: dict[str, m.KnownCall] = {}
        self._over: set[str] = set()
        self._gathering = False
        # Reports on their way, by contact: how many, and whom the caller was said to talk to.
        self._unsaid: dict[str, tuple[int, str]] = {}

    # --- What Kamailio says

    def heard(self, event: m.Event, now_s: float) -> list[Action]:
        """Take one event of Kamailio."""
        match event:
            case m.Invite():
                return self._invite(event, now_s)
            case m.Parked():
                return self._parked(event, now_s)
            case m.Ringing():
                return self._ringing(event)
            case m.Answered():
                return self._answered(event, now_s)
            case m.Failed():
                return self._failed(event)
            case m.Cancelled():
                return self._over_with(event.call, pb.REPORT_ABANDONED, "abandoned")
            case m.Bye():
                return self._over_with(event.call, pb.REPORT_ENDED, "ended")
            case m.Calls(calls=calls):
                self._listed.update((known.call, known) for known in calls if known.call not in self._over)
        return []

    def _invite(self, event: m.Invite, now_s: float) -> list[Action]:
        call = Call(
            id=event.call,
            contact=contact_of(event.call),
            cseq=event.cseq,
            index=event.index,
            label=event.label,
            place=Place.NEW,
            since_s=now_s,
            caller=event.caller,
            endpoint=event.endpoint,
            called=event.called,
        )
        self._add(call)
        return self.ask(call)

    def ask(self, call: Call) -> list[Action]:
        """Ask the server where a call goes, or what a dialled code does."""
        prefix = self.rules.code_prefix
        if prefix and call.called.startswith(prefix):
            call.code = True
            request = pb.DialCodeRequest(
                domain=self.rules.domain,
                endpoint=call.endpoint,
                code=call.called,
                request_id=f"{call.contact} code",
            )
            return [AskCode(call.id, request)]
        return [
            AskRoute(
                call.id,
                pb.RouteCallRequest(
                    domain=self.rules.domain,
                    call_id=call.contact,
                    front_end=self.rules.front_end,
                    caller=call.caller,
                    called=call.called,
                    request_id=f"{call.contact} route",
                ),
            )
        ]

    def _parked(self, event: m.Parked, now_s: float) -> list[Action]:
        call = self.calls.get(event.call)
        if call is None:
            return []
        call.index, call.label = event.index, event.label
        self._move(call, Place.WAITING, now_s)
        call.told_s = now_s  # it was told when ringing stopped, or has heard it ring
        # What rang and was not reported, as in a restart between the two, failed all the same.
        unsaid = [leg for offer, leg in call.legs.items() if offer not in call.stopped]
        call.legs.clear()
        call.stopped.clear()
        actions: list[Action] = [self._report(call, pb.REPORT_NO_ANSWER, "failed", leg) for leg in unsaid]
        return actions + self._act(call, now_s)

    def _ringing(self, event: m.Ringing) -> list[Action]:
        call = self.calls.get(event.call)
        leg = None if call is None else call.legs.get(event.offer)
        if call is None or leg is None or not self.rules.report_ringing or event.offer in call.stopped:
            return []
        return [self._report(call, pb.REPORT_RINGING, "ringing", leg)]

    def _answered(self, event: m.Answered, now_s: float) -> list[Action]:
        call = self.calls.get(event.call)
        if call is None or call.place is Place.TALKING:
            return []
        self._move(call, Place.TALKING, now_s)
        call.tags, call.agent = event.tags, event.agent
        leg = m.Leg("", event.agent, event.offer)
        call.legs.clear()
        call.offers.clear()
        return [self._report(call, pb.REPORT_ANSWERED, "answered", leg)]

    def _failed(self, event: m.Failed) -> list[Action]:
        call = self.calls.get(event.call)
        leg = None if call is None else call.legs.pop(event.offer, None)
        if call is None or leg is None:
            return []
        if event.offer in call.stopped:
            call.stopped.discard(event.offer)
            return []
        return [self._report(call, _meaning(event), "failed", leg)]

    def _over_with(self, call_id: str, report: pb.Report, word: str) -> list[Action]:
        if self._listing:
            self._over.add(call_id)
            self._listed.pop(call_id, None)
        call = self._drop(call_id)
        if call is None or call.code:
            return []
        return [self._report(call, report, word)]

    # --- What the server says

    def instructed(
        self, contact: str, revision: int, instruction: pb.Instruction, now_s: float
    ) -> list[Action]:
        """Take an instruction, be it an answer or one of the stream; both may bring the same."""
        call = self.calls.get(self._contacts.get(contact, ""))
        if call is None or revision < call.revision:
            return []
        call.revision = revision
        match instruction.WhichOneof("do"):
            case "offer":
                self._offered(call, instruction.offer, now_s)
            case "stop":
                return self._stopped(call, instruction.stop.offer, now_s)
            case "wait":
                if call.place is Place.NEW:
                    self._move(call, Place.WAITING, now_s)
            case "treatment" | "reject" | "release":
                call.final = instruction
        return self._act(call, now_s)

    def routed(self, contact: str, answer: pb.RouteCallResponse, now_s: float) -> list[Action]:
        """Take the answer to the question where a call goes."""
        if contact not in self._contacts:
            return self._gone_meanwhile(contact)
        return self._answered_with(contact, answer.revision, (answer.instruction, *answer.further), now_s)

    def reported(
        self, report: pb.ReportCallRequest, answer: pb.ReportCallResponse, now_s: float
    ) -> list[Action]:
        """Take the answer to a report."""
        self.settled(report.call_id)
        call = self.calls.get(self._contacts.get(report.call_id, ""))
        kind = answer.instruction.WhichOneof("do")
        if call is not None and report.report == pb.REPORT_ANSWERED and kind not in ("talk", "release"):
            # The device was faster than the news that it should stop. They talk; a comparison says so in a way
            # that the server cannot refuse for being late.
            return [AskSync()]
        found = (answer.instruction, *answer.further)
        return self._answered_with(report.call_id, answer.revision, found, now_s)

    def _answered_with(
        self, contact: str, revision: int, found: tuple[pb.Instruction, ...], now_s: float
    ) -> list[Action]:
        """Take all instructions of an answer; the offers of a ring group come together."""
        call = self.calls.get(self._contacts.get(contact, ""))
        if call is not None and revision >= call.revision:
            for one in found[1:]:
                self._offered(call, one.offer, now_s)
            if len(found) > 1:
                call.ready_s = 0.0  # there are no more to wait for
        return self.instructed(contact, revision, found[0], now_s)

    def settled(self, contact: str) -> None:
        """A report is with the server, or will never be."""
        count, agent = self._unsaid.pop(contact, (1, ""))
        if count > 1:
            self._unsaid[contact] = (count - 1, agent)

    def _gone_meanwhile(self, contact: str) -> list[Action]:
        """The server knows where a call goes that is no longer here: tell it."""
        request = pb.ReportCallRequest(
            domain=self.rules.domain,
            call_id=contact,
            front_end=self.rules.front_end,
            report=pb.REPORT_ABANDONED,
            request_id=f"{contact} abandoned",
        )
        return [AskReport("", request)]

    def code_done(self, call_id: str, answer: pb.DialCodeResponse) -> list[Action]:
        """Say how a dialled code went: by an announcement, or by the reason phrase of a final reply."""
        call = self._drop(call_id)
        if call is None or not call.parked:
            return []
        words = " ".join(answer.text.replace("_", " ").split()).capitalize() or (
            "Done" if answer.done else "Not done"
        )
        if self.rules.announcements:
            uri = self.rules.announcements.replace("{text}", "".join(c for c in words if c.isalnum()))
            return [m.Treat(call.id, call.index, call.label, uri)]
        code = 480 if answer.done else 403 if answer.agent else 404
        return [m.ReplyFinal(call.id, call.index, call.label, code, words)]

    def refused(self, call_id: str) -> list[Action]:
        """The server will not be asked about this call: do without."""
        call = self._drop(call_id)
        return [m.FallBack(call.id, call.index, call.label)] if call and call.parked else []

    def _offered(self, call: Call, offer: pb.Offer, now_s: float) -> None:
        if offer.offer in call.seen or call.place is Place.TALKING:
            return
        call.seen.add(offer.offer)
        call.offers[offer.offer] = offer
        if len(call.offers) == 1 and offer.queue in self.rules.groups and not call.ready_s:
            call.ready_s = now_s + self.rules.gather_s
            self._gathering = True

    def _stopped(self, call: Call, offer: int, now_s: float) -> list[Action]:
        call.seen.add(offer)
        call.offers.pop(offer, None)
        if offer not in call.legs or offer in call.stopped:
            return []
        call.stopped.add(offer)
        # Devices of a group share one transaction, of which only all branches can be cancelled from outside.
        if call.place is Place.RINGING and call.stopped >= call.legs.keys():
            return [self._stop(call, now_s)]
        return []

    @staticmethod
    def _stop(call: Call, now_s: float) -> m.Stop:
        call.stop_s = now_s
        return m.Stop(call.id, call.cseq)

    def _act(self, call: Call, now_s: float) -> list[Action]:
        """Do what is due, if the call can be told."""
        if call.final is not None:
            return self._finish(call, call.final, now_s)
        if not call.parked:
            return []
        if call.offers:
            return self._dial(call, now_s) if now_s >= call.ready_s else []
        if call.place is Place.WAITING and not call.told_s:
            call.told_s = now_s
            return [m.Progress(call.id, call.cseq)]
        return []

    def _dial(self, call: Call, now_s: float) -> list[Action]:
        offers = list(call.offers.values())
        call.offers.clear()
        call.ready_s = 0.0
        call.legs = {one.offer: m.Leg(one.endpoint, one.agent, one.offer) for one in offers}
        self._move(call, Place.RINGING, now_s)
        ring_ms = max(one.ring_ns // _MS if one.ring_ns else _RING_FOREVER_MS for one in offers)
        legs = tuple(call.legs.values())
        return [m.Dial(call.id, call.index, call.label, legs, ring_ms + _RING_SLACK_MS)]

    def _finish(self, call: Call, final: pb.Instruction, now_s: float) -> list[Action]:
        if call.place is Place.RINGING:
            if call.stopped >= call.legs.keys():
                return []  # stopping; the parked call comes back
            call.stopped.update(call.legs)
            return [self._stop(call, now_s)]
        self._drop(call.id)
        if call.place is Place.TALKING:
            return [m.HangUp(call.id, call.tags)] if final.WhichOneof("do") == "release" else []
        if final.WhichOneof("do") == "treatment":
            if final.treatment.target:
                return [m.Treat(call.id, call.index, call.label, final.treatment.target)]
            return [m.FallBack(call.id, call.index, call.label)]
        code, reason = _turned_away(final)
        return [m.ReplyFinal(call.id, call.index, call.label, code, reason)]

    # --- Time

    def tick(self, now_s: float, away_s: float) -> list[Action]:
        """Do what is due: offers gathered, callers told to go on, the server away for ``away_s`` missed for good."""
        parked = [call for call in self.calls.values() if call.parked]
        again = [self._stop(call, now_s) for call in self.calls.values() if _deaf(call, now_s)]
        actions: list[Action] = [*again]
        actions += [action for call in parked for action in self._due(call, now_s, away_s)]
        self._gathering = any(call.parked and call.offers for call in parked)
        return actions

    def _due(self, call: Call, now_s: float, away_s: float) -> list[Action]:
        if call.offers:
            return self._dial(call, now_s) if now_s >= call.ready_s else []
        rules = self.rules
        patience = rules.away_new_s if call.place is Place.NEW else rules.away_waiting_s
        if now_s - call.since_s >= patience and (call.place is Place.NEW or away_s >= patience):
            return self.refused(call.id)
        if call.place is Place.WAITING and now_s - call.told_s >= rules.progress_s:
            call.told_s = now_s
            return [m.Progress(call.id, call.cseq)]
        return []

    @property
    def gathering(self) -> bool:
        """The offers of a ring group are being collected."""
        return self._gathering

    # --- After an absence

    def begin_listing(self) -> None:
        """Kamailio is about to list its calls: those here may be of the past."""
        self._listing = True
        self._listed.clear()
        self._over.clear()

    def end_listing(self, now_s: float) -> None:
        """Take the list for the truth; what was known of a call beyond it is kept."""
        for gone in self.calls.keys() - self._listed.keys():
            self._drop(gone)
        for known in self._listed.values():
            if known.call not in self.calls:
                self._add(_restored(known, now_s))
        self._listing = False
        self._listed.clear()
        self._over.clear()

    def live(self) -> list[pb.FrontEndCall]:
        """All calls, as the server wants them for comparison.

        Those that are over while reports of them are still on their way count: the reports say better how they ended
        than their absence would.
        """
        found = {call.contact: call.agent for call in self.calls.values() if not call.code}
        found.update((contact, agent) for contact, (_, agent) in self._unsaid.items() if contact not in found)
        return [pb.FrontEndCall(call_id=contact, agent=agent) for contact, agent in found.items()]

    def synced(self, answer: pb.SyncCallsResponse, now_s: float) -> list[Action]:
        """Take the server's comparison."""
        actions: list[Action] = []
        for contact in answer.unknown:
            call = self.calls.get(self._contacts.get(contact, ""))
            if call is not None and call.parked:
                actions += self.ask(call)
        for one in answer.instructions:
            actions += self._resynced(one, answer.revision, now_s)
        return actions

    def _resynced(self, one: pb.CallInstruction, revision: int, now_s: float) -> list[Action]:
        call = self.calls.get(self._contacts.get(one.call_id, ""))
        if call is None or revision < call.revision:
            return []
        actions: list[Action] = []
        found = (one.instruction, *one.further)
        wanted = {each.offer.offer for each in found if each.WhichOneof("do") == "offer"}
        if call.place is Place.RINGING:
            # What the server no longer rings stops; what follows comes when the call is parked.
            for offer in [leg for leg in call.legs if leg not in wanted]:
                actions += self._stopped(call, offer, now_s)
        for offer in [offer for offer in call.offers if offer not in wanted]:
            del call.offers[offer]
        return actions + self._answered_with(one.call_id, revision, found, now_s)

    def codes(self) -> Iterator[Call]:
        """Calls that are codes, to be asked about anew after a restart."""
        return (call for call in self.calls.values() if call.called.startswith(self.rules.code_prefix))

    # --- Upkeep

    def _add(self, call: Call) -> None:
        self.calls[call.id] = call
        self._contacts[call.contact] = call.id

    def _drop(self, call_id: str) -> Call | None:
        call = self.calls.pop(call_id, None)
        if call is not None:
            self._contacts.pop(call.contact, None)
        return call

    @staticmethod
    def _move(call: Call, place: Place, now_s: float) -> None:
        call.place, call.since_s = place, now_s

    def _report(self, call: Call, report: pb.Report, word: str, leg: m.Leg | None = None) -> AskReport:
        request = pb.ReportCallRequest(
            domain=self.rules.domain,
            call_id=call.contact,
            front_end=self.rules.front_end,
            report=report,
            request_id=f"{call.contact} {word}",
        )
        if leg is not None:
            request.agent, request.offer = leg.agent, leg.offer
            request.request_id += f" {leg.offer}"
        self._unsaid[call.contact] = (self._unsaid.get(call.contact, (0, ""))[0] + 1, call.agent)
        return AskReport(call.id, request)


def contact_of(call_id: str) -> str:
    """Id of the contact for a Call-ID.

    >>> contact_of("1-2@127.0.0.1"), len(contact_of("x" * 300))
    ('1-2@127.0.0.1', 64)
    """
    return call_id if len(call_id) <= _CONTACT_MAX else sha256(call_id.encode()).hexdigest()


def _meaning(event: m.Failed) -> pb.Report:
    """What a final reply says of the agent.

    >>> _meaning(m.Failed("c", 1, "a", 486)) == pb.REPORT_BUSY
    True
    >>> _meaning(m.Failed("c", 1, "a", 408, silent=True)) == pb.REPORT_UNREACHABLE
    True
    """
    if event.silent:
        return pb.REPORT_UNREACHABLE
    if event.code in _BUSY:
        return pb.REPORT_BUSY
    if event.code in _REJECTED:
        return pb.REPORT_REJECTED
    return pb.REPORT_NO_ANSWER if event.code in _NO_ANSWER else pb.REPORT_UNREACHABLE


def _turned_away(final: pb.Instruction) -> tuple[int, str]:
    """Final reply for a call that is rejected or was let go while it waited."""
    if final.WhichOneof("do") == "reject":
        reason = final.reject.reason
        code = 404 if reason.startswith("unknown") else 503 if reason.endswith("limit") else 480
        return code, reason.replace("_", " ").capitalize() or "Rejected"
    return 480, final.release.outcome.replace("_", " ").capitalize() or "Released"


def _deaf(call: Call, now_s: float) -> bool:
    """Whether devices still ring though they were to stop: the command may have come before they did."""
    return (
        call.place is Place.RINGING
        and bool(call.legs)
        and call.stopped >= call.legs.keys()
        and now_s - call.stop_s >= _STOP_AGAIN_S
    )


def _restored(known: m.KnownCall, now_s: float) -> Call:
    places = {"new": Place.NEW, "ringing": Place.RINGING, "talking": Place.TALKING}
    return Call(
        id=known.call,
        contact=contact_of(known.call),
        cseq=known.cseq,
        index=known.index,
        label=known.label,
        place=places.get(known.state, Place.WAITING),
        since_s=now_s,
        caller=known.caller,
        endpoint=known.endpoint,
        called=known.called,
        legs={leg.offer: leg for leg in known.legs},
        seen={leg.offer for leg in known.legs},
        tags=known.tags,
        agent=known.agent,
    )
