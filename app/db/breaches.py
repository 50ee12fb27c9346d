"""Missed deadlines, and what has been told of them."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Select,
    cast,
    func,
    or_,
    select,
)

from app.db.deadlines import accountable_unit, is_open, known
from app.db.sources import live_since
from app.domain.events import Entry

# Of what was closed long ago nobody finds out the cause any more.
LOOKED_BACK = timedelta(days=366)


class Breach(NamedTuple):
    """A missed deadline, its case, and the unit that answers for it."""

    source: str
    case_ref: str
    rule: str
    started_by: str
    due_on: date
    unit: str | None
    follow_up_on: date | None


def unexplained(
    connection: Connection, *, known_at: datetime, today: date, due_by: date
) -> list[Breach]:
    """Return what was due by *due_by*, was missed, and of which no cause is told.

    What was due over a year ago counts only while it is open, and what was due before
    its source was live never.
    """
    clock = known(known_at)
    live = live_since(known_at)
    query = (
        _breaches(clock, today)
        .outerjoin(live, live.c.source == clock.c.source)
        .where(
            clock.c.delays.is_(None),
            clock.c.due_on <= due_by,
            or_(clock.c.due_on > due_by - LOOKED_BACK, is_open(clock, today, known_at)),
            or_(live.c.live_since.is_(None), clock.c.due_on >= live.c.live_since),
        )
    )
    return [Breach(*row) for row in connection.execute(query)]


def not_followed_up(
    connection: Connection, *, known_at: datetime, today: date
) -> list[Breach]:
    """Return what is still open after the day on which it was to be looked at again."""
    clock = known(known_at)
    query = _breaches(clock, today).where(
        clock.c.delays.is_not(None),
        is_open(clock, today, known_at),
        _follow_up_on(clock) < today,
    )
    return [Breach(*row) for row in connection.execute(query)]


def _breaches(clock: FromClause, today: date) -> Select[Any]:
    """Return the deadlines that reports count as late or open and late, as of today."""
    closed_on = func.coalesce(clock.c.met_on, clock.c.ended_on, today)
    return select(
        clock.c.source,
        clock.c.case_ref,
        clock.c.rule,
        clock.c.started_by,
        clock.c.due_on,
        accountable_unit(clock, today),
        _follow_up_on(clock),
    ).where(
        closed_on > clock.c.due_on,
        ~clock.c.joined,
        clock.c.entry != Entry.ANTICIPATORY.value,
    )


def _follow_up_on(clock: FromClause) -> ColumnElement[date]:
    """Return the follow-up day that was told last."""
    return cast(clock.c.delays[-1][3].astext, Date)
