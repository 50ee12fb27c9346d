"""The tables of the public grid, as they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import DomainError
from app.domain.figures import DECIMALS, wilson_interval
from app.domain.public_grid import (
    DIMENSIONS,
    DIMENSIONS_BY_UNIT,
    LENGTHS,
    Count,
    Measure,
    Output,
    Reach,
    Row,
    months_in,
    periods_ending_with,
)
from app.domain.reporting_periods import Period, month_of
from app.domain.unit_tree import Tree, path

UNIT = "unit"


class Audience(StrEnum):
    """Whom figures are for: those who answer for them, or everybody."""

    INTERNAL = "internal"
    PUBLIC = "public"


class NotPublicError(DomainError):
    """No such table is public; the message says which are."""

    code = "not_public"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """A row as the public sees it; a hidden count is None."""

    rule: str
    groups: Mapping[str, str | None]
    counts: Mapping[Measure, int | None]
    minimum_n: int

    @property
    def hidden(self) -> tuple[Measure, ...]:
        """Return what is hidden of the row."""
        return tuple(each for each, count in self.counts.items() if count is None)

    @property
    def rate(self) -> float | None:
        """Return the share in time; None of too few, or if anything is hidden."""
        rated = self._rated()
        return None if rated is None else round(rated[0] / rated[1], DECIMALS)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % Wilson interval of the rate; None where there is none."""
        rated = self._rated()
        return None if rated is None else wilson_interval(*rated)

    def _rated(self) -> tuple[int, int] | None:
        """Return what the rate is taken of: in time, and due."""
        due, in_time = self.counts[Measure.DUE], self.counts[Measure.IN_TIME]
        if due is None or in_time is None or self.hidden:
            return None
        return None if due < max(self.minimum_n, 1) else (in_time, due)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTable:
    """Rows of single groups, sub-totals of the units above, the total of each rule."""

    rows: tuple[PublicRow, ...]
    subtotals: tuple[PublicRow, ...]
    totals: tuple[PublicRow, ...]


def require_public(by: Sequence[str], period: Period) -> None:
    """Make sure that the table by *by* is public for *period*.

    Raises:
        NotPublicError: it is not.
    """
    dimensions = [name for name in by if name != UNIT]
    is_year = len(months_in(period.code)) == LENGTHS[""]
    if period not in periods_ending_with(month_of(period.last)):
        fits = False
    elif len(dimensions) < len(by) and is_year:
        fits = len(dimensions) <= 1 and set(dimensions) <= set(DIMENSIONS_BY_UNIT)
    else:
        fits = len(by) <= 1 and set(dimensions) <= set(DIMENSIONS)
    if not fits:
        raise NotPublicError(
            f"Public are the totals and one of unit, {', '.join(DIMENSIONS)}; "
            f"of a calendar year also unit with {' or '.join(DIMENSIONS_BY_UNIT)}. "
            "Periods are months, quarters, four months, half-years and calendar years."
        )


def table(
    output: Output, by: Sequence[str], level: int | None, minimum_n: int = 1
) -> PublicTable:
    """Return the table of *output* by *by*, units rolled up to *level* of the tree.

    Of fewer than *minimum_n* there is no rate.

    ``require_public`` has found that there is such a table.
    """
    dimension = next((name for name in by if name != UNIT), "")
    rows = [row for row in output.splits if row.dimension == dimension]
    totals = [row for row in output.splits if row == Row(row.period, row.rule)]
    if UNIT in by:
        chosen = [row for row in rows if _is_at(row, output.parents, level)]
    else:
        chosen = [row for row in rows if row.reach is Reach.COUNTY] if by else []
    above = []
    if UNIT in by and level is not None:
        depth = level + bool(dimension)
        above = list(_branches_above(output, depth))
    return PublicTable(
        rows=tuple(_shown(output, row, by, minimum_n) for row in _sorted(chosen)),
        subtotals=tuple(
            _shown(output, row, [UNIT], minimum_n) for row in _sorted(above)
        ),
        totals=tuple(_shown(output, row, [], minimum_n) for row in _sorted(totals)),
    )


def all_shown(output: Output) -> dict[str, object]:
    """Return all that the tables of *output* show together; a hidden count is None."""
    return {
        "period": output.period,
        "parents": dict(output.parents),
        "rows": [[*row[1:], *_counts(output, row).values()] for row in output.splits],
    }


def _is_at(row: Row, parents: Tree, level: int | None) -> bool:
    """Tell whether *row* stands in a table of units rolled up to *level*."""
    if row.reach is Reach.COUNTY:
        return False
    if level is None:
        return row.reach is Reach.UNIT
    depth = len(path(row.unit, parents)) - 1
    has_branch = row.unit in parents.values()
    if depth == level and has_branch:
        return row.reach is Reach.BRANCH
    return depth <= level and row.reach is Reach.UNIT


def _branches_above(output: Output, depth: int) -> Iterator[Row]:
    """Give the sub-totals of the units that stand higher in the tree than *depth*."""
    for row in output.splits:
        if row.reach is Reach.COUNTY or row.dimension or not row.unit:
            continue
        has_branch = row.unit in output.parents.values()
        is_whole = row.reach is Reach.BRANCH or not has_branch
        is_registered = row.unit in output.parents
        if is_whole and is_registered and len(path(row.unit, output.parents)) <= depth:
            yield row


def _shown(output: Output, row: Row, by: Sequence[str], minimum_n: int) -> PublicRow:
    groups = {name: (row.unit if name == UNIT else row.group) or None for name in by}
    return PublicRow(
        rule=row.rule,
        groups=groups,
        counts=_counts(output, row),
        minimum_n=minimum_n,
    )


def _counts(output: Output, row: Row) -> dict[Measure, int | None]:
    split = output.splits[row]
    return {
        measure: None if Count(row, measure) in output.hidden else split.of(measure)
        for measure in Measure
    }


def _sorted(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.rule != "initiation", not row.unit, row))
