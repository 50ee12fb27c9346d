"""Breaches of which no cause is told, and follow-ups that are overdue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache, partial
from itertools import groupby

from app.clock import midnight
from app.db import breaches
from app.db.breaches import Breach
from app.db.database import Connection
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Closure, Finding, FindingKind, identity
from app.domain.working_days import Calendar

# A breach is to be explained within so many working days after its due date.
EXPLAINED_WITHIN = 5
_ONE_DAY = timedelta(1)
_DAYS_REMEMBERED = 20_000


@dataclass(frozen=True, kw_only=True)
class Unexplained:
    """The breaches that should have been explained before today, as one may see them.

    There may be tens of thousands, of which a page shows a few: they are *counted* by
    the day on which they were due, the last first, and only those of the days that a
    page needs are read. *closed* are those that a lead has closed: their *closures* are
    among those that are given.
    """

    connection: Connection
    asked: breaches.Question
    calendar: Calendar
    closures: Mapping[str, Closure]

    @cached_property
    def counted(self) -> Mapping[date, int]:
        """Tell how many were due on each day."""
        return breaches.by_day(self.connection, self.asked)

    @cached_property
    def closed(self) -> Sequence[Finding]:
        """Return those that are closed."""
        told_of = breaches.of_ids(self.connection, self.asked, self.closures)
        found = _findings(told_of, self.calendar, self.closures)
        return [each for each in found if not each.is_open]

    @property
    def total(self) -> int:
        """Tell how many there are, closed ones included."""
        return sum(self.counted.values())

    def of_id(self, finding: str) -> list[Finding]:
        """Return the one of that id, if there is one."""
        rows = breaches.of_ids(self.connection, self.asked, [finding])
        return list(_findings(rows, self.calendar, self.closures))

    def newest(
        self, wanted: Callable[[Finding], bool], *, until: datetime | None, limit: int
    ) -> list[Finding]:
        """Return at least the newest *limit* that are *wanted*, from *until* backwards.

        They are in no order; there are more where several are since the same instant.
        """
        found: list[Finding] = []
        for days in self._groups(until, limit):
            rows = breaches.of_days(self.connection, self.asked, days)
            found += filter(wanted, _findings(rows, self.calendar, self.closures))
            if len(found) >= limit:
                break
        return found

    def _groups(self, until: datetime | None, limit: int) -> Iterator[list[date]]:
        """Give the days in groups of about *limit* breaches, the newest first.

        Days that have one `since` in common are never parted.
        """
        group: list[date] = []
        held = 0
        for since, days in groupby(self.counted, partial(_since, self.calendar)):
            if until is not None and since > until:
                continue
            group += (each := list(days))
            held += sum(self.counted[day] for day in each)
            if held >= limit:
                yield group
                group, held = [], 0
        if group:
            yield group


def not_followed_up(
    connection: Connection, *, known_at: datetime, today: date
) -> Iterable[Finding]:
    """Give the breaches that are open after the day of their follow-up."""
    found = breaches.not_followed_up(connection, known_at=known_at, today=today)
    for breach in found:
        assert breach.follow_up_on is not None, "it has passed"  # noqa: S101
        yield _finding(
            FindingKind.FOLLOW_UP_OVERDUE,
            breach,
            midnight(breach.follow_up_on + _ONE_DAY),
        )


def explained_before(calendar: Calendar, today: date) -> date:
    """Return the latest due date of which the time to explain is over *today*."""
    day = today
    for _ in range(EXPLAINED_WITHIN):
        day = calendar.previous_working_day(day - _ONE_DAY)
    return day - _ONE_DAY


@lru_cache(_DAYS_REMEMBERED)
def _since(calendar: Calendar, due_on: date) -> datetime:
    """Return when the time to explain was over: never sooner for a later *due_on*."""
    return midnight(calendar.working_day_after(due_on, EXPLAINED_WITHIN) + _ONE_DAY)


def _findings(
    rows: Iterable[Breach], calendar: Calendar, closures: Mapping[str, Closure]
) -> Iterator[Finding]:
    for breach in rows:
        since = _since(calendar, breach.due_on)
        found = _finding(FindingKind.BREACH_UNEXPLAINED, breach, since)
        yield found.closed(closures.get(found.id))


def _finding(kind: FindingKind, breach: Breach, since: datetime) -> Finding:
    return Finding(
        kind=kind,
        severity=CATALOGUE[kind].severity,
        id=identity(
            kind, breach.source, breach.case_ref, breach.rule, breach.started_by
        ),
        source=breach.source,
        case_ref=breach.case_ref,
        unit=breach.unit,
        day=breach.due_on,
        since=since,
        facts={"rule": breach.rule, "started_by": breach.started_by},
    )
