import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import working_days
from app.domain.errors import UnverifiedYearError
from app.domain.law import Law
from app.domain.texts import Text
from app.domain.working_days import (
    FINLAND,
    FIRST_YEAR,
    LAST_YEAR,
    Calendar,
    ExtraDay,
    Ground,
    RemovedDay,
)
from tests.law.finnish_calendar import every_day, is_day_off

FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
MOURNING = Text("surupäivä", "sorgedag", "Day of Mourning")

verified_days = st.dates(FIRST_DAY, LAST_DAY)
inner_days = st.dates(date(FIRST_YEAR, 1, 10), date(LAST_YEAR, 12, 20))


def test_every_day_equals_an_independent_calendar() -> None:
    different = [
        day
        for day in every_day(FIRST_YEAR, LAST_YEAR)
        if FINLAND.is_working_day(day) is is_day_off(day)
    ]

    assert different == []


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2024, "1.1. 29.3. 1.4. 1.5. 9.5. 21.6. 6.12. 24.12. 25.12. 26.12."),
        (2025, "1.1. 6.1. 18.4. 21.4. 1.5. 29.5. 20.6. 24.12. 25.12. 26.12."),
        (2026, "1.1. 6.1. 3.4. 6.4. 1.5. 14.5. 19.6. 24.12. 25.12."),
        (2027, "1.1. 6.1. 26.3. 29.3. 6.5. 25.6. 6.12. 24.12."),
        (2028, "6.1. 14.4. 17.4. 1.5. 25.5. 23.6. 6.12. 25.12. 26.12."),
    ],
)
def test_the_weekdays_off_are_those_of_the_almanac(year: int, expected: str) -> None:
    days = [off.day for off in FINLAND.days_off(year) if off.day.weekday() < 5]

    assert " ".join(f"{day.day}.{day.month}." for day in days) == expected


@pytest.mark.parametrize(
    ("day", "name", "ground"),
    [
        (date(2025, 12, 24), "jouluaatto", Ground.EVE),
        (date(2022, 12, 24), "lauantai ja jouluaatto", Ground.SATURDAY),
        (date(2023, 12, 24), "sunnuntai ja jouluaatto", Ground.SUNDAY),
        (date(2026, 6, 19), "juhannusaatto", Ground.EVE),
        (date(2026, 6, 20), "juhannuspäivä", Ground.HOLY_DAY),
        (date(2008, 5, 1), "vapunpäivä ja helatorstai", Ground.MAY_DAY),
        (date(2026, 12, 6), "itsenäisyyspäivä", Ground.INDEPENDENCE_DAY),
        (date(2026, 1, 3), "lauantai", Ground.SATURDAY),
        (date(2026, 1, 4), "sunnuntai", Ground.SUNDAY),
        (date(2026, 4, 5), "pääsiäispäivä", Ground.HOLY_DAY),
        (date(2026, 10, 31), "pyhäinpäivä", Ground.HOLY_DAY),
    ],
)
def test_a_day_off_knows_its_name_and_ground(
    day: date, name: str, ground: Ground
) -> None:
    off = FINLAND.day_off(day)

    assert off is not None
    assert (off.name.fi, off.ground, off.is_eve) == (name, ground, ground == Ground.EVE)


def test_every_named_day_off_has_a_name_and_a_source_in_every_language() -> None:
    for off in FINLAND.days_off(2026):
        assert len({off.name.fi, off.name.sv, off.name.en}) == 3
        assert all("150/1930" in text for text in (off.citation.fi, off.citation.sv))
        assert "150/1930" in off.citation.en


