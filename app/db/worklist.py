"""The worklist: pages of deadlines in the order in which they are due, and counts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    FromClause,
    Subquery,
    Text,
    and_,
    any_,
    func,
    literal,
    literal_column,
    not_,
    select,
    true,
    tuple_,
    union_all,
)

from app.db.database import Knowledge
from app.db.deadlines import (
    ORDER,
    READ,
    Conditions,
    Place,
    Row,
    is_settled,
    known_then,
    row_of,
    unindexed,
    unit_on,
    verdict_on,
)
from app.db.open_clocks import open_then
from app.db.tables import deadline, held_deadline
from app.domain.deadlines import Verdict

# What a selection asks of columns of the same names.
_EQUAL = (
    *("rule", "language_group", "nationality_group", "entry", "worker", "source"),
)
# What is asked of those that are open.
_OF_OPEN = frozenset(("open", "overdue", "due_soon"))
_IS_LATE = {verdict: literal(verdict is Verdict.LATE) for verdict in Verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which deadlines are asked for; None means any.

    *units* are codes of units that have the work; what lies below a unit is meant
    only where it is named.
    """

    as_of: date
    units: frozenset[str] | None = None
    rule: str | None = None
    language_group: str | None = None
    nationality_group: str | None = None
    entry: str | None = None
    worker: str | None = None
    source: str | None = None
    joined: bool | None = None


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

    def behind(self, after: Place) -> list[ColumnElement[bool]]:
        """Return the conditions of standing behind the place *after*."""
        # The first condition follows from the second; it is there for the index.
        day, key = deadline.c[self.by], tuple_(*(deadline.c[n] for n in self._names))
        if self.is_descending:
            return [day <= after[0], key < after]
        return [day >= after[0], key > after]

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
    first, *others = (
        select(*READ).where(
            *kind,
            *_selected(deadline, selection, known_at),
            *(order.behind(after) if after else ()),
        )
        for kind in _kinds(deadline, selection, status, known_at, soon)
    )
    # The first has an index that gives the order and few rows. The others are fenced,
    # or else they would be looked for in that order through all that there ever was.
    clock = union_all(
        select(first.order_by(*order.of(deadline)).limit(limit).subquery()),
        *(select(each.offset(literal_column("0")).subquery()) for each in others),
    ).subquery("clock")
    rows = connection.execute(select(clock).order_by(*order.of(clock)).limit(limit))
    return [row_of(row._mapping) for row in rows]  # noqa: SLF001 (public)


def counts(question: Knowledge, selection: Selection, *, soon: date) -> Counts:
    """Return how many deadlines of *selection* are open, overdue and due soon."""
    clock = _open(question, selection)
    as_of = selection.as_of
    row = question.connection.execute(
        select(
            func.count().label("open"),
            func.count().filter(clock.c.due_on < as_of).label("overdue"),
            func.count()
            .filter(clock.c.due_on >= as_of, clock.c.safe_on <= soon)
            .label("due_soon"),
        ).select_from(clock)
    ).one()
    return Counts(open=row.open, overdue=row.overdue, due_soon=row.due_soon)


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
    clock = _open(question, selection)
    as_of = selection.as_of
    over = clock.c.due_on < as_of
    rows = question.connection.execute(
        select(
            clock.c.unit,
            clock.c.rule,
            func.count().filter(over).label("overdue"),
            func.count()
            .filter(not_(over), clock.c.safe_on <= next_days)
            .label("next_days"),
            func.count()
            .filter(not_(over), clock.c.safe_on > next_days, clock.c.safe_on <= soon)
            .label("soon"),
            func.count().filter(not_(over), clock.c.safe_on > soon).label("later"),
            func.count().filter(over, clock.c.due_on >= since).label("newly_overdue"),
            func.count().filter(clock.c.started_on > since).label("newly_received"),
        )
        .select_from(clock)
        .group_by(clock.c.unit, clock.c.rule)
    )
    return [Pressing(**row._mapping) for row in rows]  # noqa: SLF001 (public)


def _open(question: Knowledge, selection: Selection) -> Subquery:
    """Return what is counted of the open deadlines of *selection*.

    Few columns, so that the index of open clocks has them all.
    """
    known_at, as_of = question.known_at, selection.as_of
    # Who sees some units, and asks who has the work now, needs nothing else.
    is_of_now = is_settled(as_of, known_at)
    clock = deadline if question.sees_all or not is_of_now else held_deadline
    return union_all(
        *(
            select(
                _unit(clock, selection, known_at).label("unit"),
                *(
                    clock.c[name]
                    for name in ("rule", "started_on", "due_on", "safe_on")
                ),
            ).where(
                *kind,
                *_selected(clock, selection, known_at),
            )
            for kind in open_then(clock, as_of, known_at)
        )
    ).subquery("clock")


def _unit(
    clock: FromClause, selection: Selection, known_at: datetime
) -> ColumnElement[str | None]:
    """Return the unit that has the work on the day asked about."""
    if is_settled(selection.as_of, known_at):
        return clock.c.unit
    return unit_on(clock, selection.as_of)


def _selected(
    clock: FromClause, selection: Selection, known_at: datetime
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [clock.c.started_on <= selection.as_of]
    if selection.units is not None:
        unit = _unit(clock, selection, known_at)
        conditions.append(unit == any_(literal(sorted(selection.units), ARRAY(Text))))
    for name in _EQUAL:
        wanted = getattr(selection, name)
        if wanted is not None:
            conditions.append(clock.c[name] == wanted)
    if selection.worker is not None:
        # As ``Deadline.worker_of``: on another day it may have been another unit's.
        unit = _unit(clock, selection, known_at)
        conditions.append(unit.is_not_distinct_from(clock.c.unit))
    if selection.joined is not None:
        conditions.append(clock.c.joined.is_(selection.joined))
    return conditions


def _kinds(
    clock: FromClause,
    selection: Selection,
    status: str,
    known_at: datetime,
    soon: date,
) -> list[Conditions]:
    """Return the conditions of each kind of rows that have *status*."""
    as_of = selection.as_of
    kinds: tuple[Conditions, ...] = known_then(clock, known_at)
    if status in _OF_OPEN:
        kinds = open_then(clock, as_of, known_at)
    has_status = _has_status(clock, as_of, status, soon)
    return [(*kind, has_status) for kind in kinds]


def _has_status(
    clock: FromClause, as_of: date, status: str, soon: date
) -> ColumnElement[bool]:
    """Tell whether a clock has *status*: of ``_OF_OPEN``, one that is open."""
    match status:
        case "overdue":
            return clock.c.due_on < as_of
        case "due_soon":
            return and_(clock.c.due_on >= as_of, clock.c.safe_on <= soon)
        case "met":
            # Nearly all is met sooner or later, so that the index which gives the order
            # is better than the one of what is met.
            return unindexed(clock.c.met_on <= as_of)
        case "late":
            return verdict_on(clock, as_of, _IS_LATE)
        case _:
            return true()
