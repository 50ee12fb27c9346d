"""What has become known of clocks since an instant: done ones, and late comers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from app.db.database import driver


@dataclass(slots=True)
class Changes:
    """How many clocks of a rule were *done* since, how many of them late.

    *arrived* are open ones whose notification reached us only since then, though it was
    received before.
    """

    done: int = 0
    done_late: int = 0
    arrived: int = 0


# What was open then stands among the few rows that were superseded since.
_DONE = """
    SELECT later.rule, count(*), count(*) FILTER (WHERE later.met_on > later.due_on)
    FROM deadline was JOIN deadline later USING (source, case_ref, rule, started_by)
    WHERE was.recorded_until < 'infinity' AND was.recorded_until > %(since)s
      AND was.recorded_at <= %(since)s AND was.closed_on IS NULL
      AND later.recorded_until = 'infinity' AND later.met_on <= %(as_of)s
      AND (%(units)s::text[] IS NULL OR later.unit = ANY (%(units)s::text[]))
    GROUP BY later.rule
"""
# Only of sources that are live: what happened before that was imported, and came not
# late.
_ARRIVED = """
    SELECT clock.rule, count(*)
    FROM case_event told
    JOIN source_setting setting
      ON setting.source = told.source AND setting.recorded_until = 'infinity'
     AND setting.live_since <= told.occurred_on
    JOIN deadline clock
      ON clock.source = told.source AND clock.case_ref = told.case_ref
     AND clock.started_by = told.event_id
     AND clock.recorded_until = 'infinity' AND clock.closed_on IS NULL
    WHERE told.recorded_at > %(since)s AND told.kind = 'notification'
      AND told.occurred_on < %(began)s
      AND (%(units)s::text[] IS NULL OR clock.unit = ANY (%(units)s::text[]))
    GROUP BY clock.rule
"""


def changes(
    connection: Connection,
    *,
    since: datetime,
    began: date,
    as_of: date,
    units: frozenset[str] | None,
) -> Mapping[str, Changes]:
    """Return by rule what has changed since the instant at which the day *began* did.

    *units* are those that have the work; None means all.
    """
    asked = {
        "since": since,
        "began": began,
        "as_of": as_of,
        "units": None if units is None else sorted(units),
    }
    found: dict[str, Changes] = defaultdict(Changes)
    for rule, done, done_late in driver(connection).execute(_DONE, asked):
        found[rule].done, found[rule].done_late = done, done_late
    for rule, arrived in driver(connection).execute(_ARRIVED, asked):
        found[rule].arrived = arrived
    return found
