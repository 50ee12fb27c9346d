"""Lines, shapes and texts of an SVG that means the same in black and white."""

import textwrap
from xml.etree.ElementTree import Element, SubElement, tostring

from app.exports.charts.model import Mark
from app.exports.harmless import readable

INK = "#1a1a1a"
GREY = "#767676"
PALE = "#d0d0d0"
FILL = "#5b7f95"
PAPER = "#ffffff"
WIDTH = 680
FONT_SIZE = 13
SMALL = 11.5
DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 5", "14 4")
MARKS = (Mark.DOT, Mark.SQUARE, Mark.TRIANGLE, Mark.DIAMOND)
# What a page names them by, to give them the colours of its reader.
_CLASSES = {INK: "ink", GREY: "grey", PALE: "pale", FILL: "fill", PAPER: "paper"}
# The embedded font of the paper; a page has its own.
_FONTS = "Libertinus Serif, Georgia, serif"
_NAMESPACE = "http://www.w3.org/2000/svg"
# The mean width of a letter, as a part of the size of the font; digits are as wide. It
# has room for the fonts of screens, which are wider than that of the paper.
_LETTER = 0.53


class Drawing:
    """An SVG while it is being drawn; *y* grows downwards."""

    def __init__(
        self, *, code: str, title: str, description: str, height: float
    ) -> None:
        self._svg = Element(
            "svg",
            {
                "xmlns": _NAMESPACE,
                "viewBox": f"0 0 {WIDTH} {_number(height)}",
                "width": str(WIDTH),
                "height": _number(height),
                "role": "img",
                "aria-labelledby": f"{code}-title {code}-desc",
                "font-family": _FONTS,
                "font-size": str(FONT_SIZE),
                "fill": INK,
            },
        )
        for tag, text in (("title", title), ("desc", description)):
            SubElement(self._svg, tag, id=f"{code}-{tag}").text = readable(text)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        dash: str = "",
        width: float = 1,
        ink: str = INK,
    ) -> None:
        """Draw a straight line."""
        self.path([start, end], dash=dash, width=width, ink=ink)

    def path(
        self,
        corners: list[tuple[float, float]],
        *,
        dash: str = "",
        width: float = 1,
        ink: str = INK,
    ) -> None:
        """Draw a line through *corners*."""
        attributes = {
            "points": " ".join(f"{_number(x)},{_number(y)}" for x, y in corners),
            "fill": "none",
            "stroke": ink,
            "stroke-width": _number(width),
            "class": f"line {_CLASSES[ink]}",
        }
        if dash:
            attributes["stroke-dasharray"] = dash
        SubElement(self._svg, "polyline", attributes)

    def box(
        self,
        corner: tuple[float, float],
        width: float,
        height: float,
        *,
        told: str,
        fill: str = FILL,
    ) -> None:
        """Draw a rectangle at its upper left *corner*, for what is *told*."""
        box = SubElement(
            self._svg,
            "rect",
            {
                "x": _number(corner[0]),
                "y": _number(corner[1]),
                "width": _number(width),
                "height": _number(height),
                "fill": fill,
                "stroke": INK,
                "stroke-width": "0.8",
                "class": f"mark {_CLASSES[fill]}",
            },
        )
        SubElement(box, "title").text = readable(told)

    def mark(
        self,
        mark: Mark,
        at: tuple[float, float],
        *,
        told: str = "",
        fill: str = INK,
    ) -> None:
        """Draw *mark* with its middle *at* a point; *told* is what it stands for."""
        x, y = at
        if mark is Mark.DOT:
            attributes = {"cx": _number(x), "cy": _number(y), "r": "4.2"}
            tag = "circle"
        else:
            tag = "polygon"
            around = {
                Mark.DIAMOND: ((0, -6), (6, 0), (0, 6), (-6, 0)),
                Mark.TRIANGLE: ((-5.5, -4.5), (5.5, -4.5), (0, 6)),
                Mark.SQUARE: ((-4, -4), (4, -4), (4, 4), (-4, 4)),
            }[mark]
            attributes = {
                "points": " ".join(
                    f"{_number(x + right)},{_number(y + down)}"
                    for right, down in around
                )
            }
        attributes |= {"fill": fill, "stroke": INK, "class": f"mark {_CLASSES[fill]}"}
        drawn = SubElement(self._svg, tag, attributes)
        if told:
            SubElement(drawn, "title").text = readable(told)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        *,
        anchor: str = "start",
        size: float = FONT_SIZE,
        bold: str = "normal",
    ) -> None:
        """Write *text* whose base line begins, has its middle or ends *at* a point."""
        element = SubElement(
            self._svg,
            "text",
            {
                "x": _number(at[0]),
                "y": _number(at[1]),
                "text-anchor": anchor,
                "font-size": _number(size),
                "font-weight": bold,
            },
        )
        element.text = readable(text)

    def svg(self) -> str:
        """Return what has been drawn."""
        return tostring(self._svg, encoding="unicode")


def fitted(text: str, width: float, size: float = FONT_SIZE) -> str:
    """Return *text*, cut where it would not fit into *width*; the table has it all."""
    text = readable(text)
    most = int(width / (size * _LETTER))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def wrapped(text: str, width: float, size: float = FONT_SIZE) -> list[str]:
    """Return *text* in lines that fit into *width*, two at most; more is cut."""
    lines = textwrap.wrap(readable(text), int(width / (size * _LETTER)))
    return [*lines[:1], *(fitted(each, width, size) for each in _rest(lines))]


def _rest(lines: list[str]) -> list[str]:
    return [" ".join(lines[1:])] if len(lines) > 1 else []


def width_of(text: str, size: float = FONT_SIZE) -> float:
    """Return about how wide *text* is."""
    return len(text) * size * _LETTER


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
