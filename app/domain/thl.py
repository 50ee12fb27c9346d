"""THL's half-years: when each is owed, and which is owed next.

Source: THL, *Lastensuojelun käsittelyajat*, instructions to the counties.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.reporting_periods import Period, parse_period
from app.domain.texts import Text
from app.domain.working_days import Calendar

# Each window is owed on this day of the month after its end: 17 October and 17 April.
DAY_OWED = 17
OCTOBER, APRIL = 10, 4
WEEKDAYS = (
    Text("maanantai", "måndag", "Monday"),
    Text("tiistai", "tisdag", "Tuesday"),
    Text("keskiviikko", "onsdag", "Wednesday"),
    Text("torstai", "torsdag", "Thursday"),
    Text("perjantai", "fredag", "Friday"),
    Text("lauantai", "lördag", "Saturday"),
    Text("sunnuntai", "söndag", "Sunday"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """The day on which a report is owed, seen from another day.

    *send_by* is the last working day on or before it: THL's day may be a Sunday.
    *days_left* are negative once it is over.
    """

    due_on: date
    send_by: date
    days_left: int

    @property
    def weekday(self) -> Text:
        """Return the weekday of the day."""
        return WEEKDAYS[self.due_on.weekday()]


def owed_on(window: Period) -> date:
    """Return the day on which the figures of *window* are owed."""
    return (window.last + timedelta(1)).replace(day=DAY_OWED)


def due_date(window: Period, today: date, calendar: Calendar) -> DueDate:
    """Return when the figures of *window* are owed, seen from *today*.

    Raises:
        UnverifiedYearError: the day lies outside the years of *calendar*.
    """
    due_on = owed_on(window)
    return DueDate(
        due_on=due_on,
        send_by=calendar.previous_working_day(due_on),
        days_left=(due_on - today).days,
    )


def window_owed_next(today: date) -> Period:
    """Return the window whose figures are owed next, on *today* at the earliest.

    >>> window_owed_next(date(2026, 10, 17)).code
    'thl:2026-04'
    >>> window_owed_next(date(2026, 10, 18)).code
    'thl:2026-10'
    """
    windows = (
        parse_period(f"thl:{year}-{month:02}")
        for year in (today.year - 1, today.year)
        for month in (APRIL, OCTOBER)
    )
    return next(window for window in windows if owed_on(window) >= today)
