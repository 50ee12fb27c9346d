"""What the law says of each day, as arrays in which the database looks it up."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from app.domain.compliance import Frame
from app.domain.law import Law
from app.domain.working_days import FIRST_YEAR, LAST_YEAR, Calendar

# Longer than any clock runs until the end of its second band.
LONGEST = timedelta(200)
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def days_of_start(frame: Frame) -> tuple[date, date]:
    """Return the first and last day on which what *frame* counts can have started.

    What began before them, and is counted, has been far over its limit by then.
    """
    first = min(max(min(frame.period.first, frame.as_of), FIRST_DAY), LAST_DAY)
    base = max(first - LONGEST, FIRST_DAY)
    return base, max(base, min(frame.period.last, frame.as_of, LAST_DAY))


# Arrays as the database reads them, because the same are asked for again and again.
@lru_cache(maxsize=64)
def far(law: Law, rule: str, first: date, last: date) -> str:
    """Return ``Law.far_on`` of each day."""
    return _array(law.far_on(rule, day) for day in _days(first, last))


@lru_cache(maxsize=16)
def working_days(calendar: Calendar, first: date, last: date) -> str:
    """Return for each day until *last* how many working days there were since *first*.

    Of days for which no days off are known it tells nothing.
    """
    last = max(first, min(last, LAST_DAY))
    is_working = (calendar.day_off(day) is None for day in _days(first, last))
    return _array(accumulate(map(int, is_working)))


def _array(values: Iterable[object]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(number) for number in range((last - first).days + 1))
