"""Cases that are one: merged, copied, continued by another source."""

import itertools
from datetime import date

from app.domain.deadlines import deadlines
from app.domain.events import (
    AmendmentReason,
    CaseClosed,
    CaseEvent,
    CaseKey,
    ClosureReason,
    CopyOf,
    Entry,
    EventRetracted,
    NotificationReceived,
)
from app.domain.law import Law
from app.domain.linked_cases import histories, spoken_of, subject
from tests.factories import decision, event, explanation, notification

EARLY = date(2026, 3, 2)
LATER = date(2026, 3, 5)
MERGED = date(2026, 3, 20)


def merger(case_ref: str, into: str, event_id: str | None = None) -> CaseEvent:
    data = CaseClosed(reason=ClosureReason.MERGED, into=into)
    event_id = event_id or f"{case_ref}-into-{into}"
    return event(data, MERGED, event_id=event_id, case_ref=case_ref)


def heads(events: list[CaseEvent], **successors: str) -> dict[str, int]:
    """Return how many events fold under each reference."""
    found = histories(events, successors)
    return {case.case_ref: len(history) for case, history in found.items()}


def test_a_merged_case_goes_on_under_the_one_it_was_merged_into() -> None:
    first = notification(EARLY, "n1", case_ref="A-1")
    second = notification(LATER, "n2", case_ref="A-2")

    found = histories([first, second, merger("A-1", "A-2")], {})

    assert found[CaseKey("client-a", "A-1")] == []
    clocks = deadlines(found[CaseKey("client-a", "A-2")], Law())
    (assessment,) = [clock for clock in clocks if clock.rule == "assessment"]
    assert assessment.started_on == EARLY  # the earlier start is kept


def test_neither_order_nor_circles_matter() -> None:
    events = [
        notification(EARLY, "n1", case_ref="A-1"),
        notification(LATER, "n2", case_ref="A-2"),
        notification(LATER, "n3", case_ref="A-3"),
        merger("A-2", "A-3"),
        merger("A-3", "A-1"),
        merger("A-1", "A-2"),
    ]
    expected = {"A-1": 6, "A-2": 0, "A-3": 0}  # all led away: the smallest is head

    for order in itertools.islice(itertools.permutations(events), 0, None, 37):
        assert heads(list(order)) == expected


def test_the_head_is_the_smallest_that_nothing_leads_away_from() -> None:
    events = [
        notification(EARLY, "n1", case_ref="A-1"),
        notification(LATER, "n2", case_ref="A-2"),
        notification(LATER, "n3", case_ref="A-3"),
        merger("A-1", "A-3"),
        merger("A-1", "A-2", "second thoughts"),
    ]

    assert heads(events) == {"A-1": 0, "A-2": 5, "A-3": 0}


def test_retracting_the_closure_undoes_the_merger() -> None:
    merged = merger("A-1", "A-2")
    taken_back = event(
        EventRetracted(target=merged.event_id, reason=AmendmentReason.WRONG_ENTRY),
        MERGED,
        case_ref="A-1",
    )
    events = [notification(EARLY, "n1", case_ref="A-1"), merged, taken_back]

    assert heads(events) == {"A-1": 3, "A-2": 0}


def test_a_case_merged_into_one_that_is_not_there_goes_on_under_its_name() -> None:
    events = [notification(EARLY, "n1", case_ref="A-1"), merger("A-1", "A-9")]

    assert heads(events) == {"A-1": 0, "A-9": 2}


def test_a_successor_continues_the_cases_under_the_same_references() -> None:
    old = notification(EARLY, "n1", source="old", case_ref="A-1")
    new = decision(LATER, source="new", case_ref="A-1", event_id="d1")
    apart = notification(EARLY, "n2", source="new", case_ref="A-2")

    found = histories([old, new, apart], {"old": "new"})

    assert found[CaseKey("new", "A-1")] == [old, new]
    assert found[CaseKey("new", "A-2")] == [apart]
    assert found[CaseKey("old", "A-1")] == []


def test_what_the_service_says_of_a_case_belongs_to_it() -> None:
    told_of = CaseKey("client/%2Fa", "A/1")
    notified = notification(EARLY, "n1", source=told_of.source, case_ref="A/1")
    own = spoken_of(told_of)
    told = explanation(LATER, source=own.source, case_ref=own.case_ref)

    found = histories([told, notified], {})

    assert subject(own) == told_of
    assert found == {told_of: [told, notified], own: []}


def test_a_client_system_that_speaks_of_a_delay_speaks_of_its_own_case() -> None:
    told = explanation(LATER, source="client-b", case_ref="client-a/A-1")

    assert histories([told], {}) == {told.case: [told]}


def test_in_a_circle_of_mergers_no_case_of_the_service_is_the_head() -> None:
    own = spoken_of(CaseKey("z", "1"))
    circle = [
        merger("1", "2")._replace(source="z"),
        merger("2", "1")._replace(source="z"),
        explanation(LATER, source=own.source, case_ref=own.case_ref),
    ]

    found = histories(circle, {})

    assert {case: len(events) for case, events in found.items()} == {
        CaseKey("z", "1"): 3,
        CaseKey("z", "2"): 0,
        own: 0,
    }


def test_a_copy_draws_the_case_of_the_original_to_its_own() -> None:
    original = notification(EARLY, "n1", source="client-b", case_ref="B-1")
    data = NotificationReceived(
        entry=Entry.REPORT, copy_of=CopyOf(source="client-b", id="n1")
    )
    copied = event(data, LATER, event_id="copy", case_ref="A-1")

    found = histories([original, copied], {})

    assert found[CaseKey("client-a", "A-1")] == [original, copied]
    assert found[CaseKey("client-b", "B-1")] == []


def test_a_copy_of_a_copy_draws_nothing() -> None:
    data = NotificationReceived(
        entry=Entry.REPORT, copy_of=CopyOf(source="client-b", id="none")
    )
    first = event(data, EARLY, event_id="first", source="client-b", case_ref="B-1")
    second = event(
        NotificationReceived(
            entry=Entry.REPORT, copy_of=CopyOf(source="client-b", id="first")
        ),
        LATER,
        event_id="second",
        case_ref="A-1",
    )

    found = histories([first, second], {})

    assert found[CaseKey("client-b", "B-1")] == [first]
    assert found[CaseKey("client-a", "A-1")] == [second]
