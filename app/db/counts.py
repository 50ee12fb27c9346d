"""The counts of ``domain.counts``, counted by the database."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    Text,
    and_,
    any_,
    distinct,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from app.db.clock_rules import accountable_unit
from app.db.known_deadlines import known
from app.domain.cases import COMPLETED_ASSESSMENTS
from app.domain.counts import CountedBy, Counts
from app.domain.deadlines import AMENDED, ASSESSMENT, INITIATION
from app.domain.events import AssessmentOutcome, Entry
from app.domain.reporting_periods import Period

Groups: TypeAlias = tuple[str | None, ...]
OUTCOMES = tuple(each for each in AssessmentOutcome if each in COMPLETED_ASSESSMENTS)


def counts(
    connection: Connection,
    period: Period,
    by: Sequence[CountedBy],
    *,
    as_of: date,
    known_at: datetime,
    units: frozenset[str] | None,
) -> dict[Groups, Counts]:
    """Return the counts of *period* for each combination of *by* that has any.

    *units* limits the answer to clocks for which one of them is accountable.
    """
    counted = _counted(known(known_at), period, as_of, by).subquery("counted")
    groups = [counted.c[f"by_{name}"] for name in by]
    query = select(*groups, *_measures(counted)).group_by(*groups)
    if units is not None:
        allowed = any_(literal(sorted(units), ARRAY(Text)))
        query = query.where(counted.c.accountable == allowed)
    return {
        tuple(row[: len(by)]): _counts(row._mapping)  # noqa: SLF001 (public)
        for row in connection.execute(query)
    }


def _counted(
    clock: FromClause, period: Period, as_of: date, by: Sequence[CountedBy]
) -> Select[Any]:
    """Return the notifications received and the assessments completed in *period*.

    By reason there is a row for each, and one without for what gives none.
    """
    last = min(period.last, as_of)
    source: FromClause = clock
    accountable = accountable_unit(clock, as_of)
    groups: dict[CountedBy, ColumnElement[Any]] = {
        name: clock.c[name.value] for name in by if name.value in clock.c
    }
    groups[CountedBy.UNIT] = accountable
    if CountedBy.REASON in by:
        codes = func.unnest(func.string_to_array(clock.c.reasons, " "))
        reason = (
            select(codes.label("reason")).distinct().correlate(clock).lateral("reason")
        )
        groups[CountedBy.REASON] = reason.c.reason
        source = clock.outerjoin(reason, true())
    return (
        select(
            *(clock.c[name] for name in ("source", "case_ref", "child_ref", "entry")),
            *(clock.c[name] for name in ("met_on", "due_on", "outcome")),
            (clock.c.rule == INITIATION).label("is_notified"),
            (clock.c.rule == ASSESSMENT).label("is_completed"),
            accountable.label("accountable"),
            *(groups[name].label(f"by_{name}") for name in by),
        )
        .select_from(source)
        .where(
            clock.c.outcome.is_distinct_from(AMENDED),
            or_(
                and_(
                    clock.c.rule == INITIATION,
                    clock.c.started_on.between(period.first, last),
                ),
                and_(
                    clock.c.rule == ASSESSMENT,
                    clock.c.met_on.between(period.first, last),
                ),
            ),
        )
    )


def _measures(counted: FromClause) -> Iterator[ColumnElement[int]]:
    """Give what is counted of each group."""
    row = counted.c
    traced = and_(row.is_notified, row.child_ref.is_not(None))
    for entry in Entry:
        yield func.count().filter(row.is_notified, row.entry == entry).label(entry)
    for outcome in OUTCOMES:
        found = and_(row.is_completed, row.outcome == outcome)
        yield func.count().filter(found).label(outcome)
    child = distinct(tuple_(row.source, row.child_ref))
    case = distinct(tuple_(row.source, row.case_ref))
    untraced = and_(row.is_notified, row.child_ref.is_(None))
    in_time = and_(row.is_completed, row.met_on <= row.due_on)
    yield func.count(child).filter(traced).label("children")
    yield func.count().filter(traced).label("traced")
    yield func.count().filter(traced, row.entry == Entry.REPORT).label("traced_reports")
    yield func.count(case).filter(untraced).label("untraced_cases")
    yield func.count().filter(in_time).label("completed_in_time")


def _counts(row: RowMapping) -> Counts:
    return Counts(
        by_entry={entry: row[entry] for entry in Entry if row[entry]},
        children=row["children"],
        traced=row["traced"],
        traced_reports=row["traced_reports"],
        untraced_cases=row["untraced_cases"],
        outcomes={outcome: row[outcome] for outcome in OUTCOMES if row[outcome]},
        completed_in_time=row["completed_in_time"],
    )
