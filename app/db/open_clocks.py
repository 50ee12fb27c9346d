"""Which clocks were open on a day, as was known at an instant."""

from datetime import date, datetime

from sqlalchemy import FromClause

from app.db.deadlines import Conditions, is_open, is_settled, known_then


def open_then(
    clock: FromClause, as_of: date, known_at: datetime
) -> tuple[Conditions, ...]:
    """Return the conditions of each kind of rows that were open at the end of *as_of*.

    No row is of two kinds. As in ``branches`` they are asked for apart, since each has
    an index of its own: what is open still, what closed after that day, and what was
    superseded since.
    """
    current, superseded = known_then(clock, known_at)
    still_open = *current, clock.c.closed_on.is_(None)
    superseded_since = *superseded, is_open(clock, as_of, known_at)
    if is_settled(as_of, known_at):
        return still_open, superseded_since
    return still_open, (*current, clock.c.closed_on > as_of), superseded_since
