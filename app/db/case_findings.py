"""What is odd between cases and units, found by the database whenever asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.clock import midnight
from app.db.clock_rules import ACCOUNTABLE_UNIT
from app.db.database import driver
from app.db.known_deadlines import COUNTS, KNOWN, KNOWN_OPEN
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity

HEAP_DAYS = 90
HEAP_OF = 20
HEAP_SHARE = 0.3
DUPLICATES_WITHIN = timedelta(days=366)
# Every unit of what is known, and perhaps of what was not known yet. To look from one
# to the next in the index is quicker than to read what lies between them.
UNITS = """
    WITH RECURSIVE used (unit) AS (
        (SELECT unit FROM deadline
         WHERE recorded_until = 'infinity' AND unit IS NOT NULL ORDER BY unit LIMIT 1)
        UNION ALL
        SELECT (SELECT d.unit FROM deadline d
                WHERE d.recorded_until = 'infinity' AND d.unit > used.unit
                ORDER BY d.unit LIMIT 1)
        FROM used WHERE used.unit IS NOT NULL
    )
    SELECT unit FROM used WHERE unit IS NOT NULL
    UNION
    SELECT unit FROM deadline
    WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
      AND unit IS NOT NULL
"""
# Runs of a child on one day in several cases, and those that were perhaps such: some of
# them may not count. The days on which a child has two runs are few, and are told from
# the index by counting alone.
SUSPECT = """
    WITH suspect AS MATERIALIZED (
        SELECT started_on, source FROM deadline
        WHERE recorded_until = 'infinity' AND rule = 'assessment'
          AND child_ref IS NOT NULL AND started_on > %(begun_after)s
        GROUP BY started_on, source HAVING count(*) > count(DISTINCT child_ref)
    )
    SELECT source, child_ref, started_on
    FROM suspect JOIN deadline USING (started_on, source)
    WHERE recorded_until = 'infinity' AND rule = 'assessment'
      AND child_ref IS NOT NULL
    GROUP BY started_on, source, child_ref HAVING min(case_ref) < max(case_ref)
    UNION
    SELECT source, child_ref, started_on FROM deadline
    WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
      AND rule = 'assessment' AND child_ref IS NOT NULL AND started_on > %(begun_after)s
"""
# Who decided that the matter was none, or another's, has seen the duplicate.
SEEN_TO = ("wrong_or_duplicate", "wrong_person")


def unregistered_units(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the units that have cases and are not in the unit tree."""
    # Asked for first: they are few, and their cases are then looked up in the index.
    unknown = driver(connection).execute(
        f"""
        {UNITS}
        EXCEPT
        SELECT code FROM unit
        WHERE recorded_at <= %(known_at)s AND recorded_until > %(known_at)s
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at},
    )
    rows = driver(connection).execute(
        f"""
        WITH of_case AS (
            SELECT d.source, d.unit, d.case_ref, min(d.started_on) AS started_on
            FROM {KNOWN}
            WHERE {COUNTS} AND d.unit = ANY(%(unknown)s)
            GROUP BY d.source, d.unit, d.case_ref
        )
        SELECT source, unit, min(started_on), count(*) FROM of_case
        GROUP BY source, unit
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at, "unknown": [unit for (unit,) in unknown]},
    )
    kind = FindingKind.UNREGISTERED_UNIT
    return [
        Finding(
            kind=kind,
            severity=CATALOGUE[kind].severity,
            id=identity(kind, source, unit),
            source=source,
            unit=unit,
            since=midnight(first),
            facts={"cases": cases},
        )
        for source, unit, first, cases in rows
    ]


def cases_without_unit(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the cases with an open deadline that no unit has."""
    rows = driver(connection).execute(
        f"""
        SELECT d.source, d.case_ref, min(d.started_on)
        FROM {KNOWN_OPEN}
        WHERE d.unit IS NULL
        GROUP BY d.source, d.case_ref
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at},
    )
    kind = FindingKind.CASE_WITHOUT_UNIT
    return [
        Finding(
            kind=kind,
            severity=CATALOGUE[kind].severity,
            id=identity(kind, source, case_ref),
            source=source,
            case_ref=case_ref,
            since=midnight(first),
        )
        for source, case_ref, first in rows
    ]


