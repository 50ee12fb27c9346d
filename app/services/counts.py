"""Counts beside compliance: what came in, about how many children, what it led to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.db import counts as counts_table
from app.db.counts import Groups
from app.db.database import Database
from app.domain.access import Actor
from app.domain.counts import CountedBy, Counts
from app.domain.reporting_periods import Compare, Period, period_before
from app.services.reports import Asked, Inquiry, Query, inquiry, last_without


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The counts of one group, and those of the period that is compared with."""

    groups: Groups
    counts: Counts
    earlier: Counts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsReport:
    """The counts of a period; *earlier* is the period that is compared with."""

    asked: Asked
    period: Period
    earlier: Period | None
    by: tuple[CountedBy, ...]
    total: Row
    rows: list[Row]


def report(
    database: Database,
    actor: Actor,
    *,
    period: Period,
    by: tuple[CountedBy, ...],
    compare: Compare | None,
    unit: str | None,
    as_of: date | None,
    known_at: datetime | None,
) -> CountsReport:
    """Return the counts of *period* over the actor's units.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        InvalidPeriodError: no period lies before *period*.
    """
    query = Query(unit=unit, as_of=as_of, known_at=known_at)
    with inquiry(database, actor, query) as question:
        asked = question.asked
        earlier = (
            None
            if compare is None
            else period_before(elapsed(period, asked.as_of), compare)
        )
        (total,) = _rows(question, period, earlier, ())
        rows = _rows(question, period, earlier, by) if by else []
    return CountsReport(
        asked=asked, period=period, earlier=earlier, by=by, total=total, rows=rows
    )


def elapsed(period: Period, as_of: date) -> Period:
    """Return what of *period* is over on *as_of*; all of it, if it has not begun.

    Part of a year is compared with the same part of another, never with the whole.
    """
    if not period.first <= as_of < period.last:
        return period
    return replace(period, code=f"{period.first}..{as_of}", last=as_of)


def _rows(
    question: Inquiry,
    period: Period,
    earlier: Period | None,
    by: Sequence[CountedBy],
) -> list[Row]:
    now = _counted(question, period, by)
    before = _counted(question, earlier, by) if earlier else {}
    return [
        Row(
            groups=groups,
            counts=now.get(groups, Counts()),
            earlier=before.get(groups, Counts()) if earlier else None,
        )
        for groups in sorted(
            now.keys() | before.keys(), key=lambda each: [*map(last_without, each)]
        )
    ]


def _counted(
    question: Inquiry, period: Period, by: Sequence[CountedBy]
) -> Mapping[Groups, Counts]:
    return counts_table.counts(
        question.connection,
        period,
        by,
        as_of=question.asked.as_of,
        known_at=question.asked.known_at,
        units=question.allowed,
    )
