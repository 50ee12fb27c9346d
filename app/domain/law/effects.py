"""What the other answer to an open question of law would change, day by day."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.errors import UnknownRuleError, UnverifiedYearError
from app.domain.law import Law
from app.domain.rules import DeadlineRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the other reading changes of the clocks of a rule that start in a year.

    Attributes:
        days: on how many days a clock of the rule can start.
        changed: on how many of these its due date would be another.
        most: by how many calendar days at most.
    """

    days: int
    changed: int
    most: int


def effect(law: Law, rule: DeadlineRule, year: int) -> Effect:
    """Return what the other reading would change of *rule* in *year*."""
    shifts = list(_shifts(law, rule, year))
    return Effect(
        days=len(shifts),
        changed=sum(shift > 0 for shift in shifts),
        most=max(shifts, default=0),
    )


def _shifts(law: Law, rule: DeadlineRule, year: int) -> Iterator[int]:
    """Give by how many days the readings differ, for every day that they reach."""
    day = date(year, 1, 1)
    while day.year == year:
        # No clock starts before the rule, and none can be counted past the calendar.
        with suppress(UnknownRuleError, UnverifiedYearError):
            period = rule.version_on(day).period
            other = period.count(day, law.calendar, period.other_reading(law.reading))
            yield abs((other.due_on - law.limits(rule.code, day).due_on).days)
        day += timedelta(1)
