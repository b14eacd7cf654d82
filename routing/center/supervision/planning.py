"""What an operation consists of: commands of the engine, made of how things stand, or the rule that stands in its way.

Owns these plans; must not know who may have them (``permission``) nor how they are given (``desk``).
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from routing.center.supervision.folding import ANNOUNCEMENT, MONITORING, Supervising
from routing.center.supervision.looking import queue_of
from routing.center.supervision.notes import Posted
from routing.center.supervision.operations import (
    AskConsent,
    BargeIn,
    EndRedirect,
    ForceDisconnect,
    Listen,
    Operation,
    PostMessage,
    RedirectQueue,
    StopMonitoring,
    TakeOver,
    Whisper,
    WithdrawMessage,
)
from routing.center.supervision.people import Duty, Person
from routing.commands import (
    AcceptOffer,
    CancelContact,
    CloseQueue,
    Command,
    CompleteContact,
    EnqueueContact,
    HandOver,
    JoinLeg,
    OpenQueue,
    PutQueue,
    Remark,
)
from routing.model import Overflow, Preference
from routing.remarks import Consent, Monitoring, Signal
from routing.units import DAY
from routing.views import IN_HAND, ContactView

#: Nobody but the supervisor is offered their leg before this.
_LEG_NS: Final = DAY
#: Of a message of the day, in characters.
MESSAGE_MAX: Final = 2_000


class Plan(Struct, frozen=True):
    """What is to be done: all of ``commands`` at one instant, ``then`` what follows once none of them was refused.

    ``leg``: to be cancelled if one was. ``posted``: written down instead. An empty plan: it is so already.
    """

    commands: tuple[Command, ...] = ()
    then: tuple[Command, ...] = ()
    leg: str = ""
    posted: Posted | None = None


class Obstacle(Exception):  # noqa: N818 (it is an answer)
    """Why it cannot be done: the reason, and rule and remedy."""

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(reason, problem)
        self.reason = reason
        self.problem = problem


def plan(supervising: Supervising, person: Person, operation: Operation, now_ns: int) -> Plan:
    """Say what an operation consists of.

    Raises
    ------
    Obstacle
        If it cannot be done as things stand.
    """
    match operation:
        case Listen(contact):
            return _listen(supervising, person, contact, "listen")
        case Whisper(contact):
            return _listen(supervising, person, contact, "whisper")
        case BargeIn(contact):
            return _barge_in(supervising, person, contact)
        case StopMonitoring():
            return _stop(supervising, person)
        case AskConsent(contact):
            _in_hand(supervising, contact)
            return Plan((Remark(contact, Consent(MONITORING, "asked")),))
        case TakeOver(contact):
            return _take_over(supervising, person, contact)
        case ForceDisconnect(contact, reason):
            return Plan((CancelContact(contact, reason),))
        case RedirectQueue():
            return _redirect(supervising, operation)
        case EndRedirect(queue):
            return _end_redirect(supervising, queue)
        case PostMessage():
            return _post(supervising, operation, now_ns)
        case WithdrawMessage(queue, group):
            present = supervising.message(queue, group)
            if present is None or not present.text:
                raise Obstacle("no_message", "no message stands there")
            return Plan(posted=Posted("", queue, group))


def afterwards(person: Person, operation: Operation) -> tuple[Command, ...]:
    """Say what follows an operation that was done: the same as ``then`` of its plan."""
    if isinstance(operation, BargeIn):
        return (Remark(operation.contact, Monitoring(person.name, "barge")),)
    return ()


def duty_of(supervising: Supervising, view: ContactView) -> Duty:
    """Say what a customer has to be told before somebody listens: the first announcement that fits, or to announce."""
    queues = {segment.queue for segment in view.segments}
    for one in supervising.settings.announcements:
        if one.queues and queues.isdisjoint(one.queues):
            continue
        if one.directions and view.direction not in one.directions:
            continue
        return one.duty
    return "announce"


# -------------------------------------------------------------------------------------------------- monitoring


def _in_hand(supervising: Supervising, contact: str) -> ContactView:
    """Give a contact that some agent has in hand, and that is no leg of another."""
    view = supervising.engine.contacts.get(contact)
    if view is None:
        raise Obstacle("unknown_contact", "no such contact lives; name one that an agent has in hand")
    if view.state not in IN_HAND:
        raise Obstacle("not_in_hand", f"it is {view.state}; wait until an agent has it in hand")
    if view.parent:
        raise Obstacle("is_leg", f"it is a leg; name its contact, {view.parent!r}")
    return view


def _monitored(supervising: Supervising, person: Person, contact: str) -> ContactView:
    """Give a contact that this person may begin to monitor as far as they themselves are concerned."""
    view = _in_hand(supervising, contact)
    if person.agent and view.segments[0].agent == person.agent:
        raise Obstacle("own_contact", "they have it in hand themselves; name another's")
    present = supervising.monitor(person.name)
    if present is not None and present.contact != contact:
        raise Obstacle(
            "already_monitoring",
            f"they monitor {present.contact!r}; let them stop that first (StopMonitoring)",
        )
    return view


def _listen(supervising: Supervising, person: Person, contact: str, mode: str) -> Plan:
    view = _monitored(supervising, person, contact)
    present = supervising.monitor(person.name)
    if present is not None and present.mode == mode:
        raise Obstacle("already_so", "they do so already")
    told = _told_customer(supervising, view)
    leg = _out_of(present.leg if present is not None else "")
    monitoring = Monitoring(person.name, "whisper" if mode == "whisper" else "listen")
    return Plan((*told, *leg, Remark(contact, monitoring)))


def _told_customer(supervising: Supervising, view: ContactView) -> list[Command]:
    """What has to be said to the customer, or why nobody may listen."""
    duty, consent = duty_of(supervising, view), supervising.consent(view.id)
    if duty != "silent" and consent == "refused":
        raise Obstacle("consent_refused", "the customer has said no; take part instead (BargeIn)")
    if duty == "consent" and consent != "given":
        raise Obstacle(
            "consent_missing",
            "the customer has to be asked and to say yes; have them asked (AskConsent) and try again",
        )
    if duty == "announce" and consent != "given" and not supervising.announced(view.id):
        return [Remark(view.id, Signal(ANNOUNCEMENT, MONITORING, "supervision"))]
    return []


def _out_of(leg: str) -> list[Command]:
    return [CompleteContact(leg)] if leg else []


def _stop(supervising: Supervising, person: Person) -> Plan:
    present = supervising.monitor(person.name)
    if present is None:
        raise Obstacle("not_monitoring", "they monitor nothing; it ends with the contact by itself")
    return Plan((Remark(present.contact, Monitoring(person.name, "stop")), *_out_of(present.leg)))


# ------------------------------------------------------------------------------------------- taking part


def _barge_in(supervising: Supervising, person: Person, contact: str) -> Plan:
    view = _monitored(supervising, person, contact)
    present = supervising.monitor(person.name)
    if present is not None and present.mode == "barge":
        raise Obstacle("already_so", "they take part already")
    leg, commands = _leg(supervising, person, view)
    return Plan((*commands, JoinLeg(leg)), afterwards(person, BargeIn(contact)), leg)


def _take_over(supervising: Supervising, person: Person, contact: str) -> Plan:
    view = _in_hand(supervising, contact)
    if person.agent and view.segments[0].agent == person.agent:
        raise Obstacle("own_contact", "they have it in hand already")
    present = supervising.monitor(person.name)
    if present is not None and present.contact == contact and present.leg:
        return Plan((HandOver(contact, present.leg),))
    leg, commands = _leg(supervising, person, view)
    return Plan((*commands, HandOver(contact, leg)), leg=leg)


def _leg(supervising: Supervising, person: Person, view: ContactView) -> tuple[str, list[Command]]:
    """A leg of the contact in the supervisor's hands, at once: each command is refused if the one before it was."""
    engine, agent = supervising.engine, person.agent
    queue = queue_of(engine, supervising.settings.legs)
    if queue is None:
        raise Obstacle(
            "no_legs_queue",
            f"no queue {supervising.settings.legs!r} is there for their leg; name one as `legs`",
        )
    if not agent:
        raise Obstacle("no_agent", "they are no agent, so nothing can ring at them; name theirs as `agent`")
    found = engine.agents.get(agent)
    if found is None or not found.available:
        raise Obstacle("agent_not_free", f"their agent {agent!r} is not free; let them log in and be ready")
    if any(segment.state == "ringing" for segment in found.segments):
        raise Obstacle("agent_not_free", f"something rings at their agent {agent!r}; answer or reject it")
    leg = f"{view.id}/{agent}/{supervising.legs_made + 1}"
    enqueue = EnqueueContact(
        leg,
        (queue.id,),
        channel=view.channel,
        preferred=(Preference(agent, direct=True),),
        prefer_ns=_LEG_NS,
        parent=view.id,
        direction="internal",
    )
    return leg, [enqueue] if queue.auto_answer else [enqueue, AcceptOffer(leg, agent)]


