"""How long a source may be silent: time that counts only while offices are open."""

import math
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from app.domain.events import HELSINKI
from app.domain.working_days import Calendar

OPENS_AT = time(8)
HOURS_A_DAY = 8
# A silence of three long pauses is no pause any more. Nobody need be told of silence
# before a working day of it has passed.
PATIENCE = 3
LONG_PAUSE = 0.95
SHORTEST_INTERVAL = HOURS_A_DAY
# Of fewer events a rhythm cannot be told.
FEWEST_EVENTS = 10
# What is shorter is no pause: else a source that sends in bursts would seem restless.
SHORTEST_PAUSE = 1.0
# A rhythm is learned from the last eight weeks in which the source was heard.
LEARNED_FROM = timedelta(weeks=8)


def working_hours_between(start: datetime, end: datetime, calendar: Calendar) -> float:
    """Return the working hours from *start* to *end*, negative if it lies before.

    Working hours are those from eight to four in Helsinki on the working days of
    *calendar*.

    Raises:
        UnverifiedYearError: one of the two lies outside the verified years.
    """
    first, last = start.astimezone(HELSINKI), end.astimezone(HELSINKI)
    days = calendar.working_days_between(first.date(), last.date())
    return HOURS_A_DAY * days + _left(first, calendar) - _left(last, calendar)


def learned_interval(
    minutes: Sequence[datetime], events: int, calendar: Calendar
) -> int | None:
    """Return how many working hours a source may be silent, from how it was heard.

    *minutes* are those, in order, in which any of its *events* were recorded. It is
    three times the 95th percentile of its pauses of an hour or more, at least a working
    day; None if there were too few events.
    """
    if events < FEWEST_EVENTS:
        return None
    pauses = sorted(
        pause
        for earlier, later in pairwise(minutes)
        # Most follow each other so soon that there is nothing to look up.
        if (later - earlier) / timedelta(hours=1) >= SHORTEST_PAUSE
        and (pause := working_hours_between(earlier, later, calendar)) >= SHORTEST_PAUSE
    )
    if not pauses:
        return SHORTEST_INTERVAL
    long = pauses[math.ceil(LONG_PAUSE * len(pauses)) - 1]
    return max(SHORTEST_INTERVAL, math.ceil(PATIENCE * long))


def _left(instant: datetime, calendar: Calendar) -> float:
    """Return the working hours left of the day of *instant*, which is local."""
    if not calendar.is_working_day(instant.date()):
        return 0.0
    opened_at = datetime.combine(instant.date(), OPENS_AT, HELSINKI)
    passed = (instant - opened_at) / timedelta(hours=1)
    return HOURS_A_DAY - min(max(passed, 0.0), float(HOURS_A_DAY))
