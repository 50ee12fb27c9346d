"""The read model made anew from the events, or compared with what they say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from app.db import events as ledger
from app.db import read_model, rebuilding
from app.db.batches import Batch, batches, cases_in
from app.db.database import Connection, Database, hold_recording
from app.db.read_model import Version, comparable
from app.db.rebuilding import SCHEMA
from app.services import processes, replay
from app.services.replay import CASES_PER_BATCH, Circumstances

# How much is done of how much there is.
OnProgress = Callable[[int, int], None]
# A round takes a part of the time of the one before: in the end, little is late.
ROUNDS = 3


class CircumstancesChangedError(Exception):
    """A law or a succession was activated while the read model was being rebuilt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that stands in the read model and should not, or the other way round."""

    version: Version
    is_stored: bool


def rebuild(
    database: Database, *, on_progress: OnProgress = lambda _done, _all: None
) -> int:
    """Replay every event into a second read model and swap it in; return the cases.

    The service goes on meanwhile. An interrupted rebuild is taken up where it stopped.

    Raises:
        CircumstancesChangedError: what was rebuilt is discarded; call again.
        NotOwnerError: the database is not its owner's.
        ProcessLostError: a process that did a part of it was killed; call again.
        RebuildUnderWayError: somebody else rebuilds it; nothing is changed.
    """
    with database.at_once() as connection, rebuilding.alone(connection):
        return _rebuild(database, on_progress)


def check(
    database: Database, *, on_progress: OnProgress = lambda _done, _all: None
) -> Iterator[Difference]:
    """Give every difference between the read model and what the events say.

    Raises:
        ProcessLostError: a process that did a part of it was killed; call again.
    """
    with database.read() as question:
        parts = batches(question.connection, CASES_PER_BATCH)
    found_in = processes.each(database, _differences, parts)
    for done, found in enumerate(found_in, start=1):
        yield from found
        on_progress(done, len(parts))
    with database.read() as question:
        strays = read_model.strays(question.connection)
    for version in strays:
        yield Difference(version=version, is_stored=True)


def _rebuild(database: Database, on_progress: OnProgress) -> int:
    """Do as ``rebuild``, while nobody else does."""
    circumstances = _begin(database)
    parts = _divide(database)
    left = [part for part, is_done in parts.items() if not is_done]
    work = partial(_fill, circumstances=circumstances)
    cases = 0
    for each, count in enumerate(processes.each(database, work, left), start=1):
        cases += count
        on_progress(len(parts) - len(left) + each, len(parts))
    for _ in range(ROUNDS):
        with database.write() as connection:
            if _catch_up(connection, circumstances) < CASES_PER_BATCH:
                break
    with database.write() as connection:
        rebuilding.analyze(connection)
    with database.write() as connection:
        hold_recording(connection)
        is_current = replay.circumstances(connection) == circumstances
        if is_current:
            _catch_up(connection, circumstances)
            rebuilding.swap(connection)
        else:
            rebuilding.discard(connection)
    if not is_current:
        raise CircumstancesChangedError(
            "The law or a succession of sources changed meanwhile; run it again."
        )
    return cases


def _begin(database: Database) -> Circumstances:
    """Begin a rebuild, or take up one in whose circumstances nothing has changed."""
    with database.write() as connection:
        # Waits for an erasure that goes on: the next one sees that this has begun.
        hold_recording(connection)
        circumstances = replay.circumstances(connection)
        started_at = rebuilding.started_at(connection)
        if started_at is None or circumstances.changes_after(started_at):
            rebuilding.begin(connection, ledger.last_instant(connection))
    return circumstances


def _divide(database: Database) -> dict[Batch, bool]:
    """Return the parts of the rebuild, divided now if it is new; which are done?"""
    with database.write() as connection:
        if not rebuilding.parts(connection):
            rebuilding.divide(connection, batches(connection, CASES_PER_BATCH))
        return rebuilding.parts(connection)


def _fill(database: Database, part: Batch, *, circumstances: Circumstances) -> int:
    """Do *part* of the rebuild, unless it is done; return how many cases it has."""
    with database.write() as connection:
        if not rebuilding.take(connection, part):
            return 0
        cases = cases_in(connection, part)
        found: list[Version] = []
        for events in replay.components(connection, cases, circumstances.ever):
            found.extend(replay.versions(events, circumstances))
        read_model.put(connection, found, schema=SCHEMA)
    return len(cases)


def _catch_up(connection: Connection, circumstances: Circumstances) -> int:
    """Do the cases again of which something came since; return how many there were."""
    late = rebuilding.late_cases(connection)
    for start in range(0, len(late), CASES_PER_BATCH):
        cases = set(late[start : start + CASES_PER_BATCH])
        found: list[Version] = []
        for events in replay.together(connection, sorted(cases), circumstances.ever):
            cases |= {event.case for event in events}
            found.extend(replay.versions(events, circumstances))
        cases |= {version.case for version in found}
        read_model.forget(connection, sorted(cases), schema=SCHEMA)
        read_model.put(connection, found, schema=SCHEMA)
    return len(late)


def _differences(database: Database, part: Batch) -> list[Difference]:
    """Return where the cases of *part* differ, at one moment of both sides."""
    expected: set[Version] = set()
    with database.read() as question:
        connection = question.connection
        circumstances = replay.circumstances(connection)
        cases = cases_in(connection, part)
        looked_at = set()
        for events in replay.components(connection, cases, circumstances.ever):
            looked_at |= {event.case for event in events}
            expected |= {comparable(v) for v in replay.versions(events, circumstances)}
        looked_at |= {version.case for version in expected}
        stored = read_model.stored(connection, sorted(looked_at))
    return [
        Difference(version=version, is_stored=version in stored)
        for version in sorted(stored ^ expected, key=lambda v: (v.key, v.recorded_at))
    ]
