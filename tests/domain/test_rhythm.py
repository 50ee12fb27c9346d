"""How long a source may be silent, in hours in which somebody works."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.events import HELSINKI
from app.domain.rhythm import learned_interval, working_hours_between
from app.domain.working_days import FINLAND


def helsinki(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        pytest.param("2026-10-05T09:00", "2026-10-05T11:30", 2.5, id="within a day"),
        pytest.param("2026-10-05T06:00", "2026-10-05T20:00", 8, id="a whole day"),
        pytest.param("2026-10-05T15:00", "2026-10-06T09:00", 2, id="over a night"),
        pytest.param("2026-10-09T15:00", "2026-10-12T09:00", 2, id="over a weekend"),
        pytest.param("2026-10-10T10:00", "2026-10-11T10:00", 0, id="on a weekend"),
        pytest.param("2026-10-10T10:00", "2026-10-12T08:30", 0.5, id="from a Saturday"),
        # Thu 24 to Sat 26 December are days off, Sun 27 too; Wed 23 has one hour left.
        pytest.param("2026-12-23T15:00", "2026-12-28T10:00", 3, id="over Christmas"),
        # Summer time ends in the night before Mon 26 October.
        pytest.param("2026-10-23T12:00", "2026-10-26T12:00", 8, id="over a change"),
        pytest.param("2026-10-06T09:00", "2026-10-05T15:00", -2, id="backwards"),
    ],
)
def test_working_hours_are_those_in_which_offices_are_open(
    start: str, end: str, hours: float
) -> None:
    found = working_hours_between(helsinki(start), helsinki(end), FINLAND)

    assert found == hours


def test_the_zone_of_an_instant_is_no_matter() -> None:
    start, end = helsinki("2026-10-05T09:00"), helsinki("2026-10-06T09:00")

    found = working_hours_between(start.astimezone(UTC), end.astimezone(UTC), FINLAND)

    assert found == 8


MONDAY = helsinki("2026-10-05T09:00")


def test_a_source_that_is_heard_all_day_may_be_silent_for_a_day() -> None:
    minutes = [MONDAY + timedelta(minutes=n) for n in range(300)]

    assert learned_interval(minutes, 300, FINLAND) == 8


def test_a_source_with_long_pauses_may_be_silent_three_times_as_long() -> None:
    # Each morning at nine of two weeks: pauses of 8 working hours.
    mornings = [
        MONDAY + timedelta(days=day) for day in range(14) if day % 7 not in (5, 6)
    ]

    assert learned_interval(mornings, 10, FINLAND) == 24


def test_bursts_do_not_make_a_source_that_sends_weekly_look_restless() -> None:
    minutes = [
        MONDAY + timedelta(weeks=week, minutes=minute)
        for week in range(4)
        for minute in range(30)
    ]

    found = learned_interval(minutes, 120, FINLAND)

    # From 9.29 to 9.00 a week later: 39 h 31 min.
    assert found == 119


def test_of_fewer_than_ten_events_no_rhythm_is_told() -> None:
    assert learned_interval([MONDAY], 9, FINLAND) is None
    assert learned_interval([MONDAY], 10, FINLAND) == 8
