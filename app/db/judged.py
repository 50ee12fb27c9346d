"""How the database judges each deadline: ``domain.compliance.judged``, as SQL."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    Subquery,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)

from app.db.clock_rules import accountable_unit, verdict_on
from app.db.fact_numbers import column_number
from app.db.known_deadlines import Conditions, known, known_then
from app.db.report_questions import AS_OF, FIRST, IS_SETTLED, KNOWN_AT, LAST, OF_THE_LAW
from app.db.sources import live_since
from app.db.statements import word
from app.db.tables import deadline
from app.domain.compliance import Basis, Column, Dimension
from app.domain.deadlines import ASSESSMENT, Verdict
from app.domain.events import Entry


def judged(
    basis: Basis, by: Collection[Dimension], columns: Collection[str]
) -> Subquery:
    """Return *columns* of the period's deadlines, each with its groups and column."""
    return _judged(known(KNOWN_AT), (), basis, by, columns)


def judged_apart(
    basis: Basis, by: Collection[Dimension], columns: Collection[str]
) -> list[Subquery]:
    """Return what ``judged`` does, as the parts of which ``known`` is made.

    What is counted can be added up afterwards, and to put the rows of both parts into
    one stream takes a fifth of the time of counting them.
    """
    return [
        _judged(deadline, then, basis, by, columns)
        for then in known_then(deadline, KNOWN_AT)
    ]


def _judged(
    clock: FromClause,
    then: Conditions,
    basis: Basis,
    by: Collection[Dimension],
    columns: Collection[str],
) -> Subquery:
    # Only what is asked for: a column that nothing reads costs a step for every row.
    live = live_since(KNOWN_AT)
    given = select(*(each.label(each.key) for each in OF_THE_LAW)).subquery("law")
    return (
        select(
            *(clock.c[name] for name in columns),
            *given.c,
            live.c.live_since,
            *(_group(clock, dimension).label(f"by_{dimension}") for dimension in by),
            _column(clock, basis).label("counted_as"),
            _last_day(clock).label("day"),
        )
        .select_from(
            clock.outerjoin(live, live.c.source == clock.c.source).join(given, true())
        )
        .where(*then, clock.c.started_on <= AS_OF, _in_period(clock, basis))
        # A fence: each is worked out once for a row, however often it is used.
        .offset(literal_column("0"))
        .subquery("clock")
    )


def _group(clock: FromClause, dimension: Dimension) -> ColumnElement[Any]:
    """Return ``compliance.group_of``."""
    match dimension:
        case Dimension.UNIT:
            return accountable_unit(clock, AS_OF)
        case Dimension.OUTCOME:
            return case((clock.c.closed_on <= AS_OF, clock.c.outcome))
        case _:
            return clock.c[dimension.value]


def _column(clock: FromClause, basis: Basis) -> ColumnElement[int]:
    """Return the number of ``compliance.column_of``, within the period."""
    told = {verdict: column_number(Column(verdict.value)) for verdict in Verdict}
    if basis is Basis.DUE:
        told[Verdict.IN_TIME] = case(
            (clock.c.due_on >= AS_OF, column_number(Column.MET_NOT_YET_DUE)),
            else_=column_number(Column.IN_TIME),
        )
    else:
        excluded = _is_excluded(clock)
        told = {
            verdict: case((excluded, column_number(Column.EXCLUDED)), else_=number)
            for verdict, number in told.items()
            if verdict is not Verdict.VOID
        } | {Verdict.VOID: column_number(Column.VOID)}
    return case(
        (clock.c.joined, column_number(Column.JOINED)),
        (clock.c.entry == word(Entry.ANTICIPATORY), column_number(Column.ANTICIPATORY)),
        else_=verdict_on(clock, AS_OF, told),
    )


def _is_excluded(clock: FromClause) -> ColumnElement[bool]:
    """Return ``Inclusion.excludes`` of a clock."""
    repeated = and_(~clock.c.first, ~bindparam("counts_repeated", type_=Boolean))
    return func.coalesce(
        or_(
            repeated,
            clock.c.entry == any_(_texts("excluded_entries")),
            clock.c.matter == any_(_texts("excluded_matters")),
            and_(
                clock.c.closed_on <= AS_OF,
                clock.c.outcome == any_(_texts("excluded_outcomes")),
            ),
        ),
        literal_column("false"),
    )


def _in_period(clock: FromClause, basis: Basis) -> ColumnElement[bool]:
    if basis is Basis.DUE:
        return clock.c.due_on.between(FIRST, LAST)
    # Each part has an index, so that not all that there ever was is read: what starts
    # in the period is due in it or later, and nothing closes behind a settled day.
    is_assessment = clock.c.rule == word(ASSESSMENT)
    is_begun = and_(is_assessment, clock.c.started_on <= LAST)
    closes_later = and_(~IS_SETTLED, clock.c.closed_on > AS_OF)
    return or_(
        and_(
            ~is_assessment,
            clock.c.started_on.between(FIRST, LAST),
            clock.c.due_on >= FIRST,
        ),
        and_(is_assessment, clock.c.met_on.between(FIRST, func.least(LAST, AS_OF))),
        and_(is_begun, clock.c.closed_on.is_(None)),
        and_(is_begun, closes_later),
    )


def _last_day(clock: FromClause) -> ColumnElement[date]:
    """Return the day on which the clock closed, as of the day asked about, or that."""
    return case(
        (clock.c.met_on <= AS_OF, clock.c.met_on),
        (clock.c.ended_on <= AS_OF, clock.c.ended_on),
        else_=AS_OF,
    )


def _texts(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(Text))
