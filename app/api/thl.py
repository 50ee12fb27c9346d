"""GET /v1/reports/thl: the figures that a county owes THL twice a year."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app import clock
from app.api.access import FigureReader
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.parameters import Question
from app.domain.compliance import Basis
from app.domain.definitions import definition_of
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import ReportKind, require_fitting
from app.services import thl as service
from app.services.documents.thl import document
from app.services.plain_reports import thl_json
from app.visits import database_of

router = APIRouter(tags=["reports"])


class ThlQuery(Question, Formatted):
    """What may be asked of THL's report."""

    window: str | None = Field(
        default=None,
        description="`thl:2026-04` or `thl:2026-10`; default: the one owed next",
        examples=["thl:2026-04"],
    )


@router.get("/v1/reports/thl", response_model=None, responses=ANSWERS)
def get_thl_report(
    request: Request, actor: FigureReader, query: Annotated[ThlQuery, Query()]
) -> dict[str, Any] | Response:
    """Report what THL asks of a county for a half-year, and when it is owed.

    Four figures: initiations of matters that became pending in the window, and
    assessments completed in it, in time and late. What is open stands beside them, and
    what fell due in the window. `comment_draft` is made of counts, to be edited.
    """
    window = None
    if query.window is not None:
        window = parse_period(query.window)
        require_fitting(ReportKind.THL, window)
    form = form_of(request, query)
    found = service.thl_report(
        database_of(request, actor),
        actor,
        window=window,
        as_of=query.as_of,
        known_at=query.known_at,
        today=clock.today(),
    )
    if form is not None:
        return file_answer(document(found, query.lang), form)
    due = found.due
    return {
        **thl_json(found.report),
        "owed": {
            "due_on": due.due_on.isoformat(),
            "weekday": due.weekday.to(query.lang),
            "send_by": due.send_by.isoformat(),
            "days_left": due.days_left,
        },
        "definitions": {
            basis.value: definition_of(basis, found.report.inclusion).to(query.lang)
            for basis in Basis
        },
        "comment_draft": found.comment.by_language(),
    }