# --------------------------------------------------------------------------------------------------- queues


def _redirect(supervising: Supervising, operation: RedirectQueue) -> Plan:
    engine = supervising.engine
    queue, target = queue_of(engine, operation.queue), queue_of(engine, operation.to)
    if queue is None or target is None:
        missing = operation.queue if queue is None else operation.to
        raise Obstacle("unknown_queue", f"there is no queue {missing!r}; name one of the configuration")
    if queue.id == target.id:
        raise Obstacle("same_queue", "a queue cannot be redirected to itself; name another")
    if supervising.redirect(target.id) is not None:
        raise Obstacle("target_redirected", f"{target.id!r} is redirected itself; name where it leads to")
    if not engine.queues[target.id].open:
        raise Obstacle("target_closed", f"{target.id!r} is closed; open it first, or name another")
    changed = replace(
        queue,
        closed=Overflow(to="queue", queue=target.id),
        on_close="overflow" if operation.waiting else "keep",
    )
    commands: list[Command] = [] if changed == queue else [PutQueue(changed)]
    if engine.queues[queue.id].open:
        commands.append(CloseQueue(queue.id))
    elif operation.waiting and engine.queues[queue.id].waiting:
        commands += [OpenQueue(queue.id), CloseQueue(queue.id)]  # those who wait since it closed go, too
    if not commands:
        raise Obstacle("already_so", f"it is closed and leads to {target.id!r} already")
    return Plan(tuple(commands))


