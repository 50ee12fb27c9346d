"""From a row to the events that it tells, checked like any other events."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeAlias, TypeVar
from unicodedata import normalize

from pydantic import JsonValue

from app.api import wire
from app.api.errors import Flaw, ProblemError
from app.domain.events import Kind
from app.imports.cells import Cell, Unreadable, instant, is_blank, moment, text, whole
from app.imports.errors import CellError, ImportFileError
from app.imports.mapping import (
    Assignment,
    Column,
    Constant,
    EventMap,
    FileMap,
    Origin,
    Template,
    columns_of,
    parts,
)
from app.imports.members import Form
from app.imports.toml_table import did_you_mean
from app.security import contains_identity_code
from app.services.intake import Submission

_Value = TypeVar("_Value")
_Json: TypeAlias = dict[str, JsonValue]

_IDENTITY_CODE = CellError(
    "the cell holds a personal identity code",
    "Use a pseudonymous reference; never send a personal identity code.",
)
_UNREADABLE = {
    Unreadable.ERROR: CellError(
        "the cell holds an error of the spreadsheet, as #N/A",
        "Mend the formula, or write the value.",
    ),
    Unreadable.UNCALCULATED: CellError(
        "the cell holds a formula that was never calculated",
        "Open the file in a spreadsheet program and save it.",
    ),
}
_TOO_LONG = CellError(
    "the row has more cells than the header",
    "Quote texts in which the delimiter stands.",
)
_EMPTY = CellError("the cell is empty", "Fill it in.")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, and what to do; no value of a cell is repeated."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A row and the events that it tells; with any problem it tells none."""

    cells: tuple[Cell, ...]
    submissions: tuple[Submission, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Say whether nothing stands in the row."""
        return is_blank(self.cells)


class RowReader:
    """Reads rows below *header* as the mapping says."""

    def __init__(
        self, mapping: FileMap, header: Sequence[Cell], *, source: str, now: datetime
    ) -> None:
        self._mapping = mapping
        self._width = len(header)
        self._places = _places(mapping, header)
        self._source = source
        self._now = now
        self._telling = _telling_columns(mapping)

    def read(self, cells: tuple[Cell, ...]) -> Reading:
        """Return what a row tells."""
        row = _Row(cells, self._places)
        if is_blank(cells):
            return Reading(cells)
        row.check(self._width)
        if not row.problems:
            submissions = tuple(self._submissions(row))
            if not row.problems:
                return Reading(cells, submissions)
        return Reading(cells, problems=tuple(dict.fromkeys(row.problems)))

    def _submissions(self, row: "_Row") -> Iterator[Submission]:
        for event in self._events(row):
            value = self._event(event, row)
            if value is None:
                continue
            try:
                yield wire.submission(value, source=self._source, now=self._now)
            except ProblemError as error:
                for flaw in error.problem.errors:
                    row.complain(event, _place(event, flaw), _worded(flaw))

    def _events(self, row: "_Row") -> Iterator[EventMap]:
        """Yield the events whose date is filled in, or is missed in *row*."""
        column = self._mapping.kind
        kind = None if column is None else row.attempt(None, column, row.word)
        for event in self._mapping.events:
            if column is not None and kind != event.kind:
                continue
            if row.is_filled(event.when):
                yield event
            elif column is not None or row.is_filled(self._telling.get(event.place)):
                row.complain(event, event.when, _EMPTY)
        if kind and kind not in {event.kind for event in self._mapping.events}:
            ...

    def _event(self, event: EventMap, row: "_Row") -> _Json | None:
        """Return the event as a client system would write it, None if it cannot be."""
