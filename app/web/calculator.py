"""/calculator: a day in, both deadlines out; no case, nothing kept, nothing logged."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.domain.errors import UnknownRuleError, UnverifiedYearError
from app.domain.law import Law, Limits
from app.domain.texts import Language
from app.domain.working_days import FIRST_YEAR, LAST_YEAR
from app.exports import numbers
from app.services.law import law_in_use
from app.web.access import PUBLIC
from app.web.explained import Explained, explained
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import PageQuestion, parse_day
from app.web.rendering import page

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])

_UNPROCESSABLE = 422
_LONGEST_DAY = 40
_NOT_A_DAY = N_("Give a day, for example 22.12.2026.")
_OUTSIDE = N_("The public holidays of that time have not been verified.")
_DECEMBER = 12


class CalculatorQuestion(PageQuestion):
    """Which day is asked about; the form is empty without one."""

    received_on: Annotated[str, Field(max_length=_LONGEST_DAY)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of a day: its clocks, or what is wrong with it."""

    asked: str
    flaw: str = ""
    clocks: tuple[Explained, ...] = ()


class MonthQuestion(PageQuestion):
    """Which month is asked about; without one it is the present."""

    year: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    month: int | None = Field(default=None, ge=1, le=_DECEMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay:
    """A day on which a matter may become pending, and its dates, one for each rule.

    The dates are due dates with their safe dates, where these are others; None where
    the law or the calendar does not reach.
    """

    href: str
    received: str
    day_off: str
    is_today: bool
    dates: tuple[tuple[str, str] | None, ...]


@dataclass(frozen=True, slots=True)
class MonthLink:
    """A month next to the one that is shown."""

    name: str
    href: str


@router.get("/calculator")
def calculator(
    request: Request, question: Annotated[CalculatorQuestion, Query()]
) -> Response:
    """Show both deadlines of a matter that became pending on a day."""
    language = language_of(request)
    law = law_in_use(request.app.state.database)
    answer = _answer(question.received_on, law, language)
    today = clock.today()
    return page(
        request,
        "calculator.html",
        status=_UNPROCESSABLE if answer.flaw else 200,
        answer=answer,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
        today=today.isoformat(),
    )


@router.get("/calculator/month")
def month(request: Request, question: Annotated[MonthQuestion, Query()]) -> Response:
    """Show the deadlines of every day of a month."""
    language = language_of(request)
    law = law_in_use(request.app.state.database)
    today = clock.today()
    first = date(question.year or today.year, question.month or today.month, 1)
    return page(
        request,
        "month.html",
        month=numbers.month(first, language),
        year=first.year,
        month_number=first.month,
        months=tuple(enumerate(numbers.months(language), start=1)),
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
        rules=tuple(rule.title.to(language) for rule in law.rules),
        days=tuple(_month_day(day, today, law, language) for day in _days(first)),
        before=_link(first - timedelta(1), language),
        after=_link(first + timedelta(31), language),
    )


def _answer(asked: str | None, law: Law, language: Language) -> Answer:
    if not asked:
        return Answer(asked="", flaw="" if asked is None else _NOT_A_DAY)
    received_on = parse_day(asked)
    if received_on is None:
        return Answer(asked=asked, flaw=_NOT_A_DAY)
    try:
        clocks = tuple(
            explained(law.explain(rule.code, received_on), law, language)
            for rule in law.rules
        )
    except (UnknownRuleError, UnverifiedYearError):
        return Answer(asked=received_on.isoformat(), flaw=_OUTSIDE)
    return Answer(asked=received_on.isoformat(), clocks=clocks)


def _days(first: date) -> tuple[date, ...]:
    _, length = calendar.monthrange(first.year, first.month)
    return tuple(first + timedelta(n) for n in range(length))


def _month_day(day: date, today: date, law: Law, language: Language) -> MonthDay:
    off = law.calendar.day_off(day)
    return MonthDay(
        href=f"/calculator?received_on={day}",
        received=numbers.day(day, language),
        day_off=off.name.to(language) if off else "",
        is_today=day == today,
        dates=tuple(
            _written(_limits(law, rule.code, day), language) for rule in law.rules
        ),
    )


def _limits(law: Law, rule: str, day: date) -> Limits | None:
    try:
        return law.limits(rule, day)
    except (UnknownRuleError, UnverifiedYearError):
        return None


def _written(limits: Limits | None, language: Language) -> tuple[str, str] | None:
    if limits is None:
        return None
    is_safe = limits.safe_on == limits.due_on
    return (
        numbers.day(limits.due_on, language),
        "" if is_safe else numbers.day(limits.safe_on, language),
    )


def _link(day: date, language: Language) -> MonthLink | None:
    """Return the link to the month of *day*; None outside of the verified years."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return MonthLink(
        numbers.month(day, language),
        f"/calculator/month?year={day.year}&month={day.month}",
    )
