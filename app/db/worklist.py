"""The worklist: pages of deadlines in the order in which they are due, and counts."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg.rows import dict_row
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Subquery,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    true,
    tuple_,
    union_all,
)

from app.db.clock_rules import verdict_on
from app.db.database import Knowledge
from app.db.deadlines import ORDER, READ, Place, Row, row_of
from app.db.known_deadlines import Conditions, known_then, unindexed
from app.db.selections import (
    AS_OF,
    KNOWN_AT,
    Selection,
    Shape,
    closed_of,
    open_of,
    parameters,
    selected,
    shape_of,
    unit_of,
)
from app.db.statements import Statement, compiled
from app.db.tables import deadline, held_deadline
from app.domain.deadlines import Verdict

# What is asked of those that are open.
_OF_OPEN = frozenset(("open", "overdue", "due_soon"))
_IS_LATE = {
    verdict: literal_column("true" if verdict is Verdict.LATE else "false", Boolean)
    for verdict in Verdict
}
_SOON, _NEXT_DAYS, _SINCE = (
    bindparam(name, type_=Date) for name in ("soon", "next_days", "since")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By which day deadlines are listed, and which end comes first.

    The key of the clock makes it total.
    """

    by: str = ORDER[0]
    is_descending: bool = False

    def of(self, clock: FromClause) -> list[ColumnElement[Any]]:
        """Return the columns of *clock* in this order."""
        columns: list[ColumnElement[Any]] = [clock.c[name] for name in self._names]
        return [each.desc() for each in columns] if self.is_descending else columns

    def behind(self) -> list[ColumnElement[bool]]:
        """Return the conditions of standing behind a place, which are parameters."""
        columns = [deadline.c[name] for name in self._names]
        places = [bindparam(f"after_{each.name}", type_=each.type) for each in columns]
        # The first condition follows from the second; it is there for the index.
        if self.is_descending:
            return [columns[0] <= places[0], tuple_(*columns) < tuple_(*places)]
        return [columns[0] >= places[0], tuple_(*columns) > tuple_(*places)]

    def place(self, after: Place) -> dict[str, object]:
        """Return the parameters of standing behind *after*."""
        named = zip(self._names, after, strict=True)
        return {f"after_{name}": value for name, value in named}

    @property
    def _names(self) -> tuple[str, ...]:
        return (self.by, *ORDER[1:])


