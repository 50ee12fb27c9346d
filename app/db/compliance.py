"""The tallies of ``domain.figures``, and the deadlines behind every number."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple

from psycopg.rows import dict_row
from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.types import TypeEngine

from app.db.deadlines import ORDER, READ, Row, row_of
from app.db.deadlines import Place as PlaceInList
from app.db.fact_numbers import COUNTED, days_taken_of, number_of, place_of, told_by
from app.db.judged import judged, judged_apart
from app.db.report_questions import AS_OF, FIRST, Question, parameters
from app.db.statements import Statement, compiled, word
from app.domain.cells import Place, Span
from app.domain.compliance import FACTS, Basis, Dimension, Fact
from app.domain.deadlines import ASSESSMENT
from app.domain.figures import Tally
from app.domain.ranges import Range
from app.domain.reporting_periods import Period

# More days than there are in all years that have a calendar.
_NO_END = 2**31 - 1
_NOTHING = literal_column("NULL::integer", Integer)


class _Shape(NamedTuple):
    """What decides the text of a statement; everything else is a parameter."""

    basis: Basis
    by: tuple[Dimension, ...]
    has_units: bool
    with_days_taken: bool
    is_latest: bool

    @property
    def groups(self) -> tuple[Dimension, ...]:
        """Return the dimensions that are read: of the rows, and to know the units."""
        limited = (Dimension.UNIT,) if self.has_units else ()
        return tuple(dict.fromkeys((*self.by, *limited)))


def tallies(connection: Connection, question: Question) -> dict[Place, Tally]:
    """Return the tally of each rule and combination of groups that counts anything."""
    counted = _counting(_shape(question)).execute(connection, parameters(question))
    found: dict[tuple[Any, ...], Tally] = defaultdict(Tally)
    # All at once: the driver takes longer to hand them out one by one.
    for row in counted.fetchall():
        times, number, days_taken = row[:3]
        found[row[3:]].count(told_by(number, days_taken), times)
    return {Place(Span.CELL, key[0], key[1:]): tally for key, tally in found.items()}


def monthly_tallies(
    connection: Connection, question: Question, months: Sequence[Period]
) -> list[dict[Place, Tally]]:
    """Return the tallies of each of *months*, which follow each other.

    The period of *question* is that of all of them.
    """
    given = {**parameters(question), "months": [month.first for month in months]}
    counted = _counting_months(_shape(question)).execute(connection, given)
    found: list[dict[Place, Tally]] = [defaultdict(Tally) for _ in months]
    for times, number, days_taken, month, goes_on, rule, *groups in counted:
        place = Place(Span.CELL, rule, tuple(groups))
        each = told_by(number, days_taken)
        for tallies_of_month in found[month - 1 : None if goes_on else month]:
            tallies_of_month[place].count(each, times)
    return list(map(dict, found))


def page(
    connection: Connection,
    question: Question,
    *,
    rule: str,
    facts: Collection[Fact],
    groups: Mapping[Dimension, Collection[str] | None],
    days_taken: Range | None,
    after: PlaceInList | None,
    limit: int,
) -> list[Row]:
    """Return the next *limit* deadlines of *rule* and *facts* behind *after*.

    *groups* are those that are meant of a dimension; None means deadlines of which
    nothing is known there. With *days_taken* they were done after so many days; the
    *question* asks for them.
    """
    known = tuple(name for name, codes in groups.items() if codes is not None)
    unknown = tuple(name for name, codes in groups.items() if codes is None)
    statement = _listing(_shape(question), known, unknown, after is not None)
    given = parameters(question) | {
        "rule": rule,
        "codes": [FACTS.index(fact) for fact in facts],
        "limit": limit,
        **{f"in_{name}": sorted(groups[name] or ()) for name in known},
    }
    if days_taken is not None:
        last = _NO_END if days_taken.last is None else days_taken.last
        given |= {"taken": days_taken.first, "taken_last": last}
    if after is not None:
        given |= {
            f"after_{name}": value for name, value in zip(ORDER, after, strict=True)
        }
    rows = statement.execute(connection, given, row_factory=dict_row)
    return [row_of(row) for row in rows]


def _shape(question: Question) -> _Shape:
    return _Shape(
        question.frame.basis,
        question.by,
        question.units is not None,
        question.with_days_taken,
        question.is_latest,
    )


@lru_cache(maxsize=1024)
def _counting(shape: _Shape) -> Statement:
    """Return the statement that counts, grouped by small facts."""
    return _counted(shape, lambda _: ())


@lru_cache(maxsize=256)
def _counting_months(shape: _Shape) -> Statement:
    """Return the statement that counts every month at once.

    An assessment that is open stands beside the rate of each month since it began, so
    it is counted in the first and *goes_on*.
    """
    return _counted(shape, partial(_month, basis=shape.basis))


def _month(clock: FromClause, basis: Basis) -> tuple[ColumnElement[Any], ...]:
    day: ColumnElement[date] = clock.c.due_on
    goes_on: ColumnElement[bool] = literal_column("false", Boolean)
    if basis is Basis.THL:
        is_met = func.coalesce(clock.c.met_on <= AS_OF, literal_column("false"))
        is_assessment = clock.c.rule == word(ASSESSMENT)
        goes_on = and_(is_assessment, ~is_met)
        day = case(
            (goes_on, func.greatest(clock.c.started_on, FIRST)),
            (is_assessment, clock.c.met_on),
            else_=clock.c.started_on,
        )
    month = func.width_bucket(day, bindparam("months", type_=ARRAY(Date)))
    return month.label("month"), goes_on.label("goes_on")


def _counted(
    shape: _Shape, more: Callable[[FromClause], Sequence[ColumnElement[Any]]]
) -> Statement:
    """Return the statement that counts; a group may come in several of its rows."""
    holding, superseded = judged_apart(shape.basis, shape.groups, COUNTED)
    # To plan for what is not there takes as long as to count a thousand rows.
    clocks = [holding] if shape.is_latest else [holding, superseded]
    return compiled(
        union_all(*(_counts(clock, shape, more(clock)) for clock in clocks))
    )


def _counts(
    clock: FromClause, shape: _Shape, more: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    days_taken = days_taken_of(clock) if shape.with_days_taken else _NOTHING
    keys = [
        number_of(clock).label("number"),
        days_taken.label("days_taken"),
        *more,
        clock.c.rule,
        *(clock.c[f"by_{dimension}"] for dimension in shape.by),
    ]
    return (
        select(func.count(), *keys)
        .select_from(clock)
        .where(*_in_scope(clock, shape))
        .group_by(*(key.name for key in keys))
    )


@lru_cache(maxsize=256)
def _listing(
    shape: _Shape,
    known: tuple[Dimension, ...],
    unknown: tuple[Dimension, ...],
    is_behind: bool,  # noqa: FBT001 (a part of the key of the cache)
) -> Statement:
    """Return the statement that lists what is counted, in the order of the worklist."""
    groups = dict.fromkeys((*shape.groups, *known, *unknown))
    clock = judged(shape.basis, groups, [column.name for column in READ])
    order = [clock.c[name] for name in ORDER]
    query = (
        select(*(clock.c[column.name] for column in READ))
        .where(
            *_in_scope(clock, shape),
            clock.c.rule == _given("rule", Text()),
            place_of(number_of(clock)) == any_(_given("codes", ARRAY(Integer))),
            *(
                clock.c[f"by_{name}"] == any_(_given(f"in_{name}", ARRAY(Text)))
                for name in known
            ),
            *(clock.c[f"by_{name}"].is_(None) for name in unknown),
        )
        .order_by(*order)
        .limit(_given("limit", Integer()))
    )
    if shape.with_days_taken:
        first, last = _given("taken", Integer()), _given("taken_last", Integer())
        query = query.where(days_taken_of(clock).between(first, last))
    if is_behind:
        after = (_given(f"after_{each.name}", each.type) for each in order)
        query = query.where(tuple_(*order) > tuple_(*after))
    return compiled(query)


def _in_scope(clock: FromClause, shape: _Shape) -> Iterator[ColumnElement[bool]]:
    if shape.has_units:
        yield clock.c.by_unit == any_(_given("units", ARRAY(Text)))


def _given(name: str, of: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(name, type_=of)
