"""What is odd in what sources send, found by the database whenever it is asked for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from app.clock import midnight
from app.db import numbering
from app.db.database import driver
from app.db.known_deadlines import COUNTS, KNOWN
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity
from app.domain.rhythm import LEARNED_FROM

GAPS_SHOWN = 10
LATELY_DAYS = 30
BEFORE_DAYS = 90
SHARES_OF = 20
RISEN_BY = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The *minutes* in which any of so many *events* were recorded, in order."""

    minutes: tuple[datetime, ...]
    events: int


def sequence_gaps(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the sources in whose own numbering numbers are missing."""
    kind = FindingKind.SEQUENCE_GAP
    found = numbering.runs(connection, known_at=known_at)
    return [
        Finding(
            kind=kind,
            severity=CATALOGUE[kind].severity,
            id=identity(kind, source),
            source=source,
            since=max(gap.ended_at for gap in gaps),
            facts={
                "missing": sum(gap.last - gap.first + 1 for gap in gaps),
                "first_gaps": [[gap.first, gap.last] for gap in gaps[:GAPS_SHOWN]],
            },
        )
        for source, runs in found.items()
        if (gaps := list(numbering.gaps(runs)))
    ]


def last_heard(connection: Connection, *, known_at: datetime) -> dict[str, datetime]:
    """Return when each source was last heard, as known at *known_at*."""
    last = driver(connection).execute(
        """
        SELECT s.code, e.recorded_at
        FROM source s CROSS JOIN LATERAL (
            SELECT recorded_at FROM case_event
            WHERE source = s.code AND recorded_at <= %s
            ORDER BY sequence DESC LIMIT 1
        ) AS e
        """,
        [known_at],
    )
    return dict(last.fetchall())


def heard_until(connection: Connection, source: str, last_at: datetime) -> Heard:
    """Return how *source* was heard in the eight weeks up to *last_at*."""
    # Between two instants that are given, so that the index of instants serves.
    minutes = (
        driver(connection)
        .execute(
            """
            SELECT date_bin('1 minute', recorded_at, 'epoch'), count(*)
            FROM case_event
            WHERE source = %s AND recorded_at > %s AND recorded_at <= %s
            GROUP BY 1 ORDER BY 1
            """,
            [source, last_at - LEARNED_FROM, last_at],
        )
        .fetchall()
    )
    return Heard(
        minutes=tuple(minute for minute, _ in minutes),
        events=sum(events for _, events in minutes),
    )


def unknown_groups(
    connection: Connection, *, known_at: datetime, today: date
) -> list[Finding]:
    """Return the sources that lately know the mother tongue of fewer children."""
    lately_from = today - timedelta(LATELY_DAYS)
    rows = driver(connection).execute(
        f"""
        WITH notified AS (
            SELECT source, (language_group = 'unknown')::int AS is_unknown,
                   started_on > %(lately_from)s AS is_late,
                   started_on > %(before_from)s
                       AND started_on <= %(lately_from)s AS is_before
            FROM {KNOWN}
            WHERE rule = 'initiation' AND {COUNTS} AND started_on <= %(today)s
              -- As no clock is due before it starts: there is an index on it. Which had
              -- started by then is told above: of two days that hang together the
              -- planner expects too few rows, and would sort them.
              AND due_on > %(before_from)s
        ), shares AS (
            SELECT source, avg(is_unknown) FILTER (WHERE is_late) AS lately,
                   avg(is_unknown) FILTER (WHERE is_before) AS before
            FROM notified GROUP BY source
            HAVING least(count(*) FILTER (WHERE is_late),
                         count(*) FILTER (WHERE is_before)) >= %(shares_of)s
        )
        SELECT source, lately::float8, before::float8 FROM shares
        WHERE lately >= before + %(risen_by)s::numeric
        """,  # noqa: S608 (constants of our own)
        {
            "known_at": known_at,
            "today": today,
            "lately_from": lately_from,
            "before_from": lately_from - timedelta(BEFORE_DAYS),
            "shares_of": SHARES_OF,
            "risen_by": RISEN_BY,
        },
    )
    kind = FindingKind.UNKNOWN_GROUP_SHARE_RISING
    return [
        Finding(
            kind=kind,
            severity=CATALOGUE[kind].severity,
            id=identity(kind, source),
            source=source,
            since=midnight(lately_from + timedelta(1)),
            facts={"share_lately": round(lately, 3), "share_before": round(before, 3)},
        )
        for source, lately, before in rows
    ]
