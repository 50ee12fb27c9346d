"""What is hidden of a month, and of the periods that end with it."""

from collections.abc import Mapping

from app.domain.public_grid import Atom, Count, Measure, Output, Row, Split, lay_out
from app.services.disclosure import conceal

TREE: Mapping[str, str | None] = {}


def output(period: str, earlier: list[Output], **counted: tuple[int, int]) -> Output:
    """Return the counts of *period* by unit."""
    atoms = {
        Atom("initiation", unit, "fi", "finnish", "0-2"): Split(*split)
        for unit, split in counted.items()
    }
    return lay_out(period, atoms, TREE, earlier)


def quarter(
    *months: Mapping[str, tuple[int, int]], **corrected: tuple[int, int]
) -> list[Output]:
    """Return what is published of a quarter, whose counts are those of the months.

    *corrected* are those of units that have changed since.
    """
    outputs: list[Output] = []
    for number, month in enumerate(months, 1):
        fresh = [output(f"2026-{number:02}", outputs, **month)]
        if number == len(months):
            whole = {
                unit: (
                    sum(each[unit][0] for each in months),
                    sum(each[unit][1] for each in months),
                )
                for unit in month
            }
            fresh.append(output("2026-Q1", outputs, **{**whole, **corrected}))
        outputs += conceal(fresh, earlier=outputs, threshold=5)
    return outputs


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    fresh = [output("2026-01", [], a=(20, 9), b=(30, 0))]

    assert conceal(fresh, earlier=[], threshold=5) == fresh


def test_the_same_has_the_same_hidden() -> None:
    fresh = [output("2026-01", [], a=(20, 3), b=(30, 8), c=(40, 9))]

    first = conceal(fresh, earlier=[], threshold=5)

    assert first == conceal(fresh, earlier=[], threshold=5)
    assert first[0].hidden


def test_a_single_row_hides_what_was_due_too() -> None:
    found = conceal([output("2026-01", [], a=(20, 3))], earlier=[], threshold=5)

    county = Row("2026-01", "initiation")
    assert Count(county, Measure.MISSED) in found[0].hidden


def test_a_quarter_hides_what_would_give_its_months_away() -> None:
    months = [{"a": (20, 3), "b": (30, 8)}, *[{"a": (20, 9), "b": (30, 8)}] * 2]

    *_, march, whole = quarter(*months)

    assert {count.row.unit for count in march.hidden | whole.hidden} >= {"a", "b"}


def test_a_zero_is_hidden_where_something_was_corrected_away() -> None:
    months = [
        {"a": (20, 3), "b": (30, 8), "c": (9, 7)},
        *[{"a": (20, 0), "b": (30, 8), "c": (9, 7)}] * 2,
    ]

    *_, whole = quarter(*months, a=(63, 0))

    assert any(not whole.counts()[count] for count in whole.hidden)


def test_a_count_that_became_small_is_hidden_among_others() -> None:
    months = [{"a": (20, 0), "b": (30, 3), "c": (30, 9), "d": (9, 5)}] * 3

    *_, whole = quarter(*months, a=(58, 2))

    assert whole.period == "2026-Q1"
    assert any(count.row.unit == "a" for count in whole.hidden)


def test_a_quarter_that_cannot_be_protected_is_left_out() -> None:
    months = [{"a": (20, 0), "b": (30, 3)}] * 3

    found = quarter(*months, a=(58, 2))

    assert [each.period for each in found] == ["2026-01", "2026-02", "2026-03"]
