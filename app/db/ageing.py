"""The open clocks, by the day on which they started."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ARRAY, Connection, Text, any_, func, literal, select, union_all

from app.db.deadlines import is_open, is_settled, known_then, unit_on
from app.db.tables import deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The open clocks of *unit* that started on a day; *joined* are of both kinds."""

    unit: str | None
    started_on: date
    open_in_time: int
    open_late: int
    joined: int


def open_clocks(
    connection: Connection,
    rule: str,
    *,
    as_of: date,
    known_at: datetime,
    units: frozenset[str] | None,
) -> list[Started]:
    """Return the clocks of *rule* that are open on *as_of*, by unit and first day.

    The unit is the one that has the work on *as_of*, as in the worklist.
    """
    # Few columns: what is read of both kinds of rows is put together afterwards.
    unit = deadline.c.unit if is_settled(as_of, known_at) else unit_on(deadline, as_of)
    found = union_all(
        *(
            select(
                unit.label("unit"),
                deadline.c.started_on,
                (deadline.c.due_on < as_of).label("is_late"),
                deadline.c.joined,
            ).where(
                *then,
                deadline.c.rule == rule,
                deadline.c.started_on <= as_of,
                is_open(deadline, as_of, known_at),
            )
            for then in known_then(deadline, known_at)
        )
    ).subquery("found")
    query = select(
        found.c.unit,
        found.c.started_on,
        func.count().filter(~found.c.is_late).label("open_in_time"),
        func.count().filter(found.c.is_late).label("open_late"),
        func.count().filter(found.c.joined).label("joined"),
    ).group_by(found.c.unit, found.c.started_on)
    if units is not None:
        query = query.where(found.c.unit == any_(literal(sorted(units), ARRAY(Text))))
    return [
        Started(
            unit=row.unit,
            started_on=row.started_on,
            open_in_time=row.open_in_time,
            open_late=row.open_late,
            joined=row.joined,
        )
        for row in connection.execute(query)
    ]
