"""/: what the service is, and where to go, for who has not signed in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.web.access import PUBLIC
from app.web.questions import PageQuestion
from app.web.rendering import page

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])


@router.get("/")
def front(request: Request, question: Annotated[PageQuestion, Query()]) -> Response:  # noqa: ARG001 (refuses other parameters)
    """Show what can be done here."""
    return page(request, "front.html")
