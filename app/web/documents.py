"""Reports on a page: the very document that is written to paper and into files."""

from dataclasses import dataclass, replace
from typing import assert_never

from markupsafe import Markup

from app.domain.texts import Language
from app.exports import wording
from app.exports.charts import svg
from app.exports.document import (
    Document,
    Kind,
    Paragraph,
    Part,
    Passage,
    Plot,
    Table,
)

_NUMBERS = frozenset({Kind.COUNT, Kind.NUMBER, Kind.SHARE})


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A value in words; one that opens leads to what it is made of."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table in words; a column of numbers stands to the right.

    *codes* are the names of its columns for programs.
    """

    title: str
    codes: tuple[str, ...]
    headings: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[ShownCell, ...], ...]
    totals: tuple[tuple[ShownCell, ...], ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """A part of a section: sentences, or a table, and a picture of the same.

    *lang* is the language of sentences that may be in another one than the page.
    """

    paragraphs: tuple[str, ...] = ()
    lang: str = ""
    heading: str = ""
    picture: Markup | None = None
    table: ShownTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument:
    """A document in words, to be placed by a template."""

    title: str
    subtitle: str
    audience: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[ShownPart, ...]], ...]
    definitions: tuple[tuple[str, str], ...]


def shown(document: Document) -> ShownDocument:
    """Return *document* as its readers see it."""
    language = document.language
    return ShownDocument(
        title=document.title,
        subtitle=document.subtitle,
        audience=document.audience,
        facts=tuple(
            (fact.name, wording.written(fact.value, fact.kind, language))
            for fact in document.facts
        ),
        sections=tuple(
            (section.heading, tuple(_part(part, language) for part in section.parts))
            for section in document.sections
        ),
        definitions=tuple((each.term, each.text) for each in document.definitions),
    )


def _part(part: Part, language: Language) -> ShownPart:
    match part:
        case Paragraph(text=text):
            return ShownPart(paragraphs=(text,))
        case Passage(heading=heading, paragraphs=paragraphs, language=spoken):
            return ShownPart(heading=heading, paragraphs=paragraphs, lang=spoken)
        case Table():
            return ShownPart(table=shown_table(part, language))
        case Plot(chart=chart, twin=twin):
            # Drawn by us as XML, so every text in it is escaped.
            picture = Markup(svg(chart, language))  # noqa: S704
            table = shown_table(
                replace(twin, title=twin.title or chart.title), language
            )
            return ShownPart(heading=chart.title, picture=picture, table=table)
        case _:
            assert_never(part)


def shown_table(table: Table, language: Language) -> ShownTable:
    """Return *table* in words."""
    rows = tuple(
        tuple(
            ShownCell(wording.written(value, column.kind, language))
            for value, column in zip(row, table.columns, strict=True)
        )
        for row in table.rows
    )
    body = len(rows) - table.totals
    return ShownTable(
        title=table.title,
        codes=tuple(column.code for column in table.columns),
        headings=tuple(
            (column.heading, column.kind in _NUMBERS or column.code == "interval")
            for column in table.columns
        ),
        rows=rows[:body],
        totals=rows[body:],
        note=table.note,
    )
