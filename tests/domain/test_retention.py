"""Periods are counted by the calendar, and written as ISO 8601 writes them."""

from datetime import date

import pytest

from app.domain.erasure import positions_in, written
from app.domain.retention import (
    ON_TRIAL,
    SHORTEST,
    Period,
    Retention,
    parse_period,
)


@pytest.mark.parametrize(
    ("text", "since", "ends"),
    [
        pytest.param("P5Y", date(2020, 2, 29), date(2025, 2, 28), id="a leap day"),
        pytest.param("P1M", date(2025, 1, 31), date(2025, 2, 28), id="a short month"),
        pytest.param("P1Y6M", date(2025, 9, 30), date(2027, 3, 30), id="two units"),
        pytest.param("P1M1D", date(2025, 1, 31), date(2025, 3, 1), id="days come last"),
        pytest.param("P90D", date(2025, 1, 1), date(2025, 4, 1), id="days"),
    ],
)
def test_a_period_ends(text: str, since: date, ends: date) -> None:
    period = parse_period(text)

    assert period is not None
    assert str(period) == text
    assert period.after(since) == ends
    assert not period.is_over(since, ends)


@pytest.mark.parametrize("text", ["", "P", "5Y", "P5", "p5y", "P1D1Y", "P-1Y", "PT5H"])
def test_what_is_no_period(text: str) -> None:
    assert parse_period(text) is None


def test_periods_are_compared_by_their_ends() -> None:
    assert Period(days=364).is_shorter_than(Period(years=1))
    assert not Period(months=12).is_shorter_than(Period(years=1))
    assert str(Period()) == "P0D"


def test_what_is_not_decided_is_told() -> None:
    assert Retention(payloads=Period(years=5)).undecided == (
        *("skeletons", "access_log", "technical_logs"),
    )
    assert ON_TRIAL.undecided == SHORTEST.undecided == ()


@pytest.mark.parametrize(
    ("positions", "text"),
    [([], ""), ([7], "7"), ([3, 1, 2, 2], "1-3"), ([1, 3, 4, 9], "1,3-4,9")],
)
def test_positions_are_written_and_read(positions: list[int], text: str) -> None:
    assert written(positions) == text
    assert list(positions_in(text)) == sorted(set(positions))
