"""One who reads every public output and works out what is hidden, with a solver.

It knows the published answers, the unit tree, that hidden counts are whole and not
zero, and arithmetic. It shares no code with what hides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Answer: TypeAlias = Mapping[str, Any]
MEASURES = ("due", "in_time", "missed")
HORIZON = 10_000
# Long periods by what they are made of; the attacker's own calendar.
PARTS = {
    **{f"Q{n + 1}": range(3 * n + 1, 3 * n + 4) for n in range(4)},
    **{f"T{n + 1}": range(4 * n + 1, 4 * n + 5) for n in range(3)},
    **{f"H{n + 1}": range(6 * n + 1, 6 * n + 7) for n in range(2)},
}


class Cell(NamedTuple):
    """A count by what it is about: two tables that tell of the same are one."""

    period: str
    rule: str
    units: frozenset[str]
    groups: tuple[tuple[str, str], ...]
    measure: str


@dataclass
class Attacker:
    """Collects answers, and narrows what they hide.

    *tree* has the parent of each unit. *changes*, where months were corrected after
    they were published, tells by how much the count of a longer period differs from
    the sum of its months: more than anybody knows. *zeros* are hidden all the same.
    """

    tree: Mapping[str, str | None]
    changes: Mapping[Cell, int] | None = None
    zeros: frozenset[Cell] = frozenset()
    shown: dict[Cell, int] = field(default_factory=dict)
    hidden: dict[Cell, None] = field(default_factory=dict)
    tables: list[tuple[str, tuple[str, ...], list[Cell]]] = field(default_factory=list)

    def read(self, answer: Answer) -> None:
        """Note what *answer* shows and hides."""
        by, period = tuple(answer["by"]), answer["period"]["code"]
        cells = [
            self._note(row, period, by, answer["level"], measure)
            for row in answer["rows"]
            for measure in MEASURES
        ]
        for row, measure in product(answer["subtotals"], MEASURES):
            self._note(row, period, ("unit",), 0, measure)
        for row, measure in product(answer["totals"], MEASURES):
            self._note(row, period, (), None, measure)
        self.tables.append((period, by, cells))

    def recovered(self, threshold: int) -> Iterator[Cell]:
        """Give every hidden count that is narrowed to fewer values than that."""
        least = [0 if cell in self.zeros else 1 for cell in self.hidden]
        program = _Program(list(self.hidden), least, list(self._equations()))
        for cell in self.hidden:
            if program.width(cell, threshold) < threshold:
                yield cell

    @staticmethod
    def months_in(period: str) -> list[str]:
        """Return the months of a longer period; a month has none."""
        year, _, part = period.partition("-")
        if part.isdigit():
            return []
        return [f"{year}-{n:02}" for n in PARTS.get(part, range(1, 13))]

    def _note(
        self,
        row: Mapping[str, Any],
        period: str,
        by: Sequence[str],
        level: int | None,
        measure: str,
    ) -> Cell:
        units = self._everything()
        if "unit" in by:
            unit = row["unit"] or ""
            # Above its level a unit stands for itself; at it, for all that is below.
            is_whole = level is not None and self._depth(unit) >= level
            is_whole |= level == 0
            units = self._below(unit) if is_whole else frozenset({unit})
        groups = tuple((name, row[name] or "") for name in by if name != "unit")
        cell = Cell(period, row["rule"], units, groups, measure)
        if row[measure] is None:
            self.hidden[cell] = None
        else:
            self.shown[cell] = row[measure]
        return cell

    def _equations(self) -> Iterator[tuple[dict[Cell, int], int]]:
        """Give every equation that the attacker knows: signed cells, and their sum."""
        known = {*self.hidden, *self.shown}
        for cell in known:
            if cell.measure == "due":
                parts = [cell._replace(measure=name) for name in MEASURES[1:]]
                yield self._equation(cell, parts)
        for total in known:
            for _, by, cells in self.tables:
                for parts in self._parts(total, by, cells):
                    yield self._equation(total, parts)
        yield from self._equations_of_time(known)

    def _parts(
        self, total: Cell, by: Sequence[str], cells: Sequence[Cell]
    ) -> Iterator[list[Cell]]:
        """Give the cells of a table that add up to *total*, if they do."""
        same = [
            cell
            for cell in cells
            if (cell.period, cell.rule, cell.measure)
            == (total.period, total.rule, total.measure)
        ]
        within = [
            cell
            for cell in same
            if cell.groups == total.groups and cell.units <= total.units
        ]
        if "unit" in by and within and within != [total]:
            # A table by unit covers all units, so these cover all of the total's, if
            # none of its rows reaches across.
            across = any(
                cell.units & total.units and not cell.units <= total.units
                for cell in same
            )
            if not across:
                yield within
        if not total.groups:
            split = [cell for cell in same if cell.groups and cell.units == total.units]
            if split:
                yield split

    def _equations_of_time(
        self, known: set[Cell]
    ) -> Iterator[tuple[dict[Cell, int], int]]:
        read = {(period, by) for period, by, _ in self.tables}
        for total in known:
            months = self.months_in(total.period)
            by_unit = total.units != self._everything()
            by = (("unit",) if by_unit else ()) + tuple(
                name for name, _ in total.groups
            )
            if not months or not all((month, by) in read for month in months):
                continue
            parts = [total._replace(period=month) for month in months]
            cells, constant = self._equation(total, parts)
            if self.changes is None:
                yield cells, constant
            elif total in self.changes:
                yield cells, constant - self.changes[total]

    def _equation(
        self, total: Cell, parts: Iterable[Cell]
    ) -> tuple[dict[Cell, int], int]:
        """Return parts - total = 0, with what is shown put in; what is absent is 0."""
        cells: dict[Cell, int] = {}
        constant = 0
        for cell, sign in [(total, -1), *((part, 1) for part in parts)]:
            if cell in self.shown:
                constant -= sign * self.shown[cell]
            elif cell in self.hidden:
                cells[cell] = cells.get(cell, 0) + sign
        return cells, constant

    def _everything(self) -> frozenset[str]:
        return frozenset({*self.tree, ""})

    def _below(self, unit: str) -> frozenset[str]:
        found = {unit}
        for _ in self.tree:
            found |= {code for code, parent in self.tree.items() if parent in found}
        return frozenset(found)

    def _depth(self, unit: str) -> int:
        parent = self.tree.get(unit)
        return 0 if parent is None else 1 + self._depth(parent)


class _Program:
    """What the equations leave open of each hidden count."""

    def __init__(
        self,
        cells: Sequence[Cell],
        least: Sequence[int],
        equations: Sequence[tuple[dict[Cell, int], int]],
    ) -> None:
        self.index = {cell: at for at, cell in enumerate(cells)}
        self.least = np.array(least, dtype=float)
        self.low = np.full(len(cells), np.inf)
        self.high = np.full(len(cells), -np.inf)
        equations = [each for each in equations if each[0]]
        entries = [
            (row, self.index[cell], sign)
            for row, (signed, _) in enumerate(equations)
            for cell, sign in signed.items()
        ]
        rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(equations), len(cells))
        self.matrix = csr_array((values, (rows, columns)), shape=shape, dtype=float)
        self.constants = np.array([constant for _, constant in equations], dtype=float)

    def width(self, cell: Cell, enough: int) -> int:
        """Return how many values *cell* may have, or *enough* once it has as many.

        Solutions found for other cells serve too: the true range is no smaller.
        """
        at = self.index[cell]
        for sign in (1, -1):
            if self.high[at] - self.low[at] + 1 < enough:
                self._solve(at, sign)
        return int(self.high[at] - self.low[at] + 1)

    def _solve(self, at: int, sign: int) -> None:
        cost = np.zeros(len(self.index))
        cost[at] = sign
        found = milp(
            cost,
            constraints=LinearConstraint(self.matrix, self.constants, self.constants),
            bounds=Bounds(self.least, np.full(len(cost), HORIZON)),
            integrality=np.ones(len(cost)),
        )
        assert found.x is not None, "the published counts contradict each other"
        whole = np.rint(found.x)
        self.low = np.minimum(self.low, whole)
        self.high = np.maximum(self.high, whole)
