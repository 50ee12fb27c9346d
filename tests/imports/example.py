"""The example of an import, made anew: `python -m tests.imports.example`."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.styles import Font

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
TITLE = "Vireille tulleet lastensuojeluasiat 2025 (keksitty esimerkki)"
HEADER = (
    *("Asianumero", "Lapsen nimi", "Lapsen tunniste", "Ikä", "Äidinkieli", "Yksikkö"),
    *("Ilmoitus saapunut", "Klo", "Vireilletulon tapa", "Syyt", "Kirjattu"),
    *("Päätös pvm", "Päätös", "Arviointi valmis", "Arvioinnin tulos"),
)
CASES = 30
UNITS = ("Leppävaara", "Espoonlahti", "Espoon keskus", "Matinkylä-Olari-Tapiola")
LANGUAGES = ("suomi", "suomi", "ruotsi", "somali", "suomi", "arabia", "ei tiedossa")
ENTRIES = ("Lastensuojeluilmoitus", "Lastensuojeluilmoitus", "Yhteydenotto", "Hakemus")
REASONS = ("Päihteet", "Väkivalta, Koulu", "", "Koulu")
DECISIONS = ("Aloitetaan arviointi", "Ei aihetta arviointiin", "Aloitetaan arviointi")
RESULTS = ("Lastensuojelun asiakkuus", "Ei asiakkuutta", "Sosiaalihuollon asiakkuus")

Value: TypeAlias = str | int | date | time | None


def rows() -> Iterator[tuple[Value, ...]]:
    """Yield a row for each case; the newest are not decided, or not completed."""
    for number in range(1, CASES + 1):
        received = date(2025, 8, 4) + timedelta(days=3 * number)
        decided = received + timedelta(days=2 + number % 11)
        outcome = DECISIONS[number % len(DECISIONS)]
        completed = decided + timedelta(days=50 + 7 * (number % 9))
        is_decided = number <= CASES - 3
        is_completed = outcome == DECISIONS[0] and number <= CASES - 8
        yield (
            f"2025-{number:04}",
            f"Esimerkki {number}",
            f"p-{number:03}",
            number * 7 % 18,
            LANGUAGES[number % len(LANGUAGES)],
            UNITS[number % len(UNITS)],
            received,
            time(8 + number % 9, number * 13 % 60) if number % 3 else None,
            ENTRIES[number % len(ENTRIES)],
            REASONS[number % len(REASONS)],
            received + timedelta(days=number % 2),
            decided if is_decided else None,
            outcome if is_decided else "Odottaa",
            completed if is_completed else None,
            RESULTS[number % len(RESULTS)] if is_completed else None,
        )


def write_xlsx(path: Path) -> None:
    """Write the example as a case worker's sheet: dates are dates."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Vireilletulot"
    sheet.append([TITLE])
    sheet.append([])
    sheet.append(HEADER)
    for row in rows():
        sheet.append(row)
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for column in sheet.iter_cols(min_row=4):
        for cell in column:
            if isinstance(cell.value, datetime | date):
                cell.number_format = "d.m.yyyy"
            elif isinstance(cell.value, time):
                cell.number_format = "h:mm"
    for letter in "ABCDEFGHIJKLMNO":
        sheet.column_dimensions[letter].width = 20
    workbook.save(path)


def write_csv(path: Path) -> None:
    """Write the same as a Finnish spreadsheet program saves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines, delimiter=";")
        writer.writerow([TITLE])
        writer.writerow([])
        writer.writerow(HEADER)
        writer.writerows([_written(value) for value in row] for row in rows())


def _written(value: Value) -> str:
    match value:
        case date():
            return f"{value.day}.{value.month}.{value.year}"
        case time():
            return f"{value.hour}.{value.minute:02}"
        case None:
            return ""
        case _:
            return str(value)


if __name__ == "__main__":
    write_xlsx(EXAMPLES / "import.xlsx")
    write_csv(EXAMPLES / "import.csv")
