"""XLSX, opened as an office opens it: numbers are numbers, and texts only texts."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from app.domain.texts import Language
from app.exports import spreadsheets
from app.exports.document import Column, Kind, Table
from app.exports.harmless import readable
from app.exports.spreadsheets import LONGEST_TEXT, spreadsheet
from tests.exports.example import CHARTS, HOSTILE, document, hostile_table


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_numbers_are_numbers_days_are_days_and_each_looks_like_one() -> None:
    sheet = opened(spreadsheet(document()))["Tiedot"]

    row = sheet[2]
    assert [cell.value for cell in row] == [
        *("Leppävaara", 12345, 0.9431, 2.25),
        *(datetime(2026, 10, 6), datetime(2026, 11, 2, 12, 15)),  # noqa: DTZ001
    ]
    assert [cell.data_type for cell in row] == ["s", "n", "n", "n", "d", "d"]
    assert row[1].number_format == "#,##0"
    assert row[2].number_format == "0.0%"
    assert row[4].number_format == "[$-40B]ddd d.m.yyyy"
    assert row[5].number_format == "[$-40B]ddd d.m.yyyy hh:mm"


def test_what_is_withheld_is_told_and_what_there_is_not_is_empty() -> None:
    sheet = opened(spreadsheet(document()))["Tiedot"]

    assert [cell.value for cell in sheet[3]] == ["Espoonlahti", "..", *[None] * 4]


def test_the_heading_is_frozen_and_every_column_has_a_filter_without_the_total() -> (
    None
):
    sheet = opened(spreadsheet(document()))["Tiedot"]

    assert [cell.value for cell in sheet[1]][:2] == ["Yksikkö", "Päättyneitä"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F3"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.paperSize == 9


def test_definitions_facts_and_charts_have_sheets_of_their_own() -> None:
    content = spreadsheet(document())
    book = opened(content)

    names = book.sheetnames
    assert names[0] == "Tiedot"
    assert names[-2:] == ["Käsitteet", "Tietoja raportista"]
    assert book["Käsitteet"]["A2"].value == "Ajoissa"
    facts = book["Tietoja raportista"]
    assert facts["B2"].value == "Sisäinen: ei julkaistavaksi."
    assert facts["B3"].is_date
    assert facts["B5"].value == "eves=non-working, roll=on"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        drawn = [name for name in parts.namelist() if "/charts/chart" in name]
        texts = "".join(
            parts.read(name).decode() for name in parts.namelist() if "drawing" in name
        )
    assert len(drawn) == len(CHARTS)
    for chart in CHARTS:
        assert chart.description in texts


def test_hostile_texts_are_no_formulas_and_no_links_and_can_be_read() -> None:
    content = spreadsheet(document(data=hostile_table(), title='=1+1"'))
    book = opened(content)

    assert len(HOSTILE) >= 200
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            part = parts.read(name)
            assert b"<f>" not in part, name
            assert b"hyperlink" not in part, name
    rows = list(book["Tiedot"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(HOSTILE)
    for text, row in zip(HOSTILE, rows, strict=True):
        seen = readable(text)
        if len(seen) > LONGEST_TEXT:
            seen = f"{seen[: LONGEST_TEXT - 1]}…"
        # openpyxl leaves this one escape of the format as it is written.
        assert str(row[0]).replace("_x005F_x0041_", "_x0041_") == seen


def test_many_rows_are_written_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "_LONG", 100)
    table = Table(
        title="Pitkä",
        columns=(
            Column(code="name", heading="Nimi"),
            Column(code="number", heading="Luku", kind=Kind.COUNT),
        ),
        rows=tuple((f"=rivi {number}", number) for number in range(500)),
    )

    book = opened(spreadsheet(document(data=table)))

    rows = list(book["Tiedot"].iter_rows(min_row=2, values_only=True))
    assert rows == list(table.rows)
    assert book["Käsitteet"]["A2"].value == "Ajoissa"


def test_sheets_of_the_same_title_have_names_that_excel_takes() -> None:
    example = document()
    twice = replace(example, sections=(*example.sections, *example.sections))

    book = opened(spreadsheet(twice))

    assert "Vuosittain 2" in book.sheetnames
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert spreadsheet(document()) == spreadsheet(document())


@pytest.mark.parametrize(
    ("language", "days"), [(Language.SV, "[$-81D]"), (Language.EN, "[$-809]")]
)
def test_days_are_named_in_the_language_of_the_document(
    language: Language, days: str
) -> None:
    sheet = opened(spreadsheet(document(language=language))).worksheets[0]

    assert sheet["E2"].number_format.startswith(days)
