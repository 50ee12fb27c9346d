"""CSV: the data of a document for machines, and for Finnish spreadsheets."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.exports.document import Coded, Document, Value, Withheld
from app.exports.harmless import harmless

_BYTE_ORDER_MARK = "\ufeff"


class Separator(StrEnum):
    """What stands between two cells."""

    COMMA = ","
    SEMICOLON = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a CSV file is written.

    A spreadsheet set to Finnish wants semicolons, and then decimal commas. Excel reads
    UTF-8 as such only behind a byte order mark.
    """

    separator: Separator = Separator.COMMA
    byte_order_mark: bool = False


def separated_values(document: Document, dialect: Dialect) -> bytes:
    """Return the data of *document* as CSV in which no cell can act as a formula."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=dialect.separator.value)
    writer.writerow([column.code for column in document.data.columns])
    writer.writerows(
        [_cell(value, dialect.separator) for value in row] for row in document.data.rows
    )
    mark = _BYTE_ORDER_MARK if dialect.byte_order_mark else ""
    return f"{mark}{lines.getvalue()}".encode()


def _cell(  # noqa: PLR0911 (one for each kind of value)
    value: Value, separator: Separator
) -> str | int | float | None:
    match value:
        case None | Withheld():
            return value
        case bool():
            return "true" if value else "false"
        case Coded(code=code):
            return harmless(code)
        case str():
            return harmless(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case float() if separator is Separator.SEMICOLON:
            return str(value).replace(".", ",")
        case _:
            return value
