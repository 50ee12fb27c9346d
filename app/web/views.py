"""/worklist/views: what somebody asks of the worklist again and again, by name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import RedirectResponse, Response

from app import clock
from app.db.saved_views import SavedView
from app.domain.access import Actor, Permission
from app.security.personal_data import PersonalDataError
from app.services import saved_views as service
from app.services.saved_views import LONGEST_NAME, MOST_VIEWS, TooManyViewsError
from app.visits import database_of
from app.web.access import permitted
from app.web.navigation import N_
from app.web.questions import PageQuestion, UnfitAddressError
from app.web.rendering import page
from app.web.worklist_question import View, WorklistQuestion

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
_UNPROCESSABLE = 422
_LONGEST = 2_000
_UNFIT = re.compile(r"[\x00-\x1f\x7f]")
_NAMELESS = N_("Give the view a name of at most %(most)s characters.")
_TELLING = N_(
    "The name holds an identity code, a phone number or an e-mail address. Choose a "
    "name that tells of the work."
)
_TOO_MANY = N_("You have %(most)s views. Remove one that you no longer need.")

Keeper = Annotated[Actor, permitted(Permission.KEEP_VIEWS)]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a name: a *text* to translate, and the *most* it tells of."""

    text: str
    most: int = 0


class Saved(BaseModel):
    """What the form sends: a name, and a question as in its address."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=_LONGEST)] = ""
    asked: Annotated[str, Field(max_length=_LONGEST)] = ""


class Removed(BaseModel):
    """What the form sends by which a view is removed."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=_LONGEST)]


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
    if not name or len(name) > LONGEST_NAME or _UNFIT.search(name):
        return _shown(request, actor, question, Flaw(_NAMELESS, LONGEST_NAME))
    view = SavedView(name=name, asked=question.parameters)
    try:
        service.save(database_of(request, actor), actor, view, now=clock.now())
    except PersonalDataError:
        return _shown(request, actor, question, Flaw(_TELLING))
    except TooManyViewsError:
        return _shown(request, actor, question, Flaw(_TOO_MANY, MOST_VIEWS))
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
    flaw: Flaw | None = None,
) -> Response:
    saved = service.views_of(database_of(request, actor), actor)
    return page(
        request,
        "views.html",
        status=_UNPROCESSABLE if flaw else 200,
        views=tuple(shown(saved, None)),
        asked=question.parameters if question else None,
        flaw=flaw,
        most=MOST_VIEWS,
        longest=LONGEST_NAME,
    )
