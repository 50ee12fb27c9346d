"""Every request: numbered, timed, and told of in one line that holds nothing of it."""

from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any
from uuid import UUID

from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import clock
from app.observability import instruments, request_ids
from app.observability.logs import log, way_of_requests
from app.observability.request_ids import Numbered
from app.observability.tallies import Tally

HEADER = b"x-request-id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"
OTHER_METHOD = "other"
UUID_LENGTH = 36
# Asked every few seconds by machines: that all is well need not be told each time.
ROUTINE = frozenset({("/health/live", 200), ("/health/ready", 200)})


class NumberedRequests:
    """Stands around the whole application, so that whatever is answered is told of.

    Of a request nothing is told that its caller has chosen, except a UUID.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        # FastAPI leaves its route in the scope, all others only their endpoint.
        self._templates = {
            getattr(route, "endpoint", None) or getattr(route, "app", None): route.path
            for route in routes
            if hasattr(route, "path")
        }
        self._write = way_of_requests()
        self._tallies: dict[tuple[str, str, int | None], Tally] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with its number in a header; or start and stop."""
        if scope["type"] != "http":
            await self._live(scope, receive, send)
            return
        began = perf_counter()
        request = request_ids.begin()
        number = request.number.encode()
        scope.setdefault("state", {})
        status: int | None = None

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, number)]
            await send(message)

        try:
            await self._app(scope, receive, send_numbered)
        finally:
            self._tell(scope, request, status, perf_counter() - began)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            log.error("start_failed", exc_info=error)
            raise

    def _tell(
        self, scope: Scope, request: Numbered, status: int | None, seconds: float
    ) -> None:
        method = scope["method"] if scope["method"] in METHODS else OTHER_METHOD
        route = template(scope, self._templates)
        self._tally(method, route, status).add(seconds)
        if self._write is None or (route, status) in ROUTINE:
            return
        told = {
            "time": clock.now(),
            "level": "info",
            "event": "request",
            "request_id": request.number,
            "method": method,
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 1),
        }
        if request.problem is not None:
            told["problem"] = request.problem
        if (caller := scope["state"].get("caller")) is not None:
            told["caller"] = caller
        if (number := _number_of_caller(scope)) is not None:
            told["client_request_id"] = number
        self._write(told)

    def _tally(self, method: str, route: str, status: int | None) -> Tally:
        key = (method, route, status)
        found = self._tallies.get(key)
        if found is None:
            found = instruments.requests.new(method, route, str(status or "none"))
            self._tallies[key] = found
        return found


def template(scope: Scope, templates: Mapping[object, str]) -> str:
    """Return the address as our documentation writes it, without a value in it."""
    route: Any = scope.get("route")
    if route is not None:
        return str(route.path_format)
    return templates.get(scope.get("endpoint"), NO_ROUTE)


def _number_of_caller(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == HEADER and len(value) == UUID_LENGTH:
            try:
                return str(UUID(value.decode("ascii")))
            except ValueError:
                return None
    return None
