"""How a clock stands on a day: the rules of ``domain.deadlines.Deadline``, as SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    and_,
    case,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.deadlines import Verdict

Told = TypeVar("Told")
# As ``accountable_unit``, of a deadline d, for statements that are written by hand.
ACCOUNTABLE_UNIT = """
    CASE WHEN d.moves IS NULL THEN d.unit ELSE (
        SELECT move->>1 FROM jsonb_array_elements(d.moves) AS move
        WHERE (move->>0)::date <= least(
            CASE WHEN d.met_on <= %(today)s THEN d.met_on ELSE d.ended_on END,
            d.due_on, %(today)s
        )
        ORDER BY (move->>0)::date DESC LIMIT 1
    ) END
"""


def verdict_on(
    clock: FromClause,
    as_of: date | ColumnElement[date],
    told: Mapping[Verdict, ColumnElement[Told]],
) -> ColumnElement[Told]:
    """Return what is *told* of the verdict on *as_of*, as ``Deadline.verdict``."""
    on_time = clock.c.met_on <= clock.c.due_on
    fell_away = clock.c.ended_on <= clock.c.due_on
    return case(
        (and_(clock.c.met_on <= as_of, on_time), told[Verdict.IN_TIME]),
        (clock.c.met_on <= as_of, told[Verdict.LATE]),
        (and_(clock.c.ended_on <= as_of, fell_away), told[Verdict.VOID]),
        (clock.c.ended_on <= as_of, told[Verdict.LATE]),
        (clock.c.due_on >= as_of, told[Verdict.OPEN_IN_TIME]),
        else_=told[Verdict.OPEN_LATE],
    )


def accountable_unit(
    clock: FromClause, as_of: date | ColumnElement[date]
) -> ColumnElement[str | None]:
    """Return the unit that has the figure, as ``Deadline.accountable_unit``."""
    # What is revived has fallen away and been done; from then on that decides.
    closed_on = case((clock.c.met_on <= as_of, clock.c.met_on), else_=clock.c.ended_on)
    return unit_on(clock, func.least(closed_on, clock.c.due_on, as_of))


def unit_on(
    clock: FromClause, day: ColumnElement[date] | date
) -> ColumnElement[str | None]:
    """Return the unit that had the work on *day*, as ``Deadline.responsible_unit``."""
    move = func.jsonb_array_elements(clock.c.moves).column_valued(
        "move", joins_implicitly=True
    )
    moved_on = cast(move.op("->>")(0), Date)
    latest = (
        select(move.op("->>")(1))
        .where(moved_on <= day)
        .order_by(moved_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((clock.c.moves.is_(None), clock.c.unit), else_=latest)


def delay_on(clock: FromClause, day: ColumnElement[date] | date) -> ColumnElement[Any]:
    """Return what had been told last by *day* of a late clock, as ``Deadline.delay``.

    It is as it is stored: day, cause, action, follow-up day; null where nothing was.
    """
    told = (
        func.jsonb_array_elements(clock.c.delays)
        .table_valued(
            column("value", JSONB), with_ordinality="place", joins_implicitly=True
        )
        .render_derived()
    )
    latest = (
        select(told.c.value)
        .where(cast(told.c.value[0].astext, Date) <= day)
        .order_by(told.c.place.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((clock.c.delays.is_not(None), latest))
