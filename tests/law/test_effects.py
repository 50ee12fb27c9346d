"""What the other answer to an open question of law would change."""

from calendar import monthrange
from datetime import date, timedelta

import pytest

from app.domain.law import Law
from app.domain.law.child_welfare_act import INITIATION
from app.domain.law.effects import Effect, effect
from app.domain.law.social_welfare_act import ASSESSMENT
from app.domain.rules import DeadlineRule
from tests.law.finnish_calendar import every_day, is_day_off

LAW = Law()
NOTHING = Effect(days=0, changed=0, most=0)


def three_months_after(day: date) -> date:
    """Return the day of the same number, or the last of a month that has none."""
    years, month = divmod(day.month + 2, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@pytest.mark.parametrize("year", [2008, 2015, 2026, 2028])
def test_an_assessment_moves_by_the_days_off_at_its_end(year: int) -> None:
    moves = [
        next(days for days in range(9) if not is_day_off(end + timedelta(days)))
        for end in map(three_months_after, every_day(year, year))
    ]

    assert effect(LAW, ASSESSMENT, year) == Effect(
        days=len(moves), changed=sum(map(bool, moves)), most=max(moves)
    )


@pytest.mark.parametrize("rule", [INITIATION, ASSESSMENT], ids=lambda rule: rule.code)
def test_no_clock_of_a_rule_starts_before_it_is_in_force(rule: DeadlineRule) -> None:
    assert rule.versions[0].in_force_from == date(2008, 1, 1)
    assert effect(LAW, rule, 2007) == NOTHING


def test_days_whose_deadline_no_calendar_reaches_are_not_counted() -> None:
    last = effect(LAW, INITIATION, 2100)

    assert 0 < last.days < len(every_day(2100, 2100))
