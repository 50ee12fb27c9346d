"""Events that were sent again with other content: noted, never stored."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from app.db.database import driver
from app.db.findings import LATEST_UNIT
from app.domain.events import EventKey
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity


def add(
    connection: Connection,
    refused: Iterable[tuple[EventKey, bytes]],
    recorded_at: datetime,
) -> None:
    """Note that events came again, each with the digest of what it said now."""
    times = Counter(refused)
    if times:
        driver(connection).cursor().executemany(
            """
            INSERT INTO conflict AS c (source, event_id, digest, first_recorded_at,
                                       last_recorded_at, times)
            VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (source, event_id, digest) DO UPDATE
            SET last_recorded_at = excluded.last_recorded_at,
                times = c.times + excluded.times
            """,
            [
                (*key, digest, recorded_at, recorded_at, count)
                for (key, digest), count in sorted(times.items())
            ],
        )


def unresolved(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the events sent again otherwise that have not been amended since."""
    rows = driver(connection).execute(
        f"""
        WITH f AS (
            SELECT e.source, e.event_id, e.case_ref, e.occurred_on,
                   max(c.first_recorded_at) AS since, sum(c.times)::int AS times
            FROM conflict c JOIN case_event e USING (source, event_id)
            WHERE c.first_recorded_at <= %(known_at)s AND NOT EXISTS (
                SELECT FROM case_event a
                WHERE a.source = e.source AND a.case_ref = e.case_ref
                  AND a.kind IN ('correction', 'retraction')
                  AND a.data->>'target' = e.event_id
                  AND a.recorded_at > c.first_recorded_at
                  AND a.recorded_at <= %(known_at)s)
            GROUP BY e.source, e.event_id, e.case_ref, e.occurred_on
        )
        SELECT f.*, ({LATEST_UNIT}) FROM f
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at},
    )
    kind = FindingKind.CONFLICTING_RESEND
    return [
        Finding(
            kind=kind,
            severity=CATALOGUE[kind].severity,
            id=identity(kind, source, event_id),
            source=source,
            case_ref=case_ref,
            unit=unit,
            day=day,
            since=since,
            event=EventKey(source, event_id),
            facts={"times": times},
        )
        for source, event_id, case_ref, day, since, times, unit in rows
    ]
