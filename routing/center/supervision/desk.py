"""The desk: where people give commands to a host as far as their roles and scopes permit, and supervisors operate.

Owns the order of the questions and of the answers; must not know the permissions (``roles``), what operations consist
of (``planning``), nor what is logged.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from msgspec import Struct

from routing.center.supervision.folding import FOLLOWER, Supervising, supervising
from routing.center.supervision.judging import judged
from routing.center.supervision.looking import about
from routing.center.supervision.notes import Said, check_why, write_note
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
from routing.center.supervision.people import Supervision, check_supervision
from routing.center.supervision.planning import Obstacle, Plan, afterwards, plan
from routing.center.supervision.refusing import Limit, write_refusal
from routing.center.supervision.roles import OPERATIONS
from routing.center.supervision.shapes import Message, Monitor, Redirect
from routing.commands import (
    CancelContact,
    CloseQueue,
    Command,
    LogOut,
    OpenQueue,
    Remark,
    RequeueContact,
    SetNotReady,
    SetReady,
    UpdateContact,
)
from routing.config.shape import check_types
from routing.errors import ConfigError, ForbiddenError, UsageError
from routing.events import CommandRefused, Event
from routing.host import Host, Request
from routing.host.circles import serves
from routing.host.following import Making
from routing.remarks import Monitoring, MonitoringMode

T = TypeVar("T")

_MODES: Final[dict[MonitoringMode, Callable[[str], Operation]]] = {
    "listen": Listen,
    "whisper": Whisper,
    "barge": BargeIn,
    "stop": lambda _: StopMonitoring(),
}
_NAME_MAX: Final = 128


class Done(Struct, frozen=True):
    """What came of an operation. ``refused``: the engine's refusal, if it was not done after all.

    ``repeated``: it was done, or refused, before under this request id.
    """

    events: tuple[Event, ...]
    refused: CommandRefused | None = None
    repeated: bool = False


def followers(settings: Supervision) -> dict[str, Making]:
    """Give the followers that a host needs for a desk, to be passed to it by name.

    Raises
    ------
    ConfigError
        If a rule between the settings is broken.
    """
    check_supervision(settings)
    return {FOLLOWER: supervising(settings)}


class Desk:
    """Gives commands and operations of people to a host, and refuses what they may not do. Thread-safe.

    Whatever is refused here, is written into the journal with who, what, on what and why not, and so into the log.

    Parameters
    ----------
    host : Host
        With the follower of `followers`, made of the same settings.
    settings : Supervision
        The people, and how monitoring is announced.

    Raises
    ------
    ConfigError
        If a rule between the settings is broken.
    UsageError
        If the host has no such follower.

    Examples
    --------
    >>> from routing import Agent, Config, EnqueueContact, AcceptOffer, LogIn, Queue
    >>> from routing.center.supervision.people import Person
    >>> settings = Supervision((Person("kim", ("supervisor",), queues=("sales",)), Person("wall", ("read_only",))))
    >>> host = Host(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)), followers=followers(settings))
    >>> desk = Desk(host, settings)
    >>> for command in (LogIn("ann"), EnqueueContact("call-1", ("sales",)), AcceptOffer("call-1", "ann")):
    ...     _ = host.apply(command)
    >>> [type(event).__name__ for event in desk.listen("kim", "call-1").events]
    ['ContactRemarked', 'ContactRemarked']
    >>> desk.monitors()[0].mode
    'listen'
    >>> desk.close_queue("wall", "sales")
    Traceback (most recent call last):
        ...
    routing.errors.ForbiddenError: 'wall' may not CloseQueue 'sales': none of their roles (read_only) permits it; \
