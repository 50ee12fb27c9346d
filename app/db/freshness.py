"""What each source has sent lately, and how long it took to come."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from app.db.control_counts import COUNTED
from app.db.database import driver

LATELY = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What a source has sent within four weeks.

    Lags are hours from the act to our record of it, of acts whose instant is known and
    which happened while the source was live.
    """

    counts: dict[str, int] = field(default_factory=dict)
    last_occurred_on: date | None = None
    lag_p50: float | None = None
    lag_p95: float | None = None


def sources(connection: Connection) -> list[str]:
    """Return every source that is known, by its code."""
    rows = driver(connection).execute(
        """
        SELECT code FROM source UNION SELECT source FROM source_setting ORDER BY 1
        """
    )
    return [code for (code,) in rows]


def newest(connection: Connection) -> dict[str, datetime]:
    """Return when the newest event of each source that has any was recorded."""
    # Not the instant of the ledger's head, which moves when a law is activated, too.
    rows = driver(connection).execute(
        """
        SELECT code, recorded_at
        FROM source JOIN case_event ON source = code AND sequence = last_sequence
        ORDER BY code
        """
    )
    return dict(rows.fetchall())


def freshness(connection: Connection, *, known_at: datetime) -> dict[str, Freshness]:
    """Return what came from each source in the four weeks before *known_at*."""
    rows = driver(connection).execute(
        f"""
        WITH lately AS (
            SELECT source, kind, occurred_on,
                   CASE WHEN {COUNTED} THEN recorded_at - occurred_at END AS lag
            FROM case_event
            WHERE recorded_at <= %(known_at)s
              AND recorded_at > %(known_at)s - %(lately)s
        ), kinds AS (
            SELECT source, jsonb_object_agg(kind, events) AS counts, max(last) AS last
            FROM (SELECT source, kind, count(*) AS events, max(occurred_on) AS last
                  FROM lately GROUP BY source, kind) AS each
            GROUP BY source
        ), lags AS (
            SELECT e.source, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
                       ORDER BY (extract(epoch FROM e.lag) / 3600)::float8) AS lag
            FROM lately e LEFT JOIN source_setting s
              ON s.source = e.source
             AND s.recorded_at <= %(known_at)s AND s.recorded_until > %(known_at)s
            WHERE e.lag IS NOT NULL
              AND (s.live_since IS NULL OR e.occurred_on >= s.live_since)
            GROUP BY e.source
        )
        SELECT source, counts, last, lag[1], lag[2]
        FROM kinds LEFT JOIN lags USING (source)
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at, "lately": LATELY},
    )
    return {
        source: Freshness(
            counts=counts, last_occurred_on=last, lag_p50=lag_p50, lag_p95=lag_p95
        )
        for source, counts, last, lag_p50, lag_p95 in rows
    }
