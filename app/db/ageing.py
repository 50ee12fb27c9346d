"""The open clocks, by how long they have run: counted, and one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Subquery,
    func,
    literal,
    not_,
    select,
    true,
    union_all,
)

from app.db import opened
from app.db.clock_rules import unit_on
from app.db.deadlines import READ, Place, Row
from app.db.known_deadlines import is_settled, unindexed
from app.db.open_clocks import open_then
from app.db.opened import Units, is_of
from app.db.tables import deadline
from app.domain.ageing import Number

# What is counted of a clock, in which bin.
_COUNTED = (deadline.c.started_on, deadline.c.due_on, deadline.c.joined)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which open clocks are asked for; None means those of all units.

    The unit is the one that has the work on *as_of*, as in the worklist. *first_days*
    are those of ``domain.ageing.first_days``.
    """

    rule: str
    as_of: date
    known_at: datetime
    units: Units | None
    first_days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The open clocks of *unit* in a bin, the oldest being 0."""

    unit: str | None
    bin: int
    open_in_time: int
    open_late: int
    joined: int


def counted(connection: Connection, question: Question) -> list[Counted]:
    """Return how many clocks are open, by unit and bin."""
    clock = _open(question, _COUNTED)
    bin_ = _bin(clock, question).label("bin")
    told = (Number.OPEN_IN_TIME, Number.OPEN_LATE, Number.JOINED)
    query = select(
        clock.c.has_it.label("unit"),
        bin_,
        *(
            func.count().filter(_is_counted(clock, question, number)).label(number)
            for number in told
        ),
    ).group_by(clock.c.has_it, bin_)
    query = query.where(*is_of(clock.c.has_it, question.units))
    return [Counted(**row) for row in connection.execute(query).mappings()]


def page(
    connection: Connection,
    question: Question,
    number: Number,
    *,
    bin_: int | None,
    after: Place | None,
    limit: int,
) -> list[Row]:
    """Return the next *limit* clocks that *number* of a bin, or of all, counts."""
    clock = _open(question, READ)
    conditions = [
        *is_of(clock.c.has_it, question.units),
        _is_counted(clock, question, number),
        *([] if bin_ is None else [_bin(clock, question) == bin_]),
    ]
    return opened.page(connection, clock, conditions, after=after, limit=limit)


def _open(question: Question, columns: Iterable[ColumnElement[Any]]) -> Subquery:
    as_of, known_at = question.as_of, question.known_at
    unit = deadline.c.unit if is_settled(as_of, known_at) else unit_on(deadline, as_of)
    # Few columns: what is read of both kinds of rows is put together afterwards.
    return union_all(
        *(
            select(unit.label("has_it"), *columns).where(
                *kind,
                # Half of all there ever was: what was open then leads to fewer.
                unindexed(deadline.c.rule == question.rule),
                deadline.c.started_on <= as_of,
            )
            for kind in open_then(deadline, as_of, known_at)
        )
    ).subquery("clock")


def _bin(clock: FromClause, question: Question) -> ColumnElement[int]:
    """Return the number of the bin in which a clock is."""
    first_days = literal(list(question.first_days), ARRAY(Date))
    return func.width_bucket(clock.c.started_on, first_days)


def _is_counted(
    clock: FromClause, question: Question, number: Number
) -> ColumnElement[bool]:
    is_late = clock.c.due_on < question.as_of
    return {
        Number.OPEN: true(),
        Number.OPEN_IN_TIME: not_(is_late),
        Number.OPEN_LATE: is_late,
        Number.JOINED: clock.c.joined,
    }[number]
