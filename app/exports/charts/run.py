"""A share over time, with the limits between which chance alone moves it."""

from app.domain.texts import Language
from app.exports import numbers
from app.exports.charts.drawing import PAPER, SMALL, Drawing, width_of
from app.exports.charts.model import Limit, Mark, Point, Run, Unit
from app.exports.charts.plane import (
    AXIS,
    BOTTOM,
    TOP,
    Plane,
    draw_axes,
    plane,
)

_LEGEND = 20


def draw(chart: Run, language: Language) -> str:
    """Return *chart* as SVG."""
    signals = sorted({point.signal for point in chart.points if point.signal})
    drawing = Drawing(
        code=chart.code,
        title=chart.title,
        description=chart.description,
        height=BOTTOM + AXIS + _LEGEND * len(signals),
    )
    values = [
        value
        for point in chart.points
        for value in (point.value, point.low, point.high)
    ]
    centre = chart.centre
    room = 0.0 if centre is None else width_of(centre.label, SMALL) + 8
    on = plane(
        values if centre is None else [*values, centre.value],
        Unit.SHARE,
        count=len(chart.points),
        right=room,
    )
    labels = [point.label for point in chart.points]
    draw_axes(drawing, on, Unit.SHARE, labels, language)
    if centre is not None:
        _centre(drawing, chart, centre, on)
    _limits(drawing, chart, on)
    _points(drawing, chart, on, signals, language)
    for number, signal in enumerate(signals, start=1):
        base = BOTTOM + AXIS + _LEGEND * number - 6
        drawing.mark(Mark.SQUARE, (12, base - 4), fill=PAPER)
        drawing.text((24, base), f"{number}: {signal}", size=SMALL)
    return drawing.svg()


def _centre(drawing: Drawing, chart: Run, centre: Limit, on: Plane) -> None:
    y = on.up(centre.value)
    drawing.line((on.left, y), (on.right, y), width=1.2)
    drawing.text((on.right + 6, y + 4), centre.label, size=SMALL)
    if 0 < chart.baseline < len(chart.points):
        x = on.left + chart.baseline * on.width
        drawing.line((x, TOP), (x, BOTTOM), dash="1 4", width=1.2)


def _limits(drawing: Drawing, chart: Run, on: Plane) -> None:
    """Draw both limits as steps: each period has its own, the wider the fewer."""
    for bounds in (
        [point.low for point in chart.points],
        [point.high for point in chart.points],
    ):
        steps: list[tuple[float, float]] = []
        for index, bound in enumerate(bounds):
            if bound is None:
                _step(drawing, steps)
                steps = []
                continue
            middle, half = on.middle(index), on.width / 2
            y = on.up(bound)
            steps += [(middle - half, y), (middle + half, y)]
        _step(drawing, steps)


def _step(drawing: Drawing, corners: list[tuple[float, float]]) -> None:
    if corners:
        drawing.path(corners, dash="4 3")


def _points(
    drawing: Drawing, chart: Run, on: Plane, signals: list[str], language: Language
) -> None:
    for corners in stretches(chart.points, on):
        drawing.path(corners, width=1.4)
    for index, point in enumerate(chart.points):
        if point.value is None:
            continue
        at = on.middle(index), on.up(point.value)
        told = _told(point, point.value, language)
        if not point.signal:
            drawing.mark(Mark.DOT, at, told=told)
            continue
        drawing.mark(Mark.SQUARE, at, told=told, fill=PAPER)
        number = signals.index(point.signal) + 1
        drawing.text(
            (at[0], at[1] - 9), str(number), anchor="middle", size=SMALL, bold="bold"
        )


def _told(point: Point, value: float, language: Language) -> str:
    told = f"{point.label}: {numbers.share(value, language)}"
    if point.count is not None:
        told += f", n = {numbers.count(point.count, language)}"
    return f"{told}. {point.signal}" if point.signal else told


def stretches(points: tuple[Point, ...], on: Plane) -> list[list[tuple[float, float]]]:
    """Return the corners of the line through *points*, broken where there is none."""
    found: list[list[tuple[float, float]]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            found.append([])
        else:
            found[-1].append((on.middle(index), on.up(point.value)))
    return [corners for corners in found if corners]
