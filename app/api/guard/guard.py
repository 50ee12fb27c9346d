"""The guard before the application: what is refused unread, and who may come in."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.guard import headers
from app.api.guard.admission import Admission
from app.api.guard.headers import LARGEST_HEAD
from app.api.guard.names import Edge, Names
from app.api.guard.refusals import Refusal, response
from app.api.guard.traffic import is_unsafe, traffic_of

# A body is waited for up to this size before its request takes up a place.
HELD_BODY = 65_536
ALIVE = "/health/live"
_HEALTH = frozenset({ALIVE, "/health/ready"})
_READ = frozenset(
    {
        *(b"host", b"origin", b"sec-fetch-site", b"authorization", b"cookie"),
        *(b"content-encoding", b"content-type"),
    }
)


class Guard:
    """Stands before the whole application, and speaks for it where it refuses.

    *telling* is how a refusal is told to who asks: as a problem, or else as a page.
    """

    def __init__(
        self,
        app: ASGIApp,
        edge: Edge,
        telling: Callable[[Request, Response], Response],
    ) -> None:
        self._app = app
        self._telling = telling
        self._names = Names(edge)
        self._admission = Admission()
        self._defaults = headers.defaults(public_origin=edge.public_origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or start and stop."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", ())
                message["headers"] = headers.completed(given, self._defaults)
            await send(message)

        given, refusal = _read(scope)
        refusal = refusal or self._refusal(scope, given)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send_completed)
        elif scope["path"] == ALIVE:
            await self._app(scope, receive, send_completed)
        else:
            await self._admit(scope, given, receive, send_completed)

    def _refusal(self, scope: Scope, given: dict[bytes, bytes]) -> Refusal | None:
        """Return why a request is refused for what its head says."""
        # Who asks whether we are well asks an address, and learns nothing else.
        if scope["path"] not in _HEALTH:
            refusal = self._names.refusal_of_host(given.get(b"host"))
            if refusal is not None:
                return refusal
        if is_unsafe(scope):
            if b"content-encoding" in given:
                return "unsupported_media_type"
            if self._names.is_cross_site(given, scope["scheme"]):
                return "cross_site"
        return None

    async def _refuse(
        self, refusal: Refusal, scope: Scope, receive: Receive, send: Send
    ) -> None:
        told = self._telling(Request(scope), response(refusal))
        await told(scope, receive, send)

    async def _admit(
        self, scope: Scope, given: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        """Answer a request when its body is there and there is a place for it."""
        if is_unsafe(scope):
            arrived = await _arrived(receive)
            if arrived is None:
                return
            receive = _beginning_with(arrived, receive)
        traffic = traffic_of(scope)
        caller = _caller(scope, given)
        refusal = await self._admission.enter(traffic, caller)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
            return
        lane = self._admission.lanes[traffic]
        scope.setdefault("state", {})["work"] = lane.places.work
        try:
            await self._app(scope, receive, send)
        finally:
            lane.leave(caller)


def _read(scope: Scope) -> tuple[dict[bytes, bytes], Refusal | None]:
    """Return those headers that the guard goes by, or why the head cannot be taken."""
    found: dict[bytes, bytes] = {}
    size = len(scope["raw_path"]) + len(scope["query_string"])
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name in _READ:
            if name in found:
                return found, "malformed_request"
            found[name] = value
    return found, "headers_too_large" if size > LARGEST_HEAD else None


def _caller(scope: Scope, given: dict[bytes, bytes]) -> bytes:
    """Return what tells callers apart: a key, or an address and the session there."""
    key = given.get(b"authorization")
    if key is not None:
        return key
    client = scope.get("client")
    address = client[0].encode() if client else b""
    return address + b" " + given.get(b"cookie", b"")


async def _arrived(receive: Receive) -> Message | None:
    """Wait for the body, or as much of it as is held; None if the sender is gone."""
    held = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        has_more = message.get("more_body", False)
        if not held and not has_more:
            return message
        held += message.get("body", b"")
        if not has_more or len(held) >= HELD_BODY:
            return {**message, "body": bytes(held)}


def _beginning_with(message: Message, receive: Receive) -> Receive:
    held: Message | None = message

    async def replayed() -> Message:
        nonlocal held
        if held is None:
            return await receive()
        first, held = held, None
        return first

    return replayed
