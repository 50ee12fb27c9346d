"""The yearly report as the public is shown it."""

from typing import Any

from fastapi import Response
from starlette.responses import JSONResponse

from app.api.formats import file_answer
from app.api.public_figures import BASIS, counts_out, named
from app.clock import rfc3339
from app.db.database import Database
from app.domain.definitions import PUBLISHED
from app.domain.public_tables import Audience
from app.domain.texts import Language
from app.exports.files import Form
from app.services import public_yearly as service
from app.services.documents import public_yearly as document
from app.services.documents.vocabulary import Vocabulary
from app.services.plain_reports import period_out
from app.services.public_yearly import Line, PublicYearly
from app.services.yearly import TARGET


def public_answer(
    database: Database, *, year: int, level: int, language: Language, form: Form | None
) -> Response:
    """Answer with what was published of the year, and of those before it."""
    report = service.public_yearly(database, year=year, level=level)
    if form is not None:
        return file_answer(document.document(report, language), form)
    return JSONResponse(_report_out(report, language))


def _report_out(report: PublicYearly, language: Language) -> dict[str, Any]:
    """Return the public *report* as JSON; a hidden count is null."""
    words = Vocabulary(language=language, law=report.law, units=report.units)
    publication = report.publication
    return {
        "audience": Audience.PUBLIC,
        "year": report.year,
        "years": report.years,
        "period": period_out(report.period),
        "level": report.level,
        "as_of": str(publication.as_of),
        "known_at": rfc3339(publication.known_at),
        "published_at": rfc3339(publication.published_at),
        "publication": named(publication),
        "target": TARGET,
        "basis": BASIS,
        "definition": PUBLISHED.to(language),
        "disclosure_threshold": publication.threshold,
        "minimum_n": publication.minimum_n,
        "indicators": [
            {
                "rule": each.rule,
                "title": words.coded("rule", each.rule).label,
                "summary": document.sentence(report, each, words),
                "total": _years(each.total),
                **{
                    by.value: [_line(line, by, words) for line in lines]
                    for by, lines in each.breakdowns.items()
                },
                "unit_with_those_below": [
                    _line(line, "unit", words) for line in each.branches
                ],
            }
            for each in report.indicators
        ],
    }


def _line(line: Line, column: str, words: Vocabulary) -> dict[str, Any]:
    label = words.coded(column, line.group).label
    return {"group": line.group, "label": label, **_years(line)}


def _years(line: Line) -> dict[str, Any]:
    return {"years": {str(year): counts_out(row) for year, row in line.years.items()}}
