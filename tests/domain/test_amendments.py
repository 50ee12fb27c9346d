"""(7) What sources take back and put right, and what may be amended."""

from datetime import date

import pytest

from app.domain.case_states import FindingCode
from app.domain.cases import apply, fold, replay
from app.domain.deadlines import AMENDED, Deadline, Verdict, deadlines
from app.domain.event_words import word
from app.domain.events import (
    AmendmentReason,
    AssessmentFinalised,
    AssessmentOutcome,
    CaseClosed,
    CaseEvent,
    Child,
    ClosureReason,
    CopyOf,
    DataErased,
    Entry,
    EventCorrected,
    EventRetracted,
    Happening,
    InitiationOutcome,
    NotificationReceived,
)
from app.domain.law import Law
from tests.factories import assessment, decision, event, notification

LAW = Law()
RECEIVED = date(2026, 3, 2)  # Mon; the decision is due on Wed 11.3.
CORRECTED = date(2026, 7, 1)


def correction(
    target: CaseEvent,
    on: date,
    data: Happening | None = None,
    *,
    amended_on: date = CORRECTED,
    event_id: str = "correction",
    sequence: int | None = None,
) -> CaseEvent:
    assert not isinstance(target.data, EventCorrected | EventRetracted | DataErased)
    said = EventCorrected(
        target=target.event_id,
        reason=AmendmentReason.WRONG_DATE,
        occurred_on=on,
        data=data or target.data,
    )
    return event(said, amended_on, event_id=event_id, sequence=sequence)


def retraction(
    target: CaseEvent,
    *,
    amended_on: date = CORRECTED,
    event_id: str = "retraction",
    sequence: int | None = None,
) -> CaseEvent:
    said = EventRetracted(target=target.event_id, reason=AmendmentReason.WRONG_ENTRY)
    return event(said, amended_on, event_id=event_id, sequence=sequence)


def clock(history: list[CaseEvent], rule: str = "initiation") -> Deadline:
    (found,) = [each for each in deadlines(history, LAW) if each.rule == rule]
    return found


def test_a_correction_says_anew_when_the_matter_became_pending() -> None:
    received = notification(RECEIVED, "n1")

    corrected = clock([received, correction(received, date(2026, 3, 9))])

    assert corrected.started_on == date(2026, 3, 9)
    assert corrected.due_on == date(2026, 3, 18)
    assert corrected.corrected  # it ends later than was said at first


def test_a_correction_before_its_target_has_the_same_effect() -> None:
    received = notification(RECEIVED, "n1")
    put_right = correction(received, date(2026, 3, 9))

    assert deadlines([put_right, received], LAW) == deadlines(
        [received, put_right], LAW
    )


def test_a_correction_that_turns_late_into_in_time_is_visible() -> None:
    received = notification(RECEIVED, "n1")
    decided = decision(date(2026, 3, 12))  # a day late
    told = correction(decided, date(2026, 3, 11))

    before = clock([received, decided])
    after = clock([received, decided, told])

    assert before.verdict(CORRECTED) is Verdict.LATE
    assert after.verdict(CORRECTED) is Verdict.IN_TIME
    assert (before.corrected, after.corrected) == (False, True)


@pytest.mark.parametrize("amended_on", [date(2026, 3, 11), date(2026, 3, 2)])
def test_a_correction_that_is_dated_back_is_visible_too(amended_on: date) -> None:
    received = notification(RECEIVED, "n1")
    decided = decision(date(2026, 3, 12))  # a day late
    told = correction(decided, date(2026, 3, 11), amended_on=amended_on)

    assert clock([received, decided, told]).corrected


def test_a_correction_that_changes_no_verdict_is_not_counted() -> None:
    received = notification(RECEIVED, "n1")
    decided = decision(date(2026, 3, 10))

    after = clock([received, decided, correction(decided, date(2026, 3, 9))])

    assert not after.corrected


def test_a_retracted_notification_leaves_a_void_clock_behind() -> None:
    received = notification(RECEIVED, "n1")

    gone = clock([received, retraction(received)])

    assert gone.verdict(CORRECTED) is Verdict.VOID
    assert gone.outcome == AMENDED
    assert gone.corrected  # nothing was decided by 11.3., so a breach went with it


