"""The days of a clock as weeks of a calendar: which were counted, which were not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.law import Law
from app.domain.law.explanations import Explanation, StepCode
from app.domain.texts import Language

_DAYS = 7
# So many weeks in a row, in which nothing ends, are told in one line.
_LONGEST_SHOWN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDay:
    """One day: *written* without its year, *ordinal* if it is the n-th one counted.

    *name* is that of a day off. A day is *quiet* where it lies outside of the clock.
    """

    written: str
    ordinal: int | None
    name: str
    is_off: bool
    is_quiet: bool
    is_start: bool
    is_safe: bool
    is_due: bool
    is_done: bool


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar and its number."""

    number: int
    days: tuple[WeekDay, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """So many weeks in which the clock only runs."""

    weeks: int


@dataclass(frozen=True, slots=True)
class _Clock:
    """What is asked of every day of a clock."""

    explanation: Explanation
    law: Law
    language: Language
    done_on: date | None
    counted: Mapping[date, int]

    @property
    def last(self) -> date:
        """The last day that is of the clock: when it ended, or should have."""
        due_on = self.explanation.due_on
        return max(due_on, self.done_on or due_on)

    @property
    def telling(self) -> frozenset[date]:
        """The days on which something happens."""
        told = self.explanation
        ends = {told.started_on, told.safe_on, told.unrolled_on, told.due_on, self.last}
        return frozenset(ends | self.counted.keys())


def weeks(
    explanation: Explanation, law: Law, language: Language, *, done_on: date | None
) -> tuple[Week | Gap, ...]:
    """Return the weeks from the start of the clock to its due date, or its end."""
    clock = _Clock(explanation, law, language, done_on, _counted(explanation))
    telling = clock.telling
    rows: list[Week | Gap] = []
    silent: list[Week] = []
    for monday in _mondays(explanation.started_on, clock.last):
        days = [monday + timedelta(n) for n in range(_DAYS)]
        week = Week(monday.isocalendar().week, tuple(_day(day, clock) for day in days))
        if telling.isdisjoint(days):
            silent.append(week)
            continue
        rows += _passed_over(silent)
        silent = []
        rows.append(week)
    return tuple(rows)


def _passed_over(silent: list[Week]) -> list[Week] | list[Gap]:
    return [Gap(len(silent))] if len(silent) > _LONGEST_SHOWN else silent


def _counted(explanation: Explanation) -> Mapping[date, int]:
    days = [
        step.day
        for step in explanation.steps
        if step.code is StepCode.COUNTED and step.day is not None
    ]
    return {day: ordinal for ordinal, day in enumerate(days, start=1)}


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first - timedelta(first.weekday())
    while monday <= last:
        yield monday
        monday += timedelta(_DAYS)


def _day(day: date, clock: _Clock) -> WeekDay:
    explanation = clock.explanation
    off = None if day in clock.counted else clock.law.calendar.day_off(day)
    return WeekDay(
        written=f"{day.day}.{day.month}.",
        ordinal=clock.counted.get(day),
        name=off.name.to(clock.language) if off else "",
        is_off=off is not None,
        is_quiet=not explanation.started_on <= day <= clock.last,
        is_start=day == explanation.started_on,
        is_safe=day == explanation.safe_on,
        is_due=day == explanation.due_on,
        is_done=day == clock.done_on,
    )
