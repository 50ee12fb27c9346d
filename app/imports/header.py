"""The header of a file: where the columns stand that the mapping names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from unicodedata import normalize

from app.imports.cells import Cell, text
from app.imports.errors import ImportFileError
from app.imports.mapping import FileMap
from app.imports.toml_table import did_you_mean


def places(mapping: FileMap, header: Sequence[Cell]) -> dict[str, int]:
    """Return the place of each column that the mapping names, from 0.

    Line breaks and the number of spaces in a name make no difference.

    Raises:
        ImportFileError: a column is not there, or there twice.
    """
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(header):
        found[_plain(text(cell))].append(place)
    wrong = [
        _wrong(name, found.keys(), len(found.get(_plain(name), ())))
        for name in sorted(mapping.columns)
        if len(found.get(_plain(name), ())) != 1
    ]
    if wrong:
        row = mapping.layout.header_row
        raise ImportFileError(
            f"The columns of the mapping are not those of the file, whose header is "
            f"row {row} (`header_row` in [file]):\n  " + "\n  ".join(wrong)
        )
    return {name: found[_plain(name)][0] for name in mapping.columns}


def _wrong(name: str, known: Iterable[str], count: int) -> str:
    if count:
        return f"`{name}` is there {count} times; rename all but one."
    return f"`{name}` is not there{did_you_mean(_plain(name), known)}."


def _plain(name: str) -> str:
    return " ".join(normalize("NFC", name).split())