def _end_redirect(supervising: Supervising, queue: str) -> Plan:
    present = supervising.redirect(queue)
    if present is None:
        raise Obstacle(
            "not_redirected", "it is not redirected, or was configured anew since; open it (OpenQueue)"
        )
    commands: list[Command] = [PutQueue(present.before)]
    if present.open and not supervising.engine.queues[queue].open:
        commands.append(OpenQueue(queue))
    return Plan(tuple(commands))


# -------------------------------------------------------------------------------------------------- messages


def _post(supervising: Supervising, operation: PostMessage, now_ns: int) -> Plan:
    text, queue, group = operation.text, operation.queue, operation.group
    if queue and group:
        raise Obstacle("two_places", "a message stands for a queue or for a group; post it twice")
    if queue and queue not in supervising.engine.queues:
        raise Obstacle("unknown_queue", f"there is no queue {queue!r}; name one of the configuration")
    if group and group not in supervising.engine.config.groups:
        raise Obstacle("unknown_group", f"there is no group {group!r}; name one of the configuration")
    if not text.strip() or len(text) > MESSAGE_MAX:
        raise Obstacle(
            "bad_text",
            f"a text of {len(text)} characters is none of 1 to {MESSAGE_MAX}; say less, or withdraw it",
        )
    if 0 < operation.until_ns <= now_ns or operation.until_ns < 0:
        raise Obstacle("expired", f"it would have expired at {operation.until_ns} ns; name a later instant")
    present = supervising.message(queue, group)
    if present is not None and (present.text, present.until_ns) == (text, operation.until_ns):
        return Plan()  # it stands there already
    return Plan(posted=Posted(text, queue, group, operation.until_ns))
