"""What is put on paper or into a file: finished values, in one language."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from app.domain.texts import Language
from app.exports.charts.model import Chart


class Kind(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    INSTANT = "instant"
    YES_OR_NO = "yes_or_no"


class Withheld(StrEnum):
    """Stands where a figure is hidden, so that nobody is recognised by it.

    Official statistics of Finland write two points for it.
    """

    FEW = ".."


@dataclass(frozen=True, slots=True)
class Coded:
    """A *code* for machines, which people know under its *label*."""

    code: str
    label: str


# None is what there is not: an open deadline has no day on which it was met.
Value: TypeAlias = str | bool | int | float | date | datetime | Coded | Withheld | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; *code* is its name for machines, *heading* for people."""

    code: str
    heading: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of values under columns; the last *totals* rows sum the others up."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A chart and the table that says the same."""

    chart: Chart
    twin: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Sentences under a heading of their own, all of them in *language*."""

    heading: str
    paragraphs: tuple[str, ...]
    language: Language


Part: TypeAlias = Paragraph | Passage | Table | Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands under one heading."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to know of a document, such as the day that it speaks of."""

    name: str
    value: Value
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a word of the document means."""

    term: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report or list, made once and written in any format.

    *data* is all of it as one table for machines and spreadsheets, *sections* what
    people read. *audience* says whom it is for. *name* is that of its file, without
    ending; *made_at* the instant of what it knows, which is also what a file says of
    its making: the same question gives the same file. *watermark* tells what tells one
    copy from all others, where it must be known who has taken it.
    """

    name: str
    title: str
    subtitle: str
    audience: str
    language: Language
    made_at: datetime
    facts: tuple[Fact, ...]
    data: Table
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    watermark: str | None = None
