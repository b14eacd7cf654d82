"""An independent opinion of what is recorded and what is to be done: out of the whole list of events, each time anew.

Owns the plainest way to say it; must not know the wing, nor keep anything from one question to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from routing import events as e
from routing.center.recording import Part, Pause, RecordingSettings, Refusal, Row, Rule, Segment
from routing.engine import Engine
from routing.events import Event
from routing.remarks import Consent, Recording
from routing.units import DAY, MAX_INSTANT_NS

REFUSED = Consent("recording", "refused")


@dataclass
class Life:
    """Everything that was told of one contact, from its beginning."""

    contact: str
    parent: str
    channel: str
    direction: str
    customer: str
    arrived_ns: int
    told: list[Event] = field(default_factory=list)
    over: bool = False


def lives(told: Sequence[Event], customers: Sequence[str]) -> list[Life]:
    """Cut the events into lives of contacts; ``customers`` are those of the lives, in their order."""
    found: list[Life] = []
    named = iter(customers)
    for event in told:
        if isinstance(event, e.ContactEnqueued | e.ContactPlaced):
            parent = event.parent if isinstance(event, e.ContactEnqueued) else ""
            found.append(
                Life(event.contact, parent, event.channel, event.direction, next(named), event.at_ns)
            )
        for life in found:
            if not life.over and (
                life.contact == getattr(event, "contact", None) or life.contact == getattr(event, "leg", None)
            ):
                life.told.append(event)
                life.over = isinstance(event, e.ContactEnded) and event.contact == life.contact
    return found


def in_hand(told: Sequence[Event], contact: str) -> tuple[str, str, int]:
    """Who has the contact in hand after these events ("": nobody), answered where, and for the how many-th time."""
    agent, queue, stint = "", "", 0
    for event in told:
        if getattr(event, "contact", None) != contact:
            continue
        if isinstance(event, e.OfferAccepted | e.ContactPlaced):
            agent, queue, stint = event.agent, event.queue, stint + 1
        elif isinstance(event, e.ContactRequeued) and event.agent:
            agent, queue = "", ""
        elif isinstance(event, e.ContactHandedOver):
            agent, queue = event.to_agent, event.queue
    return agent, queue, stint


def joined(told: Sequence[Event], contact: str) -> list[str]:
    """Agents of the legs that take part in a contact's conversation, after these events."""
    legs: dict[str, str] = {}
    for event in told:
        if isinstance(event, e.LegJoined) and event.contact == contact:
            legs[event.leg] = event.agent
        elif isinstance(event, e.LegParted | e.ContactHandedOver) and event.contact == contact:
            legs.pop(event.leg, None)
        elif isinstance(event, e.ContactEnded) or (isinstance(event, e.ContactRequeued) and event.agent):
            legs.pop(event.contact, None)
    return list(legs.values())


def said(event: Event, contact: str) -> Recording | None:
    """What was said about recording a contact, if it was that."""
    mine = isinstance(event, e.ContactRemarked) and event.contact == contact
    return event.remark if mine and isinstance(event.remark, Recording) else None  # type: ignore[union-attr]


def answer(told: Sequence[Event], contact: str) -> tuple[str, int]:
    """What the customer last said about being recorded; a question after an answer takes nothing back."""
    last, at_ns = "", 0
    for event in told:
        if isinstance(event, e.ContactRemarked) and event.contact == contact:
            remark = event.remark
            if not isinstance(remark, Consent) or remark.what != "recording":
                continue
            if remark.answer != "asked" or not last:
                last, at_ns = remark.answer, event.at_ns
    return last, at_ns


def running(told: Sequence[Event], contact: str) -> tuple[str, int]:
    """Which segment runs after these events, and at which place it began; ("", -1): none."""
    segment, began = "", -1
    for place, event in enumerate(told):
        remark = said(event, contact)
        if remark is not None and remark.segment:
            if remark.action == "start" and remark.segment != segment:
                segment, began = remark.segment, place
            elif remark.action == "stop" and remark.segment == segment:
                segment, began = "", -1
    return segment, began


def rule_of(policy: RecordingSettings, life: Life, told: Sequence[Event]) -> Rule | None:
    """The first rule that fits, as a person would read them."""
    agent, queue, _ = in_hand(told, life.contact)
    for rule in policy.rules:
        if agent and all(
            (
                queue in (rule.queues or [queue]),
                life.direction in (rule.directions or [life.direction]),
                life.channel in (rule.channels or [life.channel]),
                rule.legs or not life.parent,
            )
        ):
            return rule
    return None


