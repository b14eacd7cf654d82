"""A session: batches of commands over one connection, for threads.

Owns what is under way, and that it is sent again when the connection was lost; must not know what commands do.
"""

import threading
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from typing import Any, Final, Self

import grpc

from grpc_api.client.asking import ENGINE, Ids, items_of, requests_of
from grpc_api.client.retrying import Attempts, Patience, fault_in, raised
from grpc_api.convert import read_outcome
from grpc_api.status import Fault
from grpc_api.v1 import engine_pb2
from routing.commands import Command
from routing.errors import ClosedError
from routing.host import Outcome, Request

#: By number; a Failure has the number of its code.
CODES: Final = {code.value[0]: code for code in grpc.StatusCode}


class Session:
    """Sends batches without waiting for each answer; they are done in the order in which they were submitted.

    When the connection is lost, it comes back by itself and sends again what has not been answered, under the same
    request ids. Parameters are those of `Client.session`.

    Examples
    --------
    >>> from grpc_api.client import Client
    >>> from grpc_api.domains import Domains, Hosted
    >>> from grpc_api.server import Server
    >>> from routing import Agent, Config, LogIn, LogOut
    >>> from routing.host import Host
    >>> with Host(Config(agents=(Agent("ann"),))) as host, Server(Domains(Hosted("bank", host))) as server:
    ...     with Client(f"127.0.0.1:{server.port}", "bank") as client, client.session() as session:
    ...         batches = [session.submit([LogIn("ann")]), session.submit([LogOut("ann")])]
    ...         [type(batch.result()[0].events[0]).__name__ for batch in batches]
    ['AgentLoggedIn', 'AgentLoggedOut']
    """

    def __init__(
        self,
        channel: grpc.Channel,
        domain: str,
        ids: Ids,
        patience: Patience,
        metadata: tuple[tuple[str, str], ...],
        front_end: str,
        lease_ns: int,
    ) -> None:
        self._method: Any = channel.stream_stream(f"{ENGINE}Session")
        self._opening = engine_pb2.SessionRequest(
            domain=domain, front_end=front_end, lease_ns=lease_ns
        ).SerializeToString()
        self._ids = ids
        self._patience = patience
        self._metadata = metadata
        self._changed = threading.Condition()
        self._pending: dict[int, tuple[bytes, Future[list[Outcome]]]] = {}
        self._out: deque[bytes] = deque()
        self._sequence = 0
        self._credits = 1
        self._connection = 0  # counts them
        self._closed = False
        self._error: Exception | None = None
        self._call: Any = None
        self._thread = threading.Thread(target=self._run, name="huntgroup-session", daemon=True)
        self._thread.start()

    def apply_many(self, commands: Collection[Command | Request]) -> list[Outcome]:
        """Do a batch and wait for what becomes of it."""
        return self.submit(commands).result()

    def submit(self, commands: Collection[Command | Request]) -> "Future[list[Outcome]]":
        """Send a batch; waits only while too many are under way."""
        items = items_of(requests_of(commands, self._ids))
        future: Future[list[Outcome]] = Future()
        if not items:
            future.set_result([])
            return future
        with self._changed:
            while len(self._pending) >= self._credits and not self._over():
                self._changed.wait()
            if self._over():
                raise self._error or ClosedError("the session is closed; open another one")
            self._sequence += 1
            data = engine_pb2.SessionRequest(sequence=self._sequence, items=items).SerializeToString()
            self._pending[self._sequence] = (data, future)
            self._out.append(data)
            self._changed.notify_all()
        return future

    def close(self) -> None:
        """Wait for what is under way, and end; twice does nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def cancel(self) -> None:
        """End at once, as if the process had died; what is under way may or may not be done."""
        with self._changed:
            self._closed = True
            self._error = self._error or ClosedError("the session was cancelled; open another one")
            self._changed.notify_all()
        call = self._call
        if call is not None:
            call.cancel()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Inside

    def _over(self) -> bool:
        return self._closed or self._error is not None

    def _run(self) -> None:
        attempts = Attempts(self._patience, stream=True)
        while True:
            try:
                self._connect(attempts)
                error: Exception | None = None
            except grpc.RpcError as broken:
                error = self._pause(attempts, fault_in(broken))
            except Exception as found:  # whatever it is, nobody must wait for ever
                error = found
            with self._changed:
                if error is None and self._closed and not self._pending:
                    return
                if error is None and self._error is None:
                    continue
                self._error = self._error or error
                for _, future in self._pending.values():
                    future.set_exception(self._error or ClosedError("the session is closed"))
                self._pending.clear()
                self._changed.notify_all()
                return

    def _pause(self, attempts: Attempts, fault: Fault) -> Exception | None:
        """Wait before the next attempt; give the error when there is none."""
        try:
            pause_s = attempts.pause_s(fault)
        except Exception as error:
            return error
        with self._changed:
            self._changed.wait_for(lambda: self._error is not None, pause_s)
        return None

    def _connect(self, attempts: Attempts) -> None:
        """Send what is under way and all that comes, until the end."""
        with self._changed:
            if self._closed and not self._pending:
                return
            self._connection += 1
            number = self._connection
            self._out = deque(data for data, _ in self._pending.values())
        self._call = call = self._method(self._requests(number), metadata=self._metadata)
        try:
            for data in call:
                attempts.succeeded()
                self._settle(engine_pb2.SessionResponse.FromString(data))
        finally:
            with self._changed:
                self._connection += 1
                self._changed.notify_all()
            call.cancel()

    def _requests(self, number: int) -> Iterator[bytes]:
        yield self._opening
        while True:
            with self._changed:
                while not self._out and self._connection == number and not self._closed:
                    self._changed.wait()
                if self._connection != number or (self._closed and not self._out):
                    return
                data = self._out.popleft()
            yield data

    def _settle(self, answer: engine_pb2.SessionResponse) -> None:
        with self._changed:
            self._credits = max(answer.credits, 1)
            _, future = self._pending.pop(answer.sequence, (b"", None))
            self._changed.notify_all()
        if future is None:
            return
        if answer.HasField("failure"):
            future.set_exception(failure_in(answer.failure))
        else:
            future.set_result([read_outcome(one) for one in answer.outcomes])


def failure_in(failure: engine_pb2.Failure) -> Exception:
    """Give what is raised for a batch that was not done."""
    return raised(
        Fault(
            CODES.get(failure.code, grpc.StatusCode.UNKNOWN),
            failure.reason,
            failure.message,
            dict(failure.metadata),
            failure.retry_after_ns,
        )
    )
