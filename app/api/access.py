"""Who calls, and whether they may: each route declares its permission, or is public."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import docs_page
from app.api.addresses import refuse_unfit_address
from app.api.problems import ProblemError, problem
from app.db.database import DatabaseUnavailableError
from app.domain.access import OF_CASES, AccessDeclaration, Actor, Permission
from app.identity.errors import ProviderUnavailableError
from app.observability.logs import log
from app.services.callers import Callers

bearer = HTTPBearer(
    auto_error=False, description="An API key of the service, or an access token for it"
)

Endpoint = Callable[[Request, Actor], Awaitable[Response]]

_FAILURE = "failure"
# From a page of ours, or from the address bar and bookmarks of a person.
_OWN_SITES = frozenset({"same-origin", "none"})
# What FastAPI itself serves, and the page that shows it.
_DOCUMENTATION = docs_page.ADDRESSES | {
    *("/openapi.json", "/docs/oauth2-redirect", docs_page.ASSETS)
}


Presented = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


@dataclass(frozen=True, slots=True)
class Gate(AccessDeclaration, ABC):
    """A dependency that stands before a route, and lets in whom their role permits."""

    permission: Permission

    @abstractmethod
    async def __call__(self, request: Request, presented: Presented) -> object:
        """Return the one who was let in."""

    async def admitted(self, request: Request, presented: Presented) -> Actor:
        """Return the actor of the key in the request."""
        credentials = None if presented is None else presented.credentials
        actor = await _admitted(request, credentials, self.permission)
        refuse_unfit_address(request)
        return actor


class ActorGate(Gate):
    """A dependency that gives the actor of a request."""

    async def __call__(self, request: Request, presented: Presented) -> Actor:
        """Return the actor of the key in the request."""
        return await self.admitted(request, presented)


def _ensure_caseless(permission: Permission) -> None:
    if permission in OF_CASES:
        raise RuntimeError(f"{permission} shows cases; see app/api/viewing.py")


def permitted(permission: Permission) -> object:
    """Declare what a route does: the way, and the only one, to its actor."""
    _ensure_caseless(permission)
    return Depends(ActorGate(permission))


async def public(request: Request) -> None:
    """Let everybody in: what the route answers is in the law, or for the public."""
    refuse_unfit_address(request)


PUBLIC = Depends(public)

FigureReader = Annotated[Actor, permitted(Permission.READ_FIGURES)]
Sender = Annotated[Actor, permitted(Permission.SEND_EVENTS)]


class GatedRoute(Route):
    """A route that is answered before FastAPI, with the same gate before it.

    Among the routes of FastAPI it stands for its errors alone.
    """

    def __init__(
        self, path: str, endpoint: Endpoint, *, method: str, permission: Permission
    ) -> None:
        _ensure_caseless(permission)
        super().__init__(path, _fail, methods=[method])
        self._answer = endpoint
        self._permission = permission
        self.method = method

    async def answered(self, request: Request) -> Response:
        """Return the answer to *request*, whose caller is let in."""
        actor = await _admitted(request, _bearer(request), self._permission)
        return await self._answer(request, actor)


class Shortcut:
    """Answers one route, and leaves to the application what else comes, and its errors.

    Where the route fails, the application gets the request and raises the same error
    where its handlers are, so that every error is answered in one place.
    """

    def __init__(self, app: ASGIApp, route: GatedRoute, owner: FastAPI) -> None:
        self._app = app
        self._route = route
        self._owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or start and stop."""
        route = self._route
        if scope.get("path") != route.path or scope["method"] != route.method:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._owner
        scope["endpoint"] = route.endpoint
        try:
            response = await route.answered(Request(scope, receive, send))
        except Exception as error:  # noqa: BLE001 (raised again by the route)
            scope["state"][_FAILURE] = error
            await self._app(scope, receive, send)
        else:
            await response(scope, receive, send)


def ensure_declared(app: FastAPI) -> None:
    """Make sure that every route says who may call it.

    Raises:
        RuntimeError: one does not; the message names it.
    """
    for route in iter_route_contexts(app.routes):
        if not _is_declared(route.original_route):
            raise RuntimeError(
                f"{route.path} declares neither a permission nor that it is public; "
                "see app/api/access.py"
            )


async def is_still_permitted(request: Request, permission: Permission) -> bool:
    """Tell whether the caller of a request that takes long may go on with it."""
    try:
        await _admitted(request, _bearer(request), permission)
    except (ProblemError, ProviderUnavailableError):
        return False
    except DatabaseUnavailableError:
        return True  # Whatever the caller goes on with will find out by itself.
    return True


async def _fail(request: Request) -> Response:
    error: Exception = request.scope["state"].pop(_FAILURE)
    raise error


def _bearer(request: Request) -> str | None:
    header = request.headers.get("authorization")
    scheme, credentials = get_authorization_scheme_param(header)
    return (credentials or None) if scheme.lower() == "bearer" else None


async def _admitted(
    request: Request, presented: str | None, permission: Permission
) -> Actor:
    callers: Callers = request.app.state.callers
    if presented is not None:
        actor = await callers.bearers.known(presented)
    else:
        actor = await _signed_in(request, callers)
    if actor is None:
        raise ProblemError(problem("unauthenticated"))
    request.state.caller = actor.key_id  # for the line that tells of the request
    if not actor.comes_from(request.client.host if request.client else None):
        log.warning("key_from_elsewhere", caller=actor.key_id)
        raise ProblemError(problem("wrong_network"))
    if not actor.may(permission):
        raise ProblemError(problem("forbidden"))
    return actor


async def _signed_in(request: Request, callers: Callers) -> Actor | None:
    """Return who follows a link of our own pages to what the API answers, to a file.

    Nothing can be changed so, and no other site can lead here: browsers say from where
    they come, and one that does not say it is refused.
    """
    secret = request.cookies.get(callers.cookie)
    if secret is None or request.method != "GET":
        return None
    if request.headers.get("sec-fetch-site") not in _OWN_SITES:
        return None
    session = await callers.sessions.known(secret)
    return None if session is None else session.actor


def _is_declared(route: BaseRoute) -> bool:
    if isinstance(route, GatedRoute) or getattr(route, "path", None) in _DOCUMENTATION:
        return True
    return isinstance(route, APIRoute) and any(map(_declares, _calls(route.dependant)))


def _declares(call: object) -> bool:
    """Tell whether a dependency is a gate: ours, or one of the pages'."""
    return call is public or isinstance(call, AccessDeclaration)


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
