"""What moved in a month, and what was left of it."""

from datetime import date

from app.domain.deadlines import ASSESSMENT, INITIATION, Deadline, deadlines
from app.domain.events import CaseEvent, InitiationOutcome
from app.domain.flow import Movement, backlog, flow, movement, together
from app.domain.law import Law
from app.domain.reporting_periods import month_of, parse_period
from tests.factories import assessment, decision, notification

MARCH, APRIL = parse_period("2026-03"), parse_period("2026-04")
LATER = date(2026, 5, 1)
NO_ASSESSMENT = InitiationOutcome.OBVIOUSLY_UNNECESSARY


def clocks(rule: str, *history: CaseEvent) -> list[Deadline]:
    return [each for each in deadlines(history, Law()) if each.rule == rule]


def test_what_is_met_leaves_the_backlog() -> None:
    met = clocks(INITIATION, notification(date(2026, 3, 2)), decision(date(2026, 4, 1)))

    assert movement(met, MARCH, LATER) == Movement(pending=1)
    assert movement(met, APRIL, LATER) == Movement(done=1)
    assert (backlog(met, MARCH.last), backlog(met, APRIL.last)) == (1, 0)


def test_what_ended_and_was_completed_after_all_leaves_it_once() -> None:
    revived = clocks(
        ASSESSMENT,
        notification(date(2026, 3, 2)),
        decision(date(2026, 3, 5), NO_ASSESSMENT),
        assessment(date(2026, 4, 10)),
    )

    assert movement(revived, MARCH, LATER) == Movement(pending=1, ended=1)
    assert movement(revived, APRIL, LATER) == Movement(done_after_ending=1)
    assert movement(revived, APRIL, date(2026, 4, 9)) == Movement()
    assert backlog(revived, MARCH.last) == 0


def test_an_assessment_that_is_not_made_has_ended() -> None:
    ended = clocks(
        ASSESSMENT,
        notification(date(2026, 3, 2)),
        decision(date(2026, 3, 5), NO_ASSESSMENT),
    )

    assert movement(ended, MARCH, LATER) == Movement(pending=1, ended=1)


def test_a_backlog_goes_from_month_to_month() -> None:
    months = flow([(MARCH, Movement(pending=5, done=2)), (APRIL, Movement(ended=1))], 4)

    assert [(m.backlog_before, m.backlog) for m in months] == [(4, 7), (7, 6)]
    assert [m.backlog for m in together([months, months])] == [14, 12]
    assert months[0].period == month_of(date(2026, 3, 31))