DUE_FIRST = Order()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many deadlines of a selection are open, and how many of these press."""

    open: int
    overdue: int
    due_soon: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """How the open deadlines of a rule stand in a unit; each is in one of the four.

    *next_days* are due before long, *soon* a little later, by their safe dates.
    *newly_overdue* of the overdue ones were not yet, and *newly_received* of all had
    not been, on the day that is compared with.
    """

    unit: str | None
    rule: str
    overdue: int
    next_days: int
    soon: int
    later: int
    newly_overdue: int
    newly_received: int


class _Listed(NamedTuple):
    """What decides how deadlines are listed."""

    shape: Shape
    status: str
    order: Order
    is_behind: bool


def page(
    connection: Connection,
    selection: Selection,
    status: str,
    *,
    known_at: datetime,
    soon: date,
    after: Place | None,
    limit: int,
    order: Order = DUE_FIRST,
) -> list[Row]:
    """Return the next *limit* deadlines of *status* behind the place *after*."""
    shape = shape_of(selection, known_at)
    statement = _listing(_Listed(shape, status, order, after is not None))
    given = parameters(selection, known_at) | {"soon": soon, "limit": limit}
    if after is not None:
        given |= order.place(after)
    rows = statement.execute(connection, given, row_factory=dict_row)
    return [row_of(row) for row in rows]


def counts(question: Knowledge, selection: Selection, *, soon: date) -> Counts:
    """Return how many deadlines of *selection* are open, overdue and due soon."""
    shape = shape_of(selection, question.known_at)
    given = parameters(selection, question.known_at) | {"soon": soon}
    statement = _counting(shape, _counted(question, shape))
    rows = statement.execute(question.connection, given, row_factory=dict_row)
    return next(Counts(**row) for row in rows)


def pressing(
    question: Knowledge,
    selection: Selection,
    *,
    since: date,
    next_days: date,
    soon: date,
) -> list[Pressing]:
    """Return how the open deadlines of *selection* stand, by unit and rule.

    What is new, is so behind the day *since*.
    """
    shape = shape_of(selection, question.known_at)
    days = {"since": since, "next_days": next_days, "soon": soon}
    given = parameters(selection, question.known_at) | days
    statement = _counting_by_unit(shape, _counted(question, shape))
    rows = statement.execute(question.connection, given, row_factory=dict_row)
    return [Pressing(**row) for row in rows]


def _counted(question: Knowledge, shape: Shape) -> FromClause:
    """Return where the open deadlines are counted."""
    # Who sees some units, and asks who has the work now, needs nothing else.
    is_held = shape.is_settled and not question.sees_all
    return held_deadline if is_held else deadline


@lru_cache(maxsize=1024)
def _listing(listed: _Listed) -> Statement:
    shape, status, order, is_behind = listed
    kinds = _kinds(shape, status)
    asked = (_has_status(status), *(order.behind() if is_behind else ()))
    in_order = (select(*READ).where(*kind, *asked) for kind in kinds.in_order)
    # Not by the due date, of which the index of all that is closed has eight years.
    others = (
        select(*READ).where(*kind, *map(unindexed, asked)) for kind in kinds.others
    )
    limit = bindparam("limit", type_=Integer)
    clock = union_all(
        *(
            select(each.order_by(*order.of(deadline)).limit(limit).subquery())
            for each in in_order
        ),
        # A fence, or else they would be looked for in that order through all that there
        # ever was.
        *(select(each.offset(literal_column("0")).subquery()) for each in others),
    ).subquery("clock")
    return compiled(select(clock).order_by(*order.of(clock)).limit(limit))


@lru_cache(maxsize=256)
def _counting(shape: Shape, counted: FromClause) -> Statement:
    clock = _open(shape, counted)
    numbers = (
        func.count().label("open"),
        func.count().filter(clock.c.due_on < AS_OF).label("overdue"),
        func.count()
        .filter(clock.c.due_on >= AS_OF, clock.c.safe_on <= _SOON)
        .label("due_soon"),
    )
    return compiled(select(*numbers).select_from(clock))


@lru_cache(maxsize=256)
def _counting_by_unit(shape: Shape, counted: FromClause) -> Statement:
    clock = _open(shape, counted)
    over = clock.c.due_on < AS_OF
    return compiled(
        select(
            clock.c.unit,
            clock.c.rule,
            func.count().filter(over).label("overdue"),
            func.count()
            .filter(not_(over), clock.c.safe_on <= _NEXT_DAYS)
            .label("next_days"),
            func.count()
            .filter(not_(over), clock.c.safe_on > _NEXT_DAYS, clock.c.safe_on <= _SOON)
            .label("soon"),
            func.count().filter(not_(over), clock.c.safe_on > _SOON).label("later"),
            func.count().filter(over, clock.c.due_on >= _SINCE).label("newly_overdue"),
            func.count().filter(clock.c.started_on > _SINCE).label("newly_received"),
        )
        .select_from(clock)
        .group_by(clock.c.unit, clock.c.rule)
    )


def _open(shape: Shape, counted: FromClause) -> Subquery:
    """Return what is counted of the open deadlines.

    Few columns, so that the index of open clocks has them all.
    """
    days = (counted.c[name] for name in ("rule", "started_on", "due_on", "safe_on"))
    columns = unit_of(counted, shape).label("unit"), *days
    return union_all(
        *(
            select(*columns).where(*kind, *selected(counted, shape))
            for kind in open_of(counted, shape)
        )
    ).subquery("clock")


class _Kinds(NamedTuple):
    """The conditions of each kind of rows that are listed.

    Those *in_order* have an index that gives the order, of the *others* there are few.
    """

    in_order: list[Conditions]
    others: list[Conditions]


def _kinds(shape: Shape, status: str) -> _Kinds:
    asked = selected(deadline, shape)
    if status in _OF_OPEN:
        still_open, *others = open_of(deadline, shape)
        return _Kinds([(*still_open, *asked)], [(*each, *asked) for each in others])
    current, superseded = known_then(deadline, KNOWN_AT)
    kinds = closed_of(deadline, shape)
    if status == "all":
        kinds = *kinds, (deadline.c.closed_on.is_(None), *asked)
    return _Kinds([(*current, *each) for each in kinds], [(*superseded, *asked)])


def _has_status(status: str) -> ColumnElement[bool]:
    """Tell whether a clock has *status*: of ``_OF_OPEN``, one that is open."""
    clock = deadline.c
    match status:
        case "overdue":
            return clock.due_on < AS_OF
        case "due_soon":
            return and_(clock.due_on >= AS_OF, clock.safe_on <= _SOON)
        case "met":
            # Nearly all is met sooner or later, so that the index which gives the order
            # is better than the one of what is met.
            return unindexed(clock.met_on <= AS_OF)
        case "late":
            return verdict_on(deadline, AS_OF, _IS_LATE)
        case _:
            return true()
