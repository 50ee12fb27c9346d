"""The deadlines behind a number: a page of them, and the look at it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from app.db import sources as source_table
from app.db.deadlines import Place, Row
from app.db.units import Unit
from app.domain.law import Law
from app.services.deadlines import Cursor, place_of
from app.services.reports import Inquiry, Query, inquiry
from app.services.viewing import Viewer

# Gives so many deadlines behind a place.
Find: TypeAlias = Callable[[Inquiry, Place | None, int], list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A page of the deadlines behind a number; *following* is the place behind it."""

    as_of: date
    known_at: datetime
    law: Law
    units: dict[str, Unit]
    live_since: dict[str, date | None]
    rows: list[Row]
    following: Cursor | None


def shown(
    viewer: Viewer, query: Query, find: Find, *, cursor: Cursor | None, limit: int
) -> Cases:
    """Show a page of what *find* gives; pages of one list are of one moment.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        LookNotWrittenError: the look cannot be written down.
    """
    if cursor is not None:
        query = replace(query, as_of=cursor.as_of, known_at=cursor.known_at)
    with inquiry(viewer.database, viewer.actor, query) as asking:
        asked = asking.asked
        rows = find(asking, None if cursor is None else cursor.after, limit + 1)
        live_since = source_table.all_live_since(asking.connection, asked.known_at)
    following = None
    if len(rows) > limit:
        rows.pop()
        following = Cursor(
            as_of=asked.as_of, known_at=asked.known_at, after=place_of(rows[-1])
        )
    viewer.show({row.case for row in rows}, rows=len(rows))
    return Cases(
        as_of=asked.as_of,
        known_at=asked.known_at,
        law=asked.law,
        units=asked.units,
        live_since=live_since,
        rows=rows,
        following=following,
    )
