"""/settings: what an administrator can set."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app import clock
from app.domain.access import Actor, Permission
from app.services import keys
from app.services import sources as source_service
from app.services.units import all_units
from app.visits import database_of
from app.web.access import permitted
from app.web.questions import PageQuestion
from app.web.rendering import page
from app.web.settings.shown_keys import SOON

router = APIRouter(include_in_schema=False)


@router.get("/settings")
def settings(
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Annotated[Actor, permitted(Permission.MANAGE_KEYS)],
) -> Response:
    """Show what can be set, and how much there is of it."""
    database = database_of(request, actor)
    now = clock.now()
    good = [key for key in keys.listed(database) if key.is_good(now)]
    return page(
        request,
        "settings/overview.html",
        units=len(all_units(database)),
        sources=len(source_service.settings(database)),
        keys=len(good),
        ending=sum(
            key.expires_at is not None and key.expires_at < now + SOON for key in good
        ),
    )
