"""Which missed deadline an explanation is about, and what it says of it."""

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

import pytest

from app.domain.case_files import case_file
from app.domain.case_states import FindingCode
from app.domain.deadlines import AMENDED, deadlines
from app.domain.delay_codes import DelayAction, DelayCause, DutyRule
from app.domain.delays import ACTIONS, CAUSES, NOT_ACCEPTED
from app.domain.events import (
    AmendmentReason,
    CaseEvent,
    ClosureReason,
    DataErased,
    EventCorrected,
    EventRetracted,
    NotificationReceived,
)
from app.domain.law import Law
from tests.factories import (
    assessment,
    closure,
    decision,
    event,
    explanation,
    notification,
)

LAW = Law()
RECEIVED = date(2026, 3, 2)
DUE = date(2026, 3, 11)
ASSESSMENT_DUE = date(2026, 6, 2)
Explained: TypeAlias = set[tuple[str, str, str]]


def explained(*history: CaseEvent) -> Explained:
    """Return rule, notification and cause of each clock that is explained."""
    return {
        (clock.rule, clock.started_by, clock.delays[-1].cause)
        for clock in deadlines(history, LAW)
        if clock.delays
    }


def odd(*history: CaseEvent) -> list[str]:
    return [
        finding.event_id
        for finding in case_file(history, LAW).findings
        if finding.code is FindingCode.EXPLANATION_WITHOUT_BREACH
    ]


@pytest.mark.parametrize(
    ("told", "is_explained"),
    [
        pytest.param(DUE, False, id="on the due date it is not late"),
        pytest.param(date(2026, 3, 12), True, id="on the day after it is"),
        pytest.param(date(2027, 1, 4), True, id="and stays so, long after it was done"),
    ],
)
def test_an_explanation_is_of_what_is_late_on_its_day(
    told: date, *, is_explained: bool
) -> None:
    history = [
        notification(RECEIVED, "n1"),
        decision(date(2026, 4, 1)),
        assessment(date(2026, 5, 4)),
        explanation(told, event_id="x"),
    ]

    assert explained(*history) == (
        {("initiation", "n1", "staff_shortage")} if is_explained else set()
    )
    assert odd(*history) == ([] if is_explained else ["x"])


def test_it_is_of_its_own_rule_alone() -> None:
    history = [notification(RECEIVED, "n1")]
    told = date(2026, 6, 3)  # by then both are late

    assert explained(*history, explanation(told, DutyRule.ASSESSMENT)) == {
        ("assessment", "n1", "staff_shortage")
    }
    assert explained(*history, explanation(told, DutyRule.INITIATION)) == {
        ("initiation", "n1", "staff_shortage")
    }


def test_one_that_names_no_notification_is_of_every_late_one_of_the_run() -> None:
    found = explained(
        notification(RECEIVED, "n1"),
        notification(date(2026, 3, 3), "n2"),
        notification(date(2026, 3, 9), "n3"),  # due 18.3.
        explanation(date(2026, 3, 16)),
    )

    assert found == {
        ("initiation", "n1", "staff_shortage"),
        ("initiation", "n2", "staff_shortage"),
    }


def test_of_several_runs_the_last_that_is_late_is_meant() -> None:
    two_runs = [
        notification(RECEIVED, "n1"),
        decision(date(2026, 3, 20)),
        assessment(date(2026, 6, 10), event_id="a1"),
        notification(date(2026, 7, 1), "n2"),
        decision(date(2026, 7, 2), event_id="d2"),
    ]

    before = explanation(date(2026, 8, 3), DutyRule.ASSESSMENT)
    after = explanation(date(2026, 10, 5), DutyRule.ASSESSMENT)

    assert explained(*two_runs, before) == {("assessment", "n1", "staff_shortage")}
    assert explained(*two_runs, after) == {("assessment", "n2", "staff_shortage")}


def test_one_that_names_a_notification_is_of_that_or_of_its_run() -> None:
    history = [
        notification(RECEIVED, "n1"),
        notification(date(2026, 3, 3), "n2"),
        decision(date(2026, 6, 1)),
    ]
    told = date(2026, 7, 1)

    of_second = explanation(told, DutyRule.INITIATION, explains="n2")
    of_run = explanation(told, DutyRule.ASSESSMENT, explains="n2")

    assert explained(*history, of_second) == {("initiation", "n2", "staff_shortage")}
    assert explained(*history, of_run) == {("assessment", "n1", "staff_shortage")}


def test_one_that_names_what_is_unknown_explains_nothing_and_is_told() -> None:
    history = [
        notification(RECEIVED, "n1"),
        explanation(date(2026, 4, 1), explains="n9", event_id="x"),
    ]

    assert explained(*history) == set()
    assert odd(*history) == ["x"]


