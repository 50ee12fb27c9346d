"""The figures of ``domain.compliance``, counted by the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    RowMapping,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)

from app.db.deadlines import known, unit_on, verdict_on
from app.db.sources import live_since
from app.domain.compliance import (
    DECIMALS,
    THL_EXCLUDED_OUTCOMES,
    Basis,
    Column,
    DaysOver,
    Figures,
)
from app.domain.deadlines import ASSESSMENT, INITIATION, Verdict
from app.domain.events import HELSINKI, Entry
from app.domain.reporting_periods import Period

DIMENSIONS = ("unit", "language_group", "nationality_group", "age_band")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The figures of one rule and one combination of groups; totals have no groups."""

    rule: str
    groups: tuple[str | None, ...]
    is_total: bool
    figures: Figures


def cells(
    connection: Connection,
    *,
    period: Period,
    by: Sequence[str],
    basis: Basis,
    as_of: date,
    known_at: datetime,
    units: frozenset[str] | None,
) -> list[Cell]:
    """Return the figures of *period* for each combination of *by*, and their totals.

    *by* are some of ``DIMENSIONS``; *units* limits the answer to deadlines for which
    one of them is accountable.
    """
    clock = known(known_at)
    live = live_since(known_at)
    accountable = unit_on(clock, func.least(clock.c.closed_on, clock.c.due_on, as_of))
    groups = {name: accountable if name == "unit" else clock.c[name] for name in by}
    counted = (
        select(
            clock.c.rule,
            *(group.label(name) for name, group in groups.items()),
            clock.c.corrected,
            _column(clock, period, as_of, basis).label("counted_as"),
            _days_over(clock, as_of).label("days_over"),
            _recorded_late(clock, live.c.live_since).label("recorded_late"),
        )
        .select_from(clock.outerjoin(live, live.c.source == clock.c.source))
        .where(clock.c.started_on <= as_of, _in_period(clock, period, basis))
    )
    if units is not None:
        counted = counted.where(
            accountable == any_(literal(sorted(units), ARRAY(Text)))
        )
    table = counted.cte("counted")
    names = [table.c[name] for name in by]
    is_total = func.grouping(*names) if names else literal(0)
    each_and_total = func.grouping_sets(
        tuple_(table.c.rule, *names), tuple_(table.c.rule)
    )
    rows = connection.execute(
        select(table.c.rule, *names, is_total.label("is_total"), *_measures(table))
        .where(table.c.counted_as.is_not(None))
        .group_by(each_and_total if names else table.c.rule)
    )
    return [_cell(row._mapping, by, basis) for row in rows]  # noqa: SLF001 (public)


def _measures(table: FromClause) -> Iterator[ColumnElement[Any]]:
    """Give what is counted and measured of each group of *table*."""
    counted_as, recorded_late = table.c.counted_as, table.c.recorded_late
    in_time = counted_as == Column.IN_TIME
    late = counted_as.in_([Column.LATE, Column.OPEN_LATE])
    for column in Column:
        yield func.count().filter(counted_as == column).label(column)
    yield func.count().filter(in_time, recorded_late).label("recorded_late")
    yield func.count().filter(in_time, recorded_late.is_(None)).label("entry_unknown")
    yield func.count().filter(table.c.corrected).label("corrected")
    for share, name in ((0.5, "median"), (0.9, "p90")):
        within = func.percentile_cont(share).within_group(table.c.days_over)
        yield within.filter(late).label(name)
    yield func.avg(table.c.days_over).filter(late).label("mean")


def _cell(values: RowMapping, by: Sequence[str], basis: Basis) -> Cell:
    return Cell(
        rule=values["rule"],
        groups=tuple(values[name] for name in by),
        is_total=not by or values["is_total"] > 0,
        figures=Figures(
            basis=basis,
            counts={column: values[column] for column in Column},
            recorded_late=values["recorded_late"],
            entry_unknown=values["entry_unknown"],
            corrected=values["corrected"],
            days_over=_severity(values["median"], values["p90"], values["mean"]),
        ),
    )


def _recorded_late(
    clock: FromClause, live_since: ColumnElement[date]
) -> ColumnElement[bool]:
    """Return ``Deadline.recorded_late`` of a clock that was met in time."""
    entered_at = func.coalesce(
        clock.c.met_registered_at,
        case((live_since.is_not(None), clock.c.met_recorded_at)),
    )
    entered_on = cast(func.timezone(HELSINKI.key, entered_at), Date)
    return case(
        (clock.c.met_on < live_since, null()), else_=entered_on > clock.c.due_on
    )


def _column(
    clock: FromClause, period: Period, as_of: date, basis: Basis
) -> ColumnElement[str | None]:
    """Return the column of ``domain.compliance.column_of``, within the period."""
    verdict = verdict_on(clock, as_of)
    aside = (
        (clock.c.joined, Column.JOINED),
        (clock.c.entry == Entry.ANTICIPATORY, Column.ANTICIPATORY),
        (verdict == Verdict.VOID, Column.VOID),
    )
    if basis is Basis.DUE:
        met_early = and_(clock.c.due_on >= as_of, verdict == Verdict.IN_TIME)
        return case(*aside, (met_early, Column.MET_NOT_YET_DUE), else_=verdict)
    is_decided = clock.c.closed_on <= as_of
    excluded = and_(
        clock.c.rule == INITIATION,
        or_(
            clock.c.first.is_(False),
            and_(is_decided, clock.c.outcome.in_(sorted(THL_EXCLUDED_OUTCOMES))),
        ),
    )
    # An assessment that ended without being completed is no assessment of THL's.
    uncounted = and_(
        clock.c.rule == ASSESSMENT,
        or_(clock.c.met_on.is_(None), clock.c.met_on > as_of),
        clock.c.ended_on <= as_of,
    )
    completed_elsewhere = and_(
        clock.c.rule == ASSESSMENT,
        clock.c.met_on <= as_of,
        ~clock.c.met_on.between(period.first, period.last),
    )
    return case(
        (or_(uncounted, completed_elsewhere), null()),
        *aside,
        (excluded, Column.EXCLUDED),
        else_=verdict,
    )


def _in_period(clock: FromClause, period: Period, basis: Basis) -> ColumnElement[bool]:
    if basis is Basis.DUE:
        return clock.c.due_on.between(period.first, period.last)
    return or_(
        and_(
            clock.c.rule == INITIATION,
            clock.c.started_on.between(period.first, period.last),
        ),
        and_(clock.c.rule == ASSESSMENT, clock.c.started_on <= period.last),
    )


def _days_over(clock: FromClause, as_of: date) -> ColumnElement[int]:
    done = case(
        (clock.c.met_on <= as_of, clock.c.met_on),
        (clock.c.ended_on <= as_of, clock.c.ended_on),
        else_=as_of,
    )
    return done - clock.c.due_on


def _severity(
    median: float | None, p90: float | None, mean: float | None
) -> DaysOver | None:
    if median is None or p90 is None or mean is None:
        return None
    return DaysOver(
        median=round(median, DECIMALS),
        p90=round(p90, DECIMALS),
        mean=round(float(mean), DECIMALS),
    )
