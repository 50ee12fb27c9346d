"""PDF: pages, set by Typst, that a screen reader can read as well."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias, assert_never

from app.domain.texts import Language, Text
from app.exports import charts
from app.exports.document import (
    Document,
    Kind,
    Paragraph,
    Part,
    Passage,
    Plot,
    Section,
    Table,
)
from app.exports.harmless import readable, written_out
from app.exports.numbers import instant
from app.exports.wording import (
    DEFINITIONS,
    FACT,
    FACTS,
    OF,
    PAGE,
    VALUE,
    WITHHELD,
    facts,
    withholds,
    written,
)

if TYPE_CHECKING:
    from typst import Fonts

# From so many columns on a page lies on its side.
_MANY_COLUMNS = 11
# Cells and words of headings of more letters are broken into lines; the rest is room
# between the columns.
_WIDEST_CELL, _WIDEST_WORD, _ROOM = 20, 10, 3
_NUMBERS = frozenset({Kind.COUNT, Kind.NUMBER, Kind.SHARE})
_MADE = Text(
    fi="Määräaika · tiedot {at}",
    sv="Määräaika · uppgifter {at}",
    en="Määräaika · as known {at}",
)
# What the embedded font can show: Latin with every letter of Finnish, Swedish and Sámi,
# Greek, Cyrillic, and the signs that we write. A letter without a shape would not be
# read aloud either, so it is written as its number.
_SHOWN = (
    *((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x1CD, 0x1F0), (0x218, 0x21B)),
    *((0x386, 0x386), (0x388, 0x38A), (0x38E, 0x3A1), (0x3A3, 0x3CE)),
    *((0x400, 0x45F), (0x1E9E, 0x1E9E), (0x2010, 0x2015), (0x2018, 0x201E)),
    *((0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x20AC, 0x20AC)),
    *((0x2212, 0x2212), (0x2264, 0x2265)),
)

Json: TypeAlias = "str | float | bool | list[Json] | dict[str, Json]"


def paper(document: Document) -> bytes:
    """Return *document* on A4, as PDF/UA-1 and, for the archive, PDF/A-2a.

    Fonts are those that Typst brings along, so every machine gives the same pages.
    """
    # Slow to import, and most processes never need it.
    import typst  # noqa: PLC0415

    # Typst reads files below its root only, where its template is alone.
    with TemporaryDirectory() as folder:
        template = Path(folder, "paper.typ")
        template.write_bytes(_template())
        return typst.compile(
            template,
            root=template.parent,
            sys_inputs={"document": json.dumps(_finished(document))},
            pdf_standards=["ua-1", "a-2a"],
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=template.parent,
            package_cache_path=template.parent,
            # A PDF counts whole seconds.
            timestamp=document.made_at.replace(microsecond=0),
        )


@cache
def _template() -> bytes:
    return files("app.exports").joinpath("paper.typ").read_bytes()


@cache
def _fonts() -> "Fonts":
    import typst  # noqa: PLC0415 (slow to import)

    return typst.Fonts(include_system_fonts=False)


def shown(text: str) -> str:
    """Return *text* with what the font has no shape for written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if _has_shape(ord(char)) else written_out(char) for char in readable(text)
    )


def _has_shape(code: int) -> bool:
    return any(first <= code <= last for first, last in _SHOWN)


def _finished(document: Document) -> Mapping[str, Json]:
    """Return the document as the template wants it: texts, and where they stand."""
    language = document.language
    sections: list[Json] = [_section(each, language) for each in document.sections]
    return {
        "lang": language.value,
        "region": "GB" if language is Language.EN else "FI",
        "title": shown(document.title),
        "subtitle": shown(document.subtitle),
        "audience": shown(document.audience),
        "made": _made(document),
        "keywords": [document.watermark] if document.watermark else [],
        "page": PAGE.to(language),
        "of": OF.to(language),
        "landscape": any(
            len(table.columns) >= _MANY_COLUMNS for table in _tables(document)
        ),
        "sections": sections,
        "definitions-heading": DEFINITIONS.to(language),
        "definitions": [
            [shown(each.term), shown(each.text)] for each in document.definitions
        ],
        "facts-heading": FACTS.to(language),
        "facts-columns": [FACT.to(language), VALUE.to(language)],
        "facts": [
            [shown(each.name), shown(written(each.value, each.kind, language))]
            for each in facts(document)
        ],
    }


def _made(document: Document) -> str:
    at = instant(document.made_at, document.language)
    made = _MADE.to(document.language).format(at=at)
    return f"{made} · {document.watermark}" if document.watermark else made


def _tables(document: Document) -> list[Table]:
    return [
        part.twin if isinstance(part, Plot) else part
        for section in document.sections
        for part in section.parts
        if not isinstance(part, Paragraph | Passage)
    ]


def _section(section: Section, language: Language) -> dict[str, Json]:
    return {
        "heading": shown(section.heading),
        "parts": [_part(each, language) for each in section.parts],
    }


def _part(part: Part, language: Language) -> dict[str, Json]:
    match part:
        case Paragraph(text=text):
            return {"type": "paragraph", "text": shown(text)}
        case Passage(heading=heading, paragraphs=paragraphs):
            return {
                "type": "passage",
                "heading": shown(heading),
                "lang": part.language.value,
                "paragraphs": [shown(each) for each in paragraphs],
            }
        case Table():
            return {"type": "table", **_table(part, language)}
        case Plot(chart=chart, twin=twin):
            return {
                "type": "plot",
                "title": shown(chart.title),
                "alt": shown(chart.description or chart.title),
                # The texts of a chart are set in the same font.
                "svg": shown(charts.svg(chart, language)),
                "table": _table(twin, language),
            }
        case _:
            assert_never(part)


def _table(table: Table, language: Language) -> dict[str, Json]:
    note = table.note
    if withholds(table):
        note = f"{note} {WITHHELD.to(language)}".strip()
    headings = [shown(column.heading) for column in table.columns]
    rows = [
        [
            shown(written(value, column.kind, language))
            for column, value in zip(table.columns, row, strict=True)
        ]
        for row in table.rows
    ]
    return {
        "title": shown(table.title),
        "totals": table.totals,
        "note": shown(note),
        "columns": [
            {
                "heading": heading,
                "number": column.kind in _NUMBERS,
                "weight": _weight(heading, [row[place] for row in rows]),
                # Kept on one line, as every word of the heading is.
                "unbroken": _longest(row[place] for row in rows)
                if column.kind in _NUMBERS
                else "",
            }
            for place, (column, heading) in enumerate(
                zip(table.columns, headings, strict=True)
            )
        ],
        "rows": [list[Json](row) for row in rows],
    }


def _longest(cells: Iterable[str]) -> str:
    return max(cells, key=len, default="")


def _weight(heading: str, cells: Sequence[str]) -> int:
    """Return how wide a column is beside others, before its words have their room."""
    word = max(map(len, heading.split()), default=1)
    cell = max(map(len, cells), default=1)
    return _ROOM + max(min(word, _WIDEST_WORD), min(cell, _WIDEST_CELL))
