"""The calls of one domain that are in menus: taken in, led through their flows, acted upon, kept over a crash.

Look-ups that the server can answer are answered on the way, so that a driver sees those alone that only it can. What a
menu leads to is done here as far as the engine is concerned (a call for a queue is enqueued) and handed to the driver
as far as media are: messages lie where they were recorded, and numbers are dialled by whoever has the lines.

Repeating an input is safe: one that answers a wait which was answered by it before gets the same answer again.

Owns these calls; must not know gRPC, nor how a flow is walked (`routing.menus`).
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from grpc_api.facade import Facade, Refusal
from grpc_api.menus.answering import CALLER, Directory, answer, can_answer, shown, told, without_caller
from grpc_api.menus.entries import Entry, Kept, Opened, named
from grpc_api.menus.files import load_flows, queues_of
from grpc_api.menus.logbook import Logbook
from grpc_api.menus.shapes import FlowBrief, MenusSynced, MenuTurn
from grpc_api.settings import MenuSettings
from routing.commands import EnqueueContact
from routing.errors import CorruptJournalError, HuntgroupError, UnavailableError, UsageError
from routing.events import CommandRefused, Reason
from routing.host import Host
from routing.menus import (
    AwaitAnswer,
    Flow,
    Given,
    HungUp,
    Input,
    Paths,
    Published,
    Sessions,
    Started,
    ToCallBack,
    ToQueue,
    Turn,
)
from routing.menus.machine import SECRET
from routing.units import SECOND
from routing.words import quoted, suggest

#: Of calls that ended last it is known over a restart what became of them.
_REMEMBERED: Final = 1_000
#: How often one looks for calls of which nothing is heard.
_SWEEP_NS: Final = 10 * SECOND
#: Who enqueues, in the journal.
ACTOR: Final = "menu"

#: Books a call-back for a call, on behalf of whom, and says why it cannot ("": it could).
Book = Callable[[str, ToCallBack, Opened], str]


class MenuDesk:
    """Leads the calls of one domain through its flows, until `close`.

    Parameters
    ----------
    host : Host
        Whose queues are asked about, and which is told of calls that are to wait.
    flows : str
        A file of a flow, or a folder of them.
    path : Path
        The logbook.
    settings : MenuSettings
        Limits.
    facade : Facade, optional
        Says what is to be done with calls that were enqueued.
    directory : Directory, optional
        Answers look-ups of customers.
    durable : bool, default True
        See `Logbook`.

    Attributes
    ----------
    problem : str
        What was wrong with the end of the logbook, or "".
    book : callable, optional
        Books call-backs; without it they are handed to the driver.

    Raises
    ------
    ConfigError
        If anything is wrong with the flows.
    CorruptJournalError
        If the logbook is damaged.
    """

    def __init__(
        self,
        host: Host,
        flows: str,
        path: Path,
        settings: MenuSettings | None = None,
        *,
        facade: Facade | None = None,
        directory: Directory | None = None,
        durable: bool = True,
    ) -> None:
        self.settings = settings or MenuSettings()
        self.source = flows
        self.book: Book | None = None
        self.directory = directory
        self._host = host
        self._facade = facade
        self._one = threading.RLock()
        self._opened: dict[str, Opened] = {}
        self._callers: dict[str, str] = {}
        self._heard: dict[str, int] = {}
        self._last: OrderedDict[str, tuple[int, MenuTurn]] = OrderedDict()
        self._owed: dict[str, Turn] = {}  # last turns after which something is still to be done
        self._paths = Paths()
        self._swept_ns = 0
        loaded = self._load()
        self._logbook = Logbook(path, durable=durable)
        self._sessions, self.problem = self._restored()
        self._compact()
        self._flows: dict[str, Flow] = {}
        try:
            self._publish(loaded)
        except BaseException:
            self._logbook.close()
            raise

    # Flows

    def reload(self) -> bool:
        """Read the flows again; returns whether there are others. Calls end on the version they began with.

        Raises
        ------
        ConfigError
            If anything is wrong with one; then all stay as they were.
        """
        loaded = self._load()
        with self._one:
            changed = loaded != self._flows
            self._publish(loaded)
            return changed

    def flows(self) -> list[FlowBrief]:
        """Show the flows in force, by id."""
        with self._one:
            versions = self._sessions.flows()
            calls: dict[str, int] = {}
            for call in self._sessions.calls():
                name = self._sessions.state(call).flow
                calls[name] = calls.get(name, 0) + 1
            return [
                self._brief(flow, versions[name], calls.get(name, 0))
                for name, flow in sorted(self._flows.items())
            ]

    def queues_of(self, flow: str) -> tuple[str, ...]:
        """Give the queues that a flow in force leads to.

        Raises
        ------
        UsageError
            If there is no such flow.
        """
        return queues_of(self._flow(flow))

    def queues_of_call(self, call: str) -> tuple[str, ...]:
        """Give the queues that the flow of a call leads to, also of one that is over; none if it is not known."""
        with self._one:
            if call in self._sessions:
                state = self._sessions.state(call)
                return queues_of(self._sessions.flow(state.flow, state.version))
            ended = self._sessions.ended(call)
            found = None if ended is None else self._flows.get(ended.state.flow)
            return () if found is None else queues_of(found)

    # Calls

    def start(
        self,
        call: str,
        flow: str,
        attributes: Mapping[str, str] | None = None,
        language: str = "",
        *,
        caller: str = "",
        front_end: str = "",
        channel: str = "voice",
        only_tell: bool = False,
    ) -> MenuTurn:
        """Let a call enter a flow; one that is in it already is told where it stands.

        Parameters
        ----------
        call, flow, attributes, language
            As of `Sessions.start`.
        caller : str, optional
            The number of who calls: kept in memory alone, it answers what the flow calls ``{caller}``.
        front_end, channel : str
            As of `EnqueueContact`.
        only_tell : bool, default False
            Do nothing about the outcome but tell it.

        Raises
        ------
        UsageError
            If the call is in another flow, or something given is malformed.
        OverloadedError
            If too many calls are in menus.
        """
        with self._one:
            self._sweep()
            if caller:
                self._callers[call] = caller
            if call in self._sessions and self._sessions.state(call).flow == flow:
                turn = None
            else:
                self._flow(flow)
                known = dict(attributes or {})
                if caller:
                    known["caller"] = CALLER
                opened = Opened(call, front_end, channel, only_tell, begun=self._host.revision)
                before = self._opened.get(call)
                self._opened[call] = opened
                try:
                    turn = self._sessions.start(call, flow, known, language)
                except HuntgroupError:
                    self._restore_opened(call, before)
                    raise
                self._last.pop(call, None)
                self._owed.pop(call, None)
        return self.look(call) if turn is None else self._settle(call, 0, turn)

    def give(self, call: str, given: Input) -> MenuTurn:
        """Tell what happened to a call.

        Raises
        ------
        UsageError
            If the call is not known, or the input is malformed.
        """
        wait = int(getattr(given, "wait", 0))
        with self._one:
            last = self._last.get(call)
            repeated = last if last is not None and wait and last[0] == wait else None
            if repeated is None:
                turn = self._sessions.give(call, given)
                if turn.ignored and turn.outcome is None:
                    return replace(self._standing(call), ignored=turn.ignored)
                if turn.ignored:
                    return self._over(call, turn)
        if repeated is not None:
            return replace(self._finish(call, *repeated), again=True)
        return self._settle(call, wait, turn)

    def look(self, call: str, *, caller: str = "") -> MenuTurn:
        """Say where a call stands, for a driver that comes back: what it waits for, or what became of it.

        Raises
        ------
        UsageError
            If the call is not known.
        """
        with self._one:
            if caller and call in self._sessions:
                self._callers[call] = caller
            if call not in self._sessions:
                ended = self._sessions.ended(call)
                if ended is None:
                    raise UsageError(f"call {quoted(call)} is in no menu; start it")
                return self._over(call, ended)
            self._heard[call] = time.monotonic_ns()
            standing = self._standing(call)
            wait = self._sessions.waiting(call)
        if isinstance(wait, AwaitAnswer) and can_answer(wait, self.directory):
            state = self._sessions.state(call)
            return self._settle(call, 0, Turn(state, standing.spoken, wait))
        return standing

    def sync(self, front_end: str, calls: Sequence[str]) -> MenusSynced:
        """Take a front-end at its word that it has these calls: others of its own have hung up."""
        has = set(calls)
        with self._one:
            mine = [one for one in self._sessions.calls() if self._opened_of(one).front_end == front_end]
            known = set(self._sessions.calls())
            gone = [call for call in mine if call not in has]
            for call in gone:
                self._settle(call, 0, self._sessions.give(call, HungUp()))
            for call in has & known:
                self._heard[call] = time.monotonic_ns()
        return MenusSynced(tuple(gone), tuple(sorted(has - known)))

    def knows(self, call: str) -> bool:
        """Tell whether a call is in a menu, or it is known what became of it."""
        with self._one:
            return call in self._sessions or self._sessions.ended(call) is not None

    def calls(self, front_end: str = "") -> list[str]:
        """List the calls that are in menus, of one front-end or of all."""
        with self._one:
            return [
                call
                for call in self._sessions.calls()
                if not front_end or self._opened_of(call).front_end == front_end
            ]

    def close(self) -> None:
        """Write everything down. Calls stay in their menus; a new desk takes them over."""
        with self._one:
            try:
                self._compact()
            except UnavailableError:
                pass  # it is longer to read, and whole
            finally:
                self._logbook.close()

    # Turns

    def _settle(self, call: str, wait: int, turn: Turn) -> MenuTurn:
        """Answer look-ups as long as the server can, act on the outcome, and keep the answer for who repeats."""
        spoken = list(turn.spoken)
        while isinstance(turn.wait, AwaitAnswer) and can_answer(turn.wait, self.directory):
            asked = replace(turn.wait, inputs=self._revealed(call, turn.wait.inputs))
            found = answer(
                asked, self._host, self.directory, self._callers.get(call, ""), self.settings.look_up_ns
            )
            with self._one:
                if call not in self._sessions:  # it hung up meanwhile
                    return self.look(call)
                self._count(call, turn)
                turn = self._sessions.give(call, found)
                if turn.ignored:  # somebody else went on with it meanwhile
                    return self.look(call)
            spoken += turn.spoken
        with self._one:
            self._count(call, turn)
            self._heard[call] = time.monotonic_ns()
            made = self._made(call, replace(turn, spoken=tuple(spoken)))
            self._last[call] = wait, made
            if turn.outcome is not None:
                self._owed[call] = turn
            self._last.move_to_end(call)
            while len(self._last) > self.settings.remembered + len(self._sessions):
                self._last.popitem(last=False)
            if self._logbook.lines >= self.settings.compact_every:
                self._compact()
        return made if turn.outcome is None else self._finish(call, wait, made)

    def _finish(self, call: str, wait: int, made: MenuTurn) -> MenuTurn:
        """Do what follows from an outcome unless that is done: it may have failed before, or be under way just now."""
        with self._one:
            turn = self._owed.get(call)
            if turn is None:
                last = self._last.get(call)
                return last[1] if last is not None and last[0] == wait else made
        made = self._act(call, made, turn)
        with self._one:
            if self._owed.get(call) is turn:  # the call has not come again meanwhile
                del self._owed[call]
                self._last[call] = wait, made
                self._heard.pop(call, None)
                self._callers.pop(call, None)
        return made

    def _revealed(self, call: str, inputs: Mapping[str, str]) -> dict[str, str]:
        """Give the inputs of a look-up with secret digits in place of their references, as far as they are known."""
        found = dict(inputs)
        for name, value in inputs.items():
            if value.startswith(SECRET):
                try:
                    found[name] = self._sessions.reveal(call, value)
                except UsageError:  # they went with the process that heard them: the look-up fails
                    found[name] = ""
        return found

    def _made(self, call: str, turn: Turn) -> MenuTurn:
        caller = self._callers.get(call, "")
        state = turn.state
        return MenuTurn(
            call,
            state.flow,
            state.version,
            state.language,
            tuple(replace(one, text=one.text.replace(CALLER, caller)) for one in turn.spoken),
            shown(turn.wait, caller),
            told(turn.outcome, caller),
            turn.ignored,
            served=state.served,
        )

    def _standing(self, call: str) -> MenuTurn:
        """Say where a living call stands, and what was last said to it."""
        state = self._sessions.state(call)
        last = self._last.get(call)
        spoken = self._sessions.speaking(call)
        turn = Turn(state, spoken, self._sessions.waiting(call))
        made = self._made(call, turn)
        if last is not None and last[1].wait == made.wait:
            return replace(last[1], again=True)
        return replace(made, again=True)

    def _over(self, call: str, turn: Turn) -> MenuTurn:
        """Say what became of a call; what should have been done about it is done, if a crash came before."""
        last = self._last.get(call)
        if last is not None and last[1].outcome is not None:
            made = self._finish(call, *last)
            return replace(made, ignored=turn.ignored, spoken=(), again=True)
        made = self._made(call, replace(turn, spoken=()))
        return replace(self._act(call, made, turn), again=True)

    def _act(self, call: str, made: MenuTurn, turn: Turn) -> MenuTurn:
        """Do what follows from an outcome. Again is harmless: the contact is there, or the call-back booked."""
        opened = self._opened_of(call)
        if opened.only_tell:
            return made
        match turn.outcome:
            case ToQueue() as wanted:
                return self._enqueue(call, made, without_caller(wanted), opened)
            case ToCallBack() if self.book is not None and isinstance(made.outcome, ToCallBack):
                problem = self.book(call, made.outcome, opened)
                if problem:
                    return replace(made, done="refused", problem=problem)
                return replace(made, done="booked")
        return made

    def _enqueue(self, call: str, made: MenuTurn, wanted: ToQueue, opened: Opened) -> MenuTurn:
        command = EnqueueContact(
            call,
            wanted.queues,
            opened.channel,
            priority=wanted.priority,
            requirement=wanted.requirement,
            customer=wanted.customer,
            attributes=dict(wanted.attributes) or None,
            front_end=opened.front_end,
        )
        events = self._host.apply(command, request_id=f"menu/{named(opened)}", actor=ACTOR)
        for event in events:
            if not isinstance(event, CommandRefused):
                continue
            waits = event.reason is Reason.ALREADY_SO and self._host.read(
                lambda engine: call in engine.contacts
            )
            if not waits:  # or it did the last time that it came
                refusal = Refusal(event.command, event.reason.value, event.subject, event.detail)
                return replace(made, done="refused", refusal=refusal)
        instructions = () if self._facade is None else self._facade.look(call).instructions
        return replace(made, done="enqueued", instructions=instructions)

    # Inside

    def _load(self) -> dict[str, Flow]:
        return load_flows(self.source, self._host.read(lambda engine: engine.config))

    def _publish(self, loaded: Mapping[str, Flow]) -> None:
        for flow in loaded.values():
            self._sessions.publish(flow)
        self._flows = dict(loaded)

    def _flow(self, flow: str) -> Flow:
        found = self._flows.get(flow)
        if found is None:
            raise UsageError(
                f"there is no flow {quoted(flow)}{suggest(flow, self._flows) or '; add its file'}"
            )
        return found

    def _brief(self, flow: Flow, version: str, calls: int) -> FlowBrief:
        counted = self._paths.figures(flow.id)
        return FlowBrief(
            flow.id,
            version,
            flow.languages,
            queues_of(flow),
            calls,
            counted.begun,
            counted.ended,
            counted.served,
            dict(counted.outcomes),
        )

    def _count(self, call: str, turn: Turn) -> None:
        if turn.moves:
            self._paths.add(call, turn)
        if turn.outcome is not None:
            self._paths.forget(call)

    def _opened_of(self, call: str) -> Opened:
        return self._opened.get(call) or Opened(call)

    def _restore_opened(self, call: str, before: Opened | None) -> None:
        if before is None:
            self._opened.pop(call, None)
            self._callers.pop(call, None)
        else:
            self._opened[call] = before

    def _sweep(self) -> None:
        """End calls of which nothing was heard for long: their driver is gone."""
        now = time.monotonic_ns()
        if now < self._swept_ns + _SWEEP_NS:
            return
        self._swept_ns = now
        for call in self._sessions.calls():
            if now - self._heard.setdefault(call, now) > self.settings.idle_ns:
                self._settle(call, 0, self._sessions.give(call, HungUp()))

    # The logbook

    def _write(self, entry: Published | Started | Given) -> None:
        if isinstance(entry, Started):
            self._logbook.write(self._opened[entry.call])
        self._logbook.write(entry)

    def _restored(self) -> tuple[Sessions, str]:
        kept, entries, problem = self._logbook.read()
        calls = self.settings.calls
        if kept is None:
            sessions = Sessions(calls=calls, remembered=self.settings.remembered, journal=self._write)
        else:
            sessions = Sessions.restore(
                kept.sessions, calls=calls, remembered=self.settings.remembered, journal=self._write
            )
            self._opened = {one.call: one for one in kept.opened}
        for entry in entries:
            self._again(sessions, entry)
        return sessions, problem

    def _again(self, sessions: Sessions, entry: Entry) -> None:
        if isinstance(entry, Opened):
            self._opened[entry.call] = entry
            return
        try:
            sessions.apply(entry)
        except UsageError as error:
            raise CorruptJournalError(f"{self._logbook.path} does not follow from itself: {error}") from None

    def _compact(self) -> None:
        """Write down what there is, and forget what is known of calls that nobody remembers."""
        known = [*self._sessions.calls(), *self._remembered()]
        opened = tuple(self._opened[call] for call in known if call in self._opened)
        self._logbook.begin(Kept(self._sessions.save(ended=_REMEMBERED), opened))
        self._opened = {one.call: one for one in opened}
        kept = set(known)
        for table in (self._callers, self._heard, self._owed):
            for call in [call for call in table if call not in kept]:
                del table[call]

    def _remembered(self) -> list[str]:
        return [call for call in self._opened if self._sessions.ended(call) is not None]
