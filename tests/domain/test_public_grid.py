"""The public grid: its rows, what they cost, and which of them a table has."""

from collections.abc import Iterator

import pytest

from app.domain.public_grid import (
    Atom,
    Count,
    Measure,
    Output,
    Reach,
    Row,
    Split,
    lay_out,
    months_in,
    periods_ending_with,
    price,
    sums,
)
from app.domain.public_tables import (
    NotPublicError,
    PublicRow,
    PublicTable,
    require_public,
    table,
)
from app.domain.reporting_periods import parse_period

# county ─ area ─ team, and a team of the county's own; "old" is registered nowhere.
TREE = {"county": None, "area": "county", "team": "area", "alone": "county"}
COUNTED = {
    Atom("initiation", unit, language, "finnish", "0-2"): Split(in_time, missed)
    for unit, language, in_time, missed in (
        ("team", "fi", 10, 1),
        ("team", "sv", 5, 2),
        ("area", "fi", 3, 0),
        ("alone", "fi", 7, 4),
        ("old", "fi", 2, 0),
        ("", "fi", 1, 1),
    )
}


def output(period: str) -> Output:
    """Return the grid of *period*."""
    return lay_out(period, COUNTED, TREE, ())


def shown(rows: tuple[PublicRow, ...]) -> dict[str | None, tuple[int | None, ...]]:
    """Return in time and missed of each row by its unit."""
    return {
        row.groups.get("unit"): (
            row.counts[Measure.IN_TIME],
            row.counts[Measure.MISSED],
        )
        for row in rows
    }


@pytest.mark.parametrize(
    ("month", "periods"),
    [
        ("2026-02", ["2026-02"]),
        ("2026-03", ["2026-03", "2026-Q1"]),
        ("2026-04", ["2026-04", "2026-T1"]),
        ("2026-06", ["2026-06", "2026-Q2", "2026-H1"]),
        ("2026-12", ["2026-12", "2026-Q4", "2026-T3", "2026-H2", "2026"]),
    ],
)
def test_a_month_is_published_with_the_periods_that_end_with_it(
    month: str, periods: list[str]
) -> None:
    assert [each.code for each in periods_ending_with(parse_period(month))] == periods


def test_the_months_of_a_period() -> None:
    assert months_in("2026-T2") == ("2026-05", "2026-06", "2026-07", "2026-08")


@pytest.mark.parametrize("period", ["2026-01", "2026"])
def test_every_sum_of_the_grid_holds(period: str) -> None:
    given = output(period)
    counts = given.counts()
    found = sums([given])

    assert found
    for tie in found:
        assert counts[tie.total] == sum(counts[part] for part in tie.parts)


def test_only_a_year_has_groups_by_unit() -> None:
    assert not any(row.unit and row.dimension for row in output("2026-01").splits)
    assert any(row.unit and row.dimension for row in output("2026").splits)


def test_months_are_tied_to_a_longer_period_once_all_are_there() -> None:
    quarter = output("2026-Q1")
    months = [output(month) for month in months_in("2026-Q1")]

    assert not list(over_time([quarter, *months[:2]]))
    assert all(len(tie_parts) == 3 for tie_parts in over_time([quarter, *months]))


def over_time(outputs: list[Output]) -> Iterator[tuple[Count, ...]]:
    """Give the parts of every sum over time."""
    for tie in sums(outputs):
        if tie.parts[0].row.period != tie.total.row.period:
            yield tie.parts


def test_what_was_corrected_away_keeps_a_row_in_the_longer_period() -> None:
    quarter = lay_out("2026-Q1", {}, TREE, [output("2026-01")])

    assert quarter.splits[Row("2026-Q1", "initiation")] == Split(0, 0)
    assert not any(row.reach is Reach.BRANCH for row in quarter.splits)
    assert sums([quarter])


def test_the_dearer_a_count_the_more_it_says() -> None:
    team = Row("2026-01", "initiation", Reach.UNIT, "team")
    county = Row("2026-01", "initiation")
    prices = [
        price(Count(team, Measure.MISSED), 10),
        price(Count(team, Measure.DUE), 10),
        price(
            Count(county._replace(dimension="age_band", group="0-2"), Measure.DUE), 10
        ),
        price(Count(county._replace(period="2026"), Measure.DUE), 10),
    ]

    assert prices == sorted(prices)
    assert len(set(prices)) == len(prices)


def test_by_unit_each_unit_stands_for_itself() -> None:
    found = table(output("2026-01"), ["unit"], None)

    assert shown(found.rows) == {
        "alone": (7, 4),
        "area": (3, 0),
        "old": (2, 0),
        "team": (15, 3),
        None: (1, 1),
    }
    assert not found.subtotals
    assert shown(found.totals) == {None: (28, 8)}


def test_at_a_level_a_unit_has_all_below_it() -> None:
    found = table(output("2026-01"), ["unit"], 1)

    assert shown(found.rows) == {
        "alone": (7, 4),
        "area": (18, 3),
        "old": (2, 0),
        None: (1, 1),
    }
    assert shown(found.subtotals) == {"county": (25, 7)}


def test_the_roots_are_level_zero() -> None:
    found = table(output("2026-01"), ["unit"], 0)

    assert shown(found.rows) == {"county": (25, 7), "old": (2, 0), None: (1, 1)}
    assert not found.subtotals


def test_with_another_dimension_the_rows_have_sub_totals() -> None:
    found = table(output("2026"), ["unit", "language_group"], 1)

    rows = {
        (row.groups["unit"], row.groups["language_group"]): row.counts[Measure.MISSED]
        for row in found.rows
    }
    assert rows[("area", "fi")] == 1
    assert rows[("area", "sv")] == 2
    assert shown(found.subtotals) == {
        "alone": (7, 4),
        "area": (18, 3),
        "county": (25, 7),
    }


def test_by_a_group_the_rows_are_of_the_county() -> None:
    found = table(output("2026-01"), ["language_group"], None)

    assert [row.groups for row in found.rows] == [
        {"language_group": "fi"},
        {"language_group": "sv"},
    ]


def test_by_nothing_there_are_totals_alone() -> None:
    found = table(output("2026-01"), [], None)

    assert found == PublicTable(rows=(), subtotals=(), totals=found.totals)


@pytest.mark.parametrize(
    ("period", "by", "is_public"),
    [
        ("2026-01", "", True),
        ("2026-T1", "unit", True),
        ("2026-Q1", "age_band", True),
        ("2026-Q1", "unit,language_group", False),
        ("2026", "nationality_group,unit", True),
        ("2026", "unit,age_band", False),
        ("2026", "language_group,nationality_group", False),
        ("2026", "unit,language_group,nationality_group", False),
        ("2026", "source", False),
        ("thl:2026-04", "", False),
        ("2026-01-01..2026-01-31", "", False),
    ],
)
def test_the_public_tables(period: str, by: str, is_public: object) -> None:
    names = [name for name in by.split(",") if name]
    if is_public:
        require_public(names, parse_period(period))
        return

    with pytest.raises(NotPublicError):
        require_public(names, parse_period(period))
