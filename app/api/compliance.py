"""GET /v1/reports/compliance: how many deadlines were kept, of how many."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from app.api.access import Lead
from app.api.answers import rfc3339
from app.api.errors import Flaw, ProblemError, problem
from app.api.parameters import Question
from app.db.compliance import Cell
from app.domain.compliance import DEFINITIONS, Basis, Column
from app.domain.law.description import describe
from app.domain.reporting_periods import FORMS, parse_period
from app.services import compliance as service
from app.services.compliance import DIMENSIONS, Report

router = APIRouter(tags=["reports"])

COUNTS = (
    Column.IN_TIME,
    Column.LATE,
    Column.OPEN_LATE,
    Column.OPEN_IN_TIME,
    Column.MET_NOT_YET_DUE,
    Column.JOINED,
    Column.ANTICIPATORY,
    Column.VOID,
    Column.EXCLUDED,
)
# A spreadsheet takes a text that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class ComplianceQuery(Question):
    """What may be asked of the report."""

    period: str = Field(description=FORMS, examples=["2026-10"])
    by: str = Field(
        default="", description=f"Any of {', '.join(DIMENSIONS)}; comma between"
    )
    basis: Basis = Basis.DUE


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
    it. `findings` are those in cases of the caller's units that were open at
    `known_at`. With `Accept: text/csv` the rows come as CSV.
    """
    dimensions = _dimensions(query.by)
    report = service.compliance(
        request.app.state.database,
        actor,
        period=parse_period(query.period),
        by=dimensions,
        basis=query.basis,
        as_of=query.as_of,
        known_at=query.known_at,
    )
    if "text/csv" in request.headers.get("accept", ""):
        name = f"compliance-{query.period.replace(':', '-')}.csv"
        return Response(
            _csv(report, dimensions),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return JSONResponse(
        {
            "period": {
                "code": report.period.code,
                "first": str(report.period.first),
                "last": str(report.period.last),
            },
            "by": dimensions,
            "basis": report.basis,
            "as_of": str(report.as_of),
            "known_at": rfc3339(report.known_at),
            "definition": DEFINITIONS[query.basis].to(query.lang),
            "law": describe(report.law),
            "rows": [_row(cell, dimensions) for cell in report.rows],
            "totals": [_row(cell, ()) for cell in report.totals],
            "findings": {
                "open": sum(report.findings.values()),
                "by_kind": report.findings,
            },
        }
    )


def _dimensions(by: str) -> tuple[str, ...]:
    # *rule* is always a dimension, so naming it changes nothing.
    names = [name for name in by.split(",") if name and name != "rule"]
    if set(names) <= set(DIMENSIONS):
        return tuple(dict.fromkeys(names))
    flaw = Flaw(
        pointer="by",
        code="unknown_dimension",
        message="A dimension is not known.",
        remedy=f"Use any of {', '.join(DIMENSIONS)}, with commas between.",
    )
    raise ProblemError(problem("invalid_parameter", [flaw]))


def _row(cell: Cell, by: Sequence[str]) -> dict[str, Any]:
    figures = cell.figures
    return {
        "rule": cell.rule,
        **dict(zip(by, cell.groups, strict=bool(by))),
        "due": figures.due,
        **{column.value: figures.counts[column] for column in COUNTS},
        "recorded_late": figures.recorded_late,
        "entry_unknown": figures.entry_unknown,
        "corrected_verdicts": figures.corrected,
        "rate": figures.rate,
        "interval": figures.interval,
        "days_over": None if figures.days_over is None else asdict(figures.days_over),
    }


def _csv(report: Report, by: Sequence[str]) -> str:
    """Return the rows and totals as CSV in which no cell can act as a formula."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(
        [
            *("row", "period", "basis", "as_of", "rule", *by, "due"),
            *(column.value for column in COUNTS),
            *("recorded_late", "entry_unknown", "corrected_verdicts"),
            *("rate", "interval_low", "interval_high"),
            *("days_over_median", "days_over_p90", "days_over_mean"),
        ]
    )
    for cell in (*report.rows, *report.totals):
        figures = cell.figures
        over = figures.days_over
        groups = [None] * len(by) if cell.is_total else list(cell.groups)
        writer.writerow(
            [
                "total" if cell.is_total else "cell",
                *(report.period.code, report.basis.value, report.as_of, cell.rule),
                *(_harmless(group) for group in groups),
                figures.due,
                *(figures.counts[column] for column in COUNTS),
                figures.recorded_late,
                figures.entry_unknown,
                figures.corrected,
                figures.rate,
                *(figures.interval or (None, None)),
                *((over.median, over.p90, over.mean) if over else (None, None, None)),
            ]
        )
    return lines.getvalue()


def _harmless(text: str | None) -> str:
    """Return *text* as no spreadsheet takes for a formula; nothing for no unit."""
    if text is None:
        return ""
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
