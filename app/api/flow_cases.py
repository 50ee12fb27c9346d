"""GET /v1/reports/flow/cases: the clocks behind a number of a month of the flow."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.formats import ANSWERS
from app.api.opened import CasesOut, OpenedOfUnits, answered, selection
from app.api.viewing import CaseViewer
from app.domain.deadlines import Deadline
from app.domain.flow import Number
from app.domain.reporting_periods import parse_period
from app.services import flow as service
from app.services.documents.opened import List
from app.services.flow import Opened
from app.services.reports import Query as ReportQuery

router = APIRouter(tags=["reports"])


class FlowCasesQuery(OpenedOfUnits):
    """Which number is opened: as the link `cases` of a row has it."""

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$", examples=["2026-10"])
    column: Number = Field(examples=[Number.BACKLOG])


@router.get("/v1/reports/flow/cases", response_model=CasesOut, responses=ANSWERS)
def list_moved_cases(
    query: Annotated[FlowCasesQuery, Query()],
    request: Request,
    response: Response,
    viewer: CaseViewer,
) -> dict[str, Any] | Response:
    """List the clocks that a number of a month counts, the longest due first.

    Give `month` and `column` to the link `cases` of a row. All pages together are as
    many as the number says. Pages are of one moment.

    A file (CSV, XLSX, PDF) has all of them at once; it needs a `reason`, is one of so
    many a day, and bears a code by which the access log tells who has taken it.
    """
    cases = partial(
        service.cases,
        viewer,
        ReportQuery(unit=query.unit, as_of=query.as_of, known_at=query.known_at),
        Opened(
            rule=query.rule,
            month=parse_period(query.month),
            number=query.column,
            row=query.row,
        ),
    )
    of = List(
        report="flow",
        asked=selection(query),
        cases=cases,
        unit_of=Deadline.accountable_unit,
    )
    return answered(request, response, viewer, query, of)
