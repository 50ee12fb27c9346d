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
    Subquery,
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
from app.db.clock_rules import accountable_unit
from app.db.deadlines import READ, Place, Row
from app.db.known_deadlines import known
from app.db.open_clocks import open_then
from app.db.opened import Units, is_of
from app.db.tables import deadline
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
    backlog_on = _days_of_backlogs(month).get(number)
    if backlog_on is None:
        clock = known(question.known_at)
        conditions = [_is_taken(clock, question, number, month)]
    else:
        clock = _left(question, min(backlog_on, question.as_of))
        conditions = []
    conditions += [
        *_counted(clock, question),
        *is_of(accountable_unit(clock, question.as_of), question.units),
    ]
    return opened.page(connection, clock, conditions, after=after, limit=limit)


def _days_of_backlogs(month: Period) -> Mapping[Number, date]:
    return {
        Number.BACKLOG_BEFORE: month.first - timedelta(1),
        Number.BACKLOG: month.last,
    }


def _left(question: Question, day: date) -> Subquery:
    """Return the clocks that are open at the end of *day*.

    They are as many as the backlog: what was there before, and came, is what went and
    what is there.
    """
    return union_all(
        *(
            select(*READ).where(*kind, deadline.c.started_on <= day)
            for kind in open_then(deadline, day, question.known_at)
        )
    ).subquery("left")


def _is_taken(
    clock: FromClause, question: Question, number: Number, month: Period
) -> ColumnElement[bool]:
    """Return the condition of having taken the step *number* in *month*."""
    day, taken = _steps(clock)[number]
    return and_(taken, day.between(month.first, min(month.last, question.as_of)))


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
