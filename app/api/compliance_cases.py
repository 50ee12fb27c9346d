"""GET /v1/reports/compliance/cases: the deadlines behind a number of a report."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from app.api.pages import LARGEST_PAGE, WorklistItem, cursor_of, item_out, lead_on
from app.api.parameters import Code, Question
from app.api.viewing import CaseViewer
from app.clock import rfc3339
from app.domain.compliance import Dimension
from app.domain.figures import Number
from app.domain.reporting_periods import FORMS, parse_period
from app.services import compliance as service
from app.services.compliance import BASES, Opened

router = APIRouter(tags=["reports"])


class CasesQuery(Question):
    """Which number of which cell is opened: as the link `cases` of a row has it.

    A group that is not given is any; one that is empty, of those of which nothing is
    known.
    """

    period: str = Field(description=FORMS, examples=["2026-10"])
    basis: Literal["due", "thl"] = "due"
    level: int | None = Field(default=None, ge=0)
    rule: Code = Field(examples=["initiation"])
    column: Number = Field(
        default=Number.DUE, description="Which number of the row is opened"
    )
    unit: Code | None = None
    language_group: Code | None = None
    nationality_group: Code | None = None
    age_band: Code | None = None
    entry: Code | None = None
    outcome: Code | None = None
    source: Code | None = None
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(default=None, description="From the header `Link`")


class CasesOut(BaseModel):
    """One page of the deadlines; the header `Link` leads to the next."""

    as_of: date
    known_at: datetime
    items: list[WorklistItem]


@router.get("/v1/reports/compliance/cases", response_model=CasesOut)
def list_cases(
    query: Annotated[CasesQuery, Query()],
    request: Request,
    response: Response,
    viewer: CaseViewer,
) -> dict[str, Any]:
    """List the deadlines that a number of a report counts, the longest due first.

    Give `column` to the link `cases` of a row: `late`, `recorded_late`, `due` …
    All pages together are as many as the number says. Pages are of one moment.
    """
    cursor = cursor_of(request, query.cursor)
    found = service.cases(
        viewer,
        service.Query(
            level=query.level,
            bases=BASES[query.basis],
            as_of=cursor.as_of if cursor else query.as_of,
            known_at=cursor.known_at if cursor else query.known_at,
        ),
        Opened(
            period=parse_period(query.period),
            rule=query.rule,
            number=query.column,
            groups={
                dimension: getattr(query, dimension) or None
                for dimension in Dimension
                if getattr(query, dimension) is not None
            },
        ),
        cursor=cursor,
        limit=query.limit,
    )
    lead_on(request, response, found.following)
    return {
        "as_of": found.as_of,
        "known_at": rfc3339(found.known_at),
        "items": [
            item_out(row, row.deadline.accountable_unit(found.as_of), found, query.lang)
            for row in found.rows
        ],
    }
