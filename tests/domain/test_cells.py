"""Rows, sub-totals and totals are sums of the same tallies."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cells import Cell, Layout, Place, Span, Tallies, compared
from app.domain.compliance import FACTS, Basis, Column, Dimension, Fact, Judged
from app.domain.figures import Number, Tally

TREE = {
    "county": None,
    "west": "county",
    "east": "county",
    "team-1": "west",
    "team-2": "west",
    "lost": "abolished",  # below a unit that nobody has registered
}
UNITS = (*TREE, "unheard-of", None)
BY = (Dimension.LANGUAGE_GROUP, Dimension.UNIT)
IN_TIME = Fact(Column.IN_TIME, None, corrected=False, hinging=False, far_over=False)


def tally(times: int, fact: Fact = IN_TIME) -> Tally:
    """Return a tally of *times* deadlines of one kind."""
    found = Tally()
    found.count(Judged(fact, None, None), times)
    return found


def counted(rows: Iterable[tuple[str | None, int]]) -> Tallies:
    """Return how many are in time of each unit, all of one rule."""
    return {
        Place(Span.CELL, "initiation", (unit,)): tally(times) for unit, times in rows
    }


def due(cells: Iterable[Cell], span: Span) -> dict[tuple[str | None, ...], int]:
    """Return how many are due in each cell of *span*."""
    return {cell.groups: cell.figures.due for cell in cells if cell.place.span is span}


EVERY_UNIT = counted([(unit, 10**place) for place, unit in enumerate(UNITS)])
# county 1, west 10, east 100, team-1 1,000, team-2 10,000, lost 100,000,
# unheard-of 1,000,000, none 10,000,000


@pytest.mark.parametrize(
    ("level", "rows", "subtotals"),
    [
        (None, {unit: 10**place for place, unit in enumerate(UNITS)}, {}),
        (
            0,
            {
                "county": 11_111,
                "lost": 100_000,
                "unheard-of": 1_000_000,
                None: 10_000_000,
            },
            {},
        ),
        (
            1,
            {
                "county": 1,
                "west": 11_010,
                "east": 100,
                "lost": 100_000,
                "unheard-of": 1_000_000,
                None: 10_000_000,
            },
            {"county": 11_111, "lost": 100_000},
        ),
        (
            7,
            {unit: 10**place for place, unit in enumerate(UNITS)},
            {
                "county": 11_111,
                "west": 11_010,
                "east": 100,
                "team-1": 1_000,
                "team-2": 10_000,
                "lost": 100_000,
            },
        ),
    ],
)
def test_units_are_rolled_up_to_a_depth_and_each_unit_above_has_a_sub_total(
    level: int | None,
    rows: dict[str | None, int],
    subtotals: dict[str | None, int],
) -> None:
    layout = Layout(by=(Dimension.UNIT,), level=level, tree=TREE)

    cells = layout.cells({Basis.DUE: EVERY_UNIT})

    assert due(cells, Span.CELL) == {(unit,): n for unit, n in rows.items()}
    assert due(cells, Span.SUBTOTAL) == {(unit,): n for unit, n in subtotals.items()}
    assert due(cells, Span.TOTAL) == {(None,): 11_111_111}


tallies = st.dictionaries(
    st.builds(
        lambda rule, language, unit: Place(Span.CELL, rule, (language, unit)),
        st.sampled_from(("initiation", "assessment")),
        st.sampled_from(("fi", "sv", None)),
        st.sampled_from(UNITS),
    ),
    st.builds(tally, st.integers(1, 9), st.sampled_from(FACTS)),
)


@given(tallies=tallies, level=st.none() | st.integers(0, 3))
def test_every_number_of_the_rows_adds_up_to_the_totals(
    tallies: Tallies, level: int | None
) -> None:
    layout = Layout(by=BY, level=level, tree=TREE)

    cells = layout.cells({Basis.DUE: tallies})

    for total in (cell for cell in cells if cell.is_total):
        rows = [
            cell
            for cell in cells
            if cell.place.span is Span.CELL and cell.rule == total.rule
        ]
        for number in Number:
            parts = (row.figures.numbers[number] for row in rows)
            assert total.figures.numbers[number] == sum(parts)


@given(tallies=tallies, level=st.integers(0, 3))
def test_a_sub_total_is_the_sum_of_what_is_below_its_unit(
    tallies: Tallies, level: int
) -> None:
    layout = Layout(by=BY, level=level, tree=TREE)

    cells = layout.cells({Basis.DUE: tallies})

    for cell in cells:
        if cell.place.span is not Span.SUBTOTAL:
            continue
        unit = cell.groups[1]
        assert unit in TREE
        at_its_depth = Layout(by=BY, level=layout.depth(unit), tree=TREE)
        below = [
            sum(each.facts.values())
            for place, each in tallies.items()
            if place.rule == cell.rule
            and at_its_depth.rolled_up(place.groups[1]) == unit
        ]
        shown = sum(cell.figures.counts.values())
        assert shown == sum(below)


def test_cells_stand_in_the_order_of_the_clocks_and_what_is_of_no_group_last() -> None:
    places = [
        Place(Span.CELL, rule, (unit,))
        for rule in ("assessment", "initiation")
        for unit in (None, "west", "east")
    ]
    layout = Layout(by=(Dimension.UNIT,))

    cells = layout.cells({Basis.DUE: {place: tally(1) for place in places}})

    rows = [(cell.rule, *cell.groups) for cell in cells if not cell.is_total]
    assert rows == [
        (rule, unit)
        for rule in ("initiation", "assessment")
        for unit in ("east", "west", None)
    ]


def test_without_dimensions_there_are_only_totals() -> None:
    place = Place(Span.CELL, "initiation", ())

    (cell,) = Layout().cells({Basis.DUE: {place: tally(3)}})

    assert cell.is_total
    assert cell.figures.due == 3


def test_what_is_in_one_of_two_periods_or_bases_only_is_nothing_in_the_other() -> None:
    layout = Layout(by=(Dimension.UNIT,), minimum_n=5)
    now = layout.cells({Basis.DUE: counted([("west", 5)]), Basis.THL: {}})
    before = layout.cells({Basis.DUE: {}, Basis.THL: counted([("east", 7)])})

    rows = [c for c in compared(now, before) if c.place.span is Span.CELL]

    assert [(c.groups, c.figures.due, c.beside and c.beside.due) for c in rows] == [
        (("east",), 0, 0),
        (("west",), 5, 0),
    ]
    assert [c.earlier and c.earlier.figures.due for c in rows] == [0, 0]
    assert rows[0].earlier is not None
    assert rows[0].earlier.beside is not None
    assert rows[0].earlier.beside.due == 7
    assert rows[0].earlier.beside.rate == 1.0
    assert rows[0].figures.rate is None


def test_of_fewer_than_the_minimum_there_is_no_rate_and_no_percentile() -> None:
    late = IN_TIME._replace(column=Column.LATE, recorded_late=False, far_over=True)
    each = Tally()
    each.count(Judged(IN_TIME, None, 3), 1)
    each.count(Judged(late, 4, 11), 3)
    place = Place(Span.CELL, "initiation", ())

    (few,) = Layout(minimum_n=5).cells({Basis.DUE: {place: each}})
    (enough,) = Layout(minimum_n=4).cells({Basis.DUE: {place: each}})

    assert (few.figures.due, few.figures.rate, few.figures.interval) == (4, None, None)
    assert enough.figures.rate == 0.25
    assert enough.figures.interval is not None
    for figures in (few.figures, enough.figures):
        assert figures.days_over is not None
        assert figures.days_over.median is None
        assert figures.days_over.p90 is None
        assert (figures.days_over.mean, figures.days_over.maximum) == (4, 4)
    assert few.figures.days_taken == {3: 1, 11: 3}
    assert few.figures.numbers[Number.FAR_OVER_LIMIT] == 3
