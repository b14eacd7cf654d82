"""Errors over HTTP: problem details (RFC 9457) with our own reasons.

Nothing of what a client sent is repeated, but for ids in the messages of the engine; secrets never are.

Owns which error has which status; must not know where errors come from.
"""

import logging
from collections.abc import Mapping
from typing import Final

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from grpc_api.guard import Denied
from routing.errors import (
    ClosedError,
    CompactedError,
    DataError,
    FencedError,
    HuntgroupError,
    InternalError,
    JournalFullError,
    OverloadedError,
    UnavailableError,
    UsageError,
)
from routing.units import SECOND

MEDIA_TYPE: Final = "application/problem+json"
_LOG: Final = logging.getLogger("huntgroup.http")


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong. ``reason`` is for programs, ``detail`` (value, rule and remedy) for people."""

    title: str
    status: int
    reason: str
    detail: str
    type: str = "about:blank"
    oldest: int | None = None  # with the reason "compacted": from where it is still kept
    retry_after_ns: int = 0


class Failed(Exception):  # noqa: N818 (it is an answer)
    """An answer that is a problem."""

    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(status, reason, detail)
        self.status = status
        self.reason = reason
        self.detail = detail


#: By the kind of error, subclasses before their bases: status and reason.
_KINDS: Final[Mapping[type[HuntgroupError], tuple[int, str]]] = {
    OverloadedError: (503, "overloaded"),
    JournalFullError: (503, "journal_full"),
    FencedError: (503, "fenced"),
    ClosedError: (503, "closed"),
    CompactedError: (410, "compacted"),
    UnavailableError: (503, "unavailable"),
    UsageError: (400, "misuse"),
    DataError: (400, "invalid_data"),
    InternalError: (500, "internal"),
}
_CODES: Final = {
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "UNIMPLEMENTED": 501,
}
TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    410: "Gone",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


def problem_of(error: BaseException) -> Problem:
    """Say what went wrong; of what is no error of ours nothing but that it happened.

    Examples
    --------
    >>> problem_of(UsageError("call_id is empty; give each call an id of its own")).reason
    'misuse'
    >>> problem_of(KeyError("s3cret")).detail
    'an error of the server; its log says which'
    """
    match error:
        case Failed():
            return _made(error.status, error.reason, error.detail)
        case Denied():
            status = 413 if error.reason == "message_too_large" else _CODES[error.code]
            return _made(status, error.reason, error.message, retry_after_ns=error.retry_after_ns)
        case HuntgroupError():
            return _of_ours(error)
        case ValidationException():
            return _made(400, "invalid_request", _what_is_invalid(error))
        case HTTPException() if error.status_code in TITLES and error.status_code < 500:
            status = error.status_code
            reason = "invalid_request" if status == 400 else _word(TITLES[status])
            return _made(status, reason, _GENERAL.get(status, TITLES[status]))
        case _:
            return _made(500, "internal", "an error of the server; its log says which")


_GENERAL: Final = {
    400: "the request cannot be read; send JSON as /schema/openapi.json describes it",
    404: "there is nothing at this address; /schema/openapi.json lists what there is",
    405: "this address has other methods; /schema/openapi.json lists them",
    413: "the body is larger than http.body_bytes allows; send less",
    415: "the body is no JSON; send it with Content-Type application/json",
}


def _of_ours(error: HuntgroupError) -> Problem:
    for kind, (status, reason) in _KINDS.items():
        if isinstance(error, kind):
            return _made(
                status,
                reason,
                str(error) if status != 500 else "an error of the server; its log says which",
                oldest=error.oldest if isinstance(error, CompactedError) else None,
                retry_after_ns=error.retry_after_ns if isinstance(error, OverloadedError) else 0,
            )
    return _made(500, "internal", "an error of the server; its log says which")


def _what_is_invalid(error: ValidationException) -> str:
    """Name the fields and rules that msgspec names, and nothing of what stood there."""
    found = error.extra if isinstance(error.extra, list) else []
    faults = [
        f"{one.get('key') or 'body'}: {one.get('message')}" for one in found if isinstance(one, Mapping)
    ]
    return f"{'; '.join(faults)}; correct it" if faults else _GENERAL[400]


def _made(
    status: int, reason: str, detail: str, *, oldest: int | None = None, retry_after_ns: int = 0
) -> Problem:
    return Problem(
        TITLES.get(status, "Error"), status, reason, detail, oldest=oldest, retry_after_ns=retry_after_ns
    )


def _word(title: str) -> str:
    return title.lower().replace(" ", "_")


def respond(request: Request[object, object, State], error: Exception) -> Response[Problem]:
    """Answer with a problem; log what is an error of ours."""
    problem = problem_of(error)
    if problem.status == 500:
        _LOG.error("%s %s failed", request.method, request.scope.get("path_template", ""), exc_info=error)
    headers: dict[str, str] = {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after_ns or problem.status == 503:
        headers["Retry-After"] = str(max(1, -(-problem.retry_after_ns // SECOND)))
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)
