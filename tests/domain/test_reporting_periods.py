"""Every form of a period, and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidPeriodError
from app.domain.reporting_periods import (
    FORMS,
    Compare,
    month_before,
    month_of,
    parse_period,
    period_after,
    period_before,
)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        pytest.param("2026", (2026, 1, 1), (2026, 12, 31), id="a year"),
        pytest.param("2026-10", (2026, 10, 1), (2026, 10, 31), id="a month"),
        pytest.param("2026-12", (2026, 12, 1), (2026, 12, 31), id="December"),
        pytest.param("2028-02", (2028, 2, 1), (2028, 2, 29), id="a leap February"),
        pytest.param("2026-H1", (2026, 1, 1), (2026, 6, 30), id="the first half"),
        pytest.param("2026-H2", (2026, 7, 1), (2026, 12, 31), id="the second half"),
        pytest.param("2026-Q1", (2026, 1, 1), (2026, 3, 31), id="the first quarter"),
        pytest.param("2026-Q4", (2026, 10, 1), (2026, 12, 31), id="the last quarter"),
        pytest.param("2026-T1", (2026, 1, 1), (2026, 4, 30), id="the first third"),
        pytest.param("2026-T3", (2026, 9, 1), (2026, 12, 31), id="the last third"),
        # THL: 1.4.-30.9. and 1.10.-31.3.
        pytest.param("thl:2026-04", (2026, 4, 1), (2026, 9, 30), id="THL's summer"),
        pytest.param("thl:2026-10", (2026, 10, 1), (2027, 3, 31), id="THL's winter"),
        pytest.param(
            "2026-10-01..2026-12-31", (2026, 10, 1), (2026, 12, 31), id="a range"
        ),
        pytest.param(
            "2026-10-05..2026-10-05", (2026, 10, 5), (2026, 10, 5), id="a day"
        ),
    ],
)
def test_a_period_reaches_from_its_first_day_to_its_last(
    code: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    period = parse_period(code)

    assert (period.code, period.first, period.last) == (code, date(*first), date(*last))
    assert period.first in period
    assert period.last in period
    assert period.first - timedelta(1) not in period
    assert period.last + timedelta(1) not in period


@pytest.mark.parametrize(
    "code",
    [
        "",
        "26",
        "02026",
        "2026-00",
        "2026-13",
        "2026-1",
        "2026-Q5",
        "2026-Q0",
        "2026-H3",
        "2026-T4",
        "2026-q4",
        "2026Q4",
        "0000",
        "0000-12",
        "thl:2026-05",
        "thl:2026",
        "THL:2026-04",
        "2026-10-05",
        "2026-10-05..",
        "..2026-10-05",
        "2026-10-05..2026-10-04",
        "2026-10-05..2026-02-30",
        "2026-10-05..2026-W42",
        "2026-10-05..20261006",
        "2026-10-05...2026-10-06",
        "2026-10-05..2026-10-06..2026-10-07",
        " 2026-10",
        "2026-10\n",
        "last month",
    ],
)
def test_anything_else_is_refused_with_the_forms_and_without_what_was_asked(
    code: str,
) -> None:
    with pytest.raises(InvalidPeriodError) as refusal:
        parse_period(code)

    assert str(refusal.value) == f"A period is written as one of: {FORMS}"


@pytest.mark.parametrize("year", range(2008, 2100, 7))
@pytest.mark.parametrize(
    "codes",
    [
        [f"{{}}-{month:02}" for month in range(1, 13)],
        ["{}-Q1", "{}-Q2", "{}-Q3", "{}-Q4"],
        ["{}-T1", "{}-T2", "{}-T3"],
        ["{}-H1", "{}-H2"],
    ],
    ids=["months", "quarters", "thirds", "halves"],
)
def test_the_parts_of_a_year_are_the_year(year: int, codes: list[str]) -> None:
    parts = [parse_period(code.format(year)) for code in codes]

    days = [
        part.first + timedelta(number)
        for part in parts
        for number in range((part.last - part.first).days + 1)
    ]

    whole = parse_period(str(year))
    assert (days[0], days[-1]) == (whole.first, whole.last)
    assert len(set(days)) == len(days) == (whole.last - whole.first).days + 1


@given(day=st.dates(date(2008, 2, 1), date(2100, 12, 31)))
def test_the_month_before_ends_on_the_day_before_the_month(day: date) -> None:
    month = month_of(day)

    assert day in month
    assert month_before(day).last == month.first - timedelta(1)


@pytest.mark.parametrize(
    ("code", "previous", "year_ago"),
    [
        ("2026", "2025", "2025"),
        ("2026-10", "2026-09", "2025-10"),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-H2", "2026-H1", "2025-H2"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-T1", "2025-T3", "2025-T1"),
        ("thl:2026-04", "thl:2025-10", "thl:2025-04"),
        ("thl:2026-10", "thl:2026-04", "thl:2025-10"),
        # A range of whole months is shifted by months.
        (
            "2026-02-01..2026-03-31",
            "2025-12-01..2026-01-31",
            "2025-02-01..2025-03-31",
        ),
        # Any other by its days: the 31 days before 5 March.
        (
            "2028-03-05..2028-04-04",
            "2028-02-03..2028-03-04",
            "2027-03-05..2027-04-04",
        ),
        (
            "2028-02-10..2028-02-29",
            "2028-01-21..2028-02-09",
            "2027-02-10..2027-02-28",
        ),
    ],
)
def test_a_period_is_compared_with_the_one_before_or_a_year_ago(
    code: str, previous: str, year_ago: str
) -> None:
    period = parse_period(code)

    before = period_before(period, Compare.PREVIOUS)
    assert before == parse_period(previous)
    assert before.last == period.first - timedelta(1)
    assert period_before(period, Compare.YEAR_AGO) == parse_period(year_ago)
    assert period_after(before).first == period.first


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("2026", "2027"),
        ("2026-12", "2027-01"),
        ("2026-H2", "2027-H1"),
        ("2026-Q4", "2027-Q1"),
        ("thl:2026-10", "thl:2027-04"),
        ("2026-01-01..2026-02-28", "2026-03-01..2026-04-30"),
        ("2026-02-03..2026-02-09", "2026-02-10..2026-02-16"),
    ],
)
def test_the_next_period_is_as_long_and_written_alike(code: str, after: str) -> None:
    assert period_after(parse_period(code)) == parse_period(after)


@pytest.mark.parametrize("code", ["9998", "9999-11", "9999-12-01..9999-12-30"])
def test_behind_the_last_year_there_is_no_period(code: str) -> None:
    with pytest.raises(InvalidPeriodError):
        period_after(parse_period(code))


@pytest.mark.parametrize("code", ["0001", "0001-01", "0001-01-02..0001-01-09"])
@pytest.mark.parametrize("compare", Compare)
def test_before_the_first_year_there_is_no_period(code: str, compare: Compare) -> None:
    with pytest.raises(InvalidPeriodError):
        period_before(parse_period(code), compare)