def pauses_of(told: Sequence[Event], contact: str, segment: str) -> tuple[list[Pause], Pause | None]:
    """What is left out of a segment that begins with these events; and what is being left out still."""
    found: list[Pause] = []
    since: Pause | None = None
    for event in told:
        remark = said(event, contact)
        if remark is None:
            continue
        if remark.action == "pause" and remark.segment in ("", segment) and since is None:
            since = Pause(event.at_ns, -1, remark.reason)
        elif remark.action == "resume" and remark.segment == segment and since is not None:
            found.append(Pause(since.from_ns, event.at_ns, since.reason))
            since = None
    return found, since


def rows(everything: Sequence[Event], policy: RecordingSettings, customers: Sequence[str]) -> list[Row]:
    """All rows that there must be, in the order in which they came about."""
    place_of = {id(event): place for place, event in enumerate(everything)}
    found: list[tuple[int, int, Row]] = []
    for number, life in enumerate(lives(everything, customers)):
        closed = False
        for place, event in enumerate(life.told):
            if getattr(event, "contact", None) != life.contact:
                continue
            before = life.told[:place]
            segment, began = running(before, life.contact)
            remark = said(event, life.contact)
            if isinstance(event, e.ContactRemarked) and event.remark == REFUSED and closed:
                refusal = Refusal(life.contact, life.arrived_ns, event.at_ns)
                found.append((place_of[id(event)], number, refusal))
            if not segment:
                continue
            why = ""
            if isinstance(event, e.ContactEnded):
                why = "ended"
            elif remark is not None and remark.segment:
                if remark.action == "stop" and remark.segment == segment:
                    why = remark.reason
                elif remark.action == "start" and remark.segment != segment:
                    why = "replaced"
                else:
                    continue
            else:
                continue
            closed = True
            one = _segment(life, everything, place_of, policy, before, began, event, segment, why)
            found.append((place_of[id(event)], number, one))
    done = {life.contact for life in lives(everything, customers)}
    for place, event in enumerate(everything):  # said of contacts that are over
        if isinstance(event, e.ContactRemarked) and event.remark == REFUSED:
            alive = [
                one
                for one in lives(everything[:place], customers)
                if one.contact == event.contact and not one.over
            ]
            if not alive and event.contact in done:
                found.append((place, -1, Refusal(event.contact, -1, event.at_ns)))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def _segment(
    life: Life,
    everything: Sequence[Event],
    place_of: dict[int, int],
    policy: RecordingSettings,
    before: Sequence[Event],
    began: int,
    event: Event,
    segment: str,
    why: str,
) -> Segment:
    start = before[began]
    first = said(start, life.contact)
    assert first is not None
    rule = rule_of(policy, life, before[:began])
    consent, consent_ns = answer(before, life.contact)
    if not consent and any(
        (remark := said(one, life.contact)) is not None
        and remark.action == "start"
        and remark.segment
        and remark.reason == "announcement"
        for one in before
    ):
        consent = "announced"
    pauses, since = pauses_of(before[began + 1 :], life.contact, segment)
    if since is not None:
        pauses.append(Pause(since.from_ns, event.at_ns, since.reason))
    deletes = rule is None or rule.on_refusal == "delete"
    keep_ns = event.at_ns + (rule.retention_days * DAY if rule else 0)
    if deletes and consent == "refused":
        keep_ns = event.at_ns
    spans = _parts(life, everything, place_of[id(start)], place_of[id(event)])
    return Segment(
        segment=segment,
        contact=life.contact,
        arrived_ns=life.arrived_ns,
        parent=life.parent,
        customer=life.customer,
        queue=in_hand(before[:began], life.contact)[1] or _last_queue(before[:began], life.contact),
        channel=life.channel,
        direction=life.direction,
        rule=rule.id if rule else "",
        started_ns=start.at_ns,
        ended_ns=event.at_ns,
        started_by=first.reason,
        ended_by=why,
        consent=consent,  # type: ignore[arg-type]
        consent_ns=consent_ns,
        keep_until_ns=min(keep_ns, MAX_INSTANT_NS),
        delete_on_refusal=deletes,
        legal_hold=rule is not None and rule.legal_hold,
        parts=tuple(spans),
        pauses=tuple(pauses),
    )


def _last_queue(told: Sequence[Event], contact: str) -> str:
    """Where a contact was answered last that nobody has in hand."""
    queue = ""
    for event in told:
        if isinstance(event, e.OfferAccepted | e.ContactPlaced | e.ContactHandedOver):
            queue = event.queue if event.contact == contact else queue
    return queue


