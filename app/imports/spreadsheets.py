"""Files of rows, whatever their format."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeAlias

from app.imports.cells import Cell
from app.imports.csv_files import CsvFile
from app.imports.errors import ImportFileError
from app.imports.mapping import Layout
from app.imports.xlsx_files import XlsxFile

WriteRow: TypeAlias = Callable[[Sequence[Cell]], None]


class Spreadsheet(Protocol):
    """A file of rows that was found to be readable from its first row to its last."""

    @property
    def count(self) -> int:
        """Return the number of the last row that is not blank."""

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows up to that one."""

    def written(self, path: Path) -> AbstractContextManager[WriteRow]:
        """Give a writer of rows to a file of the same format that is no one else's."""


def open_spreadsheet(path: Path, layout: Layout) -> Spreadsheet:
    """Return the file at *path*, CSV or XLSX, which is told by its name.

    Raises:
        ImportFileError: it cannot be read.
    """
    match path.suffix.lower():
        case ".csv":
            return CsvFile(path, layout)
        case ".xlsx" | ".xlsm":
            return XlsxFile(path, layout)
        case _:
            raise ImportFileError(
                f"{path} is neither .csv nor .xlsx; save it as one of these."
            )
