"""Publish a month: the figures that the public may see, decided once and for good."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.db import activations, report_settings
from app.db import compliance as compliance_table
from app.db import publications as publication_table
from app.db import units as unit_table
from app.db.database import Database, Knowledge, instant
from app.db.publications import Draft, Publication
from app.db.report_questions import Question
from app.db.scopes import EVERYTHING
from app.db.units import Unit
from app.domain.access import Actor
from app.domain.compliance import MISSED, Basis, Column, Dimension, Frame
from app.domain.events import legal_day
from app.domain.figures import Tally
from app.domain.law import Law
from app.domain.public_grid import (
    Atom,
    Output,
    Split,
    lay_out,
    months_in,
    periods_ending_with,
)
from app.domain.public_tables import PublicTable, require_public, table
from app.domain.report_settings import ReportSettings
from app.domain.reporting_periods import Period, parse_period
from app.services.disclosure import conceal

__all__ = [
    "PublicReport",
    "Publication",
    "listed",
    "listed_of_year",
    "public_report",
    "publish",
]

FINEST = (
    Dimension.UNIT,
    Dimension.LANGUAGE_GROUP,
    Dimension.NATIONALITY_GROUP,
    Dimension.AGE_BAND,
)


class NotPublishedError(Exception):
    """The period has not been published."""


class AlreadyPublishedError(Exception):
    """The month has been published, and stays as it was."""


class EarlierMonthMissingError(Exception):
    """An earlier month of the calendar year has not been published."""


class MonthNotOverError(Exception):
    """On the day asked about the month had not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReport:
    """A public table of a period, and the publication that it is from."""

    period: Period
    by: tuple[Dimension, ...]
    level: int | None
    publication: Publication
    table: PublicTable
    law: Law
    units: Mapping[str, Unit]


def publish(
    database: Database,
    actor: Actor,
    *,
    month: Period,
    as_of: date | None,
    known_at: datetime | None,
) -> Publication:
    """Publish *month*, and the longer periods of its calendar year that end with it.

    Raises:
        AlreadyPublishedError: the month has been published; nothing is changed.
        EarlierMonthMissingError: its year's months are published in their order.
        FutureKnowledgeError: *known_at* lies in the future.
        MonthNotOverError: *as_of* is not behind the month.
    """
    # The public's figures are those of the county, whoever publishes them.
    with database.seen_by(EVERYTHING).read(known_at) as knowledge:
        day = as_of or legal_day(knowledge.known_at)
        if day <= month.last:
            raise MonthNotOverError
        earlier = publication_table.of_year(knowledge.connection, month.first.year)
        _require_next(month, earlier)
        before = [output for each in earlier for output in each.outputs]
        settings = report_settings.in_use(
            knowledge.connection, known_at=knowledge.known_at
        )
        fresh = [
            _laid_out(knowledge, settings, period, day, before)
            for period in periods_ending_with(month)
        ]
    # A year has one threshold: what was hidden under a lower one has no more to give.
    threshold = earlier[0].threshold if earlier else settings.disclosure_threshold
    concealed = conceal(fresh, earlier=before, threshold=threshold)
    with database.write() as connection:
        new = Draft(
            month=month.code,
            as_of=day,
            known_at=knowledge.known_at,
            published_at=instant(connection),
            published_by=actor.key_id,
            threshold=threshold,
            minimum_n=settings.minimum_n,
            outputs=tuple(concealed),
        )
        # Another may have published the month meanwhile; no other could be the next.
        published = publication_table.add(connection, new)
        if published is None:
            raise AlreadyPublishedError
    return published


def public_report(
    database: Database, *, period: Period, by: tuple[Dimension, ...], level: int | None
) -> PublicReport:
    """Return the public table of *period* by *by*, as it was published.

    Raises:
        NotPublicError: no such table is ever public.
        NotPublishedError: the period has not been published.
    """
    require_public(by, period)
    with database.read() as knowledge:
        connection = knowledge.connection
        for each in publication_table.of_year(connection, period.first.year):
            for output in each.outputs:
                if output.period == period.code:
                    return PublicReport(
                        period=period,
                        by=by,
                        level=level,
                        publication=each,
                        table=table(output, by, level, each.minimum_n),
                        law=activations.in_use(connection, known_at=each.known_at),
                        units=unit_table.known(connection, each.known_at),
                    )
    raise NotPublishedError(
        "The period has not been published. Publish its months with "
        "`POST /v1/publications`."
    )


def listed(database: Database) -> list[Publication]:
    """Return all publications without their counts, the newest first."""
    with database.read() as knowledge:
        return publication_table.listed(knowledge.connection)


def listed_of_year(
    database: Database, year: int | None
) -> tuple[list[int], list[tuple[Publication, tuple[Period, ...]]]]:
    """Return the years of which months were published, the newest first, and of one.

    Of *year*, or else the newest, it is each month with the periods that were published
    with it, the newest first.
    """
    with database.read() as knowledge:
        every = publication_table.listed(knowledge.connection)
        years = sorted({_year(each) for each in every}, reverse=True)
        asked = year or next(iter(years), None)
        of_year = [each for each in every if _year(each) == asked]
        periods = (
            publication_table.periods_of_year(knowledge.connection, _year(of_year[0]))
            if of_year
            else {}
        )
    return years, [
        (each, tuple(map(parse_period, periods[each.month]))) for each in of_year
    ]


def _year(publication: Publication) -> int:
    return parse_period(publication.month).first.year


def _require_next(month: Period, earlier: list[Publication]) -> None:
    published = {each.month for each in earlier}
    if month.code in published:
        raise AlreadyPublishedError
    of_year = months_in(str(month.first.year))
    if set(of_year[: month.first.month - 1]) - published:
        raise EarlierMonthMissingError


def _laid_out(
    knowledge: Knowledge,
    settings: ReportSettings,
    period: Period,
    as_of: date,
    earlier: list[Output],
) -> Output:
    """Return the true counts of *period*."""
    connection, known_at = knowledge.connection, knowledge.known_at
    units = unit_table.known(connection, known_at)
    frame = Frame(
        period=period,
        as_of=as_of,
        basis=Basis.DUE,
        inclusion=settings.inclusion_on(period.first),
        law=activations.in_use(connection, known_at=known_at),
    )
    tallies = compliance_table.tallies(
        connection, Question(frame=frame, by=FINEST, known_at=known_at)
    )
    counted = {
        Atom(place.rule, *(group or "" for group in place.groups)): _split(tally)
        for place, tally in tallies.items()
    }
    parents = {unit.code: unit.parent for unit in units.values()}
    return lay_out(period.code, counted, parents, earlier)


def _split(tally: Tally) -> Split:
    columns: Counter[Column] = Counter()
    for fact, times in tally.facts.items():
        columns[fact.column] += times
    missed = sum(columns[column] for column in MISSED)
    return Split(columns[Column.IN_TIME], missed)
