from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import UnverifiedYearError
from app.domain.periods import (
    Count,
    CountedDay,
    Eves,
    LegalReading,
    Months,
    Period,
    Roll,
    WorkingDays,
)
from app.domain.working_days import FINLAND, DayOff
from tests.law.finnish_calendar import is_day_off

SEVEN, THREE = WorkingDays(7), Months(3)

starts = st.dates(date(2008, 1, 2), date(2100, 7, 31))
readings = st.builds(LegalReading, st.sampled_from(Eves), st.sampled_from(Roll))
periods: st.SearchStrategy[Period] = st.one_of(
    st.builds(WorkingDays, st.integers(1, 15)), st.builds(Months, st.integers(1, 3))
)


def due(period: Period, start: date, reading: LegalReading | None = None) -> date:
    return period.count(start, FINLAND, reading or LegalReading()).due_on


@pytest.mark.parametrize(
    ("received", "due_on"),
    [
        pytest.param(date(2026, 3, 2), date(2026, 3, 11), id="Mon to Wed"),
        pytest.param(date(2026, 3, 3), date(2026, 3, 12), id="Tue to Thu"),
        pytest.param(date(2026, 3, 4), date(2026, 3, 13), id="Wed to Fri"),
        pytest.param(date(2026, 3, 5), date(2026, 3, 16), id="Thu to Mon"),
        pytest.param(date(2026, 3, 6), date(2026, 3, 17), id="Fri to Tue"),
        pytest.param(date(2026, 3, 7), date(2026, 3, 17), id="Sat to Tue"),
        pytest.param(date(2026, 3, 8), date(2026, 3, 17), id="Sun to Tue"),
    ],
)
def test_seven_working_days_in_plain_weeks(received: date, due_on: date) -> None:
    assert due(SEVEN, received) == due_on


@given(starts)
def test_seven_working_days_are_the_weekday_map_where_no_day_is_off(
    start: date,
) -> None:
    fortnight = (start + timedelta(index) for index in range(1, 12))
    if any(is_day_off(day) and day.weekday() < 5 for day in fortnight):
        return

    after = {0: 9, 1: 9, 2: 9, 3: 11, 4: 11, 5: 10, 6: 9}[start.weekday()]

    assert due(SEVEN, start) == start + timedelta(after)


def test_a_last_day_that_is_an_eve_moves_on_although_eves_count() -> None:
    # D20: the seventh counted day is Midsummer Eve, Friday 19.6.2026.
    count = SEVEN.count(date(2026, 6, 10), FINLAND, LegalReading(Eves.WORKING))

    assert count.unrolled_on == date(2026, 6, 19)
    assert [off.name.en for off in count.rolled] == [
        "Midsummer Eve",
        "Midsummer Day",
        "Sunday",
    ]
    assert count.due_on == date(2026, 6, 22)


def test_an_eve_on_a_saturday_is_a_saturday_under_either_reading() -> None:
    start = date(2022, 12, 20)  # Tuesday; 24.12.2022 is a Saturday

    assert due(SEVEN, start, LegalReading(Eves.WORKING)) == due(SEVEN, start)


def test_the_count_of_months_tells_clamp_and_roll() -> None:
    count = THREE.count(date(2024, 8, 31), FINLAND, LegalReading())

    assert count == Count(
        started_on=date(2024, 8, 31),
        unrolled_on=date(2024, 11, 30),  # Saturday
        clamped=True,
        rolled=count.rolled,
        due_on=date(2024, 12, 2),
    )
    assert [off.day.day for off in count.rolled] == [30, 1]


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        pytest.param(date(2025, 12, 1), 1, date(2026, 1, 1), id="into the next year"),
        pytest.param(date(2025, 11, 30), 3, date(2026, 2, 28), id="clamped"),
        pytest.param(date(2025, 12, 31), 12, date(2026, 12, 31), id="a year"),
        pytest.param(date(2024, 2, 29), 12, date(2025, 2, 28), id="from leap day"),
    ],
)
def test_months_end_on_the_same_numbered_day(
    start: date, number: int, end: date
) -> None:
    assert due(Months(number), start, LegalReading(roll=Roll.OFF)) == end


