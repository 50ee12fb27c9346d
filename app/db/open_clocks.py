"""Which clocks were open on a day, as was known at an instant."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, FromClause, or_

from app.db.known_deadlines import Conditions, is_settled, known_then


def open_then(
    clock: FromClause, as_of: date, known_at: datetime
) -> tuple[Conditions, ...]:
    """Return the conditions of each kind of rows that were open at the end of *as_of*.

    No row is of two kinds. As in ``known_then`` they are asked for apart, since each
    has an index of its own.
    """
    if is_settled(as_of, known_at):
        return open_still(clock, known_at)
    return open_on(clock, as_of, known_at)


def open_still(
    clock: FromClause, known_at: datetime | ColumnElement[datetime]
) -> tuple[Conditions, ...]:
    """Return those of a settled day: open is what had not closed at all."""
    still_open = clock.c.closed_on.is_(None)
    current, superseded = known_then(clock, known_at)
    return (*current, still_open), (*superseded, still_open)


def open_on(
    clock: FromClause,
    as_of: date | ColumnElement[date],
    known_at: datetime | ColumnElement[datetime],
) -> tuple[Conditions, ...]:
    """Return those of an earlier day: what is open still, and what closed after it."""
    still_open, closed_later = clock.c.closed_on.is_(None), clock.c.closed_on > as_of
    current, superseded = known_then(clock, known_at)
    return (
        (*current, still_open),
        (*current, closed_later),
        (*superseded, or_(still_open, closed_later)),
    )
