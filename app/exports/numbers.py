"""Numbers, shares, days and instants as each language writes them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from app.domain.events import HELSINKI
from app.domain.law.wording import ENGLISH_MONTHS, WEEKDAYS
from app.domain.texts import Language

# A dash between numbers, and where there is none.
DASH = "–"
NOTHING = DASH
_NO_BREAK = "\u00a0"
_MINUS = "−"
_MONTHS = {
    Language.FI: (
        *("tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu"),
        *("heinäkuu", "elokuu", "syyskuu", "lokakuu", "marraskuu", "joulukuu"),
    ),
    Language.SV: (
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    Language.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_AT = {Language.FI: "klo", Language.SV: "kl."}


def count(number: int, language: Language) -> str:
    """Return *number* with its thousands apart.

    >>> count(1234, Language.EN)
    '1,234'
    """
    return _decimal(Decimal(number), language)


def decimal(number: float, language: Language) -> str:
    """Return *number* with one decimal, halves away from zero."""
    return _decimal(_rounded(number, 1), language)


def share(fraction: float, language: Language) -> str:
    """Return *fraction* in per cent with one decimal.

    What is not all never rounds to 100 %, and what is not nothing never to 0 %.

    >>> share(0.9999, Language.EN)
    '99.9%'
    """
    per_cent = _rounded(fraction * 100, 1)
    if fraction < 1:
        per_cent = min(per_cent, Decimal("99.9"))
    if fraction > 0:
        per_cent = max(per_cent, Decimal("0.1"))
    sign = "%" if language is Language.EN else f"{_NO_BREAK}%"
    return f"{_decimal(per_cent, language)}{sign}"


def whole_share(fraction: float, language: Language) -> str:
    """Return *fraction* in whole per cent, as an axis has it."""
    sign = "%" if language is Language.EN else f"{_NO_BREAK}%"
    return f"{_decimal(_rounded(fraction * 100, 0), language)}{sign}"


def points(fraction: float, language: Language) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    number = _rounded(fraction * 100, 1)
    sign = "+" if number > 0 else ""
    return f"{sign}{_decimal(number, language)}"


def day(on: date, language: Language) -> str:
    """Return a day with its weekday.

    >>> day(date(2026, 10, 6), Language.FI).replace(_NO_BREAK, " ")
    'ti 6.10.2026'
    """
    weekday = WEEKDAYS[on.weekday()].to(language)
    return f"{weekday}{_NO_BREAK}{plain_day(on, language)}"


def plain_day(on: date, language: Language) -> str:
    """Return a day without its weekday."""
    if language is Language.EN:
        month = ENGLISH_MONTHS[on.month - 1]
        return f"{on.day}{_NO_BREAK}{month}{_NO_BREAK}{on.year}"
    return f"{on.day}.{on.month}.{on.year}"


def weekdays(language: Language) -> tuple[str, ...]:
    """Return the names of the days of a week, Monday first."""
    return tuple(each.to(language) for each in WEEKDAYS)


def months(language: Language) -> tuple[str, ...]:
    """Return the names of the months of a year."""
    return _MONTHS[language]


def month(day: date, language: Language) -> str:
    """Return the month of *day*, with its year."""
    return f"{_MONTHS[language][day.month - 1]} {day.year}"


def instant(at: datetime, language: Language) -> str:
    """Return an instant as the clocks of Helsinki show it, to the minute."""
    local = at.astimezone(HELSINKI)
    if language is Language.EN:
        return f"{day(local, language)}, {local:%H:%M}"
    return f"{day(local, language)} {_AT[language]}{_NO_BREAK}{local:%H.%M}"


def span(first: date, last: date, language: Language) -> str:
    """Return the days from *first* to *last*."""
    return f"{plain_day(first, language)}{DASH}{plain_day(last, language)}"


def interval(
    low: float,
    high: float,
    language: Language,
    write: Callable[[float, Language], str] = share,
) -> str:
    """Return an interval; its sign of per cent stands once."""
    lower, upper = write(low, language), write(high, language)
    return f"{lower.removesuffix('%').rstrip(_NO_BREAK)}{DASH}{upper}"


def _rounded(number: float, decimals: int) -> Decimal:
    # By its shortest decimal form: a float that stands for 0.25 is meant as 0.25.
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _decimal(number: Decimal, language: Language) -> str:
    written = f"{abs(number):,}"
    if language is not Language.EN:
        written = written.translate({ord(","): _NO_BREAK, ord("."): ","})
    return f"{_MINUS}{written}" if number < 0 else written
