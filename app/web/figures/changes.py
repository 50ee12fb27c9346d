"""/figures/sealed/…/changes: in what a report is another by now, and by which cause."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.domain import labels
from app.domain.access import Permission
from app.domain.cells import Span
from app.domain.report_changes import Cause, Move, Standing
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import EXPLANATIONS, ReportKind
from app.domain.texts import Language
from app.domain.thl_texts import CAUSES
from app.exports import numbers
from app.services import recomputation, report_changes, sealed_comparison
from app.services import sealed_reports as service
from app.services.documents.vocabulary import Vocabulary
from app.services.plain_reports import RENDERS
from app.services.report_changes import Changes
from app.services.sealed_comparison import Difference
from app.services.sealed_reports import Sealed, query_of, sealer_of
from app.services.viewing import Viewer
from app.web.clocks import case_address
from app.web.figures.frame import tabs
from app.web.figures.sealed import LARGEST, Number, is_like
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import PageQuestion, UnfitAddressError
from app.web.rendering import page, told
from app.web.viewing import viewing

router = APIRouter(include_in_schema=False)

MOST_CASES = 200


class ChangesQuestion(PageQuestion):
    """With which later report it is compared; default: with what is known now."""

    to: Annotated[int, Field(ge=1, le=LARGEST)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number that has changed, and by what."""

    group: str
    number: str
    before: str
    after: str
    change: str
    causes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A deadline that is counted elsewhere, and why."""

    href: str
    case_ref: str
    duty: str
    before: str
    after: str
    cause: str


@router.get("/figures/sealed/{number}/changes")
def changes(
    number: Number,
    request: Request,
    question: Annotated[ChangesQuestion, Query()],
    viewer: Annotated[Viewer, viewing(Permission.READ_FIGURES)],
) -> Response:
    """Show in what a sealed report is another by now, or than another one."""
    language = language_of(request)
    sealed = service.find(viewer.database, viewer.actor, number)
    content = sealed.content
    other = None if question.to is None else _other(viewer, sealed, question.to)
    found = report_changes.changes(
        viewer,
        query=query_of(content),
        period=parse_period(content["period"]),
        sealer=sealer_of(content),
        to=None if other is None else _known_at(other),
        cause=None,
        limit=MOST_CASES,
    )
    words = Vocabulary(
        language=language,
        law=found.after.asked.law,
        units=found.before.asked.units | found.after.asked.units,
    )
    differences = (
        sealed_comparison.since(found)
        if other is None
        else sealed_comparison.between(sealed, found, other)
    )
    draft = None if other else report_changes.correction_notice(content, found)
    render = RENDERS[ReportKind(content["kind"])]
    again = recomputation.compared(viewer.database, sealed, render(found.before))
    return page(
        request,
        "figures/changes.html",
        tabs=tabs(request.url.path),
        number=number,
        other=question.to,
        as_of=numbers.day(found.before.asked.as_of, language),
        known_at=numbers.instant(found.before.asked.known_at, language),
        to=numbers.instant(found.after.asked.known_at, language),
        is_equal=again.is_equal,
        explanations=tuple(
            EXPLANATIONS[each].to(language) for each in again.explanations
        ),
        sections=tuple(_sections(differences, found, words)),
        moved=len(found.moves),
        visible=found.visible,
        cases=tuple(_moved(move, words) for move in found.shown),
        draft=() if draft is None else tuple(draft.to(language).splitlines()),
    )


def _other(viewer: Viewer, sealed: Sealed, number: int) -> Sealed:
    """Return the later sealed report of that number.

    Raises:
        UnfitAddressError: it answers another question, or knows less.
    """
    other = service.find(viewer.database, viewer.actor, number)
    is_later = _known_at(other) >= _known_at(sealed)
    if not is_later or not is_like(other.content, sealed.content):
        raise UnfitAddressError
    return other


def _known_at(sealed: Sealed) -> datetime:
    return datetime.fromisoformat(sealed.content["known_at"])


def _sections(
    differences: Iterable[Difference], found: Changes, words: Vocabulary
) -> Iterable[tuple[str, tuple[Line, ...]]]:
    """Give the lines under the names of their rules and bases."""
    for (rule, basis), lines in groupby(
        sorted(differences, key=_heading), key=_heading
    ):
        heading = (
            f"{words.coded('rule', rule).label}, {words.coded('basis', basis).label}"
        )
        yield heading, tuple(_line(each, found, words) for each in lines)


def _heading(each: Difference) -> tuple[str, str]:
    basis, place, _ = each.figure
    return place.rule, basis.value


def _line(each: Difference, found: Changes, words: Vocabulary) -> Line:
    language = words.language
    _, place, number = each.figure
    by = found.before.asked.layout.by
    group = told(N_("all"), language)
    if place.span is not Span.TOTAL:
        group = ", ".join(
            words.people(name, code)
            for name, code in zip(by, place.groups, strict=True)
            if code is not None or place.span is Span.CELL
        )
    return Line(
        group=group,
        number=labels.heading(number.value, language),
        before=numbers.count(each.before, language),
        after=numbers.count(each.after, language),
        change=_signed(each.after - each.before, language),
        causes=", ".join(_causes(each, language)) or numbers.NOTHING,
    )


def _causes(each: Difference, language: Language) -> Iterable[str]:
    for cause in Cause:
        if share := each.by_cause[cause]:
            yield f"{CAUSES[cause].to(language)} {_signed(share, language)}"
    if each.by_time:
        text = told(N_("time that has passed"), language)
        yield f"{text} {_signed(each.by_time, language)}"
    if each.unexplained:
        text = told(N_("not explained"), language)
        yield f"{text} {_signed(each.unexplained, language)}"


def _signed(number: int, language: Language) -> str:
    sign = "+" if number > 0 else ""
    return f"{sign}{numbers.count(number, language)}"


def _moved(move: Move, words: Vocabulary) -> Moved:
    language = words.language
    return Moved(
        href=case_address(move.source, move.case_ref),
        case_ref=move.case_ref,
        duty=words.coded("rule", move.rule).label,
        before=_standing(move.before, language),
        after=_standing(move.after, language),
        cause=CAUSES[move.cause].to(language),
    )


def _standing(standing: Standing, language: Language) -> str:
    """Return in which columns a deadline is counted; that it is not, if in none."""
    columns = dict.fromkeys(standing.columns.values())
    named = [labels.heading(column.value, language) for column in columns]
    return ", ".join(named) or told(N_("not counted"), language)
