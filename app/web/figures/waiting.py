"""/figures/waiting: how long the open clocks have run, and which they are."""

from functools import partial
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.domain import labels
from app.domain.access import Actor, Permission
from app.domain.ageing import Number, bin_of, label
from app.domain.texts import Language
from app.services import ageing
from app.services.ageing import AgeingReport, Opened, RuleAgeing
from app.services.documents import ageing as ageing_document
from app.services.documents.ageing import OPEN
from app.services.opened import Page
from app.services.reports import Query as ReportQuery
from app.visits import database_of
from app.web.documents import ShownDocument, ShownTable, shown
from app.web.figures import frame, listing
from app.web.figures.asking import ClockQuestion, Reader, known
from app.web.figures.listing import ListQuestion, listed, unit_group, way_back
from app.web.figures.opening import beginning, opening, with_numbers_opened
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Code
from app.web.rendering import told
from app.web.viewing import CaseViewer

router = APIRouter(include_in_schema=False)

PATH = "/figures/waiting"


class OpenQuestion(ListQuestion):
    """Which number of a bin is opened; without a *bin* that of all together."""

    path = f"{PATH}/cases"
    api = "/v1/reports/ageing/cases"

    unit: Code = None
    bin: Code = None
    column: Literal[Number.OPEN_IN_TIME, Number.OPEN_LATE, Number.JOINED] = (
        Number.OPEN_LATE
    )


@router.get(PATH)
def waiting(
    request: Request, question: Annotated[ClockQuestion, Query()], actor: Reader
) -> Response:
    """Show how long the open clocks have run."""
    language = language_of(request)
    report = ageing.report(
        database_of(request, actor),
        actor,
        rule=None,
        unit=question.unit,
        as_of=None,
        known_at=None,
    )
    document = shown(ageing_document.document(report, language))
    return frame.document_page(
        request,
        _opening(document, report, actor, question.unit),
        fields=(frame.unit_field(report.asked, actor, question.unit, language),),
        offered=frame.files(
            "/v1/reports/ageing", known(report.asked, question.unit, language)
        ),
        ways=_ways(question.unit, actor, language),
        defined=frame.defined(("open_in_time", "open_late", "joined"), language),
    )


@router.get(OpenQuestion.path)
def opened(
    request: Request,
    question: Annotated[OpenQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show a page of the open clocks that a number counts, the longest due first."""
    language = language_of(request)
    found = ageing.cases(
        viewer,
        ReportQuery(
            unit=question.unit, as_of=question.as_of, known_at=question.known_at
        ),
        Opened(rule=question.rule, number=question.column, bin=question.bin),
        Page(cursor=listing.PAGING.place(request, question), limit=listing.ROWS),
    )
    limit = found.law.rule(question.rule).version_on(found.as_of).period
    age = label(limit, bin_of(limit, question.bin)) if question.bin else None
    return listed(
        request,
        question,
        found,
        viewer.actor,
        number=labels.heading(question.column, language),
        span=age.to(language) if age else "",
        groups=unit_group(found.units, question.unit, language),
        back=(way_back(PATH, unit=question.unit), N_("Open now")),
    )


def _opening(
    document: ShownDocument, report: AgeingReport, actor: Actor, unit: str | None
) -> ShownDocument:
    """Return *document*, of which each number leads to its clocks, for who may see."""
    way = beginning(OpenQuestion.path, report.asked, actor, unit=unit)
    if not way:
        return document
    return with_numbers_opened(document, report.rules, partial(_opened, way=way))


def _opened(of: RuleAgeing, table: ShownTable, way: str) -> ShownTable:
    ways = (f"{way}&rule={of.rule}&bin={bin_.code}" for bin_ in of.bins)
    return opening(
        table,
        ({each.value: f"{to}&column={each.value}" for each in OPEN} for to in ways),
    )


def _ways(
    unit: str | None, actor: Actor, language: Language
) -> tuple[tuple[str, str], ...]:
    """Return where the open ones themselves are, for who may see them."""
    if not actor.may(Permission.READ_CASES):
        return ()
    texts = {
        "open": N_("All that is open, in the worklist"),
        "overdue": N_("All that is overdue, in the worklist"),
    }
    where = {"unit": unit} if unit else {}
    return tuple(
        (told(text, language), f"/worklist?{urlencode({'status': status, **where})}")
        for status, text in texts.items()
    )
