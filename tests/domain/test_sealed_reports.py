"""Sealed reports as data: which periods fit, and in what two tellings differ."""

import pytest

from app.domain.canonical import canonical
from app.domain.errors import InvalidPeriodError
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import (
    EXPLANATIONS,
    Difference,
    Explanation,
    ReportKind,
    differences,
    require_fitting,
)


@pytest.mark.parametrize(
    ("kind", "fitting", "unfit"),
    [
        (ReportKind.MONTHLY, "2026-10", "2026-Q4"),
        (ReportKind.YEARLY, "2026", "2026-H2"),
        (ReportKind.THL, "thl:2026-04", "2026-04"),
    ],
)
def test_each_kind_has_periods_of_one_length(
    kind: ReportKind, fitting: str, unfit: str
) -> None:
    require_fitting(kind, parse_period(fitting))
    with pytest.raises(InvalidPeriodError):
        require_fitting(kind, parse_period(unfit))


def test_one_text_stands_for_a_content() -> None:
    assert canonical({"b": [1, None], "a": "ä"}) == '{"a":"ä","b":[1,null]}'


def test_cells_are_compared_by_what_they_are_of_and_not_by_their_order() -> None:
    east, west = {"rule": "x", "unit": "e", "n": 1}, {"rule": "x", "unit": "w", "n": 2}

    assert (
        differences({"rows": [east, west]}, {"rows": [west, east]}, by=("unit",)) == []
    )


def test_a_difference_names_its_cell_and_its_figure() -> None:
    row = {"rule": "x", "unit": "e", "days": {"mean": 1.5}, "interval": [0.1, 0.2]}
    other = {**row, "days": {"mean": 2.5}, "interval": [0.1, 0.3]}
    cell = {"rule": "x", "unit": "e"}

    assert differences({"rows": [row]}, {"rows": [other]}, by=("unit",)) == [
        Difference(cell, "rows.days.mean", 1.5, 2.5),
        Difference(cell, "rows.interval.1", 0.2, 0.3),
    ]


def test_what_only_one_of_them_has_differs_from_nothing() -> None:
    assert differences({"a": 1}, {"b": 2}, by=()) == [
        Difference({}, "a", 1, None),
        Difference({}, "b", None, 2),
    ]


def test_every_explanation_has_its_words() -> None:
    assert EXPLANATIONS.keys() == set(Explanation)
