"""A distribution in bins, with the line of the time limit."""

from app.domain.texts import Language
from app.exports import numbers
from app.exports.charts.drawing import FILL, PAPER, SMALL, WIDTH, Drawing, width_of
from app.exports.charts.model import Bins, Unit
from app.exports.charts.plane import AXIS, BOTTOM, TOP, draw_axes, plane

_TITLE_OF_AXIS = 20
_GAP = 0.18
# Above the tallest bin there is room for its number, below that of the limit.
_HEADROOM = 1.08


def draw(chart: Bins, language: Language) -> str:
    """Return *chart* as SVG; what lies beyond the limit is dark, the rest is white."""
    drawing = Drawing(
        code=chart.code,
        title=chart.title,
        description=chart.description,
        height=BOTTOM + AXIS + _TITLE_OF_AXIS,
    )
    on = plane(
        [each.count * _HEADROOM for each in chart.bins],
        Unit.COUNT,
        count=len(chart.bins),
    )
    labels = [each.label for each in chart.bins]
    draw_axes(drawing, on, Unit.COUNT, labels, language)
    for index, each in enumerate(chart.bins):
        top = on.up(each.count)
        drawing.box(
            (on.middle(index) - on.width * (0.5 - _GAP / 2), top),
            on.width * (1 - _GAP),
            BOTTOM - top,
            told=f"{each.label}: {numbers.count(each.count, language)}",
            fill=PAPER if index < chart.within else FILL,
        )
        drawing.text(
            (on.middle(index), top - 5),
            numbers.count(each.count, language),
            anchor="middle",
            size=SMALL,
        )
    x = on.left + chart.within * on.width
    drawing.line((x, TOP - 8), (x, BOTTOM), dash="5 3", width=1.6)
    half = width_of(chart.limit, SMALL) / 2
    drawing.text(
        (max(min(x, WIDTH - half - 4), half + 4), TOP - 13),
        chart.limit,
        anchor="middle",
        size=SMALL,
    )
    drawing.text(
        ((on.left + on.right) / 2, BOTTOM + AXIS + 12),
        chart.axis,
        anchor="middle",
        size=SMALL,
    )
    return drawing.svg()
