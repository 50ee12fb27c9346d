"""A case of other units: opened for a reason, which its own page asks for."""

from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from app.domain.access import Permission
from app.domain.access_log import ReasonElsewhere
from app.domain.look_texts import REASONS
from app.services.viewing import Viewer
from app.web.choices import Choice
from app.web.languages import language_of
from app.web.questions import Chosen, PageQuestion
from app.web.rendering import page

_NOT_FOUND = 404


class CaseQuestion(PageQuestion):
    """What may be asked of every page of a case: why, if it is not of one's units."""

    reason: Annotated[ReasonElsewhere | None, Chosen] = None


def note_reason(request: Request, viewer: Viewer, question: CaseQuestion) -> None:
    """Note why the viewer asks, if they have said it on a page of ours.

    A link from elsewhere would make them look for a reason that somebody else gave.
    """
    if request.headers.get("sec-fetch-site") == "same-origin":
        viewer.reason = question.reason


def may_ask(viewer: Viewer) -> bool:
    """Tell whether there are units that the viewer may look into for a reason alone."""
    return viewer.actor.may(Permission.READ_ELSEWHERE) and bool(viewer.actor.units)


def not_found(request: Request, viewer: Viewer) -> Response:
    """Say that the case is not found, and ask for the reason for looking elsewhere.

    It says the same of a case that there is not, until the reason has been given.
    """
    language = language_of(request)
    return page(
        request,
        "case_not_found.html",
        status=_NOT_FOUND,
        is_nowhere=viewer.is_elsewhere,
        reasons=tuple(
            Choice(reason, REASONS[reason].to(language), is_chosen=False)
            for reason in get_args(ReasonElsewhere)
        ),
    )


def led_on(address: str, viewer: Viewer) -> str:
    """Return *address*, which is of a case, with the reason that this one was given."""
    if not viewer.is_elsewhere or viewer.reason is None:
        return address
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({'reason': viewer.reason})}"
