"""CSV files, read as text and written so that no cell acts as a formula."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from app.imports.cells import Cell, is_blank, text
from app.imports.errors import ImportFileError
from app.imports.mapping import Layout

# A spreadsheet takes a text that begins with one of these for a formula; in the wide
# forms too, which Japanese keyboards write.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


class CsvFile:
    """A CSV file in the delimiter and encoding that the mapping names."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._layout = layout
        self.count = 0
        try:
            for number, cells in enumerate(self._all(), start=1):
                if not is_blank(cells):
                    self.count = number
        except OSError as error:
            raise ImportFileError(f"{path} cannot be read: {error}.") from error
        except UnicodeError as error:
            raise ImportFileError(
                f"{path} is not {layout.encoding}; say which `encoding` it has in "
                "[file] of the mapping, often cp1252."
            ) from error
        except csv.Error as error:
            raise ImportFileError(f"{path} is not well-formed: {error}.") from error

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows up to the last that is not blank."""
        return islice(self._all(), self.count)

    @contextmanager
    def written(self, path: Path) -> Iterator[Callable[[Sequence[Cell]], None]]:
        """Give a writer of rows in the same delimiter and encoding."""
        # Every word of the input can be written; of ours a letter may be missing.
        with path.open(
            "w", encoding=self._layout.encoding, errors="replace", newline=""
        ) as lines:
            writer = csv.writer(lines, delimiter=self._layout.delimiter)
            yield lambda cells: writer.writerow([harmless(text(c)) for c in cells])

    def _all(self) -> Iterator[tuple[str, ...]]:
        encoding = self._layout.encoding
        # A byte order mark is no part of the first name, whatever the mapping says.
        if encoding == "utf-8":
            encoding = "utf-8-sig"
        with self._path.open(encoding=encoding, newline="") as lines:
            delimiter = self._layout.delimiter
            for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                yield tuple(map(_as_it_was, cells))


def harmless(written: str) -> str:
    """Return *written* such that a spreadsheet shows it; plain numbers stay numbers.

    >>> harmless("=1+1"), harmless("-5"), harmless("Leppävaara")
    ("'=1+1", '-5', 'Leppävaara')
    """
    acts = _FORMULA.match(written) and not _NUMBER.fullmatch(written)
    return f"'{written}" if acts else written


def _as_it_was(written: str) -> str:
    """Undo ``harmless``, so that a result, mended, is imported like the input."""
    rest = written.removeprefix("'")
    return rest if harmless(rest) == written else written