def test_names_do_not_follow_the_locale_of_the_process() -> None:
    code = (
        "from datetime import date; from app.domain.working_days import FINLAND;"
        "print([off.name.fi for off in FINLAND.days_off(2026)][:2])"
    )

    answers = {
        subprocess.run(  # noqa: S603 - our own interpreter and a literal
            [sys.executable, "-X", "utf8", "-c", code],
            env={"LANG": language, "LC_ALL": language, "LANGUAGE": language},
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout
        for language in ("sv_FI.UTF-8", "uk_UA.UTF-8", "C")
    }

    assert answers == {"['uudenvuodenpäivä', 'loppiainen']\n"}


def test_a_holidays_package_that_changes_its_mind_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without_epiphany(*_: object, **__: object) -> dict[date, str]:
        days = dict(FINLAND._named)
        del days[date(2031, 1, 6)]
        return dict.fromkeys(days, "")

    monkeypatch.setattr(working_days, "country_holidays", without_epiphany)

    with pytest.raises(UnverifiedYearError, match="2031-01-06"):
        working_days._public_days.__wrapped__()


@given(verified_days)
def test_a_working_day_is_its_own_next_and_previous(day: date) -> None:
    if FINLAND.is_working_day(day):
        assert FINLAND.next_working_day(day) == day
        assert FINLAND.previous_working_day(day) == day


@given(inner_days)
def test_between_a_day_off_and_the_next_working_day_all_days_are_off(day: date) -> None:
    following, preceding = (
        FINLAND.next_working_day(day),
        FINLAND.previous_working_day(day),
    )

    assert preceding <= day <= following
    assert FINLAND.is_working_day(following)
    assert FINLAND.is_working_day(preceding)
    if preceding != following:
        between = (following - preceding).days
        assert all(
            is_day_off(preceding + timedelta(index)) for index in range(1, between)
        )


@given(verified_days, st.integers(-60, 60))
def test_working_days_between_counts_the_end_and_not_the_start(
    start: date, days: int
) -> None:
    end = min(max(start + timedelta(days), FIRST_DAY), LAST_DAY)
    first, last = sorted((start, end))
    days_between = (
        first + timedelta(index) for index in range(1, (last - first).days + 1)
    )
    counted = sum(not is_day_off(day) for day in days_between)

    assert FINLAND.working_days_between(start, end) == (
        counted if start <= end else -counted
    )


@given(verified_days, verified_days, verified_days)
def test_working_days_between_add_up(one: date, two: date, three: date) -> None:
    between = FINLAND.working_days_between

    assert between(one, two) + between(two, three) == between(one, three)


@pytest.mark.parametrize("day", [date(2007, 12, 31), date(2101, 1, 1)])
def test_a_day_outside_the_verified_years_is_an_error(day: date) -> None:
    for question in (
        FINLAND.is_working_day,
        FINLAND.day_off,
        FINLAND.next_working_day,
        FINLAND.previous_working_day,
        lambda day: FINLAND.working_days_between(date(2026, 1, 1), day),
        lambda day: FINLAND.working_days_between(day, date(2026, 1, 1)),
        lambda day: FINLAND.days_off(day.year),
        lambda day: Calendar(extra=(ExtraDay(day, MOURNING, "x"),)),
        lambda day: Calendar(removed=(RemovedDay(day, "x"),)),
    ):
        with pytest.raises(UnverifiedYearError, match=r"2008-2100"):
            question(day)


def test_an_answer_outside_the_verified_years_is_an_error() -> None:
    # 1.1.2008 is New Year's Day, so the working day before it was in 2007.
    with pytest.raises(UnverifiedYearError):
        FINLAND.previous_working_day(FIRST_DAY)
    calendar = Calendar(extra=(ExtraDay(LAST_DAY, MOURNING, "Act 1/2100"),))
    with pytest.raises(UnverifiedYearError):
        calendar.next_working_day(LAST_DAY)


def test_an_extra_day_off_moves_the_deadlines_over_it() -> None:
    mourning = ExtraDay(date(2026, 2, 11), MOURNING, "laki 1/2026")
    law = Law(calendar=Calendar(extra=(mourning,)))

    # D01: due on Wednesday 11.2., the day of mourning.
    assert law.limits("initiation", date(2026, 2, 2)).due_on == date(2026, 2, 12)
    assert law.limits("assessment", date(2025, 11, 11)).due_on == date(2026, 2, 12)
    off = law.calendar.day_off(date(2026, 2, 11))
    assert off is not None
    assert (off.name, off.ground, off.citation.sv) == (
        MOURNING,
        Ground.EXTRA,
        "laki 1/2026",
    )
    assert off in law.calendar.days_off(2026)


def test_a_removed_holiday_is_a_working_day() -> None:
    epiphany = RemovedDay(date(2026, 1, 6), "laki 2/2025")
    law = Law(calendar=Calendar(removed=(epiphany,)))

    # D12: with Epiphany an ordinary day the seventh working day is Tuesday 6.1.
    assert law.limits("initiation", date(2025, 12, 22)).due_on == date(2026, 1, 6)
    # D37: the three months end on it.
    assert law.limits("assessment", date(2025, 10, 6)).due_on == date(2026, 1, 6)


def test_a_removed_holiday_on_a_saturday_stays_a_saturday() -> None:
    calendar = Calendar(removed=(RemovedDay(date(2026, 6, 20), "laki 3/2025"),))

    off = calendar.day_off(date(2026, 6, 20))

    assert off is not None
    assert off.ground is Ground.SATURDAY


def test_only_a_public_holiday_can_be_removed() -> None:
    with pytest.raises(ValueError, match="2026-01-07 is not a public holiday"):
        Calendar(removed=(RemovedDay(date(2026, 1, 7), "laki 2/2025"),))
