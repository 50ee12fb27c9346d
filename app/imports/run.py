"""Importing a file: row by row into the one way in, a thousand events at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from app.db.database import Database, DatabaseUnavailableError
from app.domain.events import OWN_SOURCE, EventKey
from app.imports.errors import ImportFileError
from app.imports.mapping import FileMap
from app.imports.results import Report, ResultFile, RowStatus, result_file, verdict
from app.imports.rows import Reading, RowReader
from app.imports.spreadsheets import open_spreadsheet
from app.security.hashes import References
from app.services import intake, reference_rules
from app.services.intake import Outcome, Status, Submission

PER_TRANSACTION = 1_000

Progress: TypeAlias = Callable[[int, int], None]
_Take: TypeAlias = Callable[[Sequence[Submission]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A file to be imported as events of *source*, and where to tell what became."""

    file: Path
    mapping: FileMap
    source: str
    result: Path


def rehearse(
    database: Database, job: Job, *, now: datetime, on_progress: Progress
) -> Report:
    """Check every row, tell what ``store`` would do, and store nothing.

    *on_progress* is told the rows that are done, and all that there are.

    Raises:
        ImportFileError: the file as a whole cannot be imported.
    """
    take = _Rehearsal(database)
    references = reference_rules.of(database, job.source)
    return _run(job, take, RowStatus.NEW, references, now=now, on_progress=on_progress)


def store(
    database: Database, job: Job, *, now: datetime, on_progress: Progress
) -> Report:
    """Record the events of every row without a problem, and return what became.

    Once the database does not answer nothing more is tried. To import the file again
    is always safe.

    Raises:
        ImportFileError: the file as a whole cannot be imported; nothing was stored.
    """

    def take(submissions: Sequence[Submission]) -> Sequence[Outcome]:
        return intake.record(database, submissions)

    references = reference_rules.of(database, job.source)
    return _run(
        job, take, RowStatus.CREATED, references, now=now, on_progress=on_progress
    )


class _Rehearsal:
    """Previews one transaction after another as if those before had been stored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._digests: dict[EventKey, bytes] = {}

    def __call__(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        outcomes = [
            self._after_earlier_ones(outcome)
            for outcome in intake.preview(self._database, submissions)
        ]
        for outcome in outcomes:
            if outcome.status is Status.CREATED:
                submission = outcome.submission
                self._digests[submission.event.key] = submission.digest
        return outcomes

    def _after_earlier_ones(self, outcome: Outcome) -> Outcome:
        digest = self._digests.get(outcome.submission.event.key)
        if digest is None:
            return outcome
        is_same = digest == outcome.submission.digest
        return outcome._replace(status=Status.DUPLICATE if is_same else Status.CONFLICT)


def _run(
    job: Job,
    take: _Take,
    created: RowStatus,
    references: References,
    *,
    now: datetime,
    on_progress: Progress,
) -> Report:
    if job.source == OWN_SOURCE:
        raise ImportFileError(
            f"{OWN_SOURCE} is the service's own; name another source."
        )
    if job.result.resolve() == job.file.resolve():
        raise ImportFileError(f"{job.result} is the input; name another result.")
    spreadsheet = open_spreadsheet(job.file, job.mapping.layout)
    rows = spreadsheet.rows()
    above = job.mapping.layout.header_row - 1
    titles = list(islice(rows, above))
    header = next(rows, None)
    if header is None:
        raise ImportFileError(f"{job.file} has no row {above + 1} for a header.")
    reader = RowReader(
        job.mapping, header, source=job.source, now=now, references=references
    )

    report = Report()
    done = above + 1
    with result_file(job.result, spreadsheet, header) as result:
        for title in titles:
            result.title(title)
        result.header(header)
        for readings, outcomes in _taken(map(reader.read, rows), take):
            _tell(readings, outcomes, created, report, result)
            done += len(readings)
            on_progress(done, spreadsheet.count)
    return report


def _taken(
    readings: Iterable[Reading], take: _Take
) -> Iterator[tuple[Sequence[Reading], Sequence[Outcome] | None]]:
    """Yield the rows of each transaction and the outcomes, None if none is known."""
    is_available = True
    for group in _transactions(readings):
        outcomes = None
        if is_available:
            try:
                outcomes = take([each for row in group for each in row.submissions])
            except DatabaseUnavailableError:
                is_available = False
        yield group, outcomes


def _transactions(readings: Iterable[Reading]) -> Iterator[Sequence[Reading]]:
    """Yield rows in groups with at most a thousand events; no row is torn apart."""
    group: list[Reading] = []
    events = 0
    for reading in readings:
        events += len(reading.submissions)
        if events > PER_TRANSACTION or len(group) == PER_TRANSACTION:
            yield group
            group, events = [], len(reading.submissions)
        group.append(reading)
    yield group


def _tell(
    readings: Sequence[Reading],
    outcomes: Sequence[Outcome] | None,
    created: RowStatus,
    report: Report,
    result: ResultFile,
) -> None:
    """Say in the result and the report what became of each row."""
    following = iter(outcomes or ())
    for reading in readings:
        if reading.is_blank:
            result.row(reading.cells, None)
            continue
        own = tuple(islice(following, len(reading.submissions)))
        became = verdict(reading, None if outcomes is None else own, created=created)
        report.count(became, own)
        result.row(reading.cells, became)
