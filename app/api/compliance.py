"""GET /v1/reports/compliance: how many deadlines were kept, of how many."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.definitions import bands_out
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.parameters import Question
from app.api.problems import Flaw, ProblemError, problem, refusals
from app.api.public_figures import public_answer
from app.api.reports import named
from app.domain.compliance import Dimension
from app.domain.definitions import definition_of
from app.domain.public_tables import Audience
from app.domain.report_settings import describe_inclusion
from app.domain.reporting_periods import FORMS, Compare, Period, parse_period
from app.domain.texts import Language
from app.services import compliance as service
from app.services.compliance import (
    BASES,
    Report,
    Series,
)
from app.services.documents.compliance import document
from app.services.plain_reports import cells_json, head, period_out, report_json
from app.services.reports import DEEPEST_LEVEL
from app.visits import database_of

router = APIRouter(tags=["reports"])

LONGEST_SERIES = 120
DISTRIBUTION = "distribution"


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


class ComplianceQuery(FiguresQuery, Formatted):
    """What may be asked of the report."""

    period: str = Field(description=FORMS, examples=["2026-10"])
    compare: Compare | None = None
    audience: Audience = Field(
        default=Audience.INTERNAL,
        description="`public`: as it was published, with small counts hidden",
    )
    include: Literal["", "distribution"] = Field(
        default="", description="`distribution`: after how many days it was done"
    )


class SeriesQuery(FiguresQuery):
    """What may be asked of the series."""

    months: int = Field(default=24, ge=1, le=LONGEST_SERIES)
    last: str | None = Field(
        default=None,
        description="The last month; default: that of `as_of`",
        examples=["2026-10"],
    )


@router.get(
    "/v1/reports/compliance", responses={**ANSWERS, **refusals("not_published")}
)
def get_compliance(
    request: Request,
    actor: FigureReader,
    query: Annotated[ComplianceQuery, Query()],
) -> Response:
    """Report the share of deadlines kept, per rule and per combination of `by`.

    What is open and late counts as missed; what stands beside the rate is never in
    it. With `basis=both` each row has the figures on THL's basis as `thl`; `cases`
    leads to the deadlines behind a row. `findings` are those in cases of the caller's
    units that were open at `known_at`. Also as CSV, XLSX and PDF. With
    `audience=public` the answer is what was published: `POST /v1/publications`.
    """
    form = form_of(request, query)
    if query.audience is Audience.PUBLIC:
        by = dimensions(query.by, query.level)
        return public_answer(database_of(request, actor), query, by, form)
    report = service.compliance(
        database_of(request, actor),
        actor,
        asked_of(query),
        parse_period(query.period),
        compare=query.compare,
        with_days_taken=query.include == DISTRIBUTION,
    )
    if form is not None:
        return file_answer(document(report, query.lang), form)
    words = _in_words(report, report.period, query.lang)
    return JsonAnswer({**report_json(report), **words})


@router.get("/v1/reports/compliance/series")
def get_series(
    request: Request, actor: FigureReader, query: Annotated[SeriesQuery, Query()]
) -> Response:
    """Report the figures of months that follow each other, the newest last."""
    found = service.series(
        database_of(request, actor),
        actor,
        asked_of(query),
        number=query.months,
        last=parse_period(query.last) if query.last else None,
    )
    return JsonAnswer(
        {
            **head(found),
            **_in_words(found, found.months[-1][0], query.lang),
            "months": [
                {
                    "period": period_out(month),
                    "inclusion": describe_inclusion(
                        found.asked.settings.inclusion_on(month.first)
                    ),
                    **cells_json(found.asked, cells, month),
                }
                for month, cells in found.months
            ],
        }
    )


def asked_of(query: FiguresQuery) -> service.Query:
    """Return what *query* asks of the service."""
    return service.Query(
        by=dimensions(query.by, query.level),
        level=query.level,
        bases=BASES[query.basis],
        as_of=query.as_of,
        known_at=query.known_at,
    )


def _in_words(
    found: Report | Series, period: Period, language: Language
) -> dict[str, Any]:
    """Return what is counted in *period*, in words."""
    inclusion = found.asked.settings.inclusion_on(period.first)
    told = {b.value: definition_of(b, inclusion).to(language) for b in found.bases}
    return {
        "definition": told[found.bases[0].value],
        "definitions": told,
        "definitions_at": "/v1/definitions",
        "bands": bands_out(language),
    }


def dimensions(by: str, level: int | None) -> tuple[Dimension, ...]:
    """Return the dimensions that *by* names; *level* is of units only."""
    # *rule* is always a dimension, so naming it changes nothing.
    names = [n for n in named(by, (*Dimension, "rule"), "by") if n != "rule"]
    if level is not None and Dimension.UNIT not in names:
        flaw = Flaw(
            pointer="level",
            code="level_without_unit",
            message="A level is asked for without units.",
            remedy="Ask for `by=unit` too, or leave `level` out.",
        )
        raise ProblemError(problem("invalid_parameter", [flaw]))
    return tuple(map(Dimension, names))
