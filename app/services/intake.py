"""The one way in: every event, from wherever it comes, is recorded here."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.db import activations, conflicts, links
from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db import findings as finding_table
from app.db.bulk import RoundTrip, held_back, last_round_trip, one_round_trip
from app.db.database import Connection, Database, begin_recording
from app.db.deadlines import Values
from app.db.events import Entry, Ledgers, Place
from app.db.findings import FindingKey
from app.domain.case_files import CaseFile, case_file
from app.domain.deadlines import Deadline
from app.domain.events import (
    CaseEvent,
    CaseKey,
    EventCorrected,
    EventKey,
    EventRetracted,
    Kind,
)
from app.domain.law import Law
from app.domain.ledger import (
    SALT_BYTES,
    commitment,
    line_hash,
    line_of,
    microseconds,
)
from app.domain.linked_cases import histories, mentions
from app.observability import instruments

# So few that the server has not long to wait, so many that a statement is worth it.
_CASES_AT_A_TIME = 400


class Status(StrEnum):
    """What became of a submission."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"
    ERASED = "erased"


# Named tuples, because they are made by the thousand.
class Submission(NamedTuple):
    """An event as it was sent: what it says, its data as text, and its digest."""

    event: CaseEvent
    data: str
    digest: bytes


class Outcome(NamedTuple):
    """What became of one submission, with the clocks of its case.

    *place* is that of the event in its source's ledger; for a conflict it is the place
    of the event that came first and stays, for a refused amendment that of its target,
    and for what has been erased that of what is left of it.
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
    known and unlike it is refused. What has been erased is not told again: neither an
    event of its id nor an amendment of it is taken. None of these changes anything.

    Raises:
        DatabaseUnavailableError: nothing is stored, or it is unknown; sending the
            same again is safe.
    """
    if not submissions:
        return ()
    sources = {submission.event.source for submission in submissions}
    while True:
        try:
            with database.record() as connection:
                outcomes = _record(connection, submissions, sources, last_round_trip)
        except _LedgersMissingError as missing:
            # Nothing is stored yet; all locks are taken anew, in order.
            sources |= missing.sources
        else:
            _count(outcomes)
            return outcomes


def preview(
    database: Database, submissions: Sequence[Submission]
) -> tuple[Outcome, ...]:
    """Return what ``record`` would, and store nothing."""
    sources = {submission.event.source for submission in submissions}
    outcomes: tuple[Outcome, ...] = ()
    while submissions:
        try:
            with database.rehearse() as connection:
                outcomes = _record(connection, submissions, sources, one_round_trip)
        except _LedgersMissingError as missing:
            sources |= missing.sources
        else:
            break
    return outcomes


