"""Several values over time, told apart by dash and shape, each named at its end."""

from app.domain.texts import Language
from app.exports.charts.drawing import (
    DASHES,
    INK,
    MARKS,
    PAPER,
    SMALL,
    Drawing,
    width_of,
    wrapped,
)
from app.exports.charts.model import Lines, Series
from app.exports.charts.plane import AXIS, BOTTOM, Plane, draw_axes, plane
from app.exports.charts.scale import written

_MOST_ROOM = 240
_LINE_HEIGHT = 14


def draw(chart: Lines, language: Language) -> str:
    """Return *chart* as SVG."""
    drawing = Drawing(
        code=chart.code,
        title=chart.title,
        description=chart.description,
        height=BOTTOM + AXIS,
    )
    values = [value for each in chart.series for value in each.values]
    if chart.limit is not None:
        values.append(chart.limit.value)
    names = [_told(chart, each, language) for each in chart.series]
    widest = max((width_of(name, SMALL) for name in names), default=0)
    room = min(widest + 22, _MOST_ROOM)
    on = plane(values, chart.unit, count=len(chart.labels), right=room)
    draw_axes(drawing, on, chart.unit, chart.labels, language)
    if chart.limit is not None:
        y = on.up(chart.limit.value)
        drawing.line((on.left, y), (on.right, y), dash="5 3", width=1.6)
        drawing.text((on.left + 4, y - 6), chart.limit.label, size=SMALL)
    for index, each in enumerate(chart.series):
        _line(drawing, on, each, index)
        _marks(drawing, chart, on, index, language)
    _names(drawing, chart, on, names)
    return drawing.svg()


def _line(drawing: Drawing, on: Plane, series: Series, index: int) -> None:
    corners: list[tuple[float, float]] = []
    stretches = [corners]
    for place, value in enumerate(series.values):
        if value is None:
            corners = []
            stretches.append(corners)
        else:
            corners.append((on.middle(place), on.up(value)))
    for stretch in stretches:
        if stretch:
            drawing.path(stretch, dash=DASHES[index % len(DASHES)], width=1.6)


def _marks(
    drawing: Drawing, chart: Lines, on: Plane, index: int, language: Language
) -> None:
    series = chart.series[index]
    for place, (label, value) in enumerate(
        zip(chart.labels, series.values, strict=True)
    ):
        if value is not None:
            told = f"{label}, {series.name}: {written(value, chart.unit, language)}"
            _mark(drawing, index, (on.middle(place), on.up(value)), told)


def _mark(
    drawing: Drawing, index: int, at: tuple[float, float], told: str = ""
) -> None:
    """Draw the mark of a series; from the fifth on the same shapes come empty."""
    fill = INK if index < len(MARKS) else PAPER
    drawing.mark(MARKS[index % len(MARKS)], at, told=told, fill=fill)


def _names(drawing: Drawing, chart: Lines, on: Plane, names: list[str]) -> None:
    """Write each name beside the end of its line, none over another."""
    ends = sorted(
        (on.up(_last(each) or 0.0), index) for index, each in enumerate(chart.series)
    )
    room = _MOST_ROOM - 22
    heights = [_LINE_HEIGHT * len(wrapped(name, room, SMALL)) for name in names]
    lowest = BOTTOM + _LINE_HEIGHT - sum(heights)
    free = 0.0
    for y, index in ends:
        place = max(free, min(y, lowest))
        free = place + heights[index]
        lowest += heights[index]
        _mark(drawing, index, (on.right + 9, place))
        for line, text in enumerate(wrapped(names[index], room, SMALL)):
            at = (on.right + 18, place + 4 + line * _LINE_HEIGHT)
            drawing.text(at, text, size=SMALL)


def _told(chart: Lines, series: Series, language: Language) -> str:
    value = _last(series)
    if value is None:
        return series.name
    # The value first: where a very long name is cut it stays.
    return f"{written(value, chart.unit, language)} {series.name}"


def _last(series: Series) -> float | None:
    return next((each for each in reversed(series.values) if each is not None), None)
