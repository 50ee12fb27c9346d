"""What is odd in a case, and the catalogue of all that can be found."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from app.domain.case_files import case_file
from app.domain.case_states import FindingCode
from app.domain.cases import replay
from app.domain.deadlines import deadlines
from app.domain.events import (
    AmendmentReason,
    CaseEvent,
    EventCorrected,
    EventRetracted,
    InitiationOutcome,
)
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, Severity, identity
from app.domain.law import Law
from app.domain.texts import Language
from tests import histories
from tests.factories import assessment, decision, event, notification

LAW = Law()


def moved(target: CaseEvent, to: date, event_id: str = "c") -> CaseEvent:
    """Return a correction of *target*, which was on another day."""
    data = EventCorrected(
        target=target.event_id,
        reason=AmendmentReason.WRONG_DATE,
        occurred_on=to,
        data=target.data,  # type: ignore[arg-type] # a happening in every test
    )
    return event(data, date(2026, 5, 1), event_id=event_id)


def codes(*history: CaseEvent) -> list[tuple[FindingCode, str]]:
    return [(each.code, each.event_id) for each in replay(history).findings]


NOTIFIED = notification(date(2026, 3, 2), "n1")
BEGUN = decision(date(2026, 3, 10), event_id="d1")
DONE = assessment(date(2026, 4, 1), event_id="a1")


# The second clock


def test_a_notification_moved_onto_the_day_of_the_decision_is_suspect() -> None:
    found = codes(NOTIFIED, BEGUN, moved(NOTIFIED, date(2026, 3, 10)))

    assert found == [(FindingCode.SECOND_CLOCK_SUSPECTED, "n1")]


@pytest.mark.parametrize(
    "to",
    [
        pytest.param(date(2026, 3, 9), id="onto another day"),
        pytest.param(date(2026, 3, 1), id="to an earlier day"),
        pytest.param(date(2026, 3, 2), id="not at all"),
    ],
)
def test_a_notification_moved_elsewhere_is_not(to: date) -> None:
    assert codes(NOTIFIED, BEGUN, moved(NOTIFIED, to)) == []


def test_what_was_of_the_day_of_the_decision_from_the_start_is_not_suspect() -> None:
    at_once = notification(date(2026, 3, 10), "n1")
    retraction = EventRetracted(target="x", reason=AmendmentReason.WRONG_ENTRY)
    x = notification(date(2026, 3, 10), "x")

    assert (
        codes(at_once, BEGUN, x, event(retraction, date(2026, 5, 1), event_id="r"))
        == []
    )


def test_a_correction_that_does_not_win_raises_no_suspicion() -> None:
    there = moved(NOTIFIED, date(2026, 3, 10), "c1")._replace(sequence=1)
    back = moved(NOTIFIED, date(2026, 3, 2), "c2")._replace(sequence=2)

    assert codes(NOTIFIED, BEGUN, there, back) == []


# Close and reopen


@pytest.mark.parametrize(
    ("again", "is_reopened"),
    [
        pytest.param(date(2026, 4, 1), True, id="on the day of the end"),
        pytest.param(date(2026, 5, 1), True, id="on the thirtieth day after it"),
        pytest.param(date(2026, 5, 2), False, id="later"),
    ],
)
def test_a_run_soon_after_the_end_of_the_last_is_told(
    again: date,
    is_reopened: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    found = codes(NOTIFIED, BEGUN, DONE, notification(again, "n2"))

    expected = [(FindingCode.CLOSED_AND_REOPENED, "n2")] if is_reopened else []
    assert found == expected


def test_a_decision_that_no_assessment_is_made_is_an_end_too() -> None:
    unnecessary = decision(date(2026, 3, 4), InitiationOutcome.OBVIOUSLY_UNNECESSARY)

    found = codes(NOTIFIED, unnecessary, notification(date(2026, 3, 20), "n2"))

    assert found == [(FindingCode.CLOSED_AND_REOPENED, "n2")]


def test_a_further_notification_of_one_run_is_no_reopening() -> None:
    assert codes(NOTIFIED, BEGUN, notification(date(2026, 3, 20), "n2"), DONE) == []


# What a finding says


def test_a_finding_names_its_event_and_the_day_of_that() -> None:
    early = decision(date(2026, 3, 1), event_id="d0", source="client-b")

    (found,) = replay([early]).findings

    assert found.code is FindingCode.ACT_BEFORE_NOTIFICATION
    assert found.event == ("client-b", "d0")
    assert found.day == date(2026, 3, 1)


def test_every_code_of_the_fold_is_a_kind() -> None:
    assert {code.value for code in FindingCode} <= {kind.value for kind in FindingKind}


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_is_explained_in_every_language(kind: FindingKind) -> None:
    description = CATALOGUE[kind]

    assert description.severity in Severity
    for text in (description.explanation, description.remedy):
        told = [text.to(language) for language in Language]
        assert len(set(told)) == len(told)
        assert all(each.endswith((".", "?")) for each in told if "`" not in each[-2:])
        assert not any("  " in each for each in told)


def test_an_id_is_of_its_parts_and_never_changes() -> None:
    kind = FindingKind.SOURCE_SILENT

    assert identity(kind, "client-a") == "5c207c67c11ff1ad0653acce"
    assert identity(kind, "a", "b") != identity(kind, "ab")
    assert identity(kind, "a", "b") != identity(FindingKind.SEQUENCE_GAP, "a", "b")


def test_a_finding_is_open_until_it_is_closed() -> None:
    found = Finding(
        kind=FindingKind.SOURCE_SILENT,
        severity=Severity.ALARM,
        id="x",
        since=datetime(2026, 3, 2, tzinfo=UTC),
    )

    assert found.is_open


@given(histories.cases())
def test_a_case_file_is_the_clocks_and_the_findings(history: list[CaseEvent]) -> None:
    file = case_file(history, LAW)

    assert file.deadlines == deadlines(history, LAW)
    told = replay(history).findings
    assert file.findings[: len(told)] == told
    assert {each.code for each in file.findings[len(told) :]} <= {
        FindingCode.EXPLANATION_WITHOUT_BREACH
    }


@given(histories.cases())
def test_no_finding_is_told_twice(history: list[CaseEvent]) -> None:
    found = case_file(history, LAW).findings

    assert len(found) == len(set(found))
