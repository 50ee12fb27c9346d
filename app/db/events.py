"""The ledger of case events: one gapless, append-only, chained list per source."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from pydantic import TypeAdapter
from sqlalchemy import Connection

from app.db import bulk
from app.db.bulk import Asked
from app.db.database import driver
from app.db.tables import case_event
from app.domain.event_words import kind_of
from app.domain.events import (
    AmendmentReason,
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseKey,
    CaseTransferred,
    DataErased,
    DelayExplained,
    EventCorrected,
    EventData,
    EventKey,
    EventRetracted,
    Happening,
    InitiationDecided,
    Kind,
    NotificationReceived,
    legal_day,
)
from app.domain.ledger import GENESIS

_HAPPENINGS: dict[str, TypeAdapter[Happening]] = {
    data.kind.value: TypeAdapter(data)
    for data in (
        NotificationReceived,
        CaseTransferred,
        InitiationDecided,
        AssessmentFinalised,
        CaseClosed,
        DelayExplained,
    )
}
_RETRACTION = TypeAdapter(EventRetracted)
_ERASURE = TypeAdapter(DataErased)
_INSTANT = TypeAdapter(datetime)
_DAY = TypeAdapter(date)


class Place(NamedTuple):
    """Where an event stands in its source's ledger, and what it was.

    *digest* is None where what the event said has been erased.
    """

    sequence: int
    recorded_at: datetime
    digest: bytes | None
    hash: bytes
    kind: Kind
    case_ref: str


class Entry(NamedTuple):
    """One line of the ledger; *data* is the canonical text of what the event says."""

    event: CaseEvent
    data: str
    salt: bytes
    commitment: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The locked heads of some ledgers, and the instant of this transaction."""

    last_sequence: dict[str, int]
    last_hash: dict[str, bytes]
    recorded_at: datetime


def lock_ledgers(connection: Connection, sources: Collection[str]) -> Ledgers:
    """Lock the ledgers of *sources* until the transaction ends.

    The instant of recording is read under the locks and lies after that of every
    earlier line of these ledgers, even if the server's clock was set back.
    """
    ledgers = ask_lock(connection, sources)()
    if ledgers is None:
        open_ledgers(connection, sources)
        ledgers = ask_lock(connection, sources)()
    assert ledgers is not None, "they have just been opened"  # noqa: S101
    return ledgers


def ask_lock(
    connection: Connection, sources: Collection[str], mentioned: Collection[str] = ()
) -> Asked[Ledgers | None]:
    """Ask for the ledgers of *sources*, locked; None if one is yet to be opened.

    Those of sources that are merely *mentioned* are locked if there are any.
    """
    # Lock in sorted order: two batches that share sources must never wait for each
    # other in a circle.
    names = sorted({*sources, *mentioned})
    asked = driver(connection).execute(
        """
        SELECT code, last_sequence, last_hash,
               greatest(clock_timestamp(), last_recorded_at + interval '1 microsecond')
        FROM source WHERE code = ANY(%s) ORDER BY code FOR UPDATE
        """,
        [names],
    )

    def answer() -> Ledgers | None:
        rows = asked.fetchall()
        if not {code for code, *_ in rows}.issuperset(sources):
            return None
        return Ledgers(
            last_sequence={code: sequence for code, sequence, _, _ in rows},
            last_hash={code: last or GENESIS for code, _, last, _ in rows},
            recorded_at=max(instant for _, _, _, instant in rows),
        )

    return answer


def open_ledgers(connection: Connection, sources: Collection[str]) -> None:
    """Open the ledgers of those *sources* that have none."""
    driver(connection).execute(
        "INSERT INTO source (code) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING",
        [sorted(sources)],
    )


def sources(connection: Connection) -> list[str]:
    """Return the sources that have a ledger."""
    rows = driver(connection).execute("SELECT code FROM source ORDER BY code")
    return [code for (code,) in rows]


def touch_ledgers(connection: Connection, recorded_at: datetime) -> None:
    """Let nothing be recorded in any ledger at or before *recorded_at* any more."""
    driver(connection).execute("UPDATE source SET last_recorded_at = %s", [recorded_at])


