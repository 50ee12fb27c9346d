"""Charts of a spreadsheet's own beside the tables that they are drawn from."""

from typing import TYPE_CHECKING

from app.exports.charts.model import Bins, Intervals, Run, Unit
from app.exports.document import Plot
from app.exports.harmless import readable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_DASHES = ("solid", "dash", "round_dot", "long_dash_dot")
_MARKERS = ("circle", "square", "triangle", "diamond")


def insert(workbook: "Workbook", sheet: "Worksheet", plot: Plot) -> None:
    """Put the chart of *plot* beside its table, which is on *sheet*."""
    name = sheet.get_name()
    bars = isinstance(plot.chart, Bins | Intervals)
    chart = workbook.add_chart({"type": "column" if bars else "line"})
    last = len(plot.twin.rows)
    for number, place in enumerate(_drawn(plot)):
        chart.add_series(
            {
                "name": [name, 0, place],
                "categories": [name, 1, 0, last, 0],
                "values": [name, 1, place, last, place],
                **(_bar() if bars else _line(number)),
            }
        )
    chart.set_title({"name": readable(plot.chart.title), "name_font": {"size": 12}})
    if not bars or _is_share(plot):
        chart.set_y_axis({"num_format": "0%"} if _is_share(plot) else {})
    chart.set_size({"width": 720, "height": 380})
    sheet.insert_chart(
        1,
        len(plot.twin.columns) + 1,
        chart,
        {"description": readable(plot.chart.description)},
    )


def _drawn(plot: Plot) -> tuple[int, ...]:
    """Return the places of the columns that the chart shows."""
    match plot.chart:
        case Bins():
            return (1,)
        case Intervals():
            codes = [column.code for column in plot.twin.columns]
            # A report that has a column of shares already names it so.
            return (codes.index("value" if "value" in codes else "rate"),)
        case Run():
            return (2, 3, 4)
        case _:
            return tuple(range(1, len(plot.twin.columns)))


def _is_share(plot: Plot) -> bool:
    match plot.chart:
        case Bins():
            return False
        case Run():
            return True
        case chart:
            return chart.unit is Unit.SHARE


def _bar() -> dict[str, object]:
    return {
        "fill": {"color": "#5B7F95"},
        "border": {"color": "#1A1A1A"},
        "data_labels": {"value": True},
    }


def _line(number: int) -> dict[str, object]:
    return {
        "line": {
            "color": "#1A1A1A",
            "width": 1.5,
            "dash_type": _DASHES[number % len(_DASHES)],
        },
        "marker": {
            "type": _MARKERS[number % len(_MARKERS)],
            "fill": {"color": "#1A1A1A"},
        },
    }
