"""The door of case data: no answer leaves before the look at it is written down."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.access import Gate, Presented
from app.api.problems import ProblemError, problem
from app.domain.access import Permission
from app.services.viewing import Viewer
from app.visits import viewer_of

_FIRST_ERROR = 400


class ViewerGate(Gate):
    """A dependency that gives the actor of a request as one who looks at cases."""

    async def __call__(self, request: Request, presented: Presented) -> Viewer:
        """Return the viewer, who must look before the answer leaves."""
        return viewer_of(request, await self.admitted(request, presented))


def viewing(permission: Permission) -> object:
    """Declare what a route does that shows cases: the way, and the only one, to it."""
    return Depends(ViewerGate(permission))


CaseViewer = Annotated[Viewer, viewing(Permission.READ_CASES)]


class Door:
    """Lets an answer to a viewer out if the look is written, and else none at all.

    That a service has told its viewer what it shows is a matter of its code; that
    nothing leaves where that was forgotten is held here, for every route.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                viewer = scope.get("state", {}).get("viewer")
                if (
                    viewer is not None
                    and not viewer.has_looked
                    and message["status"] < _FIRST_ERROR
                ):
                    raise RuntimeError(f"{viewer.route} shows cases without a look")
            await send(message)

        await self._app(scope, receive, guarded)


def require_exporter(viewer: Viewer) -> None:
    """Make sure that the viewer may take cases away in a file, and says why.

    Raises:
        ProblemError: they may not, or do not say it.
    """
    if not viewer.actor.may(Permission.EXPORT_CASES):
        raise ProblemError(problem("forbidden"))
    if viewer.reason is None:
        raise ProblemError(problem("reason_required"))
