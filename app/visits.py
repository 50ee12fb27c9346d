"""What somebody sees who asks: one database and one viewer for API and pages alike."""

from starlette.requests import Request

from app.db.database import Database
from app.domain.access import Actor
from app.services.scopes import scope_of
from app.services.viewing import Viewer


def database_of(request: Request, actor: Actor) -> Database:
    """Return the database as *actor* may see it, for work of the request's kind."""
    database: Database = request.app.state.database
    return database.at(request.state.work).seen_by(scope_of(actor))


def viewer_of(request: Request, actor: Actor) -> Viewer:
    """Return *actor* as the viewer of what *request* asks for, known to the door."""
    viewer = Viewer.asking(
        database_of(request, actor),
        actor,
        route=f"{request.method} {request.scope['route'].path}",
        asked={**request.query_params, **request.path_params},
    )
    request.state.viewer = viewer
    return viewer
