"""Findings that are kept: what is odd in cases, and what leads have closed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection

from app.db import bulk
from app.db.bulk import Asked
from app.db.database import driver
from app.db.tables import case_finding
from app.domain.case_states import Finding as OddNews
from app.domain.events import CaseKey
from app.domain.findings import (
    ClosedBecause,
    Closure,
    FindingKind,
    identity,
)

STORED = ("id", "kind", "event_source", "event_id", "day")
Values: TypeAlias = tuple[object, ...]
# Which unit has the case: that of the run that began last, unless it was taken back.
# Every run has one clock of the assessment, so that the others need not be read.
LATEST_UNIT = """
    SELECT d.unit FROM deadline d
    WHERE d.source = f.source AND d.case_ref = f.case_ref AND d.rule = 'assessment'
      AND d.recorded_at <= %(known_at)s AND d.recorded_until > %(known_at)s
    ORDER BY d.outcome IS NOT DISTINCT FROM 'amended', d.started_on DESC
    LIMIT 1
"""
# Joined, it is looked up of those alone that all else is true of; as a condition it was
# looked up of those that are closed, too, and each of them compared with each closure.
OF_UNITS = f"""
    JOIN LATERAL ({LATEST_UNIT}) AS latest ON latest.unit = ANY(%(units)s)
"""
OPEN = """
    f.recorded_at <= %(known_at)s AND f.recorded_until > %(known_at)s
    AND NOT EXISTS (
        SELECT FROM finding_closure c
        WHERE c.finding = f.id
          AND c.recorded_at BETWEEN f.recorded_at AND %(known_at)s)
