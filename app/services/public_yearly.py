"""The yearly report as the public is shown it: what was published, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.db import activations
from app.db import publications as publication_table
from app.db import units as unit_table
from app.db.database import Connection, Database
from app.db.publications import Publication
from app.db.units import Unit
from app.domain.compliance import Dimension
from app.domain.law import Law
from app.domain.public_grid import Output, months_in
from app.domain.public_tables import PublicRow, table
from app.domain.reporting_periods import Period, parse_period
from app.services.yearly import years_until

BREAKDOWNS = (
    Dimension.LANGUAGE_GROUP,
    Dimension.NATIONALITY_GROUP,
    Dimension.AGE_BAND,
    Dimension.UNIT,
)


class YearNotPublishedError(Exception):
    """The year has not been published; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One group through the years of the report, as each year was published."""

    group: str | None
    years: Mapping[int, PublicRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One rule through the years: everything, and each group of each breakdown.

    *branches* are the units above those of the breakdown, with all that is below them.
    """

    rule: str
    total: Line
    breakdowns: Mapping[Dimension, Sequence[Line]]
    branches: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicYearly:
    """The indicators of *year* and of those *years* before it that were published.

    *publication* is that of the year, with whose law and *units* they are named.
    """

    year: int
    years: tuple[int, ...]
    level: int
    publication: Publication
    law: Law
    units: Mapping[str, Unit]
    indicators: tuple[Indicator, ...]

    @property
    def period(self) -> Period:
        """Return the year as a period."""
        return parse_period(str(self.year))


def public_yearly(database: Database, *, year: int, level: int) -> PublicYearly:
    """Return the yearly report of *year*, units rolled up to those of *level*.

    Raises:
        YearNotPublishedError: the year has not been published.
    """
    with database.read() as knowledge:
        connection = knowledge.connection
        found = dict(_published(connection, year))
        if year not in found:
            raise YearNotPublishedError(_missing(connection, year))
        publication = found[year][0]
        law = activations.in_use(connection, known_at=publication.known_at)
        return PublicYearly(
            year=year,
            years=tuple(found),
            level=level,
            publication=publication,
            law=law,
            units=unit_table.known(connection, publication.known_at),
            indicators=tuple(_indicator(rule.code, found, level) for rule in law.rules),
        )


def _published(
    connection: Connection, year: int
) -> Iterator[tuple[int, tuple[Publication, Output]]]:
    """Give the years that were published, the last of them *year*, in their order."""
    for each in years_until(year):
        publication = publication_table.of_month(connection, months_in(str(each))[-1])
        for output in publication.outputs if publication else ():
            if publication and output.period == str(each):
                yield each, (publication, output)


def _missing(connection: Connection, year: int) -> str:
    """Return why *year* is not public, and what makes it so."""
    published = {each.month for each in publication_table.of_year(connection, year)}
    missing = [month for month in months_in(str(year)) if month not in published]
    if not missing:
        return (
            "Every month of the year has been published, and the year was left out: "
            "its corrections would have given small counts away."
        )
    return (
        f"{len(missing)} months of the year have not been published, the first of them "
        f"{missing[0]}. Publish them in their order with `POST /v1/publications`: the "
        "year is published with its December."
    )


def _indicator(
    rule: str, found: Mapping[int, tuple[Publication, Output]], level: int
) -> Indicator:
    tables = {
        (year, by): table(
            output,
            (by,),
            level if by is Dimension.UNIT else None,
            publication.minimum_n,
        )
        for year, (publication, output) in found.items()
        for by in BREAKDOWNS
    }
    totals = {
        year: row
        for year in found
        for row in tables[year, Dimension.UNIT].totals
        if row.rule == rule
    }
    latest_first = sorted(found, reverse=True)
    rows = {
        by: {year: tables[year, by].rows for year in latest_first} for by in BREAKDOWNS
    }
    above = {year: tables[year, Dimension.UNIT].subtotals for year in latest_first}
    return Indicator(
        rule=rule,
        total=Line(group=None, years=totals),
        breakdowns={by: _lines(rule, by, of) for by, of in rows.items()},
        branches=_lines(rule, Dimension.UNIT, above),
    )


def _lines(
    rule: str, by: Dimension, found: Mapping[int, Sequence[PublicRow]]
) -> tuple[Line, ...]:
    """Return the groups of *rule*, those of the latest year first."""
    groups: dict[str | None, dict[int, PublicRow]] = {}
    for year, rows in found.items():
        for row in rows:
            if row.rule == rule:
                groups.setdefault(row.groups[by], {})[year] = row
    return tuple(Line(group=group, years=years) for group, years in groups.items())
