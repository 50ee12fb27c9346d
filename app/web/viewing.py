"""Pages that show cases: no page leaves before the look at it is written down."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.db.database import Database
from app.domain.access import AccessDeclaration, Actor, Permission
from app.services.scopes import scope_of
from app.services.viewing import Viewer
from app.web.access import Everybody, Page


@dataclass(frozen=True, slots=True)
class ViewerPage(AccessDeclaration):
    """Gives the person who has signed in as one who looks at cases."""

    permission: Permission

    async def __call__(self, request: Request) -> Viewer:
        """Return the viewer, who must look before the page leaves."""
        return _viewer(request, await Page(self.permission)(request))


@dataclass(frozen=True, slots=True)
class ViewerOrNobody(AccessDeclaration):
    """Gives who has signed in and may look at cases, and lets everybody else in too."""

    permission: Permission

    async def __call__(self, request: Request) -> Viewer | None:
        """Return the viewer; None, to whom no case may be shown."""
        await Everybody()(request)
        actor: Actor | None = request.state.actor
        if actor is None or not actor.may(self.permission):
            return None
        return _viewer(request, actor)


def viewing(permission: Permission) -> object:
    """Declare what a page does that shows cases: the way, and the only one, to it."""
    return Depends(ViewerPage(permission))


def database_of(request: Request, actor: Actor) -> Database:
    """Return the database as the actor may see it."""
    database: Database = request.app.state.database
    return database.seen_by(scope_of(actor))


def _viewer(request: Request, actor: Actor) -> Viewer:
    viewer = Viewer.asking(
        database_of(request, actor),
        actor,
        route=f"{request.method} {request.scope['route'].path}",
        asked={**request.query_params, **request.path_params},
    )
    request.state.viewer = viewer
    return viewer


ViewerIfAny = Annotated[Viewer | None, Depends(ViewerOrNobody(Permission.READ_CASES))]
CaseViewer = Annotated[Viewer, viewing(Permission.READ_CASES)]