def test_a_retraction_in_time_hides_no_breach() -> None:
    received = notification(RECEIVED, "n1")
    taken_back = retraction(received, amended_on=date(2026, 3, 4))

    assert not clock([received, taken_back]).corrected


@pytest.mark.parametrize(
    ("amended_on", "moved_to"),
    [
        pytest.param(date(2026, 4, 1), date(2026, 3, 20), id="before it was due"),
        pytest.param(CORRECTED, date(2026, 3, 20), id="when it was late"),
        pytest.param(CORRECTED, None, id="taken back when it was late"),
    ],
)
def test_an_assessment_that_begins_with_a_later_notification_now_is_visible(
    amended_on: date, moved_to: date | None
) -> None:
    first = notification(RECEIVED, "n1")  # the assessment is due on Tue 2.6.
    history = [first, notification(date(2026, 3, 9), "n2")]  # on Tue 9.6.
    amendment = (
        correction(first, moved_to, amended_on=amended_on)
        if moved_to
        else retraction(first, amended_on=amended_on)
    )

    found = {
        each.started_by: (each.due_on, each.outcome, each.corrected)
        for each in deadlines([*history, amendment], LAW)
        if each.rule == "assessment"
    }

    # One start was moved, and one clock tells of it.
    assert found == {
        "n1": (date(2026, 6, 2), AMENDED, False),
        "n2": (date(2026, 6, 9), None, True),
    }


def test_an_assessment_that_is_needed_beside_the_first_one_is_no_improvement() -> None:
    done = assessment(date(2026, 5, 29), event_id="done")
    history = [
        notification(RECEIVED, "n1"),
        notification(date(2026, 3, 20), "n2"),
        done,
    ]

    # It was completed before the second notification, which begins a run of its own.
    found = deadlines([*history, correction(done, date(2026, 3, 19))], LAW)

    assert [each.corrected for each in found if each.rule == "assessment"] == [
        False,
        False,
    ]


def test_an_assessment_that_begins_earlier_now_is_no_improvement() -> None:
    later = notification(date(2026, 3, 9), "n2")
    history = [notification(date(2026, 3, 5), "n1"), later]

    found = deadlines([*history, correction(later, RECEIVED)], LAW)

    assert not any(each.corrected for each in found)


def test_the_greatest_amendment_wins_whenever_it_comes() -> None:
    received = notification(RECEIVED, "n1")
    first = correction(received, date(2026, 3, 3), event_id="c1", sequence=1)
    second = correction(received, date(2026, 3, 4), event_id="c2", sequence=2)
    third = correction(  # later in time, but without a sequence
        received, date(2026, 3, 5), event_id="c3", amended_on=date(2026, 8, 1)
    )

    for order in ([first, second, third], [third, second, first]):
        assert clock([received, *order]).started_on == date(2026, 3, 4)


def test_a_greater_correction_revives_what_was_retracted() -> None:
    received = notification(RECEIVED, "n1")
    gone = retraction(received, sequence=1)
    back = correction(received, date(2026, 3, 3), sequence=2)

    assert clock([received, gone, back]).started_on == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("amendment", "code"),
    [
        pytest.param(
            event(EventRetracted(target="n9", reason=AmendmentReason.OTHER), CORRECTED),
            FindingCode.AMENDMENT_WITHOUT_TARGET,
            id="its target has not come",
        ),
        pytest.param(
            event(
                EventCorrected(
                    target="n1",
                    reason=AmendmentReason.OTHER,
                    occurred_on=RECEIVED,
                    data=AssessmentFinalised(outcome=AssessmentOutcome.NO_CLIENT),
                ),
                CORRECTED,
            ),
            FindingCode.AMENDMENT_UNLIKE_TARGET,
            id="of another kind",
        ),
        pytest.param(
            event(
                EventRetracted(target="n1", reason=AmendmentReason.OTHER),
                CORRECTED,
                case_ref="A-2",
            ),
            FindingCode.AMENDMENT_UNLIKE_TARGET,
            id="of another case",
        ),
    ],
)
def test_an_amendment_that_fits_nothing_is_inert_and_found(
    amendment: CaseEvent, code: FindingCode
) -> None:
    received = notification(RECEIVED, "n1")

    state = replay([received, amendment])

    assert deadlines([received, amendment], LAW) == deadlines([received], LAW)
    assert [finding.code for finding in state.findings] == [code]


