"""The ledger of case events: one gapless, append-only list per source."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from pydantic import TypeAdapter
from sqlalchemy import Connection

from app.domain.events import (
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    EventData,
    InitiationDecided,
    Kind,
    NotificationReceived,
)

_DATA: dict[Kind, TypeAdapter[EventData]] = {
    data.kind: TypeAdapter(data)
    for data in (
        NotificationReceived,
        CaseTransferred,
        InitiationDecided,
        AssessmentFinalised,
        CaseClosed,
    )
}


class CaseKey(NamedTuple):
    """A case: the source and the source's own reference."""

    source: str
    case_ref: str


class EventKey(NamedTuple):
    """An event: the source and the source's own id, for ever."""

    source: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger."""

    event: CaseEvent
    data: str
    digest: bytes
    sequence: int
    recorded_at: datetime


class Place(NamedTuple):
    """Where an event stands in its source's ledger, and the digest it came with."""

    sequence: int
    recorded_at: datetime
    digest: bytes


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The locked heads of some ledgers, and the instant of this transaction."""

    last_sequence: dict[str, int]
    recorded_at: datetime


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """Return the driver's connection, for set-wise statements on the hot path."""
    raw: psycopg.Connection[Any] | None = connection.connection.driver_connection
    if raw is None:
        raise psycopg.OperationalError("the connection is closed")
    return raw


def lock_ledgers(connection: Connection, sources: Collection[str]) -> Ledgers:
    """Lock the ledgers of *sources* until the transaction ends.

    The instant of recording is read under the locks and lies after that of every
    earlier line of these ledgers, even if the server's clock was set back.
    """
    # Lock in sorted order: two batches that share sources must never wait for each
    # other in a circle.
    names = sorted(sources)
    cursor = driver(connection).cursor()
    lock = """
        SELECT code, last_sequence,
               greatest(clock_timestamp(), last_recorded_at + interval '1 microsecond')
        FROM source WHERE code = ANY(%s) ORDER BY code FOR UPDATE
        """
    rows = cursor.execute(lock, [names]).fetchall()
    if len(rows) < len(names):
        cursor.execute(
            """
            INSERT INTO source (code) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING
            """,
            [names],
        )
        rows = cursor.execute(lock, [names]).fetchall()
    return Ledgers(
        last_sequence={code: sequence for code, sequence, _ in rows},
        recorded_at=max(instant for _, _, instant in rows),
    )


def places(connection: Connection, keys: Collection[EventKey]) -> dict[EventKey, Place]:
    """Return where those of *keys* stand that have been accepted before."""
    sources, ids = _columns(keys, width=2)
    rows = driver(connection).execute(
        """
        SELECT e.source, e.event_id, e.sequence, e.recorded_at, e.digest
        FROM unnest(%s::text[], %s::text[]) AS asked (source, event_id)
        JOIN case_event e USING (source, event_id)
        """,
        [sources, ids],
    )
    return {
        EventKey(source, event_id): Place(sequence, recorded_at, digest)
        for source, event_id, sequence, recorded_at, digest in rows
    }


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add *entries*, whose ledgers are locked, and move the heads of the ledgers."""
    cursor = driver(connection).cursor()
    with cursor.copy(
        """
        COPY case_event (source, sequence, event_id, kind, case_ref, occurred_on,
                         occurred_at, registered_at, source_sequence, data, digest,
                         recorded_at)
        FROM STDIN
        """
    ) as copy:
        for entry in entries:
            event = entry.event
            copy.write_row(
                (
                    event.source,
                    entry.sequence,
                    event.event_id,
                    event.data.kind.value,
                    event.case_ref,
                    event.occurred_on,
                    event.occurred_at,
                    event.registered_at,
                    event.sequence,
                    entry.data,
                    entry.digest,
                    entry.recorded_at,
                )
            )
    heads = {entry.event.source: entry for entry in entries}
    cursor.execute(
        """
        UPDATE source SET last_sequence = head.sequence,
                          last_recorded_at = head.recorded_at
        FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[])
             AS head (code, sequence, recorded_at)
        WHERE source.code = head.code
        """,
        [
            list(heads),
            [head.sequence for head in heads.values()],
            [head.recorded_at for head in heads.values()],
        ],
    )


def histories(
    connection: Connection,
    cases: Collection[CaseKey],
    *,
    known_at: datetime | None = None,
) -> dict[CaseKey, list[CaseEvent]]:
    """Return the events of *cases*, those recorded by *known_at* if it is given."""
    found: dict[CaseKey, list[CaseEvent]] = defaultdict(list)
    for _, event in _lines(connection, cases, known_at):
        found[CaseKey(event.source, event.case_ref)].append(event)
    return found


def timeline(
    connection: Connection, case: CaseKey, *, known_at: datetime
) -> list[tuple[datetime, CaseEvent]]:
    """Return the events of *case* with the instants when they became known."""
    return list(_lines(connection, [case], known_at))


def cases_after(
    connection: Connection, case: CaseKey | None, limit: int
) -> list[CaseKey]:
    """Return the next *limit* cases after *case*, in order of source and reference."""
    rows = driver(connection).execute(
        """
        SELECT DISTINCT source, case_ref FROM case_event
        WHERE (source, case_ref) > (%s, %s)
        ORDER BY source, case_ref LIMIT %s
        """,
        [*(case or ("", "")), limit],
    )
    return [CaseKey(source, case_ref) for source, case_ref in rows]


def parse_data(kind: Kind, data: str) -> EventData:
    """Return the data of a stored event of *kind*."""
    return _DATA[kind].validate_json(data)


def _lines(
    connection: Connection, cases: Collection[CaseKey], known_at: datetime | None
) -> Iterable[tuple[datetime, CaseEvent]]:
    sources, refs = _columns(cases, width=2)
    rows = driver(connection).execute(
        """
        SELECT e.source, e.case_ref, e.event_id, e.kind, e.occurred_on, e.occurred_at,
               e.registered_at, e.source_sequence, e.data::text, e.recorded_at
        FROM unnest(%s::text[], %s::text[]) AS asked (source, case_ref)
        JOIN case_event e USING (source, case_ref)
        WHERE e.recorded_at <= %s
        """,
        [sources, refs, known_at or "infinity"],
    )
    for (
        source,
        case_ref,
        event_id,
        kind,
        occurred_on,
        occurred_at,
        registered_at,
        sequence,
        data,
        recorded_at,
    ) in rows:
        yield (
            recorded_at,
            CaseEvent(
                source=source,
                case_ref=case_ref,
                event_id=event_id,
                occurred_on=occurred_on,
                occurred_at=occurred_at,
                registered_at=registered_at,
                sequence=sequence,
                data=parse_data(Kind(kind), data),
            ),
        )


def _columns(keys: Iterable[tuple[str, ...]], *, width: int) -> list[list[str]]:
    """Return *keys* turned into *width* columns, as ``unnest`` takes them."""
    return [list(column) for column in zip(*keys, strict=True)] or [
        [] for _ in range(width)
    ]