def test_a_day_between_two_readings_is_safe_only_before_both() -> None:
    assert SEVEN.safe_on(date(2025, 12, 22), FINLAND) == date(2026, 1, 5)
    assert THREE.safe_on(date(2025, 12, 22), FINLAND) == date(2026, 3, 20)


@given(periods, starts, readings, st.integers(0, 40))
def test_a_later_start_never_ends_earlier(
    period: Period, start: date, reading: LegalReading, later: int
) -> None:
    assert due(period, start, reading) <= due(period, start + timedelta(later), reading)


@given(periods, starts, st.sampled_from(Eves))
def test_a_period_that_rolls_never_ends_on_a_day_off(
    period: Period, start: date, eves: Eves
) -> None:
    assert not is_day_off(due(period, start, LegalReading(eves, Roll.ON)))


@given(periods, starts, readings)
def test_the_safe_date_is_a_working_day_and_in_time_under_every_reading(
    period: Period, start: date, reading: LegalReading
) -> None:
    safe_on = period.safe_on(start, FINLAND)

    assert safe_on <= due(period, start, reading)
    assert not is_day_off(safe_on)


@given(st.integers(1, 15), starts, readings)
def test_the_steps_of_working_days_add_up_to_the_result(
    number: int, start: date, reading: LegalReading
) -> None:
    count = WorkingDays(number).count(start, FINLAND, reading)

    days = [step.day for step in count.steps]
    counted = [step for step in count.steps if isinstance(step, CountedDay)]
    skipped = [step for step in count.steps if isinstance(step, DayOff)]
    assert days == [start + timedelta(index + 1) for index in range(len(days))]
    assert [step.ordinal for step in counted] == list(range(1, number + 1))
    assert count.unrolled_on == counted[-1].day == days[-1]
    assert all(is_day_off(off.day) for off in skipped)
    assert all(step.eve or not is_day_off(step.day) for step in counted)
    assert count.due_on == count.unrolled_on + timedelta(len(count.rolled))


@given(starts, readings)
def test_the_other_reading_is_the_one_that_can_differ(
    start: date, reading: LegalReading
) -> None:
    for period in (SEVEN, THREE):
        other = period.other_reading(reading)
        assert other != reading
        assert period.other_reading(other) == reading
    other_roll, other_eves = reading.with_other_roll(), reading.with_other_eves()
    assert due(SEVEN, start, other_roll) == due(SEVEN, start, reading)
    assert due(THREE, start, other_eves) == due(THREE, start, reading)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        pytest.param(SEVEN, date(2007, 12, 31), id="starts before the first year"),
        pytest.param(THREE, date(2007, 12, 31), id="months before the first year"),
        pytest.param(SEVEN, date(2101, 1, 3), id="starts after the last year"),
        pytest.param(THREE, date(2101, 1, 3), id="months after the last year"),
        pytest.param(SEVEN, date(2100, 12, 23), id="seven days end in 2101"),
        pytest.param(THREE, date(2100, 10, 1), id="three months end in 2101"),
    ],
)
def test_a_period_outside_the_verified_years_is_an_error(
    period: Period, start: date
) -> None:
    for reading in (LegalReading(), LegalReading(Eves.WORKING, Roll.OFF)):
        with pytest.raises(UnverifiedYearError):
            period.count(start, FINLAND, reading)
    with pytest.raises(UnverifiedYearError):
        period.safe_on(start, FINLAND)


def test_the_last_starts_that_end_in_the_verified_years() -> None:
    assert due(SEVEN, date(2100, 12, 20)) == date(2100, 12, 30)
    assert due(THREE, date(2100, 9, 30)) == date(2100, 12, 30)
