"""The clocks behind a number: those that its own condition finds, in pages."""

from collections.abc import Collection

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    FromClause,
    Text,
    any_,
    false,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from app.db.deadlines import ORDER, READ, Place, Row, row_of

Units = frozenset[str | None]


def page(
    connection: Connection,
    clock: FromClause,
    conditions: Collection[ColumnElement[bool]],
    *,
    after: Place | None,
    limit: int,
) -> list[Row]:
    """Return the next *limit* of *clock* behind *after*, in the order of a worklist."""
    # A fence: found first and put in order then. In the order of an index of all that
    # there ever was, years would be read before the first that fits.
    found = (
        select(*(clock.c[column.name] for column in READ))
        .where(*conditions)
        .offset(literal_column("0"))
        .subquery("found")
    )
    order = [found.c[name] for name in ORDER]
    query = select(found).order_by(*order).limit(limit)
    if after is not None:
        query = query.where(tuple_(*order) > after)
    return [row_of(row) for row in connection.execute(query).mappings()]


def is_of(
    unit: ColumnElement[str | None], units: Units | None
) -> list[ColumnElement[bool]]:
    """Return the condition of being of one of *units*; None among them is of none.

    None for all of them is no condition.
    """
    if units is None:
        return []
    codes = sorted(code for code in units if code is not None)
    is_named = unit == any_(literal(codes, ARRAY(Text)))
    return [or_(is_named, unit.is_(None) if None in units else false())]
