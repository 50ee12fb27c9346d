"""Events as plain functions: what a test does not name is ordinary."""

from datetime import date, datetime
from typing import Any

from app.domain.events import (
    AssessmentFinalised,
    AssessmentOutcome,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    Child,
    ClosureReason,
    Entry,
    EventData,
    InitiationDecided,
    InitiationOutcome,
    NotificationReceived,
)


def event(
    data: EventData,
    on: date,
    *,
    event_id: str | None = None,
    source: str = "client-a",
    case_ref: str = "A-1",
    at: datetime | None = None,
    sequence: int | None = None,
) -> CaseEvent:
    """Return an event of *data* on the day *on*; its id tells both by default."""
    return CaseEvent(
        source=source,
        event_id=event_id or f"{data.kind}-{on}",
        case_ref=case_ref,
        occurred_on=on,
        occurred_at=at,
        sequence=sequence,
        data=data,
    )


def notification(
    on: date,
    event_id: str | None = None,
    *,
    unit: str | None = "leppavaara",
    entry: Entry = Entry.REPORT,
    child: Child = Child(ref="p-1", age_years=7, mother_tongue="fi", citizenship="FI"),
    **more: Any,
) -> CaseEvent:
    """Return a notification received on the day *on*."""
    data = NotificationReceived(entry=entry, unit=unit, child=child)
    return event(data, on, event_id=event_id, **more)


def decision(
    on: date,
    outcome: InitiationOutcome = InitiationOutcome.ASSESSMENT_STARTED,
    *,
    answers: tuple[str, ...] = (),
    event_id: str | None = None,
    **more: Any,
) -> CaseEvent:
    """Return an initiation decision of the day *on*."""
    data = InitiationDecided(outcome=outcome, answers=answers)
    return event(data, on, event_id=event_id, **more)


def assessment(
    on: date,
    outcome: AssessmentOutcome = AssessmentOutcome.NO_CLIENT,
    *,
    event_id: str | None = None,
    **more: Any,
) -> CaseEvent:
    """Return the end of an assessment on the day *on*."""
    return event(AssessmentFinalised(outcome=outcome), on, event_id=event_id, **more)


def transfer(
    on: date, unit: str, *, event_id: str | None = None, **more: Any
) -> CaseEvent:
    """Return a transfer to *unit* on the day *on*."""
    return event(CaseTransferred(unit=unit), on, event_id=event_id, **more)


def closure(
    on: date, reason: ClosureReason, *, event_id: str | None = None, **more: Any
) -> CaseEvent:
    """Return a closure for *reason* on the day *on*."""
    return event(CaseClosed(reason=reason), on, event_id=event_id, **more)
