"""Estimates with their intervals, below each other, against a line."""

from app.domain.texts import Language
from app.exports import numbers
from app.exports.charts.drawing import (
    GREY,
    PALE,
    SMALL,
    WIDTH,
    Drawing,
    width_of,
    wrapped,
)
from app.exports.charts.model import Estimate, Intervals
from app.exports.charts.scale import Scale, label, scale, written

_LEFT = 215
_RIGHT = 440
_TOP = 30
_ROW = 26
_AXIS = 34
_LEGEND = 22
_CAP = 4
_LINE_HEIGHT = 12


def draw(chart: Intervals, language: Language) -> str:
    """Return *chart* as SVG."""
    bottom = _TOP + _ROW * len(chart.estimates)
    drawing = Drawing(
        code=chart.code,
        title=chart.title,
        description=chart.description,
        height=bottom + _AXIS + (_LEGEND if chart.legend else 0),
    )
    across = _scale(chart)
    _axis(drawing, chart, across, bottom, language)
    for index, estimate in enumerate(chart.estimates):
        middle = _TOP + _ROW * (index + 0.5)
        told = _told(chart, estimate, language)
        _row(drawing, estimate, told, across, middle)
    _legend(drawing, chart, bottom + _AXIS + 12)
    return drawing.svg()


def _scale(chart: Intervals) -> Scale:
    values = [
        value for each in chart.estimates for value in (each.value, each.low, each.high)
    ]
    if chart.limit is not None:
        values.append(chart.limit.value)
    return scale(values, chart.unit, start=_LEFT, end=_RIGHT)


def _axis(
    drawing: Drawing, chart: Intervals, across: Scale, bottom: float, language: Language
) -> None:
    for tick in across.ticks:
        x = across(tick)
        drawing.line((x, _TOP), (x, bottom), ink=PALE, width=0.7)
        drawing.text(
            (x, bottom + 16),
            label(tick, chart.unit, language),
            anchor="middle",
            size=SMALL,
        )
    drawing.line((_LEFT, bottom), (_RIGHT, bottom), ink=GREY)
    if chart.limit is not None:
        x = across(chart.limit.value)
        drawing.line((x, _TOP - 6), (x, bottom), dash="5 3", width=1.6)
        half = width_of(chart.limit.label, SMALL) / 2
        drawing.text(
            (min(x, WIDTH - half), _TOP - 12),
            chart.limit.label,
            anchor="middle",
            size=SMALL,
        )


def _row(
    drawing: Drawing, estimate: Estimate, told: str, across: Scale, middle: float
) -> None:
    base = middle + 4.5
    _label(drawing, estimate.label, middle)
    if estimate.low is not None and estimate.high is not None:
        left, right = across(estimate.low), across(estimate.high)
        drawing.line((left, middle), (right, middle), width=1.6)
        for x in (left, right):
            drawing.line((x, middle - _CAP), (x, middle + _CAP), width=1.6)
    if estimate.value is not None:
        drawing.mark(
            estimate.mark,
            (across(estimate.value), middle),
            told=f"{estimate.label}: {told}",
        )
    drawing.text((_RIGHT + 16, base), told, size=SMALL)


def _label(drawing: Drawing, label: str, middle: float) -> None:
    """Write *label* beside its row; one that is long in two lines, and smaller."""
    right, room = _LEFT - 12, _LEFT - 16
    if width_of(label) <= room:
        drawing.text((right, middle + 4.5), label, anchor="end")
        return
    lines = wrapped(label, room, SMALL)
    first = middle + 4 - (len(lines) - 1) * _LINE_HEIGHT / 2
    for index, line in enumerate(lines):
        at = (right, first + index * _LINE_HEIGHT)
        drawing.text(at, line, anchor="end", size=SMALL)


def _told(chart: Intervals, estimate: Estimate, language: Language) -> str:
    """Return the numbers of a row; a chart is read to the digit where it is printed."""
    if estimate.value is None:
        told = numbers.NOTHING
    else:
        told = written(estimate.value, chart.unit, language)
    if estimate.low is not None and estimate.high is not None:
        low = written(estimate.low, chart.unit, language)
        high = written(estimate.high, chart.unit, language)
        told += f" ({low.rstrip('%').rstrip()} … {high})"
    if estimate.count is not None:
        told += f", n\u00a0=\u00a0{numbers.count(estimate.count, language)}"
    return told


def _legend(drawing: Drawing, chart: Intervals, base: float) -> None:
    x = 12.0
    for mark, text in chart.legend:
        drawing.mark(mark, (x, base - 4))
        drawing.text((x + 12, base), text, size=SMALL)
        x += 36 + width_of(text, SMALL)
