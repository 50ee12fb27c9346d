"""What came in and went out each month, counted by the database."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    Connection,
    Date,
    FromClause,
    Select,
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
    union_all,
)

from app.db.deadlines import accountable_unit, known
from app.domain.deadlines import AMENDED
from app.domain.flow import Month, Movement, flow
from app.domain.reporting_periods import Period


def months(
    connection: Connection,
    rule: str,
    periods: Sequence[Period],
    *,
    as_of: date,
    known_at: datetime,
    units: frozenset[str] | None,
) -> dict[str | None, list[Month]]:
    """Return the flow of *rule* through *periods*, months in order, by unit."""
    first = periods[0].first
    moved = _moved(known(known_at), rule, first=first, as_of=as_of).cte("moved")
    step = union_all(*_steps(moved)).subquery("step")
    # What happened before the first month made the backlog that it begins with.
    month = case(
        (step.c.day >= first, cast(func.date_trunc("month", step.c.day), Date)),
        else_=null(),
    ).label("month")
    query = (
        select(step.c.unit, month, step.c.kind, func.count().label("clocks"))
        .where(step.c.day <= as_of)
        .group_by(step.c.unit, month, step.c.kind)
    )
    if units is not None:
        query = query.where(step.c.unit == any_(literal(sorted(units), ARRAY(Text))))
    found: dict[str | None, dict[date | None, dict[str, int]]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.unit].setdefault(row.month, {})[row.kind] = row.clocks
    return {unit: _flow(by_month, periods) for unit, by_month in found.items()}


def _moved(
    clock: FromClause, rule: str, *, first: date, as_of: date
) -> Select[str | None, date, date | None, date | None]:
    """Return the clocks that were open on *first* or moved since."""
    return select(
        accountable_unit(clock, as_of).label("unit"),
        clock.c.started_on,
        clock.c.met_on,
        clock.c.closed_on,
    ).where(
        clock.c.rule == rule,
        clock.c.outcome.is_distinct_from(AMENDED),
        clock.c.started_on <= as_of,
        or_(
            clock.c.closed_on.is_(None),
            clock.c.closed_on >= first,
            clock.c.met_on >= first,
        ),
    )


def _steps(moved: FromClause) -> list[Select[str | None, date, str]]:
    """Return each day on which a clock of *moved* took a step, and which."""
    met, closed = moved.c.met_on, moved.c.closed_on
    return [
        select(moved.c.unit, day.label("day"), literal(kind).label("kind")).where(taken)
        for kind, day, taken in (
            ("pending", moved.c.started_on, moved.c.started_on.is_not(None)),
            ("done", met, met == closed),
            ("ended", closed, and_(closed.is_not(None), met.is_distinct_from(closed))),
            ("done_after_ending", met, met > closed),
        )
    ]


def _flow(
    by_month: dict[date | None, dict[str, int]], periods: Sequence[Period]
) -> list[Month]:
    before = Movement(**by_month.get(None, {}))
    movements = [(p, Movement(**by_month.get(p.first, {}))) for p in periods]
    return flow(movements, before.net)
