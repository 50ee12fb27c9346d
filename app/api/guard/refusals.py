"""How requests are refused that no route has seen: as problems, like any other."""

from functools import cache
from http import HTTPStatus
from typing import Literal, TypeAlias

from starlette.responses import Response

from app.api.guard.headers import completed, defaults
from app.api.problems import answer, problem

Refusal: TypeAlias = Literal[
    "malformed_request",
    "request_timeout",
    "headers_too_large",
    "misdirected",
    "cross_site",
    "unsupported_media_type",
    "too_many_requests",
    "service_busy",
]
_RETRY_AFTER = {"too_many_requests": "1", "service_busy": "2"}
# After these nothing that comes on the connection can be trusted to be a request.
_LAST_WORDS = {"malformed_request", "request_timeout", "headers_too_large"}


def response(refusal: Refusal) -> Response:
    """Return the answer that tells *refusal*."""
    headers = {}
    if refusal in _RETRY_AFTER:
        headers["Retry-After"] = _RETRY_AFTER[refusal]
    if refusal in _LAST_WORDS:
        headers["Connection"] = "close"
    return answer(problem(refusal), headers)


@cache
def raw(refusal: Refusal) -> bytes:
    """Return the same as the bytes of an answer, for a connection without a request."""
    told = response(refusal)
    status = HTTPStatus(told.status_code)
    lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
    headers = completed(told.raw_headers, defaults())
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"", bytes(told.body)])
