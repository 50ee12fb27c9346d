"""The one way in: every event, from wherever it comes, is recorded here."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.db import activations, conflicts, links
from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db import findings as finding_table
from app.db.database import Connection, Database, begin_recording
from app.db.events import Entry, Ledgers, Place
from app.domain.case_files import case_file
from app.domain.deadlines import Deadline
from app.domain.events import (
    CaseEvent,
    EventCorrected,
    EventKey,
    EventRetracted,
    Kind,
)
from app.domain.ledger import SALT_BYTES, commitment, line_hash, line_of
from app.domain.linked_cases import histories


class Status(StrEnum):
    """What became of a submission."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An event as it was sent: what it says, its data as text, and its digest."""

    event: CaseEvent
    data: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one submission, with the clocks of its case.

    *place* is that of the event in its source's ledger; for a conflict it is the place
    of the event that came first and stays, for a refused amendment that of its target.
    """

    submission: Submission
    status: Status
    place: Place
    clocks: tuple[Deadline, ...] = ()


class _LedgersMissingError(Exception):
    """The touched cases hang together with cases of ledgers that are not locked."""

    def __init__(self, sources: set[str]) -> None:
        super().__init__()
        self.sources = sources


def record(
    database: Database, submissions: Sequence[Submission]
) -> tuple[Outcome, ...]:
    """Record *submissions* in one transaction and return an outcome for each, in order.

    When this returns, every created event is committed and the deadlines of its case
    are those of its whole history. An event that was accepted before is a duplicate
    if its digest is the same, and a conflict if not; an amendment whose target is
    known and unlike it is refused. None of these changes anything.

    Raises:
        DatabaseUnavailableError: nothing is stored, or it is unknown; sending the
            same again is safe.
    """
    if not submissions:
        return ()
    sources = {submission.event.source for submission in submissions}
    while True:
        try:
            with database.write() as connection:
                return _record(connection, submissions, sources)
        except _LedgersMissingError as missing:
            # Nothing is stored yet; all locks are taken anew, in order.
            sources |= missing.sources


def preview(
    database: Database, submissions: Sequence[Submission]
) -> tuple[Outcome, ...]:
    """Return what ``record`` would, and store nothing."""
    sources = {submission.event.source for submission in submissions}
    outcomes: tuple[Outcome, ...] = ()
    while submissions:
        try:
            with database.rehearse() as connection:
                outcomes = _record(connection, submissions, sources)
        except _LedgersMissingError as missing:
            sources |= missing.sources
        else:
            break
    return outcomes


def _record(
    connection: Connection, submissions: Sequence[Submission], sources: set[str]
) -> tuple[Outcome, ...]:
    begin_recording(connection)
    law = activations.in_use(connection)
    ledgers = ledger.lock_ledgers(connection, sources)
    places = ledger.places(connection, set(_mentioned(submissions)))
    outcomes, created = _judge(submissions, places, ledgers)

    cases = {submission.event.case for submission in submissions}
    touched = {entry.event.case for entry in created}
    known = ledger.histories(connection, cases)
    if created:
        ledger.append(connection, created)
        links.add(connection, (entry.event for entry in created))
    succession = links.successors(connection)
    if succession or links.exist(connection):
        connected = links.connected(connection, cases, succession)
        missing = {event.source for event in connected} - sources
        if missing:
            raise _LedgersMissingError(missing)
        known = histories(connected, succession)
        touched |= known.keys()
    else:
        for entry in created:
            known[entry.event.case].append(entry.event)

    files = {case: case_file(events, law) for case, events in known.items()}
    if created:
        deadline_table.replace(
            connection,
            {case: files[case].deadlines for case in touched},
            ledgers.recorded_at,
        )
        finding_table.replace(
            connection,
            {case: files[case].findings for case in touched},
            ledgers.recorded_at,
        )
    conflicts.add(connection, _conflicting(outcomes), ledgers.recorded_at)
    clocks = {case: file.deadlines for case, file in files.items()}
    return tuple(
        replace(outcome, clocks=clocks.get(outcome.submission.event.case, ()))
        for outcome in outcomes
    )


def _conflicting(outcomes: Iterable[Outcome]) -> Iterable[tuple[EventKey, bytes]]:
    for outcome in outcomes:
        if outcome.status is Status.CONFLICT:
            yield outcome.submission.event.key, outcome.submission.digest


def _mentioned(submissions: Iterable[Submission]) -> Iterable[EventKey]:
    for submission in submissions:
        yield submission.event.key
        target = _target(submission.event)
        if target is not None:
            yield target


def _target(event: CaseEvent) -> EventKey | None:
    match event.data:
        case EventCorrected(target=target) | EventRetracted(target=target):
            return EventKey(event.source, target)
        case _:
            return None


def _judge(
    submissions: Sequence[Submission], places: dict[EventKey, Place], ledgers: Ledgers
) -> tuple[list[Outcome], list[Entry]]:
    """Tell new events from known ones, and make the ledger's lines of the new ones."""
    salts = os.urandom(SALT_BYTES * len(submissions))
    outcomes: list[Outcome] = []
    created: list[Entry] = []
    for index, submission in enumerate(submissions):
        key = submission.event.key
        place = places.get(key)
        target = places.get(_target(submission.event) or key)
        if place is not None:
            same = place.digest == submission.digest
            status = Status.DUPLICATE if same else Status.CONFLICT
        elif target is not None and not _may_amend(submission.event, target):
            place, status = target, Status.REFUSED
        else:
            salt = salts[SALT_BYTES * index : SALT_BYTES * (index + 1)]
            entry = _entry(submission, ledgers, salt)
            created.append(entry)
            places[key] = place = entry.place
            status = Status.CREATED
        outcomes.append(Outcome(submission=submission, status=status, place=place))
    return outcomes, created


def _may_amend(amendment: CaseEvent, target: Place) -> bool:
    """Tell whether *amendment* is of the case and kind of *target*, which is known."""
    if target.case_ref != amendment.case_ref:
        return False
    match amendment.data:
        case EventCorrected(data=data):
            return data.kind is target.kind
        case _:
            return target.kind not in (Kind.CORRECTION, Kind.RETRACTION)


def _entry(submission: Submission, ledgers: Ledgers, salt: bytes) -> Entry:
    """Return the next line of the event's ledger, chained to the line before."""
    event = replace(submission.event, recorded_at=ledgers.recorded_at)
    sequence = ledgers.last_sequence[event.source] + 1
    committed = commitment(salt, submission.data)
    line = line_of(
        event,
        sequence=sequence,
        recorded_at=ledgers.recorded_at,
        committed=committed,
    )
    hashed = line_hash(line, ledgers.last_hash[event.source])
    ledgers.last_sequence[event.source] = sequence
    ledgers.last_hash[event.source] = hashed
    return Entry(
        event=event,
        data=submission.data,
        salt=salt,
        commitment=committed,
        place=Place(
            sequence,
            ledgers.recorded_at,
            submission.digest,
            hashed,
            event.data.kind,
            event.case_ref,
        ),
    )
