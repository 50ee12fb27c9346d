"""What became of each row: the result file, and the figures of the whole."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.domain.events import Kind
from app.imports.cells import Cell, text
from app.imports.errors import ImportFileError
from app.imports.filled_row import Problem
from app.imports.rows import Reading
from app.imports.spreadsheets import Spreadsheet, WriteRow
from app.security.personal_data import holds_personal_data
from app.services.intake import Outcome, Status

COLUMNS = ("status", "problem", "remedy")
HIDDEN = "***"


class RowStatus(StrEnum):
    """What became of a row; *new* is what a dry run says of a row that it would store.

    A row of several events is created if any of them is, and in conflict or rejected
    if any of them is; the others are stored all the same, except that nothing is
    stored of a row with a cell that is wrong.
    """

    NEW = "new"
    CREATED = "created"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    NOTHING = "nothing"


FAILED = frozenset({RowStatus.CONFLICT, RowStatus.REJECTED, RowStatus.UNAVAILABLE})

_CONFLICT = Problem(
    "an event of the same id says something else; that one stays",
    "If two rows have the same `id`, add a column to it. If the row was changed since "
    "it was imported, retract the event and tell it anew; see docs/import.md.",
)
_REFUSED = Problem(
    "the event that it is about is of another case, or cannot be retracted",
    "Name the id of an event of the same case.",
)
_ERASED = Problem(
    "it, or the event that it is about, was imported once and has been erased",
    "Leave it out: what has been erased is not recorded again.",
)
_UNAVAILABLE = Problem(
    "the database did not answer; none of this row is known to be stored",
    "Import the same file again; what is stored is a duplicate.",
)
_UNLIKE = {
    Status.CONFLICT: _CONFLICT,
    Status.REFUSED: _REFUSED,
    Status.ERASED: _ERASED,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row."""

    status: RowStatus
    problems: tuple[Problem, ...] = ()

    @property
    def cells(self) -> tuple[str, str, str]:
        """Return what stands in the three columns of the result."""
        messages = dict.fromkeys(problem.message for problem in self.problems)
        remedies = dict.fromkeys(problem.remedy for problem in self.problems)
        return self.status.value, "; ".join(messages), " ".join(remedies)


@dataclass(slots=True)
class Report:
    """What became of a file: its rows, the events in them, and what was wrong.

    *problems* counts the rows that have each.
    """

    rows: Counter[RowStatus] = field(default_factory=Counter)
    events: Counter[tuple[Kind, Status]] = field(default_factory=Counter)
    problems: Counter[Problem] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """Return the number of rows that are not stored as they are."""
        return sum(self.rows[status] for status in FAILED)

    def count(self, verdict: Verdict, outcomes: Sequence[Outcome]) -> None:
        """Add one row."""
        self.rows[verdict.status] += 1
        self.problems.update(verdict.problems)
        for outcome in outcomes:
            kind = outcome.submission.event.data.kind
            self.events[kind, outcome.status] += 1


def verdict(
    reading: Reading, outcomes: Sequence[Outcome] | None, *, created: RowStatus
) -> Verdict:
    """Return what became of a row whose events had *outcomes*, None if none is known.

    *created* is what is said of a row with an event that is created.
    """
    if reading.problems:
        return Verdict(RowStatus.REJECTED, reading.problems)
    if not reading.submissions:
        return Verdict(RowStatus.NOTHING)
    if outcomes is None:
        return Verdict(RowStatus.UNAVAILABLE, (_UNAVAILABLE,))
    unlike = tuple(
        Problem(
            f"{outcome.submission.event.data.kind}: {problem.message}", problem.remedy
        )
        for outcome in outcomes
        if (problem := _UNLIKE.get(outcome.status))
    )
    statuses = {outcome.status for outcome in outcomes}
    for status, of_row in (
        (Status.REFUSED, RowStatus.REJECTED),
        (Status.ERASED, RowStatus.REJECTED),
        (Status.CONFLICT, RowStatus.CONFLICT),
        (Status.CREATED, created),
    ):
        if status in statuses:
            return Verdict(of_row, unlike)
    return Verdict(RowStatus.DUPLICATE)


class ResultFile:
    """The rows of the input once more, with what became of each.

    A cell that tells who someone is, by an identity code, a phone number or an e-mail
    address, is hidden. The columns of an earlier result are left out, so that a result
    can be mended and imported.
    """

    def __init__(self, write: WriteRow, header: Sequence[Cell]) -> None:
        names = [text(cell) for cell in header]
        self._width = len(names)
        if tuple(names[-len(COLUMNS) :]) == COLUMNS:
            self._width -= len(COLUMNS)
        self._write = write

    def title(self, cells: Sequence[Cell]) -> None:
        """Write a row above the header."""
        self._write([_shown(cell) for cell in cells])

    def header(self, cells: Sequence[Cell]) -> None:
        """Write the header."""
        self._write([*self._own(cells), *COLUMNS])

    def row(self, cells: Sequence[Cell], became: Verdict | None) -> None:
        """Write a row below it, *became* being None of a blank one."""
        told = () if became is None else became.cells
        self._write([*self._own(cells), *told])

    def _own(self, cells: Sequence[Cell]) -> list[Cell]:
        shown = [_shown(cell) for cell in cells[: self._width]]
        return shown + [None] * (self._width - len(shown))


@contextmanager
def result_file(
    path: Path, spreadsheet: Spreadsheet, header: Sequence[Cell]
) -> Iterator[ResultFile]:
    """Give the file at *path*, of the format of *spreadsheet*; only we may read it.

    Raises:
        ImportFileError: it cannot be written.
    """
    try:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        with spreadsheet.written(path) as write:
            yield ResultFile(write, header)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be written: {error}.") from error


def _shown(cell: Cell) -> Cell:
    return HIDDEN if holds_personal_data(text(cell)) else cell
