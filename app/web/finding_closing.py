"""/findings/{finding}/close: a lead says why nothing more needs to be done."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from app.domain.access import Permission
from app.domain.finding_texts.words import REASONS
from app.domain.findings import ClosedBecause, Finding
from app.services import findings as service
from app.services.units import all_units
from app.services.viewing import Viewer
from app.web import forms
from app.web.choices import Choice
from app.web.findings import closing_address, shown
from app.web.forms import Flaws, Written
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import PageQuestion
from app.web.rendering import page
from app.web.viewing import viewing

router = APIRouter(include_in_schema=False)

Closer = Annotated[Viewer, viewing(Permission.CLOSE_FINDINGS)]

_NO_REASON = N_("Choose why it is closed.")
# Whether its cause is gone, the service finds out by itself.
_BY_PEOPLE = tuple(each for each in REASONS if each is not ClosedBecause.CAUSE_GONE)


class ClosingForm(BaseModel):
    """Why a finding is closed, as somebody chose it."""

    model_config = ConfigDict(extra="forbid")

    reason: Written = ""


@router.get("/findings/{finding}/close")
def closing(
    request: Request,
    finding: str,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    viewer: Closer,
) -> Response:
    """Ask why a finding is closed, and say what follows."""
    return _page(request, viewer, service.open_finding(viewer, finding), {})


@router.post("/findings/{finding}/close")
def close(
    request: Request,
    finding: str,
    written: Annotated[ClosingForm, Form()],
    viewer: Closer,
) -> Response:
    """Close a finding; found anew, it is open again."""
    if written.reason not in _BY_PEOPLE:
        found = service.open_finding(viewer, finding)
        return _page(request, viewer, found, {"reason": _NO_REASON})
    service.close(viewer, finding, ClosedBecause(written.reason))
    return forms.done("/findings", "closed")


def _page(request: Request, viewer: Viewer, finding: Finding, flaws: Flaws) -> Response:
    language = language_of(request)
    units = {unit.code: unit for unit in all_units(viewer.database)}
    return page(
        request,
        "finding_closing.html",
        status=forms.UNPROCESSABLE if flaws else 200,
        finding=shown(finding, units, language),
        action=closing_address(finding.id),
        flaws=flaws,
        reasons=tuple(
            Choice(each, REASONS[each].to(language), is_chosen=False)
            for each in _BY_PEOPLE
        ),
    )
