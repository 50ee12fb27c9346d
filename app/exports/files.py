"""A document as a file of one of the formats."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from app.exports.document import Document
from app.exports.paper import paper
from app.exports.separated_values import Dialect, separated_values
from app.exports.spreadsheets import spreadsheet

_UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class FileFormat(StrEnum):
    """The formats of files."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


MEDIA_TYPES = {
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    FileFormat.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A format, and the dialect if it is CSV."""

    format: FileFormat
    dialect: Dialect


def written(document: Document, form: Form) -> bytes:
    """Return *document* as the bytes of a file."""
    match form.format:
        case FileFormat.CSV:
            return separated_values(document, form.dialect)
        case FileFormat.XLSX:
            return spreadsheet(document)
        case FileFormat.PDF:
            return paper(document)
        case _:
            assert_never(form.format)


def file_name(document: Document, form: Form) -> str:
    """Return the name under which *document* is kept."""
    return f"{_UNSAFE_IN_NAMES.sub('-', document.name)}.{form.format.value}"