def _parts(life: Life, everything: Sequence[Event], start: int, end: int) -> list[Part]:
    """Who took part, found by asking after each event who does."""
    began: dict[str, int] = {}
    found: list[tuple[int, Part]] = []
    order: dict[str, int] = {}
    count = 0
    birth = next(
        place
        for place in range(start, -1, -1)
        if isinstance(everything[place], e.ContactEnqueued | e.ContactPlaced)
        and everything[place].contact == life.contact  # type: ignore[union-attr]
    )
    for place in range(start, end):
        event = everything[place]
        told = everything[birth : place + 1]
        agent, _, _ = in_hand(told, life.contact)
        now = [agent, *joined(told, life.contact)] if agent else []
        for one in [one for one in began if one not in now]:
            found.append((order[one], Part(one, began.pop(one), event.at_ns)))
        for one in now:
            if one not in began:
                began[one], order[one] = event.at_ns, count
                count += 1
    found += [(order[one], Part(one, since, everything[end].at_ns)) for one, since in began.items()]
    return [part for _, part in sorted(found, key=lambda one: one[0])]


def chosen(contact: str, share: float) -> bool:
    """Is the contact in the share?"""
    number = int(blake2b(contact.encode(), digest_size=8).hexdigest(), 16)
    return share >= 1 or number < int(share * 2**64)


def should_run(engine: Engine, policy: RecordingSettings, life: Life, now_ns: int) -> str:
    """Say whether a contact is to be recorded: off, on, paused, or waiting for consent; of what pauses: `pause_ns`."""
    view = engine.contacts[life.contact]
    rule = rule_of(policy, life, life.told)
    if view.segment is None or view.state not in ("handling", "held") or view.joined or rule is None:
        return "off"
    consent, _ = answer(life.told, life.contact)
    if consent == "refused" and rule.on_refusal != "go_on":
        return "off"
    demanded, declined = _asked(life)
    mine = chosen(life.contact, rule.share) and not (declined and rule.may_stop)
    if not mine and not (demanded and rule.on_demand):
        return "off"
    if (rule.consent, consent) in {("asked", ""), ("given", ""), ("given", "asked")}:
        return "waiting"
    pause_ns = paused_since(life)
    if rule.pause and pause_ns is not None and now_ns < pause_ns + rule.max_pause_ns:
        return "paused"
    return "paused" if view.state == "held" and rule.held == "pause" else "on"


def _stint(life: Life) -> int:
    """The place in the life's events from which the agent has it who has it now."""
    left = [
        place
        for place, event in enumerate(life.told)
        if isinstance(event, e.ContactRequeued) and event.agent and event.contact == life.contact
    ]
    return left[-1] if left else 0


def _asked(life: Life) -> tuple[bool, bool]:
    """Did somebody ask for it, and did somebody ask to stop it?"""
    demanded = declined = False
    for place, event in enumerate(life.told):
        before = life.told[:place]
        remark = said(event, life.contact)
        if isinstance(event, e.ContactRequeued) and event.agent and event.contact == life.contact:
            declined = False
        if remark is None:
            continue
        if remark.segment:
            if (
                remark.reason == "forbidden"
                and remark.action in ("pause", "resume")
                and running(before, life.contact)[0] == remark.segment
            ):
                declined = False
        elif remark.action == "start":
            demanded, declined = True, False
        elif remark.action == "stop":
            demanded = False
            if remark.reason not in ("forbidden", "refused"):
                declined = bool(in_hand(before, life.contact)[0])
    return demanded, declined


def paused_since(life: Life) -> int | None:
    """When a pause was asked for that nothing has ended, but perhaps time; the policy is one for the whole run."""
    since: int | None = None
    for place in range(_stint(life), len(life.told)):
        event, before = life.told[place], life.told[:place]
        remark = said(event, life.contact)
        if remark is None:
            continue
        mine = bool(remark.segment) and running(before, life.contact)[0] == remark.segment
        if remark.action == "pause" and not remark.segment:
            since = event.at_ns if in_hand(before, life.contact)[0] else since
        elif remark.action == "pause" and mine and remark.reason not in ("held", "forbidden"):
            since = event.at_ns if since is None else since
        elif remark.action == "resume" and not remark.segment:
            since = None
        elif remark.action == "resume" and mine and remark.reason not in ("retrieved", "asked"):
            stale = remark.reason == "time_out" and since is not None
            if not stale or event.at_ns >= (since or 0) + _most_ns(life, before):
                since = None
    return since


#: Of the rule under which a running segment began; set by whoever asks.
POLICY: list[RecordingSettings] = []


def _most_ns(life: Life, before: Sequence[Event]) -> int:
    _, began = running(before, life.contact)
    rule = rule_of(POLICY[-1], life, before[:began])
    return rule.max_pause_ns if rule is not None and rule.pause else 0
