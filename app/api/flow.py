"""GET /v1/reports/flow: what came in and went out each month, and what was left."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.reports import LONGEST_SERIES, ByUnit, ClockQuestion, head, way_to_cases
from app.domain.flow import DEFINITION, Month
from app.services import flow as service
from app.services.documents.flow import document
from app.visits import database_of

router = APIRouter(tags=["reports"])


class FlowQuery(ClockQuestion, Formatted):
    """What may be asked of the flow."""

    months: int = Field(
        default=12,
        ge=1,
        le=LONGEST_SERIES,
        description="How many months, the last being that of `as_of`",
    )


@router.get("/v1/reports/flow", responses=ANSWERS)
def get_flow(
    request: Request, actor: FigureReader, query: Annotated[FlowQuery, Query()]
) -> Response:
    """Report the clocks that started, were met and ended each month, and the backlog.

    `backlog` of a month = `backlog_before` + `pending` - `done` - `ended`, which is
    the number of clocks open at its end, or on `as_of` if that comes first.
    """
    form = form_of(request, query)
    found = service.report(
        database_of(request, actor),
        actor,
        rule=query.rule,
        unit=query.unit,
        months=query.months,
        as_of=query.as_of,
        known_at=query.known_at,
    )
    if form is not None:
        return file_answer(document(found, query.lang), form)
    shown = query.by is ByUnit.UNIT
    return JsonAnswer(
        {
            **head(found.asked, DEFINITION, query.lang),
            "by": [query.by] if shown else [],
            "rules": [
                {
                    "rule": each.rule,
                    "total": _months(each.total),
                    "cases": way_to_cases("flow", found.asked, query, each.rule),
                    "rows": [
                        {
                            "unit": unit,
                            "months": _months(months),
                            "cases": way_to_cases(
                                *("flow", found.asked, query, each.rule),
                                row=unit or "",
                            ),
                        }
                        for unit, months in each.by_unit.items()
                        if shown
                    ],
                }
                for each in found.rules
            ],
        }
    )


def _months(months: Sequence[Month]) -> list[dict[str, Any]]:
    return [
        {
            "month": each.period.code,
            "backlog_before": each.backlog_before,
            **asdict(each.movement),
            "backlog": each.backlog,
        }
        for each in months
    ]
