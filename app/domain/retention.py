"""How long what is kept: periods, what they are counted from, and what must stay."""

import calendar
import re
from dataclasses import dataclass, fields
from datetime import date, timedelta

_PERIOD = re.compile(
    r"P(?=\d)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,3})M)?(?:(?P<days>\d{1,4})D)?"
)
_MONTHS = 12
# Any day will do to compare two periods by.
_SOME_DAY = date(2001, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Years, months and days, in this order."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        """Return the period as ISO 8601 writes it."""
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{n}{unit}" for n, unit in parts if n) or "0D")

    def after(self, day: date) -> date:
        """Return the day on which the period that began on *day* ends.

        Where its last month lacks the day, that is the last of the month.

        >>> Period(years=1).after(date(2024, 2, 29))
        datetime.date(2025, 2, 28)
        """
        months = day.year * _MONTHS + day.month - 1 + self.years * _MONTHS + self.months
        year, month = months // _MONTHS, months % _MONTHS + 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(day.day, last)) + timedelta(self.days)

    def is_over(self, since: date, today: date) -> bool:
        """Tell whether *today* lies behind the whole period that began on *since*."""
        return self.after(since) < today

    def is_shorter_than(self, other: "Period") -> bool:
        """Tell whether the period ends before *other* does."""
        return self.after(_SOME_DAY) < other.after(_SOME_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the controller has decided to keep each kind; None is undecided.

    *payloads*: what events say, counted from the last day of all that hangs together.
    *skeletons*: that there were such events, counted from the day on which what they
    said was destroyed. *access_log*: who looked, from the day of the look.
    *technical_logs*: files, which are the operator's to destroy.
    """

    payloads: Period | None = None
    skeletons: Period | None = None
    access_log: Period | None = None
    technical_logs: Period | None = None

    @property
    def undecided(self) -> tuple[str, ...]:
        """Return the names of the kinds for which nothing is decided."""
        return tuple(
            each.name for each in fields(self) if getattr(self, each.name) is None
        )


# Of the demo, and wherever the service runs a database of its own.
ON_TRIAL = Retention(
    payloads=Period(years=5),
    skeletons=Period(years=1),
    access_log=Period(years=12),
    technical_logs=Period(days=90),
)
# A slip of the pen in a setting destroys more than anybody can bring back.
SHORTEST = Retention(
    payloads=Period(years=1),
    skeletons=Period(months=1),
    access_log=Period(years=2),
    technical_logs=Period(days=1),
)


def parse_period(text: str) -> Period | None:
    """Return the period that *text* is, as in P5Y, P1Y6M or P90D; None if it is none.

    >>> str(parse_period("P1Y6M"))
    'P1Y6M'
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    return Period(**{unit: int(told) for unit, told in match.groupdict("0").items()})
