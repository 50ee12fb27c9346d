"""Breaches of which no cause is told, and follow-ups that are overdue."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

from app.db import breaches
from app.db.breaches import Breach
from app.db.database import Connection
from app.db.source_findings import midnight
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity
from app.domain.working_days import Calendar
from app.services.deadlines import working_days_after

# A breach is to be explained within so many working days after its due date.
EXPLAINED_WITHIN = 5
_ONE_DAY = timedelta(1)


def unexplained(
    connection: Connection, calendar: Calendar, *, known_at: datetime, today: date
) -> Iterable[Finding]:
    """Give the breaches that should have been explained before *today*."""
    found = breaches.unexplained(
        connection,
        known_at=known_at,
        today=today,
        due_by=_explained_before(calendar, today),
    )

    @cache
    def since(due_on: date) -> datetime:
        return midnight(
            working_days_after(calendar, due_on, EXPLAINED_WITHIN) + _ONE_DAY
        )

    for breach in found:
        yield _finding(FindingKind.BREACH_UNEXPLAINED, breach, since(breach.due_on))


def not_followed_up(
    connection: Connection, *, known_at: datetime, today: date
) -> Iterable[Finding]:
    """Give the breaches that are open after the day of their follow-up."""
    found = breaches.not_followed_up(connection, known_at=known_at, today=today)
    for breach in found:
        assert breach.follow_up_on is not None, "it has passed"  # noqa: S101
        yield _finding(
            FindingKind.FOLLOW_UP_OVERDUE,
            breach,
            midnight(breach.follow_up_on + _ONE_DAY),
        )


def _explained_before(calendar: Calendar, today: date) -> date:
    """Return the latest due date of which the time to explain is over *today*."""
    day = today
    for _ in range(EXPLAINED_WITHIN):
        day = calendar.previous_working_day(day - _ONE_DAY)
    return day - _ONE_DAY


def _finding(kind: FindingKind, breach: Breach, since: datetime) -> Finding:
    return Finding(
        kind=kind,
        severity=CATALOGUE[kind].severity,
        id=identity(
            kind, breach.source, breach.case_ref, breach.rule, breach.started_by
        ),
        source=breach.source,
        case_ref=breach.case_ref,
        unit=breach.unit,
        day=breach.due_on,
        since=since,
        facts={"rule": breach.rule, "started_by": breach.started_by},
    )
