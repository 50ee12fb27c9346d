"""Pages that show cases: no page leaves before the look at it is written down."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.domain.access import AccessDeclaration, Actor, Permission
from app.services.viewing import Viewer
from app.visits import viewer_of
from app.web.access import Everybody, Page


@dataclass(frozen=True, slots=True)
class ViewerPage(AccessDeclaration):
    """Gives the person who has signed in as one who looks at cases."""

    permission: Permission

    async def __call__(self, request: Request) -> Viewer:
        """Return the viewer, who must look before the page leaves."""
        return viewer_of(request, await Page(self.permission)(request))


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
        return viewer_of(request, actor)


def viewing(permission: Permission) -> object:
    """Declare what a page does that shows cases: the way, and the only one, to it."""
    return Depends(ViewerPage(permission))


ViewerIfAny = Annotated[Viewer | None, Depends(ViewerOrNobody(Permission.READ_CASES))]
CaseViewer = Annotated[Viewer, viewing(Permission.READ_CASES)]