docs/supervision.md lists those that do
    >>> host.close()
    """

    def __init__(self, host: Host, settings: Supervision) -> None:
        check_supervision(settings)
        self._host = host
        host.look(FOLLOWER, lambda one: one.use(settings))
        self._settings = settings
        self._limit = Limit(settings.refusals_per_minute)

    @property
    def settings(self) -> Supervision:
        """The people, and how monitoring is announced."""
        return self._settings

    def use(self, settings: Supervision) -> None:
        """Take over other settings; raises `ConfigError`, and then nothing was changed."""
        check_supervision(settings)
        self._host.look(FOLLOWER, lambda one: one.use(settings))
        self._settings = settings
        self._limit = Limit(settings.refusals_per_minute)

    # ------------------------------------------------------------------------------------------------ commands

    def apply(self, who: str, command: Command, *, request_id: str = "", why: str = "") -> tuple[Event, ...]:
        """Give a command in somebody's name, if they may; returns its events, as `Host.apply` does.

        Parameters
        ----------
        who : str
            One of the people.
        command : Command
            Any of `routing.commands`. A remark that somebody monitors a contact is done as the operation that it tells.
        request_id : str, optional
            Repeated, the outcome of the first is given again.
        why : str, optional
            A ticket or a code, for the log; at most 200 characters, nothing personal.

        Raises
        ------
        ForbiddenError
            If they may not.
        UsageError, UnavailableError
            As for `Host.apply`.
        """
        if isinstance(command, Remark) and isinstance(command.remark, Monitoring):
            return self._remarked(who, command.contact, command.remark, request_id, why)
        return self.apply_many(who, [command], request_id=request_id, why=why)[0]

    def apply_many(
        self, who: str, commands: Sequence[Command], *, request_id: str = "", why: str = ""
    ) -> list[tuple[Event, ...]]:
        """Give several commands at one instant; if one is not permitted, none is given. Ids count: "r", "r/2" ..."""
        check_why(why)
        for command in commands:
            if isinstance(command, Remark) and isinstance(command.remark, Monitoring):
                raise UsageError(
                    "a remark on monitoring does not go with others; call listen, whisper and so on"
                )
        found = self._look(partial(judged, who=who, acts=commands))
        if found is not None:
            raise self._refuse(who, commands[found[0]], found[1], found[2], request_id, why)
        note = write_note(Said(why=why))
        requests = [
            Request(command, _numbered(request_id, place), who, note)
            for place, command in enumerate(commands, 1)
        ]
        return [outcome.events for outcome in self._host.apply_many(requests)]

    async def apply_async(
        self, who: str, command: Command, *, request_id: str = "", why: str = ""
    ) -> tuple[Event, ...]:
        """Like `apply`, for asyncio; in a thread of the loop's pool."""
        return await asyncio.to_thread(self.apply, who, command, request_id=request_id, why=why)

    def _remarked(
        self, who: str, contact: str, remark: Monitoring, request_id: str, why: str
    ) -> tuple[Event, ...]:
        operation = _MODES[remark.mode](contact)
        if remark.supervisor != who:
            problem = "a remark on monitoring names who makes it; name yourself"
            raise self._refuse(who, operation, "not_oneself", problem, request_id, why)
        return self.do(who, operation, request_id=request_id, why=why).events

    # ---------------------------------------------------------------------------------------------- operations

    def do(self, who: str, operation: Operation, *, request_id: str = "", why: str = "") -> Done:
        """Do an operation in somebody's name, if they may and as things stand it can be done.

        Its commands go into the journal together, at one instant. Should the engine refuse one of them, because
        something has changed since it was looked at, a leg that was made for it is cancelled.

        Raises
        ------
        ForbiddenError
            If they may not, or not now: ``reason`` says which rule it is.
        UsageError, UnavailableError
            As for `Host.apply`.
        """
        check_why(why)
        _check_operation(operation)
        name = type(operation).__name__
        found = self._look_now(partial(_planned, who=who, operation=operation, request_id=request_id))
        if isinstance(found, Obstacle):
            raise self._refuse(who, operation, found.reason, found.problem, request_id, why)
        note = write_note(Said(name, why))
        if isinstance(found, tuple):  # done before
            refused = _refused(found)
            if refused is not None:
                return Done(found, refused, repeated=True)
            person = self._look(lambda one: one.staff[who])
            more = self._give(who, afterwards(person, operation), f"{request_id}/then", note)
            return Done((*found, *more.events), more.refused, repeated=True)
        if found.posted is not None:
            self._host.write_down(
                write_note(Said(name, why, posted=found.posted)), actor=who, request_id=request_id
            )
            return Done(())
        if not found.commands:
            return Done((), repeated=True)
        done = self._give(who, found.commands, request_id, note)
        if done.refused is not None:
            if found.leg and self._look(lambda one: found.leg in one.engine.contacts):
                self._host.apply(CancelContact(found.leg, "supervision"), actor=who, note=note)
            return done
        more = self._give(who, found.then, request_id and f"{request_id}/then", note)
        return Done((*done.events, *more.events), more.refused)

    async def do_async(self, who: str, operation: Operation, *, request_id: str = "", why: str = "") -> Done:
        """Like `do`, for asyncio; in a thread of the loop's pool."""
        return await asyncio.to_thread(self.do, who, operation, request_id=request_id, why=why)

    def _give(self, who: str, commands: Sequence[Command], request_id: str, note: str) -> Done:
        requests = [
            Request(command, _numbered(request_id, place), who, note)
            for place, command in enumerate(commands, 1)
        ]
        events = [event for outcome in self._host.apply_many(requests) for event in outcome.events]
        return Done(tuple(events), _refused(events))

    def listen(self, who: str, contact: str, *, request_id: str = "", why: str = "") -> Done:
        """Listen to a contact in hand; the customer is told as the settings say."""
        return self.do(who, Listen(contact), request_id=request_id, why=why)

    def whisper(self, who: str, contact: str, *, request_id: str = "", why: str = "") -> Done:
        """Speak to the agent alone."""
        return self.do(who, Whisper(contact), request_id=request_id, why=why)

    def barge_in(self, who: str, contact: str, *, request_id: str = "", why: str = "") -> Done:
        """Take part in the conversation, by a leg in the queue `Supervision.legs`."""
        return self.do(who, BargeIn(contact), request_id=request_id, why=why)

    def stop_monitoring(self, who: str, *, request_id: str = "", why: str = "") -> Done:
        """Listen, whisper or take part no longer."""
        return self.do(who, StopMonitoring(), request_id=request_id, why=why)

    def ask_consent(self, who: str, contact: str, *, request_id: str = "", why: str = "") -> Done:
        """Have the customer asked whether somebody may listen."""
        return self.do(who, AskConsent(contact), request_id=request_id, why=why)

    def take_over(self, who: str, contact: str, *, request_id: str = "", why: str = "") -> Done:
        """Take a contact from its agent."""
        return self.do(who, TakeOver(contact), request_id=request_id, why=why)

    def force_disconnect(
        self, who: str, contact: str, reason: str = "forced", *, request_id: str = "", why: str = ""
    ) -> Done:
        """End a contact wherever it is."""
        return self.do(who, ForceDisconnect(contact, reason), request_id=request_id, why=why)

    def set_ready(self, who: str, agent: str, *, request_id: str = "", why: str = "") -> tuple[Event, ...]:
        """Make an agent ready."""
        return self.apply(who, SetReady(agent), request_id=request_id, why=why)

    def set_not_ready(
        self, who: str, agent: str, reason: str = "", *, request_id: str = "", why: str = ""
    ) -> tuple[Event, ...]:
        """Make an agent not ready, with one of the centre's reasons."""
        return self.apply(who, SetNotReady(agent, reason), request_id=request_id, why=why)

    def log_out(
        self, who: str, agent: str, *, force: bool = False, request_id: str = "", why: str = ""
    ) -> tuple[Event, ...]:
        """Log an agent out: once the work in hand is done or, by force, at once."""
        return self.apply(who, LogOut(agent, force), request_id=request_id, why=why)

    def requeue(
        self,
        who: str,
        contact: str,
        queues: Sequence[str] = (),
        *,
        keep_age: bool = True,
        priority: int | None = None,
        request_id: str = "",
        why: str = "",
    ) -> tuple[Event, ...]:
        """Let a contact wait again, in other queues or in its own."""
        command = RequeueContact(contact, tuple(queues), keep_age, priority)
        return self.apply(who, command, request_id=request_id, why=why)

    def reprioritise(
        self,
        who: str,
        contact: str,
        *,
        priority: int | None = None,
        expedite: bool | None = None,
        request_id: str = "",
        why: str = "",
    ) -> tuple[Event, ...]:
        """Change the place of a contact that waits: its priority, or before all others (``expedite``)."""
        command = UpdateContact(contact, priority=priority, expedite=expedite)
        return self.apply(who, command, request_id=request_id, why=why)

    def open_queue(self, who: str, queue: str, *, request_id: str = "", why: str = "") -> tuple[Event, ...]:
        """Open a queue."""
        return self.apply(who, OpenQueue(queue), request_id=request_id, why=why)

    def close_queue(self, who: str, queue: str, *, request_id: str = "", why: str = "") -> tuple[Event, ...]:
        """Close a queue."""
        return self.apply(who, CloseQueue(queue), request_id=request_id, why=why)

    def redirect_queue(
        self, who: str, queue: str, to: str, *, waiting: bool = True, request_id: str = "", why: str = ""
    ) -> Done:
        """Close a queue and send whoever comes, and whoever waits, to another."""
        return self.do(who, RedirectQueue(queue, to, waiting), request_id=request_id, why=why)

    def end_redirect(self, who: str, queue: str, *, request_id: str = "", why: str = "") -> Done:
        """Make a queue as it was before it was redirected."""
        return self.do(who, EndRedirect(queue), request_id=request_id, why=why)

    def post_message(
        self,
        who: str,
        text: str,
        *,
        queue: str = "",
        group: str = "",
        until_ns: int = 0,
        request_id: str = "",
        why: str = "",
    ) -> Message:
        """Post the message of the day of a queue, of a group, or of the centre; returns it with its version."""
        operation = PostMessage(text, queue, group, until_ns)
        self.do(who, operation, request_id=request_id, why=why)
        found = self._look(lambda one: one.message(queue, group))
        assert found is not None
        return found

    def withdraw_message(
        self, who: str, *, queue: str = "", group: str = "", request_id: str = "", why: str = ""
    ) -> Done:
        """Take a message of the day down."""
        return self.do(who, WithdrawMessage(queue, group), request_id=request_id, why=why)

    # ------------------------------------------------------------------------------------------------- looking

    def may(self, who: str, act: Command | Operation) -> str:
        """Say what stands in the way of a command or an operation, as a reason; "" if it is permitted.

        Nothing is logged. It looks at roles and scopes, not at whether it can be done just now.
        """
        found = self._look(partial(judged, who=who, acts=[act]))
        return "" if found is None else found[1]

    def monitors(self) -> tuple[Monitor, ...]:
        """Who monitors whom."""
        found: tuple[Monitor, ...] = self._look(lambda one: one.monitors)
        return found

    def redirects(self) -> tuple[Redirect, ...]:
        """Which queues are redirected."""
        found: tuple[Redirect, ...] = self._look(lambda one: one.redirects)
        return found

    def messages(
        self, *, agent: str = "", queues: Sequence[str] = (), groups: Sequence[str] = ()
    ) -> tuple[Message, ...]:
        """Give the messages of the day to be shown now: the centre's, and of these groups and queues.

        Parameters
        ----------
        agent : str, optional
            An agent who logs in: that is of the agent's groups, and of the queues that the agent serves.
        queues, groups : sequence of str, optional
            Of these beside, as a wallboard shows them.
        """

        def look(one: Supervising, now_ns: int) -> tuple[Message, ...]:
            all_queues, all_groups = [*queues], [*groups]
            config = one.engine.config
            noun = next((found for found in config.agents if found.id == agent), None) if agent else None
            if noun is not None:
                all_groups += noun.groups
                all_queues += [queue.id for queue in config.queues if serves(noun, queue)]
            return one.messages(now_ns, dict.fromkeys(all_queues), dict.fromkeys(all_groups))

        return self._look_now(look)

    def _look(self, look: Callable[[Supervising], T]) -> T:
        return self._host.look(FOLLOWER, look)

    def _look_now(self, look: Callable[[Supervising, int], T]) -> T:
        return self._host.look_now(FOLLOWER, look)

    # ------------------------------------------------------------------------------------------------ refusing

    def write_refused(
        self, who: str, act: Command | Operation, reason: str, *, request_id: str = "", why: str = ""
    ) -> None:
        """Write down that somebody was refused something, here or elsewhere, unless that happens too often to them.

        Parameters
        ----------
        who, act, reason, request_id, why
            As of `routing.center.supervision.refusing.write_refusal`.

        Raises
        ------
        UnavailableError
            As for `Host.write_down`.
        """
        now_ns = self._look_now(lambda _, now_ns: now_ns)
        unlogged = self._limit.take(who, now_ns)
        if unlogged >= 0:
            write_refusal(self._host, who, act, reason, request_id=request_id, why=why, unlogged=unlogged)

    def _refuse(
        self, who: str, act: Command | Operation, reason: str, problem: str, request_id: str, why: str
    ) -> ForbiddenError:
        """Write down that it was refused, unless that happens too often, and say so."""
        self.write_refused(who, act, reason, request_id=request_id, why=why)
        return ForbiddenError(who, type(act).__name__, reason, problem, about(act)[1])


