"""/figures/flow: what came in and went out, what it left, and which they are."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.domain.access import Actor
from app.domain.flow import Number
from app.domain.reporting_periods import Period, month_of, parse_period
from app.services import flow
from app.services.documents import flow as flow_document
from app.services.documents.flow import MOVED
from app.services.flow import FlowReport, Opened, RuleFlow
from app.services.opened import Page
from app.services.reports import Query as ReportQuery
from app.visits import database_of
from app.web.documents import ShownDocument, ShownTable, shown
from app.web.figures import frame, listing
from app.web.figures.asking import (
    LONGEST,
    Reader,
    TrendQuestion,
    known,
    months_field,
)
from app.web.figures.listing import ListQuestion, listed, unit_group, way_back
from app.web.figures.opening import beginning, opening, with_numbers_opened
from app.web.figures.periods import period_name
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, Code
from app.web.viewing import CaseViewer

router = APIRouter(include_in_schema=False)

PATH = "/figures/flow"
_Month = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]


class FlowQuestion(TrendQuestion):
    """What may be asked of what comes in and goes out."""

    months: int = Field(default=12, ge=1, le=LONGEST)


@router.get(PATH)
def in_and_out(
    request: Request, question: Annotated[FlowQuestion, Query()], actor: Reader
) -> Response:
    """Show what came in and went out, and the backlog that it left."""
    language = language_of(request)
    report = flow.report(
        database_of(request, actor),
        actor,
        rule=question.rule,
        unit=question.unit,
        months=question.months,
        as_of=None,
        known_at=None,
    )
    return frame.document_page(
        request,
        _opening(
            shown(flow_document.document(report, language)),
            report,
            actor,
            question.unit,
        ),
        fields=(
            frame.rule_field(report.asked, question.rule, language),
            frame.unit_field(report.asked, actor, question.unit, language),
            months_field(question.months, language),
        ),
        offered=frame.files(
            "/v1/reports/flow",
            {"rule": question.rule, "months": str(question.months)}
            | known(report.asked, question.unit, language),
        ),
    )


class MovedQuestion(ListQuestion):
    """Which number of which month is opened, by default what came in during this."""

    path = f"{PATH}/cases"
    api = "/v1/reports/flow/cases"

    unit: Code = None
    month: Annotated[_Month | None, Chosen] = None
    column: Literal[Number.PENDING, Number.DONE, Number.ENDED, Number.BACKLOG] = (
        Number.PENDING
    )

    @property
    def asked(self) -> Period:
        """The month that is asked for."""
        return parse_period(self.month) if self.month else month_of(clock.today())


@router.get(MovedQuestion.path)
def opened(
    request: Request,
    question: Annotated[MovedQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show a page of the clocks that a number counts, the longest due first."""
    language = language_of(request)
    month = question.asked
    found = flow.cases(
        viewer,
        ReportQuery(
            unit=question.unit, as_of=question.as_of, known_at=question.known_at
        ),
        Opened(rule=question.rule, month=month, number=question.column),
        Page(cursor=listing.PAGING.place(request, question), limit=listing.ROWS),
    )
    return listed(
        request,
        question,
        found,
        viewer.actor,
        number=MOVED[question.column].to(language),
        span=period_name(month, language),
        groups=unit_group(found.units, question.unit, language),
        back=(way_back(PATH, rule=question.rule, unit=question.unit), N_("In and out")),
        meant={"month": month.code},
    )


def _opening(
    document: ShownDocument, report: FlowReport, actor: Actor, unit: str | None
) -> ShownDocument:
    """Return *document*, of which each number leads to its clocks, for who may see."""
    way = beginning(MovedQuestion.path, report.asked, actor, unit=unit)
    if not way:
        return document
    return with_numbers_opened(document, report.rules, partial(_opened, way=way))


def _opened(of: RuleFlow, table: ShownTable, way: str) -> ShownTable:
    # The columns are of series, in the order of the chart.
    _, *codes = table.codes
    ways = (f"{way}&rule={of.rule}&month={each.period.code}" for each in of.total)
    return opening(
        table,
        (
            {
                code: f"{to}&column={number.value}"
                for code, number in zip(codes, MOVED, strict=True)
            }
            for to in ways
        ),
    )
