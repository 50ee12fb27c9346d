"""GET /v1/reports/ageing/cases: the open clocks behind a number of the ageing."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.formats import ANSWERS
from app.api.opened import CasesOut, OpenedOfUnits, answered, selection
from app.api.parameters import Code
from app.api.viewing import CaseViewer
from app.domain.ageing import Number
from app.domain.deadlines import Deadline
from app.services import ageing as service
from app.services.ageing import Opened
from app.services.documents.opened import List
from app.services.reports import Query as ReportQuery

router = APIRouter(tags=["reports"])


class AgeingCasesQuery(OpenedOfUnits):
    """Which number is opened: as the link `cases` of a row has it."""

    bin: Code | None = Field(
        default=None, description="The code of a bin; default: all", examples=["8-14"]
    )
    column: Number = Number.OPEN


@router.get("/v1/reports/ageing/cases", response_model=CasesOut, responses=ANSWERS)
def list_open_cases(
    query: Annotated[AgeingCasesQuery, Query()],
    request: Request,
    response: Response,
    viewer: CaseViewer,
) -> dict[str, Any] | Response:
    """List the open clocks that a number of the ageing counts, the longest due first.

    Give `bin` and `column` to the link `cases` of a row. All pages together are as many
    as the number says. Pages are of one moment.

    A file (CSV, XLSX, PDF) has all of them at once; it needs a `reason`, is one of so
    many a day, and bears a code by which the access log tells who has taken it.
    """
    cases = partial(
        service.cases,
        viewer,
        ReportQuery(unit=query.unit, as_of=query.as_of, known_at=query.known_at),
        Opened(rule=query.rule, number=query.column, bin=query.bin, row=query.row),
    )
    of = List(
        report="ageing",
        asked=selection(query),
        cases=cases,
        unit_of=Deadline.responsible_unit,
    )
    return answered(request, response, viewer, query, of)
