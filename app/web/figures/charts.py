"""/figures/trend and /figures/gaps: the share month by month, and between groups."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.domain.access import Actor
from app.domain.compliance import Basis, Dimension
from app.domain.deadlines import INITIATION
from app.domain.reporting_periods import parse_period
from app.services import equity, run_chart
from app.services.documents import equity as equity_document
from app.services.documents import run_chart as run_chart_document
from app.services.reports import Asked
from app.visits import database_of
from app.web.documents import ShownDocument, shown
from app.web.figures import frame
from app.web.figures.asking import (
    PeriodQuestion,
    Reader,
    TrendQuestion,
    known,
    months_field,
)
from app.web.figures.opening import beginning, opening, with_all_below, with_tables
from app.web.figures.periods import neighbours
from app.web.figures.rates import period_field
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Code
from app.web.rendering import told

router = APIRouter(include_in_schema=False)

_DIMENSIONS = {
    Dimension.LANGUAGE_GROUP: N_("mother tongue"),
    Dimension.NATIONALITY_GROUP: N_("citizenship"),
}


class GapsQuestion(PeriodQuestion):
    """What may be asked of the gaps between groups; default: the year so far."""

    by: Literal["language_group", "nationality_group"] = "language_group"
    rule: str = Field(default=INITIATION, max_length=200, pattern=r"^[^\x00]*$")
    unit: Code = None


@router.get("/figures/trend")
def trend(
    request: Request, question: Annotated[TrendQuestion, Query()], actor: Reader
) -> Response:
    """Show the share in time month by month, and what is more than chance."""
    language = language_of(request)
    report = run_chart.report(
        database_of(request, actor),
        actor,
        rule=question.rule,
        basis=Basis.DUE,
        unit=question.unit,
        months=question.months,
        as_of=None,
        known_at=None,
    )
    asked = {"rule": question.rule, "months": str(question.months)}
    return frame.document_page(
        request,
        _opening(
            shown(run_chart_document.document(report, language)),
            _way(report.asked, actor, question, Basis.DUE),
            (f"period={point.month}" for point in report.chart.points),
        ),
        fields=(
            frame.rule_field(report.asked, question.rule, language),
            frame.unit_field(report.asked, actor, question.unit, language),
            months_field(question.months, language),
        ),
        offered=frame.files(
            "/v1/reports/run-chart",
            asked | known(report.asked, question.unit, language),
        ),
    )


@router.get("/figures/gaps")
def gaps(
    request: Request, question: Annotated[GapsQuestion, Query()], actor: Reader
) -> Response:
    """Show how the groups differ, and whether that can be told."""
    language = language_of(request)
    period = (
        question.asked() if question.period else parse_period(str(clock.today().year))
    )
    report = equity.report(
        database_of(request, actor),
        actor,
        period=period,
        rule=question.rule,
        dimension=Dimension(question.by),
        basis=Basis.DUE,
        unit=question.unit,
        as_of=None,
        known_at=None,
    )
    kept = question.model_dump(
        mode="json", exclude={"period", "lang"}, exclude_defaults=True
    )
    asked = {
        "period": period.code,
        "rule": question.rule,
        "dimension": question.by,
    }
    return frame.document_page(
        request,
        _opening(
            shown(equity_document.document(report, language)),
            _way(report.asked, actor, question, Basis.DUE, period=period.code),
            (f"{question.by}={gap.group}" for gap in report.found.gaps),
        ),
        period=period.code,
        fields=(
            period_field(period, language),
            frame.field(
                "by",
                told(N_("Compared by"), language),
                {code: told(text, language) for code, text in _DIMENSIONS.items()},
                question.by,
            ),
            frame.rule_field(report.asked, question.rule, language),
            frame.unit_field(report.asked, actor, question.unit, language),
        ),
        offered=frame.files(
            "/v1/reports/equity", asked | known(report.asked, question.unit, language)
        ),
        **frame.steps(request, neighbours(period, clock.today(), language), kept),
        defined=frame.defined(("rate",), language),
    )


def _way(
    asked: Asked,
    actor: Actor,
    question: TrendQuestion | GapsQuestion,
    basis: Basis,
    **more: str,
) -> str:
    """Return what links to the deadlines of a number begin with, empty if none."""
    fixed = {"rule": question.rule, "basis": basis.value}
    more = fixed | with_all_below(asked, question.unit) | more
    return beginning("/figures/cases", asked, actor, **more)


def _opening(document: ShownDocument, way: str, rows: Iterable[str]) -> ShownDocument:
    """Return *document*, in which the counts of *rows* lead to what was counted."""
    if not way:
        return document
    links = [{"count": f"{way}&{row}"} for row in rows]
    return replace(
        document,
        sections=tuple(
            with_tables(section, lambda table: opening(table, links))
            for section in document.sections
        ),
    )
