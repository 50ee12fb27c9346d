"""GET /v1/reports/counts: what came in, about how many children, what it led to."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.parameters import Filter, Question
from app.api.reports import head, named
from app.db.counts import OUTCOMES
from app.domain.counts import DEFINITION, CountedBy, Counts
from app.domain.events import Entry
from app.domain.reporting_periods import FORMS, Compare, parse_period
from app.services import counts as service
from app.services.counts import CountsReport, Row
from app.services.plain_reports import period_out
from app.visits import database_of

router = APIRouter(tags=["reports"])


class CountsQuery(Question):
    """What may be asked of the counts."""

    period: str = Field(description=FORMS, examples=["2026-10"])
    by: str = Field(
        default="", description=f"Any of {', '.join(CountedBy)}; comma between"
    )
    compare: Compare | None = None
    unit: Filter | None = Field(default=None, description="With what is below it")


@router.get("/v1/reports/counts")
def get_counts(
    request: Request, actor: FigureReader, query: Annotated[CountsQuery, Query()]
) -> Response:
    """Report notifications, the children notified, and completed assessments.

    As the six-city report (*Kuusikko*) counts them. With `compare` each row has the
    counts of the `earlier` period and the `change` since: of a period that is not over,
    the same part of the earlier one.
    """
    by = tuple(map(CountedBy, named(query.by, CountedBy, "by")))
    found = service.report(
        database_of(request, actor),
        actor,
        period=parse_period(query.period),
        by=by,
        compare=query.compare,
        unit=query.unit,
        as_of=query.as_of,
        known_at=query.known_at,
    )
    return JsonAnswer(
        {
            **head(found.asked, DEFINITION, query.lang),
            "period": period_out(found.period),
            "compared_with": found.earlier and period_out(found.earlier),
            "by": by,
            "total": _row(found.total, found),
            "rows": [
                {**dict(zip(by, row.groups, strict=True)), **_row(row, found)}
                for row in found.rows
            ],
        }
    )


def _row(row: Row, report: CountsReport) -> dict[str, Any]:
    minimum_n = report.asked.settings.minimum_n
    shown = _counts(row.counts, minimum_n)
    if row.earlier is not None:
        shown["earlier"] = _counts(row.earlier, minimum_n)
        shown["change"] = _change(row.counts, row.earlier)
    return shown


def _counts(counts: Counts, minimum_n: int) -> dict[str, Any]:
    return {
        "notifications": counts.notifications,
        "by_entry": {entry: counts.by_entry.get(entry, 0) for entry in Entry},
        "reports": counts.reports,
        "children": counts.children,
        "without_reference": {
            "notifications": counts.notifications - counts.traced,
            "cases": counts.untraced_cases,
        },
        "notifications_per_child": counts.per_child(minimum_n),
        "reports_per_child": counts.reports_per_child(minimum_n),
        "assessments": {
            "completed": counts.assessments,
            "in_time": counts.completed_in_time,
            "share_in_time": counts.share_in_time(minimum_n),
            "outcomes": {each: counts.outcomes.get(each, 0) for each in OUTCOMES},
            "share_without_client_status": counts.share_without_client(minimum_n),
        },
    }


def _change(now: Counts, before: Counts) -> dict[str, Any]:
    return {
        name: {
            "difference": after - first,
            "percent": round(100 * (after - first) / first, 1) if first else None,
        }
        for name, after, first in (
            ("notifications", now.notifications, before.notifications),
            ("reports", now.reports, before.reports),
            ("children", now.children, before.children),
            ("assessments", now.assessments, before.assessments),
        )
    }