def test_the_last_one_counts_as_of_a_day() -> None:
    (_, clock) = deadlines(
        [
            notification(RECEIVED, "n1"),
            explanation(date(2026, 3, 13), follow_up_on=date(2026, 3, 20)),
            explanation(
                date(2026, 4, 1),
                cause=DelayCause.FAMILY_NOT_REACHED,
                action=DelayAction.FAMILY_CONTACTED_AGAIN,
            ),
        ],
        LAW,
    )

    assert clock.delay(date(2026, 3, 12)) is None
    first, last = clock.delay(date(2026, 3, 31)), clock.delay(date(2026, 4, 1))
    assert first is not None
    assert (first.cause, first.follow_up_on) == (
        DelayCause.STAFF_SHORTAGE,
        date(2026, 3, 20),
    )
    assert last is not None
    assert (last.cause, last.action, last.follow_up_on, last.told_by.event_id) == (
        DelayCause.FAMILY_NOT_REACHED,
        DelayAction.FAMILY_CONTACTED_AGAIN,
        None,
        "delay_explained-2026-04-01",
    )


def test_on_one_day_it_comes_after_all_that_happened() -> None:
    """So a clock that is closed late on that day is late when it is explained."""
    day = date(2026, 3, 12)

    assert explained(
        notification(RECEIVED, "n1"),
        explanation(day),
        closure(day, ClosureReason.MOVED_AWAY),
    ) == {("initiation", "n1", "staff_shortage")}


def test_it_cannot_name_what_has_not_been_received() -> None:
    history = [
        notification(RECEIVED, "n1"),
        explanation(date(2026, 3, 13), explains="n2"),
        notification(date(2026, 3, 16), "n2"),
    ]

    assert explained(*history) == set()
    assert odd(*history) == ["delay_explained-2026-03-13"]


def test_it_can_be_corrected_and_taken_back() -> None:
    told = explanation(date(2026, 3, 13), event_id="x")
    better = explanation(date(2026, 3, 13), cause=DelayCause.INTERPRETER_NEEDED)
    assert not isinstance(better.data, EventCorrected | EventRetracted | DataErased)
    correction = event(
        EventCorrected(
            target="x",
            reason=AmendmentReason.WRONG_ENTRY,
            occurred_on=told.occurred_on,
            data=better.data,
        ),
        date(2026, 3, 14),
    )
    retraction = event(
        EventRetracted(target="x", reason=AmendmentReason.WRONG_ENTRY),
        date(2026, 3, 15),
    )
    history = [notification(RECEIVED, "n1"), told]

    assert explained(*history, correction) == {
        ("initiation", "n1", "interpreter_needed")
    }
    assert explained(*history, correction, retraction) == set()
    assert odd(*history, retraction) == []


def test_when_the_breach_goes_the_explanation_explains_nothing_any_more() -> None:
    """Done in time and entered late: the decision arrives after the explanation."""
    explaining = explanation(
        date(2026, 3, 13),
        cause=DelayCause.DONE_IN_TIME_RECORDED_LATE,
        event_id="x",
    )
    history = [notification(RECEIVED, "n1"), explaining]
    assert odd(*history) == []

    history.append(decision(date(2026, 3, 10)))

    assert explained(*history) == set()
    assert odd(*history) == ["x"]


def test_a_clock_that_an_amendment_took_away_is_explained_no_more() -> None:
    taken_back = event(
        EventRetracted(target="n1", reason=AmendmentReason.WRONG_ENTRY),
        date(2026, 4, 1),
    )
    history = [
        notification(RECEIVED, "n1"),
        explanation(date(2026, 3, 13), event_id="x"),
        taken_back,
    ]

    clocks = deadlines(history, LAW)

    assert {(clock.outcome, clock.delays) for clock in clocks} == {(AMENDED, ())}
    assert odd(*history) == ["x"]


def test_a_correction_of_the_day_decides_anew_what_is_explained() -> None:
    later = event(
        EventCorrected(
            target="n1",
            reason=AmendmentReason.WRONG_DATE,
            occurred_on=date(2026, 3, 9),
            data=_notified(notification(RECEIVED)),
        ),
        date(2026, 3, 14),
    )
    history = [notification(RECEIVED, "n1"), explanation(date(2026, 3, 13))]

    assert explained(*history)
    assert not explained(*history, later)


@pytest.mark.parametrize("texts", [CAUSES, ACTIONS], ids=["causes", "actions"])
def test_every_code_is_put_in_every_language(texts: dict[str, object]) -> None:
    codes: Iterable[str] = DelayCause if texts is CAUSES else DelayAction

    assert set(texts) == set(codes)
    assert set(NOT_ACCEPTED) <= set(CAUSES)


def _notified(each: CaseEvent) -> NotificationReceived:
    assert isinstance(each.data, NotificationReceived)
    return each.data
