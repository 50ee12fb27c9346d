"""/session: until when one is signed in; to ask puts that off, as with any page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.exports import numbers
from app.web.access import PUBLIC, SignedOutError
from app.web.languages import language_of
from app.web.questions import PageQuestion
from app.web.rendering import page

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])


@router.get("/session")
def show_session(
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
) -> Response:
    """Say until when who asks is signed in: whatever their role, if they are at all."""
    session = request.state.session
    if session is None:
        raise SignedOutError
    ends_at = numbers.instant(session.ends_at, language_of(request))
    return page(request, "session.html", ends_at=ends_at)