def _count(outcomes: Sequence[Outcome]) -> None:
    for status, number in Counter(outcome.status for outcome in outcomes).items():
        instruments.events.labels(status).inc(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known, under the locks, of what the submissions touch.

    *cases* are those of the submissions, in their order; *linked* are those of them
    that mention others or are mentioned.
    """

    cases: list[CaseKey]
    law: Law
    ledgers: Ledgers
    places: dict[EventKey, Place]
    histories: dict[CaseKey, list[CaseEvent]]
    deadlines: dict[CaseKey, list[Values]]
    findings: frozenset[FindingKey]
    successors: dict[str, str]
    linked: set[CaseKey]


def _record(
    connection: Connection,
    submissions: Sequence[Submission],
    sources: set[str],
    last: RoundTrip,
) -> tuple[Outcome, ...]:
    """Record *submissions*, and what can be written at once on the way *last*."""
    known = _look_up(connection, submissions, sources)
    if known is None:
        ledger.open_ledgers(connection, sources)
        known = _look_up(connection, submissions, sources)
    assert known is not None, "the ledgers have just been opened"  # noqa: S101
    outcomes, created = _judge(submissions, known.places, known.ledgers)
    linked = known.linked | links.continued(known.cases, known.successors)
    if any(mentions(entry.event) for entry in created):
        linked.update(known.cases)
    with (
        (one_round_trip if linked else last)(connection) as way,
        held_back(way, rows=len(submissions)),
    ):
        conflicts.add(connection, _conflicting(outcomes), known.ledgers.recorded_at)
        files = _record_apart(connection, known, created, linked)
    files |= _record_linked(connection, known, created, linked, sources)
    nothing = CaseFile()
    return tuple(
        Outcome(submission, status, place, files.get(case, nothing).deadlines)
        for case, (submission, status, place, _) in zip(
            known.cases, outcomes, strict=True
        )
    )


def _look_up(
    connection: Connection, submissions: Sequence[Submission], sources: set[str]
) -> _Known | None:
    """Take the locks and read under them; None if a ledger is yet to be opened."""
    cases = [submission.event.case for submission in submissions]
    touched = dict.fromkeys(cases)
    with one_round_trip(connection) as way, held_back(way, rows=len(cases)):
        begin_recording(connection)
        law = activations.ask_in_use(connection)
        # Else one could record what another mentions while neither sees the other.
        ledgers = ledger.ask_lock(connection, sources, _mentioned_sources(submissions))
        places = ledger.ask_places(connection, set(_mentioned(submissions)))
        histories = ledger.ask_histories(connection, touched)
        deadlines = deadline_table.ask_current(connection, touched)
        findings = finding_table.ask_current(connection, touched)
        successors = links.ask_successors(connection)
        linked = links.ask_linked(
            connection, touched, [submission.event for submission in submissions]
        )
    locked = ledgers()
    if locked is None:
        return None
    return _Known(
        cases=cases,
        law=law(),
        ledgers=locked,
        places=places(),
        histories=histories(),
        deadlines=deadlines(),
        findings=findings(),
        successors=successors(),
        linked=linked(),
    )


def _record_apart(
    connection: Connection,
    known: _Known,
    created: Sequence[Entry],
    linked: set[CaseKey],
) -> dict[CaseKey, CaseFile]:
    """Append what is *created*, and record the cases that are not *linked*."""
    said = {
        case: known.histories.get(case, [])
        for case in known.cases
        if case not in linked
    }
    touched: set[CaseKey] = set()
    for entry in created:
        case = entry.event.case
        if case in said:
            said[case].append(entry.event)
            touched.add(case)
    recorded_at = known.ledgers.recorded_at
    files: dict[CaseKey, CaseFile] = {}
    cases = list(said)
    # The server takes in the lines, and the clocks of some cases, while those of the
    # next are counted here.
    ledger.append(connection, created)
    for start in range(0, len(cases), _CASES_AT_A_TIME):
        part = cases[start : start + _CASES_AT_A_TIME]
        files |= {case: case_file(said[case], known.law) for case in part}
        changed = touched.intersection(part)
        deadline_table.replace_known(
            connection,
            known.deadlines,
            {case: files[case].deadlines for case in changed},
            recorded_at,
        )
        finding_table.replace_known(
            connection,
            known.findings,
            {case: files[case].findings for case in changed},
            recorded_at,
        )
    return files


def _record_linked(
    connection: Connection,
    known: _Known,
    created: Sequence[Entry],
    linked: set[CaseKey],
    sources: set[str],
) -> dict[CaseKey, CaseFile]:
    """Record the cases that are *linked*, with all that hangs together with them."""
    if not linked:
        return {}
    links.add(connection, (entry.event for entry in created))
    connected = links.connected(connection, linked, known.successors)
    missing = {event.source for event in connected} - sources
    if missing:
        raise _LedgersMissingError(missing)
    files = {
        case: case_file(events, known.law)
        for case, events in histories(connected, known.successors).items()
    }
    if created:
        recorded_at = known.ledgers.recorded_at
        deadline_table.replace(
            connection, {case: f.deadlines for case, f in files.items()}, recorded_at
        )
        finding_table.replace(
            connection, {case: f.findings for case, f in files.items()}, recorded_at
        )
    return files


def _conflicting(outcomes: Iterable[Outcome]) -> Iterable[tuple[EventKey, bytes]]:
    for outcome in outcomes:
        if outcome.status is Status.CONFLICT:
            yield outcome.submission.event.key, outcome.submission.digest


def _mentioned_sources(submissions: Iterable[Submission]) -> set[str]:
    return {
        other.source
        for submission in submissions
        for other in mentions(submission.event)
    }


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
    recorded_at = microseconds(ledgers.recorded_at)
    outcomes: list[Outcome] = []
    created: list[Entry] = []
    for index, submission in enumerate(submissions):
        event = submission.event
        key = event.key
        place = places.get(key)
        amended = _target(event)
        target = places.get(amended) if amended else None
        if (erased := _erased(place, target)) is not None:
            place, status = erased, Status.ERASED
        elif place is not None:
            same = place.digest == submission.digest
            status = Status.DUPLICATE if same else Status.CONFLICT
        elif target is not None and not _may_amend(event, target):
            place, status = target, Status.REFUSED
        else:
            salt = salts[SALT_BYTES * index : SALT_BYTES * (index + 1)]
            entry = next_line(submission, ledgers, salt, recorded_at)
            created.append(entry)
            places[key] = place = entry.place
            status = Status.CREATED
        outcomes.append(Outcome(submission, status, place))
    return outcomes, created


def _erased(*places: Place | None) -> Place | None:
    """Return the first of *places* at which something has been erased."""
    for place in places:
        if place is not None and place.digest is None:
            return place
    return None


def _may_amend(amendment: CaseEvent, target: Place) -> bool:
    """Tell whether *amendment* is of the case and kind of *target*, which is known."""
    if target.case_ref != amendment.case_ref:
        return False
    match amendment.data:
        case EventCorrected(data=data):
            return data.kind is target.kind
        case _:
            return target.kind not in (Kind.CORRECTION, Kind.RETRACTION)


def next_line(
    submission: Submission, ledgers: Ledgers, salt: bytes, recorded_at: int
) -> Entry:
    """Return the next line of the event's ledger, chained to the line before.

    *recorded_at* is that of *ledgers* in microseconds; their heads move on.
    """
    # What it says, and last when it is recorded: `_replace` takes three times as long.
    event = CaseEvent(*submission.event[:-1], ledgers.recorded_at)
    source = event.source
    sequence = ledgers.last_sequence[source] + 1
    committed = commitment(salt, submission.data)
    line = line_of(
        event, sequence=sequence, recorded_at=recorded_at, committed=committed
    )
    hashed = line_hash(line, ledgers.last_hash[source])
    ledgers.last_sequence[source] = sequence
    ledgers.last_hash[source] = hashed
    place = Place(
        sequence,
        ledgers.recorded_at,
        submission.digest,
        hashed,
        event.data.kind,
        event.case_ref,
    )
    return Entry(event, submission.data, salt, committed, place)