def test_an_amendment_of_an_amendment_is_inert() -> None:
    received = notification(RECEIVED, "n1")
    first = correction(received, date(2026, 3, 3), event_id="c1")
    of_it = retraction(first)

    assert clock([received, first, of_it]).started_on == date(2026, 3, 3)


def copy(on: date, *, unit: str | None = "espoonlahti") -> CaseEvent:
    data = NotificationReceived(
        entry=Entry.REPORT,
        unit=unit,
        child=Child(ref="p-1", mother_tongue="sv", citizenship="FI", age_years=7),
        copy_of=CopyOf(source="client-b", id="n1"),
    )
    return event(data, on, event_id="copy", case_ref="A-1")


def test_a_copy_of_what_another_source_sent_starts_no_second_clock() -> None:
    on_call = notification(
        RECEIVED, "n1", source="client-b", unit="on-call", child=Child()
    )
    copied = copy(date(2026, 3, 3))

    found = clock([on_call, copied, decision(date(2026, 3, 10))])

    assert found.started_on == RECEIVED
    assert found.responsible_unit(RECEIVED) == "on-call"
    assert found.responsible_unit(date(2026, 3, 3)) == "espoonlahti"
    assert (found.child_ref, found.language_group) == ("p-1", "sv")


def test_a_copy_without_a_unit_leaves_the_case_where_it_was() -> None:
    on_call = notification(RECEIVED, "n1", source="client-b", unit="on-call")

    found = clock([on_call, copy(date(2026, 3, 3), unit=None)])

    assert found.responsible_unit(date(2026, 4, 1)) == "on-call"


def test_a_copy_whose_original_has_not_come_starts_the_clock_itself() -> None:
    copied = copy(date(2026, 3, 3))

    assert clock([copied]).started_on == date(2026, 3, 3)


def test_the_groups_of_the_original_stay_where_it_has_them() -> None:
    on_call = notification(RECEIVED, "n1", source="client-b")

    assert clock([on_call, copy(date(2026, 3, 3))]).language_group == "fi"


def test_a_corrected_assessment_meets_the_clock_on_the_corrected_day() -> None:
    received = notification(RECEIVED, "n1")
    decided = decision(date(2026, 3, 10), InitiationOutcome.ASSESSMENT_STARTED)
    done = assessment(date(2026, 6, 10))  # due on Tue 2.6.

    told = clock(
        [received, decided, done, correction(done, date(2026, 6, 1))], "assessment"
    )

    assert told.met_on == date(2026, 6, 1)
    assert told.corrected


def test_an_amendment_is_told_by_its_reason_and_moves_nothing_in_the_fold() -> None:
    received = notification(RECEIVED, "n1")
    taken_back = retraction(received)
    state = fold([received])

    assert word(taken_back.data) == "wrong_entry"
    assert apply(state, taken_back) == state


@pytest.mark.parametrize(
    ("reason", "into"),
    [(ClosureReason.MERGED, None), (ClosureReason.DONE, "A-2")],
)
def test_a_merger_names_the_case_it_goes_into_and_nothing_else_does(
    reason: ClosureReason, into: str | None
) -> None:
    with pytest.raises(ValueError, match="only with it"):
        CaseClosed(reason=reason, into=into)


def test_a_copy_of_a_copy_is_a_notification_of_its_own() -> None:
    first = copy(date(2026, 3, 3))
    data = NotificationReceived(
        entry=Entry.REPORT, copy_of=CopyOf(source="client-a", id="copy")
    )
    second = event(data, date(2026, 3, 4), event_id="second")

    started = {each.started_on for each in deadlines([first, second], LAW)}

    assert started == {date(2026, 3, 3), date(2026, 3, 4)}


def test_reasons_in_prose_are_refused() -> None:
    with pytest.raises(ValueError, match="never prose"):
        NotificationReceived(entry=Entry.REPORT, reasons=("He was seen alone.",))
