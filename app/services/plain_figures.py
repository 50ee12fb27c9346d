"""Figures as plain data, as answers and seals have them: one row of a report."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, assert_never
from urllib.parse import quote_plus, urlencode

from app.clock import rfc3339
from app.domain.cells import Cell, Layout, Place, Span
from app.domain.compliance import Basis, Dimension
from app.domain.figures import BANDS, DECIMALS, DaysOver, Figures, Number
from app.domain.reporting_periods import Period
from app.services.compliance import Asked

FLAT = tuple((number.value, number) for number in Number if number not in BANDS)
_BANDS = tuple((band.value, band) for band in BANDS)
# The group of those of which nothing is known, in a query.
NOTHING = ""


class CasesLink:
    """Makes the links to the deadlines behind a row."""

    def __init__(self, asked: Asked, period: Period, earlier: Period | None) -> None:
        self._layout = asked.layout
        self._codes = (period.code, earlier.code if earlier else "")
        self._known = {"as_of": asked.as_of, "known_at": rfc3339(asked.known_at)}
        self._beginnings: dict[tuple[Basis, bool, int | None], str] = {}

    def to(self, place: Place, basis: Basis, *, earlier: bool = False) -> str:
        """Return the link to the deadlines at *place*, to which a column is added."""
        level = level_of(place, self._layout)
        groups = groups_of(place, self._layout.by)
        beginning = self._beginnings.get((basis, earlier, level))
        if beginning is None:
            beginning = self._beginning(basis, level, earlier=earlier)
            self._beginnings[basis, earlier, level] = beginning
        those = "".join([_in_link(*each) for each in groups.items()])
        return f"{beginning}&rule={place.rule}{those}"

    def _beginning(self, basis: Basis, level: int | None, *, earlier: bool) -> str:
        """Return what the links of many rows have in common."""
        asked = {
            "period": self._codes[earlier],
            "basis": basis.value,
            **self._known,
            **({} if level is None else {"level": level}),
        }
        return f"/v1/reports/compliance/cases?{urlencode(asked)}"


@lru_cache(maxsize=4096)
def _in_link(dimension: str, group: str | None) -> str:
    return f"&{dimension}={NOTHING if group is None else quote_plus(group)}"


def groups_of(place: Place, by: Sequence[Dimension]) -> dict[str, str | None]:
    """Return the groups that *place* is about, by the names of their dimensions."""
    match place.span:
        case Span.TOTAL:
            return {}
        case Span.SUBTOTAL:
            return {"unit": place.groups[by.index(Dimension.UNIT)]}
        case Span.CELL:
            return dict(zip(map(str, by), place.groups, strict=True))
        case _:
            assert_never(place.span)


def level_of(place: Place, layout: Layout) -> int | None:
    """Return to which depth units are rolled up where *place* is a row of its own."""
    if place.span is not Span.SUBTOTAL:
        return layout.level
    unit = place.groups[layout.by.index(Dimension.UNIT)]
    return layout.level if unit is None else layout.depth(unit)


def row_out(cell: Cell, by: Sequence[Dimension], link: CasesLink) -> dict[str, Any]:
    """Return *cell* as JSON."""
    before = cell.earlier
    shown: dict[str, Any] = {"rule": cell.rule, **groups_of(cell.place, by)}
    shown |= _opening(cell, cell.figures, before.figures if before else None, link)
    if cell.beside is not None:
        shown["thl"] = _opening(
            cell, cell.beside, before.beside if before else None, link
        )
    return shown


def figures_out(figures: Figures) -> dict[str, Any]:
    """Return the numbers of a cell, its rate, and how late the missed ones are."""
    numbers, over = figures.numbers, figures.days_over
    shown: dict[str, Any] = {name: numbers[number] for name, number in FLAT}
    shown["bands"] = {name: numbers[band] for name, band in _BANDS}
    shown["rate"] = figures.rate
    shown["interval"] = figures.interval
    shown["days_over"] = None if over is None else _days_over_out(over)
    if figures.days_taken:
        shown["days_taken"] = [
            {"days": days, "deadlines": times}
            for days, times in figures.days_taken.items()
        ]
    return shown


def _days_over_out(over: DaysOver) -> dict[str, float | None]:
    return {
        "median": over.median,
        "p90": over.p90,
        "mean": over.mean,
        "maximum": over.maximum,
    }


def _opening(
    cell: Cell, now: Figures, earlier: Figures | None, link: CasesLink
) -> dict[str, Any]:
    """Return the figures *now* with a link to their deadlines, and the *earlier* ones.

    The change of the rate is in points.
    """
    shown = figures_out(now)
    shown["cases"] = link.to(cell.place, now.basis)
    if earlier is None:
        return shown
    change = None
    if now.rate is not None and earlier.rate is not None:
        change = round(100 * (now.rate - earlier.rate), DECIMALS)
    compared = {
        **figures_out(earlier),
        "cases": link.to(cell.place, earlier.basis, earlier=True),
        "change_in_points": change,
    }
    return {**shown, "compared": compared}
