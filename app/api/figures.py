"""How figures are shown: one row of a report, in JSON and in CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from app.domain.cells import Cell, Span
from app.domain.compliance import Dimension
from app.domain.figures import BANDS, DECIMALS, Figures, Number
from app.services.compliance import Report

FLAT = tuple(number for number in Number if number not in BANDS)
# A spreadsheet takes a text that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# The group of those of which nothing is known, in a query.
NOTHING = ""


def row_out(cell: Cell, by: Sequence[Dimension], cases: str | None) -> dict[str, Any]:
    """Return *cell* as JSON; *cases* is how the link to its deadlines begins."""
    groups: dict[str, str | None] = dict(zip(by, cell.groups, strict=True))
    if cell.place.span is Span.TOTAL:
        groups = {}
    elif cell.place.span is Span.SUBTOTAL:
        groups = {Dimension.UNIT: groups[Dimension.UNIT]}
    row = {"rule": cell.rule, **groups, **figures_out(cell.figures)}
    if cell.beside is not None:
        row["thl"] = figures_out(cell.beside)
    if cell.earlier is not None:
        row["compared"] = _compared(cell.figures, cell.earlier.figures)
        if cell.beside is not None and cell.earlier.beside is not None:
            row["thl"]["compared"] = _compared(cell.beside, cell.earlier.beside)
    if cases is not None:
        asked = {name: group or NOTHING for name, group in groups.items()}
        row["cases"] = f"{cases}&{urlencode({'rule': cell.rule, **asked})}"
    return row


def figures_out(figures: Figures) -> dict[str, Any]:
    """Return the numbers of a cell, its rate, and how late the missed ones are."""
    numbers = figures.numbers
    shown: dict[str, Any] = {
        **{number.value: numbers[number] for number in FLAT},
        "bands": {band.value: numbers[band] for band in BANDS},
        "rate": figures.rate,
        "interval": figures.interval,
        "days_over": None if figures.days_over is None else asdict(figures.days_over),
    }
    if figures.days_taken:
        shown["days_taken"] = [
            {"days": days, "deadlines": times}
            for days, times in figures.days_taken.items()
        ]
    return shown


def csv_of(report: Report) -> str:
    """Return the cells as CSV in which no cell can act as a formula."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(
        [
            *("row", "period", "basis", "as_of", "rule", *report.by),
            *(number.value for number in _CSV_NUMBERS),
            *("rate", "interval_low", "interval_high"),
            *("days_over_median", "days_over_p90", "days_over_mean"),
            *("days_over_maximum", *(number.value for number in _CSV_APPENDED)),
        ]
    )
    for cell in (*report.rows, *report.subtotals, *report.totals):
        for figures in (cell.figures, cell.beside):
            if figures is not None:
                writer.writerow(_csv_row(report, cell, figures))
    return lines.getvalue()


# The order in which the columns came to be: programs read them by place too.
_CSV_APPENDED = (Number.HINGING, Number.IN_TIME_BY_READING, *BANDS)
_CSV_NUMBERS = tuple(number for number in Number if number not in _CSV_APPENDED)


def _csv_row(report: Report, cell: Cell, figures: Figures) -> Iterable[object]:
    over = figures.days_over
    return [
        cell.place.span.value,
        *(report.period.code, figures.basis.value, report.as_of, cell.rule),
        *(_harmless(group) for group in cell.groups),
        *(figures.numbers[number] for number in _CSV_NUMBERS),
        figures.rate,
        *(figures.interval or (None, None)),
        *((over.median, over.p90, over.mean) if over else (None, None, None)),
        over.maximum if over else None,
        *(figures.numbers[number] for number in _CSV_APPENDED),
    ]


def _compared(now: Figures, earlier: Figures) -> dict[str, Any]:
    """Return the earlier figures, and by how many points the rate has changed."""
    change = None
    if now.rate is not None and earlier.rate is not None:
        change = round(100 * (now.rate - earlier.rate), DECIMALS)
    return {**figures_out(earlier), "change_in_points": change}


def _harmless(text: str | None) -> str:
    """Return *text* as no spreadsheet takes for a formula; nothing for no unit."""
    if text is None:
        return ""
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
