"""XLSX: numbers as numbers, days as days, and every text as a text."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from app.domain.events import HELSINKI
from app.domain.texts import Language, Text
from app.exports import native_charts
from app.exports.document import (
    Coded,
    Column,
    Document,
    Kind,
    Plot,
    Section,
    Table,
    Value,
)
from app.exports.harmless import readable
from app.exports.wording import (
    DEFINITIONS,
    FACT,
    FACTS,
    MEANING,
    TERM,
    VALUE,
    facts,
    written,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

DATA = Text(fi="Tiedot", sv="Uppgifter", en="Data")
# Excel has no room for more in a cell, and XlsxWriter leaves such a text out.
LONGEST_TEXT = 32_767
# From here on rows go to a file as they come, instead of being kept in memory.
_LONG = 5_000
_LONGEST_SHEET_NAME = 31
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_NARROWEST, _WIDEST = 9, 48
_DAY_FORMATS = {
    Language.FI: "[$-40B]ddd d.m.yyyy",
    Language.SV: "[$-81D]ddd d.m.yyyy",
    Language.EN: "[$-809]ddd d mmm yyyy",
}
_NUMBER_FORMATS = {Kind.COUNT: "#,##0", Kind.NUMBER: "#,##0.0", Kind.SHARE: "0.0%"}


def spreadsheet(document: Document) -> bytes:
    """Return *document* as a workbook of data, charts, definitions and facts."""
    # Slow to import, and most processes never need it.
    from xlsxwriter import Workbook  # noqa: PLC0415

    file = io.BytesIO()
    workbook = Workbook(
        file,
        {
            "constant_memory": len(document.data.rows) > _LONG,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    workbook.set_properties(
        {
            "title": readable(document.title),
            "subject": readable(document.subtitle),
            "created": document.made_at.replace(tzinfo=None),
            **({"keywords": document.watermark} if document.watermark else {}),
        }
    )
    book = _Book(workbook, document.language, document.watermark or "")
    book.add(DATA.to(document.language), document.data)
    for section in document.sections:
        book.add_plots(section)
    book.add(DEFINITIONS.to(document.language), _definitions(document))
    book.add(FACTS.to(document.language), _facts(document))
    workbook.close()
    return file.getvalue()


class _Book:
    """A workbook while it is being filled."""

    def __init__(
        self, workbook: "Workbook", language: Language, watermark: str
    ) -> None:
        self._workbook = workbook
        self._language = language
        self._watermark = watermark
        self._names: set[str] = set()
        self._heading = workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        )
        self._formats = _formats(workbook, language, {})
        self._bold_formats = _formats(workbook, language, {"bold": True, "top": 1})

    def add(self, name: str, table: Table) -> "Worksheet":
        """Add *table* as a sheet with a frozen heading and a filter on every column."""
        sheet: Worksheet = self._workbook.add_worksheet(self._free(name))
        last = len(table.columns) - 1
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, _width(table, place, self._language))
            sheet.write_string(0, place, readable(column.heading), self._heading)
        # Rows are written in their order: with constant memory there is no way back.
        first_total = len(table.rows) - table.totals
        for index, row in enumerate(table.rows):
            formats = self._formats if index < first_total else self._bold_formats
            self._write(sheet, index + 1, table.columns, row, formats)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(first_total, 1), last)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        if self._watermark:
            sheet.set_footer(f"&L{self._watermark}")
        return sheet

    def add_plots(self, section: Section) -> None:
        """Add each chart of *section* as a sheet with its table and Excel's chart."""
        for part in section.parts:
            if isinstance(part, Plot):
                sheet = self.add(part.chart.title, part.twin)
                native_charts.insert(self._workbook, sheet, part)

    def _free(self, name: str) -> str:
        """Return *name* as Excel allows it and no other sheet has it."""
        plain = readable(name).translate(_FORBIDDEN_IN_NAMES).strip()
        found = plain[:_LONGEST_SHEET_NAME].strip() or "-"
        number = 2
        while found.casefold() in self._names:
            end = f" {number}"
            found = plain[: _LONGEST_SHEET_NAME - len(end)].strip() + end
            number += 1
        self._names.add(found.casefold())
        return found

    def _write(
        self,
        sheet: "Worksheet",
        row: int,
        columns: Sequence[Column],
        values: Sequence[Value],
        formats: Mapping[Kind, "Format"],
    ) -> None:
        for place, (column, value) in enumerate(zip(columns, values, strict=True)):
            look = formats[column.kind]
            if value is None:
                sheet.write_blank(row, place, None, look)
            elif isinstance(value, Coded | str):
                text = value.label if isinstance(value, Coded) else value
                sheet.write_string(row, place, _text(text), formats[Kind.TEXT])
            elif isinstance(value, bool):
                sheet.write_boolean(row, place, value, look)
            elif isinstance(value, datetime):
                local = value.astimezone(HELSINKI).replace(tzinfo=None)
                sheet.write_datetime(row, place, local, formats[Kind.INSTANT])
            elif isinstance(value, date):
                sheet.write_datetime(row, place, value, formats[Kind.DAY])
            else:
                sheet.write_number(row, place, value, look)


def _formats(
    workbook: "Workbook", language: Language, more: dict[str, Any]
) -> dict[Kind, "Format"]:
    formats = {
        kind: workbook.add_format({"num_format": number_format, **more})
        for kind, number_format in _NUMBER_FORMATS.items()
    }
    day = _DAY_FORMATS[language]
    plain = workbook.add_format({"valign": "top", "align": "left", **more})
    formats[Kind.TEXT] = formats[Kind.YES_OR_NO] = plain
    formats[Kind.DAY] = workbook.add_format(
        {"num_format": day, "align": "left", **more}
    )
    formats[Kind.INSTANT] = workbook.add_format(
        {"num_format": f"{day} hh:mm", "align": "left", **more}
    )
    return formats


def _text(text: str) -> str:
    seen = readable(text)
    return seen if len(seen) <= LONGEST_TEXT else f"{seen[: LONGEST_TEXT - 1]}…"


def _width(table: Table, place: int, language: Language) -> float:
    """Return the width at which a column of *table* can be read."""
    column = table.columns[place]
    heading = max(map(len, column.heading.split()), default=0)
    longest = max(
        (len(written(row[place], column.kind, language)) for row in table.rows[:500]),
        default=0,
    )
    return min(max(heading, longest, _NARROWEST) + 2, _WIDEST)


def _definitions(document: Document) -> Table:
    language = document.language
    return Table(
        title=DEFINITIONS.to(language),
        columns=(
            Column(code="term", heading=TERM.to(language)),
            Column(code="meaning", heading=MEANING.to(language)),
        ),
        rows=tuple((each.term, each.text) for each in document.definitions),
    )


def _facts(document: Document) -> Table:
    language = document.language
    return Table(
        title=FACTS.to(language),
        columns=(
            Column(code="fact", heading=FACT.to(language)),
            Column(code="value", heading=VALUE.to(language)),
        ),
        rows=tuple((each.name, each.value) for each in facts(document)),
    )
