"""A CRM as the source of a directory: asked over HTTP, in JSON, each question with a time-out for all of it.

The question is ``POST URL`` with ``{"kind": "number", "value": "+442079460018"}``: in the body, for addresses get into
logs. The answer is 200 with ``{"customer": "...", "routing": {...}, "name": "...", "attributes": {...}}``, or 404 for
nobody. Redirects are not followed; answers are bounded. The time-out is for the whole exchange, also against a
server that sends a byte now and then.

Owns how a CRM is asked; must not know how long anybody waits (``answering``), nor keep what it says.
"""

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from typing import Final

import httpx
import msgspec
from msgspec import Struct

from routing.customers.directory import Answer
from routing.customers.identities import identity
from routing.errors import UnavailableError, UsageError
from routing.units import SECOND

#: Bytes of an answer.
BYTES_MAX: Final = 65_536
_CUSTOMER_MAX: Final = 200
_NAMES_MAX: Final = 100


class _Told(Struct, frozen=True):
    """What a CRM says."""

    customer: str
    routing: dict[str, str] = {}
    name: str = ""
    attributes: dict[str, str] = {}


class Webhook:
    """Asks a CRM.

    Parameters
    ----------
    url : str
        Where; ``https`` unless it is this machine.
    headers : mapping, optional
        Sent along, as a token.
    timeout_ns : int, default two seconds
        For one question, from the first byte to the last.
    connections : int, default 8
        At once.
    region : str, default ""
        Country of numbers without a plus.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_ns: int = 2 * SECOND,
        connections: int = 8,
        region: str = "",
    ) -> None:
        self._url = _checked(url)
        if timeout_ns < 1 or connections < 1:
            raise UsageError(f"timeout_ns {timeout_ns} or connections {connections} is below 1; correct it")
        self._headers = dict(headers or {})
        self._timeout_s = timeout_ns / 1e9
        self._connections = connections
        self._region = region
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: httpx.AsyncClient | None = None
        self._closed = False

    def submit(self, kind: str, value: str) -> "Future[Answer]":
        """Begin to ask; the future fails with `UnavailableError` if there is no good answer in time."""
        with self._lock:
            if self._closed:
                failed: Future[Answer] = Future()
                failed.set_exception(UnavailableError("the webhook is closed; make another"))
                return failed
            loop = self._running()
            return asyncio.run_coroutine_threadsafe(self._asked(kind, value), loop)

    def close(self) -> None:
        """Give up what is being asked, and let go of connections."""
        with self._lock:
            self._closed = True
            loop, thread, client = self._loop, self._thread, self._client
            self._loop = self._thread = self._client = None
        if loop is None or thread is None or client is None:
            return
        asyncio.run_coroutine_threadsafe(_end(client), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._client = httpx.AsyncClient(
                headers=self._headers,
                timeout=self._timeout_s,
                follow_redirects=False,
                trust_env=False,
                limits=httpx.Limits(max_connections=self._connections),
            )
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="customers-webhook", daemon=True
            )
            self._thread.start()
        return self._loop

    async def _asked(self, kind: str, value: str) -> Answer:
        one = identity(kind, value, self._region)
        client = self._client
        if client is None:
            raise CancelledError
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                client.stream("POST", self._url, json={"kind": one.kind, "value": one.value}) as response,
            ):
                if response.status_code == 404:
                    return Answer(state="absent")
                if response.status_code != 200:
                    raise UnavailableError(
                        f"{self._url} answers {response.status_code}, not 200 or 404; see what its log says"
                    )
                body = b""
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > BYTES_MAX:
                        raise UnavailableError(
                            f"{self._url} answers more than {BYTES_MAX} bytes; let it send what agents need"
                        )
        except TimeoutError:
            raise UnavailableError(
                f"{self._url} has not answered within {self._timeout_s} s; see that it is up"
            ) from None
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"{self._url} cannot be asked: {type(error).__name__}; see that it is up"
            ) from None
        return _read(body, one.value, self._url)


def _read(body: bytes, asked: str, url: str) -> Answer:
    """Read what a CRM says; nothing of it stands in the error."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.DecodeError, UnicodeDecodeError):  # ValidationError is one, and quotes only the schema
        raise UnavailableError(
            f"{url} answers no JSON of a customer; see docs/customers.md for what it must be"
        ) from None
    if (
        not told.customer
        or len(told.customer) > _CUSTOMER_MAX
        or not told.customer.isprintable()
        or asked.lstrip("+") in told.customer
        or max(len(told.routing), len(told.attributes)) > _NAMES_MAX
        or any(asked.lstrip("+") in text for text in told.routing.values())
    ):
        raise UnavailableError(
            f"{url} names the customer by nothing, by what identifies them, or says too much; "
            "let it send an opaque reference"
        )
    return Answer(
        state="found",
        customer=told.customer,
        routing=told.routing,
        name=told.name,
        attributes=told.attributes,
    )


async def _end(client: httpx.AsyncClient) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await client.aclose()


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        raise UsageError(f"{url!r} is no address; write it as https://crm.example/customers") from None
    here = parsed.host in ("localhost", "127.0.0.1", "::1")
    if not parsed.host or parsed.scheme not in ("https", "http") or (parsed.scheme == "http" and not here):
        raise UsageError(
            f"{url!r} is not https; personal data goes there, so write it as https://crm.example/customers"
        )
    return url


__all__ = ["BYTES_MAX", "Webhook"]
