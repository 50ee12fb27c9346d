"""GET /v1/reports/compliance/cases: the deadlines behind a number of a report."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.formats import ANSWERS
from app.api.opened import CasesOut, OpenedQuestion, answered, selection
from app.api.parameters import Code
from app.api.viewing import CaseViewer
from app.domain import ranges
from app.domain.compliance import Dimension
from app.domain.deadlines import Deadline
from app.domain.figures import Number
from app.domain.ranges import Range
from app.domain.reporting_periods import FORMS, parse_period
from app.services import compliance as service
from app.services.compliance import BASES, Opened
from app.services.documents.opened import List

router = APIRouter(tags=["reports"])


class CasesQuery(OpenedQuestion):
    """Which number of which cell is opened: as the link `cases` of a row has it.

    A group that is not given is any; one that is empty, of those of which nothing is
    known.
    """

    period: str = Field(description=FORMS, examples=["2026-10"])
    basis: Literal["due", "thl"] = "due"
    level: int | None = Field(default=None, ge=0)
    column: Number | None = Field(
        default=None,
        description="Which number of the row is opened; default: `due`, or all that "
        "was done after `days_taken`",
    )
    days_taken: str | None = Field(
        default=None,
        pattern=ranges.FORM,
        description="After how many days the duty was done",
        examples=["7", "8-14", "15-"],
    )
    unit: Code | None = None
    language_group: Code | None = None
    nationality_group: Code | None = None
    age_band: Code | None = None
    entry: Code | None = None
    outcome: Code | None = None
    source: Code | None = None

    @property
    def number(self) -> Number | None:
        """Return which number is opened; None is all that was done."""
        return self.column or (None if self.days_taken else Number.DUE)


@router.get("/v1/reports/compliance/cases", response_model=CasesOut, responses=ANSWERS)
def list_cases(
    query: Annotated[CasesQuery, Query()],
    request: Request,
    response: Response,
    viewer: CaseViewer,
) -> dict[str, Any] | Response:
    """List the deadlines that a number of a report counts, the longest due first.

    Give `column` to the link `cases` of a row: `late`, `recorded_late`, `due` …, or
    `days_taken` for a number of the distribution. All pages together are as many as the
    number says. Pages are of one moment.

    A file (CSV, XLSX, PDF) has all of them at once; it needs a `reason`, is one of so
    many a day, and bears a code by which the access log tells who has taken it.
    """
    cases = partial(
        service.cases,
        viewer,
        service.Query(
            level=query.level,
            bases=BASES[query.basis],
            as_of=query.as_of,
            known_at=query.known_at,
        ),
        Opened(
            period=parse_period(query.period),
            rule=query.rule,
            number=query.number,
            groups={
                dimension: getattr(query, dimension) or None
                for dimension in Dimension
                if getattr(query, dimension) is not None
            },
            days_taken=Range.written(query.days_taken) if query.days_taken else None,
        ),
    )
    of = List(
        report="compliance",
        asked=selection(query),
        cases=cases,
        unit_of=Deadline.accountable_unit,
    )
    return answered(request, response, viewer, query, of)
