"""The periods that figures are asked of: their names, and what stands beside them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from app.domain.errors import InvalidPeriodError
from app.domain.reporting_periods import (
    Compare,
    Period,
    months_until,
    parse_period,
    period_after,
    period_before,
)
from app.domain.texts import Language, Text
from app.exports import numbers
from app.web.choices import Choice

_MONTHS = 13
_YEARS = 3
_WINDOWS = 4
_MONTH, _YEAR = len("2026-10"), len("2026")
_HALVES = {
    "1": Text(
        fi="tammi–kesäkuu {year}", sv="januari–juni {year}", en="January–June {year}"
    ),
    "2": Text(
        fi="heinä–joulukuu {year}",
        sv="juli–december {year}",
        en="July–December {year}",
    ),
}
_KINDS = (
    Text(fi="Kuukaudet", sv="Månader", en="Months"),
    Text(fi="THL:n puolivuodet", sv="THL:s halvår", en="THL's half-years"),
    Text(fi="Vuosipuoliskot", sv="Halvår", en="Half-years"),
    Text(fi="Vuodet", sv="År", en="Years"),
)
_OTHER = Text(fi="Muu jakso", sv="Annan period", en="Another period")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A period beside another, by its code and name."""

    code: str
    name: str


def period_name(period: Period, language: Language) -> str:
    """Return what people call *period*.

    >>> period_name(parse_period("2026-10"), Language.FI)
    'lokakuu 2026'
    >>> period_name(parse_period("2026-H2"), Language.EN).replace(numbers.DASH, "-")
    'July-December 2026'
    """
    code, year = period.code, period.first.year
    if code.startswith("thl:"):
        return f"THL {numbers.span(period.first, period.last, language)}"
    if code[_YEAR:-1] == "-H":
        return _HALVES[code[-1]].to(language).format(year=year)
    if len(code) == _YEAR:
        return code
    if len(code) == _MONTH and code[_YEAR + 1].isdigit():
        return numbers.month(period.first, language)
    return numbers.span(period.first, period.last, language)


def neighbours(
    period: Period, today: date, language: Language
) -> tuple[Step | None, Step | None]:
    """Return the periods before and after *period*, the latter if it has begun."""
    before = after = None
    with suppress(InvalidPeriodError):
        before = _step(period_before(period, Compare.PREVIOUS), language)
    with suppress(InvalidPeriodError):
        following = period_after(period)
        if following.first <= today:
            after = _step(following, language)
    return before, after


def choices(
    today: date, chosen: Period, language: Language
) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Return the periods that are asked for most, by kind, and the one that is."""
    kinds = dict(zip(_KINDS, _offered(today), strict=True))
    offered = {each.code for periods in kinds.values() for each in periods}
    if chosen.code not in offered:
        kinds = {_OTHER: [chosen], **kinds}
    return tuple(_named(kinds, chosen, language))


def windows(today: date) -> list[Period]:
    """Return THL's last half-years that have begun, the newest first."""
    return _begun(
        (
            f"thl:{year}-{month}"
            for year in range(today.year, today.year - _YEARS, -1)
            for month in ("10", "04")
        ),
        today,
    )


def _offered(today: date) -> Iterator[list[Period]]:
    years = range(today.year, today.year - _YEARS, -1)
    yield list(reversed(months_until(today, _MONTHS)))
    yield windows(today)
    yield _begun((f"{year}-H{half}" for year in years for half in (2, 1)), today)
    yield [parse_period(str(year)) for year in years]


def _begun(codes: Iterable[str], today: date) -> list[Period]:
    periods = map(parse_period, codes)
    return [each for each in periods if each.first <= today][:_WINDOWS]


def _named(
    kinds: Mapping[Text, Iterable[Period]], chosen: Period, language: Language
) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    for kind, periods in kinds.items():
        yield (
            kind.to(language),
            tuple(
                Choice(each.code, period_name(each, language), each.code == chosen.code)
                for each in periods
            ),
        )


def _step(period: Period, language: Language) -> Step:
    return Step(code=period.code, name=period_name(period, language))
