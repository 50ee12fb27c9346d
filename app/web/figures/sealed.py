"""/figures/sealed: what was reported, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.db.sealed_reports import Listed
from app.domain import labels
from app.domain.access import Actor, Permission
from app.domain.reporting_periods import Compare, parse_period
from app.domain.sealed_reports import ReportKind
from app.domain.texts import Language
from app.exports import numbers
from app.services import sealed_reports as service
from app.services.documents.sealed import KINDS, document
from app.services.sealed_reports import Sealed
from app.visits import database_of
from app.web.access import permitted
from app.web.documents import shown
from app.web.figures import frame
from app.web.figures.periods import period_name
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, PageQuestion
from app.web.rendering import page, told

router = APIRouter(include_in_schema=False)

ROWS = 50
LARGEST = 2**63 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Reader = Annotated[Actor, permitted(Permission.READ_FIGURES)]
_OTHERS = 10


class SealsQuestion(PageQuestion):
    """Which sealed reports are listed."""

    kind: Annotated[ReportKind | None, Chosen] = None
    before: Annotated[int, Field(ge=1, le=LARGEST)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sealed report in a list."""

    number: int
    href: str
    kind: str
    period: str
    by: str
    as_of: str
    sealed_at: str
    sealed_by: str


@router.get("/figures/sealed")
def list_sealed(
    request: Request, question: Annotated[SealsQuestion, Query()], actor: Reader
) -> Response:
    """List the sealed reports that the reader may see, the newest first."""
    language = language_of(request)
    found = service.listed(
        database_of(request, actor),
        actor,
        kind=question.kind,
        period=None,
        before=question.before,
        limit=ROWS + 1,
    )
    following = ""
    if len(found) > ROWS:
        found.pop()
        kept = {"kind": question.kind.value} if question.kind else {}
        following = f"/figures/sealed?{urlencode(kept | {'before': found[-1].number})}"
    kinds: dict[str, str] = {
        "": told(N_("all"), language),
        **{kind: text.to(language) for kind, text in KINDS.items()},
    }
    return page(
        request,
        "figures/sealed_list.html",
        tabs=frame.tabs("/figures/sealed"),
        fields=(
            frame.field("kind", told(N_("Report"), language), kinds, question.kind),
        ),
        lines=tuple(line_of(each, language) for each in found),
        following=following,
        is_first=question.before is None,
        may_seal=actor.may(Permission.SEAL_REPORTS),
    )


@router.get("/figures/sealed/{number}")
def show_sealed(
    number: Number,
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Reader,
) -> Response:
    """Show a sealed report as it was sealed."""
    language = language_of(request)
    database = database_of(request, actor)
    sealed = service.find(database, actor, number)
    words = service.words_of(database, sealed)
    return page(
        request,
        "figures/sealed.html",
        tabs=frame.tabs(request.url.path),
        number=number,
        document=shown(document(sealed, words, language)),
        files=frame.files(f"/v1/reports/sealed/{number}", {"lang": language.value}),
        ways=tuple(
            (told(text, language), href) for text, href in _ways(sealed.content, number)
        ),
        others=tuple(
            line_of(each, language)
            for each in others(request, actor, sealed)
            if each.number > number
        ),
    )


def others(request: Request, actor: Actor, sealed: Sealed) -> list[Listed]:
    """Return the newest sealed reports that answer the same question as *sealed*."""
    found = service.listed(
        database_of(request, actor),
        actor,
        kind=ReportKind(sealed.content["kind"]),
        period=sealed.content["period"],
        before=None,
        limit=_OTHERS,
    )
    return [
        each
        for each in found
        if each.number != sealed.seal.number and is_like(each.content, sealed.content)
    ]


def is_like(content: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two sealed reports answer the same question of the same units."""
    # The figures for THL are of no level.
    asked = ("kind", "period", "by", "level", "basis")
    return (
        all(content.get(name) == other.get(name) for name in asked)
        and content["scope"]["roots"] == other["scope"]["roots"]
    )


def line_of(each: Listed, language: Language) -> Line:
    """Return a sealed report as a list shows it."""
    content = each.content
    by = [labels.heading(name, language) for name in content["by"]]
    return Line(
        number=each.number,
        href=f"/figures/sealed/{each.number}",
        kind=KINDS[content["kind"]].to(language),
        period=period_name(parse_period(content["period"]), language),
        by=", ".join(by) or numbers.NOTHING,
        as_of=numbers.day(date.fromisoformat(content["as_of"]), language),
        sealed_at=numbers.instant(
            datetime.fromisoformat(content["sealed_at"]), language
        ),
        sealed_by=content["sealed_by"],
    )


def _ways(content: dict[str, Any], number: int) -> list[tuple[str, str]]:
    """Return where one goes on from a sealed report."""
    asked = {"period": content["period"], "compare": Compare.YEAR_AGO.value}
    if content["kind"] == ReportKind.THL:
        address = "/figures/thl"
    else:
        address = "/figures"
        if len(content["by"]) == 1:
            asked["by"] = content["by"][0]
        if content["level"] is not None:
            asked["level"] = str(content["level"])
    return [
        (
            N_("What it would say today, and why"),
            f"/figures/sealed/{number}/changes",
        ),
        (N_("The same period a year before"), f"{address}?{urlencode(asked)}"),
    ]
