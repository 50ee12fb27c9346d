"""What is odd between cases and units, found by the database whenever asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.db.database import driver
from app.db.source_findings import midnight
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity

HEAP_DAYS = 90
HEAP_OF = 20
HEAP_SHARE = 0.3
KNOWN = """
    d.recorded_at <= %(known_at)s AND d.recorded_until > %(known_at)s
    AND d.outcome IS DISTINCT FROM 'amended'
"""
# Who decided that the matter was none, or another's, has seen the duplicate.
SEEN_TO = ("wrong_or_duplicate", "wrong_person")


def unregistered_units(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the units that have cases and are not in the unit tree."""
    rows = driver(connection).execute(
        f"""
        SELECT d.source, d.unit, min(d.started_on), count(DISTINCT d.case_ref)
        FROM deadline d
        WHERE {KNOWN} AND d.unit IS NOT NULL AND NOT EXISTS (
            SELECT FROM unit u
            WHERE u.code = d.unit
              AND u.recorded_at <= %(known_at)s AND u.recorded_until > %(known_at)s)
        GROUP BY d.source, d.unit
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at},
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
        FROM deadline d
        WHERE {KNOWN} AND d.closed_on IS NULL AND d.unit IS NULL
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
        WITH opened AS (
            SELECT d.source, d.child_ref, d.case_ref, max(d.unit) AS unit,
                   min(d.started_on) AS started_on
            FROM deadline d
            WHERE {KNOWN} AND d.closed_on IS NULL AND d.child_ref IS NOT NULL
            GROUP BY d.source, d.child_ref, d.case_ref
        )
        SELECT source, max(started_on), array_agg(case_ref ORDER BY case_ref),
               array_agg(unit ORDER BY case_ref)
        FROM opened GROUP BY source, child_ref HAVING count(*) > 1
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at},
    )
    return list(_of_each_case(FindingKind.TWO_OPEN_CASES_OF_ONE_CHILD, rows))


def duplicate_matters(connection: Connection, *, known_at: datetime) -> list[Finding]:
    """Return the cases of a child of which a run began on the day of another's."""
    rows = driver(connection).execute(
        f"""
        WITH begun AS (
            SELECT d.source, d.child_ref, d.started_on, d.case_ref, max(d.unit) AS unit
            FROM deadline d
            WHERE {KNOWN} AND d.rule = 'assessment' AND d.child_ref IS NOT NULL
              AND NOT (d.ended_on IS NOT NULL AND d.outcome = ANY(%(seen_to)s))
            GROUP BY d.source, d.child_ref, d.started_on, d.case_ref
        )
        SELECT source, started_on, array_agg(case_ref ORDER BY case_ref),
               array_agg(unit ORDER BY case_ref)
        FROM begun GROUP BY source, child_ref, started_on HAVING count(*) > 1
        """,  # noqa: S608 (a constant of our own)
        {"known_at": known_at, "seen_to": list(SEEN_TO)},
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
            SELECT d.met_on = d.due_on AS is_last_day,
                   CASE WHEN d.moves IS NULL THEN d.unit ELSE (
                       SELECT move->>1 FROM jsonb_array_elements(d.moves) AS move
                       WHERE (move->>0)::date <= least(d.closed_on, d.due_on)
                       ORDER BY (move->>0)::date DESC LIMIT 1
                   ) END AS unit
            FROM deadline d
            WHERE {KNOWN} AND d.rule = 'initiation' AND NOT d.joined
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
