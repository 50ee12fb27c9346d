"""GET /v1/deadlines: the worklist, and the calculator that needs no case."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import PUBLIC
from app.api.answers import ExplanationOut, explanation_out
from app.api.formats import ANSWERS, Formatted, file_answer, form_of, refuse_parts
from app.api.pages import LARGEST_PAGE, WorklistItem, cursor_of, item_out, lead_on
from app.api.parameters import Day, Filter, Question
from app.api.problems import Flaw, ProblemError, problem
from app.api.viewing import CaseViewer, require_exporter
from app.clock import rfc3339
from app.domain.access_log import ReasonOfFile
from app.domain.events import Entry
from app.domain.groups import LanguageGroup, NationalityGroup
from app.domain.texts import Language
from app.services import deadlines as service
from app.services.deadlines import Sort, Status
from app.services.documents import worklist
from app.services.law import law_in_use

router = APIRouter(tags=["deadlines"])

LONGEST_HORIZON = 260
_UNSERVED = Flaw(
    pointer="sort",
    code="order_of_open_ones",
    message="Only what is open can be listed by this day.",
    remedy="Sort by due_on or -due_on, or ask for overdue, due_soon or open.",
)


class CountsOut(BaseModel):
    """Open deadlines in the whole scope of the question, whatever its status."""

    open: int
    overdue: int
    due_soon: int


class WorklistOut(BaseModel):
    """One page of the worklist; the header `Link` leads to the next."""

    as_of: date
    known_at: datetime
    counts: CountsOut
    items: list[WorklistItem]


class WorklistQuery(Question, Formatted):
    """What may be asked of the worklist."""

    status: Status = Status.OVERDUE
    rule: Filter | None = Field(default=None, examples=["initiation"])
    unit: Filter | None = Field(default=None, description="With what is below it")
    language_group: LanguageGroup | None = None
    nationality_group: NationalityGroup | None = None
    entry: Entry | None = None
    worker: Filter | None = None
    source: Filter | None = Field(default=None, description="The client system")
    joined: bool | None = None
    within: int = Field(
        default=5, ge=0, le=LONGEST_HORIZON, description="Working days, for `due_soon`"
    )
    reason: ReasonOfFile | None = Field(
        default=None, description="Why the cases are taken away; required for a file"
    )
    sort: Sort = Field(
        default=Sort.DUE_FIRST,
        description="By which day; with `-`, the latest first; what is not open "
        "only by `due_on`",
    )
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(default=None, description="From the header `Link`")


@router.get("/v1/deadlines", response_model=WorklistOut, responses=ANSWERS)
def list_deadlines(
    query: Annotated[WorklistQuery, Query()],
    request: Request,
    response: Response,
    viewer: CaseViewer,
) -> dict[str, Any] | Response:
    """List deadlines of the caller's units, by default the longest overdue first.

    `overdue` are open after their due date (due today is not overdue), `due_soon` open
    ones whose safe date is at most `within` working days ahead, `late` those done, or
    fallen away, after their due date. Pages of one list are of one moment: events that
    arrive meanwhile do not move it. A file (CSV, XLSX, PDF) has all rows at once; it
    needs a `reason`, is one of so many a day, and bears a code by which the access log
    tells who has taken it.
    """
    form = form_of(request, query)
    if not service.is_served(query.status, query.sort):
        raise ProblemError(problem("invalid_parameter", [_UNSERVED]))
    asked = service.Query(
        **query.model_dump(
            exclude={"cursor", "lang", "reason", *Formatted.model_fields}
        ),
        cursor=cursor_of(request, query.cursor),
    )
    viewer.reason = query.reason
    if form is not None:
        refuse_parts(query)
        require_exporter(viewer)
        most = request.app.state.exports_per_day
        whole = worklist.export(viewer, asked, form.format, query.lang, most=most)
        return file_answer(whole, form)
    found = service.worklist(viewer, asked)
    lead_on(request, response, found.following)
    return {
        "as_of": found.as_of,
        "known_at": rfc3339(found.known_at),
        "counts": {
            "open": found.counts.open,
            "overdue": found.counts.overdue,
            "due_soon": found.counts.due_soon,
        },
        "items": [
            item_out(row, row.deadline.responsible_unit(found.as_of), found, query.lang)
            for row in found.rows
        ],
    }


class ExplanationQuery(BaseModel):
    """What may be asked of the calculator."""

    model_config = ConfigDict(extra="forbid")

    received_on: Day = Field(examples=["2026-12-22"])
    rule: str = Field(default="initiation", examples=["initiation"])
    lang: Language = Language.EN


@router.get("/v1/deadlines/explanation", dependencies=[PUBLIC])
def explain_deadline(
    request: Request,
    query: Annotated[ExplanationQuery, Query()],
) -> ExplanationOut:
    """Explain the due date of a notification received on a day; no case is needed."""
    law = law_in_use(request.app.state.database)
    return explanation_out(law.explain(query.rule, query.received_on), query.lang)
