"""The access log: who has been shown what, for auditors, and for clients who ask."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app import clock
from app.db import links, look_questions
from app.db.database import Connection, instant
from app.db.look_questions import Logged, Place, Selection
from app.domain.access_log import YEARS_WITHOUT_REASON, Result
from app.domain.events import CaseKey, legal_day
from app.domain.linked_cases import histories
from app.services.viewing import TooManyRowsError, Viewer

LOOKS_PER_FETCH = 1_000
# Far more than any week has.
LOOKS_OF_A_WEEK = 100_000
_WEEK = re.compile("20[0-9]{2}-W[0-9]{2}")


class LookNotFoundError(Exception):
    """There is no such look, or nothing of it is left."""


class ReasonRequiredError(Exception):
    """What is asked for is shown only for a stated reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which looks are asked for; None means any.

    *child* means all its cases, with those that hang together with them. *source* is
    that of the child or case. *first* and *last* are days; without them the last two
    years are meant.
    """

    child: str | None = None
    case: str | None = None
    source: str | None = None
    person: str | None = None
    watermark: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Looks of the days *first* to *last*, the newest first, as of *asked_at*.

    *cases* are those that were asked about, None if any. *names* are those of who
    looked, as far as they are kept, by id. *following* is the place behind these looks,
    if there are more.
    """

    asked_at: datetime
    first: date
    last: date
    cases: frozenset[CaseKey] | None
    looks: list[Logged]
    names: Mapping[str, str]
    following: Place | None = None

    def named(self, logged: Logged) -> frozenset[CaseKey]:
        """Return the cases that this answer names of a look: no other child's."""
        return logged.look.cases & (self.cases or frozenset())


class Habit(NamedTuple):
    """How often a person looked, and how often in vain."""

    person: str
    looks: int
    in_vain: int


def looks(viewer: Viewer, query: Query, *, after: Place | None, limit: int) -> Answer:
    """Show the next *limit* looks that *query* asks for behind *after*.

    Raises:
        ReasonRequiredError: some would be more than two years old.
        LookNotWrittenError: this look cannot be written down.
    """
    found = _found(viewer, query, after, limit)
    if len(found.looks) > limit:
        page = found.looks[:limit]
        found = replace(found, looks=page, following=page[-1].place)
    return _shown(viewer, found)


def looks_to_take_away(
    viewer: Viewer, query: Query, *, limit: int, most: int | None
) -> tuple[Answer, str]:
    """Give all looks that *query* asks for, for a file, and the watermark of that.

    It is one of *most* files that the viewer may take today, if that is not None.

    Raises:
        TooManyRowsError: there are more than *limit*; nothing is given.
        ExportQuotaError: the viewer has taken *most* files today.
        ReasonRequiredError: some would be more than two years old.
        LookNotWrittenError: this look cannot be written down.
    """
    return _taken_away(viewer, _found(viewer, query, None, limit), limit, most)


def looks_elsewhere(viewer: Viewer, monday: date) -> Answer:
    """Show the looks of a week at cases of units that were not those of who looked.

    Raises:
        ReasonRequiredError: the week lies more than two years back.
        LookNotWrittenError: this look cannot be written down.
    """
    return _shown(viewer, _found_elsewhere(viewer, monday))


def looks_elsewhere_to_take_away(
    viewer: Viewer, monday: date, *, limit: int, most: int | None
) -> tuple[Answer, str]:
    """Give the same for a file, and the watermark of that.

    Raises:
        TooManyRowsError: as from ``looks_to_take_away``, as are the others.
        ExportQuotaError: as there.
        ReasonRequiredError: as there.
        LookNotWrittenError: as there.
    """
    return _taken_away(viewer, _found_elsewhere(viewer, monday), limit, most)


def monday_of(week: str) -> date | None:
    """Return the first day of a week, as in 2026-W47; None if there is no such week.

    >>> monday_of("2026-W47")
    datetime.date(2026, 11, 16)
    >>> monday_of("2025-W53") is None
    True
    """
    if _WEEK.fullmatch(week) is None:
        return None
    year, _, number = week.partition("-W")
    try:
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        return None


def people(found: Iterable[Logged]) -> list[Habit]:
    """Return how often each person looked, who did most first."""
    counted: dict[str, list[Result]] = defaultdict(list)
    for each in found:
        counted[each.look.person].append(each.look.result)
    return sorted(
        (
            Habit(person, len(results), results.count(Result.NOT_FOUND))
            for person, results in counted.items()
        ),
        key=lambda habit: (-habit.looks, habit.person),
    )