def ask_places(
    connection: Connection, keys: Collection[EventKey]
) -> Asked[dict[EventKey, Place]]:
    """Ask where those of *keys* stand that have been accepted before."""
    sources, ids = bulk.columns(keys, 2)
    # Planned each time: in a small ledger the index of cases promises as much as that
    # of ids, and a plan that is kept would still go by it when the ledger has grown.
    asked = driver(connection).execute(
        """
        SELECT e.source, e.event_id, e.sequence, e.recorded_at, e.digest, e.hash,
               e.kind, e.case_ref
        FROM unnest(%s::text[], %s::text[]) AS asked (source, event_id)
        JOIN case_event e USING (source, event_id)
        """,
        [sources, ids],
        prepare=False,
    )
    return lambda: {
        EventKey(source, event_id): Place(
            sequence, recorded_at, digest, hashed, Kind(kind), case_ref
        )
        for (
            source,
            event_id,
            sequence,
            recorded_at,
            digest,
            hashed,
            kind,
            case_ref,
        ) in asked.fetchall()
    }


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add *entries*, whose ledgers are locked, and move the heads of the ledgers."""
    if not entries:
        return
    bulk.insert(
        connection,
        case_event,
        (
            *("source", "sequence", "event_id", "kind", "case_ref", "occurred_on"),
            *("occurred_at", "registered_at", "source_sequence", "data", "digest"),
            *("recorded_at", "salt", "commitment", "hash"),
        ),
        [_stored(entry) for entry in entries],
    )
    heads = {entry.event.source: entry.place for entry in entries}
    driver(connection).execute(
        """
        UPDATE source SET last_sequence = head.sequence,
                          last_recorded_at = head.recorded_at,
                          last_hash = head.hash
        FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[], %s::bytea[])
             AS head (code, sequence, recorded_at, hash)
        WHERE source.code = head.code
        """,
        [
            list(heads),
            [head.sequence for head in heads.values()],
            [head.recorded_at for head in heads.values()],
            [head.hash for head in heads.values()],
        ],
    )


def histories(
    connection: Connection,
    cases: Collection[CaseKey],
    *,
    known_at: datetime | None = None,
) -> dict[CaseKey, list[CaseEvent]]:
    """Return the events of *cases*, those recorded by *known_at* if it is given.

    What has been erased is no event any more, here and wherever events are read.
    """
    found: dict[CaseKey, list[CaseEvent]] = defaultdict(list)
    for event in of_cases(connection, cases, known_at=known_at):
        found[event.case].append(event)
    return found


def ask_histories(
    connection: Connection, cases: Collection[CaseKey]
) -> Asked[dict[CaseKey, list[CaseEvent]]]:
    """Ask for the events of *cases*."""
    asked = _ask(connection, cases, None)

    def answer() -> dict[CaseKey, list[CaseEvent]]:
        found: dict[CaseKey, list[CaseEvent]] = defaultdict(list)
        for event in map(_event, asked.fetchall()):
            found[event.case].append(event)
        return found

    return answer


def of_cases(
    connection: Connection,
    cases: Collection[CaseKey],
    *,
    known_at: datetime | None = None,
) -> Iterable[CaseEvent]:
    """Give the events of *cases*, those recorded by *known_at* if it is given."""
    return map(_event, _ask(connection, cases, known_at))


def cases_since(connection: Connection, instant: datetime) -> list[CaseKey]:
    """Return the cases of which something was recorded after *instant*."""
    rows = driver(connection).execute(
        "SELECT DISTINCT source, case_ref FROM case_event WHERE recorded_at > %s",
        [instant],
    )
    return [CaseKey(source, case_ref) for source, case_ref in rows]


def cases_of_source(connection: Connection, source: str) -> list[CaseKey]:
    """Return the cases of *source*, in order."""
    rows = driver(connection).execute(
        "SELECT DISTINCT case_ref FROM case_event WHERE source = %s ORDER BY case_ref",
        [source],
    )
    return [CaseKey(source, case_ref) for (case_ref,) in rows]


def last_instant(connection: Connection) -> datetime:
    """Return the present instant, or one behind everything recorded if that is later.

    With recording held, what is recorded at it comes after all that went before.
    """
    row = (
        driver(connection)
        .execute(
            """
        SELECT greatest(clock_timestamp(),
                        max(last_recorded_at) + interval '1 microsecond')
        FROM source
        """
        )
        .fetchone()
    )
    assert row is not None, "an aggregate has a row"  # noqa: S101
    return _INSTANT.validate_python(row[0])


def parse_data(kind: str, data: str) -> EventData:
    """Return the data of a stored event of *kind*."""
    if kind in _HAPPENINGS:
        return _HAPPENINGS[kind].validate_json(data)
    match Kind(kind):
        case Kind.CORRECTION:
            return _correction(data)
        case Kind.RETRACTION:
            return _RETRACTION.validate_json(data)
        case _:
            return _ERASURE.validate_json(data)


def _ask(
    connection: Connection, cases: Collection[CaseKey], known_at: datetime | None
) -> psycopg.Cursor[tuple[Any, ...]]:
    sources, refs = bulk.columns(cases, 2)
    return driver(connection).execute(
        """
        SELECT e.source, e.case_ref, e.event_id, e.kind, e.occurred_on, e.occurred_at,
               e.registered_at, e.source_sequence, e.data::text, e.recorded_at
        FROM unnest(%s::text[], %s::text[]) AS asked (source, case_ref)
        JOIN case_event e USING (source, case_ref)
        WHERE e.recorded_at <= %s AND e.digest IS NOT NULL
        """,
        [sources, refs, known_at or "infinity"],
    )


def _event(row: tuple[Any, ...]) -> CaseEvent:
    (
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
    ) = row
    return CaseEvent(
        source,
        event_id,
        case_ref,
        occurred_on,
        parse_data(kind, data),
        occurred_at,
        registered_at,
        sequence,
        recorded_at,
    )


def _stored(entry: Entry) -> tuple[object, ...]:
    event, place = entry.event, entry.place
    return (
        event.source,
        place.sequence,
        event.event_id,
        place.kind,
        event.case_ref,
        event.occurred_on,
        event.occurred_at,
        event.registered_at,
        event.sequence,
        entry.data,
        place.digest,
        place.recorded_at,
        entry.salt,
        entry.commitment,
        place.hash,
    )


def _correction(data: str) -> EventCorrected:
    """Return a stored correction; the members of its data tell their kind."""
    said = json.loads(data)
    kind = kind_of(said["data"])
    if kind is None:
        raise ValueError("the data of a stored correction are of no kind")
    occurred_at = said.get("occurred_at")
    at = None if occurred_at is None else _INSTANT.validate_python(occurred_at)
    return EventCorrected(
        target=said["target"],
        reason=AmendmentReason(said["reason"]),
        occurred_at=at,
        occurred_on=legal_day(at) if at else _DAY.validate_python(said["occurred_on"]),
        data=_HAPPENINGS[kind].validate_python(said["data"]),
    )
