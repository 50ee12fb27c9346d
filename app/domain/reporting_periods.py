"""The periods of reports: months, quarters, four months, years, THL's half-years."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.errors import InvalidPeriodError

DECEMBER = 12
FORMS = (
    "2026 (year), 2026-10 (month), 2026-H2 (half-year), 2026-Q4 (quarter), "
    "2026-T3 (four months), thl:2026-04 (THL's window that begins then), "
    "2026-10-01..2026-12-31 (free range)"
)
_PARTS_OF_A_YEAR = {"H": 6, "Q": 3, "T": 4}
_THL_MONTHS = (4, 10)


class Compare(StrEnum):
    """With which earlier period a report is compared."""

    PREVIOUS = "previous"
    YEAR_AGO = "year_ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from *first* to *last*, both included; *code* is how it was asked."""

    code: str
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Tell whether *day* lies in the period."""
        return self.first <= day <= self.last


def parse_period(code: str) -> Period:
    """Return the period written as *code*.

    >>> parse_period("2026-T3").first
    datetime.date(2026, 9, 1)
    >>> parse_period("thl:2026-10").last
    datetime.date(2027, 3, 31)

    Raises:
        InvalidPeriodError: *code* has none of the forms in ``FORMS``.
    """
    try:
        first, last = _bounds(code)
    except ValueError as error:
        raise InvalidPeriodError(f"A period is written as one of: {FORMS}") from error
    return Period(code=code, first=first, last=last)


def period_before(period: Period, compare: Compare) -> Period:
    """Return the period that *period* is compared with.

    The previous one is as long and ends where *period* begins: in whole months if it
    consists of such, else in days. The one a year ago has the same days and months.

    Raises:
        InvalidPeriodError: it would lie before the first year.
    """
    try:
        return _shifted(period, compare)
    except (ValueError, OverflowError) as error:
        raise InvalidPeriodError("There is no period before this one.") from error


def period_after(period: Period) -> Period:
    """Return the period of the same length that begins when *period* has ended.

    Raises:
        InvalidPeriodError: it would lie behind the last year.
    """
    try:
        after = period.last + timedelta(days=1)
        if months := _whole_months(period):
            return _named(period.code, *_months(after.year, after.month, months))
        return _free(after, period.last + (after - period.first))
    except (ValueError, OverflowError) as error:
        raise InvalidPeriodError("There is no period after this one.") from error


def month_of(day: date) -> Period:
    """Return the calendar month of *day*."""
    return parse_period(f"{day:%Y-%m}")


def month_before(day: date) -> Period:
    """Return the calendar month before that of *day*."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def months_until(day: date, count: int) -> tuple[Period, ...]:
    """Return the *count* calendar months that end with the one of *day*, in order."""
    months = [month_of(day)]
    while len(months) < count:
        months.append(month_before(months[-1].first))
    return tuple(reversed(months))


def in_numbers(month: str) -> str:
    """Return a month as Finnish and Swedish write it.

    >>> in_numbers("2026-03")
    '3/2026'
    """
    year, _, number = month.partition("-")
    return f"{int(number)}/{year}"


def _bounds(code: str) -> tuple[date, date]:
    if match := re.fullmatch(r"([0-9]{4})", code):
        return _months(int(match[1]), 1, DECEMBER)
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})", code):
        return _months(int(match[1]), int(match[2]), 1)
    if match := re.fullmatch(r"([0-9]{4})-([HQT])([1-4])", code):
        length = _PARTS_OF_A_YEAR[match[2]]
        return _months(int(match[1]), (int(match[3]) - 1) * length + 1, length)
    if match := re.fullmatch(r"thl:([0-9]{4})-([0-9]{2})", code):
        if int(match[2]) not in _THL_MONTHS:
            raise ValueError(code)
        return _months(int(match[1]), int(match[2]), 6)
    day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    if match := re.fullmatch(rf"({day})\.\.({day})", code):
        bounds = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        if bounds[0] <= bounds[1]:
            return bounds
    raise ValueError(code)


def _shifted(period: Period, compare: Compare) -> Period:
    first, last = period.first, period.last
    months = _whole_months(period)
    if not months:
        if compare is Compare.YEAR_AGO:
            return _free(_year_before(first), _year_before(last))
        length = last - first + timedelta(days=1)
        return _free(first - length, first - timedelta(days=1))
    back = months if compare is Compare.PREVIOUS else DECEMBER
    years, month_before = divmod(first.month - 1 - back, DECEMBER)
    return _named(period.code, *_months(first.year + years, month_before + 1, months))


def _whole_months(period: Period) -> int:
    """Return of how many calendar months *period* consists; 0 if of other days."""
    first, after = period.first, period.last + timedelta(days=1)
    if first.day != 1 or after.day != 1:
        return 0
    return (after.year - first.year) * DECEMBER + after.month - first.month


def _free(first: date, last: date) -> Period:
    return Period(code=f"{first}..{last}", first=first, last=last)


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def _named(like: str, first: date, last: date) -> Period:
    """Return the period of these months, written in the form that *like* has."""
    year, month = f"{first.year:04}", f"{first.month:02}"
    letter = like[5:6]
    if ".." in like:
        return _free(first, last)
    if like.startswith("thl:"):
        code = f"thl:{year}-{month}"
    elif letter in _PARTS_OF_A_YEAR:
        code = f"{year}-{letter}{(first.month - 1) // _PARTS_OF_A_YEAR[letter] + 1}"
    else:
        code = f"{year}-{month}" if letter else year
    return Period(code=code, first=first, last=last)


def _months(year: int, month: int, length: int) -> tuple[date, date]:
    first = date(year, month, 1)
    years, month_before_next = divmod(month - 1 + length, DECEMBER)
    after = date(year + years, month_before_next + 1, 1)
    return first, after - timedelta(days=1)
