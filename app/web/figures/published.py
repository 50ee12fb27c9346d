"""/figures/published: what the public has been shown, and may be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.domain.access import Actor, Permission
from app.domain.compliance import Dimension
from app.domain.public_grid import LENGTHS, months_in
from app.domain.public_tables import Audience
from app.domain.reporting_periods import Period
from app.domain.texts import Language
from app.exports import numbers
from app.services import publications as service
from app.services.publications import Publication
from app.visits import database_of
from app.web.access import permitted
from app.web.figures import frame
from app.web.figures.periods import period_name
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, PageQuestion
from app.web.rendering import page, told

router = APIRouter(include_in_schema=False)

PATH = "/figures/published"
_GROUPS = {
    "": N_("nothing"),
    Dimension.UNIT: N_("unit"),
    Dimension.LANGUAGE_GROUP: N_("mother tongue"),
    Dimension.NATIONALITY_GROUP: N_("citizenship"),
    Dimension.AGE_BAND: N_("age"),
}
_Group = Literal[
    "",
    Dimension.UNIT,
    Dimension.LANGUAGE_GROUP,
    Dimension.NATIONALITY_GROUP,
    Dimension.AGE_BAND,
]


class PublishedQuestion(PageQuestion):
    """Of which year, and in which groups the files are; default: the newest, none."""

    year: Annotated[Annotated[int, Field(ge=1900, le=2200)] | None, Chosen] = None
    by: _Group = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A period as it was published, and the files of it for who may take them."""

    number: str
    period: str
    as_of: str
    known_at: str
    published_at: str
    threshold: str
    files: tuple[tuple[str, str], ...]


@router.get(PATH)
def published(
    request: Request,
    question: Annotated[PublishedQuestion, Query()],
    actor: Annotated[Actor, permitted(Permission.READ_PUBLICATIONS)],
) -> Response:
    """List what was published of a year, the newest first."""
    language = language_of(request)
    years, found = service.listed_of_year(database_of(request, actor), question.year)
    chosen = question.year or next(iter(years), None)
    reads_figures = actor.may(Permission.READ_FIGURES)
    return page(
        request,
        "figures/published.html",
        # Who sets the service up sees what is public, and no other figures.
        tabs=frame.tabs("/figures/sealed/published") if reads_figures else (),
        fields=_fields(years, chosen, question.by, language),
        lines=tuple(
            line
            for publication, periods in found
            for line in _lines(
                publication, periods, question.by, language, may_take=reads_figures
            )
        ),
        digests=tuple(
            (each.number, each.digest.hex())
            for each, _ in sorted(found, key=lambda one: one[0].number)
        ),
        year=chosen,
    )


def _fields(
    years: list[int], chosen: int | None, by: str, language: Language
) -> tuple[frame.Field, ...]:
    if not years:
        return ()
    offered = sorted({*years, chosen or years[0]}, reverse=True)
    groups = {code: told(text, language) for code, text in _GROUPS.items()}
    return (
        frame.field(
            "year",
            told(N_("Year"), language),
            {str(year): str(year) for year in offered},
            str(chosen),
        ),
        frame.field("by", told(N_("Files grouped by"), language), groups, by),
    )


def _lines(
    publication: Publication,
    periods: tuple[Period, ...],
    by: str,
    language: Language,
    *,
    may_take: bool,
) -> Iterator[Line]:
    """Give the month and what was published with it, the longest first."""
    for period in sorted(periods, key=lambda each: each.first):
        yield Line(
            number=numbers.count(publication.number, language),
            period=period_name(period, language),
            as_of=numbers.day(publication.as_of, language),
            known_at=numbers.instant(publication.known_at, language),
            published_at=numbers.instant(publication.published_at, language),
            threshold=numbers.count(publication.threshold, language),
            files=tuple(_files(period, by, language)) if may_take else (),
        )


def _files(period: Period, by: str, language: Language) -> Iterator[tuple[str, str]]:
    """Give the table of *period*, and of a year the report for committees too."""
    asked = {"audience": Audience.PUBLIC.value, "lang": language.value}
    groups = {"by": by} if by else {}
    address = "/v1/reports/compliance"
    yield from frame.files(address, {**asked, "period": period.code, **groups})
    if len(months_in(period.code)) == LENGTHS[""]:
        of_year = {**asked, "year": period.code, "format": "pdf"}
        text = told(N_("yearly report"), language)
        yield text, f"/v1/reports/yearly?{urlencode(of_year)}"
