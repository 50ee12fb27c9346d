"""/worklist/views: what somebody asks of the worklist again and again, by name."""

from collections.abc import Iterable, Iterator
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import RedirectResponse, Response

from app import clock
from app.db.saved_views import SavedView
from app.domain.access import Actor, Permission
from app.services import saved_views as service
from app.services.saved_views import LONGEST_NAME, TooManyViewsError
from app.services.signing_in import is_nameless
from app.visits import database_of
from app.web.access import permitted
from app.web.forms import PERSONAL_DATA, UNPROCESSABLE, Flaws, Written, flaw_of
from app.web.navigation import N_
from app.web.questions import PageQuestion, UnfitAddressError
from app.web.rendering import page
from app.web.worklist_question import View, WorklistQuestion

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
_NAMELESS = N_("Give the view a name of at most 60 characters.")
_TOO_MANY = N_(
    "You have 20 views, and cannot have more. Remove one that you no longer need."
)

Keeper = Annotated[Actor, permitted(Permission.KEEP_VIEWS)]


class Saved(BaseModel):
    """What the form sends: a name, and a question as in its address."""

    model_config = ConfigDict(extra="forbid")

    name: Written = ""
    asked: Written = ""


class Removed(BaseModel):
    """What the form sends by which a view is removed."""

    model_config = ConfigDict(extra="forbid")

    name: Written


@router.get("/worklist/views")
def views(
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Keeper,
) -> Response:
    """Show the views of who asks, to open and to remove."""
    return _shown(request, actor)


@router.post("/worklist/views")
def save_view(
    request: Request, saved: Annotated[Saved, Form()], actor: Keeper
) -> Response:
    """Keep a view, and show it."""
    question = question_of(saved.asked)
    if question is None:
        raise UnfitAddressError
    name = saved.name.strip()
    flaw = flaw_of(name)
    if flaw is not None or len(name) > LONGEST_NAME:
        told = flaw if flaw == PERSONAL_DATA else None
        return _shown(request, actor, question, {"name": told or _NAMELESS})
    view = SavedView(name=name, asked=question.parameters)
    try:
        service.save(database_of(request, actor), actor, view, now=clock.now())
    except TooManyViewsError:
        return _shown(request, actor, question, {"name": _TOO_MANY})
    return RedirectResponse(question.address, _SEE_OTHER)


@router.post("/worklist/views/removal")
def remove_view(
    request: Request, removed: Annotated[Removed, Form()], actor: Keeper
) -> Response:
    """Forget a view, and show those that are left."""
    service.remove(database_of(request, actor), actor, removed.name)
    return RedirectResponse("/worklist/views", _SEE_OTHER)


def shown(
    saved: Iterable[SavedView], current: WorklistQuestion | None
) -> Iterator[View]:
    """Give the views that somebody keeps; those that mean nothing any more are not."""
    for each in saved:
        question = question_of(each.asked)
        if question is not None:
            is_current = current is not None and question.address == current.address
            yield View(each.name, question.address, is_current)


def question_of(asked: str) -> WorklistQuestion | None:
    """Return the question that an address of the worklist asks; None if it is none."""
    try:
        return WorklistQuestion.model_validate(dict(parse_qsl(asked)))
    except ValidationError:
        return None


def _shown(
    request: Request,
    actor: Actor,
    question: WorklistQuestion | None = None,
    flaws: Flaws | None = None,
) -> Response:
    saved = service.views_of(database_of(request, actor), actor)
    return page(
        request,
        "views.html",
        status=UNPROCESSABLE if flaws else 200,
        views=tuple(shown(saved, None)),
        asked=question.parameters if question else None,
        flaws=flaws or {},
        longest=LONGEST_NAME,
        passes=is_nameless(actor),
    )
