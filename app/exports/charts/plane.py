"""The plane on which something is drawn over time or in bins: axes and labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.texts import Language
from app.exports.charts.drawing import GREY, PALE, SMALL, WIDTH, Drawing, width_of
from app.exports.charts.model import Unit
from app.exports.charts.scale import Scale, label, scale

TOP = 26
HEIGHT = 190
LEFT = 58
BOTTOM = TOP + HEIGHT
AXIS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Places for *count* things beside each other, and a scale for their values."""

    up: Scale
    left: float
    right: float
    count: int

    def middle(self, index: int) -> float:
        """Return the middle of the place of the *index*-th thing."""
        return self.left + (index + 0.5) * self.width

    @property
    def width(self) -> float:
        """Return how wide the place of one thing is."""
        return (self.right - self.left) / max(self.count, 1)


def plane(
    values: Sequence[float | None], unit: Unit, *, count: int, right: float = 0
) -> Plane:
    """Return a plane for *values*, with room for words at its *right*."""
    return Plane(
        up=scale(values, unit, start=BOTTOM, end=TOP),
        left=LEFT,
        right=WIDTH - 12 - right,
        count=count,
    )


def draw_axes(
    drawing: Drawing,
    plane: Plane,
    unit: Unit,
    labels: Sequence[str],
    language: Language,
) -> None:
    """Draw the lines of the scale, and as many *labels* as have room below them."""
    for tick in plane.up.ticks:
        y = plane.up(tick)
        drawing.line((plane.left, y), (plane.right, y), ink=PALE, width=0.7)
        drawing.text(
            (plane.left - 8, y + 4),
            label(tick, unit, language),
            anchor="end",
            size=SMALL,
        )
    drawing.line((plane.left, BOTTOM), (plane.right, BOTTOM), ink=GREY)
    widest = max((width_of(text, SMALL) for text in labels), default=0) + 8
    every = max(1, -int(-widest // plane.width))
    for index, text in enumerate(labels):
        if index % every == 0:
            drawing.text(
                (plane.middle(index), BOTTOM + 17), text, anchor="middle", size=SMALL
            )