def two_open_cases(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the cases of a child of which another case is open too."""
    rows = driver(connection).execute(
        f"""
        WITH shared AS (
            SELECT d.source, d.child_ref FROM {KNOWN_OPEN}
            WHERE d.child_ref IS NOT NULL
            GROUP BY d.source, d.child_ref HAVING min(d.case_ref) < max(d.case_ref)
        ), opened AS (
            SELECT d.source, d.child_ref, d.case_ref, max(d.unit) AS unit,
                   min(d.started_on) AS started_on
            FROM shared JOIN {KNOWN_OPEN} USING (source, child_ref)
            GROUP BY d.source, d.child_ref, d.case_ref
        )
        SELECT source, max(started_on), array_agg(case_ref ORDER BY case_ref),
               array_agg(unit ORDER BY case_ref)
        FROM opened GROUP BY source, child_ref
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at},
    )
    return list(_of_each_case(FindingKind.TWO_OPEN_CASES_OF_ONE_CHILD, rows))


def duplicate_matters(
    connection: Connection, *, known_at: datetime, today: date
) -> list[Finding]:
    """Return the cases of a child of which a run began on the day of another's.

    Of what began over a year ago nobody asks any more which of the two it was.
    """
    # Asked for first: they are few, and are then looked up in the index.
    begun_after = today - DUPLICATES_WITHIN
    suspect = (
        driver(connection)
        .execute(SUSPECT, {"known_at": known_at, "begun_after": begun_after})
        .fetchall()
    )
    rows = driver(connection).execute(
        f"""
        WITH begun AS (
            SELECT d.source, d.child_ref, d.started_on, d.case_ref, max(d.unit) AS unit
            FROM unnest(%(sources)s::text[], %(children)s::text[], %(days)s::date[])
                     AS suspect (source, child_ref, started_on)
            JOIN {KNOWN} USING (source, child_ref, started_on)
            WHERE {COUNTS} AND d.rule = 'assessment' AND d.child_ref IS NOT NULL
              -- For the index: the join alone is not seen by the halves of KNOWN.
              AND d.source = ANY(%(sources)s) AND d.child_ref = ANY(%(children)s)
              AND NOT (d.ended_on IS NOT NULL AND d.outcome = ANY(%(seen_to)s))
            GROUP BY d.source, d.child_ref, d.started_on, d.case_ref
        )
        SELECT source, started_on, array_agg(case_ref ORDER BY case_ref),
               array_agg(unit ORDER BY case_ref)
        FROM begun GROUP BY source, child_ref, started_on HAVING count(*) > 1
        """,  # noqa: S608 (a constant of our own)
        {
            "known_at": known_at,
            "seen_to": list(SEEN_TO),
            "sources": [source for source, _, _ in suspect],
            "children": [child for _, child, _ in suspect],
            "days": [day for _, _, day in suspect],
        },
    )
    kind = FindingKind.DUPLICATE_MATTER_ON_ONE_DAY
    return [
        # A case may have such runs on several days.
        replace(each, id=identity(kind, each.id, str(each.day)))
        for each in _of_each_case(kind, rows)
    ]


def heaps(connection: Connection, *, known_at: datetime, today: date) -> list[Finding]:
    """Return the units with very many decisions of the last days on the due date."""
    first = today - timedelta(HEAP_DAYS - 1)
    rows = driver(connection).execute(
        f"""
        WITH met AS (
            SELECT d.met_on = d.due_on AS is_last_day, {ACCOUNTABLE_UNIT} AS unit
            FROM {KNOWN}
            WHERE {COUNTS} AND d.rule = 'initiation' AND NOT d.joined
              AND d.met_on BETWEEN %(first)s AND %(today)s
        )
        SELECT unit, count(*), count(*) FILTER (WHERE is_last_day)
        FROM met WHERE unit IS NOT NULL GROUP BY unit
        HAVING count(*) >= %(heap_of)s
           AND count(*) FILTER (WHERE is_last_day) >= %(share)s * count(*)
        """,  # noqa: S608 (a constant of our own)
        {
            "known_at": known_at,
            "first": first,
            "today": today,
            "heap_of": HEAP_OF,
            "share": HEAP_SHARE,
        },
    )
    kind = FindingKind.DONE_ON_DUE_DATE_HEAP
    return [
        Finding(
            kind=kind,
            severity=CATALOGUE[kind].severity,
            id=identity(kind, unit),
            unit=unit,
            since=midnight(first),
            facts={"decisions": decisions, "on_the_due_date": on_the_due_date},
        )
        for unit, decisions, on_the_due_date in rows
    ]


def _of_each_case(
    kind: FindingKind, rows: Iterable[Sequence[Any]]
) -> Iterable[Finding]:
    """Give a finding for each case of the groups that *rows* are."""
    for source, day, case_refs, units in rows:
        cases = tuple(zip(case_refs, units, strict=True))
        for case_ref, unit in cases:
            yield Finding(
                kind=kind,
                severity=CATALOGUE[kind].severity,
                id=identity(kind, source, case_ref),
                source=source,
                case_ref=case_ref,
                unit=unit,
                day=day,
                since=midnight(day),
                others=tuple(each for each in cases if each[0] != case_ref),
            )