def one_look(
    viewer: Viewer, chain: int, position: int
) -> tuple[Logged, Mapping[str, str]]:
    """Show the look at that place, with every case that it showed, and who looked.

    Raises:
        LookNotFoundError: there is none, or it is erased.
        ReasonRequiredError: it is more than two years old.
        LookNotWrittenError: this look cannot be written down.
    """
    with viewer.database.write() as connection:
        found = look_questions.find(connection, chain, position)
        if found is None:
            raise LookNotFoundError
        names = _names(connection, [found])
    _require_reason(viewer, legal_day(found.place.recorded_at))
    viewer.show(found.look.cases, rows=1)
    return found, names


def _found(viewer: Viewer, query: Query, after: Place | None, limit: int) -> Answer:
    """Return what *query* asks for, and one look more than *limit* if there is one."""
    today = clock.today()
    last = query.last or today
    first = query.first or _years_before(min(last, today))
    _require_reason(viewer, first)
    with viewer.database.write() as connection:
        cases = _cases(connection, query)
        selection = Selection(
            since=clock.midnight(first),
            until=clock.end_of(last),
            cases=cases,
            person=query.person,
            watermark=query.watermark,
        )
        found = list(_newest_first(connection, selection, after, limit + 1))
        return Answer(
            asked_at=instant(connection),
            first=first,
            last=last,
            cases=cases,
            looks=found,
            names=_names(connection, found),
        )


def _found_elsewhere(viewer: Viewer, monday: date) -> Answer:
    _require_reason(viewer, monday)
    sunday = monday + timedelta(6)
    selection = Selection(
        since=clock.midnight(monday), until=clock.end_of(sunday), elsewhere=True
    )
    with viewer.database.write() as connection:
        found = list(_newest_first(connection, selection, None, LOOKS_OF_A_WEEK))
        return Answer(
            asked_at=instant(connection),
            first=monday,
            last=sunday,
            cases=frozenset(case for each in found for case in each.look.cases),
            looks=found,
            names=_names(connection, found),
        )


def _names(connection: Connection, found: Iterable[Logged]) -> Mapping[str, str]:
    return look_questions.names(connection, {each.look.person for each in found})


def _newest_first(
    connection: Connection, selection: Selection, after: Place | None, limit: int
) -> Iterator[Logged]:
    while limit > 0:
        size = min(limit, LOOKS_PER_FETCH)
        page = look_questions.page(connection, selection, after=after, limit=size)
        yield from page
        if len(page) < size:
            return
        after, limit = page[-1].place, limit - size


def _cases(connection: Connection, query: Query) -> frozenset[CaseKey] | None:
    """Return the cases that are asked about; None if any."""
    if query.child is None and query.case is None:
        return None
    found: frozenset[CaseKey] = frozenset()
    if query.case is not None:
        sources = [query.source] if query.source else look_questions.sources(connection)
        found |= {CaseKey(source, query.case) for source in sources}
    if query.child is not None:
        own = look_questions.cases_of_child(connection, query.child, query.source)
        found |= _hanging_together(connection, own)
    return found


def _hanging_together(
    connection: Connection, cases: frozenset[CaseKey]
) -> frozenset[CaseKey]:
    """Return *cases* and all that are one with them: merged, copied, continued."""
    succession = links.successors(connection)
    events = links.connected(connection, cases, succession)
    return cases | {
        key
        for head, history in histories(events, succession).items()
        if any(event.case in cases for event in history)
        for key in (head, *(event.case for event in history))
    }


def _shown(viewer: Viewer, answer: Answer) -> Answer:
    """Return *answer*, once it is written down which cases it names."""
    viewer.show(_named(answer), rows=len(answer.looks))
    return answer


def _taken_away(
    viewer: Viewer, answer: Answer, limit: int, most: int | None
) -> tuple[Answer, str]:
    if len(answer.looks) > limit:
        raise TooManyRowsError
    return answer, viewer.take_away(_named(answer), rows=len(answer.looks), most=most)


def _named(answer: Answer) -> frozenset[CaseKey]:
    """Return the cases that *answer* names."""
    return frozenset(case for each in answer.looks for case in answer.named(each))


def _require_reason(viewer: Viewer, first: date) -> None:
    if viewer.reason is None and first < _years_before(clock.today()):
        raise ReasonRequiredError


def _years_before(day: date) -> date:
    # Two years before a 29 February it was the 28th.
    if (day.month, day.day) == (2, 29):
        day -= timedelta(1)
    return day.replace(year=day.year - YEARS_WITHOUT_REASON)
