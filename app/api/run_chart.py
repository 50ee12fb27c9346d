"""GET /v1/reports/run-chart: the monthly rate beside what it used to be."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.parameters import Code, Filter, Question
from app.api.reports import LONGEST_SERIES, head
from app.domain.compliance import Basis
from app.domain.figures import DECIMALS
from app.domain.run_chart import Limits, Point, RunChart, Signal
from app.domain.run_chart_texts import DEFINITION, told, told_of_baseline
from app.domain.texts import Language
from app.services import run_chart as service
from app.services.documents.run_chart import document
from app.services.run_chart import RunChartReport
from app.visits import database_of

router = APIRouter(tags=["reports"])


class RunChartQuery(Question, Formatted):
    """What may be asked of the run chart."""

    rule: Code = Field(examples=["initiation"])
    basis: Basis = Basis.DUE
    unit: Filter | None = Field(default=None, description="With what is below it")
    months: int = Field(
        default=24,
        ge=1,
        le=LONGEST_SERIES,
        description="How many months, the last being that of `as_of`",
    )


@router.get("/v1/reports/run-chart", responses=ANSWERS)
def get_run_chart(
    request: Request, actor: FigureReader, query: Annotated[RunChartQuery, Query()]
) -> Response:
    """Report the monthly rate of a rule as a p-chart, and which months stand out.

    The centre is the rate of the baseline that the county has fixed, as it was known
    then; until one is fixed, that of the first 12 months of the chart. `low` and `high`
    lie three standard errors from it.
    """
    form = form_of(request, query)
    found = service.report(
        database_of(request, actor),
        actor,
        rule=query.rule,
        basis=query.basis,
        unit=query.unit,
        months=query.months,
        as_of=query.as_of,
        known_at=query.known_at,
    )
    if form is not None:
        return file_answer(document(found, query.lang), form)
    chart = found.chart
    signals = chart.signals()
    return JsonAnswer(
        {
            **head(found.asked, DEFINITION, query.lang),
            "rule": found.rule,
            "basis": found.basis,
            "minimum_n": chart.minimum_n,
            "baseline": _baseline(found, query.lang),
            "months": [_month(point, chart, signals) for point in chart.points],
            "signals": [_signal(each, query.lang) for each in signals],
        }
    )


def _baseline(found: RunChartReport, language: Language) -> dict[str, Any] | None:
    if not found.baseline:
        return None
    first, last = found.baseline[0].month, found.baseline[-1].month
    fixed_on = None if found.fixed is None else found.fixed.fixed_on
    centre = found.chart.centre
    return {
        "first": first,
        "last": last,
        "fixed_on": fixed_on and str(fixed_on),
        "due": sum(point.due for point in found.baseline),
        "centre": None if centre is None else round(float(centre), DECIMALS),
        "text": told_of_baseline(first, last, fixed_on).to(language),
    }


def _month(
    point: Point, chart: RunChart, signals: tuple[Signal, ...]
) -> dict[str, Any]:
    limits: Limits | None = chart.limits(point)
    return {
        "month": point.month,
        "is_over": point.is_over,
        "due": point.due,
        "rate": chart.rate(point),
        "low": limits and limits.low,
        "high": limits and limits.high,
        "signals": [each.rule for each in signals if point.month in each.months],
    }


def _signal(signal: Signal, language: Language) -> dict[str, Any]:
    return {
        "rule": signal.rule,
        "side": signal.side,
        "months": signal.months,
        "text": told(signal).to(language),
    }
