"""How many events a source says it has of a day, beside how many were accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from app.db import ledger_parts
from app.db.database import driver
from app.db.ledger_parts import LINES, Part, Readings
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Fact, Finding, FindingKind, Severity, identity

# Amendments are of events, not of a day.
COUNTED = "kind NOT IN ('correction', 'retraction')"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlCount:
    """What a source says of a day; *last_id* is the last event of it that it sent."""

    source: str
    day: date
    counts: Mapping[str, int]
    last_id: str | None = None


def latest(connection: Connection, source: str, day: date) -> ControlCount | None:
    """Return what *source* said last of *day*."""
    row = (
        driver(connection)
        .execute(
            """
        SELECT counts, last_id FROM control_count
        WHERE source = %s AND day = %s ORDER BY recorded_at DESC LIMIT 1
        """,
            [source, day],
        )
        .fetchone()
    )
    if row is None:
        return None
    return ControlCount(source=source, day=day, counts=row[0], last_id=row[1])


def add(connection: Connection, count: ControlCount, recorded_at: datetime) -> None:
    """Record *count*; earlier ones of the day stay."""
    driver(connection).execute(
        """
        INSERT INTO control_count (source, day, recorded_at, counts, last_id)
        VALUES (%s, %s, %s, %s, %s)
        """,
        [
            count.source,
            count.day,
            recorded_at,
            Jsonb(dict(count.counts)),
            count.last_id,
        ],
    )


def accepted(connection: Connection, source: str, day: date) -> dict[str, int]:
    """Return how many events of *source* whose legal day is *day* were accepted."""
    rows = driver(connection).execute(
        f"""
        SELECT kind, count(*) FROM case_event
        WHERE source = %s AND occurred_on = %s AND {COUNTED} GROUP BY kind
        """,  # noqa: S608 (a constant of our own)
        [source, day],
    )
    return dict(rows.fetchall())


def is_accepted(connection: Connection, source: str, event_id: str) -> bool:
    """Tell whether the event of that id has been accepted."""
    row = (
        driver(connection)
        .execute(
            """
        SELECT EXISTS (SELECT FROM case_event WHERE source = %s AND event_id = %s)
        """,
            [source, event_id],
        )
        .fetchone()
    )
    return row is not None and bool(row[0])


def mismatches(
    connection: Connection, *, known_at: datetime, lines: int = LINES
) -> list[Finding]:
    """Return the days of which a source counts other events than were accepted.

    They are an alarm where something is missing, and a notice where there is more than
    the source says. Ledgers are read in parts of so many *lines* or more.
    """
    said = _said(connection, known_at)
    sources = {each.told.source for each in said}
    accepted = {
        ledger.source: _ACCEPTED.of(connection, ledger, lines)
        for ledger in ledger_parts.ledgers(connection, sources, known_at=known_at)
    }
    found = (_compared(each, accepted.get(each.told.source, {})) for each in said)
    return [each for each in found if each is not None]


# How many events of a day and kind there are.
_Accepted: TypeAlias = Mapping[tuple[date, str], int]


class _Said(NamedTuple):
    """What a source said last of a day, and when."""

    told: ControlCount
    recorded_at: datetime
    last_is_accepted: bool


def _said(connection: Connection, known_at: datetime) -> list[_Said]:
    """Return what each source had said last of each day by *known_at*."""
    rows = driver(connection).execute(
        """
        WITH said AS (
            SELECT DISTINCT ON (source, day) source, day, recorded_at, counts, last_id
            FROM control_count WHERE recorded_at <= %(known_at)s
            ORDER BY source, day, recorded_at DESC
        )
        SELECT source, day, counts, last_id, recorded_at,
               last_id IS NULL OR EXISTS (
                   SELECT FROM case_event e
                   WHERE e.source = said.source AND e.event_id = said.last_id
                     AND e.recorded_at <= %(known_at)s)
        FROM said
        """,
        {"known_at": known_at},
    )
    return [
        _Said(
            ControlCount(source=source, day=day, counts=counts, last_id=last_id),
            recorded_at,
            last_is_accepted,
        )
        for source, day, counts, last_id, recorded_at, last_is_accepted in rows
    ]


def _read(connection: Connection, part: Part) -> _Accepted:
    """Return how many events there are in *part*."""
    rows = driver(connection).execute(
        f"""
        SELECT occurred_on, kind, count(*) FROM case_event
        WHERE source = %s AND sequence > %s AND sequence <= %s AND {COUNTED}
        GROUP BY occurred_on, kind
        """,  # noqa: S608 (a constant of our own)
        [part.ledger.source, part.behind, part.until],
    )
    return {(day, kind): events for day, kind, events in rows}


def _added(before: _Accepted, more: _Accepted) -> _Accepted:
    total = dict(before)
    for each, events in more.items():
        total[each] = total.get(each, 0) + events
    return total


_ACCEPTED = Readings(_read, _added)


def _compared(said: _Said, accepted: _Accepted) -> Finding | None:
    """Return how what is *said* differs from what was *accepted*, if it does."""
    source, day = said.told.source, said.told.day
    kinds: dict[str, Fact] = {
        kind: {"sent": sent, "accepted": events}
        for kind, sent in said.told.counts.items()
        if sent != (events := accepted.get((day, kind), 0))
    }
    if not kinds and said.last_is_accepted:
        return None
    is_missing = any(
        sent > accepted.get((day, kind), 0) for kind, sent in said.told.counts.items()
    )
    kind = FindingKind.CONTROL_COUNT_MISMATCH
    return Finding(
        kind=kind,
        severity=(
            CATALOGUE[kind].severity
            if is_missing or not said.last_is_accepted
            else Severity.NOTICE
        ),
        id=identity(kind, source, day.isoformat()),
        source=source,
        day=day,
        since=said.recorded_at,
        facts={"kinds": kinds, "last_id_is_accepted": said.last_is_accepted},
    )
