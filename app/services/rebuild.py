"""The read model made anew from the events, or compared with what they say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.db import events as ledger
from app.db import rebuilding
from app.db.database import Connection, Database, begin_recording, hold_recording
from app.db.rebuilding import Progress, Version, comparable
from app.domain.events import CaseKey
from app.services import replay
from app.services.replay import CASES_PER_BATCH, Circumstances

OnProgress = Callable[[int], None]


class CircumstancesChangedError(Exception):
    """A law or a succession was activated while the read model was being rebuilt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that stands in the read model and should not, or the other way round."""

    version: Version
    is_stored: bool


def rebuild(database: Database, *, on_progress: OnProgress = lambda _: None) -> int:
    """Replay every event into a second read model and swap it in; return the cases.

    The service goes on meanwhile. An interrupted rebuild is taken up where it stopped.

    Raises:
        CircumstancesChangedError: what was rebuilt is discarded; call again.
        NotOwnerError: the database is not its owner's.
    """
    with database.read() as question:
        started_at = question.known_at
    with database.write() as connection:
        # Waits for an erasure that goes on: the next one sees that this has begun.
        hold_recording(connection)
        progress = rebuilding.prepare(connection, started_at)
        before = replay.circumstances(connection)
    last, done = progress.last, 0
    while True:
        with database.write() as connection:
            cases = ledger.cases_after(connection, last, CASES_PER_BATCH)
            if not cases:
                break
            last = cases[-1]
            versions = list(_versions(connection, cases, before))
            rebuilding.fill(connection, versions, last)
        done += len(cases)
        on_progress(done)
    with database.write() as connection:
        hold_recording(connection)
        if replay.circumstances(connection) != before:
            rebuilding.discard(connection)
            is_swapped = False
        else:
            _catch_up(connection, progress, before)
            rebuilding.swap(connection)
            is_swapped = True
    if not is_swapped:
        raise CircumstancesChangedError(
            "The law or a succession of sources changed meanwhile; run it again."
        )
    return done


def check(
    database: Database, *, on_progress: OnProgress = lambda _: None
) -> Iterator[Difference]:
    """Give every difference between the read model and what the events say."""
    last: CaseKey | None = None
    done = 0
    while True:
        with database.write() as connection:
            cases = ledger.cases_after(connection, last, CASES_PER_BATCH)
            if not cases:
                break
            # Held still while a batch lasts, so that both sides are of one moment.
            begin_recording(connection)
            ledger.lock_ledgers(connection, {case.source for case in cases})
            found = list(_differences(connection, cases))
        yield from found
        last = cases[-1]
        done += len(cases)
        on_progress(done)
    with database.write() as connection:
        strays = rebuilding.strays(connection)
    for version in strays:
        yield Difference(version=version, is_stored=True)


def _differences(connection: Connection, cases: list[CaseKey]) -> Iterator[Difference]:
    circumstances = replay.circumstances(connection)
    expected: set[Version] = set()
    looked_at = set()
    for events in replay.components(connection, cases, circumstances.ever):
        looked_at |= {event.case for event in events}
        expected |= {comparable(v) for v in replay.versions(events, circumstances)}
    looked_at |= {CaseKey(v.key.source, v.key.case_ref) for v in expected}
    stored = rebuilding.stored(connection, sorted(looked_at))
    for version in sorted(stored ^ expected, key=lambda v: (v.key, v.recorded_at)):
        yield Difference(version=version, is_stored=version in stored)


def _versions(
    connection: Connection, cases: list[CaseKey], circumstances: Circumstances
) -> Iterator[Version]:
    for events in replay.components(connection, cases, circumstances.ever):
        yield from replay.versions(events, circumstances)


def _catch_up(
    connection: Connection, progress: Progress, circumstances: Circumstances
) -> None:
    """Do the cases again of which something was recorded since the rebuild began."""
    late = ledger.cases_since(connection, progress.started_at)
    for events in replay.together(connection, late, circumstances.ever):
        found = list(replay.versions(events, circumstances))
        keys = {CaseKey(version.key.source, version.key.case_ref) for version in found}
        rebuilding.forget(connection, sorted(keys | {event.case for event in events}))
        rebuilding.fill(connection, found)
