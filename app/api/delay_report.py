"""GET /v1/reports/delays: what missed deadlines are put down to."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.compliance import dimensions
from app.api.parameters import Question
from app.api.reports import head
from app.domain.cells import Place, Span
from app.domain.compliance import Basis, Dimension
from app.domain.delay_figures import DEFINITION, DelayFigures
from app.domain.delays import ACTIONS, CAUSES, NOT_ACCEPTED
from app.domain.figures import Number
from app.domain.reporting_periods import FORMS, parse_period
from app.domain.texts import Language
from app.services import delay_report as service
from app.services.delay_report import DelayReport
from app.services.plain_figures import CasesLink, groups_of
from app.services.plain_reports import period_out
from app.services.reports import DEEPEST_LEVEL
from app.services.reports import Query as FiguresQuestion
from app.visits import database_of

router = APIRouter(tags=["reports"])


class DelaysQuery(Question):
    """What may be asked of the report."""

    period: str = Field(description=FORMS, examples=["2026-10"])
    by: str = Field(
        default="", description=f"Any of {', '.join(Dimension)}; comma between"
    )
    level: int | None = Field(
        default=None,
        ge=0,
        le=DEEPEST_LEVEL,
        description="With `by=unit`: rolled up to units of this depth, the roots at 0",
    )


@router.get("/v1/reports/delays")
def get_delays(
    request: Request, actor: FigureReader, query: Annotated[DelaysQuery, Query()]
) -> Response:
    """Report the causes of missed deadlines and what is done about them.

    Counted are the deadlines that the compliance report counts as `late` or
    `open_late` by what fell due, in the same rows: `breaches` is the sum of the two,
    and of the numbers in `causes` and `without_cause`. Causes that supervisors do not
    accept have a `remark`.
    """
    report = service.delays(
        database_of(request, actor),
        actor,
        FiguresQuestion(
            by=dimensions(query.by, query.level),
            level=query.level,
            as_of=query.as_of,
            known_at=query.known_at,
        ),
        parse_period(query.period),
    )
    asked = report.asked
    return JsonAnswer(
        {
            "period": period_out(report.period),
            **head(asked, DEFINITION, query.lang),
            "by": asked.layout.by,
            "level": asked.layout.level,
            "basis": Basis.DUE,
            "minimum_n": asked.settings.minimum_n,
            "causes": _causes(query.lang),
            "actions": [
                {"code": action, "text": text.to(query.lang)}
                for action, text in ACTIONS.items()
            ],
            "rows": _rows(report, Span.CELL),
            "subtotals": _rows(report, Span.SUBTOTAL),
            "totals": _rows(report, Span.TOTAL),
        }
    )


def _causes(language: Language) -> list[dict[str, Any]]:
    return [
        {
            "code": cause,
            "text": text.to(language),
            "is_accepted": cause not in NOT_ACCEPTED,
            "remark": (
                NOT_ACCEPTED[cause].to(language) if cause in NOT_ACCEPTED else None
            ),
        }
        for cause, text in CAUSES.items()
    ]


def _rows(report: DelayReport, span: Span) -> list[dict[str, Any]]:
    link = CasesLink(report.asked, report.period, None)
    return [
        _row(report, place, figures, link)
        for place, figures in report.cells
        if place.span is span
    ]


def _row(
    report: DelayReport, place: Place, figures: DelayFigures, link: CasesLink
) -> dict[str, Any]:
    """Return one row; its links lead to the deadlines, each with its delay."""
    opened = link.to(place, Basis.DUE)
    return {
        "rule": place.rule,
        **groups_of(place, report.asked.layout.by),
        "breaches": figures.breaches,
        "late": figures.late,
        "open_late": figures.open_late,
        "without_cause": figures.without_cause,
        "share_without_cause": figures.share_without_cause,
        "not_accepted": figures.not_accepted,
        "overdue_follow_ups": figures.overdue_follow_ups,
        "causes": {cause: n for cause, n in figures.causes.items() if n},
        "actions": {action: n for action, n in figures.actions.items() if n},
        "pairs": [
            {"cause": cause, "action": action, "deadlines": n}
            for (cause, action), n in sorted(figures.pairs.items())
        ],
        "cases": {
            number: f"{opened}&column={number}"
            for number in (Number.LATE, Number.OPEN_LATE)
        },
    }
