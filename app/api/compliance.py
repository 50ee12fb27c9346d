"""GET /v1/reports/compliance: how many deadlines were kept, of how many."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from app.api.access import Lead
from app.api.answers import rfc3339
from app.api.errors import Flaw, ProblemError, problem
from app.api.figures import csv_of, row_out
from app.api.parameters import Question
from app.domain.compliance import Basis, Dimension
from app.domain.definitions import DEFINITIONS
from app.domain.law.description import describe
from app.domain.report_settings import describe_inclusion
from app.domain.reporting_periods import FORMS, Compare, Period, parse_period
from app.services import compliance as service
from app.services.compliance import BASES, Report

router = APIRouter(tags=["reports"])

DEEPEST_LEVEL = 20
INCLUDES = ("distribution",)


class FiguresQuery(Question):
    """What may be asked of everything that shows figures."""

    by: str = Field(
        default="", description=f"Any of {', '.join(Dimension)}; comma between"
    )
    level: int | None = Field(
        default=None,
        ge=0,
        le=DEEPEST_LEVEL,
        description="With `by=unit`: rolled up to units of this depth, the roots at 0",
    )
    basis: Literal["due", "thl", "both"] = "due"


class ComplianceQuery(FiguresQuery):
    """What may be asked of the report."""

    period: str = Field(description=FORMS, examples=["2026-10"])
    compare: Compare | None = None
    include: str = Field(default="", description=f"Any of {', '.join(INCLUDES)}")


@router.get(
    "/v1/reports/compliance",
    responses={200: {"content": {"application/json": {}, "text/csv": {}}}},
)
def get_compliance(
    request: Request,
    actor: Lead,
    query: Annotated[ComplianceQuery, Query()],
) -> Response:
    """Report the share of deadlines kept, per rule and per combination of `by`.

    What is open and late counts as missed; what stands beside the rate is never in
    it. With `basis=both` each row has the figures on THL's basis as `thl`. `findings`
    are those in cases of the caller's units that were open at `known_at`. With
    `Accept: text/csv` the rows come as CSV.
    """
    report = service.compliance(request.app.state.database, actor, asked(query))
    if "text/csv" in request.headers.get("accept", ""):
        name = f"compliance-{query.period.replace(':', '-')}.csv"
        return Response(
            csv_of(report),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return JSONResponse(_report_out(report, query))


def asked(query: ComplianceQuery) -> service.Query:
    """Return what *query* asks of the service."""
    by = dimensions(query.by, query.level)
    return service.Query(
        period=parse_period(query.period),
        by=by,
        level=query.level,
        bases=BASES[query.basis],
        compare=query.compare,
        with_days_taken="distribution" in _named(query.include, INCLUDES, "include"),
        as_of=query.as_of,
        known_at=query.known_at,
    )


def dimensions(by: str, level: int | None) -> tuple[Dimension, ...]:
    """Return the dimensions that *by* names; *level* is of units only."""
    # *rule* is always a dimension, so naming it changes nothing.
    names = _named(by, (*Dimension, "rule"), "by")
    found = tuple(Dimension(name) for name in names if name != "rule")
    if level is not None and Dimension.UNIT not in found:
        flaw = Flaw(
            pointer="level",
            code="level_without_unit",
            message="A level is asked for without units.",
            remedy="Ask for `by=unit` too, or leave `level` out.",
        )
        raise ProblemError(problem("invalid_parameter", [flaw]))
    return found


def period_out(period: Period) -> dict[str, str]:
    """Return *period* as every report shows it."""
    return {
        "code": period.code,
        "first": str(period.first),
        "last": str(period.last),
    }


def _report_out(report: Report, query: ComplianceQuery) -> dict[str, Any]:
    cases = None
    shown: dict[str, Any] = {
        "period": period_out(report.period),
        "compared_with": report.earlier and period_out(report.earlier),
        "by": report.by,
        "level": report.level,
        "basis": query.basis,
        "as_of": str(report.as_of),
        "known_at": rfc3339(report.known_at),
        "definition": DEFINITIONS[report.bases[0]].to(query.lang),
        "law": describe(report.law),
        "minimum_n": report.settings.minimum_n,
        "inclusion": describe_inclusion(report.inclusion),
        "rows": [row_out(cell, report.by, cases) for cell in report.rows],
        "subtotals": [row_out(cell, report.by, cases) for cell in report.subtotals],
        "totals": [row_out(cell, report.by, cases) for cell in report.totals],
        "findings": {
            "open": sum(report.findings.values()),
            "by_kind": report.findings,
        },
    }
    if len(report.bases) > 1:
        shown["thl_definition"] = DEFINITIONS[Basis.THL].to(query.lang)
    return shown


def _named(asked: str, known: tuple[str, ...], pointer: str) -> tuple[str, ...]:
    names = [name for name in asked.split(",") if name]
    if set(names) <= set(known):
        return tuple(dict.fromkeys(names))
    flaw = Flaw(
        pointer=pointer,
        code="unknown_dimension" if pointer == "by" else "unknown_name",
        message="A dimension is not known." if pointer == "by" else "Not known.",
        remedy=f"Use any of {', '.join(known)}, with commas between.",
    )
    raise ProblemError(problem("invalid_parameter", [flaw]))
