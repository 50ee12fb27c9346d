"""Statutory periods, counted day by day so that the count can be told."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from app.domain.working_days import Calendar, DayOff


class Eves(StrEnum):
    """Whether Christmas Eve and Midsummer Eve count inside a number of working days."""

    NON_WORKING = "non-working"
    WORKING = "working"


class Roll(StrEnum):
    """Whether months that end on a day off end on the next working day instead."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class LegalReading:
    """The answers to the two questions that the law leaves open."""

    eves: Eves = Eves.NON_WORKING
    roll: Roll = Roll.ON

    def with_other_eves(self) -> "LegalReading":
        """Return the reading that differs in the eves only."""
        match self.eves:
            case Eves.NON_WORKING:
                return replace(self, eves=Eves.WORKING)
            case Eves.WORKING:
                return replace(self, eves=Eves.NON_WORKING)
            case _:
                assert_never(self.eves)

    def with_other_roll(self) -> "LegalReading":
        """Return the reading that differs in the roll only."""
        match self.roll:
            case Roll.ON:
                return replace(self, roll=Roll.OFF)
            case Roll.OFF:
                return replace(self, roll=Roll.ON)
            case _:
                assert_never(self.roll)


READINGS = tuple(LegalReading(eves, roll) for eves in Eves for roll in Roll)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDay:
    """The *ordinal*-th working day; *eve* if it counts although it is an eve."""

    day: date
    ordinal: int
    eve: DayOff | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How a period that began on *started_on* was counted to its end.

    Attributes:
        steps: every day of a number of working days, a day off as itself; none for
            months.
        unrolled_on: the last day before 5 § of Act 150/1930 is applied.
        clamped: the month lacks the day of the start, so its last day is the last day.
        rolled: the days off that 5 § passed over, *unrolled_on* first.
        due_on: the last day that is in time.
    """

    started_on: date
    steps: tuple[CountedDay | DayOff, ...] = ()
    unrolled_on: date
    clamped: bool = False
    rolled: tuple[DayOff, ...] = ()
    due_on: date


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A number of working days (*arkipäivä*) after the day of the start."""

    number: int

    def count(self, start: date, calendar: Calendar, reading: LegalReading) -> Count:
        """Count from *start*, which is not counted, to the *number*-th working day.

        A last day that is an eve moves on under either reading of the eves: 5 § names
        the eves for a last day.

        Source: Act on Time Limits 150/1930 (*laki säädettyjen määräaikain
        laskemisesta*), 2 and 5 §.

        Raises:
            UnverifiedYearError: the period does not lie in verified years.
        """
        steps = tuple(self._steps(start, calendar, reading))
        last = steps[-1].day
        return Count(
            started_on=start,
            steps=steps,
            unrolled_on=last,
            rolled=_days_off_from(last, calendar),
            due_on=calendar.next_working_day(last),
        )

    def safe_on(self, start: date, calendar: Calendar) -> date:
        """Return the earliest due date under any reading."""
        readings = (LegalReading(eves=eves) for eves in Eves)
        return min(self.count(start, calendar, reading).due_on for reading in readings)

    def other_reading(self, reading: LegalReading) -> LegalReading:
        """Return the reading that can give another due date than *reading*."""
        return reading.with_other_eves()

    def _steps(
        self, start: date, calendar: Calendar, reading: LegalReading
    ) -> Iterator[CountedDay | DayOff]:
        calendar.verify(start)
        day, counted = start, 0
        while counted < self.number:
            day += timedelta(1)
            day_off = calendar.day_off(day)
            if day_off is None or (day_off.is_eve and reading.eves is Eves.WORKING):
                counted += 1
                yield CountedDay(day=day, ordinal=counted, eve=day_off)
            else:
                yield day_off


@dataclass(frozen=True, slots=True)
class Months:
    """A number of calendar months after the day of the start."""

    number: int

    def count(self, start: date, calendar: Calendar, reading: LegalReading) -> Count:
        """Count from *start* to the same day of the *number*-th month.

        Source: Act on Time Limits 150/1930 (*laki säädettyjen määräaikain
        laskemisesta*), 3 and 5 §.

        Raises:
            UnverifiedYearError: the period does not lie in verified years.
        """
        calendar.verify(start)
        last = self._unrolled_on(start)
        calendar.verify(last)
        rolls = reading.roll is Roll.ON
        return Count(
            started_on=start,
            unrolled_on=last,
            clamped=last.day != start.day,
            rolled=_days_off_from(last, calendar) if rolls else (),
            due_on=calendar.next_working_day(last) if rolls else last,
        )

    def safe_on(self, start: date, calendar: Calendar) -> date:
        """Return the last working day on or before the unrolled end."""
        calendar.verify(start)
        return calendar.previous_working_day(self._unrolled_on(start))

    def other_reading(self, reading: LegalReading) -> LegalReading:
        """Return the reading that can give another due date than *reading*."""
        return reading.with_other_roll()

    def _unrolled_on(self, start: date) -> date:
        years, month = divmod(start.month - 1 + self.number, 12)
        year, month = start.year + years, month + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))


Period = WorkingDays | Months


def _days_off_from(day: date, calendar: Calendar) -> tuple[DayOff, ...]:
    """Return the unbroken row of days off that begins on *day*; empty if none does."""
    days_off = []
    while day_off := calendar.day_off(day):
        days_off.append(day_off)
        day += timedelta(1)
    return tuple(days_off)
