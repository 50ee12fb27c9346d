"""Who calls: the key in the header, and what the role of it permits."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from app.api.errors import ProblemError, problem
from app.services.keys import Actor, KeyRing, Role

bearer = HTTPBearer(auto_error=False, description="An API key of the service")


async def caller(
    request: Request,
    presented: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Actor:
    """Return the actor of the key in the request."""
    if presented is None:
        raise ProblemError(problem("unauthenticated"))
    return await _actor(request, presented.credentials)


async def integrator(request: Request) -> Actor:
    """Return the integrator of the key in a request that FastAPI does not dispatch."""
    header = request.headers.get("authorization")
    scheme, credentials = get_authorization_scheme_param(header)
    if scheme.lower() != "bearer" or not credentials:
        raise ProblemError(problem("unauthenticated"))
    return _permit(await _actor(request, credentials), Role.INTEGRATOR)


async def _actor(request: Request, presented: str) -> Actor:
    keys: KeyRing = request.app.state.keys
    actor = keys.remembered(presented) or await run_in_threadpool(
        keys.look_up, presented
    )
    if actor is None:
        raise ProblemError(problem("unauthenticated"))
    return actor


Caller = Annotated[Actor, Depends(caller)]


async def _integrator(actor: Caller) -> Actor:
    return _permit(actor, Role.INTEGRATOR)


async def _lead(actor: Caller) -> Actor:
    return _permit(actor, Role.LEAD)


async def _admin(actor: Caller) -> Actor:
    return _permit(actor, Role.ADMIN)


async def _auditor_or_admin(actor: Caller) -> Actor:
    return _permit(actor, Role.AUDITOR, Role.ADMIN)


async def _lead_or_admin(actor: Caller) -> Actor:
    return _permit(actor, Role.LEAD, Role.ADMIN)


async def _lead_or_integrator(actor: Caller) -> Actor:
    return _permit(actor, Role.LEAD, Role.INTEGRATOR)


def _permit(actor: Actor, *roles: Role) -> Actor:
    if actor.role not in roles:
        raise ProblemError(problem("forbidden"))
    return actor


Integrator = Annotated[Actor, Depends(_integrator)]
Lead = Annotated[Actor, Depends(_lead)]
Admin = Annotated[Actor, Depends(_admin)]
AuditorOrAdmin = Annotated[Actor, Depends(_auditor_or_admin)]
LeadOrAdmin = Annotated[Actor, Depends(_lead_or_admin)]
LeadOrIntegrator = Annotated[Actor, Depends(_lead_or_integrator)]
