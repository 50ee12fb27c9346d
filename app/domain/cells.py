"""The cells of a report: rows, sub-totals of the unit tree and totals, of tallies."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, Protocol, Self, TypeAlias, TypeVar

from app.domain.compliance import Basis, Dimension
from app.domain.figures import Figures, Tally, figures_of
from app.domain.unit_tree import Tree, path


class Span(StrEnum):
    """What a cell is about: its groups, all below a unit of the tree, or everything."""

    CELL = "cell"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


class Place(NamedTuple):
    """Where a cell stands: its rule, and its group of each dimension.

    In a sub-total only the unit is named, in a total nothing; None is elsewhere a group
    of its own, of those of which nothing is known.
    """

    span: Span
    rule: str
    groups: tuple[str | None, ...]


Tallies: TypeAlias = Mapping[Place, Tally]


class Addable(Protocol):
    """What can be summed up over cells."""

    def add(self, other: Self, /) -> None:
        """Count also what *other* has counted."""


Sum = TypeVar("Sum", bound=Addable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The figures at one place of a report.

    *beside* are those on the other basis, *earlier* is the cell of the period that is
    compared with; both only where they were asked for.
    """

    place: Place
    figures: Figures
    beside: Figures | None = None
    earlier: "Cell | None" = None

    @property
    def rule(self) -> str:
        """Return the code of the rule."""
        return self.place.rule

    @property
    def groups(self) -> tuple[str | None, ...]:
        """Return the group of each dimension."""
        return self.place.groups

    @property
    def is_total(self) -> bool:
        """Tell whether the cell is of everything that was counted under its rule."""
        return self.place.span is Span.TOTAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which cells a report has.

    With *level* units are rolled up to those of that depth of *tree*, where the roots
    have depth 0; each unit on the way there has a sub-total.
    """

    by: tuple[Dimension, ...] = ()
    level: int | None = None
    tree: Tree = field(default_factory=dict)
    minimum_n: int = 1

    def cells(self, counted: Mapping[Basis, Tallies]) -> list[Cell]:
        """Return the cells of what was *counted*, the first basis before the other."""
        laid_out = {
            basis: self.laid_out(each, Tally) for basis, each in counted.items()
        }
        places = {place for tallies in laid_out.values() for place in tallies}
        return [self._cell(place, laid_out) for place in in_order(places)]

    def laid_out(
        self, counted: Mapping[Place, Sum], empty: Callable[[], Sum]
    ) -> dict[Place, Sum]:
        """Return what was *counted* summed up for every cell, sub-total and total.

        What is alone in its cell is that cell's sum as it is.
        """
        parts: dict[Place, list[Sum]] = defaultdict(list)
        for place, each in counted.items():
            for target in self.counted_in(place):
                parts[target].append(each)
        return {
            target: those[0] if len(those) == 1 else _sum(those, empty)
            for target, those in parts.items()
        }

    def rolled_up(self, unit: str | None) -> str | None:
        """Return the unit in whose row *unit* is counted.

        What is not registered has no place in the tree and stays what it is.
        """
        if self.level is None or unit is None:
            return unit
        above = path(unit, self.tree)
        return above[min(self.level, len(above) - 1)]

    def depth(self, unit: str) -> int:
        """Return how many units are above *unit*."""
        return len(path(unit, self.tree)) - 1

    def _cell(self, place: Place, counted: Mapping[Basis, Tallies]) -> Cell:
        first, *others = (
            figures_of(tallies.get(place, Tally()), basis, self.minimum_n)
            for basis, tallies in counted.items()
        )
        return Cell(place=place, figures=first, beside=others[0] if others else None)

    def counted_in(self, place: Place) -> Iterator[Place]:
        """Give every place in which what was counted at *place* is counted."""
        none = (None,) * len(self.by)
        yield Place(Span.TOTAL, place.rule, none)
        if not self.by:
            return
        if self.level is None or Dimension.UNIT not in self.by:
            yield place
            return
        index = self.by.index(Dimension.UNIT)
        unit = place.groups[index]
        row = self.rolled_up(unit)
        yield place._replace(groups=_with(place.groups, index, row))
        if unit is None or unit not in self.tree:
            return
        # Without another dimension the row of a unit at that depth is its sub-total.
        depth = self.level + (len(self.by) > 1)
        for above in path(unit, self.tree)[:depth]:
            yield Place(Span.SUBTOTAL, place.rule, _with(none, index, above))


def compared(now: Iterable[Cell], before: Iterable[Cell]) -> list[Cell]:
    """Return the cells of *now*, each with that of *before*; of either, if not both."""
    cells = {cell.place: cell for cell in now}
    earlier = {cell.place: cell for cell in before}
    places = in_order(cells.keys() | earlier.keys())
    return [
        replace(
            cells.get(place) or _emptied(earlier[place]),
            earlier=earlier.get(place) or _emptied(cells[place]),
        )
        for place in places
    ]


def in_order(places: Iterable[Place]) -> list[Place]:
    """Return *places* in the order of a report."""
    return sorted(places, key=_order)


def _sum(parts: Iterable[Sum], empty: Callable[[], Sum]) -> Sum:
    found = empty()
    for each in parts:
        found.add(each)
    return found


def _emptied(cell: Cell) -> Cell:
    """Return *cell* as if nothing were counted in it."""
    minimum_n = cell.figures.minimum_n
    return Cell(
        place=cell.place,
        figures=figures_of(Tally(), cell.figures.basis, minimum_n),
        beside=cell.beside and figures_of(Tally(), cell.beside.basis, minimum_n),
    )


def _order(place: Place) -> tuple[object, ...]:
    # The clock that ends first, first; what is of no group last.
    groups = tuple((group is None, group or "") for group in place.groups)
    return place.rule != "initiation", place.rule, place.span, groups


def _with(
    groups: tuple[str | None, ...], index: int, group: str | None
) -> tuple[str | None, ...]:
    return (*groups[:index], group, *groups[index + 1 :])