"""


class FindingKey(NamedTuple):
    """A finding in a case; *id* stands for its kind, event and day."""

    source: str
    case_ref: str
    id: str

    @property
    def subject(self) -> str:
        """Return what in its case it is, in words."""
        return f"finding {self.id}"


def rows(case: CaseKey, found: Iterable[OddNews]) -> dict[FindingKey, Values]:
    """Return what is *found* in *case* as it is stored, in the order of ``STORED``."""
    stored: dict[FindingKey, Values] = {}
    for each in found:
        kind = FindingKind(each.code.value)
        id_ = identity(kind, *case, *each.event, each.day.isoformat())
        stored[FindingKey(*case, id_)] = (id_, kind.value, *each.event, each.day)
    return stored


def replace(
    connection: Connection,
    found: Mapping[CaseKey, Iterable[OddNews]],
    recorded_at: datetime,
) -> int:
    """Make *found* the findings of its cases since *recorded_at*; count the changes."""
    before = ask_current(connection, found.keys())()
    return replace_known(connection, before, found, recorded_at)


def replace_known(
    connection: Connection,
    before: Collection[FindingKey],
    found: Mapping[CaseKey, Iterable[OddNews]],
    recorded_at: datetime,
) -> int:
    """Do as ``replace``, where the findings of the cases *before* are known already."""
    wanted: dict[FindingKey, Values] = {}
    for case, each in found.items():
        wanted |= rows(case, each)
    obsolete = [
        key
        for key in before
        if key not in wanted and CaseKey(key.source, key.case_ref) in found
    ]
    fresh = {key: row for key, row in wanted.items() if key not in before}
    if obsolete:
        _close(connection, obsolete, recorded_at)
    if fresh:
        _insert(connection, fresh, recorded_at)
    return len(obsolete) + len(fresh)


def ask_current(
    connection: Connection, touched: Collection[CaseKey]
) -> Asked[frozenset[FindingKey]]:
    """Ask for the findings of the cases *touched* that hold now."""
    # Not "=", for the reason that ``deadlines.ask_current`` gives: while the table was
    # new, each finding was compared with each case, a fifth of the time of a batch.
    asked = driver(connection).execute(
        """
        SELECT source, case_ref, id
        FROM unnest(%s::text[], %s::text[]) AS asked (source, case_ref)
        JOIN case_finding f USING (source, case_ref)
        WHERE f.recorded_until >= 'infinity'
        """,
        bulk.columns(touched, 2),
    )
    return lambda: frozenset(FindingKey(*row) for row in asked.fetchall())


def units_of(
    connection: Connection, cases: Collection[CaseKey], *, known_at: datetime
) -> dict[CaseKey, str | None]:
    """Return the unit that has each of *cases*, as known at *known_at*."""
    sources, refs = bulk.columns(cases, 2)
    rows = driver(connection).execute(
        f"""
        SELECT f.source, f.case_ref, ({LATEST_UNIT})
        FROM unnest(%(sources)s::text[], %(refs)s::text[]) AS f (source, case_ref)
        """,  # noqa: S608 (a constant of our own)
        {"sources": sources, "refs": refs, "known_at": known_at},
    )
    return {CaseKey(source, case_ref): unit for source, case_ref, unit in rows}


def open_counts(
    connection: Connection, *, known_at: datetime, units: frozenset[str] | None
) -> dict[str, int]:
    """Return how many findings in cases of *units* are open, by kind."""
    return ask_open_counts(connection, known_at=known_at, units=units)()


def ask_open_counts(
    connection: Connection, *, known_at: datetime, units: frozenset[str] | None
) -> Asked[dict[str, int]]:
    """Ask how many findings in cases of *units* are open, by kind."""
    in_scope = "" if units is None else OF_UNITS
    counted = driver(connection).execute(
        f"""
        SELECT f.kind, count(*) FROM case_finding f {in_scope} WHERE {OPEN}
        GROUP BY f.kind ORDER BY f.kind
        """,  # noqa: S608 (constants of our own)
        {"known_at": known_at, "units": sorted(units or ())},
    )
    return lambda: dict(counted.fetchall())


def open_in(
    connection: Connection, *, known_at: datetime, units: frozenset[str]
) -> list[tuple[CaseKey, str]]:
    """Return the case and kind of every open finding in cases of *units*."""
    rows = driver(connection).execute(
        f"""
        SELECT f.source, f.case_ref, f.kind FROM case_finding f {OF_UNITS}
        WHERE {OPEN}
        """,  # noqa: S608 (constants of our own)
        {"known_at": known_at, "units": sorted(units)},
    )
    return [(CaseKey(source, case_ref), kind) for source, case_ref, kind in rows]


def closures_of(
    connection: Connection, ids: Collection[str], *, known_at: datetime
) -> dict[str, Closure]:
    """Return the last closure by a lead of each of the findings that has one."""
    return _closures(connection, "finding = ANY(%(ids)s)", known_at, ids)


def closures_elsewhere(
    connection: Connection, *, known_at: datetime
) -> dict[str, Closure]:
    """Return the last closure of each finding that was never one in a case."""
    return _closures(
        connection,
        "NOT EXISTS (SELECT FROM case_finding f WHERE f.id = finding)",
        known_at,
    )


def _closures(
    connection: Connection,
    condition: str,
    known_at: datetime,
    ids: Collection[str] = (),
) -> dict[str, Closure]:
    stored = driver(connection).execute(
        f"""
        SELECT DISTINCT ON (finding) finding, recorded_at, reason, closed_by
        FROM finding_closure
        WHERE recorded_at <= %(known_at)s AND {condition}
        ORDER BY finding, recorded_at DESC
        """,  # noqa: S608 (conditions of our own)
        {"known_at": known_at, "ids": list(ids)},
    )
    return {
        finding: Closure(
            closed_at=recorded_at, reason=ClosedBecause(reason), closed_by=closed_by
        )
        for finding, recorded_at, reason, closed_by in stored
    }


def add_closure(connection: Connection, finding: str, closure: Closure) -> None:
    """Record *closure* of *finding*."""
    driver(connection).execute(
        """
        INSERT INTO finding_closure (finding, recorded_at, reason, closed_by)
        VALUES (%s, %s, %s, %s)
        """,
        [finding, closure.closed_at, closure.reason.value, closure.closed_by],
    )


def _close(
    connection: Connection, obsolete: list[FindingKey], recorded_at: datetime
) -> None:
    driver(connection).execute(
        """
        UPDATE case_finding f SET recorded_until = %s
        FROM unnest(%s::text[], %s::text[], %s::text[]) AS gone (source, case_ref, id)
        WHERE f.source = gone.source AND f.case_ref = gone.case_ref AND f.id = gone.id
          AND f.recorded_until = 'infinity'
        """,
        [recorded_at, *bulk.columns(obsolete, 3)],
    )


def _insert(
    connection: Connection, fresh: dict[FindingKey, Values], recorded_at: datetime
) -> None:
    bulk.insert(
        connection,
        case_finding,
        ("source", "case_ref", "recorded_at", *STORED),
        [(key.source, key.case_ref, recorded_at, *row) for key, row in fresh.items()],
    )
