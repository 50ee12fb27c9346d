"""The figures of ``domain.compliance``, counted by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    FromClause,
    Text,
    and_,
    any_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)

from app.db.deadlines import known, unit_on, verdict_on
from app.domain.compliance import (
    DECIMALS,
    THL_EXCLUDED_OUTCOMES,
    Basis,
    Column,
    DaysOver,
    Figures,
)
from app.domain.deadlines import ASSESSMENT, INITIATION, Verdict
from app.domain.events import Entry
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
    accountable = unit_on(clock, func.least(clock.c.closed_on, clock.c.due_on, as_of))
    groups = {name: accountable if name == "unit" else clock.c[name] for name in by}
    counted = select(
        clock.c.rule,
        *(group.label(name) for name, group in groups.items()),
        _column(clock, period, as_of, basis).label("counted_as"),
        _days_over(clock, as_of).label("days_over"),
    ).where(clock.c.started_on <= as_of, _in_period(clock, period, basis))
    if units is not None:
        counted = counted.where(
            accountable == any_(literal(sorted(units), ARRAY(Text)))
        )
    table = counted.cte("counted")
    names = [table.c[name] for name in by]
    late = table.c.counted_as.in_([Column.LATE, Column.OPEN_LATE])
    rows = connection.execute(
        select(
            table.c.rule,
            *names,
            func.grouping(*names).label("is_total")
            if names
            else literal(0).label("is_total"),
            *(
                func.count().filter(table.c.counted_as == column).label(column)
                for column in Column
            ),
            _percentile(0.5, table, late).label("median"),
            _percentile(0.9, table, late).label("p90"),
            func.avg(table.c.days_over).filter(late).label("mean"),
        )
        .where(table.c.counted_as.is_not(None))
        .group_by(
            func.grouping_sets(tuple_(table.c.rule, *names), tuple_(table.c.rule))
            if names
            else table.c.rule
        )
    )
    found = []
    for row in rows:
        values = row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
        found.append(
            Cell(
                rule=values["rule"],
                groups=tuple(values[name] for name in by),
                is_total=not by or values["is_total"] > 0,
                figures=Figures(
                    basis=basis,
                    counts={column: values[column] for column in Column},
                    days_over=_severity(
                        values["median"], values["p90"], values["mean"]
                    ),
                ),
            )
        )
    return found


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


def _percentile(
    share: float, table: FromClause, late: ColumnElement[bool]
) -> ColumnElement[float]:
    return func.percentile_cont(share).within_group(table.c.days_over).filter(late)


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
