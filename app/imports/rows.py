"""From a row to the events that it tells, checked like any other events."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.api import wire
from app.api.problems import Flaw, ProblemError
from app.imports.cells import Cell, is_blank
from app.imports.errors import CellError
from app.imports.filled_row import FilledRow, Problem
from app.imports.header import places
from app.imports.mapping import Column, EventMap, FileMap
from app.imports.wire_events import missed, place_of, wire_event
from app.security.hashes import References
from app.services.intake import Submission


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
    """Reads rows below *header* as the mapping says.

    Raises:
        ImportFileError: the header lacks a column that the mapping names.
    """

    def __init__(
        self,
        mapping: FileMap,
        header: Sequence[Cell],
        *,
        source: str,
        now: datetime,
        references: References = References.ANY,
    ) -> None:
        self._mapping = mapping
        self._width = len(header)
        self._places = places(mapping, header)
        self._source = source
        self._now = now
        self._references = references
        self._telling = _telling_columns(mapping)

    def read(self, cells: tuple[Cell, ...]) -> Reading:
        """Return what a row tells."""
        if is_blank(cells):
            return Reading(cells)
        row = FilledRow(cells, self._places)
        row.check(self._width)
        submissions = () if row.problems else tuple(self._submissions(row))
        if row.problems:
            return Reading(cells, problems=tuple(dict.fromkeys(row.problems)))
        return Reading(cells, submissions)

    def _submissions(self, row: FilledRow) -> Iterator[Submission]:
        for event in self._told(row):
            known = len(row.problems)
            value = wire_event(event, row, self._source)
            if len(row.problems) > known:
                continue
            try:
                yield wire.submission(
                    value,
                    source=self._source,
                    now=self._now,
                    references=self._references,
                )
            except ProblemError as error:
                for flaw in error.problem.errors:
                    row.complain(_place(event, flaw), _worded(flaw))

    def _told(self, row: FilledRow) -> Iterator[EventMap]:
        """Yield the events whose date is filled; complain of a date that is missed."""
        if self._mapping.kind is not None:
            yield from self._told_by_kind(row, self._mapping.kind)
            return
        for event in self._mapping.events:
            if row.text(event.when):
                yield event
                continue
            telling = self._telling.get(event.place)
            if telling and row.attempt(telling.name, partial(row.said, telling)):
                row.complain(event.when, missed(telling.name))

    def _told_by_kind(self, row: FilledRow, column: Column) -> Iterator[EventMap]:
        kind = row.attempt(column.name, partial(row.said, column))
        if kind == "" and not row.text(column.name):
            row.complain(column.name, CellError("the cell is empty", "Fill it in."))
        if not kind:
            return
        for event in self._mapping.events:
            if event.kind == kind:
                if row.text(event.when):
                    yield event
                else:
                    row.complain(event.when, missed(column.name))
                return
        row.complain(
            column.name,
            CellError(
                "the mapping has no [[event]] of this kind",
                "Add one, or a map of `values` for the column.",
            ),
        )


def _telling_columns(mapping: FileMap) -> dict[str, Column]:
    """Return, by the place of the event, the column that tells that it has happened.

    It is the one of a member that every such event has, and of no other event: where
    it is filled and the date is not, an event would be lost.
    """
    users = Counter(name for event in mapping.events for name in set(event.columns))
    return {
        event.place: origin
        for event in mapping.events
        for member, origin in event.data
        if member.is_required
        and isinstance(origin, Column)
        and origin.default is None
        and users[origin.name] == 1
    }


def _place(event: EventMap, flaw: Flaw) -> str:
    """Return the columns from which what is wrong comes."""
    if flaw.pointer.startswith("/occurred_"):
        return event.when
    given = [
        ("/id", place_of(event.id, event)),
        ("/case_ref", place_of(event.case_ref, event)),
        ("/registered_at", event.registered_at or ""),
        ("/sequence", event.sequence or ""),
        *((member.pointer, place_of(each, event)) for member, each in event.data),
    ]
    for pointer, place in given:
        if flaw.pointer == pointer or flaw.pointer.startswith(f"{pointer}/"):
            return place
    return event.kind.value


def _worded(flaw: Flaw) -> CellError:
    return CellError(flaw.message.removesuffix("."), flaw.remedy)
