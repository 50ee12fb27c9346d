"""How many events a source says it has of a day, beside how many were accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from app.db.database import driver
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, Severity, identity

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


def mismatches(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the days of which a source counts other events than were accepted.

    They are an alarm where something is missing, and a notice where there is more than
    the source says.
    """
    rows = driver(connection).execute(
        f"""
        WITH said AS (
            SELECT DISTINCT ON (source, day) source, day, recorded_at, counts, last_id
            FROM control_count WHERE recorded_at <= %(known_at)s
            ORDER BY source, day, recorded_at DESC
        ), accepted AS (
            SELECT source, occurred_on AS day, kind, count(*) AS events
            FROM case_event
            WHERE {COUNTED} AND recorded_at <= %(known_at)s
              AND occurred_on BETWEEN (SELECT min(day) FROM said)
                                  AND (SELECT max(day) FROM said)
            GROUP BY source, occurred_on, kind
        ), compared AS (
            SELECT s.source, s.day, each.kind, each.sent::int AS sent,
                   coalesce(a.events, 0) AS accepted
            FROM said s
            CROSS JOIN LATERAL jsonb_each_text(s.counts) AS each (kind, sent)
            LEFT JOIN accepted a
              ON a.source = s.source AND a.day = s.day AND a.kind = each.kind
        ), differing AS (
            SELECT source, day, bool_or(sent > accepted) AS is_missing,
                   jsonb_object_agg(
                       kind, jsonb_build_object('sent', sent, 'accepted', accepted)
                   ) AS kinds
            FROM compared WHERE sent <> accepted GROUP BY source, day
        ), checked AS (
            SELECT s.*, s.last_id IS NULL OR EXISTS (
                SELECT FROM case_event e
                WHERE e.source = s.source AND e.event_id = s.last_id
                  AND e.recorded_at <= %(known_at)s
            ) AS last_is_accepted
            FROM said s
        )
        SELECT c.source, c.day, c.recorded_at, c.last_is_accepted,
               coalesce(d.is_missing, false), coalesce(d.kinds, '{{}}')
        FROM checked c LEFT JOIN differing d USING (source, day)
        WHERE d.source IS NOT NULL OR NOT c.last_is_accepted
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at},
    )
    kind = FindingKind.CONTROL_COUNT_MISMATCH
    return [
        Finding(
            kind=kind,
            severity=(
                CATALOGUE[kind].severity
                if is_missing or not last_is_accepted
                else Severity.NOTICE
            ),
            id=identity(kind, source, day.isoformat()),
            source=source,
            day=day,
            since=since,
            facts={"kinds": kinds, "last_id_is_accepted": last_is_accepted},
        )
        for source, day, since, last_is_accepted, is_missing, kinds in rows
    ]
