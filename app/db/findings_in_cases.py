"""Findings in cases as they are asked for: many are counted, and a few are read."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db import findings as finding_table
from app.db.database import driver
from app.db.findings import OF_UNITS, OPEN
from app.domain.events import EventKey
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import (
    PRESSING_FIRST,
    ClosedBecause,
    Closure,
    Finding,
    FindingKind,
    Place,
    Severity,
)


class State(StrEnum):
    """How a finding in a case stands: *closed* by a lead, or *gone* with its cause."""

    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"


# One that came back is what it is now, and not what it was before.
_IN_STATE = {
    State.OPEN: OPEN,
    State.CLOSED: """
        f.recorded_at <= %(known_at)s AND f.recorded_until > %(known_at)s
        AND EXISTS (
            SELECT FROM finding_closure c
            WHERE c.finding = f.id
              AND c.recorded_at BETWEEN f.recorded_at AND %(known_at)s)
    """,
    State.GONE: """
        f.recorded_until <= %(known_at)s AND f.recorded_until > %(gone_since)s
        AND NOT EXISTS (
            SELECT FROM case_finding again
            WHERE again.source = f.source AND again.case_ref = f.case_ref
              AND again.id = f.id AND again.recorded_at > f.recorded_at
              AND again.recorded_at <= %(known_at)s)
    """,
}
_ANY_UNIT = "CROSS JOIN (SELECT NULL::text) AS latest (unit)"
_BEHIND = """
    WHERE rank > %(rank)s OR rank = %(rank)s AND (
        recorded_at < %(since)s
        OR recorded_at = %(since)s AND id COLLATE "C" > %(id)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InCases:
    """Which findings in cases are meant: those of *kinds* in *states* at *known_at*.

    Of those whose cause has gone, those are that went since *gone_since*. *units* are
    those that have the cases, *sources* those of the cases, *only* is the id of the
    one that is meant; None means any.
    """

    kinds: Collection[FindingKind]
    states: Collection[State]
    known_at: datetime
    gone_since: datetime
    units: Collection[str] | None = None
    sources: Collection[str] | None = None
    only: str | None = None

    @property
    def query(self) -> str:
        """What they are, with *rank*, how much they press, and *unit*, if it matters.

        Where any unit is meant, they come without the one that has the case.
        """
        each = " UNION ALL ".join(
            f"SELECT * FROM case_finding f WHERE {_IN_STATE[state]}"  # noqa: S608 (constants of our own)
            for state in sorted(self.states)
        )
        sources = "" if self.sources is None else "AND f.source = ANY(%(sources)s)"
        only = "" if self.only is None else "AND f.id = %(only)s"
        return f"""
            SELECT pressing.rank, f.source, f.case_ref, f.id, f.kind, f.event_source,
                   f.event_id, f.day, f.recorded_at, latest.unit,
                   CASE WHEN f.recorded_until <= %(known_at)s THEN f.recorded_until END
                       AS gone_at
            FROM ({each}) AS f
            JOIN unnest(%(kinds)s::text[], %(ranks)s::int[]) AS pressing (kind, rank)
              ON pressing.kind = f.kind {sources} {only}
            {_ANY_UNIT if self.units is None else OF_UNITS}
        """  # noqa: S608 (constants of our own)

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the query by name."""
        kinds = sorted(self.kinds)
        return {
            "kinds": [kind.value for kind in kinds],
            "ranks": [PRESSING_FIRST.index(CATALOGUE[kind].severity) for kind in kinds],
            "known_at": self.known_at,
            "gone_since": self.gone_since,
            "units": sorted(self.units or ()),
            "sources": sorted(self.sources or ()),
            "only": self.only,
        }


class Some(NamedTuple):
    """Some findings, in no order, and how many there are of them all."""

    counts: Counter[Severity]
    items: list[Finding]


class _Row(NamedTuple):
    source: str
    case_ref: str
    id: str
    kind: str
    event_source: str
    event_id: str
    day: date
    unit: str | None
    recorded_at: datetime
    gone_at: datetime | None


def first(
    connection: Connection, asked: InCases, *, after: Place | None, limit: int
) -> Some:
    """Count the findings that are *asked* for; return the first *limit* behind *after*.

    Those that are closed say why.
    """
    rank, newest, id_ = after or (None, 0.0, None)
    # What the units of cases are is looked up once, for both.
    stored = (
        driver(connection)
        .execute(
            f"""
        WITH meant AS MATERIALIZED ({asked.query}), counted AS (
            SELECT jsonb_object_agg(rank, number) AS counts
            FROM (SELECT rank, count(*) AS number FROM meant GROUP BY rank) AS each
        ), shown AS (
            SELECT {", ".join(_Row._fields)} FROM meant
            {"" if after is None else _BEHIND}
            ORDER BY rank, recorded_at DESC, id COLLATE "C" LIMIT %(limit)s
        )
        SELECT counts, shown.* FROM counted LEFT JOIN shown ON true
        """,  # noqa: S608 (constants of our own)
            {
                **asked.parameters,
                "rank": rank,
                "since": datetime.fromtimestamp(-newest, UTC),
                "id": id_,
                "limit": limit,
            },
        )
        .fetchall()
    )
    counts: dict[str, int] = stored[0][0] or {}
    items = [_finding(_Row(*row)) for _, *row in stored if row[0] is not None]
    closures = finding_table.closures_of(
        connection, [each.id for each in items], known_at=asked.known_at
    )
    return Some(
        Counter({PRESSING_FIRST[int(rank)]: many for rank, many in counts.items()}),
        [each.closed(closures.get(each.id)) for each in items],
    )


def by_source(connection: Connection, asked: InCases) -> Counter[str]:
    """Return how many findings are *asked* for of each source."""
    counted = driver(connection).execute(
        f"SELECT source, count(*) FROM ({asked.query}) AS meant GROUP BY source",  # noqa: S608 (constants of our own)
        asked.parameters,
    )
    return Counter(dict(counted.fetchall()))


def _finding(row: _Row) -> Finding:
    kind = FindingKind(row.kind)
    return Finding(
        kind=kind,
        severity=CATALOGUE[kind].severity,
        id=row.id,
        source=row.source,
        case_ref=row.case_ref,
        unit=row.unit,
        day=row.day,
        since=row.recorded_at,
        event=EventKey(row.event_source, row.event_id),
        closure=(
            Closure(closed_at=row.gone_at, reason=ClosedBecause.CAUSE_GONE)
            if row.gone_at
            else None
        ),
    )
