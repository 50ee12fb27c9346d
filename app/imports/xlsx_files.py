"""XLSX files, read as values and written without a formula in them."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from app.imports.cells import Cell, Unreadable, is_blank
from app.imports.errors import ImportFileError
from app.imports.mapping import Layout

_DAY_FORMAT = "d.m.yyyy"
_INSTANT_FORMAT = "d.m.yyyy h:mm:ss"
# What openpyxl raises at files that are no, or no whole, XLSX.
_MALFORMED = (
    BadZipFile,
    InvalidFileException,
    KeyError,
    OSError,
    ParseError,
    TypeError,
    ValueError,
)


class XlsxFile:
    """A sheet of an XLSX file: the one that the mapping names, or else the first."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._sheet = layout.sheet
        # Where a formula stands that was never calculated, the value alone would look
        # like an empty cell, and what it tells would be lost without a word.
        self._formulas: set[tuple[int, int]] = set()
        self.count = 0
        try:
            with _values(path, self._sheet, of_formulas=False) as rows:
                for number, cells in enumerate(rows, start=1):
                    self._look_at(number, cells)
        except _MALFORMED as error:
            raise ImportFileError(
                f"{path} cannot be read as XLSX: {error}. Save it anew from a "
                "spreadsheet program."
            ) from error

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows up to the last that is not blank."""
        with _values(self._path, self._sheet, of_formulas=True) as rows:
            for number, cells in enumerate(islice(rows, self.count), start=1):
                yield tuple(
                    Unreadable.UNCALCULATED
                    if value is None and (number, column) in self._formulas
                    else value
                    for column, value in enumerate(cells)
                )

    @contextmanager
    def written(self, path: Path) -> Iterator[Callable[[Sequence[Cell]], None]]:
        """Give a writer of rows to the only sheet of a file."""
        workbook = openpyxl.Workbook(write_only=True)
        sheet = workbook.create_sheet(self._sheet)

        def write(cells: Sequence[Cell]) -> None:
            sheet.append([_styled(sheet, cell) for cell in cells])

        yield write
        workbook.save(path)

    def _look_at(self, number: int, cells: Sequence[Cell]) -> None:
        if is_blank(cells):
            return
        self.count = number
        for column, value in enumerate(cells):
            if value is _FORMULA:
                self._formulas.add((number, column))


# Stands for any formula while the file is looked through.
_FORMULA = Unreadable.UNCALCULATED


@contextmanager
def _values(
    path: Path, sheet: str | None, *, of_formulas: bool
) -> Iterator[Iterator[tuple[Cell, ...]]]:
    """Give the rows of a sheet, with what formulas came to or a sign for each."""
    with warnings.catch_warnings():
        # openpyxl tells of whatever it does not keep; nothing of that is read here.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=of_formulas)
        try:
            yield _rows(_chosen(workbook, path, sheet))
        finally:
            workbook.close()


def _chosen(workbook: Workbook, path: Path, name: str | None) -> Any:  # noqa: ANN401 (the stubs know no read-only sheet here)
    for sheet in workbook.worksheets:
        if name in {None, sheet.title}:
            return sheet
    raise ImportFileError(
        f"{path} has no sheet {name}; name one of its sheets as `sheet` in [file] of "
        "the mapping."
    )


def _rows(sheet: Any) -> Iterator[tuple[Cell, ...]]:  # noqa: ANN401 (as above)
    # Some programs write a wrong size, after which nothing more would be read.
    sheet.reset_dimensions()
    for cells in sheet.iter_rows():
        yield tuple(_value(cell.data_type, cell.value) for cell in cells)


def _value(data_type: str, value: Cell) -> Cell:
    match data_type:
        case "e":
            return Unreadable.ERROR
        case "f":
            return _FORMULA
        case _:
            return value


def _styled(sheet: Any, value: Cell) -> Any:  # noqa: ANN401 (as above)
    if not isinstance(value, str):
        cell: Any = WriteOnlyCell(sheet)
        cell.value = value
        if isinstance(value, datetime):
            is_day = value.time() == time()
            cell.number_format = _DAY_FORMAT if is_day else _INSTANT_FORMAT
        return cell
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    # Told that it is a text, no program takes it for a formula, and none for an error.
    cell.data_type = "s"
    return cell