def _check_operation(operation: Operation) -> None:
    if type(operation).__name__ not in OPERATIONS:
        raise UsageError(f"{operation!r} is no operation; give commands by apply")
    try:
        check_types(operation, type(operation), type(operation).__name__)
    except ConfigError as error:
        raise UsageError(str(error)) from None


def _refused(events: Sequence[Event]) -> CommandRefused | None:
    """Give the first refusal."""
    return next((event for event in events if isinstance(event, CommandRefused)), None)


def _numbered(request_id: str, place: int) -> str:
    return request_id if place == 1 or not request_id else f"{request_id}/{place}"


def _planned(
    one: Supervising, now_ns: int, *, who: str, operation: Operation, request_id: str
) -> Plan | Obstacle | tuple[Event, ...]:
    """Give the plan of an operation, why there is none, or what came of it when it was done before."""
    found = judged(one, who=who, acts=[operation])
    if found is not None:
        return Obstacle(*found[1:])
    if request_id and (earlier := one.engine.outcome(request_id)) is not None:
        events = list(earlier[1])
        place = 2
        while (more := one.engine.outcome(_numbered(request_id, place))) is not None:
            events += more[1]
            place += 1
        return tuple(events)
    try:
        return plan(one, one.staff[who], operation, now_ns)
    except Obstacle as obstacle:
        return obstacle
