"""The ledgers of all sources as one list, for whoever copies it elsewhere."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from app.db.database import driver


class FeedEntry(NamedTuple):
    """One line of a ledger; *data* is the very text that was committed."""

    source: str
    sequence: int
    event_id: str
    kind: str
    case_ref: str
    occurred_on: date
    occurred_at: datetime | None
    registered_at: datetime | None
    source_sequence: int | None
    data: str
    recorded_at: datetime


def entries(
    connection: Connection,
    after: Mapping[str, int],
    *,
    known_at: datetime,
    limit: int,
) -> list[FeedEntry]:
    """Return the next *limit* lines recorded by *known_at*, in the order of recording.

    *after* tells how far the ledger of each source was read. A ledger has no gaps and
    grows only at its end, under a lock, so no line of it can appear behind that place;
    a place in time could be passed while the clock is set back.
    """
    rows = driver(connection).execute(
        """
        WITH seen AS (
            SELECT * FROM unnest(%s::text[], %s::bigint[]) AS s (source, sequence)
        )
        SELECT line.*
        FROM source
        LEFT JOIN seen ON seen.source = source.code
        CROSS JOIN LATERAL (
            SELECT e.source, e.sequence, e.event_id, e.kind, e.case_ref, e.occurred_on,
                   e.occurred_at, e.registered_at, e.source_sequence, e.data::text,
                   e.recorded_at
            FROM case_event e
            WHERE e.source = source.code
              AND e.sequence > coalesce(seen.sequence, 0)
              AND e.recorded_at <= %s
            ORDER BY e.sequence
            LIMIT %s
        ) AS line
        ORDER BY line.recorded_at, line.source, line.sequence
        LIMIT %s
        """,
        [list(after), list(after.values()), known_at, limit, limit],
    )
    return [FeedEntry(*row) for row in rows]
