"""Random acts of random people, at the desk of ``desks`` and past it.

Owns what they do; must not know what comes of it.
"""

from contextlib import suppress
from random import Random
from typing import Any

from desks import PEOPLE, Centre

from routing import (
    AcceptOffer,
    Agent,
    CloseQueue,
    CompleteContact,
    EnqueueContact,
    LogIn,
    LogOut,
    OpenQueue,
    PutAgent,
    PutQueue,
    Queue,
    Remark,
    RequeueContact,
    SetNotReady,
    SetReady,
    UpdateContact,
)
from routing.center.supervision import FOLLOWER
from routing.commands import Command
from routing.errors import ForbiddenError
from routing.host import Request
from routing.remarks import Hint, Monitoring, Note, Remarks
from routing.units import SECOND
from routing.views import IN_HAND

SUPERVISORS = ("kim", "kim", "kim", "kim", "lee", "lee", "boss")
NAMES = tuple(person.name for person in PEOPLE)
REMARKS: tuple[Remarks, ...] = (Hint(), Note("n-1"), Monitoring("kim", "listen"))


class Play:
    """Random acts of random people, at the desk and past it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.number = 0

    def step(self, centre: Centre) -> None:
        random = self.random
        self.number += 1
        centre.pass_time(random.randrange(3) * SECOND)
        contacts = [*centre.host.read(lambda engine: list(engine.contacts)), "c-none"]
        in_hand = centre.host.read(
            lambda engine: [one for one, view in engine.contacts.items() if view.state in IN_HAND]
        )
        contact = random.choice(in_hand if in_hand and random.random() < 0.6 else contacts)
        agent = random.choice(["ann", "ben", "sue", "tom", "none"])
        queue = random.choice(["sales", "tech", "lines", "night"])
        who = random.choice([*NAMES, *SUPERVISORS, "eve"])
        request_id = random.choice(["", "", f"r{random.randrange(40)}"])
        view = centre.contact(contact)
        ringing = view.segments[0].agent if view is not None and view.segments else agent
        acts = (
            LogIn(agent),
            LogIn(agent),
            LogOut(agent, force=random.random() < 0.3),
            SetReady(agent),
            SetNotReady(agent, random.choice(["lunch", "training", "bad"])),
            EnqueueContact(f"c-{self.number}", (queue,)),
            EnqueueContact(f"c-{self.number}", (queue,)),
            AcceptOffer(contact, ringing),
            AcceptOffer(contact, ringing),
            CompleteContact(contact),
            RequeueContact(contact, (queue,)),
            UpdateContact(contact, priority=random.randrange(4)),
            OpenQueue(queue),
            CloseQueue(queue),
            PutQueue(Queue("night", members=("tom",), tier=random.randrange(3))),
            PutAgent(Agent("tom", cost=random.randrange(3))),
            Remark(contact, random.choice(REMARKS)),
        )
        act = random.choice(acts)
        if random.random() < 0.3:
            self.go_on(centre)
        elif random.random() < 0.4:
            actor = random.choice([who, "", "pbx"])
            centre.host.apply(act, request_id=request_id, actor=actor)
        else:
            self.at_the_desk(centre, who, contact, queue, act, request_id)

    def go_on(self, centre: Centre) -> None:
        """What keeps a centre alive: queues open, agents come back, what rings is answered."""
        queues = centre.host.read(lambda engine: dict(engine.queues))
        commands: list[Command] = [OpenQueue(queue) for queue, view in queues.items() if not view.open]
        for agent in ("ann", "ben", "sue", "tom"):
            commands += [LogIn(agent), SetReady(agent)]
        commands.append(EnqueueContact(f"c-{self.number}", ("sales",)))
        centre.host.apply_many([Request(command, "", "pbx") for command in commands])
        ringing = centre.host.read(
            lambda engine: [view for view in engine.contacts.values() if view.state == "offered"]
        )
        answers = [AcceptOffer(view.id, view.segments[0].agent) for view in ringing]
        centre.host.apply_many(
            [Request(answer, "", "pbx") for answer in answers if answer.agent in ("ann", "ben")]
        )

    def at_the_desk(
        self, centre: Centre, who: str, contact: str, queue: str, act: Command, request_id: str
    ) -> None:
        random, desk = self.random, centre.desk
        why = random.choice(["", "", "ticket 7"])
        with suppress(ForbiddenError):
            if random.random() < 0.3:
                desk.apply(who, act, request_id=request_id, why=why)
                return
            calls = (
                lambda: desk.listen(who, contact, why=why, request_id=request_id),
                lambda: desk.whisper(who, contact, why=why),
                lambda: desk.barge_in(who, contact, why=why),
                lambda: desk.take_over(who, contact, why=why),
                lambda: desk.stop_monitoring(who),
                lambda: desk.force_disconnect(who, contact, why=why),
                lambda: desk.redirect_queue(who, queue, random.choice(["sales", "tech", "lines"])),
                lambda: desk.end_redirect(who, queue),
                lambda: desk.post_message(who, f"text {self.number}", queue=random.choice(["", queue])),
                lambda: desk.withdraw_message(who, queue=random.choice(["", queue])),
            )
            random.choice((*calls, *calls[:5], *calls[:4]))()


def flushed(centre: Centre, log: Any) -> int:
    """What a runner does: take rows, write them to the log, confirm."""
    number, rows = centre.host.look(FOLLOWER, lambda one: one.take())
    log.write(rows)
    centre.host.look(FOLLOWER, lambda one: one.confirm(number))
    return len(rows)
