"""When things happen: seasons, weekends, office hours, the pace of the work."""

import random
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate

from app.domain.events import HELSINKI
from app.domain.periods import LegalReading, Months
from app.domain.working_days import FINLAND

# Assumptions of the demo: schools notify, so July is quiet and the autumn is not.
MONTH_WEIGHTS = {
    1: 1.00,
    2: 0.97,
    3: 1.08,
    4: 1.02,
    5: 1.12,
    6: 0.84,
    7: 0.55,
    8: 0.95,
    9: 1.14,
    10: 1.12,
    11: 1.12,
    12: 0.88,
}
DAY_OFF_WEIGHT = 0.30

# The period is the same before and after 1.4.2015; only its section of law differs.
_ASSESSMENT = Months(3)
_OFFICE_OPENS_AT = time(8, 5)
_OFFICE_MINUTES = 475
_ON_CALL_HOURS = (0, 1, 10, 13, 15, 17, 18, 19, 20, 21, 22, 23)


def days(first: date, last: date) -> list[date]:
    """Return the days from *first* to *last*, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def busyness(day: date) -> float:
    """Return how many notifications *day* brings, an average day being about 1."""
    weight = MONTH_WEIGHTS[day.month]
    return weight if FINLAND.is_working_day(day) else weight * DAY_OFF_WEIGHT


def busy_day(rng: random.Random, first: date, last: date) -> date:
    """Return a day from *first* to *last*, a busy one more likely."""
    open_days, weights = _busy_days(first, last)
    return rng.choices(open_days, cum_weights=weights)[0]


def in_office(rng: random.Random, day: date) -> datetime:
    """Return an instant of *day* between eight and four."""
    opens_at = datetime.combine(day, _OFFICE_OPENS_AT, HELSINKI)
    return opens_at + timedelta(minutes=rng.randrange(_OFFICE_MINUTES))


def on_call(rng: random.Random, day: date) -> datetime:
    """Return an instant of *day* as the out-of-hours service and the police see it."""
    at = time(rng.choice(_ON_CALL_HOURS), rng.randrange(60))
    return datetime.combine(day, at, HELSINKI)


def some_days(rng: random.Random, *, mean: float, most: int) -> int:
    """Return a number of days from 1 to *most*, small ones more likely."""
    return min(most, 1 + int(rng.expovariate(1 / mean)))


def assessment_safe_on(received_on: date) -> date:
    """Return the last working day on which an assessment is in time, however read."""
    return _ASSESSMENT.safe_on(received_on, FINLAND)


def assessment_due_on(received_on: date) -> date:
    """Return the last day on which an assessment is in time under any reading."""
    return _ASSESSMENT.count(received_on, FINLAND, LegalReading()).due_on


@cache
def _busy_days(first: date, last: date) -> tuple[list[date], list[float]]:
    open_days = days(first, last)
    return open_days, list(accumulate(busyness(day) for day in open_days))
