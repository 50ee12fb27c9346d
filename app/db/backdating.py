"""Days on which a source sent much that was old by then."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection

from app.clock import midnight
from app.db import ledger_parts
from app.db import sources as source_table
from app.db.control_counts import COUNTED
from app.db.database import driver
from app.db.ledger_parts import LINES, Ledger, Part, Readings
from app.domain.events import HELSINKI, legal_day
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity

OLD_AFTER_DAYS = 7
BACKDATED_EVENTS = 20
BACKDATED_SHARE = 0.2
BACKDATED_WITHIN = timedelta(days=90)
_ONE_DAY = timedelta(1)


class Day(NamedTuple):
    """How many *events* of a source were recorded on a day, the last at *since*.

    *old* tells of those that were old by then how many happened on which day.
    """

    since: datetime
    events: int
    old: Mapping[date, int]


_Days: TypeAlias = Mapping[date, Day]


def mass_backdating(
    connection: Connection, *, known_at: datetime, lines: int = LINES
) -> list[Finding]:
    """Return the days on which a live source sent much that was old.

    What happened before the source was live is history, and counts for nothing here.
    Ledgers are read in parts of so many *lines* or more.
    """
    settings = source_table.settings(connection, known_at=known_at)
    live = {
        source: each.live_since
        for source, each in settings.items()
        if each.live_since is not None
    }
    return [
        _finding(ledger.source, day, each, old)
        for ledger in ledger_parts.ledgers(connection, live, known_at=known_at)
        for day, each in _within(connection, ledger, known_at, lines).items()
        if (old := _old(day, each, live[ledger.source])) >= BACKDATED_EVENTS
        and old >= BACKDATED_SHARE * each.events
    ]


def _old(day: date, told: Day, live_since: date) -> int:
    """Return how many events of a *day* were old, of what happened while live."""
    if day < live_since:
        return 0
    return sum(events for on, events in told.old.items() if on >= live_since)


def _finding(source: str, day: date, told: Day, old: int) -> Finding:
    kind = FindingKind.MASS_BACKDATING
    return Finding(
        kind=kind,
        severity=CATALOGUE[kind].severity,
        id=identity(kind, source, day.isoformat()),
        source=source,
        day=day,
        since=told.since,
        facts={"events": told.events, "old": old},
    )


def _within(
    connection: Connection, ledger: Ledger, known_at: datetime, lines: int
) -> _Days:
    """Return the days of *ledger* that are looked at: the first only in part."""
    after = known_at - BACKDATED_WITHIN
    first = legal_day(after)
    days = _DAYS.of(connection, ledger, lines)
    return {
        **_days(
            connection,
            "recorded_at > %(after)s AND recorded_at < %(next)s",
            {
                "source": ledger.source,
                "after": after,
                "next": midnight(first + _ONE_DAY),
            },
        ),
        **{day: each for day, each in days.items() if day > first},
    }


def _read(connection: Connection, part: Part) -> _Days:
    """Return the days on which the lines of *part* were recorded."""
    return _days(
        connection,
        "sequence > %(behind)s AND sequence <= %(until)s",
        {"source": part.ledger.source, "behind": part.behind, "until": part.until},
    )


def _days(
    connection: Connection, condition: str, parameters: Mapping[str, object]
) -> _Days:
    # Their days are told by hours, of which there are fewer than events: in Helsinki,
    # too, a day begins with one of them.
    rows = driver(connection).execute(
        f"""
        WITH hours AS (
            SELECT occurred_on, date_bin('1 hour', recorded_at, 'epoch') AS hour,
                   max(recorded_at) AS since, count(*) AS events
            FROM case_event
            WHERE source = %(source)s AND {condition} AND {COUNTED}
            GROUP BY 1, 2
        ), recorded AS (
            SELECT occurred_on, (hour AT TIME ZONE %(zone)s)::date AS day, since, events
            FROM hours
        )
        SELECT day, CASE WHEN occurred_on < day - %(old_after)s THEN occurred_on END,
               max(since), sum(events)::bigint
        FROM recorded GROUP BY 1, 2 ORDER BY 1
        """,  # noqa: S608 (constants of our own)
        {**parameters, "zone": HELSINKI.key, "old_after": OLD_AFTER_DAYS},
    )
    return {day: _day(told) for day, told in groupby(rows, key=itemgetter(0))}


def _day(told: Iterable[tuple[date, date | None, datetime, int]]) -> Day:
    _, days, since, events = zip(*told, strict=True)
    old = {on: many for on, many in zip(days, events, strict=True) if on is not None}
    return Day(max(since), sum(events), old)


def _added(before: _Days, more: _Days) -> dict[date, Day]:
    total = dict(before)
    for day, each in more.items():
        total[day] = _together(total[day], each) if day in total else each
    return total


def _together(before: Day, more: Day) -> Day:
    old = dict(before.old)
    for on, events in more.old.items():
        old[on] = old.get(on, 0) + events
    return Day(max(before.since, more.since), before.events + more.events, old)


_DAYS = Readings(_read, _added)
