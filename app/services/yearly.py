"""The yearly report: both indicators against their target, by group, unit and year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.db.database import Database
from app.domain.access import Actor
from app.domain.cells import Cell, Place, Span, Tallies
from app.domain.compliance import Basis, Dimension
from app.domain.equity import DIMENSIONS, Gaps
from app.domain.figures import Figures, Tally
from app.domain.reporting_periods import Period, parse_period
from app.services import equity, reports
from app.services.reports import Asked, inquiry

# Every child is helped in time: the target of the plan has no other number.
TARGET = 1.0
MOST_YEARS = 5
# From 1 April 2015 both duties stand in other words of other acts: what fell due before
# 2016 is no part of the same series.
FIRST_YEAR_OF_THE_SERIES = 2016
BREAKDOWNS = (Dimension.LANGUAGE_GROUP, Dimension.NATIONALITY_GROUP, Dimension.UNIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The figures of one group through the years of the report; None has no data."""

    group: str | None
    years: Mapping[int, Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One rule through the years: everything, and each group of each breakdown.

    *gaps* are those between groups in the year of the report.
    """

    rule: str
    total: Line
    breakdowns: Mapping[Dimension, Sequence[Line]]
    gaps: Mapping[Dimension, Gaps]


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly:
    """The indicators of *year* and of the *years* before it of which there are data.

    Units are rolled up to those of depth *level* in the tree, the roots being at 0.
    """

    year: int
    years: tuple[int, ...]
    level: int
    asked: Asked
    indicators: tuple[Indicator, ...]

    @property
    def period(self) -> Period:
        """Return the year as a period."""
        return parse_period(str(self.year))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of the yearly report."""

    year: int
    level: int = 1
    as_of: date | None = None
    known_at: datetime | None = None


def yearly(database: Database, actor: Actor, query: Query) -> Yearly:
    """Return the yearly report over the actor's units.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        InvalidPeriodError: there is no such year.
    """
    with inquiry(database, actor, _asked(query)) as asking:
        asked = asking.asked
        counted = {
            year: asking.tallies(parse_period(f"{year:04}"), Basis.DUE)
            for year in years_until(query.year)
        }
    cells = {
        (year, by): replace(
            asked.layout,
            by=(by,),
            level=query.level if by is Dimension.UNIT else None,
        ).cells({Basis.DUE: _of_one(tallies, BREAKDOWNS.index(by))})
        for year, tallies in counted.items()
        for by in BREAKDOWNS
    }
    years = tuple(
        year for year, tallies in counted.items() if tallies or year == query.year
    )
    return Yearly(
        year=query.year,
        years=years,
        level=query.level,
        asked=asked,
        indicators=tuple(
            _indicator(
                rule.code,
                years,
                cells,
                _gaps(database, actor, rule.code, parse_period(str(query.year)), asked),
            )
            for rule in asked.law.rules
        ),
    )


def _asked(query: Query) -> reports.Query:
    return reports.Query(by=BREAKDOWNS, as_of=query.as_of, known_at=query.known_at)


def years_until(year: int) -> range:
    """Return the years that a report of *year* may tell of."""
    first = year - MOST_YEARS + 1
    if year >= FIRST_YEAR_OF_THE_SERIES:
        first = max(first, FIRST_YEAR_OF_THE_SERIES)
    return range(first, year + 1)


def _of_one(tallies: Tallies, index: int) -> Tallies:
    """Return what was counted by every dimension, by the one at *index* alone."""
    found: dict[Place, Tally] = {}
    for place, tally in tallies.items():
        single = place._replace(groups=(place.groups[index],))
        found.setdefault(single, Tally()).add(tally)
    return found


def _indicator(
    rule: str,
    years: Sequence[int],
    cells: Mapping[tuple[int, Dimension], Sequence[Cell]],
    gaps: Mapping[Dimension, Gaps],
) -> Indicator:
    def line(by: Dimension, place: Place) -> Line:
        return Line(
            group=place.groups[0],
            years={
                year: cell.figures
                for year in years
                for cell in cells[year, by]
                if cell.place == place
            },
        )

    places = {
        by: dict.fromkeys(
            cell.place
            for year in reversed(years)
            for cell in cells[year, by]
            if cell.rule == rule and cell.place.span is Span.CELL
        )
        for by in BREAKDOWNS
    }
    total = Place(Span.TOTAL, rule, (None,))
    return Indicator(
        rule=rule,
        total=line(Dimension.LANGUAGE_GROUP, total),
        breakdowns={
            by: tuple(line(by, place) for place in places[by]) for by in BREAKDOWNS
        },
        gaps=gaps,
    )


def _gaps(
    database: Database, actor: Actor, rule: str, period: Period, asked: Asked
) -> dict[Dimension, Gaps]:
    """Return the gaps between groups, as of the day and the instant of the report."""
    return {
        dimension: equity.report(
            database,
            actor,
            period=period,
            rule=rule,
            dimension=dimension,
            basis=Basis.DUE,
            unit=None,
            as_of=asked.as_of,
            known_at=asked.known_at,
        ).found
        for dimension in DIMENSIONS
    }
