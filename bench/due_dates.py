"""Both due dates of a notification, against a plain loop over `holidays`."""

from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

import holidays

from app.domain.law import Law
from bench.figures import Figure, interleaved, ratio, seconds

DAYS = [date(2024, 1, 1) + timedelta(index) for index in range(730)]
ROUNDS = 15
REPEATS = 50  # of the faster one, so that a round of each takes about as long
BAR = 50.0
WORKING_DAYS = 7
SATURDAY = 5


def measure() -> list[Figure]:
    law = Law()
    public = holidays.country_holidays("FI", years=range(2023, 2028))
    public.get(DAYS[0])

    def ours(day: date) -> tuple[date, date]:
        return law.limits("initiation", day).due_on, law.limits(
            "assessment", day
        ).due_on

    def loop(day: date) -> tuple[date, date]:
        return _seventh_working_day(day, public), _three_months(day, public)

    cold = _microseconds(ours, 1)
    assert [ours(day) for day in DAYS] == [loop(day) for day in DAYS]
    fast, slow = interleaved(
        ROUNDS, lambda: _microseconds(ours, REPEATS), lambda: _microseconds(loop, 1)
    )
    print(f"both due dates of a day: {median(fast):.2f} us, of a new day {cold:.0f} us")
    print(f"plain loop: {median(slow):.1f} us")
    name = "plain loop : both due dates"
    return [Figure(name=name, value=ratio(slow, fast), at_least=BAR)]


def _seventh_working_day(day: date, public: holidays.HolidayBase) -> date:
    counted = 0
    while counted < WORKING_DAYS:
        day += timedelta(1)
        if day.weekday() < SATURDAY and day not in public:
            counted += 1
    return day


def _three_months(start: date, public: holidays.HolidayBase) -> date:
    years, month = divmod(start.month + 2, 12)
    first = date(start.year + years, month + 1, 1)
    following = (first + timedelta(32)).replace(day=1)
    day = min(first + timedelta(start.day - 1), following - timedelta(1))
    while day.weekday() >= SATURDAY or day in public:
        day += timedelta(1)
    return day


def _microseconds(compute: Callable[[date], object], repeats: int) -> float:
    def every_day() -> None:
        for _ in range(repeats):
            for day in DAYS:
                compute(day)

    return seconds(every_day) / repeats / len(DAYS) * 1e6
