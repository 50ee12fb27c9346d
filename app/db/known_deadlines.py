"""Which deadlines were known at an instant, and which cases of them are seen."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Subquery,
    TextClause,
    select,
    text,
    true,
    union_all,
)

from app.db import bulk
from app.db.bulk import Asked
from app.db.database import driver
from app.db.deadlines import READ, Row, row_of
from app.db.tables import IS_CURRENT, IS_SUPERSEDED, deadline
from app.domain.events import TOLERANCE, CaseKey, legal_day

Conditions: TypeAlias = tuple[ColumnElement[bool] | TextClause, ...]

# For statements written by hand. As in ``known_then``, each kind has its indexes.
KNOWN = """(
    SELECT * FROM deadline
    WHERE recorded_until = 'infinity' AND recorded_at <= %(known_at)s
    UNION ALL
    SELECT * FROM deadline
    WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
      AND recorded_at <= %(known_at)s
) AS d"""
# The open ones: few columns, so that their index has them all. What amendments
# took back is never open.
KNOWN_OPEN = """(
    SELECT source, case_ref, rule, started_by, started_on, unit, child_ref
    FROM deadline
    WHERE recorded_until = 'infinity' AND closed_on IS NULL
      AND recorded_at <= %(known_at)s
    UNION ALL
    SELECT source, case_ref, rule, started_by, started_on, unit, child_ref
    FROM deadline
    WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
      AND closed_on IS NULL AND recorded_at <= %(known_at)s
) AS d"""
# What amendments took back counts for nothing.
COUNTS = "d.outcome IS DISTINCT FROM 'amended'"


def known(known_at: datetime | ColumnElement[datetime]) -> Subquery:
    """Return the deadlines as they were known at *known_at*."""
    kinds = known_then(deadline, known_at)
    return union_all(*(select(*READ).where(*kind) for kind in kinds)).subquery("known")


def known_then(
    clock: FromClause, known_at: datetime | ColumnElement[datetime]
) -> tuple[Conditions, Conditions]:
    """Return the conditions of the rows of *clock* that hold, and of those superseded.

    They are asked for apart: each kind has an index of its own, and of the latter there
    are few when *known_at* is recent.
    """
    then = clock.c.recorded_at <= known_at
    return (
        # Most of what holds was known then: whatever is asked for leads to it sooner.
        (IS_CURRENT, unindexed(then)),
        (IS_SUPERSEDED, clock.c.recorded_until > known_at, then),
    )


def unindexed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return *condition* so that no index is read for it."""
    return condition.is_(true())


def is_settled(as_of: date, known_at: datetime) -> bool:
    """Tell whether no act that was known at *known_at* can lie after *as_of*."""
    return as_of >= legal_day(known_at + TOLERANCE)


def of_case(connection: Connection, key: CaseKey, *, known_at: datetime) -> list[Row]:
    """Return the deadlines of one case, first started first."""
    clock = known(known_at)
    rows = connection.execute(
        select(clock)
        .where(clock.c.source == key.source, clock.c.case_ref == key.case_ref)
        .order_by(clock.c.started_on, clock.c.rule, clock.c.started_by)
    )
    return [row_of(row) for row in rows.mappings()]


def runs_of_child(
    connection: Connection, source: str, child_ref: str, *, known_at: datetime
) -> list[Row]:
    """Return the assessment clock of every run of a child in *source*."""
    clock = known(known_at)
    rows = connection.execute(
        select(clock)
        .where(
            clock.c.source == source,
            clock.c.child_ref == child_ref,
            # As text, for the index of just these.
            clock.c.rule == text("'assessment'"),
        )
        .order_by(clock.c.started_on, clock.c.case_ref)
    )
    return [row_of(row) for row in rows.mappings()]


def seen_cases(
    connection: Connection, cases: Collection[CaseKey], *, known_at: datetime
) -> set[CaseKey]:
    """Return those of *cases* of which the transaction sees anything."""
    rows = driver(connection).execute(
        """
        SELECT source, case_ref
        FROM unnest(%s::text[], %s::text[]) AS asked (source, case_ref)
        WHERE EXISTS (
                SELECT FROM deadline d
                WHERE d.source = asked.source AND d.case_ref = asked.case_ref
                  AND d.recorded_at <= %s AND d.recorded_until > %s)
           OR EXISTS (
                SELECT FROM case_event e
                WHERE e.source = asked.source AND e.case_ref = asked.case_ref
                  AND e.recorded_at <= %s)
           OR EXISTS (
                SELECT FROM case_finding f
                WHERE f.source = asked.source AND f.case_ref = asked.case_ref)
        """,
        [*bulk.columns(cases, 2), known_at, known_at, known_at],
    )
    return {CaseKey(*row) for row in rows}


def ask_superseded(connection: Connection, since: datetime) -> Asked[bool]:
    """Ask whether a row that held at the instant *since* does not hold any more."""
    asked = driver(connection).execute(
        """
        SELECT EXISTS (
            SELECT FROM deadline
            WHERE recorded_until < 'infinity' AND recorded_until > %s
        )
        """,
        [since],
    )
    return lambda: bool(asked.fetchall()[0][0])
