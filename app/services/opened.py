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
from app.services.viewing import TooManyRowsError, Viewer

# Gives so many deadlines behind a place.
Find: TypeAlias = Callable[[Inquiry, Place | None, int], list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """So many deadlines are asked for, behind a place in the list or its first ones."""

    cursor: Cursor | None = None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All deadlines are asked for, to be taken away in a file.

    There may be *limit*. It is one of *most* files that the viewer may take today, or
    of any number if that is None.
    """

    limit: int
    most: int | None


Part: TypeAlias = Page | Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The deadlines behind a number, or a page of them.

    *following* is the place behind the page; a whole list has a *watermark*.
    """

    as_of: date
    known_at: datetime
    law: Law
    units: dict[str, Unit]
    live_since: dict[str, date | None]
    rows: list[Row]
    following: Cursor | None
    watermark: str = ""


def shown(viewer: Viewer, query: Query, find: Find, part: Part) -> Cases:
    """Show a part of what *find* gives; pages of one list are of one moment.

    Raises:
        ExportQuotaError: the viewer has taken as many files today.
        FutureKnowledgeError: *known_at* lies in the future.
        LookNotWrittenError: the look cannot be written down.
        TooManyRowsError: there is more than a whole list may have.
    """
    cursor = part.cursor if isinstance(part, Page) else None
    if cursor is not None:
        query = replace(query, as_of=cursor.as_of, known_at=cursor.known_at)
    with inquiry(viewer.database, viewer.actor, query) as asking:
        asked = asking.asked
        rows = find(asking, None if cursor is None else cursor.after, part.limit + 1)
        live_since = source_table.all_live_since(asking.connection, asked.known_at)
    following = None
    if len(rows) > part.limit:
        rows.pop()
        following = Cursor(
            as_of=asked.as_of, known_at=asked.known_at, after=place_of(rows[-1])
        )
    watermark = _written_down(viewer, rows, part, following)
    return Cases(
        as_of=asked.as_of,
        known_at=asked.known_at,
        law=asked.law,
        units=asked.units,
        live_since=live_since,
        rows=rows,
        following=following,
        watermark=watermark,
    )


def _written_down(
    viewer: Viewer, rows: list[Row], part: Part, following: Cursor | None
) -> str:
    """Write down that *rows* are shown, or taken away; return their watermark."""
    cases = {row.case for row in rows}
    if isinstance(part, Page):
        viewer.show(cases, rows=len(rows))
        return ""
    if following is not None:
        raise TooManyRowsError
    return viewer.take_away(cases, rows=len(rows), most=part.most)
