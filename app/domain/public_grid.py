"""The public grid: which counts of a calendar year are public, and their sums."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.domain.disclosure import DEAR, Sum
from app.domain.reporting_periods import Period, parse_period
from app.domain.unit_tree import Tree, path

# The longer periods of a year by their length in months.
LENGTHS = {"Q": 3, "T": 4, "H": 6, "": 12}


class Measure(StrEnum):
    """What is published of a row.

    Whether a missed deadline is still open changes from day to day, so that two
    outputs would tell of single cases: late, and open and late, are one.
    """

    DUE = "due"
    IN_TIME = "in_time"
    MISSED = "missed"


class Reach(StrEnum):
    """Of which units a row is: of all, of one with all below it, or of one alone."""

    COUNTY = "county"
    BRANCH = "branch"
    UNIT = "unit"


class Row(NamedTuple):
    """Where counts stand; a text is empty where nothing is meant, or nothing known."""

    period: str
    rule: str
    reach: Reach = Reach.COUNTY
    unit: str = ""
    dimension: str = ""
    group: str = ""


class Count(NamedTuple):
    """One count of a row."""

    row: Row
    measure: Measure


class Split(NamedTuple):
    """How many deadlines were met in time, and how many missed."""

    in_time: int
    missed: int

    def of(self, measure: Measure) -> int:
        """Return the count that *measure* names."""
        if measure is Measure.DUE:
            return self.in_time + self.missed
        return self.in_time if measure is Measure.IN_TIME else self.missed


class Atom(NamedTuple):
    """The finest groups in which deadlines are counted; everything else is a sum."""

    rule: str
    unit: str
    language_group: str
    nationality_group: str
    age_band: str


# Of a month and every longer period; of a year also by unit.
DIMENSIONS = ("language_group", "nationality_group", "age_band")
DIMENSIONS_BY_UNIT = ("language_group", "nationality_group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What is published of one period.

    *splits* are the true counts, *hidden* those of them that are not shown, *parents*
    the unit tree as it was known.
    """

    period: str
    splits: Mapping[Row, Split]
    parents: Tree
    hidden: frozenset[Count] = frozenset()

    def counts(self) -> dict[Count, int]:
        """Return every true count."""
        return {
            Count(row, measure): split.of(measure)
            for row, split in self.splits.items()
            for measure in Measure
        }


def periods_ending_with(month: Period) -> tuple[Period, ...]:
    """Return *month* and the longer periods of its calendar year that end with it."""
    year, number = month.last.year, month.last.month
    longer = (
        f"{year}-{letter}{number // length}" if letter else f"{year}"
        for letter, length in LENGTHS.items()
        if number % length == 0
    )
    return month, *(parse_period(code) for code in longer)


def months_in(period: str) -> tuple[str, ...]:
    """Return the months of the period with that code."""
    found = parse_period(period)
    return tuple(
        f"{found.first.year}-{number:02}"
        for number in range(found.first.month, found.last.month + 1)
    )


def lay_out(
    period: str,
    counted: Mapping[Atom, Split],
    parents: Tree,
    earlier: Iterable[Output],
) -> Output:
    """Return the true counts of *period*, nothing hidden yet.

    A longer period has a row, of zeros perhaps, for whatever *earlier* says of its
    months: what was corrected away since must not be told by its absence.
    """
    in_time: Counter[Row] = Counter()
    missed: Counter[Row] = Counter()
    for atom, split in counted.items():
        for row in _rows_of(atom, period, parents):
            in_time[row] += split.in_time
            missed[row] += split.missed
    months = set(months_in(period)) - {period}
    of_months = {
        row._replace(period=period)
        for output in earlier
        if output.period in months
        for row in output.splits
        if row.reach is not Reach.BRANCH
    }
    rows = sorted(in_time.keys() | of_months)
    return Output(
        period=period,
        splits={row: Split(in_time[row], missed[row]) for row in rows},
        parents=dict(parents),
    )


def sums(outputs: Iterable[Output]) -> tuple[Sum[Count], ...]:
    """Return how the counts of *outputs* are tied, within each and between them."""
    outputs = list(outputs)
    rows = {row for output in outputs for row in output.splits}
    found = [
        Sum(
            total=Count(row, Measure.DUE),
            parts=(Count(row, Measure.IN_TIME), Count(row, Measure.MISSED)),
        )
        for row in sorted(rows)
    ]
    families: dict[tuple[Row, str], list[Row]] = {}
    for output in outputs:
        for row in output.splits:
            for total, axis in _totals_of(row, output.parents):
                if total in rows:
                    families.setdefault((total, axis), []).append(row)
    months = {output.period for output in outputs}
    for total in sorted(rows):
        if total.reach is not Reach.BRANCH:
            parts = (total._replace(period=each) for each in months_in(total.period))
            known = [row for row in parts if row in rows and row != total]
            if known and set(months_in(total.period)) <= months:
                families[total, "period"] = known
    found += [
        Sum(
            total=Count(total, measure),
            parts=tuple(Count(row, measure) for row in sorted(parts)),
        )
        for (total, _), parts in sorted(families.items())
        for measure in Measure
    ]
    return tuple(found)


def price(count: Count, value: int) -> int:
    """Return what hiding *count* costs the reader: the more it says, the more."""
    row = count.row
    weight = value.bit_length()
    if count.measure is Measure.DUE:
        weight *= 2
    if row.reach is not Reach.UNIT:
        weight *= 2
    weight *= len(months_in(row.period))
    if row.reach is Reach.COUNTY and not row.dimension:
        weight += DEAR
    return weight


def _rows_of(atom: Atom, period: str, parents: Tree) -> Iterator[Row]:
    """Give every row in which the deadlines of *atom* are counted."""
    county = Row(period, atom.rule)
    yield county
    for dimension in DIMENSIONS:
        yield county._replace(dimension=dimension, group=getattr(atom, dimension))
    by_unit = DIMENSIONS_BY_UNIT if len(months_in(period)) == LENGTHS[""] else ()
    places = [county._replace(reach=Reach.UNIT, unit=atom.unit)]
    places += [
        county._replace(reach=Reach.BRANCH, unit=unit)
        for unit in path(atom.unit, parents)
        if unit in parents.values()
    ]
    for place in places:
        yield place
        for dimension in by_unit:
            yield place._replace(dimension=dimension, group=getattr(atom, dimension))


def _totals_of(row: Row, parents: Tree) -> Iterator[tuple[Row, str]]:
    """Give the rows of which *row* is a part, each with the axis that is summed."""
    if row.dimension:
        yield row._replace(dimension="", group=""), row.dimension
    if row.reach is Reach.COUNTY:
        return
    is_branch = row.unit in parents.values() and row.unit in parents
    above = parents.get(row.unit)
    if row.reach is Reach.UNIT and is_branch:
        yield row._replace(reach=Reach.BRANCH), "unit"
    elif above is not None and above in parents:
        yield row._replace(reach=Reach.BRANCH, unit=above), "unit"
    else:
        yield row._replace(reach=Reach.COUNTY, unit=""), "unit"
