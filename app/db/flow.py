"""What came in and went out each month: counted by the database, and one by one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.db import opened
from app.db.deadlines import Place, Row, accountable_unit, is_open, known
from app.db.opened import Units, is_of
from app.domain.deadlines import AMENDED
from app.domain.flow import Month, Movement, Number, flow
from app.domain.reporting_periods import Period

# The day of a step, and the condition of having taken it.
_Step: TypeAlias = tuple[ColumnElement[date], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which clocks are asked for, by accountable units; None means all of these."""

    rule: str
    as_of: date
    known_at: datetime
    units: Units | None


def months(
    connection: Connection, question: Question, periods: Sequence[Period]
) -> dict[str | None, list[Month]]:
    """Return the flow through *periods*, months in order, by unit."""
    first = periods[0].first
    moved = _moved(question, first).cte("moved")
    step = union_all(
        *(
            select(moved.c.unit, day.label("day"), literal(number).label("kind")).where(
                taken
            )
            for number, (day, taken) in _steps(moved).items()
        )
    ).subquery("step")
    # What happened before the first month made the backlog that it begins with.
    month = case(
        (step.c.day >= first, cast(func.date_trunc("month", step.c.day), Date)),
        else_=null(),
    ).label("month")
    query = (
        select(step.c.unit, month, step.c.kind, func.count().label("clocks"))
        .where(step.c.day <= question.as_of, *is_of(step.c.unit, question.units))
        .group_by(step.c.unit, month, step.c.kind)
    )
    found: dict[str | None, dict[date | None, dict[str, int]]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.unit].setdefault(row.month, {})[row.kind] = row.clocks
    return {unit: _flow(by_month, periods) for unit, by_month in found.items()}


def page(
    connection: Connection,
    question: Question,
    number: Number,
    month: Period,
    *,
    after: Place | None,
    limit: int,
) -> list[Row]:
    """Return the next *limit* clocks that *number* of *month* counts."""
    clock = known(question.known_at)
    conditions = [
        *_counted(clock, question),
        *is_of(accountable_unit(clock, question.as_of), question.units),
        _is_counted(clock, question, number, month),
    ]
    return opened.page(connection, clock, conditions, after=after, limit=limit)


def _is_counted(
    clock: FromClause, question: Question, number: Number, month: Period
) -> ColumnElement[bool]:
    """Return the condition of having taken a step in *month*, or of being open then.

    What was there before, and came, is what went and is there: who has started by a day
    and is open on it is in the backlog.
    """
    day_before = month.first - timedelta(1)
    match number:
        case Number.BACKLOG:
            return _is_left(clock, question, month.last)
        case Number.BACKLOG_BEFORE:
            return _is_left(clock, question, day_before)
        case _:
            day, taken = _steps(clock)[number]
            last = min(month.last, question.as_of)
            return and_(taken, day.between(month.first, last))


def _is_left(clock: FromClause, question: Question, until: date) -> ColumnElement[bool]:
    day = min(until, question.as_of)
    return and_(clock.c.started_on <= day, is_open(clock, day, question.known_at))


def _counted(clock: FromClause, question: Question) -> list[ColumnElement[bool]]:
    return [
        clock.c.rule == question.rule,
        clock.c.outcome.is_distinct_from(AMENDED),
        clock.c.started_on <= question.as_of,
    ]


def _moved(question: Question, first: date) -> Select[Any]:
    """Return the clocks that were open on *first* or moved since."""
    clock = known(question.known_at)
    return select(
        accountable_unit(clock, question.as_of).label("unit"),
        clock.c.started_on,
        clock.c.met_on,
        clock.c.closed_on,
    ).where(
        *_counted(clock, question),
        or_(
            clock.c.closed_on.is_(None),
            clock.c.closed_on >= first,
            clock.c.met_on >= first,
        ),
    )


def _steps(clock: FromClause) -> Mapping[Number, _Step]:
    """Return each step that a clock can take: on which day, and whether it did."""
    started, met, closed = clock.c.started_on, clock.c.met_on, clock.c.closed_on
    ended = and_(closed.is_not(None), met.is_distinct_from(closed))
    return {
        Number.PENDING: (started, started.is_not(None)),
        Number.DONE: (met, met == closed),
        Number.ENDED: (closed, ended),
        Number.DONE_AFTER_ENDING: (met, met > closed),
    }


def _flow(
    by_month: dict[date | None, dict[str, int]], periods: Sequence[Period]
) -> list[Month]:
    before = Movement(**by_month.get(None, {}))
    movements = [(p, Movement(**by_month.get(p.first, {}))) for p in periods]
    return flow(movements, before.net)
