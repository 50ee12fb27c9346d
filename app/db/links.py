"""Which cases may hang together: mergers, copies, and sources that succeed others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.db import bulk
from app.db import events as ledger
from app.db.bulk import Asked
from app.db.database import driver
from app.domain.events import CaseEvent, CaseKey, EventKey
from app.domain.linked_cases import mentions


def add(connection: Connection, events: Iterable[CaseEvent]) -> None:
    """Note what *events*, just recorded, mention."""
    rows = [
        (
            event.source,
            event.event_id,
            event.case_ref,
            other.source,
            other.case_ref if isinstance(other, CaseKey) else None,
            other.event_id if isinstance(other, EventKey) else None,
        )
        for event in events
        for other in mentions(event)
    ]
    if rows:
        driver(connection).cursor().executemany(
            """
            INSERT INTO case_link (source, event_id, case_ref, other_source,
                                   other_case_ref, other_event_id)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            rows,
        )


def successors(
    connection: Connection, *, known_at: datetime | None = None
) -> dict[str, str]:
    """Return which source continues each source that has ended."""
    return ask_successors(connection, known_at=known_at)()


def ask_successors(
    connection: Connection, *, known_at: datetime | None = None
) -> Asked[dict[str, str]]:
    """Ask which source continues each source that has ended."""
    asked = driver(connection).execute(
        """
        SELECT source, successor FROM source_setting
        WHERE successor IS NOT NULL AND recorded_at <= %s AND recorded_until > %s
        """,
        [known_at or "infinity", known_at or "2100-01-01"],
    )
    return lambda: dict(asked.fetchall())


def ask_linked(
    connection: Connection,
    cases: Collection[CaseKey],
    arriving: Sequence[CaseEvent] = (),
) -> Asked[set[CaseKey]]:
    """Ask which of *cases* mention others, or are mentioned by others.

    *arriving* are events of theirs that are not recorded yet; one of these may have
    been mentioned already.
    """
    asked = driver(connection).execute(
        """
        WITH asked AS (
            SELECT * FROM unnest(%s::text[], %s::text[]) AS a (source, case_ref)
            WHERE EXISTS (TABLE case_link)
        ), said AS (
            SELECT e.source, e.case_ref, e.event_id
            FROM asked JOIN case_event e USING (source, case_ref)
            UNION ALL
            SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])
            WHERE EXISTS (TABLE case_link)
        )
        SELECT source, case_ref FROM asked JOIN case_link USING (source, case_ref)
        UNION
        SELECT asked.source, asked.case_ref
        FROM asked JOIN case_link l
          ON l.other_source = asked.source AND l.other_case_ref = asked.case_ref
        UNION
        SELECT said.source, said.case_ref
        FROM said JOIN case_link l
          ON l.other_source = said.source AND l.other_event_id = said.event_id
        """,
        [
            *bulk.columns(cases, 2),
            bulk.array(event.source for event in arriving),
            bulk.array(event.case_ref for event in arriving),
            bulk.array(event.event_id for event in arriving),
        ],
    )
    return lambda: {CaseKey(*row) for row in asked.fetchall()}


def continued(cases: Iterable[CaseKey], succession: Mapping[str, str]) -> set[CaseKey]:
    """Return those of *cases* whose source continues another, or is continued."""
    sources = {*succession, *succession.values()}
    return {case for case in cases if case.source in sources}


def connected(
    connection: Connection,
    cases: Collection[CaseKey],
    succession: dict[str, str],
    *,
    known_at: datetime | None = None,
) -> list[CaseEvent]:
    """Return the events of *cases* and of all that may hang together with them."""
    found: list[CaseEvent] = []
    seen: set[CaseKey] = set()
    fresh = set(cases)
    while fresh:
        seen |= fresh
        events = list(ledger.of_cases(connection, sorted(fresh), known_at=known_at))
        found.extend(events)
        fresh = _neighbours(connection, sorted(fresh), events, succession) - seen
    return found


def _neighbours(
    connection: Connection,
    cases: Sequence[CaseKey],
    events: Sequence[CaseEvent],
    succession: dict[str, str],
) -> set[CaseKey]:
    """Return the cases that *cases*, whose events are *events*, may be linked to."""
    rows = driver(connection).execute(
        """
        WITH asked AS (
            SELECT * FROM unnest(%s::text[], %s::text[]) AS a (source, case_ref)
        ), said AS (
            SELECT * FROM unnest(%s::text[], %s::text[]) AS s (source, event_id)
        )
        SELECT l.other_source, l.other_case_ref
        FROM asked JOIN case_link l USING (source, case_ref)
        WHERE l.other_case_ref IS NOT NULL
        UNION
        SELECT e.source, e.case_ref
        FROM asked JOIN case_link l USING (source, case_ref)
        JOIN case_event e
          ON e.source = l.other_source AND e.event_id = l.other_event_id
        UNION
        SELECT l.source, l.case_ref
        FROM asked JOIN case_link l
          ON l.other_source = asked.source AND l.other_case_ref = asked.case_ref
        UNION
        SELECT l.source, l.case_ref
        FROM said JOIN case_link l
          ON l.other_source = said.source AND l.other_event_id = said.event_id
        """,
        [*bulk.columns(cases, 2), *bulk.columns([each.key for each in events], 2)],
    )
    linked = {CaseKey(source, case_ref) for source, case_ref in rows}
    for old, new in succession.items():
        linked |= {CaseKey(new, ref) for source, ref in cases if source == old}
        linked |= {CaseKey(old, ref) for source, ref in cases if source == new}
    return linked
