"""Kamailio's news to the book, the book's questions to the server, the server's instructions to Kamailio.

Owns tasks and the order of coming back (list Kamailio's calls, follow the server, compare, then ask); must not know
what any of it means for a call.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Any, Final

import grpc

from grpc_api.v1 import routing_pb2 as pb
from kamailio_sidecar import messages as m
from kamailio_sidecar.book import Action, Ask, AskCode, AskReport, AskRoute, AskSync, Book
from kamailio_sidecar.link import Link
from kamailio_sidecar.server import RefusedError, Server
from kamailio_sidecar.settings import Settings

_LOG: Final = logging.getLogger(__name__)
_TICK_S: Final = 0.5
_FOLLOW_BACK_OFF_S: Final = (0.02, 0.5)


class Sidecar:
    """One of them for one Kamailio."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.book = Book(settings.rules())
        host, _, port = settings.evapi.rpartition(":")
        self._link = Link(host, int(port), self._opened, self._heard)
        # Nobody else holds a running task: without this set, those under way are collected.
        self._tasks: set[asyncio.Task[None]] = set()
        self._reports: dict[str, deque[AskReport]] = {}  # being made, by contact
        self._listed = asyncio.Event()  # the book has Kamailio's calls
        self._compared = asyncio.Event()  # and so has the server: they may be asked and told about
        self._server = Server(settings.server, self._compared)
        self._following: Any = None
        self._away_since_s: float | None = time.monotonic()

    async def run(self) -> None:
        """Serve until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._link.run())
                group.create_task(self._follow())
                group.create_task(self._tick())
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.close()

    # --- Kamailio

    def _opened(self) -> None:
        self._listed.clear()
        self._compared.clear()
        self.book.begin_listing()
        self._link.send(m.ListCalls())

    def _heard(self, event: m.Event) -> None:
        if isinstance(event, m.Listed):
            self.book.end_listing(time.monotonic())
            _LOG.info("Kamailio has %d calls", len(self.book.calls))
            self._do(action for call in tuple(self.book.codes()) for action in self.book.ask(call))
            self._listed.set()
            self._compare_anew()
        else:
            self._do(self.book.heard(event, time.monotonic()))

    def _do(self, actions: Iterable[Action]) -> None:
        for action in actions:
            if isinstance(action, m.Command):
                self._link.send(action)
            elif isinstance(action, AskSync):
                self._compare_anew()
            elif isinstance(action, AskReport):
                self._report(action)
            else:
                self._spawn(self._ask(action))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a question failed", exc_info=task.exception())

    # --- Questions

    async def _ask(self, ask: Ask) -> None:
        try:
            match ask:
                case AskRoute(request=route):
                    await self._compared.wait()
                    if ask.call not in self.book.calls:
                        return
                    routed = await self._server.route(route)
                    self._do(self.book.routed(route.call_id, routed, time.monotonic()))
                case AskCode(request=code):
                    self._do(self.book.code_done(ask.call, await self._server.dial_code(code)))
        except RefusedError as error:
            _LOG.error("call %s: %s", ask.call, error)
            self._do(self.book.refused(ask.call))

    def _report(self, ask: AskReport) -> None:
        """Reports of one call go one after the other: the end of a talk means nothing before its beginning."""
        contact = ask.request.call_id
        if contact in self._reports:
            self._reports[contact].append(ask)
            return
        self._reports[contact] = deque([ask])
        self._spawn(self._report_all(contact))

    async def _report_all(self, contact: str) -> None:
        reports = self._reports[contact]
        try:
            while reports:
                report = reports.popleft().request
                try:
                    answer = await self._server.report(report)
                except RefusedError as error:
                    _LOG.error("report of %s: %s", contact, error)
                    self.book.settled(contact)
                else:
                    self._do(self.book.reported(report, answer, time.monotonic()))
        finally:
            del self._reports[contact]

    def _instructed(self, contact: str, revision: int, instruction: pb.Instruction) -> None:
        self._do(self.book.instructed(contact, revision, instruction, time.monotonic()))

    # --- The stream

    def _compare_anew(self) -> None:
        """Have the stream opened again: a comparison follows."""
        self._compared.clear()
        if self._following is not None:
            self._following.cancel()

    async def _follow(self) -> None:
        wait_s = _FOLLOW_BACK_OFF_S[0]
        while True:
            await self._listed.wait()
            try:
                await self._follow_once()
                wait_s = _FOLLOW_BACK_OFF_S[0]
            except grpc.aio.AioRpcError as error:
                if self._away_since_s is None and error.code() is not grpc.StatusCode.CANCELLED:
                    _LOG.info("the stream of instructions broke: %s %s", error.code().name, error.details())
            except asyncio.CancelledError:  # of the stream, by gRPC, or of this task: only the latter ends it
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
            self._compared.clear()
            if self._away_since_s is None:
                self._away_since_s = time.monotonic()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _FOLLOW_BACK_OFF_S[1])

    async def _follow_once(self) -> None:
        # The comparison says how every call stands; what comes after it is followed.
        rules = self.book.rules
        request = pb.FollowCallsRequest(
            domain=rules.domain, front_end=rules.front_end, start_revision=await self._compare()
        )
        stream = self._following = self._server.follow(request)
        self._away_since_s = None
        try:
            async for notice in stream:
                if notice.call_id:
                    self._instructed(notice.call_id, notice.revision, notice.instruction)
        finally:
            self._following = None
            stream.cancel()

    async def _compare(self) -> int:
        rules = self.book.rules
        request = pb.SyncCallsRequest(domain=rules.domain, front_end=rules.front_end, calls=self.book.live())
        answer = await self._server.sync(request)
        _LOG.info(
            "compared: %d calls, %d lost, %d unknown",
            len(request.calls),
            len(answer.lost),
            len(answer.unknown),
        )
        if self._listed.is_set():
            self._compared.set()
        self._do(self.book.synced(answer, time.monotonic()))
        return answer.revision

    # --- Time

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S if not self.book.gathering else self.book.rules.gather_s / 2)
            now_s = time.monotonic()
            away_s = 0.0 if self._away_since_s is None else now_s - self._away_since_s
            if self._listed.is_set():
                self._do(self.book.tick(now_s, away_s))
