"""Both due dates of a notification, against a plain loop over `holidays`."""

from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter

import holidays

from app.domain.law import Law

DAYS = [date(2024, 1, 1) + timedelta(index) for index in range(730)]
ROUNDS = 5
FLOOR = 50
WORKING_DAYS = 7
SATURDAY = 5


def main() -> None:
    law = Law()
    public = holidays.country_holidays("FI", years=range(2023, 2028))
    public.get(DAYS[0])

    def ours(day: date) -> tuple[date, date]:
        return law.limits("initiation", day).due_on, law.limits(
            "assessment", day
        ).due_on

    def loop(day: date) -> tuple[date, date]:
        return _seventh_working_day(day, public), _three_months(day, public)

    assert [ours(day) for day in DAYS] == [loop(day) for day in DAYS]
    cold = _microseconds(lambda day: Law().limits("initiation", day), 1)
    warm, plain = _microseconds(ours, ROUNDS), _microseconds(loop, ROUNDS)
    print(f"both due dates of one day: {warm:.2f} us; plain loop {plain:.1f} us")
    print(f"ratio {plain / warm:.0f} x (floor {FLOOR} x)")
    print(f"first time a day is asked, one due date: {cold:.1f} us")


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


def _microseconds(compute: Callable[[date], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = perf_counter()
        for day in DAYS:
            compute(day)
        best = min(best, perf_counter() - began)
    return best / len(DAYS) * 1e6


if __name__ == "__main__":
    main()
