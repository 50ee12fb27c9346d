"""What a worklist asks for: conditions with parameters, and what these are."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Text,
    any_,
    bindparam,
)

from app.db.clock_rules import unit_on
from app.db.known_deadlines import Conditions, is_settled, unindexed
from app.db.open_clocks import open_on, open_still
from app.db.tables import Instant

AS_OF = bindparam("as_of", type_=Date)
KNOWN_AT = bindparam("known_at", type_=Instant)
_JOINED = bindparam("joined", type_=Boolean)

# What a selection asks of columns of the same names.
_EQUAL = (
    *("rule", "language_group", "nationality_group", "entry", "worker", "source"),
)


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


class Shape(NamedTuple):
    """What decides the text of a statement; everything else is a parameter.

    *asked* are the names of what is asked for. Of a *settled* day all that will ever
    be known at the instant is known.
    """

    asked: frozenset[str]
    is_settled: bool


def shape_of(selection: Selection, known_at: datetime) -> Shape:
    """Return what decides the text of the statements about *selection*."""
    named = {each.name: getattr(selection, each.name) for each in fields(selection)}
    return Shape(
        frozenset(name for name, value in named.items() if value is not None),
        is_settled(selection.as_of, known_at),
    )


def parameters(selection: Selection, known_at: datetime) -> dict[str, object]:
    """Return what the statements about *selection* need to know."""
    named = {each.name: getattr(selection, each.name) for each in fields(selection)}
    return named | {"units": sorted(selection.units or ()), "known_at": known_at}


def selected(clock: FromClause, shape: Shape) -> Conditions:
    """Return the conditions of being asked for.

    For kinds of rows with an index of their own: it leads to fewer of them than what
    they are narrowed by. The planner, who thinks that a policy leaves it few, would
    read for that as well all that has ever been of one rule.
    """
    conditions = [_has_begun(clock), *map(unindexed, _narrowed(clock, shape))]
    if "joined" in shape.asked:
        # What is true, is looked up in an index also where that is compared.
        conditions.append(clock.c.joined.is_not_distinct_from(_JOINED))
    if "units" in shape.asked:
        conditions.append(_is_of_units(unit_of(clock, shape)))
    return tuple(conditions)


def closed_of(clock: FromClause, shape: Shape) -> tuple[Conditions, ...]:
    """Return the conditions of each kind of closed rows that are asked for.

    There are very many of these, and their indexes have all that they are narrowed by.
    """
    closed = clock.c.closed_on.is_not(None)
    asked = [closed, _has_begun(clock), *_narrowed(clock, shape)]
    if "joined" in shape.asked:
        asked.append(clock.c.joined == _JOINED)
    if "units" not in shape.asked:
        return (tuple(asked),)
    of_unit = _is_of_units(clock.c.unit)
    if shape.is_settled:
        return ((*asked, of_unit),)
    # Who had the work on another day stands in no index. But few were ever moved.
    then = _is_of_units(unit_of(clock, shape))
    return (
        (*asked, of_unit, clock.c.moves.is_(None)),
        (*asked, then, clock.c.moves.is_not(None)),
    )


def _has_begun(clock: FromClause) -> ColumnElement[bool]:
    return clock.c.started_on <= AS_OF


def _is_of_units(unit: ColumnElement[str | None]) -> ColumnElement[bool]:
    return unit == any_(bindparam("units", type_=ARRAY(Text)))


def _narrowed(clock: FromClause, shape: Shape) -> Iterator[ColumnElement[bool]]:
    """Give the conditions of what is asked for by its name."""
    for name in _EQUAL:
        if name in shape.asked:
            yield clock.c[name] == bindparam(name, type_=Text)
    if "worker" in shape.asked:
        # As ``Deadline.worker_of``: on another day it may have been another unit's.
        yield unit_of(clock, shape).is_not_distinct_from(clock.c.unit)


def unit_of(clock: FromClause, shape: Shape) -> ColumnElement[str | None]:
    """Return the unit that has the work on the day asked about."""
    return clock.c.unit if shape.is_settled else unit_on(clock, AS_OF)


def open_of(clock: FromClause, shape: Shape) -> tuple[Conditions, ...]:
    """Return the conditions of each kind of rows that were open, as ``open_then``."""
    if shape.is_settled:
        return open_still(clock, KNOWN_AT)
    return open_on(clock, AS_OF, KNOWN_AT)
