"""/law: every rule and version, the readings in use, and the days off of a year."""

from dataclasses import dataclass
from typing import Annotated, assert_never

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.domain.law import Law
from app.domain.law.effects import effect
from app.domain.periods import Months, WorkingDays
from app.domain.rules import DeadlineRule, RuleVersion
from app.domain.texts import Language
from app.domain.working_days import FIRST_YEAR, LAST_YEAR, DayOff
from app.exports import numbers
from app.services.law import law_in_use
from app.web.access import PUBLIC
from app.web.explained import unbroken
from app.web.languages import language_of
from app.web.questions import PageQuestion
from app.web.rendering import page

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])

_SATURDAY = 5


class LawQuestion(PageQuestion):
    """Of which year the days off are asked; default: the present."""

    year: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVersion:
    """One wording of a rule; its limit is so many working days, or else months."""

    code: str
    in_force_from: str
    is_newest: bool
    working_days: int
    months: int
    says: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """A rule with its versions, the newest first, and what another reading changes."""

    code: str
    title: str
    versions: tuple[ShownVersion, ...]
    days: int
    changed: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDayOff:
    """A day off of the year; one on a weekend takes no working day."""

    day: str
    name: str
    ground: str
    is_on_weekend: bool


@router.get("/law")
def law(request: Request, question: Annotated[LawQuestion, Query()]) -> Response:
    """Show the law as it is applied here."""
    language = language_of(request)
    in_use = law_in_use(request.app.state.database)
    year = question.year or clock.today().year
    return page(
        request,
        "law.html",
        year=year,
        year_before=year - 1 if year > FIRST_YEAR else None,
        year_after=year + 1 if year < LAST_YEAR else None,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
        rules=tuple(_rule(rule, in_use, year, language) for rule in in_use.rules),
        reading=in_use.reading,
        days_off=tuple(
            _day_off(off, language) for off in in_use.calendar.days_off(year)
        ),
    )


def _rule(rule: DeadlineRule, law: Law, year: int, language: Language) -> ShownRule:
    changes = effect(law, rule, year)
    newest = rule.versions[-1]
    return ShownRule(
        code=rule.code,
        title=rule.title.to(language),
        versions=tuple(
            _version(version, language, is_newest=version is newest)
            for version in reversed(rule.versions)
        ),
        days=changes.days,
        changed=changes.changed,
        most=changes.most,
    )


def _version(
    version: RuleVersion, language: Language, *, is_newest: bool
) -> ShownVersion:
    working_days = months = 0
    match version.period:
        case WorkingDays(number):
            working_days = number
        case Months(number):
            months = number
        case _:
            assert_never(version.period)
    return ShownVersion(
        code=version.version_id,
        in_force_from=numbers.plain_day(version.in_force_from, language),
        is_newest=is_newest,
        working_days=working_days,
        months=months,
        says=version.says.to(language),
        sources=tuple(
            unbroken(citation.text.to(language)) for citation in version.citations
        ),
    )


def _day_off(off: DayOff, language: Language) -> ShownDayOff:
    return ShownDayOff(
        day=numbers.day(off.day, language),
        name=off.name.to(language),
        ground=unbroken(off.citation.to(language)),
        is_on_weekend=off.day.weekday() >= _SATURDAY,
    )
