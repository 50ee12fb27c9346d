"""What is odd in what sources send, found by the database whenever it is asked for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from app.db import numbering
from app.db.control_counts import COUNTED
from app.db.database import driver
from app.db.known_deadlines import COUNTS, KNOWN
from app.domain.events import HELSINKI
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity
from app.domain.rhythm import LEARNED_FROM

GAPS_SHOWN = 10
OLD_AFTER_DAYS = 7
BACKDATED_EVENTS = 20
BACKDATED_SHARE = 0.2
BACKDATED_WITHIN = timedelta(days=90)
LATELY_DAYS = 30
BEFORE_DAYS = 90
SHARES_OF = 20
RISEN_BY = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When a source was last heard, and when before that.

    *minutes* are those of the last eight weeks before in which any of its *events* were
    recorded, in order.
    """

    last_at: datetime
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


def heard(connection: Connection, *, known_at: datetime) -> dict[str, Heard]:
    """Return when each source was heard, as known at *known_at*."""
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
    return {
        source: _heard_until(connection, source, last_at)
        for source, last_at in last.fetchall()
    }


def _heard_until(connection: Connection, source: str, last_at: datetime) -> Heard:
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
        last_at=last_at,
        minutes=tuple(minute for minute, _ in minutes),
        events=sum(events for _, events in minutes),
    )


def mass_backdating(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the days on which a live source sent much that was old.

    What happened before the source was live is history, and counts for nothing here.
    """
    # Their days are told by hours, of which there are fewer than events: in Helsinki,
    # too, a day begins with one of them.
    rows = driver(connection).execute(
        f"""
        WITH live AS (
            SELECT source, live_since FROM source_setting
            WHERE live_since IS NOT NULL
              AND recorded_at <= %(known_at)s AND recorded_until > %(known_at)s
        ), hours AS (
            SELECT source, occurred_on,
                   date_bin('1 hour', recorded_at, 'epoch') AS hour,
                   max(recorded_at) AS since, count(*) AS events
            FROM case_event
            WHERE {COUNTED} AND recorded_at <= %(known_at)s
              AND recorded_at > %(known_at)s - %(within)s
            GROUP BY 1, 2, 3
        ), recorded AS (
            SELECT hours.*, live.live_since,
                   (hour AT TIME ZONE %(zone)s)::date AS day
            FROM hours JOIN live USING (source)
        ), days AS (
            SELECT source, day, max(since) AS since, sum(events)::bigint AS events,
                   (sum(events) FILTER (
                       WHERE occurred_on < day - %(old_after)s
                         AND occurred_on >= live_since))::bigint AS old
            FROM recorded WHERE day >= live_since GROUP BY source, day
        )
        SELECT source, day, since, events, old FROM days
        WHERE old >= %(at_least)s AND old >= %(share)s * events
        """,  # noqa: S608 (a constant of our own)
        {
            "known_at": known_at,
            "zone": HELSINKI.key,
            "within": BACKDATED_WITHIN,
            "old_after": OLD_AFTER_DAYS,
            "at_least": BACKDATED_EVENTS,
            "share": BACKDATED_SHARE,
        },
    )
    kind = FindingKind.MASS_BACKDATING
    return [
        Finding(
            kind=kind,
            severity=CATALOGUE[kind].severity,
            id=identity(kind, source, day.isoformat()),
            source=source,
            day=day,
            since=since,
            facts={"events": events, "old": old},
        )
        for source, day, since, events, old in rows
    ]


def unknown_groups(
    connection: Connection, *, known_at: datetime, today: date
) -> list[Finding]:
    """Return the sources that lately know the mother tongue of fewer children."""
    lately_from = today - timedelta(LATELY_DAYS)
    rows = driver(connection).execute(
        f"""
        WITH notified AS (
            SELECT source, language_group = 'unknown' AS is_unknown,
                   started_on > %(lately_from)s AS is_late
            FROM {KNOWN}
            WHERE rule = 'initiation' AND {COUNTS}
              AND started_on > %(before_from)s AND started_on <= %(today)s
              -- As no clock is due before it starts: there is an index on it.
              AND due_on > %(before_from)s
        ), shares AS (
            SELECT source, avg(is_unknown::int) FILTER (WHERE is_late) AS lately,
                   avg(is_unknown::int) FILTER (WHERE NOT is_late) AS before
            FROM notified GROUP BY source
            HAVING least(count(*) FILTER (WHERE is_late),
                         count(*) FILTER (WHERE NOT is_late)) >= %(shares_of)s
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


def midnight(day: date) -> datetime:
    """Return the instant at which *day* begins in Helsinki."""
    return datetime.combine(day, time(), HELSINKI).astimezone(UTC)
