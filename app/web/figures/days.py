"""/figures/days: after how many days the duties were done, and which they are."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app import clock
from app.domain.access import Actor
from app.domain.cells import Cell
from app.domain.compliance import Basis
from app.domain.figures import BANDS
from app.services import compliance
from app.services.compliance import Report
from app.services.documents import compliance as compliance_document
from app.services.documents import days
from app.services.reports import Query as ReportQuery
from app.visits import database_of
from app.web.documents import ShownDocument, ShownTable
from app.web.figures import frame
from app.web.figures.asking import PeriodQuestion, Reader, known
from app.web.figures.opening import Opener, opening, with_numbers_opened
from app.web.figures.periods import neighbours
from app.web.figures.rates import period_field
from app.web.languages import language_of
from app.web.navigation import N_

router = APIRouter(include_in_schema=False)


@router.get("/figures/days")
def days_taken(
    request: Request, question: Annotated[PeriodQuestion, Query()], actor: Reader
) -> Response:
    """Show after how many days the duties were done that fell due in a period."""
    language = language_of(request)
    period = question.asked()
    report = compliance.compliance(
        database_of(request, actor),
        actor,
        ReportQuery(),
        period,
        with_days_taken=True,
    )
    document = compliance_document.document(report, language)
    return frame.document_page(
        request,
        _opening(
            frame.internal(days.document(report, document, language)), report, actor
        ),
        period=period.code,
        fields=(period_field(period, language),),
        offered=frame.files(
            "/v1/reports/compliance",
            {"period": period.code, "include": "distribution"}
            | known(report.asked, None, language),
        ),
        **frame.steps(request, neighbours(period, clock.today(), language), {}),
        defined=frame.defined(
            ("days_taken", "within_limit", "over_limit", "far_over_limit"), language
        ),
        empty=N_("Nothing that fell due in this period was done."),
    )


def _opening(document: ShownDocument, report: Report, actor: Actor) -> ShownDocument:
    """Return *document*, of which each number leads to its cases, for who may see."""
    opener = Opener.of(report, actor, Basis.DUE)
    opened = partial(_opened, report=report, opener=opener)
    return with_numbers_opened(document, days.shown(report), opened)


def _opened(of: Cell, table: ShownTable, report: Report, opener: Opener) -> ShownTable:
    if "band" in table.codes:
        ways = [opener.to(of.place, band) for band in BANDS]
    else:
        rule = report.asked.law.rule(of.rule)
        ways = [opener.to_days(of.rule, each.code) for each in days.ranges(rule)]
    return opening(table, ({"count": way} for way in ways))
