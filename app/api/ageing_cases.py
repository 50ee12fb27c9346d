"""GET /v1/reports/ageing/cases: the open clocks behind a number of the ageing."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.opened import CasesOut, OpenedOfUnits, cases_out
from app.api.pages import cursor_of
from app.api.parameters import Code
from app.api.viewing import CaseViewer
from app.domain.ageing import Number
from app.domain.deadlines import Deadline
from app.services import ageing as service
from app.services.ageing import Opened
from app.services.reports import Query as ReportQuery

router = APIRouter(tags=["reports"])


class AgeingCasesQuery(OpenedOfUnits):
    """Which number is opened: as the link `cases` of a row has it."""

    bin: Code | None = Field(
        default=None, description="The code of a bin; default: all", examples=["8-14"]
    )
    column: Number = Number.OPEN


@router.get("/v1/reports/ageing/cases", response_model=CasesOut)
def list_open_cases(
    query: Annotated[AgeingCasesQuery, Query()],
    request: Request,
    response: Response,
    viewer: CaseViewer,
) -> dict[str, Any]:
    """List the open clocks that a number of the ageing counts, the longest due first.

    Give `bin` and `column` to the link `cases` of a row. All pages together are as many
    as the number says. Pages are of one moment.
    """
    found = service.cases(
        viewer,
        ReportQuery(unit=query.unit, as_of=query.as_of, known_at=query.known_at),
        Opened(rule=query.rule, number=query.column, bin=query.bin, row=query.row),
        cursor=cursor_of(request, query.cursor),
        limit=query.limit,
    )
    return cases_out(request, response, found, Deadline.responsible_unit, query.lang)
