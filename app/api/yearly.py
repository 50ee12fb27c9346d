"""GET /v1/reports/yearly: both indicators against their target, for a committee."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.parameters import Question
from app.api.problems import refusals
from app.api.public_figures import refuse_settled
from app.api.public_yearly import public_answer
from app.clock import rfc3339
from app.domain.compliance import Basis
from app.domain.definitions import DUE
from app.domain.law.description import describe
from app.domain.public_tables import Audience
from app.domain.working_days import FIRST_YEAR, LAST_YEAR
from app.services import yearly as service
from app.services.documents import yearly as document
from app.services.documents.gap_sentences import sentences
from app.services.documents.vocabulary import Vocabulary
from app.services.plain_figures import figures_out
from app.services.plain_reports import period_out
from app.services.reports import DEEPEST_LEVEL
from app.services.yearly import TARGET, Line, Yearly
from app.visits import database_of

router = APIRouter(tags=["reports"])
# What a publication has settled, so that nobody can ask for it otherwise.
SETTLED = ("as_of", "known_at")


class YearlyQuery(Question, Formatted):
    """What may be asked of the yearly report."""

    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR, examples=[2026])
    audience: Audience = Field(
        default=Audience.INTERNAL,
        description="`public`: what was published of the year, small counts hidden",
    )
    level: int = Field(
        default=1,
        ge=0,
        le=DEEPEST_LEVEL,
        description="Units are rolled up to those of this depth, the roots at 0",
    )


@router.get(
    "/v1/reports/yearly", responses={**ANSWERS, **refusals("year_not_published")}
)
def get_yearly(
    request: Request, actor: FigureReader, query: Annotated[YearlyQuery, Query()]
) -> Response:
    """Report both indicators of a year against their target of 100 %.

    By mother tongue, nationality and unit, with the breaches behind each number and
    up to five years of which there are data. As PDF it is what a committee reads. With
    `audience=public` all of it is what was published: `POST /v1/publications`.
    """
    form = form_of(request, query)
    if query.audience is Audience.PUBLIC:
        refuse_settled(each for each in SETTLED if each in query.model_fields_set)
        return public_answer(
            database_of(request, actor),
            year=query.year,
            level=query.level,
            language=query.lang,
            form=form,
        )
    report = service.yearly(
        database_of(request, actor),
        actor,
        service.Query(
            year=query.year,
            level=query.level,
            as_of=query.as_of,
            known_at=query.known_at,
        ),
    )
    if form is not None:
        return file_answer(document.document(report, query.lang), form)
    return JsonAnswer(_report_out(report, query))


def _report_out(report: Yearly, query: YearlyQuery) -> dict[str, Any]:
    words = Vocabulary(
        language=query.lang, law=report.asked.law, units=report.asked.units
    )
    return {
        "audience": Audience.INTERNAL,
        "year": report.year,
        "years": report.years,
        "period": period_out(report.period),
        "level": report.level,
        "as_of": str(report.asked.as_of),
        "known_at": rfc3339(report.asked.known_at),
        "target": TARGET,
        "basis": Basis.DUE,
        "definition": DUE.to(query.lang),
        "law": describe(report.asked.law),
        "minimum_n": report.asked.settings.minimum_n,
        "indicators": [
            {
                "rule": each.rule,
                "title": words.coded("rule", each.rule).label,
                "summary": document.sentence(report, each, words),
                "equity": {
                    by.value: sentences(gaps).to(query.lang)
                    for by, gaps in each.gaps.items()
                },
                "total": _years(each.total),
                **{
                    by.value: [
                        {
                            "group": line.group,
                            "label": words.coded(by, line.group).label,
                            **_years(line),
                        }
                        for line in lines
                    ]
                    for by, lines in each.breakdowns.items()
                },
            }
            for each in report.indicators
        ],
    }


def _years(line: Line) -> dict[str, Any]:
    return {
        "years": {
            str(year): {"breaches": document.breaches(of), **figures_out(of)}
            for year, of in line.years.items()
        }
    }
