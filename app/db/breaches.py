"""Missed deadlines, and what has been told of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db.clock_rules import ACCOUNTABLE_UNIT
from app.db.database import driver

# Of what was closed long ago nobody finds out the cause any more.
LOOKED_BACK = timedelta(days=366)
# What stands outside of the rates is no breach.
_COUNTS = """
    NOT joined AND entry <> 'anticipatory' AND recorded_at <= %(known_at)s
"""
_BREACH = f"d.source, d.case_ref, d.rule, d.started_by, d.due_on, {ACCOUNTABLE_UNIT}"
# As `findings.identity` of the same.
_ID = """
    left(encode(sha256(convert_to(to_json(
        ARRAY['breach_unexplained', d.source, d.case_ref, d.rule, d.started_by]
    )::text, 'UTF8')), 'hex'), 24)
"""
# Each kind of rows has an index: what was closed late lately, what is open, and what
# was known otherwise then.
_UNEXPLAINED = f"""
    FROM (
        SELECT * FROM deadline
        WHERE recorded_until = 'infinity' AND coalesce(met_on, ended_on) > due_on
          AND due_on > %(looked_back_to)s AND due_on <= %(due_by)s
          AND delays IS NULL AND {_COUNTS}
        UNION ALL
        SELECT * FROM deadline
        WHERE recorded_until = 'infinity' AND closed_on IS NULL
          AND due_on <= %(due_by)s AND delays IS NULL AND {_COUNTS}
        UNION ALL
        SELECT * FROM deadline
        WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
          AND coalesce(met_on, ended_on, %(today)s) > due_on
          AND (closed_on IS NULL OR due_on > %(looked_back_to)s)
          AND due_on <= %(due_by)s AND delays IS NULL AND {_COUNTS}
    ) AS d
    WHERE NOT EXISTS (
        SELECT FROM source_setting s
        WHERE s.source = d.source AND s.recorded_at <= %(known_at)s
          AND s.recorded_until > %(known_at)s AND s.live_since > d.due_on)
"""  # noqa: S608 (constants of our own)


class Breach(NamedTuple):
    """A missed deadline, its case, and the unit that answers for it."""

    source: str
    case_ref: str
    rule: str
    started_by: str
    due_on: date
    unit: str | None
    follow_up_on: date | None = None


class OpenBreaches(NamedTuple):
    """How many open ones have no cause told, and of how many a follow-up is overdue."""

    without_cause: int
    not_followed_up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was due by *due_by*, was missed, and of which no cause is told.

    What was due over a year ago counts only while it is open, and what was due before
    its source was live never. *units* are those that answer for it, *sources* those
    that told it; None means any.
    """

    known_at: datetime
    today: date
    due_by: date
    units: Collection[str] | None = None
    sources: Collection[str] | None = None

    @property
    def condition(self) -> str:
        """What a statement says behind ``SELECT``, its conditions last."""
        units = "" if self.units is None else f"AND {ACCOUNTABLE_UNIT} = ANY(%(units)s)"
        sources = "" if self.sources is None else "AND d.source = ANY(%(sources)s)"
        return f"{_UNEXPLAINED} {units} {sources}"

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the condition by name."""
        return {
            "known_at": self.known_at,
            "today": self.today,
            "due_by": self.due_by,
            "looked_back_to": self.due_by - LOOKED_BACK,
            "units": sorted(self.units or ()),
            "sources": sorted(self.sources or ()),
        }


def by_day(connection: Connection, asked: Question) -> dict[date, int]:
    """Return how many breaches were due on each day, the last first."""
    rows = driver(connection).execute(
        f"SELECT d.due_on, count(*) {asked.condition} GROUP BY 1 ORDER BY 1 DESC",
        asked.parameters,
    )
    return dict(rows.fetchall())


def of_days(
    connection: Connection, asked: Question, days: Collection[date]
) -> list[Breach]:
    """Return the breaches that were due on *days*."""
    rows = driver(connection).execute(
        f"SELECT {_BREACH} {asked.condition} AND d.due_on = ANY(%(days)s)",
        {**asked.parameters, "days": list(days)},
    )
    return [Breach(*row) for row in rows]


def of_ids(
    connection: Connection, asked: Question, ids: Collection[str]
) -> list[Breach]:
    """Return the breaches of which the findings have *ids*."""
    if not ids:
        return []
    rows = driver(connection).execute(
        f"SELECT {_BREACH} {asked.condition} AND {_ID} = ANY(%(ids)s)",
        {**asked.parameters, "ids": list(ids)},
    )
    return [Breach(*row) for row in rows]


def not_followed_up(
    connection: Connection, *, known_at: datetime, today: date
) -> list[Breach]:
    """Return what is still open after the day on which it was to be looked at again."""
    rows = driver(connection).execute(
        f"""
        SELECT {_BREACH}, (d.delays->-1->>3)::date FROM (
            SELECT * FROM deadline
            WHERE recorded_until = 'infinity' AND closed_on IS NULL
              AND due_on < %(today)s AND delays IS NOT NULL AND {_COUNTS}
            UNION ALL
            SELECT * FROM deadline
            WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
              AND closed_on IS NULL
              AND due_on < %(today)s AND delays IS NOT NULL AND {_COUNTS}
        ) AS d
        WHERE (d.delays->-1->>3)::date < %(today)s
        """,  # noqa: S608 (constants of our own)
        {"known_at": known_at, "today": today},
    )
    return [Breach(*row) for row in rows]


def open_ones(
    connection: Connection,
    *,
    known_at: datetime,
    today: date,
    units: Collection[str] | None,
) -> OpenBreaches:
    """Return how many missed deadlines are open where *units* have the work, or all."""
    row = (
        driver(connection)
        .execute(
            f"""
            SELECT count(*) FILTER (WHERE delays IS NULL),
                   count(*) FILTER (WHERE (delays->-1->>3)::date < %(today)s)
            FROM deadline
            WHERE recorded_until = 'infinity' AND closed_on IS NULL
              AND due_on < %(today)s AND {_COUNTS}
              AND (%(units)s::text[] IS NULL OR unit = ANY (%(units)s::text[]))
            """,  # noqa: S608 (constants of our own)
            {
                "known_at": known_at,
                "today": today,
                "units": None if units is None else sorted(units),
            },
        )
        .fetchone()
    )
    assert row is not None, "counts are always there"  # noqa: S101
    return OpenBreaches(*row)
