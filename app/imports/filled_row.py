"""One row below the header: its cells by the names of their columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.domain.events import Kind
from app.imports.cells import Cell, Unreadable, is_blank, text
from app.imports.errors import CellError
from app.imports.mapping import Column, Template
from app.security.personal_data import PersonalData, personal_data_in

_Value = TypeVar("_Value")

_PERSONAL_DATA = {
    PersonalData.IDENTITY_CODE: CellError(
        "the cell holds a personal identity code",
        "Use a pseudonymous reference; never send a personal identity code.",
    ),
    PersonalData.PHONE_NUMBER: CellError(
        "the cell holds what looks like a phone number",
        "Empty the cell, or leave the column out of the mapping.",
    ),
    PersonalData.EMAIL_ADDRESS: CellError(
        "the cell holds what looks like an e-mail address",
        "Empty the cell, or leave the column out of the mapping.",
    ),
}
_UNREADABLE = {
    Unreadable.ERROR: CellError(
        "the cell holds an error of the spreadsheet",
        "Mend the formula, or write the value.",
    ),
    Unreadable.UNCALCULATED: CellError(
        "the cell holds a formula that was never calculated",
        "Open the file in a spreadsheet program and save it.",
    ),
}
_TOO_LONG = CellError(
    "it has more cells than the header",
    "Put texts in which the delimiter stands in quotation marks.",
)
_NO_KEY = CellError(
    "the cell is empty, and the id of the event is made of it", "Fill it in."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, and what to do; no value of a cell is repeated."""

    message: str
    remedy: str


class FilledRow:
    """A row in which something stands; what is wrong with it gathers in *problems*."""

    def __init__(self, cells: Sequence[Cell], places: Mapping[str, int]) -> None:
        self._cells = cells
        self._places = places
        self.problems: list[Problem] = []

    def check(self, width: int) -> None:
        """Complain of cells that no one may read, and of a row wider than its header.

        Only columns that the mapping names are looked at.
        """
        if not is_blank(self._cells[width:]):
            self.complain("row", _TOO_LONG)
        for name in self._places:
            cell = self.cell(name)
            if isinstance(cell, Unreadable):
                self.complain(name, _UNREADABLE[cell])
            else:
                for kind in personal_data_in(text(cell)):
                    self.complain(name, _PERSONAL_DATA[kind])

    def cell(self, name: str) -> Cell:
        """Return what stands in a column; a row may end before it."""
        place = self._places[name]
        return self._cells[place] if place < len(self._cells) else None

    def text(self, name: str) -> str:
        """Return what is written in a column, "" if nothing is."""
        return text(self.cell(name))

    def said(self, column: Column) -> str:
        """Return what the cell means, "" if it says nothing.

        Raises:
            CellError: the mapping does not tell what it means.
        """
        return said(column, self.text(column.name))

    def rendered(self, template: Template, kind: Kind) -> str:
        """Return the text that *template* makes, "" if a cell for it is empty."""
        if not all(map(self.text, template.columns)):
            return ""
        return template.rendered(kind, self.text)

    def key(self, template: Template, kind: Kind) -> str:
        """Return the id that *template* makes; complain of cells that are empty."""
        for name in template.columns:
            if not self.text(name):
                self.complain(name, _NO_KEY)
        return self.rendered(template, kind)

    def attempt(self, place: str, make: Callable[[], _Value]) -> _Value | None:
        """Return what *make* does, or None and complain of *place*."""
        try:
            return make()
        except CellError as error:
            self.complain(place, error)
            return None

    def complain(self, place: str, error: CellError) -> None:
        """Note what is wrong with *place*."""
        self.problems.append(Problem(f"{place}: {error.message}", error.remedy))


def said(column: Column, written: str) -> str:
    """Return what *written* means in *column*, "" if it says nothing.

    Raises:
        CellError: the mapping does not tell what it means.
    """
    if not written:
        return column.default or ""
    if column.values is None:
        return written
    meaning = column.values.meaning(written)
    if meaning is None:
        raise CellError(
            f"the value is not in {column.values.name}",
            f"Add it to {column.values.name} of the mapping, or mend the cell.",
        )
    return meaning
