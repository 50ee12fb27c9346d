"""Reports beside each other: months in a row, two bases, two periods, levels."""

import pytest

from tests.api.sending import Wire
from tests.api.small_county import DAY, EAST, WEST, County


def series(county: County, **asked: str) -> Wire:
    """Return the months that *asked* describes."""
    answer = county.client.get(
        "/v1/reports/compliance/series",
        params={"as_of": DAY, **asked},
        headers=county.lead,
    )
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


@pytest.mark.parametrize("basis", ["due", "thl", "both"])
@pytest.mark.parametrize("by", ["", "unit,language_group"])
def test_each_month_of_a_series_is_as_the_report_of_that_month(
    county: County, basis: str, by: str
) -> None:
    found = series(county, months="6", basis=basis, by=by)

    assert [month["period"]["code"] for month in found["months"]] == [
        *("2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-04"),
    ]
    for month in found["months"]:
        report = county.ask(
            period=month["period"]["code"],
            basis=basis,
            by=by,
            known_at=found["known_at"],
        )
        for name in ("period", "inclusion", "rows", "subtotals", "totals"):
            assert month[name] == report[name]


def test_a_series_ends_with_the_month_that_is_named(county: County) -> None:
    found = series(county, months="2", last="2025-03")

    codes = [month["period"]["code"] for month in found["months"]]
    assert codes == ["2025-02", "2025-03"]


def test_both_bases_stand_side_by_side(county: County) -> None:
    both = county.ask(basis="both", by="unit")
    due = county.ask(basis="due", by="unit", known_at=both["known_at"])
    thl = county.ask(basis="thl", by="unit", known_at=both["known_at"])

    places = {(row["rule"], row["unit"]) for row in both["rows"]}
    assert places == {(r["rule"], r["unit"]) for r in due["rows"] + thl["rows"]}
    for row in both["rows"]:
        of_thl = [r for r in thl["rows"] if (r["rule"], r["unit"]) == _place(row)]
        of_due = [r for r in due["rows"] if (r["rule"], r["unit"]) == _place(row)]
        assert {**row["thl"], "rule": row["rule"], "unit": row["unit"]} in of_thl or (
            not of_thl and row["thl"]["due"] == 0
        )
        alone = {name: value for name, value in row.items() if name != "thl"}
        assert alone in of_due or (not of_due and row["due"] == 0)
    assert list(both["definitions"]) == ["due", "thl"]


def test_a_period_is_compared_with_the_one_before(county: County) -> None:
    report = county.ask(period="2025-Q1", compare="previous")

    assert report["compared_with"] == {
        "code": "2024-Q4",
        "first": "2024-10-01",
        "last": "2024-12-31",
    }
    initiation, assessment = report["totals"]
    # In the first quarter c1, c6, c7 of c1, c2, c3, c6, c7; before that c9, c10, c11.
    assert (initiation["due"], initiation["rate"]) == (5, 0.6)
    assert initiation["compared"]["due"] == 3
    assert initiation["compared"]["rate"] == 1.0
    assert initiation["compared"]["change_in_points"] == -40.0
    # No assessment fell due in the last quarter of 2024.
    assert assessment["compared"]["due"] == 0
    assert assessment["compared"]["change_in_points"] is None


def test_what_is_only_in_the_earlier_period_is_shown_with_nothing_in_this(
    county: County,
) -> None:
    report = county.ask(period="2025-12", compare="year_ago", by="unit")

    rows = [(row["unit"], row["due"], row["compared"]["due"]) for row in report["rows"]]
    assert report["compared_with"]["code"] == "2024-12"
    # c10 and c11; c9.
    assert rows == [(WEST, 0, 2), (EAST, 0, 1)]


def test_units_are_rolled_up_and_have_sub_totals(county: County) -> None:
    county_wide = county.ask(by="unit", level="0")
    by_unit = county.ask(by="unit", level="1", known_at=county_wide["known_at"])
    crossed = county.ask(by="language_group,unit", level="1")

    assert [row["unit"] for row in county_wide["rows"]] == ["espoo", "espoo"]
    assert [row["due"] for row in county_wide["rows"]] == [4, 3]
    assert county_wide["subtotals"] == []
    assert [(row["rule"], row["unit"], row["due"]) for row in by_unit["rows"]] == [
        ("initiation", WEST, 1),
        ("initiation", EAST, 3),
        ("assessment", WEST, 2),
        ("assessment", EAST, 1),
    ]
    assert by_unit["subtotals"] == county_wide["rows"]
    assert [(row["rule"], row["unit"], row["due"]) for row in crossed["subtotals"]] == [
        *(("initiation", "espoo", 4), ("initiation", WEST, 1), ("initiation", EAST, 3)),
        *(("assessment", "espoo", 3), ("assessment", WEST, 2), ("assessment", EAST, 1)),
    ]


def test_a_level_is_of_units(county: County) -> None:
    answer = county.client.get(
        "/v1/reports/compliance?period=2025-03&level=1", headers=county.lead
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "level_without_unit"


def test_the_days_it_took_are_told_in_working_days_or_calendar_days(
    county: County,
) -> None:
    report = county.ask(include="distribution")

    initiation, assessment = report["totals"]
    # c1: Mon 3rd to Mon 10th; c2: to Fri 14th; c6: Mon 10th to Wed 19th.
    assert initiation["days_taken"] == [
        {"days": 5, "deadlines": 1},
        {"days": 7, "deadlines": 1},
        {"days": 9, "deadlines": 1},
    ]
    # c9: 2 Dec to 3 Mar; c10: 10 Dec to 20 Mar.
    assert assessment["days_taken"] == [
        {"days": 91, "deadlines": 1},
        {"days": 100, "deadlines": 1},
    ]
    assert "days_taken" not in county.ask()["totals"][0]


def _place(row: Wire) -> tuple[str, str]:
    return row["rule"], row["unit"]
