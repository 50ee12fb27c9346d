"""The one way in: every event, from wherever it comes, is recorded here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db.database import Database, begin_recording
from app.db.events import CaseKey, Entry, EventKey, Ledgers, Place
from app.domain.deadlines import Deadline, deadlines
from app.domain.events import CaseEvent
from app.domain.law import Law


class Status(StrEnum):
    """What became of a submission."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An event as it was sent: what it says, its data as text, and its digest."""

    event: CaseEvent
    data: str
    digest: bytes

    @property
    def key(self) -> EventKey:
        """Return the identity of the event, which is for ever."""
        return EventKey(self.event.source, self.event.event_id)

    @property
    def case(self) -> CaseKey:
        """Return the identity of the case."""
        return CaseKey(self.event.source, self.event.case_ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one submission, with the clocks of its case.

    *place* is that of the event in its source's ledger; for a conflict it is the place
    of the event that came first and stays.
    """

    submission: Submission
    status: Status
    place: Place
    clocks: tuple[Deadline, ...]


def record(
    database: Database, law: Law, submissions: Sequence[Submission]
) -> tuple[Outcome, ...]:
    """Record *submissions* in one transaction and return an outcome for each, in order.

    When this returns, every created event is committed and the deadlines of its case
    are those of its whole history. An event that was accepted before is a duplicate
    if its digest is the same, and a conflict if not; either changes nothing.

    Raises:
        DatabaseUnavailableError: nothing is stored, or it is unknown; sending the
            same again is safe.
    """
    if not submissions:
        return ()
    with database.write() as connection:
        begin_recording(connection)
        ledgers = ledger.lock_ledgers(connection, {s.event.source for s in submissions})
        places = ledger.places(connection, {s.key for s in submissions})
        judged = _judge(submissions, places, ledgers)
        histories = ledger.histories(connection, {s.case for s in submissions})

        created = [_entry(o) for o in judged if o.status is Status.CREATED]
        for entry in created:
            event = entry.event
            histories[CaseKey(event.source, event.case_ref)].append(event)
        clocks = {case: deadlines(events, law) for case, events in histories.items()}
        if created:
            ledger.append(connection, created)
            touched = {CaseKey(e.event.source, e.event.case_ref) for e in created}
            deadline_table.replace(
                connection,
                {case: clocks[case] for case in touched},
                ledgers.recorded_at,
            )
    return tuple(replace(o, clocks=clocks.get(o.submission.case, ())) for o in judged)


def _judge(
    submissions: Sequence[Submission], places: dict[EventKey, Place], ledgers: Ledgers
) -> list[Outcome]:
    """Tell new events from known ones, and give the new ones their places."""
    outcomes = []
    for submission in submissions:
        place = places.get(submission.key)
        if place is None:
            source = submission.event.source
            ledgers.last_sequence[source] += 1
            place = Place(
                ledgers.last_sequence[source], ledgers.recorded_at, submission.digest
            )
            places[submission.key] = place
            status = Status.CREATED
        elif place.digest == submission.digest:
            status = Status.DUPLICATE
        else:
            status = Status.CONFLICT
        outcomes.append(
            Outcome(submission=submission, status=status, place=place, clocks=())
        )
    return outcomes


def _entry(outcome: Outcome) -> Entry:
    return Entry(
        event=outcome.submission.event,
        data=outcome.submission.data,
        digest=outcome.submission.digest,
        sequence=outcome.place.sequence,
        recorded_at=outcome.place.recorded_at,
    )
