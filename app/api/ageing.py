"""GET /v1/reports/ageing: how long the open clocks have run."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.reports import ByUnit, ClockQuestion, head, way_to_cases
from app.domain.ageing import DEFINITION, Bin, label, measure
from app.domain.texts import Language
from app.services import ageing as service
from app.services.ageing import Aged, RuleAgeing
from app.services.documents.ageing import document
from app.visits import database_of

router = APIRouter(tags=["reports"])


class AgeingQuery(ClockQuestion, Formatted):
    """What may be asked of the ageing."""


@router.get("/v1/reports/ageing", responses=ANSWERS)
def get_ageing(
    request: Request, actor: FigureReader, query: Annotated[AgeingQuery, Query()]
) -> Response:
    """Report how long the open clocks of the caller's units have run, in bins.

    `limit_after` is the last bin within the limit of the law. A clock in it or before
    may be late, and one behind it in time, where days off move the due date: the
    counts go by the due date. Their sums are those of the worklist.
    """
    form = form_of(request, query)
    found = service.report(
        database_of(request, actor),
        actor,
        rule=query.rule,
        unit=query.unit,
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
                    "measured_in": measure(each.limit),
                    "limit_after": _last_within(each.bins),
                    "bins": _bins(each, query.lang),
                    "total": {
                        **_counts(each.bins, each.total),
                        "cases": way_to_cases("ageing", found.asked, query, each.rule),
                    },
                    "rows": [
                        {
                            "unit": unit,
                            **_counts(each.bins, aged),
                            "cases": way_to_cases(
                                *("ageing", found.asked, query, each.rule),
                                row=unit or "",
                            ),
                        }
                        for unit, aged in each.by_unit.items()
                        if shown
                    ],
                }
                for each in found.rules
            ],
        }
    )


def _last_within(bins: Sequence[Bin]) -> str:
    return next(each.code for each in reversed(bins) if each.is_within_limit)


def _bins(ageing: RuleAgeing, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "label": label(ageing.limit, each).to(language),
            "is_within_limit": each.is_within_limit,
        }
        for each in ageing.bins
    ]


def _counts(bins: Sequence[Bin], aged: Sequence[Aged]) -> dict[str, Any]:
    return {
        "open_in_time": sum(each.open_in_time for each in aged),
        "open_late": sum(each.open_late for each in aged),
        "joined": sum(each.joined for each in aged),
        "bins": {
            bin_.code: {
                "open_in_time": each.open_in_time,
                "open_late": each.open_late,
                "joined": each.joined,
            }
            for bin_, each in zip(bins, aged, strict=True)
        },
    }
