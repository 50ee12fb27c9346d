"""Which deadlines of a period were known otherwise at one instant than at another."""

from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, and_, not_, or_, select

from app.db.deadlines import READ, ClockKey, row_of
from app.db.tables import deadline
from app.domain.deadlines import ASSESSMENT, Deadline
from app.domain.reporting_periods import Period

Clocks: TypeAlias = dict[ClockKey, Deadline]


def known(
    connection: Connection, period: Period, as_of: date, *, at: datetime
) -> Clocks:
    """Return what a report of *period* may count, as known at the instant *at*."""
    return _clocks(connection, and_(_holds(at), _may_count(period, as_of)))


def known_otherwise(
    connection: Connection, period: Period, as_of: date, *, at: datetime, than: datetime
) -> Clocks:
    """Return the part of ``known`` that was not known so at the instant *than*."""
    return _clocks(
        connection, and_(_holds(at), not_(_holds(than)), _may_count(period, as_of))
    )


def _clocks(connection: Connection, condition: ColumnElement[bool]) -> Clocks:
    found: Clocks = {}
    for stored in connection.execute(select(*READ).where(condition)).mappings():
        row = row_of(stored)
        clock = row.deadline
        key = ClockKey(row.source, row.case_ref, clock.rule, clock.started_by)
        found[key] = clock
    return found


def _holds(at: datetime) -> ColumnElement[bool]:
    return and_(deadline.c.recorded_at <= at, deadline.c.recorded_until > at)


def _may_count(period: Period, as_of: date) -> ColumnElement[bool]:
    """Return a condition that holds of all that any basis counts, and of some more."""
    first, last = period.first, period.last
    clock = deadline.c
    return and_(
        clock.started_on <= as_of,
        or_(
            clock.due_on.between(first, last),
            clock.started_on.between(first, last),
            and_(
                clock.rule == ASSESSMENT,
                clock.started_on <= last,
                or_(
                    clock.closed_on.is_(None),
                    clock.closed_on > as_of,
                    clock.met_on.between(first, last),
                ),
            ),
        ),
    )
