"""GET /v1/reports/flow/cases: the clocks behind a number of a month of the flow."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.opened import CasesOut, OpenedOfUnits, cases_out
from app.api.pages import cursor_of
from app.api.viewing import CaseViewer
from app.domain.deadlines import Deadline
from app.domain.flow import Number
from app.domain.reporting_periods import parse_period
from app.services import flow as service
from app.services.flow import Opened
from app.services.reports import Query as ReportQuery

router = APIRouter(tags=["reports"])


class FlowCasesQuery(OpenedOfUnits):
    """Which number is opened: as the link `cases` of a row has it."""

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$", examples=["2026-10"])
    column: Number = Field(examples=[Number.BACKLOG])


@router.get("/v1/reports/flow/cases", response_model=CasesOut)
def list_moved_cases(
    query: Annotated[FlowCasesQuery, Query()],
    request: Request,
    response: Response,
    viewer: CaseViewer,
) -> dict[str, Any]:
    """List the clocks that a number of a month counts, the longest due first.

    Give `month` and `column` to the link `cases` of a row. All pages together are as
    many as the number says. Pages are of one moment.
    """
    found = service.cases(
        viewer,
        ReportQuery(unit=query.unit, as_of=query.as_of, known_at=query.known_at),
        Opened(
            rule=query.rule,
            month=parse_period(query.month),
            number=query.column,
            row=query.row,
        ),
        cursor=cursor_of(request, query.cursor),
        limit=query.limit,
    )
    return cases_out(request, response, found, Deadline.accountable_unit, query.lang)
