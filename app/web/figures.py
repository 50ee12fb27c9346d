"""/figures: how many deadlines were kept in a period, the report itself on a page."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.domain.access import Actor, Permission
from app.domain.compliance import Dimension
from app.domain.reporting_periods import (
    Compare,
    Period,
    month_before,
    months_until,
    parse_period,
)
from app.domain.texts import Language
from app.exports import numbers
from app.services import compliance
from app.services.documents.compliance import document
from app.services.reports import Query as ReportQuery
from app.visits import database_of
from app.web.access import permitted
from app.web.choices import Choice
from app.web.documents import shown
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, PageQuestion
from app.web.rendering import page

router = APIRouter(include_in_schema=False)

_MONTHS = 13
_YEARS = 3
_WINDOWS = 4


class By(StrEnum):
    """In which groups the figures are shown."""

    UNIT = "unit"
    LANGUAGE = "language_group"
    NATIONALITY = "nationality_group"
    AGE = "age_band"
    ENTRY = "entry"


_GROUPS = MappingProxyType(
    {
        By.UNIT: N_("unit"),
        By.LANGUAGE: N_("mother tongue"),
        By.NATIONALITY: N_("citizenship"),
        By.AGE: N_("age"),
        By.ENTRY: N_("how it came in"),
    }
)
_COMPARED = MappingProxyType(
    {
        "": N_("nothing"),
        Compare.PREVIOUS: N_("the period before"),
        Compare.YEAR_AGO: N_("the year before"),
    }
)
_FILES = ("pdf", "xlsx", "csv")


class FiguresQuestion(PageQuestion):
    """What may be asked of the figures; default: the last whole month, by unit."""

    period: Annotated[Annotated[str, Field(max_length=40)] | None, Chosen] = None
    by: By = By.UNIT
    compare: Annotated[Compare | None, Chosen] = None


@router.get("/figures")
def figures(
    request: Request,
    question: Annotated[FiguresQuestion, Query()],
    actor: Annotated[Actor, permitted(Permission.READ_FIGURES)],
) -> Response:
    """Show the figures of a period."""
    language = language_of(request)
    today = clock.today()
    code = question.period or month_before(today).code
    report = compliance.compliance(
        database_of(request, actor),
        actor,
        ReportQuery(by=(Dimension(question.by.value),)),
        parse_period(code),
        compare=question.compare,
        with_days_taken=True,
    )
    return page(
        request,
        "figures.html",
        document=shown(document(report, language)),
        periods=tuple(_periods(today, code, language)),
        groups=tuple(
            Choice(each, text, each is question.by) for each, text in _GROUPS.items()
        ),
        compared=tuple(
            Choice(each, text, each == (question.compare or ""))
            for each, text in _COMPARED.items()
        ),
        files=tuple(
            (each.upper(), _file(question, code, each, language)) for each in _FILES
        ),
    )


def _periods(today: date, chosen: str, language: Language) -> Iterator[Choice]:
    """Give the periods that are asked for most, and the one that is."""
    months = [
        (
            month.code,
            f"{numbers.months(language)[month.first.month - 1]} {month.first.year}",
        )
        for month in reversed(months_until(today, _MONTHS))
    ]
    windows = [(window.code, _thl(window, language)) for window in _windows(today)]
    years = [(str(today.year - n), str(today.year - n)) for n in range(_YEARS)]
    offered = dict([*months, *windows, *years])
    if chosen not in offered:
        yield Choice(chosen, chosen, is_chosen=True)
    for code, text in offered.items():
        yield Choice(code, text, code == chosen)


def _windows(today: date) -> list[Period]:
    """Return THL's last half-years that have begun, the newest first."""
    windows = (
        parse_period(f"thl:{year}-{month}")
        for year in range(today.year, today.year - _YEARS, -1)
        for month in ("10", "04")
    )
    return [window for window in windows if window.first <= today][:_WINDOWS]


def _thl(window: Period, language: Language) -> str:
    return f"THL {numbers.span(window.first, window.last, language)}"


def _file(question: FiguresQuestion, period: str, form: str, language: Language) -> str:
    asked = {
        "period": period,
        "by": question.by.value,
        **({"compare": question.compare.value} if question.compare else {}),
        "include": "distribution",
        "lang": language.value,
        "format": form,
    }
    return f"/v1/reports/compliance?{urlencode(asked)}"
