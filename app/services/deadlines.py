"""The worklist: which deadlines need someone, as of a day, as known at an instant."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.db import activations
from app.db import sources as source_table
from app.db import units as unit_table
from app.db import worklist as worklist_table
from app.db.database import Database
from app.db.deadlines import Place, Row
from app.db.selections import Selection
from app.db.units import Unit
from app.db.worklist import Counts, Order
from app.domain.access import Actor
from app.domain.deadlines import Deadline
from app.domain.events import legal_day
from app.domain.law import Law
from app.domain.working_days import Calendar
from app.services.scopes import allowed_units
from app.services.viewing import TooManyRowsError, Viewer


class Status(StrEnum):
    """What a worklist may be asked for.

    *late* are those done, or fallen away, after their due date; *overdue* those still
    open after it.
    """

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    OPEN = "open"
    MET = "met"
    LATE = "late"
    ALL = "all"


class Sort(StrEnum):
    """By which day a worklist is listed; with a dash, the latest first."""

    DUE_FIRST = "due_on"
    DUE_LAST = "-due_on"
    SAFE_FIRST = "safe_on"
    SAFE_LAST = "-safe_on"
    PENDING_FIRST = "started_on"
    PENDING_LAST = "-started_on"

    @property
    def day(self) -> str:
        """Return which of the days of a deadline it is by."""
        return self.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """Tell whether the latest day comes first."""
        return self.startswith("-")


# Those that an index has together: of all others there are too many to put in order.
_OPEN = frozenset({Status.OVERDUE, Status.DUE_SOON, Status.OPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a worklist, and the day and instant for which it was asked."""

    as_of: date
    known_at: datetime
    after: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of the worklist; None means any, or the default.

    *within* is in working days. With a *cursor* its day and instant are asked for
    again, so that the pages of one list are of one moment.
    """

    status: Status
    unit: str | None
    rule: str | None
    language_group: str | None
    nationality_group: str | None
    entry: str | None
    worker: str | None
    joined: bool | None
    within: int
    as_of: date | None
    known_at: datetime | None
    limit: int
    cursor: Cursor | None
    source: str | None = None
    sort: Sort = Sort.DUE_FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """One page of a worklist; *following* is the place behind it, if more follows.

    *units* are the registered ones by code, *live_since* the days since which sources
    are live.
    """

    as_of: date
    known_at: datetime
    law: Law
    units: dict[str, Unit]
    live_since: dict[str, date | None]
    counts: Counts
    rows: list[Row]
    following: Cursor | None


def worklist(viewer: Viewer, query: Query) -> Worklist:
    """Show a page of the deadlines of the viewer's units, in the order asked for.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        LookNotWrittenError: the look cannot be written down.
        UnknownRuleError: there is no rule of the name that is asked for.
        UnverifiedYearError: *as_of* lies outside the verified years.
    """
    found = _found(viewer.database, viewer.actor, query)
    viewer.show({row.case for row in found.rows}, rows=len(found.rows))
    return found


def worklist_to_take_away(
    viewer: Viewer, query: Query, *, most: int | None
) -> tuple[Worklist, str]:
    """Give all that *query* asks for, for a file, and the watermark of that.

    It is one of *most* files that the viewer may take today, if that is not None.

    Raises:
        TooManyRowsError: it is over the query's limit; nothing is given.
        ExportQuotaError: the viewer has taken *most* files today.
        FutureKnowledgeError: as from ``worklist``, as are the others.
        LookNotWrittenError: the look cannot be written down.
        UnknownRuleError: there is no rule of the name that is asked for.
        UnverifiedYearError: *as_of* lies outside the verified years.
    """
    found = _found(viewer.database, viewer.actor, replace(query, cursor=None))
    if found.following:
        raise TooManyRowsError
    cases = {row.case for row in found.rows}
    return found, viewer.take_away(cases, rows=len(found.rows), most=most)


def _found(database: Database, actor: Actor, query: Query) -> Worklist:
    cursor = query.cursor
    with database.read(cursor.known_at if cursor else query.known_at) as question:
        known_at = question.known_at
        law = activations.in_use(question.connection, known_at=known_at)
        if query.rule is not None:
            law.rule(query.rule)
        as_of = cursor.as_of if cursor else query.as_of or legal_day(known_at)
        units = unit_table.known(question.connection, known_at)
        live_since = source_table.all_live_since(question.connection, known_at)
        selection = _selection(query, as_of, allowed_units(units, actor, query.unit))
        soon = law.calendar.working_day_after(as_of, query.within)
        rows = worklist_table.page(
            question.connection,
            selection,
            query.status,
            known_at=known_at,
            soon=soon,
            after=cursor.after if cursor else None,
            limit=query.limit + 1,
            order=Order(by=query.sort.day, is_descending=query.sort.is_descending),
        )
        counts = worklist_table.counts(question, selection, soon=soon)
    following = None
    if len(rows) > query.limit:
        rows.pop()
        place = place_of(rows[-1], query.sort.day)
        following = Cursor(as_of=as_of, known_at=known_at, after=place)
    return Worklist(
        as_of=as_of,
        known_at=known_at,
        law=law,
        units=units,
        live_since=live_since,
        counts=counts,
        rows=rows,
        following=following,
    )


def _selection(query: Query, as_of: date, units: frozenset[str] | None) -> Selection:
    return Selection(
        as_of=as_of,
        units=units,
        rule=query.rule,
        language_group=query.language_group,
        nationality_group=query.nationality_group,
        entry=query.entry,
        worker=query.worker,
        source=query.source,
        joined=query.joined,
    )


def days_left(deadline: Deadline, as_of: date, calendar: Calendar) -> tuple[int, int]:
    """Return working and calendar days from *as_of* to the due date, negative if over.

    For a clock that no longer runs they are counted from the day it closed.
    """
    day = deadline.closed_by(as_of) or as_of
    return (
        calendar.working_days_between(day, deadline.due_on),
        (deadline.due_on - day).days,
    )


def is_served(status: Status, sort: Sort) -> bool:
    """Tell whether deadlines of *status* can be listed in the order *sort*."""
    return sort.day == Sort.DUE_FIRST.day or status in _OPEN


def place_of(row: Row, day: str = Sort.DUE_FIRST.day) -> Place:
    """Return the place of *row* in a worklist that is listed by *day*."""
    clock = row.deadline
    return (
        getattr(clock, day),
        row.source,
        row.case_ref,
        clock.rule,
        clock.started_by,
    )
