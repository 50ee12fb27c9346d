"""The run chart of a rule: its monthly rate, beside a baseline that does not move."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import dropwhile

from app.db import report_settings
from app.db.database import Database
from app.domain.access import Actor
from app.domain.compliance import Basis
from app.domain.events import legal_day
from app.domain.figures import Figures, Number
from app.domain.report_settings import Baseline
from app.domain.reporting_periods import Period, month_of
from app.domain.run_chart import Point, RunChart, centre_of
from app.services.compliance import Series, series
from app.services.reports import Asked, Query

MONTHS_OF_BASELINE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChartReport:
    """A run chart; *fixed* is the baseline that the county has set, if it has.

    *baseline* are the months whose rate is the centre: those of the fixed one, as they
    were known when it was set, or else the first ones of the chart that are over.
    """

    asked: Asked
    rule: str
    basis: Basis
    chart: RunChart
    fixed: Baseline | None
    baseline: tuple[Point, ...]


def report(
    database: Database,
    actor: Actor,
    *,
    rule: str,
    basis: Basis,
    unit: str | None,
    months: int,
    as_of: date | None,
    known_at: datetime | None,
) -> RunChartReport:
    """Return the chart of *months* until that of *as_of*, over the actor's units.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        UnknownRuleError: there is no rule of the name that is asked for.
    """
    query = Query(bases=(basis,), unit=unit, as_of=as_of, known_at=known_at)
    found = series(database, actor, query, number=months)
    asked = found.asked
    asked.law.rule(rule)
    points = _points(found, rule)
    fixed = asked.settings.baseline
    baseline = (
        _first(points)
        if fixed is None
        else _points(_as_fixed(database, actor, query, asked, fixed), rule)
    )
    return RunChartReport(
        asked=asked,
        rule=rule,
        basis=basis,
        chart=RunChart(
            points=points,
            centre=centre_of(baseline),
            minimum_n=asked.settings.minimum_n,
        ),
        fixed=fixed,
        baseline=baseline,
    )


def _as_fixed(
    database: Database, actor: Actor, query: Query, asked: Asked, fixed: Baseline
) -> Series:
    """Return the months of *fixed* as they were known when it was set."""
    with database.read(asked.known_at) as question:
        since = report_settings.baseline_since(
            question.connection, fixed, known_at=asked.known_at
        )
    first, last = fixed.first, fixed.last
    return series(
        database,
        actor,
        replace(query, as_of=min(asked.as_of, legal_day(since)), known_at=since),
        number=(last.year - first.year) * 12 + last.month - first.month + 1,
        last=month_of(last),
    )


def _first(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the first months that are over; those before there were data are none."""
    known = dropwhile(lambda point: not point.due, points)
    return tuple(point for point in known if point.is_over)[:MONTHS_OF_BASELINE]


def _points(found: Series, rule: str) -> tuple[Point, ...]:
    return tuple(
        _point(month, [c.figures for c in cells if c.rule == rule], found.asked.as_of)
        for month, cells in found.months
    )


def _point(month: Period, figures: Sequence[Figures], as_of: date) -> Point:
    """Return the point of *month*, of which there may be no figures at all."""
    return Point(
        month=month.code,
        in_time=sum(each.numbers[Number.IN_TIME] for each in figures),
        due=sum(each.due for each in figures),
        is_over=month.last < as_of,
    )
